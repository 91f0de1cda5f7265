/* SPDX-License-Identifier: MIT */
/*
 * compare.c -- scsynth and tactus at the same work, in turns.
 *
 * Both render offline: blocks of 64 frames at 48 kHz, one output, sines of
 * the same frequencies and levels mixed to it; then synths that do nothing
 * (there: without a unit generator); then players of one looped buffer, each
 * at a rate of its own, with four-point interpolation in both.  Told is the
 * processor time of the whole process for each block of a long rendering beyond
 * a short one, less that of a rendering without synths: what the graph costs,
 * and nothing of start, end and the making of synths.  Then the ratio of the
 * medians.
 *
 * Without scsynth (Debian: supercollider-server) it says so and measures
 * nothing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "osc_write.h"

#define SHORT  1 /* seconds */
#define LONG   5
#define BLOCKS ((LONG - SHORT) * 48000 / 64)
#define TURNS  5
#define NTP_S  ((uint64_t)1 << 32)

static void
must(bool good, const char *what)
{
	if (!good) {
		perror(what);
		exit(EXIT_FAILURE);
	}
}

/* --- scores: a length and a packet, repeated --- */

struct packet {
	size_t size;
	uint8_t data[1024];
};

static void
begin(struct packet *p, uint64_t ntp)
{
	must(osc_bundle_begin(p->data, sizeof p->data, &p->size, ntp),
		"bundle");
}

static void
add(struct packet *p, struct osc_out *o)
{
	size_t size = osc_end(o);

	must(size != 0 && osc_bundle_add(p->data, sizeof p->data, &p->size,
				  o->data, size),
		"bundle");
}

static void
put(FILE *f, const struct packet *p)
{
	uint8_t head[4] = {(uint8_t)(p->size >> 24), (uint8_t)(p->size >> 16),
		(uint8_t)(p->size >> 8), (uint8_t)p->size};

	must(fwrite(head, 4, 1, f) == 1 && fwrite(p->data, p->size, 1, f) == 1,
		"score");
}

/** Frequency and level of sine `i`: their sum stays in range. */
static float
freq_of(int i)
{
	return 100.0F + (float)i;
}

#define AMP 0.001F

/* SynthDef files, version 2: sine is SinOsc.ar(freq) * amp to bus 0 */
#define BE32(n) 0, 0, 0, n
#define F32_0   0, 0, 0, 0
static const uint8_t sc_sine[] = {
	'S',
	'C',
	'g',
	'f',
	BE32(2),
	0,
	1,
	4,
	's',
	'i',
	'n',
	'e',
	/* a constant, two parameters with their names */
	BE32(1),
	F32_0,
	BE32(2),
	0x43,
	0xDC,
	0,
	0,
	F32_0,
	BE32(2),
	4,
	'f',
	'r',
	'e',
	'q',
	BE32(0),
	3,
	'a',
	'm',
	'p',
	BE32(1),
	/* four unit generators: rate, inputs, outputs, special index */
	BE32(4),
	7,
	'C',
	'o',
	'n',
	't',
	'r',
	'o',
	'l',
	1,
	BE32(0),
	BE32(2),
	0,
	0,
	1,
	1,
	6,
	'S',
	'i',
	'n',
	'O',
	's',
	'c',
	2,
	BE32(2),
	BE32(1),
	0,
	0,
	BE32(0),
	BE32(0),
	255,
	255,
	255,
	255,
	BE32(0),
	2,
	12,
	'B',
	'i',
	'n',
	'a',
	'r',
	'y',
	'O',
	'p',
	'U',
	'G',
	'e',
	'n',
	2,
	BE32(2),
	BE32(1),
	0,
	2,
	BE32(1),
	BE32(0),
	BE32(0),
	BE32(1),
	2,
	3,
	'O',
	'u',
	't',
	2,
	BE32(2),
	BE32(0),
	0,
	0,
	255,
	255,
	255,
	255,
	BE32(0),
	BE32(2),
	BE32(0),
	/* no variants */
	0,
	0,
};
static const uint8_t sc_nothing[] = {
	'S',
	'C',
	'g',
	'f',
	BE32(2),
	0,
	1,
	7,
	'n',
	'o',
	't',
	'h',
	'i',
	'n',
	'g',
	BE32(0),
	BE32(0),
	BE32(0),
	BE32(0),
	0,
	0,
};

/* clang-format off */
/* player is PlayBuf.ar(1, 0, rate, loop: 1) * 0.001 to bus 0 */
static const uint8_t sc_player[] = {
	'S', 'C', 'g', 'f', BE32(2), 0, 1,
	6, 'p', 'l', 'a', 'y', 'e', 'r',
	/* constants 0, 1, 0.001; one parameter with its name */
	BE32(3), F32_0, 0x3f, 0x80, 0, 0, 0x3a, 0x83, 0x12, 0x6f,
	BE32(1), 0x3f, 0x80, 0, 0,
	BE32(1), 4, 'r', 'a', 't', 'e', BE32(0),
	BE32(4),
	7, 'C', 'o', 'n', 't', 'r', 'o', 'l', 1, BE32(0), BE32(1), 0, 0, 1,
	7, 'P', 'l', 'a', 'y', 'B', 'u', 'f', 2, BE32(6), BE32(1), 0, 0,
	255, 255, 255, 255, BE32(0), /* buffer 0 */
	BE32(0), BE32(0), /* rate */
	255, 255, 255, 255, BE32(1), /* trigger */
	255, 255, 255, 255, BE32(0), /* start */
	255, 255, 255, 255, BE32(1), /* loop */
	255, 255, 255, 255, BE32(0), /* done action */
	2,
	12, 'B', 'i', 'n', 'a', 'r', 'y', 'O', 'p', 'U', 'G', 'e', 'n',
	2, BE32(2), BE32(1), 0, 2,
	BE32(1), BE32(0), 255, 255, 255, 255, BE32(2), 2,
	3, 'O', 'u', 't', 2, BE32(2), BE32(0), 0, 0,
	255, 255, 255, 255, BE32(0), BE32(2), BE32(0),
	0, 0,
};
/* clang-format on */

/** The sound that players play: some seconds of noise of 48 kHz. */
#define SOUND        "sound.wav"
#define SOUND_FRAMES 100000

/** Rate of player `i`: never 1, where interpolation has nothing to do. */
static float
rate_of(int i)
{
	return 0.5F + (float)(i % 997) / 1000.0F;
}

static bool
is_player(const char *def)
{
	return strcmp(def, "sampler") == 0;
}

/** Write a mono WAV of 16 bit. */
static void
write_sound(void)
{
	uint32_t bytes = SOUND_FRAMES * 2;
	const uint32_t head[] = {0x46464952, bytes + 36, 0x45564157, 0x20746d66,
		16, 0x00010001, 48000, 96000, 0x00100002, 0x61746164, bytes};
	FILE *f = fopen(SOUND, "we");
	uint32_t chance = 1;

	must(f != NULL && fwrite(head, sizeof head, 1, f) == 1, SOUND);
	for (int i = 0; i < SOUND_FRAMES; i++) {
		chance = chance * 1664525U + 1013904223U;
		must(fwrite((const char *)&chance + 2, 2, 1, f) == 1, SOUND);
	}
	must(fclose(f) == 0, SOUND);
}

static bool
is_sine(const char *def)
{
	return strcmp(def, "sine") == 0;
}

static void
put_def(FILE *f, const uint8_t *def, size_t size)
{
	struct packet p;
	struct osc_out o;
	uint8_t data[512];

	begin(&p, 0);
	osc_begin(&o, data, sizeof data, "/d_recv");
	osc_put_blob(&o, def, (uint32_t)size);
	add(&p, &o);
	put(f, &p);
}

static void
sc_score(const char *path, const char *def, int count, int seconds)
{
	FILE *f = fopen(path, "we");
	struct packet p;
	struct osc_out o;
	uint8_t data[512];

	must(f != NULL, path);
	put_def(f, sc_sine, sizeof sc_sine);
	put_def(f, sc_nothing, sizeof sc_nothing);
	put_def(f, sc_player, sizeof sc_player);
	begin(&p, 0);
	osc_begin(&o, data, sizeof data, "/b_allocRead");
	osc_put_int(&o, 0);
	osc_put_string(&o, SOUND);
	add(&p, &o);
	put(f, &p);
	for (int i = 0; i < count; i++) {
		begin(&p, 0);
		osc_begin(&o, data, sizeof data, "/s_new");
		osc_put_string(&o, is_player(def) ? "player" : def);
		osc_put_int(&o, 1000 + i);
		osc_put_int(&o, 1);
		osc_put_int(&o, 0);
		if (is_sine(def)) {
			osc_put_string(&o, "freq");
			osc_put_float(&o, freq_of(i));
			osc_put_string(&o, "amp");
			osc_put_float(&o, AMP);
		} else if (is_player(def)) {
			osc_put_string(&o, "rate");
			osc_put_float(&o, rate_of(i));
		}
		add(&p, &o);
		put(f, &p);
	}
	/* it renders up to the last packet */
	begin(&p, (uint64_t)seconds * NTP_S);
	osc_begin(&o, data, sizeof data, "/g_freeAll");
	osc_put_int(&o, 0);
	add(&p, &o);
	put(f, &p);
	must(fclose(f) == 0, path);
}

static void
tactus_score(const char *path, const char *def, int count)
{
	FILE *f = fopen(path, "we");
	struct packet p;
	struct osc_out o;
	uint8_t data[512];

	must(f != NULL, path);
	begin(&p, 0);
	osc_begin(&o, data, sizeof data, "/resource/new");
	osc_put_string(&o, "audio-buffer");
	osc_put_int(&o, 0);
	osc_put_array(&o);
	osc_put_string(&o, SOUND);
	osc_end_array(&o);
	add(&p, &o);
	put(f, &p);
	for (int i = 0; i < count; i++) {
		/* time stands still until the buffer is there */
		begin(&p, NTP_S / 100);
		osc_begin(&o, data, sizeof data, "/synth/new");
		osc_put_string(&o, def);
		osc_put_int(&o, 1 + i);
		osc_put_int(&o, 0);
		osc_put_int(&o, 1);
		if (is_sine(def)) {
			osc_put_array(&o);
			osc_put_float(&o, freq_of(i));
			osc_put_float(&o, AMP);
			osc_end_array(&o);
			add(&p, &o);
		} else if (is_player(def)) {
			osc_put_array(&o);
			osc_put_string(&o, "rate");
			osc_put_float(&o, rate_of(i));
			osc_put_string(&o, "amp");
			osc_put_float(&o, AMP);
			osc_put_string(&o, "loop");
			osc_put_int(&o, 1);
			osc_put_string(&o, "buffer");
			osc_put_int(&o, 0);
			osc_end_array(&o);
			add(&p, &o);
		}
		if (is_sine(def) || is_player(def)) {
			osc_begin(&o, data, sizeof data, "/synth/map/output");
			osc_put_int(&o, 1 + i);
			osc_put_string(&o, "out");
			osc_put_int(&o, 0);
			osc_put_int(&o, 1);
		}
		add(&p, &o);
		osc_begin(&o, data, sizeof data, "/synth/activate");
		osc_put_int(&o, 1 + i);
		add(&p, &o);
		put(f, &p);
	}
	must(fclose(f) == 0, path);
}

/* --- runs --- */

/** Run a program to its end. @return us of processor time */
static double
run(const char *const *words)
{
	struct rusage used;
	int status;
	pid_t pid = fork();
	union {
		const char *const *seen;
		char *const *given; /* execv changes nothing */
	} u = {words};

	must(pid >= 0, "fork");
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		if (getenv("BENCH_LOG") == NULL) {
			dup2(null, 2);
		}
		execvp(words[0], u.given);
		_exit(127);
	}
	must(wait4(pid, &status, 0, &used) == pid, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "compare: %s failed\n", words[0]);
		exit(EXIT_FAILURE);
	}
	double us =
		1e6 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	return us;
}

/** A program, and what it renders. */
struct rival {
	const char *name;
	const char *def; /* NULL: no synth at all */
	int count;
	bool ours;
};

/** Render `seconds` of it. @return us of processor time */
static double
render(const struct rival *r, int seconds)
{
	char score[64];
	char length[16];
	const char *const theirs[] = {"scsynth", "-N", score, "_", "out.wav",
		"48000", "WAV", "float", "-z", "64", "-i", "0", "-o", "1", "-n",
		"8192", "-D", "0", NULL};
	const char *const our[] = {BENCH_TACTUS, "render", "--config=/dev/null",
		"--set=audio.inputs=0", "--set=audio.outputs=1",
		"--set=limits.max_nodes=8192",
		"--set=pools=({size=256;count=8192;},{size=1024;"
		"count=2048;})",
		"--set=media.directories=[\".\"]",
		"--set=plugins.path=[\"" BENCH_PLUGIN_DIR
		"\",\"" BENCH_OWN_PLUGINS "\"]",
		"--seconds", length, "-o", "out.wav", score, NULL};

	snprintf(score, sizeof score, "score-%d.osc", seconds);
	snprintf(length, sizeof length, "%d", seconds);
	if (r->ours) {
		tactus_score(score, r->def, r->count);
	} else {
		sc_score(score, r->def, r->count, seconds);
	}
	double us = run(r->ours ? our : theirs);
	unlink(score);
	return us;
}

/** What a block costs: start, end and the making of synths taken off. */
static double
block_us(const struct rival *r)
{
	double shorter = render(r, SHORT);

	return (render(r, LONG) - shorter) / BLOCKS;
}

static bool
has_scsynth(void)
{
	return system("command -v scsynth >/dev/null 2>&1") == 0;
}

int
main(void)
{
	static const struct rival rival[] = {
		{"scsynth/1000-sines",   "sine",    1000, false},
		{"scsynth/4000-nodes",   "nothing", 4000, false},
		{"scsynth/1000-players", "sampler", 1000, false},
		{"tactus/1000-sines",    "sine",    1000, true },
		{"tactus/4000-nodes",    "nothing", 4000, true },
		{"tactus/1000-players",  "sampler", 1000, true },
	};
	static const struct rival nobody[] = {
		{"scsynth", "sine", 0, false},
		{"tactus",  "sine", 0, true },
	};
	enum { RIVALS = sizeof rival / sizeof *rival };
	char folder[] = "/tmp/tactus-compare.XXXXXX";
	char name[RIVALS][64];
	struct bench figure[RIVALS];
	uint32_t turns = bench_repeat(TURNS);

	if (!has_scsynth()) {
		printf("compare: skipped: there is no scsynth "
		       "(Debian: supercollider-server)\n");
		return EXIT_SUCCESS;
	}
	int home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	must(home >= 0, ".");
	must(mkdtemp(folder) != NULL && chdir(folder) == 0, folder);
	write_sound();
	for (int i = 0; i < RIVALS; i++) {
		snprintf(name[i], sizeof name[i], "compare/%s", rival[i].name);
		bench_open(&figure[i], name[i], "us", turns);
	}
	for (uint32_t n = 0; n < turns; n++) {
		double empty[2] = {block_us(&nobody[0]), block_us(&nobody[1])};
		for (int i = 0; i < RIVALS; i++) {
			bench_add(&figure[i],
				block_us(&rival[i]) - empty[rival[i].ours]);
		}
	}
	unlink("out.wav");
	unlink(SOUND);
	must(fchdir(home) == 0 && rmdir(folder) == 0, folder);
	close(home);
	bench_begin();
	for (int i = 0; i < RIVALS; i++) {
		bench_print(&figure[i]);
	}
	/* ours stand behind theirs, in the same order */
	for (int i = 0; i < RIVALS / 2; i++) {
		bench_ratio(&figure[RIVALS / 2 + i], &figure[i]);
	}
	for (int i = 0; i < RIVALS; i++) {
		bench_close(&figure[i]);
	}
	return EXIT_SUCCESS;
}
