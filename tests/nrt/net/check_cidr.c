/* SPDX-License-Identifier: MIT */
/*
 * check_cidr.c -- cidr.c, against a comparison bit by bit.
 */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "cidr.h"
#include "corpus.h"

static bool
has(const char *block, const char *address)
{
	struct cidr c;
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	ck_assert_msg(cidr_parse(block, &c) == NULL, "%s", block);
	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
		return cidr_has(&c, (struct sockaddr *)&v4);
	}
	ck_assert_int_eq(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return cidr_has(&c, (struct sockaddr *)&v6);
}

START_TEST(block_has_the_addresses_that_begin_like_it)
{
	ck_assert(has("10.0.0.0/8", "10.255.0.1"));
	ck_assert(!has("10.0.0.0/8", "11.0.0.1"));
	ck_assert(has("10.1.2.3/8", "10.9.9.9"));
	ck_assert(has("192.168.1.128/25", "192.168.1.200"));
	ck_assert(!has("192.168.1.128/25", "192.168.1.127"));
	ck_assert(has("127.0.0.1", "127.0.0.1"));
	ck_assert(!has("127.0.0.1", "127.0.0.2"));
	ck_assert(has("0.0.0.0/0", "255.255.255.255"));
	ck_assert(has("fe80::/10", "febf::1"));
	ck_assert(!has("fe80::/10", "fec0::1"));
	ck_assert(has("::1", "::1"));
	ck_assert(has("::/0", "2001:db8::1"));
}
END_TEST

START_TEST(families_do_not_mix_but_for_mapped_addresses)
{
	ck_assert(!has("0.0.0.0/0", "::1"));
	ck_assert(!has("::/0", "127.0.0.1"));
	ck_assert(has("10.0.0.0/8", "::ffff:10.1.2.3"));
	ck_assert(!has("10.0.0.0/8", "::ffff:11.1.2.3"));
	ck_assert(has("::ffff:10.0.0.0/104", "10.1.2.3"));
	ck_assert(has("::ffff:10.0.0.0/104", "::ffff:10.1.2.3"));
	/* IPv4 comes as IPv4, so a block of all IPv6 does not let it in */
	ck_assert(!has("::/0", "::ffff:10.1.2.3"));
	struct cidr c;
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	ck_assert_ptr_null(cidr_parse("0.0.0.0/0", &c));
	ck_assert(!cidr_has(&c, (struct sockaddr *)&local));
}
END_TEST

START_TEST(block_that_does_not_parse_is_refused)
{
	static const char *const bad[] = {"", "/8", "10.0.0.0/", "10.0.0.0/33",
		"10.0.0/8", "::/129", "10.0.0.0/8x", "10.0.0.0/-1", "x",
		"10.0.0.0/0000", "fe80::1%eth0/64",
		"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/1"};
	struct cidr c;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_msg(cidr_parse(bad[i], &c) != NULL, "%s", bad[i]);
	}
}
END_TEST

START_TEST(block_agrees_with_a_comparison_bit_by_bit)
{
	uint32_t state = 8;

	for (int i = 0; i < 20000; i++) {
		struct sockaddr_in a = {.sin_family = AF_INET};
		struct cidr c = {.family = AF_INET};
		uint32_t block = corpus_random(&state);
		/* near each other, or all would differ in the first bits */
		uint32_t address =
			block ^ (uint32_t)((uint64_t)corpus_random(&state) >>
					   corpus_random(&state) % 33);
		c.prefix = corpus_random(&state) % 33;
		uint32_t mask = c.prefix == 0 ? 0 : ~0U << (32 - c.prefix);
		uint32_t network = htonl(block & mask);
		memcpy(c.bytes, &network, 4);
		a.sin_addr.s_addr = htonl(address);
		ck_assert_int_eq(cidr_has(&c, (struct sockaddr *)&a),
			(address & mask) == (block & mask));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/cidr");
	TCase *tc = tcase_create("cidr");

	tcase_add_test(tc, block_has_the_addresses_that_begin_like_it);
	tcase_add_test(tc, families_do_not_mix_but_for_mapped_addresses);
	tcase_add_test(tc, block_that_does_not_parse_is_refused);
	tcase_add_test(tc, block_agrees_with_a_comparison_bit_by_bit);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
