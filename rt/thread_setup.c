/* SPDX-License-Identifier: MIT */
/*
 * thread_setup.c -- the rt thread is born and ends; see thread.h.
 *
 * The new thread takes its own rights, says so, and waits for the word to go;
 * whoever starts it locks the memory meanwhile, when all of it is there.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lock_setup.h"
#include "thread_flush.h"
#include "thread_private.h"

/* Sanitizers put red zones around everything. */
#define STACK_BYTES (audit_is_sanitized() ? 4 << 20 : 256 << 10)

enum word { WORD_WAIT, WORD_READY, WORD_GO, WORD_QUIT };

struct thread_birth {
	const struct rt_config *config; /* while it is being started */
	struct rt_rights *rights;       /* the same */
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
grant(struct rt_rights *r, enum rt_right which)
{
	r->right[which].asked = true;
	r->right[which].got = true;
}

static void refuse(struct rt_rights *r, enum rt_right which, int error,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

static void
refuse(struct rt_rights *r, enum rt_right which, int error, const char *format,
	...)
{
	va_list args;

	r->right[which].asked = true;
	r->right[which].got = false;
	r->right[which].error = error;
	va_start(args, format);
	(void)vsnprintf(r->right[which].text, sizeof r->right[which].text,
		format, args);
	va_end(args);
}

static void
take_schedule(const struct rt_config *config, struct rt_rights *r)
{
	struct sched_param param = {.sched_priority = config->priority};

	if (!config->realtime || config->offline) {
		return;
	}
	int err = pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
	if (err == 0) {
		grant(r, RT_RIGHT_SCHEDULE);
		return;
	}
	refuse(r, RT_RIGHT_SCHEDULE, err,
		"SCHED_FIFO at priority %d is refused (%s), sound may break "
		"up: give the user rtprio %d in /etc/security/limits.d, or "
		"the unit LimitRTPRIO=%d",
		config->priority, strerror(err), config->priority,
		config->priority);
}

static void
take_cpus(const struct rt_config *config, struct rt_rights *r)
{
	cpu_set_t set;

	if (config->cpu_count == 0) {
		return;
	}
	CPU_ZERO(&set);
	for (uint32_t i = 0; i < config->cpu_count; i++) {
		if (config->cpus[i] < CPU_SETSIZE) {
			CPU_SET(config->cpus[i], &set);
		}
	}
	int err = pthread_setaffinity_np(pthread_self(), sizeof set, &set);
	if (err == 0) {
		grant(r, RT_RIGHT_CPUS);
		return;
	}
	refuse(r, RT_RIGHT_CPUS, err,
		"the audio thread cannot be pinned (%s): realtime.cpus names "
		"none of the processors that this process may use",
		strerror(err));
}

static void
take_audit(struct thread_birth *b, struct rt_rights *r)
{
	if (b->audit == NULL) {
		return;
	}
	int err = audit_load(b->audit);
	if (err == 0) {
		grant(r, RT_RIGHT_AUDIT);
		return;
	}
	refuse(r, RT_RIGHT_AUDIT, -err,
		"the audit cannot be on (%s): the kernel needs "
		"CONFIG_SECCOMP_FILTER, and 5.5 or later for \"log\"",
		strerror(-err));
}

static void
say(struct thread_birth *b, enum word word)
{
	(void)pthread_mutex_lock(&b->lock);
	b->word = word;
	(void)pthread_cond_broadcast(&b->said);
	(void)pthread_mutex_unlock(&b->lock);
}

/* Wait until the word is past `word`. */
static enum word
listen_past(struct thread_birth *b, enum word word)
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
	struct rt_thread *t = arg;
	struct thread_birth *b = t->birth;

	(void)pthread_setname_np(pthread_self(), "rt");
	b->tid = gettid();
	thread_flush_denormals();
	take_cpus(b->config, b->rights);
	take_schedule(b->config, b->rights);
	take_audit(b, b->rights);
	say(b, WORD_READY);
	if (listen_past(b, WORD_READY) == WORD_GO) {
		thread_run(t);
	}
	return NULL;
}

static void
lock_memory(const struct rt_config *config, struct rt_rights *r)
{
	if (!config->lock_memory || config->offline) {
		return;
	}
	int err = lock_setup_all();
	if (err == 0) {
		grant(r, RT_RIGHT_MEMORY);
		return;
	}
	refuse(r, RT_RIGHT_MEMORY, -err,
		"memory cannot be locked (%s), it may be paged out: give the "
		"user memlock unlimited in /etc/security/limits.d, or the "
		"unit LimitMEMLOCK=infinity",
		strerror(-err));
}

static int
make_audit(struct rt_thread *t, const struct rt_config *config)
{
	struct rt_rights *r = t->birth->rights;

	if (config->audit == AUDIT_OFF) {
		return 0;
	}
	if (config->plugin_pcm) {
		refuse(r, RT_RIGHT_AUDIT, 0,
			"the audit is off: the PCM is a plugin, which makes "
			"system calls of its own; it is for hw: devices");
		return 0;
	}
	if (audit_is_sanitized()) {
		refuse(r, RT_RIGHT_AUDIT, 0,
			"the audit is off: this build has sanitizers, which "
			"make system calls of their own");
		return 0;
	}
	int err = audit_open(config->audit, t->wire->loop.fd,
		config->offline ? t->wire->rt.fd : -1, &t->birth->audit);
	if (err != 0) {
		refuse(r, RT_RIGHT_AUDIT, -err,
			"the audit's filter cannot be made (%s)",
			strerror(-err));
	}
	return err == -ENOMEM ? err : 0;
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

/* A stack of our own: touched, and with a page below that traps. */
static int
take_stack(struct thread_birth *b)
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
thread_free(struct rt_thread *t)
{
	struct thread_birth *b = t->birth;

	if (b != NULL) {
		audit_close(b->audit);
		if (b->stack != NULL) {
			(void)munmap(b->stack, b->stack_bytes);
		}
		(void)pthread_cond_destroy(&b->said);
		(void)pthread_mutex_destroy(&b->lock);
		free(b);
	}
	if (t->out != NULL) {
		free(t->out[0]);
	}
	free(t->out);
	free(t);
}

/* All signals go to the loop. */
static int
create(struct rt_thread *t)
{
	struct thread_birth *b = t->birth;
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
		err = pthread_create(&b->id, &attr, thread_main, t);
		(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	(void)pthread_attr_destroy(&attr);
	return -err;
}

static bool
is_refused(const struct rt_rights *r)
{
	for (int i = 0; i < RT_RIGHTS; i++) {
		/* an audit that is exempt is a notice, no refusal */
		if (r->right[i].asked && !r->right[i].got &&
			r->right[i].error != 0) {
			return true;
		}
	}
	return false;
}

static int
make(struct rt_thread *t, const struct rt_config *config)
{
	struct thread_birth *b = t->birth;

	int err = take_memory(t);
	if (err == 0) {
		err = take_stack(b);
	}
	if (err == 0) {
		err = make_audit(t, config);
	}
	if (err == 0) {
		err = create(t);
	}
	return err;
}

int
rt_start(const struct rt_config *config, struct engine *e, struct wire *wire,
	struct rt_thread **out, struct rt_rights *got)
{
	memset(got, 0, sizeof *got);
	struct rt_thread *t = calloc(1, sizeof *t);
	struct thread_birth *b = calloc(1, sizeof *b);
	if (t == NULL || b == NULL) {
		free(t);
		free(b);
		return -ENOMEM;
	}
	t->engine = e;
	t->wire = wire;
	t->offline = config->offline;
	t->pace.rate = (uint32_t)(engine_config(e)->rate + 0.5);
	t->birth = b;
	b->config = config;
	b->rights = got;
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->said, NULL);
	int err = make(t, config);
	if (err != 0) {
		thread_free(t);
		return err;
	}
	t->clock.ops = &clock_real;
	t->clock.pace = &t->pace;
	t->clock.out = t->out;
	(void)listen_past(b, WORD_WAIT);
	lock_memory(config, got);
	bool go = !config->required || !is_refused(got);
	b->config = NULL;
	b->rights = NULL;
	say(b, go ? WORD_GO : WORD_QUIT);
	if (!go) {
		rt_join(t);
		return -EPERM;
	}
	*out = t;
	return 0;
}

void
rt_join(struct rt_thread *t)
{
	if (t == NULL) {
		return;
	}
	(void)pthread_join(t->birth->id, NULL);
	thread_free(t);
}

int
rt_audit_fd(const struct rt_thread *t)
{
	return audit_fd(t->birth->audit);
}

int
rt_thread_id(const struct rt_thread *t)
{
	return t->birth->tid;
}
