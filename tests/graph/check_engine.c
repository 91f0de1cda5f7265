/* SPDX-License-Identifier: MIT */
/*
 * check_engine.c -- the life of a block: events, order, the outputs.
 */
#include <math.h>

#include "crew_private.h"
#include "rig.h"
#include "rights_setup.h"
#include "suite.h"

START_TEST(engine_sounds_from_the_sample_of_activation)
{
	struct rig *r = rig_new();

	rig_open(r);
	ck_assert_uint_eq(rig_synth(r, &rig_impulse, 5, 0, PLACE_TAIL), 0);
	ck_assert_uint_eq(
		rig_map(r, COMMAND_MAP_OUTPUT, 5, "out", 1, MAP_EXTERNAL), 0);
	struct batch *b = rig_batch(r, 12345);
	rig_add(r, b, COMMAND_ACTIVATE, 5);
	rig_post(r, b);
	rig_run(r, 20000);
	for (uint64_t i = 0; i < r->frames; i++) {
		rig_same(r->out[1][i], i == 12345 ? 1.0F : 0.0F);
		rig_same(r->out[0][i], 0.0F);
	}
	rig_close(r);
}
END_TEST

START_TEST(engine_ramps_a_control_as_the_formula_says)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_run(r, 100);
	ck_assert_uint_eq(rig_set(r, 3, "value", 3.0F, 1000 / 48000.0), 0);
	rig_run(r, 1100);
	for (int k = 0; k < 1000; k++) {
		double want = 1.0 + 2.0 * (k + 1) / 1000.0;
		ck_assert_double_eq_tol((double)r->out[0][100 + k], want, 4e-7);
	}
	rig_same(r->out[0][99], 1.0F);
	rig_same(r->out[0][1099], 3.0F);
	rig_same(r->out[0][1199], 3.0F);
	rig_close(r);
}
END_TEST

START_TEST(engine_frees_after_a_fade_and_tells_the_end)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 7, 0, PLACE_HEAD);
	rig_voice(r, &rig_level, 3, 0);
	ck_assert_uint_eq(rig_move(r, 3, 7, PLACE_TAIL), 0);
	rig_run(r, 64);
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_RELEASE, 7)->u.seconds = 0.01;
	ck_assert_uint_eq(rig_do(r, b), 0);
	rig_run(r, 1000);
	rig_same(r->out[0][63], 1.0F);
	for (int k = 0; k < 480; k++) {
		ck_assert_double_eq_tol(
			r->out[0][64 + k], 1.0 - (k + 1) / 480.0, 1e-6);
	}
	rig_same(r->out[0][64 + 480], 0.0F);
	ck_assert_int_lt(rig_where(r, REPORT_NODE_ENDED, 3),
		rig_where(r, REPORT_NODE_ENDED, 7));
	rig_close(r);
}
END_TEST

/** A batch that is due at `at`, with a call in it. */
static struct batch *
call(struct rig *r, uint64_t at, int32_t number)
{
	struct batch *b = rig_batch(r, at);

	rig_add(r, b, COMMAND_SYNC, 0)->u.number = number;
	return b;
}

START_TEST(engine_applies_by_sample_then_order_then_arrival)
{
	struct rig *r = rig_new();
	static const int32_t want[] = {1, 2, 3, 4, 5, 6, 7, 8};

	rig_open(r);
	rig_run(r, 64);
	struct batch *b[9];
	b[8] = call(r, 200, 8);
	b[6] = call(r, 128, 6);
	b[6]->rank = 40000;
	b[7] = call(r, 128, 7);
	b[7]->rank = 40000;
	b[5] = call(r, 128, 5);
	b[5]->rank = 3;
	b[4] = call(r, 128, 4);
	b[1] = call(r, 70, 1);
	b[2] = call(r, 127, 2);
	static const int post[] = {8, 6, 7, 5, 4, 1, 2};
	for (int i = 0; i < 7; i++) {
		rig_post(r, b[post[i]]);
	}
	rig_run(r, 64);
	/* at 128 the immediate one is first, though it came last */
	rig_post(r, call(r, 0, 3));
	rig_run(r, 128);
	int n = 0;
	for (uint32_t i = 0; i < r->reports; i++) {
		if (r->report[i].kind == REPORT_BATCH) {
			ck_assert_int_eq(r->report[i].number, want[n++]);
		}
	}
	ck_assert_int_eq(n, 8);
	ck_assert_uint_eq(r->report[1].sample, 127);
	rig_close(r);
}
END_TEST

static uint64_t last_late;

static void
note_late(struct rig *r, struct batch *b, struct rig_report *to)
{
	(void)r;
	(void)to;
	last_late = (b->flags & BATCH_LATE) != 0 ? b->late : 0;
}

START_TEST(engine_applies_what_is_late_at_once_and_says_how_late)
{
	struct rig *r = rig_new();

	rig_open(r);
	r->on_back = note_late;
	rig_run(r, 640);
	rig_post(r, call(r, 600, 1));
	rig_run(r, 64);
	ck_assert_uint_eq(last_late, 40);
	ck_assert_uint_eq(r->report[0].sample, 640);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_LATE), 1);
	/* at the first frame of the block: in time */
	rig_post(r, call(r, 704, 2));
	rig_run(r, 64);
	ck_assert_uint_eq(last_late, 0);
	/* its time was lost */
	rig_post(r, call(r, 800, 3));
	rig_run(r, 0);
	engine_take(r->engine);
	engine_lose(r->engine, 100);
	rig_run(r, 64);
	ck_assert_uint_eq(last_late, 68);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_LATE), 2);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_LOST_FRAMES), 100);
	rig_close(r);
}
END_TEST

START_TEST(engine_refuses_a_packet_whole_when_events_are_full)
{
	struct rig *r = rig_new();

	r->config.max_events = 4;
	rig_open(r);
	for (int i = 0; i < 2; i++) {
		rig_post(r, call(r, 1000, i));
	}
	/* an immediate part and three timed ones: one too many */
	struct batch *head = rig_batch(r, 0);
	rig_add(r, head, COMMAND_GROUP_NEW, 7);
	struct batch *last = head;
	for (int i = 0; i < 3; i++) {
		last->chain = call(r, 500, 10 + i);
		last = last->chain;
	}
	head->parts = 4;
	rig_post(r, head);
	engine_take(r->engine);
	engine_flush(r->engine);
	rig_collect(r);
	ck_assert_uint_eq(r->reports, 4);
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(r->report[i].kind, REPORT_BATCH);
		ck_assert(r->report[i].flags & BATCH_REFUSED);
	}
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_GROUPS), 1);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_EVENTS), 2);
	/* two fit */
	head = rig_batch(r, 0);
	rig_add(r, head, COMMAND_GROUP_NEW, 7);
	head->chain = call(r, 500, 20);
	head->chain->chain = call(r, 501, 21);
	rig_post(r, head);
	rig_run(r, 640);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_GROUPS), 2);
	ck_assert_int_eq(r->syncs, 21);
	rig_close(r);
}
END_TEST

static struct rig *
real_time(void)
{
	struct rig *r = rig_new();

	r->config.offline = false;
	r->config.command_share = 1e9;
	return r;
}

START_TEST(engine_looks_at_its_budget_between_packets)
{
	struct rig *r = real_time();

	r->config.max_commands = 10;
	rig_open(r);
	struct gauges *g = &r->wire->gauges;
	for (int i = 0; i < 5; i++) {
		struct batch *b = rig_batch(r, 0);
		for (int k = 0; k < 6; k++) {
			rig_add(r, b, COMMAND_CALL, 0);
		}
		rig_post(r, b);
	}
	static const uint32_t back[] = {2, 4, 5, 5};
	for (int i = 0; i < 4; i++) {
		rig_run(r, 64);
		ck_assert_uint_eq(rig_count(r, REPORT_BATCH, -1), back[i]);
	}
	ck_assert_uint_eq(gauge_get(g, GAUGE_DEFERRED), 3 + 1);
	/* ten are taken, and there is no more: nobody is left behind */
	struct batch *b = rig_batch(r, 0);
	for (int k = 0; k < 100; k++) {
		rig_add(r, b, COMMAND_CALL, 0);
	}
	rig_post(r, b);
	rig_run(r, 64);
	ck_assert_uint_eq(gauge_get(g, GAUGE_DEFERRED), 4);
	ck_assert_uint_eq(r->batches, 0);
	rig_close(r);
}
END_TEST

START_TEST(engine_takes_one_packet_a_block_when_there_is_no_time)
{
	struct rig *r = real_time();

	r->config.command_share = 0.0;
	rig_open(r);
	for (int i = 0; i < 5; i++) {
		rig_post(r, call(r, 0, i));
	}
	for (uint32_t i = 1; i <= 5; i++) {
		rig_run(r, 64);
		ck_assert_uint_ge(rig_count(r, REPORT_BATCH, -1), i);
	}
	r->config.command_share = 1e9;
	rig_close(r);
}
END_TEST

/** A packet of one /node/set, whose node is missing, of so many pairs; or of
 * a row of so many; or of something else. */
static struct batch *
settings(struct rig *r, uint64_t at, enum command_kind kind, uint32_t count)
{
	struct batch *b = rig_batch(r, at);
	struct command *c = rig_add(r, b, kind, 900);

	if (kind != COMMAND_SET && kind != COMMAND_SET_ROW) {
		return b;
	}
	if (kind == COMMAND_SET) {
		c->u.set.pairs = rig_part(b, count * sizeof *c->u.set.pairs);
		c->u.set.count = count;
		return b;
	}
	struct port_ref *port = rig_part(b, sizeof *port);
	*port = rig_ref(b, "value");
	c->u.row.port = port;
	c->u.row.items = rig_part(b, count * sizeof *c->u.row.items);
	c->u.row.count = count;
	b->commands = count;
	return b;
}

START_TEST(engine_looks_at_its_time_once_in_64_settings_however_they_come)
{
	static const struct {
		enum command_kind kind;
		uint32_t count; /* in each packet */
		uint64_t at;
		uint32_t taken; /* packets in the first block */
	} cases[] = {
		{COMMAND_SET,     1,   0,    64},
		{COMMAND_SET,     32,  0,    2 },
		{COMMAND_SET,     500, 0,    1 },
		{COMMAND_SET_ROW, 1,   0,    64},
		{COMMAND_SET_ROW, 63,  0,    2 },
		{COMMAND_SET_ROW, 64,  0,    1 },
		{COMMAND_SET,     1,   1000, 64},
		{COMMAND_SET_ROW, 100, 1000, 64},
		{COMMAND_CALL,    1,   0,    1 },
		{COMMAND_CALL,    1,   1000, 64},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig *r = real_time();
		r->config.command_share = 0.0;
		r->config.max_commands = 100000;
		rig_open(r);
		for (int k = 0; k < 70; k++) {
			rig_post(r, settings(r, cases[i].at, cases[i].kind,
					    cases[i].count));
		}
		engine_take(r->engine);
		ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_DEFERRED),
			70 - cases[i].taken);
		rig_run(r, (uint64_t)70 * 64);
		rig_close(r);
	}
}
END_TEST

START_TEST(engine_weighs_anew_in_each_block)
{
	struct rig *r = real_time();

	r->config.command_share = 0.0;
	r->config.max_commands = 100000;
	rig_open(r);
	for (uint32_t k = 0; k < 73; k++) {
		rig_post(r, settings(r, 0, COMMAND_SET, 1));
		if (k == 2) {
			engine_take(r->engine);
		}
	}
	engine_take(r->engine);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_DEFERRED), 70 - 64);
	rig_run(r, 128);
	rig_close(r);
}
END_TEST

START_TEST(engine_counts_each_of_a_row_as_a_command)
{
	struct rig *r = real_time();

	r->config.max_commands = 80; /* and 80 are enough */
	rig_open(r);
	for (int k = 0; k < 10; k++) {
		rig_post(r, settings(r, 0, COMMAND_SET_ROW, 40));
	}
	engine_take(r->engine);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_DEFERRED), 8);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_COMMANDS), 80);
	rig_run(r, (uint64_t)5 * 64);
	rig_close(r);
}
END_TEST

/** A thousand voices, and room for some more nodes. */
static struct rig *
crowd(void)
{
	struct rig *r = real_time();

	r->config.max_nodes = 1200;
	r->config.pool[0].count = 1200;
	r->ring = 1 << 14;
	rig_open(r);
	for (int32_t id = 1; id <= 1000; id++) {
		rig_voice(r, &rig_level, id, 0);
	}
	return r;
}

START_TEST(engine_clears_behind_its_ramp_a_few_nodes_a_block)
{
	struct rig *r = crowd();

	rig_run(r, 64);
	r->reports = 0;
	/* what is made behind it, in the same bundle, stays */
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_CLEAR, 0);
	rig_add(r, b, COMMAND_GROUP_NEW, 1100);
	rig_add(r, b, COMMAND_GROUP_NEW, 500);
	rig_add(r, b, COMMAND_RUN, 7);
	b->chain = call(r, 0, 77);
	rig_post(r, b);
	struct gauges *g = &r->wire->gauges;
	uint32_t before = 0;
	uint32_t blocks = 0;
	while (r->syncs != 77) {
		ck_assert_uint_lt(blocks++, 100);
		ck_assert_int_eq(r->syncs, 0);
		rig_run(r, 64);
		uint32_t ended = rig_count(r, REPORT_NODE_ENDED, -1);
		ck_assert_uint_le(ended - before, 128);
		ck_assert_uint_eq(gauge_get(g, GAUGE_CLEARING), 1000 - ended);
		before = ended;
	}
	ck_assert_uint_eq(before, 1000);
	ck_assert_uint_ge(blocks, 8 + 3);
	/* the last of them before the sync */
	ck_assert_uint_eq(r->report[r->reports - 2].kind, REPORT_NODE_ENDED);
	ck_assert_uint_eq(gauge_get(g, GAUGE_GROUPS), 2);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NEW, 500), 0);
	for (int k = 0; k < 240; k++) {
		ck_assert_double_eq_tol((double)r->out[0][64 + k],
			1000.0 - 1000.0 * (k + 1) / 240.0, 1e-2);
	}
	rig_same(r->out[0][64 + 240], 0.0F);
	rig_voice(r, &rig_level, 500, 0);
	rig_run(r, 640);
	rig_same(r->out[0][r->frames - 1], 1.0F);
	rig_close(r);
}
END_TEST

START_TEST(engine_names_nothing_that_was_cleared)
{
	struct rig *r = real_time();

	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_voice(r, &rig_level, 2, 0);
	rig_simple(r, COMMAND_CLEAR, 0);
	ck_assert_uint_eq(rig_group(r, 1, 0, 0), REASON_NODE_TAKEN);
	ck_assert_uint_eq(rig_group(r, 5, 1, 0), REASON_TARGET_MISSING);
	ck_assert_uint_eq(rig_move(r, 2, 0, 0), REASON_NODE_MISSING);
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE, 2), REASON_NODE_MISSING);
	ck_assert_uint_eq(rig_set(r, 2, "value", 9, -1), REASON_NODE_MISSING);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 2), REASON_NODE_MISSING);
	ck_assert_uint_eq(rig_simple(r, COMMAND_TREE, 0), 0);
	ck_assert_uint_eq(r->tree->count, 1);
	rig_run(r, 640);
	ck_assert_uint_eq(rig_group(r, 1, 0, 0), 0);
	rig_close(r);
}
END_TEST

START_TEST(engine_clear_under_a_paused_root_lets_nothing_sound)
{
	struct rig *r = real_time();

	rig_open(r);
	rig_voice(r, &rig_level, 2, 0);
	rig_number(r, COMMAND_RUN, 0, 0);
	rig_run(r, 640);
	rig_simple(r, COMMAND_CLEAR, 0);
	rig_run(r, 640);
	rig_holds(r, 0, 640, 1280, 0.0F);
	rig_number(r, COMMAND_RUN, 0, 1);
	/* and in the middle of its fade it goes on with it */
	rig_voice(r, &rig_level, 2, 0);
	rig_run(r, 640);
	rig_number(r, COMMAND_RUN, 0, 0);
	rig_run(r, 128);
	rig_simple(r, COMMAND_CLEAR, 0);
	rig_run(r, 640);
	for (uint32_t i = 1921; i < r->frames; i++) {
		double leap = (double)r->out[0][i] - (double)r->out[0][i - 1];
		ck_assert(leap <= 0.0 && leap > -2.02 / 240);
	}
	rig_close(r);
}
END_TEST

START_TEST(engine_clears_though_clear_comes_again_and_again)
{
	struct rig *r = crowd();

	r->reports = 0;
	for (int i = 0; i < 30; i++) {
		rig_group(r, 1100 + i, 0, 0);
		rig_simple(r, COMMAND_CLEAR, 0);
		rig_run(r, 64);
	}
	ck_assert_uint_ge(rig_count(r, REPORT_NODE_ENDED, -1), 1000);
	rig_run(r, 6400);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_CLEARING), 0);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_GROUPS), 1);
	rig_voice(r, &rig_level, 3, 0);
	rig_run(r, 640);
	rig_same(r->out[0][r->frames - 1], 1.0F);
	rig_close(r);
}
END_TEST

START_TEST(engine_offline_answers_a_sync_while_time_stands_still)
{
	struct rig *r = rig_new();

	rig_open(r);
	for (int32_t id = 1; id < 30; id++) {
		rig_voice(r, &rig_level, id, 0);
	}
	rig_run(r, 64);
	rig_simple(r, COMMAND_CLEAR, 0);
	rig_post(r, call(r, 0, 5));
	engine_take(r->engine);
	rig_collect(r);
	ck_assert_int_eq(r->syncs, 5);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, -1), 29);
	ck_assert_uint_eq(engine_now(r->engine), 64);
	rig_close(r);
}
END_TEST

/** Do what the offline driver does, until nothing is owed. */
static uint32_t
work_off(struct rig *r)
{
	uint32_t cycles = 0;

	engine_take(r->engine);
	while (engine_owed(r->engine) != 0) {
		uint64_t n = engine_owed(r->engine);
		uint32_t left = engine_left(r->engine);
		rig_run(r, n < left ? n : left);
		engine_take(r->engine);
		cycles++;
	}
	engine_flush(r->engine);
	rig_collect(r);
	return cycles;
}

START_TEST(engine_runs_offline_to_the_frame_and_then_takes_the_rest)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_OFFLINE_RUN, 0)->u.number = 1000;
	rig_post(r, b);
	/* all of these come after the run */
	for (int i = 0; i < 40; i++) {
		b = rig_batch(r, 0);
		rig_add_set(r, b, 3, "value", 2.0F, -1);
		rig_post(r, b);
	}
	rig_post(r, call(r, 0, 9));
	r->reports = 0;
	ck_assert_uint_eq(work_off(r), 16);
	ck_assert_uint_eq(engine_now(r->engine), 1000);
	rig_holds(r, 0, 0, 1000, 1.0F);
	ck_assert_uint_eq(r->report[0].sample, 1000);
	ck_assert_int_eq(r->syncs, 9);
	rig_run(r, 24);
	rig_same(r->out[0][1000], 2.0F);
	rig_close(r);
}
END_TEST

START_TEST(engine_runs_offline_alike_in_one_go_or_in_many)
{
	struct rig *r[2];

	for (int k = 0; k < 2; k++) {
		r[k] = rig_new();
		rig_open(r[k]);
		rig_voice(r[k], &rig_level, 3, 0);
		rig_voice(r[k], &rig_tone, 4, 1);
		rig_simple(r[k], COMMAND_CLEAR, 0);
		rig_voice(r[k], &rig_tone, 5, 1);
		for (int i = 0; i < 64; i++) {
			int64_t frames = k == 0 ? 2048 : 32;
			struct batch *b = rig_batch(r[k], 0);
			rig_add(r[k], b, COMMAND_OFFLINE_RUN, 0)->u.number =
				frames;
			rig_post(r[k], b);
			(void)work_off(r[k]);
			i += k == 0 ? 63 : 0;
		}
		ck_assert_uint_eq(r[k]->frames, 2048);
	}
	double energy = 0.0;
	for (uint32_t i = 0; i < 2048; i++) {
		for (int c = 0; c < 2; c++) {
			rig_same(r[0]->out[c][i], r[1]->out[c][i]);
			energy += fabs((double)r[0]->out[c][i]);
		}
	}
	ck_assert(energy > 50.0);
	/* the ramp of /clear was not cut short */
	rig_same(r[0]->out[0][119], 0.5F);
	rig_close(r[0]);
	rig_close(r[1]);
}
END_TEST

START_TEST(engine_refuses_all_once_it_stops_and_gives_all_back)
{
	struct rig *r = real_time();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_run(r, 64);
	rig_post(r, call(r, 100000, 1));
	rig_simple(r, COMMAND_STOP, 0);
	ck_assert_uint_eq(rig_group(r, 5, 0, 0), REASON_STOPPING);
	rig_run(r, 240);
	for (int k = 0; k < 240; k++) {
		ck_assert_double_eq_tol(
			(double)r->out[0][64 + k], 1.0 - (k + 1) / 240.0, 1e-6);
	}
	rig_run(r, 640);
	ck_assert(engine_stopped(r->engine));
	ck_assert_uint_eq(rig_count(r, REPORT_STOPPED, -1), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, 3), 1);
	/* what comes later than that is given back too, whatever its time */
	struct batch *b = rig_batch(r, 1 << 30);
	rig_add(r, b, COMMAND_GROUP_NEW, 9);
	ck_assert_uint_eq(rig_do(r, b), REASON_STOPPING);
	ck_assert_uint_eq(r->batches, 0);
	ck_assert_uint_eq(r->specs, 0);
	rig_close(r);
}
END_TEST

START_TEST(engine_gives_the_device_through)
{
	struct rig *r = rig_new();
	int device;

	rig_open(r);
	ck_assert_ptr_null(engine_device(r->engine));
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_DEVICE, 0)->u.device = &device;
	rig_do(r, b);
	ck_assert_ptr_eq(engine_device(r->engine), &device);
	ck_assert_ptr_null(engine_device(r->engine));
	engine_give_device(r->engine, &device, DEVICE_GONE, -19);
	rig_collect(r);
	const struct report *d = &r->report[r->reports - 1].raw;
	ck_assert_uint_eq(d->kind, REPORT_DEVICE);
	ck_assert_ptr_eq(d->u.device.device, &device);
	ck_assert_int_eq(d->u.device.error, -19);
	/* who noticed the loss counts it: the driver */
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_DEVICE_LOST), 0);
	rig_close(r);
}
END_TEST

TACTUS_RT static void
do_nothing(void *stage, uint32_t who, uint32_t step)
{
	(void)stage;
	(void)who;
	(void)step;
}

START_TEST(engine_shows_how_its_threads_do)
{
	const struct crew_config config = {.threads = 2, .absent = true};
	struct rt_rights rights = {0};
	struct rig *r = rig_new();
	struct crew *c;

	r->config.threads = 2;
	r->alone = true;
	rig_open(r);
	struct gauges *g = &r->wire->gauges;
	ck_assert_uint_eq(gauge_get(g, GAUGE_THREADS), 1);
	ck_assert_int_eq(crew_open(&config, &c, &rights), 0);
	engine_use_crew(r->engine, c);
	ck_assert_uint_eq(gauge_get(g, GAUGE_THREADS), 2);
	crew_begin(c);
	crew_stage(c, do_nothing, NULL, 5);
	ck_assert(!crew_end(c));
	c->stalls = 7;
	rig_run(r, 64);
	ck_assert_uint_eq(gauge_get(g, GAUGE_HELPERS_LATE), crew_late(c));
	ck_assert_uint_ge(crew_late(c), 1);
	ck_assert_uint_eq(gauge_get(g, GAUGE_HELPER_STALLS), 7);
	/* half of a block of 64 frames, three quarters of one: a block's part
	 * of half a second is taken over */
	atomic_store(&c->helper[1].busy_ns, 1000000);
	engine_load(r->engine, 666667, 64);
	ck_assert_uint_eq(gauge_get(g, GAUGE_THREAD_LOAD), 1333);
	ck_assert_uint_eq(gauge_get(g, GAUGE_LOAD_AVERAGE), 1333);
	uint64_t helper = gauge_get(g, GAUGE_THREAD_LOAD + 1);
	ck_assert_uint_ge(helper, 1999);
	ck_assert_uint_le(helper, 2000);
	engine_load(r->engine, 0, 64);
	ck_assert_uint_lt(gauge_get(g, GAUGE_THREAD_LOAD), 1333);
	ck_assert_uint_lt(gauge_get(g, GAUGE_THREAD_LOAD + 1), helper);
	engine_use_crew(r->engine, NULL);
	ck_assert_uint_eq(gauge_get(g, GAUGE_THREADS), 1);
	crew_close(c);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("engine");

	tcase_add_test(tc, engine_sounds_from_the_sample_of_activation);
	tcase_add_test(tc, engine_ramps_a_control_as_the_formula_says);
	tcase_add_test(tc, engine_frees_after_a_fade_and_tells_the_end);
	tcase_add_test(tc, engine_applies_by_sample_then_order_then_arrival);
	tcase_add_test(
		tc, engine_applies_what_is_late_at_once_and_says_how_late);
	tcase_add_test(tc, engine_refuses_a_packet_whole_when_events_are_full);
	tcase_add_test(tc, engine_looks_at_its_budget_between_packets);
	tcase_add_test(
		tc, engine_takes_one_packet_a_block_when_there_is_no_time);
	tcase_add_test(tc,
		engine_looks_at_its_time_once_in_64_settings_however_they_come);
	tcase_add_test(tc, engine_weighs_anew_in_each_block);
	tcase_add_test(tc, engine_counts_each_of_a_row_as_a_command);
	tcase_add_test(tc, engine_clears_behind_its_ramp_a_few_nodes_a_block);
	tcase_add_test(tc, engine_names_nothing_that_was_cleared);
	tcase_add_test(tc, engine_clear_under_a_paused_root_lets_nothing_sound);
	tcase_add_test(tc, engine_clears_though_clear_comes_again_and_again);
	tcase_add_test(
		tc, engine_offline_answers_a_sync_while_time_stands_still);
	tcase_add_test(
		tc, engine_runs_offline_to_the_frame_and_then_takes_the_rest);
	tcase_add_test(tc, engine_runs_offline_alike_in_one_go_or_in_many);
	tcase_add_test(tc, engine_refuses_all_once_it_stops_and_gives_all_back);
	tcase_add_test(tc, engine_gives_the_device_through);
	tcase_add_test(tc, engine_shows_how_its_threads_do);
	return suite_run("rt/graph/engine", tc);
}
