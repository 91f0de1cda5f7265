/* SPDX-License-Identifier: MIT */
/*
 * check_ring.c -- the ring against a naive queue, and between two threads.
 */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "ring.h"
#include "ring_private.h"

#define MAX_SIZE  129
#define MAX_BATCH 70
#define STEPS     400

/** What a ring should be: an array that is moved up after each take. */
struct model {
	unsigned char element[MAX_BATCH][MAX_SIZE];
	uint32_t filled;
	uint32_t capacity;
	uint32_t size;
};

static const uint32_t sizes[] = {1, 2, 3, 4, 7, 8, 13, 24, 64, MAX_SIZE};
/* before, at and behind the places where 32-bit indices turn over */
static const uint32_t starts[] = {
	0, 1, 0x7FFFFFF0U, 0xFFFFFFFFU, 0xFFFFFFC1U, 0xFFFFFF00U};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static uint32_t
model_post(struct model *m, const unsigned char *from, uint32_t count)
{
	uint32_t n = 0;

	while (n < count && m->filled < m->capacity) {
		memcpy(m->element[m->filled], from + (size_t)n * m->size,
			m->size);
		m->filled++;
		n++;
	}
	return n;
}

static uint32_t
model_take(struct model *m, unsigned char *to, uint32_t count)
{
	uint32_t n = 0;

	while (n < count && m->filled > 0) {
		memcpy(to + (size_t)n * m->size, m->element[0], m->size);
		m->filled--;
		memmove(m->element[0], m->element[1],
			(size_t)m->filled * MAX_SIZE);
		n++;
	}
	return n;
}

/** Move an empty ring's indices, as if it had been used that often. */
static void
start_at(struct ring *r, uint32_t index)
{
	atomic_store(&r->head, index);
	atomic_store(&r->tail, index);
	r->head_seen = index;
	r->tail_seen = index;
}

/** Do the same to both, at random, and compare all that can be seen. */
static void
compare(struct ring *r, struct model *m, uint32_t seed)
{
	unsigned char in[MAX_BATCH * MAX_SIZE];
	unsigned char out[MAX_BATCH * MAX_SIZE + 1];
	unsigned char wanted[MAX_BATCH * MAX_SIZE];

	for (int step = 0; step < STEPS; step++) {
		uint32_t count = random_below(&seed, m->capacity + 3);
		size_t bytes = (size_t)count * m->size;
		if (random_below(&seed, 2) == 0) {
			for (size_t i = 0; i < bytes; i++) {
				in[i] = (unsigned char)random_next(&seed);
			}
			ck_assert_uint_eq(ring_post(r, in, count),
				model_post(m, in, count));
		} else {
			out[bytes] = 0xA5;
			uint32_t taken = ring_take(r, out, count);
			ck_assert_uint_eq(taken, model_take(m, wanted, count));
			ck_assert_mem_eq(out, wanted, (size_t)taken * m->size);
			ck_assert_uint_eq(out[bytes], 0xA5);
		}
		ck_assert_uint_eq(ring_filled(r), m->filled);
		ck_assert_uint_eq(ring_room(r), m->capacity - m->filled);
	}
}

START_TEST(ring_does_what_the_model_does_for_every_capacity)
{
	uint32_t capacity = (uint32_t)_i;
	uint32_t rounded = 2;
	struct model *m = malloc(sizeof *m);

	ck_assert_ptr_nonnull(m);
	while (rounded < capacity) {
		rounded *= 2;
	}
	for (size_t s = 0; s < COUNT(sizes); s++) {
		struct ring *r = NULL;
		ck_assert_int_eq(ring_open(capacity, sizes[s], &r), 0);
		ck_assert_uint_eq(ring_capacity(r), rounded);
		start_at(r, starts[(s + capacity) % COUNT(starts)]);
		m->filled = 0;
		m->capacity = rounded;
		m->size = sizes[s];
		compare(r, m, capacity * 977 + sizes[s]);
		ring_close(r);
	}
	free(m);
}
END_TEST

START_TEST(ring_holds_all_of_its_capacity_when_indices_turn_over)
{
	uint32_t in[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	uint32_t out[9] = {0};
	struct ring *r = NULL;

	ck_assert_int_eq(ring_open(8, sizeof in[0], &r), 0);
	start_at(r, UINT32_MAX - (uint32_t)_i);
	ck_assert_uint_eq(ring_room(r), 8);
	ck_assert_uint_eq(ring_post(r, in, 8), 8);
	ck_assert_uint_eq(ring_room(r), 0);
	ck_assert_uint_eq(ring_filled(r), 8);
	ck_assert_uint_eq(ring_post(r, in, 1), 0);
	ck_assert_uint_eq(ring_take(r, out, 9), 8);
	ck_assert_mem_eq(in, out, sizeof in);
	ck_assert_uint_eq(ring_filled(r), 0);
	ck_assert_uint_eq(ring_take(r, out, 1), 0);
	ring_close(r);
}
END_TEST

START_TEST(ring_takes_part_of_a_batch_when_it_has_room_for_part)
{
	uint16_t in[6] = {10, 11, 12, 13, 14, 15};
	uint16_t out[6] = {0};
	struct ring *r = NULL;

	ck_assert_int_eq(ring_open(4, sizeof in[0], &r), 0);
	ck_assert_uint_eq(ring_post(r, in, 6), 4);
	ck_assert_uint_eq(ring_take(r, out, 1), 1);
	ck_assert_uint_eq(ring_post(r, in + 4, 2), 1);
	ck_assert_uint_eq(ring_take(r, out + 1, 5), 4);
	for (uint16_t i = 0; i < 5; i++) {
		ck_assert_uint_eq(out[i], in[i]);
	}
	ring_close(r);
}
END_TEST

START_TEST(ring_refuses_sizes_that_cannot_be)
{
	struct ring *r = NULL;

	ck_assert_int_eq(ring_open(0, 4, &r), -EINVAL);
	ck_assert_int_eq(ring_open(1, 4, &r), -EINVAL);
	ck_assert_int_eq(ring_open((1U << 24) + 1, 1, &r), -EINVAL);
	ck_assert_int_eq(ring_open(UINT32_MAX, 1, &r), -EINVAL);
	ck_assert_int_eq(ring_open(4, 0, &r), -EINVAL);
	ck_assert_int_eq(ring_open(4, 4097, &r), -EINVAL);
	ck_assert_ptr_null(r);
	ck_assert_int_eq(ring_open(2, 4096, &r), 0);
	ring_close(r);
	ck_assert_int_eq(ring_open(1U << 24, 1, &r), 0);
	ck_assert_uint_eq(ring_capacity(r), 1U << 24);
	ring_close(r);
	ring_close(NULL);
}
END_TEST

START_TEST(ring_keeps_its_sides_on_lines_of_their_own)
{
	size_t tail = offsetof(struct ring, tail);
	size_t head = offsetof(struct ring, head);
	size_t fixed = offsetof(struct ring, capacity);

	ck_assert_uint_ge(head - tail, 2 * CACHE_LINE);
	ck_assert_uint_ge(fixed - head, 2 * CACHE_LINE);
	ck_assert_uint_eq(_Alignof(struct ring), 2 * CACHE_LINE);
}
END_TEST

#define TRANSFERS 1500000U
#define MOST      48

/** Eleven bytes, so that elements straddle words and lines. */
struct odd {
	unsigned char byte[11];
};

/** A counter spread over an element: half an element cannot look whole. */
static void
odd_make(struct odd *o, uint32_t n)
{
	for (uint32_t i = 0; i < sizeof o->byte; i++) {
		o->byte[i] = (unsigned char)((n >> (i % 4 * 8)) + i);
	}
}

static void *
write_odds(void *user)
{
	struct ring *r = user;
	struct odd batch[MOST];
	uint32_t seed = 4711;
	uint32_t sent = 0;

	while (sent < TRANSFERS) {
		uint32_t count = 1 + random_below(&seed, MOST);
		if (count > TRANSFERS - sent) {
			count = TRANSFERS - sent;
		}
		for (uint32_t i = 0; i < count; i++) {
			odd_make(&batch[i], sent + i);
		}
		uint32_t posted = ring_post(r, batch, count);
		sent += posted;
		if (posted < count) {
			sched_yield();
		}
	}
	return NULL;
}

START_TEST(ring_loses_and_reorders_nothing_between_two_threads)
{
	struct ring *r = NULL;
	struct odd batch[MOST];
	struct odd wanted;
	pthread_t writer;
	uint32_t seed = 1147;
	uint32_t got = 0;

	ck_assert_int_eq(ring_open((uint32_t)_i, sizeof wanted, &r), 0);
	/* the indices turn over in the middle of it */
	start_at(r, UINT32_MAX - TRANSFERS / 2);
	ck_assert_int_eq(pthread_create(&writer, NULL, write_odds, r), 0);
	while (got < TRANSFERS) {
		uint32_t count =
			ring_take(r, batch, 1 + random_below(&seed, MOST));
		for (uint32_t i = 0; i < count; i++) {
			odd_make(&wanted, got + i);
			if (memcmp(&batch[i], &wanted, sizeof wanted) != 0) {
				ck_abort_msg(
					"element %u is not itself", got + i);
			}
		}
		got += count;
		if (count == 0) {
			sched_yield();
		}
	}
	ck_assert_int_eq(pthread_join(writer, NULL), 0);
	ck_assert_uint_eq(ring_filled(r), 0);
	ring_close(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("link/ring");
	TCase *one = tcase_create("one thread");
	TCase *two = tcase_create("two threads");

	tcase_set_timeout(one, 60);
	tcase_add_loop_test(
		one, ring_does_what_the_model_does_for_every_capacity, 2, 65);
	tcase_add_loop_test(one,
		ring_holds_all_of_its_capacity_when_indices_turn_over, 0, 10);
	tcase_add_test(
		one, ring_takes_part_of_a_batch_when_it_has_room_for_part);
	tcase_add_test(one, ring_refuses_sizes_that_cannot_be);
	tcase_add_test(one, ring_keeps_its_sides_on_lines_of_their_own);
	suite_add_tcase(s, one);
	tcase_set_timeout(two, 120);
	tcase_add_loop_test(two,
		ring_loses_and_reorders_nothing_between_two_threads, 63, 65);
	suite_add_tcase(s, two);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
