/* SPDX-License-Identifier: MIT */
/*
 * fft_private.h -- the tables of an FFT, for fft.c and fft_setup.c alone.
 *
 * All of it is one block of whole pages, which nobody writes to once it is
 * made: this struct, the twiddles, kissfft's two tables.
 */
#ifndef TACTUS_LINK_FFT_PRIVATE_H
#define TACTUS_LINK_FFT_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

#include <kiss_fft.h>
#include <tactus/plugin.h>

struct TactusFft {
	uint32_t size;        /* real numbers, a power of two */
	size_t bytes;         /* of the block */
	const float *twiddle; /* exp(-2 pi i k / size), k = 0 … size / 4 */
	kiss_fft_cfg forward; /* complex, of half the size */
	kiss_fft_cfg inverse;
};

#endif
