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

/** Is an audio port joined to anything? @thread rt */
TACTUS_RT static inline bool
port_is_joined(const struct joint *j)
{
	return j->bus >= 0 || j->connections != 0;
}

/**
 * Tell a synth that a port of it was joined to something or let go, if that
 * is so.
 * @thread rt
 * @param port among all of its ports
 * @param was  port_is_joined, before the change
 */
TACTUS_RT void port_tell(struct engine *e, struct node *n,
	const struct joint *j, uint32_t port, bool was);

/** Note what a plan asks of a synth: its audio ports have changed.
 * @thread rt */
TACTUS_RT void port_look(struct engine *e, struct node *n);

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

/** Where a bus is written in this segment; what nobody writes in this block
 * is silence. @thread rt, or the helper that alone writes it */
TACTUS_RT float *port_begin_bus(struct engine *e, struct bus *b);

/**
 * Add an output to its bus, in execution order (the walk).  The writers of a
 * bus between two that read it are folded in groups of MIX_GROUP (ADR 0013).
 * @thread rt
 */
TACTUS_RT void port_write(
	struct engine *e, const struct joint *j, const float *from);

/** The segment is over: add the groups that are still being folded.
 * @thread rt */
TACTUS_RT void port_close_groups(struct engine *e);

/** Keep what came out for a feedback connection. @thread rt or a helper */
TACTUS_RT void port_delay(
	struct engine *e, struct connection *c, const float *from);

/**
 * What an input hears in this segment: its bus, then its connections in the
 * order in which they were made.  One alone is heard as it is, several are
 * added up in `sum`, from +0 on; none is silence.
 * @thread rt or a helper
 */
TACTUS_RT const float *port_gather(
	struct engine *e, const struct joint *j, float *sum);

/** What a bus holds from `offset` of this block on; never NULL.  In the walk
 * it ends the group that is being folded.
 * @thread rt; a helper in the plan */
TACTUS_RT const float *port_read(
	struct engine *e, int32_t bus, uint32_t flags, uint32_t offset);

/**
 * Bring all controls to their values at `sample`.
 * @thread rt or a helper
 * @param most frames of the segment at the most
 * @return how many of them these values and slopes hold for: 1 … most
 */
TACTUS_RT uint32_t port_begin(struct engine *e, struct node *n, uint64_t sample,
	uint32_t offset, uint32_t most);

/** Let a whole node fade to `to`, then do `end`. @thread rt */
TACTUS_RT void port_fade(struct engine *e, struct node *n, float to,
	double seconds, enum fade_end end);

/**
 * For how many of the segment's frames a synth is to run: it stands still
 * where a fade arrives that pauses or frees it, or what it stands in, however
 * the block is cut.
 * @thread rt or a helper
 */
TACTUS_RT uint32_t port_stop(
	const struct node *n, uint64_t sample, uint32_t frames);

/** End the fades that have arrived by now. @thread rt */
TACTUS_RT void port_end_fades(struct engine *e);

/** Fill `envelope` with the gain of a synth and all above it.
 * @thread rt or a helper @return false when it is 1 all through (nothing
 * filled) */
TACTUS_RT bool port_envelope(const struct node *n, uint64_t sample,
	uint32_t frames, float *envelope);

#endif
