/* SPDX-License-Identifier: MIT */
/*
 * snapshot.c -- see snapshot.h.
 */
#include "snapshot.h"

#include <string.h>

#include "node.h"
#include "port.h"

TACTUS_RT static uint32_t
state_of(const struct node *n)
{
	if (n->fading && n->at_end == FADE_FREES) {
		return NODE_RELEASING;
	}
	if (n->paused || (n->fading && n->at_end == FADE_PAUSES)) {
		return NODE_PAUSED;
	}
	return n->kind == KIND_GROUP || n->sounding ? NODE_RUNNING
						    : NODE_INACTIVE;
}

TACTUS_RT static void
copy(const struct engine *e, const struct node *n, struct tree_item *out)
{
	out->def = n->kind == KIND_SYNTH ? n->def : NULL;
	out->id = n->synth.id;
	out->parent = n->parent != NULL ? n->parent->synth.id : -1;
	out->state = state_of(n);
	memcpy(out->key, e->key[n->synth.id], KEY_SIZE);
}

TACTUS_RT void
snapshot_tree(struct engine *e, struct node *top, struct tree_reply *out)
{
	out->count = 0;
	out->groups = 0;
	out->synths = 0;
	for (struct node *n = top; n != NULL; n = node_after(n, top)) {
		if (n->kind == KIND_GROUP) {
			out->groups++;
		} else {
			out->synths++;
		}
		if (out->count < out->room) {
			copy(e, n, &out->item[out->count++]);
		}
	}
}

TACTUS_RT void
snapshot_node(struct engine *e, struct node *n, struct query_reply *out)
{
	copy(e, n, &out->node);
	out->previous = n->previous != NULL ? n->previous->synth.id : -1;
	out->next = n->next != NULL ? n->next->synth.id : -1;
	out->ports = 0;
	if (n->kind != KIND_SYNTH) {
		return;
	}
	const struct shape *s = n->spec->shape;
	out->ports = s->ports;
	for (uint32_t i = 0; i < s->ports; i++) {
		const struct shape_port *p = &s->port[i];
		struct port_state *to = &out->port[i];
		*to = (struct port_state){.kind = p->port.kind, .bus = -1};
		memcpy(to->name, p->port.name, sizeof to->name);
		if (p->port.kind == TACTUS_CONTROL) {
			to->value = port_value(e, n, p->ordinal);
			to->bus = n->control[p->ordinal].bus;
			to->flags = (int32_t)n->control[p->ordinal].flags;
		} else if (p->port.kind == TACTUS_AUDIO) {
			const struct joint *j =
				p->port.direction == TACTUS_OUTPUT
					? &n->output[p->ordinal]
					: &n->input[p->ordinal];
			to->bus = j->bus;
			to->flags = (int32_t)j->flags;
		}
	}
}
