/* SPDX-License-Identifier: MIT */
/*
 * house_device.h -- the house's sound card: asked for, handed over, missed.
 *
 * The device thread (nrt's device keeper) opens and closes cards with what
 * rt's set-up offers; this file is where the two meet.  Loop only.
 */
#ifndef TACTUS_SRC_HOUSE_DEVICE_H
#define TACTUS_SRC_HOUSE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "mark.h"

struct ev_loop;
struct house_device;
struct office;

/**
 * Look for the configured card.  Where there is one it is opened, and its
 * rate becomes the engine's.
 * @return 0, or an exit code with words in `why`: the device is required and
 *         absent
 */
TACTUS_NODISCARD int house_device_open(const struct config *config,
	struct ev_loop *loop, struct house_device **out, double *rate,
	char *why, size_t size);

/** Hand the card over to rt, and keep looking for one. NULL is accepted. */
void house_device_start(struct house_device *d, struct office *office);

/** rt gave a device back. */
void house_device_returned(
	struct house_device *d, void *device, uint32_t verdict, int error);

/** NULL is accepted. @pre rt has stopped */
void house_device_close(struct house_device *d);

/** Is the card an alsa-lib plugin, whose system calls are its own? */
bool house_device_is_plugin(const struct house_device *d);

/** "card hw:CARD=…", or "clock (…)". */
void house_device_describe(
	const struct house_device *d, char *text, size_t size);

#endif
