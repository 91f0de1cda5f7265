/* SPDX-License-Identifier: MIT */
/*
 * gate.c -- see gate.h.  Any worker may be in it; one mutex guards it all.
 */
#include "gate.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/** After this long something hangs. */
#define DEADLINE_SECONDS 60

struct place {
	bool taken;
	bool let;
	bool ok;
	struct gate_work work;
};

struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool open;
	uint64_t tickets;
	uint32_t inside; /* and not yet let out */
	uint32_t made;
	uint32_t destroyed;
	struct place place[GATE_WORKS];
};

/* the gate that the defs go through: there is no other way to them */
static struct gate *the_gate;

struct gate *
gate_open(void)
{
	struct gate *g = calloc(1, sizeof *g);

	ck_assert_ptr_nonnull(g);
	pthread_mutex_init(&g->mutex, NULL);
	pthread_cond_init(&g->changed, NULL);
	the_gate = g;
	return g;
}

void
gate_close(struct gate *g)
{
	ck_assert_uint_eq(gate_count(g), 0);
	pthread_mutex_destroy(&g->mutex);
	pthread_cond_destroy(&g->changed);
	free(g);
}

/** Go in, and out when the test says so. @return whether all is well */
static bool
enter(struct gate *g, struct gate_work work)
{
	bool ok = true;
	uint32_t i = 0;

	pthread_mutex_lock(&g->mutex);
	if (!g->open) {
		while (g->place[i].taken) {
			i++;
			ck_assert_uint_lt(i, GATE_WORKS);
		}
		work.ticket = ++g->tickets;
		g->place[i] = (struct place){.taken = true, .work = work};
		g->inside++;
		pthread_cond_broadcast(&g->changed);
		while (!g->place[i].let && !g->open) {
			pthread_cond_wait(&g->changed, &g->mutex);
		}
		if (!g->place[i].let) {
			g->inside--;
		} else {
			ok = g->place[i].ok;
		}
		g->place[i].taken = false;
	}
	pthread_mutex_unlock(&g->mutex);
	return ok;
}

static int
check_tag(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	int64_t tag = 0;

	(void)host;
	if (count > 1 ||
		(count == 1 && !tactus_value_whole(&values[0], &tag))) {
		(void)snprintf(reason, size, "the one argument is a tag");
		return 400;
	}
	if (tag < 0 || tag > 1000000) {
		(void)snprintf(reason, size, "a tag is within 0 … 1000000");
		return tag < 0 ? 422 : 413;
	}
	return 0;
}

static void *
construct(const TactusHost *host, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	struct gate *g = the_gate;
	int64_t tag = -1;

	if (count > 0 && !tactus_value_whole(&values[0], &tag)) {
		tag = -1;
	}
	struct gate_work work = {.step = GATE_CONSTRUCT,
		.tag = (int32_t)tag,
		.job = job,
		.host = host};
	if (!enter(g, work)) {
		(void)snprintf(reason, size, "the test says no");
		return NULL;
	}
	struct gate_instance *made = host->alloc(host, sizeof *made);
	if (made == NULL) {
		(void)snprintf(reason, size, "no memory");
		return NULL;
	}
	made->gate = g;
	made->tag = (int32_t)tag;
	pthread_mutex_lock(&g->mutex);
	g->made++;
	pthread_mutex_unlock(&g->mutex);
	return made;
}

static void
destroy(const TactusHost *host, void *resource)
{
	struct gate_instance *made = resource;
	struct gate *g = made->gate;
	struct gate_work work = {
		.step = GATE_DESTROY, .tag = made->tag, .host = host};

	pthread_mutex_lock(&g->mutex);
	/* once, and while no job has it */
	ck_assert_uint_eq(made->destroyed, 0);
	ck_assert_uint_eq(made->jobs, 0);
	made->destroyed++;
	g->destroyed++;
	pthread_mutex_unlock(&g->mutex);
	(void)enter(g, work);
	host->free(host, made);
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	struct gate *g = the_gate;
	int64_t tag = -1;
	struct gate_work work = {.step = GATE_PERFORM,
		.job = job,
		.host = host,
		.resources = resource_count};

	if (count > 0 && !tactus_value_whole(&values[0], &tag)) {
		tag = -1;
	}
	work.tag = (int32_t)tag;
	pthread_mutex_lock(&g->mutex);
	for (uint32_t i = 0; i < resource_count; i++) {
		struct gate_instance *made = resources[i];
		ck_assert_uint_eq(made->destroyed, 0);
		made->jobs++;
		work.resource[i] = made->tag;
	}
	pthread_mutex_unlock(&g->mutex);
	/* both are allowed, at any time */
	host->progress(host, job, 0.5);
	host->log(host, TACTUS_LOG_DEBUG, "in the gate");
	bool ok = enter(g, work);
	pthread_mutex_lock(&g->mutex);
	for (uint32_t i = 0; i < resource_count; i++) {
		struct gate_instance *made = resources[i];
		made->jobs--;
	}
	pthread_mutex_unlock(&g->mutex);
	if (!ok) {
		(void)snprintf(reason, size, "the test says no");
		return -1;
	}
	TactusValue result = {.type = 'i', .integer = tag};
	return host->result(host, job, &result) ? 0 : -1;
}

int
gate_pass(void *instance, int32_t tag)
{
	struct gate_instance *made = instance;
	struct gate_work work = {.step = GATE_PERFORM, .tag = tag};

	pthread_mutex_lock(&made->gate->mutex);
	ck_assert_uint_eq(made->destroyed, 0);
	made->jobs++;
	pthread_mutex_unlock(&made->gate->mutex);
	bool ok = enter(made->gate, work);
	pthread_mutex_lock(&made->gate->mutex);
	made->jobs--;
	pthread_mutex_unlock(&made->gate->mutex);
	return ok ? tag : -1;
}

const TactusResourceDef gate_class_a = {
	.size = sizeof(TactusResourceDef),
	.flags = TACTUS_MUTABLE,
	.uri = GATE_A_URI,
	.name = "test-a",
	.doc = "A resource that waits for the test.",
	.arguments = "[i:tag]",
	.check = check_tag,
	.construct = construct,
	.destroy = destroy,
};

const TactusResourceDef gate_class_b = {
	.size = sizeof(TactusResourceDef),
	.uri = GATE_B_URI,
	.name = "test-b",
	.doc = "Another one.",
	.arguments = "[i:tag]",
	.check = check_tag,
	.construct = construct,
	.destroy = destroy,
};

const TactusJobDef gate_job = {
	.size = sizeof(TactusJobDef),
	.uri = GATE_JOB_URI,
	.name = "test-job",
	.doc = "A job that waits for the test.",
	.arguments = "[i:tag]",
	.results = "i:tag",
	.most = TACTUS_MAX_JOB_RESOURCES,
	.perform = perform,
};

void
gate_set_open(struct gate *g, bool open)
{
	pthread_mutex_lock(&g->mutex);
	g->open = open;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->mutex);
}

void
gate_await(struct gate *g, uint32_t count)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += DEADLINE_SECONDS;
	pthread_mutex_lock(&g->mutex);
	while (g->inside < count) {
		int err =
			pthread_cond_timedwait(&g->changed, &g->mutex, &until);
		ck_assert_msg(err == 0, "%u of %u works came to the gate",
			g->inside, count);
	}
	pthread_mutex_unlock(&g->mutex);
}

uint32_t
gate_count(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	uint32_t inside = g->inside;
	pthread_mutex_unlock(&g->mutex);
	return inside;
}

/** By tag, then by step: the same on every run, whoever came first. */
static int
by_tag(const void *a, const void *b)
{
	const struct gate_work *x = a;
	const struct gate_work *y = b;

	if (x->tag != y->tag) {
		return x->tag < y->tag ? -1 : 1;
	}
	return (int)x->step - (int)y->step;
}

uint32_t
gate_look(struct gate *g, struct gate_work out[GATE_WORKS])
{
	uint32_t count = 0;

	pthread_mutex_lock(&g->mutex);
	for (uint32_t i = 0; i < GATE_WORKS; i++) {
		if (g->place[i].taken && !g->place[i].let) {
			out[count++] = g->place[i].work;
		}
	}
	pthread_mutex_unlock(&g->mutex);
	qsort(out, count, sizeof *out, by_tag);
	return count;
}

void
gate_let(struct gate *g, uint64_t ticket, bool ok)
{
	bool found = false;

	pthread_mutex_lock(&g->mutex);
	for (uint32_t i = 0; i < GATE_WORKS; i++) {
		struct place *p = &g->place[i];
		if (p->taken && !p->let && p->work.ticket == ticket) {
			p->let = true;
			p->ok = ok;
			g->inside--;
			found = true;
		}
	}
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->mutex);
	ck_assert(found);
}

uint32_t
gate_made(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	uint32_t made = g->made;
	pthread_mutex_unlock(&g->mutex);
	return made;
}

uint32_t
gate_destroyed(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	uint32_t destroyed = g->destroyed;
	pthread_mutex_unlock(&g->mutex);
	return destroyed;
}
