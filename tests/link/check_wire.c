/* SPDX-License-Identifier: MIT */
/*
 * check_wire.c -- a wire is made whole or not at all.
 *
 * The linker puts the functions below before those of libc (--wrap), so that
 * each allocation and each descriptor can be made to fail in its turn.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "report.h"
#include "wire.h"

/** What the wrapped functions count; one thread, reset by each test. */
static struct {
	int fail_alloc; /* which call fails; 0: none */
	int fail_event;
	int allocs; /* calls so far */
	int events;
	int live;         /* allocations not yet given back */
	void *memory[16]; /* which they are: Check allocates too */
	int error;
} count;

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);
void __wrap_free(void *memory);
int __real_eventfd(unsigned initial, int flags);
int __wrap_eventfd(unsigned initial, int flags);

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	count.allocs++;
	if (count.allocs == count.fail_alloc) {
		errno = ENOMEM;
		return NULL;
	}
	void *memory = __real_aligned_alloc(alignment, size);
	if (memory != NULL) {
		ck_assert_int_lt(count.live, 16);
		count.memory[count.live++] = memory;
	}
	return memory;
}

void
__wrap_free(void *memory)
{
	for (int i = 0; i < count.live; i++) {
		if (count.memory[i] == memory) {
			count.memory[i] = count.memory[--count.live];
		}
	}
	__real_free(memory);
}

int
__wrap_eventfd(unsigned initial, int flags)
{
	count.events++;
	if (count.events == count.fail_event) {
		errno = count.error;
		return -1;
	}
	return __real_eventfd(initial, flags);
}

/** How many descriptors are open, of those that a test may have. */
static int
descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++) {
		n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
	}
	return n;
}

static void
reset(void)
{
	memset(&count, 0, sizeof count);
}

START_TEST(wire_has_all_that_was_asked_for)
{
	struct wire *w = NULL;

	ck_assert_int_eq(wire_open(100, 50, 256, 1000, 3, &w), 0);
	ck_assert_uint_eq(ring_capacity(w->commands), 128);
	ck_assert_uint_eq(ring_capacity(w->reports), 64);
	ck_assert_uint_eq(ring_capacity(w->tap), 1024);
	/* a work for each resource and job that there can be */
	ck_assert_uint_ge(ring_capacity(w->works),
		256 + WORK_MAX_JOBS + WORK_MAX_PERFORMS);
	ck_assert_int_ge(w->loop.fd, 0);
	ck_assert_int_ge(w->rt.fd, 0);
	ck_assert_int_ne(w->loop.fd, w->rt.fd);
	ck_assert_int_ne(fcntl(w->loop.fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_ne(fcntl(w->loop.fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(w->rt.fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert(!wake_wanted(&w->loop));
	ck_assert(!wake_wanted(&w->rt));
	for (int i = 0; i < GAUGE_COUNT; i++) {
		ck_assert_uint_eq(gauge_get(&w->gauges, (enum gauge)i), 0);
	}
	struct instant now;
	ck_assert(!moment_read(&w->moment, &now));
	wire_close(w);
}
END_TEST

START_TEST(wire_carries_batches_reports_works_and_frames)
{
	struct wire *w = NULL;
	struct batch batch;
	struct batch *sent = &batch;
	struct batch *came = NULL;
	struct report told = {.kind = REPORT_NODE_NEW, .id = 7};
	struct work work = {.id = 3};
	struct work *done = &work;
	struct work *taken = NULL;
	struct report heard;
	float frame[2] = {0.5F, -0.5F};
	float other[2] = {0};

	ck_assert_int_eq(wire_open(2, 2, 2, 2, 2, &w), 0);
	ck_assert_uint_eq(ring_post(w->commands, &sent, 1), 1);
	ck_assert_uint_eq(ring_take(w->commands, &came, 1), 1);
	ck_assert_ptr_eq(came, sent);
	ck_assert_uint_eq(ring_post(w->reports, &told, 1), 1);
	ck_assert_uint_eq(ring_take(w->reports, &heard, 1), 1);
	ck_assert_int_eq(heard.id, 7);
	ck_assert_uint_eq(ring_post(w->works, &done, 1), 1);
	ck_assert_uint_eq(ring_take(w->works, &taken, 1), 1);
	ck_assert_ptr_eq(taken, &work);
	ck_assert_uint_eq(ring_post(w->tap, frame, 1), 1);
	ck_assert_uint_eq(ring_take(w->tap, other, 1), 1);
	ck_assert_mem_eq(frame, other, sizeof frame);
	wire_close(w);
}
END_TEST

START_TEST(wire_has_no_tap_when_none_is_asked_for)
{
	struct wire *w = NULL;

	ck_assert_int_eq(wire_open(2, 2, 2, 0, 2, &w), 0);
	ck_assert_ptr_null(w->tap);
	wire_close(w);
	wire_close(NULL);
}
END_TEST

START_TEST(wire_leaves_nothing_when_an_allocation_fails)
{
	struct wire *w = NULL;
	int before = descriptors();
	int failures = 0;

	for (int nth = 1;; nth++) {
		reset();
		count.fail_alloc = nth;
		int err = wire_open(64, 64, 64, 64, 2, &w);
		if (err == 0) {
			break;
		}
		failures++;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_ptr_null(w);
		ck_assert_int_eq(count.live, 0);
		ck_assert_int_eq(descriptors(), before);
	}
	/* the wire itself, and two for each of its four rings */
	ck_assert_int_eq(failures, 9);
	wire_close(w);
	ck_assert_int_eq(count.live, 0);
	ck_assert_int_eq(descriptors(), before);
}
END_TEST

START_TEST(wire_leaves_nothing_when_a_descriptor_fails)
{
	struct wire *w = NULL;
	int before = descriptors();
	int failures = 0;

	for (int nth = 1;; nth++) {
		reset();
		count.fail_event = nth;
		count.error = nth == 1 ? EMFILE : ENFILE;
		int err = wire_open(64, 64, 64, 64, 2, &w);
		if (err == 0) {
			break;
		}
		failures++;
		ck_assert_int_eq(err, -count.error);
		ck_assert_ptr_null(w);
		ck_assert_int_eq(count.live, 0);
		ck_assert_int_eq(descriptors(), before);
	}
	ck_assert_int_eq(failures, 2);
	wire_close(w);
	ck_assert_int_eq(count.live, 0);
	ck_assert_int_eq(descriptors(), before);
}
END_TEST

START_TEST(wire_refuses_sizes_that_no_ring_can_have)
{
	struct wire *w = NULL;
	int before = descriptors();

	reset();
	ck_assert_int_eq(wire_open(0, 64, 64, 0, 2, &w), -EINVAL);
	ck_assert_int_eq(wire_open(64, 1U << 31, 64, 0, 2, &w), -EINVAL);
	ck_assert_int_eq(wire_open(64, 64, 1U << 31, 0, 2, &w), -EINVAL);
	ck_assert_int_eq(wire_open(64, 64, 64, 64, 0, &w), -EINVAL);
	ck_assert_int_eq(wire_open(64, 64, 64, 64, 1025, &w), -EINVAL);
	ck_assert_ptr_null(w);
	ck_assert_int_eq(count.live, 0);
	ck_assert_int_eq(descriptors(), before);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("link/wire");
	TCase *t = tcase_create("wire");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, wire_has_all_that_was_asked_for);
	tcase_add_test(t, wire_carries_batches_reports_works_and_frames);
	tcase_add_test(t, wire_has_no_tap_when_none_is_asked_for);
	tcase_add_test(t, wire_leaves_nothing_when_an_allocation_fails);
	tcase_add_test(t, wire_leaves_nothing_when_a_descriptor_fails);
	tcase_add_test(t, wire_refuses_sizes_that_no_ring_can_have);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
