/* SPDX-License-Identifier: MIT */
/*
 * graph.c -- messages about nodes and defs become commands.
 */
#include <stdio.h>
#include <string.h>

#include "office_private.h"

#define MAP_FLAGS  (MAP_EXTERNAL | MAP_FEEDBACK | MAP_REPLACE)
#define DONE_FLAGS 63

/** A command on the node that the first argument names. */
static struct command *
on_node(struct request *r, enum command_kind kind, int32_t id)
{
	struct command *c = request_command(r, kind);

	if (c != NULL) {
		c->id = id;
	}
	return c;
}

/** A message of nothing but a node's id. */
static void
simple(struct request *r, enum command_kind kind)
{
	int32_t id;

	if (request_int(r, "id", &id) && request_end(r)) {
		(void)on_node(r, kind, id);
	}
}

/** A message of a node's id and a number within a range. */
static void
with_number(struct request *r, enum command_kind kind, const char *what,
	int32_t most)
{
	int32_t id;
	int32_t number;

	if (!request_int(r, "id", &id) || !request_int(r, what, &number) ||
		!request_end(r)) {
		return;
	}
	if (number < 0 || number > most) {
		request_fail(r, 422, "%s %d is not within 0 … %d", what, number,
			most);
		return;
	}
	struct command *c = on_node(r, kind, id);
	if (c != NULL) {
		c->u.number = number;
	}
}

void
graph_free_all(struct request *r)
{
	simple(r, COMMAND_FREE_ALL);
}

void
graph_activate(struct request *r)
{
	simple(r, COMMAND_ACTIVATE);
}

void
graph_free(struct request *r)
{
	simple(r, COMMAND_FREE);
}

void
graph_done_flags(struct request *r)
{
	with_number(r, COMMAND_DONE_FLAGS, "flags", DONE_FLAGS);
}

void
graph_run(struct request *r)
{
	with_number(r, COMMAND_RUN, "on", 1);
}

void
graph_release(struct request *r)
{
	int32_t id;
	double seconds = 0.005;

	if (!request_int(r, "id", &id) ||
		(request_more(r) && !request_number(r, "seconds", &seconds)) ||
		!request_end(r)) {
		return;
	}
	if (seconds < 0.0 || seconds > 3600.0) {
		request_fail(
			r, 422, "seconds %g is not within 0 … 3600", seconds);
		return;
	}
	struct command *c = on_node(r, COMMAND_RELEASE, id);
	if (c != NULL) {
		c->u.seconds = seconds;
	}
}

/** Read id, target, placement: where a node is to stand. */
static bool
read_place(struct request *r, int32_t *id, int32_t *target, int32_t *placement)
{
	return request_int(r, "id", id) && request_int(r, "target", target) &&
	       request_int(r, "placement", placement);
}

void
graph_group_new(struct request *r)
{
	int32_t id;
	int32_t target;
	int32_t placement;

	if (!read_place(r, &id, &target, &placement) || !request_end(r)) {
		return;
	}
	struct command *c = on_node(r, COMMAND_GROUP_NEW, id);
	if (c != NULL) {
		c->u.new.target = target;
		c->u.new.placement = placement;
		c->u.new.chosen = id == -1;
	}
}

void
graph_move(struct request *r)
{
	int32_t id;
	int32_t target;
	int32_t placement;

	if (!read_place(r, &id, &target, &placement) || !request_end(r)) {
		return;
	}
	struct command *c = on_node(r, COMMAND_MOVE, id);
	if (c != NULL) {
		c->u.new.target = target;
		c->u.new.placement = placement;
	}
}

/** A port's value into a spec, by its index over all ports. */
static bool
put_control(struct request *r, struct synth_spec *spec, int32_t index,
	const struct osc_arg *value)
{
	const struct shape_port *p = &spec->shape->port[index];
	double number;

	if (p->port.kind == TACTUS_RESOURCE) {
		if (value->type != 'i') {
			request_fail(r, 422,
				"port \"%s\" takes a resource's id (i)",
				p->port.name);
			return false;
		}
		/* whether there is one, rt judges at its sample */
		spec->bind[p->ordinal] = value->u.i;
		return true;
	}
	if (p->port.kind != TACTUS_CONTROL) {
		request_fail(r, 422, "port \"%s\" is no control", p->port.name);
		return false;
	}
	if (!osc_number(value, &number)) {
		request_fail(
			r, 400, "control \"%s\" takes a number", p->port.name);
		return false;
	}
	float f = (float)number;
	if (!(f - f == 0.0F)) {
		request_fail(r, 422, "control \"%s\" is not a finite number",
			p->port.name);
		return false;
	}
	f = f < p->port.minimum ? p->port.minimum : f;
	f = f > p->port.maximum ? p->port.maximum : f;
	spec->controls[p->ordinal] = f;
	return true;
}

/** Read the array of controls into a spec. */
static bool
read_controls(struct request *r, struct synth_spec *spec)
{
	struct osc_arg a;
	uint32_t at = 0;

	while (osc_args_next(&r->args, &a) && a.type != ']') {
		const char *name = osc_text(&a);
		int32_t index;
		if (name != NULL) {
			index = defs_port(spec->shape, name);
			if (index < 0) {
				request_fail(r, 404,
					"%s has no port \"%s\"; /def/query "
					"tells them",
					spec->shape->def->name, name);
				return false;
			}
			if (!osc_args_next(&r->args, &a) || a.type == ']') {
				request_fail(r, 400,
					"control \"%s\" has no value", name);
				return false;
			}
		} else if (at >= spec->shape->controls) {
			request_fail(r, 422, "%s has %u controls, no more",
				spec->shape->def->name, spec->shape->controls);
			return false;
		} else {
			index = (int32_t)at++;
		}
		if (!put_control(r, spec, index, &a)) {
			return false;
		}
	}
	return true;
}

#define MOST_OPTIONS 64

/** Read the array of options. @return how many, or -1 when it was answered */
static int
read_options(struct request *r, struct osc_args *args, TactusOption *out)
{
	struct osc_arg a;
	int count = 0;

	while (osc_args_next(args, &a) && a.type != ']') {
		const char *name = osc_text(&a);
		if (name == NULL || count == MOST_OPTIONS ||
			!osc_args_next(args, &a) || a.type == ']') {
			request_fail(r, 400,
				"options are pairs of a name and a value, "
				"at most %d",
				MOST_OPTIONS);
			return -1;
		}
		TactusOption *o = &out[count++];
		*o = (TactusOption){.name = name, .type = 'f'};
		o->string = osc_text(&a);
		if (o->string != NULL) {
			o->type = 's';
		} else if (!osc_number(&a, &o->number)) {
			request_fail(r, 400,
				"option \"%s\" takes a number or a string",
				name);
			return -1;
		} else if (!(o->number - o->number == 0.0)) {
			request_fail(r, 422,
				"option \"%s\" is not a finite number", name);
			return -1;
		} else if (a.type != 'f' && a.type != 'd') {
			o->type = 'i';
		}
	}
	return count;
}

/** Pass over the rest of an array that is being read. */
static void
skip_array(struct osc_args *args)
{
	struct osc_arg a;
	int depth = 1;

	while (depth > 0 && osc_args_next(args, &a)) {
		depth += a.type == '[' ? 1 : a.type == ']' ? -1 : 0;
	}
}

/**
 * Make the spec of /synth/new from its two arrays.  The options come second
 * but decide what ports there are, so they are read first.
 */
static struct synth_spec *
read_spec(struct request *r, const TactusSynthDef *def)
{
	TactusOption options[MOST_OPTIONS];
	char why[DEFS_WHY_SIZE];
	int count = 0;
	int code = 0;
	int has = request_array(r, "controls");
	struct osc_args controls = r->args;

	if (has < 0) {
		return NULL;
	}
	if (has == 1) {
		skip_array(&r->args);
		int more = request_array(r, "options");
		count = more == 1 ? read_options(r, &r->args, options) : more;
	}
	if (count < 0 || !request_end(r)) {
		return NULL;
	}
	struct synth_spec *spec = defs_new_spec(r->office->defs, def, options,
		(uint32_t)count, &code, why, sizeof why);
	if (spec == NULL) {
		request_fail(r, code, "%s", why);
		return NULL;
	}
	r->args = controls;
	if (has == 1 && !read_controls(r, spec)) {
		defs_free_spec(r->office->defs, spec);
		return NULL;
	}
	return spec;
}

void
graph_synth_new(struct request *r)
{
	char why[DEFS_WHY_SIZE];
	int code = 0;
	int32_t id;
	int32_t target;
	int32_t placement;
	const char *name = request_text(r, "def");

	if (name == NULL || !read_place(r, &id, &target, &placement)) {
		return;
	}
	const TactusSynthDef *def =
		defs_find(r->office->defs, name, &code, why, sizeof why);
	if (def == NULL) {
		catalogue_refuse(r, code, name, why);
		return;
	}
	struct synth_spec *spec = read_spec(r, def);
	if (spec == NULL) {
		return;
	}
	struct command *c = on_node(r, COMMAND_SYNTH_NEW, id);
	if (c == NULL) {
		defs_free_spec(r->office->defs, spec);
		return;
	}
	c->u.new.spec = spec;
	c->u.new.target = target;
	c->u.new.placement = placement;
	c->u.new.chosen = id == -1;
}

static void
map(struct request *r, enum command_kind kind)
{
	struct port_ref port;
	int32_t id;
	int32_t bus;
	int32_t flags;

	if (!request_int(r, "id", &id)) {
		return;
	}
	if (!request_port(r, "port", &port) || !request_int(r, "bus", &bus) ||
		!request_int(r, "flags", &flags) || !request_end(r)) {
		return;
	}
	int32_t wrong = kind == COMMAND_MAP_OUTPUT ? MAP_FEEDBACK : MAP_REPLACE;
	if ((flags & ~MAP_FLAGS) != 0 || (flags & wrong) != 0) {
		request_fail(r, 422,
			"flags %d: 1 external, %s are what this takes", flags,
			kind == COMMAND_MAP_OUTPUT ? "4 replace"
						   : "2 feedback");
		return;
	}
	struct command *c = on_node(r, kind, id);
	if (c == NULL || !request_copy_port(r, c, &port)) {
		return;
	}
	c->u.map.port = port;
	c->u.map.bus = bus;
	c->u.map.flags = (uint32_t)flags;
}

void
graph_map_input(struct request *r)
{
	map(r, COMMAND_MAP_INPUT);
}

void
graph_map_output(struct request *r)
{
	map(r, COMMAND_MAP_OUTPUT);
}

void
graph_map_control(struct request *r)
{
	map(r, COMMAND_MAP_CONTROL);
}

/** Read `[ value seconds ]`, the bracket already taken. */
static bool
read_ramp(struct request *r, struct set_pair *pair, double *value)
{
	struct osc_arg a;
	struct osc_arg b;
	struct osc_arg end;

	if (!osc_args_next(&r->args, &a) || !osc_number(&a, value) ||
		!osc_args_next(&r->args, &b) ||
		!osc_number(&b, &pair->seconds) ||
		!osc_args_next(&r->args, &end) || end.type != ']') {
		request_fail(r, 400,
			"argument %d (value): a ramp is [ value seconds ]",
			r->position);
		return false;
	}
	if (!(pair->seconds >= 0.0) || pair->seconds > 86400.0) {
		request_fail(r, 422,
			"argument %d (value): a ramp takes 0 … 86400 seconds",
			r->position);
		return false;
	}
	return true;
}

/** Read the value of a pair that is no float. @return false: it was answered */
static bool
read_value(struct request *r, struct set_pair *pair)
{
	struct osc_arg a;
	double value = 0.0;

	if (!osc_args_next(&r->args, &a)) {
		request_fail(r, 400,
			"argument %d (value) of a port is missing: %s %s",
			r->position, r->to->name, r->to->arguments);
		return false;
	}
	if (a.type == '[') {
		if (!read_ramp(r, pair, &value)) {
			return false;
		}
	} else if (!osc_number(&a, &value)) {
		request_fail(r, 400,
			"argument %d (value) must be a number or [ value "
			"seconds ]",
			r->position);
		return false;
	}
	pair->integral = a.type == 'i';
	pair->resource = pair->integral ? a.u.i : 0;
	pair->value = (float)value;
	return true;
}

/** Read one pair of /node/set. @return false: it was answered */
static bool
read_pair(struct request *r, struct command *c, struct set_pair *pair)
{
	if (!request_own_port(r, c, &pair->port)) {
		return false;
	}
	pair->seconds = -1.0;
	pair->resource = 0;
	pair->integral = false;
	r->position++;
	if (!osc_args_float(&r->args, &pair->value) && !read_value(r, pair)) {
		return false;
	}
	if (!(pair->value - pair->value == 0.0F)) {
		request_fail(r, 422,
			"argument %d (value) is not a finite number",
			r->position);
		return false;
	}
	return true;
}

/** Does a message set one port, by its name or index, to one float? */
static inline bool
is_single(const struct osc_message *m)
{
	const char *t = m->types;

	return t[0] == 'i' && (t[1] == 's' || t[1] == 'i') && t[2] == 'f' &&
	       t[3] == '\0';
}

/** Does a message name the port of the one before?  Id and value may differ. */
static inline bool
is_same_port(const struct build *build, const struct osc_message *m)
{
	size_t size = (size_t)(m->end - m->args);

	return size == build->again_size &&
	       osc_is_same(m->args + 4, build->again_args + 4, size - 8);
}

/** Begin a row behind the command that was added last, with its first item.
 * @return NULL: no memory */
static struct set_item *
begin_row(struct build *build)
{
	struct batch *b = build_part(build);
	struct command *c = arena_raw(b, sizeof *c);
	struct set_item *item = c != NULL ? arena_raw(b, sizeof *item) : NULL;

	if (item == NULL) {
		return NULL;
	}
	*c = (struct command){
		.address = build->again->address,
		.kind = COMMAND_SET_ROW,
	};
	c->u.row.items = item;
	c->u.row.port = build->again_port;
	c->u.row.count = 1;
	build_append(b, c);
	build->again = c;
	return item;
}

/** Another item for the row, right behind the last one. */
static inline struct set_item *
add_item(struct build *build)
{
	struct command *row = build->again;
	struct batch *b = build_part(build);

	if (row->kind != COMMAND_SET_ROW ||
		!arena_has(b, sizeof(struct set_item))) {
		return begin_row(build);
	}
	row->u.row.count++;
	b->commands++;
	return arena_raw(b, sizeof(struct set_item));
}

bool
graph_set_again(
	struct build *build, struct osc_walk *walk, struct osc_message *m)
{
	if (m->time != build->again_time || !is_same_port(build, m)) {
		return false;
	}
	do {
		uint32_t bits = osc_read_32(m->end - 4);
		if ((bits & 0x7F800000U) == 0x7F800000U) {
			return false; /* no number, or infinite: it is told */
		}
		struct set_item *item = add_item(build);
		if (item == NULL) {
			return false;
		}
		item->id = (int32_t)osc_read_32(m->args);
		item->reason = REASON_NONE;
		memcpy(&item->u.value, &bits, sizeof bits);
		if (!osc_walk_again(walk, m)) {
			return true;
		}
	} while (is_same_port(build, m));
	return false;
}

/** Let the next message go on with this one. */
static void
note_again(struct request *r, struct command *c)
{
	struct build *build = r->build;

	build->again = c;
	build->again_port = &c->u.set.pairs[0].port;
	build->again_args = r->message->args;
	build->again_size = (size_t)(r->message->end - r->message->args);
	build->again_time = r->message->time;
}

void
graph_set(struct request *r)
{
	int32_t id;

	if (!request_int(r, "id", &id)) {
		return;
	}
	/* every pair takes two tags at the least; the last may lack one */
	const char *tags = r->args.type;
	bool one = tags[0] == '\0' || tags[1] == '\0' || tags[2] == '\0';
	size_t most = one ? 1 : (strlen(tags) + 1) / 2;
	struct command *c = on_node(r, COMMAND_SET, id);
	struct set_pair *pairs =
		c != NULL ? request_raw(r, c, most * sizeof *pairs) : NULL;
	if (pairs == NULL) {
		return;
	}
	uint32_t count = 0;
	do {
		if (!read_pair(r, c, &pairs[count])) {
			request_drop(c);
			return;
		}
		count++;
	} while (request_more(r));
	c->u.set.pairs = pairs;
	c->u.set.count = count;
	if (is_single(r->message)) {
		note_again(r, c);
	}
}

void
graph_name(struct request *r)
{
	int32_t id;

	if (!request_int(r, "id", &id)) {
		return;
	}
	const char *key = request_text(r, "key");
	if (key == NULL || !request_end(r)) {
		return;
	}
	size_t length = strlen(key);
	if (length >= KEY_SIZE ||
		strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
			    "qrstuvwxyz0123456789_.-") != length) {
		request_fail(r, 422, "a key is up to %d of A-Z a-z 0-9 _ . -",
			KEY_SIZE - 1);
		return;
	}
	struct command *c = on_node(r, COMMAND_NAME, id);
	const char *copy = c != NULL ? request_copy(r, c, key) : NULL;
	if (copy != NULL) {
		c->u.name = copy;
	}
}

void
graph_query(struct request *r)
{
	int32_t id;

	if (!request_int(r, "id", &id) || !request_end(r)) {
		return;
	}
	struct command *c = on_node(r, COMMAND_QUERY, id);
	if (c == NULL) {
		return;
	}
	uint32_t room = connections_room(r);
	struct query_reply *q = request_take(r, c, sizeof *q);
	if (q == NULL) {
		return;
	}
	if (room > 0) {
		q->connection =
			request_take(r, c, room * sizeof *q->connection);
		if (q->connection == NULL) {
			return;
		}
	}
	q->room = room;
	c->u.query = q;
}

/** Ask rt for the tree below `id`, with room for `room` nodes. */
static void
ask_tree(struct request *r, int32_t id, uint32_t room)
{
	struct command *c = on_node(r, COMMAND_TREE, id);

	if (c == NULL) {
		return;
	}
	struct tree_reply *t =
		request_take(r, c, sizeof *t + room * sizeof *t->item);
	if (t != NULL) {
		t->room = room;
		c->u.tree = t;
	}
}

void
graph_tree(struct request *r)
{
	int32_t id = 0;

	if ((!request_more(r) || request_int(r, "id", &id)) && request_end(r)) {
		ask_tree(r, id, r->office->config->limits.max_nodes);
	}
}

void
graph_statistics(struct request *r)
{
	if (request_end(r)) {
		ask_tree(r, 0, 0);
	}
}
