/* SPDX-License-Identifier: MIT */
/*
 * resources.c -- messages about resources become commands, and back.
 *
 * Loop only.  What can be known of a resource before it is begun (its class,
 * the types and sizes of its arguments) is judged here; ids and states are
 * rt's to judge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

/** Let a class look at its arguments. @return false: it was answered */
static bool
check(struct request *r, const TactusResourceDef *def,
	const TactusValue *values, uint32_t count)
{
	char why[DEFS_WHY_SIZE] = "";

	if (def->check == NULL) {
		return true;
	}
	int code = def->check(
		r->office->given.plugin_host, values, count, why, sizeof why);
	return request_checked(r, code, def->name, why, def->arguments);
}

void
resources_new(struct request *r)
{
	char why[DEFS_WHY_SIZE];
	int code = 0;
	int32_t id;
	TactusValue *values;
	uint32_t count;
	struct work_order *order = NULL;
	const char *name = request_text(r, "def-uri");

	if (name == NULL || !request_int(r, "id", &id)) {
		return;
	}
	const TactusResourceDef *def = classes_find_resource(
		r->office->given.classes, name, &code, why, sizeof why);
	if (def == NULL) {
		catalogue_refuse(r, code, name, why);
		return;
	}
	if (request_values(r, &values, &count) && request_end(r) &&
		check(r, def, values, count)) {
		order = errands_order(r, WORK_CONSTRUCT, id, values, count);
	}
	free(values);
	if (order == NULL) {
		return;
	}
	order->own.def = def;
	struct command *c = request_command(r, COMMAND_RESOURCE_NEW);
	if (c == NULL) {
		errands_drop(r->office, order);
		return;
	}
	c->id = id;
	c->u.work = order->work;
}

void
resources_free(struct request *r)
{
	int32_t id;

	if (!request_int(r, "id", &id) || !request_end(r)) {
		return;
	}
	struct command *c = request_command(r, COMMAND_RESOURCE_FREE);
	if (c == NULL) {
		return;
	}
	c->id = id;
	/* rt does not look at it: it is for when that is done */
	c->u.call = calloc(1, sizeof(struct freer));
	if (c->u.call == NULL) {
		request_drop(c);
		request_fail(r, 503, "no memory");
	}
}

/** Ask rt, with room for `room` resources and `most` holders of each. */
static void
ask(struct request *r, enum command_kind kind, int32_t id, uint32_t room,
	uint32_t most)
{
	struct resource_reply *reply = NULL;
	struct command *c = request_command(r, kind);

	if (c == NULL) {
		return;
	}
	reply = request_take(r, c, sizeof *reply + room * sizeof *reply->item);
	if (reply == NULL) {
		return;
	}
	reply->room = room;
	reply->most = most;
	reply->holder =
		request_take(r, c, (size_t)room * most * sizeof *reply->holder);
	if (reply->holder == NULL) {
		return;
	}
	c->id = id;
	c->u.resources = reply;
}

void
resources_query(struct request *r)
{
	int32_t id;

	if (request_int(r, "id", &id) && request_end(r)) {
		ask(r, COMMAND_RESOURCE_QUERY, id, 1, QUERY_HOLDERS);
	}
}

void
resources_list(struct request *r)
{
	if (request_end(r)) {
		ask(r, COMMAND_RESOURCE_LIST, 0, r->office->max_resources,
			LIST_HOLDERS);
	}
}

const char *
resources_state_name(int32_t state)
{
	switch ((enum resource_state)state) {
	case RESOURCE_FREE:
		break;
	case RESOURCE_CONSTRUCTING:
		return "constructing";
	case RESOURCE_LIVE:
		return "live";
	case RESOURCE_FREE_PENDING:
		return "free-pending";
	case RESOURCE_DESTROYING:
		return "destroying";
	}
	return "free";
}

/** One resource of an answer. */
struct listed {
	const struct resource_reply *reply;
	uint32_t index;
};

static void
put_resource(struct osc_out *out, const void *item)
{
	const struct listed *l = item;
	const struct resource_item *i = &l->reply->item[l->index];
	const int32_t *holder = l->reply->holder + l->index * l->reply->most;

	osc_put_int(out, i->id);
	osc_put_string(out, i->def->uri);
	osc_put_string(out, resources_state_name((int32_t)i->state));
	osc_put_int(out, (int32_t)i->references);
	osc_put_int64(out, (int64_t)i->bytes);
	osc_put_array(out);
	for (uint32_t k = 0; k < i->holders && k < l->reply->most; k++) {
		osc_put_int(out, holder[k]);
	}
	osc_end_array(out);
}

void
resources_answer(struct office *o, struct peer *peer, const struct command *c)
{
	struct listed l = {c->u.resources, 0};

	(void)o;
	if (c->kind == COMMAND_RESOURCE_QUERY) {
		struct answer a;
		answer_begin(&a, "/resource/info");
		put_resource(&a.out, &l);
		answer_send(&a, peer);
		return;
	}
	struct pages *p = pages_begin("/resource/list.reply");
	for (; l.index < l.reply->count; l.index++) {
		pages_add(p, put_resource, &l);
	}
	pages_send(p, peer, c->address, command_first(c));
}
