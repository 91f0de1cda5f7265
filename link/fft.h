/* SPDX-License-Identifier: MIT */
/*
 * fft.h -- the FFT of real numbers, for both sides; kissfft inside.
 *
 * The tables are made once and then only read.  A transform allocates nothing
 * and takes a time that its size alone decides, so rt may do it.
 */
#ifndef TACTUS_LINK_FFT_H
#define TACTUS_LINK_FFT_H

#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

/** As TactusHost.open_fft. @thread not rt */
TactusFft *fft_open(uint32_t points);

/** As TactusHost.close_fft. @thread not rt */
void fft_close(TactusFft *fft);

/** All memory of it, whole pages that nothing else is in: to be locked.
 * @thread not rt */
const void *fft_block(const TactusFft *fft, size_t *bytes);

/**
 * As TactusWorld.fft_forward: X[k] = sum of x[n] exp(-2 pi i k n / size), not
 * scaled.  Any alignment of float will do.
 * @thread any
 */
TACTUS_RT void fft_forward(const TactusFft *fft, const float *time,
	float *spectrum, float *scratch);

/** As TactusWorld.fft_inverse; the imaginary parts at 0 Hz and at half the
 * rate, which no real sound has, are not looked at. @thread any */
TACTUS_RT void fft_inverse(const TactusFft *fft, const float *spectrum,
	float *time, float *scratch);

#endif
