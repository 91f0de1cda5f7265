/* SPDX-License-Identifier: MIT */
/*
 * desk.c -- see desk.h.
 */
#include "desk.h"

#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include <tactus/def.h>
#include <tactus/math.h>

#include "bench.h"
#include "crew.h"
#include "rights_setup.h"
#include "ring.h"

#define OUT_GAIN 0.01F

/** Nothing to say why: there is no going on without it. */
static void *
must(void *pointer, const char *what)
{
	if (pointer == NULL) {
		fprintf(stderr, "bench: no %s\n", what);
		exit(EXIT_FAILURE);
	}
	return pointer;
}

TACTUS_RT static void
do_nothing(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

const TactusSynthDef desk_nothing = {
	.size = sizeof desk_nothing,
	.uri = "urn:tactus:synthdef:nothing:1",
	.name = "nothing",
	.doc = "Does nothing.",
	.process = do_nothing,
};

/** What a plugin registers lands here; one is loaded at a time. */
struct host {
	TactusHost host; /* first: it is found by it */
	const TactusSynthDef *def;
};

static int
keep(const TactusHost *host, const TactusSynthDef *def)
{
	union {
		const TactusHost *seen;
		struct host *own;
	} u = {host};

	u.own->def = def;
	return 0;
}

/** Classes are made by a host that can (bench_voice). */
static int
pass(const TactusHost *host, const TactusResourceDef *def)
{
	(void)host;
	(void)def;
	return 0;
}

static void
hush(const TactusHost *host, enum TactusLevel level, const char *text)
{
	(void)host;
	(void)level;
	fprintf(stderr, "bench: a plugin says: %s\n", text);
}

/** A host that no plugin can change under another. */
static struct host
new_host(void)
{
	return (struct host){
		.host = {.size = sizeof(TactusHost),
			 .abi = TACTUS_ABI_VERSION,
			 .rate = DESK_RATE,
			 .block = DESK_BLOCK,
			 .register_synthdef = keep,
			 .register_resource_def = pass,
			 .log = hush},
	};
}

const TactusSynthDef *
desk_def(const char *name)
{
	const char *folder = getenv("BENCH_PLUGINS");
	struct host h = new_host();
	char path[4096];
	union {
		void *symbol;
		const TactusPlugin *(*plugin)(const TactusHost *host);
	} entry;

	snprintf(path, sizeof path, "%s/%s.so",
		folder != NULL ? folder : BENCH_PLUGIN_DIR, name);
	/* stays open: the def lives in it */
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (so == NULL) {
		fprintf(stderr, "bench: %s\n", dlerror());
		exit(EXIT_FAILURE);
	}
	entry.symbol = must(dlsym(so, "tactus_plugin"), "tactus_plugin");
	(void)entry.plugin(&h.host);
	(void)must(h.def == NULL ? NULL : &h, path);
	return h.def;
}

static void
open_engine(struct desk *d, uint32_t nodes, uint32_t large, uint32_t threads)
{
	struct engine_config config = {
		.rate = DESK_RATE,
		.block = DESK_BLOCK,
		.outputs = DESK_OUTPUTS,
		.max_nodes = nodes + 64,
		.max_buses = 128,
		.max_connections = nodes + 64,
		.max_inputs_per_port = 64,
		.threads = threads,
		.max_resources = 256,
		.max_events = 8192,
		.max_commands = 1 << 20,
		.command_share = 1.0,
		.offline = true,
		.pools = large > 0 ? 5 : 3,
		.pool = {{256, 2 * nodes + 64}, {512, nodes + 64},
			 {1024, nodes + 64}, {16384, large},
			 {65536, 20 * large}},
	};

	*d = (struct desk){0};
	if (wire_open(1024, 65536, 256, 0, 0, &d->wire) != 0 ||
		engine_open(&config, d->wire, &d->engine) != 0) {
		(void)must(NULL, "memory for an engine");
	}
}

void
desk_open(struct desk *d, uint32_t nodes)
{
	open_engine(d, nodes, 0, 1);
}

void
desk_open_large(struct desk *d, uint32_t nodes, uint32_t large)
{
	open_engine(d, nodes, large, 1);
}

/** The processors that this process may use. @return how many, at most two */
static uint32_t
find_cpus(uint32_t cpu[2])
{
	uint32_t count = 0;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0) {
		return 0;
	}
	for (uint32_t i = 0; i < CPU_SETSIZE && count < 2; i++) {
		if (CPU_ISSET(i, &set)) {
			cpu[count++] = i;
		}
	}
	return count;
}

bool
desk_open_threads(
	struct desk *d, uint32_t nodes, uint32_t threads, bool realtime)
{
	static const struct sched_param priority = {.sched_priority = 1};
	struct rt_rights rights = {0};
	uint32_t cpu[2] = {0, 0};
	/* its own thread, which is rt here, goes to the other of the two */
	struct crew_config config = {.threads = threads,
		.realtime = realtime,
		.priority = 1,
		.cpus = cpu,
		.cpu_count = find_cpus(cpu)};

	open_engine(d, nodes, 0, threads);
	if (threads > 1 && crew_open(&config, &d->crew, &rights) != 0) {
		(void)must(NULL, "threads");
	}
	if (d->crew != NULL) {
		engine_use_crew(d->engine, d->crew);
	}
	return !rights_is_refused(&rights) &&
	       (!realtime || sched_setscheduler(0, SCHED_FIFO, &priority) == 0);
}

/* All that a batch needs hangs on it, for freeing. */
struct part {
	struct part *next;
	max_align_t data[];
};

static void *
part_of(struct batch *b, size_t bytes)
{
	struct part *p = must(calloc(1, sizeof *p + bytes), "memory");

	p->next = b->sender;
	b->sender = p;
	return p->data;
}

struct batch *
desk_batch(uint64_t at)
{
	struct batch *b = must(calloc(1, sizeof *b), "memory");

	b->flags = at == 0 ? BATCH_NOW : 0;
	b->at = at;
	b->parts = 1;
	return b;
}

struct command *
desk_add(struct batch *b, enum command_kind kind, int32_t id)
{
	struct command *c = part_of(b, sizeof *c);

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

static struct synth_spec *
new_spec(const TactusSynthDef *def)
{
	struct host h = new_host();
	uint32_t ports = tactus_def_ports(def, NULL);
	struct shape *s =
		must(calloc(1, sizeof *s + ports * sizeof *s->port), "memory");

	s->def = def;
	s->ports = ports;
	s->instance_bytes =
		def->instance_bytes +
		(def->extra_bytes != NULL ? def->extra_bytes(NULL) : 0);
	for (uint32_t i = 0; i < ports; i++) {
		TactusPort *p = &s->port[i].port;
		p->size = sizeof *p;
		tactus_def_port(&h.host, def, NULL, i, p);
		s->port[i].hash = name_hash(p->name);
		uint32_t *count = p->kind == TACTUS_CONTROL      ? &s->controls
				  : p->kind == TACTUS_RESOURCE   ? &s->resources
				  : p->direction == TACTUS_INPUT ? &s->inputs
								 : &s->outputs;
		s->port[i].ordinal = (*count)++;
	}
	struct synth_spec *spec =
		must(calloc(1, sizeof *spec + s->controls * sizeof(float)),
			"memory");
	spec->shape = s;
	for (uint32_t i = 0; i < s->controls; i++) {
		spec->controls[i] = s->port[i].port.initial;
	}
	return spec;
}

static void
free_spec(struct synth_spec *spec)
{
	if (spec != NULL) {
		free(spec->shape);
		free(spec);
	}
}

void
desk_add_synth(
	struct batch *b, const TactusSynthDef *def, int32_t id, int32_t group)
{
	struct command *c = desk_add(b, COMMAND_SYNTH_NEW, id);

	c->u.new.spec = new_spec(def);
	c->u.new.target = group;
	c->u.new.placement = PLACE_TAIL;
	struct synth_spec *spec = c->u.new.spec;
	if (spec->shape->outputs > 0) {
		c = desk_add(b, COMMAND_MAP_OUTPUT, id);
		c->u.map.port.index =
			(int32_t)(spec->shape->ports - spec->shape->outputs);
		c->u.map.bus = 0;
		c->u.map.flags = MAP_EXTERNAL;
	}
	(void)desk_add(b, COMMAND_ACTIVATE, id);
}

void
desk_add_set(
	struct batch *b, int32_t id, int32_t port, float value, double seconds)
{
	struct command *c = desk_add(b, COMMAND_SET, id);
	struct set_pair *pair = part_of(b, sizeof *pair);

	pair->port.index = port;
	pair->value = value;
	pair->seconds = seconds;
	c->u.set.pairs = pair;
	c->u.set.count = 1;
}

void
desk_add_connect(struct batch *b, enum command_kind kind, int32_t id,
	int32_t out, int32_t to, int32_t in)
{
	struct command *c = desk_add(b, kind, id);

	c->u.connect = part_of(b, sizeof *c->u.connect);
	c->u.connect->out.index = out;
	c->u.connect->in.index = in;
	c->u.connect->to = to;
}

void
desk_add_bind(struct batch *b, int32_t id, int32_t port, int32_t resource)
{
	desk_add_set(b, id, port, 0.0F, -1.0);
	struct set_pair *pair = part_of(b, sizeof *pair);

	*pair = (struct set_pair){.port.index = port,
		.seconds = -1.0,
		.integral = true,
		.resource = resource};
	b->last->u.set.pairs = pair;
}

void
desk_add_resource(struct batch *b, const TactusResourceDef *def, int32_t id,
	void *instance)
{
	struct command *c = desk_add(b, COMMAND_RESOURCE_NEW, id);
	/* its alignment is more than calloc promises everywhere */
	struct work *w =
		must(aligned_alloc(64, (sizeof *w + 63) / 64 * 64), "memory");

	*w = (struct work){.kind = WORK_CONSTRUCT,
		.id = id,
		.def = def,
		.instance = instance != NULL ? instance : w};
	c->u.work = w;
}

/** A worker that is done at once: an instance is made and freed by others. */
static void
work_on(struct desk *d, struct work *w)
{
	w->instance = w->kind == WORK_CONSTRUCT ? w->instance : NULL;
	if (ring_post(d->wire->works, &w, 1) != 1) {
		(void)must(NULL, "room in the ring of works");
	}
}

/** A batch is back: nothing in it may have failed. */
static void
back(struct batch *b)
{
	for (struct command *c = b->first; c != NULL; c = c->next) {
		if (c->reason != REASON_NONE ||
			(b->flags & BATCH_REFUSED) != 0) {
			fprintf(stderr, "bench: command %u on %d: reason %u\n",
				c->kind, c->id, c->reason);
			exit(EXIT_FAILURE);
		}
	}
	for (struct part *p = b->sender; p != NULL;) {
		struct part *next = p->next;
		free(p);
		p = next;
	}
	free(b);
}

static void
collect(struct desk *d)
{
	struct report in;

	engine_flush(d->engine);
	while (ring_take(d->wire->reports, &in, 1) == 1) {
		if (in.kind == REPORT_BATCH) {
			back(in.u.batch);
		} else if (in.kind == REPORT_NODE_ENDED) {
			free_spec(in.u.spec);
		} else if (in.kind == REPORT_WORK) {
			work_on(d, in.u.work);
		} else if (in.kind == REPORT_RESOURCE_ENDED) {
			free(in.u.work);
		}
	}
}

void
desk_post(struct desk *d, struct batch *b)
{
	if (ring_post(d->wire->commands, &b, 1) != 1) {
		(void)must(NULL, "room in the ring of commands");
	}
}

void
desk_take(struct desk *d)
{
	engine_take(d->engine);
	collect(d);
}

/** Put 1…count in an order that is the same each time. */
static int32_t *
new_order(uint32_t count, bool scattered)
{
	int32_t *id = must(calloc(count + 1, sizeof *id), "memory");
	uint64_t state = 1;

	for (uint32_t i = 0; i < count; i++) {
		id[i] = (int32_t)i + 1;
	}
	for (uint32_t i = count; scattered && i > 1; i--) {
		uint32_t k = tactus_random(&state) % i;
		int32_t other = id[k];
		id[k] = id[i - 1];
		id[i - 1] = other;
	}
	return id;
}

void
desk_fill(struct desk *d, const TactusSynthDef *def, uint32_t count,
	bool scattered)
{
	int32_t *id = new_order(count, scattered);

	for (uint32_t i = 0; i < count; i++) {
		struct batch *b = desk_batch(0);
		desk_add_synth(b, def, id[i], 0);
		if (tactus_def_ports(def, NULL) > 0) {
			/* sine: all differ, and their sum stays in range */
			desk_add_set(b, id[i], 0, 100.0F + (float)i, -1.0);
			desk_add_set(b, id[i], 1, OUT_GAIN, -1.0);
		}
		desk_post(d, b);
		desk_take(d);
	}
	free(id);
}

double
desk_block_by(struct desk *d, clockid_t clock)
{
	float *const out[DESK_OUTPUTS] = {d->out[0], d->out[1]};
	struct timespec began;
	struct timespec ended;

	clock_gettime(clock, &began);
	engine_render(d->engine, NULL, out, DESK_BLOCK);
	clock_gettime(clock, &ended);
	bench_keep(d->out);
	collect(d);
	return 1e9 * (double)(ended.tv_sec - began.tv_sec) +
	       (double)(ended.tv_nsec - began.tv_nsec);
}

double
desk_block(struct desk *d)
{
	return desk_block_by(d, CLOCK_MONOTONIC);
}

void
desk_close(struct desk *d)
{
	struct batch *b = desk_batch(0);

	(void)desk_add(b, COMMAND_STOP, 0);
	desk_post(d, b);
	while (!engine_stopped(d->engine)) {
		engine_take(d->engine);
		collect(d);
	}
	collect(d);
	crew_close(d->crew);
	engine_close(d->engine);
	wire_close(d->wire);
}
