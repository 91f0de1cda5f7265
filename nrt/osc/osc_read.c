/* SPDX-License-Identifier: MIT */
/*
 * osc_read.c -- see osc_read.h.  Checks a packet once; after that it walks.
 *
 * Everything in a packet is a multiple of four bytes and begins at one, so a
 * string whose NUL lies within its message is padded within it too.  What
 * stands in the padding is nobody's business.
 */
#include "osc_read.h"

#include <string.h>

#define BUNDLE_HEAD 16 /* "#bundle", NUL, time tag */

static uint64_t
read_64(const uint8_t *at)
{
	return (uint64_t)osc_read_32(at) << 32 | osc_read_32(at + 4);
}

static size_t
padded(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;
}

/** Bytes of the string at `at` with NUL and padding; 0: it does not end.
 * Both ends are multiples of four bytes from the packet's first. */
static inline size_t
string_size(const uint8_t *at, const uint8_t *end)
{
	for (const uint8_t *p = at; p != end; p += 4) {
		if (osc_has_nul(p)) {
			return (size_t)(p + 4 - at);
		}
	}
	return 0;
}

/** Check one argument and step over it. @return what is wrong, or NULL */
static const char *
check_arg(char type, const uint8_t **at, const uint8_t *end)
{
	size_t left = (size_t)(end - *at);
	size_t size = 0;

	switch (type) {
	case 'i':
	case 'f':
		size = 4;
		break;
	case 'h':
	case 'd':
	case 't':
		size = 8;
		break;
	case 'b':
		if (left < 4) {
			return "the message ends before the size of a blob";
		}
		size = osc_read_32(*at);
		if (size > INT32_MAX) {
			return "the size of a blob is negative";
		}
		size = 4 + padded(size);
		if (size > left) {
			return "a blob is larger than its message";
		}
		break;
	case 'T':
	case 'F':
	case 'N':
	case 'I':
		break;
	default:
		return "unknown type tag; known are i f s b h d t T F N I "
		       "[ ]";
	}
	if (size > left) {
		return "the message ends before its last argument";
	}
	*at += size;
	return NULL;
}

/** What was found out about the arguments of a message. */
struct extent {
	const uint8_t *text;     /* where its first string begins … */
	const uint8_t *text_end; /* … and its last one ends; NULL: none */
	bool blobs;              /* it has some */
};

static const char *
check_args(const char *type, const uint8_t *at, const uint8_t *end,
	struct extent *x)
{
	uint32_t depth = 0;

	*x = (struct extent){at, NULL, false};

	for (; *type != '\0'; type++) {
		if ((*type == 'i' || *type == 'f') && end - at >= 4) {
			at += 4; /* what most are */
		} else if (*type == 's') {
			size_t size = string_size(at, end);
			if (size == 0) {
				return "a string argument does not end within "
				       "its message";
			}
			x->text = x->text_end == NULL ? at : x->text;
			at += size;
			x->text_end = at;
		} else if (*type == '[') {
			if (++depth > OSC_MAX_ARRAY) {
				return "arrays are nested deeper than 8";
			}
		} else if (*type == ']') {
			if (depth-- == 0) {
				return "an array ends that was not begun";
			}
		} else {
			const char *wrong = check_arg(*type, &at, end);
			x->blobs |= *type == 'b';
			if (wrong != NULL) {
				return wrong;
			}
		}
	}
	if (depth != 0) {
		return "an array is not ended";
	}
	return at == end ? NULL : "there are bytes behind the last argument";
}

/** How a message begins: with its address and its types. */
struct opening {
	const uint8_t *at; /* NULL: of none */
	size_t types;      /* where these begin */
	size_t size;       /* of both */
	/* of a sound message that begins so; 0: of none */
	size_t whole;
	size_t text; /* all its strings, and what stands between them */
	size_t text_size;
};

/** Does a message begin like another?  Then what is known of that holds. */
static inline bool
begins_like(const uint8_t *at, const uint8_t *end, const uint8_t *before,
	size_t size)
{
	return before != NULL && (size_t)(end - at) >= size &&
	       osc_is_same(at, before, size);
}

/** Check address and types. @return what is wrong, or NULL */
static const char *
check_opening(const uint8_t *at, const uint8_t *end, struct opening *out)
{
	if (*at != '/') {
		return "an address does not begin with '/'";
	}
	out->types = string_size(at, end);
	if (out->types == 0) {
		return "an address does not end within its message";
	}
	out->at = NULL;
	out->whole = 0;
	out->size = out->types;
	if (at + out->types == end) {
		return NULL;
	}
	if (at[out->types] != ',') {
		return "arguments without a type tag string";
	}
	size_t size = string_size(at + out->types, end);
	if (size == 0) {
		return "a type tag string does not end within its message";
	}
	out->size += size;
	out->at = at;
	return NULL;
}

/** @param opening that of the message before, then its own */
static const char *
check_message(const uint8_t *at, const uint8_t *end, struct opening *opening)
{
	if (!begins_like(at, end, opening->at, opening->size)) {
		const char *wrong = check_opening(at, end, opening);
		if (wrong != NULL || opening->at == NULL) {
			return wrong;
		}
	} else if ((size_t)(end - at) == opening->whole &&
		   osc_is_same(at + opening->text, opening->at + opening->text,
			   opening->text_size)) {
		/* all that has no size of its own is the same, so that the
		 * same types end where it ends */
		return NULL;
	}
	struct extent x;
	const char *wrong = check_args((const char *)at + opening->types + 1,
		at + opening->size, end, &x);
	if (wrong == NULL && !x.blobs) {
		opening->at = at;
		opening->whole = (size_t)(end - at);
		opening->text = (size_t)(x.text - at);
		opening->text_size =
			x.text_end == NULL ? 0 : (size_t)(x.text_end - x.text);
	}
	return wrong;
}

/** Is the element at `at` meant as a bundle? No message begins with '#'. */
static bool
is_bundle_at(const uint8_t *at)
{
	return *at == '#';
}

static const char *
check_bundle_head(const uint8_t *at, size_t size)
{
	if (size < 8 || memcmp(at, "#bundle", 8) != 0) {
		return "what begins with '#' is no #bundle";
	}
	if (size < BUNDLE_HEAD) {
		return "a bundle ends before its time tag does";
	}
	return NULL;
}

/** The size of the element at `at`, its size word read. @return 0: wrong */
static const char *
check_element_size(const uint8_t *at, const uint8_t *end, size_t *size)
{
	if (end - at < 4) {
		return "a bundle ends within the size of an element";
	}
	*size = osc_read_32(at);
	if (*size > INT32_MAX) {
		return "the size of a bundle's element is negative";
	}
	if (*size == 0) {
		return "the size of a bundle's element is 0";
	}
	if (*size % 4 != 0) {
		return "the size of a bundle's element is no multiple of 4";
	}
	if (*size > (size_t)(end - at) - 4) {
		return "an element is larger than its bundle";
	}
	return NULL;
}

const char *
osc_check(const void *packet, size_t size)
{
	const uint8_t *at = packet;
	const uint8_t *ends[OSC_MAX_DEPTH + 1];
	struct opening opening = {.at = NULL};
	uint32_t depth = 0;
	const char *wrong;

	if (size == 0) {
		return "the packet is empty";
	}
	if (size % 4 != 0) {
		return "the size of the packet is no multiple of 4";
	}
	ends[0] = at + size;
	do {
		/* here: a whole element of `size` bytes begins at `at` */
		if (is_bundle_at(at)) {
			wrong = check_bundle_head(at, size);
			if (wrong == NULL && depth == OSC_MAX_DEPTH) {
				wrong = "bundles are nested deeper than 16";
			}
			if (wrong != NULL) {
				return wrong;
			}
			ends[++depth] = at + size;
			at += BUNDLE_HEAD;
		} else {
			wrong = check_message(at, at + size, &opening);
			if (wrong != NULL) {
				return wrong;
			}
			at += size;
		}
		while (depth > 0 && at == ends[depth]) {
			depth--;
		}
		if (depth > 0) {
			wrong = check_element_size(at, ends[depth], &size);
			if (wrong != NULL) {
				return wrong;
			}
			at += 4;
		}
	} while (depth > 0);
	return NULL;
}

void
osc_walk_begin(struct osc_walk *w, const void *packet, size_t size)
{
	w->at = packet;
	w->end = w->at + size;
	w->before = NULL;
	w->depth = 0;
	w->bundle[0].end = w->end;
	w->bundle[0].time = 0;
}

bool
osc_is_bundle(const void *packet, size_t size)
{
	return size >= BUNDLE_HEAD && memcmp(packet, "#bundle", 8) == 0;
}

bool
osc_is_at_once(const void *packet, size_t size)
{
	const uint8_t *at = packet;

	return read_64(at + 8) <= OSC_NOW &&
	       memchr(at + BUNDLE_HEAD, '#', size - BUNDLE_HEAD) == NULL;
}

static void
enter_bundle(struct osc_walk *w, const uint8_t *end)
{
	uint64_t outer = w->bundle[w->depth].time;
	uint64_t inner = read_64(w->at + 8);

	/* 0 and 1 are earlier than every other, so they fall in line too */
	w->depth++;
	w->bundle[w->depth].end = end;
	w->bundle[w->depth].time = inner > outer ? inner : outer;
	w->at += BUNDLE_HEAD;
}

static void
read_message(struct osc_walk *w, const uint8_t *end, struct osc_message *out)
{
	const uint8_t *at = w->at;

	out->start = at;
	out->end = end;
	out->time = w->bundle[w->depth].time;
	out->address = (const char *)at;
	out->repeats = begins_like(at, end, w->before, w->args);
	if (!out->repeats) {
		const uint8_t *types = osc_skip_string(at);
		if (types == end) {
			w->before = NULL;
			out->types = "";
			out->args = end;
			return;
		}
		w->types = (size_t)(types - at) + 1;
		w->args = (size_t)(osc_skip_string(types) - at);
	}
	w->before = at;
	out->types = (const char *)at + w->types;
	out->args = at + w->args;
}

/** Go to the next message. @return where it ends; NULL: there is none */
static inline const uint8_t *
find_message(struct osc_walk *w)
{
	for (;;) {
		while (w->depth > 0 && w->at == w->bundle[w->depth].end) {
			w->depth--;
		}
		if (w->at == w->end) {
			return NULL;
		}
		const uint8_t *end = w->end;
		if (w->depth > 0) {
			uint32_t size = osc_read_32(w->at);
			w->at += 4;
			end = w->at + size;
		}
		if (!is_bundle_at(w->at)) {
			return end;
		}
		enter_bundle(w, end);
	}
}

bool
osc_walk_next(struct osc_walk *w, struct osc_message *out)
{
	const uint8_t *end = find_message(w);

	if (end == NULL) {
		return false;
	}
	read_message(w, end, out);
	w->at = end;
	return true;
}

const char *
osc_walk_pass(struct osc_walk *w, uint64_t *time)
{
	const uint8_t *end = find_message(w);

	if (end == NULL) {
		return NULL;
	}
	const char *address = (const char *)w->at;
	*time = w->bundle[w->depth].time;
	w->at = end;
	return address;
}

static float
read_float(const uint8_t *at)
{
	uint32_t bits = osc_read_32(at);
	float value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static double
read_double(const uint8_t *at)
{
	uint64_t bits = read_64(at);
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

bool
osc_args_next(struct osc_args *a, struct osc_arg *out)
{
	if (*a->type == '\0') {
		return false;
	}
	out->type = *a->type++;
	switch (out->type) {
	case 'i':
		out->u.i = (int32_t)osc_read_32(a->at);
		a->at += 4;
		break;
	case 'f':
		out->u.f = read_float(a->at);
		a->at += 4;
		break;
	case 'h':
		out->u.h = (int64_t)read_64(a->at);
		a->at += 8;
		break;
	case 'd':
		out->u.d = read_double(a->at);
		a->at += 8;
		break;
	case 't':
		out->u.t = read_64(a->at);
		a->at += 8;
		break;
	case 's':
		out->u.s = (const char *)a->at;
		a->at = osc_skip_string(a->at);
		break;
	case 'b':
		out->u.b.size = osc_read_32(a->at);
		out->u.b.data = a->at + 4;
		a->at += 4 + padded(out->u.b.size);
		break;
	default: /* T F N I [ ] stand in the types alone */
		break;
	}
	return true;
}

bool
osc_number(const struct osc_arg *a, double *out)
{
	switch (a->type) {
	case 'i':
		*out = a->u.i;
		return true;
	case 'f':
		*out = (double)a->u.f;
		return true;
	case 'd':
		*out = a->u.d;
		return true;
	case 'h':
		*out = (double)a->u.h;
		return true;
	case 'T':
		*out = 1.0;
		return true;
	case 'F':
		*out = 0.0;
		return true;
	default:
		return false;
	}
}

int
osc_whole(const struct osc_arg *a, int32_t *out)
{
	double number;

	if (!osc_number(a, &number)) {
		return 400;
	}
	/* an int64 that a double rounds is far outside of int32 */
	if (!(number >= INT32_MIN && number <= INT32_MAX) ||
		number != (double)(int32_t)number) {
		return 422;
	}
	*out = (int32_t)number;
	return 0;
}

const char *
osc_text(const struct osc_arg *a)
{
	return a->type == 's' ? a->u.s : NULL;
}
