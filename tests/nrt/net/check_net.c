/* SPDX-License-Identifier: MIT */
/*
 * check_net.c -- net.c when memory runs out: at each allocation in turn.
 *
 * The linker sends the doors' allocations here first (--wrap); those of the
 * C library and of libev go on as ever.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doors.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t to, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t to, size_t size);

static int left = -1; /* allocations that succeed; -1: all */
static struct doors d;

static bool
has_room(void)
{
	if (left < 0) {
		return true;
	}
	if (left == 0) {
		return false;
	}
	left--;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return has_room() ? __real_malloc(size) : NULL;
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return has_room() ? __real_calloc(count, size) : NULL;
}

void *
__wrap_aligned_alloc(size_t to, size_t size)
{
	return has_room() ? __real_aligned_alloc(to, size) : NULL;
}

START_TEST(doors_do_not_open_when_any_allocation_fails_and_leave_nothing)
{
	const char *allow = "127.0.0.0/8";
	char url[128];
	const struct listener_config l[2] = {
		{.url = "udp://127.0.0.1:0", .allow = &allow, .allowed = 1},
		{.url = url             }
        };
	const struct net_config config = {.max_packet = 4096,
		.max_clients = 8,
		.listeners = 2,
		.listener = l};
	int failed = 0, rc;

	doors_init(&d);
	doors_local_url(&d, "unix", "s", url, sizeof url);
	do {
		left = failed;
		rc = doors_open_config(&d, &config);
		left = -1;
		if (rc != 0) {
			ck_assert_int_eq(rc, -ENOMEM);
			ck_assert_msg(
				strstr(d.why, "memory") != NULL, "%s", d.why);
			ck_assert_int_eq(
				access(strchr(url, ':') + 3, F_OK), -1);
			failed++;
		}
	} while (rc != 0);
	ck_assert_int_ge(failed, 6);
	doors_close(&d);
}
END_TEST

START_TEST(sender_without_memory_for_it_is_counted_and_the_next_is_heard)
{
	uint8_t message[64], got[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);

	doors_open_one(&d, "udp://127.0.0.1:0");
	d.answer = DOORS_ECHO;
	int fd = doors_client(net_url(d.net, 0));
	doors_send(fd, message, size);
	left = 0;
	while (net_counts(d.net)->dropped == 0) {
		doors_turn(&d);
	}
	left = -1;
	ck_assert_uint_eq(d.packets, 0);
	doors_send(fd, message, size);
	ck_assert_uint_eq(doors_receive(&d, fd, got, sizeof got), size);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(connection_without_memory_for_it_is_closed_and_the_next_is_taken)
{
	uint8_t byte;

	doors_open_one(&d, "tcp://127.0.0.1:0");
	for (int i = 0; i < 3; i++) {
		int fd = doors_client(net_url(d.net, 0));
		left = i;
		while (net_counts(d.net)->closed == (uint64_t)i) {
			doors_turn(&d);
		}
		left = -1;
		ck_assert_uint_eq(doors_read(&d, fd, &byte, 1), 0);
		close(fd);
	}
	int fd = doors_client(net_url(d.net, 0));
	while (net_counts(d.net)->connections == 0) {
		doors_turn(&d);
	}
	ck_assert(doors_has_logged("no memory for a connection"));
	close(fd);
	doors_close(&d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/net");
	TCase *tc = tcase_create("net");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc,
		doors_do_not_open_when_any_allocation_fails_and_leave_nothing);
	tcase_add_test(tc,
		sender_without_memory_for_it_is_counted_and_the_next_is_heard);
	tcase_add_test(tc,
		connection_without_memory_for_it_is_closed_and_the_next_is_taken);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
