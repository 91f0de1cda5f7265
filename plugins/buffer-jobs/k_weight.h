/* SPDX-License-Identifier: MIT */
/*
 * k_weight.h -- the K-weighting of ITU-R BS.1770, at any rate.
 *
 * Two second-order sections: a shelf for the head, a high-pass.  One struct
 * for each channel, whoever has it.
 */
#ifndef BUFFER_JOBS_K_WEIGHT_H
#define BUFFER_JOBS_K_WEIGHT_H

#include <stdint.h>

/** Least rate: the shelf has to lie well below half of it. */
#define K_WEIGHT_LEAST_RATE 8000.0

/** y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y'' */
struct k_section {
	double b[3];
	double a[3]; /* a[0] is 1 */
};

struct k_weight {
	struct k_section section[2];
	double state[2][2];
};

/** Design it for a rate, at rest. */
void k_weight_init(struct k_weight *k, double rate);

/**
 * Weigh some samples.
 * @return the sum of the squares of what comes out
 */
double k_weight_next(struct k_weight *k, const float *x, int64_t frames);

#endif
