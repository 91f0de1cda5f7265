/* SPDX-License-Identifier: MIT */
/*
 * check_reverb_ring.c -- the memory of a reverb: in whatever blocks there are,
 * at every rate.
 */
#include <math.h>

#include "reverb_rig.h"

START_TEST(reverb_is_refused_when_there_is_no_memory)
{
	bool was_refused = false;
	bool was_made = false;

	for (uint64_t room = 0; room <= 1048576; room += 16384) {
		struct harness h;

		harness_load(&h, "reverb", HARNESS_RATE);
		h.pool_room = room;
		int made = harness_make(&h, NULL, 0);
		if (made != 0) {
			ck_assert_int_eq(made, 503);
			ck_assert_uint_eq(h.pool_used, 0);
			was_refused = true;
		} else {
			was_made = true;
		}
		harness_close(&h);
	}
	ck_assert(was_refused && was_made);
}
END_TEST

static TactusWorld roomy; /* the world of the harness itself */

/** Pools that have no block above 64 KiB. */
TACTUS_RT static void *
small_alloc(const TactusWorld *world, size_t bytes)
{
	return bytes > 65536 ? NULL : roomy.alloc(world, bytes);
}

/** Pools that have none below 256 KiB. */
TACTUS_RT static void *
large_alloc(const TactusWorld *world, size_t bytes)
{
	return bytes < 262144 ? NULL : roomy.alloc(world, bytes);
}

START_TEST(reverb_makes_do_with_the_blocks_that_there_are)
{
	/* and sounds the same in all of them */
	static float in[SECOND];
	static float out[3][2][SECOND];
	uint64_t random = 29;

	harness_noise(in, SECOND, &random);
	for (int n = 0; n < 3; n++) {
		struct harness h;

		harness_load(&h, "reverb", HARNESS_RATE);
		roomy = h.world;
		h.pool_room = HARNESS_POOLS;
		if (n > 0) {
			h.world.alloc = n == 1 ? small_alloc : large_alloc;
		}
		ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
		ck_assert_uint_le(h.pool_used, 524288);
		reverb_rig_run(&h, in, in, out[n][0], out[n][1], SECOND, NULL);
		harness_close(&h);
	}
	ck_assert_mem_eq(out[0], out[1], sizeof out[0]);
	ck_assert_mem_eq(out[0], out[2], sizeof out[0]);
}
END_TEST

START_TEST(reverb_can_be_made_at_every_rate)
{
	static const double rates[] = {8000, 11025, 22050, 192000, 384000};

	for (int n = 0; n < 5; n++) {
		float in[HARNESS_BLOCK] = {1.0f};
		float out[2][HARNESS_BLOCK];
		struct harness h;

		reverb_rig_open(&h, rates[n]);
		harness_set(&h, "predelay", 0.25f);
		for (int k = 0; k < 2000; k++) {
			reverb_rig_run(&h, in, in, out[0], out[1],
				HARNESS_BLOCK, NULL);
		}
		ck_assert_float_finite(out[0][0]);
		ck_assert_float_ne(out[0][0], 0.0f);
		harness_close(&h);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/reverb_ring");
	TCase *tc = tcase_create("reverb_ring");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, reverb_is_refused_when_there_is_no_memory);
	tcase_add_test(tc, reverb_makes_do_with_the_blocks_that_there_are);
	tcase_add_test(tc, reverb_can_be_made_at_every_rate);
	suite_add_tcase(s, tc);
	return s;
}
