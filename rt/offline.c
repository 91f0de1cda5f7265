/* SPDX-License-Identifier: MIT */
/*
 * offline.c -- see offline.h.
 */
#include "offline.h"

#include "clock.h"
#include "ring.h"
#include "wait.h"

/* Who drains the tap and the reports does not call rt: look again. */
#define LOOK_NS 500000

TACTUS_RT static void
look_again_later(void)
{
	clock_sleep_until(clock_now() + LOOK_NS);
}

/**
 * Sleep, unless something came since we looked (wake.h).  While a run
 * is owed commands wait for its end: they are no reason to stay awake.
 */
TACTUS_RT static void
sleep_until_called(struct engine *e, struct wire *wire)
{
	if (gauge_get(engine_gauges(e), GAUGE_OUTBOX) > 0) {
		/* reports wait for room: the loop makes it without a call */
		look_again_later();
		return;
	}
	wake_announce(&wire->rt);
	if ((engine_owed(e) != 0 || ring_filled(wire->commands) == 0) &&
		ring_filled(wire->works) == 0) {
		wait_for_call(&wire->rt);
	}
	wake_clear(&wire->rt);
}

TACTUS_RT void
offline_cycle(struct engine *e, struct wire *wire, float *const *out)
{
	engine_take(e);
	uint64_t owed = engine_owed(e);
	if (owed == 0 || engine_works(e) != 0) {
		/* virtual time stands still, in the middle of a run as well */
		engine_flush(e);
		if (!engine_stopped(e)) {
			sleep_until_called(e, wire);
		}
		return;
	}
	uint64_t cut = engine_cut(e);
	uint32_t n = engine_left(e);
	n = cut < n ? (uint32_t)cut : n;
	n = owed < n ? (uint32_t)owed : n;
	if (wire->tap != NULL) {
		uint32_t most = ring_capacity(wire->tap);
		n = n < most ? n : most;
		if (ring_room(wire->tap) < n) {
			engine_flush(e);
			look_again_later();
			return;
		}
	}
	engine_render(e, NULL, out, n);
	engine_flush(e);
}
