/* SPDX-License-Identifier: MIT */
/*
 * spectrum.c -- see spectrum.h.
 */
#include "spectrum.h"

#include <math.h>
#include <stdlib.h>

#include <check.h>

/** Cooley and Tukey's transform of `n` values that stand `stride` apart. */
static void
transform(const float *in, double complex *out, uint32_t n, uint32_t stride)
{
	uint32_t half = n / 2;

	if (n == 1) {
		out[0] = (double)in[0];
		return;
	}
	transform(in, out, half, 2 * stride);
	transform(in + stride, out + half, half, 2 * stride);
	for (uint32_t k = 0; k < half; k++) {
		double angle = -2.0 * M_PI * k / n;
		double complex turned =
			(cos(angle) + sin(angle) * I) * out[half + k];

		out[half + k] = out[k] - turned;
		out[k] += turned;
	}
}

void
spectrum_power(const float *in, double *power)
{
	double complex *bins = calloc(SPECTRUM_FRAMES, sizeof(*bins));

	ck_assert_ptr_nonnull(bins);
	transform(in, bins, SPECTRUM_FRAMES, 1);
	for (uint32_t k = 0; k < SPECTRUM_FRAMES / 2; k++) {
		double size = cabs(bins[k]) * 2.0 / SPECTRUM_FRAMES;

		power[k] = size * size;
	}
	free(bins);
}

double complex
spectrum_at(const float *in, uint32_t frames, double cycles)
{
	double complex sum = 0.0;

	for (uint32_t i = 0; i < frames; i++) {
		double angle = -2.0 * M_PI * cycles * i;

		sum += (double)in[i] * (cos(angle) + sin(angle) * I);
	}
	return sum;
}

double
spectrum_alias_db(const float *in, uint32_t cycles)
{
	double *power = calloc(SPECTRUM_FRAMES / 2, sizeof(*power));
	double loudest = 0.0;

	ck_assert_ptr_nonnull(power);
	spectrum_power(in, power);
	for (uint32_t k = 1; k < SPECTRUM_FRAMES / 2; k++) {
		if (k % cycles != 0 && power[k] > loudest) {
			loudest = power[k];
		}
	}
	double db = 10.0 * log10(loudest / power[cycles]);
	free(power);
	return db;
}
