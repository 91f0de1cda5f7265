/* SPDX-License-Identifier: MIT */
/*
 * bench_start.c -- how soon the daemon is there, and what it keeps.
 *
 * From fork to READY=1, to a sample clock that moves, and to a synth that is
 * known to sound; the files that it reads are in the page cache by the second
 * turn.  Then its memory, with the limits of an empty configuration.
 */
#include <stdlib.h>

#include "bench.h"
#include "child.h"

enum { READY, BLOCK, SYNTH, RESIDENT, LOCKED, SWAPPABLE, FIGURES };

int
main(void)
{
	static const char *const name[FIGURES][2] = {
		{"start/to-ready",       "ms" },
		{"start/to-first-block", "ms" },
		{"start/to-first-synth", "ms" },
		{"start/resident",       "KiB"},
		{"start/locked",         "KiB"},
		{"start/data",           "KiB"},
	};
	uint32_t turns = bench_repeat(15);
	struct bench figure[FIGURES];
	struct child *c = calloc(1, sizeof *c);

	if (c == NULL) {
		return EXIT_FAILURE;
	}
	for (int i = 0; i < FIGURES; i++) {
		bench_open(&figure[i], name[i][0], name[i][1], turns);
	}
	for (uint32_t n = 0; n <= turns; n++) {
		int64_t began = bench_now();
		child_start(c);
		int64_t ready = bench_now();
		while (child_stat(c, "blocks") < 1.0) {
		}
		int64_t block = bench_now();
		child_sine(c, 1);
		child_sync(c, 1);
		int64_t synth = bench_now();
		if (n > 0) {
			/* the first warms the cache */
			bench_add(
				&figure[READY], (double)(ready - began) / 1e6);
			bench_add(
				&figure[BLOCK], (double)(block - began) / 1e6);
			bench_add(
				&figure[SYNTH], (double)(synth - began) / 1e6);
			bench_add(&figure[RESIDENT],
				(double)child_proc(c, "VmRSS"));
			bench_add(&figure[LOCKED],
				(double)child_proc(c, "VmLck"));
			bench_add(&figure[SWAPPABLE],
				(double)child_proc(c, "VmData"));
		}
		child_stop(c);
	}
	bench_begin();
	for (int i = 0; i < FIGURES; i++) {
		bench_print(&figure[i]);
		bench_close(&figure[i]);
	}
	free(c);
	return EXIT_SUCCESS;
}
