/* SPDX-License-Identifier: MIT */
/*
 * check_cpp.c -- what a synth in C++ keeps to, whatever way it goes.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

#include "curve.h"
#include "engine.h"

/* as in plugin_cpp.cpp */
enum { NOWHERE, BETWEEN, ACTIVATE, CONNECT, BIND, PROCESS, DESTRUCT, REFUSE };

/** What is thrown, by its number, and the code that comes of it. */
static const int codes[] = {0, 404, 503, 500, 500, 500, 500, 500};

/** A throw on a marked path is what RealtimeSanitizer is there to refuse. */
static bool
may_throw(void)
{
#if defined(__has_feature)
#  if __has_feature(realtime_sanitizer)
	printf("skipped: nothing may throw under RealtimeSanitizer\n");
	return false;
#  endif
#endif
	return true;
}

/** A Holder that fails in this way, of the curves 1 and 2. */
static int
make_holder(struct engine *e, int where, int how)
{
	const TactusOption o[] = {
		engine_option("where", where), engine_option("how", how)};

	return engine_make(e, 0, "holder", o, 2);
}

static void
open_curves(struct engine *e)
{
	engine_open(e, "plugin_cpp");
	engine_curve(e, 1, 10);
	engine_curve(e, 2, 20);
	engine_curve(e, 3, 30);
}

START_TEST(members_that_a_class_leaves_out_are_null)
{
	struct engine e;

	engine_open(&e, "plugin_cpp");
	const TactusSynthDef *bare = engine_def(&e, "bare");
	ck_assert_uint_eq(bare->size, sizeof *bare);
	ck_assert_uint_eq(bare->flags, 0);
	ck_assert_str_eq(bare->uri, "urn:test:synthdef:bare:1");
	ck_assert_str_eq(bare->doc, "");
	ck_assert_uint_eq(bare->options_bytes, 0);
	ck_assert(bare->parse == NULL && bare->extra_bytes == NULL);
	ck_assert(!bare->connect && !bare->activate && !bare->bind);
	ck_assert(!bare->process_many);
	const TactusSynthDef *all = engine_def(&e, "holder");
	ck_assert_uint_eq(all->flags, TACTUS_SERIAL);
	ck_assert_str_eq(all->doc, "Hold two curves.");
	ck_assert(all->parse != NULL && all->options_bytes != 0);
	ck_assert(all->connect && all->activate && all->bind);
	const TactusSynthDef *wide = engine_def(&e, "wide");
	ck_assert(wide->process_many && wide->extra_bytes != NULL);
	ck_assert(!wide->bind);
	const TactusResourceDef *thing = e.nrt.resource[1];
	ck_assert_str_eq(thing->name, "thing");
	ck_assert_str_eq(thing->arguments, "");
	ck_assert(thing->check == NULL && thing->bytes == NULL);
	ck_assert(e.nrt.resource[0]->bytes != NULL);
	ck_assert_uint_eq(e.nrt.resource[0]->flags, TACTUS_MUTABLE);
	const TactusJobDef *count = e.nrt.work[1];
	ck_assert_ptr_null(count->resource);
	ck_assert_uint_eq(count->least, 1);
	ck_assert_uint_eq(count->most, 1);
	ck_assert(count->check == NULL);
	ck_assert_str_eq(count->results, "");
	ck_assert_str_eq(e.nrt.work[0]->resource, CURVE_URI);
	ck_assert_uint_eq(e.nrt.work[0]->flags, TACTUS_JOB_EXCLUSIVE);
	ck_assert_uint_eq(e.nrt.work[0]->most, 4);
	engine_close(&e);
}
END_TEST

START_TEST(ports_are_described_as_they_are_written)
{
	struct engine e;
	TactusPort p = {.size = sizeof p};

	engine_open(&e, "plugin_cpp");
	const TactusSynthDef *def = engine_def(&e, "holder");
	ck_assert_uint_eq(tactus_def_ports(def, NULL), 7);
	tactus_def_port(&e.nrt.host, def, NULL, 0, &p);
	ck_assert_uint_eq(p.size, sizeof p);
	ck_assert_uint_eq(p.kind, TACTUS_CONTROL);
	ck_assert_uint_eq(p.curve, TACTUS_LOGARITHMIC);
	ck_assert_str_eq(p.name, "freq");
	ck_assert_str_eq(p.unit, "Hz");
	ck_assert_str_eq(p.doc, "a frequency");
	ck_assert(p.minimum == 1.0F && p.maximum == 100.0F);
	ck_assert(p.initial == 10.0F);
	ck_assert_ptr_null(p.resource);
	tactus_def_port(&e.nrt.host, def, NULL, 1, &p);
	ck_assert_uint_eq(p.flags, TACTUS_INTEGER);
	tactus_def_port(&e.nrt.host, def, NULL, 2, &p);
	ck_assert_uint_eq(p.kind, TACTUS_RESOURCE);
	ck_assert_uint_eq(p.direction, TACTUS_INPUT);
	ck_assert_str_eq(p.resource, CURVE_URI);
	tactus_def_port(&e.nrt.host, def, NULL, 3, &p);
	ck_assert_uint_eq(p.direction, TACTUS_OUTPUT);
	ck_assert_str_eq(p.resource, "urn:tactus:resource:audio-buffer:1");
	tactus_def_port(&e.nrt.host, def, NULL, 4, &p);
	ck_assert_uint_eq(p.kind, TACTUS_AUDIO);
	ck_assert_uint_eq(p.direction, TACTUS_INPUT);
	ck_assert_ptr_null(p.resource);
	/* an engine whose ports are shorter is not written past their end */
	memset(&p, 0x55, sizeof p);
	p.size = (uint32_t)offsetof(TactusPort, resource);
	tactus_def_port(&e.nrt.host, def, NULL, 2, &p);
	ck_assert_str_eq(p.name, "curve");
	ck_assert_uint_eq(p.size, offsetof(TactusPort, resource));
	ck_assert_int_eq(((const char *)&p.resource)[0], 0x55);
	engine_close(&e);
}
END_TEST

START_TEST(ports_may_depend_on_options)
{
	struct engine e;
	const TactusOption o = engine_option("channels", 3);

	engine_open(&e, "plugin_cpp");
	const TactusSynthDef *def = engine_def(&e, "wide");
	ck_assert_uint_eq(tactus_def_ports(def, NULL), 2);
	ck_assert_int_eq(engine_make(&e, 0, "wide", &o, 1), 0);
	ck_assert_uint_eq(tactus_def_ports(def, e.synth[0].options), 4);
	TactusPort p = {.size = sizeof p};
	tactus_def_port(&e.nrt.host, def, e.synth[0].options, 0, &p);
	ck_assert(p.maximum == 24000.0F);
	tactus_def_port(&e.nrt.host, def, e.synth[0].options, 3, &p);
	ck_assert_str_eq(p.name, "out2");
	ck_assert_uint_eq(def->extra_bytes(e.synth[0].options), 12);
	engine_run(&e, 0, 64);
	ck_assert(e.synth[0].sound[2][63] == 3.25F);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

/** What these options are answered. */
static const char *
refusal(struct engine *e, const TactusOption *o, uint32_t count)
{
	static char said[256];

	ck_assert_int_eq(engine_make(e, 0, "holder", o, count), -1);
	memcpy(said, e->synth[0].reason, sizeof said);
	engine_drop(e, 0);
	return said;
}

START_TEST(options_are_refused_with_the_mend)
{
	struct engine e;
	TactusOption o[2] = {engine_option("how", 11), engine_option("how", 1)};

	engine_open(&e, "plugin_cpp");
	ck_assert_str_eq(refusal(&e, o, 1),
		"option \"how\" must be a whole number from 0 to 10");
	o[0].number = 1.5;
	o[0].type = 'f';
	ck_assert_str_eq(refusal(&e, o, 1),
		"option \"how\" must be a whole number from 0 to 10");
	o[0].number = 1.0;
	ck_assert_str_eq(refusal(&e, o, 2),
		"option \"how\" is given twice; give it once");
	o[0].name = "hwo";
	ck_assert_str_eq(refusal(&e, o, 1),
		"option \"hwo\" is unknown; known: first second where how "
		"level words");
	o[0].name = "level";
	o[0].number = 2.5;
	ck_assert_str_eq(refusal(&e, o, 1),
		"option \"level\" must be a number from 0 to 2");
	o[0] = (TactusOption){
		.name = "words", .type = 's', .string = "12345678"};
	ck_assert_str_eq(refusal(&e, o, 1),
		"option \"words\" must be a string of at most 7 bytes");
	engine_close(&e);
}
END_TEST

START_TEST(references_are_let_go_when_the_synth_ends)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, NOWHERE, 0), 0);
	ck_assert_int_eq(e.references[1], 1);
	ck_assert_int_eq(e.references[2], 1);
	engine_run(&e, 0, 64);
	ck_assert(e.synth[0].sound[0][63] == 1.0F);
	ck_assert(e.synth[0].sound[1][0] == -1.0F);
	engine_end(&e, 0);
	ck_assert_uint_eq(e.acquires, 2);
	engine_close(&e);
}
END_TEST

START_TEST(references_are_let_go_when_the_constructor_throws_midway)
{
	struct engine e;

	if (!may_throw()) {
		return;
	}
	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, BETWEEN, _i), codes[_i]);
	ck_assert_uint_eq(e.acquires, 1);
	ck_assert_int_eq(engine_references(&e), 0);
	engine_drop(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_reference_that_cannot_be_had_fails_the_synth)
{
	struct engine e;
	TactusOption o = engine_option("second", 50);

	if (!may_throw()) {
		return;
	}
	open_curves(&e);
	ck_assert_int_eq(engine_make(&e, 0, "holder", &o, 1), 409);
	ck_assert_uint_eq(e.acquires, 1);
	engine_drop(&e, 0);
	o.number = -1;
	ck_assert_int_eq(engine_make(&e, 0, "holder", &o, 1), 422);
	engine_drop(&e, 0);
	e.uri[2] = "urn:test:resource:other:1";
	ck_assert_int_eq(engine_make(&e, 0, "holder", NULL, 0), 409);
	engine_drop(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_synth_that_refuses_is_unmade)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, REFUSE, 0), 404);
	ck_assert_uint_eq(e.acquires, 2);
	ck_assert_int_eq(engine_references(&e), 0);
	engine_drop(&e, 0);
	e.is_full = true;
	ck_assert_int_eq(engine_make(&e, 0, "wide", NULL, 0), 503);
	engine_drop(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_destructor_that_throws_lets_go_of_all)
{
	struct engine e;

	if (!may_throw()) {
		return;
	}
	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, DESTRUCT, 3), 0);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(replacing_keeps_the_old_one_where_the_new_cannot_be_had)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, NOWHERE, 0), 0);
	e.synth[0].control[1].value = 60.0F;
	engine_run(&e, 0, 64);
	ck_assert(e.told[0] == 1.0);
	ck_assert_uint_eq(e.logs, 0);
	ck_assert_int_eq(e.references[1], 1);
	e.synth[0].control[1].value = 3.0F;
	engine_run(&e, 0, 64);
	ck_assert(e.told[0] == 3.0);
	ck_assert_int_eq(e.references[1], 0);
	ck_assert_int_eq(e.references[3], 1);
	/* the same again changes nothing */
	engine_run(&e, 0, 64);
	ck_assert(e.told[0] == 3.0);
	ck_assert_int_eq(e.references[3], 1);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

/** Tell the synth that what was bound to a port is gone from it. */
static bool
bind(struct engine *e, uint32_t ordinal, void *old, int32_t old_id)
{
	bool kept = e->synth[0].def->bind(
		engine_world(e), &e->synth[0].synth, ordinal, old, old_id);

	if (kept) {
		ck_assert_ptr_nonnull(old);
		e->references[old_id]++;
	}
	return kept;
}

START_TEST(what_was_bound_may_be_kept)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, NOWHERE, 0), 0);
	e.synth[0].resource[0] = e.resource[3];
	ck_assert(!bind(&e, 0, NULL, -1));
	engine_run(&e, 0, 64);
	ck_assert(e.told[1] == -1.0);
	ck_assert(e.synth[0].sound[1][0] == 1.0F);
	e.synth[0].resource[0] = e.resource[2];
	ck_assert(bind(&e, 0, e.resource[3], 3));
	engine_run(&e, 0, 64);
	ck_assert(e.told[1] == 30.0);
	/* kept again: what was kept before is let go */
	e.synth[0].resource[0] = NULL;
	ck_assert(bind(&e, 0, e.resource[2], 2));
	ck_assert_int_eq(e.references[3], 0);
	ck_assert_int_eq(e.references[2], 2);
	engine_run(&e, 0, 64);
	ck_assert(e.told[1] == 20.0);
	/* it is faded out: given back while it sounds */
	e.synth[0].control[1].value = 3.0F;
	engine_run(&e, 0, 64);
	ck_assert_int_eq(e.references[2], 1);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(what_is_kept_and_dropped_in_bind_is_not_kept)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, NOWHERE, 0), 0);
	ck_assert(!bind(&e, 1, e.resource[3], 3));
	ck_assert_uint_eq(e.false_releases, 0);
	/* one of its own of the same id stays */
	ck_assert(!bind(&e, 1, e.resource[1], 1));
	ck_assert_int_eq(e.references[1], 1);
	engine_run(&e, 0, 64);
	ck_assert_uint_eq(e.dones, 0);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

static void
is_silent(const struct engine *e, uint32_t outputs, uint32_t frames)
{
	for (uint32_t c = 0; c < ENGINE_OUTPUTS; c++) {
		for (uint32_t i = 0; i < ENGINE_BLOCK; i++) {
			bool within = c < outputs && i < frames;

			ck_assert(e->synth[0].sound[c][i] ==
				  (within ? 0.0F : 9.0F));
		}
	}
}

START_TEST(a_synth_whose_process_throws_is_done_once_and_silent)
{
	struct engine e;

	if (!may_throw()) {
		return;
	}
	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, PROCESS, _i), 0);
	for (uint32_t frames = 64; frames > 60; frames--) {
		engine_run(&e, 0, frames);
		is_silent(&e, 2, frames);
		ck_assert_uint_eq(e.dones, 1);
		ck_assert_uint_eq(e.errors, 1);
	}
	ck_assert_ptr_nonnull(strstr(e.log, "exception"));
	ck_assert_int_eq(engine_references(&e), 2);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_synth_that_throws_beside_process_says_done_in_process)
{
	struct engine e;

	if (!may_throw()) {
		return;
	}
	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, _i, 3), 0);
	struct engine_synth *s = &e.synth[0];
	if (_i == ACTIVATE) {
		s->def->activate(engine_world(&e), &s->synth);
	} else if (_i == CONNECT) {
		s->def->connect(engine_world(&e), &s->synth, 4, true);
	} else {
		/* what it has kept before it threw is kept */
		ck_assert(bind(&e, 0, e.resource[3], 3));
	}
	ck_assert_uint_eq(e.dones, 0);
	ck_assert_uint_eq(e.errors, 1);
	/* it is not called again */
	s->def->activate(engine_world(&e), &s->synth);
	s->def->connect(engine_world(&e), &s->synth, 4, true);
	ck_assert(!bind(&e, 0, e.resource[2], 2));
	ck_assert_uint_eq(e.notes, 0);
	ck_assert_uint_eq(e.errors, 1);
	engine_run(&e, 0, 10);
	engine_run(&e, 0, 10);
	is_silent(&e, 2, 10);
	ck_assert_uint_eq(e.dones, 1);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(connecting_reaches_the_object)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(make_holder(&e, NOWHERE, 0), 0);
	struct engine_synth *s = &e.synth[0];
	s->def->connect(engine_world(&e), &s->synth, 4, true);
	ck_assert_str_eq(e.note, "/connect");
	ck_assert(e.told[0] == 4.5);
	s->def->activate(engine_world(&e), &s->synth);
	ck_assert_uint_eq(e.errors, 0);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(many_at_once_are_the_same_bits)
{
	struct engine e;
	static float alone[3][ENGINE_BLOCK];

	engine_open(&e, "plugin_cpp");
	for (uint32_t i = 0; i < 3; i++) {
		const TactusOption o = engine_option("channels", i + 1);
		ck_assert_int_eq(engine_make(&e, i, "wide", &o, 1), 0);
		engine_run(&e, i, 64);
		memcpy(alone[i], e.synth[i].sound[i], sizeof alone[i]);
		ck_assert(alone[i][63] == (float)i + 1.25F);
	}
	engine_run_many(&e, 3, 64);
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_mem_eq(
			alone[i], e.synth[i].sound[i], sizeof alone[i]);
		engine_end(&e, i);
	}
	engine_close(&e);
}
END_TEST

START_TEST(a_throw_in_process_many_ends_them_all)
{
	struct engine e;
	const TactusOption o[] = {
		engine_option("channels", 2), engine_option("how", 3)};

	if (!may_throw()) {
		return;
	}
	engine_open(&e, "plugin_cpp");
	ck_assert_int_eq(engine_make(&e, 0, "wide", o, 1), 0);
	ck_assert_int_eq(engine_make(&e, 1, "wide", o, 2), 0);
	engine_run_many(&e, 2, 64);
	ck_assert_uint_eq(e.dones, 2);
	ck_assert_uint_eq(e.errors, 2);
	is_silent(&e, 2, 64);
	engine_run_many(&e, 2, 64);
	is_silent(&e, 2, 64);
	ck_assert_uint_eq(e.dones, 2);
	/* one that is at its end does not stop one that is not */
	ck_assert_int_eq(engine_make(&e, 2, "wide", o, 1), 0);
	engine_run_many(&e, 3, 64);
	is_silent(&e, 2, 64);
	ck_assert(e.synth[2].sound[1][0] == 2.25F);
	for (uint32_t i = 0; i < 3; i++) {
		engine_end(&e, i);
	}
	engine_close(&e);
}
END_TEST

START_TEST(tables_of_ports_may_repeat_their_audio_rows)
{
	struct engine e;
	const TactusOption o[] = {
		engine_option("channels", 2), engine_option("how", 1)};
	TactusPort p = {.size = sizeof p};

	engine_open(&e, "plugin_cpp");
	const TactusSynthDef *def = engine_def(&e, "several");
	ck_assert_uint_eq(tactus_def_ports(def, NULL), 3);
	ck_assert_int_eq(engine_make(&e, 0, "several", o, 1), 0);
	ck_assert_uint_eq(tactus_def_ports(def, e.synth[0].options), 5);
	tactus_def_port(&e.nrt.host, def, e.synth[0].options, 0, &p);
	ck_assert(p.maximum == 24000.0F);
	ck_assert_uint_eq(p.flags, 0);
	tactus_def_port(&e.nrt.host, def, e.synth[0].options, 4, &p);
	ck_assert_str_eq(p.name, "out1");
	ck_assert_uint_eq(p.direction, TACTUS_OUTPUT);
	/* one that throws has too many */
	void *options = calloc(1, def->options_bytes);
	char reason[64];
	ck_assert_int_eq(
		def->parse(&e.nrt.host, o, 2, options, reason, sizeof reason),
		0);
	ck_assert_uint_gt(tactus_def_ports(def, options), TACTUS_MAX_PORTS);
	free(options);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(ports_that_throw_are_refused_by_the_engine)
{
	struct engine e;
	const TactusOption o = engine_option("how", _i);

	engine_open(&e, "plugin_cpp");
	const TactusSynthDef *def = engine_def(&e, "broken");
	void *options = calloc(1, def->options_bytes);
	char reason[64];
	int r = def->parse(&e.nrt.host, &o, 1, options, reason, sizeof reason);
	TactusPort p = {.size = sizeof p};
	ck_assert_int_eq(r, 0);
	if (_i == 1) {
		ck_assert_uint_gt(
			tactus_def_ports(def, options), TACTUS_MAX_PORTS);
	} else if (_i == 2) {
		tactus_def_port(&e.nrt.host, def, options, 0, &p);
		ck_assert_str_eq(p.name, "");
	} else {
		ck_assert(def->extra_bytes(options) == SIZE_MAX);
	}
	free(options);
	engine_close(&e);
}
END_TEST

START_TEST(an_engine_without_resources_is_survived)
{
	struct engine e;

	if (!may_throw()) {
		return;
	}
	open_curves(&e);
	e.world_size = offsetof(TactusWorld, resource_acquire);
	ck_assert_int_eq(make_holder(&e, NOWHERE, 0), 503);
	engine_drop(&e, 0);
	ck_assert_uint_eq(e.acquires, 0);
	ck_assert_int_eq(engine_make(&e, 0, "wide", NULL, 0), 0);
	e.synth[0].control[0].value = 2.0F;
	engine_run(&e, 0, 64);
	ck_assert_str_eq(e.log, "asked");
	ck_assert(e.log_value == 503.0);
	engine_end(&e, 0);
	/* it knows of references, but not of work */
	e.world_size = offsetof(TactusWorld, perform_with_resources);
	ck_assert_int_eq(make_holder(&e, NOWHERE, 0), 0);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_task_goes_to_a_worker_and_comes_back)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(engine_make(&e, 0, "wide", NULL, 0), 0);
	e.answer = 409;
	e.synth[0].control[0].value = 2.0F;
	engine_run(&e, 0, 64);
	ck_assert(e.log_value == 409.0);
	e.answer = 0;
	engine_run(&e, 0, 64);
	ck_assert(e.log_value == 0.0);
	ck_assert_uint_eq(e.what.size, sizeof e.what);
	ck_assert_uint_eq(e.what.count, 1);
	ck_assert_int_eq(e.ids[0], 5);
	ck_assert_str_eq(e.what.uri, CURVE_URI);
	ck_assert(e.what.exclusive);
	int r = e.what.perform(&e.nrt.host, &e.resource[3], 1, e.data);
	ck_assert_int_eq(r, 42);
	ck_assert(e.what.done);
	e.what.done(engine_world(&e), &e.synth[0].synth, r, e.data);
	e.synth[0].control[0].value = 0.0F;
	engine_run(&e, 0, 64);
	ck_assert(e.told[0] == 42030.0);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_task_that_throws_tells_its_code)
{
	struct engine e;

	open_curves(&e);
	ck_assert_int_eq(engine_make(&e, 0, "wide", NULL, 0), 0);
	e.synth[0].control[0].value = 2.0F + (float)_i;
	engine_run(&e, 0, 64);
	int r = e.what.perform(&e.nrt.host, &e.resource[3], 1, e.data);
	ck_assert_int_eq(r, -codes[_i]);
	e.what.done(engine_world(&e), &e.synth[0].synth, r, e.data);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(references_serve_a_def_that_is_written_by_hand)
{
	struct engine e;

	if (!may_throw()) {
		return;
	}
	open_curves(&e);
	ck_assert_int_eq(engine_make(&e, 0, "hand", NULL, 0), 0);
	ck_assert_str_eq(e.log, "thrown");
	ck_assert(e.log_value == 422000.0 - 3.0);
	ck_assert_int_eq(engine_references(&e), 1);
	engine_run(&e, 0, 64);
	ck_assert(e.log_value == 210.0);
	ck_assert_int_eq(e.references[2], 1);
	ck_assert_int_eq(engine_references(&e), 1);
	engine_end(&e, 0);
	engine_close(&e);
}
END_TEST

START_TEST(without_exceptions_a_synth_refuses_and_replaces)
{
	struct engine e;
	const TactusOption o = engine_option("curve", 7);

	engine_open(&e, "plugin_plain");
	engine_curve(&e, 1, 10);
	engine_curve(&e, 2, 20);
	ck_assert_int_eq(engine_make(&e, 0, "player", &o, 1), 404);
	engine_drop(&e, 0);
	e.is_full = true;
	ck_assert_int_eq(engine_make(&e, 0, "player", NULL, 0), 503);
	ck_assert_int_eq(engine_references(&e), 0);
	engine_drop(&e, 0);
	e.is_full = false;
	const TactusOption unknown = engine_option("size", 7);
	ck_assert_int_eq(engine_make(&e, 0, "player", &unknown, 1), -1);
	ck_assert_str_eq(
		e.synth[0].reason, "option \"size\" is unknown; known: curve");
	engine_drop(&e, 0);
	ck_assert_int_eq(engine_make(&e, 0, "player", NULL, 0), 0);
	struct engine_synth *s = &e.synth[0];
	s->def->activate(engine_world(&e), &s->synth);
	ck_assert(e.log_value == 1.0);
	ck_assert(bind(&e, 0, e.resource[2], 2));
	s->control[0].value = 55.0F;
	engine_run(&e, 0, 64);
	ck_assert_int_eq(e.references[1], 1);
	ck_assert_int_eq(e.references[2], 1);
	s->control[0].value = 2.0F;
	engine_run(&e, 0, 64);
	ck_assert_int_eq(e.references[1], 0);
	ck_assert_int_eq(e.references[2], 1);
	engine_end(&e, 0);
	/* an engine without resources */
	e.world_size = offsetof(TactusWorld, resource_acquire);
	ck_assert_int_eq(engine_make(&e, 0, "player", NULL, 0), 404);
	engine_drop(&e, 0);
	engine_close(&e);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/cpp");
	TCase *tc = tcase_create("synths");

	tcase_add_test(tc, members_that_a_class_leaves_out_are_null);
	tcase_add_test(tc, ports_are_described_as_they_are_written);
	tcase_add_test(tc, ports_may_depend_on_options);
	tcase_add_test(tc, tables_of_ports_may_repeat_their_audio_rows);
	tcase_add_test(tc, options_are_refused_with_the_mend);
	tcase_add_test(tc, references_are_let_go_when_the_synth_ends);
	tcase_add_loop_test(tc,
		references_are_let_go_when_the_constructor_throws_midway, 1, 8);
	tcase_add_test(tc, a_reference_that_cannot_be_had_fails_the_synth);
	tcase_add_test(tc, a_synth_that_refuses_is_unmade);
	tcase_add_test(tc, a_destructor_that_throws_lets_go_of_all);
	tcase_add_test(
		tc, replacing_keeps_the_old_one_where_the_new_cannot_be_had);
	tcase_add_test(tc, what_was_bound_may_be_kept);
	tcase_add_test(tc, what_is_kept_and_dropped_in_bind_is_not_kept);
	tcase_add_loop_test(
		tc, a_synth_whose_process_throws_is_done_once_and_silent, 1, 8);
	tcase_add_loop_test(tc,
		a_synth_that_throws_beside_process_says_done_in_process,
		ACTIVATE, BIND + 1);
	tcase_add_test(tc, connecting_reaches_the_object);
	tcase_add_test(tc, many_at_once_are_the_same_bits);
	tcase_add_test(tc, a_throw_in_process_many_ends_them_all);
	tcase_add_loop_test(
		tc, ports_that_throw_are_refused_by_the_engine, 1, 4);
	tcase_add_test(tc, an_engine_without_resources_is_survived);
	tcase_add_test(tc, a_task_goes_to_a_worker_and_comes_back);
	tcase_add_loop_test(tc, a_task_that_throws_tells_its_code, 1, 8);
	tcase_add_test(tc, references_serve_a_def_that_is_written_by_hand);
	tcase_add_test(tc, without_exceptions_a_synth_refuses_and_replaces);
	suite_add_tcase(s, tc);
	return s;
}
