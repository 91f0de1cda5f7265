/* SPDX-License-Identifier: MIT */
/*
 * check_thread.c -- the rt thread: its rights, its drivers, its end, and what
 * the audit sees.  Time is real here; every wait has a generous end.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"
#include "card.h"
#include "crew.h"
#include "fake_engine.h"
#include "fake_pcm.h"
#include "report.h"
#include "thread.h"
#include "thread_flush.h"
#include "wait.h"

#define PATIENCE_MS 20000

static struct wire *
open_wire(uint32_t tap)
{
	struct wire *w;

	ck_assert_int_eq(wire_open(64, 64, 64, tap, 1, &w), 0);
	return w;
}

/* What a gauge must come to; the thread is given time. */
static void
await_gauge(struct engine *e, enum gauge which, uint64_t least)
{
	for (int i = 0; i < PATIENCE_MS; i++) {
		if (gauge_get(&e->gauges, which) >= least) {
			return;
		}
		(void)poll(NULL, 0, 1);
	}
	ck_abort_msg("gauge %d never came to %lu", which, (unsigned long)least);
}

static void
count_block(void *user)
{
	struct engine *e = user;

	gauge_add(&e->gauges, GAUGE_BLOCKS, 1);
}

struct rig {
	struct wire *wire;
	struct engine *engine;
	struct rt_config config;
	struct rt_rights rights;
	struct rt_thread *thread;
};

static void
rig_open(struct rig *r, bool offline, uint32_t tap)
{
	memset(r, 0, sizeof *r);
	r->wire = open_wire(tap);
	r->engine = fake_engine(48000, 64, 2, 2);
	r->engine->wire = r->wire;
	r->engine->hook = count_block;
	r->engine->user = r->engine;
	r->config.offline = offline;
	r->config.priority = 20;
}

static void
rig_start(struct rig *r)
{
	ck_assert_int_eq(rt_start(&r->config, r->engine, r->wire, &r->thread,
				 &r->rights),
		0);
}

static void
post(struct rig *r, struct batch *b)
{
	ck_assert_uint_eq(ring_post(r->wire->commands, &b, 1), 1);
	wait_call(&r->wire->rt);
}

/* Stop and join: the engine is the test's own again. */
static void
rig_end(struct rig *r)
{
	static struct batch stop = {.flags = BATCH_LATE};

	if (r->thread != NULL) {
		post(r, &stop);
		rt_join(r->thread);
		r->thread = NULL;
	}
}

static void
rig_close(struct rig *r)
{
	rig_end(r);
	wire_close(r->wire);
	free(r->engine);
}

START_TEST(the_thread_runs_on_the_clock_until_the_engine_has_stopped)
{
	struct rig r;

	rig_open(&r, false, 0);
	rig_start(&r);
	await_gauge(r.engine, GAUGE_BLOCKS, 20);
	ck_assert_uint_eq(
		gauge_get(&r.engine->gauges, GAUGE_DRIVER), DRIVER_CLOCK);
	ck_assert_uint_eq(gauge_get(&r.engine->gauges, GAUGE_RUNNING), 1);
	ck_assert_uint_eq(rt_threads(r.thread), 1);
	ck_assert_int_gt(rt_thread_id(r.thread, 0), 0);
	ck_assert_int_ne(rt_thread_id(r.thread, 0), getpid());
	struct engine *e = r.engine;
	atomic_store(&e->stop, true);
	rt_join(r.thread);
	r.thread = NULL;
	ck_assert_uint_eq(gauge_get(&e->gauges, GAUGE_RUNNING), 0);
	ck_assert_uint_eq(e->now, e->rendered + e->lost);
	rig_close(&r);
}
END_TEST

/* A block in which rt and a helper meet: each is at one of two steps until
 * the other is at the other one. */
struct meeting {
	struct engine *engine;
	bool planted; /* the helper makes a call in the tenth block */
	_Atomic bool here[2];
	uint64_t helped;
};

TACTUS_RT static void
meet(void *stage, uint32_t who, uint32_t step)
{
	struct meeting *m = stage;

	(void)step;
	who = who > 0 ? 1 : 0;
	atomic_store(&m->here[who], true);
	while (!atomic_load(&m->here[1 - who])) {
	}
	if (who > 0 && ++m->helped == 10 && m->planted) {
		TACTUS_RT_TRUST_BEGIN("a test's own")
		(void)getppid();
		TACTUS_RT_TRUST_END
	}
}

static void
meet_helper(void *user)
{
	struct meeting *m = user;
	struct crew *c = m->engine->crew;

	atomic_store(&m->here[0], false);
	atomic_store(&m->here[1], false);
	crew_begin(c);
	crew_stage(c, meet, m, 2);
	(void)crew_end(c);
	gauge_add(&m->engine->gauges, GAUGE_BLOCKS, 1);
}

static void
rig_open_crew(struct rig *r, struct meeting *m, bool offline, uint32_t threads)
{
	rig_open(r, offline, 0);
	*m = (struct meeting){.engine = r->engine};
	r->engine->config.threads = threads;
	r->engine->hook = meet_helper;
	r->engine->user = m;
}

START_TEST(the_engine_has_the_helpers_that_it_was_made_for_while_it_runs)
{
	struct rig r;
	struct meeting m;
	struct batch run = {.at = 64 * 20};

	rig_open_crew(&r, &m, _i != 0, 2);
	rig_start(&r);
	ck_assert_uint_eq(rt_threads(r.thread), 2);
	ck_assert_int_gt(rt_thread_id(r.thread, 1), 0);
	ck_assert_int_ne(rt_thread_id(r.thread, 1), rt_thread_id(r.thread, 0));
	if (_i != 0) {
		post(&r, &run);
	}
	await_gauge(r.engine, GAUGE_BLOCKS, 20);
	rig_end(&r);
	ck_assert_ptr_null(r.engine->crew);
	ck_assert_uint_eq(m.helped, gauge_get(&r.engine->gauges, GAUGE_BLOCKS));
	rig_close(&r);
}
END_TEST

START_TEST(a_right_that_a_helper_is_refused_is_told_as_one_of_rt)
{
	struct rig r;
	const uint32_t cpus[] = {0, 1023};

	rig_open(&r, false, 0);
	r.engine->config.threads = 2;
	r.config.cpus = cpus;
	r.config.cpu_count = 2;
	rig_start(&r);
	ck_assert(!r.rights.right[RT_RIGHT_CPUS].got);
	ck_assert_ptr_nonnull(
		strstr(r.rights.right[RT_RIGHT_CPUS].text, "thread rt-1"));
	rig_end(&r);
	r.config.required = true;
	ck_assert_int_eq(
		rt_start(&r.config, r.engine, r.wire, &r.thread, &r.rights),
		-EPERM);
	ck_assert_ptr_null(r.engine->crew);
	rig_close(&r);
}
END_TEST

struct seen {
	struct engine *engine;
	_Atomic uint64_t flush;
	_Atomic int policy;
	_Atomic int priority;
	_Atomic uint64_t blocked;
};

static void
look_around(void *user)
{
	struct seen *s = user;
	struct sched_param p;
	sigset_t set;
	int policy;

	(void)pthread_getschedparam(pthread_self(), &policy, &p);
	(void)pthread_sigmask(SIG_BLOCK, NULL, &set);
	atomic_store(&s->policy, policy);
	atomic_store(&s->priority, p.sched_priority);
	atomic_store(&s->blocked, (uint64_t)(sigismember(&set, SIGTERM) &&
					     sigismember(&set, SIGINT)));
	atomic_store(&s->flush, thread_flush_read());
	gauge_add(&s->engine->gauges, GAUGE_BLOCKS, 1);
}

START_TEST(the_thread_takes_its_rights_or_says_which_were_refused)
{
	struct rig r;
	struct seen seen = {0};
	const uint32_t cpus[] = {0};

	rig_open(&r, false, 0);
	r.config.realtime = true;
	r.config.lock_memory = true;
	r.config.cpus = cpus;
	r.config.cpu_count = 1;
	seen.engine = r.engine;
	r.engine->hook = look_around;
	r.engine->user = &seen;
	rig_start(&r);
	await_gauge(r.engine, GAUGE_BLOCKS, 3);
	ck_assert_uint_eq(atomic_load(&seen.flush) & THREAD_FLUSH_BITS,
		THREAD_FLUSH_BITS);
	ck_assert_uint_eq(atomic_load(&seen.blocked), 1);
	ck_assert(!r.rights.right[RT_RIGHT_AUDIT].asked);
	for (int i = 0; i < RT_RIGHT_AUDIT; i++) {
		ck_assert(r.rights.right[i].asked);
		ck_assert(r.rights.right[i].got ==
			  (r.rights.right[i].text[0] == '\0'));
	}
	bool fifo = r.rights.right[RT_RIGHT_SCHEDULE].got;
	ck_assert_int_eq(
		atomic_load(&seen.policy), fifo ? SCHED_FIFO : SCHED_OTHER);
	ck_assert_int_eq(atomic_load(&seen.priority), fifo ? 20 : 0);
	rig_close(&r);
}
END_TEST

/* As an ordinary user under tight limits: in a child, for good. */
static int
as_nobody(bool required)
{
	struct rlimit none = {0, 0};
	struct rig r;

	rig_open(&r, false, 0);
	r.config.realtime = true;
	r.config.lock_memory = true;
	r.config.required = required;
	if (setrlimit(RLIMIT_RTPRIO, &none) != 0 ||
		setrlimit(RLIMIT_MEMLOCK, &none) != 0 ||
		(getuid() == 0 && setuid(65534) != 0)) {
		return 10;
	}
	int err = rt_start(&r.config, r.engine, r.wire, &r.thread, &r.rights);
	if (r.rights.right[RT_RIGHT_SCHEDULE].error != EPERM ||
		strstr(r.rights.right[RT_RIGHT_SCHEDULE].text, "rtprio") ==
			NULL) {
		return 11;
	}
	/* sanitizers take mlock for done */
	if (!audit_is_sanitized() &&
		(r.rights.right[RT_RIGHT_MEMORY].error == 0 ||
			strstr(r.rights.right[RT_RIGHT_MEMORY].text,
				"memlock") == NULL)) {
		return 14;
	}
	if (required) {
		return err == -EPERM ? 0 : 12;
	}
	if (err != 0) {
		return 13;
	}
	await_gauge(r.engine, GAUGE_BLOCKS, 3);
	rig_close(&r);
	return 0;
}

static int
in_child(int (*what)(int), int with)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		_exit(what(with));
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static int
nobody(int required)
{
	return as_nobody(required != 0);
}

START_TEST(without_rights_the_thread_runs_on_unless_they_are_required)
{
	int status = in_child(nobody, _i);

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		"status %x", (unsigned int)status);
}
END_TEST

START_TEST(a_processor_that_is_not_there_is_told)
{
	struct rig r;
	const uint32_t cpus[] = {1023};

	rig_open(&r, false, 0);
	r.config.cpus = cpus;
	r.config.cpu_count = 1;
	rig_start(&r);
	ck_assert(!r.rights.right[RT_RIGHT_CPUS].got);
	ck_assert_ptr_nonnull(
		strstr(r.rights.right[RT_RIGHT_CPUS].text, "realtime.cpus"));
	rig_close(&r);
}
END_TEST

/* A scripted card in real time, handed over and lost again. */
START_TEST(a_card_is_taken_over_lost_and_taken_again_without_a_gap)
{
	struct rig r;
	struct fake_step unplug = {FAKE_WAIT, 50, 1, FAKE_UNPLUG, -ENODEV};
	struct fake_pcm *p = fake_pcm_open(48000, 128, 2, 2, 2);
	struct card_config config = fake_pcm_config(p, 64, 2);
	struct card *card;

	ck_assert_int_eq(card_open(&config, &fake_pcm_ops, p, &card), 0);
	rig_open(&r, false, 0);
	p->script = &unplug;
	p->steps = 1;
	rig_start(&r);
	await_gauge(r.engine, GAUGE_BLOCKS, 3);
	for (uint32_t i = 1; i <= 2; i++) {
		atomic_store(&r.engine->device, card);
		await_gauge(r.engine, GAUGE_DEVICE_LOST, i);
		for (int w = 0; w < PATIENCE_MS &&
				atomic_load(&r.engine->given) == NULL;
			w++) {
			(void)poll(NULL, 0, 1);
		}
		ck_assert_ptr_eq(atomic_exchange(&r.engine->given, NULL), card);
		ck_assert_int_eq(r.engine->verdict, DEVICE_GONE);
		ck_assert_uint_eq(r.engine->fades, i);
		uint64_t b = gauge_get(&r.engine->gauges, GAUGE_BLOCKS);
		await_gauge(r.engine, GAUGE_BLOCKS, b + 20);
		ck_assert_uint_eq(gauge_get(&r.engine->gauges, GAUGE_DRIVER),
			DRIVER_CLOCK);
		/* plugged in again */
		p->state = CARD_STATE_STOPPED;
		p->calls[FAKE_WAIT] = 0;
	}
	rig_end(&r);
	ck_assert_uint_eq(r.engine->now, r.engine->rendered + r.engine->lost);
	rig_close(&r);
	card_close(card);
	fake_pcm_close(p);
}
END_TEST

START_TEST(a_card_that_does_not_fit_the_engine_is_given_back)
{
	struct rig r;
	struct fake_pcm *p = fake_pcm_open(44100, 128, 2, 2, 2);
	struct card_config config = fake_pcm_config(p, 64, 2);
	struct card *card;

	ck_assert_int_eq(card_open(&config, &fake_pcm_ops, p, &card), 0);
	rig_open(&r, false, 0);
	atomic_store(&r.engine->device, card);
	rig_start(&r);
	await_gauge(r.engine, GAUGE_BLOCKS, 5);
	ck_assert_ptr_eq(atomic_load(&r.engine->given), card);
	ck_assert_int_eq(r.engine->verdict, DEVICE_BROKEN);
	ck_assert_int_eq(r.engine->error, -EINVAL);
	rig_close(&r);
	card_close(card);
	fake_pcm_close(p);
}
END_TEST

START_TEST(at_the_end_the_card_is_stopped_and_given_back)
{
	struct rig r;
	struct fake_pcm *p = fake_pcm_open(48000, 128, 2, 2, 2);
	struct card_config config = fake_pcm_config(p, 64, 2);
	struct card *card;

	ck_assert_int_eq(card_open(&config, &fake_pcm_ops, p, &card), 0);
	rig_open(&r, false, 0);
	atomic_store(&r.engine->device, card);
	rig_start(&r);
	await_gauge(r.engine, GAUGE_BLOCKS, 5);
	atomic_store(&r.engine->stop, true);
	rt_join(r.thread);
	r.thread = NULL;
	ck_assert_ptr_eq(atomic_load(&r.engine->given), card);
	ck_assert_int_eq(r.engine->verdict, DEVICE_GIVEN);
	rig_close(&r);
	card_close(card);
	fake_pcm_close(p);
}
END_TEST

START_TEST(offline_time_moves_by_what_is_owed_alone_and_no_call_is_lost)
{
	struct rig r;
	struct batch run[200];
	uint64_t owed = 0;

	rig_open(&r, true, 0);
	rig_start(&r);
	for (uint32_t i = 0; i < 200; i++) {
		/* at: what the fake engine is to owe */
		run[i] = (struct batch){.at = i * 7};
		owed += i * 7;
		while (ring_room(r.wire->commands) == 0) {
			(void)poll(NULL, 0, 1);
		}
		post(&r, &run[i]);
	}
	rig_close(&(struct rig){
		.wire = open_wire(0), .engine = fake_engine(48000, 64, 1, 1)});
	struct engine *e = r.engine;
	/* all that is owed is rendered before the stop is looked at */
	await_gauge(e, GAUGE_SAMPLE, owed);
	rig_end(&r);
	ck_assert_uint_eq(e->rendered, owed);
	ck_assert_uint_eq(e->now, owed);
	ck_assert_uint_eq(e->taken, 201);
	rig_close(&r);
}
END_TEST

START_TEST(offline_time_stands_still_until_works_are_back)
{
	struct rig r;
	struct batch run = {.at = 10, .flags = BATCH_HOLD};
	struct batch other = {.at = 0};
	struct work work;
	struct work *done = &work;

	rig_open(&r, true, 0);
	rig_start(&r);
	for (uint32_t i = 0; i < 200; i++) {
		/* a run is owed, and a work is given with it */
		post(&r, &run);
		await_gauge(r.engine, GAUGE_WORKS, i + 1);
		ck_assert_uint_eq(
			gauge_get(&r.engine->gauges, GAUGE_SAMPLE), 10 * i);
		if (i % 2 == 0) {
			post(&r, &other);
		}
		ck_assert_uint_eq(ring_post(r.wire->works, &done, 1), 1);
		wait_call(&r.wire->rt);
		await_gauge(r.engine, GAUGE_SAMPLE, 10 * (i + 1));
	}
	rig_end(&r);
	ck_assert_uint_eq(r.engine->works, 0);
	ck_assert_uint_eq(r.engine->rendered, 2000);
	rig_close(&r);
}
END_TEST

START_TEST(offline_the_tap_is_waited_for)
{
	struct rig r;
	struct batch run = {.at = 10000};
	float frame[16];
	uint32_t got = 0;

	rig_open(&r, true, 128);
	rig_start(&r);
	post(&r, &run);
	for (int i = 0; got < 10000 && i < PATIENCE_MS; i++) {
		uint32_t n = ring_take(r.wire->tap, frame, 16);
		got += n;
		if (n == 0) {
			(void)poll(NULL, 0, 1);
		}
	}
	ck_assert_uint_eq(got, 10000);
	ck_assert_uint_eq(gauge_get(&r.engine->gauges, GAUGE_TAP_LOST), 0);
	rig_close(&r);
}
END_TEST

/* A call that no driver makes. */
static void
plant(void *user)
{
	struct engine *e = user;

	gauge_add(&e->gauges, GAUGE_BLOCKS, 1);
	if (gauge_get(&e->gauges, GAUGE_BLOCKS) == 10) {
		(void)getppid();
	}
}

/* Of rt, or of its helper with which it meets in each block. */
static int
audit_run(enum audit_mode mode, bool planted, uint32_t of)
{
	struct rig r;
	struct meeting m;
	char name[64] = "";
	int calls = 0;

	if (of > 0) {
		rig_open_crew(&r, &m, false, of + 1);
		m.planted = planted;
	} else {
		rig_open(&r, false, 0);
		r.engine->hook = planted ? plant : count_block;
	}
	r.config.audit = mode;
	int err = rt_start(&r.config, r.engine, r.wire, &r.thread, &r.rights);
	if (err != 0 || !r.rights.right[RT_RIGHT_AUDIT].got) {
		return 77;
	}
	for (int i = 0; i < PATIENCE_MS &&
			gauge_get(&r.engine->gauges, GAUGE_BLOCKS) < 50;
		i++) {
		int fd = rt_audit_fd(r.thread, of);
		if (fd < 0) {
			(void)poll(NULL, 0, 1);
			continue;
		}
		struct pollfd p = {fd, POLLIN, 0};
		(void)poll(&p, 1, 1);
		if (audit_answer(fd, name, sizeof name) == 1) {
			calls++;
		}
	}
	if (gauge_get(&r.engine->gauges, GAUGE_BLOCKS) < 50) {
		return 20;
	}
	rig_close(&r);
	if (!planted) {
		return calls == 0 ? 0 : 21;
	}
	return calls == 1 && strcmp(name, "getppid") == 0 ? 0 : 22;
}

static int
audited(int mode)
{
	return audit_run((enum audit_mode)(mode % 10), mode < 10, 0);
}

static int
audited_helper(int mode)
{
	return audit_run((enum audit_mode)(mode % 10), mode < 10, 1);
}

static bool
is_skipped(int status)
{
	if (audit_is_sanitized() ||
		(WIFEXITED(status) && WEXITSTATUS(status) == 77)) {
		(void)fprintf(stderr,
			"SKIPPED: the audit is exempt or refused here\n");
		return true;
	}
	return false;
}

START_TEST(the_audit_reports_a_planted_call_and_lets_it_go_on)
{
	int status = in_child(audited, AUDIT_LOG);

	if (!is_skipped(status)) {
		ck_assert_msg(status == 0, "status %x", (unsigned int)status);
	}
}
END_TEST

START_TEST(the_audit_kills_the_process_at_a_planted_call)
{
	int status = in_child(audited, AUDIT_KILL);

	if (!is_skipped(status)) {
		ck_assert(WIFSIGNALED(status));
		ck_assert_int_eq(WTERMSIG(status), SIGSYS);
	}
}
END_TEST

START_TEST(the_audit_finds_nothing_in_the_drivers_own_life_and_end)
{
	int status = in_child(audited, 10 + _i);

	if (!is_skipped(status)) {
		ck_assert_msg(status == 0, "status %x", (unsigned int)status);
	}
}
END_TEST

START_TEST(the_audit_sees_what_a_helper_does_and_lets_it_sleep)
{
	int status = in_child(audited_helper, AUDIT_LOG);

	if (is_skipped(status)) {
		return;
	}
	ck_assert_msg(status == 0, "status %x", (unsigned int)status);
	status = in_child(audited_helper, 10 + AUDIT_LOG);
	ck_assert_msg(status == 0, "status %x", (unsigned int)status);
	status = in_child(audited_helper, 10 + AUDIT_KILL);
	ck_assert_msg(status == 0, "status %x", (unsigned int)status);
	status = in_child(audited_helper, AUDIT_KILL);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGSYS);
}
END_TEST

static int
audited_offline(int mode)
{
	struct rig r;
	struct batch run[3] = {{.at = 1000}, {.at = 1000}, {.at = 1000}};

	rig_open(&r, true, 0);
	r.config.audit = (enum audit_mode)mode;
	int err = rt_start(&r.config, r.engine, r.wire, &r.thread, &r.rights);
	if (err != 0 || !r.rights.right[RT_RIGHT_AUDIT].got) {
		return 77;
	}
	for (uint64_t i = 0; i < 3; i++) {
		post(&r, &run[i]);
		await_gauge(r.engine, GAUGE_BLOCKS, (i + 1) * 15);
	}
	rig_close(&r);
	return 0;
}

START_TEST(the_audit_lets_the_offline_driver_sleep_and_be_called)
{
	int status = in_child(audited_offline, AUDIT_KILL);

	if (!is_skipped(status)) {
		ck_assert_msg(status == 0, "status %x", (unsigned int)status);
	}
}
END_TEST

START_TEST(the_audit_is_exempt_with_plugins_and_says_so)
{
	struct rig r;

	rig_open(&r, false, 0);
	r.config.audit = AUDIT_KILL;
	r.config.plugin_pcm = true;
	r.config.required = true;
	rig_start(&r);
	ck_assert(!r.rights.right[RT_RIGHT_AUDIT].got);
	ck_assert_ptr_nonnull(
		strstr(r.rights.right[RT_RIGHT_AUDIT].text, "plugin"));
	ck_assert_int_eq(rt_audit_fd(r.thread, 0), -1);
	rig_close(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/thread");
	TCase *tc = tcase_create("thread");

	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc, the_thread_runs_on_the_clock_until_the_engine_has_stopped);
	tcase_add_test(
		tc, the_thread_takes_its_rights_or_says_which_were_refused);
	tcase_add_loop_test(tc,
		without_rights_the_thread_runs_on_unless_they_are_required, 0,
		2);
	tcase_add_test(tc, a_processor_that_is_not_there_is_told);
	tcase_add_loop_test(tc,
		the_engine_has_the_helpers_that_it_was_made_for_while_it_runs,
		0, 2);
	tcase_add_test(
		tc, a_right_that_a_helper_is_refused_is_told_as_one_of_rt);
	tcase_add_test(tc, the_audit_sees_what_a_helper_does_and_lets_it_sleep);
	tcase_add_test(
		tc, a_card_is_taken_over_lost_and_taken_again_without_a_gap);
	tcase_add_test(tc, a_card_that_does_not_fit_the_engine_is_given_back);
	tcase_add_test(tc, at_the_end_the_card_is_stopped_and_given_back);
	tcase_add_test(tc,
		offline_time_moves_by_what_is_owed_alone_and_no_call_is_lost);
	tcase_add_test(tc, offline_time_stands_still_until_works_are_back);
	tcase_add_test(tc, offline_the_tap_is_waited_for);
	suite_add_tcase(s, tc);
	tc = tcase_create("audit");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_audit_reports_a_planted_call_and_lets_it_go_on);
	tcase_add_test(tc, the_audit_kills_the_process_at_a_planted_call);
	tcase_add_loop_test(tc,
		the_audit_finds_nothing_in_the_drivers_own_life_and_end,
		AUDIT_LOG, AUDIT_KILL + 1);
	tcase_add_test(
		tc, the_audit_lets_the_offline_driver_sleep_and_be_called);
	tcase_add_test(tc, the_audit_is_exempt_with_plugins_and_says_so);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
