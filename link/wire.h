/* SPDX-License-Identifier: MIT */
/*
 * wire.h -- everything that joins rt and the loop, in one place.
 *
 * Made by src/, which sees both rooms, before either starts; ended after both
 * have stopped.  Each member has one writer and one reader.
 */
#ifndef TACTUS_LINK_WIRE_H
#define TACTUS_LINK_WIRE_H

#include "gauges.h"
#include "mark.h"
#include "moment.h"
#include "ring.h"
#include "wake.h"

struct wire {
	struct ring *commands; /* struct batch *: loop -> rt */
	struct ring *reports;  /* struct report: rt -> loop */
	struct ring *works;    /* struct work *, done: loop -> rt; it has room
				* for all there can be */
	struct ring *tap;      /* one frame of floats: rt -> tap; or NULL */
	struct gauges gauges;  /* rt -> all */
	struct moment moment;  /* rt -> loop */
	struct wake loop;      /* rt calls the loop */
	struct wake rt;        /* the loop calls rt, which sleeps offline */
};

/**
 * Make the rings and event descriptors; `works` is how many resources there
 * can be (jobs are added), `tap_frames` 0: no tap.
 * @thread before-start
 * @errors -ENOMEM; -EMFILE and the like from eventfd
 */
TACTUS_NODISCARD int wire_open(uint32_t commands, uint32_t reports,
	uint32_t works, uint32_t tap_frames, uint32_t tap_channels,
	struct wire **out);

/** End them; NULL is accepted. @thread after both sides have stopped */
void wire_close(struct wire *w);

#endif
