/* SPDX-License-Identifier: MIT */
/*
 * rig.c -- see rig.h.
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

#include "helped.h"
#include "threads.h"

struct rig *
rig_new(void)
{
	struct rig *r = calloc(1, sizeof *r);

	ck_assert_ptr_nonnull(r);
	r->config = (struct engine_config){
		.rate = 48000,
		.block = 64,
		.inputs = 2,
		.outputs = 2,
		.max_nodes = 64,
		.max_buses = 16,
		.max_connections = 1024,
		.max_inputs_per_port = 64,
		.threads = threads_wanted(),
		.eager = true,
		.max_resources = 64,
		.max_events = 256,
		.max_commands = 1 << 20,
		.command_share = 1.0,
		.offline = true,
		.pools = 3,
		.pool = {{256, 32}, {1024, 32}, {4096, 8}},
	};
	r->ring = 1024;
	return r;
}

void
rig_open(struct rig *r)
{
	ck_assert_int_eq(wire_open(1024, r->ring, r->config.max_resources,
				 r->tap, r->config.outputs, &r->wire),
		0);
	ck_assert_int_eq(engine_open(&r->config, r->wire, &r->engine), 0);
	if (!r->alone) {
		r->crew = helped_open(r->engine, r->absent);
	}
	for (uint32_t c = 0; c < r->config.outputs; c++) {
		r->out[c] = calloc(RIG_FRAMES, sizeof(float));
		ck_assert_ptr_nonnull(r->out[c]);
	}
	r->report = calloc(RIG_REPORTS, sizeof *r->report);
	r->tree = calloc(1,
		sizeof *r->tree + r->config.max_nodes * sizeof *r->tree->item);
	ck_assert_ptr_nonnull(r->report);
	ck_assert_ptr_nonnull(r->tree);
	r->resources = calloc(
		1, sizeof *r->resources + 64 * sizeof *r->resources->item);
	ck_assert_ptr_nonnull(r->resources);
	r->tree->room = r->config.max_nodes;
}

void
rig_close(struct rig *r)
{
	/* the end: everything comes back */
	(void)rig_simple(r, COMMAND_STOP, 0);
	for (int i = 0; i < 10000 && !engine_stopped(r->engine); i++) {
		rig_look(r);
		rig_finish_all(r);
		if (!r->config.offline) {
			r->frames = 0;
			rig_run(r, engine_left(r->engine));
		}
	}
	ck_assert(engine_stopped(r->engine));
	engine_flush(r->engine);
	rig_collect(r);
	ck_assert_uint_eq(r->specs, 0);
	ck_assert_uint_eq(r->batches, 0);
	ck_assert_uint_eq(r->works, 0);
	ck_assert_uint_eq(r->outs, 0);
	ck_assert_uint_eq(r->made, r->ended);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_RESOURCES), 0);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_WORKS), 0);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_REFERENCES), 0);
	for (uint32_t i = 0; i < r->config.pools; i++) {
		ck_assert_uint_eq(gauge_get(&r->wire->gauges,
					  (enum gauge)(GAUGE_POOL_FREE + i)),
			r->config.pool[i].count);
	}
	crew_close(r->crew);
	engine_close(r->engine);
	wire_close(r->wire);
	for (uint32_t c = 0; c < r->config.outputs; c++) {
		free(r->out[c]);
	}
	free(r->report);
	free(r->tree);
	free(r->resources);
	free(r);
}

/* A batch and its commands are plain blocks here, linked for freeing. */
struct part {
	struct part *next;
	max_align_t data[];
};

void *
rig_part(struct batch *b, size_t bytes)
{
	struct part *p = calloc(1, sizeof *p + bytes);

	if (p == NULL) {
		ck_abort_msg("no memory");
	}
	p->next = b->sender;
	b->sender = p;
	return p->data;
}

struct batch *
rig_batch(struct rig *r, uint64_t at)
{
	struct batch *b = calloc(1, sizeof *b);

	if (b == NULL) {
		ck_abort_msg("no memory");
	}
	b->flags = at == 0 ? BATCH_NOW : 0;
	b->at = at;
	b->parts = 1;
	r->batches++;
	return b;
}

struct command *
rig_add(struct rig *r, struct batch *b, enum command_kind kind, int32_t id)
{
	struct command *c = rig_part(b, sizeof *c);

	(void)r;
	c->kind = (uint16_t)kind;
	c->id = id;
	if (b->first == NULL) {
		b->first = c;
	} else {
		b->last->next = c;
	}
	b->last = c;
	b->commands++;
	return c;
}

static void
free_spec(struct rig *r, struct synth_spec *spec)
{
	if (spec != NULL) {
		r->specs--;
		free(spec->shape);
		free(spec);
	}
}

static void
back(struct rig *r, struct batch *b, struct rig_report *to)
{
	r->batches--;
	to->flags = b->flags;
	if (r->on_back != NULL) {
		r->on_back(r, b, to);
	}
	for (struct command *c = b->first; c != NULL; c = c->next) {
		r->reason = c->reason;
		memcpy(r->told, c->told, sizeof r->told);
		r->id = c->id;
		to->reason = c->reason;
		to->id = c->id;
		if (c->kind == COMMAND_SYNTH_NEW) {
			free_spec(r, c->u.new.spec);
		}
		rig_back_work(r, c);
		if (c->kind == COMMAND_SYNC) {
			r->syncs = (int32_t)c->u.number;
			to->number = r->syncs;
		}
		if (c->kind == COMMAND_QUERY && c->reason == 0) {
			r->query = *c->u.query;
			for (uint32_t i = 0; i < r->query.connections; i++) {
				r->connection[i] = r->query.connection[i];
			}
			r->query.connection = r->connection;
		}
		if (c->kind == COMMAND_CONNECT) {
			r->connect = *c->u.connect;
		}
		if (c->kind == COMMAND_TREE && c->reason == 0) {
			memcpy(r->tree, c->u.tree,
				sizeof *r->tree +
					c->u.tree->count *
						sizeof *r->tree->item);
		}
	}
	struct part *p = b->sender;
	while (p != NULL) {
		struct part *next = p->next;
		free(p);
		p = next;
	}
	free(b);
}

void
rig_collect(struct rig *r)
{
	struct report in;

	while (ring_take(r->wire->reports, &in, 1) == 1) {
		if (r->reports >= RIG_REPORTS) {
			ck_abort_msg("more reports than RIG_REPORTS");
		}
		struct rig_report *to = &r->report[r->reports++];
		*to = (struct rig_report){.kind = in.kind,
			.id = in.id,
			.sample = in.sample,
			.raw = in};
		if (in.kind == REPORT_BATCH) {
			back(r, in.u.batch, to);
		} else if (in.kind == REPORT_NODE_ENDED) {
			free_spec(r, in.u.spec);
		}
		rig_collect_work(r, &in);
	}
}

void
rig_cut(struct rig *r, uint64_t at)
{
	rig_later(r, at, COMMAND_CALL, 0, 0);
}

void
rig_later(struct rig *r, uint64_t at, enum command_kind kind, int32_t id,
	int64_t number)
{
	struct batch *b = rig_batch(r, at);

	rig_add(r, b, kind, id)->u.number = number;
	rig_post(r, b);
}

void
rig_post(struct rig *r, struct batch *b)
{
	if (ring_post(r->wire->commands, &b, 1) != 1) {
		ck_abort_msg("the ring of commands is full");
	}
}

uint32_t
rig_do(struct rig *r, struct batch *b)
{
	rig_post(r, b);
	engine_take(r->engine);
	engine_flush(r->engine);
	rig_collect(r);
	return r->reason;
}

struct synth_spec *
rig_spec(struct rig *r, const TactusSynthDef *def)
{
	return rig_spec_with(r, def, NULL, NULL);
}

struct synth_spec *
rig_spec_with(struct rig *r, const TactusSynthDef *def, const TactusHost *host,
	void *options)
{
	uint32_t ports = tactus_def_ports(def, options);
	struct shape *s = calloc(1, sizeof *s + ports * sizeof *s->port);

	if (s == NULL) {
		ck_abort_msg("no memory");
	}
	s->def = def;
	s->ports = ports;
	s->instance_bytes =
		def->instance_bytes +
		(def->extra_bytes != NULL ? def->extra_bytes(options) : 0);
	for (uint32_t i = 0; i < ports; i++) {
		TactusPort *p = &s->port[i].port;
		p->size = sizeof *p;
		tactus_def_port(host, def, options, i, p);
		s->port[i].hash = name_hash(p->name);
		uint32_t *count = p->kind == TACTUS_CONTROL      ? &s->controls
				  : p->kind == TACTUS_RESOURCE   ? &s->resources
				  : p->direction == TACTUS_INPUT ? &s->inputs
								 : &s->outputs;
		s->port[i].ordinal = (*count)++;
	}
	struct synth_spec *spec =
		calloc(1, sizeof *spec + s->controls * sizeof(float) +
				  s->resources * sizeof(int32_t));
	if (spec == NULL) {
		ck_abort_msg("no memory");
	}
	spec->shape = s;
	spec->options = options;
	spec->bind = (int32_t *)(void *)&spec->controls[s->controls];
	for (uint32_t i = 0; i < s->resources; i++) {
		spec->bind[i] = -1;
	}
	for (uint32_t i = 0; i < s->controls; i++) {
		spec->controls[i] = s->port[i].port.initial;
	}
	r->specs++;
	return spec;
}

uint32_t
rig_group(struct rig *r, int32_t id, int32_t target, int32_t place)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_GROUP_NEW, id);

	c->u.new.target = target;
	c->u.new.placement = place;
	return rig_do(r, b);
}

uint32_t
rig_synth(struct rig *r, const TactusSynthDef *def, int32_t id, int32_t target,
	int32_t place)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_SYNTH_NEW, id);

	c->u.new.spec = rig_spec(r, def);
	c->u.new.target = target;
	c->u.new.placement = place;
	return rig_do(r, b);
}

uint32_t
rig_simple(struct rig *r, enum command_kind kind, int32_t id)
{
	return rig_number(r, kind, id, 0);
}

uint32_t
rig_number(struct rig *r, enum command_kind kind, int32_t id, int64_t number)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, kind, id);

	c->u.number = number;
	if (kind == COMMAND_TREE) {
		c->u.tree = rig_part(
			b, sizeof *c->u.tree + r->config.max_nodes *
						       sizeof *c->u.tree->item);
		c->u.tree->room = r->config.max_nodes;
	} else if (kind == COMMAND_QUERY) {
		c->u.query = rig_part(b, sizeof *c->u.query);
		c->u.query->connection =
			rig_part(b, RIG_CONNECTIONS * sizeof *r->connection);
		c->u.query->room = RIG_CONNECTIONS;
	}
	return rig_do(r, b);
}

struct port_ref
rig_ref(struct batch *b, const char *port)
{
	struct port_ref p = {.index = -1};

	if (port[0] >= '0' && port[0] <= '9') {
		p.index = atoi(port);
		return p;
	}
	char *copy = rig_part(b, strlen(port) + 1);
	memcpy(copy, port, strlen(port) + 1);
	p.name = copy;
	p.hash = name_hash(copy);
	return p;
}

uint32_t
rig_map(struct rig *r, enum command_kind kind, int32_t id, const char *port,
	int32_t bus, uint32_t flags)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, kind, id);

	c->u.map.port = rig_ref(b, port);
	c->u.map.bus = bus;
	c->u.map.flags = flags;
	return rig_do(r, b);
}

struct connect_order *
rig_add_connect(struct rig *r, struct batch *b, enum command_kind kind,
	int32_t id, const char *out, int32_t to, const char *in, int32_t flags)
{
	struct command *c = rig_add(r, b, kind, id);
	struct connect_order *order = rig_part(b, sizeof *order);

	order->out = rig_ref(b, out);
	order->in = rig_ref(b, in);
	order->to = to;
	order->flags = flags < 0 ? 0 : (uint32_t)flags;
	order->any = flags < 0;
	c->u.connect = order;
	return order;
}

uint32_t
rig_connect(struct rig *r, int32_t id, int32_t to, int32_t flags)
{
	struct batch *b = rig_batch(r, 0);

	(void)rig_add_connect(
		r, b, COMMAND_CONNECT, id, "out", to, "in", flags);
	return rig_do(r, b);
}

uint32_t
rig_disconnect(struct rig *r, int32_t id, int32_t to, int32_t flags)
{
	struct batch *b = rig_batch(r, 0);

	(void)rig_add_connect(
		r, b, COMMAND_DISCONNECT, id, "out", to, "in", flags);
	return rig_do(r, b);
}

void
rig_add_set(struct rig *r, struct batch *b, int32_t id, const char *port,
	float value, double seconds)
{
	struct command *c = rig_add(r, b, COMMAND_SET, id);
	struct set_pair *pair = rig_part(b, sizeof *pair);

	pair->port = rig_ref(b, port);
	pair->value = value;
	pair->seconds = seconds;
	c->u.set.pairs = pair;
	c->u.set.count = 1;
}

uint32_t
rig_set(struct rig *r, int32_t id, const char *port, float value,
	double seconds)
{
	struct batch *b = rig_batch(r, 0);

	rig_add_set(r, b, id, port, value, seconds);
	return rig_do(r, b);
}

uint32_t
rig_move(struct rig *r, int32_t id, int32_t target, int32_t place)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_MOVE, id);

	c->u.new.target = target;
	c->u.new.placement = place;
	return rig_do(r, b);
}

void
rig_bare(struct rig *r, const TactusSynthDef *def, int32_t id)
{
	ck_assert_uint_eq(rig_synth(r, def, id, 0, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_ACTIVATE, id), 0);
}

void
rig_writer(struct rig *r, const TactusSynthDef *def, int32_t id, int32_t bus,
	uint32_t flags)
{
	ck_assert_uint_eq(rig_synth(r, def, id, 0, PLACE_TAIL), 0);
	ck_assert_uint_eq(
		rig_map(r, COMMAND_MAP_OUTPUT, id, "out", bus, flags), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_ACTIVATE, id), 0);
}

void
rig_voice(struct rig *r, const TactusSynthDef *def, int32_t id, int32_t channel)
{
	rig_writer(r, def, id, channel, MAP_EXTERNAL);
}

void
rig_listen(struct rig *r, int32_t id, int32_t bus, uint32_t flags)
{
	ck_assert_uint_eq(
		rig_map(r, COMMAND_MAP_INPUT, id, "in", bus, flags), 0);
}

void
rig_run(struct rig *r, uint64_t frames)
{
	while (frames > 0) {
		uint32_t n = engine_left(r->engine);
		float *out[8];
		const float *in[8];
		n = n > frames ? (uint32_t)frames : n;
		if (r->frames + n > RIG_FRAMES) {
			ck_abort_msg("more frames than RIG_FRAMES");
		}
		for (uint32_t c = 0; c < r->config.outputs; c++) {
			out[c] = r->out[c] + r->frames;
		}
		for (uint32_t c = 0; c < r->config.inputs; c++) {
			in[c] = r->in[c];
		}
		engine_render(r->engine, in, out, n);
		engine_flush(r->engine);
		r->frames += n;
		frames -= n;
		rig_collect(r);
	}
}

void
rig_holds(struct rig *r, uint32_t out, uint32_t from, uint32_t end, float value)
{
	ck_assert_uint_le(end, r->frames);
	for (uint32_t i = from; i < end; i++) {
		if (r->out[out][i] != value) {
			ck_abort_msg("frame %u of output %u is %.9g, not %.9g",
				i, out, (double)r->out[out][i], (double)value);
		}
	}
}

uint32_t
rig_count(struct rig *r, enum report_kind kind, int32_t id)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < r->reports; i++) {
		count += r->report[i].kind == kind &&
					 (id == -1 || r->report[i].id == id)
				 ? 1
				 : 0;
	}
	return count;
}

int32_t
rig_where(struct rig *r, enum report_kind kind, int32_t id)
{
	for (uint32_t i = 0; i < r->reports; i++) {
		if (r->report[i].kind == kind && r->report[i].id == id) {
			return (int32_t)i;
		}
	}
	return -1;
}
