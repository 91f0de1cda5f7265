/* SPDX-License-Identifier: MIT */
/*
 * score.c -- see score.h.
 */
#include "score.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osc_read.h"

#define LENGTH_BYTES 4  /* of a packet's or an element's length */
#define BUNDLE_HEAD  16 /* "#bundle" and its time tag */
#define FIRST_ROOM   65536

/** What is read, and where a complaint goes. */
struct reading {
	const char *name;
	char *why;
	size_t room;
};

static int wrong(const struct reading *r, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int
wrong(const struct reading *r, int error, const char *format, ...)
{
	va_list list;

	int n = snprintf(r->why, r->room, "%s: ", r->name);
	if (n >= 0 && (size_t)n < r->room) {
		va_start(list, format);
		(void)vsnprintf(r->why + n, r->room - (size_t)n, format, list);
		va_end(list);
	}
	return error;
}

static uint32_t
read_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint64_t
read_tag(const uint8_t *bundle)
{
	uint64_t tag =
		(uint64_t)read_u32(bundle + 8) << 32 | read_u32(bundle + 12);

	return tag == OSC_NOW ? 0 : tag;
}

/* The latest tag of a checked bundle and those in it, empty ones too. */
static uint64_t
latest(const uint8_t *data, size_t size)
{
	struct {
		const uint8_t *at;
		const uint8_t *end;
	} open[OSC_MAX_DEPTH + 1];
	uint64_t last = read_tag(data);
	int depth = 0;

	open[0].at = data + BUNDLE_HEAD;
	open[0].end = data + size;
	while (depth >= 0) {
		if (open[depth].at >= open[depth].end) {
			depth--;
			continue;
		}
		const uint8_t *element = open[depth].at + LENGTH_BYTES;
		uint32_t n = read_u32(open[depth].at);

		open[depth].at = element + n;
		if (depth < OSC_MAX_DEPTH && osc_is_bundle(element, n)) {
			uint64_t tag = read_tag(element);

			last = tag > last ? tag : last;
			depth++;
			open[depth].at = element + BUNDLE_HEAD;
			open[depth].end = element + n;
		}
	}
	return last;
}

/* The packet whose length stands at `at`. */
static int
take(const struct reading *r, const struct score *s, size_t at,
	struct score_packet *out)
{
	if (s->size - at < LENGTH_BYTES) {
		return wrong(r, -EBADMSG,
			"byte %zu: %zu bytes are left, where 4 of a length "
			"should stand: the file is cut off or no score",
			at, s->size - at);
	}
	uint32_t n = read_u32(s->bytes + at);
	if (n == 0 || n % 4 != 0) {
		return wrong(r, -EBADMSG,
			"byte %zu: a length of %" PRIu32 "; an OSC packet has "
			"a multiple of 4 bytes, at least 4",
			at, n);
	}
	if (n > s->size - at - LENGTH_BYTES) {
		return wrong(r, -EBADMSG,
			"byte %zu: a packet of %" PRIu32 " bytes, but only %zu "
			"are left: the file is cut off or no score",
			at, n, s->size - at - LENGTH_BYTES);
	}
	out->data = s->bytes + at + LENGTH_BYTES;
	out->size = n;
	out->offset = at;
	const char *bad = osc_check(out->data, n);
	if (bad != NULL) {
		return wrong(r, -EBADMSG,
			"byte %zu: no OSC packet of %" PRIu32 " bytes: %s",
			at + LENGTH_BYTES, n, bad);
	}
	out->time = osc_is_bundle(out->data, n) ? read_tag(out->data) : 0;
	return 0;
}

static bool
append(struct score *s, uint32_t *room, const struct score_packet *p)
{
	if (s->count == *room) {
		uint32_t more = *room == 0 ? 256 : *room * 2;
		struct score_packet *grown =
			realloc(s->packet, more * sizeof *grown);

		if (grown == NULL) {
			return false;
		}
		s->packet = grown;
		*room = more;
	}
	s->packet[s->count++] = *p;
	return true;
}

static int
by_time(const void *a, const void *b)
{
	const struct score_packet *p = a;
	const struct score_packet *q = b;

	if (p->time != q->time) {
		return p->time < q->time ? -1 : 1;
	}
	return p->offset < q->offset ? -1 : p->offset > q->offset;
}

int
score_open(const char *name, uint8_t *bytes, size_t size, struct score **out,
	char *why, size_t room)
{
	struct reading r = {name, why, room};
	struct score_packet p;
	uint32_t have = 0;
	size_t at = 0;
	int error = 0;

	*out = NULL;
	struct score *s = calloc(1, sizeof *s);
	if (s == NULL) {
		free(bytes);
		return wrong(&r, -ENOMEM, "out of memory");
	}
	s->bytes = bytes;
	s->size = size;
	while (error == 0 && at < size) {
		error = take(&r, s, at, &p);
		if (error == 0 && !append(s, &have, &p)) {
			error = wrong(&r, -ENOMEM, "out of memory");
		}
		if (error == 0) {
			uint64_t last = osc_is_bundle(p.data, p.size)
						? latest(p.data, p.size)
						: 0;

			s->end = last > s->end ? last : s->end;
			at += LENGTH_BYTES + p.size;
		}
	}
	if (error != 0) {
		score_close(s);
		return error;
	}
	if (s->count > 0) {
		qsort(s->packet, s->count, sizeof *s->packet, by_time);
	}
	*out = s;
	return 0;
}

/* All bytes of a file, however it comes. */
static int
read_all(const struct reading *r, FILE *f, uint8_t **bytes, size_t *size)
{
	size_t room = 0;

	*bytes = NULL;
	*size = 0;
	for (;;) {
		if (*size == room) {
			size_t more = room == 0 ? FIRST_ROOM : room * 2;
			uint8_t *grown = NULL;

			if (room >= SCORE_MAX_BYTES) {
				return wrong(r, -EFBIG,
					"larger than 1 GiB: split the score");
			}
			grown = realloc(*bytes, more);
			if (grown == NULL) {
				return wrong(r, -ENOMEM, "out of memory");
			}
			*bytes = grown;
			room = more;
		}
		errno = 0;
		size_t n = fread(*bytes + *size, 1, room - *size, f);
		*size += n;
		if (n == 0) {
			int error = errno != 0 ? errno : EIO;

			return ferror(f) == 0 ? 0
					      : wrong(r, -error, "%s",
							strerror(error));
		}
	}
}

int
score_load(const char *path, struct score **out, char *why, size_t room)
{
	struct reading r = {path, why, room};
	uint8_t *bytes = NULL;
	size_t size = 0;

	*out = NULL;
	FILE *f = fopen(path, "rbe");
	if (f == NULL) {
		int error = errno;

		return wrong(&r, -error, "%s", strerror(error));
	}
	int error = read_all(&r, f, &bytes, &size);
	(void)fclose(f);
	if (error < 0) {
		free(bytes);
		return error;
	}
	return score_open(path, bytes, size, out, why, room);
}

void
score_close(struct score *s)
{
	if (s == NULL) {
		return;
	}
	free(s->packet);
	free(s->bytes);
	free(s);
}

double
score_seconds(uint64_t time)
{
	return (double)time / 4294967296.0;
}
