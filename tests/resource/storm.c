/* SPDX-License-Identifier: MIT */
/*
 * storm.c -- see storm.h.
 */
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "net_private.h"
#include "osc_text.h"
#include "osc_write.h"
#include "random.h"
#include "stage.h"

/** Frames between steps: errors are refilled at a hundred a second. */
#define STEP_FRAMES 1024

struct client {
	struct peer *peer;
	size_t size;
	char text[MODEL_TEXT];
};

struct storm {
	struct stage stage;
	struct model model;
	struct client client[MODEL_CLIENTS];
	uint32_t random;
	int32_t tags;
	uint32_t workers;
	struct storm_counts *counts;
	char last[4096]; /* what was done, for when it was wrong */
};

static uint32_t
below(struct storm *s, uint32_t n)
{
	return random_below(&s->random, n);
}

static bool
chance(struct storm *s, uint32_t percent)
{
	return below(s, 100) < percent;
}

/* --- what is heard --- */

static int
by_holder(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a;
	int32_t y = *(const int32_t *)b;

	/* nodes upwards, then jobs upwards */
	if ((x < 0) != (y < 0)) {
		return x < 0 ? 1 : -1;
	}
	return x < 0 ? (x < y) - (x > y) : (x > y) - (x < y);
}

static void
hear_info(struct client *c, struct osc_args *args)
{
	struct osc_arg a;
	int32_t id = 0;
	int32_t references = 0;
	const char *uri = "";
	const char *state = "";
	int32_t holder[256];
	size_t holders = 0;
	int at = 0;

	while (osc_args_next(args, &a)) {
		if (a.type == '[' || a.type == ']' || a.type == 'h') {
			continue;
		}
		const char *text = osc_text(&a);
		if (text != NULL) {
			*(at == 1 ? &uri : &state) = text;
		} else if (at == 0) {
			id = a.u.i;
		} else if (at == 3) {
			references = a.u.i;
		} else {
			ck_assert_uint_lt(holders, 256);
			holder[holders++] = a.u.i;
		}
		at++;
	}
	qsort(holder, holders, sizeof *holder, by_holder);
	int n = snprintf(c->text + c->size, sizeof c->text - c->size,
		"/resource/info %d %s %s %d", id, uri, state, references);
	c->size += (size_t)n;
	for (size_t i = 0; i < holders; i++) {
		n = snprintf(c->text + c->size, sizeof c->text - c->size, " %d",
			holder[i]);
		c->size += (size_t)n;
	}
	c->text[c->size++] = '\n';
	c->text[c->size] = '\0';
}

/** Keep of a message what the model can know: no words, no progress. */
static void
hear(void *user, const void *data, size_t size)
{
	struct client *c = user;
	struct osc_walk walk;
	struct osc_message m;
	struct osc_args args;
	struct osc_arg a;

	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		osc_args_begin(&args, &m);
		if (strcmp(m.address, "/resource/info") == 0) {
			hear_info(c, &args);
			continue;
		}
		bool is_error = strcmp(m.address, "/error") == 0;
		if (strcmp(m.address, "/job/progress") == 0) {
			continue;
		}
		int n = snprintf(c->text + c->size, sizeof c->text - c->size,
			"%s", m.address);
		c->size += (size_t)n;
		for (int at = 0; osc_args_next(&args, &a); at++) {
			const char *text = osc_text(&a);
			if (text != NULL && (!is_error || at > 0)) {
				continue;
			}
			n = text != NULL ? snprintf(c->text + c->size,
						   sizeof c->text - c->size,
						   " %s", text)
					 : snprintf(c->text + c->size,
						   sizeof c->text - c->size,
						   " %d", a.u.i);
			c->size += (size_t)n;
		}
		ck_assert_uint_lt(c->size + 2, sizeof c->text);
		c->text[c->size++] = '\n';
		c->text[c->size] = '\0';
	}
}

static void
hear_nothing(void *user, const void *data, size_t size)
{
	(void)user;
	(void)data;
	(void)size;
}

/** All clients heard what they had to. */
static void
compare(struct storm *s)
{
	for (int c = 0; c < MODEL_CLIENTS; c++) {
		struct client *k = &s->client[c];
		const char *want = model_heard(&s->model, c);
		k->text[k->size] = '\0';
		ck_assert_msg(strcmp(want, k->text) == 0,
			"after %s\nclient %d must hear\n%sbut heard\n%s",
			s->last, c, want, k->text);
		k->size = 0;
	}
}

/* --- what is done --- */

static int32_t
some_resource(struct storm *s)
{
	return chance(s, 3) ? (chance(s, 50) ? -2 : MODEL_RESOURCES)
			    : (int32_t)below(s, MODEL_RESOURCES);
}

static int32_t
some_node(struct storm *s)
{
	return chance(s, 3) ? (chance(s, 50) ? -5 : MODEL_NODES)
			    : 1 + (int32_t)below(s, MODEL_NODES - 1);
}

static void
some_op(struct storm *s, struct model_op *o)
{
	static const uint8_t weight[MODEL_KINDS] = {
		[MODEL_NEW] = 22,
		[MODEL_FREE] = 14,
		[MODEL_QUERY] = 8,
		[MODEL_NODE_NEW] = 12,
		[MODEL_NODE_FREE] = 10,
		[MODEL_BIND] = 14,
		[MODEL_JOB] = 12,
		[MODEL_CANCEL] = 4,
		[MODEL_SYNC] = 3,
		[MODEL_NOTIFY] = 1,
	};
	uint32_t pick = below(s, 100);
	uint32_t kind = 0;

	while (pick >= weight[kind]) {
		pick -= weight[kind++];
	}
	*o = (struct model_op){.kind = (enum model_kind)kind};
	o->tag = ++s->tags;
	o->on = chance(s, 40);
	switch (o->kind) {
	case MODEL_NEW:
		o->class = chance(s, 2) ? 2 : (int32_t)below(s, 2);
		o->id = some_resource(s);
		break;
	case MODEL_FREE:
	case MODEL_QUERY:
		o->id = some_resource(s);
		break;
	case MODEL_NODE_NEW:
		for (int p = 0; p < MODEL_PORTS; p++) {
			o->bind[p] = chance(s, 40) ? -1 : some_resource(s);
			o->bind[p] = o->bind[p] < -1 ? -1 : o->bind[p];
		}
		o->id = some_node(s);
		break;
	case MODEL_NODE_FREE:
		o->id = some_node(s);
		break;
	case MODEL_BIND:
		o->id = some_node(s);
		o->port = (int32_t)below(s, MODEL_PORTS);
		o->resource = chance(s, 20) ? -1 : some_resource(s);
		break;
	case MODEL_JOB:
		o->id = (int32_t)below(s, MODEL_JOBS);
		o->count = below(s, 5);
		for (uint32_t i = 0; i < o->count; i++) {
			/* some of them twice */
			o->resources[i] = some_resource(s);
			if (i > 0 && chance(s, 20)) {
				o->resources[i] = o->resources[0];
			}
		}
		break;
	case MODEL_CANCEL:
		o->id = (int32_t)below(s, MODEL_JOBS);
		break;
	case MODEL_SYNC:
		o->id = (int32_t)below(s, 1000);
		break;
	case MODEL_NOTIFY:
		o->on = chance(s, 70);
		break;
	case MODEL_KINDS:
		break;
	}
}

static void
words_of_op(const struct model_op *o, char *out, size_t size)
{
	static const char *const class[] = {
		GATE_A_URI, GATE_B_URI, "urn:tactus:resource:none:1"};
	char list[128] = "";
	int n = 0;

	switch (o->kind) {
	case MODEL_NEW:
		(void)snprintf(out, size, "/resource/new s:%s i:%d [ i:%d ]",
			class[o->class], o -> id, o -> tag);
		break;
	case MODEL_FREE:
		(void)snprintf(out, size, "/resource/free i:%d", o->id);
		break;
	case MODEL_QUERY:
		(void)snprintf(out, size, "/resource/query i:%d", o->id);
		break;
	case MODEL_NODE_NEW:
		for (int p = 0; p < MODEL_PORTS; p++) {
			if (o->bind[p] != -1) {
				n += snprintf(list + n, sizeof list - (size_t)n,
					"s:%s i:%d ", p == 0 ? "a" : "b",
					o->bind[p]);
			}
		}
		(void)snprintf(out, size,
			"/synth/new s:holder i:%d i:0 i:1 [ %s]", o->id, list);
		break;
	case MODEL_NODE_FREE:
		(void)snprintf(out, size, "/node/free i:%d", o->id);
		break;
	case MODEL_BIND:
		(void)snprintf(out, size, "/node/set i:%d s:%s i:%d", o->id,
			o->port == 0 ? "a" : "b", o->resource);
		break;
	case MODEL_JOB:
		for (uint32_t i = 0; i < o->count; i++) {
			n += snprintf(list + n, sizeof list - (size_t)n,
				"i:%d ", o->resources[i]);
		}
		(void)snprintf(out, size,
			"/job/new s:test-job i:%d i:%d [ %s] [ i:%d ]", o->id,
			o->on ? 1 : 0, list, o->tag);
		break;
	case MODEL_CANCEL:
		(void)snprintf(out, size, "/job/cancel i:%d", o->id);
		break;
	case MODEL_SYNC:
		(void)snprintf(out, size, "/sync i:%d", o->id);
		break;
	case MODEL_NOTIFY:
		(void)snprintf(out, size, "/notify i:%d", o->on ? 1 : 0);
		break;
	case MODEL_KINDS:
		break;
	}
}

/** Jobs that were cancelled before they began come back by themselves. */
static void
end_cancelled(struct storm *s, const struct model_op *o)
{
	struct gate_work in[GATE_WORKS];

	if (o->kind != MODEL_CANCEL || !s->model.job[o->id].out ||
		!s->model.job[o->id].cancelled) {
		return;
	}
	s->counts->cancelled++;
	uint32_t count = gate_look(s->stage.gate, in);
	for (uint32_t i = 0; i < count; i++) {
		if (in[i].step == GATE_PERFORM &&
			in[i].tag == s->model.job[o->id].tag) {
			return; /* it runs: it comes back when let out */
		}
	}
	ck_assert_ptr_null(
		model_back(&s->model, M_JOB, s->model.job[o->id].tag, false));
}

/** Send one packet of some messages as one client. */
static void
send_packet(struct storm *s)
{
	struct model_op op[MODEL_OPS];
	uint32_t count = chance(s, 25) ? 2 + below(s, 4) : 1;
	int client = (int)below(s, MODEL_CLIENTS);
	struct rooms_bundle bundle;
	char words[512];
	size_t at = 0;

	rooms_bundle(&bundle, 1);
	for (uint32_t i = 0; i < count; i++) {
		do {
			some_op(s, &op[i]);
			/* a sync tells of what came before: it ends a packet;
			 * a cancel may end what the packet asks of again */
		} while (count > 1 &&
			 (op[i].kind == MODEL_CANCEL ||
				 (op[i].kind == MODEL_SYNC && i + 1 < count)));
		words_of_op(&op[i], words, sizeof words);
		at += (size_t)snprintf(
			s->last + at, sizeof s->last - at, "%s\n", words);
		rooms_bundle_add(&bundle, words);
		s->counts->commands++;
		s->counts->exclusive += op[i].kind == MODEL_JOB && op[i].on;
	}
	model_packet(&s->model, client, op, count);
	for (uint32_t i = 0; i < count; i++) {
		end_cancelled(s, &op[i]);
	}
	s->stage.rooms.peer = s->client[client].peer;
	if (count > 1) {
		rooms_packet(&s->stage.rooms, bundle.data, bundle.size);
	} else {
		rooms_put(&s->stage.rooms, words);
	}
	stage_settle(&s->stage);
	compare(s);
}

/** Let one of the works in the gate out. */
static bool
let_one(struct storm *s, uint32_t luck)
{
	struct gate_work in[GATE_WORKS];
	uint32_t count = gate_look(s->stage.gate, in);

	if (count == 0) {
		return false;
	}
	const struct gate_work *w = &in[below(s, count)];
	bool ok = chance(s, luck);
	enum model_work work = w->step == GATE_CONSTRUCT ? M_CONSTRUCT
			       : w->step == GATE_DESTROY ? M_DESTROY
							 : M_JOB;
	(void)snprintf(s->last, sizeof s->last, "%s of tag %d comes back %s",
		work == M_CONSTRUCT ? "construct"
		: work == M_DESTROY ? "destroy"
				    : "job",
		w->tag, ok ? "well" : "badly");
	ck_assert_msg(work != M_JOB || model_may_run(&s->model, w->tag),
		"job of tag %d runs before its turn", w->tag);
	const char *wrong = model_back(&s->model, work, w->tag, ok);
	ck_assert_msg(wrong == NULL, "%s: %s", s->last, wrong);
	stage_let_work(&s->stage, w, ok);
	compare(s);
	return true;
}

static void
meet(struct storm *s, int c)
{
	s->client[c].size = 0;
	s->client[c].peer = net_local(
		office_net(s->stage.rooms.office), hear, &s->client[c]);
	ck_assert_ptr_nonnull(s->client[c].peer);
}

static void
lose(struct storm *s, int c)
{
	struct peer *p = s->client[c].peer;

	/* as when its connection is closed */
	peer_lose(p);
	p->local = hear_nothing;
	peer_unref(p);
}

static void
replace_client(struct storm *s)
{
	int c = (int)below(s, MODEL_CLIENTS);

	lose(s, c);
	model_gone(&s->model, c);
	meet(s, c);
	s->counts->gone++;
}

/* --- the whole --- */

static void
open_storm(struct storm *s)
{
	stage_open(&s->stage, s->workers, NULL);
	model_init(&s->model);
	s->model.class_uri[0] = GATE_A_URI;
	s->model.class_uri[1] = GATE_B_URI;
	for (int c = 0; c < MODEL_CLIENTS; c++) {
		meet(s, c);
	}
}

/** Free all, let everything come back, and see that nothing is left. */
static void
end_storm(struct storm *s, struct peer *first)
{
	struct model_op o = {.kind = MODEL_NODE_FREE};

	for (o.id = 1; o.id < MODEL_NODES; o.id++) {
		char words[64];
		words_of_op(&o, words, sizeof words);
		rooms_render(&s->stage.rooms, STEP_FRAMES);
		s->stage.rooms.peer = s->client[0].peer;
		model_packet(&s->model, 0, &o, 1);
		rooms_put(&s->stage.rooms, words);
		stage_settle(&s->stage);
		compare(s);
	}
	while (let_one(s, 100)) {
	}
	o.kind = MODEL_FREE;
	for (o.id = 0; o.id < MODEL_RESOURCES; o.id++) {
		char words[64];
		words_of_op(&o, words, sizeof words);
		rooms_render(&s->stage.rooms, STEP_FRAMES);
		s->stage.rooms.peer = s->client[0].peer;
		model_packet(&s->model, 0, &o, 1);
		rooms_put(&s->stage.rooms, words);
		stage_settle(&s->stage);
		compare(s);
	}
	while (let_one(s, 100)) {
	}
	ck_assert(model_is_empty(&s->model));
	ck_assert_uint_eq(
		gate_made(s->stage.gate), gate_destroyed(s->stage.gate));
	ck_assert_uint_eq(gate_made(s->stage.gate), s->model.made);
	for (int c = 0; c < MODEL_CLIENTS; c++) {
		lose(s, c);
	}
	s->stage.rooms.peer = first;
}

void
storm_run(uint32_t seed, uint32_t workers, uint64_t commands,
	struct storm_counts *counts)
{
	static const char *const names[] = {"resources", "references",
		"works_running", "works_waiting", "resource_bytes",
		"commands_pending", "clients"};
	double before[sizeof names / sizeof *names];
	struct storm *s = calloc(1, sizeof *s);

	ck_assert_ptr_nonnull(s);
	*counts = (struct storm_counts){0};
	s->random = seed;
	s->workers = workers;
	s->counts = counts;
	open_storm(s);
	struct peer *first = s->stage.rooms.peer;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		before[i] = rooms_stat(&s->stage.rooms, names[i]);
	}
	double pools = rooms_stat(&s->stage.rooms, "pool_256_free");
	while (counts->commands < commands) {
		if (chance(s, 35)) {
			(void)let_one(s, 85);
		} else if (chance(s, 1)) {
			replace_client(s);
		} else {
			send_packet(s);
		}
		rooms_render(&s->stage.rooms, STEP_FRAMES);
	}
	end_storm(s, first);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		ck_assert_msg(
			rooms_stat(&s->stage.rooms, names[i]) == before[i],
			"%s is not what it was", names[i]);
	}
	ck_assert(rooms_stat(&s->stage.rooms, "pool_256_free") == pools);
	counts->destroyed = s->model.destroyed;
	stage_close(&s->stage);
	free(s);
}
