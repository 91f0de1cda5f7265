/* SPDX-License-Identifier: MIT */
/*
 * check_rest.c -- when the loop rests, and for how long.
 *
 * The loop rests in ppoll: the one here takes its place, and is over at once.
 */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "office_private.h"
#include "rest.h"
#include "rooms.h"
#include "wire.h"

#define BLOCK INT64_C(1333333)

static const struct instant began = {.sample = 64, .ns = 1000000000};

static struct rooms rooms;
static struct rooms *rs = &rooms;

/** What the loop rested for. */
static struct {
	uint32_t count;
	nfds_t files;
	int file;
	short events;
	int64_t ns; /* of the last one */
} rested;

int
ppoll(struct pollfd *files, nfds_t count, const struct timespec *t,
	const sigset_t *mask)
{
	ck_assert_ptr_null(mask);
	rested.count++;
	rested.files = count;
	rested.file = files->fd;
	rested.events = files->events;
	rested.ns = (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
	return 0;
}

/** Ask, so long after a block began. */
static int64_t
ask(struct rest *r, uint32_t datagrams, int64_t after_ns)
{
	struct net_swarm came = {.datagrams = datagrams};

	return rest_time(r, &came, &began, BLOCK, began.ns + after_ns);
}

START_TEST(one_datagram_alone_is_not_waited_for)
{
	struct rest r = {0};

	for (int64_t at = 0; at < 3 * BLOCK; at += 10000) {
		ck_assert_int_eq(ask(&r, 1, at), 0);
	}
}
END_TEST

START_TEST(swarm_is_read_just_before_the_next_block)
{
	struct rest r = {0};

	ck_assert_int_eq(ask(&r, 2, 400000), BLOCK - 400000 - REST_MARGIN_NS);
	/* some blocks later, when rt has told of none since */
	ck_assert_int_eq(ask(&r, 3, 400000 + 5 * BLOCK),
		BLOCK - 400000 - REST_MARGIN_NS);
	/* no longer than this, however long a block is */
	struct net_swarm came = {.datagrams = 2};
	ck_assert_int_eq(
		rest_time(&r, &came, &began, 100 * BLOCK, began.ns + 5),
		REST_MOST_NS);
}
END_TEST

START_TEST(nothing_is_waited_for_when_a_block_is_near)
{
	struct rest r = {0};

	ck_assert_int_eq(ask(&r, 2, BLOCK - REST_MARGIN_NS), 0);
	ck_assert_int_eq(ask(&r, 31, BLOCK - 1), 0);
	/* but a flood would be read one by one */
	ck_assert_int_eq(ask(&r, REST_FLOOD, BLOCK - 1), REST_SHORT_NS);
}
END_TEST

START_TEST(nothing_is_waited_for_when_blocks_make_no_sense)
{
	struct rest r = {0};
	struct net_swarm came = {.datagrams = 2};

	/* it began later than now */
	ck_assert_int_eq(ask(&r, 2, -1), 0);
	ck_assert_int_eq(ask(&r, 2, -5 * BLOCK), 0);
	ck_assert_int_gt(ask(&r, 2, 0), 0);
	/* and lasts no time */
	ck_assert_int_eq(
		rest_time(&r, &came, &began, 0, began.ns + 1000000), 0);
}
END_TEST

START_TEST(swarm_ends_when_one_comes_alone_in_a_whole_rest)
{
	struct rest r = {0};

	ck_assert_int_gt(ask(&r, 2, 0), 0);
	rest_end(&r, began.ns + BLOCK - REST_MARGIN_NS);
	/* near a block: that says nothing */
	ck_assert_int_eq(ask(&r, 2, BLOCK - REST_MARGIN_NS), 0);
	ck_assert_int_gt(ask(&r, 1, BLOCK + 10000), 0);
	rest_end(&r, began.ns + 2 * BLOCK - REST_MARGIN_NS);
	ck_assert_int_eq(ask(&r, 1, 2 * BLOCK - REST_MARGIN_NS), 0);
	ck_assert_int_eq(ask(&r, 1, 2 * BLOCK), 0);
}
END_TEST

START_TEST(there_is_no_rest_while_some_wait_or_after_an_answer)
{
	struct rest r = {0};
	struct net_swarm more = {.datagrams = 128, .more = true};
	struct net_swarm answered = {.datagrams = 2, .answered = true};
	struct net_swarm none = {.datagrams = 0};

	ck_assert_int_eq(rest_time(&r, &more, &began, BLOCK, began.ns), 0);
	ck_assert_int_eq(rest_time(&r, &answered, &began, BLOCK, began.ns), 0);
	ck_assert_int_eq(rest_time(&r, &none, &began, BLOCK, began.ns), 0);
	ck_assert_int_gt(ask(&r, 2, 0), 0);
}
END_TEST

START_TEST(rest_is_short_where_blocks_are_unknown_or_room_is_short)
{
	struct rest r = {0};
	struct net_swarm came = {.datagrams = 2};

	ck_assert_int_eq(rest_time(&r, &came, NULL, BLOCK, 5), REST_SHORT_NS);
	came.cramped = true;
	ck_assert_int_eq(
		rest_time(&r, &came, &began, BLOCK, began.ns), REST_SHORT_NS);
	came.datagrams = 1;
	ck_assert_int_eq(rest_time(&r, &came, &began, BLOCK, began.ns), 0);
}
END_TEST

START_TEST(what_takes_long_to_read_is_begun_earlier)
{
	struct rest r = {0};

	ck_assert_int_gt(ask(&r, 200, 0), 0);
	rest_end(&r, began.ns + BLOCK - REST_MARGIN_NS);
	/* it took 100 us */
	ck_assert_int_eq(
		ask(&r, 200, BLOCK - REST_MARGIN_NS + 100000), REST_SHORT_NS);
	ck_assert_int_eq(ask(&r, 30, BLOCK + 200000),
		BLOCK - 200000 - REST_MARGIN_NS - 100000);
	/* but never more than half a block */
	rest_end(&r, began.ns + BLOCK);
	ck_assert_int_eq(
		ask(&r, 200, 9 * BLOCK), BLOCK - REST_MARGIN_NS - BLOCK / 2);
}
END_TEST

START_TEST(short_rest_says_nothing_of_how_long_reading_takes)
{
	struct rest r = {0};
	struct net_swarm came = {.datagrams = 2};

	ck_assert_int_eq(
		rest_time(&r, &came, NULL, BLOCK, began.ns), REST_SHORT_NS);
	rest_end(&r, began.ns);
	ck_assert_int_eq(ask(&r, 2, 300000), BLOCK - 300000 - REST_MARGIN_NS);
}
END_TEST

/** Let two datagrams of which nothing is to be said come, and be read. */
static void
let_two_come(int client)
{
	uint8_t data[64];
	size_t size = rooms_message(data, sizeof data, "/node/run 0 1");

	rested.count = 0;
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(write(client, data, size), (ssize_t)size);
	}
	ev_run(rs->loop, EVRUN_ONCE);
	ck_assert_uint_eq(rested.count, 0);
	ev_run(rs->loop, EVRUN_NOWAIT);
}

/** Has the kernel, for lack of rights, given the door little room? */
static bool
is_cramped(int client)
{
	uint8_t data[64];
	size_t size = rooms_message(data, sizeof data, "/node/run 0 1");

	ck_assert_int_eq(write(client, data, size), (ssize_t)size);
	ev_run(rs->loop, EVRUN_ONCE);
	struct net_swarm came = net_swarm(rs->office->net);
	ck_assert_uint_eq(came.datagrams, 1);
	return came.cramped;
}

static const char *const doors[] = {
	"osc.listeners=({url=\"udp://127.0.0.1:0\";role=\"admin\";})",
	"audio.block=4096", "audio.period=4096", NULL};

/* what else a test would have to be quick for is 4096 frames long */
START_TEST(loop_rests_until_rt_calls_or_a_block_is_near)
{
	struct instant now = {.ns = 0};

	rs->realtime = true;
	rooms_open_doors(rs, doors);
	int client = rooms_client(rs, 0);
	ev_run(rs->loop, EVRUN_NOWAIT);
	bool cramped = is_cramped(client);
	/* it is not known when the next block is */
	let_two_come(client);
	ck_assert_uint_eq(rested.count, 1);
	ck_assert_int_eq(rested.ns, REST_SHORT_NS);
	ck_assert_int_eq(rs->office->rest.woke_ns, 0);
	rooms_turn(rs);
	now.ns = office_now_ns(rs->office);
	moment_post(&rs->wire->moment, &now);
	let_two_come(client);
	ck_assert_uint_eq(rested.count, 1);
	ck_assert_int_eq(rested.ns, cramped ? REST_SHORT_NS : REST_MOST_NS);
	ck_assert_uint_eq(rested.files, 1);
	ck_assert_int_eq(rested.file, rs->wire->loop.fd);
	ck_assert_int_eq(rested.events, POLLIN);
	ck_assert(cramped || rs->office->rest.woke_ns >= now.ns);
	/* nothing more came */
	ev_run(rs->loop, EVRUN_NOWAIT);
	ck_assert_uint_eq(rested.count, 1);
	close(client);
	rooms_close(rs);
}
END_TEST

START_TEST(loop_rests_briefly_offline_where_time_is_rts)
{
	struct instant now = {.ns = 0};

	rs->realtime = false;
	rooms_open_doors(rs, doors);
	int client = rooms_client(rs, 0);
	moment_post(&rs->wire->moment, &now);
	ev_run(rs->loop, EVRUN_NOWAIT);
	let_two_come(client);
	ck_assert_uint_eq(rested.count, 1);
	ck_assert_int_eq(rested.ns, REST_SHORT_NS);
	close(client);
	rooms_close(rs);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/office/rest");
	TCase *tc = tcase_create("rest");

	tcase_add_test(tc, one_datagram_alone_is_not_waited_for);
	tcase_add_test(tc, swarm_is_read_just_before_the_next_block);
	tcase_add_test(tc, nothing_is_waited_for_when_a_block_is_near);
	tcase_add_test(tc, swarm_ends_when_one_comes_alone_in_a_whole_rest);
	tcase_add_test(tc, there_is_no_rest_while_some_wait_or_after_an_answer);
	tcase_add_test(
		tc, rest_is_short_where_blocks_are_unknown_or_room_is_short);
	tcase_add_test(tc, what_takes_long_to_read_is_begun_earlier);
	tcase_add_test(tc, nothing_is_waited_for_when_blocks_make_no_sense);
	tcase_add_test(tc, short_rest_says_nothing_of_how_long_reading_takes);
	tcase_add_test(tc, loop_rests_until_rt_calls_or_a_block_is_near);
	tcase_add_test(tc, loop_rests_briefly_offline_where_time_is_rts);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
