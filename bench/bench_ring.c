/* SPDX-License-Identifier: MIT */
/*
 * bench_ring.c -- our ring beside JACK's and a textbook's.
 *
 * Elements of 8 bytes, the size of a pointer to a batch.  Three rings take
 * turns, so that what else the machine does meets all of them:
 *
 *	ours      link/ring: cached indices, each side on lines of its own
 *	textbook  the same with both indices side by side and always read
 *	jack      jack_ringbuffer of libjack (where it was there to build with)
 *
 * "same thread": post and take in turn; what the code costs.  "two threads":
 * a writer and a reader on processors of their own; what the cache lines
 * cost.  Both one by one and in batches of 32.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "ring.h"

#ifdef HAVE_JACK
#  include <jack/ringbuffer.h>
#endif

#define CAPACITY   1024U
#define BATCH      32U
#define SAME       200000U
#define TWO        400000U
#define TEXT_BYTES ((size_t)CAPACITY * sizeof(uint64_t))

/** Lamport's queue as it is usually written down. */
struct textbook {
	_Atomic uint32_t head;
	_Atomic uint32_t tail;
	uint64_t slot[CAPACITY];
};

/** The rings' common face. */
struct rival {
	const char *name;
	void *ring;
	uint32_t (*post)(void *ring, const uint64_t *from, uint32_t count);
	uint32_t (*take)(void *ring, uint64_t *to, uint32_t count);
};

static uint32_t
ours_post(void *ring, const uint64_t *from, uint32_t count)
{
	return ring_post(ring, from, count);
}

static uint32_t
ours_take(void *ring, uint64_t *to, uint32_t count)
{
	return ring_take(ring, to, count);
}

static uint32_t
textbook_post(void *ring, const uint64_t *from, uint32_t count)
{
	struct textbook *t = ring;
	uint32_t tail = atomic_load_explicit(&t->tail, memory_order_relaxed);
	uint32_t head = atomic_load_explicit(&t->head, memory_order_acquire);
	uint32_t room = CAPACITY - (tail - head);
	uint32_t n = count < room ? count : room;

	for (uint32_t i = 0; i < n; i++) {
		t->slot[(tail + i) % CAPACITY] = from[i];
	}
	atomic_store_explicit(&t->tail, tail + n, memory_order_release);
	return n;
}

static uint32_t
textbook_take(void *ring, uint64_t *to, uint32_t count)
{
	struct textbook *t = ring;
	uint32_t head = atomic_load_explicit(&t->head, memory_order_relaxed);
	uint32_t tail = atomic_load_explicit(&t->tail, memory_order_acquire);
	uint32_t n = count < tail - head ? count : tail - head;

	for (uint32_t i = 0; i < n; i++) {
		to[i] = t->slot[(head + i) % CAPACITY];
	}
	atomic_store_explicit(&t->head, head + n, memory_order_release);
	return n;
}

#ifdef HAVE_JACK
/* whole elements only, as its users have to do: it counts bytes */
static uint32_t
jack_post(void *ring, const uint64_t *from, uint32_t count)
{
	size_t room = jack_ringbuffer_write_space(ring) / sizeof *from;
	size_t n = count < room ? count : room;

	return (uint32_t)(jack_ringbuffer_write(
				  ring, (const char *)from, n * sizeof *from) /
			  sizeof *from);
}

static uint32_t
jack_take(void *ring, uint64_t *to, uint32_t count)
{
	size_t filled = jack_ringbuffer_read_space(ring) / sizeof *to;
	size_t n = count < filled ? count : filled;

	return (uint32_t)(jack_ringbuffer_read(
				  ring, (char *)to, n * sizeof *to) /
			  sizeof *to);
}
#endif

/** ns for each element, posted and taken in turn on this thread. */
static double
same_thread(const struct rival *r, uint32_t batch)
{
	uint64_t buffer[BATCH] = {0};
	uint64_t sum = 0;
	int64_t began = bench_now();

	for (uint32_t i = 0; i < SAME; i += batch) {
		buffer[0] = i;
		if (r->post(r->ring, buffer, batch) != batch ||
			r->take(r->ring, buffer, batch) != batch) {
			fprintf(stderr, "%s: lost elements\n", r->name);
			exit(EXIT_FAILURE);
		}
		sum += buffer[0];
	}
	int64_t ended = bench_now();
	bench_keep(&sum);
	return (double)(ended - began) / SAME;
}

/** Give the processor away when it is the only one. */
static void
idle(bool alone)
{
	if (alone) {
		sched_yield();
	}
}

struct race {
	const struct rival *rival;
	uint32_t batch;
	bool alone;
};

static void *
write_all(void *user)
{
	struct race *race = user;
	uint64_t buffer[BATCH];
	uint64_t next = 0;

	while (next < TWO) {
		for (uint32_t i = 0; i < race->batch; i++) {
			buffer[i] = next + i;
		}
		uint32_t want = race->batch;
		if (want > TWO - next) {
			want = (uint32_t)(TWO - next);
		}
		uint32_t n = race->rival->post(race->rival->ring, buffer, want);
		next += n;
		if (n == 0) {
			idle(race->alone);
		}
	}
	return NULL;
}

/** ns for each element, from a writer's thread to this one. */
static double
two_threads(const struct rival *r, uint32_t batch, bool alone)
{
	struct race race = {.rival = r, .batch = batch, .alone = alone};
	uint64_t buffer[BATCH];
	uint64_t wanted = 0;
	pthread_t writer;
	int64_t began = bench_now();

	if (pthread_create(&writer, NULL, write_all, &race) != 0) {
		fprintf(stderr, "bench_ring: no thread to write with\n");
		exit(EXIT_FAILURE);
	}
	while (wanted < TWO) {
		uint32_t n = r->take(r->ring, buffer, batch);
		for (uint32_t i = 0; i < n; i++) {
			if (buffer[i] != wanted++) {
				fprintf(stderr, "%s: lost order\n", r->name);
				exit(EXIT_FAILURE);
			}
		}
		if (n == 0) {
			idle(alone);
		}
	}
	pthread_join(writer, NULL);
	return (double)(bench_now() - began) / TWO;
}

static bool
is_alone(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) != 0 ||
	       CPU_COUNT(&set) < 2;
}

/** Let the rivals take turns at one discipline, print their figures. */
static void
compare(const struct rival *rivals, uint32_t count, const char *what,
	uint32_t batch, bool threads)
{
	struct bench figure[3];
	char name[3][64];
	uint32_t repeat = bench_repeat(31);
	bool alone = is_alone();

	for (uint32_t i = 0; i < count; i++) {
		snprintf(name[i], sizeof name[i], "ring/%s/batch-%u/%s", what,
			batch, rivals[i].name);
		bench_open(&figure[i], name[i], "ns", repeat);
	}
	for (uint32_t n = 0; n < repeat; n++) {
		for (uint32_t i = 0; i < count; i++) {
			/* each in each place of the turn, in turn */
			uint32_t k = (i + n) % count;
			bench_add(&figure[k],
				threads ? two_threads(&rivals[k], batch, alone)
					: same_thread(&rivals[k], batch));
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		bench_print(&figure[i]);
	}
	for (uint32_t i = 1; i < count; i++) {
		bench_ratio(&figure[0], &figure[i]);
	}
	for (uint32_t i = 0; i < count; i++) {
		bench_close(&figure[i]);
	}
}

int
main(void)
{
	struct ring *ours = NULL;
	struct textbook *textbook = aligned_alloc(64, sizeof *textbook + 56);
	struct rival rivals[3];
	uint32_t count = 2;

	if (ring_open(CAPACITY, sizeof(uint64_t), &ours) != 0 ||
		textbook == NULL) {
		fprintf(stderr, "bench_ring: no memory\n");
		return EXIT_FAILURE;
	}
	memset(textbook, 0, sizeof *textbook);
	rivals[0] = (struct rival){"ours", ours, ours_post, ours_take};
	rivals[1] = (struct rival){
		"textbook", textbook, textbook_post, textbook_take};
#ifdef HAVE_JACK
	jack_ringbuffer_t *jack = jack_ringbuffer_create(TEXT_BYTES);
	if (jack == NULL) {
		fprintf(stderr, "bench_ring: no memory\n");
		return EXIT_FAILURE;
	}
	rivals[count++] = (struct rival){"jack", jack, jack_post, jack_take};
#endif
	bench_begin();
	compare(rivals, count, "same-thread", 1, false);
	compare(rivals, count, "same-thread", BATCH, false);
	compare(rivals, count, "two-threads", 1, true);
	compare(rivals, count, "two-threads", BATCH, true);
#ifdef HAVE_JACK
	jack_ringbuffer_free(jack);
#endif
	free(textbook);
	ring_close(ours);
	return EXIT_SUCCESS;
}
