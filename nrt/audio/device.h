/* SPDX-License-Identifier: MIT */
/*
 * device.h -- the keeper of the card: opens it, waits for it, closes it.
 *
 * A thread of its own ("device") lives here, for opening and closing may
 * block for long and must hold up neither rt nor the loop, which feeds the
 * watchdog.  It watches /dev/snd and looks again by device_life.h.  A card that
 * it opened goes to the loop, which hands it to rt (COMMAND_DEVICE); what rt
 * gives back (REPORT_DEVICE) returns here by device_returned.
 */
#ifndef TACTUS_NRT_DEVICE_H
#define TACTUS_NRT_DEVICE_H

#include <stddef.h>

#include "mark.h"

struct ev_loop;
struct device;

/** How cards are opened; called on the device thread, one at a time. */
struct device_ops {
	/** 0 and a card, or negative errno; a sentence in `why` either way,
	 * "" if there is nothing to say. */
	int (*open)(void *user, void **card, char *why, size_t size);
	void (*close)(void *user, void *card);
	void *user;
};

/** What the loop is told; called on the loop. */
struct device_hooks {
	/** A card to be handed to rt; it must come back. */
	void (*opened)(void *user, void *card, const char *words);
	/** None could be opened; told when the words are others than before */
	void (*refused)(void *user, int error, const char *words);
	void *user;
};

/**
 * Start the keeper; the first look is at once.
 * @thread loop
 * @param folder what is watched: "/dev/snd"; it may come later
 * @errors -ENOMEM, -EMFILE, -EAGAIN
 */
TACTUS_NODISCARD int device_open(struct ev_loop *loop, const char *folder,
	const struct device_ops *ops, const struct device_hooks *hooks,
	struct device **out);

/** rt gave the card back: it is closed, and looked for again. @thread loop */
void device_returned(struct device *d);

/** Look now. @thread loop */
void device_look(struct device *d);

/**
 * End the keeper; a card that did not come back is closed.  NULL is accepted.
 * Waits for an open call that is running.
 * @thread loop, after rt has stopped
 */
void device_close(struct device *d);

#endif
