/* SPDX-License-Identifier: MIT */
/*
 * port.c -- see port.h.
 */
#include "port.h"

#include <string.h>

#include "connection.h"
#include "fade.h"
#include "mix.h"
#include "node.h"
#include "plan.h"
#include "runner.h"

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

/** Note that a control of a synth moves. */
TACTUS_RT static void
stir(struct engine *e, struct node *n)
{
	n->moving = true;
	plan_stir(e, n);
}

TACTUS_RT void
port_set(struct engine *e, struct node *n, const struct shape_port *p,
	float value, double seconds)
{
	struct control *c = &n->control[p->ordinal];
	TactusControl *now = &n->now[p->ordinal];

	uint32_t frames = seconds < 0.0 ? 1 : fade_frames(e, seconds);
	value = port_clamp(&p->port, value);
	if (frames == 1 || (p->port.flags & JUMPS) != 0) {
		c->ramp.frames = 0;
		now->value = value;
		now->step = 0.0F;
		return;
	}
	/* what a bus says counts, whatever ramp goes on below it */
	float from = c->ramp.frames != 0 && c->bus < 0
			     ? fade_before(&c->ramp, e->now)
			     : now->value;
	fade_start(&c->ramp, e->now, from, value, frames);
	stir(e, n);
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
		.node = node_refer(n),
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

/** What a bus holds of a block, from `offset` on. */
TACTUS_RT static inline const float *
look(const struct engine *e, const struct bus *b, uint64_t block,
	uint32_t offset)
{
	uint64_t side = block % 2;

	return b->block[side] == block ? b->frames[side] + offset : e->zeros;
}

TACTUS_RT float *
port_begin_bus(struct engine *e, struct bus *b)
{
	uint64_t side = e->block_no % 2;

	if (b->block[side] != e->block_no) {
		if (e->frames != e->config.block) {
			mix_clear(b->frames[side], e->config.block);
		}
		b->block[side] = e->block_no;
	}
	return b->frames[side] + e->offset;
}

/** Add the group that is being folded, if there is one. */
TACTUS_RT static void
close_group(struct engine *e, struct bus *b)
{
	if (b->segment != e->segment || b->writers == 0) {
		return;
	}
	if (b->writers % MIX_GROUP != 0 && b->writers > MIX_GROUP) {
		mix_add(port_begin_bus(e, b), b->group, e->frames);
	}
	/* whoever comes next begins another */
	b->writers = MIX_GROUP;
}

TACTUS_RT void
port_close_groups(struct engine *e)
{
	while (e->open != NULL) {
		struct bus *b = e->open;
		e->open = b->next_open;
		b->is_open = false;
		close_group(e, b);
	}
}

TACTUS_RT void
port_write(struct engine *e, const struct joint *j, const float *from)
{
	struct bus *b = port_bus(e, j->bus, j->flags, true);
	float *to = port_begin_bus(e, b);

	if (b->segment != e->segment || (j->flags & MAP_REPLACE) != 0) {
		b->segment = e->segment;
		b->writers = 0;
	}
	uint32_t place = b->writers++ % MIX_GROUP;
	bool first = b->writers <= MIX_GROUP;
	if (first) {
		if (place == 0) {
			mix_store(to, from, e->frames);
		} else {
			mix_add(to, from, e->frames);
		}
		return;
	}
	if (place == 0) {
		mix_store(b->group, from, e->frames);
		if (!b->is_open) {
			b->is_open = true;
			b->next_open = e->open;
			e->open = b;
		}
	} else {
		mix_add(b->group, from, e->frames);
	}
	if (place == MIX_GROUP - 1) {
		mix_add(to, b->group, e->frames);
	}
}

TACTUS_RT const float *
port_read(struct engine *e, int32_t bus, uint32_t flags, uint32_t offset)
{
	struct bus *b = port_bus(e, bus, flags, false);

	if ((flags & MAP_FEEDBACK) != 0) {
		/* the complete sum of exactly one block ago */
		return look(e, b, e->block_no - 1, offset);
	}
	close_group(e, b);
	return look(e, b, e->block_no, offset);
}

TACTUS_RT void
port_delay(struct engine *e, struct connection *c, const float *from)
{
	memcpy(port_begin_bus(e, &c->delay), from, e->frames * sizeof *from);
}

/** What one connection brings in this segment. */
TACTUS_RT static const float *
hear(const struct engine *e, const struct connection *c)
{
	if ((c->flags & MAP_FEEDBACK) != 0) {
		return look(e, &c->delay, e->block_no - 1, e->offset);
	}
	return e->rank[c->source - e->node] != ORDER_NOWHERE ? c->own
							     : e->zeros;
}

TACTUS_RT const float *
port_gather(struct engine *e, const struct joint *j, float *sum)
{
	const float *only = NULL;

	if (j->bus >= 0) {
		only = j->version != NULL
			       ? j->version
			       : port_read(e, j->bus, j->flags, e->offset);
	}
	if (j->connections == 0) {
		return only != NULL ? only : e->zeros;
	}
	const struct connection *c = j->first;
	if (only == NULL) {
		only = hear(e, c);
		c = c->next_in;
	}
	if (c == NULL) {
		return only;
	}
	mix_store(sum, only, e->frames);
	for (; c != NULL; c = c->next_in) {
		mix_add(sum, hear(e, c), e->frames);
	}
	return sum;
}

TACTUS_RT void
port_tell(struct engine *e, struct node *n, const struct joint *j,
	uint32_t port, bool was)
{
	bool is = port_is_joined(j);

	if (was != is && n->def->connect) {
		n->def->connect(runner_world(e), &n->synth, port, is);
	}
}

TACTUS_RT void
port_look(struct engine *e, struct node *n)
{
	const struct joint *in = n->input;
	const struct joint *out = n->output;
	uint32_t brief = BRIEF_LEAN;

	n->brief = 0;
	n->bus = -1;
	if (n->outputs != 1 || n->inputs > 1 ||
		(out->flags & MAP_REPLACE) != 0 ||
		(n->def->flags & TACTUS_SERIAL) != 0) {
		return;
	}
	if (n->inputs == 1) {
		if (in->bus >= 0) {
			return;
		}
		bool sums = in->connections > 1 || in->feedbacks != 0;
		brief |= BRIEF_HEARS | (sums ? BRIEF_SUMS : 0U);
	}
	if (out->bus >= 0) {
		struct bus *b = port_bus(e, out->bus, out->flags, true);
		n->bus = (int32_t)(b - e->bus);
	}
	brief |= out->own != NULL ? BRIEF_OWN : 0U;
	brief |= out->feedbacks != 0 ? BRIEF_DELAYED : 0U;
	n->brief = (uint8_t)brief;
}

TACTUS_RT void
port_map(struct engine *e, struct node *n, const struct shape_port *p,
	int32_t bus, uint32_t flags)
{
	bool output = p->port.direction == TACTUS_OUTPUT;
	struct joint *j =
		output ? &n->output[p->ordinal] : &n->input[p->ordinal];
	bool was = port_is_joined(j);

	j->bus = bus < 0 ? -1 : bus;
	j->flags = bus < 0 ? 0 : flags;
	e->changed = true;
	if (!output) {
		n->in[p->ordinal] = e->zeros;
		j->version = NULL;
	}
	port_look(e, n);
	port_tell(e, n, j, (uint32_t)(p - n->spec->shape->port), was);
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
	c->version = NULL;
	stir(e, n);
	e->changed = true;
}

/** A control that follows a bus: its first sample, its slope to the last. */
TACTUS_RT static void
follow(struct engine *e, struct node *n, uint32_t i, uint32_t offset,
	uint32_t frames)
{
	const struct control *c = &n->control[i];
	const TactusPort *p = &n->spec->shape->port[i].port;
	const float *bus = c->version != NULL
				   ? c->version + (offset - e->offset)
				   : port_read(e, c->bus, c->flags, offset);
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
	float from = fade_before(&n->fade, e->now);

	fade_start(&n->fade, e->now, from, to, fade_frames(e, seconds));
	n->at_end = (uint8_t)end;
	n->fading = true;
	if (!n->listed) {
		n->listed = true;
		e->fading[e->fades++] = n;
	}
}

TACTUS_RT uint32_t
port_stop(const struct node *n, uint64_t sample, uint32_t frames)
{
	for (; n != NULL; n = n->parent) {
		if (!n->fading || n->at_end == FADE_STAYS) {
			continue;
		}
		uint64_t end = n->fade.begin + n->fade.frames;
		uint64_t left = end > sample ? end - sample : 0;
		frames = left < frames ? (uint32_t)left : frames;
	}
	return frames;
}

/** Does a feedback connection lead out of a node or one below it? */
TACTUS_RT static bool
is_heard_late(struct node *top)
{
	bool is = false;

	for (struct node *n = top; n != NULL && !is; n = node_after(n, top)) {
		/* a group has no outputs */
		for (uint32_t i = 0; i < n->outputs && !is; i++) {
			is = n->output[i].feedbacks != 0;
		}
	}
	return is;
}

/**
 * Keep a released node whose end is still to be heard through a feedback
 * connection: with it that would be gone at once, in the middle of its fade.
 */
TACTUS_RT static bool
linger(struct engine *e, struct node *n)
{
	if (n->at_end != FADE_FREES || n->lingers || !is_heard_late(n)) {
		return false;
	}
	uint64_t end = n->fade.begin + n->fade.frames;
	fade_start(&n->fade, end, 0.0F, 0.0F, e->config.block);
	n->lingers = true;
	n->paused = true;
	e->changed = true;
	return e->now < end + e->config.block;
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
		e->changed = true;
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
		if (lives && n->fading && linger(e, n)) {
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
port_envelope(
	const struct node *n, uint64_t sample, uint32_t frames, float *envelope)
{
	bool filled = false;

	for (; n != NULL; n = n->parent) {
		if (!n->fading) {
			continue;
		}
		for (uint32_t i = 0; i < frames; i++) {
			float gain = fade_at(&n->fade, sample + i);
			envelope[i] = filled ? envelope[i] * gain : gain;
		}
		filled = true;
	}
	return filled;
}
