/* SPDX-License-Identifier: MIT */
/*
 * score.c -- see score.h.
 *
 * Loops are made through the def `fold` alone, which keeps what goes round
 * within bounds: all else may be joined to anything.  All belongs to the
 * test's one thread.
 */
#include "score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "score_say.h"
#include "score_synths.h"

#define BUSES 12

/* --- what happens --- */

static void
place(struct writer *w, struct order *o)
{
	o->placement = (int32_t)score_below(w, 4);
	o->target =
		o->placement < PLACE_BEFORE
			? score_some_group(w)
			: naive_pick(w->naive, score_below(w, SCORE_IDS), true);
}

/** Now and then it is a group that something happens to. */
static int32_t
or_group(struct writer *w, int32_t id)
{
	int32_t other = naive_pick(w->naive, score_below(w, SCORE_IDS), true);

	return other != 0 && score_chance(w, 25) ? other : id;
}

static void
part_of_graph(struct writer *w, int32_t id)
{
	struct order *o;

	switch (score_below(w, 6)) {
	case 0:
		o = score_say(w, COMMAND_MOVE, or_group(w, id));
		place(w, o);
		w->score->seen.moves++;
		break;
	case 1:
		o = score_say(w, COMMAND_RUN, or_group(w, id));
		o->number = score_chance(w, 70);
		break;
	case 2:
		o = score_say(w, COMMAND_RELEASE, id);
		o->seconds = score_below(w, 600) / 48000.0;
		break;
	case 3:
		o = score_say(w, COMMAND_GROUP_NEW, score_free_id(w));
		place(w, o);
		break;
	case 4:
		(void)score_say(w, COMMAND_FREE, id);
		w->score->seen.frees++;
		break;
	default:
		o = score_say(w, COMMAND_MOVE, id);
		o->placement = (int32_t)score_below(w, 2);
		w->score->seen.moves++;
		break;
	}
}

static void
change_edges(struct writer *w)
{
	int32_t to = score_pick(
		w, score_chance(w, 30) ? score_is_fold : score_has_in);

	if (score_chance(w, 40) && naive_edges(w->naive) > 0) {
		struct order *o = score_say(w, COMMAND_DISCONNECT, 0);
		naive_pick_edge(w->naive, score_below(w, 10000), o);
		o->any = true;
	} else if (to >= 0 && !score_is_recorder(w->part[to])) {
		score_connect_from_any(w, to, w->part[to]);
	}
}

static void
happen(struct writer *w)
{
	int32_t id = score_pick(w, score_has_controls);
	int32_t any = score_pick(w, score_is_any);
	int32_t player = score_pick(w, score_has_resource);
	uint32_t which = score_below(w, 100);

	if (id < 0 || any < 0) {
		return;
	}
	const struct house_part *p = w->part[any];
	if (which < 30) {
		score_set(w, id, w->part[id]);
	} else if (which < 50) {
		change_edges(w);
	} else if (which < 58 && p->outs > 0) {
		score_join_out(w, any, p, score_below(w, p->outs));
	} else if (which < 66 && p->ins > 0 && !score_is_recorder(p)) {
		score_join_in(w, any, p, score_below(w, p->ins));
	} else if (which < 72) {
		score_follow(w, id, w->part[id]);
	} else if (which < 84 && player >= 0) {
		score_bind_to(w, player, w->part[player]);
	} else {
		part_of_graph(w, any);
	}
}

static void
write_block(struct writer *w)
{
	const struct score_plan *plan = &w->score->plan;
	uint32_t nodes = naive_nodes(w->naive);
	uint32_t running = naive_running(w->naive);

	for (uint32_t n = score_below(w, plan->bustle + 1); n > 0; n--) {
		score_begin(w);
		for (uint32_t k = 1 + score_below(w, 3); k > 0; k--) {
			happen(w);
		}
		score_end(w);
	}
	if (score_below(w, 400) == 0) {
		score_begin(w);
		(void)score_say(w, COMMAND_CLEAR, 0);
		score_end(w);
	}
	/* some come at a time, so that each finds others to be joined to */
	uint32_t most = 2 + plan->synths / 20;
	for (uint32_t n = 0; n < most && running + n < plan->synths &&
			     nodes + 4 * n < SCORE_IDS - 40;
		n++) {
		score_add_voice(w);
	}
	/* and what is too much goes, groups with all that they hold */
	if (nodes > plan->synths + plan->synths / 4 + 12) {
		bool alone = score_chance(w, 97);
		int32_t id = alone ? score_pick(w, score_is_any) : -1;
		score_begin(w);
		(void)score_say(
			w, COMMAND_FREE, id > 0 ? id : score_some_victim(w));
		w->score->seen.frees++;
		score_end(w);
	}
}

/* --- the whole --- */

static void
keep_told(struct score *s, struct naive *v, uint32_t block)
{
	const struct entry *e;
	uint32_t count = naive_told(v, &e);

	if (s->told == NULL || s->tolds + count > s->told_room) {
		s->told_room = 2 * (s->tolds + count) + 64;
		s->told = realloc(s->told, s->told_room * sizeof *s->told);
	}
	memcpy(s->told + s->tolds, e, count * sizeof *e);
	s->tolds += count;
	s->told_end[block] = s->tolds;
}

void
score_capture(const struct score *s, uint32_t block,
	float in[SCORE_INPUTS][SCORE_BLOCK])
{
	for (uint32_t i = 0; i < s->plan.block; i++) {
		uint32_t x = (block * s->plan.block + i + s->plan.seed) *
			     2654435761U;
		in[0][i] = (float)(int32_t)x * 0x1p-33F;
		in[1][i] = (float)(int32_t)(x * 7U) * 0x1p-34F;
	}
}

const float *
score_out(const struct score *s, uint32_t block, uint32_t channel)
{
	return s->out +
	       ((size_t)block * SCORE_OUTPUTS + channel) * s->plan.block;
}

static void
play_block(struct writer *w)
{
	struct score *s = w->score;
	float in[SCORE_INPUTS][SCORE_BLOCK];
	const float *const ins[SCORE_INPUTS] = {in[0], in[1]};
	float *outs[SCORE_OUTPUTS];
	double squares = 0.0;

	for (uint32_t c = 0; c < SCORE_OUTPUTS; c++) {
		outs[c] = s->out + (score_out(s, w->block, c) - s->out);
	}
	score_capture(s, w->block, in);
	naive_render(w->naive, ins, outs, s->plan.block);
	for (uint32_t c = 0; c < SCORE_OUTPUTS; c++) {
		for (uint32_t i = 0; i < s->plan.block; i++) {
			double x = (double)outs[c][i];
			squares += x * x;
			if (!(fabs(x) < 1e9)) {
				ck_abort_msg("seed %u: block %u runs away: %g",
					s->plan.seed, w->block, x);
			}
		}
	}
	s->seen.energy[0] += squares / s->plan.blocks;
	if (w->block >= s->plan.blocks - s->plan.blocks / 4) {
		s->seen.energy[1] += squares / (s->plan.blocks / 4);
	}
	keep_told(s, w->naive, w->block);
	w->now += s->plan.block;
}

static void
count_outcomes(struct score *s)
{
	for (uint32_t i = 0; i < s->packets; i++) {
		for (const struct parcel *p = s->packet[i]; p != NULL;
			p = p->chain) {
			for (uint32_t k = 0; k < p->count; k++) {
				const struct order *o = &p->what[k];
				uint32_t r = p->want[k].reason;
				bool made = o->kind == COMMAND_CONNECT &&
					    p->is_done && r == REASON_NONE;
				s->seen.failures += r != REASON_NONE;
				s->seen.cycles += r == REASON_CYCLE;
				s->seen.connections += made;
				s->seen.feedbacks += made && o->flags != 0;
			}
		}
	}
}

static void
configure(struct score *s)
{
	static const struct pool_config pools[] = {
		{256,     6144},
                {1024,    3072},
                {4096,    512 },
                {16384,   64  },
		{65536,   80  },
                {262144,  16  },
                {1048576, 8   }
        };

	s->config = (struct engine_config){.rate = 48000,
		.block = s->plan.block,
		.inputs = SCORE_INPUTS,
		.outputs = SCORE_OUTPUTS,
		.max_nodes = SCORE_IDS,
		.max_buses = s->plan.synths < 30 ? 4 : BUSES,
		.max_connections = 1500,
		.max_inputs_per_port = 20,
		.threads = 1,
		.max_resources = HOUSE_RESOURCES,
		.max_events = 2000,
		.max_commands = 1 << 20,
		.command_share = 1e9,
		.offline = true,
		.pools = sizeof pools / sizeof *pools};
	memcpy(s->config.pool, pools, sizeof pools);
}

struct score *
score_open(struct house *h, const struct score_plan *plan)
{
	struct score *s = calloc(1, sizeof *s);
	struct house_set set;

	ck_assert_ptr_nonnull(s);
	s->plan = *plan;
	s->house = h;
	configure(s);
	s->out = calloc((size_t)plan->blocks * SCORE_OUTPUTS * plan->block,
		sizeof(float));
	s->told_end = calloc(plan->blocks, sizeof *s->told_end);
	struct writer *w = calloc(1, sizeof *w);
	*w = (struct writer){
		.score = s, .random = plan->seed * 2654435761U + 1};
	w->naive = naive_open(&s->config, NAIVE_LOG);
	naive_be_whole(w->naive);
	house_furnish(h, &set);
	for (uint32_t id = 0; id < h->resources; id++) {
		naive_lend(w->naive, (int32_t)id, set.instance[id]);
	}
	for (w->block = 0; w->block < plan->blocks; w->block++) {
		if (w->block == 0) {
			score_add_polite(w);
			score_add_choir(w, plan->choir);
		}
		if (w->block == 4 && plan->synths >= 60) {
			score_add_ensemble(w);
		}
		write_block(w);
		play_block(w);
	}
	s->seen.heard = *naive_seen(w->naive);
	for (int k = 0; k < 2; k++) {
		s->seen.energy[k] =
			sqrt(s->seen.energy[k] / (SCORE_OUTPUTS * plan->block));
	}
	count_outcomes(s);
	naive_close(w->naive);
	house_clear(h, &set);
	free(w);
	return s;
}

void
score_close(struct score *s)
{
	for (uint32_t i = 0; i < s->packets; i++) {
		for (struct parcel *p = s->packet[i]; p != NULL;) {
			struct parcel *next = p->chain;
			free(p);
			p = next;
		}
	}
	free(s->packet);
	free(s->before);
	free(s->out);
	free(s->told);
	free(s->told_end);
	free(s);
}
