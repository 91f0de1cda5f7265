/* SPDX-License-Identifier: MIT */
/*
 * check_job_contract.c -- what all jobs on buffers promise alike.
 *
 * Refusals with codes and words, nothing lost when memory fails or the client
 * cancels, progress to the end, and looks at the cancel often enough.
 */
#include "job_buffer.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Arguments written short: "i5", "f0.5", "sname". */
static uint32_t
parse(const char *text, char *store, TactusValue *values)
{
	uint32_t count = 0;

	strcpy(store, text);
	for (char *word = strtok(store, " "); word != NULL;
		word = strtok(NULL, " ")) {
		char *rest = word + 1;

		values[count++] =
			word[0] == 'i'   ? harness_int(strtoll(rest, NULL, 10))
			: word[0] == 'f' ? harness_float(strtod(rest, NULL))
					 : harness_string(rest);
	}
	return count;
}

static int
ask(struct harness_host *h, const char *name, TactusAudioBuffer *b,
	const char *text)
{
	char store[256];
	TactusValue values[16];
	uint32_t count = parse(text, store, values);

	return job_buffer_do(h, name, b, values, count);
}

/** Bad input: the code, and a word of the reason. */
static const struct {
	const char *job;
	const char *arguments;
	int code; /* -1: it is seen when the job runs */
	const char *says;
} bad[] = {
	{"buffer-load",      "",			      400, "path is missing"               },
	{"buffer-load",      "i5",                            400, "path must be a string"         },
	{"buffer-load",      "s",			     422, "path must not be empty"        },
	{"buffer-load",      "sa.wav sx",                     400, "file-start must be a whole"    },
	{"buffer-load",      "sa.wav f0.5",                   400, "file-start must be a whole"    },
	{"buffer-load",      "sa.wav i-1",                    422, "file-start must be a whole"    },
	{"buffer-load",      "sa.wav i0 i-1",                 422, "buffer-start"                  },
	{"buffer-load",      "sa.wav i0 i0 i-1",              422, "frames"                        },
	{"buffer-load",      "sa.wav i0 i0 i0 i0",            400, "at most 4"                     },
	{"buffer-save",      "",			      400, "path is missing"               },
	{"buffer-save",      "s",			     422, "path must not be empty"        },
	{"buffer-save",      "sa.wav smp3",                   422, "known: wav"                    },
	{"buffer-save",      "sa.wav swav i-1",               422, "start"                         },
	{"buffer-save",      "sa.wav swav i0 i-1",            422, "frames"                        },
	{"buffer-save",      "sa.wav swav i0 i0 i2",          422, "replace"                       },
	{"buffer-save",      "sa.wav swav i0 i0 sy",          400, "replace"                       },
	{"buffer-save",      "sa.wav swav i1000",             -1,  "beyond the end"                },
	{"buffer-save",      "sa.wav swav i10 i991",          -1,  "beyond the end"                },
	{"buffer-fill",      "",			      400, "value is missing"              },
	{"buffer-fill",      "sx",                            400, "value must be a number"        },
	{"buffer-fill",      "f1e39",                         422, "value"                         },
	{"buffer-fill",      "f1 i-2",                        422, "channel"                       },
	{"buffer-fill",      "f1 i64",                        422, "channel"                       },
	{"buffer-fill",      "f1 i2",                         -1,  "no channel 2: the buffer has 2"},
	{"buffer-fill",      "f1 i0 i-1",                     422, "start"                         },
	{"buffer-fill",      "f1 i0 i1000",                   -1,  "the buffer has 1000"           },
	{"buffer-fill",      "f1 i0 i1 i1000",                -1,  "beyond the end"                },
	{"buffer-fill",      "f1 i0 i1 i9000000000000000000", 422, "frames"                        },
	{"buffer-zero",      "f0.5",                          400, "channel"                       },
	{"buffer-zero",      "i0 i0 i0 i0",                   400, "at most 3"                     },
	{"buffer-generate",  "",                              400, "freq is missing"               },
	{"buffer-generate",  "f440 f1",                       400, "phase is missing"              },
	{"buffer-generate",  "f440 f1 f0 f220",               400, "amp is missing"                },
	{"buffer-generate",  "f-1 f1 f0",                     422, "freq"                          },
	{"buffer-generate",  "f440 f1 sx",                    400, "phase"                         },
	{"buffer-generate",  "f1 f1 f0 f25000 f1 f0",         -1,  "sine 2 is above"               },
	{"buffer-normalize", "",                              400, "peak is missing"               },
	{"buffer-normalize", "f0",                            422, "peak"                          },
	{"buffer-normalize", "f-1",                           422, "peak"                          },
	{"buffer-normalize", "sx",                            400, "peak"                          },
	{"buffer-reverse",   "i1",                            400, "no arguments"                  },
	{"buffer-resample",  "",                              400, "rate is missing"               },
	{"buffer-resample",  "f0",                            422, "rate"                          },
	{"buffer-resample",  "f2e6",                          422, "rate"                          },
	{"buffer-resample",  "f100",                          -1,  "256 times"                     },
	{"buffer-stats",     "i1",                            400, "no arguments"                  },
	{"buffer-overview",  "",                              400, "points is missing"             },
	{"buffer-overview",  "i0",                            422, "1 to 2000"                     },
	{"buffer-overview",  "i-5",                           422, "points"                        },
	{"buffer-overview",  "i2001",                         422, "points"                        },
	{"buffer-overview",  "f1.5",                          400, "points"                        },
	{"buffer-overview",  "i5 i2",                         -1,  "no channel 2"                  },
	{"buffer-onsets",    "f1.5",                          422, "sensitivity"                   },
	{"buffer-onsets",    "f-0.1",                         422, "sensitivity"                   },
	{"buffer-onsets",    "sx",                            400, "sensitivity"                   },
	{"buffer-onsets",    "f0.5 i1000",                    -1,  "beyond the end"                },
	{"buffer-loudness",  "f1",                            400, "no arguments"                  },
};
#define BAD (int)(sizeof bad / sizeof bad[0])

START_TEST(bad_input_gets_its_code_and_words_and_changes_nothing)
{
	struct harness_host h;

	job_buffer_open(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 2, 1000, 48000.0);
	memset(b->channel[0], 0x3e, 1000 * sizeof(float));
	int code = ask(&h, bad[_i].job, b, bad[_i].arguments);
	ck_assert_msg(code == bad[_i].code, "%s %s: %d, %s", bad[_i].job,
		bad[_i].arguments, code, h.reason);
	ck_assert_msg(strstr(h.reason, bad[_i].says) != NULL, "%s %s: %s",
		bad[_i].job, bad[_i].arguments, h.reason);
	ck_assert_int_eq(b->frames, 1000);
	for (int i = 0; i < 4000; i++) {
		ck_assert_int_eq(((const char *)b->channel[0])[i], 0x3e);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** Every job with arguments that are good. */
static const struct {
	const char *name;
	const char *arguments;
	bool is_exclusive;
} good[] = {
	{"buffer-load",      "sin.wav",                false},
	{"buffer-save",      "sout.wav swav i0 i0 i1", false},
	{"buffer-fill",      "f1",                     false},
	{"buffer-zero",      "",                       false},
	{"buffer-generate",  "f440 f1 f0",             false},
	{"buffer-normalize", "f1",                     false},
	{"buffer-reverse",   "",                       false},
	{"buffer-resample",  "f44100",                 true },
	{"buffer-stats",     "",                       false},
	{"buffer-overview",  "i100",                   false},
	{"buffer-onsets",    "",                       false},
	{"buffer-loudness",  "",                       false},
};
#define GOOD (int)(sizeof good / sizeof good[0])

/** A host with a folder that holds in.wav, and a buffer of sound. */
static TactusAudioBuffer *
prepare(struct harness_host *h, int64_t frames)
{
	uint32_t seed = 5;

	job_buffer_open(h);
	h->media = job_buffer_folder;
	TactusAudioBuffer *b = job_buffer_new(h, 2, frames, 48000.0);
	for (int64_t i = 0; i < frames; i++) {
		double level = i % 12000 < 2000 ? 0.3 : 0.001;

		b->channel[0][i] = (float)(level * job_buffer_normal(&seed));
		b->channel[1][i] = b->channel[0][i];
	}
	char path[128];
	snprintf(path, sizeof path, "%s/in.wav", job_buffer_folder);
	bool is_first = access(path, F_OK) != 0;
	/* at another rate, so that loading needs all that it can need */
	b->rate = 32000.0;
	if (is_first) {
		ck_assert_int_eq(
			ask(h, "buffer-save", b, "sin.wav swav i0 i20000"), 0);
	}
	b->rate = 48000.0;
	return b;
}

START_TEST(every_job_works_and_tells_its_progress_to_the_end)
{
	struct harness_host h;

	TactusAudioBuffer *b = prepare(&h, 48000);
	int code = ask(&h, good[_i].name, b, good[_i].arguments);
	ck_assert_msg(code == 0, "%d %s", code, h.reason);
	ck_assert_double_gt(h.job.progress, 0.999);
	ck_assert_uint_gt(h.job.looks, 0);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(no_allocation_that_fails_loses_anything)
{
	struct harness_host h;
	uint32_t n = 0;
	int code;

	TactusAudioBuffer *b = prepare(&h, 48000);
	uint32_t blocks = h.blocks;
	uint64_t bytes = h.bytes;
	do {
		n++;
		float *was = b->channel[0];
		h.fail_at = h.allocations + n;
		code = ask(&h, good[_i].name, b, good[_i].arguments);
		h.fail_at = 0;
		ck_assert_uint_eq(h.blocks, blocks);
		ck_assert_uint_eq(h.sounds, 0);
		if (code != 0) {
			ck_assert_int_eq(code, -1);
			ck_assert_msg(strstr(h.reason, "no memory") != NULL,
				"%s", h.reason);
			ck_assert_ptr_eq(b->channel[0], was);
			ck_assert_uint_eq(h.bytes, bytes);
		}
	} while (code != 0);
	ck_assert_uint_lt(n, 30);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** What the host has beside memory fails as well. */
static TactusFft *
no_fft(const TactusHost *host, uint32_t points)
{
	(void)host;
	(void)points;
	return NULL;
}

static TactusResampler *
no_resampler(const TactusHost *host, uint32_t channels, double ratio)
{
	(void)host;
	(void)channels;
	(void)ratio;
	return NULL;
}

static int64_t
no_resample(const TactusHost *host, TactusResampler *r, const float *in,
	int64_t in_frames, int64_t *used, float *out, int64_t out_frames,
	bool end)
{
	(void)host;
	(void)r;
	(void)in;
	(void)in_frames;
	(void)used;
	(void)out;
	(void)out_frames;
	(void)end;
	return -1;
}

START_TEST(a_host_that_cannot_fails_the_job_in_words)
{
	struct harness_host h;

	TactusAudioBuffer *b = prepare(&h, 48000);
	h.host.open_fft = no_fft;
	ck_assert_int_eq(ask(&h, "buffer-onsets", b, ""), -1);
	if (_i == 0) {
		h.host.open_resampler = no_resampler;
	} else {
		h.host.resample = no_resample;
	}
	ck_assert_int_eq(ask(&h, "buffer-resample", b, "f44100"), -1);
	ck_assert_int_eq(b->frames, 48000);
	ck_assert_int_eq(ask(&h, "buffer-load", b, "sin.wav"), -1);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(a_cancelled_job_ends_at_that_look_and_leaves_nothing)
{
	struct harness_host h;

	TactusAudioBuffer *b = prepare(&h, 96000);
	uint32_t blocks = h.blocks;
	for (uint32_t n = 1; n < 40; n = n * 3 / 2 + 1) {
		h.job.cancel_at = n;
		h.job.cancelled = false;
		int code = ask(&h, good[_i].name, b, good[_i].arguments);
		ck_assert_uint_eq(h.blocks, blocks);
		ck_assert_uint_eq(h.sounds, 0);
		if (!h.job.cancelled) {
			ck_assert_int_eq(code, 0);
			break;
		}
		ck_assert_int_eq(code, -1);
		ck_assert_str_eq(h.reason, "cancelled");
		ck_assert_uint_eq(h.job.looks, n);
		ck_assert_int_eq(b->frames, 96000);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** So many frames at the most go by between two looks. */
START_TEST(a_long_job_looks_often_whether_it_is_wanted)
{
	struct harness_host h;

	TactusAudioBuffer *b = prepare(&h, 400000);
	ck_assert_int_eq(ask(&h, good[_i].name, b, good[_i].arguments), 0);
	/* the file is shorter: 30000 frames of the buffer */
	uint32_t frames = _i == 0 ? 30000 : 400000;
	ck_assert_uint_ge(h.job.looks, frames / 65536);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(a_buffer_of_one_frame_is_no_trouble)
{
	struct harness_host h;

	job_buffer_open(&h);
	h.media = job_buffer_folder;
	for (uint32_t channels = 1; channels <= 64; channels += 63) {
		TactusAudioBuffer *b = job_buffer_new(&h, channels, 1, 48000.0);

		ck_assert_int_eq(
			ask(&h, "buffer-save", b, "sin.wav swav i0 i0 i1"), 0);
		int code = ask(&h, good[_i].name, b, good[_i].arguments);
		ck_assert_msg(code == 0, "%d %s", code, h.reason);
		job_buffer_end(&h, b);
	}
	harness_host_close(&h);
}
END_TEST

START_TEST(rates_that_are_far_off_are_no_trouble)
{
	static const double rates[] = {1.0, 10.0, 1000.0, 1.0e6};
	struct harness_host h;

	for (int i = 0; i < 4; i++) {
		job_buffer_open(&h);
		TactusAudioBuffer *b = job_buffer_new(&h, 1, 5000, rates[i]);
		b->channel[0][2500] = 1.0f;
		int code = ask(&h, "buffer-onsets", b, "");
		ck_assert_int_eq(code, i < 2 ? -1 : 0);
		code = ask(&h, "buffer-loudness", b, "");
		ck_assert_int_eq(code, i < 3 ? -1 : 0);
		job_buffer_end(&h, b);
		harness_host_close(&h);
	}
}
END_TEST

/** What one thread measures, with a host of its own. */
struct measured {
	double lufs;
	double peak;
	uint32_t onsets;
	int64_t last;
};

static void *
measure(void *closure)
{
	struct measured *m = closure;
	struct harness_host h;
	TactusAudioBuffer *b = prepare(&h, 96000);

	ck_assert_int_eq(ask(&h, "buffer-reverse", b, ""), 0);
	ck_assert_int_eq(ask(&h, "buffer-reverse", b, ""), 0);
	ck_assert_int_eq(ask(&h, "buffer-loudness", b, ""), 0);
	m->lufs = job_buffer_result(&h, 0);
	m->peak = job_buffer_result(&h, 1);
	ck_assert_int_eq(ask(&h, "buffer-onsets", b, ""), 0);
	m->onsets = h.job.results;
	m->last = h.job.result[m->onsets - 1].integer;
	job_buffer_end(&h, b);
	harness_host_close(&h);
	return NULL;
}

START_TEST(jobs_of_two_workers_share_nothing)
{
	struct measured m[2] = {0};
	struct measured alone = {0};
	pthread_t other;

	measure(&alone);
	ck_assert_uint_gt(alone.onsets, 0);
	ck_assert_int_eq(pthread_create(&other, NULL, measure, &m[0]), 0);
	measure(&m[1]);
	ck_assert_int_eq(pthread_join(other, NULL), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_double_eq(m[i].lufs, alone.lufs);
		ck_assert_double_eq(m[i].peak, alone.peak);
		ck_assert_uint_eq(m[i].onsets, alone.onsets);
		ck_assert_int_eq(m[i].last, alone.last);
	}
}
END_TEST

/** A message has no room for more results. */
static bool
no_room(const TactusHost *host, TactusJob *job, const TactusValue *value)
{
	(void)host;
	(void)job;
	(void)value;
	return false;
}

START_TEST(results_that_do_not_fit_fail_the_job_in_words)
{
	static const char *const names[] = {
		"buffer-stats", "buffer-loudness", "buffer-onsets"};
	struct harness_host h;

	TactusAudioBuffer *b = prepare(&h, 48000);
	h.host.result = no_room;
	ck_assert_int_eq(ask(&h, names[_i], b, ""), -1);
	ck_assert_int_eq(ask(&h, "buffer-overview", b, "i5"), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "do not fit"));
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(every_def_says_what_it_is)
{
	struct harness_host h;

	job_buffer_open(&h);
	ck_assert_uint_eq(h.works, GOOD);
	for (uint32_t i = 0; i < h.works; i++) {
		const TactusJobDef *d = h.work[i];
		char uri[128];

		snprintf(uri, sizeof uri, "urn:tactus:job:%s:1", d->name);
		ck_assert_str_eq(d->uri, uri);
		ck_assert_uint_eq(d->size, sizeof *d);
		ck_assert_str_eq(d->resource, TACTUS_AUDIO_BUFFER_URI);
		ck_assert_ptr_nonnull(d->doc);
		ck_assert_ptr_nonnull(d->arguments);
		ck_assert_ptr_nonnull(d->results);
		ck_assert_uint_eq(d->least, 1);
		ck_assert_uint_eq(d->most, 1);
		for (int g = 0; g < GOOD; g++) {
			if (strcmp(good[g].name, d->name) == 0) {
				ck_assert_uint_eq(
					d->flags, good[g].is_exclusive
							  ? TACTUS_JOB_EXCLUSIVE
							  : 0);
			}
		}
	}
	harness_host_close(&h);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plugins/job_contract");
	TCase *tc = tcase_create("contract");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(
		tc, job_buffer_make_folder, job_buffer_remove_folder);
	tcase_add_loop_test(tc,
		bad_input_gets_its_code_and_words_and_changes_nothing, 0, BAD);
	tcase_add_loop_test(
		tc, every_job_works_and_tells_its_progress_to_the_end, 0, GOOD);
	tcase_add_loop_test(
		tc, no_allocation_that_fails_loses_anything, 0, GOOD);
	tcase_add_loop_test(
		tc, a_host_that_cannot_fails_the_job_in_words, 0, 2);
	tcase_add_loop_test(tc,
		a_cancelled_job_ends_at_that_look_and_leaves_nothing, 0, GOOD);
	tcase_add_loop_test(
		tc, a_long_job_looks_often_whether_it_is_wanted, 0, GOOD);
	tcase_add_loop_test(tc, a_buffer_of_one_frame_is_no_trouble, 0, GOOD);
	tcase_add_test(tc, jobs_of_two_workers_share_nothing);
	tcase_add_test(tc, rates_that_are_far_off_are_no_trouble);
	tcase_add_loop_test(
		tc, results_that_do_not_fit_fail_the_job_in_words, 0, 3);
	tcase_add_test(tc, every_def_says_what_it_is);
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
