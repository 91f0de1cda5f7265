/* SPDX-License-Identifier: MIT */
/*
 * clock.c -- see clock.h.  One of the three files that may call the kernel.
 */
#include "clock.h"

#include <time.h>

#define NS 1000000000

TACTUS_RT static int64_t
read_clock(clockid_t which)
{
	struct timespec t = {0, 0};

	TACTUS_RT_TRUST_BEGIN("the vDSO reads it without entering the kernel")
	(void)clock_gettime(which, &t);
	TACTUS_RT_TRUST_END
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

TACTUS_RT int64_t
clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

TACTUS_RT int64_t
clock_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

TACTUS_RT void
clock_sleep_until(int64_t ns)
{
	struct timespec t = {(time_t)(ns / NS), (long)(ns % NS)};

	TACTUS_RT_TRUST_BEGIN("the clock driver's wait for its deadline")
	/* EINTR: late by a signal is early by a wait; the caller looks */
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	TACTUS_RT_TRUST_END
}

TACTUS_RT static int64_t
real_now(void *user)
{
	(void)user;
	return clock_now();
}

TACTUS_RT static int64_t
real_boot(void *user)
{
	(void)user;
	return clock_boot();
}

TACTUS_RT static void
real_sleep_until(void *user, int64_t ns)
{
	(void)user;
	clock_sleep_until(ns);
}

const struct clock_ops clock_real = {
	real_now, real_boot, real_sleep_until, NULL};

TACTUS_RT int64_t
clock_frames_ns(uint64_t frames, uint32_t rate)
{
	uint64_t seconds = frames / rate;
	uint64_t rest = frames % rate;

	return (int64_t)(seconds * NS + (rest * NS + rate / 2) / rate);
}

TACTUS_RT uint64_t
clock_ns_frames(int64_t ns, uint32_t rate)
{
	if (ns <= 0) {
		return 0;
	}
	uint64_t seconds = (uint64_t)ns / NS;
	uint64_t rest = (uint64_t)ns % NS;
	return seconds * rate + (rest * rate + NS / 2) / NS;
}

TACTUS_RT void
clock_mark(struct clock_pace *p, uint64_t sample, int64_t boot_ns)
{
	p->sample = sample;
	p->boot_ns = boot_ns;
}

TACTUS_RT uint64_t
clock_lost(const struct clock_pace *p, uint64_t sample, int64_t boot_ns)
{
	if (p->boot_ns == 0) {
		return 0;
	}
	uint64_t due =
		p->sample + clock_ns_frames(boot_ns - p->boot_ns, p->rate);
	return due > sample ? due - sample : 0;
}

/* From here on `sample` is due at `now`. */
TACTUS_RT static void
rebase(struct clock_driver *d, uint64_t sample, int64_t now, int64_t boot)
{
	d->base_ns = now;
	d->base_sample = sample;
	d->apart_ns = boot - now;
	d->pace->epoch++;
	clock_mark(d->pace, sample, boot);
}

TACTUS_RT void
clock_start(struct clock_driver *d, struct engine *e)
{
	int64_t now = d->ops->now(d->ops->user);
	int64_t boot = d->ops->boot(d->ops->user);
	uint64_t lost = clock_lost(d->pace, engine_now(e), boot);

	if (lost > 0) {
		engine_lose(e, lost);
	}
	rebase(d, engine_now(e), now, boot);
	d->blocked_ns = now;
}

/* Overslept, or the machine was suspended: the time is lost, and told. */
TACTUS_RT static void
skip(struct clock_driver *d, struct engine *e, int64_t due, int64_t now,
	int64_t boot)
{
	int64_t slept = boot - now - d->apart_ns;
	int64_t late = now - due + (slept > 0 ? slept : 0);
	uint64_t lost = clock_ns_frames(late, d->pace->rate);

	engine_lose(e, lost);
	engine_xrun(e, slept > CLOCK_SUSPEND_NS ? XRUN_SUSPEND : XRUN_WOKE_LATE,
		late, lost);
	rebase(d, engine_now(e), now, boot);
}

/* Sleep until `due`, and never let others starve. */
TACTUS_RT static int64_t
wait_until(struct clock_driver *d, struct engine *e, int64_t due)
{
	int64_t before = d->ops->now(d->ops->user);
	int64_t now = before;

	while (now < due) {
		d->ops->sleep_until(d->ops->user, due);
		now = d->ops->now(d->ops->user);
	}
	if (now - before >= CLOCK_BLOCKED_NS) {
		d->blocked_ns = now;
	} else if (now - d->blocked_ns > CLOCK_BUSY_NS) {
		gauge_add(engine_gauges(e), GAUGE_OVERLOADS, 1);
		d->ops->sleep_until(d->ops->user, now + CLOCK_REST_NS);
		now = d->ops->now(d->ops->user);
		d->blocked_ns = now;
	}
	return now;
}

TACTUS_RT void
clock_cycle(struct clock_driver *d, struct engine *e)
{
	uint32_t block = engine_config(e)->block;
	int64_t due =
		d->base_ns +
		clock_frames_ns(engine_now(e) - d->base_sample, d->pace->rate);
	int64_t now = wait_until(d, e, due);
	int64_t boot = d->ops->boot(d->ops->user);
	int64_t slept = boot - now - d->apart_ns;

	if (now - due > CLOCK_LATE_NS || slept > CLOCK_SUSPEND_NS) {
		skip(d, e, due, now, boot);
		due = now;
	}
	clock_mark(d->pace, engine_now(e), due + d->apart_ns);
	engine_moment(e, due, d->pace->epoch, true);
	engine_render(e, NULL, d->out, block);
	engine_load(e, d->ops->now(d->ops->user) - now, block);
	engine_flush(e);
}
