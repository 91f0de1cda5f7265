/* SPDX-License-Identifier: MIT */
/*
 * alsa_params_setup.h -- what is agreed with a PCM, and words about it.
 *
 * The device thread (or before-start) lives here; for alsa*_setup.c alone.
 */
#ifndef TACTUS_RT_ALSA_PARAMS_SETUP_H
#define TACTUS_RT_ALSA_PARAMS_SETUP_H

#include "alsa.h"

struct _snd_pcm;

/** Lines for the caller; what does not fit is cut off. */
struct alsa_text {
	char *at;
	size_t size;
};

/** Append a line. */
void alsa_say(struct alsa_text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** One PCM while it is being agreed on. */
struct alsa_deal {
	struct _snd_pcm *handle;
	const char *name;
	uint32_t rate;     /* asked, then what the card does */
	uint32_t channels; /* the same */
	uint32_t period;   /* the same */
	uint32_t periods;  /* the same: whole periods of the buffer */
	uint32_t buffer;   /* what the card's memory holds */
	enum convert_format format;
	bool interleaved;
};

/**
 * Agree on access, format, channels, rate, period and buffer.
 * @param format enum convert_format, or ALSA_FORMAT_AUTO
 * @errors negative errno with a sentence in `t`
 */
TACTUS_NODISCARD int alsa_agree(
	struct alsa_deal *d, uint32_t format, struct alsa_text *t);

/**
 * Set when it wakes (`avail_min`), that it is started by hand alone, stops
 * when it runs dry, and stamps its positions with CLOCK_MONOTONIC.
 * @errors negative errno with a sentence in `t`
 */
TACTUS_NODISCARD int alsa_set_software(
	const struct alsa_deal *d, uint32_t avail_min, struct alsa_text *t);

#endif
