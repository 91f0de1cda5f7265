/* SPDX-License-Identifier: MIT */
/*
 * port.c -- see port.h.
 */
#include "port.h"

#include "fade.h"
#include "node.h"

/* ports that hold one value until told otherwise */
#define JUMPS (TACTUS_INTEGER | TACTUS_BOOLEAN | TACTUS_ENUM | TACTUS_TRIGGER)
#define WHOLE (TACTUS_INTEGER | TACTUS_BOOLEAN | TACTUS_ENUM)

TACTUS_RT static bool
is_name(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

TACTUS_RT const struct shape_port *
port_find(const struct shape *s, const struct port_ref *ref)
{
	if (ref->name == NULL) {
		return ref->index >= 0 && (uint32_t)ref->index < s->ports
			       ? &s->port[ref->index]
			       : NULL;
	}
	for (uint32_t i = 0; i < s->ports; i++) {
		if (s->port[i].hash == ref->hash &&
			is_name(s->port[i].port.name, ref->name)) {
			return &s->port[i];
		}
	}
	return NULL;
}

TACTUS_RT float
port_clamp(const TactusPort *p, float value)
{
	if ((p->flags & WHOLE) != 0 && value > -1e9F && value < 1e9F) {
		/* to the nearest, halves upwards */
		int32_t floor = (int32_t)value;
		floor -= (float)floor > value ? 1 : 0;
		value = (float)(value - (float)floor >= 0.5F ? floor + 1
							     : floor);
	}
	value = value < p->minimum ? p->minimum : value;
	return value > p->maximum ? p->maximum : value;
}

TACTUS_RT float
port_value(const struct engine *e, const struct node *n, uint32_t ordinal)
{
	const struct control *c = &n->control[ordinal];

	/* what a bus says counts, whatever ramp goes on below it */
	return c->ramp.frames != 0 && c->bus < 0 ? fade_at(&c->ramp, e->now)
						 : n->now[ordinal].value;
}

TACTUS_RT void
port_set(struct engine *e, struct node *n, const struct shape_port *p,
	float value, double seconds)
{
	struct control *c = &n->control[p->ordinal];
	TactusControl *now = &n->now[p->ordinal];

	value = port_clamp(&p->port, value);
	if (seconds < 0.0 || (p->port.flags & JUMPS) != 0) {
		c->ramp.frames = 0;
		now->value = value;
		now->step = 0.0F;
		return;
	}
	float from = port_value(e, n, p->ordinal);
	fade_start(&c->ramp, e->now, from, value, fade_frames(e, seconds));
	n->moving = true;
}

TACTUS_RT uint32_t
port_trigger_room(
	const struct engine *e, const struct node *n, uint32_t ordinal)
{
	uint64_t next = n->control[ordinal].ramp.begin;
	uint64_t waiting = next > e->now ? next - e->now : 0;

	/* one fires at once, `block` may wait */
	return waiting > e->config.block
		       ? 0
		       : (uint32_t)(e->config.block + 1 - waiting);
}

TACTUS_RT bool
port_trigger_waits(
	const struct engine *e, const struct node *n, uint32_t ordinal)
{
	return n->control[ordinal].ramp.begin > e->now;
}

TACTUS_RT void
port_fire(struct engine *e, struct node *n, uint32_t ordinal, float value)
{
	n->now[ordinal].value = value;
	if (!n->fired) {
		n->fired = true;
		n->next_fired = e->fired_first;
		e->fired_first = n;
	}
}

TACTUS_RT void
port_trigger(struct engine *e, struct node *n, const struct shape_port *p,
	float value)
{
	struct control *c = &n->control[p->ordinal];

	value = port_clamp(&p->port, value);
	if (c->ramp.begin <= e->now) {
		c->ramp.begin = e->now + 1;
		port_fire(e, n, p->ordinal, value);
		return;
	}
	struct event event = {
		.at = c->ramp.begin,
		.node = (uint32_t)n->synth.id,
		.generation = n->generation,
		.port = p->ordinal,
		.value = value,
	};
	if (events_add(e->events, &event)) {
		c->ramp.begin++;
	}
}

TACTUS_RT void
port_end_triggers(struct engine *e)
{
	struct node *n = e->fired_first;

	e->fired_first = NULL;
	while (n != NULL) {
		struct node *next = n->next_fired;
		n->fired = false;
		const struct shape *s =
			n->kind == KIND_SYNTH ? n->spec->shape : NULL;
		for (uint32_t i = 0; s != NULL && i < s->controls; i++) {
			if ((s->port[i].port.flags & TACTUS_TRIGGER) != 0) {
				n->now[i].value = 0.0F;
			}
		}
		n = next;
	}
}

TACTUS_RT const float *
port_read(struct engine *e, int32_t bus, uint32_t flags, uint32_t offset)
{
	struct bus *b = port_bus(e, bus, flags, false);
	/* feedback: the complete sum of exactly one block ago */
	uint64_t block = e->block_no - ((flags & MAP_FEEDBACK) != 0 ? 1 : 0);
	uint64_t side = block % 2;

	return b->block[side] == block ? b->frames[side] + offset : e->zeros;
}

TACTUS_RT void
port_map(struct engine *e, struct node *n, const struct shape_port *p,
	int32_t bus, uint32_t flags)
{
	bool output = p->port.direction == TACTUS_OUTPUT;
	struct joint *j =
		output ? &n->output[p->ordinal] : &n->input[p->ordinal];
	bool was = j->bus >= 0;

	j->bus = bus < 0 ? -1 : bus;
	j->flags = bus < 0 ? 0 : flags;
	if (!output) {
		n->in[p->ordinal] = e->zeros;
	}
	if (was != (bus >= 0) && n->def->connect) {
		n->def->connect(&e->world, &n->synth,
			(uint32_t)(p - n->spec->shape->port), bus >= 0);
	}
}

TACTUS_RT void
port_follow(struct engine *e, struct node *n, uint32_t ordinal, int32_t bus,
	uint32_t flags)
{
	struct control *c = &n->control[ordinal];

	/* a ramp ends where it is */
	n->now[ordinal].value = port_value(e, n, ordinal);
	n->now[ordinal].step = 0.0F;
	c->ramp.frames = 0;
	/* a trigger that is let go is silent, unless it has just fired */
	if ((n->spec->shape->port[ordinal].port.flags & TACTUS_TRIGGER) != 0 &&
		!n->fired) {
		n->now[ordinal].value = 0.0F;
	}
	c->bus = bus < 0 ? -1 : bus;
	c->flags = bus < 0 ? 0 : flags;
	n->moving = true;
}

/** A control that follows a bus: its first sample, its slope to the last. */
TACTUS_RT static void
follow(struct engine *e, struct node *n, uint32_t i, uint32_t offset,
	uint32_t frames)
{
	const struct control *c = &n->control[i];
	const TactusPort *p = &n->spec->shape->port[i].port;
	const float *bus = port_read(e, c->bus, c->flags, offset);
	float first = port_clamp(p, bus[0]);
	float last = port_clamp(p, bus[frames - 1]);

	if (!(first - first == 0.0F) || !(last - last == 0.0F)) {
		n->now[i].step = 0.0F;
		return; /* not a number: it stays where it was */
	}
	n->now[i].value = first;
	n->now[i].step = 0.0F;
	if (frames > 1 && (p->flags & JUMPS) == 0) {
		n->now[i].step = (last - first) / (float)(frames - 1);
	}
}

TACTUS_RT uint32_t
port_begin(struct engine *e, struct node *n, uint64_t sample, uint32_t offset,
	uint32_t most)
{
	const struct shape *s = n->spec->shape;
	bool moving = false;
	uint32_t frames = most;

	for (uint32_t i = 0; i < s->controls; i++) {
		struct control *c = &n->control[i];
		if (c->ramp.frames == 0) {
			continue;
		}
		if (!fade_moves(&c->ramp, sample)) {
			n->now[i].value = c->ramp.to;
			n->now[i].step = 0.0F;
			c->ramp.frames = 0;
			continue;
		}
		moving = true;
		n->now[i].value = fade_at(&c->ramp, sample);
		n->now[i].step = fade_step(&c->ramp);
		/* the last frame is the target itself: a piece of its own */
		uint64_t left = c->ramp.begin + c->ramp.frames - 1 - sample;
		if (left < frames) {
			frames = (uint32_t)left;
		}
	}
	for (uint32_t i = 0; i < s->controls; i++) {
		if (n->control[i].bus >= 0) {
			moving = true;
			follow(e, n, i, offset, frames);
		}
	}
	n->moving = moving;
	return frames;
}

TACTUS_RT void
port_fade(struct engine *e, struct node *n, float to, double seconds,
	enum fade_end end)
{
	float from = fade_at(&n->fade, e->now);

	fade_start(&n->fade, e->now, from, to, fade_frames(e, seconds));
	n->at_end = (uint8_t)end;
	n->fading = true;
	if (!n->listed) {
		n->listed = true;
		e->fading[e->fades++] = n;
	}
}

/** Do what a fade that has arrived was for. */
TACTUS_RT static void
end_fade(struct engine *e, struct node *n)
{
	n->fading = false;
	n->fade.frames = 0;
	switch ((enum fade_end)n->at_end) {
	case FADE_STAYS:
		break;
	case FADE_PAUSES:
		n->paused = true;
		break;
	case FADE_FREES:
		node_free(e, n);
		break;
	}
}

TACTUS_RT void
port_end_fades(struct engine *e)
{
	uint32_t kept = 0;

	/* in the order in which they began */
	for (uint32_t i = 0; i < e->fades; i++) {
		struct node *n = e->fading[i];
		bool lives = n->kind == KIND_GROUP || n->kind == KIND_SYNTH;
		if (lives && n->fading &&
			e->now < n->fade.begin + n->fade.frames) {
			e->fading[kept++] = n;
			continue;
		}
		n->listed = false;
		if (lives && n->fading) {
			end_fade(e, n);
		}
	}
	e->fades = kept;
}

TACTUS_RT bool
port_envelope(struct engine *e, const struct node *n, uint64_t sample,
	uint32_t frames)
{
	bool filled = false;

	for (; n != NULL; n = n->parent) {
		if (!n->fading) {
			continue;
		}
		for (uint32_t i = 0; i < frames; i++) {
			float gain = fade_at(&n->fade, sample + i);
			e->envelope[i] = filled ? e->envelope[i] * gain : gain;
		}
		filled = true;
	}
	return filled;
}
