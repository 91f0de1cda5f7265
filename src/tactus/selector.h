/* SPDX-License-Identifier: MIT */
/*
 * selector.h -- the names of a sound card that stay the same.
 *
 * Card numbers move from boot to boot; what a configuration should name is
 * the card's id, its place on the bus, or its USB numbers.  Read from sysfs.
 */
#ifndef TACTUS_SRC_SELECTOR_H
#define TACTUS_SRC_SELECTOR_H

#include <stddef.h>

#define SELECTOR_MOST 4   /* the most that one card has */
#define SELECTOR_SIZE 320 /* bytes of one */

/**
 * The selectors of card `number`, the surest first.
 * @param sysfs "/sys" but in tests
 * @param id the card's id in ALSA, or NULL
 * @return how many there are
 */
size_t selector_list(const char *sysfs, int number, const char *id,
	char out[SELECTOR_MOST][SELECTOR_SIZE]);

#endif
