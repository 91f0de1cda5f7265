/* SPDX-License-Identifier: MIT */
/*
 * selector.h -- from what the configuration says to a PCM name.
 *
 * Card numbers move from boot to boot, so that cards are named by what they
 * are (usb:VID:PID[:SERIAL], id:NAME, hw:CARD=NAME) or where they are plugged
 * in (path:…); see tactus.conf(5).  What is there is read from sysfs and
 * /dev/snd/by-path below a root that tests bring along.
 *
 * May block for a moment: for the device thread, and before start.
 */
#ifndef TACTUS_NRT_SELECTOR_H
#define TACTUS_NRT_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mark.h"

#define SELECTOR_PCM    160
#define SELECTOR_CARDS  32
#define SELECTOR_STRING 128

enum selector_side { SELECTOR_CAPTURE, SELECTOR_PLAYBACK };

/** What a selector came to. */
struct selector_found {
	char pcm[SELECTOR_PCM]; /* a name for ALSA */
	int card;               /* its number; -1: not known before opening */
	int device;             /* of the card; -1: the same */
	bool numbered;          /* by a number that moves: warn */
};

/** One card that is there. */
struct selector_card {
	int number;
	char id[SELECTOR_STRING];       /* as in hw:CARD=ID */
	char name[SELECTOR_STRING];     /* for people */
	char selector[SELECTOR_STRING]; /* the best line to write down */
	char path[SELECTOR_STRING];     /* path:…; "": it has none */
	uint32_t usb_vendor;            /* 0: it is no USB card */
	uint32_t usb_product;
	char serial[SELECTOR_STRING];
	int playback; /* first PCM device that plays; -1: none */
	int capture;  /* first PCM device that records; -1: none */
};

/**
 * Is this a selector at all?
 * @errors -EINVAL with a sentence in `why` that names it and the mend
 */
TACTUS_NODISCARD int selector_check(
	const char *selector, char *why, size_t size);

/**
 * Find what a selector speaks of.
 * @param root "" or a folder that stands for /
 * @errors -ENODEV it is not there; -EINVAL it is no selector; with a sentence
 *         in `why`
 */
TACTUS_NODISCARD int selector_find(const char *root, const char *selector,
	enum selector_side side, struct selector_found *out, char *why,
	size_t size);

/**
 * Find the first of a list that is there.
 * @return its index
 * @errors -ENODEV none is; `why` names them
 */
TACTUS_NODISCARD int selector_first(const char *root,
	const char *const *selectors, uint32_t count, enum selector_side side,
	struct selector_found *out, char *why, size_t size);

/** The cards that are there, by number. @return how many, at most `room` */
uint32_t selector_cards(
	const char *root, struct selector_card *out, uint32_t room);

#endif
