/* SPDX-License-Identifier: MIT */
/*
 * fuzz_osc.c -- any bytes: refused, or walked within bounds and written back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "again.h"
#include "osc_read.h"
#include "osc_text.h"
#include "osc_write.h"

#define ROOM 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool promise, const char *words)
{
	if (!promise) {
		fprintf(stderr, "broken: %s\n", words);
		abort();
	}
}

static bool
is_same(const struct osc_arg *a, const struct osc_arg *b)
{
	if (a->type != b->type) {
		return false;
	}
	switch (a->type) {
	case 'i':
	case 'f':
		return a->u.i == b->u.i;
	case 'h':
	case 'd':
	case 't':
		return a->u.t == b->u.t;
	case 's':
		return strcmp(a->u.s, b->u.s) == 0;
	case 'b':
		return a->u.b.size == b->u.b.size &&
		       memcmp(a->u.b.data, b->u.b.data, a->u.b.size) == 0;
	default:
		return true;
	}
}

/** Write a message again, in a bundle of its time. @return bytes, or 0 */
static size_t
rewrite(const struct osc_message *m, uint8_t *out)
{
	static uint8_t message[ROOM];
	struct osc_out o;
	struct osc_args args;
	struct osc_arg a;
	size_t size;

	osc_begin(&o, message, sizeof message, m->address);
	osc_args_begin(&args, m);
	while (osc_args_next(&args, &a)) {
		double number;
		int32_t whole;
		must(again_put(&o, &a),
			"a checked packet has only known types");
		if (osc_whole(&a, &whole) == 0) {
			must(osc_number(&a, &number) && number == (double)whole,
				"a whole number is a number");
		}
	}
	size_t bytes = osc_end(&o);
	if (bytes == 0) {
		must(strlen(m->types) > OSC_MAX_TYPES,
			"only too many types do not fit");
		return 0;
	}
	must(osc_bundle_begin(out, ROOM + 64, &size, m->time), "begin");
	must(osc_bundle_add(out, ROOM + 64, &size, message, bytes), "add");
	return size;
}

static void
compare(const struct osc_message *m, const uint8_t *again, size_t size)
{
	struct osc_walk w;
	struct osc_message n;
	struct osc_args left, right;
	struct osc_arg a, b;

	must(osc_check(again, size) == NULL, "what we write is sound");
	osc_walk_begin(&w, again, size);
	must(osc_walk_next(&w, &n), "it is one message");
	must(strcmp(m->address, n.address) == 0, "same address");
	must(strcmp(m->types, n.types) == 0, "same types");
	must(m->time == n.time, "same time");
	osc_args_begin(&left, m);
	osc_args_begin(&right, &n);
	while (osc_args_next(&left, &a)) {
		must(osc_args_next(&right, &b), "as many arguments");
		must(is_same(&a, &b), "same arguments");
	}
	must(!osc_args_next(&right, &b), "no more arguments");
	must(!osc_walk_next(&w, &n), "no more messages");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[ROOM + 64];
	char text[300];
	struct osc_walk w;
	struct osc_message m;

	if (size > ROOM / 2 || osc_check(data, size) != NULL) {
		return 0;
	}
	osc_walk_begin(&w, data, size);
	while (osc_walk_next(&w, &m)) {
		must(m.start >= data && m.end <= data + size &&
				m.args >= m.start && m.args <= m.end,
			"a message lies in its packet");
		size_t bytes = rewrite(&m, again);
		if (bytes != 0) {
			compare(&m, again, bytes);
		}
		size_t room = size % sizeof text + 1;
		size_t length = osc_text_show(&m, text, room);
		must(length < room && text[length] == '\0',
			"text stays in its room");
	}
	return 0;
}
