/* SPDX-License-Identifier: MIT */
/*
 * osc_read.h -- Open Sound Control packets, taken apart where they lie.
 *
 * OSC 1.0 with the common 1.1 types: i f s b h d t T F N I [ ].  Nothing is
 * copied or allocated; nothing recurses; nothing outside the packet is read,
 * whatever stands in it.  A packet is checked once, whole; after that walking
 * cannot fail.  Pure: no thread, no state but the caller's.
 *
 * See Wright, "The Open Sound Control 1.0 Specification" (2002) and Freed and
 * Schmeder, "Features and Future of Open Sound Control version 1.1" (2009).
 */
#ifndef TACTUS_NRT_OSC_READ_H
#define TACTUS_NRT_OSC_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mark.h"

#define OSC_MAX_DEPTH 16 /* bundles within bundles */
#define OSC_MAX_ARRAY 8  /* arrays within arrays */
#define OSC_NOW       1  /* the time tag that means "at once"; so does 0 */

/** A message in a checked packet; points into it. */
struct osc_message {
	const char *address;
	const char *types;    /* without the comma; "" when there were none */
	const uint8_t *args;  /* the first argument's bytes */
	const uint8_t *end;   /* behind the message */
	bool repeats;         /* address and types are those of the message
				 before it */
	uint64_t time;        /* the NTP tag that holds for it; 0 outside of
				 bundles; never earlier than the outer one's */
	const uint8_t *start; /* the message itself, for copying */
};

/** One argument. */
struct osc_arg {
	char type; /* i f s b h d t T F N I [ ] */
	union {
		int32_t i;
		float f;
		double d;
		int64_t h;
		uint64_t t;
		const char *s;
		struct {
			const uint8_t *data;
			uint32_t size;
		} b;
	} u;
};

/**
 * Check a whole packet: sizes, alignment, depth, types, every message.
 * @thread any
 * @return NULL when it is sound; else what is wrong, for /error "" 400
 */
TACTUS_NODISCARD const char *osc_check(const void *packet, size_t size);

/** Where a walk through a packet stands. */
struct osc_walk {
	const uint8_t *at;
	const uint8_t *end;
	/* the message before: most begin as it does */
	const uint8_t *before;
	size_t types; /* where its type tags are, and its first argument */
	size_t args;
	uint32_t depth;
	struct {
		const uint8_t *end;
		uint64_t time;
	} bundle[OSC_MAX_DEPTH + 1];
};

/** Begin to walk a packet that osc_check found sound. @thread any */
void osc_walk_begin(struct osc_walk *w, const void *packet, size_t size);

/** The next message, in order; false at the end. @thread any */
TACTUS_NODISCARD bool osc_walk_next(
	struct osc_walk *w, struct osc_message *out);

/**
 * Pass over the next message, unread.
 * @thread any
 * @return its address; NULL at the end. `*time` as in osc_message
 */
TACTUS_NODISCARD const char *osc_walk_pass(struct osc_walk *w, uint64_t *time);

/** Is the packet a bundle? @thread any */
bool osc_is_bundle(const void *packet, size_t size);

/** Is all of a checked bundle certainly due at once? One that holds what
 * looks like another bundle is not looked into. @thread any */
bool osc_is_at_once(const void *packet, size_t size);

/** Where a walk through a message's arguments stands. */
struct osc_args {
	const uint8_t *at;
	const char *type;
	const uint8_t *end;
};

/** Begin to walk the arguments of a message. @thread any */
static inline void
osc_args_begin(struct osc_args *a, const struct osc_message *m)
{
	a->at = m->args;
	a->type = m->types;
	a->end = m->end;
}

/** The 32 bits at `at`, which are the highest first. */
static inline uint32_t
osc_read_32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/** Is one of the four bytes at `at` a NUL? */
static inline bool
osc_has_nul(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof word);
	/* a borrow from a byte that is 0 sets its top bit, which was clear
	 * (Mycroft, 1987) */
	return ((word - 0x01010101U) & ~word & 0x80808080U) != 0;
}

/** Are two pieces the same?  They are a multiple of four bytes long. */
static inline bool
osc_is_same(const uint8_t *a, const uint8_t *b, size_t size)
{
	size_t i = 0;

	for (; i + 8 <= size; i += 8) {
		if (memcmp(a + i, b + i, 8) != 0) {
			return false;
		}
	}
	return i == size || memcmp(a + i, b + i, 4) == 0;
}

/**
 * Go on from a message to the next one, if that stands right behind it in the
 * same bundle, is as long and begins alike.
 * @thread any
 * @param m the message that came last; the next one then
 */
static inline bool
osc_walk_again(struct osc_walk *w, struct osc_message *m)
{
	size_t size = (size_t)(m->end - m->start);

	if (w->depth == 0 || w->before != m->start ||
		(size_t)(w->bundle[w->depth].end - w->at) < 4 + size ||
		osc_read_32(w->at) != size ||
		!osc_is_same(w->at + 4, m->start, w->args)) {
		return false;
	}
	const uint8_t *at = w->at + 4;
	m->start = at;
	m->end = at + size;
	m->address = (const char *)at;
	m->types = (const char *)at + w->types;
	m->args = at + w->args;
	m->repeats = true;
	w->before = at;
	w->at = at + size;
	return true;
}

/** Behind the string at `at`, which was checked. */
static inline const uint8_t *
osc_skip_string(const uint8_t *at)
{
	while (!osc_has_nul(at)) {
		at += 4;
	}
	return at + 4;
}

/** The next argument; arrays show as '[' and ']'. False at the end.
 * @thread any */
TACTUS_NODISCARD bool osc_args_next(struct osc_args *a, struct osc_arg *out);

/* The next argument if it is of one type; else nothing is taken. */

static inline bool
osc_args_int(struct osc_args *a, int32_t *out)
{
	if (*a->type != 'i') {
		return false;
	}
	a->type++;
	*out = (int32_t)osc_read_32(a->at);
	a->at += 4;
	return true;
}

static inline bool
osc_args_float(struct osc_args *a, float *out)
{
	if (*a->type != 'f') {
		return false;
	}
	uint32_t bits = osc_read_32(a->at);
	memcpy(out, &bits, sizeof bits);
	a->type++;
	a->at += 4;
	return true;
}

/** A string, and its bytes with NUL and padding; NULL: it is none. */
static inline const char *
osc_args_text(struct osc_args *a, size_t *size)
{
	if (*a->type != 's') {
		return NULL;
	}
	const uint8_t *text = a->at;
	a->type++;
	a->at = osc_skip_string(text);
	*size = (size_t)(a->at - text);
	return (const char *)text;
}

/**
 * A number from i, f, d, h (and T, F as 1, 0).
 * @return false when it is of another type
 */
TACTUS_NODISCARD bool osc_number(const struct osc_arg *a, double *out);

/**
 * A whole number within int32 from i, h, f, d (and T, F as 1, 0).
 * @return 0; 400 another type; 422 not whole or out of range
 */
TACTUS_NODISCARD int osc_whole(const struct osc_arg *a, int32_t *out);

/** A string or NULL when it is none. */
const char *osc_text(const struct osc_arg *a);

#endif
