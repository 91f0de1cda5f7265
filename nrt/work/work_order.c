/* SPDX-License-Identifier: MIT */
/*
 * work_order.c -- see work_order.h.
 */
#include "work_order.h"

#include <stdlib.h>
#include <string.h>

size_t
work_order_bytes(const TactusValue *values, uint32_t count)
{
	size_t bytes = count * sizeof *values;

	for (uint32_t i = 0; i < count; i++) {
		bytes += values[i].type == 's' ? strlen(values[i].string) + 1
					       : 0;
	}
	return bytes;
}

/* Copy the arguments into one piece, their strings behind them. */
static bool
copy_values(struct work_order *o, const TactusValue *values, uint32_t count)
{
	size_t bytes = work_order_bytes(values, count);

	if (count == 0) {
		return true;
	}
	o->values = malloc(bytes);
	if (o->values == NULL) {
		return false;
	}
	char *at = (char *)(o->values + count);
	for (uint32_t i = 0; i < count; i++) {
		o->values[i] = values[i];
		o->values[i].string = NULL;
		if (values[i].type == 's') {
			size_t n = strlen(values[i].string) + 1;

			memcpy(at, values[i].string, n);
			o->values[i].string = at;
			at += n;
		}
	}
	o->count = count;
	o->bytes = bytes;
	return true;
}

struct work_order *
work_order_new(enum work_kind kind, int32_t id, const TactusValue *values,
	uint32_t count)
{
	struct work_order *o = calloc(1, sizeof *o);

	if (o == NULL || !copy_values(o, values, count)) {
		free(o);
		return NULL;
	}
	o->own.kind = kind;
	o->own.id = id;
	o->own.order = o;
	o->work = &o->own;
	return o;
}

struct work_order *
work_order_of(struct work *work)
{
	struct work_order *o = calloc(1, sizeof *o);

	if (o != NULL) {
		o->work = work;
		work->order = o;
	}
	return o;
}

void
work_order_forget_values(struct work_order *o)
{
	free(o->values);
	o->values = NULL;
	o->count = 0;
	o->bytes = 0;
}

void
work_order_free(struct work_order *o)
{
	if (o == NULL) {
		return;
	}
	host_job_fini(&o->job);
	free(o->values);
	free(o);
}
