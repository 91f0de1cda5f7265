/* SPDX-License-Identifier: MIT */
/*
 * naive.c -- see naive.h.  Time, the outputs, plugins' world, what is told.
 */
#include "naive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fft.h"
#include "naive_private.h"

bool
line_moves(const struct line *l, uint64_t sample)
{
	return l->is_on && sample + 1 < l->begin + l->frames;
}

float
line_at(const struct line *l, uint64_t sample)
{
	if (!line_moves(l, sample)) {
		return l->to;
	}
	double from = (double)l->from;
	double k1 = (double)(sample - l->begin) + 1.0;

	return (float)(from +
		       ((double)l->to - from) * (k1 / (double)l->frames));
}

float
line_before(const struct line *l, uint64_t sample)
{
	if (l->is_on && l->begin == sample) {
		return l->from;
	}
	return l->is_on ? line_at(l, sample - 1) : l->to;
}

float
line_slope(const struct line *l)
{
	return (float)(((double)l->to - (double)l->from) / (double)l->frames);
}

uint32_t
naive_frames(const struct naive *v, double seconds)
{
	double frames = floor(seconds * v->config.rate + 0.5);

	return frames < 1.0 ? 1 : (uint32_t)frames;
}

void
naive_ramp(struct naive *v, int which, float to)
{
	struct line *l = &v->master[which];

	*l = (struct line){true, v->now, naive_frames(v, 0.005),
		line_before(l, v->now), to};
}

/* --- telling --- */

TACTUS_RT static void
post(struct naive *v, const struct entry *e)
{
	struct entry *to = &v->told[v->tolds++];

	*to = *e;
	to->sample = v->now;
	if (e->kind == REPORT_NODE_ENDED) {
		v->thing[e->id].is = IS_FREE;
	}
}

void
naive_tell(
	struct naive *v, uint32_t kind, int32_t id, const struct parcel *parcel)
{
	struct entry e = {.kind = kind, .id = id, .parcel = parcel};

	if (v->waitings == 0 && v->tolds < v->ring) {
		post(v, &e);
	} else {
		v->waiting[v->waitings++] = e;
	}
}

TACTUS_RT bool
naive_note(struct naive *v, const struct entry *e)
{
	if (v->waitings != 0 || v->tolds == v->ring) {
		return false;
	}
	post(v, e);
	return true;
}

void
naive_flush(struct naive *v)
{
	uint32_t i = 0;

	while (i < v->waitings && v->tolds < v->ring) {
		post(v, &v->waiting[i++]);
	}
	v->waitings -= i;
	memmove(v->waiting, v->waiting + i, v->waitings * sizeof *v->waiting);
}

uint32_t
naive_told(struct naive *v, const struct entry **out)
{
	uint32_t count = v->tolds;

	memcpy(v->taken, v->told, count * sizeof *v->taken);
	v->tolds = 0;
	*out = v->taken;
	return count;
}

uint32_t
naive_waiting(const struct naive *v)
{
	return v->waitings;
}

/* --- what plugins see --- */

TACTUS_RT static struct naive *
naive_of(const TactusWorld *w)
{
	union {
		const TactusWorld *world;
		struct naive *naive;
	} u = {w};

	return u.naive;
}

TACTUS_RT static uint64_t
world_time(const TactusWorld *w)
{
	return naive_of(w)->frame;
}

TACTUS_RT static void *
take_uncounted(size_t bytes)
{
	size_t room = (bytes + 63) / 64 * 64;

	TACTUS_RT_TRUST_BEGIN("this engine is not in real time")
	void *memory = aligned_alloc(64, room);
	TACTUS_RT_TRUST_END
	if (memory != NULL) {
		/* no number: nobody may count on zeros */
		memset(memory, 0xff, room);
	}
	return memory;
}

TACTUS_RT static void
give_uncounted(void *memory)
{
	TACTUS_RT_TRUST_BEGIN("this engine is not in real time")
	free(memory);
	TACTUS_RT_TRUST_END
}

TACTUS_RT static void *
world_alloc(const TactusWorld *w, size_t bytes)
{
	struct naive *v = naive_of(w);

	if (v->whole) {
		return take_uncounted(bytes);
	}
	for (uint32_t i = 0; i < v->config.pools; i++) {
		if (v->config.pool[i].size < bytes) {
			continue;
		}
		for (uint32_t k = 0; k < v->config.pool[i].count; k++) {
			if (v->lent[i][k] == NULL && v->pool_free[i] > 0) {
				v->pool_free[i]--;
				v->lent[i][k] = v->memory[i] +
						k * v->config.pool[i].size;
				return v->lent[i][k];
			}
		}
		return NULL;
	}
	return NULL;
}

TACTUS_RT static void
world_free(const TactusWorld *w, void *memory)
{
	struct naive *v = naive_of(w);

	if (v->whole) {
		give_uncounted(memory);
		return;
	}
	for (uint32_t i = 0; memory != NULL && i < v->config.pools; i++) {
		for (uint32_t k = 0; k < v->config.pool[i].count; k++) {
			if (v->lent[i][k] == memory) {
				v->lent[i][k] = NULL;
				v->pool_free[i]++;
				return;
			}
		}
	}
}

TACTUS_RT static void
world_done(const TactusWorld *w, TactusSynth *s)
{
	struct naive *v = naive_of(w);
	struct thing *t = &v->thing[s->id];

	if (!t->said_done && v->walking) {
		t->said_done = true;
		v->done[v->dones++] = s->id;
	}
}

TACTUS_RT static bool
world_notify(const TactusWorld *w, TactusSynth *s, const char *address,
	const char *types, const double *values)
{
	struct entry e = {.kind = REPORT_NOTIFY, .id = s->id};

	(void)address;
	e.value = values[0];
	e.more = (double)types[0];
	return naive_note(naive_of(w), &e);
}

TACTUS_RT static void
world_log(const TactusWorld *w, TactusSynth *s, enum TactusLevel level,
	const char *text, double value)
{
	struct entry e = {.kind = REPORT_LOG, .id = s->id};

	(void)text;
	e.value = value;
	e.more = (double)level;
	(void)naive_note(naive_of(w), &e);
}

TACTUS_RT static void *
world_acquire(const TactusWorld *w, TactusSynth *s, int32_t id, const char *uri)
{
	(void)s;
	(void)uri;
	return id >= 0 && id < MOST_RESOURCES ? naive_of(w)->resource[id]
					      : NULL;
}

/** Whoever lends a resource does so for the whole of a life. */
TACTUS_RT static void
world_release(const TactusWorld *w, TactusSynth *s, int32_t id)
{
	(void)w;
	(void)s;
	(void)id;
}

void
naive_be_whole(struct naive *v)
{
	v->whole = true;
}

const struct naive_seen *
naive_seen(const struct naive *v)
{
	return &v->seen;
}

void
naive_lend(struct naive *v, int32_t id, void *instance)
{
	v->resource[id] = instance;
}

/* --- the outputs --- */

static void
measure(struct naive *v, float *const *out, uint32_t done, uint32_t frames)
{
	struct meter_state *m = &v->meter;

	for (uint32_t c = 0; c < v->config.outputs; c++) {
		double squares = 0.0;
		for (uint32_t i = 0; i < frames; i++) {
			float x = out[c][done + i];
			m->peak[c] = fmaxf(m->peak[c], fabsf(x));
			squares += (double)x * (double)x;
		}
		m->squares[c] += squares;
	}
	m->frames += frames;
	if (m->frames < m->every) {
		return;
	}
	for (uint32_t c = 0; c < v->config.outputs; c++) {
		struct entry e = {.kind = REPORT_LEVEL};
		e.value = (double)m->peak[c];
		e.more = m->squares[c] + m->frames;
		(void)naive_note(v, &e);
	}
	*m = (struct meter_state){.every = m->every};
}

static void
finish(struct naive *v, float *const *out, uint32_t done, uint32_t frames)
{
	float still = v->gain;
	bool bad = false;

	for (int k = 0; k < 4; k++) {
		if (!line_moves(&v->master[k], v->now)) {
			still *= v->master[k].to;
		}
	}
	for (uint32_t i = 0; i < frames; i++) {
		uint64_t sample = v->now + i;
		float moving = 1.0F;
		for (int k = 0; k < 4; k++) {
			if (line_moves(&v->master[k], v->now)) {
				moving *= line_at(&v->master[k], sample);
			}
		}
		for (uint32_t c = 0; c < v->config.outputs; c++) {
			uint64_t at = sample % (2 * v->config.block);
			float x = v->playback[c][at] * still;
			bad = bad || !isfinite(x);
			x = isfinite(x) ? x : 0.0F;
			out[c][done + i] = x * moving;
		}
	}
	if (bad && v->now >= v->hunt_at) {
		v->hunt_end = v->now + 2 * (uint64_t)v->config.block;
		v->hunt_at = v->now + (uint64_t)v->config.rate;
	}
	if (v->meter.every != 0) {
		measure(v, out, done, frames);
	}
}

/* --- the end of a segment --- */

static struct thing *
living(struct naive *v, int32_t id)
{
	struct thing *t = &v->thing[id];

	return t->is == IS_GROUP || t->is == IS_SYNTH ? t : NULL;
}

/** The neighbour `by` places further, or NULL. */
static struct thing *
beside(struct naive *v, const struct thing *t, int by)
{
	const struct thing *parent = &v->thing[t->parent];

	for (int32_t i = 0; i < parent->children; i++) {
		int32_t at = i + by;
		if (parent->child[i] == t->id && at >= 0 &&
			at < parent->children) {
			return &v->thing[parent->child[at]];
		}
	}
	return NULL;
}

static void
do_done(struct naive *v, struct thing *t)
{
	uint32_t flags = t->done_flags;
	bool all = (flags & DONE_FREE_SIBLINGS) != 0;
	struct thing *b;

	if ((flags & DONE_FREE_PARENT) != 0 && t->parent != 0 &&
		t->parent != LIMBO) {
		naive_end(v, &v->thing[t->parent]);
		return;
	}
	if ((all || (flags & DONE_FREE_PRECEDING) != 0) &&
		(b = beside(v, t, -1)) != NULL) {
		naive_end(v, b);
	}
	if ((all || (flags & DONE_FREE_FOLLOWING) != 0) &&
		(b = beside(v, t, 1)) != NULL) {
		naive_end(v, b);
	}
	while (all && (b = beside(v, t, -1)) != NULL) {
		naive_end(v, b);
	}
	while (all && (b = beside(v, t, 1)) != NULL) {
		naive_end(v, b);
	}
	if ((flags & DONE_FREE_SELF) != 0) {
		naive_end(v, t);
	}
}

static void
end_segment(struct naive *v)
{
	for (uint32_t i = 0; i < v->config.max_nodes; i++) {
		if (v->thing[i].fired && v->thing[i].is == IS_SYNTH) {
			naive_reset_triggers(&v->thing[i]);
		}
		v->thing[i].fired = false;
	}
	for (uint32_t i = 0; i < v->dones; i++) {
		struct thing *t = living(v, v->done[i]);
		if (t != NULL && (t->done_flags & DONE_NOTIFY) != 0) {
			naive_tell(v, REPORT_NODE_DONE, t->id, NULL);
		}
	}
	for (uint32_t i = 0; i < v->dones; i++) {
		struct thing *t = living(v, v->done[i]);
		if (t != NULL) {
			do_done(v, t);
		}
	}
	v->dones = 0;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < v->fadings; i++) {
		struct thing *t = living(v, v->fading[i]);
		uint64_t end = t != NULL ? t->fade.begin + t->fade.frames : 0;
		if (t != NULL && t->fade.is_on && v->now >= end &&
			t->at_end == 2 && !t->lingers && naive_is_late(v, t)) {
			/* it is still heard, a block late */
			t->fade = (struct line){
				true, end, v->config.block, 0.0F, 0.0F};
			t->lingers = true;
			t->paused = true;
			end += v->config.block;
			v->seen.lingers++;
		}
		if (t != NULL && t->fade.is_on && v->now < end) {
			v->fading[kept++] = v->fading[i];
		} else if (t != NULL && t->fade.is_on) {
			t->fade.is_on = false;
			t->paused = t->paused || t->at_end == 1;
			if (t->at_end == 2) {
				naive_end(v, t);
			}
		}
	}
	v->fadings = kept;
}

/* --- time --- */

static void
let_go(struct naive *v)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < v->helds; i++) {
		if (naive_in_limbo(v) != 0) {
			v->held[kept++] = v->held[i];
		} else {
			naive_tell(v, REPORT_BATCH, 0, v->held[i]);
		}
	}
	v->helds = kept;
}

static void
apply(struct naive *v, struct parcel *p)
{
	uint32_t held = 0;

	p->want_applied = v->now;
	p->is_done = true;
	for (uint32_t i = 0; i < p->count; i++) {
		p->want[i].id = p->what[i].id;
		held |= naive_apply(v, &p->what[i], &p->want[i]);
	}
	if (held != 0) {
		v->held[v->helds++] = p;
	} else {
		naive_tell(v, REPORT_BATCH, 0, p);
	}
}

static void
take_packet(struct naive *v, struct parcel *head)
{
	uint32_t timed = 0;

	for (struct parcel *p = head; p != NULL; p = p->chain) {
		timed += (p->flags & BATCH_NOW) == 0 && p->at >= v->now;
	}
	bool refuse = v->dues + timed > v->config.max_events;
	for (struct parcel *p = head; p != NULL; p = p->chain) {
		if (refuse) {
			p->is_done = true;
			p->want_flags = BATCH_REFUSED;
			naive_tell(v, REPORT_BATCH, 0, p);
		} else if ((p->flags & BATCH_NOW) != 0) {
			apply(v, p);
		} else if (p->at < v->now) {
			p->want_flags = BATCH_LATE;
			p->want_late = v->now - p->at;
			apply(v, p);
		} else {
			v->due[v->dues++] = (struct due){.at = p->at,
				.order = p->order,
				.arrival = v->arrivals++,
				.parcel = p};
		}
	}
}

/** End the first leaf of limbo, as far as the work that is `left` allows: a
 * connection is 1, a node 4.
 * @return false: there was none, or it had to be left */
static bool
reap_one(struct naive *v, uint32_t *left)
{
	struct thing *t = &v->thing[LIMBO];

	if (t->children == 0) {
		return false;
	}
	while (t->children > 0) {
		t = &v->thing[t->child[0]];
	}
	if (t->is == IS_SYNTH) {
		*left -= naive_unjoin(v, t, *left);
	}
	if (*left < 4) {
		return false;
	}
	*left -= 4;
	naive_end(v, t);
	return true;
}

void
naive_take(struct naive *v)
{
	naive_flush(v);
	for (uint32_t i = 0; i < v->queued; i++) {
		take_packet(v, v->queue[i]);
	}
	v->queued = 0;
	if (v->config.offline && v->helds != 0) {
		uint32_t left = UINT32_MAX;
		v->master[CLEAR].is_on = false;
		while (reap_one(v, &left)) {
		}
		v->reaping = false;
		naive_ramp(v, CLEAR, 1.0F);
		let_go(v);
	}
}

static const struct due *
first_due(const struct naive *v)
{
	const struct due *first = NULL;

	for (uint32_t i = 0; i < v->dues; i++) {
		const struct due *d = &v->due[i];
		if (first == NULL || d->at < first->at ||
			(d->at == first->at &&
				(d->order < first->order ||
					(d->order == first->order &&
						d->arrival <
							first->arrival)))) {
			first = d;
		}
	}
	return first;
}

static void
apply_due(struct naive *v)
{
	const struct due *first;

	while ((first = first_due(v)) != NULL && first->at <= v->now) {
		struct due d = *first;
		v->due[first - v->due] = v->due[--v->dues];
		if (d.parcel != NULL) {
			apply(v, d.parcel);
			continue;
		}
		struct thing *t = naive_find(v, d.node);
		if (t != NULL && t->generation == d.generation) {
			t->knob[d.control].value = d.value;
			t->fired = true;
		}
	}
}

static void
end_block(struct naive *v)
{
	const struct line *l = &v->master[CLEAR];

	if (l->to == 0.0F && (!l->is_on || v->now >= l->begin + l->frames)) {
		v->reaping = true;
	}
	if (v->reaping) {
		uint32_t left = 128 * 4;
		while (reap_one(v, &left)) {
		}
		if (v->thing[LIMBO].children == 0) {
			v->reaping = false;
			naive_ramp(v, CLEAR, 1.0F);
		}
	}
}

static void
listen(struct naive *v, const float *const *in, uint32_t frames)
{
	for (uint32_t c = 0; c < v->config.inputs; c++) {
		for (uint32_t i = 0; i < frames; i++) {
			v->capture[c][(v->now + i) % (2 * v->config.block)] =
				in != NULL ? in[c][i] : 0.0F;
		}
	}
}

static void
silence(struct naive *v, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		uint64_t at = (v->now + i) % (2 * v->config.block);
		for (uint32_t b = 0; b < v->config.max_buses; b++) {
			v->bus[b][at] = 0.0F;
		}
		for (uint32_t c = 0; c < v->config.outputs; c++) {
			v->playback[c][at] = 0.0F;
		}
	}
}

void
naive_render(struct naive *v, const float *const *in, float *const *out,
	uint32_t frames)
{
	uint64_t begin = v->now;
	uint64_t end = v->now + frames;

	if (v->now % v->config.block == 0) {
		naive_take(v);
	}
	listen(v, in, frames);
	while (v->now < end) {
		v->frame = v->now;
		apply_due(v);
		const struct due *next = first_due(v);
		uint32_t n =
			(uint32_t)((next != NULL && next->at < end ? next->at
								   : end) -
				   v->now);
		silence(v, n);
		v->walking = true;
		naive_walk(v, n);
		v->walking = false;
		finish(v, out, (uint32_t)(v->now - begin), n);
		v->now += n;
		v->frame = v->now;
		end_segment(v);
	}
	if (v->now % v->config.block == 0) {
		end_block(v);
	}
	let_go(v);
}

/* --- life --- */

struct naive *
naive_open(const struct engine_config *config, uint32_t ring)
{
	struct naive *v = calloc(1, sizeof *v);

	v->world = (TactusWorld){.size = sizeof v->world,
		.block = config->block,
		.rate = config->rate,
		.time = world_time,
		.alloc = world_alloc,
		.free = world_free,
		.done = world_done,
		.notify = world_notify,
		.log = world_log,
		.resource_acquire = world_acquire,
		.resource_release = world_release,
		.fft_forward = fft_forward,
		.fft_inverse = fft_inverse};
	v->config = *config;
	v->ring = ring;
	for (int32_t i = 0; i <= MOST_NODES; i++) {
		v->thing[i].id = i;
		v->thing[i].parent = NOBODY;
	}
	v->thing[0].is = IS_GROUP;
	v->thing[0].fade.to = 1.0F;
	v->thing[LIMBO].is = IS_GROUP;
	for (uint32_t i = 0; i < config->pools; i++) {
		v->pool_free[i] = config->pool[i].count;
		v->memory[i] =
			malloc(config->pool[i].count * config->pool[i].size);
	}
	for (int k = 0; k < 4; k++) {
		v->master[k].to = 1.0F;
	}
	v->gain = (float)pow(10.0, config->startup_gain_db / 20.0);
	if (!config->offline && config->startup_ramp_ms > 0.0) {
		v->master[START] = (struct line){true, 0,
			(uint32_t)(config->startup_ramp_ms / 1000.0 *
				   config->rate),
			0.0F, 1.0F};
	}
	return v;
}

void
naive_close(struct naive *v)
{
	uint32_t left = UINT32_MAX;

	while (v->thing[0].children > 0) {
		naive_end(v, &v->thing[v->thing[0].child[0]]);
	}
	while (reap_one(v, &left)) {
	}
	for (uint32_t i = 0; i < v->config.pools; i++) {
		free(v->memory[i]);
	}
	free(v);
}

const TactusSynthDef *
naive_def(const struct naive *v, int32_t id)
{
	const struct thing *t = &v->thing[id];

	return t->is == IS_SYNTH && !t->cleared ? t->def : NULL;
}

int32_t
naive_pick(const struct naive *v, uint32_t random, bool lives)
{
	for (uint32_t i = 0; i < v->config.max_nodes; i++) {
		uint32_t id = (random + i) % v->config.max_nodes;
		enum what is = v->thing[id].is;
		bool there = is == IS_GROUP || is == IS_SYNTH;
		if (lives ? there : is == IS_FREE) {
			return (int32_t)id;
		}
	}
	return 1;
}

void
naive_post(struct naive *v, struct parcel *head)
{
	v->queue[v->queued++] = head;
}
