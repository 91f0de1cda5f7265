/* SPDX-License-Identifier: MIT */
/*
 * naive_reverb.c -- see naive_reverb.h.
 */
#include "naive_reverb.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#define LINES 16

struct delayed {
	double *past;
	uint32_t length;
	uint32_t at;
};

static struct delayed
delayed_of(double frames_at_48k, double scale, double rate)
{
	struct delayed d = {
		.length = (uint32_t)floor(
			scale * frames_at_48k * rate / 48000 + 0.5)};

	d.past = calloc(d.length, sizeof *d.past);
	ck_assert_ptr_nonnull(d.past);
	return d;
}

/** The pole of the filter that makes a gain of `ratio` at 4 kHz. */
static double
pole_of(double ratio, double rate)
{
	double low = 0;
	double high = 1;
	double w = 2 * M_PI * 4000 / rate;

	for (int i = 0; i < 200; i++) {
		double b = (low + high) / 2;
		double is = (1 - b) / sqrt(1 - 2 * b * cos(w) + b * b);

		if (is > ratio) {
			low = b;
		} else {
			high = b;
		}
	}
	return low;
}

void
naive_reverb_run(double size, double damping, double rate, float *const *in,
	double *const *out, uint32_t frames)
{
	static const int prime[LINES] = {5387, 4817, 4339, 4073, 3739, 3511,
		3251, 2999, 2797, 2617, 2399, 2251, 2053, 1867, 1601, 1433};
	static const int pass[2][4] = {
		{101, 163, 241, 359},
                {109, 151, 263, 337}
        };
	double rt = 0.3 * pow(30, size);
	struct delayed line[LINES];
	struct delayed diffuser[2][4];
	double gain[LINES];
	double pole[LINES];
	double state[LINES] = {0};
	double kept = 0;

	for (int k = 0; k < LINES; k++) {
		line[k] = delayed_of(prime[k], 0.2 + 0.8 * size, rate);
		double s = line[k].length / rate;
		gain[k] = pow(10, -3 * s / rt);
		pole[k] = pole_of(
			pow(10, -3 * s *
					(1 / (rt * (1 - 0.8 * damping)) -
						1 / rt)),
			rate);
		kept += gain[k] * gain[k] / LINES;
	}
	for (int c = 0; c < 2; c++) {
		for (int k = 0; k < 4; k++) {
			diffuser[c][k] = delayed_of(pass[c][k], 1, rate);
		}
	}
	for (uint32_t i = 0; i < frames; i++) {
		double x[2] = {(double)in[0][i], (double)in[1][i]};
		double y[LINES];

		for (int c = 0; c < 2; c++) {
			for (int k = 0; k < 4; k++) {
				struct delayed *d = &diffuser[c][k];
				double was = d->past[d->at];
				double v = x[c] - 0.6 * was;

				x[c] = was + 0.6 * v;
				d->past[d->at] = v;
				d->at = (d->at + 1) % d->length;
			}
		}
		for (int k = 0; k < LINES; k++) {
			y[k] = gain[k] * line[k].past[line[k].at];
			y[k] = (1 - pole[k]) * y[k] + pole[k] * state[k];
			state[k] = y[k];
		}
		for (int k = 0; k < LINES; k++) {
			double sum = 0;

			for (int l = 0; l < LINES; l++) {
				sum += __builtin_parity((unsigned)(k & l)) != 0
					       ? -y[l] / 4
					       : y[l] / 4;
			}
			if (k == 5 || k == 10) {
				out[k == 10][i] = sum;
			}
			double level = sqrt((1 - kept) / kept);
			line[k].past[line[k].at] =
				sum + (k % 4 < 2 ? level : -level) * x[k % 2];
			line[k].at = (line[k].at + 1) % line[k].length;
		}
	}
	for (int k = 0; k < LINES; k++) {
		free(line[k].past);
	}
	for (int k = 0; k < 8; k++) {
		free(diffuser[k / 4][k % 4].past);
	}
}
