/* SPDX-License-Identifier: MIT */
/*
 * alsa_private.h -- the two PCMs of a card, for alsa*.c alone.
 */
#ifndef TACTUS_RT_ALSA_PRIVATE_H
#define TACTUS_RT_ALSA_PRIVATE_H

#include "alsa.h"

struct _snd_pcm;
struct pollfd;

/** Descriptors of a PCM, all sides; alsa-lib's plugins have one or two. */
#define ALSA_MAX_FDS 16

struct alsa_pcm {
	struct _snd_pcm *handle[CARD_SIDES]; /* NULL: not open */
	uint32_t channels[CARD_SIDES];
	unsigned long offset[CARD_SIDES]; /* of the transfer that has begun */
	struct pollfd *fd;                /* ALSA_MAX_FDS of them */
	uint32_t first_fd[CARD_SIDES];
	uint32_t fds[CARD_SIDES];
	bool linked;
};

/** The table that drives it; `user` of card_open is a struct alsa_pcm. */
extern const struct card_ops alsa_ops;

#endif
