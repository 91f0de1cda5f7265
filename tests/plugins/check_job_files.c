/* SPDX-License-Identifier: MIT */
/*
 * check_job_files.c -- buffer-load, buffer-save, buffer-resample.
 *
 * Files are written and read back by libsndfile; sox, where it is installed,
 * is the judge of what a file holds and of a change of rate.
 */
#include "job_buffer.h"

#include <math.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TAU 6.283185307179586

static void
open_host(struct harness_host *h)
{
	job_buffer_open(h);
	h->media = job_buffer_folder;
}

/** The value of frame i in channel c of every file here. */
static float
sample(int64_t i, uint32_t c)
{
	return (float)((double)((i * 37 + c * 11) % 2001 - 1000) / 1024.0);
}

static void
write_file(const char *name, uint32_t channels, int64_t frames, int rate,
	int format)
{
	char path[256];
	SF_INFO info = {.channels = (int)channels,
		.samplerate = rate,
		.format = format};

	snprintf(path, sizeof path, "%s/%s", job_buffer_folder, name);
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	ck_assert_ptr_nonnull(f);
	float *x = calloc((size_t)frames * channels, sizeof *x);
	ck_assert_ptr_nonnull(x);
	for (int64_t i = 0; i < frames; i++) {
		for (uint32_t c = 0; c < channels; c++) {
			x[i * channels + c] = sample(i, c);
		}
	}
	ck_assert_int_eq(sf_writef_float(f, x, frames), frames);
	sf_close(f);
	free(x);
}

#define WAV (SF_FORMAT_WAV | SF_FORMAT_FLOAT)

static int
load(struct harness_host *h, TactusAudioBuffer *b, const char *name,
	int64_t file_start, int64_t buffer_start, int64_t frames)
{
	const TactusValue values[] = {harness_string(name),
		harness_int(file_start), harness_int(buffer_start),
		harness_int(frames)};

	return job_buffer_do(h, "buffer-load", b, values, 4);
}

START_TEST(load_puts_a_part_of_a_file_where_it_is_asked_for)
{
	struct harness_host h;

	open_host(&h);
	write_file("two.wav", 2, 30000, 48000, WAV);
	TactusAudioBuffer *b = job_buffer_new(&h, 2, 40000, 48000.0);
	ck_assert_int_eq(load(&h, b, "two.wav", 100, 5000, 20000), 0);
	ck_assert_uint_eq(h.job.results, 0);
	for (uint32_t c = 0; c < 2; c++) {
		for (int64_t i = 0; i < 40000; i++) {
			bool is_in = i >= 5000 && i < 25000;
			float x = is_in ? sample(i - 4900, c) : 0.0f;

			ck_assert(b->channel[c][i] == x);
		}
	}
	/* 0 frames: what there is, as far as it fits */
	ck_assert_int_eq(load(&h, b, "two.wav", 0, 0, 0), 0);
	ck_assert(b->channel[1][29999] == sample(29999, 1));
	ck_assert(b->channel[1][30000] == 0.0f);
	ck_assert_int_eq(load(&h, b, "two.wav", 0, 39000, 0), 0);
	ck_assert(b->channel[1][39999] == sample(999, 1));
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(load_gives_one_channel_to_all_and_silence_to_what_is_missing)
{
	static const uint32_t of_file[] = {1, 2, 4};
	uint32_t channels = of_file[_i];
	struct harness_host h;

	open_host(&h);
	write_file("n.wav", channels, 9000, 48000, WAV);
	TactusAudioBuffer *b = job_buffer_new(&h, 3, 9000, 48000.0);
	for (uint32_t c = 0; c < 3; c++) {
		b->channel[c][4000] = 99.0f;
	}
	ck_assert_int_eq(load(&h, b, "n.wav", 0, 0, 0), 0);
	for (uint32_t c = 0; c < 3; c++) {
		for (int64_t i = 0; i < 9000; i++) {
			float x = channels == 1  ? sample(i, 0)
				  : c < channels ? sample(i, c)
						 : 0.0f;

			ck_assert(b->channel[c][i] == x);
		}
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** Write a sine, so that pitch, level and place can be seen. */
static void
write_sine(const char *name, double hz, int rate, double seconds)
{
	char path[256];
	int64_t frames = (int64_t)(seconds * rate);
	SF_INFO info = {.channels = 2, .samplerate = rate, .format = WAV};

	snprintf(path, sizeof path, "%s/%s", job_buffer_folder, name);
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	ck_assert_ptr_nonnull(f);
	for (int64_t i = 0; i < frames; i++) {
		float x = (float)(0.5 * sin(TAU * hz * (double)i / rate));
		float both[] = {x, -x};

		ck_assert_int_eq(sf_writef_float(f, both, 1), 1);
	}
	sf_close(f);
}

START_TEST(load_of_another_rate_is_at_the_right_pitch_place_and_length)
{
	static const int of_file[] = {22050, 44100, 48000, 96000};
	struct harness_host h;

	open_host(&h);
	write_sine("sine.wav", 1000.0, of_file[_i], 1.0);
	TactusAudioBuffer *b = job_buffer_new(&h, 2, 60000, 48000.0);
	ck_assert_int_eq(load(&h, b, "sine.wav", 0, 1000, 0), 0);
	for (int64_t i = 500; i < 47500; i++) {
		double x = 0.5 * sin(TAU * 1000.0 * (double)i / 48000.0);

		ck_assert_double_eq_tol(
			(double)b->channel[0][1000 + i], x, 1.0e-3);
		ck_assert_double_eq_tol(
			(double)b->channel[1][1000 + i], -x, 1.0e-3);
	}
	for (int64_t i = 49001; i < 60000; i++) {
		ck_assert(b->channel[0][i] == 0.0f);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(load_beyond_the_ends_is_refused_in_words)
{
	struct harness_host h;

	open_host(&h);
	write_file("a.wav", 1, 1000, 48000, WAV);
	write_file("b.wav", 1, 1000, 44100, WAV);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 5000, 48000.0);
	ck_assert_int_eq(load(&h, b, "a.wav", 1000, 0, 0), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "1000 frames"));
	ck_assert_int_eq(load(&h, b, "a.wav", 0, 5000, 0), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "5000"));
	ck_assert_int_eq(load(&h, b, "a.wav", 0, 4000, 1001), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "beyond the end"));
	ck_assert_int_eq(load(&h, b, "a.wav", 1, 0, 1000), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "999 frames"));
	ck_assert_int_eq(load(&h, b, "b.wav", 0, 0, 1090), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "1089 frames"));
	ck_assert_int_eq(load(&h, b, "b.wav", 0, 0, 1089), 0);
	ck_assert_int_eq(load(&h, b, "none.wav", 0, 0, 0), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "none.wav"));
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** A file whose header promises more than it has. */
static int64_t
read_less(const TactusHost *host, TactusSound *sound, float *frames,
	int64_t count)
{
	(void)host;
	(void)sound;
	memset(frames, 0, (size_t)count * sizeof *frames);
	return count / 2;
}

START_TEST(load_of_a_file_that_ends_early_fails_and_says_so)
{
	struct harness_host h;

	open_host(&h);
	h.host.read_sound = read_less;
	write_file("a.wav", 1, 1000, 48000 - 3900 * _i, WAV);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 5000, 48000.0);
	ck_assert_int_eq(load(&h, b, "a.wav", 0, 0, 0), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "damaged"));
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

static int
save(struct harness_host *h, TactusAudioBuffer *b, const char *name,
	const char *format, int64_t start, int64_t frames, bool replace)
{
	const TactusValue values[] = {harness_string(name),
		harness_string(format), harness_int(start), harness_int(frames),
		harness_int(replace)};

	return job_buffer_do(h, "buffer-save", b, values, 5);
}

static void
fill_buffer(TactusAudioBuffer *b)
{
	for (uint32_t c = 0; c < b->channels; c++) {
		for (int64_t i = 0; i < b->frames; i++) {
			b->channel[c][i] = sample(i, c);
		}
	}
}

START_TEST(save_writes_the_range_and_load_brings_it_back)
{
	static const char *const formats[] = {
		"", "wav", "wav16", "wav24", "flac", "aiff"};
	struct harness_host h;
	/* 16 bits are the coarsest */
	float off = _i == 2 ? 4.0e-5f : _i < 2 ? 0.0f : 2.0e-7f;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 3, 30000, 44100.0);
	fill_buffer(b);
	ck_assert_int_eq(save(&h, b, "s", formats[_i], 500, 25000, false), 0);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-zero", b, NULL, 0), 0);
	ck_assert_int_eq(load(&h, b, "s", 0, 0, 25000), 0);
	for (uint32_t c = 0; c < 3; c++) {
		for (int64_t i = 0; i < 25000; i++) {
			ck_assert_float_eq_tol(b->channel[c][i],
				sample(i + 500, c), off + 1.0e-12f);
		}
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(save_goes_over_a_file_only_when_told_to)
{
	struct harness_host h;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 1000, 48000.0);
	fill_buffer(b);
	ck_assert_int_eq(save(&h, b, "s.wav", "", 0, 0, false), 0);
	ck_assert_int_eq(save(&h, b, "s.wav", "", 10, 5, false), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "s.wav"));
	ck_assert_int_eq(load(&h, b, "s.wav", 0, 0, 1000), 0);
	ck_assert_int_eq(save(&h, b, "s.wav", "", 10, 5, true), 0);
	ck_assert_int_eq(load(&h, b, "s.wav", 0, 0, 6), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "5 frames"));
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

static int64_t
write_less(const TactusHost *host, TactusSound *sound, const float *frames,
	int64_t count)
{
	(void)host;
	(void)sound;
	(void)frames;
	return count - 1;
}

static bool
is_empty(void)
{
	char command[256];

	snprintf(command, sizeof command, "test -z \"$(ls -A '%s')\"",
		job_buffer_folder);
	return system(command) == 0;
}

START_TEST(save_that_fails_or_is_cancelled_leaves_no_file)
{
	struct harness_host h;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 30000, 48000.0);
	if (_i == 0) {
		h.host.write_sound = write_less;
	} else {
		h.job.cancel_at = (uint32_t)_i;
	}
	ck_assert_int_eq(save(&h, b, "s.wav", "", 0, 0, false), -1);
	ck_assert_ptr_nonnull(strstr(
		h.reason, _i == 0 ? "s.wav cannot be written" : "cancelled"));
	ck_assert(is_empty());
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(resample_keeps_pitch_and_time_and_changes_the_length)
{
	static const double to[] = {24000.0, 44100.0, 96000.0, 48000.0};
	const TactusValue rate = harness_float(to[_i]);
	struct harness_host h;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 2, 48001, 48000.0);
	for (int64_t i = 0; i < b->frames; i++) {
		b->channel[0][i] =
			(float)(0.5 * sin(TAU * 997.0 * (double)i / 48000.0));
		b->channel[1][i] = -b->channel[0][i];
	}
	uint32_t blocks = h.blocks;
	ck_assert_int_eq(job_buffer_do(&h, "buffer-resample", b, &rate, 1), 0);
	ck_assert_uint_eq(h.blocks, blocks);
	ck_assert_double_eq(b->rate, to[_i]);
	ck_assert_int_eq(b->frames, llround(48001.0 * to[_i] / 48000.0));
	for (uint32_t c = 0; c < 2; c++) {
		ck_assert_uint_eq((uintptr_t)b->channel[c] % 64, 0);
	}
	for (int64_t i = 500; i < b->frames - 500; i++) {
		double x = 0.5 * sin(TAU * 997.0 * (double)i / to[_i]);

		ck_assert_double_eq_tol((double)b->channel[0][i], x, 1.0e-4);
		ck_assert_double_eq_tol((double)b->channel[1][i], -x, 1.0e-4);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(resample_to_what_does_not_fit_leaves_the_buffer_as_it_was)
{
	struct harness_host h;
	const TactusValue high = harness_float(1.0e6);
	const TactusValue low = harness_float(100.0);

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 30000, 48000.0);
	fill_buffer(b);
	float *was = b->channel[0];
	h.limit = 400000;
	ck_assert_int_eq(job_buffer_do(&h, "buffer-resample", b, &high, 1), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "400000 bytes"));
	ck_assert_int_eq(job_buffer_do(&h, "buffer-resample", b, &low, 1), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "256 times"));
	ck_assert_ptr_eq(b->channel[0], was);
	ck_assert_int_eq(b->frames, 30000);
	ck_assert_double_eq(b->rate, 48000.0);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** The class itself, whose destroy gives back what the job has made. */
START_TEST(resample_of_a_buffer_of_the_class_is_destroyed_whole)
{
	const TactusValue shape[] = {
		harness_int(3), harness_int(1000), harness_float(48000.0)};
	const TactusValue rate = harness_float(_i == 0 ? 96000.0 : 8000.0);
	struct harness_host h;

	open_host(&h);
	harness_host_load(&h, "audio-buffer");
	TactusAudioBuffer *b = harness_construct(&h, "audio-buffer", shape, 3);
	ck_assert_ptr_nonnull(b);
	for (int64_t i = 0; i < 1000; i++) {
		b->channel[2][i] = 0.5f;
	}
	ck_assert_int_eq(job_buffer_do(&h, "buffer-resample", b, &rate, 1), 0);
	ck_assert_int_eq(b->frames, _i == 0 ? 2000 : 167);
	ck_assert_float_eq_tol(b->channel[2][b->frames / 2], 0.5f, 0.01f);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-resample", b, &rate, 1), 0);
	harness_destroy(&h, "audio-buffer", b);
	harness_host_close(&h);
}
END_TEST

/** Ask sox something of a file. @return false: it is not installed */
__attribute__((format(printf, 1, 2))) static bool
sox(const char *format, ...)
{
	char command[1024];
	va_list args;

	if (SOX[0] == '\0') {
		printf("skipped: sox is not installed\n");
		return false;
	}
	va_start(args, format);
	int n = snprintf(
		command, sizeof command, "cd '%s' && ", job_buffer_folder);
	vsnprintf(command + n, sizeof command - (size_t)n, format, args);
	va_end(args);
	ck_assert_msg(system(command) == 0, "%s", command);
	return true;
}

/** A number that `sox -n stat` tells of a file. */
static double
stat_of(const char *name, const char *what)
{
	char line[256];
	char path[256];
	double value = NAN;

	snprintf(path, sizeof path, "%s/stat.txt", job_buffer_folder);
	FILE *f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, what, strlen(what)) == 0) {
			value = strtod(strchr(line, ':') + 1, NULL);
		}
	}
	fclose(f);
	ck_assert_msg(isfinite(value), "%s: no %s", name, what);
	return value;
}

START_TEST(stats_and_normalize_are_what_sox_says)
{
	const TactusValue peak = harness_float(0.75);
	struct harness_host h;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 40000, 48000.0);
	fill_buffer(b);
	for (int64_t i = 0; i < b->frames; i++) {
		b->channel[0][i] = b->channel[0][i] * 0.5f + 0.01f;
	}
	ck_assert_int_eq(job_buffer_do(&h, "buffer-normalize", b, &peak, 1), 0);
	ck_assert_int_eq(save(&h, b, "n.wav", "wav", 0, 0, false), 0);
	job_buffer_ask(&h, "buffer-stats", b);
	if (sox("'%s' n.wav -n stat 2> stat.txt", SOX)) {
		double high = stat_of("n.wav", "Maximum amplitude");
		double low = stat_of("n.wav", "Minimum amplitude");

		ck_assert_double_eq_tol(fmax(high, -low), 0.75, 2.0e-6);
		ck_assert_double_eq_tol(
			job_buffer_result(&h, 0), fmax(high, -low), 2.0e-6);
		ck_assert_double_eq_tol(job_buffer_result(&h, 1),
			stat_of("n.wav", "RMS     amplitude"), 2.0e-6);
		ck_assert_double_eq_tol(job_buffer_result(&h, 2),
			stat_of("n.wav", "Mean    amplitude"), 2.0e-6);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(reverse_and_resample_are_what_sox_makes)
{
	const TactusValue rate = harness_float(44100.0);
	struct harness_host h;

	open_host(&h);
	write_sine("in.wav", 440.0, 48000, 0.5);
	TactusAudioBuffer *b = job_buffer_new(&h, 2, 24000, 48000.0);
	ck_assert_int_eq(load(&h, b, "in.wav", 0, 0, 0), 0);
	job_buffer_ask(&h, "buffer-reverse", b);
	if (sox("'%s' in.wav -e floating-point -b 32 out.wav reverse", SOX)) {
		TactusAudioBuffer *s = job_buffer_new(&h, 2, 24000, 48000.0);

		ck_assert_int_eq(load(&h, s, "out.wav", 0, 0, 24000), 0);
		for (int64_t i = 0; i < 24000; i++) {
			ck_assert_float_eq_tol(
				b->channel[1][i], s->channel[1][i], 1.0e-6f);
		}
		job_buffer_end(&h, s);
	}
	ck_assert_int_eq(job_buffer_do(&h, "buffer-resample", b, &rate, 1), 0);
	ck_assert_int_eq(b->frames, 22050);
	if (sox("'%s' out.wav -e floating-point -b 32 rate.wav rate -v 44100",
		    SOX)) {
		TactusAudioBuffer *s = job_buffer_new(&h, 2, 22050, 44100.0);

		ck_assert_int_eq(load(&h, s, "rate.wav", 0, 0, 22050), 0);
		for (int64_t i = 300; i < 21750; i++) {
			ck_assert_float_eq_tol(
				b->channel[0][i], s->channel[0][i], 1.0e-4f);
		}
		job_buffer_end(&h, s);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plugins/job_files");
	TCase *tc = tcase_create("files");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(
		tc, job_buffer_make_folder, job_buffer_remove_folder);
	tcase_add_test(tc, load_puts_a_part_of_a_file_where_it_is_asked_for);
	tcase_add_loop_test(tc,
		load_gives_one_channel_to_all_and_silence_to_what_is_missing, 0,
		3);
	tcase_add_loop_test(tc,
		load_of_another_rate_is_at_the_right_pitch_place_and_length, 0,
		4);
	tcase_add_test(tc, load_beyond_the_ends_is_refused_in_words);
	tcase_add_loop_test(
		tc, load_of_a_file_that_ends_early_fails_and_says_so, 0, 2);
	tcase_add_loop_test(
		tc, save_writes_the_range_and_load_brings_it_back, 0, 6);
	tcase_add_test(tc, save_goes_over_a_file_only_when_told_to);
	tcase_add_loop_test(
		tc, save_that_fails_or_is_cancelled_leaves_no_file, 0, 4);
	tcase_add_loop_test(
		tc, resample_keeps_pitch_and_time_and_changes_the_length, 0, 4);
	tcase_add_test(
		tc, resample_to_what_does_not_fit_leaves_the_buffer_as_it_was);
	tcase_add_loop_test(
		tc, resample_of_a_buffer_of_the_class_is_destroyed_whole, 0, 2);
	tcase_add_test(tc, stats_and_normalize_are_what_sox_says);
	tcase_add_test(tc, reverse_and_resample_are_what_sox_makes);
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
