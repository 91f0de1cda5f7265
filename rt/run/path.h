/* SPDX-License-Identifier: MIT */
/*
 * path.h -- ways along the connections: would one more close a cycle?
 *
 * Breadth first from the destination along what is no feedback, outputs in
 * port order, the connections of each in the order in which they were made:
 * the first of the shortest ways.  As long as all connections agree with the
 * order as it was last renewed, only synths between the two ends in it are
 * looked at; mostly there are none.
 */
#ifndef TACTUS_RT_PATH_H
#define TACTUS_RT_PATH_H

#include "engine_private.h"

/**
 * Look for the way from a destination to the source that is to be connected
 * to it.
 * @thread rt: bounded by what can be reached from `to`
 * @param order takes its length in nodes, both ends among them, and the first
 *              CONNECT_PATH of these, when there is one
 * @return is there one? (A node has one to itself, of length 1.)
 */
TACTUS_RT bool path_find(struct engine *e, const struct node *source,
	const struct node *to, struct connect_order *order);

#endif
