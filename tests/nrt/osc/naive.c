/* SPDX-License-Identifier: MIT */
/*
 * naive.c -- see naive.h.
 */
#include "naive.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osc_read.h"

void
naive_add(struct naive_text *t, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int n = vsnprintf(
		t->at + t->length, NAIVE_ROOM - t->length, format, list);
	va_end(list);
	if (n < 0 || (size_t)n >= NAIVE_ROOM - t->length) {
		abort();
	}
	t->length += (size_t)n;
}

static uint64_t
big_endian(const uint8_t *at, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++) {
		value = value * 256 + at[i];
	}
	return value;
}

/** A padded string from `*at` on. @return NULL: it does not end */
static const char *
naive_string(const uint8_t *packet, size_t *at, size_t size)
{
	const char *text = (const char *)packet + *at;

	for (size_t i = *at; i < size; i++) {
		if (packet[i] == 0) {
			while ((i + 1) % 4 != 0) {
				i++;
			}
			*at = i + 1;
			return *at <= size ? text : NULL;
		}
	}
	return NULL;
}

static bool
naive_argument(struct naive_text *t, char type, const uint8_t *p, size_t *at,
	size_t size)
{
	size_t bytes = strchr("if", type) != NULL    ? 4
		       : strchr("hdt", type) != NULL ? 8
						     : 0;

	naive_add(t, " %c", type);
	if (type == 's') {
		const char *text = naive_string(p, at, size);
		if (text != NULL) {
			naive_add(t, "%s", text);
		}
		return text != NULL;
	}
	if (type == 'b') {
		if (*at + 4 > size) {
			return false;
		}
		uint64_t blob = big_endian(p + *at, 4);
		*at += 4;
		if (blob >= 0x80000000 || *at + (blob + 3) / 4 * 4 > size) {
			return false;
		}
		for (uint64_t i = 0; i < blob; i++) {
			naive_add(t, "%02x", p[*at + i]);
		}
		*at += (blob + 3) / 4 * 4;
		return true;
	}
	if (bytes != 0) {
		if (*at + bytes > size) {
			return false;
		}
		naive_add(t, "%" PRIx64, big_endian(p + *at, (int)bytes));
		*at += bytes;
		return true;
	}
	return strchr("TFNI", type) != NULL;
}

static bool
naive_message(
	struct naive_text *t, uint64_t time, const uint8_t *p, size_t size)
{
	size_t at = 0;
	const char *address = naive_string(p, &at, size);
	int depth = 0;

	if (address == NULL || address[0] != '/') {
		return false;
	}
	naive_add(t, "%" PRIx64 " %s", time, address);
	if (at == size) {
		naive_add(t, "\n");
		return true;
	}
	const char *types = naive_string(p, &at, size);
	if (types == NULL || types[0] != ',') {
		return false;
	}
	for (types++; *types != '\0'; types++) {
		if (*types == '[' || *types == ']') {
			depth += *types == '[' ? 1 : -1;
			if (depth < 0 || depth > 8) {
				return false;
			}
			naive_add(t, " %c", *types);
		} else if (!naive_argument(t, *types, p, &at, size)) {
			return false;
		}
	}
	naive_add(t, "\n");
	return depth == 0 && at == size;
}

static bool
naive_element(struct naive_text *t, int depth, uint64_t outer, const uint8_t *p,
	size_t size)
{
	if (size == 0 || size % 4 != 0) {
		return false;
	}
	if (p[0] != '#') {
		return naive_message(t, outer, p, size);
	}
	if (size < 16 || memcmp(p, "#bundle", 8) != 0 || depth == 16) {
		return false;
	}
	uint64_t time = big_endian(p + 8, 8);
	if (time < outer) {
		time = outer;
	}
	size_t at = 16;
	while (at < size) {
		if (at + 4 > size) {
			return false;
		}
		uint64_t bytes = big_endian(p + at, 4);
		at += 4;
		if (bytes > size - at || !naive_element(t, depth + 1, time,
						 p + at, (size_t)bytes)) {
			return false;
		}
		at += (size_t)bytes;
	}
	return true;
}

bool
naive_read(struct naive_text *t, const uint8_t *packet, size_t size)
{
	t->length = 0;
	t->at[0] = '\0';
	return naive_element(t, 0, 0, packet, size);
}

static void
must_lie_within(
	const void *at, size_t bytes, const uint8_t *packet, size_t size)
{
	const uint8_t *from = at;

	if (from < packet || from > packet + size ||
		bytes > (size_t)(packet + size - from)) {
		fprintf(stderr, "a pointer leaves its packet\n");
		abort();
	}
}

static void
walk_argument(struct naive_text *t, const struct osc_arg *a,
	const uint8_t *packet, size_t size)
{
	uint32_t bits;
	uint64_t wide;

	naive_add(t, " %c", a->type);
	switch (a->type) {
	case 'i':
		naive_add(t, "%" PRIx32, (uint32_t)a->u.i);
		break;
	case 'f':
		memcpy(&bits, &a->u.f, sizeof bits);
		naive_add(t, "%" PRIx32, bits);
		break;
	case 'd':
		memcpy(&wide, &a->u.d, sizeof wide);
		naive_add(t, "%" PRIx64, wide);
		break;
	case 'h':
		naive_add(t, "%" PRIx64, (uint64_t)a->u.h);
		break;
	case 't':
		naive_add(t, "%" PRIx64, a->u.t);
		break;
	case 's':
		must_lie_within(a->u.s, strlen(a->u.s) + 1, packet, size);
		naive_add(t, "%s", a->u.s);
		break;
	case 'b':
		must_lie_within(a->u.b.data, a->u.b.size, packet, size);
		for (uint32_t i = 0; i < a->u.b.size; i++) {
			naive_add(t, "%02x", a->u.b.data[i]);
		}
		break;
	default:
		break;
	}
}

void
naive_walk(struct naive_text *t, const uint8_t *packet, size_t size)
{
	struct osc_walk w;
	struct osc_message m;
	struct osc_args args;
	struct osc_arg a;

	t->length = 0;
	t->at[0] = '\0';
	osc_walk_begin(&w, packet, size);
	while (osc_walk_next(&w, &m)) {
		must_lie_within(
			m.start, (size_t)(m.end - m.start), packet, size);
		must_lie_within(m.args, (size_t)(m.end - m.args), packet, size);
		naive_add(t, "%" PRIx64 " %s", m.time, m.address);
		osc_args_begin(&args, &m);
		while (osc_args_next(&args, &a)) {
			must_lie_within(args.at, 0, packet, size);
			walk_argument(t, &a, packet, size);
		}
		naive_add(t, "\n");
	}
}
