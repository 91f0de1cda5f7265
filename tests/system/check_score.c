/* SPDX-License-Identifier: MIT */
/*
 * check_score.c -- a score renders to the same bytes, every time.
 *
 * Twice, and at every period at one block size: what `tactus render` writes
 * depends on the score and the settings that make sound, on nothing else.
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

/* the header of a float WAV without extensions, at the most */
#define HEADER 128

static char folder[] = "/tmp/tactus-score.XXXXXX";

/** What there is to play: at each time, messages as `tactus send` has them. */
static const struct {
	double seconds;
	const char *words[12];
} lines[] = {
	{0.0,     {"/synth/new", "noise", "1", "0", "1", "[", "amp", "0.2", "]"}},
	{0.0,     {"/synth/new", "filter", "2", "0", "1"}                       },
	{0.0,     {"/synth/new", "saw", "3", "0", "0", "[", "freq", "97.3", "]"}},
	{0.0,     {"/synth/map/output", "1", "out", "4", "0"}                   },
	{0.0,     {"/synth/map/output", "3", "out", "4", "0"}                   },
	{0.0,     {"/synth/map/input", "2", "in", "4", "0"}                     },
	{0.0,     {"/synth/map/output", "2", "out", "0", "1"}                   },
	{0.0,     {"/synth/activate", "1"}				      },
	{0.0,     {"/synth/activate", "2"}				      },
	{0.01234, {"/synth/activate", "3"}                                      },
	{0.1,     {"/node/set", "2", "cutoff", "[", "4000.0", "0.3", "]"}       },
	{0.15001, {"/node/set", "3", "freq", "[", "220.0", "0.0777", "]"}       },
	{0.3,     {"/node/release", "1", "0.05"}                                },
	{0.4,     {"/clear"}						    },
};

static size_t
put_int(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++) {
		to[i] = (uint8_t)(value >> (24 - 8 * i));
	}
	return 4;
}

/** The lines as a score of one bundle each, and an empty one at the end. */
static struct score *
make_score(void)
{
	uint8_t *bytes = calloc(1, 16384);
	size_t size = 0;
	char why[200];
	struct score *score;

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i <= sizeof lines / sizeof lines[0]; i++) {
		bool last = i == sizeof lines / sizeof lines[0];
		double seconds = last ? 0.5 : lines[i].seconds;
		uint8_t packet[512];
		uint8_t message[400];
		size_t used = 0;
		uint64_t ntp = (uint64_t)(seconds * 4294967296.0);

		ck_assert(osc_bundle_begin(
			packet, sizeof packet, &used, ntp > 0 ? ntp : 1));
		if (!last) {
			const char *const *words = lines[i].words;
			struct osc_out out;
			int count = 0;
			union {
				const char *const *given;
				char *const *taken;
			} u = {words + 1};

			while (words[count + 1] != NULL) {
				count++;
			}
			osc_begin(&out, message, sizeof message, words[0]);
			ck_assert_int_eq(osc_text_parse(&out, count, u.taken,
						 why, sizeof why),
				0);
			size_t n = osc_end(&out);
			ck_assert(osc_bundle_add(
				packet, sizeof packet, &used, message, n));
		}
		size += put_int(bytes + size, (uint32_t)used);
		memcpy(bytes + size, packet, used);
		size += used;
	}
	ck_assert_int_eq(
		score_open("test", bytes, size, &score, why, sizeof why), 0);
	return score;
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

static struct sound
render(uint32_t period, const char *block)
{
	struct score *score = make_score();
	char plugins[600];
	char size[64];
	char path[64];
	const char *sets[] = {plugins, size, block};
	struct sound s = {NULL, 0};

	(void)snprintf(path, sizeof path, "%s/out.wav", folder);
	(void)snprintf(plugins, sizeof plugins, "plugins.path=[\"%s\"]",
		PLUGINS_BUILT);
	(void)snprintf(size, sizeof size, "audio.period=%u", period);
	struct render_job job = {.config = "/dev/null",
		.sets = sets,
		.nsets = 3,
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

START_TEST(score_renders_to_the_same_bytes_twice_and_at_every_period)
{
	static const uint32_t periods[] = {
		64, 65, 100, 128, 441, 512, 1000, 1024};

	ck_assert_ptr_nonnull(mkdtemp(folder));
	struct sound first = render(128, "audio.block=64");
	/* half a second of two channels, of which one sounds most of it */
	ck_assert_uint_ge(first.size, 24000 * 8);
	ck_assert_uint_gt(sounding(&first), 15000);
	for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
		struct sound again = render(periods[i], "audio.block=64");
		ck_assert_uint_eq(again.size, first.size);
		ck_assert_int_eq(
			memcmp(again.bytes, first.bytes, first.size), 0);
		free(again.bytes);
	}
	free(first.bytes);
	(void)rmdir(folder);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/score");
	TCase *tc = tcase_create("score");

	tcase_set_timeout(tc, 120);
	tcase_add_test(
		tc, score_renders_to_the_same_bytes_twice_and_at_every_period);
	suite_add_tcase(s, tc);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
