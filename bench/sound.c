/* SPDX-License-Identifier: MIT */
/*
 * sound.c -- see sound.h.
 */
#include "sound.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
fail(const char *path, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", path, why);
	exit(EXIT_FAILURE);
}

/** All of a file. @owns the caller frees */
static uint8_t *
slurp(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	uint8_t *data = NULL;
	size_t room = 0;
	size_t got;

	if (f == NULL) {
		fail(path, "cannot be opened");
	}
	*size = 0;
	do {
		room += 1 << 20;
		data = realloc(data, room);
		if (data == NULL) {
			fail(path, "no memory");
		}
		got = fread(data + *size, 1, room - *size, f);
		*size += got;
	} while (got != 0);
	fclose(f);
	return data;
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

void
sound_read(const char *path, struct sound *s)
{
	size_t size;
	uint8_t *data = slurp(path, &size);
	size_t at = 12;

	if (size < 12 || memcmp(data, "RIFF", 4) != 0) {
		fail(path, "no WAV");
	}
	while (at + 8 <= size && memcmp(data + at, "data", 4) != 0) {
		at += 8 + (size_t)le32(data + at + 4) + le32(data + at + 4) % 2;
	}
	if (at + 8 > size) {
		fail(path, "a WAV without data");
	}
	size_t bytes = le32(data + at + 4);
	bytes = bytes < size - at - 8 ? bytes : size - at - 8;
	s->frames = bytes / sizeof *s->frame;
	s->frame = malloc(bytes + 1);
	if (s->frame == NULL) {
		fail(path, "no memory");
	}
	memcpy(s->frame, data + at + 8, s->frames * sizeof *s->frame);
	free(data);
}

void
sound_close(struct sound *s)
{
	free(s->frame);
	*s = (struct sound){0};
}

double
sound_level_db(const struct sound *s, size_t first, size_t count)
{
	double sum = 0.0;

	if (first + count > s->frames) {
		return -HUGE_VAL;
	}
	for (size_t i = first; i < first + count; i++) {
		sum += (double)s->frame[i] * (double)s->frame[i];
	}
	return 10.0 * log10(sum / (double)count);
}

/** Is there something to be heard in both? */
static int
sound_both(const struct sound *a, const struct sound *b, size_t first,
	size_t count)
{
	return sound_level_db(a, first, count) > -100.0 &&
	       sound_level_db(b, first, count) > -100.0;
}

double
sound_apart(const struct sound *a, const struct sound *b, size_t first,
	size_t count)
{
	double most = 0.0;

	if (!sound_both(a, b, first, count)) {
		return HUGE_VAL;
	}
	for (size_t i = first; i < first + count; i++) {
		double d = fabs((double)a->frame[i] - (double)b->frame[i]);
		most = d > most ? d : most;
	}
	return most;
}

double
sound_differing(const struct sound *a, const struct sound *b, size_t first,
	size_t count)
{
	double differ = 0.0;

	if (!sound_both(a, b, first, count)) {
		return (double)count;
	}
	for (size_t i = first; i < first + count; i++) {
		differ += memcmp(&a->frame[i], &b->frame[i],
				  sizeof *a->frame) != 0
				  ? 1.0
				  : 0.0;
	}
	return differ;
}
