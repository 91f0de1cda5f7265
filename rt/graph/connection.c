/* SPDX-License-Identifier: MIT */
/*
 * connection.c -- see connection.h.
 */
#include "connection.h"

#include "order.h"
#include "path.h"
#include "port.h"
#include "runner.h"

/** A block that never is. */
#define NEVER UINT64_MAX

void
connection_init(struct engine *e)
{
	for (uint32_t i = e->config.max_connections; i > 0; i--) {
		e->connection[i - 1].next_in = e->connection_free;
		e->connection_free = &e->connection[i - 1];
	}
}

/** The connection of two ports, by the shorter of their lists; or NULL. */
TACTUS_RT static struct connection *
find(const struct node *source, uint32_t out, const struct node *to,
	uint32_t in)
{
	const struct joint *from = &source->output[out];
	const struct joint *at = &to->input[in];
	struct connection *c;

	if (from->connections < at->connections) {
		c = from->first;
		while (c != NULL && (c->to != to || c->in != in)) {
			c = c->next_out;
		}
		return c;
	}
	c = at->first;
	while (c != NULL && (c->source != source || c->out != out)) {
		c = c->next_in;
	}
	return c;
}

/** Take a buffer from the pools, or note why there is none. */
TACTUS_RT static float *
take(struct engine *e, size_t frames, int32_t told[2], enum reason *why)
{
	size_t bytes = frames * sizeof(float);
	float *buffer = pool_take(e->pools, bytes);

	if (buffer == NULL) {
		size_t size = pool_size_for(e->pools, bytes);
		told[0] = (int32_t)(size != 0 ? size : bytes);
		*why = size != 0 ? REASON_POOL_FULL : REASON_POOL_NONE;
	}
	return buffer;
}

/** Take the buffers of a connection: all of them or none. */
TACTUS_RT static enum reason
take_buffers(struct engine *e, struct joint *from, struct bus *delay,
	uint32_t flags, int32_t told[2])
{
	enum reason why = REASON_NONE;
	uint32_t block = e->config.block;
	float *own = from->own;

	if (own == NULL) {
		own = take(e, block, told, &why);
	}
	*delay = (struct bus){
		.block = {NEVER, NEVER}
        };
	if (own != NULL && (flags & MAP_FEEDBACK) != 0) {
		delay->frames[0] = take(e, 2 * (size_t)block, told, &why);
		if (delay->frames[0] != NULL) {
			delay->frames[1] = delay->frames[0] + block;
		} else if (from->own == NULL) {
			pool_give(e->pools, own);
			own = NULL;
		}
	}
	if (why == REASON_NONE) {
		from->own = own;
	}
	return why;
}

/** Append it to both lists. */
TACTUS_RT static void
link_both(struct connection *c, struct joint *from, struct joint *at)
{
	uint32_t feedback = (c->flags & MAP_FEEDBACK) != 0 ? 1 : 0;

	c->next_in = NULL;
	c->previous_in = at->last;
	if (at->last != NULL) {
		at->last->next_in = c;
	} else {
		at->first = c;
	}
	at->last = c;
	at->connections++;
	at->feedbacks += feedback;
	c->next_out = NULL;
	c->previous_out = from->last;
	if (from->last != NULL) {
		from->last->next_out = c;
	} else {
		from->first = c;
	}
	from->last = c;
	from->connections++;
	from->feedbacks += feedback;
}

/** Take it out of both. */
TACTUS_RT static void
unlink_both(struct connection *c, struct joint *from, struct joint *at)
{
	uint32_t feedback = (c->flags & MAP_FEEDBACK) != 0 ? 1 : 0;

	*(c->previous_in != NULL ? &c->previous_in->next_in : &at->first) =
		c->next_in;
	*(c->next_in != NULL ? &c->next_in->previous_in : &at->last) =
		c->previous_in;
	at->connections--;
	at->feedbacks -= feedback;
	*(c->previous_out != NULL ? &c->previous_out->next_out : &from->first) =
		c->next_out;
	*(c->next_out != NULL ? &c->next_out->previous_out : &from->last) =
		c->previous_out;
	from->connections--;
	from->feedbacks -= feedback;
}

/** Is it enough to read buses before a synth runs and to write them then? */
TACTUS_RT static bool
is_plain(const struct node *n)
{
	uint32_t joined = 0;

	for (uint32_t i = 0; i < n->inputs; i++) {
		joined |= n->input[i].connections;
	}
	for (uint32_t i = 0; i < n->outputs; i++) {
		joined |= n->output[i].feedbacks;
	}
	return joined == 0;
}

/**
 * Judge what is to be connected.
 * @return why not, or REASON_NONE
 */
TACTUS_RT static enum reason
judge(struct engine *e, const struct node *source, const struct shape_port *out,
	const struct node *to, const struct shape_port *in,
	struct connect_order *order, int32_t told[2])
{
	if (find(source, out->ordinal, to, in->ordinal) != NULL) {
		return REASON_CONNECTED;
	}
	if ((order->flags & MAP_FEEDBACK) == 0 &&
		path_find(e, source, to, order)) {
		told[0] = (int32_t)order->length;
		return REASON_CYCLE;
	}
	if (to->input[in->ordinal].connections >=
		e->config.max_inputs_per_port) {
		told[0] = (int32_t)e->config.max_inputs_per_port;
		return REASON_INPUTS_FULL;
	}
	if (e->connection_free == NULL) {
		told[0] = (int32_t)e->config.max_connections;
		return REASON_CONNECTIONS_FULL;
	}
	return REASON_NONE;
}

/** Say how many there are, and that order and plan are not as they should. */
TACTUS_RT static void
show(struct engine *e)
{
	e->changed = true;
	gauge_set(e->gauges, GAUGE_CONNECTIONS, e->connections);
}

TACTUS_RT enum reason
connection_make(struct engine *e, struct node *source,
	const struct shape_port *out, struct node *to,
	const struct shape_port *in, struct connect_order *order,
	int32_t told[2])
{
	struct joint *from = &source->output[out->ordinal];
	struct joint *at = &to->input[in->ordinal];
	struct connection *c = e->connection_free;
	enum reason why = judge(e, source, out, to, in, order, told);
	struct bus delay;

	if (why == REASON_NONE) {
		why = take_buffers(e, from, &delay, order->flags, told);
	}
	if (why != REASON_NONE) {
		return why;
	}
	e->connection_free = c->next_in;
	*c = (struct connection){
		.source = source,
		.to = to,
		.out = out->ordinal,
		.in = in->ordinal,
		.out_port = (uint16_t)(out - source->spec->shape->port),
		.in_port = (uint16_t)(in - to->spec->shape->port),
		.own = from->own,
		.flags = order->flags,
		.delay = delay,
	};
	bool from_was = port_is_joined(from);
	bool at_was = port_is_joined(at);
	link_both(c, from, at);
	source->out[c->out] = from->own;
	to->plain = false;
	source->plain = source->plain && from->feedbacks == 0;
	port_look(e, source);
	port_look(e, to);
	e->connections++;
	if ((c->flags & MAP_FEEDBACK) == 0) {
		order_join(e, c);
	}
	show(e);
	port_tell(e, source, from, c->out_port, from_was);
	port_tell(e, to, at, c->in_port, at_was);
	return REASON_NONE;
}

/** Remove one; `ends` is a synth that is not told, or NULL. */
TACTUS_RT static void
remove_one(struct engine *e, struct connection *c, const struct node *ends)
{
	struct node *source = c->source;
	struct node *to = c->to;
	struct joint *from = &source->output[c->out];
	struct joint *at = &to->input[c->in];
	uint32_t out_port = c->out_port;
	uint32_t in_port = c->in_port;

	unlink_both(c, from, at);
	if (at->connections == 0) {
		to->in[c->in] = e->zeros;
		to->plain = is_plain(to);
	}
	if (c->delay.frames[0] != NULL && from->feedbacks == 0) {
		source->plain = is_plain(source);
	}
	if (from->connections == 0) {
		pool_give(e->pools, from->own);
		from->own = NULL;
		source->out[c->out] = e->runner->out[c->out];
		source->plain = is_plain(source);
	}
	port_look(e, source);
	port_look(e, to);
	pool_give(e->pools, c->delay.frames[0]);
	if ((c->flags & MAP_FEEDBACK) == 0) {
		order_part(e, c);
	}
	e->connections--;
	c->next_in = e->connection_free;
	e->connection_free = c;
	show(e);
	if (source != ends) {
		port_tell(e, source, from, out_port, true);
	}
	if (to != ends) {
		port_tell(e, to, at, in_port, true);
	}
}

TACTUS_RT enum reason
connection_break(struct engine *e, struct node *source,
	const struct shape_port *out, struct node *to,
	const struct shape_port *in, const struct connect_order *order)
{
	struct connection *c = find(source, out->ordinal, to, in->ordinal);

	if (c == NULL || (!order->any && c->flags != order->flags)) {
		return REASON_NOT_CONNECTED;
	}
	remove_one(e, c, NULL);
	return REASON_NONE;
}

/** Remove connections of one port, `most` of them. @return how many */
TACTUS_RT static uint32_t
cut(struct engine *e, struct node *n, const struct joint *j, uint32_t most)
{
	uint32_t done = 0;

	for (; done < most && j->first != NULL; done++) {
		remove_one(e, j->first, n);
	}
	return done;
}

TACTUS_RT uint32_t
connection_cut(struct engine *e, struct node *n, uint32_t most)
{
	uint32_t done = 0;

	for (uint32_t i = 0; i < n->inputs && done < most; i++) {
		done += cut(e, n, &n->input[i], most - done);
	}
	for (uint32_t i = 0; i < n->outputs && done < most; i++) {
		done += cut(e, n, &n->output[i], most - done);
	}
	return done;
}

TACTUS_RT void
connection_end(struct engine *e, struct node *n)
{
	(void)connection_cut(e, n, UINT32_MAX);
	order_forget(e, n);
}
