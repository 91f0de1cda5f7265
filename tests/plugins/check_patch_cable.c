/* SPDX-License-Identifier: MIT */
/*
 * check_patch_cable.c -- patch-cable carries bits, whatever they mean.
 */
#include "harness.h"

#include <string.h>

#define FRAMES 640

START_TEST(patch_cable_carries_every_bit)
{
	uint32_t in[FRAMES];
	uint32_t out[FRAMES];
	float a[FRAMES];
	float b[FRAMES];
	struct harness h;

	for (uint32_t i = 0; i < FRAMES; i++) {
		in[i] = i * 2654435761u;
	}
	in[0] = 0x80000000u; /* -0 */
	in[1] = 0x7fc12345u; /* a quiet NaN with a payload */
	in[2] = 0x7f812345u; /* a signalling one */
	in[3] = 0x00000001u; /* the least denormal */
	in[4] = 0xff800000u; /* -infinity */
	memcpy(a, in, sizeof(a));
	harness_open(&h, "patch-cable");
	harness_pass(&h, a, b, FRAMES);
	memcpy(out, b, sizeof(out));
	ck_assert_mem_eq(in, out, sizeof(in));
	harness_close(&h);
}
END_TEST

START_TEST(patch_cable_keeps_its_channels_apart)
{
	float in[5][FRAMES];
	float out[5][FRAMES];
	const float *from[5];
	float *to[5];
	uint64_t random = 2;
	struct harness h;

	for (int c = 0; c < 5; c++) {
		harness_noise(in[c], FRAMES, &random);
		from[c] = in[c];
		to[c] = out[c];
	}
	harness_open_with(&h, "patch-cable", "channels", 5);
	ck_assert_uint_eq(h.ports, 10);
	ck_assert_str_eq(h.port[0].name, "in0");
	ck_assert_str_eq(h.port[9].name, "out4");
	harness_run(&h, from, to, FRAMES, NULL);
	ck_assert_mem_eq(in, out, sizeof(in));
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/patch_cable");
	TCase *tc = tcase_create("patch_cable");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, patch_cable_carries_every_bit);
	tcase_add_test(tc, patch_cable_keeps_its_channels_apart);
	suite_add_tcase(s, tc);
	return s;
}
