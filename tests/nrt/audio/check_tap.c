/* SPDX-License-Identifier: MIT */
/*
 * check_tap.c -- what is posted is in the file, and what is lost is silence.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sndfile.h>

#include "gap.h"
#include "log.h"
#include "ring.h"
#include "tap.h"

static char path[PATH_MAX];
static struct ring *ring;
static struct tap *tap;
static char why[300];
static char logged[4096];

static void
sink(void *user, enum log_level level, const char *line)
{
	char *to = user;
	size_t n = strlen(to);

	snprintf(to + n, sizeof logged - n, "%d %s\n", (int)level, line);
}

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, sizeof path, "%s/check_tap.XXXXXX",
		tmp == NULL ? "/tmp" : tmp);
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	logged[0] = '\0';
	log_set_sink(sink, logged);
	tap = NULL;
	ring = NULL;
}

static void
teardown(void)
{
	tap_close(tap);
	ring_close(ring);
	log_set_sink(NULL, NULL);
	unlink(path);
}

static void
begin(uint32_t channels, uint32_t capacity, uint64_t most_bytes)
{
	struct tap_config config = {.path = path,
		.rate = 44100,
		.channels = channels,
		.most_bytes = most_bytes};

	ck_assert_int_eq(ring_open(capacity, channels * 4, &config.frames), 0);
	ring = config.frames;
	int error = tap_open(&config, &tap, why, sizeof why);
	ck_assert_msg(error == 0, "%s", why);
}

/* Frame i, channel c: a value that no other has. */
static float
value(uint64_t i, uint32_t c)
{
	return (float)(i + 1) / 65536.0F + (float)c;
}

static void
post(uint64_t from, uint32_t count, uint32_t channels)
{
	for (uint64_t i = from; i < from + count; i++) {
		float frame[64];

		for (uint32_t c = 0; c < channels; c++) {
			frame[c] = value(i, c);
		}
		ck_assert_uint_eq(ring_post(ring, frame, 1), 1);
	}
}

static float *
read_back(sf_count_t frames, int channels)
{
	SF_INFO info = {.format = 0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);

	ck_assert_msg(f != NULL, "%s", sf_strerror(NULL));
	ck_assert_int_eq(info.samplerate, 44100);
	ck_assert_int_eq(info.channels, channels);
	ck_assert_int_eq(info.format, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
	ck_assert_int_eq(info.frames, frames);
	float *samples =
		calloc((size_t)(frames * channels) + 1, sizeof *samples);
	ck_assert_int_eq(sf_readf_float(f, samples, frames), frames);
	sf_close(f);
	return samples;
}

static bool
is_same(float a, float b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

START_TEST(frames_are_written_bit_for_bit)
{
	uint32_t channels = (uint32_t[]){1, 2, 3, 8, 64}[_i];

	begin(channels, 8192, 0);
	post(0, 5000, channels);
	tap_close(tap);
	tap = NULL;
	float *s = read_back(5000, (int)channels);
	for (uint64_t i = 0; i < 5000; i++) {
		for (uint32_t c = 0; c < channels; c++) {
			ck_assert(is_same(s[i * channels + c], value(i, c)));
		}
	}
	free(s);
}
END_TEST

START_TEST(file_can_be_read_after_a_drain_while_the_tap_runs)
{
	begin(2, 8192, 0);
	free(read_back(0, 2));
	post(0, 3000, 2);
	tap_drain(tap);
	ck_assert_uint_eq(tap_frames(tap), 3000);
	free(read_back(3000, 2));
	post(3000, 1000, 2);
	tap_drain(tap);
	float *s = read_back(4000, 2);
	ck_assert(is_same(s[7998], value(3999, 0)));
	free(s);
}
END_TEST

START_TEST(gap_is_filled_with_silence_where_it_stands)
{
	uint32_t channels = _i == 0 ? 1 : 2;
	float gap[2];

	begin(channels, 1 << 16, 0);
	post(0, 100, channels);
	gap_mark(gap, channels, 12345);
	ck_assert_uint_eq(ring_post(ring, gap, 1), 1);
	ck_assert_uint_eq(ring_post(ring, gap, 1), 1);
	post(100, 100, channels);
	tap_drain(tap);
	ck_assert_uint_eq(tap_lost(tap), 24690);
	ck_assert_uint_eq(tap_frames(tap), 24890);
	float *s = read_back(24890, (int)channels);
	for (uint64_t i = 0; i < 24890; i++) {
		float expected = i < 100     ? value(i, 0)
				 : i < 24790 ? 0.0F
					     : value(i - 24690, 0);

		ck_assert(is_same(s[i * channels], expected));
	}
	free(s);
}
END_TEST

START_TEST(gaps_tell_their_length_and_sound_tells_none)
{
	float frame[3];
	static const float sounds[] = {
		0.0F, -0.0F, 1.0F, -1.0F, 3.4e38F, 1e-45F};

	for (uint32_t n = 1; n <= GAP_MOST; n = n * 3 + 1) {
		gap_mark(frame, 3, n);
		ck_assert_uint_eq(gap_length(frame), n);
	}
	gap_mark(frame, 3, GAP_MOST);
	ck_assert_uint_eq(gap_length(frame), GAP_MOST);
	for (size_t i = 0; i < sizeof sounds / sizeof sounds[0]; i++) {
		ck_assert_uint_eq(gap_length(&sounds[i]), 0);
	}
	float infinite = strtof("inf", NULL);
	ck_assert_uint_eq(gap_length(&infinite), 0);
}
END_TEST

static void
fails_to_open(const char *where, int error)
{
	struct tap_config config = {
		.path = where, .rate = 44100, .channels = 2, .frames = ring};

	ck_assert_int_eq(tap_open(&config, &tap, why, sizeof why), error);
	ck_assert_ptr_null(tap);
	ck_assert_msg(strstr(why, where) != NULL, "%s", why);
}

START_TEST(path_that_cannot_be_written_is_refused_by_name)
{
	ck_assert_int_eq(ring_open(16, 8, &ring), 0);
	fails_to_open("/nonexistent-folder/x.wav", -ENOENT);
	fails_to_open("/", -EISDIR);
	fails_to_open("/dev/null", -EINVAL);
}
END_TEST

START_TEST(pipe_is_refused_without_waiting_for_a_reader)
{
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(ring_open(16, 8, &ring), 0);
	fails_to_open(path, -EINVAL);
}
END_TEST

START_TEST(existing_file_is_written_over)
{
	FILE *f = fopen(path, "w");

	for (int i = 0; i < 100000; i++) {
		fputc('x', f);
	}
	fclose(f);
	begin(1, 64, 0);
	post(0, 10, 1);
	tap_close(tap);
	tap = NULL;
	free(read_back(10, 1));
	struct stat about;
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_int_lt(about.st_size, 1000);
}
END_TEST

static unsigned
count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)) != NULL; text++) {
		n++;
	}
	return n;
}

START_TEST(full_file_ends_with_one_line_and_the_ring_goes_on)
{
	begin(2, 1024, 8000); /* a thousand frames */
	for (uint32_t i = 0; i < 5; i++) {
		post(i * 600, 600, 2);
		tap_drain(tap);
	}
	ck_assert(tap_has_stopped(tap));
	ck_assert_uint_eq(tap_frames(tap), 1000);
	ck_assert_uint_eq(count(logged, path), 1);
	ck_assert_ptr_nonnull(strstr(logged, "0 tap: "));
	free(read_back(1000, 2));
}
END_TEST

/* Frames of silence, without Check: the limit below is its files' too. */
static bool
post_plainly(uint32_t frames)
{
	static const float frame[2];

	for (uint32_t i = 0; i < frames; i++) {
		if (ring_post(ring, frame, 1) != 1) {
			return false;
		}
	}
	return true;
}

/* A disk with room for 20000 bytes; the exit status says what went wrong. */
static int
fill_the_disk(void)
{
	struct rlimit limit;
	struct tap_config config = {.path = path, .rate = 44100, .channels = 2};

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 20000;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
		ring_open(8192, 8, &config.frames) != 0) {
		return 1;
	}
	ring = config.frames;
	if (tap_open(&config, &tap, why, sizeof why) != 0) {
		return 2;
	}
	for (int i = 0; i < 3; i++) {
		if (!post_plainly(8192)) {
			return 3; /* the ring is not emptied any more */
		}
		tap_drain(tap);
	}
	if (!tap_has_stopped(tap) || tap_frames(tap) >= 2500) {
		return 4;
	}
	tap_close(tap);
	return count(logged, "nothing more is written") == 1 &&
			       strstr(logged, strerror(EFBIG)) != NULL
		       ? 0
		       : 5;
}

START_TEST(full_disk_ends_with_one_line_and_the_ring_goes_on)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		_exit(fill_the_disk());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	struct stat about;
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_int_eq(about.st_size, 20000);
}
END_TEST

START_TEST(two_taps_of_the_same_sound_are_the_same_bytes)
{
	char first[40000];
	char second[40000];
	size_t n[2];

	for (int i = 0; i < 2; i++) {
		begin(2, 8192, 0);
		post(0, 4000, 2);
		tap_close(tap);
		tap = NULL;
		ring_close(ring);
		ring = NULL;
		FILE *f = fopen(path, "r");
		n[i] = fread(i == 0 ? first : second, 1, sizeof first, f);
		fclose(f);
	}
	ck_assert_uint_eq(n[0], n[1]);
	ck_assert_uint_gt(n[0], 32000);
	ck_assert_int_eq(memcmp(first, second, n[0]), 0);
}
END_TEST

/* A writer that never waits, with a ring that is much too small. */
static void *
hasty(void *user)
{
	uint64_t *lost = user;
	uint32_t pending = 0;

	for (uint64_t i = 0; i < 200000; i++) {
		float frame[2] = {value(i, 0), value(i, 1)};

		if (pending > 0) {
			float gap[2];

			gap_mark(gap, 2, pending);
			if (ring_post(ring, gap, 1) == 1) {
				pending = 0;
			}
		}
		if (pending > 0 || ring_post(ring, frame, 1) == 0) {
			pending++;
			(*lost)++;
		}
	}
	for (;;) {
		float gap[2];

		gap_mark(gap, 2, pending);
		if (pending == 0 || ring_post(ring, gap, 1) == 1) {
			return NULL;
		}
	}
}

START_TEST(every_frame_is_in_its_place_when_the_writer_is_too_fast)
{
	pthread_t thread;
	uint64_t lost = 0;

	begin(2, 256, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, hasty, &lost), 0);
	for (int i = 0; i < 300; i++) {
		tap_drain(tap); /* both sides at work at once */
	}
	pthread_join(thread, NULL);
	tap_drain(tap);
	ck_assert_uint_eq(tap_frames(tap), 200000);
	ck_assert_uint_eq(tap_lost(tap), lost);
	float *s = read_back(200000, 2);
	uint64_t silent = 0;
	for (uint64_t i = 0; i < 200000; i++) {
		if (is_same(s[2 * i], 0.0F)) {
			silent++;
		} else {
			ck_assert(is_same(s[2 * i], value(i, 0)));
			ck_assert(is_same(s[2 * i + 1], value(i, 1)));
		}
	}
	ck_assert_uint_eq(silent, lost);
	free(s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/tap");
	TCase *tc = tcase_create("tap");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, frames_are_written_bit_for_bit, 0, 5);
	tcase_add_test(tc, file_can_be_read_after_a_drain_while_the_tap_runs);
	tcase_add_loop_test(
		tc, gap_is_filled_with_silence_where_it_stands, 0, 2);
	tcase_add_test(tc, gaps_tell_their_length_and_sound_tells_none);
	tcase_add_test(tc, path_that_cannot_be_written_is_refused_by_name);
	tcase_add_test(tc, pipe_is_refused_without_waiting_for_a_reader);
	tcase_add_test(tc, existing_file_is_written_over);
	tcase_add_test(tc, full_file_ends_with_one_line_and_the_ring_goes_on);
	tcase_add_test(tc, full_disk_ends_with_one_line_and_the_ring_goes_on);
	tcase_add_test(tc, two_taps_of_the_same_sound_are_the_same_bytes);
	tcase_add_test(
		tc, every_frame_is_in_its_place_when_the_writer_is_too_fast);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
