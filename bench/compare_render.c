/* SPDX-License-Identifier: MIT */
/*
 * compare_render.c -- rows 1 to 4: scsynth and tactus render the same.
 *
 * Blocks of 64 frames at 48 kHz, one output to which all voices are mixed,
 * one thread.  Told is the processor time of the whole process for each block
 * of a long rendering beyond a short one, less that of a rendering without
 * voices: what the graph costs, and nothing of start, end, the making of
 * synths and the writing of files.
 *
 * Without scsynth (Debian: supercollider-server) tactus runs alone.  Other
 * builds of tactus take part where BENCH_BUILDS names them, as
 * "avx2=FOLDER baseline=FOLDER"; `make bench-builds` makes those two.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compare.h"
#include "score.h"
#include "sound.h"

#define RATE  48000
#define BLOCK 64

/** Who renders: scsynth, this build, others. */
struct rival {
	char name[32];
	char tactus[256]; /* "": scsynth */
	char plugins[256];
};
#define MOST_RIVALS 6

/** What they render. */
static const struct item {
	const char *name;
	struct score score; /* its seconds are the longer rendering's */
} items[] = {
	{"nobody",        {.voice = VOICE_NOBODY, .seconds = 61}                },
	{"1000-sines",    {.voice = VOICE_SINE, .count = 1000, .seconds = 16}   },
	{"10000-sines",   {.voice = VOICE_SINE, .count = 10000, .seconds = 4}   },
	{"1000-nodes",    {.voice = VOICE_NOTHING, .count = 1000, .seconds = 61}},
	{"4000-nodes",    {.voice = VOICE_NOTHING, .count = 4000, .seconds = 31}},
	{"1000-players",  {.voice = VOICE_PLAYER, .count = 1000, .seconds = 11} },
	{"1000-filtered",
         {.voice = VOICE_FILTER, .count = 1000, .seconds = 11}                  },
};
enum item_name {
	NOBODY,
	SINES,
	MANY_SINES,
	NODES,
	MANY_NODES,
	PLAYERS,
	FILTERED,
	ITEMS
};
_Static_assert(sizeof items / sizeof *items == ITEMS, "one name for each");

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

	score_must(pid >= 0, "fork");
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
	score_must(wait4(pid, &status, 0, &used) == pid, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "compare: %s failed\n", words[0]);
		exit(EXIT_FAILURE);
	}
	return 1e6 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/** Render a score to out.wav. @return us of processor time */
static double
render(const struct rival *r, const struct score *s)
{
	char length[16];
	char path[640];
	const char *const theirs[] = {"scsynth", "-N", "score.osc", "_",
		"out.wav", "48000", "WAV", "float", "-z", "64", "-i", "0", "-o",
		"1", "-n", "16384", "-D", "0", NULL};
	const char *const our[] = {r->tactus, "render", "--config=/dev/null",
		"--threads=1", "--set=audio.inputs=0", "--set=audio.outputs=1",
		"--set=limits.max_nodes=16384",
		"--set=limits.max_connections=4096",
		"--set=limits.max_events=16384",
		"--set=pools=({size=256;count=16384;},{size=512;count=16384;},"
		"{size=1024;count=16384;})",
		"--set=media.directories=[\".\"]", path, "--seconds", length,
		"-o", "out.wav", "score.osc", NULL};

	snprintf(length, sizeof length, "%d", s->seconds);
	snprintf(path, sizeof path,
		"--set=plugins.path=[\"%s\",\"" BENCH_OWN_PLUGINS "\"]",
		r->plugins);
	if (*r->tactus != '\0') {
		score_tactus("score.osc", s);
	} else {
		score_scsynth("score.osc", s);
	}
	return run(*r->tactus != '\0' ? our : theirs);
}

/** What a block costs: start, end and the making of synths taken off. */
static double
block_us(const struct rival *r, const struct item *item)
{
	struct score s = item->score;
	int blocks = (s.seconds - 1) * RATE / BLOCK;
	double longer = render(r, &s);

	s.seconds = 1;
	return (longer - render(r, &s)) / blocks;
}

/* --- who --- */

static void
add_build(struct rival *r, const char *name, const char *folder)
{
	snprintf(r->name, sizeof r->name, "tactus-%s", name);
	snprintf(r->tactus, sizeof r->tactus, "%s/tactus", folder);
	snprintf(r->plugins, sizeof r->plugins, "%s/plugins/.libs", folder);
	if (access(r->tactus, X_OK) != 0) {
		fprintf(stderr, "compare: BENCH_BUILDS: there is no %s\n",
			r->tactus);
		exit(EXIT_FAILURE);
	}
}

/** Theirs, ours, other builds of ours. @return how many */
static int
find_rivals(struct rival rival[MOST_RIVALS], bool has_scsynth)
{
	const char *builds = getenv("BENCH_BUILDS");
	char text[1024];
	char *next = NULL;
	int count = 0;

	if (has_scsynth) {
		rival[count++] = (struct rival){.name = "scsynth"};
	}
	rival[count++] =
		(struct rival){"tactus", BENCH_TACTUS, BENCH_PLUGIN_DIR};
	if (builds == NULL || *builds == '\0') {
		compare_skip(1, "AVX2 and baseline builds: BENCH_BUILDS names "
				"none (make bench-builds makes them)");
		return count;
	}
	snprintf(text, sizeof text, "%s", builds);
	for (char *word = strtok_r(text, " ", &next);
		word != NULL && count < MOST_RIVALS;
		word = strtok_r(NULL, " ", &next)) {
		char *folder = strchr(word, '=');
		if (folder != NULL) {
			*folder = '\0';
			add_build(&rival[count++], word, folder + 1);
		}
	}
	return count;
}

/* --- do they do the same? --- */

/** Render something short that begins after half a second. */
static void
record(const struct rival *r, struct score s, struct sound *to)
{
	s.seconds = 2;
	s.from = SCORE_NTP_S / 2;
	(void)render(r, &s);
	sound_read("out.wav", to);
}

/** Tell how far apart two sounds are, and what is allowed. */
static void
judge(struct compare *c, const char *what, const char *unit, double apart,
	double most)
{
	struct bench b;
	char name[128];

	snprintf(name, sizeof name, "compare/sound/%s", what);
	bench_open(&b, name, unit, 1);
	bench_add(&b, apart);
	bench_print(&b);
	compare_tell(c, 0, what, NEVER_OVER, most, &b);
	bench_close(&b);
	c->differs |= !(apart <= most);
}

/** Tones whose phase both know exactly: the rate over a power of two. */
static void
compare_tones(struct compare *c, const struct rival *r)
{
	static const float freq[] = {93.75F, 375.0F, 750.0F, 1500.0F, 6000.0F};
	double apart = 0.0;

	for (size_t i = 0; i < sizeof freq / sizeof *freq; i++) {
		struct score s = {.voice = VOICE_SINE,
			.count = 1,
			.freq = freq[i],
			.amp = 1.0F};
		struct sound theirs;
		struct sound ours;
		record(&r[0], s, &theirs);
		record(&r[1], s, &ours);
		double d = sound_apart(&theirs, &ours, RATE / 2, RATE);
		apart = d > apart ? d : apart;
		sound_close(&theirs);
		sound_close(&ours);
	}
	judge(c, "a sine's first second, worst of five", "1", apart, 1e-4);
}

static void
compare_straight(struct compare *c, const struct rival *r)
{
	struct score s = {.voice = VOICE_STRAIGHT, .count = 1};
	struct sound theirs;
	struct sound ours;

	record(&r[0], s, &theirs);
	record(&r[1], s, &ours);
	judge(c, "a sampler at rate 1: frames that differ", "frames",
		sound_differing(&theirs, &ours, RATE / 2, RATE), 0.0);
	sound_close(&theirs);
	sound_close(&ours);
}

/**
 * Levels behind the low-pass, once it has settled.  Not bits: theirs is a
 * biquad in direct form with coefficients in double, ours a state-variable
 * filter in single precision; both are the bilinear transform of the same
 * prototype, and so are their responses.
 */
static void
compare_filtered(struct compare *c, const struct rival *r)
{
	static const float freq[] = {93.75F, 375.0F, 750.0F, 1500.0F, 6000.0F};
	double apart = 0.0;

	for (size_t i = 0; i < sizeof freq / sizeof *freq; i++) {
		struct score s = {.voice = VOICE_FILTER,
			.count = 1,
			.freq = freq[i],
			.cutoff = 1000.0F,
			.amp = 1.0F};
		struct sound theirs;
		struct sound ours;
		record(&r[0], s, &theirs);
		record(&r[1], s, &ours);
		double d = fabs(sound_level_db(&theirs, RATE, RATE / 2) -
				sound_level_db(&ours, RATE, RATE / 2));
		apart = d > apart ? d : apart;
		sound_close(&theirs);
		sound_close(&ours);
	}
	judge(c, "a sine behind a low-pass, level, worst of five", "dB", apart,
		0.01);
}

/* --- figures --- */

/** What is promised where both are there. */
static void
tell_ratios(struct compare *c, int rivals, struct rival *rival,
	struct bench (*figure)[ITEMS])
{
	static const struct {
		enum item_name item;
		int row;
		double goal;
	} goal[] = {
		{SINES,      1, 7.0},
		{MANY_SINES, 1, 0.0},
		{NODES,      2, 1.0},
		{MANY_NODES, 2, 1.0},
		{PLAYERS,    3, 5.0},
		{FILTERED,   4, 5.5},
	};

	for (size_t g = 0; g < sizeof goal / sizeof *goal; g++) {
		for (int k = 1; k < rivals; k++) {
			char what[96];
			enum promise promise = k == 1 && goal[g].goal > 0.0
						       ? AT_LEAST
						       : NO_PROMISE;
			snprintf(what, sizeof what, "%s: scsynth / %s",
				items[goal[g].item].name, rival[k].name);
			compare_ratio(c, goal[g].row, what, promise,
				goal[g].goal, &figure[0][goal[g].item],
				&figure[k][goal[g].item]);
		}
	}
}

/** The figures themselves; nodes' for each of them. */
static void
tell_figures(struct compare *c, int rivals, struct bench (*figure)[ITEMS])
{
	for (int i = SINES; i < ITEMS; i++) {
		static const int row[ITEMS] = {0, 1, 1, 2, 2, 3, 4};
		for (int k = 0; k < rivals; k++) {
			struct bench *b = &figure[k][i];
			bool node = i == NODES || i == MANY_NODES;
			for (size_t n = 0; node && n < b->count; n++) {
				b->sample[n] *= 1000.0 / items[i].score.count;
			}
			b->unit = node ? "ns/node" : "us";
			bench_print(b);
			bool ours = i == MANY_SINES &&
				    strstr(b->name, "/tactus/") != NULL;
			/* a block's time */
			compare_tell(c, row[i], b->name,
				ours ? AT_MOST : NO_PROMISE, 1e6 * BLOCK / RATE,
				b);
		}
	}
}

void
compare_render(struct compare *c)
{
	static struct rival rival[MOST_RIVALS];
	static char name[MOST_RIVALS][ITEMS][96];
	static struct bench figure[MOST_RIVALS][ITEMS];
	char folder[] = "/tmp/tactus-compare.XXXXXX";
	bool has_scsynth = compare_has("scsynth");
	int rivals = find_rivals(rival, has_scsynth);
	int home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	score_must(home >= 0, ".");
	score_must(mkdtemp(folder) != NULL && chdir(folder) == 0, folder);
	score_write_sound();
	if (has_scsynth) {
		compare_tones(c, rival);
		compare_straight(c, rival);
		compare_filtered(c, rival);
	} else {
		compare_skip(1, "ratios of rows 1 to 4: there is no scsynth "
				"(Debian: supercollider-server)");
	}
	for (int k = 0; k < rivals; k++) {
		for (int i = 0; i < ITEMS; i++) {
			snprintf(name[k][i], sizeof name[k][i],
				"compare/%.31s/%.31s", rival[k].name,
				items[i].name);
			bench_open(&figure[k][i], name[k][i], "us", c->turns);
		}
	}
	for (uint32_t n = 0; n < c->turns; n++) {
		double empty[MOST_RIVALS];
		/* item by item, so that those who are compared are neighbours
		 */
		for (int i = 0; i < ITEMS; i++) {
			for (int k = 0; k < rivals; k++) {
				double us = block_us(&rival[k], &items[i]);
				empty[k] = i == NOBODY ? us : empty[k];
				bench_add(&figure[k][i],
					i == NOBODY ? us : us - empty[k]);
			}
		}
	}
	unlink("out.wav");
	unlink("score.osc");
	unlink(SCORE_SOUND);
	score_must(fchdir(home) == 0 && rmdir(folder) == 0, folder);
	close(home);
	if (has_scsynth) {
		tell_ratios(c, rivals, rival, figure);
	}
	tell_figures(c, rivals, figure);
	for (int k = 0; k < rivals; k++) {
		for (int i = 0; i < ITEMS; i++) {
			bench_close(&figure[k][i]);
		}
	}
}
