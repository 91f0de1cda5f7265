/* SPDX-License-Identifier: MIT */
/*
 * check_work_worker.c -- the thread that plugins find themselves on.
 */
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "work_worker.h"

/* generous: only a failure takes so long */
#define DEADLINE_MS 60000

static struct {
	char name[16];
	int policy;
	size_t stack; /* bytes */
	sigset_t blocked;
	const char *who;
	uint32_t calls;
} seen;

static int
look_around(const TactusHost *host, void *const *resources, uint32_t count,
	void *data)
{
	struct sched_param param;
	pthread_attr_t a;

	(void)resources;
	(void)count;
	(void)data;
	(void)pthread_getname_np(pthread_self(), seen.name, sizeof seen.name);
	(void)pthread_getschedparam(pthread_self(), &seen.policy, &param);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &seen.blocked);
	(void)pthread_getattr_np(pthread_self(), &a);
	(void)pthread_attr_getstacksize(&a, &seen.stack);
	(void)pthread_attr_destroy(&a);
	seen.who = host_view_of(host)->who;
	seen.calls++;
	return 0;
}

static struct config *config;
static struct host *h;
static int told;

static void
setup(void)
{
	ck_assert_int_eq(config_default(&config), 0);
	ck_assert_int_eq(host_open(&(struct host_config){.config = config,
					   .rate = 48000},
				 &h),
		0);
	told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ck_assert_int_ge(told, 0);
}

static void
teardown(void)
{
	(void)close(told);
	host_close(h);
	config_close(config);
}

static void
do_once(struct work_worker *w)
{
	struct work work = {.kind = WORK_PERFORM,
		.perform = look_around,
		.def_name = "looker"};
	struct work_order *o = work_order_of(&work);
	struct work_order *back = NULL;

	ck_assert_ptr_nonnull(o);
	work_worker_give(w, o);
	while (back == NULL) {
		struct pollfd p = {.fd = told, .events = POLLIN};
		eventfd_t times;

		ck_assert_int_eq(poll(&p, 1, DEADLINE_MS), 1);
		(void)eventfd_read(told, &times);
		back = work_worker_take(w);
	}
	ck_assert_ptr_eq(back, o);
	ck_assert_ptr_null(work_worker_take(w));
	work_order_free(o);
}

START_TEST(worker_is_an_ordinary_thread_with_a_name_and_a_stack)
{
	struct work_worker *w = NULL;

	ck_assert_int_eq(work_worker_open(h, told, 12, &w), 0);
	do_once(w);
	ck_assert_str_eq(seen.name, "worker-12");
	ck_assert_int_eq(seen.policy, SCHED_OTHER);
	ck_assert_uint_ge(seen.stack, (size_t)1 << 20);
	ck_assert_uint_lt(seen.stack, (size_t)8 << 20);
	ck_assert_str_eq(seen.who, "looker");
	work_worker_close(w);
	ck_assert_uint_eq(seen.calls, 1);
}
END_TEST

START_TEST(worker_takes_no_signal_but_its_own_faults)
{
	struct work_worker *w = NULL;
	sigset_t ours;

	ck_assert_int_eq(work_worker_open(h, told, 1, &w), 0);
	do_once(w);
	ck_assert(sigismember(&seen.blocked, SIGTERM));
	ck_assert(sigismember(&seen.blocked, SIGINT));
	ck_assert(sigismember(&seen.blocked, SIGHUP));
	ck_assert(sigismember(&seen.blocked, SIGPIPE));
	ck_assert(!sigismember(&seen.blocked, SIGSEGV));
	ck_assert(!sigismember(&seen.blocked, SIGFPE));
	/* and who made it keeps its own */
	(void)pthread_sigmask(SIG_SETMASK, NULL, &ours);
	ck_assert(!sigismember(&ours, SIGTERM));
	work_worker_close(w);
}
END_TEST

START_TEST(worker_ends_when_it_never_had_an_order)
{
	struct work_worker *w = NULL;

	ck_assert_int_eq(work_worker_open(h, told, 1, &w), 0);
	work_worker_close(w);
	ck_assert_uint_eq(seen.calls, 0);
}
END_TEST

START_TEST(worker_loses_no_order_on_its_way_to_sleep)
{
	struct work_worker *w = NULL;

	ck_assert_int_eq(work_worker_open(h, told, 1, &w), 0);
	for (int i = 0; i < 2000; i++) {
		do_once(w);
	}
	ck_assert_uint_eq(seen.calls, 2000);
	work_worker_close(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/work_worker");
	TCase *tc = tcase_create("worker");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(
		tc, worker_is_an_ordinary_thread_with_a_name_and_a_stack);
	tcase_add_test(tc, worker_takes_no_signal_but_its_own_faults);
	tcase_add_test(tc, worker_ends_when_it_never_had_an_order);
	tcase_add_test(tc, worker_loses_no_order_on_its_way_to_sleep);
	srunner_run_all(r, CK_ENV);
	int bad = srunner_ntests_failed(r);
	srunner_free(r);
	return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
