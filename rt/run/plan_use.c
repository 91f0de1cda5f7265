/* SPDX-License-Identifier: MIT */
/*
 * plan_use.c -- what comes between synths by resources: nobody runs beside one
 * that may write what he looks at; of making a plan (plan.c).
 */
#include "hold.h"
#include "plan_private.h"

/** A level at which a synth may use a resource, or what its use forbids. */
TACTUS_RT static void
use_resource(struct engine *e, int32_t id, bool writes, uint32_t *level,
	bool decided)
{
	struct plan *p = e->plan;

	if (id < 0) {
		return;
	}
	struct resource_use *u = &p->resource[id];
	if (u->epoch != p->epoch) {
		*u = (struct resource_use){.epoch = p->epoch};
	}
	if (!decided) {
		uint32_t least = u->write_level;
		if (writes && u->read_level > least) {
			least = u->read_level;
		}
		if (writes && p->serial_level > least) {
			least = p->serial_level;
		}
		*level = least > *level ? least : *level;
		return;
	}
	uint32_t *last = writes ? &u->write_level : &u->read_level;
	*last = *level + 1 > *last ? *level + 1 : *last;
	if (writes && *level + 1 > p->write_level) {
		p->write_level = *level + 1;
	}
}

/**
 * The level of a TACTUS_SERIAL synth, which may acquire any resource and take
 * the last of whatever there is: above all that write one, and no lower than
 * the serial ones before it, behind which it runs then.
 */
TACTUS_RT static void
be_serial(struct plan *p, uint32_t *level)
{
	uint32_t least = p->write_level;

	if (p->serial_level > least + 1) {
		least = p->serial_level - 1;
	}
	*level = least > *level ? least : *level;
	p->serial_level = *level + 1;
}

/** All resources that a synth may look at or write to. */
TACTUS_RT static void
use_resources(
	struct engine *e, const struct node *n, uint32_t *level, bool decided)
{
	const struct shape *s = n->spec->shape;
	bool any = false;

	for (uint32_t i = 0; i < s->resources; i++) {
		const TactusPort *port = &s->port[s->controls + i].port;
		bool writes = port->direction == TACTUS_OUTPUT;
		any = any || writes;
		use_resource(e, n->binding[i].hold.id, writes, level, decided);
	}
	/* who writes may still do so to what was bound before */
	for (const struct kept *k = n->kept; k != NULL; k = k->next) {
		use_resource(e, k->hold.id, any, level, decided);
	}
}

TACTUS_RT void
plan_use(struct engine *e, const struct node *n, uint32_t *level)
{
	if (n->uses) {
		use_resources(e, n, level, false);
	}
	if ((n->def->flags & TACTUS_SERIAL) != 0) {
		be_serial(e->plan, level);
	}
	if (n->uses) {
		use_resources(e, n, level, true);
	}
}
