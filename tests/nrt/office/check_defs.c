/* SPDX-License-Identifier: MIT */
/*
 * check_defs.c -- the registry of defs: what it refuses, what it finds, the
 * specs that it makes.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "defs.h"
#include "rooms.h"

static const TactusHost host = {
	.size = sizeof(TactusHost), .rate = 48000.0, .block = 64};
static struct defs *d;
static char why[DEFS_WHY_SIZE];

/* --- a def whose ports the test chooses --- */

static TactusPort ports[300];
static uint32_t port_total;
static size_t extra;
static const void *options_seen;

static uint32_t
port_count(const void *options)
{
	options_seen = options;
	return port_total;
}

static void
port(const TactusHost *h, const void *options, uint32_t i, TactusPort *out)
{
	ck_assert_ptr_eq(h, &host);
	ck_assert_ptr_eq(options, options_seen);
	ck_assert_uint_eq(out->size, sizeof *out);
	*out = ports[i];
	out->size = sizeof *out;
}

static size_t
extra_bytes(const void *options)
{
	(void)options;
	return extra;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

/** Options of "x" alone: a number. */
static int
parse(const TactusHost *h, const TactusOption *o, uint32_t count, void *out,
	char *reason, size_t size)
{
	float *x = out;

	ck_assert_ptr_eq(h, &host);
	ck_assert(*x == 0.0F);
	*x = 7.0F;
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(o[i].name, "x") != 0) {
			(void)snprintf(
				reason, size, "no option \"%s\"", o[i].name);
			return -1;
		}
		*x = (float)o[i].number;
	}
	return 0;
}

static TactusSynthDef def;

static void
setup(void)
{
	static const TactusSynthDef plain = {
		.size = sizeof(TactusSynthDef),
		.uri = "urn:x:sine:1",
		.name = "sine",
		.instance_bytes = 16,
		.port_count = port_count,
		.port = port,
		.extra_bytes = extra_bytes,
		.process = process,
	};
	static const TactusPort four[] = {
		{.name = "freq",       .maximum = 10.0F,     .initial = 5.0F},
		{.name = "buffer",
                 .kind = TACTUS_RESOURCE,
                 .resource = "urn:r:1"                                      },
		{.name = "in",         .kind = TACTUS_AUDIO},
		{.name = "out",
                 .kind = TACTUS_AUDIO,
                 .direction = TACTUS_OUTPUT               },
	};

	memset(ports, 0, sizeof ports);
	memcpy(ports, four, sizeof four);
	port_total = 4;
	extra = 0;
	def = plain;
	why[0] = '\0';
	ck_assert_int_eq(defs_open(&host, &d), 0);
}

static void
teardown(void)
{
	defs_close(d);
}

static void
refused(const char *words)
{
	why[0] = '\0';
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), -EINVAL);
	ck_assert_msg(strstr(why, words) != NULL, "%s: %s", words, why);
	ck_assert_uint_eq(defs_count(d), 0);
	ck_assert_ptr_null(defs_at(d, 0));
}

START_TEST(sound_def_is_taken_and_its_ports_are_counted)
{
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_ptr_null(options_seen);
	const TactusSynthDef *got = defs_at(d, 0);
	ck_assert_ptr_nonnull(got);
	ck_assert_ptr_ne(got, &def); /* a copy */
	const struct shape *s = defs_shape(d, got);
	ck_assert_uint_eq(s->ports, 4);
	ck_assert_uint_eq(s->controls, 1);
	ck_assert_uint_eq(s->resources, 1);
	ck_assert_uint_eq(s->inputs, 1);
	ck_assert_uint_eq(s->outputs, 1);
	ck_assert_uint_eq(s->instance_bytes, 16);
	ck_assert_uint_eq(s->port[3].hash, name_hash("out"));
	ck_assert_uint_eq(s->port[3].ordinal, 0);
	ck_assert_int_eq(defs_port(s, "in"), 2);
	ck_assert_int_eq(defs_port(s, "on"), -1);
	ck_assert_ptr_null(defs_at(d, 1));
}
END_TEST

START_TEST(def_of_another_size_is_refused)
{
	ck_assert_int_eq(defs_add(d, NULL, why, sizeof why), -EINVAL);
	def.size--;
	refused("its size");
	def.size = offsetof(TactusSynthDef, ports) + 8;
	refused("its size");
	/* newer ones are larger */
	def.size = sizeof def + 8;
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
}
END_TEST

START_TEST(def_that_ends_before_the_table_is_read_no_further)
{
	def.size = offsetof(TactusSynthDef, ports);
	def.ports = ports;
	def.port_rows = 99;
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	const TactusSynthDef *got = defs_at(d, 0);
	ck_assert_ptr_null(got->ports);
	ck_assert_uint_eq(got->port_rows, 0);
	ck_assert_uint_eq(defs_shape(d, got)->ports, 4);
}
END_TEST

/** The def's ports as a table. */
static void
tabulate(void)
{
	def.port_count = NULL;
	def.port = NULL;
	def.ports = ports;
	def.port_rows = 4;
	def.port_bytes = sizeof ports[0];
}

static uint32_t channels;

static uint32_t
channels_of(const void *options)
{
	return options == NULL ? 1 : channels;
}

/** What a def makes of its table. */
static void
finish(const TactusHost *h, const void *options, uint32_t i, TactusPort *out)
{
	ck_assert_ptr_eq(h, &host);
	ck_assert_ptr_eq(options, options_seen);
	if (i == 0) {
		ck_assert_str_eq(out->name, "freq");
		out->initial = 6.0F;
	}
}

START_TEST(table_of_ports_is_taken_as_it_is)
{
	tabulate();
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	const struct shape *s = defs_shape(d, defs_at(d, 0));
	ck_assert_uint_eq(s->ports, 4);
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(s->port[i].port.size, sizeof(TactusPort));
		ck_assert_str_eq(s->port[i].port.name, ports[i].name);
		ck_assert_uint_eq(s->port[i].port.kind, ports[i].kind);
		ck_assert_uint_eq(
			s->port[i].port.direction, ports[i].direction);
	}
	ck_assert_ptr_eq(s->port[1].port.resource, ports[1].resource);
	ck_assert(s->port[0].port.initial == 5.0F);
}
END_TEST

START_TEST(port_changes_what_the_table_says)
{
	tabulate();
	def.port = finish;
	options_seen = NULL;
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	const struct shape *s = defs_shape(d, defs_at(d, 0));
	ck_assert(s->port[0].port.initial == 6.0F);
	ck_assert(s->port[0].port.maximum == 10.0F);
}
END_TEST

START_TEST(rows_of_a_table_may_be_longer_than_the_engine_knows)
{
	static struct {
		TactusPort port;
		double newer;
	} rows[4];

	for (int i = 0; i < 4; i++) {
		rows[i].port = ports[i];
		rows[i].newer = 1.0;
	}
	tabulate();
	def.ports = &rows[0].port;
	def.port_bytes = sizeof rows[0];
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	const struct shape *s = defs_shape(d, defs_at(d, 0));
	ck_assert_str_eq(s->port[3].port.name, "out");
	ck_assert_int_eq(defs_port(s, "in"), 2);
}
END_TEST

START_TEST(audio_rows_stand_for_a_port_a_channel)
{
	static const char *const names[] = {
		"freq", "buffer", "in0", "in1", "in2", "out0", "out1", "out2"};
	const TactusOption o = {"x", 'i', 1, NULL};
	int code;

	tabulate();
	def.channels = channels_of;
	def.parse = parse;
	def.options_bytes = sizeof(float);
	channels = 3;
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	const TactusSynthDef *got = defs_at(d, 0);
	ck_assert_uint_eq(defs_shape(d, got)->ports, 4);
	struct synth_spec *spec =
		defs_new_spec(d, got, &o, 1, &code, why, sizeof why);
	ck_assert_ptr_nonnull(spec);
	ck_assert_uint_eq(spec->shape->ports, 8);
	ck_assert_uint_eq(spec->shape->inputs, 3);
	ck_assert_uint_eq(spec->shape->outputs, 3);
	for (uint32_t i = 0; i < 8; i++) {
		ck_assert_str_eq(spec->shape->port[i].port.name, names[i]);
	}
	defs_free_spec(d, spec);
	/* without any only the other rows are left; too many are refused */
	channels = 0;
	spec = defs_new_spec(d, got, &o, 1, &code, why, sizeof why);
	ck_assert_uint_eq(spec->shape->ports, 2);
	defs_free_spec(d, spec);
	channels = UINT32_MAX;
	spec = defs_new_spec(d, got, &o, 1, &code, why, sizeof why);
	ck_assert_ptr_null(spec);
	ck_assert_int_eq(code, 422);
	ck_assert_msg(strstr(why, "it wants 257 ports") != NULL, "%s", why);
}
END_TEST

START_TEST(maximum_of_the_rate_becomes_a_frequency)
{
	ports[0].flags = TACTUS_OF_RATE | TACTUS_INTEGER;
	ports[0].maximum = 0.25F;
	/* both ways to tell of ports may say so */
	for (int way = 0; way < 2; way++) {
		ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
		const TactusPort *p =
			&defs_shape(d, defs_at(d, (uint32_t)way))->port[0].port;
		ck_assert(p->maximum == 12000.0F);
		ck_assert_uint_eq(p->flags, TACTUS_INTEGER);
		ck_assert(p->initial == (way == 0 ? 5.0F : 12000.0F));
		tabulate();
		def.uri = "urn:x:sine:2";
		ports[0].initial = 20000.0F;
	}
}
END_TEST

START_TEST(table_that_is_not_sound_is_refused)
{
	tabulate();
	const TactusSynthDef good = def;

	def.port_count = port_count;
	refused("it has both ports and port_count");
	def = good;
	def.port_rows = TACTUS_MAX_PORTS + 1;
	refused("more port_rows than TACTUS_MAX_PORTS");
	def = good;
	def.port_bytes = sizeof(TactusPort) - 1;
	refused("its port_bytes is not the size of a TactusPort");
	def = good;
	def.ports = NULL;
	refused("port_rows or channels, but no ports");
	def.port_rows = 0;
	def.channels = channels_of;
	refused("port_rows or channels, but no ports");
	def = good;
	ports[2].name[0] = '\0';
	refused("port 2");
}
END_TEST

START_TEST(def_that_tells_of_no_ports_has_none)
{
	def.port_count = NULL;
	def.port = NULL;
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_uint_eq(defs_shape(d, defs_at(d, 0))->ports, 0);
}
END_TEST

START_TEST(def_without_name_or_functions_is_refused)
{
	const TactusSynthDef good = def;

	def.uri = NULL;
	refused("no URI");
	def.uri = "";
	refused("no URI");
	def = good;
	def.name = NULL;
	refused("no name");
	def.name = "";
	refused("no name");
	def = good;
	def.process = NULL;
	refused("lacks process");
	def = good;
	def.port = NULL;
	refused("one of port_count and port, not both");
	def = good;
	def.port_count = NULL;
	refused("one of port_count and port, not both");
	def = good;
	def.options_bytes = 4;
	refused("nothing to parse");
	def.parse = parse;
	def.options_bytes = 65537;
	refused("too large");
}
END_TEST

START_TEST(ports_without_sound_names_are_refused)
{
	ports[2].name[0] = '\0';
	refused("port 2");
	memset(ports[2].name, 'x', sizeof ports[2].name);
	refused("port 2");
	strcpy(ports[2].name, "freq");
	refused("port 2 \"freq\" bears the name of another");
	strcpy(ports[2].name, "in");
	memset(ports[0].unit, 'x', sizeof ports[0].unit);
	refused("port 0");
}
END_TEST

START_TEST(ports_of_unknown_kind_or_wrong_direction_are_refused)
{
	ports[2].kind = 3;
	refused("unknown kind");
	ports[2].kind = TACTUS_AUDIO;
	ports[2].direction = 2;
	refused("unknown kind or direction");
	ports[2].direction = TACTUS_INPUT;
	ports[0].direction = TACTUS_OUTPUT;
	refused("control output");
	ports[0].direction = TACTUS_INPUT;
	ports[1].resource = NULL;
	refused("names no resource");
}
END_TEST

START_TEST(ports_out_of_order_are_refused)
{
	/* every exchange of two of them is out of order */
	for (int i = 0; i < 4; i++) {
		for (int k = i + 1; k < 4; k++) {
			TactusPort p = ports[i];
			ports[i] = ports[k];
			ports[k] = p;
			refused("out of order");
			ports[k] = ports[i];
			ports[i] = p;
		}
	}
}
END_TEST

START_TEST(controls_whose_default_is_not_in_range_are_refused)
{
	static const float wrong[][3] = {
		{0.0F,      10.0F,    11.0F},
		{0.0F,      10.0F,    -1.0F},
		{10.0F,     0.0F,     5.0F },
		{0.0F,      10.0F,    NAN  },
		{NAN,       10.0F,    5.0F },
		{0.0F,      NAN,      5.0F },
		{0.0F,      INFINITY, 5.0F },
		{-INFINITY, 10.0F,    5.0F },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		ports[0].minimum = wrong[i][0];
		ports[0].maximum = wrong[i][1];
		ports[0].initial = wrong[i][2];
		refused("default is not in");
	}
}
END_TEST

START_TEST(too_many_ports_or_bytes_are_refused)
{
	port_total = TACTUS_MAX_PORTS + 1;
	refused("ports and");
	port_total = UINT32_MAX;
	refused("ports and");
	port_total = 4;
	def.instance_bytes = TACTUS_CONSTRUCT_BYTES + 1;
	refused("bytes");
	def.instance_bytes = 1;
	extra = TACTUS_CONSTRUCT_BYTES;
	refused("bytes");
	/* a sum that would come round again */
	extra = SIZE_MAX;
	refused("bytes");
	def.instance_bytes = SIZE_MAX;
	extra = 2;
	refused("bytes");
	def.instance_bytes = 0;
	extra = TACTUS_CONSTRUCT_BYTES;
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
}
END_TEST

START_TEST(most_ports_are_taken)
{
	port_total = TACTUS_MAX_PORTS;
	for (uint32_t i = 0; i < port_total; i++) {
		ports[i] = (TactusPort){.kind = TACTUS_AUDIO};
		(void)snprintf(ports[i].name, sizeof ports[i].name, "in%u", i);
	}
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_uint_eq(defs_shape(d, defs_at(d, 0))->inputs, 256);
}
END_TEST

START_TEST(defs_are_found_by_uri_and_by_a_name_that_is_not_ambiguous)
{
	int code = 0;

	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), -EEXIST);
	ck_assert_ptr_nonnull(strstr(why, "taken"));
	ck_assert_ptr_eq(
		defs_find(d, "sine", &code, why, sizeof why), defs_at(d, 0));
	ck_assert_ptr_null(defs_find(d, "sin", &code, why, sizeof why));
	ck_assert_int_eq(code, 404);
	def.uri = "urn:y:sine:1";
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_ptr_null(defs_find(d, "sine", &code, why, sizeof why));
	ck_assert_int_eq(code, 422);
	ck_assert_str_eq(why,
		"\"sine\" names both urn:x:sine:1 and urn:y:sine:1: use the "
		"URI");
	ck_assert_ptr_eq(defs_find(d, "urn:y:sine:1", &code, why, sizeof why),
		defs_at(d, 1));
	/* a URI wins over names that are ambiguous */
	def.uri = "sine";
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_ptr_eq(
		defs_find(d, "sine", &code, why, sizeof why), defs_at(d, 2));
	defs_forget(d, 1);
	ck_assert_uint_eq(defs_count(d), 1);
	ck_assert_ptr_eq(
		defs_find(d, "sine", &code, why, sizeof why), defs_at(d, 0));
}
END_TEST

START_TEST(hundred_defs_are_kept_at_their_addresses)
{
	static char uri[100][40];
	const TactusSynthDef *first = NULL;

	for (int i = 0; i < 100; i++) {
		(void)snprintf(uri[i], sizeof uri[i], "urn:x:%d:1", i);
		def.uri = uri[i];
		ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
		first = first == NULL ? defs_at(d, 0) : first;
	}
	ck_assert_ptr_eq(first, defs_at(d, 0));
	ck_assert_str_eq(defs_at(d, 99)->uri, "urn:x:99:1");
}
END_TEST

static struct synth_spec *
new_spec(const TactusOption *options, uint32_t count, int *code)
{
	why[0] = '\0';
	return defs_new_spec(
		d, defs_at(d, 0), options, count, code, why, sizeof why);
}

START_TEST(specs_without_options_share_the_registrys_shape)
{
	int code = 0;

	def.parse = parse;
	def.options_bytes = sizeof(float);
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	struct synth_spec *a = new_spec(NULL, 0, &code);
	struct synth_spec *b = new_spec(NULL, 0, &code);
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	ck_assert_ptr_eq(a->shape, defs_shape(d, defs_at(d, 0)));
	ck_assert_ptr_eq(a->shape, b->shape);
	ck_assert(a->controls[0] == 5.0F);
	/* defaults are parsed all the same */
	ck_assert(*(const float *)a->options == 7.0F);
	defs_free_spec(d, a);
	defs_free_spec(d, b);
	ck_assert_uint_eq(defs_shape(d, defs_at(d, 0))->ports, 4);
	defs_free_spec(d, NULL);
}
END_TEST

START_TEST(specs_with_options_have_shapes_of_their_own)
{
	TactusOption x = {.name = "x", .type = 'f', .number = 3.0};
	int code = 0;

	def.parse = parse;
	def.options_bytes = sizeof(float);
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ports[3].direction = TACTUS_INPUT;
	struct synth_spec *a = new_spec(&x, 1, &code);
	struct synth_spec *b = new_spec(&x, 1, &code);
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_ne(a->shape, b->shape);
	ck_assert_uint_eq(a->shape->inputs, 2);
	ck_assert(*(const float *)a->options == 3.0F);
	ck_assert_ptr_eq(options_seen, b->options);
	defs_free_spec(d, b);
	ck_assert_uint_eq(a->shape->outputs, 0);
	defs_free_spec(d, a);
}
END_TEST

START_TEST(wrong_options_are_422_with_the_defs_words)
{
	TactusOption y = {.name = "y", .type = 'f', .number = 3.0};
	int code = 0;

	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_ptr_null(new_spec(&y, 1, &code));
	ck_assert_int_eq(code, 422);
	ck_assert_str_eq(why, "sine has no options");
	defs_forget(d, 0);
	def.parse = parse;
	def.options_bytes = sizeof(float);
	ck_assert_int_eq(defs_add(d, &def, why, sizeof why), 0);
	ck_assert_ptr_null(new_spec(&y, 1, &code));
	ck_assert_int_eq(code, 422);
	ck_assert_str_eq(why, "sine: no option \"y\"");
	/* options with which its ports are not sound */
	y.name = "x";
	port_total = 300;
	ck_assert_ptr_null(new_spec(&y, 1, &code));
	ck_assert_int_eq(code, 422);
	ck_assert_ptr_nonnull(strstr(why, "sine: it wants 300 ports"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/defs");
	TCase *tc = tcase_create("defs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sound_def_is_taken_and_its_ports_are_counted);
	tcase_add_test(tc, def_of_another_size_is_refused);
	tcase_add_test(tc, def_that_ends_before_the_table_is_read_no_further);
	tcase_add_test(tc, table_of_ports_is_taken_as_it_is);
	tcase_add_test(tc, port_changes_what_the_table_says);
	tcase_add_test(tc, rows_of_a_table_may_be_longer_than_the_engine_knows);
	tcase_add_test(tc, audio_rows_stand_for_a_port_a_channel);
	tcase_add_test(tc, maximum_of_the_rate_becomes_a_frequency);
	tcase_add_test(tc, table_that_is_not_sound_is_refused);
	tcase_add_test(tc, def_that_tells_of_no_ports_has_none);
	tcase_add_test(tc, def_without_name_or_functions_is_refused);
	tcase_add_test(tc, ports_without_sound_names_are_refused);
	tcase_add_test(
		tc, ports_of_unknown_kind_or_wrong_direction_are_refused);
	tcase_add_test(tc, ports_out_of_order_are_refused);
	tcase_add_test(tc, controls_whose_default_is_not_in_range_are_refused);
	tcase_add_test(tc, too_many_ports_or_bytes_are_refused);
	tcase_add_test(tc, most_ports_are_taken);
	tcase_add_test(
		tc, defs_are_found_by_uri_and_by_a_name_that_is_not_ambiguous);
	tcase_add_test(tc, hundred_defs_are_kept_at_their_addresses);
	tcase_add_test(tc, specs_without_options_share_the_registrys_shape);
	tcase_add_test(tc, specs_with_options_have_shapes_of_their_own);
	tcase_add_test(tc, wrong_options_are_422_with_the_defs_words);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
