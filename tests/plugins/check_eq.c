/* SPDX-License-Identifier: MIT */
/*
 * check_eq.c -- eq: its responses against the analytic ones, and that none of
 * its controls clicks.
 */
#include "harness.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include <tactus/math.h>

#include "spectrum.h"

#define FRAMES 40000

enum { PEAK, LOW_SHELF, HIGH_SHELF };

struct setting {
	int type;
	float freq;
	float q;
	float gain_db;
};

/** Make an eq that is set so from its first frame on. */
static void
open_eq(struct harness *h, double rate, const struct setting *s)
{
	harness_load(h, "eq", rate);
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
	harness_set(h, "type", (float)s->type);
	harness_set(h, "freq", s->freq);
	harness_set(h, "q", s->q);
	harness_set(h, "gain_db", s->gain_db);
}

/** The analogue prototypes of the cookbook, bent by the bilinear transform. */
static double complex
ideal(const struct setting *e, double rate, double hz)
{
	double a = pow(10.0, (double)e->gain_db / 40.0);
	double q = (double)e->q;
	double complex s =
		I * tan(M_PI * hz / rate) / tan(M_PI * (double)e->freq / rate);
	double complex slope = sqrt(a) / q * s;

	switch (e->type) {
	case PEAK:
		return (s * s + s * (a / q) + 1) / (s * s + s / (a * q) + 1);
	case LOW_SHELF:
		return a * (s * s + slope + a) / (a * s * s + slope + 1);
	default:
		return a * (a * s * s + slope + 1) / (s * s + slope + a);
	}
}

/** The largest error of the response, relative. */
static double
error_of(const struct setting *s, double rate)
{
	static const double part[] = {0.0002, 0.001, 0.004, 0.015, 0.02, 0.03,
		0.08, 0.2, 0.31, 0.49, 0.5};
	float *in = calloc(FRAMES, sizeof(*in));
	float *out = calloc(FRAMES, sizeof(*out));
	double worst = 0.0;
	struct harness h;

	in[0] = 1.0f;
	open_eq(&h, rate, s);
	harness_pass(&h, in, out, FRAMES);
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]) + 1; i++) {
		double hz = i == 0 ? (double)s->freq : part[i - 1] * rate;
		double complex is = spectrum_at(out, FRAMES, hz / rate);
		double complex ought = ideal(s, rate, hz);

		worst = harness_worse(worst, cabs(is - ought) / cabs(ought));
	}
	harness_close(&h);
	free(out);
	free(in);
	return worst;
}

START_TEST(eq_has_the_response_of_its_prototype)
{
	static const double rates[] = {44100.0, 48000.0, 96000.0};
	static const float freqs[] = {400.0f, 1000.0f, 15000.0f};
	static const float qs[] = {0.1f, 0.7071f, 8.0f};
	static const float gains[] = {-24.0f, -3.0f, 6.0f, 24.0f};
	double worst = 0.0;

	for (uint32_t n = 0; n < 3 * 3 * 3 * 4; n++) {
		const struct setting s = {
			_i, freqs[n / 3 % 3], qs[n / 9 % 3], gains[n / 27]};

		worst = harness_worse(worst, error_of(&s, rates[n % 3]));
	}
	/* and at the ends of the range */
	for (uint32_t n = 0; n < 4; n++) {
		const struct setting s = {_i, n % 2 == 0 ? 60.0f : 23000.0f,
			0.7071f, n < 2 ? -24.0f : 24.0f};

		worst = harness_worse(worst, error_of(&s, 48000.0));
	}
	ck_assert_msg(worst <= 2e-5, "%g", worst);
}
END_TEST

/** The measured level of a band at `hz`, in dB. */
static double
level_db(int type, float gain_db, double hz)
{
	const struct setting s = {type, 440.0f, 1.0f, gain_db};
	float *in = calloc(FRAMES, sizeof(*in));
	float *out = calloc(FRAMES, sizeof(*out));
	struct harness h;

	in[0] = 1.0f;
	open_eq(&h, 48000.0, &s);
	harness_pass(&h, in, out, FRAMES);
	double level = cabs(spectrum_at(out, FRAMES, hz / 48000.0));
	harness_close(&h);
	free(out);
	free(in);
	return 20.0 * log10(level);
}

START_TEST(eq_has_its_gain_at_the_centre_and_half_of_it_at_a_corner)
{
	static const float gains[] = {-24.0f, -18.0f, 1.0f, 12.0f, 24.0f};

	for (size_t n = 0; n < 5; n++) {
		float g = gains[n];
		double db = (double)g;

		ck_assert_double_eq_tol(level_db(PEAK, g, 440.0), db, 1e-4);
		ck_assert_double_eq_tol(level_db(PEAK, g, 0.0), 0.0, 1e-4);
		ck_assert_double_eq_tol(level_db(PEAK, g, 24000.0), 0.0, 1e-4);
		ck_assert_double_eq_tol(
			level_db(LOW_SHELF, g, 440.0), db / 2, 1e-4);
		ck_assert_double_eq_tol(level_db(LOW_SHELF, g, 0.0), db, 1e-4);
		ck_assert_double_eq_tol(
			level_db(LOW_SHELF, g, 24000.0), 0.0, 1e-4);
		ck_assert_double_eq_tol(
			level_db(HIGH_SHELF, g, 440.0), db / 2, 1e-4);
		ck_assert_double_eq_tol(
			level_db(HIGH_SHELF, g, 0.0), 0.0, 1e-4);
		ck_assert_double_eq_tol(
			level_db(HIGH_SHELF, g, 24000.0), db, 1e-4);
	}
}
END_TEST

START_TEST(eq_is_the_input_to_the_bit_when_the_gain_is_0)
{
	static float in[4800];
	static float out[4800];
	const struct setting s = {_i, 700.0f, 5.0f, 0.0f};
	uint64_t random = 41;
	struct harness h;

	harness_noise(in, 4800, &random);
	open_eq(&h, 48000.0, &s);
	harness_pass(&h, in, out, 4800);
	for (uint32_t i = 0; i < 4800; i++) {
		ck_assert_float_eq(out[i], in[i]);
	}
	/* also while the other controls move */
	harness_set(&h, "freq", 3000.0f);
	harness_set(&h, "q", 1.0f);
	harness_set(&h, "type", (float)((_i + 1) % 3));
	harness_pass(&h, in, out, 4800);
	for (uint32_t i = 0; i < 4800; i++) {
		ck_assert_double_eq_tol((double)out[i], (double)in[i], 1e-6);
	}
	harness_close(&h);
}
END_TEST

START_TEST(eq_undoes_itself_with_the_gain_the_other_way)
{
	static float in[9600];
	static float out[9600];
	static float back[9600];
	struct setting s = {_i, 250.0f, 1.5f, 17.0f};
	uint64_t random = 42;
	struct harness h;

	harness_noise(in, 9600, &random);
	open_eq(&h, 48000.0, &s);
	harness_pass(&h, in, out, 9600);
	harness_close(&h);
	s.gain_db = -17.0f;
	open_eq(&h, 48000.0, &s);
	harness_pass(&h, out, back, 9600);
	harness_close(&h);
	for (uint32_t i = 0; i < 9600; i++) {
		ck_assert_double_eq_tol((double)back[i], (double)in[i], 1e-4);
	}
}
END_TEST

START_TEST(eq_gives_a_ramp_the_coefficients_of_each_frame)
{
	/* its own filter in double precision, as Simper has it */
	static float in[HARNESS_BLOCK * 8];
	static float out[HARNESS_BLOCK * 8];
	const uint32_t frames = HARNESS_BLOCK * 8;
	double s1 = 0.0;
	double s2 = 0.0;
	uint64_t random = 43;
	struct harness h;

	harness_noise(in, frames, &random);
	harness_load(&h, "eq", 48000.0);
	ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
	for (uint32_t at = 0; at < frames; at += HARNESS_BLOCK) {
		harness_ramp(&h, "freq", 300.0f + 8.0f * (float)at, 8.0f);
		harness_ramp(&h, "q", 4.0f - 0.005f * (float)at, -0.005f);
		harness_ramp(&h, "gain_db", 20.0f - 0.05f * (float)at, -0.05f);
		harness_pass(&h, in + at, out + at, HARNESS_BLOCK);
	}
	for (uint32_t i = 0; i < frames; i++) {
		double g = tan(M_PI * (300.0 + 8.0 * i) / 48000.0);
		double a = pow(10.0, (20.0 - 0.05 * i) / 40.0);
		double k = 1.0 / ((4.0 - 0.005 * i) * a);
		double v3 = (double)in[i] - s2;
		double v1 = (s1 + g * v3) / (1.0 + g * (g + k));
		double v2 = s2 + g * v1;

		s1 = 2.0 * v1 - s1;
		s2 = 2.0 * v2 - s2;
		ck_assert_double_eq_tol((double)out[i],
			(double)in[i] + k * (a * a - 1.0) * v1, 5e-5);
	}
	harness_close(&h);
}
END_TEST

/**
 * A sine goes through while a control jumps: the largest second difference
 * there, which is what clicks, beside that of the sine itself.
 */
static double
click_of(const struct setting *s, const char *control, float to)
{
	static float in[24000];
	static float out[24000];
	struct harness h;

	for (uint32_t i = 0; i < 24000; i++) {
		in[i] = (float)(0.25 * cos(2.0 * M_PI * 120.0 * i / 48000.0));
	}
	open_eq(&h, 48000.0, s);
	harness_pass(&h, in, out, 12000);
	harness_set(&h, control, to);
	harness_pass(&h, in + 12000, out + 12000, 12000);
	harness_close(&h);
	return harness_bend(out, 11991, 13000) /
	       fmax(harness_bend(out, 6001, 11991),
		       harness_bend(out, 13000, 24000));
}

START_TEST(eq_does_not_click_when_a_control_jumps)
{
	const struct setting flat = {_i, 120.0f, 0.7071f, 0.0f};
	const struct setting loud = {_i, 120.0f, 0.7071f, 20.0f};

	/* that of a jump at once is 250 to 10000, of q 1200 to 3300 */
	ck_assert_double_le(click_of(&flat, "gain_db", 20.0f), 60.0);
	ck_assert_double_le(click_of(&loud, "gain_db", -20.0f), 60.0);
	ck_assert_double_le(click_of(&loud, "freq", 3000.0f), 60.0);
	ck_assert_double_le(click_of(&loud, "q", 8.0f), 200.0);
	ck_assert_double_le(
		click_of(&loud, "type", (float)((_i + 1) % 3)), 60.0);
	ck_assert_double_le(
		click_of(&loud, "type", (float)((_i + 2) % 3)), 60.0);
}
END_TEST

START_TEST(eq_arrives_at_the_last_of_many_types)
{
	/* asked for while it still goes over: not lost, not heard at once */
	static float in[9600];
	static float out[9600];
	static float ought[9600];
	const struct setting first = {0, 500.0f, 1.0f, 12.0f};
	const struct setting last = {1, 500.0f, 1.0f, 12.0f};
	uint64_t random = 44;
	struct harness h;

	harness_noise(in, 9600, &random);
	open_eq(&h, 48000.0, &last);
	harness_pass(&h, in, ought, 9600);
	harness_close(&h);
	open_eq(&h, 48000.0, &first);
	harness_pass(&h, in, out, 64);
	harness_set(&h, "type", 2.0f);
	harness_pass(&h, in + 64, out + 64, 64);
	harness_set(&h, "type", 0.0f);
	harness_pass(&h, in + 128, out + 128, 64);
	harness_set(&h, "type", 1.0f);
	harness_pass(&h, in + 192, out + 192, 9600 - 192);
	harness_close(&h);
	for (uint32_t i = 8000; i < 9600; i++) {
		ck_assert_double_eq_tol((double)out[i], (double)ought[i], 1e-6);
	}
}
END_TEST

START_TEST(eq_stays_bounded_however_its_controls_jump)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	uint64_t random = 45;
	struct harness h;

	harness_open(&h, "eq");
	for (int n = 0; n < 20000; n++) {
		float u = tactus_random_signed(&random) * 0.5f + 0.5f;
		float v = tactus_random_signed(&random) * 0.5f + 0.5f;
		float freq = 10.0f * tactus_exp2(u * 11.2f);
		float step = n % 2 == 0 ? 0.0f : (v * 23520.0f - freq) / 64.0f;

		harness_noise(in, HARNESS_BLOCK, &random);
		harness_set(&h, "type", (float)(n / 3 % 3));
		harness_ramp(&h, "freq", freq, step);
		harness_set(&h, "q", 0.1f + 49.9f * v * v);
		harness_ramp(&h, "gain_db", 48.0f * u - 24.0f,
			n % 5 == 0 ? (48.0f * v - 48.0f * u) / 64.0f : 0.0f);
		harness_pass(&h, in, out, HARNESS_BLOCK);
		harness_within(out, HARNESS_BLOCK, 5000.0f);
	}
	harness_close(&h);
}
END_TEST

START_TEST(eq_is_the_same_however_it_is_cut_while_it_glides)
{
	static float in[6400];
	const struct setting s = {0, 200.0f, 1.0f, 3.0f};
	uint64_t random = 46;
	uint64_t cuts = 47;
	struct harness a;
	struct harness b;

	harness_noise(in, 6400, &random);
	open_eq(&a, 48000.0, &s);
	open_eq(&b, 48000.0, &s);
	for (uint32_t at = 0; at < 6400; at += 128) {
		uint32_t n = at / 128;
		static const char *const control[] = {
			"freq", "gain_db", "q", "type", "gain_db"};
		float value = n % 5 == 3 ? (float)(n % 3)
					 : 1.0f + (float)(n % 7) * 3.0f;

		value *= n % 5 == 0 ? 100.0f : 1.0f;
		harness_set(&a, control[n % 5], value);
		harness_set(&b, control[n % 5], value);
		harness_alike_by_cuts(&a, &b, in + at, 128, &cuts);
	}
	harness_close(&a);
	harness_close(&b);
}
END_TEST

static void
open_nth(struct harness *h, int n)
{
	const struct setting s = {n % 3, 900.0f, 2.0f, 9.0f};

	open_eq(h, 48000.0, &s);
}

START_TEST(eq_goes_on_when_its_input_was_not_a_number)
{
	harness_goes_on(open_nth);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/eq");
	TCase *tc = tcase_create("eq");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, eq_has_the_response_of_its_prototype, 0, 3);
	tcase_add_test(
		tc, eq_has_its_gain_at_the_centre_and_half_of_it_at_a_corner);
	tcase_add_loop_test(
		tc, eq_is_the_input_to_the_bit_when_the_gain_is_0, 0, 3);
	tcase_add_loop_test(
		tc, eq_undoes_itself_with_the_gain_the_other_way, 0, 3);
	tcase_add_test(tc, eq_gives_a_ramp_the_coefficients_of_each_frame);
	tcase_add_loop_test(tc, eq_does_not_click_when_a_control_jumps, 0, 3);
	tcase_add_test(tc, eq_arrives_at_the_last_of_many_types);
	tcase_add_test(tc, eq_stays_bounded_however_its_controls_jump);
	tcase_add_test(tc, eq_is_the_same_however_it_is_cut_while_it_glides);
	tcase_add_test(tc, eq_goes_on_when_its_input_was_not_a_number);
	suite_add_tcase(s, tc);
	return s;
}
