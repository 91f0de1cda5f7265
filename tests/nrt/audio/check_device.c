/* SPDX-License-Identifier: MIT */
/*
 * check_device.c -- the keeper's thread between a fake card and a real loop.
 */
#include <check.h>
#include <errno.h>
#include <ev.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"

#define PATIENCE_S 20.0

/* The fake card: there or not; counted. */
struct world {
	struct ev_loop *loop;
	struct device *device;
	ev_timer patience;
	char folder[300];
	_Atomic int present;
	_Atomic int opens;
	_Atomic int closes;
	int card;
	/* the loop's */
	int opened;
	int refused;
	int error;
	void *got;
	char words[200];
	pthread_t loop_thread;
	bool out_of_patience;
};

static int
fake_open(void *user, void **card, char *why, size_t size)
{
	struct world *w = user;

	ck_assert(!pthread_equal(pthread_self(), w->loop_thread));
	atomic_fetch_add(&w->opens, 1);
	if (atomic_load(&w->present) == 0) {
		(void)snprintf(why, size, "\"x\" is not there");
		return -ENODEV;
	}
	(void)snprintf(why, size, "runs at 44100 Hz");
	*card = &w->card;
	return 0;
}

static void
fake_close(void *user, void *card)
{
	struct world *w = user;

	ck_assert_ptr_eq(card, &w->card);
	ck_assert(!pthread_equal(pthread_self(), w->loop_thread));
	atomic_fetch_add(&w->closes, 1);
}

static void
on_opened(void *user, void *card, const char *words)
{
	struct world *w = user;

	ck_assert(pthread_equal(pthread_self(), w->loop_thread));
	w->opened++;
	w->got = card;
	(void)snprintf(w->words, sizeof w->words, "%s", words);
	ev_break(w->loop, EVBREAK_ALL);
}

static void
on_refused(void *user, int error, const char *words)
{
	struct world *w = user;

	w->refused++;
	w->error = error;
	(void)snprintf(w->words, sizeof w->words, "%s", words);
	ev_break(w->loop, EVBREAK_ALL);
}

static void
on_patience(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct world *w = timer->data;

	(void)events;
	w->out_of_patience = true;
	ev_break(loop, EVBREAK_ALL);
}

static void
world_open(struct world *w, int present)
{
	struct device_ops ops = {fake_open, fake_close, w};
	struct device_hooks hooks = {on_opened, on_refused, w};

	memset(w, 0, sizeof *w);
	w->loop_thread = pthread_self();
	w->loop = ev_loop_new(0);
	ck_assert_ptr_nonnull(w->loop);
	atomic_store(&w->present, present);
	ck_assert_ptr_nonnull(getcwd(w->folder, sizeof w->folder - 32));
	(void)strcat(w->folder, "/device-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->folder));
	char snd[320];
	(void)snprintf(snd, sizeof snd, "%s/snd", w->folder);
	ck_assert_int_eq(
		device_open(w->loop, snd, &ops, &hooks, &w->device), 0);
}

/* Run the loop until a hook was called. */
static void
turn(struct world *w)
{
	w->out_of_patience = false;
	ev_timer_init(&w->patience, on_patience, PATIENCE_S, 0.0);
	w->patience.data = w;
	ev_timer_start(w->loop, &w->patience);
	(void)ev_run(w->loop, 0);
	ev_timer_stop(w->loop, &w->patience);
	ck_assert(!w->out_of_patience);
}

static void
world_close(struct world *w)
{
	char command[400];

	device_close(w->device);
	ev_loop_destroy(w->loop);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", w->folder);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(a_card_that_is_there_comes_to_the_loop_at_once)
{
	struct world w;

	world_open(&w, 1);
	turn(&w);
	ck_assert_int_eq(w.opened, 1);
	ck_assert_ptr_eq(w.got, &w.card);
	ck_assert_str_eq(w.words, "runs at 44100 Hz");
	world_close(&w);
	/* it did not come back: closed at the end */
	ck_assert_int_eq(atomic_load(&w.closes), 1);
	ck_assert_int_eq(atomic_load(&w.opens), 1);
}
END_TEST

START_TEST(an_absent_card_is_told_once_and_taken_when_it_comes)
{
	struct world w;
	char snd[320];

	world_open(&w, 0);
	turn(&w);
	ck_assert_int_eq(w.refused, 1);
	ck_assert_int_eq(w.error, -ENODEV);
	ck_assert_str_eq(w.words, "\"x\" is not there");
	atomic_store(&w.present, 1);
	/* the folder comes with the first card */
	(void)snprintf(snd, sizeof snd, "%s/snd", w.folder);
	ck_assert_int_eq(mkdir(snd, 0755), 0);
	turn(&w);
	ck_assert_int_eq(w.opened, 1);
	ck_assert_int_eq(w.refused, 1);
	world_close(&w);
	ck_assert_int_eq(atomic_load(&w.closes), 1);
}
END_TEST

START_TEST(a_card_that_rt_gave_back_is_closed_and_opened_again)
{
	struct world w;

	world_open(&w, 1);
	turn(&w);
	for (int i = 1; i <= 3; i++) {
		device_returned(w.device);
		/* plugged in anew: no need to wait */
		device_look(w.device);
		turn(&w);
		ck_assert_int_eq(w.opened, i + 1);
		ck_assert_int_eq(atomic_load(&w.closes), i);
	}
	world_close(&w);
	ck_assert_int_eq(atomic_load(&w.closes), 4);
}
END_TEST

START_TEST(the_keeper_ends_while_it_waits)
{
	struct world w;

	world_open(&w, 0);
	turn(&w);
	world_close(&w);
	ck_assert_int_eq(atomic_load(&w.closes), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/audio/device");
	TCase *tc = tcase_create("keeper");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_card_that_is_there_comes_to_the_loop_at_once);
	tcase_add_test(tc, an_absent_card_is_told_once_and_taken_when_it_comes);
	tcase_add_test(tc, a_card_that_rt_gave_back_is_closed_and_opened_again);
	tcase_add_test(tc, the_keeper_ends_while_it_waits);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
