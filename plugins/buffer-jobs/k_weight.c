/* SPDX-License-Identifier: MIT */
/*
 * k_weight.c -- see k_weight.h.
 *
 * The standard gives coefficients for 48 kHz alone.  They are those of the
 * two analogue prototypes below by the bilinear transform, warped so that the
 * frequencies stay: B. De Man, "Evaluation of Implementations of the EBU R128
 * Loudness Measurement", AES 145th Convention, 2018; the same numbers are in
 * libebur128.  At 48 kHz they give the standard's coefficients back.
 */
#include "k_weight.h"

#include <math.h>

#include "jobs.h"

#define PI 3.14159265358979323846

/** The shelf: Hz, dB, quality, and the exponent of its gain in the middle. */
#define SHELF_HZ     1681.974450955533
#define SHELF_DB     3.999843853973347
#define SHELF_Q      0.7071752369554196
#define SHELF_MIDDLE 0.4996667741545416

/** The high-pass (RLB). */
#define PASS_HZ 38.13547087602444
#define PASS_Q  0.5003270373238773

/** Below this a state is nothing: no denormals on the way to silence. */
#define NOTHING 1.0e-30

void
k_weight_init(struct k_weight *k, double rate)
{
	double t = tan(PI * SHELF_HZ / rate);
	double high = pow(10.0, SHELF_DB / 20.0);
	double middle = pow(high, SHELF_MIDDLE);
	double norm = 1.0 + t / SHELF_Q + t * t;

	*k = (struct k_weight){0};
	k->section[0] = (struct k_section){
		.b = {(high + middle * t / SHELF_Q + t * t) / norm,
                      2.0 * (t * t - high) / norm,
                      (high - middle * t / SHELF_Q + t * t) / norm},
		.a = {1.0,					  2.0 * (t * t - 1.0) / norm,
                      (1.0 - t / SHELF_Q + t * t) / norm          }
        };

	t = tan(PI * PASS_HZ / rate);
	norm = 1.0 + t / PASS_Q + t * t;
	/* the standard leaves the gain of the high-pass at these b */
	k->section[1] = (struct k_section){
		.b = {1.0, -2.0,                       1.0},
		.a = {1.0, 2.0 * (t * t - 1.0) / norm,
                      (1.0 - t / PASS_Q + t * t) / norm   }
        };
}

double
k_weight_next(struct k_weight *k, const float *x, int64_t frames)
{
	const struct k_section p = k->section[0];
	const struct k_section q = k->section[1];
	double s0 = k->state[0][0];
	double s1 = k->state[0][1];
	double r0 = k->state[1][0];
	double r1 = k->state[1][1];
	double sum = 0.0;

	/* direct form II, transposed */
	for (int64_t i = 0; i < frames; i++) {
		double in = (double)jobs_finite(x[i]);
		double mid = p.b[0] * in + s0;
		double out = q.b[0] * mid + r0;

		s0 = p.b[1] * in - p.a[1] * mid + s1;
		s1 = p.b[2] * in - p.a[2] * mid;
		r0 = q.b[1] * mid - q.a[1] * out + r1;
		r1 = q.b[2] * mid - q.a[2] * out;
		sum += out * out;
	}
	k->state[0][0] = fabs(s0) < NOTHING ? 0.0 : s0;
	k->state[0][1] = fabs(s1) < NOTHING ? 0.0 : s1;
	k->state[1][0] = fabs(r0) < NOTHING ? 0.0 : r0;
	k->state[1][1] = fabs(r1) < NOTHING ? 0.0 : r1;
	return sum;
}
