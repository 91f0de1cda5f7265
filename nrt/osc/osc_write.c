/* SPDX-License-Identifier: MIT */
/*
 * osc_write.c -- see osc_write.h.
 *
 *	data: | address, padded | arguments so far ...        | free |
 *	end:  | address, padded | types, padded | arguments   | free |
 *
 * A put is refused as soon as the whole message, its types included, would
 * not fit any more; so osc_end always has room for its move.
 */
#include "osc_write.h"

#include <string.h>

#define MAX_ARRAY   8  /* what osc_check lets through */
#define BUNDLE_HEAD 16 /* "#bundle", NUL, time tag */

static void
write_32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

static void
write_64(uint8_t *at, uint64_t value)
{
	write_32(at, (uint32_t)(value >> 32));
	write_32(at + 4, (uint32_t)value);
}

static size_t
padded(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;
}

/** Bytes of the type tag string: comma, `count` tags, NUL, padding. */
static size_t
types_size(uint32_t count)
{
	return padded((size_t)count + 2);
}

size_t
osc_size(const struct osc_out *o)
{
	return o->address + types_size(o->types) + o->args;
}

/**
 * Note a type and make room for its argument.
 * @return where the argument's `size` bytes go, its last word cleared; NULL
 *         when it does not fit
 */
static uint8_t *
put(struct osc_out *o, char type, size_t size)
{
	if (o->failed || o->types == OSC_MAX_TYPES || size > o->room ||
		o->address + types_size(o->types + 1) + o->args + size >
			o->room) {
		o->failed = true;
		return NULL;
	}
	uint8_t *at = o->data + o->address + o->args;
	o->type[1 + o->types++] = type;
	o->args += size;
	if (size != 0) {
		memset(at + size - 4, 0, 4);
	}
	return at;
}

void
osc_begin(struct osc_out *o, void *data, size_t room, const char *address)
{
	size_t length = strlen(address);

	o->data = data;
	o->room = room;
	o->args = 0;
	o->types = 0;
	o->type[0] = ',';
	o->address = padded(length + 1);
	o->failed = address[0] != '/' || osc_size(o) > room;
	if (!o->failed) {
		memset(o->data + o->address - 4, 0, 4);
		memcpy(o->data, address, length);
	}
}

void
osc_put_int(struct osc_out *o, int32_t value)
{
	uint8_t *at = put(o, 'i', 4);

	if (at != NULL) {
		write_32(at, (uint32_t)value);
	}
}

void
osc_put_float(struct osc_out *o, float value)
{
	uint8_t *at = put(o, 'f', 4);
	uint32_t bits;

	if (at != NULL) {
		memcpy(&bits, &value, sizeof bits);
		write_32(at, bits);
	}
}

void
osc_put_string(struct osc_out *o, const char *value)
{
	size_t length = strlen(value);
	uint8_t *at = put(o, 's', padded(length + 1));

	if (at != NULL) {
		memcpy(at, value, length);
	}
}

void
osc_put_blob(struct osc_out *o, const void *data, uint32_t size)
{
	if (size > INT32_MAX - 8) {
		o->failed = true;
		return;
	}
	uint8_t *at = put(o, 'b', 4 + padded(size));
	if (at != NULL) {
		write_32(at, size);
		if (size != 0) {
			memcpy(at + 4, data, size);
		}
	}
}

void
osc_put_int64(struct osc_out *o, int64_t value)
{
	uint8_t *at = put(o, 'h', 8);

	if (at != NULL) {
		write_64(at, (uint64_t)value);
	}
}

void
osc_put_double(struct osc_out *o, double value)
{
	uint8_t *at = put(o, 'd', 8);
	uint64_t bits;

	if (at != NULL) {
		memcpy(&bits, &value, sizeof bits);
		write_64(at, bits);
	}
}

void
osc_put_time(struct osc_out *o, uint64_t ntp)
{
	uint8_t *at = put(o, 't', 8);

	if (at != NULL) {
		write_64(at, ntp);
	}
}

void
osc_put_bool(struct osc_out *o, bool value)
{
	put(o, value ? 'T' : 'F', 0);
}

void
osc_put_nil(struct osc_out *o)
{
	put(o, 'N', 0);
}

void
osc_put_impulse(struct osc_out *o)
{
	put(o, 'I', 0);
}

void
osc_put_array(struct osc_out *o)
{
	put(o, '[', 0);
}

void
osc_end_array(struct osc_out *o)
{
	put(o, ']', 0);
}

/** Is every array ended, and none deeper than a reader takes? */
static bool
is_balanced(const struct osc_out *o)
{
	uint32_t depth = 0;

	for (uint32_t i = 1; i <= o->types; i++) {
		if (o->type[i] == '[' && ++depth > MAX_ARRAY) {
			return false;
		}
		if (o->type[i] == ']' && depth-- == 0) {
			return false;
		}
	}
	return depth == 0;
}

size_t
osc_end(struct osc_out *o)
{
	if (o->failed || !is_balanced(o)) {
		o->failed = true;
		return 0;
	}
	size_t types = types_size(o->types);
	uint8_t *at = o->data + o->address;
	memmove(at + types, at, o->args);
	memset(at + types - 4, 0, 4);
	memcpy(at, o->type, (size_t)o->types + 1);
	return o->address + types + o->args;
}

bool
osc_bundle_begin(void *data, size_t room, size_t *size, uint64_t ntp)
{
	uint8_t *at = data;

	if (room < BUNDLE_HEAD) {
		return false;
	}
	memcpy(at, "#bundle", 8);
	write_64(at + 8, ntp);
	*size = BUNDLE_HEAD;
	return true;
}

bool
osc_bundle_add(void *data, size_t room, size_t *size, const void *element,
	size_t bytes)
{
	if (bytes == 0 || bytes % 4 != 0 || bytes > INT32_MAX || *size > room ||
		room - *size < 4 || bytes > room - *size - 4) {
		return false;
	}
	uint8_t *at = (uint8_t *)data + *size;
	write_32(at, (uint32_t)bytes);
	memcpy(at + 4, element, bytes);
	*size += 4 + bytes;
	return true;
}
