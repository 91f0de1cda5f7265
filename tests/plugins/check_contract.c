/* SPDX-License-Identifier: MIT */
/*
 * check_contract.c -- what every built-in def keeps to.
 */
#include "harness.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/resources/audio_buffer.h>

#define FRAMES 5000
#define MOST   8

/** What tactus-plugin(7) says of the control ports, in their order. */
static const struct row {
	const char *def;
	const char *port;
	const char *unit;
	float minimum;
	float maximum;
	float initial;
	uint32_t curve;
	uint32_t flags;
} rows[] = {
	{"sine",               "freq",          "Hz",     0,         24000,      440,     0,                  0             },
	{"sine",               "amp",           "",       -8,        8,          0.1f,    0,                  0             },
	{"sine",               "phase",         "cycles", 0,         1,          0,       0,                  0             },
	{"saw",		"freq",          "Hz",     0,         24000,      440,     0,                  0             },
	{"saw",		"amp",           "",       -8,        8,          0.1f,    0,                  0             },
	{"pulse",              "freq",          "Hz",     0,         24000,      440,     0,                  0             },
	{"pulse",              "amp",           "",       -8,        8,          0.1f,    0,                  0             },
	{"pulse",              "width",         "",       0.01f,     0.99f,      0.5f,    0,                  0             },
	{"noise",              "amp",           "",       -8,        8,          0.1f,    0,                  0             },
	{"noise",              "colour",        "",       0,         1,          0,       0,                  TACTUS_ENUM   },
	{"gain",               "gain",          "",       -16,       16,         1,       0,                  0             },
	{"pan",		"position",      "",       -1,        1,          0,       0,                  0             },
	{"pan",		"gain",          "",       -16,       16,         1,       0,                  0             },
	{"mixer",              "gain0",         "",       0,         16,         1,       0,                  0             },
	{"mixer",              "gain1",         "",       0,         16,         1,       0,                  0             },
	{"filter",             "cutoff",        "Hz",     10,        23520,      1000,    TACTUS_LOGARITHMIC, 0             },
	{"filter",             "q",             "",       0.5f,      50,         0.7071f, TACTUS_LOGARITHMIC, 0             },
	{"filter",             "mode",          "",       0,         3,          0,       0,                  TACTUS_ENUM   },
	{"asr-envelope",       "attack",        "s",      0,         3600,       0.01f,   0,                  0             },
	{"asr-envelope",       "sustain_time",  "s",      0,         3600,       1,       0,                  0             },
	{"asr-envelope",       "sustain_level", "",       0,         1,          1,       0,                  0             },
	{"asr-envelope",       "release",       "s",      0,         3600,       0.1f,    0,                  0             },
	{"adsr",               "gate",          "",       0,         1,          1,       0,                  TACTUS_BOOLEAN},
	{"adsr",               "attack",        "s",      0,         3600,       0.01f,   0,                  0             },
	{"adsr",               "decay",         "s",      0,         3600,       0.1f,    0,                  0             },
	{"adsr",               "sustain",       "",       0,         1,          0.7f,    0,                  0             },
	{"adsr",               "release",       "s",      0,         3600,       0.3f,    0,                  0             },
	{"lfo",		"freq",          "Hz",     0,         1000,       1,       0,                  0             },
	{"lfo",		"amp",           "",       -100000,   100000,     1,       0,                  0             },
	{"lfo",		"offset",        "",       -100000,   100000,     0,       0,                  0             },
	{"lfo",		"shape",         "",       0,         4,          0,       0,                  TACTUS_ENUM   },
	{"wavetable",          "freq",          "Hz",     0,         24000,      440,     0,                  0             },
	{"wavetable",          "amp",           "",       -8,        8,          0.1f,    0,                  0             },
	{"wavetable",          "position",      "",       0,         1,          0,       0,                  0             },
	{"convolver",          "mix",           "",       0,         1,          1,       0,                  0             },
	{"convolver",          "gain",          "",       -16,       16,         1,       0,                  0             },
	{"done-after",         "time",          "s",      0,         86400,      1,       0,                  0             },
	{"trigger-to-message", "trigger",       "",       -1,        1,          0,       0,                  TACTUS_TRIGGER},
	{"trigger-to-message", "id",            "",       -16777216, 16777216,   0,       0,
         TACTUS_INTEGER												     },
	{"trigger-to-message", "value",         "",       -1e9f,     1e9f,       0,       0,                  0             },
	{"sampler",            "rate",          "",       -16,       16,         1,       0,                  0             },
	{"sampler",            "amp",           "",       -16,       16,         1,       0,                  0             },
	{"sampler",            "start",         "",       0,         2147483520, 0,       0,                  TACTUS_INTEGER},
	{"sampler",            "end",           "",       -1,        2147483520, -1,      0,                  TACTUS_INTEGER},
	{"sampler",            "loop",          "",       0,         1,          0,       0,                  TACTUS_BOOLEAN},
	{"sampler",            "attack",        "s",      0,         3600,       0,       0,                  0             },
	{"sampler",            "release",       "s",      0,         3600,       0,       0,                  0             },
	{"sampler",            "gate",          "",       0,         1,          1,       0,                  TACTUS_BOOLEAN},
	{"recorder",           "run",           "",       0,         1,          1,       0,                  TACTUS_BOOLEAN},
	{"recorder",           "loop",          "",       0,         1,          0,       0,                  TACTUS_BOOLEAN},
	{"recorder",           "level",         "",       -16,       16,         1,       0,                  0             },
	{"recorder",           "feedback",      "",       0,         1,          0,       0,                  0             },
	{"eq",		 "freq",          "Hz",     10,        23520,      1000,    TACTUS_LOGARITHMIC, 0             },
	{"eq",		 "q",             "",       0.1f,      50,         0.7071f, TACTUS_LOGARITHMIC, 0             },
	{"eq",		 "gain_db",       "dB",     -24,       24,         0,       0,                  0             },
	{"eq",		 "type",          "",       0,         2,          0,       0,                  TACTUS_ENUM   },
	{"delay",              "time",          "s",      0,         2,          0.25f,   0,                  0             },
	{"delay",              "feedback",      "",       0,         0.99f,      0.3f,    0,                  0             },
	{"delay",              "mix",           "",       0,         1,          0.5f,    0,                  0             },
	{"envelope-follower",  "attack",        "s",      0,         60,         0.01f,   0,                  0             },
	{"envelope-follower",  "release",       "s",      0,         60,         0.1f,    0,                  0             },
	{"compressor",         "threshold_db",  "dB",     -80,       0,          -18,     0,                  0             },
	{"compressor",         "ratio",         "",       1,         100,        4,       TACTUS_LOGARITHMIC, 0             },
	{"compressor",         "attack",        "s",      0,         1,          0.01f,   0,                  0             },
	{"compressor",         "release",       "s",      0,         5,          0.2f,    0,                  0             },
	{"compressor",         "knee_db",       "dB",     0,         24,         6,       0,                  0             },
	{"compressor",         "makeup_db",     "dB",     -24,       24,         0,       0,                  0             },
	{"limiter",            "ceiling_db",    "dB",     -60,       0,          -0.3f,   0,                  0             },
	{"limiter",            "release",       "s",      0,         5,          0.1f,    0,                  0             },
	{"reverb",             "size",          "",       0,         1,          0.5f,    0,                  0             },
	{"reverb",             "damping",       "",       0,         1,          0.4f,    0,                  0             },
	{"reverb",             "mix",           "",       0,         1,          0.3f,    0,                  0             },
	{"reverb",             "predelay",      "s",      0,         0.25f,      0.02f,   0,                  0             },
};

/** The audio ports of each def, inputs then outputs. */
static const char *const audio[][2] = {
	{"sine",               "out"              },
	{"saw",		"out"              },
	{"pulse",              "out"              },
	{"noise",              "out"              },
	{"patch-cable",        "in out"           },
	{"gain",               "in out"           },
	{"pan",		"in out0 out1"     },
	{"mixer",              "in0 in1 out"      },
	{"filter",             "in out"           },
	{"asr-envelope",       "in out"           },
	{"adsr",               "in out"           },
	{"lfo",		"out"              },
	{"wavetable",          "out"              },
	{"convolver",          "in out"           },
	{"done-after",         ""                 },
	{"trigger-to-message", ""                 },
	{"sampler",            "out"              },
	{"recorder",           "in"               },
	{"eq",		 "in out"           },
	{"delay",              "in out"           },
	{"envelope-follower",  "in out"           },
	{"compressor",         "in out"           },
	{"limiter",            "in out"           },
	{"reverb",             "in0 in1 out0 out1"},
};

START_TEST(every_def_has_the_controls_that_were_agreed)
{
	size_t seen = 0;

	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;

		harness_open(&h, harness_names[n]);
		for (uint32_t i = 0; i < h.ports; i++) {
			const TactusPort *p = &h.port[i];
			const struct row *r;
			size_t k = 0;

			if (p->kind != TACTUS_CONTROL) {
				continue;
			}
			while (k < sizeof(rows) / sizeof(rows[0]) &&
				(strcmp(rows[k].def, h.def->name) != 0 ||
					strcmp(rows[k].port, p->name) != 0)) {
				k++;
			}
			ck_assert_msg(k < sizeof(rows) / sizeof(rows[0]),
				"%s/%s", h.def->name, p->name);
			r = &rows[k];
			/* the order within the def is that of the table */
			ck_assert_msg(
				i == 0 || strcmp(rows[k - 1].port,
						  h.port[i - 1].name) == 0,
				"%s/%s", h.def->name, p->name);
			ck_assert_str_eq(p->unit, r->unit);
			ck_assert_float_eq(p->minimum, r->minimum);
			ck_assert_float_eq(p->maximum, r->maximum);
			ck_assert_float_eq(p->initial, r->initial);
			ck_assert_uint_eq(p->curve, r->curve);
			ck_assert_uint_eq(p->flags, r->flags);
			seen++;
		}
		harness_close(&h);
	}
	ck_assert_uint_eq(seen, sizeof(rows) / sizeof(rows[0]));
}
END_TEST

START_TEST(every_def_has_the_audio_ports_that_were_agreed)
{
	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;
		char names[256] = "";
		size_t k = 0;

		harness_open(&h, harness_names[n]);
		for (uint32_t i = 0; i < h.ports; i++) {
			if (h.port[i].kind != TACTUS_AUDIO) {
				continue;
			}
			if (names[0] != '\0') {
				strcat(names, " ");
			}
			strcat(names, h.port[i].name);
			bool is_out = strncmp(h.port[i].name, "out", 3) == 0;
			ck_assert_uint_eq(h.port[i].direction,
				is_out ? TACTUS_OUTPUT : TACTUS_INPUT);
		}
		while (strcmp(audio[k][0], h.def->name) != 0) {
			k++;
		}
		ck_assert_str_eq(names, audio[k][1]);
		harness_close(&h);
	}
}
END_TEST

/** Ports stand in the agreed order and are described whole. */
static void
check_ports(const struct harness *h)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < h->ports; i++) {
		const TactusPort *p = &h->port[i];
		uint32_t rank = p->kind * 2 + p->direction;

		ck_assert_uint_ge(rank, last);
		last = rank;
		ck_assert_uint_eq(p->size, sizeof(*p));
		ck_assert_uint_eq(
			strspn(p->name,
				"abcdefghijklmnopqrstuvwxyz0123456789_"),
			strlen(p->name));
		ck_assert_uint_gt(strlen(p->name), 0);
		ck_assert_ptr_nonnull(p->doc);
		for (uint32_t k = 0; k < i; k++) {
			ck_assert_str_ne(p->name, h->port[k].name);
		}
		if (p->kind == TACTUS_CONTROL) {
			ck_assert_float_lt(p->minimum, p->maximum);
			ck_assert_float_ge(p->initial, p->minimum);
			ck_assert_float_le(p->initial, p->maximum);
		}
	}
}

/** Does it remember input, for which it needs memory of its own? */
static bool
remembers(const char *name)
{
	static const char *const with[] = {
		"convolver", "limiter", "reverb", "delay"};

	for (size_t k = 0; k < sizeof(with) / sizeof(*with); k++) {
		if (strcmp(with[k], name) == 0) {
			return true;
		}
	}
	return false;
}

START_TEST(every_def_describes_itself_whole)
{
	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;
		char uri[128];

		harness_open(&h, harness_names[n]);
		snprintf(uri, sizeof(uri), "urn:tactus:synthdef:%s:1",
			harness_names[n]);
		ck_assert_str_eq(h.def->uri, uri);
		ck_assert_str_eq(h.def->name, harness_names[n]);
		ck_assert_uint_eq(h.def->size, sizeof(TactusSynthDef));
		ck_assert_uint_eq(h.plugin->size, sizeof(TactusPlugin));
		ck_assert_uint_eq(h.plugin->abi, TACTUS_ABI_VERSION);
		ck_assert_str_eq(h.plugin->licence, "MIT");
		ck_assert_ptr_nonnull(h.def->doc);
		/* it comes zeroed, which is to be bounded */
		ck_assert_uint_le(
			h.def->instance_bytes, TACTUS_CONSTRUCT_BYTES);
		ck_assert_int_eq(h.allocations != 0, remembers(h.def->name));
		check_ports(&h);
		harness_close(&h);
	}
}
END_TEST

START_TEST(every_def_is_the_same_without_parsed_options)
{
	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;

		harness_open(&h, harness_names[n]);
		ck_assert_uint_eq(tactus_def_ports(h.def, NULL), h.ports);
		for (uint32_t i = 0; i < h.ports; i++) {
			TactusPort p = {.size = sizeof(p)};

			tactus_def_port(&h.nrt.host, h.def, NULL, i, &p);
			ck_assert_mem_eq(&p, &h.port[i], sizeof(p));
		}
		if (h.def->construct) {
			if (h.def->destroy) {
				h.def->destroy(&h.world, &h.synth);
			}
			memset(h.self, 0, h.def->instance_bytes);
			ck_assert_int_eq(
				h.def->construct(&h.world, NULL, &h.synth), 0);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(every_def_writes_no_more_of_a_port_than_an_old_engine_knows)
{
	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;

		harness_open(&h, harness_names[n]);
		for (uint32_t i = 0; i < h.ports; i++) {
			TactusPort p;
			const char *mark = "untouched";

			memset(&p, 0, sizeof(p));
			p.size = offsetof(TactusPort, resource);
			p.resource = mark;
			tactus_def_port(&h.nrt.host, h.def, NULL, i, &p);
			ck_assert_uint_eq(
				p.size, offsetof(TactusPort, resource));
			if (p.kind == TACTUS_CONTROL) {
				ck_assert_ptr_eq(p.resource, mark);
				ck_assert_ptr_null(p.doc);
			}
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(every_plugin_stays_away_from_an_engine_of_another_abi)
{
	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;
		const TactusPlugin *(*entry)(const TactusHost *);

		harness_open(&h, harness_names[n]);
		void *symbol = dlsym(h.nrt.object[0], "tactus_plugin");
		memcpy(&entry, &symbol, sizeof(entry));
		h.nrt.host.abi = TACTUS_ABI_VERSION + 1;
		ck_assert_ptr_null(entry(&h.nrt.host));
		harness_close(&h);
	}
}
END_TEST

/** What is bound to the ports of a def: one buffer, the same each time. */
static struct {
	TactusAudioBuffer buffer;
	float *channel;
	float frame[5000];
} bound;

static void
bind_all(struct harness *h)
{
	uint64_t random = 80;

	harness_noise(bound.frame, 5000, &random);
	bound.channel = bound.frame;
	bound.buffer = (TactusAudioBuffer){
		sizeof(bound.buffer), 1, 5000, 44100.0, &bound.channel};
	for (uint32_t i = 0, n = 0; i < h->ports; i++) {
		const TactusPort *p = &h->port[i];

		if (p->kind != TACTUS_RESOURCE) {
			continue;
		}
		if (strcmp(p->resource, TACTUS_AUDIO_BUFFER_URI) == 0) {
			harness_bind(h, n, &bound.buffer, 7);
		}
		n++;
	}
}

/** Any value of a control's range, whole where it must be. */
static float
any_of(const TactusPort *p, uint64_t *random)
{
	float u = tactus_random_signed(random) * 0.5f + 0.5f;
	float least = p->minimum;
	float most = p->maximum;

	if (strcmp(p->unit, "s") == 0) {
		most = 0.03f; /* so that stages begin and end */
	}
	if (most > 2e9f) {
		most = 4000.0f; /* so that it lies within a buffer */
	}
	float v = least + u * (most - least);
	uint32_t whole = TACTUS_INTEGER | TACTUS_BOOLEAN | TACTUS_ENUM;
	return (p->flags & whole) != 0 ? (float)(int32_t)(v + 0.5f) : v;
}

/** Run the def with controls set from `random`; three settings follow. */
static void
render(const char *name, uint64_t random, uint64_t *cuts,
	const float *const *in, float *const *out, uint32_t *dones)
{
	struct harness h;

	harness_open(&h, name);
	bind_all(&h);
	ck_assert_uint_le(h.ins, MOST);
	ck_assert_uint_le(h.outs, MOST);
	for (uint32_t part = 0; part < 3; part++) {
		const float *from[MOST] = {NULL};
		float *to[MOST] = {NULL};

		for (uint32_t i = 0; i < h.ports; i++) {
			if (h.port[i].kind == TACTUS_CONTROL &&
				h.port[i].flags != TACTUS_TRIGGER) {
				h.control[i].value =
					any_of(&h.port[i], &random);
			}
		}
		for (uint32_t i = 0; i < MOST; i++) {
			from[i] = in[i] + part * FRAMES;
			to[i] = out[i] + part * FRAMES;
		}
		harness_run(&h, from, to, FRAMES, cuts);
	}
	*dones = h.dones;
	harness_close(&h);
}

START_TEST(every_def_gives_the_same_bits_however_a_block_is_cut)
{
	/* one float more, so that no segment is aligned to more than that */
	static float input[MOST][3 * FRAMES + 1];
	static float whole[MOST][3 * FRAMES + 1];
	static float pieces[MOST][3 * FRAMES + 1];
	static float written[5000];
	const float *in[MOST];
	float *a[MOST];
	float *b[MOST];
	uint64_t random = 77;
	uint64_t cuts = 78;

	for (int i = 0; i < MOST; i++) {
		harness_noise(input[i], 3 * FRAMES + 1, &random);
		in[i] = input[i] + 1;
		a[i] = whole[i] + 1;
		b[i] = pieces[i] + 1;
	}
	for (int n = 0; harness_names[n] != NULL; n++) {
		for (uint64_t seed = 1; seed <= 8; seed++) {
			uint32_t done_a;
			uint32_t done_b;

			memset(whole, 0x55, sizeof(whole));
			memset(pieces, 0x55, sizeof(pieces));
			render(harness_names[n], seed, NULL, in, a, &done_a);
			memcpy(written, bound.frame, sizeof(written));
			render(harness_names[n], seed, &cuts, in, b, &done_b);
			ck_assert_msg(memcmp(whole, pieces, sizeof(whole)) == 0,
				"%s, seed %d", harness_names[n], (int)seed);
			ck_assert_mem_eq(written, bound.frame, sizeof(written));
			ck_assert_uint_eq(done_a, done_b);
		}
	}
}
END_TEST

/** FNV-1a over what each def renders: it changes only when a def is meant to
 * sound otherwise, never with compiler, level or CPU. */
static const struct {
	const char *def;
	uint64_t hash;
} hashes[] = {
	{"sine",               0xd6f3d9d0c3ceef3a},
	{"saw",		0x1fd656b2d04da445},
	{"pulse",              0x694e40c44add2c51},
	{"noise",              0x967e7b7abfac05dc},
	{"patch-cable",        0x614c4323edc430c5},
	{"gain",               0xe36862ab92a7c896},
	{"pan",		0xe816399b9ebced68},
	{"mixer",              0x926c72867daa000c},
	{"filter",             0x5a815491322eed7f},
	{"asr-envelope",       0x8a12e6d5a056cb48},
	{"adsr",               0x9d8a5dea12c31eb3},
	{"lfo",		0x40b10bb3cbf6269b},
	{"done-after",         0xb58ce702bffb6e45},
	{"trigger-to-message", 0xb58ce702bffb6e45},
	{"wavetable",          0xd3a47b8abffb6e45},
	{"convolver",          0xd8c5871a7c3e60e3},
	{"sampler",            0x1563de46aef1109b},
	{"recorder",           0xfc4ea42cd3d9fd32},
	{"eq",		 0x8f4575e7ab083f38},
	{"delay",              0x334e4848a7e5e906},
	{"envelope-follower",  0x5359343a18d92e84},
	{"compressor",         0x6862fdbd963fbe50},
	{"limiter",            0x9efffffc033b4808},
	{"reverb",             0x8160291efdc7e103},
};

/** Add floats to a hash. */
static uint64_t
hash_of(uint64_t hash, const float *x, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t bits;

		memcpy(&bits, &x[i], sizeof(bits));
		hash = (hash ^ bits) * 0x100000001b3u;
	}
	return hash;
}

START_TEST(every_def_gives_the_same_bits_under_every_compiler)
{
	static float input[MOST][3 * FRAMES];
	static float output[MOST][3 * FRAMES];
	const float *in[MOST];
	float *out[MOST];
	uint64_t random = 79;
	int wrong = 0;

	for (int i = 0; i < MOST; i++) {
		harness_noise(input[i], 3 * FRAMES, &random);
		in[i] = input[i];
		out[i] = output[i];
	}
	for (int n = 0; harness_names[n] != NULL; n++) {
		uint64_t hash = 0xcbf29ce484222325u;
		uint64_t want = 0;
		uint32_t dones;

		for (uint64_t seed = 3; seed <= 6; seed++) {
			memset(output, 0, sizeof(output));
			render(harness_names[n], seed, NULL, in, out, &dones);
			for (int i = 0; i < MOST; i++) {
				hash = hash_of(hash, output[i], 3 * FRAMES);
			}
			/* what it writes into what is bound is sound, too */
			hash = hash_of(hash, bound.frame, 5000);
		}
		for (size_t k = 0; k < sizeof(hashes) / sizeof(*hashes); k++) {
			if (strcmp(hashes[k].def, harness_names[n]) == 0) {
				want = hashes[k].hash;
			}
		}
		if (hash != want) {
			printf("{\"%s\", 0x%016llx},\n", harness_names[n],
				(unsigned long long)hash);
			wrong++;
		}
	}
	ck_assert_msg(wrong == 0, "%d defs sound otherwise", wrong);
}
END_TEST

START_TEST(every_def_writes_all_of_its_outputs_and_nothing_more)
{
	for (int n = 0; harness_names[n] != NULL; n++) {
		for (uint32_t frames = 1; frames <= HARNESS_BLOCK; frames++) {
			float input[MOST][HARNESS_BLOCK] = {{0.0f}};
			float output[MOST][HARNESS_BLOCK + 2];
			const float *in[MOST];
			float *out[MOST];
			struct harness h;

			for (int i = 0; i < MOST; i++) {
				in[i] = input[i];
				out[i] = output[i] + 1;
				for (int k = 0; k < HARNESS_BLOCK + 2; k++) {
					output[i][k] = 12345.0f;
				}
			}
			harness_open(&h, harness_names[n]);
			harness_segment(&h, in, out, frames);
			for (uint32_t i = 0; i < h.outs; i++) {
				for (uint32_t k = 0; k < HARNESS_BLOCK + 2;
					k++) {
					bool is_in = k >= 1 && k <= frames;

					ck_assert((output[i][k] != 12345.0f) ==
						  is_in);
				}
			}
			harness_close(&h);
		}
	}
}
END_TEST

/** What parse says to one option. */
static const char *
refusal(struct harness *h, const char *name, char type, double number,
	const char *string)
{
	const TactusOption o = {name, type, number, string};

	return harness_refusal(h, &o, 1);
}

START_TEST(channels_and_inputs_are_refused_with_the_mend)
{
	static const char *const row[][2] = {
		{"gain",        "channels"},
		{"patch-cable", "channels"},
		{"recorder",    "channels"},
		{"mixer",       "inputs"  },
		{"compressor",  "channels"},
		{"limiter",     "channels"},
	};

	for (int n = 0; n < 6; n++) {
		struct harness h;
		const char *o = row[n][1];
		char range[128];
		char unknown[128];

		harness_open(&h, row[n][0]);
		snprintf(range, sizeof(range),
			"option \"%s\" must be a whole number from 1 to 64", o);
		snprintf(unknown, sizeof(unknown),
			"option \"chanels\" is unknown; known: %s", o);
		ck_assert_str_eq(refusal(&h, o, 'i', 0, NULL), range);
		ck_assert_str_eq(refusal(&h, o, 'i', 65, NULL), range);
		ck_assert_str_eq(refusal(&h, o, 'f', 1.5, NULL), range);
		ck_assert_str_eq(refusal(&h, o, 'f', NAN, NULL), range);
		ck_assert_str_eq(refusal(&h, o, 'f', 1e300, NULL), range);
		ck_assert_str_eq(refusal(&h, o, 's', 0, "2"), range);
		ck_assert_str_eq(refusal(&h, "chanels", 'i', 1, NULL), unknown);
		ck_assert_str_eq(refusal(&h, o, 'i', 1, NULL), "taken");
		ck_assert_str_eq(refusal(&h, o, 'i', 64, NULL), "taken");
		ck_assert_str_eq(refusal(&h, o, 'f', 2.0, NULL), "taken");
		harness_close(&h);
	}
}
END_TEST

START_TEST(seeds_are_refused_with_the_mend)
{
	static const char *const defs[] = {"noise", "lfo"};

	for (int n = 0; n < 2; n++) {
		struct harness h;

		harness_open(&h, defs[n]);
		ck_assert_str_eq(refusal(&h, "seed", 'f', 0.5, NULL),
			"option \"seed\" must be a whole number from "
			"-2147483648 to 2147483647");
		ck_assert_str_eq(refusal(&h, "sead", 'i', 1, NULL),
			"option \"sead\" is unknown; known: seed");
		ck_assert_str_eq(
			refusal(&h, "seed", 'i', INT32_MIN, NULL), "taken");
		ck_assert_str_eq(
			refusal(&h, "seed", 'i', INT32_MAX, NULL), "taken");
		harness_close(&h);
	}
}
END_TEST

START_TEST(defs_without_options_have_no_parser)
{
	static const char *const with[] = {"gain", "patch-cable", "mixer",
		"noise", "lfo", "sampler", "recorder", "convolver", "delay",
		"compressor", "limiter"};

	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;
		bool has = false;

		for (size_t k = 0; k < sizeof(with) / sizeof(*with); k++) {
			has |= strcmp(with[k], harness_names[n]) == 0;
		}
		harness_open(&h, harness_names[n]);
		ck_assert_int_eq(h.def->parse != NULL, has);
		ck_assert_int_eq(h.def->options_bytes != 0, has);
		harness_close(&h);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/contract");
	TCase *tc = tcase_create("contract");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_def_has_the_controls_that_were_agreed);
	tcase_add_test(tc, every_def_has_the_audio_ports_that_were_agreed);
	tcase_add_test(tc, every_def_describes_itself_whole);
	tcase_add_test(tc, every_def_is_the_same_without_parsed_options);
	tcase_add_test(tc,
		every_def_writes_no_more_of_a_port_than_an_old_engine_knows);
	tcase_add_test(
		tc, every_plugin_stays_away_from_an_engine_of_another_abi);
	tcase_add_test(
		tc, every_def_gives_the_same_bits_however_a_block_is_cut);
	tcase_add_test(tc, every_def_gives_the_same_bits_under_every_compiler);
	tcase_add_test(
		tc, every_def_writes_all_of_its_outputs_and_nothing_more);
	tcase_add_test(tc, channels_and_inputs_are_refused_with_the_mend);
	tcase_add_test(tc, seeds_are_refused_with_the_mend);
	tcase_add_test(tc, defs_without_options_have_no_parser);
	suite_add_tcase(s, tc);
	return s;
}
