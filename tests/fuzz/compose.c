/* SPDX-License-Identifier: MIT */
/*
 * compose.c -- see compose.h.
 */
#include "compose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "office_private.h"
#include "osc_write.h"

/** From this byte on a value is not the one that was asked for. */
#define TWIST 232

uint8_t
source_next(struct source *s)
{
	return s->at < s->end ? *s->at++ : 0;
}

uint32_t
source_below(struct source *s, uint32_t n)
{
	return source_next(s) % n;
}

/** One of a list that ends with NULL. */
static const char *
one_of(struct source *s, const char *const *list)
{
	uint32_t count = 0;

	while (list[count] != NULL) {
		count++;
	}
	return list[source_below(s, count)];
}

/* --- values --- */

static const char *const synthdefs[] = {"sampler", "recorder", "wavetable",
	"convolver", "sine", "noise", "mixer", "patch-cable", "filter", "adsr",
	"done-after", "trigger-to-message", "lfo", "pan", "compressor",
	"limiter", "reverb", "urn:tactus:synthdef:gain:1", "nothing", "",
	"hoarder", "performer", "audio-buffer", "buffer-fill", "saw", "pulse",
	"asr-envelope", "eq", "delay", "envelope-follower", NULL};

static const char *const ports[] = {"buffer", "out", "in", "freq", "amp",
	"rate", "loop", "gate", "trigger", "time", "run", "table", "impulse",
	"in0", "out1", "end", "shape", "nothing", "", NULL};

static const char *const options[] = {"channels", "interpolation", "seconds",
	"seed", "inputs", "max", "nothing", NULL};

static const char *const keys[] = {"key", "other", "",
	"a-name_with.63-bytes-and-that-is-the-most-that-there-may-be-here-OK",
	"not a key", "\xff\xfe", NULL};

/* no level that lets a line through for each packet */
static const char *const levels[] = {"err", "warn", "loud", "", NULL};

static const char *const formats[] = {
	"wav", "wav16", "flac", "ogg", "aiff", "wav24", "", "exe", NULL};

/* in the fuzzer's folders, not there, or forbidden */
static const char *const paths[] = {"mono.wav", "new.wav", "stereo.flac",
	"short.aiff", "wide.wav", "cut.wav", "lies.wav", "empty.wav",
	"noise.wav", "pipe", "folder", "loop", "out.wav", "new.flac", "new.ogg",
	"../secret.wav", "/etc/passwd", "folder/../../secret.wav", "nothing",
	"", "//", ".", "a\nb.wav", "\xff", NULL};

static int32_t
whole(struct source *s)
{
	static const int32_t odd[] = {-1, 0, 1, INT32_MAX, INT32_MIN, 64, 65,
		1000, 48000, 1 << 20, -2, 24, 8, 255, 256, 65536};

	return odd[source_below(s, sizeof odd / sizeof *odd)];
}

static double
real(struct source *s)
{
	static const double odd[] = {1.0, 0.0, -1.0, 0.5, 440.0, 1e-3, 1e30,
		-1e30, 1e300, 48000.0, 1e-30, 2147483648.0, 9.3e18, 0.999};

	switch (source_below(s, 20)) {
	case 17:
		return (double)NAN;
	case 18:
		return (double)INFINITY;
	case 19:
		return (double)-INFINITY;
	default:
		return odd[source_below(s, sizeof odd / sizeof *odd)];
	}
}

/** Anything but what was asked for. */
static void
put_odd(struct osc_out *o, struct source *s)
{
	static const char many[] =
		"a long string of more bytes than any name may have, and then "
		"some more so that whatever keeps it has to cut it off: "
		"%s %n \x1b[2J end";

	switch (source_below(s, 18)) {
	case 0:
		osc_put_int(o, whole(s));
		break;
	case 1:
		osc_put_double(o, real(s));
		break;
	case 2:
		osc_put_float(o, (float)real(s));
		break;
	case 3:
		osc_put_int64(o, (int64_t)whole(s) * whole(s));
		break;
	case 4:
		osc_put_string(o, many);
		break;
	case 5:
		osc_put_string(o, "");
		break;
	case 6:
		osc_put_nil(o);
		break;
	case 7:
		osc_put_impulse(o);
		break;
	case 8:
		osc_put_bool(o, source_below(s, 2) == 1);
		break;
	case 9:
		osc_put_blob(o, many, source_below(s, sizeof many));
		break;
	case 10:
		osc_put_time(o, OSC_NOW);
		break;
	case 11: /* arrays in arrays */
	{
		uint32_t depth = source_below(s, 8) + 1;
		for (uint32_t i = 0; i < depth; i++) {
			osc_put_array(o);
		}
		osc_put_int(o, whole(s));
		for (uint32_t i = 0; i < depth; i++) {
			osc_end_array(o);
		}
		break;
	}
	case 12:
		osc_put_int64(o, INT64_MIN);
		break;
	case 13:
		osc_put_int64(o, INT64_MAX);
		break;
	case 14:
		osc_put_string(o, one_of(s, paths));
		break;
	case 15: /* nothing at all */
		break;
	case 16: /* one too many */
		osc_put_int(o, 1);
		osc_put_int(o, 1);
		break;
	default:
		osc_put_string(o, one_of(s, ports));
		break;
	}
}

/** Is the next value to be an odd one? If so it is put. */
static bool
is_twisted(struct osc_out *o, struct source *s)
{
	if (source_next(s) < TWIST) {
		return false;
	}
	put_odd(o, s);
	return true;
}

static void
put_int(struct osc_out *o, struct source *s, uint32_t below, int32_t from)
{
	if (!is_twisted(o, s)) {
		osc_put_int(o, (int32_t)source_below(s, below) + from);
	}
}

/** The number of something: few of them, so that it is there. */
static void
put_id(struct osc_out *o, struct source *s)
{
	static const int32_t rare[] = {
		-1, 4, 5, 6, 7, 8, 9, 23, 24, INT32_MAX, INT32_MIN};
	uint8_t which = source_next(s);

	if (is_twisted(o, s)) {
		return;
	}
	osc_put_int(o, which < 112   ? 1
		       : which < 160 ? 2
		       : which < 192 ? 3
		       : which < 208 ? 0
				     : rare[which % 11]);
}

static void
put_string(struct osc_out *o, struct source *s, const char *const *list)
{
	if (!is_twisted(o, s)) {
		osc_put_string(o, one_of(s, list));
	}
}

static void
put_real(struct osc_out *o, struct source *s)
{
	if (!is_twisted(o, s)) {
		osc_put_float(o, (float)real(s));
	}
}

/* --- what classes and jobs take --- */

/** A class or a job, and what it takes: a letter for each argument that
 * put_letter knows. */
struct made_by {
	const char *name;
	const char *takes;
};

static const struct made_by classes[] = {
	{"audio-buffer", "cnr"  },
	{"audio-buffer", "pib"  },
	{"wavetable",    "vvvv" },
	{"wavetable",    "pik"  },
	{"wavetable",    "ss"   },
	{"impulse",      "pvi"  },
	{"audio-buffer", ""     },
	{"nothing",      "v"    },
	{"buffer-fill",  "v"    },
	{"impulse",      "ppppp"},
};

static const struct made_by works[] = {
	{"buffer-fill",      "vkbb"     },
	{"buffer-load",      "pbbb"     },
	{"buffer-save",      "pFbbi"    },
	{"buffer-zero",      "kbb"      },
	{"buffer-resample",  "r"        },
	{"buffer-normalize", "v"        },
	{"buffer-reverse",   ""         },
	{"buffer-generate",  "vvv"      },
	{"buffer-onsets",    "vbb"      },
	{"buffer-loudness",  ""         },
	{"buffer-stats",     ""         },
	{"buffer-overview",  "nk"       },
	{"audio-buffer",     "cn"       },
	{"nothing",          "v"        },
	{"buffer-generate",  "vvvvvvvvv"},
};

static void
put_letter(struct osc_out *o, struct source *s, char letter)
{
	static const char *const shapes[] = {
		"sine", "saw", "square", "triangle", "nothing", "", NULL};
	static const int32_t frames[] = {64, 1, 1000, 4813, 20000, 0, -1,
		INT32_MAX, 48000, 100000, 2, 63};
	static const int64_t places[] = {
		1, 0, 10, 63, 64, 999, -1, 2000, INT32_MAX, INT64_MAX, 3000};
	static const double rates[] = {48000.0, 44100.0, 1.0, 768000.0, 1e6,
		0.0, -1.0, 1e-300, 8000.0, 22050.0, 96000.0};

	if (is_twisted(o, s)) {
		return;
	}
	switch (letter) {
	case 'k': /* a channel */
		osc_put_int(o, (int32_t)source_below(s, 67) - 1);
		break;
	case 'c': /* channels */
	{
		static const int32_t some[] = {1, 2, 64, 0, 65, -1, 3};
		osc_put_int(o, some[source_below(s, 7)]);
		break;
	}
	case 'n': /* frames */
		osc_put_int(o, frames[source_below(s, 12)]);
		break;
	case 'b': /* a place, or frames, in a file or buffer */
		osc_put_int64(o, places[source_below(s, 11)]);
		break;
	case 'r':
		osc_put_float(o, (float)rates[source_below(s, 11)]);
		break;
	case 'p':
		osc_put_string(o, one_of(s, paths));
		break;
	case 'F':
		osc_put_string(o, one_of(s, formats));
		break;
	case 's':
		osc_put_string(o, one_of(s, shapes));
		break;
	case 'i':
		osc_put_int(o, (int32_t)source_below(s, 4));
		break;
	default:
		osc_put_float(o, (float)real(s));
		break;
	}
}

/* --- arguments by their names in the table --- */

/** What the arguments before decided. */
struct so_far {
	const char *takes; /* of the class or job that was named */
};

static void
put_packet(struct osc_out *o, struct source *s)
{
	static uint8_t data[COMPOSE_ROOM];
	static bool inside; /* of one: deeper ones are empty */
	size_t size = 0;

	if (!inside) {
		inside = true;
		size = source_below(s, 2) == 0
			       ? compose_message(s, data, sizeof data / 2)
			       : compose_bundle(s, data, sizeof data / 2, 1);
		inside = false;
	}
	osc_put_blob(o, data, (uint32_t)size);
}

static void
put_values(struct osc_out *o, struct source *s, const char *takes)
{
	size_t most = strlen(takes);
	size_t count = most - source_below(s, (uint32_t)most + 1);

	for (size_t i = 0; i < count; i++) {
		put_letter(o, s, takes[i]);
	}
	if (source_next(s) >= TWIST) {
		for (uint32_t i = source_next(s); i > 0; i--) {
			osc_put_int(o, (int32_t)i);
		}
	}
}

/** Names and values. @param named from these; NULL: values alone */
static void
put_pairs(struct osc_out *o, struct source *s, const char *const *named)
{
	uint32_t count = source_below(s, 5);

	for (uint32_t i = count == 4 ? 0 : count + 1; i > 0; i--) {
		if (named != NULL) {
			put_string(o, s, named);
		}
		if (source_below(s, 2) == 0) {
			put_id(o, s);
		} else {
			put_real(o, s);
		}
	}
}

static void
put_array(struct osc_out *o, struct source *s, const char *name,
	const struct so_far *before)
{
	if (is_twisted(o, s)) {
		return;
	}
	osc_put_array(o);
	if (strcmp(name, "controls") == 0) {
		put_pairs(o, s, source_below(s, 4) == 3 ? NULL : ports);
	} else if (strcmp(name, "options") == 0) {
		put_pairs(o, s, options);
	} else if (strcmp(name, "resource-ids") == 0) {
		uint32_t count = source_below(s, 8);
		count = count == 7 ? 17 : count == 0 ? 1 : count - 1;
		for (; count > 0; count--) {
			put_id(o, s);
		}
	} else {
		put_values(o, s, before->takes);
	}
	osc_end_array(o);
}

static void
put_named_class(struct osc_out *o, struct source *s, const struct made_by *list,
	size_t count, struct so_far *before)
{
	const struct made_by *m = &list[source_below(s, (uint32_t)count)];

	before->takes = m->takes;
	if (!is_twisted(o, s)) {
		osc_put_string(o, m->name);
	}
}

/** The pairs of /node/set. */
static void
put_settings(struct osc_out *o, struct source *s)
{
	for (uint32_t i = source_below(s, 4) + 1; i > 0; i--) {
		if (source_below(s, 4) == 0) {
			put_int(o, s, 12, -1);
		} else {
			put_string(o, s, ports);
		}
		switch (source_below(s, 4)) {
		case 0:
			put_id(o, s);
			break;
		case 1:
			osc_put_array(o);
			put_real(o, s);
			put_real(o, s);
			osc_end_array(o);
			break;
		default:
			put_real(o, s);
			break;
		}
	}
}

static bool
is_any(const char *name, const char *const *list)
{
	while (*list != NULL && strcmp(name, *list) != 0) {
		list++;
	}
	return *list != NULL;
}

/** A port of an end of a connection: mostly one that sound goes through. */
static void
put_end(struct osc_out *o, struct source *s, const char *name)
{
	static const char *const out[] = {"out", "out0", "out1", NULL};
	static const char *const in[] = {"in", "in0", "in1", NULL};

	switch (source_below(s, 8)) {
	case 6:
		put_int(o, s, 12, -1);
		break;
	case 7:
		put_string(o, s, ports);
		break;
	default:
		put_string(o, s, name[0] == 'o' ? out : in);
		break;
	}
}

static void
put_named(struct osc_out *o, struct source *s, const char *name,
	struct so_far *before)
{
	static const char *const ids[] = {"id", "job-id", "src", "dst", NULL};
	static const char *const ends[] = {"out-port", "in-port", NULL};
	static const char *const reals[] = {"hz", "seconds", NULL};

	if (is_any(name, ids)) {
		put_id(o, s);
	} else if (strcmp(name, "target") == 0) {
		/* the root, or what there may be */
		if (source_next(s) < 128) {
			osc_put_int(o, 0);
		} else {
			put_id(o, s);
		}
	} else if (is_any(name, reals)) {
		put_real(o, s);
	} else if (strcmp(name, "def") == 0) {
		put_string(o, s, synthdefs);
	} else if (strcmp(name, "def-uri") == 0) {
		put_named_class(o, s, classes, sizeof classes / sizeof *classes,
			before);
	} else if (strcmp(name, "job-uri") == 0) {
		put_named_class(
			o, s, works, sizeof works / sizeof *works, before);
	} else if (strcmp(name, "uri") == 0) {
		put_string(o, s, synthdefs);
	} else if (strcmp(name, "port") == 0) {
		if (source_below(s, 2) == 0) {
			put_string(o, s, ports);
		} else {
			put_int(o, s, 12, -1);
		}
	} else if (is_any(name, ends)) {
		put_end(o, s, name);
	} else if (strcmp(name, "key") == 0) {
		put_string(o, s, keys);
	} else if (strcmp(name, "level") == 0) {
		put_string(o, s, levels);
	} else if (strcmp(name, "packet") == 0) {
		if (!is_twisted(o, s)) {
			put_packet(o, s);
		}
	} else if (strcmp(name, "sample") == 0) {
		int64_t at = (int64_t)s->now + source_next(s) - 10;
		if (!is_twisted(o, s)) {
			osc_put_int64(o, at);
		}
	} else if (strcmp(name, "frames") == 0) {
		osc_put_int(o, (int32_t)source_below(s, 64) * 16);
	} else {
		put_int(o, s, 5, source_below(s, 8) == 7 ? -1 : 0);
	}
}

/** Put what a word of the table asks for: "i:id", "i|s:port", "[f:hz]",
 * "(i|s:port", "value)...", "[controls]", "[i:resource-ids]". */
static void
put_word(struct osc_out *o, struct source *s, const char *word,
	struct so_far *before)
{
	char name[40];
	const char *colon = strchr(word, ':');
	bool is_optional = word[0] == '[';

	if (strcmp(word, "value)...") == 0) {
		return;
	}
	if (word[0] == '(') {
		put_settings(o, s);
		return;
	}
	if (is_optional && source_next(s) >= 128) {
		return;
	}
	(void)snprintf(name, sizeof name, "%s",
		colon != NULL ? colon + 1 : word + (is_optional ? 1 : 0));
	name[strcspn(name, "]")] = '\0';
	if (is_optional &&
		(colon == NULL || strcmp(name, "resource-ids") == 0)) {
		put_array(o, s, name, before);
	} else {
		put_named(o, s, name, before);
	}
}

/* --- messages and bundles --- */

static const struct address *
any_address(struct source *s)
{
	/* what makes something comes more often than once in a table */
	static const char *const often[] = {"/resource/new", "/synth/new",
		"/job/new", "/resource/free", "/synth/activate", "/node/set",
		"/sync", "/offline/run", "/node/free", "/job/cancel"};
	/* the same, in a place that no seed meant anything else by */
	static const char *const ends[] = {
		"/node/connect", "/node/connect", "/node/disconnect"};
	uint32_t many = sizeof often / sizeof *often;
	uint32_t count = 0;
	uint32_t i = source_next(s);

	while (address_table[count].name != NULL) {
		count++;
	}
	if (i >= 128) {
		return &address_table[i % count];
	}
	const struct address *a = address_table;
	const char *name = i < 96 || i >= 112 ? often[i % many] : ends[i % 3];
	while (strcmp(a->name, name) != 0) {
		a++;
	}
	return a;
}

size_t
compose_message(struct source *s, void *data, size_t room)
{
	const struct address *a = any_address(s);
	struct osc_out out;
	struct so_far before = {.takes = "v"};
	char words[128];
	char *rest = NULL;

	osc_begin(&out, data, room, a->name);
	(void)snprintf(words, sizeof words, "%s", a->arguments);
	for (char *w = strtok_r(words, " ", &rest); w != NULL;
		w = strtok_r(NULL, " ", &rest)) {
		put_word(&out, s, w, &before);
	}
	return osc_end(&out);
}

uint64_t
compose_time(struct source *s)
{
	uint8_t how = source_next(s);

	if (how < 128) {
		return OSC_NOW;
	}
	uint64_t sample = s->now + how % 64 * 10;
	if (how >= 250) {
		sample += UINT64_C(3600) * 48000 - 320;
	}
	/* 48 kHz, NTP 0 with sample 0 */
	return (uint64_t)((double)sample / 48000.0 * 4294967296.0 + 0.5);
}

size_t
compose_bundle(struct source *s, void *data, size_t room, uint32_t depth)
{
	uint8_t part[COMPOSE_ROOM / 4];
	size_t size = 0;

	if (!osc_bundle_begin(data, room, &size, compose_time(s))) {
		return 0;
	}
	for (uint32_t i = source_below(s, 10); i > 0; i--) {
		bool is_deep = source_next(s) >= TWIST && depth < 4;
		size_t bytes = is_deep ? compose_bundle(s, part, sizeof part,
						 depth + 1)
				       : compose_message(s, part, sizeof part);
		if (bytes == 0 ||
			!osc_bundle_add(data, room, &size, part, bytes)) {
			break;
		}
	}
	return size;
}

size_t
compose_mutate(struct source *s, uint8_t *data, size_t size)
{
	for (uint32_t i = source_below(s, 6); i > 0 && size > 0; i--) {
		size_t at = source_next(s);
		at = (at << 8 | source_next(s)) % size;
		uint8_t how = source_next(s);

		if (how < 128) {
			data[at] = source_next(s);
		} else if (how < 192) {
			data[at] ^= (uint8_t)(1U << how % 8);
		} else if (size >= 8) {
			at &= ~(size_t)3;
			size -= 4;
			at = at < size ? at : size;
			memmove(data + at, data + at + 4, size - at);
		}
	}
	return size;
}
