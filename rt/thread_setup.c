/* SPDX-License-Identifier: MIT */
/*
 * thread_setup.c -- the rt thread and its crew are made and end; see thread.h.
 *
 * Each thread takes its own rights, says so, and waits for the word to go;
 * whoever starts them locks the memory meanwhile, when all of it is there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "birth_setup.h"
#include "crew.h"
#include "lock_setup.h"
#include "thread_private.h"

static void
run(void *user)
{
	struct rt_thread *t = user;

	thread_run(t);
}

static void
lock_memory(const struct rt_config *config, struct rt_rights *r)
{
	if (!config->lock_memory || config->offline) {
		return;
	}
	int err = lock_setup_all();
	if (err == 0) {
		rights_grant(r, RT_RIGHT_MEMORY);
		return;
	}
	rights_refuse(r, RT_RIGHT_MEMORY, -err,
		"memory cannot be locked (%s), it may be paged out: give the "
		"user memlock unlimited in /etc/security/limits.d, or the "
		"unit LimitMEMLOCK=infinity",
		strerror(-err));
}

/* One block for the drivers that have no card to write to. */
static int
take_memory(struct rt_thread *t)
{
	const struct engine_config *c = engine_config(t->engine);
	size_t row = ((size_t)c->block + 15) / 16 * 16;
	size_t bytes = (c->outputs + 1) * row * sizeof(float);

	t->out = calloc((size_t)c->outputs + 1, sizeof *t->out);
	float *memory = aligned_alloc(64, bytes);
	if (t->out == NULL || memory == NULL) {
		free(memory);
		return -ENOMEM;
	}
	memset(memory, 0, bytes);
	for (uint32_t i = 0; i <= c->outputs; i++) {
		t->out[i] = memory + i * row;
	}
	return 0;
}

/* The helpers, of the same rights as rt. */
static int
open_crew(struct rt_thread *t, const struct rt_config *config,
	struct rt_rights *got)
{
	const struct crew_config cc = {
		.threads = engine_config(t->engine)->threads,
		.realtime = config->realtime && !config->offline,
		.priority = config->priority,
		.cpus = config->cpus,
		.cpu_count = config->cpu_count,
		.audit = config->audit,
		.plugin_pcm = config->plugin_pcm,
	};

	if (cc.threads <= 1) {
		return 0;
	}
	int err = crew_open(&cc, &t->crew, got);
	if (err == 0) {
		engine_use_crew(t->engine, t->crew);
	}
	return err;
}

static int
open_rt(struct rt_thread *t, const struct rt_config *config,
	struct rt_rights *got)
{
	struct birth_config bc = {
		.name = "rt",
		.realtime = config->realtime && !config->offline,
		.priority = config->priority,
		.cpus = config->cpus,
		.cpu_count = config->cpu_count,
		.audit = config->audit,
		.who = AUDIT_RT,
		.plugin_pcm = config->plugin_pcm,
		.write_fd = t->wire->loop.fd,
		.read_fd = config->offline ? t->wire->rt.fd : -1,
		.run = run,
		.user = t,
	};

	if (t->crew != NULL && bc.cpu_count > 0) {
		/* each to one of its own; alone it may have them all */
		bc.cpu_count = 1;
	}
	return birth_open(&bc, &t->birth, got);
}

int
rt_start(const struct rt_config *config, struct engine *e, struct wire *wire,
	struct rt_thread **out, struct rt_rights *got)
{
	memset(got, 0, sizeof *got);
	struct rt_thread *t = calloc(1, sizeof *t);
	if (t == NULL) {
		return -ENOMEM;
	}
	t->engine = e;
	t->wire = wire;
	t->offline = config->offline;
	t->pace.rate = (uint32_t)(engine_config(e)->rate + 0.5);
	int err = take_memory(t);
	if (err == 0) {
		err = open_crew(t, config, got);
	}
	if (err == 0) {
		err = open_rt(t, config, got);
	}
	if (err != 0) {
		rt_join(t);
		return err;
	}
	t->clock.ops = &clock_real;
	t->clock.pace = &t->pace;
	t->clock.out = t->out;
	lock_memory(config, got);
	if (config->required && rights_is_refused(got)) {
		rt_join(t);
		return -EPERM;
	}
	birth_go(t->birth, true);
	*out = t;
	return 0;
}

void
rt_join(struct rt_thread *t)
{
	if (t == NULL) {
		return;
	}
	birth_close(t->birth);
	if (t->crew != NULL) {
		engine_use_crew(t->engine, NULL);
		crew_close(t->crew);
	}
	if (t->out != NULL) {
		free(t->out[0]);
	}
	free(t->out);
	free(t);
}

uint32_t
rt_threads(const struct rt_thread *t)
{
	return t->crew == NULL ? 1 : crew_threads(t->crew);
}

int
rt_audit_fd(const struct rt_thread *t, uint32_t i)
{
	return i == 0 ? birth_audit_fd(t->birth) : crew_audit_fd(t->crew, i);
}

int
rt_thread_id(const struct rt_thread *t, uint32_t i)
{
	return i == 0 ? birth_thread_id(t->birth) : crew_thread_id(t->crew, i);
}
