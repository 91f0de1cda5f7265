/* SPDX-License-Identifier: MIT */
/*
 * check_wake.c -- no wake is lost, and no call is made in vain.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "random.h"
#include "ring.h"
#include "wake.h"

#define POSTS       30000U
#define DEADLINE_MS 30000

START_TEST(wake_is_wanted_once_for_each_sleep)
{
	struct wake w = {.fd = -1};

	ck_assert(!wake_wanted(&w));
	wake_announce(&w);
	ck_assert(wake_wanted(&w));
	ck_assert(!wake_wanted(&w));
	wake_announce(&w);
	wake_announce(&w);
	ck_assert(wake_wanted(&w));
	ck_assert(!wake_wanted(&w));
}
END_TEST

START_TEST(wake_is_not_wanted_when_the_sleeper_is_up_again)
{
	struct wake w = {.fd = -1};

	wake_announce(&w);
	wake_clear(&w);
	ck_assert(!wake_wanted(&w));
}
END_TEST

struct bell {
	struct ring *ring;
	struct wake wake;
	_Atomic uint32_t taken; /* how far the sleeper has come */
	uint32_t calls;         /* the caller's own count */
};

static void *
post_and_call(void *user)
{
	struct bell *b = user;
	uint32_t seed = 99;

	for (uint32_t n = 1; n <= POSTS; n++) {
		while (ring_post(b->ring, &n, 1) == 0) {
			sched_yield();
		}
		if (wake_wanted(&b->wake)) {
			uint64_t one = 1;
			b->calls++;
			if (write(b->wake.fd, &one, sizeof one) < 0 &&
				errno != EAGAIN) {
				return user;
			}
		}
		/* now and then let the sleeper fall asleep: only the call
		 * can bring it back, for nothing else will be posted */
		if (random_below(&seed, 4) == 0) {
			while (atomic_load(&b->taken) < n) {
				sched_yield();
			}
		}
	}
	return NULL;
}

/** Sleep as the loop does. @return whether the deadline passed: a lost wake */
static bool
sleep_for_call(struct bell *b)
{
	struct pollfd p = {.fd = b->wake.fd, .events = POLLIN};
	uint64_t calls;

	if (poll(&p, 1, DEADLINE_MS) != 1) {
		return true;
	}
	return read(b->wake.fd, &calls, sizeof calls) != sizeof calls;
}

START_TEST(wake_is_never_lost_between_two_threads)
{
	struct bell *b = aligned_alloc(2 * CACHE_LINE, sizeof *b);
	pthread_t caller;
	void *trouble;
	uint32_t sleeps = 0;
	uint32_t wanted = 1;

	ck_assert_ptr_nonnull(b);
	memset(b, 0, sizeof *b);
	b->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ck_assert_int_ge(b->wake.fd, 0);
	ck_assert_int_eq(ring_open(16, sizeof wanted, &b->ring), 0);
	ck_assert_int_eq(pthread_create(&caller, NULL, post_and_call, b), 0);
	while (wanted <= POSTS) {
		uint32_t n;
		while (ring_take(b->ring, &n, 1) == 1) {
			ck_assert_uint_eq(n, wanted);
			wanted++;
			atomic_store(&b->taken, n);
		}
		if (wanted > POSTS) {
			break;
		}
		wake_announce(&b->wake);
		sleeps++;
		if (ring_filled(b->ring) == 0 && sleep_for_call(b)) {
			ck_abort_msg("no call came for post %u", wanted);
		}
		wake_clear(&b->wake);
	}
	ck_assert_int_eq(pthread_join(caller, &trouble), 0);
	ck_assert_ptr_null(trouble);
	ck_assert_uint_le(b->calls, sleeps);
	ck_assert_uint_gt(b->calls, 0);
	close(b->wake.fd);
	ring_close(b->ring);
	free(b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("link/wake");
	TCase *t = tcase_create("wake");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, wake_is_wanted_once_for_each_sleep);
	tcase_add_test(t, wake_is_not_wanted_when_the_sleeper_is_up_again);
	tcase_add_test(t, wake_is_never_lost_between_two_threads);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
