/* SPDX-License-Identifier: MIT */
/*
 * check_fft.c -- the FFT is the sum that defines it, at every size, and any
 * number of threads may share its tables.
 */
#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fft.h"
#include "random.h"

#define SIZES  14 /* 8 … 65536 */
#define PROBES 32 /* bins that are summed up where all would take too long */

/** One size with its buffers, each of its very size: ASan sees more. */
struct rig {
	TactusFft *fft;
	uint32_t size;
	float *time;
	float *spectrum;
	float *scratch;
	float *back;
};

static float *
take_floats(size_t count)
{
	float *f = malloc(count * sizeof *f);

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < count; i++) {
		f[i] = NAN; /* nothing is read that was not written */
	}
	return f;
}

static void
rig_init(struct rig *r, uint32_t size, uint32_t seed)
{
	uint32_t state = seed;

	r->size = size;
	r->fft = fft_open(size);
	ck_assert_ptr_nonnull(r->fft);
	r->time = take_floats(size);
	r->spectrum = take_floats((size_t)size + 2);
	r->scratch = take_floats((size_t)size + 2);
	r->back = take_floats(size);
	for (uint32_t i = 0; i < size; i++) {
		r->time[i] = (float)random_below(&state, 2000001) / 1e6F - 1.0F;
	}
}

static void
rig_fini(struct rig *r)
{
	fft_close(r->fft);
	free(r->time);
	free(r->spectrum);
	free(r->scratch);
	free(r->back);
}

/** The definition, in double, the angle reduced exactly. */
static void
sum_bin(const struct rig *r, uint32_t k, double *real, double *imaginary)
{
	*real = 0.0;
	*imaginary = 0.0;
	for (uint64_t n = 0; n < r->size; n++) {
		double angle = -2.0 * M_PI * (double)(n * k % r->size) /
			       (double)r->size;

		*real += (double)r->time[n] * cos(angle);
		*imaginary += (double)r->time[n] * sin(angle);
	}
}

START_TEST(fft_is_the_sum_that_defines_it_at_every_size)
{
	struct rig r;
	uint32_t state = 77;

	rig_init(&r, 8U << _i, 4711U + (uint32_t)_i);
	fft_forward(r.fft, r.time, r.spectrum, r.scratch);
	uint32_t bins = r.size / 2 + 1;
	bool all = bins <= 600;
	/* noise of variance 1/3: a bin is sqrt(size / 3) */
	double most = 2e-6 * sqrt((double)r.size);
	for (uint32_t i = 0; i < (all ? bins : PROBES); i++) {
		/* the ends and the middle are the odd ones out */
		const uint32_t edges[] = {0, 1, bins / 2, bins - 2, bins - 1};
		uint32_t k = all     ? i
			     : i < 5 ? edges[i]
				     : random_below(&state, bins);
		double real, imaginary;

		sum_bin(&r, k, &real, &imaginary);
		ck_assert_double_eq_tol((double)r.spectrum[2 * k], real, most);
		ck_assert_double_eq_tol(
			(double)r.spectrum[2 * k + 1], imaginary, most);
	}
	ck_assert(r.spectrum[1] == 0.0F && r.spectrum[r.size + 1] == 0.0F);
	rig_fini(&r);
}
END_TEST

START_TEST(fft_and_its_inverse_change_nothing)
{
	struct rig r;

	rig_init(&r, 8U << _i, 31U + (uint32_t)_i);
	fft_forward(r.fft, r.time, r.spectrum, r.scratch);
	fft_inverse(r.fft, r.spectrum, r.back, r.scratch);
	for (uint32_t i = 0; i < r.size; i++) {
		ck_assert_double_eq_tol(
			(double)r.back[i], (double)r.time[i], 2e-6);
	}
	rig_fini(&r);
}
END_TEST

START_TEST(fft_keeps_the_energy)
{
	struct rig r;
	double before = 0.0;
	double after = 0.0;

	rig_init(&r, 8U << _i, 5U + (uint32_t)_i);
	fft_forward(r.fft, r.time, r.spectrum, r.scratch);
	for (uint32_t i = 0; i < r.size; i++) {
		before += (double)r.time[i] * (double)r.time[i];
	}
	for (uint32_t k = 0; k <= r.size / 2; k++) {
		double real = (double)r.spectrum[2 * k];
		double imaginary = (double)r.spectrum[2 * k + 1];
		double twice = k == 0 || k == r.size / 2 ? 1.0 : 2.0;

		after += twice * (real * real + imaginary * imaginary);
	}
	after /= (double)r.size;
	ck_assert_double_eq_tol(after, before, 1e-5 * before);
	rig_fini(&r);
}
END_TEST

START_TEST(inverse_makes_a_cosine_of_one_bin)
{
	struct rig r;
	uint32_t k = 3;

	rig_init(&r, 8U << _i, 1);
	memset(r.spectrum, 0, ((size_t)r.size + 2) * sizeof *r.spectrum);
	r.spectrum[2 * k] = (float)r.size / 2.0F;
	fft_inverse(r.fft, r.spectrum, r.time, r.scratch);
	for (uint64_t n = 0; n < r.size; n++) {
		double angle =
			2.0 * M_PI * (double)(n * k % r.size) / (double)r.size;
		ck_assert_double_eq_tol((double)r.time[n], cos(angle), 1e-6);
	}
	rig_fini(&r);
}
END_TEST

START_TEST(inverse_does_not_look_at_what_no_sound_has)
{
	struct rig r;

	rig_init(&r, 64, 12);
	fft_forward(r.fft, r.time, r.spectrum, r.scratch);
	r.spectrum[1] = 9.0F;
	r.spectrum[65] = -9.0F;
	fft_inverse(r.fft, r.spectrum, r.back, r.scratch);
	for (uint32_t i = 0; i < r.size; i++) {
		ck_assert_double_eq_tol(
			(double)r.back[i], (double)r.time[i], 2e-6);
	}
	rig_fini(&r);
}
END_TEST

START_TEST(fft_refuses_what_is_no_size)
{
	const uint32_t bad[] = {
		0, 1, 2, 4, 7, 9, 24, 1000, 65535, 65537, 131072, UINT32_MAX};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_ptr_null(fft_open(bad[i]));
	}
	fft_close(NULL);
}
END_TEST

/** What a thread of the next test does again and again. */
struct turn {
	const struct rig *shared;
	float *spectrum;
	float *scratch;
	float *back;
};

static void *
take_turns(void *user)
{
	struct turn *t = user;

	for (int i = 0; i < 50; i++) {
		fft_forward(t->shared->fft, t->shared->time, t->spectrum,
			t->scratch);
		fft_inverse(t->shared->fft, t->spectrum, t->back, t->scratch);
	}
	return NULL;
}

START_TEST(two_threads_get_the_same_bits_from_the_same_tables)
{
	struct rig r;
	struct turn turn[2];
	pthread_t thread[2];
	size_t bytes;

	rig_init(&r, 4096, 9);
	const void *block = fft_block(r.fft, &bytes);
	void *before = malloc(bytes);
	ck_assert_ptr_nonnull(before);
	memcpy(before, block, bytes);
	for (int i = 0; i < 2; i++) {
		turn[i] = (struct turn){&r, take_floats((size_t)r.size + 2),
			take_floats((size_t)r.size + 2), take_floats(r.size)};
		ck_assert_int_eq(
			pthread_create(&thread[i], NULL, take_turns, &turn[i]),
			0);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
	}
	fft_forward(r.fft, r.time, r.spectrum, r.scratch);
	fft_inverse(r.fft, r.spectrum, r.back, r.scratch);
	size_t half = ((size_t)r.size + 2) * sizeof(float);
	for (int i = 0; i < 2; i++) {
		ck_assert_mem_eq(turn[i].spectrum, r.spectrum, half);
		ck_assert_mem_eq(turn[i].back, r.back, r.size * sizeof(float));
		free(turn[i].spectrum);
		free(turn[i].scratch);
		free(turn[i].back);
	}
	/* and nobody wrote to them */
	ck_assert_mem_eq(block, before, bytes);
	free(before);
	rig_fini(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("link/fft");
	TCase *t = tcase_create("fft");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
		t, fft_is_the_sum_that_defines_it_at_every_size, 0, SIZES);
	tcase_add_loop_test(t, fft_and_its_inverse_change_nothing, 0, SIZES);
	tcase_add_loop_test(t, fft_keeps_the_energy, 0, SIZES);
	tcase_add_loop_test(t, inverse_makes_a_cosine_of_one_bin, 0, SIZES);
	tcase_add_test(t, inverse_does_not_look_at_what_no_sound_has);
	tcase_add_test(t, fft_refuses_what_is_no_size);
	tcase_add_test(t, two_threads_get_the_same_bits_from_the_same_tables);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
