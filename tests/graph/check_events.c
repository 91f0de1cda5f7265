/* SPDX-License-Identifier: MIT */
/*
 * check_events.c -- what waits for its time, against a list.
 */
#include <string.h>

#include "events.h"
#include "random.h"
#include "suite.h"

#define ROOM 200

/** The model: a list in order; what is equal stays as it came. */
struct list {
	struct event event[ROOM];
	uint32_t count;
};

static void
list_add(struct list *l, const struct event *e)
{
	uint32_t at = l->count++;

	while (at > 0 && (l->event[at - 1].at > e->at ||
				 (l->event[at - 1].at == e->at &&
					 l->event[at - 1].rank > e->rank))) {
		l->event[at] = l->event[at - 1];
		at--;
	}
	l->event[at] = *e;
}

static void
take_both(struct events *v, struct list *l)
{
	struct event got;

	events_take(v, &got);
	if (got.node.generation != l->event[0].node.generation ||
		got.at != l->event[0].at) {
		ck_abort_msg("event %u instead of %u", got.node.generation,
			l->event[0].node.generation);
	}
	memmove(l->event, l->event + 1, --l->count * sizeof *l->event);
}

START_TEST(events_come_by_sample_then_rank_then_arrival)
{
	static struct list l;
	struct events *v;
	uint32_t random = 7;
	uint32_t refused = 0;

	ck_assert_int_eq(events_open(ROOM, &v), 0);
	ck_assert_uint_eq(events_next(v), UINT64_MAX);
	for (uint32_t step = 0; step < 100000; step++) {
		/* waves: mostly filling, then mostly emptying */
		bool add = random_below(&random, 100) <
			   ((step / 1000) % 2 == 0 ? 60U : 40U);
		if (add) {
			struct event e = {.node.generation = step};
			e.at = step / 50 + random_below(&random, 20);
			e.rank = random_below(&random, 3) * 21845;
			bool fits = events_add(v, &e);
			if (fits != (l.count < ROOM)) {
				ck_abort_msg("room is wrong");
			}
			refused += fits ? 0 : 1;
			if (fits) {
				list_add(&l, &e);
			}
		} else if (l.count > 0) {
			take_both(v, &l);
		}
		uint64_t next = l.count > 0 ? l.event[0].at : UINT64_MAX;
		if (events_next(v) != next || events_waiting(v) != l.count ||
			events_room(v) != ROOM - l.count) {
			ck_abort_msg("counts differ");
		}
	}
	ck_assert_uint_gt(refused, 0);
	while (l.count > 0) {
		take_both(v, &l);
	}
	events_close(v);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("events");

	tcase_add_test(tc, events_come_by_sample_then_rank_then_arrival);
	return suite_run("rt/graph/events", tc);
}
