/* SPDX-License-Identifier: MIT */
/*
 * thread.c -- what the rt thread does all its life; see thread.h.
 */
#include "thread.h"

#include <errno.h>

#include "offline.h"
#include "thread_private.h"

TACTUS_RT static void
show_driver(struct rt_thread *t, enum driver_kind kind)
{
	struct gauges *g = engine_gauges(t->engine);

	gauge_set(g, GAUGE_DRIVER, kind);
	gauge_set(g, GAUGE_RUNNING, 1);
}

/* Was the card opened for this very engine? */
TACTUS_RT static bool
fits(const struct rt_thread *t, const struct card *card)
{
	const struct card_config *c = card_config(card);
	const struct engine_config *e = engine_config(t->engine);

	return c->rate == t->pace.rate && c->block == e->block &&
	       c->inputs == e->inputs && c->outputs == e->outputs;
}

/* Back to the clock: no sample is left out, none is told twice. */
TACTUS_RT static void
let_go(struct rt_thread *t, struct card *card, enum device_verdict verdict,
	int error)
{
	engine_give_device(t->engine, card, verdict, error);
	t->card = NULL;
}

TACTUS_RT static enum device_verdict
device_verdict(enum card_verdict verdict)
{
	return verdict == CARD_GONE ? DEVICE_GONE : DEVICE_BROKEN;
}

/* A card was handed over: it drives from the next block on. */
TACTUS_RT static void
take_over(struct rt_thread *t, struct card *card)
{
	if (t->card != NULL) {
		/* the one that plays is not given up for another */
		engine_give_device(t->engine, card, DEVICE_GIVEN, 0);
		return;
	}
	if (!fits(t, card)) {
		let_go(t, card, DEVICE_BROKEN, -EINVAL);
		return;
	}
	enum card_verdict verdict =
		card_start(card, t->engine, &t->pace, t->clock.ops);
	if (verdict != CARD_RUNS) {
		let_go(t, card, device_verdict(verdict), card_error(card));
		return;
	}
	t->card = card;
	engine_fade_in(t->engine);
	show_driver(t, DRIVER_ALSA);
}

TACTUS_RT static void
drive(struct rt_thread *t)
{
	struct engine *e = t->engine;
	struct card *fresh = engine_device(e);

	if (fresh != NULL) {
		take_over(t, fresh);
	}
	if (t->card == NULL) {
		clock_cycle(&t->clock, e);
		return;
	}
	enum card_verdict verdict = card_cycle(t->card, e);
	if (verdict != CARD_RUNS) {
		gauge_add(engine_gauges(e), GAUGE_DEVICE_LOST, 1);
		let_go(t, t->card, device_verdict(verdict),
			card_error(t->card));
		clock_start(&t->clock, e);
		show_driver(t, DRIVER_CLOCK);
	}
}

TACTUS_RT void
thread_run(struct rt_thread *t)
{
	struct engine *e = t->engine;

	if (t->offline) {
		show_driver(t, DRIVER_OFFLINE);
		while (!engine_stopped(e)) {
			offline_cycle(e, t->wire, t->out);
		}
	} else {
		clock_start(&t->clock, e);
		show_driver(t, DRIVER_CLOCK);
		while (!engine_stopped(e)) {
			drive(t);
		}
	}
	/* one that came with the very last commands */
	struct card *fresh = engine_device(e);
	if (t->card != NULL) {
		card_finish(t->card, e);
		let_go(t, t->card, DEVICE_GIVEN, 0);
		engine_flush(e);
	}
	if (fresh != NULL) {
		engine_give_device(e, fresh, DEVICE_GIVEN, 0);
	}
	gauge_set(engine_gauges(e), GAUGE_DRIVER, DRIVER_NONE);
	gauge_set(engine_gauges(e), GAUGE_RUNNING, 0);
	engine_flush(e);
}
