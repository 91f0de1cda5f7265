/* SPDX-License-Identifier: MIT */
/*
 * trial.c -- see trial.h.  The gate is the tests' and the workers' alike.
 */
#include "trial.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "classes.h"
#include "defs.h"
#include "loader.h"

#define DEADLINE_S 20

/** A resource: what it was made with. */
struct thing {
	uint64_t bytes;
	bool late;
};

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t turned;
	uint32_t here;   /* at the gate */
	uint32_t passes; /* that the test has given */
	uint32_t constructs;
	uint32_t destroys;
	uint32_t performs;
} gate = {
	.mutex = PTHREAD_MUTEX_INITIALIZER, .turned = PTHREAD_COND_INITIALIZER};

static void
lock(void)
{
	(void)pthread_mutex_lock(&gate.mutex);
}

static void
unlock(void)
{
	(void)pthread_mutex_unlock(&gate.mutex);
}

static struct timespec
soon(long ms)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

/** Wait at the gate; `job` not NULL: until it is cancelled, too. */
static void
pass(const TactusHost *host, const TactusJob *job)
{
	lock();
	gate.here++;
	(void)pthread_cond_broadcast(&gate.turned);
	while (gate.passes == 0 &&
		(job == NULL || !host->is_cancelled(host, job))) {
		struct timespec end = soon(5);
		(void)pthread_cond_timedwait(&gate.turned, &gate.mutex, &end);
	}
	gate.passes -= gate.passes > 0 ? 1 : 0;
	gate.here--;
	unlock();
}

void
trial_let(uint32_t count)
{
	lock();
	gate.passes += count;
	(void)pthread_cond_broadcast(&gate.turned);
	unlock();
}

void
trial_pass(struct rooms *r, uint32_t count, const char *told)
{
	trial_let(count);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), told);
}

void
trial_wait(uint32_t count)
{
	struct timespec end = soon(DEADLINE_S * 1000);
	int err = 0;

	lock();
	while (gate.here < count && err == 0) {
		err = pthread_cond_timedwait(&gate.turned, &gate.mutex, &end);
	}
	uint32_t here = gate.here;
	unlock();
	ck_assert_uint_ge(here, count);
}

static uint32_t
read_count(const uint32_t *count)
{
	lock();
	uint32_t n = *count;
	unlock();
	return n;
}

static void
add_count(uint32_t *count)
{
	lock();
	++*count;
	unlock();
}

uint32_t
trial_constructs(void)
{
	return read_count(&gate.constructs);
}

uint32_t
trial_destroys(void)
{
	return read_count(&gate.destroys);
}

uint32_t
trial_performs(void)
{
	return read_count(&gate.performs);
}

static bool
has(const TactusValue *values, uint32_t count, const char *word)
{
	for (uint32_t i = 0; i < count; i++) {
		if (values[i].type == 's' &&
			strcmp(values[i].string, word) == 0) {
			return true;
		}
	}
	return false;
}

/** "code" N: refuse with that code. */
static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	if (count == 2 && has(values, 1, "code")) {
		(void)snprintf(reason, size, "told to refuse");
		return (int)values[1].integer;
	}
	if (count == 1 && has(values, 1, "quiet")) {
		return 422;
	}
	return 0;
}

/** Do what the words say. @return false: fail */
static bool
obey(const TactusHost *host, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	if (has(values, count, "half")) {
		host->progress(host, job, 0.5);
	}
	if (has(values, count, "gate")) {
		pass(host, NULL);
	}
	if (has(values, count, "polite")) {
		pass(host, job);
	}
	if (has(values, count, "fail")) {
		(void)snprintf(reason, size, "told to fail");
	}
	return !has(values, count, "fail") && !has(values, count, "mute");
}

static void *
construct(const TactusHost *host, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	uint64_t bytes = sizeof(struct thing);

	add_count(&gate.constructs);
	if (!obey(host, values, count, job, reason, size)) {
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++) {
		bytes +=
			values[i].type == 'i' ? (uint64_t)values[i].integer : 0;
	}
	struct thing *t = host->alloc(host, bytes);
	if (t == NULL) {
		(void)snprintf(reason, size, "no memory");
		return NULL;
	}
	t->bytes = bytes;
	t->late = has(values, count, "late");
	return t;
}

static void
destroy(const TactusHost *host, void *resource)
{
	struct thing *t = resource;

	if (t->late) {
		pass(host, NULL);
	}
	host->free(host, t);
	add_count(&gate.destroys);
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	TactusValue all = {.type = 'i', .integer = resource_count};

	(void)resources;
	add_count(&gate.performs);
	if (!obey(host, values, count, job, reason, size)) {
		return -1;
	}
	(void)host->result(host, job, &all);
	uint32_t times = has(values, count, "many") ? 20000 : 1;
	for (uint32_t k = 0; k < times; k++) {
		for (uint32_t i = 0; i < count; i++) {
			TactusValue v = values[i];
			bool wide = v.type == 'i' && v.integer > INT32_MAX;
			v.type = wide ? 'h' : v.type;
			if (!host->result(host, job, &v)) {
				return 0;
			}
		}
	}
	return 0;
}

static const TactusResourceDef things[] = {
	{
         .size = sizeof(TactusResourceDef),
         .flags = TACTUS_MUTABLE,
         .uri = TRIAL_THING,
         .name = "trial-thing",
         .doc = "A thing.",
         .arguments = "s word ...",
         .check = check,
         .construct = construct,
         .destroy = destroy,
	 },
	{
         .size = sizeof(TactusResourceDef),
         .uri = TRIAL_OTHER,
         .name = "trial-other",
         .construct = construct,
         .destroy = destroy,
	 },
	{
         .size = sizeof(TactusResourceDef),
         .uri = TRIAL_OFF,
         .name = "trial-off",
         .construct = construct,
         .destroy = destroy,
	 },
};

static const TactusJobDef jobs[] = {
	{
         .size = sizeof(TactusJobDef),
         .uri = TRIAL_WORK,
         .name = "trial-work",
         .doc = "Work.",
         .arguments = "s word ...",
         .results = "i resources, and the arguments",
         .most = TACTUS_MAX_JOB_RESOURCES,
         .check = check,
         .perform = perform,
	 },
	{
         .size = sizeof(TactusJobDef),
         .flags = TACTUS_JOB_EXCLUSIVE,
         .uri = TRIAL_ALONE,
         .name = "trial-alone",
         .resource = TRIAL_THING,
         .least = 1,
         .most = 1,
         .perform = perform,
	 },
};

static uint32_t
port_count(const void *options)
{
	(void)options;
	return 3;
}

static void
port(const TactusHost *host, const void *options, uint32_t i, TactusPort *out)
{
	static const char *const name[] = {"level", "thing", "other"};

	(void)host;
	(void)options;
	(void)snprintf(out->name, sizeof out->name, "%s", name[i]);
	out->maximum = i == 0 ? 1.0F : 0.0F;
	out->kind = i == 0 ? TACTUS_CONTROL : TACTUS_RESOURCE;
	out->resource = i == 0 ? NULL : i == 1 ? TRIAL_THING : TRIAL_OTHER;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

static const TactusSynthDef user = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:tactus:synthdef:trial-user:1",
	.name = "trial-user",
	.port_count = port_count,
	.port = port,
	.process = process,
};

/* --- a synth that asks for a work --- */

struct asker {
	bool back;
	int result;
};

static int
work(const TactusHost *host, void *const *resources, uint32_t count, void *data)
{
	(void)host;
	(void)resources;
	(void)count;
	(void)data;
	return 7;
}

TACTUS_RT static void
work_is_back(const TactusWorld *world, TactusSynth *synth, int result,
	const void *data)
{
	struct asker *a = synth->self;

	(void)world;
	(void)data;
	a->back = true;
	a->result = result;
}

TACTUS_RT static void
ask(const TactusWorld *world, TactusSynth *synth)
{
	struct asker *a = synth->self;
	const TactusPerform what = {
		.size = sizeof what, .perform = work, .done = work_is_back};

	a->result = world->perform_with_resources(world, synth, &what);
	a->back = a->result != 0;
}

TACTUS_RT static void
tell(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct asker *a = synth->self;
	double result = a->result;

	(void)frames;
	if (a->back) {
		(void)world->notify(world, synth, "/trial/done", "i", &result);
		a->back = false;
	}
}

static const TactusSynthDef asker = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:tactus:synthdef:trial-asker:1",
	.name = "trial-asker",
	.instance_bytes = sizeof(struct asker),
	.activate = ask,
	.process = tell,
};

void
trial_add(struct rooms *r)
{
	struct classes *c = loader_classes(r->loader);
	char why[200];

	lock();
	gate.here = 0;
	gate.passes = 0;
	gate.constructs = 0;
	gate.destroys = 0;
	gate.performs = 0;
	unlock();
	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
		ck_assert_int_eq(
			classes_add_resource(c, &things[i], why, sizeof why),
			0);
	}
	for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
		ck_assert_int_eq(
			classes_add_job(c, &jobs[i], why, sizeof why), 0);
	}
	ck_assert_int_eq(
		defs_add(loader_defs(r->loader), &user, why, sizeof why), 0);
	ck_assert_int_eq(
		defs_add(loader_defs(r->loader), &asker, why, sizeof why), 0);
}
