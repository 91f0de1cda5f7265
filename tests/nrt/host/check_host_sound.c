/* SPDX-License-Identifier: MIT */
/*
 * check_host_sound.c -- sound files, the resampler and the FFT as a plugin
 * gets them: through its host, with the settings of now.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "folders.h"
#include "host.h"
#include "log.h"

#define FRAMES 1000

static struct config config;
static struct host *host;
static struct host_view view;
static char reason[300];

static void
setup(void)
{
	static const char *items[1];

	log_set_level(LOG_LEVEL_ERR);
	folders_empty();
	folders_config(&config);
	/* recordings can be read */
	items[0] = config.media.record;
	config.media.directories.count = 1;
	config.media.directories.items = items;
	config.limits.max_resource_bytes = 1 << 20;
	config.limits.max_total_resource_bytes = 1 << 20;
	struct host_config wanted = {
		.config = &config, .rate = 48000.0, .lock_memory = true};
	ck_assert_int_eq(host_open(&wanted, &host), 0);
	host_view_init(&view, host);
}

static void
teardown(void)
{
	host_close(host);
}

static TactusSound *
begin(const char *name, bool replace)
{
	TactusSoundInfo info = {
		.size = sizeof info, .channels = 1, .rate = 48000.0};

	return view.host.create_sound(
		&view.host, name, &info, replace, reason, sizeof reason);
}

START_TEST(host_writes_a_sound_and_reads_it_back)
{
	const TactusHost *h = &view.host;
	TactusSoundInfo info = {.size = sizeof info};
	float was[FRAMES];
	float is[FRAMES];

	for (int i = 0; i < FRAMES; i++) {
		was[i] = (float)i / FRAMES;
	}
	TactusSound *s = begin("take.wav", false);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(h->write_sound(h, s, was, FRAMES), FRAMES);
	ck_assert_int_eq(h->close_sound(h, s, true, reason, sizeof reason), 0);
	ck_assert_ptr_null(begin("take.wav", false));
	ck_assert_ptr_nonnull(strstr(reason, "is there already"));
	s = h->open_sound(h, "take.wav", &info, reason, sizeof reason);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(info.frames, FRAMES);
	ck_assert_int_eq(h->seek_sound(h, s, 10), 0);
	ck_assert_int_eq(h->read_sound(h, s, is, FRAMES), FRAMES - 10);
	ck_assert_mem_eq(is, was + 10, (FRAMES - 10) * sizeof *is);
	ck_assert_int_eq(h->close_sound(h, s, false, reason, sizeof reason), 0);
}
END_TEST

START_TEST(host_goes_by_the_settings_of_now)
{
	const TactusHost *h = &view.host;
	TactusSoundInfo info = {.size = sizeof info};

	folders_write("two/take.wav", "RIFF", 4);
	config.media.max_file_bytes = 3;
	config.media.directories.count = 1;
	const char *items[] = {folders_path("two")};
	config.media.directories.items = items;
	host_configure(host, &config);
	ck_assert_ptr_null(
		h->open_sound(h, "take.wav", &info, reason, sizeof reason));
	ck_assert_ptr_nonnull(strstr(reason, "media.max_file_bytes"));
}
END_TEST

START_TEST(host_resamples)
{
	const TactusHost *h = &view.host;
	float in[FRAMES] = {0.0F};
	float out[2 * FRAMES];
	int64_t used;

	ck_assert_ptr_null(h->open_resampler(h, 0, 2.0));
	TactusResampler *r = h->open_resampler(h, 1, 2.0);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(
		h->resample(h, r, in, FRAMES, &used, out, 2 * FRAMES, true),
		2 * FRAMES);
	ck_assert_int_eq(used, FRAMES);
	h->close_resampler(h, r);
	h->close_resampler(h, NULL);
}
END_TEST

START_TEST(host_transforms)
{
	const TactusHost *h = &view.host;
	float time[64];
	float back[64];
	float spectrum[66];
	float scratch[66];

	for (int i = 0; i < 64; i++) {
		time[i] = (float)(i % 7);
	}
	ck_assert_ptr_null(h->open_fft(h, 65));
	/* locked, and its pages given back unlocked, again and again */
	for (int i = 0; i < 100; i++) {
		TactusFft *fft = h->open_fft(h, 64);
		ck_assert_ptr_nonnull(fft);
		h->fft_forward(fft, time, spectrum, scratch);
		h->fft_inverse(fft, spectrum, back, scratch);
		for (int k = 0; k < 64; k++) {
			ck_assert_double_eq_tol(
				(double)back[k], (double)time[k], 1e-5);
		}
		h->close_fft(h, fft);
	}
	h->close_fft(h, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/host/host_sound");
	TCase *t = tcase_create("host_sound");

	tcase_add_unchecked_fixture(t, folders_make, folders_remove);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, host_writes_a_sound_and_reads_it_back);
	tcase_add_test(t, host_goes_by_the_settings_of_now);
	tcase_add_test(t, host_resamples);
	tcase_add_test(t, host_transforms);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
