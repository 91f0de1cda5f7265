/* SPDX-License-Identifier: MIT */
/*
 * fft_setup.c -- see fft.h.  How the tables are made and ended.
 */
#include "fft.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fft_private.h"
#include "mark.h"

/** Where the parts of the block begin, in bytes. */
struct plan {
	size_t twiddle;
	size_t forward;
	size_t inverse;
	size_t table; /* of each of kissfft's two */
	size_t bytes; /* in all */
};

static size_t
round_up(size_t bytes, size_t to)
{
	return (bytes + to - 1) / to * to;
}

static bool
is_size(uint32_t points)
{
	return points >= TACTUS_MIN_FFT && points <= TACTUS_MAX_FFT &&
	       (points & (points - 1)) == 0;
}

static void
plan_block(uint32_t points, size_t page, struct plan *p)
{
	size_t twiddles = 2 * (size_t)(points / 4 + 1) * sizeof(float);

	p->table = 0;
	/* without memory it only tells how much it wants */
	(void)kiss_fft_alloc((int)points / 2, 0, NULL, &p->table);
	p->twiddle = round_up(sizeof(TactusFft), CACHE_LINE);
	p->forward = round_up(p->twiddle + twiddles, CACHE_LINE);
	p->inverse = round_up(p->forward + p->table, CACHE_LINE);
	p->bytes = round_up(p->inverse + p->table, page);
}

static void
fill_twiddles(float *w, uint32_t points)
{
	for (uint32_t k = 0; k <= points / 4; k++) {
		double angle = 2.0 * M_PI * (double)k / (double)points;

		w[2 * k] = (float)cos(angle);
		w[2 * k + 1] = (float)-sin(angle);
	}
}

TactusFft *
fft_open(uint32_t points)
{
	if (!is_size(points)) {
		return NULL;
	}
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct plan p;
	plan_block(points, page, &p);
	unsigned char *block = aligned_alloc(page, p.bytes);
	if (block == NULL) {
		return NULL;
	}
	memset(block, 0, p.bytes); /* touched, so that rt does not fault */
	TactusFft *fft = (TactusFft *)(void *)block;
	float *twiddle = (float *)(void *)(block + p.twiddle);
	fill_twiddles(twiddle, points);
	fft->size = points;
	fft->bytes = p.bytes;
	fft->twiddle = twiddle;
	size_t room = p.table;
	fft->forward =
		kiss_fft_alloc((int)points / 2, 0, block + p.forward, &room);
	room = p.table;
	fft->inverse =
		kiss_fft_alloc((int)points / 2, 1, block + p.inverse, &room);
	if (fft->forward == NULL || fft->inverse == NULL) {
		free(block);
		return NULL;
	}
	return fft;
}

void
fft_close(TactusFft *fft)
{
	free(fft);
}

const void *
fft_block(const TactusFft *fft, size_t *bytes)
{
	*bytes = fft->bytes;
	return fft;
}
