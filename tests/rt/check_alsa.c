/* SPDX-License-Identifier: MIT */
/*
 * check_alsa.c -- cards through alsa-lib itself: a recording in and out, and
 * what is said when a PCM does not do what is asked.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_engine.h"
#include "loop_rig.h"

static const uint32_t periods_of[] = {
	16, 17, 64, 100, 128, 255, 441, 512, 1000, 1023, 1024};
#define PERIODS ((int)(sizeof periods_of / sizeof periods_of[0]))

/* Counts of periods 2, 3, 4 and all formats; the loop is over both. */
START_TEST(a_recording_comes_out_at_half_level_to_the_last_bit)
{
	struct loop_rig r;
	int which = _i * LOOP_STRIDE;
	uint32_t period = periods_of[which % PERIODS];
	enum convert_format f = (enum convert_format)(which / PERIODS);

	if (!loop_rig_open(&r)) {
		(void)fprintf(stderr, "SKIPPED: no sox or no recording\n");
		return;
	}
	for (uint32_t n = 2; n <= 4; n++) {
		struct loop_case c = {f, 64, period, n, false};
		struct engine *e = fake_engine(48000, 64, 2, 2);
		e->gain = 0.5F;
		loop_rig_run(&r, &c, e);
		ck_assert_uint_eq(e->xruns, 0);
		ck_assert_uint_eq(e->lost, 0);
		free(e);
	}
	loop_rig_close(&r);
}
END_TEST

START_TEST(dither_keeps_within_two_steps_of_16_bits)
{
	struct loop_rig r;
	struct loop_case c = {CONVERT_S16, 64, 128, 2, true};

	if (!loop_rig_open(&r)) {
		(void)fprintf(stderr, "SKIPPED: no sox or no recording\n");
		return;
	}
	struct engine *e = fake_engine(48000, 64, 2, 2);
	e->gain = 0.5F;
	loop_rig_run(&r, &c, e);
	free(e);
	loop_rig_close(&r);
}
END_TEST

/* A configuration of one PCM named x, in the test's own folder. */
static void
configure(const char *text)
{
	char path[64];

	(void)snprintf(path, sizeof path, "asoundrc.%ld", (long)getpid());
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	(void)fclose(f);
	ck_assert_int_eq(setenv("ALSA_CONFIG_PATH", path, 1), 0);
}

static void
forget(void)
{
	char path[64];

	(void)snprintf(path, sizeof path, "asoundrc.%ld", (long)getpid());
	(void)unlink(path);
}

static struct alsa_request
request(const char *playback, const char *capture)
{
	return (struct alsa_request){
		.playback = playback,
		.capture = capture,
		.rate = 48000,
		.block = 64,
		.inputs = 2,
		.outputs = 2,
		.period = 128,
		.periods = 2,
		.format = ALSA_FORMAT_AUTO,
	};
}

START_TEST(auto_takes_the_best_format_and_reports_what_it_got)
{
	struct alsa_request ask = request("x", NULL);
	struct alsa_facts facts;
	struct card *card;
	char why[500];

	configure("pcm.x { type null }\n");
	ck_assert_int_eq(alsa_open(&ask, &card, &facts, why, sizeof why), 0);
	const struct card_config *c = card_config(card);
	ck_assert(c->side[CARD_PLAYBACK].open);
	ck_assert(!c->side[CARD_CAPTURE].open);
	ck_assert_int_eq(c->side[CARD_PLAYBACK].format, CONVERT_S32);
	ck_assert_uint_eq(c->rate, 48000);
	ck_assert_uint_eq(c->period, 128);
	ck_assert_uint_eq(c->periods, 2);
	ck_assert(facts.interleaved[CARD_PLAYBACK]);
	ck_assert_str_eq(why, "");
	alsa_close(card);
	forget();
}
END_TEST

START_TEST(a_pcm_that_is_not_there_is_named_with_the_mend)
{
	struct alsa_request ask = request("nosuch", NULL);
	struct alsa_facts facts;
	struct card *card = NULL;
	char why[500];

	configure("pcm.x { type null }\n");
	ck_assert_int_lt(alsa_open(&ask, &card, &facts, why, sizeof why), 0);
	ck_assert_ptr_null(card);
	ck_assert_ptr_nonnull(strstr(why, "\"nosuch\""));
	ck_assert_ptr_nonnull(strstr(why, "tactus devices"));
	/* alsa-lib's own words are there, not on standard error */
	ck_assert_ptr_nonnull(strstr(why, "alsa-lib: "));
	forget();
}
END_TEST

START_TEST(a_pcm_that_comes_later_is_seen)
{
	struct alsa_request ask = request("late", NULL);
	struct alsa_facts facts;
	struct card *card;
	char why[500];

	configure("pcm.x { type null }\n");
	ck_assert_int_lt(alsa_open(&ask, &card, &facts, why, sizeof why), 0);
	configure("pcm.late { type null }\n");
	ck_assert_int_eq(alsa_open(&ask, &card, &facts, why, sizeof why), 0);
	alsa_close(card);
	forget();
}
END_TEST

START_TEST(a_format_that_a_pcm_does_not_do_is_answered_with_those_it_does)
{
	struct alsa_request ask = request("x", NULL);
	struct alsa_facts facts;
	struct card *card;
	char why[500];

	ask.format = CONVERT_FLOAT;
	/* a linear plugin takes its slave's format alone */
	configure("pcm.n { type null }\n"
		  "pcm.x { type hooks; slave.pcm { type linear; slave { "
		  "pcm { type null } format S16_LE } } }\n");
	ck_assert_int_lt(alsa_open(&ask, &card, &facts, why, sizeof why), 0);
	ck_assert_msg(strstr(why, "FLOAT_LE") != NULL, "%s", why);
	ck_assert_msg(strstr(why, "S16_LE") != NULL, "%s", why);
	forget();
}
END_TEST

START_TEST(another_rate_is_told_or_refused_when_the_engine_runs_already)
{
	struct alsa_request ask = request("x", NULL);
	struct alsa_facts facts;
	struct card *card;
	char why[500];

	configure("pcm.x { type hooks; slave.pcm { type rate; slave { pcm { "
		  "type null } rate 44100 } } }\n"
		  "pcm.y { type softvol; slave.pcm { type null } }\n");
	ask.rate = 9999999;
	int err = alsa_open(&ask, &card, &facts, why, sizeof why);
	if (err == 0) {
		ck_assert_msg(strstr(why, "not at 9999999") != NULL, "%s", why);
		alsa_close(card);
		ask.rate_exact = true;
		err = alsa_open(&ask, &card, &facts, why, sizeof why);
	}
	ck_assert_int_lt(err, 0);
	ck_assert_msg(strstr(why, "9999999") != NULL, "%s", why);
	forget();
}
END_TEST

START_TEST(no_pcm_at_all_is_an_error_in_words)
{
	struct alsa_request ask = request(NULL, NULL);
	struct alsa_facts facts;
	struct card *card;
	char why[500];

	ck_assert_int_eq(
		alsa_open(&ask, &card, &facts, why, sizeof why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why, "audio.devices"));
}
END_TEST

START_TEST(only_a_kernel_drivers_pcm_counts_as_hardware)
{
	ck_assert(alsa_is_hardware("hw:CARD=USB"));
	ck_assert(alsa_is_hardware("hw:0,1"));
	ck_assert(!alsa_is_hardware("plughw:0"));
	ck_assert(!alsa_is_hardware("default"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/alsa");
	TCase *tc = tcase_create("loop");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc,
		a_recording_comes_out_at_half_level_to_the_last_bit, 0,
		(PERIODS * CONVERT_FORMATS + LOOP_STRIDE - 1) / LOOP_STRIDE);
	if (LOOP_STRIDE > 1) {
		printf("under sanitizers a fifth of the set-ups\n");
	}
	tcase_add_test(tc, dither_keeps_within_two_steps_of_16_bits);
	suite_add_tcase(s, tc);
	tc = tcase_create("words");
	tcase_add_test(tc, auto_takes_the_best_format_and_reports_what_it_got);
	tcase_add_test(tc, a_pcm_that_is_not_there_is_named_with_the_mend);
	tcase_add_test(tc, a_pcm_that_comes_later_is_seen);
	tcase_add_test(tc,
		a_format_that_a_pcm_does_not_do_is_answered_with_those_it_does);
	tcase_add_test(tc,
		another_rate_is_told_or_refused_when_the_engine_runs_already);
	tcase_add_test(tc, no_pcm_at_all_is_an_error_in_words);
	tcase_add_test(tc, only_a_kernel_drivers_pcm_counts_as_hardware);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
