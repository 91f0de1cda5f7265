/* SPDX-License-Identifier: MIT */
/*
 * node_ref.h -- a node that is meant for some time to come: one of rt's own.
 *
 * An id is given to one node after the other; what the engine itself notes of
 * a node (an event, an answer to come) means that one and no successor.  So it
 * carries the generation of the slot, too, and reads a node that has ended as
 * absent.  What clients name are ids alone: a successor is meant
 * (docs/osc-api.md, case 21).  rt makes these and looks at them, nobody else
 * (rt/graph/node.h).
 */
#ifndef TACTUS_LINK_NODE_REF_H
#define TACTUS_LINK_NODE_REF_H

#include <stdint.h>

struct node_ref {
	int32_t id;
	uint32_t generation;
};

#endif
