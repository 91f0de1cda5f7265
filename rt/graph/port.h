/* SPDX-License-Identifier: MIT */
/*
 * port.h -- what goes into and out of a synth: controls, buses, fades.
 */
#ifndef TACTUS_RT_PORT_H
#define TACTUS_RT_PORT_H

#include "engine_private.h"

/** The port that a reference names, or NULL. @thread rt */
TACTUS_RT const struct shape_port *port_find(
	const struct shape *s, const struct port_ref *ref);

/** Set a control from this sample on; `seconds` negative: no ramp.
 * @pre the port is a control and no trigger
 * @thread rt */
TACTUS_RT void port_set(struct engine *e, struct node *n,
	const struct shape_port *p, float value, double seconds);

/** How many more firings of a trigger may be asked for now. @thread rt */
TACTUS_RT uint32_t port_trigger_room(
	const struct engine *e, const struct node *n, uint32_t ordinal);

/** Fire a trigger at this sample, or at the next that is free.
 * @pre port_trigger_room, and room for an event unless this sample is free
 * @thread rt */
TACTUS_RT void port_trigger(struct engine *e, struct node *n,
	const struct shape_port *p, float value);

/** Will a firing now have to wait (and so need an event)? @thread rt */
TACTUS_RT bool port_trigger_waits(
	const struct engine *e, const struct node *n, uint32_t ordinal);

/** Fire now: the engine's own event is due. @thread rt */
TACTUS_RT void port_fire(
	struct engine *e, struct node *n, uint32_t ordinal, float value);

/** Set fired triggers back to 0: their segment is over. @thread rt */
TACTUS_RT void port_end_triggers(struct engine *e);

/** The value of a control now. @thread rt */
TACTUS_RT float port_value(
	const struct engine *e, const struct node *n, uint32_t ordinal);

/** Clamp to a port's range, and round what counts whole. @thread rt */
TACTUS_RT float port_clamp(const TactusPort *p, float value);

/** Join an audio port to a bus or (bus -1) to nothing. @thread rt */
TACTUS_RT void port_map(struct engine *e, struct node *n,
	const struct shape_port *p, int32_t bus, uint32_t flags);

/** Let a control follow a bus, or (bus -1) go. @thread rt */
TACTUS_RT void port_follow(struct engine *e, struct node *n, uint32_t ordinal,
	int32_t bus, uint32_t flags);

/** The bus that a joint names. @pre its number is in range @thread rt */
TACTUS_RT static inline struct bus *
port_bus(struct engine *e, int32_t bus, uint32_t flags, bool output)
{
	if ((flags & MAP_EXTERNAL) == 0) {
		return &e->bus[bus];
	}
	return output ? &e->playback[bus] : &e->capture[bus];
}

/** What an input reads from `offset` of this block on; never NULL.
 * @thread rt */
TACTUS_RT const float *port_read(
	struct engine *e, int32_t bus, uint32_t flags, uint32_t offset);

/**
 * Bring all controls to their values at `sample`.
 * @thread rt
 * @param most frames of the segment at the most
 * @return how many of them these values and slopes hold for: 1 … most
 */
TACTUS_RT uint32_t port_begin(struct engine *e, struct node *n, uint64_t sample,
	uint32_t offset, uint32_t most);

/** Let a whole node fade to `to`, then do `end`. @thread rt */
TACTUS_RT void port_fade(struct engine *e, struct node *n, float to,
	double seconds, enum fade_end end);

/** End the fades that have arrived by now. @thread rt */
TACTUS_RT void port_end_fades(struct engine *e);

/** Fill e->envelope with the gain of a synth and all above it.
 * @thread rt @return false when it is 1 all through (nothing filled) */
TACTUS_RT bool port_envelope(struct engine *e, const struct node *n,
	uint64_t sample, uint32_t frames);

#endif
