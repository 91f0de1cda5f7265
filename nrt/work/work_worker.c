/* SPDX-License-Identifier: MIT */
/*
 * work_worker.c -- see work_worker.h.
 */
#include "work_worker.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ring.h"
#include "wake.h"
#include "work_do.h"

/* enough for what decoders put on it, whatever the machine's default is */
#define STACK_BYTES ((size_t)1 << 20)
/* one order, and the NULL behind it that ends the thread */
#define ROOM 2

struct work_worker {
	struct wake wake;      /* the thread sleeps, the loop calls */
	struct ring *orders;   /* to the thread; NULL: end */
	struct ring *returned; /* from it */
	int told_fd;
	uint32_t number;
	pthread_t thread;
	struct host_view view; /* the thread's alone */
};

static void
call(int fd)
{
	/* it cannot be full: each write is read before the next 2^64 - 2 */
	(void)eventfd_write(fd, 1);
}

static struct work_order *
wait_for_order(struct work_worker *w, bool *end)
{
	struct work_order *o = NULL;

	while (ring_take(w->orders, &o, 1) == 0) {
		wake_announce(&w->wake);
		if (ring_filled(w->orders) == 0) {
			eventfd_t times;

			(void)eventfd_read(w->wake.fd, &times);
		}
		wake_clear(&w->wake);
	}
	*end = o == NULL;
	return o;
}

static void *
keep(void *arg)
{
	struct work_worker *w = arg;
	bool end = false;

	for (;;) {
		struct work_order *o = wait_for_order(w, &end);

		if (end) {
			return NULL;
		}
		work_do(&w->view, o);
		uint32_t n = ring_post(w->returned, &o, 1);
		assert(n == 1);
		(void)n;
		call(w->told_fd);
	}
}

static void
give(struct work_worker *w, struct work_order *o)
{
	uint32_t n = ring_post(w->orders, &o, 1);

	assert(n == 1);
	(void)n;
	if (wake_wanted(&w->wake)) {
		call(w->wake.fd);
	}
}

/* All signals are the loop's but those that a fault raises where it is. */
static void
mask(sigset_t *set)
{
	static const int faults[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};

	(void)sigfillset(set);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		(void)sigdelset(set, faults[i]);
	}
}

static int
start(struct work_worker *w)
{
	const struct sched_param ordinary = {.sched_priority = 0};
	pthread_attr_t a;
	sigset_t ours;
	sigset_t old;

	int err = pthread_attr_init(&a);
	if (err != 0) {
		return -err;
	}
	(void)pthread_attr_setstacksize(&a, STACK_BYTES);
	(void)pthread_attr_setinheritsched(&a, PTHREAD_EXPLICIT_SCHED);
	(void)pthread_attr_setschedpolicy(&a, SCHED_OTHER);
	(void)pthread_attr_setschedparam(&a, &ordinary);
	mask(&ours);
	(void)pthread_sigmask(SIG_SETMASK, &ours, &old);
	err = pthread_create(&w->thread, &a, keep, w);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)pthread_attr_destroy(&a);
	if (err != 0) {
		return -err;
	}
	char name[16];
	(void)snprintf(
		name, sizeof name, "worker-%" PRIu32, w->number % 100000000);
	(void)pthread_setname_np(w->thread, name);
	return 0;
}

static void
give_up(struct work_worker *w)
{
	if (w->wake.fd >= 0) {
		(void)close(w->wake.fd);
	}
	ring_close(w->orders);
	ring_close(w->returned);
	free(w);
}

int
work_worker_open(struct host *host, int told_fd, uint32_t number,
	struct work_worker **out)
{
	struct work_worker *w =
		aligned_alloc(_Alignof(struct work_worker), sizeof *w);

	if (w == NULL) {
		return -ENOMEM;
	}
	*w = (struct work_worker){
		.wake.fd = eventfd(0, EFD_CLOEXEC),
		.told_fd = told_fd,
		.number = number,
	};
	host_view_init(&w->view, host);
	int err = w->wake.fd < 0 ? -errno : 0;
	if (err == 0) {
		err = ring_open(ROOM, sizeof(struct work_order *), &w->orders);
	}
	if (err == 0) {
		err = ring_open(
			ROOM, sizeof(struct work_order *), &w->returned);
	}
	if (err == 0) {
		err = start(w);
	}
	if (err != 0) {
		give_up(w);
		return err;
	}
	*out = w;
	return 0;
}

void
work_worker_give(struct work_worker *w, struct work_order *o)
{
	assert(o != NULL);
	give(w, o);
}

struct work_order *
work_worker_take(struct work_worker *w)
{
	struct work_order *o = NULL;

	return ring_take(w->returned, &o, 1) == 1 ? o : NULL;
}

void
work_worker_close(struct work_worker *w)
{
	give(w, NULL);
	(void)pthread_join(w->thread, NULL);
	give_up(w);
}
