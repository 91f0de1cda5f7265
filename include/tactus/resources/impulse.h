/* SPDX-License-Identifier: MIT */
/*
 * impulse.h -- the resource class Impulse: an impulse response, transformed.
 *
 * The response is cut into partitions of TACTUS_IMPULSE_PARTITION frames, the
 * last one filled up with zeros.  The first one is there as it is, to be
 * summed up directly: so a convolution needs no delay.  Each further one is
 * there as its spectrum, of an FFT of two partitions' points whose second
 * half was zero: for overlap-save (Oppenheim and Schafer, "Discrete-Time
 * Signal Processing", 8.7).
 *
 * A spectrum is two times TACTUS_IMPULSE_PARTITION floats: first all real
 * parts, then all imaginary parts.  In the first place of each stand the
 * values at 0 Hz and at half the rate, which are both real.
 *
 * Nothing of it changes while it lives.
 */
#ifndef TACTUS_RESOURCES_IMPULSE_H
#define TACTUS_RESOURCES_IMPULSE_H

#include <stdint.h>

#include <tactus/plugin.h>

/** What a port or a job that wants one names. */
#define TACTUS_IMPULSE_URI "urn:tactus:resource:impulse:1"

/** Frames of a partition. */
#define TACTUS_IMPULSE_PARTITION 256
/** Longest impulse response, in seconds. */
#define TACTUS_IMPULSE_SECONDS 60

/** The layout behind the URI; read by rt and by workers. */
typedef struct TactusImpulse {
	uint32_t size;     /* sizeof(TactusImpulse), by its maker */
	uint32_t spectra;  /* partitions beside the first one */
	int64_t frames;    /* of the response, at least 1 */
	double rate;       /* Hz: the engine's */
	const float *head; /* the first partition */
	/** `spectra` spectra, one after the other; 64-aligned. */
	const float *spectrum;
	/** Of two partitions' points: what made the spectra. */
	const TactusFft *fft;
} TactusImpulse;

#endif
