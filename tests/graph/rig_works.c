/* SPDX-License-Identifier: MIT */
/*
 * rig_works.c -- see rig.h: workers that do what the test says, when it says.
 */
#include <stdlib.h>
#include <string.h>

#include "rig.h"

const TactusResourceDef rig_thing = {
	.size = sizeof(TactusResourceDef),
	.uri = "urn:test:resource:thing:1",
	.name = "thing",
};
const TactusResourceDef rig_other = {
	.size = sizeof(TactusResourceDef),
	.uri = "urn:test:resource:other:1",
	.name = "other",
};

struct rig_reads rig_reads;

static struct work *
new_work(struct rig *r, enum work_kind kind, int32_t id)
{
	/* its alignment is more than malloc promises everywhere */
	struct work *w = aligned_alloc(64, (sizeof *w + 63) / 64 * 64);

	if (w == NULL) {
		ck_abort_msg("no memory");
	}
	memset(w, 0, sizeof *w);
	w->kind = kind;
	w->id = id;
	r->works++;
	return w;
}

static void
free_work(struct rig *r, struct work *w)
{
	r->works--;
	/* who still looks at it finds nothing there, in every build */
	explicit_bzero(w, sizeof *w);
	free(w);
}

void
rig_back_work(struct rig *r, struct command *c)
{
	if (c->kind == COMMAND_RESOURCE_NEW || c->kind == COMMAND_JOB_NEW) {
		/* rt took it, or it is the loop's to free */
		if ((c->u.work != NULL) != (c->reason != 0)) {
			ck_abort_msg("whose is the work?");
		}
		if (c->u.work != NULL) {
			free_work(r, c->u.work);
		}
	}
	if (c->kind == COMMAND_RESOURCE_QUERY ||
		c->kind == COMMAND_RESOURCE_LIST) {
		const struct resource_reply *from = c->u.resources;
		*r->resources = *from;
		memcpy(r->resources->item, from->item,
			from->count * sizeof *from->item);
		memcpy(r->holder, from->holder,
			from->count * RIG_HOLDERS * sizeof *from->holder);
		r->resources->holder = r->holder;
	}
}

void
rig_collect_work(struct rig *r, const struct report *in)
{
	if (in->kind == REPORT_WORK) {
		if (r->outs == RIG_WORKS) {
			ck_abort_msg("more works than RIG_WORKS");
		}
		if (in->id != in->u.work->id) {
			ck_abort_msg("told of another");
		}
		r->out_work[r->outs++] = in->u.work;
	} else if (in->kind == REPORT_RESOURCE_ENDED ||
		   in->kind == REPORT_JOB_ENDED) {
		if (in->id != in->u.work->id) {
			ck_abort_msg("told of another");
		}
		free_work(r, in->u.work);
	}
}

void
rig_add_resource(struct rig *r, struct batch *b, const TactusResourceDef *def,
	int32_t id)
{
	struct command *c = rig_add(r, b, COMMAND_RESOURCE_NEW, id);

	c->u.work = new_work(r, WORK_CONSTRUCT, id);
	c->u.work->def = def;
}

uint32_t
rig_resource(struct rig *r, const TactusResourceDef *def, int32_t id)
{
	struct batch *b = rig_batch(r, 0);

	rig_add_resource(r, b, def, id);
	return rig_do(r, b);
}

void
rig_live(struct rig *r, const TactusResourceDef *def, int32_t id)
{
	ck_assert_uint_eq(rig_resource(r, def, id), 0);
	rig_finish(r, WORK_CONSTRUCT, id, true);
	ck_assert_int_eq(rig_state(r, id), RESOURCE_LIVE);
}

struct work *
rig_add_job(struct rig *r, struct batch *b, int32_t id, bool exclusive,
	uint32_t count, const int32_t *ids)
{
	struct command *c = rig_add(r, b, COMMAND_JOB_NEW, id);
	struct work *w = new_work(r, WORK_JOB, id);

	w->exclusive = exclusive;
	w->count = count;
	for (uint32_t i = 0; i < count; i++) {
		w->hold[i].id = ids[i];
	}
	c->u.work = w;
	return w;
}

uint32_t
rig_job(struct rig *r, int32_t id, bool exclusive, uint32_t count,
	const int32_t *ids)
{
	struct batch *b = rig_batch(r, 0);

	(void)rig_add_job(r, b, id, exclusive, count, ids);
	return rig_do(r, b);
}

uint32_t
rig_out(const struct rig *r, enum work_kind kind, int32_t id)
{
	for (uint32_t i = 0; i < r->outs; i++) {
		if (r->out_work[i]->kind == (uint32_t)kind &&
			r->out_work[i]->id == id) {
			return i;
		}
	}
	ck_abort_msg("work %d on %d is not out", kind, id);
	return 0;
}

/** What a worker does with one. */
static void
work_on(struct rig *r, struct work *w, bool good)
{
	void *what[TACTUS_MAX_JOB_RESOURCES];

	switch ((enum work_kind)w->kind) {
	case WORK_CONSTRUCT:
		ck_assert_ptr_null(w->instance);
		if (good && r->lent != NULL) {
			w->instance = r->lent[w->id];
			r->made++;
		} else if (good) {
			struct rig_thing *t = calloc(1, sizeof *t);
			ck_assert_ptr_nonnull(t);
			t->value = (float)w->id;
			w->instance = t;
			w->bytes = sizeof *t;
			r->made++;
		}
		break;
	case WORK_DESTROY:
		ck_assert_ptr_nonnull(w->instance);
		if (r->lent == NULL) {
			free(w->instance);
		}
		w->instance = NULL;
		r->ended++;
		break;
	case WORK_JOB:
	case WORK_PERFORM:
		for (uint32_t i = 0; i < w->count; i++) {
			if (w->hold[i].instance == NULL ||
				w->hold[i].def == NULL) {
				ck_abort_msg("a job on nothing");
			}
			what[i] = w->hold[i].instance;
			/* a job may change them */
			w->hold[i].bytes = 1000 + (uint64_t)w->hold[i].id;
		}
		if (w->kind == WORK_PERFORM) {
			w->result = w->perform(NULL, what, w->count, w->data);
		}
		break;
	}
}

void
rig_done(struct rig *r, uint32_t i, bool good)
{
	struct work *w = r->out_work[i];

	r->outs--;
	for (; i < r->outs; i++) {
		r->out_work[i] = r->out_work[i + 1];
	}
	work_on(r, w, good);
	if (ring_post(r->wire->works, &w, 1) != 1) {
		ck_abort_msg("it has room for all there can be");
	}
}

void
rig_look(struct rig *r)
{
	engine_take(r->engine);
	engine_flush(r->engine);
	rig_collect(r);
}

void
rig_finish(struct rig *r, enum work_kind kind, int32_t id, bool good)
{
	rig_done(r, rig_out(r, kind, id), good);
	rig_look(r);
}

void
rig_finish_all(struct rig *r)
{
	while (r->outs != 0) {
		rig_done(r, 0, true);
		rig_look(r);
	}
}

void
rig_add_ask(struct batch *b, struct command *c)
{
	struct resource_reply *to =
		rig_part(b, sizeof *to + 64 * sizeof *to->item);

	to->room = 64;
	to->most = RIG_HOLDERS;
	to->holder = rig_part(b, RIG_HOLDERS * 64 * sizeof *to->holder);
	c->u.resources = to;
}

/** A query, or with id -1 a list. */
static uint32_t
ask(struct rig *r, enum command_kind kind, int32_t id)
{
	struct batch *b = rig_batch(r, 0);

	rig_add_ask(b, rig_add(r, b, kind, id));
	return rig_do(r, b);
}

uint32_t
rig_ask(struct rig *r, int32_t id)
{
	return id == -1 ? ask(r, COMMAND_RESOURCE_LIST, 0)
			: ask(r, COMMAND_RESOURCE_QUERY, id);
}

enum resource_state
rig_state(struct rig *r, int32_t id)
{
	if (rig_ask(r, id) != 0) {
		ck_assert_uint_eq(r->reason, REASON_RESOURCE_MISSING);
		return RESOURCE_FREE;
	}
	ck_assert_uint_eq(r->resources->count, 1);
	ck_assert_int_eq(r->resources->item[0].id, id);
	return (enum resource_state)r->resources->item[0].state;
}

uint32_t
rig_references(struct rig *r, int32_t id)
{
	ck_assert_uint_eq(rig_ask(r, id), 0);
	return r->resources->item[0].references;
}

uint32_t
rig_reader_new(struct rig *r, int32_t id, int32_t thing, int32_t other)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_SYNTH_NEW, id);

	c->u.new.spec = rig_spec(r, &rig_reader);
	c->u.new.spec->bind[0] = thing;
	c->u.new.spec->bind[1] = other;
	c->u.new.target = 0;
	c->u.new.placement = PLACE_TAIL;
	return rig_do(r, b);
}

void
rig_add_bind(struct rig *r, struct batch *b, int32_t id, const char *port,
	int32_t resource)
{
	struct command *c = rig_add(r, b, COMMAND_SET, id);
	struct set_pair *pair = rig_part(b, sizeof *pair);

	pair->port = rig_ref(b, port);
	pair->seconds = -1.0;
	pair->integral = true;
	pair->resource = resource;
	pair->value = (float)resource;
	c->u.set.pairs = pair;
	c->u.set.count = 1;
}

uint32_t
rig_bind(struct rig *r, int32_t id, const char *port, int32_t resource)
{
	struct batch *b = rig_batch(r, 0);

	rig_add_bind(r, b, id, port, resource);
	return rig_do(r, b);
}

static uint32_t
reader_count(const void *options)
{
	(void)options;
	return 4;
}

static void
reader_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	static const char *const names[4] = {"value", "thing", "other", "out"};

	(void)h;
	(void)o;
	strcpy(p->name, names[i]);
	p->kind = i == 0  ? TACTUS_CONTROL
		  : i < 3 ? TACTUS_RESOURCE
			  : TACTUS_AUDIO;
	p->direction = i < 2 ? TACTUS_INPUT : TACTUS_OUTPUT;
	p->minimum = -1e9F;
	p->maximum = 1e9F;
	p->resource = i == 1 ? rig_thing.uri : i == 2 ? rig_other.uri : NULL;
}

TACTUS_RT static int
reader_construct(const TactusWorld *world, const void *options, TactusSynth *s)
{
	struct rig_reads *reads = &rig_reads;

	(void)options;
	reads->world = world;
	reads->synth = s;
	for (uint32_t i = 0; i < reads->takes; i++) {
		if (world->resource_acquire(
			    world, s, reads->take[i], rig_thing.uri) == NULL) {
			return 503;
		}
	}
	return reads->code;
}

TACTUS_RT static void
reader_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	const struct rig_thing *t = s->resources[0];

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = t != NULL ? t->value : 0.0F;
	}
}

TACTUS_RT static bool
reader_bind(const TactusWorld *world, TactusSynth *s, uint32_t ordinal,
	void *old, int32_t old_id)
{
	struct rig_reads *reads = &rig_reads;

	reads->binds++;
	reads->ordinal = ordinal;
	reads->old = old;
	reads->old_id = old_id;
	if (reads->asks != NULL) {
		reads->asked =
			world->perform_with_resources(world, s, reads->asks);
	}
	return reads->keeps;
}

TACTUS_RT static void
reader_destroy(const TactusWorld *world, TactusSynth *s)
{
	(void)world;
	rig_reads.destroys++;
	rig_reads.last[0] = s->resources[0];
	rig_reads.last[1] = s->resources[1];
}

const TactusSynthDef rig_reader = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:test:reader:1",
	.name = "reader",
	.instance_bytes = 64,
	.port_count = reader_count,
	.port = reader_port,
	.construct = reader_construct,
	.process = reader_process,
	.destroy = reader_destroy,
	.bind = reader_bind,
};
