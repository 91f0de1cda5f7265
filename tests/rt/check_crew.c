/* SPDX-License-Identifier: MIT */
/*
 * check_crew.c -- audio threads at work together: each step once, seen by all
 * that come after it, and nobody is waited for who has claimed nothing.
 *
 * Where helpers have to take part the steps themselves wait for each other;
 * where one has to be late it never comes, and the test plays it by hand.
 * The linker puts some functions before those of libc (--wrap), so that what a
 * crew is made of can be refused, each in its turn.
 */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "crew_private.h"
#include "rights_setup.h"
#include "thread_flush.h"

/* Stages of the long tests, over all numbers of threads. */
#define STAGES (audit_is_sanitized() ? 10000U : 100000U)
#define WIDEST 300

/* What the wrapped functions count; main's, reset by each test. */
static struct {
	int fail;  /* which call fails; 0: none */
	int calls; /* so far */
	int live;  /* memory, maps and threads that were not given back */
} taken;

static bool
is_refused(void)
{
	bool refused = ++taken.calls == taken.fail;

	taken.live += refused ? 0 : 1;
	return refused;
}

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__real_calloc(size_t number, size_t size);
void *__wrap_calloc(size_t number, size_t size);
void __real_free(void *memory);
void __wrap_free(void *memory);
void *__real_mmap(
	void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(
	void *at, size_t size, int prot, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t size);
int __wrap_munmap(void *at, size_t size);
int __real_pthread_create(pthread_t *id, const pthread_attr_t *attr,
	void *(*run)(void *user), void *user);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attr,
	void *(*run)(void *user), void *user);
int __real_pthread_join(pthread_t id, void **result);
int __wrap_pthread_join(pthread_t id, void **result);

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return is_refused() ? NULL : __real_aligned_alloc(alignment, size);
}

void *
__wrap_calloc(size_t number, size_t size)
{
	return is_refused() ? NULL : __real_calloc(number, size);
}

void
__wrap_free(void *memory)
{
	taken.live -= memory == NULL ? 0 : 1;
	__real_free(memory);
}

void *
__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	return is_refused() ? MAP_FAILED
			    : __real_mmap(at, size, prot, flags, fd, offset);
}

int
__wrap_munmap(void *at, size_t size)
{
	taken.live--;
	return __real_munmap(at, size);
}

int
__wrap_pthread_create(pthread_t *id, const pthread_attr_t *attr,
	void *(*run)(void *user), void *user)
{
	return is_refused() ? EAGAIN
			    : __real_pthread_create(id, attr, run, user);
}

int
__wrap_pthread_join(pthread_t id, void **result)
{
	taken.live--;
	return __real_pthread_join(id, result);
}

static const uint32_t sizes[] = {1, 2, 3, 4, 8};
#define SIZES 5

static struct crew *
open_with(const struct crew_config *config)
{
	struct rt_rights rights = {0};
	struct crew *c;

	ck_assert_int_eq(crew_open(config, &c, &rights), 0);
	return c;
}

static struct crew *
open_crew(uint32_t threads)
{
	return open_with(&(struct crew_config){.threads = threads});
}

static struct crew *
open_absent(uint32_t threads)
{
	return open_with(
		&(struct crew_config){.threads = threads, .absent = true});
}

/* xorshift64: Marsaglia, 2003 */
static uint32_t
next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32);
}

/* Steps that count how often they are done; plain, so that two at once are a
 * race that ThreadSanitizer sees. */
struct tally {
	uint32_t count;
	uint32_t bad;
	uint8_t hit[4 * CREW_MOST];
};

TACTUS_RT static void
hit(void *stage, uint32_t who, uint32_t step)
{
	struct tally *t = stage;

	(void)who;
	if (step < t->count) {
		t->hit[step]++;
	} else {
		t->bad++;
	}
}

/* One assertion for all: each is told to the test's parent. */
static void
check_tally(struct tally *t)
{
	uint32_t wrong = t->count;

	for (uint32_t i = 0; i < t->count; i++) {
		if (t->hit[i] != 1 && wrong == t->count) {
			wrong = i;
		}
		t->hit[i] = t->hit[i] == 1 ? 0 : t->hit[i];
	}
	if (wrong < t->count || t->bad != 0) {
		ck_abort_msg("step %u of %u: %u times; %u beyond", wrong,
			t->count, t->hit[wrong], t->bad);
	}
}

/* Blocks of a few stages of random sizes. */
static void
do_stages(struct crew *c, uint32_t stages, uint32_t widest, uint64_t seed)
{
	struct tally *t = calloc(1, sizeof *t);
	uint64_t state = seed;

	ck_assert_ptr_nonnull(t);
	while (stages > 0) {
		uint32_t n = next(&state) % 8;
		n = n < stages ? n : stages;
		stages -= n > 0 ? n : 0;
		crew_begin(c);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t limit = next(&state) % 4 == 0 ? widest : 8;
			t->count = next(&state) % (limit + 1);
			crew_stage(c, hit, t, t->count);
			check_tally(t);
		}
		(void)crew_end(c);
	}
	free(t);
}

START_TEST(each_step_is_done_once_at_any_number_of_threads)
{
	struct crew *c = open_crew(sizes[_i]);

	ck_assert_uint_eq(crew_threads(c), sizes[_i]);
	do_stages(c, STAGES / SIZES, WIDEST, 88172645463325252U + (uint64_t)_i);
	crew_close(c);
}
END_TEST

START_TEST(epochs_may_wrap)
{
	struct crew *c = open_with(&(struct crew_config){
		.threads = sizes[_i], .epoch = UINT32_MAX - 500});

	do_stages(c, 1500, 20, 2463534242U);
	if (sizes[_i] > 1) {
		ck_assert_uint_lt(atomic_load(&c->epoch), 1500);
	}
	crew_close(c);
}
END_TEST

START_TEST(a_stage_wider_than_a_word_counts_is_done_in_parts)
{
	struct crew *c = open_crew(sizes[_i]);
	struct tally *t = calloc(1, sizeof *t);

	ck_assert_ptr_nonnull(t);
	t->count = 3 * CREW_MOST + 17;
	crew_begin(c);
	crew_stage(c, hit, t, t->count);
	(void)crew_end(c);
	check_tally(t);
	free(t);
	crew_close(c);
}
END_TEST

/* Each step reads what two others of the stage before wrote. */
#define CELLS 40
struct cells {
	uint32_t *from;
	uint32_t *to;
};

TACTUS_RT static void
mingle(void *stage, uint32_t who, uint32_t step)
{
	struct cells *s = stage;

	(void)who;
	s->to[step] = 31 * s->from[(step + 1) % CELLS] +
		      s->from[(step + 17) % CELLS] + step;
}

START_TEST(what_a_stage_wrote_is_read_by_the_next)
{
	struct crew *c = open_crew(sizes[_i]);
	uint32_t a[2][CELLS];
	uint32_t b[2][CELLS];

	memset(a, 0, sizeof a);
	memset(b, 0, sizeof b);
	for (uint32_t i = 0; i < STAGES / SIZES; i++) {
		struct cells s = {a[i % 2], a[(i + 1) % 2]};
		struct cells alone = {b[i % 2], b[(i + 1) % 2]};
		if (i % 16 == 0) {
			crew_begin(c);
		}
		crew_stage(c, mingle, &s, CELLS);
		for (uint32_t k = 0; k < CELLS; k++) {
			mingle(&alone, 0, k);
		}
		if (i % 16 == 15) {
			(void)crew_end(c);
			ck_assert_mem_eq(a, b, sizeof a);
		}
	}
	ck_assert_mem_eq(a, b, sizeof a);
	crew_close(c);
}
END_TEST

/* Steps that note in which order they were done, and by whom; the helper's
 * part is played within the step `at`. */
struct script {
	struct crew *crew;
	uint32_t at;
	void (*play)(struct script *s);
	struct crew_view view;
	uint32_t done;
	uint32_t step[64];
	uint32_t who[64];
};

TACTUS_RT static void
act(void *stage, uint32_t who, uint32_t step)
{
	struct script *s = stage;

	s->step[s->done] = step;
	s->who[s->done++] = who;
	if (who == 0 && step == s->at && s->play != NULL) {
		TACTUS_RT_TRUST_BEGIN("a test's own")
		s->play(s);
		TACTUS_RT_TRUST_END
	}
}

static void
check_script(const struct script *s, uint32_t from, const uint32_t *wanted,
	uint32_t count)
{
	ck_assert_uint_eq(s->done, from + count);
	for (uint32_t i = 0; i < count; i++) {
		ck_assert_msg(s->step[from + i] == wanted[i],
			"%u: step %u, not %u", i, s->step[from + i], wanted[i]);
	}
}

START_TEST(helpers_that_never_come_cost_nothing)
{
	struct crew *c = open_absent(3);
	struct script s = {.crew = c};
	/* its own from the front, then the others' from the back */
	const uint32_t wanted[] = {0, 1, 2, 5, 4, 3, 8, 7, 6};

	for (uint64_t i = 1; i <= 100; i++) {
		s.done = 0;
		crew_begin(c);
		crew_stage(c, act, &s, 9);
		ck_assert(!crew_end(c));
		check_script(&s, 0, wanted, 9);
		for (uint32_t k = 0; k < 9; k++) {
			ck_assert_uint_eq(s.who[k], 0);
		}
		ck_assert_uint_eq(crew_late(c), i);
	}
	ck_assert_uint_eq(crew_stalls(c), 0);
	ck_assert_int_eq(crew_busy_ns(c, 1), 0);
	crew_close(c);
}
END_TEST

/* The helper comes while rt is at its first step, and does all the rest. */
static void
help_all(struct script *s)
{
	crew_look(s->crew, &s->view);
	ck_assert_uint_eq(crew_help(&s->crew->helper[1], &s->view), 7);
}

START_TEST(a_helper_takes_its_own_from_the_front_then_steals_from_the_back)
{
	struct crew *c = open_absent(2);
	struct script s = {.crew = c, .play = help_all};
	const uint32_t wanted[] = {0, 4, 5, 6, 7, 3, 2, 1};

	/* the same steps go to the same thread, each time */
	for (uint32_t i = 0; i < 10; i++) {
		s.done = 0;
		crew_begin(c);
		crew_stage(c, act, &s, 8);
		ck_assert(crew_end(c));
		check_script(&s, 0, wanted, 8);
		for (uint32_t k = 0; k < 8; k++) {
			ck_assert_uint_eq(s.who[k], k == 0 ? 0 : 1);
		}
	}
	ck_assert_uint_eq(crew_late(c), 0);
	crew_close(c);
}
END_TEST

static void
look(struct script *s)
{
	crew_look(s->crew, &s->view);
}

/* With what it knew of a stage before, with a mixture of both, and with the
 * number of one that is over and the context of this. */
static void
come_late(struct script *s)
{
	struct crew_view now;
	uint32_t step;

	crew_look(s->crew, &now);
	ck_assert_uint_ne(now.epoch, s->view.epoch);
	ck_assert(!crew_claim(s->crew, &s->view, 1, &step));
	now.epoch = s->view.epoch;
	ck_assert(!crew_claim(s->crew, &now, 1, &step));
	ck_assert(!crew_claim(s->crew, &now, 2, &step));
	now.count = 2 * CREW_MOST;
	ck_assert(!crew_claim(s->crew, &now, 1, &step));
}

START_TEST(who_is_late_claims_nothing_of_a_newer_stage)
{
	static const uint32_t counts[] = {9, 2, 3, 30, 5, 2, 2, 9};
	struct crew *c = open_with(&(struct crew_config){
		.threads = 3, .absent = true, .epoch = (uint32_t)-_i});
	struct script s = {.crew = c};

	crew_begin(c);
	for (uint32_t i = 0; i < 8; i++) {
		/* rt's first step: two ranges have not been touched yet */
		s.play = look;
		s.done = 0;
		s.at = counts[i] / 3 == 0 ? counts[i] - 1 : 0;
		crew_stage(c, act, &s, counts[i]);
		ck_assert_uint_eq(s.done, counts[i]);
		s.play = come_late;
		for (uint32_t k = 0; k < 8; k++) {
			s.done = 0;
			s.at = counts[k] / 3 == 0 ? counts[k] - 1 : 0;
			crew_stage(c, act, &s, counts[k]);
			ck_assert_uint_eq(s.done, counts[k]);
		}
	}
	ck_assert(!crew_end(c));
	crew_close(c);
}
END_TEST

/* Two steps that meet: each is held until the other thread is at the other
 * one, and the helper until rt sleeps, if that is wanted. */
struct meeting {
	struct crew *crew;
	bool until_asleep;
	int64_t for_ns;
	_Atomic bool here[2];
	uint32_t told; /* plain: what the helper leaves for rt */
	uint64_t flush;
};

TACTUS_RT static void
meet(void *stage, uint32_t who, uint32_t step)
{
	struct meeting *m = stage;

	(void)step;
	atomic_store(&m->here[who], true);
	while (!atomic_load(&m->here[1 - who])) {
	}
	if (who == 0) {
		return;
	}
	m->flush = thread_flush_read();
	while (m->until_asleep && atomic_load(&m->crew->waits) == 0) {
	}
	int64_t until = clock_now() + m->for_ns;
	while (m->for_ns > 0 && clock_now() < until) {
	}
	m->told++;
}

static void
do_meeting(struct crew *c, struct meeting *m)
{
	uint32_t told = m->told;

	m->crew = c;
	atomic_store(&m->here[0], false);
	atomic_store(&m->here[1], false);
	crew_stage(c, meet, m, 2);
	ck_assert_uint_eq(m->told, told + 1);
}

START_TEST(a_helper_at_a_claimed_step_is_waited_for)
{
	struct crew *c = open_crew(2);
	struct meeting m = {.until_asleep = true};

	for (uint64_t i = 1; i <= 20; i++) {
		crew_begin(c);
		do_meeting(c, &m);
		ck_assert(crew_end(c));
		ck_assert_uint_eq(crew_stalls(c), i);
	}
	ck_assert_uint_eq(crew_late(c), 0);
	crew_close(c);
}
END_TEST

static void
await_asleep(struct crew *c)
{
	while (atomic_load(&c->asleep) == 0) {
		(void)sched_yield();
	}
}

START_TEST(helpers_that_sleep_are_woken_by_begin_and_by_a_stage)
{
	struct crew *c = open_crew(2);
	struct meeting m = {.until_asleep = false};

	for (uint32_t i = 0; i < 50; i++) {
		await_asleep(c);
		crew_begin(c);
		do_meeting(c, &m);
		/* while rt did something else for long */
		await_asleep(c);
		do_meeting(c, &m);
		ck_assert(crew_end(c));
	}
	crew_close(c);
}
END_TEST

START_TEST(a_block_without_stages_is_no_helpers_fault)
{
	struct crew *c = open_absent(4);
	struct tally *t = calloc(1, sizeof *t);

	ck_assert_ptr_nonnull(t);
	t->count = 1;
	for (uint32_t i = 0; i < 1000; i++) {
		crew_begin(c);
		if (i % 2 == 0) {
			/* nobody hears of a single step, or of none */
			crew_stage(c, hit, t, 1);
			check_tally(t);
			crew_stage(c, hit, t, 0);
		}
		ck_assert(crew_end(c));
	}
	ck_assert_uint_eq(crew_late(c), 0);
	ck_assert_uint_eq(atomic_load(&c->epoch), 0);
	free(t);
	crew_close(c);
}
END_TEST

START_TEST(a_crew_ends_whether_its_helpers_sleep_or_spin)
{
	for (uint32_t i = 0; i < 60; i++) {
		struct crew *c = open_crew(2 + i % 3);
		if (i % 4 == 1) {
			await_asleep(c);
		} else if (i % 4 == 2) {
			do_stages(c, 10, 20, i + 1);
		} else if (i % 4 == 3) {
			crew_begin(c);
		}
		crew_close(c);
	}
	crew_close(NULL);
}
END_TEST

START_TEST(time_that_helpers_spend_at_steps_is_counted)
{
	struct crew *c = open_crew(2);
	struct meeting m = {.for_ns = 300000};
	int64_t busy = 0;

	crew_begin(c);
	do_meeting(c, &m);
	(void)crew_end(c);
	/* it is told a moment after the step is counted */
	while (busy == 0) {
		busy = crew_busy_ns(c, 1);
	}
	ck_assert_int_ge(busy, 300000);
	ck_assert_int_eq(crew_busy_ns(c, 1), 0);
	crew_close(c);
}
END_TEST

/* A line of /proc/self/task/TID/FILE, behind `key`. */
static void
read_task(int tid, const char *file, const char *key, char *line, int size)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/task/%d/%s", tid, file);
	FILE *f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	do {
		ck_assert_ptr_nonnull(fgets(line, size, f));
	} while (strncmp(line, key, strlen(key)) != 0);
	fclose(f);
}

START_TEST(helpers_are_audio_threads_like_rt)
{
	const uint32_t cpus[] = {0};
	struct rt_rights rights = {0};
	struct crew_config config = {.threads = 3,
		.realtime = true,
		.priority = 20,
		.cpus = cpus,
		.cpu_count = 1};
	struct meeting m = {.until_asleep = false};
	struct crew *c;
	char line[256];
	cpu_set_t set;

	ck_assert_int_eq(crew_open(&config, &c, &rights), 0);
	ck_assert(rights.right[RT_RIGHT_SCHEDULE].asked);
	ck_assert(!rights.right[RT_RIGHT_AUDIT].asked);
	bool fifo = rights.right[RT_RIGHT_SCHEDULE].got;
	for (uint32_t i = 1; i <= 2; i++) {
		struct sched_param param;
		int tid = crew_thread_id(c, i);
		ck_assert_int_ne(tid, getpid());
		read_task(tid, "comm", "", line, sizeof line);
		ck_assert_str_eq(line, i == 1 ? "rt-1\n" : "rt-2\n");
		read_task(tid, "status", "SigBlk:", line, sizeof line);
		uint64_t blocked = strtoull(line + 7, NULL, 16);
		ck_assert_uint_eq(blocked >> 14 & 1, 1); /* SIGTERM */
		ck_assert_int_eq(sched_getscheduler(tid),
			fifo ? SCHED_FIFO : SCHED_OTHER);
		ck_assert_int_eq(sched_getparam(tid, &param), 0);
		ck_assert_int_eq(param.sched_priority, fifo ? 20 : 0);
		if (rights.right[RT_RIGHT_CPUS].got) {
			ck_assert_int_eq(
				sched_getaffinity(tid, sizeof set, &set), 0);
			ck_assert_int_eq(CPU_COUNT(&set), 1);
			ck_assert(CPU_ISSET(0, &set));
		}
		ck_assert_int_eq(crew_audit_fd(c, i), -1);
	}
	crew_close(c);
	/* in a crew of ordinary threads, so that none starves another here */
	c = open_crew(2);
	crew_begin(c);
	do_meeting(c, &m);
	(void)crew_end(c);
	ck_assert_uint_eq(m.flush & THREAD_FLUSH_BITS, THREAD_FLUSH_BITS);
	crew_close(c);
}
END_TEST

START_TEST(a_right_that_one_helper_is_refused_is_refused)
{
	const uint32_t cpus[] = {0, 1023};
	struct rt_rights rights = {0};
	struct crew *c;

	ck_assert_int_eq(crew_open(&(struct crew_config){.threads = 4,
					   .cpus = cpus,
					   .cpu_count = 2},
				 &c, &rights),
		0);
	ck_assert(!rights.right[RT_RIGHT_CPUS].got);
	ck_assert_int_ne(rights.right[RT_RIGHT_CPUS].error, 0);
	ck_assert_ptr_nonnull(strstr(rights.right[RT_RIGHT_CPUS].text, "rt-1"));
	crew_close(c);
}
END_TEST

START_TEST(a_crew_is_made_whole_or_not_at_all)
{
	const struct crew_config config = {.threads = 3};
	struct rt_rights rights = {0};
	struct crew *c = NULL;
	int err = -1;
	int live = 0;

	for (int fail = 1; err != 0; fail++) {
		taken.fail = fail;
		taken.calls = 0;
		taken.live = 0;
		err = crew_open(&config, &c, &rights);
		/* Check takes and frees, too */
		live = taken.live;
		int calls = taken.calls;
		/* all that was asked for, or up to what was refused */
		ck_assert_int_eq(calls < fail, err == 0);
		if (err != 0) {
			ck_assert(err == -ENOMEM || err == -EAGAIN);
			ck_assert_ptr_null(c);
			ck_assert_int_eq(live, 0);
		}
	}
	/* the crew and its three tables; of each helper: who it is, its stack
	 * and its thread */
	ck_assert_int_eq(live, 4 + 2 * 3);
	taken.live = live;
	crew_close(c);
	live = taken.live;
	ck_assert_int_eq(live, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/crew");
	TCase *tc = tcase_create("crew");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, each_step_is_done_once_at_any_number_of_threads, 0, SIZES);
	tcase_add_loop_test(
		tc, what_a_stage_wrote_is_read_by_the_next, 0, SIZES);
	tcase_add_loop_test(tc, epochs_may_wrap, 0, SIZES);
	tcase_add_loop_test(tc,
		a_stage_wider_than_a_word_counts_is_done_in_parts, 0, SIZES);
	tcase_add_test(tc, helpers_that_never_come_cost_nothing);
	tcase_add_test(tc,
		a_helper_takes_its_own_from_the_front_then_steals_from_the_back);
	tcase_add_loop_test(
		tc, who_is_late_claims_nothing_of_a_newer_stage, 0, 12);
	tcase_add_test(tc, a_helper_at_a_claimed_step_is_waited_for);
	tcase_add_test(
		tc, helpers_that_sleep_are_woken_by_begin_and_by_a_stage);
	tcase_add_test(tc, a_block_without_stages_is_no_helpers_fault);
	tcase_add_test(tc, a_crew_ends_whether_its_helpers_sleep_or_spin);
	tcase_add_test(tc, time_that_helpers_spend_at_steps_is_counted);
	tcase_add_test(tc, helpers_are_audio_threads_like_rt);
	tcase_add_test(tc, a_right_that_one_helper_is_refused_is_refused);
	tcase_add_test(tc, a_crew_is_made_whole_or_not_at_all);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
