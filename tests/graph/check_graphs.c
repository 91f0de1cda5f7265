/* SPDX-License-Identifier: MIT */
/*
 * check_graphs.c -- random graphs of all that is built in: the same bits.
 *
 * Each score is played by the naive engine, then by the real one with one
 * thread and process alone, with one thread and process_many, and with two
 * and more: every frame, every report and the outcome of every command has
 * to be the same.  No score may be silent, and all together have to hear
 * whatever a graph can do.  TACTUS_GRAPHS=N plays N scores more.
 */
#include <config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "harness.h"
#include "holds.h"
#include "score.h"
#include "storm.h"
#include "thread_flush.h"

/** Ways to play. */
static const struct way {
	uint32_t threads;
	bool no_many;
	bool absent;   /* helpers that never come: rt does it all */
	uint32_t part; /* of the blocks the first one in so many: it takes long
			* where there are more threads than processors */
} ways[] = {
	{1, true,  false, 1},
	{1, false, false, 1},
	{2, false, false, 1},
	{3, true,  false, 2},
	{3, false, false, 1},
	{4, false, false, 1},
	{4, false, true,  4},
	{8, false, false, 5},
};
#define WAYS (sizeof ways / sizeof *ways)

/** What was seen of the plan, by way. */
struct plan_seen {
	uint64_t levels;
	uint64_t width;
	uint64_t runs;
	uint64_t helped; /* shares of blocks that helpers did */
	uint64_t late;   /* blocks that rt had to do alone */
	uint64_t unplanned;
};

/** An engine that plays a score. */
struct player {
	const struct score *score;
	const struct way *way;
	struct rig *rig;
	struct house_set set;
	uint32_t packets; /* that were sent */
	uint32_t told;    /* that were compared */
	struct plan_seen seen;
};

static void
most(uint64_t *to, uint64_t value)
{
	*to = value > *to ? value : *to;
}

static void
open_player(struct player *p, const struct score *s, const struct way *way)
{
	struct rig *r = rig_new();

	*p = (struct player){.score = s, .way = way, .rig = r};
	r->config = s->config;
	r->config.threads = way->threads;
	r->config.no_many = way->no_many;
	r->config.eager = true;
	r->absent = way->absent;
	r->ring = NAIVE_LOG;
	r->on_back = storm_back;
	rig_open(r);
	house_furnish(s->house, &p->set);
	r->lent = p->set.instance;
	r->on_back = NULL;
	for (uint32_t id = 0; id < s->house->resources; id++) {
		rig_live(r, s->house->class[id], (int32_t)id);
	}
	r->on_back = storm_back;
	r->reports = 0;
}

static void
close_player(struct player *p)
{
	p->rig->on_back = NULL;
	rig_close(p->rig);
	house_clear(p->score->house, &p->set);
}

static void
look_at_plan(struct player *p)
{
	struct gauges *g = &p->rig->wire->gauges;

	most(&p->seen.levels, gauge_get(g, GAUGE_LEVELS));
	most(&p->seen.width, gauge_get(g, GAUGE_WIDTH));
	most(&p->seen.runs, gauge_get(g, GAUGE_RUNS));
	most(&p->seen.unplanned, gauge_get(g, GAUGE_UNPLANNED));
	most(&p->seen.late, gauge_get(g, GAUGE_HELPERS_LATE));
	for (uint32_t i = 1; i < p->way->threads; i++) {
		enum gauge load = (enum gauge)(GAUGE_THREAD_LOAD + i);
		/* what they did, if nobody has asked for it yet */
		p->seen.helped += crew_busy_ns(p->rig->crew, i) > 0 ||
				  gauge_get(g, load) != 0;
	}
}

static void
compare_told(struct player *p, uint32_t block)
{
	const struct score *s = p->score;
	struct rig *r = p->rig;
	uint32_t want = s->told_end[block] - p->told;

	engine_flush(r->engine);
	rig_collect(r);
	for (uint32_t i = 0; i < r->reports && i < want; i++) {
		struct entry g = storm_entry(&r->report[i]);
		const struct entry *w = &s->told[p->told + i];
		HOLDS_MSG(g.kind == w->kind && g.id == w->id &&
				  g.sample == w->sample &&
				  g.parcel == w->parcel && g.value == w->value,
			"seed %u, %u threads, block %u: report %u is kind %u "
			"id %d at %llu, naive kind %u id %d at %llu",
			s->plan.seed, p->way->threads, block, i, g.kind, g.id,
			(unsigned long long)g.sample, w->kind, w->id,
			(unsigned long long)w->sample);
	}
	HOLDS_MSG(r->reports == want,
		"seed %u, %u threads, block %u: %u reports, naive %u",
		s->plan.seed, p->way->threads, block, r->reports, want);
	p->told += want;
	r->reports = 0;
}

static void
compare_block(const struct player *p, uint32_t block, float *const *out)
{
	const struct score *s = p->score;
	size_t bytes = s->plan.block * sizeof(float);

	for (uint32_t c = 0; c < SCORE_OUTPUTS; c++) {
		const float *want = score_out(s, block, c);
		if (memcmp(out[c], want, bytes) == 0) {
			continue;
		}
		uint32_t i = 0;
		while (memcmp(&out[c][i], &want[i], sizeof *want) == 0) {
			i++;
		}
		ck_abort_msg("seed %u, %u threads%s, block %u, frame %u, "
			     "output %u: %a, naive %a",
			s->plan.seed, p->way->threads,
			p->way->no_many ? ", process alone" : "", block, i, c,
			(double)out[c][i], (double)want[i]);
	}
}

static void
play_block(struct player *p, uint32_t block)
{
	const struct score *s = p->score;
	float in[SCORE_INPUTS][SCORE_BLOCK];
	const float *const ins[SCORE_INPUTS] = {in[0], in[1]};
	float sound[SCORE_OUTPUTS][SCORE_BLOCK];
	float *outs[SCORE_OUTPUTS];

	for (uint32_t c = 0; c < SCORE_OUTPUTS; c++) {
		outs[c] = sound[c];
	}
	while (p->packets < s->packets && s->before[p->packets] == block) {
		for (struct parcel *q = s->packet[p->packets]; q != NULL;
			q = q->chain) {
			q->is_back = false;
		}
		storm_post(p->rig, s->packet[p->packets++]);
	}
	score_capture(s, block, in);
	engine_render(p->rig->engine, ins, outs, s->plan.block);
	compare_told(p, block);
	compare_block(p, block, outs);
	look_at_plan(p);
}

static void
compare_outcomes(const struct player *p)
{
	const struct score *s = p->score;

	for (uint32_t n = 0; n < s->packets; n++) {
		for (const struct parcel *q = s->packet[n]; q != NULL;
			q = q->chain) {
			for (uint32_t i = 0; i < q->count && q->is_back; i++) {
				HOLDS_MSG(q->got[i].reason == q->want[i].reason,
					"seed %u, %u threads: kind %d id %d: "
					"reason %u, naive %u",
					s->plan.seed, p->way->threads,
					q->what[i].kind, q->what[i].id,
					q->got[i].reason, q->want[i].reason);
			}
		}
	}
}

static struct plan_seen
play(const struct score *s, const struct way *way)
{
	struct player p;

	open_player(&p, s, way);
	for (uint32_t block = 0; block < s->plan.blocks / way->part; block++) {
		play_block(&p, block);
	}
	compare_outcomes(&p);
	close_player(&p);
	return p.seen;
}

/* --- the scores --- */

/** What is left of a number where all takes longer. */
#ifdef TACTUS_SANITIZED
#  define SHARE(n) ((n) / 3)
#else
#  define SHARE(n) (n)
#endif

static const struct score_plan plans[] = {
	{1,  64,  SHARE(400), 5,   0,   2},
	{2,  64,  SHARE(400), 20,  0,   3},
	{3,  16,  SHARE(600), 40,  0,   2},
	{4,  64,  SHARE(300), 60,  0,   4},
	{5,  100, SHARE(200), 90,  0,   6},
	{6,  64,  SHARE(200), 150, 80,  4},
	{7,  128, SHARE(120), 120, 100, 5},
	{8,  64,  SHARE(120), 300, 150, 6},
	{9,  1,   SHARE(800), 24,  0,   1},
	{10, 37,  SHARE(300), 70,  40,  8},
};
#define PLANS (sizeof plans / sizeof *plans)

/** What all scores of a run have in them. */
struct tally {
	struct score_seen seen;
	struct plan_seen way[WAYS];
};

static void
print_score(const struct score *s)
{
	const struct score_seen *n = &s->seen;

	printf("seed %u: block %u, %u synths, %llu commands, %llu refused, "
	       "%llu connections, %llu feedback, %llu cycles, energy %g %g\n",
		s->plan.seed, s->plan.block, s->plan.synths,
		(unsigned long long)n->commands,
		(unsigned long long)n->failures,
		(unsigned long long)n->connections,
		(unsigned long long)n->feedbacks, (unsigned long long)n->cycles,
		n->energy[0], n->energy[1]);
	printf("  through %llu, delayed %llu, again %llu, replaced %llu, "
	       "versions %llu, groups %llu, followed %llu, pieces %llu, "
	       "stops %llu, lingers %llu, played %llu, dubbed %llu\n",
		(unsigned long long)n->heard.through,
		(unsigned long long)n->heard.delayed,
		(unsigned long long)n->heard.again,
		(unsigned long long)n->heard.replaced,
		(unsigned long long)n->heard.versions,
		(unsigned long long)n->heard.groups,
		(unsigned long long)n->heard.followed,
		(unsigned long long)n->heard.pieces,
		(unsigned long long)n->heard.stops,
		(unsigned long long)n->heard.lingers,
		(unsigned long long)n->heard.played,
		(unsigned long long)n->heard.dubbed);
	fflush(stdout);
}

static void
print_ways(const struct tally *t)
{
	for (size_t i = 0; i < WAYS; i++) {
		const struct plan_seen *p = &t->way[i];
		printf("%u threads%s%s: levels %llu, width %llu, runs %llu, "
		       "unplanned %llu, helped %llu, late %llu\n",
			ways[i].threads, ways[i].no_many ? ", alone" : "",
			ways[i].absent ? ", absent" : "",
			(unsigned long long)p->levels,
			(unsigned long long)p->width,
			(unsigned long long)p->runs,
			(unsigned long long)p->unplanned,
			(unsigned long long)p->helped,
			(unsigned long long)p->late);
	}
	fflush(stdout);
}

/** Write a score, and have it played in every way. */
static void
play_all(const struct score_plan *plan, struct tally *t)
{
	struct house *h = house_open(plan->block);
	struct score *s = score_open(h, plan);
	const struct score_seen *n = &s->seen;

	if (getenv("TACTUS_GRAPHS") != NULL) {
		print_score(s);
	}
	HOLDS_MSG(n->energy[0] > 1e-3 && n->energy[1] > 1e-3,
		"seed %u: it is silent: %g, %g at the end", plan->seed,
		n->energy[0], n->energy[1]);
	HOLDS_MSG(n->failures < n->commands / 3,
		"seed %u: %llu of %llu commands are refused", plan->seed,
		(unsigned long long)n->failures,
		(unsigned long long)n->commands);
	for (size_t i = 0; i < WAYS; i++) {
		struct plan_seen p = play(s, &ways[i]);
		most(&t->way[i].levels, p.levels);
		most(&t->way[i].width, p.width);
		most(&t->way[i].runs, p.runs);
		most(&t->way[i].unplanned, p.unplanned);
		most(&t->way[i].late, p.late);
		t->way[i].helped += p.helped;
	}
	t->seen.feedbacks += n->feedbacks;
	t->seen.cycles += n->cycles;
	t->seen.moves += n->moves;
	t->seen.heard.through += n->heard.through;
	t->seen.heard.delayed += n->heard.delayed;
	t->seen.heard.again += n->heard.again;
	t->seen.heard.replaced += n->heard.replaced;
	t->seen.heard.versions += n->heard.versions;
	t->seen.heard.groups += n->heard.groups;
	t->seen.heard.followed += n->heard.followed;
	t->seen.heard.pieces += n->heard.pieces;
	t->seen.heard.stops += n->heard.stops;
	t->seen.heard.lingers += n->heard.lingers;
	t->seen.heard.played += n->heard.played;
	t->seen.heard.dubbed += n->heard.dubbed;
	for (uint32_t i = 0; i < h->parts; i++) {
		t->seen.parts[i] += n->parts[i];
		if (plan == &plans[PLANS - 1]) {
			HOLDS_MSG(t->seen.parts[i] > 0, "no graph has a %s",
				h->part[i].def->name);
		}
	}
	score_close(s);
	house_close(h);
}

START_TEST(graphs_give_the_same_bits_however_they_are_run)
{
	struct tally t = {0};

	thread_flush_denormals();
	for (size_t i = 0; i < PLANS; i++) {
		play_all(&plans[i], &t);
	}
	if (getenv("TACTUS_GRAPHS") != NULL) {
		print_ways(&t);
	}
	/* all that there is was truly there */
	const struct naive_seen *n = &t.seen.heard;
	ck_assert_uint_gt(n->through, SHARE(1000));
	ck_assert_uint_gt(n->delayed, SHARE(1000));
	ck_assert_uint_gt(n->again, SHARE(1000));
	ck_assert_uint_gt(n->replaced, SHARE(100));
	ck_assert_uint_gt(n->versions, SHARE(1000));
	ck_assert_uint_gt(n->groups, SHARE(100));
	ck_assert_uint_gt(n->followed, SHARE(1000));
	ck_assert_uint_gt(n->pieces, SHARE(1000));
	ck_assert_uint_gt(n->stops, SHARE(100));
	ck_assert_uint_gt(n->lingers, 0);
	ck_assert_uint_gt(n->played, SHARE(100));
	ck_assert_uint_gt(n->dubbed, SHARE(100));
	ck_assert_uint_gt(t.seen.cycles, 0);
	ck_assert_uint_gt(t.seen.moves, 0);
	for (size_t i = 0; i < WAYS; i++) {
		const struct way *w = &ways[i];
		bool planned = w->threads > 1 || !w->no_many;
		ck_assert((t.way[i].runs > 1) == !w->no_many);
		ck_assert((t.way[i].levels > 1) == planned);
		ck_assert((t.way[i].width >= 64) == planned);
		ck_assert((t.way[i].helped > 0) ==
			  (w->threads > 1 && !w->absent));
		ck_assert(t.way[i].late > 0 || !w->absent);
	}
}
END_TEST

/** As many as TACTUS_GRAPHS says, each of a kind of its own. */
START_TEST(more_graphs_give_the_same_bits)
{
	const char *more = getenv("TACTUS_GRAPHS");
	uint32_t count = more != NULL ? (uint32_t)strtoul(more, NULL, 10) : 0;
	static const uint32_t blocks[] = {64, 64, 16, 128, 32, 100, 7, 64};
	struct tally t = {0};

	thread_flush_denormals();
	for (uint32_t i = 0; i < count; i++) {
		uint32_t seed = 1000 + i;
		uint32_t x = seed * 2654435761U >> 8;
		struct score_plan plan = {.seed = seed,
			.block = blocks[x % 8],
			.blocks = 100 + x / 8 % 200,
			.synths = 5 + x / 1000 % 296,
			.bustle = 1 + x / 64 % 8};
		plan.choir = x % 3 == 0 ? plan.synths / 2 : 0;
		play_all(&plan, &t);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("rt/graph/graphs");
	TCase *tc = tcase_create("graphs");

	tcase_set_timeout(tc, getenv("TACTUS_GRAPHS") != NULL ? 36000 : 250);
	tcase_add_test(tc, graphs_give_the_same_bits_however_they_are_run);
	tcase_add_test(tc, more_graphs_give_the_same_bits);
	suite_add_tcase(s, tc);
	return s;
}
