/* SPDX-License-Identifier: MIT */
/*
 * check_arguments.c -- what every class and every job does with arguments and
 * buffers that nobody thought of: refuses in words, or works; never more.
 *
 * Random, the same every time.
 */
#include "job_buffer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tactus/resources/audio_buffer.h>

#define MOST 300 /* arguments */

static const char *const plugins[] = {
	"audio-buffer", "wavetable", "convolver", "buffer-jobs"};
#define PLUGINS (sizeof plugins / sizeof *plugins)

/* so that what passes is small */
#define LIMIT (UINT64_C(1) << 22)

static uint32_t
below(uint32_t *seed, uint32_t n)
{
	return (uint32_t)(job_buffer_random(seed) * n);
}

static const char *
any_string(uint32_t *seed)
{
	static char many[70000];
	/* none of them leads out of the folder */
	static const char *const some[] = {"in.wav", "one.wav", "wide.wav",
		"slow.wav", "out.wav", "sine", "saw", "wav", "flac", "",
		"nothing/in.wav", "out.flac", "\xff\xc0", "%s%n", "square",
		"triangle", "ogg", "a\nb\x1b[2J"};
	uint32_t which = below(seed, sizeof some / sizeof *some + 1);

	if (which < sizeof some / sizeof *some) {
		return some[which];
	}
	memset(many, 'x', sizeof many - 1);
	return many;
}

static int64_t
any_whole(uint32_t *seed)
{
	static const int64_t odd[] = {0, 1, -1, 2, 64, 65, 63, INT32_MAX,
		INT32_MIN, INT64_MAX, INT64_MIN, INT64_C(1) << 32, 48000, 1000,
		INT64_C(1) << 53, INT64_MAX - 1, 44100};

	return below(seed, 3) == 0 ? (int64_t)below(seed, 300)
				   : odd[below(seed, sizeof odd / sizeof *odd)];
}

static double
any_real(uint32_t *seed)
{
	static const double odd[] = {0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 5e-324,
		1e300, -1e300, 1.7976931348623157e308, 440.0, 48000.0, 44100.0,
		2147483648.0, 9223372036854775808.0, -9223372036854775808.0,
		1e-6, 3.4e38, 3.5e38, 1e-45};

	return below(seed, 3) == 0 ? job_buffer_random(seed) * 2.0 - 0.5
				   : odd[below(seed, sizeof odd / sizeof *odd)];
}

/** Arguments as the engine hands them over. @return how many */
static uint32_t
any_values(uint32_t *seed, TactusValue *values)
{
	uint32_t count =
		below(seed, 40) == 0 ? below(seed, MOST + 1) : below(seed, 7);
	uint32_t kind = below(seed, 4); /* often all of one */

	for (uint32_t i = 0; i < count; i++) {
		switch (kind < 3 && below(seed, 4) > 0 ? kind
						       : below(seed, 3)) {
		case 0:
			values[i] = harness_int(any_whole(seed));
			break;
		case 1:
			values[i] = harness_float(any_real(seed));
			break;
		default:
			values[i] = harness_string(any_string(seed));
			break;
		}
	}
	/* most of what takes anything else takes a name first */
	if (count > 0 && kind != 1 && below(seed, 2) == 0) {
		values[0] = harness_string(
			below(seed, 3) == 0 ? "in.wav" : any_string(seed));
	}
	return count;
}

/** Random arguments, with those in them that the engine never hands over. */
static uint32_t
any_values_at_all(uint32_t *seed, TactusValue *values)
{
	static const double none[] = {
		(double)NAN, (double)INFINITY, (double)-INFINITY};
	static const char types[] = {'h', 'i', 'f', 'b', 'N', 0};
	uint32_t count = any_values(seed, values);

	if (count > 0 && below(seed, 3) == 0) {
		TactusValue *v = &values[below(seed, count)];
		*v = harness_float(none[below(seed, 3)]);
		v->type = types[below(seed, sizeof types)];
	}
	return count;
}

/** A check of a class or a job. */
typedef int (*check_function)(const TactusHost *host, const TactusValue *values,
	uint32_t count, char *reason, size_t size);

static void
check_one(struct harness_host *h, const char *name, check_function check,
	uint32_t *seed)
{
	static const size_t sizes[] = {256, 1, 2, 20};
	TactusValue values[MOST];
	uint32_t count = any_values_at_all(seed, values);
	size_t size = sizes[below(seed, 4)];
	/* of its very size, and not a value more than there is */
	char *reason = calloc(1, size);
	TactusValue *exact = malloc(count * sizeof *exact + 1);

	ck_assert_ptr_nonnull(reason);
	ck_assert_ptr_nonnull(exact);
	memcpy(exact, values, count * sizeof *exact);
	int code = check(&h->host, exact, count, reason, size);
	ck_assert_msg(code == 0 || code == 400 || code == 413 || code == 422,
		"%s: %d", name, code);
	ck_assert_ptr_nonnull(memchr(reason, '\0', size));
	ck_assert_msg(code == 0 || size < 2 || reason[0] != '\0',
		"%s: %d without a reason", name, code);
	free(reason);
	free(exact);
}

static void
open_all(struct harness_host *h)
{
	harness_host_init(h, 48000.0);
	for (size_t i = 0; i < PLUGINS; i++) {
		harness_host_load(h, plugins[i]);
	}
	h->limit = LIMIT;
	h->media = job_buffer_folder;
}

START_TEST(every_check_answers_a_code_and_a_reason_whatever_comes)
{
	struct harness_host h;
	uint32_t seed = 11;

	open_all(&h);
	for (uint32_t n = 0; n < 3000; n++) {
		for (uint32_t i = 0; i < h.resources; i++) {
			check_one(&h, h.resource[i]->name, h.resource[i]->check,
				&seed);
		}
		for (uint32_t i = 0; i < h.works; i++) {
			check_one(&h, h.work[i]->name, h.work[i]->check, &seed);
		}
	}
	harness_host_close(&h);
}
END_TEST

/** Fill with noise, and now and then with what is no sound. */
static void
fill(TactusAudioBuffer *b, uint32_t *seed)
{
	static const float odd[] = {
		NAN, INFINITY, -INFINITY, 3.4e38F, -3.4e38F, 1e-40F, 0.0F};
	bool is_bad = below(seed, 4) == 0;
	bool is_silent = below(seed, 4) == 0;

	for (uint32_t c = 0; c < b->channels; c++) {
		for (int64_t i = 0; i < b->frames; i++) {
			b->channel[c][i] =
				is_silent ? 0.0F
				: is_bad && below(seed, 20) == 0
					? odd[below(seed, 7)]
					: (float)job_buffer_normal(seed);
		}
	}
}

/** Buffers from the smallest to the widest. */
static TactusAudioBuffer *
any_buffer(struct harness_host *h, uint32_t *seed)
{
	static const struct {
		uint32_t channels;
		int64_t frames;
	} shape[] = {
		{1,  1    },
                {64, 1    },
                {1,  2    },
                {2,  63   },
                {64, 65   },
                {3,  4813 },
		{1,  20000},
                {2,  2048 },
                {1,  16   },
                {17, 300  }
        };
	static const double rates[] = {
		48000.0, 44100.0, 1.0, 8000.0, 768000.0, 1e6, 0.001, 192000.0};
	uint32_t which = below(seed, sizeof shape / sizeof *shape);
	TactusAudioBuffer *b =
		job_buffer_new(h, shape[which].channels, shape[which].frames,
			rates[below(seed, sizeof rates / sizeof *rates)]);

	fill(b, seed);
	return b;
}

/** Write files, so that there is something to read. */
static void
write_files(struct harness_host *h)
{
	static const struct {
		const char *name;
		uint32_t channels;
		int64_t frames;
		double rate;
	} file[] = {
		{"in.wav",   2,  500, 44100.0},
                {"one.wav",  1,  1,   48000.0},
		{"wide.wav", 64, 70,  48000.0},
                {"slow.wav", 1,  100, 1.0    }
        };
	uint32_t seed = 3;

	for (size_t n = 0; n < sizeof file / sizeof *file; n++) {
		const TactusValue name = harness_string(file[n].name);
		TactusAudioBuffer *b = job_buffer_new(
			h, file[n].channels, file[n].frames, file[n].rate);
		for (int64_t i = 0; i < b->frames; i++) {
			b->channel[0][i] =
				(float)(job_buffer_random(&seed) - 0.5);
		}
		ck_assert_int_eq(
			job_buffer_do(h, "buffer-save", b, &name, 1), 0);
		job_buffer_end(h, b);
	}
}

/** Nothing that was begun for one piece of work is left. */
static void
check_nothing_left(
	const struct harness_host *h, const char *name, uint32_t blocks)
{
	ck_assert_msg(h->blocks == blocks && h->sounds == 0,
		"%s: %u blocks instead of %u, %u sounds", name, h->blocks,
		blocks, h->sounds);
}

/** Let the client lose interest, or memory be short, now and then. */
static void
disturb(struct harness_host *h, uint32_t *seed)
{
	h->job.cancelled = false;
	h->job.cancel_at = below(seed, 5) == 0 ? 1 + below(seed, 4) : 0;
	h->fail_at =
		below(seed, 5) == 0 ? h->allocations + 1 + below(seed, 4) : 0;
}

START_TEST(what_passes_its_check_is_made_or_refused_and_leaves_nothing)
{
	struct harness_host h;
	TactusValue values[MOST];
	uint32_t seed = 12 + (uint32_t)_i;
	uint32_t made = 0;

	open_all(&h);
	write_files(&h);
	const char *name = h.resource[_i]->name;
	for (uint32_t n = 0; n < 1500; n++) {
		uint32_t count = any_values(&seed, values);

		disturb(&h, &seed);
		void *resource = harness_construct(&h, name, values, count);
		if (resource != NULL) {
			ck_assert_uint_gt(h.blocks, 0);
			ck_assert_uint_le(h.bytes, LIMIT);
			harness_destroy(&h, name, resource);
			made++;
		}
		check_nothing_left(&h, name, 0);
		ck_assert_uint_eq(h.bytes, 0);
	}
	ck_assert_msg(made > 20, "%s: %u made", name, made);
	harness_host_close(&h);
}
END_TEST

/** After a job the buffer is one still. */
static void
check_buffer(const TactusAudioBuffer *b, const char *name)
{
	volatile float last;

	ck_assert_msg(b->channels >= 1 && b->frames >= 1 && b->rate > 0.0,
		"%s: %u channels of %lld frames", name, b->channels,
		(long long)b->frames);
	for (uint32_t c = 0; c < b->channels; c++) {
		last = b->channel[c][b->frames - 1];
		(void)last;
	}
}

START_TEST(a_job_on_any_buffer_is_done_or_fails_in_words_and_leaves_nothing)
{
	struct harness_host h;
	TactusValue values[MOST];
	uint32_t seed = 22 + (uint32_t)_i;
	uint32_t done = 0;
	uint32_t passed = 0;

	open_all(&h);
	write_files(&h);
	const char *name = h.work[_i]->name;
	for (uint32_t n = 0; n < 2000 && passed < 120; n++) {
		uint32_t count = any_values(&seed, values);
		h.fail_at = 0;
		h.code = h.work[_i]->check(
			&h.host, values, count, h.reason, sizeof h.reason);
		if (h.code != 0) {
			continue;
		}
		passed++;
		TactusAudioBuffer *b = any_buffer(&h, &seed);
		disturb(&h, &seed);
		done += job_buffer_do(&h, name, b, values, count) == 0 ? 1 : 0;
		check_buffer(b, name);
		check_nothing_left(&h, name, 2);
		job_buffer_end(&h, b);
		ck_assert_uint_eq(h.bytes, 0);
	}
	ck_assert_msg(done > 5, "%s: %u done of %u", name, done, passed);
	harness_host_close(&h);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plugins/arguments");
	TCase *tc = tcase_create("arguments");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(
		tc, job_buffer_make_folder, job_buffer_remove_folder);
	tcase_add_test(
		tc, every_check_answers_a_code_and_a_reason_whatever_comes);
	/* three classes and twelve jobs are shipped */
	tcase_add_loop_test(tc,
		what_passes_its_check_is_made_or_refused_and_leaves_nothing, 0,
		3);
	tcase_add_loop_test(tc,
		a_job_on_any_buffer_is_done_or_fails_in_words_and_leaves_nothing,
		0, 12);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());

	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
