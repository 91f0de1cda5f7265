/* SPDX-License-Identifier: MIT */
/*
 * check_glide.c -- glide.h: what a glide makes of ramps and jumps.
 */
#include "harness.h"

#include <math.h>

#include <tactus/glide.h>
#include <tactus/math.h>

#define GLIDE 100

/** One segment of a control; adds what is heard to `out`. */
static void
segment(struct tactus_glide *g, const TactusControl *c, uint32_t frames,
	float *out)
{
	tactus_glide_begin(g, c, GLIDE);
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = tactus_glide_at(g, c, i);
	}
	tactus_glide_end(g, c, frames);
}

START_TEST(glide_begins_where_the_control_is)
{
	struct tactus_glide g = {0};
	const TactusControl c = {5.0f, 0.0f};
	float out[8];

	segment(&g, &c, 8, out);
	for (uint32_t i = 0; i < 8; i++) {
		ck_assert_float_eq(out[i], 5.0f);
	}
	ck_assert(tactus_glide_stands(&g, &c));
}
END_TEST

START_TEST(glide_makes_a_straight_line_of_a_jump)
{
	struct tactus_glide g = {0};
	const TactusControl low = {1.0f, 0.0f};
	const TactusControl high = {3.0f, 0.0f};
	float out[GLIDE + 20];

	segment(&g, &low, 1, out);
	segment(&g, &high, GLIDE + 20, out);
	for (uint32_t i = 0; i < GLIDE + 20; i++) {
		double part = i < GLIDE ? (double)i / GLIDE : 1.0;

		ck_assert_double_eq_tol((double)out[i], 1.0 + 2.0 * part, 1e-6);
	}
	ck_assert_float_eq(out[0], 1.0f);
	ck_assert_float_eq(out[GLIDE], 3.0f);
	ck_assert(tactus_glide_stands(&g, &high));
}
END_TEST

START_TEST(glide_goes_on_from_where_it_is_when_the_control_jumps_again)
{
	struct tactus_glide g = {0};
	float last = 0.0f;
	float out[30];
	uint64_t random = 31;
	TactusControl c = {0.0f, 0.0f};

	segment(&g, &c, 1, out);
	for (int n = 0; n < 1000; n++) {
		uint32_t frames = 1 + tactus_random(&random) % 30;

		c.value = tactus_random_signed(&random);
		segment(&g, &c, frames, out);
		for (uint32_t i = 0; i < frames; i++) {
			/* no step is larger than that of the largest jump */
			ck_assert_double_le(fabs((double)out[i] - (double)last),
				2.0 / GLIDE + 1e-6);
			last = out[i];
		}
	}
}
END_TEST

START_TEST(glide_follows_a_ramp_to_the_bit)
{
	struct tactus_glide g = {0};
	const TactusControl still = {2.0f, 0.0f};
	const TactusControl end = {5.1f, 0.0f};
	double way = (double)end.value - (double)still.value;
	float out[64];

	segment(&g, &still, 10, out);
	/* as the engine has it: a ramp begins one step on, and its last frame
	 * is the target, which is not where rounded steps lead to */
	for (uint32_t at = 0; at < 400;) {
		uint32_t frames = at == 384 ? 15 : at == 399 ? 1 : 64;
		const TactusControl c = {
			(float)((double)still.value + way * (at + 1) / 400.0),
			frames == 1 ? 0.0f : (float)(way / 400.0)};

		segment(&g, &c, frames, out);
		ck_assert_uint_eq(g.left, 0);
		for (uint32_t i = 0; i < frames; i++) {
			ck_assert_float_eq(out[i], tactus_control_at(&c, i));
		}
		at += frames;
	}
	segment(&g, &end, 10, out);
	ck_assert_uint_eq(g.left, 0);
	ck_assert_float_eq(out[0], 5.1f);
}
END_TEST

START_TEST(glide_is_the_same_however_it_is_cut)
{
	float whole[400];
	float pieces[400];
	uint64_t random = 32;

	for (int n = 0; n < 100; n++) {
		struct tactus_glide a = {0};
		struct tactus_glide b = {0};
		const TactusControl from = {
			tactus_random_signed(&random), 0.0f};
		const TactusControl to = {tactus_random_signed(&random), 0.0f};
		uint32_t count;

		segment(&a, &from, 1, whole);
		segment(&b, &from, 1, whole);
		segment(&a, &to, 400, whole);
		for (uint32_t at = 0; at < 400; at += count) {
			count = 1 + tactus_random(&random) % 64;
			count = count < 400 - at ? count : 400 - at;
			segment(&b, &to, count, pieces + at);
		}
		ck_assert_mem_eq(whole, pieces, sizeof(whole));
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/glide");
	TCase *tc = tcase_create("glide");

	tcase_add_test(tc, glide_begins_where_the_control_is);
	tcase_add_test(tc, glide_makes_a_straight_line_of_a_jump);
	tcase_add_test(tc,
		glide_goes_on_from_where_it_is_when_the_control_jumps_again);
	tcase_add_test(tc, glide_follows_a_ramp_to_the_bit);
	tcase_add_test(tc, glide_is_the_same_however_it_is_cut);
	suite_add_tcase(s, tc);
	return s;
}
