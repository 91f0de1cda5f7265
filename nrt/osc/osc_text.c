/* SPDX-License-Identifier: MIT */
/*
 * osc_text.c -- see osc_text.h.  This half shows; osc_text_parse.c reads.
 */
#include "osc_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

#define NUMBER_ROOM 40
#define BLOB_SHOWN  64 /* bytes of a blob before "..." */

/** Text that grows until its buffer is full. */
struct text {
	char *at;
	size_t room; /* without the NUL */
	size_t length;
	size_t whole; /* where the last whole piece ended that leaves room for
			 "..." behind it */
	bool full;
};

static void
text_begin(struct text *t, char *out, size_t room)
{
	t->at = out;
	t->room = room == 0 ? 0 : room - 1;
	t->length = 0;
	t->whole = 0;
	t->full = room == 0;
}

/** Add a piece whole or not at all. */
static void
add(struct text *t, const char *piece, size_t size)
{
	if (t->full || size > t->room - t->length) {
		t->full = true;
		return;
	}
	memcpy(t->at + t->length, piece, size);
	t->length += size;
	if (t->length + 3 <= t->room) {
		t->whole = t->length;
	}
}

static void
add_text(struct text *t, const char *piece)
{
	add(t, piece, strlen(piece));
}

static size_t
text_end(struct text *t, size_t room)
{
	if (room == 0) {
		return 0;
	}
	if (t->full) {
		size_t dots = t->room < 3 ? t->room : 3;
		memcpy(t->at + t->whole, "...", dots);
		t->length = t->whole + dots;
	}
	t->at[t->length] = '\0';
	return t->length;
}

static void
add_escaped(struct text *t, const char *bytes, size_t size)
{
	while (size > 0 && !t->full) {
		char piece[PRINTABLE_PIECE];
		size_t wide;
		size_t n = printable_next(bytes, size, true, piece, &wide);

		add(t, piece, wide);
		bytes += n;
		size -= n;
	}
}

size_t
osc_text_escape(const char *bytes, size_t size, char *out, size_t room)
{
	struct text t;

	text_begin(&t, out, room);
	add_escaped(&t, bytes, size);
	return text_end(&t, room);
}

/** The shortest decimal that reads back as the same number. */
static void
add_number(struct text *t, double value, bool single)
{
	char digits[NUMBER_ROOM];
	int last = single ? 9 : 17;

	for (int n = single ? 6 : 15; n <= last; n++) {
		snprintf(digits, sizeof digits, "%.*g", n, value);
		if (single ? strtof(digits, NULL) == (float)value
			   : strtod(digits, NULL) == value) {
			break;
		}
	}
	add_text(t, digits);
	if (strspn(digits, "-0123456789") == strlen(digits)) {
		add_text(t, ".0");
	}
}

/** @return false when the blob was not shown whole */
static void
add_blob(struct text *t, const uint8_t *data, uint32_t size)
{
	char hex[3];

	add_text(t, "b:");
	for (uint32_t i = 0; i < size && i < BLOB_SHOWN && !t->full; i++) {
		snprintf(hex, sizeof hex, "%02x", data[i]);
		add_text(t, hex);
	}
	if (size > BLOB_SHOWN) {
		char rest[NUMBER_ROOM];
		snprintf(rest, sizeof rest, "...(%" PRIu32 " bytes)", size);
		add_text(t, rest);
	}
}

static void
add_arg(struct text *t, const struct osc_arg *a)
{
	char word[NUMBER_ROOM];

	switch (a->type) {
	case 'i':
		snprintf(word, sizeof word, "%" PRId32, a->u.i);
		add_text(t, word);
		break;
	case 'h':
		snprintf(word, sizeof word, "h:%" PRId64, a->u.h);
		add_text(t, word);
		break;
	case 't':
		snprintf(word, sizeof word, "t:0x%016" PRIx64, a->u.t);
		add_text(t, a->u.t == OSC_NOW ? "t:now" : word);
		break;
	case 'f':
		add_number(t, (double)a->u.f, true);
		break;
	case 'd':
		add_text(t, "d:");
		add_number(t, a->u.d, false);
		break;
	case 's':
		add_text(t, "\"");
		add_escaped(t, a->u.s, strlen(a->u.s));
		add_text(t, "\"");
		break;
	case 'b':
		add_blob(t, a->u.b.data, a->u.b.size);
		break;
	default: /* T F N I [ ] */
		add(t, &a->type, 1);
		break;
	}
}

size_t
osc_text_show(const struct osc_message *m, char *out, size_t room)
{
	struct text t;
	struct osc_args args;
	struct osc_arg a;

	text_begin(&t, out, room);
	add_escaped(&t, m->address, strlen(m->address));
	osc_args_begin(&args, m);
	while (!t.full && osc_args_next(&args, &a)) {
		add_text(&t, " ");
		add_arg(&t, &a);
	}
	return text_end(&t, room);
}
