/* SPDX-License-Identifier: MIT */
/*
 * check_resource_model.c -- random commands; a model says what holds then.
 *
 * The model keeps no counts and no lists: who holds what is a table, and all
 * else is worked out from it each time.  After each step the engine has to
 * give the same answer, tell the same, and show the same resources.
 */
#include <string.h>

#include "hold.h"
#include "random.h"
#include "rig.h"
#include "suite.h"

#define RESOURCES 12 /* even ids hold things, odd ones others */
#define NODES     9  /* 1 … 9 */
#define JOBS_MAX  24
#define STEPS     100000

struct model_node {
	bool alive;
	bool keeps; /* what bind answers */
	int32_t bound[2];
	uint32_t kept[RESOURCES];
	TactusSynth *synth;
};

struct model_job {
	bool out;
	bool alone;
	int32_t id;   /* -1: of a synth */
	int32_t node; /* which asked */
	bool has[RESOURCES];
};

struct model {
	struct rig *rig;
	uint32_t random;
	bool doomed[RESOURCES];
	enum resource_state state[RESOURCES];
	struct model_node node[NODES + 1];
	struct model_job job[JOBS_MAX];
	/* what has to be told in this step, by kind and id */
	uint32_t tell[REPORT_STOPPED + 1][64];
	uint32_t done[3]; /* answers of 0, others, works */
};

static uint32_t
dice(struct model *m, uint32_t sides)
{
	return random_below(&m->random, sides);
}

static const TactusResourceDef *
class_of(int32_t id)
{
	return (id & 1) == 0 ? &rig_thing : &rig_other;
}

static uint32_t
held_by_node(const struct model_node *n, int32_t id)
{
	return n->alive ? n->kept[id] + (n->bound[0] == id ? 1 : 0) +
				  (n->bound[1] == id ? 1 : 0)
			: 0;
}

static uint32_t
held(const struct model *m, int32_t id)
{
	uint32_t sum = 0;

	for (int n = 1; n <= NODES; n++) {
		sum += held_by_node(&m->node[n], id);
	}
	for (int j = 0; j < JOBS_MAX; j++) {
		sum += m->job[j].out && m->job[j].has[id] ? 1 : 0;
	}
	return sum;
}

static bool
is_alone(const struct model *m, int32_t id)
{
	for (int j = 0; j < JOBS_MAX; j++) {
		if (m->job[j].out && m->job[j].alone && m->job[j].has[id]) {
			return true;
		}
	}
	return false;
}

/** Why a reference cannot be had; `class` NULL: any will do. */
static uint32_t
judge(const struct model *m, int32_t id, const TactusResourceDef *class)
{
	if (id < 0 || id >= RESOURCES) {
		return REASON_RESOURCE_RANGE;
	}
	if (m->state[id] == RESOURCE_FREE) {
		return REASON_RESOURCE_MISSING;
	}
	if (m->state[id] != RESOURCE_LIVE) {
		return REASON_RESOURCE_STATE;
	}
	if (is_alone(m, id)) {
		return REASON_RESOURCE_BUSY;
	}
	return class != NULL && class != class_of(id) ? REASON_RESOURCE_URI : 0;
}

static void
expect(struct model *m, enum report_kind kind, int32_t id)
{
	m->tell[kind][id + 1]++;
}

/** What was freed and is held no more goes to a worker. */
static void
settle(struct model *m)
{
	for (int32_t id = 0; id < RESOURCES; id++) {
		if (m->state[id] == RESOURCE_FREE_PENDING && held(m, id) == 0) {
			m->state[id] = RESOURCE_DESTROYING;
			expect(m, REPORT_WORK, id);
		}
	}
}

/** An assertion that is made too often for Check to be told of each. */
static void
must(bool holds)
{
	if (!holds) {
		ck_abort_msg("the engine has another resource than the model");
	}
}

/** What was told of works and resources is what was expected. */
static void
compare_told(struct model *m)
{
	struct rig *r = m->rig;

	for (uint32_t i = 0; i < r->reports; i++) {
		uint32_t kind = r->report[i].kind;
		if (kind < REPORT_WORK || kind > REPORT_JOB_ENDED) {
			continue;
		}
		uint32_t *count = &m->tell[kind][r->report[i].id + 1];
		if (*count == 0) {
			ck_abort_msg("told %u of %d", kind, r->report[i].id);
		}
		(*count)--;
	}
	for (uint32_t kind = REPORT_WORK; kind <= REPORT_JOB_ENDED; kind++) {
		for (int i = 0; i < 64; i++) {
			if (m->tell[kind][i] != 0) {
				ck_abort_msg("not told %u of %d", kind, i - 1);
			}
		}
	}
	r->reports = 0;
}

/** Every resource is as the model has it, its holders by name. */
static void
compare_all(struct model *m)
{
	struct rig *r = m->rig;
	uint32_t at = 0;

	must(rig_ask(r, -1) == 0);
	for (int32_t id = 0; id < RESOURCES; id++) {
		if (m->state[id] == RESOURCE_FREE) {
			continue;
		}
		must(at < r->resources->count);
		const struct resource_item *i = &r->resources->item[at];
		const int32_t *holder = &r->holder[at * RIG_HOLDERS];
		must(i->id == id);
		must(i->state == m->state[id]);
		must(i->references == held(m, id));
		for (uint32_t k = 0; k < i->holders; k++) {
			bool known = false;
			for (int j = 0; j < JOBS_MAX; j++) {
				const struct model_job *job = &m->job[j];
				int32_t name =
					job->id < 0 ? job->node : -1 - job->id;
				known = known || (job->out && job->has[id] &&
							 name == holder[k]);
			}
			must(known || (holder[k] > 0 &&
					      held_by_node(&m->node[holder[k]],
						      id) > 0));
		}
		must((i->holders == 0) == (i->references == 0));
		at++;
	}
	must(at == r->resources->count);
	r->reports = 0;
}

static void
answer(struct model *m, uint32_t got, uint32_t want)
{
	if (got != want) {
		ck_abort_msg("answered %u, not %u", got, want);
	}
	m->done[got == 0 ? 0 : 1]++;
}

static void
step_new(struct model *m)
{
	int32_t id = (int32_t)dice(m, RESOURCES + 2) - 1;
	uint32_t want = id < 0 || id >= RESOURCES       ? REASON_RESOURCE_RANGE
			: m->state[id] != RESOURCE_FREE ? REASON_RESOURCE_TAKEN
							: 0;

	if (want == 0) {
		m->state[id] = RESOURCE_CONSTRUCTING;
		m->doomed[id] = false;
		expect(m, REPORT_WORK, id);
	}
	answer(m, rig_resource(m->rig, class_of(id), id), want);
}

static void
step_free(struct model *m)
{
	int32_t id = (int32_t)dice(m, RESOURCES + 2) - 1;
	uint32_t want = 0;

	if (id < 0 || id >= RESOURCES) {
		want = REASON_RESOURCE_RANGE;
	} else if (m->state[id] == RESOURCE_CONSTRUCTING) {
		m->doomed[id] = true;
	} else if (m->state[id] == RESOURCE_LIVE) {
		m->state[id] = RESOURCE_FREE_PENDING;
	} else if (m->state[id] != RESOURCE_FREE_PENDING) {
		want = REASON_RESOURCE_STATE;
	}
	settle(m);
	answer(m, rig_simple(m->rig, COMMAND_RESOURCE_FREE, id), want);
}

static void
step_node(struct model *m)
{
	int32_t id = 1 + (int32_t)dice(m, NODES);
	struct model_node *n = &m->node[id];

	if (n->alive) {
		memset(n, 0, sizeof *n);
		settle(m);
		answer(m, rig_simple(m->rig, COMMAND_FREE, id), 0);
		return;
	}
	int32_t bind[2];
	uint32_t want = 0;
	for (int i = 0; i < 2; i++) {
		bind[i] = (int32_t)dice(m, RESOURCES + 3) - 2;
		bind[i] = dice(m, 2) == 0 ? -1 : bind[i];
		if (want == 0 && bind[i] != -1) {
			want = judge(
				m, bind[i], i == 0 ? &rig_thing : &rig_other);
		}
	}
	rig_reads.code = dice(m, 8) == 0 ? 500 : 0;
	if (want == 0 && rig_reads.code != 0) {
		want = REASON_CONSTRUCT;
	}
	answer(m, rig_reader_new(m->rig, id, bind[0], bind[1]), want);
	if (want == 0) {
		*n = (struct model_node){
			.alive = true,
			.bound = {bind[0], bind[1]},
			.synth = rig_reads.synth
                };
	}
}

/** How many holds for what is acquired are in use. */
static uint32_t
kept(const struct model *m)
{
	uint32_t count = 0;

	for (int n = 1; n <= NODES; n++) {
		for (int i = 0; i < RESOURCES && m->node[n].alive; i++) {
			count += m->node[n].kept[i] != 0 ? 1 : 0;
		}
	}
	return count;
}

static bool
can_keep(const struct model *m, const struct model_node *n, int32_t id)
{
	return n->kept[id] != 0 || kept(m) < HOLDS_PER_NODE * (NODES + 1);
}

static void
step_bind(struct model *m)
{
	int32_t id = 1 + (int32_t)dice(m, NODES);
	struct model_node *n = &m->node[id];
	uint32_t port = dice(m, 2);
	int32_t to = (int32_t)dice(m, RESOURCES + 3) - 2;
	uint32_t want = 0;

	rig_reads.keeps = dice(m, 3) == 0;
	if (!n->alive) {
		want = REASON_NODE_MISSING;
	} else if (to != -1 && to != n->bound[port]) {
		want = judge(m, to, port == 0 ? &rig_thing : &rig_other);
	}
	if (n->alive && want == 0 && n->bound[port] != -1 &&
		n->bound[port] != to && !can_keep(m, n, n->bound[port])) {
		want = REASON_HOLDS_FULL;
	}
	if (want == 0) {
		int32_t old = n->bound[port];
		if (old != to && old != -1 && rig_reads.keeps) {
			n->kept[old]++;
		}
		n->bound[port] = to;
		settle(m);
	}
	answer(m, rig_bind(m->rig, id, port == 0 ? "thing" : "other", to),
		want);
}

static void
step_acquire(struct model *m)
{
	struct model_node *n = &m->node[1 + dice(m, NODES)];
	int32_t id = (int32_t)dice(m, RESOURCES + 2) - 1;
	const TactusResourceDef *class = class_of(id);
	const TactusWorld *w = rig_reads.world;

	if (!n->alive) {
		return;
	}
	if (dice(m, 2) == 0) {
		if (id >= 0 && id < RESOURCES && n->kept[id] != 0) {
			n->kept[id]--;
			settle(m);
		}
		w->resource_release(w, n->synth, id);
		rig_look(m->rig);
		return;
	}
	class = dice(m, 5) == 0 ? &rig_thing : class;
	bool want = judge(m, id, class) == 0 && can_keep(m, n, id);
	must((w->resource_acquire(w, n->synth, id, class->uri) != NULL) ==
		want);
	if (want) {
		n->kept[id]++;
	}
}

static int
work(const TactusHost *host, void *const *resources, uint32_t count, void *data)
{
	(void)host;
	(void)resources;
	(void)count;
	(void)data;
	return 0;
}

/** What judging of a job comes to; `node` NULL: a client's. */
static uint32_t
judge_job(const struct model *m, uint32_t count, const int32_t *ids, bool alone,
	const struct model_node *node)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t want = judge(m, ids[i], NULL);
		if (want != 0) {
			return want;
		}
		uint32_t own = node != NULL ? held_by_node(node, ids[i]) : 0;
		if (alone && held(m, ids[i]) != own) {
			return REASON_RESOURCE_HELD;
		}
	}
	return 0;
}

static void
step_job(struct model *m)
{
	uint32_t at = dice(m, JOBS_MAX);
	struct model_job *j = &m->job[at];
	int32_t node = 1 + (int32_t)dice(m, NODES);
	const TactusWorld *w = rig_reads.world;
	bool synths = at >= JOBS_MAX / 2;
	bool alone = dice(m, 3) == 0;
	uint32_t count = dice(m, 4);
	int32_t ids[4] = {0};

	for (uint32_t i = 0; i < count; i++) {
		ids[i] = (int32_t)dice(m, 20) == 0
				 ? RESOURCES
				 : (int32_t)dice(m, RESOURCES);
	}
	if (synths && (!m->node[node].alive || j->out)) {
		return;
	}
	uint32_t want =
		judge_job(m, count, ids, alone, synths ? &m->node[node] : NULL);
	if (j->out) {
		want = REASON_JOB_TAKEN;
	}
	if (want == 0) {
		*j = (struct model_job){.out = true,
			.alone = alone,
			.id = synths ? -1 : (int32_t)at,
			.node = node};
		for (uint32_t i = 0; i < count; i++) {
			j->has[ids[i]] = true;
		}
		expect(m, REPORT_WORK, j->id);
	}
	if (!synths) {
		answer(m, rig_job(m->rig, (int32_t)at, alone, count, ids),
			want);
		return;
	}
	TactusPerform p = {.size = sizeof p,
		.count = count,
		.ids = ids,
		.exclusive = alone,
		.bytes = sizeof at,
		.data = &at,
		.perform = work};
	int code = w->perform_with_resources(w, m->node[node].synth, &p);
	must((code == 0) == (want == 0));
	rig_look(m->rig);
}

static void
step_done(struct model *m)
{
	struct rig *r = m->rig;

	if (r->outs == 0) {
		return;
	}
	uint32_t i = dice(m, r->outs);
	struct work *w = r->out_work[i];
	bool good = dice(m, 5) != 0;
	int32_t id = w->id;
	uint32_t at;

	m->done[2]++;
	switch ((enum work_kind)w->kind) {
	case WORK_CONSTRUCT:
		w->given_up = dice(m, 8) == 0;
		if (!good) {
			m->state[id] = RESOURCE_FREE;
			expect(m, REPORT_RESOURCE_ENDED, id);
		} else if (m->doomed[id] || w->given_up) {
			m->state[id] = RESOURCE_DESTROYING;
			expect(m, REPORT_WORK, id);
		} else {
			m->state[id] = RESOURCE_LIVE;
			expect(m, REPORT_RESOURCE_READY, id);
		}
		break;
	case WORK_DESTROY:
		m->state[id] = RESOURCE_FREE;
		expect(m, REPORT_RESOURCE_ENDED, id);
		break;
	case WORK_JOB:
		m->job[id].out = false;
		expect(m, REPORT_JOB_ENDED, id);
		settle(m);
		break;
	case WORK_PERFORM:
		memcpy(&at, w->data, sizeof at);
		m->job[at].out = false;
		settle(m);
		break;
	}
	rig_done(r, i, good);
	rig_look(r);
}

START_TEST(resources_are_as_a_naive_model_has_them)
{
	static void (*const steps[])(struct model *) = {step_new, step_free,
		step_node, step_bind, step_bind, step_acquire, step_acquire,
		step_job, step_job, step_done, step_done, step_done};
	struct model m = {.random = 1000 + (uint32_t)_i};

	rig_reads = (struct rig_reads){0};
	m.rig = rig_new();
	m.rig->config.max_resources = RESOURCES;
	m.rig->config.max_nodes = NODES + 1;
	rig_open(m.rig);
	ck_assert_uint_eq(rig_reader_new(m.rig, 1, -1, -1), 0);
	m.node[1] = (struct model_node){
		.alive = true, .bound = {-1, -1},
                     .synth = rig_reads.synth
        };
	for (int i = 0; i < STEPS; i++) {
		steps[dice(&m, sizeof steps / sizeof *steps)](&m);
		compare_told(&m);
		compare_all(&m);
	}
	/* all kinds of things happened, good and bad */
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_gt(m.done[i], 1000);
	}
	rig_close(m.rig);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("resource_model");

	tcase_add_loop_test(tc, resources_are_as_a_naive_model_has_them, 0, 4);
	return suite_run("rt/resource/resource_model", tc);
}
