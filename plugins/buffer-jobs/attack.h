/* SPDX-License-Identifier: MIT */
/*
 * attack.h -- the very sample where the energy rises.
 */
#ifndef BUFFER_JOBS_ATTACK_H
#define BUFFER_JOBS_ATTACK_H

#include <stdint.h>

#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

#include "arguments.h"

struct attack {
	const TactusAudioBuffer *b;
	struct arguments_range range;
	int64_t width;  /* samples before and after that are compared */
	int64_t room;   /* samples of a search with its surroundings */
	double *sum[2]; /* energies summed up: of the signal, of its slope */
};

/** Where, and how clearly. */
struct attack_found {
	int64_t at;  /* from the start of the range */
	double rise; /* 0: the energy does not rise */
};

/**
 * Take the memory for searches of `longest` samples.
 * @thread worker
 * @return 0, or -1: there is none.  attack_fini either way.
 */
int attack_init(struct attack *a, const TactusHost *host,
	const TactusAudioBuffer *b, const struct arguments_range *range,
	int64_t longest);

/** Give it back. */
void attack_fini(struct attack *a, const TactusHost *host);

/** Find the clearest rise at begin … end - 1. */
struct attack_found attack_search(struct attack *a, int64_t begin, int64_t end);

#endif
