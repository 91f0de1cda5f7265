/* SPDX-License-Identifier: MIT */
/*
 * naive_walk.c -- see naive.h.  Who runs when, hears whom, and is heard where.
 *
 * All belongs to the test's one thread.
 */
#include <math.h>
#include <string.h>

#include "naive_private.h"

/* --- buses --- */

/** Complete what a bus holds. */
static void
settle(struct naive *v, struct fold *f, float *bus, uint32_t frames)
{
	bool is_open = f->writers > GROUP && f->writers % GROUP != 0;

	for (uint32_t i = 0; is_open && i < frames; i++) {
		bus[(v->now + i) % (2 * v->config.block)] += f->group[i];
	}
}

/** The same before a port reads: who comes next begins a group of its own.
 * The block before is complete long since. */
static void
settle_for(struct naive *v, int32_t bus, uint32_t flags, uint32_t frames)
{
	if (bus < 0 || (flags & (MAP_EXTERNAL | MAP_FEEDBACK)) != 0) {
		return;
	}
	struct fold *f = &v->bus_fold[bus];
	settle(v, f, v->bus[bus], frames);
	f->is_read = f->writers != 0;
	f->writers = f->writers != 0 ? GROUP : 0;
}

static void
settle_all(struct naive *v, uint32_t frames)
{
	for (uint32_t b = 0; b < v->config.max_buses; b++) {
		settle(v, &v->bus_fold[b], v->bus[b], frames);
		v->bus_fold[b].writers = 0;
		v->bus_fold[b].is_read = false;
	}
	for (uint32_t c = 0; c < v->config.outputs; c++) {
		settle(v, &v->playback_fold[c], v->playback[c], frames);
		v->playback_fold[c].writers = 0;
	}
}

/**
 * One writer more: the first GROUP of them (less where a port read) go
 * straight to the sum, of the others each GROUP is added up by itself before.
 */
static void
add(struct naive *v, struct fold *f, float *bus, const float *from,
	uint32_t frames)
{
	uint32_t n = f->writers++;

	v->seen.versions += f->is_read;
	v->seen.groups += n >= GROUP && !f->is_read;
	for (uint32_t i = 0; i < frames; i++) {
		float *sum = &bus[(v->now + i) % (2 * v->config.block)];
		if (n < GROUP) {
			*sum += from[i];
			continue;
		}
		f->group[i] = (n % GROUP == 0 ? 0.0F : f->group[i]) + from[i];
		if (n % GROUP == GROUP - 1) {
			*sum += f->group[i];
		}
	}
}

static void
speak(struct naive *v, struct thing *t, uint32_t k, uint32_t frames)
{
	const struct wire_end *to = &t->out[k];

	if (to->bus < 0) {
		return;
	}
	bool external = (to->flags & MAP_EXTERNAL) != 0;
	float *bus = external ? v->playback[to->bus] : v->bus[to->bus];
	struct fold *f =
		external ? &v->playback_fold[to->bus] : &v->bus_fold[to->bus];
	if ((to->flags & MAP_REPLACE) != 0) {
		v->seen.replaced += f->writers != 0;
		f->writers = 0;
		for (uint32_t i = 0; i < frames; i++) {
			bus[(v->now + i) % (2 * v->config.block)] = 0.0F;
		}
	}
	add(v, f, bus, t->voice[k], frames);
}

/* --- hearing --- */

/** One sample of what a bus holds for a reader. */
static float
hear_bus(struct naive *v, const struct wire_end *from, uint64_t sample)
{
	uint32_t block = v->config.block;
	bool back = (from->flags & MAP_FEEDBACK) != 0;
	uint64_t at = (back ? sample + block : sample) % (2 * block);

	return (from->flags & MAP_EXTERNAL) != 0 ? v->capture[from->bus][at]
						 : v->bus[from->bus][at];
}

/** One sample of what comes through a connection. */
static float
hear_edge(struct naive *v, const struct edge *e, uint32_t i)
{
	uint32_t block = v->config.block;

	if (e->past != NULL) {
		float then = e->past[(v->now + i + block) % (2 * block)];
		v->seen.delayed += then != 0.0F;
		return then;
	}
	float now = v->thing[e->source].voice[e->out][i];
	v->seen.through += now != 0.0F;
	return now;
}

/** One sample of an input: its bus first, then whoever is connected. */
static float
hear(struct naive *v, const struct thing *t, uint32_t k, uint32_t i)
{
	uint32_t sources = 0;
	float alone = 0.0F;
	float sum = 0.0F;

	if (t->in[k].bus >= 0) {
		alone = hear_bus(v, &t->in[k], v->now + i);
		v->seen.again +=
			(t->in[k].flags & MAP_FEEDBACK) != 0 && alone != 0.0F;
		sum += alone;
		sources++;
	}
	for (uint32_t n = 0; n < v->edges; n++) {
		const struct edge *e = &v->edge[n];
		if (e->to == t->id && e->in == k) {
			alone = hear_edge(v, e, i);
			sum += alone;
			sources++;
		}
	}
	return sources == 1 ? alone : sum;
}

/* --- one synth --- */

/** Bring the knobs to `sample`. @return for how many frames they hold */
static uint32_t
turn(struct naive *v, struct thing *t, uint64_t sample, uint32_t most)
{
	uint32_t frames = most;

	for (uint32_t k = 0; k < t->controls; k++) {
		struct knob *c = &t->knob[k];
		if (c->ramp.is_on && line_moves(&c->ramp, sample)) {
			uint64_t last = c->ramp.begin + c->ramp.frames - 1;
			c->value = line_at(&c->ramp, sample);
			c->step = line_slope(&c->ramp);
			frames = last - sample < frames
					 ? (uint32_t)(last - sample)
					 : frames;
		} else if (c->ramp.is_on) {
			c->value = c->ramp.to;
			c->step = 0.0F;
			c->ramp.is_on = false;
		}
	}
	for (uint32_t k = 0; k < t->controls; k++) {
		struct knob *c = &t->knob[k];
		struct wire_end from = {c->bus, c->flags};
		if (c->bus < 0) {
			continue;
		}
		float a = naive_clamp(&t->port[k], hear_bus(v, &from, sample));
		float b = naive_clamp(
			&t->port[k], hear_bus(v, &from, sample + frames - 1));
		c->step = 0.0F;
		if (isfinite(a) && isfinite(b)) {
			c->value = a;
			v->seen.followed++;
			if (frames > 1 && t->port[k].flags == 0) {
				c->step = (b - a) / (float)(frames - 1);
			}
		}
	}
	return frames;
}

void
naive_reset_triggers(struct thing *t)
{
	for (uint32_t k = 0; k < t->controls; k++) {
		if ((t->port[k].flags & TACTUS_TRIGGER) != 0) {
			t->knob[k].value = 0.0F;
		}
	}
}

static float heard[NAIVE_PORTS][MOST_FRAMES];
static float said[NAIVE_PORTS][MOST_FRAMES];

/** Call process for some frames of a piece. */
static void
step(struct naive *v, struct thing *t, uint32_t at, uint32_t in_piece,
	uint32_t frames)
{
	const float *in[NAIVE_PORTS];
	float *out[NAIVE_PORTS];
	TactusControl controls[NAIVE_PORTS];

	for (uint32_t k = 0; k < t->controls; k++) {
		const struct knob *c = &t->knob[k];
		controls[k].value = c->value + (float)in_piece * c->step;
		controls[k].step = frames > 1 ? c->step : 0.0F;
	}
	if (v->whole) {
		for (uint32_t k = 0; k < t->controls; k++) {
			controls[k].step = t->knob[k].step;
		}
	}
	for (uint32_t k = 0; k < t->inputs; k++) {
		in[k] = &heard[k][at];
	}
	for (uint32_t k = 0; k < t->outputs; k++) {
		out[k] = &said[k][at];
	}
	t->synth.self = t->self;
	t->synth.controls = controls;
	t->synth.in = in;
	t->synth.out = out;
	t->synth.id = t->id;
	v->frame = v->now + at;
	t->def->process(&v->world, &t->synth, frames);
}

static void
step_through(struct naive *v, struct thing *t, uint32_t at, uint32_t frames)
{
	if (v->whole) {
		step(v, t, at, 0, frames);
		return;
	}
	for (uint32_t k = 0; k < frames; k++) {
		step(v, t, at + k, k, 1);
	}
}

static void
seek_culprit(struct naive *v, struct thing *t, uint32_t frames)
{
	bool bad = false;
	bool clean = true;

	for (uint32_t k = 0; k < t->outputs; k++) {
		bool goes = t->out[k].bus >= 0 || naive_is_joined(v, t, k);
		for (uint32_t i = 0; i < frames; i++) {
			bad = bad || (goes && !isfinite(said[k][i]));
		}
	}
	for (uint32_t i = 0; i < frames; i++) {
		for (uint32_t k = 0; k < t->inputs; k++) {
			clean = clean && isfinite(heard[k][i]);
		}
	}
	if (bad && clean && !t->told_nan) {
		struct entry e = {.kind = REPORT_NODE_NAN, .id = t->id};
		t->told_nan = naive_note(v, &e);
	}
}

/** What a node stands in; what waits in limbo goes on in the root. */
static const struct thing *
above(const struct naive *v, const struct thing *t)
{
	if (t->id == LIMBO) {
		return &v->thing[0];
	}
	return t->parent == NOBODY ? NULL : &v->thing[t->parent];
}

/** The gain of a node and all above it, in one frame. */
static float
gain_of(struct naive *v, const struct thing *t, uint64_t sample)
{
	float gain = 1.0F;

	for (; t != NULL; t = above(v, t)) {
		if (t->fade.is_on) {
			gain *= line_at(&t->fade, sample);
		}
	}
	return gain;
}

/** Does a node run in one frame, or has a fade ended that pauses or frees it,
 * or what it stands in? */
static bool
runs_at(struct naive *v, const struct thing *t, uint64_t sample)
{
	for (; t != NULL; t = above(v, t)) {
		if (t->fade.is_on && t->at_end != 0 &&
			sample >= t->fade.begin + t->fade.frames) {
			return false;
		}
	}
	return true;
}

static void
listen(struct naive *v, struct thing *t, uint32_t frames)
{
	for (uint32_t k = 0; k < t->inputs; k++) {
		settle_for(v, t->in[k].bus, t->in[k].flags, frames);
	}
	for (uint32_t k = 0; k < t->controls; k++) {
		settle_for(v, t->knob[k].bus, t->knob[k].flags, frames);
	}
	for (uint32_t k = 0; k < t->inputs; k++) {
		for (uint32_t i = 0; i < frames; i++) {
			heard[k][i] = hear(v, t, k, i);
		}
	}
}

/** Note who uses which resource, and who did before. */
static void
use(struct naive *v, const struct thing *t)
{
	for (uint32_t i = 0; i < t->ports; i++) {
		int32_t id = t->port[i].kind == TACTUS_RESOURCE
				     ? t->bound_id[t->ordinal[i]]
				     : -1;
		if (id < 0) {
			continue;
		}
		bool written = v->writer[id] != NOBODY;
		if (t->port[i].direction == TACTUS_INPUT) {
			v->seen.played += written;
			v->reader[id] = t->id;
		} else {
			v->seen.dubbed += written || v->reader[id] != NOBODY;
			v->writer[id] = t->id;
		}
	}
}

static void
run(struct naive *v, struct thing *t, uint32_t frames)
{
	uint32_t most = 0;

	use(v, t);
	listen(v, t, frames);
	while (most < frames && runs_at(v, t, v->now + most)) {
		most++;
	}
	for (uint32_t i = 0; i < most;) {
		uint32_t piece = turn(v, t, v->now + i, most - i);
		step_through(v, t, i, piece);
		v->seen.pieces += piece < most;
		i += piece;
		if (t->fired && i < most) {
			naive_reset_triggers(t);
		}
	}
	v->seen.stops += most < frames;
	for (uint32_t k = 0; k < t->outputs; k++) {
		for (uint32_t i = most; i < frames; i++) {
			said[k][i] = 0.0F;
		}
	}
	if (v->now < v->hunt_end) {
		seek_culprit(v, t, frames);
	}
	for (uint32_t i = 0; i < frames; i++) {
		float gain = gain_of(v, t, v->now + i);
		for (uint32_t k = 0; k < t->outputs; k++) {
			t->voice[k][i] = said[k][i] * gain;
		}
	}
	for (uint32_t k = 0; k < t->outputs; k++) {
		speak(v, t, k, frames);
	}
}

/* --- all of them --- */

/** List the synths of a subtree, from `count` on; say which run. */
static uint32_t
list(struct naive *v, int32_t id, bool runs, uint32_t count)
{
	struct thing *t = &v->thing[id];

	runs = runs && !t->paused;
	if (t->is == IS_SYNTH) {
		t->runs = runs && t->active;
		t->walked = false;
		t->waits = 0;
		for (uint32_t k = 0; k < t->outputs; k++) {
			memset(t->voice[k], 0, v->config.block * sizeof(float));
		}
		v->all[count++] = id;
	}
	for (int32_t i = 0; i < t->children; i++) {
		count = list(v, t->child[i], runs, count);
	}
	return count;
}

/** Who waits for whom: by connections that are no feedback. */
static void
count_waits(struct naive *v)
{
	for (uint32_t n = 0; n < v->edges; n++) {
		const struct edge *e = &v->edge[n];
		if (e->past == NULL) {
			v->thing[e->to].waits++;
		}
	}
}

static void
let_follow(struct naive *v, const struct thing *t)
{
	for (uint32_t n = 0; n < v->edges; n++) {
		const struct edge *e = &v->edge[n];
		if (e->past == NULL && e->source == t->id) {
			v->thing[e->to].waits--;
		}
	}
}

/** The first in the tree whose sources have all been there. */
static struct thing *
next_of(struct naive *v, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct thing *t = &v->thing[v->all[i]];
		if (!t->walked && t->waits == 0) {
			return t;
		}
	}
	return NULL;
}

/** Keep what came out for those who hear it a block later. */
static void
remember(struct naive *v, uint32_t frames)
{
	for (uint32_t n = 0; n < v->edges; n++) {
		struct edge *e = &v->edge[n];
		for (uint32_t i = 0; e->past != NULL && i < frames; i++) {
			e->past[(v->now + i) % (2 * v->config.block)] =
				v->thing[e->source].voice[e->out][i];
		}
	}
}

void
naive_walk(struct naive *v, uint32_t frames)
{
	uint32_t count = list(v, LIMBO, !v->reaping && !v->thing[0].paused, 0);
	struct thing *t;

	count = list(v, 0, true, count);
	for (uint32_t i = 0; i < v->config.max_resources; i++) {
		v->writer[i] = v->reader[i] = NOBODY;
	}
	count_waits(v);
	while ((t = next_of(v, count)) != NULL) {
		if (t->runs) {
			run(v, t, frames);
		}
		t->walked = true;
		let_follow(v, t);
	}
	settle_all(v, frames);
	remember(v, frames);
}

uint32_t
naive_running(const struct naive *v)
{
	uint32_t n = 0;

	for (uint32_t id = 0; id < v->config.max_nodes; id++) {
		n += v->thing[id].is == IS_SYNTH && v->thing[id].runs;
	}
	return n;
}
