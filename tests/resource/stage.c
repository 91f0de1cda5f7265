/* SPDX-License-Identifier: MIT */
/*
 * stage.c -- see stage.h.
 */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classes.h"
#include "defs.h"
#include "loader.h"
#include "office_private.h"
#include "work_pool.h"

/* --- defs --- */

static uint32_t
two_ports(const void *options)
{
	(void)options;
	return 2;
}

static void
resource_port(TactusPort *port, const char *name, const char *uri)
{
	port->kind = TACTUS_RESOURCE;
	(void)snprintf(port->name, sizeof port->name, "%s", name);
	port->resource = uri;
}

static void
holder_port(const TactusHost *host, const void *options, uint32_t index,
	TactusPort *port)
{
	/* not the very string of the class: URIs are compared by letters */
	static const char copy_of_a[] = GATE_A_URI;

	(void)host;
	(void)options;
	resource_port(port, index == 0 ? "a" : "b",
		index == 0 ? copy_of_a : GATE_B_URI);
}

TACTUS_RT static void
process_nothing(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

TACTUS_RT static int
refuse(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	(void)world;
	(void)options;
	/* what was bound is there already */
	return synth->resources[0] != NULL ? 500 : 422;
}

static const TactusSynthDef holder = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:tactus:synthdef:holder:1",
	.name = "holder",
	.doc = "Holds two resources.",
	.instance_bytes = 16,
	.port_count = two_ports,
	.port = holder_port,
	.process = process_nothing,
};

static const TactusSynthDef refuser = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:tactus:synthdef:refuser:1",
	.name = "refuser",
	.doc = "Cannot be constructed.",
	.instance_bytes = 16,
	.port_count = two_ports,
	.port = holder_port,
	.construct = refuse,
	.process = process_nothing,
};

struct id_option {
	int32_t id;
};

static int
parse_id(const TactusHost *host, const TactusOption *options, uint32_t count,
	void *out, char *reason, size_t size)
{
	struct id_option *o = out;

	(void)host;
	o->id = -1;
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(options[i].name, "id") != 0) {
			(void)snprintf(
				reason, size, "no option %s", options[i].name);
			return -1;
		}
		o->id = (int32_t)options[i].number;
	}
	return 0;
}

TACTUS_RT static int
hoard(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	const struct id_option *o = options;

	/* twice: two references of one holder */
	return world->resource_acquire(world, synth, o->id, GATE_A_URI) !=
				       NULL &&
			       world->resource_acquire(
				       world, synth, o->id, GATE_A_URI) != NULL
		       ? 0
		       : 409;
}

static const TactusSynthDef hoarder = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:tactus:synthdef:hoarder:1",
	.name = "hoarder",
	.doc = "Acquires and forgets.",
	.instance_bytes = 16,
	.options_bytes = sizeof(struct id_option),
	.parse = parse_id,
	.construct = hoard,
	.process = process_nothing,
};

struct performer {
	int32_t id;
};

static void
performer_port(const TactusHost *host, const void *options, uint32_t index,
	TactusPort *port)
{
	(void)host;
	(void)options;
	if (index == 1) {
		resource_port(port, "a", GATE_A_URI);
		return;
	}
	port->kind = TACTUS_CONTROL;
	port->flags = TACTUS_TRIGGER;
	port->maximum = 1.0F;
	(void)snprintf(port->name, sizeof port->name, "go");
}

TACTUS_RT static int
make_performer(
	const TactusWorld *world, const void *options, TactusSynth *synth)
{
	const struct id_option *o = options;
	struct performer *p = synth->self;

	(void)world;
	p->id = o->id;
	return 0;
}

static int
do_perform(const TactusHost *host, void *const *resources, uint32_t count,
	void *data)
{
	(void)host;
	return count == 1 ? gate_pass(resources[0], *(int32_t *)data) : -1;
}

TACTUS_RT static void
performed(const TactusWorld *world, TactusSynth *synth, int result,
	const void *data)
{
	double value = result;

	(void)data;
	(void)world->notify(world, synth, "/performed", "i", &value);
}

TACTUS_RT static void
process_performer(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct performer *p = synth->self;

	(void)frames;
	if (synth->controls[0].value <= 0.0F) {
		return;
	}
	TactusPerform what = {.size = sizeof what,
		.count = 1,
		.ids = &p->id,
		.uri = GATE_A_URI,
		.exclusive = true,
		.bytes = sizeof p->id,
		.data = &p->id,
		.perform = do_perform,
		.done = performed};
	double code = world->perform_with_resources(world, synth, &what);
	(void)world->notify(world, synth, "/asked", "i", &code);
}

static const TactusSynthDef performer = {
	.size = sizeof(TactusSynthDef),
	.flags = TACTUS_SERIAL, /* it performs in process */
	.uri = "urn:tactus:synthdef:performer:1",
	.name = "performer",
	.doc = "Asks a worker.",
	.instance_bytes = sizeof(struct performer),
	.options_bytes = sizeof(struct id_option),
	.parse = parse_id,
	.port_count = two_ports,
	.port = performer_port,
	.construct = make_performer,
	.process = process_performer,
};

static void
add_defs(struct rooms *r)
{
	static const TactusSynthDef *const all[] = {
		&holder, &refuser, &hoarder, &performer};
	struct classes *classes = loader_classes(r->loader);
	char why[256] = "";

	ck_assert_msg(classes_add_resource(
			      classes, &gate_class_a, why, sizeof why) == 0,
		"%s", why);
	ck_assert_msg(classes_add_resource(
			      classes, &gate_class_b, why, sizeof why) == 0,
		"%s", why);
	ck_assert_msg(classes_add_job(classes, &gate_job, why, sizeof why) == 0,
		"%s", why);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		ck_assert_msg(defs_add(loader_defs(r->loader), all[i], why,
				      sizeof why) == 0,
			"%s", why);
	}
}

void
stage_open(struct stage *s, uint32_t workers, const char *const *sets)
{
	char threads[64];
	const char *all[ROOMS_SETS] = {threads, "limits.max_resources=12",
		"limits.max_nodes=16", "workers.job_timeout_s=0"};
	size_t count = 4;

	(void)snprintf(threads, sizeof threads, "workers.threads=%u", workers);
	while (sets != NULL && *sets != NULL) {
		ck_assert_uint_lt(count, ROOMS_SETS - 1);
		all[count++] = *sets++;
	}
	memset(s, 0, sizeof *s);
	s->gate = gate_open();
	s->rooms.prepare = add_defs;
	rooms_open(&s->rooms, all);
}

void
stage_close(struct stage *s)
{
	gate_set_open(s->gate, true);
	rooms_close(&s->rooms);
	ck_assert_uint_eq(gate_made(s->gate), gate_destroyed(s->gate));
	gate_close(s->gate);
}

static struct work_pool_counts
counts_of(const struct stage *s)
{
	struct work_pool_counts counts;

	work_pool_count(s->rooms.office->pool, &counts);
	return counts;
}

void
stage_settle(struct stage *s)
{
	rooms_turn(&s->rooms);
	gate_await(s->gate, counts_of(s).running);
}

/** What was heard, but for progress: when that is told is a matter of the
 * clock on the wall. */
static const char *
what_was_heard(struct stage *s)
{
	static char text[ROOMS_TEXT];
	const char *from = rooms_heard(&s->rooms);
	size_t size = 0;

	while (*from != '\0') {
		size_t line = strcspn(from, "\n") + 1;
		if (strncmp(from, "/job/progress ", 14) != 0) {
			memcpy(text + size, from, line);
			size += line;
		}
		from += line;
	}
	text[size] = '\0';
	return text;
}

const char *
stage_ask(struct stage *s, const char *words)
{
	rooms_put(&s->rooms, words);
	stage_settle(s);
	return what_was_heard(s);
}

static bool
find(struct stage *s, enum gate_step step, int32_t tag, struct gate_work *out)
{
	struct gate_work in[GATE_WORKS];
	uint32_t count = gate_look(s->gate, in);

	for (uint32_t i = 0; i < count; i++) {
		if (in[i].step == step && in[i].tag == tag) {
			*out = in[i];
			return true;
		}
	}
	return false;
}

void
stage_let_work(struct stage *s, const struct gate_work *w, bool ok)
{
	uint64_t done = counts_of(s).done;

	gate_let(s->gate, w->ticket, ok);
	while (counts_of(s).done == done) {
		ev_run(s->rooms.loop, EVRUN_ONCE);
	}
	stage_settle(s);
}

const char *
stage_let(struct stage *s, enum gate_step step, int32_t tag, bool ok)
{
	struct gate_work w;

	ck_assert_msg(find(s, step, tag, &w), "step %d of %d does not run",
		(int)step, tag);
	stage_let_work(s, &w, ok);
	return what_was_heard(s);
}

bool
stage_runs(struct stage *s, enum gate_step step, int32_t tag)
{
	struct gate_work w;

	return find(s, step, tag, &w);
}

void
stage_live(struct stage *s, const char *class, int32_t id)
{
	char words[128];
	char wanted[64];

	(void)snprintf(words, sizeof words, "/resource/new %s %d [ %d ]", class,
		id, id);
	(void)snprintf(wanted, sizeof wanted, "/resource/ready %d\n", id);
	ck_assert_str_eq(stage_ask(s, words), "");
	ck_assert_str_eq(stage_let(s, GATE_CONSTRUCT, id, true), wanted);
}

void
stage_answers(struct stage *s, const char *words, const char *wanted)
{
	const char *heard = stage_ask(s, words);

	ck_assert_msg(strcmp(heard, wanted) == 0, "%s: \"%s\", not \"%s\"",
		words, heard, wanted);
}

void
stage_fails(struct stage *s, const char *words, int code)
{
	const char *heard = stage_ask(s, words);
	char wanted[128];

	(void)snprintf(wanted, sizeof wanted, "/error \"%.*s\" %d \"",
		(int)strcspn(words, " "), words, code);
	ck_assert_msg(strncmp(heard, wanted, strlen(wanted)) == 0 &&
			      rooms_count(heard, "/") == 1,
		"%s: \"%s\", not %s", words, heard, wanted);
}

void
stage_lets(struct stage *s, enum gate_step step, int32_t tag, bool ok,
	const char *wanted)
{
	ck_assert_str_eq(stage_let(s, step, tag, ok), wanted);
}

void
stage_is(struct stage *s, int32_t id, const char *state, int references)
{
	char words[64];
	char wanted[64];

	(void)snprintf(words, sizeof words, "/resource/query %d", id);
	(void)snprintf(wanted, sizeof wanted, "\"%s\" %d ", state, references);
	const char *heard = stage_ask(s, words);
	ck_assert_msg(strncmp(heard, "/resource/info ", 15) == 0 &&
			      strstr(heard, wanted) != NULL,
		"%s: %s, not %s", words, heard, wanted);
}
