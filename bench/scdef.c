/* SPDX-License-Identifier: MIT */
/*
 * scdef.c -- see scdef.h.
 */
#include "scdef.h"

#include <string.h>

struct out {
	uint8_t *to;
	size_t room;
	size_t size; /* that it takes, room or not */
};

static void
put(struct out *o, const void *bytes, size_t count)
{
	if (o->size + count <= o->room) {
		memcpy(o->to + o->size, bytes, count);
	}
	o->size += count;
}

/** A number of 1, 2 or 4 bytes, highest first. */
static void
put_int(struct out *o, int32_t value, int bytes)
{
	uint8_t b[4];

	for (int i = 0; i < bytes; i++) {
		b[i] = (uint8_t)((uint32_t)value >> 8 * (bytes - 1 - i));
	}
	put(o, b, (size_t)bytes);
}

static void
put_float(struct out *o, float value)
{
	int32_t bits;

	memcpy(&bits, &value, sizeof bits);
	put_int(o, bits, 4);
}

static void
put_text(struct out *o, const char *text)
{
	put_int(o, (int32_t)strlen(text), 1);
	put(o, text, strlen(text));
}

static void
put_ugen(struct out *o, const struct scdef_ugen *u)
{
	put_text(o, u->name);
	put_int(o, u->rate, 1);
	put_int(o, u->inputs, 4);
	put_int(o, u->outputs, 4);
	put_int(o, u->special, 2);
	for (int i = 0; i < u->inputs; i++) {
		put_int(o, u->input[i].ugen, 4);
		put_int(o, u->input[i].out, 4);
	}
	for (int i = 0; i < u->outputs; i++) {
		put_int(o, u->rate, 1);
	}
}

size_t
scdef_write(const struct scdef *def, uint8_t *to, size_t room)
{
	struct out o = {to, room, 0};
	int ugens = 0;

	put(&o, "SCgf", 4);
	put_int(&o, 2, 4);
	put_int(&o, 1, 2);
	put_text(&o, def->name);
	put_int(&o, def->constants, 4);
	for (int i = 0; i < def->constants; i++) {
		put_float(&o, def->constant[i]);
	}
	put_int(&o, def->parameters, 4);
	for (int i = 0; i < def->parameters; i++) {
		put_float(&o, 0.0F);
	}
	put_int(&o, def->parameters, 4);
	for (int i = 0; i < def->parameters; i++) {
		put_text(&o, def->parameter[i]);
		put_int(&o, i, 4);
	}
	while (ugens < SCDEF_UGENS && def->ugen[ugens].name != NULL) {
		ugens++;
	}
	put_int(&o, ugens, 4);
	for (int i = 0; i < ugens; i++) {
		put_ugen(&o, &def->ugen[i]);
	}
	put_int(&o, 0, 2); /* variants */
	return o.size <= o.room ? o.size : 0;
}
