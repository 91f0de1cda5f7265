/* SPDX-License-Identifier: MIT */
/*
 * naive_tree.c -- see naive.h.  The tree, what fades in it, and the
 * controls of its synths.
 */
#include <math.h>
#include <stdlib.h>

#include "naive_private.h"

struct thing *
naive_find(struct naive *v, int32_t id)
{
	if (id < 0 || (uint32_t)id >= v->config.max_nodes) {
		return NULL;
	}
	struct thing *t = &v->thing[id];
	bool lives = t->is == IS_GROUP || t->is == IS_SYNTH;
	return lives && !t->cleared ? t : NULL;
}

void
naive_leave(struct naive *v, struct thing *t)
{
	struct thing *p = &v->thing[t->parent];
	int32_t kept = 0;

	for (int32_t i = 0; i < p->children; i++) {
		if (p->child[i] != t->id) {
			p->child[kept++] = p->child[i];
		}
	}
	p->children = kept;
	t->parent = NOBODY;
}

void
naive_enter(struct naive *v, struct thing *t, int32_t parent, int32_t at)
{
	struct thing *p = &v->thing[parent];

	for (int32_t i = p->children; i > at; i--) {
		p->child[i] = p->child[i - 1];
	}
	p->child[at] = t->id;
	p->children++;
	t->parent = parent;
}

int32_t
naive_index(const struct thing *parent, int32_t id)
{
	int32_t i = 0;

	while (parent->child[i] != id) {
		i++;
	}
	return i;
}

void
naive_free_synth(struct thing *t)
{
	for (uint32_t k = 0; k < t->outputs; k++) {
		free(t->voice[k]);
	}
	free(t->self);
}

void
naive_end(struct naive *v, struct thing *t)
{
	while (t->children > 0) {
		naive_end(v, &v->thing[t->child[0]]);
	}
	naive_leave(v, t);
	if (t->is == IS_SYNTH) {
		naive_unjoin(v, t, UINT32_MAX);
		if (t->def->destroy) {
			t->def->destroy(&v->world, &t->synth);
		}
		v->pool_free[t->pool]++;
		naive_free_synth(t);
	}
	t->is = IS_ENDED;
	t->key[0] = '\0';
	naive_tell(v, REPORT_NODE_ENDED, t->id, NULL);
}

static uint32_t
count(const struct naive *v, const struct thing *t)
{
	uint32_t n = 1;

	for (int32_t i = 0; i < t->children; i++) {
		n += count(v, &v->thing[t->child[i]]);
	}
	return n;
}

uint32_t
naive_in_limbo(const struct naive *v)
{
	return count(v, &v->thing[LIMBO]) - 1;
}

uint32_t
naive_nodes(const struct naive *v)
{
	return count(v, &v->thing[0]) + naive_in_limbo(v);
}

uint32_t
naive_events(const struct naive *v)
{
	return v->dues;
}

uint32_t
naive_pool(const struct naive *v, uint32_t i)
{
	return v->pool_free[i];
}

bool
naive_is_below(const struct naive *v, int32_t id, int32_t top)
{
	while (id != NOBODY && id != top) {
		id = v->thing[id].parent;
	}
	return id == top;
}

void
naive_fade(
	struct naive *v, struct thing *t, float to, double seconds, int at_end)
{
	t->fade = (struct line){true, v->now, naive_frames(v, seconds),
		line_before(&t->fade, v->now), to};
	t->at_end = at_end;
	for (uint32_t i = 0; i < v->fadings; i++) {
		if (v->fading[i] == t->id) {
			return;
		}
	}
	v->fading[v->fadings++] = t->id;
}

/* --- knobs --- */

float
naive_clamp(const TactusPort *p, float value)
{
	if ((p->flags & ~(uint32_t)TACTUS_TRIGGER) != 0 &&
		fabsf(value) < 1e9F) {
		value = (float)floor((double)value + 0.5);
	}
	if (value < p->minimum) {
		return p->minimum;
	}
	return value > p->maximum ? p->maximum : value;
}

float
naive_value(const struct naive *v, const struct thing *t, uint32_t k)
{
	const struct knob *c = &t->knob[k];

	return c->ramp.is_on && c->bus < 0 ? line_at(&c->ramp, v->now)
					   : c->value;
}

void
naive_trigger(struct naive *v, struct thing *t, uint32_t k, float value)
{
	struct knob *c = &t->knob[k];

	value = naive_clamp(&t->port[k], value);
	if (c->free_at <= v->now) {
		c->free_at = v->now + 1;
		c->value = value;
		t->fired = true;
		return;
	}
	v->due[v->dues++] = (struct due){.at = c->free_at,
		.arrival = v->arrivals++,
		.node = t->id,
		.generation = t->generation,
		.control = k,
		.value = value};
	c->free_at++;
}
