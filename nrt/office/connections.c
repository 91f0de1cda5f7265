/* SPDX-License-Identifier: MIT */
/*
 * connections.c -- messages about connections become commands.
 *
 * Ids, ports and what they are to each other are judged by rt; here it is
 * flags.  And the loop knows how many connections there can be when a question
 * about them is answered, so that the answer has its room before rt writes it.
 */
#include "office_private.h"

/** A message of both ends and, maybe, flags. */
static bool
read_ends(struct request *r, int32_t *source, struct connect_order *order)
{
	int32_t flags = 0;

	if (!request_int(r, "src", source) ||
		!request_port(r, "out-port", &order->out) ||
		!request_int(r, "dst", &order->to) ||
		!request_port(r, "in-port", &order->in)) {
		return false;
	}
	order->any = !request_more(r);
	if ((!order->any && !request_int(r, "flags", &flags)) ||
		!request_end(r)) {
		return false;
	}
	if ((flags & ~MAP_FEEDBACK) != 0) {
		char ends[160];
		(void)words_of_ends(*source, order, ends, sizeof ends);
		request_fail(r, 422,
			"%sflags %d: 2 feedback is the only one that "
			"connections know",
			ends, flags);
		return false;
	}
	order->flags = (uint32_t)flags;
	return true;
}

/** @return NULL: it was answered */
static struct command *
order(struct request *r, enum command_kind kind)
{
	struct connect_order given = {0};
	int32_t source;

	if (!read_ends(r, &source, &given)) {
		return NULL;
	}
	struct command *c = request_command(r, kind);
	if (c == NULL || !request_copy_port(r, c, &given.out) ||
		!request_copy_port(r, c, &given.in)) {
		return NULL;
	}
	struct connect_order *kept = request_take(r, c, sizeof *kept);
	if (kept == NULL) {
		return NULL;
	}
	*kept = given;
	c->id = source;
	c->u.connect = kept;
	return c;
}

void
connections_make(struct request *r)
{
	if (order(r, COMMAND_CONNECT) != NULL) {
		r->office->out_connects++;
	}
}

void
connections_break(struct request *r)
{
	(void)!order(r, COMMAND_DISCONNECT);
}

uint32_t
connections_room(const struct request *r)
{
	struct office *o = r->office;
	uint32_t most = o->config->limits.max_connections;

	if (r->message->time > OSC_NOW || r->build->at_sample) {
		return most; /* who knows what comes until then */
	}
	/* packets that are due at once are applied in their order: what may
	 * be made until this one's turn has been sent, and is not back yet;
	 * what is back shows in the gauge */
	uint64_t can =
		gauge_get(o->gauges, GAUGE_CONNECTIONS) + o->out_connects;
	return can < most ? (uint32_t)can : most;
}
