/* SPDX-License-Identifier: MIT */
/*
 * birth_setup.c -- see birth_setup.h.
 */
#include "birth_setup.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "thread_flush.h"

/* Sanitizers put red zones around everything. */
#define STACK_BYTES (audit_is_sanitized() ? 4 << 20 : 256 << 10)

enum word { WORD_WAIT, WORD_READY, WORD_GO, WORD_QUIT };

struct birth {
	struct birth_config config;
	struct rt_rights rights; /* the thread's, until WORD_READY */
	pthread_t id;
	int tid;
	pthread_mutex_t lock; /* guards word, until WORD_GO */
	pthread_cond_t said;
	enum word word;
	unsigned char *stack;
	size_t stack_bytes;
	struct audit *audit;
};

static void
take_schedule(struct birth *b)
{
	int priority = b->config.priority;
	struct sched_param param = {.sched_priority = priority};

	if (!b->config.realtime) {
		return;
	}
	int err = pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
	if (err == 0) {
		rights_grant(&b->rights, RT_RIGHT_SCHEDULE);
		return;
	}
	rights_refuse(&b->rights, RT_RIGHT_SCHEDULE, err,
		"SCHED_FIFO at priority %d is refused (%s), sound may break "
		"up: give the user rtprio %d in /etc/security/limits.d, or "
		"the unit LimitRTPRIO=%d",
		priority, strerror(err), priority, priority);
}

static void
take_cpus(struct birth *b)
{
	cpu_set_t set;

	if (b->config.cpu_count == 0) {
		return;
	}
	CPU_ZERO(&set);
	for (uint32_t i = 0; i < b->config.cpu_count; i++) {
		if (b->config.cpus[i] < CPU_SETSIZE) {
			CPU_SET(b->config.cpus[i], &set);
		}
	}
	int err = pthread_setaffinity_np(pthread_self(), sizeof set, &set);
	if (err == 0) {
		rights_grant(&b->rights, RT_RIGHT_CPUS);
		return;
	}
	rights_refuse(&b->rights, RT_RIGHT_CPUS, err,
		"the audio thread %s cannot be pinned to CPU %u%s (%s), it "
		"runs wherever the kernel likes: name CPUs in realtime.cpus "
		"that this process may use",
		b->config.name, b->config.cpus[0],
		b->config.cpu_count > 1 ? " or another that is named" : "",
		strerror(err));
}

static void
take_audit(struct birth *b)
{
	if (b->audit == NULL) {
		return;
	}
	int err = audit_load(b->audit);
	if (err == 0) {
		rights_grant(&b->rights, RT_RIGHT_AUDIT);
		return;
	}
	rights_refuse(&b->rights, RT_RIGHT_AUDIT, -err,
		"the audit cannot be on (%s): the kernel needs "
		"CONFIG_SECCOMP_FILTER, and 5.5 or later for \"log\"",
		strerror(-err));
}

static void
say(struct birth *b, enum word word)
{
	(void)pthread_mutex_lock(&b->lock);
	b->word = word;
	(void)pthread_cond_broadcast(&b->said);
	(void)pthread_mutex_unlock(&b->lock);
}

/* Wait until the word is past `word`. */
static enum word
listen_past(struct birth *b, enum word word)
{
	(void)pthread_mutex_lock(&b->lock);
	while (b->word <= word) {
		(void)pthread_cond_wait(&b->said, &b->lock);
	}
	enum word said = b->word;
	(void)pthread_mutex_unlock(&b->lock);
	return said;
}

static void *
thread_main(void *arg)
{
	struct birth *b = arg;

	(void)pthread_setname_np(pthread_self(), b->config.name);
	b->tid = gettid();
	thread_flush_denormals();
	take_cpus(b);
	take_schedule(b);
	take_audit(b);
	say(b, WORD_READY);
	if (listen_past(b, WORD_READY) == WORD_GO) {
		b->config.run(b->config.user);
	}
	return NULL;
}

static int
make_audit(struct birth *b)
{
	const struct birth_config *c = &b->config;

	if (c->audit == AUDIT_OFF) {
		return 0;
	}
	if (c->plugin_pcm) {
		rights_refuse(&b->rights, RT_RIGHT_AUDIT, 0,
			"the audit is off: the PCM is a plugin, which makes "
			"system calls of its own; it is for hw: devices");
		return 0;
	}
	if (audit_is_sanitized()) {
		rights_refuse(&b->rights, RT_RIGHT_AUDIT, 0,
			"the audit is off: this build has sanitizers, which "
			"make system calls of their own");
		return 0;
	}
	int err = audit_open(
		c->audit, c->who, c->write_fd, c->read_fd, &b->audit);
	if (err != 0) {
		rights_refuse(&b->rights, RT_RIGHT_AUDIT, -err,
			"the audit's filter cannot be made (%s)",
			strerror(-err));
	}
	return err == -ENOMEM ? err : 0;
}

/* A stack of its own: touched, and with a page below that traps. */
static int
take_stack(struct birth *b)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	b->stack_bytes = (size_t)STACK_BYTES + page;
	void *stack = mmap(NULL, b->stack_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_POPULATE, -1, 0);
	if (stack == MAP_FAILED) {
		return -ENOMEM;
	}
	b->stack = stack;
	return mprotect(stack, page, PROT_NONE) == 0 ? 0 : -errno;
}

static void
birth_free(struct birth *b)
{
	audit_close(b->audit);
	if (b->stack != NULL) {
		(void)munmap(b->stack, b->stack_bytes);
	}
	(void)pthread_cond_destroy(&b->said);
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
}

/* All signals go to the loop. */
static int
create(struct birth *b)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	pthread_attr_t attr;
	sigset_t all;
	sigset_t old;

	int err = pthread_attr_init(&attr);
	if (err == 0) {
		err = pthread_attr_setstack(
			&attr, b->stack + page, b->stack_bytes - page);
	}
	if (err == 0) {
		(void)sigfillset(&all);
		(void)pthread_sigmask(SIG_SETMASK, &all, &old);
		err = pthread_create(&b->id, &attr, thread_main, b);
		(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	(void)pthread_attr_destroy(&attr);
	return -err;
}

int
birth_open(const struct birth_config *config, struct birth **out,
	struct rt_rights *got)
{
	struct birth *b = calloc(1, sizeof *b);
	if (b == NULL) {
		return -ENOMEM;
	}
	b->config = *config;
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->said, NULL);
	int err = take_stack(b);
	if (err == 0) {
		err = make_audit(b);
	}
	if (err == 0) {
		err = create(b);
	}
	if (err != 0) {
		rights_add(got, &b->rights);
		birth_free(b);
		return err;
	}
	(void)listen_past(b, WORD_WAIT);
	rights_add(got, &b->rights);
	/* the caller's, who may end before the thread does */
	b->config.name = NULL;
	b->config.cpus = NULL;
	*out = b;
	return 0;
}

void
birth_go(struct birth *b, bool go)
{
	say(b, go ? WORD_GO : WORD_QUIT);
}

void
birth_close(struct birth *b)
{
	if (b == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&b->lock);
	bool waits = b->word == WORD_READY;
	(void)pthread_mutex_unlock(&b->lock);
	if (waits) {
		birth_go(b, false);
	}
	(void)pthread_join(b->id, NULL);
	birth_free(b);
}

int
birth_audit_fd(const struct birth *b)
{
	return audit_fd(b->audit);
}

int
birth_thread_id(const struct birth *b)
{
	return b->tid;
}
