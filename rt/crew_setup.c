/* SPDX-License-Identifier: MIT */
/*
 * crew_setup.c -- how a crew is made and ended; see crew.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "birth_setup.h"
#include "crew_private.h"
#include "wait.h"

/* Memory on lines of its own, all zeros, touched. */
static void *
take(size_t bytes)
{
	size_t line = 2 * CACHE_LINE;

	bytes = (bytes + line - 1) / line * line;
	void *memory = aligned_alloc(line, bytes);
	if (memory != NULL) {
		memset(memory, 0, bytes);
	}
	return memory;
}

static void
run(void *user)
{
	struct crew_helper *h = user;
	struct crew *c = h->crew;

	if (!c->absent) {
		crew_run(h);
	}
}

static int
start(struct crew *c, const struct crew_config *config, uint32_t who,
	struct rt_rights *got)
{
	struct crew_helper *h = &c->helper[who];

	h->crew = c;
	h->who = who;
	(void)snprintf(h->name, sizeof h->name, "rt-%u", who);
	struct birth_config bc = {
		.name = h->name,
		.realtime = config->realtime,
		.priority = config->priority,
		.audit = config->audit,
		.who = AUDIT_HELPER,
		.plugin_pcm = config->plugin_pcm,
		.write_fd = -1,
		.read_fd = -1,
		.run = run,
		.user = h,
	};
	if (config->cpu_count > 0) {
		bc.cpus = &config->cpus[who % config->cpu_count];
		bc.cpu_count = 1;
	}
	return birth_open(&bc, &h->birth, got);
}

int
crew_open(const struct crew_config *config, struct crew **out,
	struct rt_rights *got)
{
	uint32_t threads = config->threads;
	struct crew *c = take(sizeof *c);
	if (c == NULL) {
		return -ENOMEM;
	}
	c->threads = threads;
	c->absent = config->absent;
	c->epoch_at_open = config->epoch;
	atomic_init(&c->epoch, config->epoch);
	c->range = take(threads * sizeof *c->range);
	c->helper = take(threads * sizeof *c->helper);
	c->busy_seen = take(threads * sizeof *c->busy_seen);
	int err = c->range == NULL || c->helper == NULL || c->busy_seen == NULL
			  ? -ENOMEM
			  : 0;
	for (uint32_t i = 0; err == 0 && i < threads; i++) {
		atomic_init(&c->range[i].word, (uint64_t)config->epoch << 32);
	}
	for (uint32_t i = 1; err == 0 && i < threads; i++) {
		err = start(c, config, i, got);
		c->helpers += err == 0 ? 1 : 0;
	}
	if (err != 0) {
		/* those that were made have not been let go */
		crew_close(c);
		return err;
	}
	for (uint32_t i = 1; i < threads; i++) {
		birth_go(c->helper[i].birth, true);
	}
	*out = c;
	return 0;
}

void
crew_close(struct crew *c)
{
	if (c == NULL) {
		return;
	}
	/* seq_cst: pairs with await_stage and sleep_until_called */
	atomic_store_explicit(&c->over, true, memory_order_seq_cst);
	(void)atomic_fetch_add_explicit(&c->call, 1, memory_order_seq_cst);
	wait_wake(&c->call);
	for (uint32_t i = 1; i <= c->helpers; i++) {
		birth_close(c->helper[i].birth);
	}
	free(c->busy_seen);
	free(c->helper);
	free(c->range);
	free(c);
}

int
crew_thread_id(const struct crew *c, uint32_t i)
{
	return birth_thread_id(c->helper[i].birth);
}

int
crew_audit_fd(const struct crew *c, uint32_t i)
{
	return birth_audit_fd(c->helper[i].birth);
}
