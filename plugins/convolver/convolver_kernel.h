/* SPDX-License-Identifier: MIT */
/*
 * convolver_kernel.h -- the sums of a convolution, in vectors.
 *
 * Each frame and each bin is summed up by itself in a fixed order, so the
 * bits are the same however many are computed at once.
 */
#ifndef TACTUS_CONVOLVER_KERNEL_H
#define TACTUS_CONVOLVER_KERNEL_H

#include <stdint.h>

#include <tactus/plugin.h>

/** Frames that the direct sum computes at once: it reads that far ahead. */
#define KERNEL_FRAMES 32

/**
 * Convolve with a partition: frame i of `out` is the sum over k of
 * taps[k] in[i - k].
 * @pre there is a partition of `in` before it, and KERNEL_FRAMES - 1 frames
 *      behind its last frame, whatever they hold
 */
TACTUS_RT void convolver_kernel_direct(
	float *out, const float *in, const float *taps, uint32_t frames);

/** Add the product of two spectra (resources/impulse.h) to a third one. */
TACTUS_RT void convolver_kernel_add(float *sum, const float *a, const float *b);

/** A spectrum as the FFT has it, parted; and back. */
TACTUS_RT void convolver_kernel_part(float *parted, const float *bins);
TACTUS_RT void convolver_kernel_join(float *bins, const float *parted);

#endif
