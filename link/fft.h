/* SPDX-License-Identifier: MIT */
/*
 * fft.h -- the FFT of real numbers, for both sides; kissfft inside.
 *
 * The tables are made once and then only read.  A transform allocates nothing
 * and takes a time that its size alone decides, so rt may do it.
 */
#ifndef TACTUS_LINK_FFT_H
#define TACTUS_LINK_FFT_H

#include <stdint.h>

#include <tactus/plugin.h>

/** As TactusHost.open_fft. @thread not rt */
TactusFft *fft_open(uint32_t points);

/** As TactusHost.close_fft. @thread not rt */
void fft_close(TactusFft *fft);

/** As TactusWorld.fft_forward. @thread any */
TACTUS_RT void fft_forward(const TactusFft *fft, const float *time,
	float *spectrum, float *scratch);

/** As TactusWorld.fft_inverse. @thread any */
TACTUS_RT void fft_inverse(const TactusFft *fft, const float *spectrum,
	float *time, float *scratch);

#endif
