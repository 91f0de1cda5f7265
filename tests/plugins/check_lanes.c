/* SPDX-License-Identifier: MIT */
/*
 * check_lanes.c -- lanes.h gives the bits of math.h, at every width.
 *
 * What the machine's own processor cannot run is skipped, and said to be.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <tactus/blep.h>
#include <tactus/math.h>

#include "lanes_kernel.h"

#define COUNT 4096

/** One width. */
struct width {
	uint32_t lanes;
	void (*run)(enum lanes_what what, const float *in, float *out,
		uint32_t count);
	void (*turn)(float *to, const float *from);
	void (*some)(float *to, float *all, const float *from, uint32_t count);
	void (*phases)(uint32_t *to, uint64_t phase, uint64_t step);
	void (*control)(float *to, const TactusControl *c, uint32_t first);
};

#define WIDTH_(n)                                                       \
  {                                                                     \
    n, lanes_run_##n, lanes_turn_##n, lanes_some_##n, lanes_phases_##n, \
	    lanes_control_##n                                           \
  }
#define WIDTH(n) WIDTH_(n)

static const struct width widths[] = {
#if TACTUS_LANES_PICKED
	WIDTH(4),
	WIDTH(8),
	WIDTH(16),
#else
	WIDTH(TACTUS_LANES_ONLY),
#endif
};

enum { WIDTHS = sizeof(widths) / sizeof(*widths) };

static bool
can(uint32_t lanes)
{
#if TACTUS_LANES_PICKED
	if ((lanes == 8 && !__builtin_cpu_supports("avx2")) ||
		(lanes == 16 && !__builtin_cpu_supports("x86-64-v4"))) {
		printf("skipped: %u lanes, which this processor has not\n",
			lanes);
		return false;
	}
#endif
	return lanes != 0;
}

static uint32_t
bits_of(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static float
float_of(uint32_t bits)
{
	float x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/** The scalar twin. */
static float
plain(enum lanes_what what, float x)
{
	uint32_t bits = bits_of(x);
	float period = float_of(bits & 0x7fffffff) * 0.125f;

	switch (what) {
	case LANES_TAME:
		return tactus_tame(x);
	case LANES_CLAMP:
		return tactus_clamp(x, LANES_LEAST, LANES_MOST);
	case LANES_QUARTER:
		return tactus_sine_quarter(x);
	case LANES_PREWARP:
		return tactus_prewarp(x);
	case LANES_EXP2:
		return tactus_exp2(x);
	case LANES_LOG2:
		return tactus_log2(x);
	case LANES_FROM_DB:
		return tactus_from_db(x);
	case LANES_PHASE:
		return float_of(tactus_phase(x));
	case LANES_SINE:
		return tactus_sine(bits);
	case LANES_LEAN:
		return tactus_sine_lean(bits);
	case LANES_TRIANGLE:
		return tactus_triangle(bits);
	case LANES_VALLEY:
		return tactus_triangle(bits - 0x40000000u);
	case LANES_ABSOLUTE:
		return float_of(bits >> 31 != 0 ? 0u - bits : bits);
	case LANES_RESIDUAL:
		return tactus_step_residual(x);
	case LANES_TRAIN:
	case LANES_WHATS:
		break;
	}
	period = tactus_clamp(period, 2.0f, 1e6f);
	return tactus_step_train(
		tactus_clamp(x, -1.0f, 1.0f) * 0.5f * period, period);
}

/** Numbers of all kinds: turn 0 has the odd ones, 1 all bits, 2 and 3 sound. */
static void
fill(float *x, int turn, uint64_t *random)
{
	static const float odd[] = {0.0f, -0.0f, 1e-40f, -1e-40f, 0x1p-149f,
		0x1p-126f, -0x1p-126f, 1.0f, -1.0f, 0.5f, -0.5f, 2.0f, 16.0f,
		-16.0f, 15.9999990f, 0.49f, 1e30f, -1e30f, 0x1.93e592p+99f,
		0x1.93e594p+99f, 0x1.93e596p+99f, 3.4e38f, -3.4e38f, 127.0f,
		-126.0f, 128.0f, -127.5f, INFINITY, -INFINITY, NAN, -NAN};
	enum { ODDS = sizeof(odd) / sizeof(*odd) };

	for (uint32_t i = 0; i < COUNT; i++) {
		switch (turn) {
		case 0:
			x[i] = odd[tactus_random(random) % ODDS];
			break;
		case 1:
			x[i] = float_of(tactus_random(random));
			break;
		case 2:
			x[i] = tactus_random_signed(random);
			break;
		default:
			x[i] = tactus_random_signed(random) * 300.0f;
		}
	}
}

START_TEST(each_lane_has_the_bits_of_its_scalar_twin)
{
	static float in[COUNT];
	static float out[COUNT];
	uint64_t random = 5;

	if (!can(widths[_i].lanes)) {
		return;
	}
	for (int turn = 0; turn < 64; turn++) {
		fill(in, turn % 4, &random);
		for (int w = 0; w < LANES_WHATS; w++) {
			enum lanes_what what = (enum lanes_what)w;

			widths[_i].run(what, in, out, COUNT);
			for (uint32_t i = 0; i < COUNT; i++) {
				float x = plain(what, in[i]);

				/* which NaN it is, nobody promises */
				ck_assert_msg(
					bits_of(x) == bits_of(out[i]) ||
						(isnan(x) && isnan(out[i])),
					"%u lanes, function %d of %a: %a, "
					"not %a",
					widths[_i].lanes, w, (double)in[i],
					(double)out[i], (double)x);
			}
		}
	}
}
END_TEST

START_TEST(a_turned_square_has_its_rows_for_columns)
{
	uint32_t n = widths[_i].lanes;
	float from[256] = {0};
	float to[256] = {0};

	if (!can(n)) {
		return;
	}
	for (uint32_t i = 0; i < n * n; i++) {
		from[i] = (float)i;
	}
	widths[_i].turn(to, from);
	for (uint32_t i = 0; i < n * n; i++) {
		ck_assert_float_eq(to[i], from[i % n * n + i / n]);
	}
}
END_TEST

START_TEST(some_lanes_touch_no_more_than_those)
{
	uint32_t n = widths[_i].lanes;

	if (!can(n)) {
		return;
	}
	for (uint32_t count = 0; count < n; count++) {
		float from[16] = {0};
		float all[16] = {0};
		float to[17];

		for (uint32_t i = 0; i < 17; i++) {
			to[i] = -1.0f;
		}
		for (uint32_t i = 0; i < n; i++) {
			from[i] = (float)(i + 1);
		}
		widths[_i].some(to, all, from, count);
		for (uint32_t i = 0; i < n; i++) {
			ck_assert_float_eq(all[i], i < count ? from[i] : 0.0f);
			ck_assert_float_eq(to[i], i < count ? from[i] : -1.0f);
		}
	}
}
END_TEST

START_TEST(phases_are_carried_from_the_lower_half)
{
	uint32_t n = widths[_i].lanes;
	uint64_t random = 6;

	if (!can(n)) {
		return;
	}
	for (int turn = 0; turn < 10000; turn++) {
		uint64_t phase = tactus_random(&random);
		uint64_t step = tactus_random(&random);
		uint32_t to[32] = {0};

		phase = phase << 32 | tactus_random(&random);
		step = step << (turn % 32) | tactus_random(&random);
		widths[_i].phases(to, phase, step);
		for (uint32_t i = 0; i < 2 * n; i++) {
			ck_assert_uint_eq(
				to[i], (uint32_t)((phase + i * step) >> 32));
		}
	}
}
END_TEST

START_TEST(a_control_is_its_formula_in_each_lane)
{
	uint32_t n = widths[_i].lanes;
	uint64_t random = 7;

	if (!can(n)) {
		return;
	}
	for (int turn = 0; turn < 1000; turn++) {
		TactusControl c = {tactus_random_signed(&random),
			turn % 4 == 0 ? 0.0f : tactus_random_signed(&random)};
		uint32_t first = tactus_random(&random) % 8192;
		float to[32] = {0};

		widths[_i].control(to, &c, first);
		for (uint32_t i = 0; i < 2 * n; i++) {
			ck_assert_uint_eq(bits_of(to[i]),
				bits_of(tactus_control_at(&c, first + i)));
		}
	}
}
END_TEST

START_TEST(the_columns_are_the_table_turned)
{
	for (int k = 0; k < 8; k++) {
		for (int i = 0; i < TACTUS_BLEP_REACH; i++) {
			ck_assert_float_eq(tactus_blep_columns[k][i],
				tactus_blep_table[i][k]);
		}
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/lanes");
	TCase *tc = tcase_create("lanes");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, each_lane_has_the_bits_of_its_scalar_twin, 0, WIDTHS);
	tcase_add_loop_test(
		tc, a_turned_square_has_its_rows_for_columns, 0, WIDTHS);
	tcase_add_loop_test(tc, some_lanes_touch_no_more_than_those, 0, WIDTHS);
	tcase_add_loop_test(
		tc, phases_are_carried_from_the_lower_half, 0, WIDTHS);
	tcase_add_loop_test(
		tc, a_control_is_its_formula_in_each_lane, 0, WIDTHS);
	tcase_add_test(tc, the_columns_are_the_table_turned);
	suite_add_tcase(s, tc);
	return s;
}
