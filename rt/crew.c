/* SPDX-License-Identifier: MIT */
/*
 * crew.c -- see crew.h, and crew_private.h for the words.
 *
 * What orders what:
 *
 *	rt       stage's context ─> epoch ═> helper looks
 *	helper   step's writes ─> done ═> rt adds up ─> next epoch ═> all
 *	sleep    the sleeper says so, looks again, sleeps; the other one
 *	         writes, then asks who sleeps: all four seq_cst, no fences
 */
#include "crew.h"

#include "clock.h"
#include "crew_private.h"
#include "wait.h"

/** Turns of a spin between two looks at the clock: about a microsecond. */
#define TURNS 32

/** Tell the processor that we spin: the other thread of its core may run. */
TACTUS_RT static inline void
pause_turn(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
	__asm__ volatile("yield");
#endif
}

TACTUS_RT static inline uint64_t
word_of(uint32_t epoch, uint32_t front, uint32_t back)
{
	return (uint64_t)epoch << 32 | front << 16 | back;
}

/** The first step of thread t's range; that of t + 1 is where it ends. */
TACTUS_RT static inline uint32_t
range_begin(const struct crew *c, uint32_t count, uint32_t t)
{
	return (uint32_t)((uint64_t)count * t / c->threads);
}

TACTUS_RT void
crew_look(struct crew *c, struct crew_view *v)
{
	/* acquire: pairs with hand_out; all before this stage is seen, and
	 * nothing older than it is read below */
	v->epoch = atomic_load_explicit(&c->epoch, memory_order_acquire);
	/* relaxed: may be newer; then no claim succeeds (crew_private.h) */
	v->first = atomic_load_explicit(&c->first, memory_order_relaxed);
	v->count = atomic_load_explicit(&c->count, memory_order_relaxed);
	v->step = atomic_load_explicit(&c->step, memory_order_relaxed);
	v->stage = atomic_load_explicit(&c->stage, memory_order_relaxed);
}

/** Claim of the range of thread `of`: from the front, or from the back. */
TACTUS_RT static bool
claim_of(struct crew *c, const struct crew_view *v, uint32_t of, bool front_end,
	uint32_t *step)
{
	_Atomic uint64_t *word = &c->range[of].word;
	uint32_t begin = range_begin(c, v->count, of);
	uint64_t old = atomic_load_explicit(word, memory_order_relaxed);

	/* each turn more is one claim more by others: they are limited */
	for (;;) {
		uint32_t epoch = (uint32_t)(old >> 32);
		uint32_t front = (uint32_t)(old >> 16) & 0xffffU;
		uint32_t back = (uint32_t)old & 0xffffU;
		if (epoch + 1 == v->epoch) {
			front = 0;
			back = range_begin(c, v->count, of + 1) - begin;
		} else if (epoch != v->epoch) {
			return false;
		}
		if (front >= back) {
			return false;
		}
		uint32_t at = front_end ? front++ : --back;
		/* relaxed: crew_look has ordered what the step reads, the
		 * count of steps done orders what it writes */
		if (atomic_compare_exchange_strong_explicit(word, &old,
			    word_of(v->epoch, front, back),
			    memory_order_relaxed, memory_order_relaxed)) {
			*step = v->first + begin + at;
			return true;
		}
	}
}

TACTUS_RT bool
crew_claim(
	struct crew *c, const struct crew_view *v, uint32_t who, uint32_t *step)
{
	if (claim_of(c, v, who, true, step)) {
		return true;
	}
	for (uint32_t i = 1; i < c->threads; i++) {
		uint32_t of = who + i;
		of -= of >= c->threads ? c->threads : 0;
		if (claim_of(c, v, of, false, step)) {
			return true;
		}
	}
	return false;
}

/** Wake rt when it waits; it has taken all steps that were not claimed. */
TACTUS_RT static void
wake_rt(struct crew *c)
{
	/* seq_cst: pairs with stall; we have counted our steps before */
	if (atomic_load_explicit(&c->waits, memory_order_seq_cst) != 0 &&
		atomic_exchange_explicit(&c->waits, 0, memory_order_seq_cst) !=
			0) {
		wait_wake(&c->waits);
	}
}

TACTUS_RT uint32_t
crew_help(struct crew_helper *h, const struct crew_view *v)
{
	struct crew *c = h->crew;
	/* relaxed: this thread alone stores it */
	uint32_t before = atomic_load_explicit(&h->done, memory_order_relaxed);
	uint32_t done = before;
	uint32_t step;

	if (!crew_claim(c, v, h->who, &step)) {
		return 0;
	}
	int64_t began = clock_now();
	do {
		v->step(v->stage, h->who, step);
		/* release: pairs with helpers_done; what the step wrote */
		atomic_store_explicit(&h->done, ++done, memory_order_release);
	} while (crew_claim(c, v, h->who, &step));
	/* seq_cst: the same number once more, so that either rt sees it or
	 * wake_rt sees rt */
	(void)atomic_exchange_explicit(&h->done, done, memory_order_seq_cst);
	wake_rt(c);
	/* relaxed: a gauge; this thread alone stores it */
	uint64_t busy = atomic_load_explicit(&h->busy_ns, memory_order_relaxed);
	busy += (uint64_t)(clock_now() - began);
	atomic_store_explicit(&h->busy_ns, busy, memory_order_relaxed);
	return done - before;
}

/** Sleep until there is a call after this one or a stage after that, unless
 * it came since we looked. */
TACTUS_RT static void
sleep_until_called(struct crew *c, uint32_t call, uint32_t epoch)
{
	/* seq_cst: pairs with ring_sleepers, as the looks below do with what
	 * was written before that */
	(void)atomic_exchange_explicit(&c->asleep, 1, memory_order_seq_cst);
	if (atomic_load_explicit(&c->epoch, memory_order_seq_cst) != epoch ||
		atomic_load_explicit(&c->over, memory_order_seq_cst)) {
		return;
	}
	/* the kernel looks at the call once more: it has us sleep only if
	 * there was none */
	wait_while(&c->call, call);
}

/** Wait for a stage after that of `epoch`: spin, then sleep, and again.
 * @return false: there will be none any more */
TACTUS_RT static bool
await_stage(struct crew *c, uint32_t epoch)
{
	uint32_t call = atomic_load_explicit(&c->call, memory_order_relaxed);
	int64_t until = clock_now() + CREW_SPIN_NS;

	/* acquire: pairs with crew_close */
	while (!atomic_load_explicit(&c->over, memory_order_acquire)) {
		for (int i = 0; i < TURNS; i++) {
			/* relaxed: crew_look comes next, and acquires */
			if (atomic_load_explicit(
				    &c->epoch, memory_order_relaxed) != epoch) {
				return true;
			}
			pause_turn();
		}
		uint32_t newest =
			atomic_load_explicit(&c->call, memory_order_relaxed);
		if (newest != call) {
			call = newest;
			until = clock_now() + CREW_SPIN_NS;
		} else if (clock_now() >= until) {
			sleep_until_called(c, call, epoch);
			until = clock_now() + CREW_SPIN_NS;
		}
	}
	return false;
}

TACTUS_RT void
crew_run(struct crew_helper *h)
{
	struct crew *c = h->crew;
	struct crew_view v = {.epoch = c->epoch_at_open};

	while (await_stage(c, v.epoch)) {
		crew_look(c, &v);
		(void)crew_help(h, &v);
	}
}

TACTUS_RT uint32_t
crew_threads(const struct crew *c)
{
	return c->threads;
}

/** Wake those helpers that sleep, now that what they wait for is there. */
TACTUS_RT static void
ring_sleepers(struct crew *c)
{
	/* seq_cst: pairs with sleep_until_called */
	if (atomic_load_explicit(&c->asleep, memory_order_seq_cst) != 0 &&
		atomic_exchange_explicit(&c->asleep, 0, memory_order_seq_cst) !=
			0) {
		wait_wake(&c->call);
	}
}

/** Tell the helpers that something comes. */
TACTUS_RT static void
call_helpers(struct crew *c)
{
	/* seq_cst: pairs with the kernel's look, behind sleep_until_called */
	(void)atomic_fetch_add_explicit(&c->call, 1, memory_order_seq_cst);
	ring_sleepers(c);
}

TACTUS_RT void
crew_begin(struct crew *c)
{
	c->due_at_begin = c->due;
	c->handed_out = false;
	if (c->helpers > 0) {
		call_helpers(c);
	}
}

/** Steps that helpers have done, ever; those that are counted are seen. */
TACTUS_RT static uint32_t
helpers_done(struct crew *c)
{
	uint32_t done = 0;

	for (uint32_t i = 1; i < c->threads; i++) {
		/* seq_cst: pairs with crew_help when rt is about to sleep;
		 * acquire, and no dearer than that, when it spins */
		done += atomic_load_explicit(
			&c->helper[i].done, memory_order_seq_cst);
	}
	return done;
}

/** Sleep until helpers have done all that they claimed. */
TACTUS_RT static void
stall(struct crew *c)
{
	c->stalls++;
	/* each turn more is one helper that left the stage, or a signal */
	for (;;) {
		/* seq_cst: pairs with wake_rt */
		(void)atomic_exchange_explicit(
			&c->waits, 1, memory_order_seq_cst);
		if (helpers_done(c) == c->due) {
			break;
		}
		wait_while(&c->waits, 1);
	}
	/* relaxed: who still sees 1 wakes nobody, or wakes in vain */
	atomic_store_explicit(&c->waits, 0, memory_order_relaxed);
}

/** Wait until helpers have done all that they claimed. */
TACTUS_RT static void
await_helpers(struct crew *c)
{
	int64_t until = 0;

	for (;;) {
		for (int i = 0; i < TURNS; i++) {
			if (helpers_done(c) == c->due) {
				return;
			}
			pause_turn();
		}
		int64_t now = clock_now();
		if (until == 0) {
			until = now + CREW_SPIN_NS;
		} else if (now >= until) {
			stall(c);
			return;
		}
	}
}

/** Let a stage begin, or the next part of one. */
TACTUS_RT static void
hand_out(struct crew *c, const struct crew_view *v)
{
	if (v->count < c->threads) {
		/* nobody will claim of an empty range: bring it up to date */
		for (uint32_t t = 0; t < c->threads; t++) {
			if (range_begin(c, v->count, t) ==
				range_begin(c, v->count, t + 1)) {
				/* relaxed: the epoch's release is behind */
				atomic_store_explicit(&c->range[t].word,
					word_of(v->epoch, 0, 0),
					memory_order_relaxed);
			}
		}
	}
	/* relaxed: the epoch's release is behind; for who is late see
	 * crew_private.h */
	atomic_store_explicit(&c->first, v->first, memory_order_relaxed);
	atomic_store_explicit(&c->count, v->count, memory_order_relaxed);
	atomic_store_explicit(&c->step, v->step, memory_order_relaxed);
	atomic_store_explicit(&c->stage, v->stage, memory_order_relaxed);
	/* release: pairs with crew_look; the context, and what all the steps
	 * before wrote.  seq_cst: pairs with sleep_until_called; the claim
	 * that comes next would wait for this store anyway */
	(void)atomic_exchange_explicit(
		&c->epoch, v->epoch, memory_order_seq_cst);
	if (atomic_load_explicit(&c->asleep, memory_order_seq_cst) != 0) {
		/* one fell asleep since crew_begin */
		call_helpers(c);
	}
}

TACTUS_RT void
crew_stage(struct crew *c, crew_step *step, void *stage, uint32_t count)
{
	if (c->threads == 1 || count < 2) {
		for (uint32_t i = 0; i < count; i++) {
			step(stage, 0, i);
		}
		return;
	}
	c->handed_out = true;
	struct crew_view v = {.step = step, .stage = stage};
	for (; v.first < count; v.first += v.count) {
		uint32_t rest = count - v.first;
		v.count = rest < CREW_MOST ? rest : CREW_MOST;
		/* relaxed: rt alone stores it */
		v.epoch =
			atomic_load_explicit(&c->epoch, memory_order_relaxed) +
			1;
		hand_out(c, &v);
		c->due += v.count;
		uint32_t at;
		while (crew_claim(c, &v, 0, &at)) {
			step(stage, 0, at);
			c->due--;
		}
		await_helpers(c);
	}
}

TACTUS_RT bool
crew_end(struct crew *c)
{
	bool late = c->handed_out && c->due == c->due_at_begin;

	c->late += late ? 1 : 0;
	return !late;
}

TACTUS_RT int64_t
crew_busy_ns(struct crew *c, uint32_t who)
{
	/* relaxed: a gauge */
	uint64_t busy = atomic_load_explicit(
		&c->helper[who].busy_ns, memory_order_relaxed);
	uint64_t since = busy - c->busy_seen[who];

	c->busy_seen[who] = busy;
	return (int64_t)since;
}

TACTUS_RT uint64_t
crew_late(const struct crew *c)
{
	return c->late;
}

TACTUS_RT uint64_t
crew_stalls(const struct crew *c)
{
	return c->stalls;
}
