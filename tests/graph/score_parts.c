/* SPDX-License-Identifier: MIT */
/*
 * score_parts.c -- see score_parts.h.
 *
 * Ports are known by their names and units, so that defs which come later
 * join by themselves.  All belongs to the test's one thread.
 */
#include "score_parts.h"

#include <string.h>

#include "random.h"
#include "rig.h"

/** Synths of a dear kind that may live at a time. */
#define DEAR 4

static bool
is_like(const char *name, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strncmp(name, *list, strlen(*list)) == 0) {
			return true;
		}
	}
	return false;
}

/** A number from 0 to 1. */
static float
share(struct writer *w)
{
	return (float)random_below(&w->random, 10001) / 10000.0F;
}

static float
switch_value(struct writer *w, const TactusPort *port)
{
	static const char *const ups[] = {"gate", "run", "loop", NULL};
	float range = port->maximum - port->minimum;

	if (is_like(port->name, ups)) {
		return random_below(&w->random, 5) == 0 ? 0.0F : 1.0F;
	}
	if (range > 1000.0F) {
		/* a frame number, or a number that is only told */
		return random_below(&w->random, 3) != 0
			       ? port->initial
			       : (float)random_below(&w->random, 2000);
	}
	return port->minimum +
	       (float)random_below(&w->random, (uint32_t)range + 1);
}

float
score_value(struct writer *w, const struct house_part *p, uint32_t k)
{
	static const char *const levels[] = {
		"amp", "gain", "level", "makeup", "wet", "dry", NULL};
	const TactusPort *port = &p->port[k];
	const char *unit = port->unit;
	float low = port->minimum;
	float high = port->maximum;

	if ((port->flags & TACTUS_TRIGGER) != 0) {
		return 0.0F;
	}
	if (port->flags != 0) {
		return switch_value(w, port);
	}
	if (p->def == &rig_fold) {
		return share(w) * 0.5F;
	}
	if (strcmp(unit, "Hz") == 0) {
		low = low < 20.0F && high > 2000.0F ? 20.0F : low;
		high = high > 8000.0F ? 8000.0F : high;
		return low + (high - low) * share(w) * share(w) * share(w);
	}
	if (strcmp(unit, "s") == 0) {
		high = high > 0.09F ? 0.09F : high;
		return low + (high - low) * share(w);
	}
	if (strcmp(unit, "dB") == 0) {
		low = low < -24.0F ? -24.0F : low;
		high = high > 6.0F ? 6.0F : high;
		return low + (high - low) * share(w);
	}
	if (is_like(port->name, levels)) {
		return low > 0.0F ? port->initial : share(w) * 0.5F;
	}
	if (high - low <= 4.0F) {
		return low + (high - low) * share(w);
	}
	return port->initial * (0.5F + share(w));
}

bool
score_may_follow(const TactusPort *port)
{
	return (port->flags & TACTUS_TRIGGER) == 0;
}

/** So many synths of a def live. */
static uint32_t
count(const struct writer *w, const TactusSynthDef *def)
{
	uint32_t n = 0;

	for (int32_t id = 0; id < SCORE_IDS; id++) {
		n += naive_def(w->naive, id) == def ||
		     (w->taken_until[id] > w->now && w->part[id] != NULL &&
			     w->part[id]->def == def);
	}
	return n;
}

bool
score_is_dear(struct writer *w, const struct house_part *p)
{
	static const char *const dear[] = {
		"convolver", "delay", "reverb", NULL};

	return is_like(p->def->name, dear) && count(w, p->def) >= DEAR;
}
