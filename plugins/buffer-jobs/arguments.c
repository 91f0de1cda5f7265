/* SPDX-License-Identifier: MIT */
/*
 * arguments.c -- see arguments.h.
 */
#include "arguments.h"

#include <inttypes.h>
#include <stdio.h>

/** What an argument has to be, in words. */
static int
refuse(int code, const struct argument *a, char *reason, size_t size)
{
	if (a->type == 's') {
		snprintf(reason, size, "%s must be a string", a->name);
	} else if (a->least <= -ARGUMENTS_MOST && a->most >= ARGUMENTS_MOST) {
		snprintf(reason, size, "%s must be a %s", a->name,
			a->type == 'i' ? "whole number" : "number");
	} else if (a->most >= ARGUMENTS_MOST) {
		snprintf(reason, size, "%s must be a %s of at least %.12g",
			a->name, a->type == 'i' ? "whole number" : "number",
			a->least);
	} else {
		snprintf(reason, size, "%s must be a %s from %.12g to %.12g",
			a->name, a->type == 'i' ? "whole number" : "number",
			a->least, a->most);
	}
	return code;
}

static int
check_one(const struct argument *a, const TactusValue *v, char *reason,
	size_t size)
{
	int64_t whole = 0;
	double number;

	if (a->type == 's') {
		if (v->type != 's' || v->string == NULL) {
			return refuse(400, a, reason, size);
		}
		return 0;
	}
	if (v->type == 's') {
		return refuse(400, a, reason, size);
	}
	if (a->type == 'i') {
		if (!tactus_value_whole(v, &whole)) {
			return refuse(400, a, reason, size);
		}
		number = (double)whole;
	} else {
		number = v->type == 'f' ? v->number : (double)v->integer;
	}
	return number >= a->least && number <= a->most
		       ? 0
		       : refuse(422, a, reason, size);
}

int
arguments_check(const struct argument *table, uint32_t entries, bool repeats,
	const TactusValue *values, uint32_t count, char *reason, size_t size)
{
	uint32_t wanted = repeats && count > entries
				  ? (count + entries - 1) / entries * entries
				  : entries;

	if (count > wanted) {
		if (entries == 0) {
			snprintf(reason, size,
				"takes no arguments, not %" PRIu32, count);
		} else {
			snprintf(reason, size,
				"takes at most %" PRIu32
				" arguments, the last is %s; %" PRIu32
				" were given",
				entries, table[entries - 1].name, count);
		}
		return 400;
	}
	for (uint32_t i = 0; i < wanted; i++) {
		const struct argument *a = &table[i % entries];

		if (i >= count) {
			if (a->is_optional) {
				continue;
			}
			snprintf(reason, size,
				"%s is missing: argument %" PRIu32, a->name,
				i + 1);
			return 400;
		}
		int code = check_one(a, &values[i], reason, size);
		if (code != 0) {
			return code;
		}
	}
	return 0;
}

int64_t
arguments_whole(const TactusValue *values, uint32_t count, uint32_t index,
	int64_t otherwise)
{
	int64_t whole = otherwise;

	if (index < count && !tactus_value_whole(&values[index], &whole)) {
		return otherwise;
	}
	return whole;
}

double
arguments_number(const TactusValue *values, uint32_t count, uint32_t index,
	double otherwise)
{
	if (index >= count) {
		return otherwise;
	}
	return values[index].type == 'f' ? values[index].number
					 : (double)values[index].integer;
}

int
arguments_range(const TactusAudioBuffer *buffer, const TactusValue *values,
	uint32_t count, uint32_t index, struct arguments_range *out,
	char *reason, size_t size)
{
	int64_t start = arguments_whole(values, count, index, 0);
	int64_t frames = arguments_whole(values, count, index + 1, 0);

	if (start < 0 || start >= buffer->frames) {
		snprintf(reason, size,
			"start %" PRId64
			" is beyond the end: the buffer has %" PRId64 " frames",
			start, buffer->frames);
		return -1;
	}
	if (frames < 0 || frames > buffer->frames - start) {
		snprintf(reason, size,
			"%" PRId64 " frames from %" PRId64
			" go beyond the end: the buffer has %" PRId64
			"; 0 means up to the end",
			frames, start, buffer->frames);
		return -1;
	}
	out->start = start;
	out->frames = frames > 0 ? frames : buffer->frames - start;
	return 0;
}
