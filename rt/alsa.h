/* SPDX-License-Identifier: MIT */
/*
 * alsa.h -- a card under ALSA: opened by the device thread, driven by rt.
 */
#ifndef TACTUS_RT_ALSA_H
#define TACTUS_RT_ALSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card.h"
#include "mark.h"

/** Take the best format that the card knows. */
#define ALSA_FORMAT_AUTO CONVERT_FORMATS

/** What is asked of a card. */
struct alsa_request {
	const char *playback; /* PCM name; NULL: none */
	const char *capture;  /* PCM name; NULL: none */
	uint32_t rate;
	bool rate_exact; /* refuse any other: the engine runs already */
	uint32_t block;
	uint32_t inputs;
	uint32_t outputs;
	uint32_t period;
	uint32_t periods;
	uint32_t format; /* enum convert_format, or ALSA_FORMAT_AUTO */
	bool dither;
};

/** What came of it beside card_config(). */
struct alsa_facts {
	bool interleaved[CARD_SIDES];
	bool linked;   /* both directions start as one */
	bool hardware; /* a kernel driver, no plugin: the audit may be on */
};

/**
 * Open and configure the PCMs, as far as the card goes with what is asked.
 * alsa-lib's cached configuration is dropped first, so that a card that came
 * after start is seen.
 * @thread device, or before-start: it may block for long
 * @errors negative errno, with a sentence in `why` that names the PCM and the
 *         mend.  On success `why` tells, line by line, where the card differs
 *         from what was asked; empty: nowhere
 * @owns the caller: end it with alsa_close
 */
TACTUS_NODISCARD int alsa_open(const struct alsa_request *ask,
	struct card **out, struct alsa_facts *facts, char *why, size_t size);

/** Stop and close; NULL is accepted. @thread device, or after rt stopped */
void alsa_close(struct card *c);

/**
 * Is this PCM name served by a kernel driver without any plugin between?
 * Plugins make system calls of their own and are exempt from the audit.
 * @thread device, or before-start
 */
bool alsa_is_hardware(const char *name);

#endif
