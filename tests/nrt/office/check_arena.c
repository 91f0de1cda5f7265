/* SPDX-License-Identifier: MIT */
/*
 * check_arena.c -- the memory of a batch: aligned, zeroed, bounded, reused.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "rooms.h"

static struct arena_store store;

static void
setup(void)
{
	store = (struct arena_store){.free = NULL};
}

static void
teardown(void)
{
	ck_assert_uint_eq(store.out, 0);
	arena_store_fini(&store);
	ck_assert_ptr_null(store.free);
	ck_assert_uint_eq(store.count, 0);
}

static void
check_zeroed(const unsigned char *p, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		ck_assert_uint_eq(p[i], 0);
	}
}

START_TEST(pieces_are_aligned_zeroed_and_apart)
{
	struct batch *b = arena_open(&store);
	unsigned char *piece[300];

	ck_assert_ptr_nonnull(b);
	check_zeroed((const unsigned char *)b, sizeof *b);
	for (size_t i = 0; i < 300; i++) {
		size_t bytes = i * 7 % 97 + 1;
		piece[i] = arena_take(b, bytes);
		ck_assert_ptr_nonnull(piece[i]);
		ck_assert_uint_eq((uintptr_t)piece[i] % ARENA_ALIGN, 0);
		check_zeroed(piece[i], bytes);
		memset(piece[i], (int)(i % 251) + 1, bytes);
	}
	for (size_t i = 0; i < 300; i++) {
		for (size_t k = 0; k < i * 7 % 97 + 1; k++) {
			ck_assert_uint_eq(piece[i][k], i % 251 + 1);
		}
	}
	arena_close(&store, b);
}
END_TEST

START_TEST(chunk_is_used_again_and_zeroed_again)
{
	struct batch *b = arena_open(&store);
	void *first = b;

	memset(arena_take(b, 600), 0xff, 600);
	b->commands = 7;
	arena_close(&store, b);
	ck_assert_uint_eq(store.count, 1);
	b = arena_open(&store);
	ck_assert_ptr_eq(b, first);
	ck_assert_uint_eq(b->commands, 0);
	check_zeroed(arena_take(b, 600), 600);
	arena_close(&store, b);
}
END_TEST

START_TEST(large_piece_has_a_chunk_of_its_own_that_is_not_kept)
{
	struct batch *b = arena_open(&store);
	unsigned char *large = arena_take(b, 100000);
	unsigned char *small = arena_take(b, 1);

	ck_assert_ptr_nonnull(large);
	check_zeroed(large, 100000);
	memset(large, 1, 100000);
	ck_assert_uint_eq(*small, 0);
	ck_assert_uint_ge(store.out, 100000);
	arena_close(&store, b);
	ck_assert_uint_eq(store.count, 2);
}
END_TEST

START_TEST(impossible_sizes_are_refused)
{
	struct batch *b = arena_open(&store);

	ck_assert_ptr_null(arena_take(b, SIZE_MAX));
	ck_assert_ptr_null(arena_take(b, SIZE_MAX - 20));
	ck_assert_ptr_null(arena_take(b, SIZE_MAX / 2 + 1));
	ck_assert_ptr_nonnull(arena_take(b, 1));
	arena_close(&store, b);
}
END_TEST

START_TEST(bound_holds_for_all_that_is_out)
{
	store.most = 10000;
	struct batch *a = arena_open(&store);
	struct batch *b = arena_open(&store);

	ck_assert_ptr_nonnull(arena_take(a, 7000));
	ck_assert_ptr_null(arena_take(b, 7000));
	ck_assert_ptr_null(arena_take(b, 20000));
	/* a new batch is always given */
	struct batch *c = arena_open(&store);
	ck_assert_ptr_nonnull(c);
	arena_close(&store, a);
	ck_assert_ptr_nonnull(arena_take(b, 7000));
	arena_close(&store, b);
	arena_close(&store, c);
}
END_TEST

START_TEST(store_keeps_a_bounded_number_of_chunks)
{
	static struct batch *b[5000];

	for (size_t i = 0; i < 5000; i++) {
		b[i] = arena_open(&store);
	}
	for (size_t i = 0; i < 5000; i++) {
		arena_close(&store, b[i]);
	}
	ck_assert_uint_eq(store.count, 4096);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/arena");
	TCase *tc = tcase_create("arena");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, pieces_are_aligned_zeroed_and_apart);
	tcase_add_test(tc, chunk_is_used_again_and_zeroed_again);
	tcase_add_test(tc, large_piece_has_a_chunk_of_its_own_that_is_not_kept);
	tcase_add_test(tc, impossible_sizes_are_refused);
	tcase_add_test(tc, bound_holds_for_all_that_is_out);
	tcase_add_test(tc, store_keeps_a_bounded_number_of_chunks);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
