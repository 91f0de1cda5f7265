/* SPDX-License-Identifier: MIT */
/*
 * convolver_kernel.c -- see convolver_kernel.h.
 */
#include "convolver_kernel.h"

#include <string.h>

#include <tactus/resources/impulse.h>

#define PARTITION TACTUS_IMPULSE_PARTITION

TACTUS_RT TACTUS_CLONES void
convolver_kernel_direct(
	float *out, const float *in, const float *taps, uint32_t frames)
{
	for (uint32_t from = 0; from < frames; from += KERNEL_FRAMES) {
		float sum[KERNEL_FRAMES] = {0.0f};
		uint32_t n = frames - from;

		for (uint32_t k = 0; k < PARTITION; k++) {
			const float *x = in + from - k;
			float tap = taps[k];

			for (uint32_t i = 0; i < KERNEL_FRAMES; i++) {
				sum[i] += tap * x[i];
			}
		}
		n = n < KERNEL_FRAMES ? n : KERNEL_FRAMES;
		memcpy(out + from, sum, n * sizeof(*out));
	}
}

TACTUS_RT TACTUS_CLONES void
convolver_kernel_add(
	float *restrict sum, const float *restrict a, const float *restrict b)
{
	float *restrict sum_im = sum + PARTITION;
	const float *restrict a_im = a + PARTITION;
	const float *restrict b_im = b + PARTITION;
	/* what stands in the first places is two real numbers */
	float low = sum[0] + a[0] * b[0];
	float high = sum_im[0] + a_im[0] * b_im[0];

	for (uint32_t k = 0; k < PARTITION; k++) {
		sum[k] += a[k] * b[k] - a_im[k] * b_im[k];
		sum_im[k] += a[k] * b_im[k] + a_im[k] * b[k];
	}
	sum[0] = low;
	sum_im[0] = high;
}

TACTUS_RT void
convolver_kernel_part(float *parted, const float *bins)
{
	for (uint32_t k = 0; k < PARTITION; k++) {
		parted[k] = bins[2 * k];
		parted[PARTITION + k] = bins[2 * k + 1];
	}
	parted[PARTITION] = bins[2 * PARTITION];
}

TACTUS_RT void
convolver_kernel_join(float *bins, const float *parted)
{
	for (uint32_t k = 0; k < PARTITION; k++) {
		bins[2 * k] = parted[k];
		bins[2 * k + 1] = parted[PARTITION + k];
	}
	bins[1] = 0.0f;
	bins[2 * PARTITION] = parted[PARTITION];
	bins[2 * PARTITION + 1] = 0.0f;
}
