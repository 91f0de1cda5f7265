/* SPDX-License-Identifier: MIT */
/*
 * fake_engine.c -- see fake_engine.h.
 */
#include "fake_engine.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "wait.h"

struct engine *
fake_engine(double rate, uint32_t block, uint32_t inputs, uint32_t outputs)
{
	struct engine *e = aligned_alloc(
		2 * CACHE_LINE, (sizeof *e + 2 * CACHE_LINE - 1) /
					(2 * CACHE_LINE) * (2 * CACHE_LINE));

	ck_assert_ptr_nonnull(e);
	memset(e, 0, sizeof *e);
	e->config.rate = rate;
	e->config.block = block;
	e->config.inputs = inputs;
	e->config.outputs = outputs;
	e->gain = 1.0F;
	return e;
}

void
engine_use_crew(struct engine *e, struct crew *crew)
{
	e->crew = crew;
}

TACTUS_RT void
engine_take(struct engine *e)
{
	struct batch *b;

	while (e->wire != NULL && ring_take(e->wire->commands, &b, 1) == 1) {
		e->taken++;
		e->owed += b->at;
		if ((b->flags & BATCH_LATE) != 0) {
			atomic_store(&e->stop, true);
		}
		if ((b->flags & BATCH_HOLD) != 0) {
			e->works++;
			gauge_add(&e->gauges, GAUGE_WORKS, 1);
		}
	}
	struct work *work;
	while (e->wire != NULL && ring_take(e->wire->works, &work, 1) == 1) {
		e->works--;
	}
}

TACTUS_RT static void
sound(struct engine *e, const float *const *in, float *const *out, uint32_t n)
{
	for (uint32_t c = 0; c < e->config.outputs; c++) {
		for (uint32_t i = 0; i < n; i++) {
			if (e->gain < 0.0F) {
				out[c][i] = (float)(e->now + i + 1) *
					    (1.0F / 16777216.0F);
			} else if (in == NULL || c >= e->config.inputs) {
				out[c][i] = 0.0F;
			} else {
				out[c][i] = in[c][i] * e->gain;
			}
		}
	}
}

TACTUS_RT void
engine_render(struct engine *e, const float *const *in, float *const *out,
	uint32_t frames)
{
	engine_take(e);
	if (e->hook != NULL) {
		TACTUS_RT_TRUST_BEGIN("a test's own")
		e->hook(e->user);
		TACTUS_RT_TRUST_END
	}
	sound(e, in, out, frames);
	if (e->wire != NULL && e->wire->tap != NULL) {
		for (uint32_t i = 0; i < frames; i++) {
			if (ring_post(e->wire->tap, &out[0][i], 1) != 1) {
				gauge_add(&e->gauges, GAUGE_TAP_LOST, 1);
			}
		}
	}
	e->now += frames;
	e->rendered += frames;
	gauge_set(&e->gauges, GAUGE_SAMPLE, e->now);
	e->owed -= e->owed < frames ? e->owed : frames;
}

TACTUS_RT uint32_t
engine_left(const struct engine *e)
{
	return e->config.block - (uint32_t)(e->rendered % e->config.block);
}

TACTUS_RT uint64_t
engine_now(const struct engine *e)
{
	return e->now;
}

TACTUS_RT void
engine_lose(struct engine *e, uint64_t frames)
{
	e->now += frames;
	e->lost += frames;
}

TACTUS_RT void
engine_fade_in(struct engine *e)
{
	e->fades++;
}

TACTUS_RT uint64_t
engine_cut(const struct engine *e)
{
	(void)e;
	return UINT64_MAX;
}

TACTUS_RT uint32_t
engine_works(const struct engine *e)
{
	return e->works;
}

TACTUS_RT uint64_t
engine_owed(const struct engine *e)
{
	return e->owed;
}

TACTUS_RT bool
engine_stopped(const struct engine *e)
{
	return atomic_load(&e->stop) ||
	       (e->stop_at > 0 && e->rendered >= e->stop_at);
}

TACTUS_RT void *
engine_device(struct engine *e)
{
	return atomic_exchange(&e->device, NULL);
}

TACTUS_RT void
engine_give_device(
	struct engine *e, void *device, enum device_verdict verdict, int error)
{
	e->verdict = verdict;
	e->error = error;
	atomic_store(&e->given, device);
}

TACTUS_RT void
engine_xrun(
	struct engine *e, enum xrun_cause cause, int64_t late_ns, uint64_t lost)
{
	if (e->xruns < FAKE_TOLD) {
		e->xrun[e->xruns] = (struct fake_xrun){cause, late_ns, lost};
	}
	e->xruns++;
}

TACTUS_RT void
engine_moment(struct engine *e, int64_t ns, uint32_t epoch, bool exact)
{
	e->moment[e->moments % FAKE_TOLD] =
		(struct fake_moment){e->now, ns, epoch, exact};
	e->moments++;
}

TACTUS_RT void
engine_load(struct engine *e, int64_t busy_ns, uint32_t frames)
{
	(void)e;
	(void)busy_ns;
	(void)frames;
}

TACTUS_RT void
engine_flush(struct engine *e)
{
	e->flushes++;
	if (e->wire != NULL) {
		wait_call(&e->wire->loop);
	}
}

TACTUS_RT struct gauges *
engine_gauges(struct engine *e)
{
	return &e->gauges;
}

TACTUS_RT const struct engine_config *
engine_config(const struct engine *e)
{
	return &e->config;
}
