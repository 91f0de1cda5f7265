/* SPDX-License-Identifier: MIT */
/*
 * spectrum.h -- what is in a signal, measured in double precision.
 *
 * It belongs to the test's one thread.
 */
#ifndef TACTUS_TESTS_PLUGINS_SPECTRUM_H
#define TACTUS_TESTS_PLUGINS_SPECTRUM_H

#include <complex.h>
#include <stdint.h>

#define SPECTRUM_FRAMES 65536

/**
 * The power of `in` (SPECTRUM_FRAMES frames, one period) in each of
 * SPECTRUM_FRAMES / 2 bins: a sine of peak 1 on a bin is 1 there.
 */
void spectrum_power(const float *in, double *power);

/** The transform of `frames` frames at `cycles` a frame, by its sum. */
double complex spectrum_at(const float *in, uint32_t frames, double cycles);

/**
 * The loudest bin of a periodic waveform that is no harmonic of it.
 * @return its power beside that of bin `cycles`, the fundamental, in dB
 */
double spectrum_alias_db(const float *in, uint32_t cycles);

#endif
