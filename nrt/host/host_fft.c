/* SPDX-License-Identifier: MIT */
/*
 * host_fft.c -- the tables of an FFT, as TactusHost has them.
 *
 * Called on workers and the loop.  rt reads the tables, so they are locked
 * where the engine locks memory; they were touched when they were made.
 */
#include <sys/mman.h>

#include <tactus/plugin.h>

#include "fft.h"
#include "host_private.h"

TactusFft *
host_open_fft(const TactusHost *host, uint32_t points)
{
	TactusFft *fft = fft_open(points);

	if (fft != NULL && host_behind(host)->lock_memory) {
		size_t bytes;
		const void *block = fft_block(fft, &bytes);
		/* a refusal is no failure, and the resources' one is said */
		(void)mlock(block, bytes);
	}
	return fft;
}

void
host_close_fft(const TactusHost *host, TactusFft *fft)
{
	if (fft != NULL && host_behind(host)->lock_memory) {
		size_t bytes;
		const void *block = fft_block(fft, &bytes);
		/* its pages are its own, and the heap gets them back */
		(void)munlock(block, bytes);
	}
	fft_close(fft);
}
