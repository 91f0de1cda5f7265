/* SPDX-License-Identifier: MIT */
/*
 * check_score.c -- a score renders to the same bytes, every time.
 *
 * Twice, at every period at one block size, and with any number of threads:
 * what `tactus render` writes depends on the score and the settings that make
 * sound, on nothing else.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "house_render.h"
#include "osc_text.h"
#include "osc_write.h"
#include "score.h"
#include "threads.h"

/* the header of a float WAV without extensions, at the most */
#define HEADER 128

static char folder[] = "/tmp/tactus-score.XXXXXX";

/** What there is to play: at each time, messages as `tactus send` has them. */
struct line {
	double seconds;
	const char *words;
};
static const struct line lines[] = {
	{0.0,     "/synth/new noise 1 0 1 [ amp 0.2 ]"},
	{0.0,     "/synth/new filter 2 0 1"           },
	{0.0,     "/synth/new saw 3 0 0 [ freq 97.3 ]"},
	{0.0,     "/synth/map/output 1 out 4 0"       },
	{0.0,     "/synth/map/output 3 out 4 0"       },
	{0.0,     "/synth/map/input 2 in 4 0"         },
	{0.0,     "/synth/map/output 2 out 0 1"       },
	{0.0,     "/synth/activate 1"                 },
	{0.0,     "/synth/activate 2"                 },
	{0.01234, "/synth/activate 3"                 },
	{0.1,     "/node/set 2 cutoff [ 4000.0 0.3 ]" },
	{0.15001, "/node/set 3 freq [ 220.0 0.0777 ]" },
	{0.3,     "/node/release 1 0.05"              },
	{0.4,     "/clear"			    },
	{0.5,     NULL				},
};

/** A score that is being written. */
struct pen {
	uint8_t *bytes;
	size_t room;
	size_t size;
};

static size_t
put_int(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++) {
		to[i] = (uint8_t)(value >> (24 - 8 * i));
	}
	return 4;
}

/** Write one bundle of one message, or (NULL) an empty one. */
static void
pen_write(struct pen *p, double seconds, const char *words)
{
	uint8_t packet[512];
	uint8_t message[400];
	char text[200] = "";
	char why[200];
	char *word[24];
	char *save = NULL;
	int count = 0;
	size_t used = 0;
	uint64_t ntp = (uint64_t)(seconds * 4294967296.0);

	ck_assert(osc_bundle_begin(
		packet, sizeof packet, &used, ntp > 0 ? ntp : 1));
	(void)snprintf(text, sizeof text, "%s", words != NULL ? words : "");
	for (char *w = strtok_r(text, " ", &save); w != NULL;
		w = strtok_r(NULL, " ", &save)) {
		ck_assert_int_lt(count, 24);
		word[count++] = w;
	}
	if (count > 0) {
		struct osc_out out;
		osc_begin(&out, message, sizeof message, word[0]);
		ck_assert_int_eq(osc_text_parse(&out, count - 1, word + 1, why,
					 sizeof why),
			0);
		size_t n = osc_end(&out);
		ck_assert(osc_bundle_add(
			packet, sizeof packet, &used, message, n));
	}
	ck_assert_uint_le(p->size + 4 + used, p->room);
	p->size += put_int(p->bytes + p->size, (uint32_t)used);
	memcpy(p->bytes + p->size, packet, used);
	p->size += used;
}

static void
pen_open(struct pen *p)
{
	*p = (struct pen){.room = 1 << 18};
	p->bytes = calloc(1, p->room);
	ck_assert_ptr_nonnull(p->bytes);
}

/** What was written, as a score, which owns the bytes. */
static struct score *
pen_end(const struct pen *p)
{
	struct score *score;
	char why[200];

	ck_assert_int_eq(
		score_open("test", p->bytes, p->size, &score, why, sizeof why),
		0);
	return score;
}

/** The lines as a score of one bundle each, and an empty one at the end. */
static struct score *
make_score(void)
{
	struct pen p;

	pen_open(&p);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		pen_write(&p, lines[i].seconds, lines[i].words);
	}
	return pen_end(&p);
}

/** Voices of the wide score. */
#define VOICES 200
#define FIRST  100 /* ids of the sources */
#define SECOND 500 /* … and of what is behind each */

/** Voices of two synths each, joined, that begin one after the other: wide
 * enough for helpers to be called, and another graph in each block. */
static struct score *
make_wide_score(void)
{
	struct pen p;
	char words[120];

	pen_open(&p);
	for (int i = 0; i < VOICES; i++) {
		double at = 0.0002 * i;
		int a = FIRST + i;
		int b = SECOND + i;
		(void)snprintf(words, sizeof words,
			"/synth/new %s %d 0 1 [ freq %d.3 amp 0.02 ]",
			i % 3 == 0 ? "pulse" : "saw", a, 50 + 7 * i);
		pen_write(&p, at, words);
		(void)snprintf(words, sizeof words,
			"/synth/new filter %d 0 1 [ cutoff %d.0 q 2.0 ]", b,
			200 + 31 * i);
		pen_write(&p, at, words);
		(void)snprintf(words, sizeof words,
			"/node/connect %d out %d in", a, b);
		pen_write(&p, at, words);
		(void)snprintf(words, sizeof words,
			"/synth/map/output %d out %d 1", b, i % 2);
		pen_write(&p, at, words);
		for (int k = a; k <= b; k += b - a) {
			(void)snprintf(
				words, sizeof words, "/synth/activate %d", k);
			pen_write(&p, at, words);
		}
	}
	for (int i = 0; i < VOICES; i++) {
		(void)snprintf(words, sizeof words, "/node/release %d 0.01",
			SECOND + i);
		pen_write(&p, 0.1 + 0.0007 * i, words);
	}
	pen_write(&p, 0.3, NULL);
	return pen_end(&p);
}

static void
told(void *user, const struct osc_message *m)
{
	char text[300];

	(void)user;
	(void)osc_text_show(m, text, sizeof text);
	/* what becomes of nodes is told, too */
	ck_assert_msg(strcmp(m->address, "/notify.reply") == 0 ||
			      strncmp(m->address, "/node/", 6) == 0,
		"%s", text);
}

static void
wrong(void *user, const char *line)
{
	(void)user;
	ck_abort_msg("%s", line);
}

struct sound {
	uint8_t *bytes;
	size_t size;
};

/** Render a score, and close it. */
static struct sound
render(struct score *score, uint32_t period, uint32_t threads)
{
	char plugins[600];
	char size[64];
	char many[64];
	char path[64];
	const char *sets[] = {plugins, size, many, "audio.block=64"};
	struct sound s = {NULL, 0};

	(void)snprintf(path, sizeof path, "%s/out.wav", folder);
	(void)snprintf(plugins, sizeof plugins, "plugins.path=[\"%s\"]",
		PLUGINS_BUILT);
	(void)snprintf(size, sizeof size, "audio.period=%u", period);
	(void)snprintf(many, sizeof many, "realtime.threads=%u", threads);
	struct render_job job = {.config = "/dev/null",
		.sets = sets,
		.nsets = 4,
		.score = score,
		.seconds = -1.0,
		.out = path,
		.told = told,
		.wrong = wrong};
	ck_assert_int_eq(house_render(&job), 0);
	score_close(score);
	FILE *f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	s.bytes = malloc(1 << 20);
	ck_assert_ptr_nonnull(s.bytes);
	s.size = fread(s.bytes, 1, 1 << 20, f);
	(void)fclose(f);
	(void)unlink(path);
	return s;
}

/** Samples of the sound that are not 0, from the end of the file. */
static size_t
sounding(const struct sound *s)
{
	size_t count = 0;

	for (size_t i = s->size % 4 + HEADER; i + 4 <= s->size; i += 4) {
		float x;
		memcpy(&x, s->bytes + i, sizeof x);
		count += x != 0.0f && isfinite(x) ? 1 : 0;
	}
	return count;
}

/** That another rendering is the same, byte for byte. */
static void
is_the_same(const struct sound *first, struct sound again)
{
	ck_assert_uint_eq(again.size, first->size);
	ck_assert_int_eq(memcmp(again.bytes, first->bytes, first->size), 0);
	free(again.bytes);
}

START_TEST(score_renders_to_the_same_bytes_twice_and_at_every_period)
{
	static const uint32_t periods[] = {
		64, 65, 100, 128, 441, 512, 1000, 1024};

	struct sound first = render(make_score(), 128, threads_wanted());
	/* half a second of two channels, of which one sounds most of it */
	ck_assert_uint_ge(first.size, 24000 * 8);
	ck_assert_uint_gt(sounding(&first), 15000);
	for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
		is_the_same(&first,
			render(make_score(), periods[i], threads_wanted()));
	}
	free(first.bytes);
}
END_TEST

START_TEST(score_renders_to_the_same_bytes_at_any_number_of_threads)
{
	static const uint32_t threads[] = {1, 2, 3, 4, 8};

	struct sound first = render(make_wide_score(), 128, 1);
	/* a third of a second of two channels that sound most of it */
	ck_assert_uint_ge(first.size, 14400 * 8);
	ck_assert_uint_gt(sounding(&first), 20000);
	for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
		is_the_same(&first, render(make_wide_score(), 128, threads[i]));
	}
	free(first.bytes);
}
END_TEST

static void
make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
remove_folder(void)
{
	(void)rmdir(folder);
}

int
main(void)
{
	Suite *s = suite_create("system/score");
	TCase *tc = tcase_create("score");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_folder, remove_folder);
	tcase_add_test(
		tc, score_renders_to_the_same_bytes_twice_and_at_every_period);
	tcase_add_test(
		tc, score_renders_to_the_same_bytes_at_any_number_of_threads);
	suite_add_tcase(s, tc);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
