/* SPDX-License-Identifier: MIT */
/*
 * plan.c -- a plan is made from the execution order; see plan.h.
 *
 *	listen   each synth in order: its level, the versions it hears, the
 *	         groups it writes to, the step it belongs to
 *	divide   the steps of each level make stages          (plan_stage.c)
 *	place    what is not folded by its step, and versions that are not
 *	         the last of their bus, get buffers           (plan_stage.c)
 */
#include "plan.h"

#include "connection.h"
#include "hold.h"
#include "plan_private.h"
#include "port.h"

/** A step of synths without process_many should take about so long. */
#define STEP_NS 2000

/** What a def's synth costs before it has been measured. */
#define GUESS_NS 200

/* --- defs --- */

/** Where a def is kept; one too many shares the last place looked at. */
TACTUS_RT static struct def_use *
find_def(struct plan *p, const TactusSynthDef *def)
{
	uint32_t at = (uint32_t)(((uintptr_t)def >> 4) * 2654435761U >> 16);
	struct def_use *d = p->last_def;

	/* mostly it is the one of before */
	if (d != NULL && d->def == def) {
		return d;
	}
	for (uint32_t i = 0; i < 8; i++) {
		d = &p->def[(at + i) % PLAN_DEFS];
		if (d->def == def) {
			p->last_def = d;
			return d;
		}
		if (d->def == NULL) {
			break;
		}
	}
	*d = (struct def_use){.def = def, .ns = GUESS_NS};
	p->last_def = d;
	return d;
}

/** Can it run many of these at once?  Serial ones never: process_many may
 * begin with any of them, and who is first may be served alone. */
TACTUS_RT static inline bool
is_many(const struct engine *e, const TactusSynthDef *def)
{
	return def->process_many && !e->config.no_many &&
	       (def->flags & TACTUS_SERIAL) == 0;
}

/** Would a plan gain anything? */
TACTUS_RT static bool
is_worth_it(struct engine *e)
{
	struct plan *p = e->plan;

	if (e->config.threads > 1) {
		return true;
	}
	p->stamp++;
	for (uint32_t i = 0; i < e->running; i++) {
		const TactusSynthDef *def = e->order[i]->def;
		if (!is_many(e, def)) {
			continue;
		}
		struct def_use *d = find_def(p, def);
		if (d->stamp == p->stamp) {
			return true;
		}
		d->stamp = p->stamp;
	}
	return false;
}

/* --- listen --- */

TACTUS_RT static struct bus_use *
bus_use(struct engine *e, const struct bus *b)
{
	return &e->plan->bus[b - e->bus];
}

/** Note that something hears a bus, and above which level it does.
 * @return false: there is no room */
TACTUS_RT static bool
listen_bus(struct engine *e, int32_t bus, uint32_t flags, const float **where,
	uint32_t *level)
{
	struct plan *p = e->plan;

	*where = NULL;
	if (bus < 0 || (flags & (MAP_FEEDBACK | MAP_EXTERNAL)) != 0) {
		return true;
	}
	struct bus_use *use = &p->bus[bus];
	if (use->epoch != p->epoch) {
		/* whoever writes it is behind */
		*where = e->zeros;
		return true;
	}
	if (p->readers == p->most_readers) {
		return false;
	}
	struct version *v = &p->version[use->version];
	v->is_read = true;
	*level = v->level + 1 > *level ? v->level + 1 : *level;
	p->reader[p->readers++] = (struct reader){where, use->version};
	return true;
}

/** Above which level a synth hears what is connected to an input. */
TACTUS_RT static void
listen_connections(const struct plan *p, const struct joint *j, uint32_t *level)
{
	for (const struct connection *c = j->first; c != NULL; c = c->next_in) {
		if ((c->flags & MAP_FEEDBACK) != 0 || !c->source->runs) {
			continue;
		}
		uint32_t above = p->part[c->source->rank].level + 1;
		*level = above > *level ? above : *level;
	}
}

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

/** The version that an output adds to now. */
TACTUS_RT static uint32_t
version_for(struct engine *e, struct bus *b, bool replace, uint32_t level)
{
	struct plan *p = e->plan;
	struct bus_use *use = bus_use(e, b);
	bool has = use->epoch == p->epoch;
	uint32_t base = NOTHING;

	if (has && !replace && !p->version[use->version].is_read) {
		struct version *v = &p->version[use->version];
		v->level = level > v->level ? level : v->level;
		return use->version;
	}
	if (has && replace && !p->version[use->version].is_read) {
		p->version[use->version].is_dead = true;
	} else if (has && !replace) {
		base = use->version;
		/* it is mixed when that one is complete */
		uint32_t least = p->version[base].level + 1;
		level = least > level ? least : level;
	}
	use->epoch = p->epoch;
	use->version = p->versions++;
	p->version[use->version] = (struct version){
		.bus = b,
		.base = base,
		.first = NOTHING,
		.last = NOTHING,
		.level = level,
	};
	return use->version;
}

/** Let an output write to its bus. @return false: there is no room */
TACTUS_RT static bool
add_writer(struct engine *e, uint32_t rank, uint32_t out, const struct joint *j)
{
	struct plan *p = e->plan;

	if (p->writers == p->most_writers) {
		return false;
	}
	struct bus *b = port_bus(e, j->bus, j->flags, true);
	uint32_t at = version_for(
		e, b, (j->flags & MAP_REPLACE) != 0, p->part[rank].level);
	struct version *v = &p->version[at];
	if (v->last == NOTHING || p->group[v->last].count == MIX_GROUP) {
		uint32_t g = p->groups++;
		p->group[g] = (struct group){.first = NOTHING,
			.last = NOTHING,
			.version = at,
			.next = NOTHING};
		if (v->last == NOTHING) {
			v->first = g;
		} else {
			p->group[v->last].next = g;
		}
		v->last = g;
		v->groups++;
	}
	struct group *g = &p->group[v->last];
	uint32_t w = p->writers++;
	p->writer[w] = (struct writer){
		.group = v->last, .next = NOTHING, .out = out, .rank = rank};
	if (g->count++ == 0) {
		g->first = w;
	} else {
		p->writer[g->last].next = w;
	}
	g->last = w;
	return true;
}

/** What the inputs of a synth hear. @return false: there is no room */
TACTUS_RT static bool
listen_inputs(struct engine *e, struct node *n, uint32_t *level)
{
	for (uint32_t i = 0; i < n->inputs; i++) {
		struct joint *j = &n->input[i];
		if (!listen_bus(e, j->bus, j->flags, &j->version, level)) {
			return false;
		}
		listen_connections(e->plan, j, level);
	}
	if (!n->moving) {
		return true;
	}
	for (uint32_t i = 0; i < n->spec->shape->controls; i++) {
		struct control *c = &n->control[i];
		if (!listen_bus(e, c->bus, c->flags, &c->version, level)) {
			return false;
		}
	}
	return true;
}

/** How many synths make a step with this one. */
TACTUS_RT static uint32_t
most_of(const struct engine *e, const struct node *n, const struct def_use *d)
{
	uint32_t most = RUNNER_MOST;
	uint32_t ports = n->inputs > n->outputs ? n->inputs : n->outputs;

	if (e->config.threads > 1 && !is_many(e, d->def)) {
		uint32_t fit = STEP_NS / (d->ns + 1) + 1;
		most = fit < most ? fit : most;
	}
	/* each of them has buffers of its own */
	if (ports * most > RUNNER_BUFFERS) {
		most = RUNNER_BUFFERS / ports;
	}
	return most;
}

/** Does a step take another synth, whose writers are the newest: one that
 * looks the same and writes to the same groups in the same way? */
TACTUS_RT static bool
takes(const struct plan *p, const struct step *s, const struct node *n,
	uint32_t first_writer)
{
	uint32_t writers = p->writers - first_writer;

	if (s->count == s->most || s->inputs != n->inputs ||
		s->outputs != n->outputs || s->writers != writers) {
		return false;
	}
	for (uint32_t i = 0; i < writers; i++) {
		const struct writer *a = &p->writer[s->first_writer + i];
		const struct writer *b = &p->writer[first_writer + i];
		if (a->group != b->group || a->out != b->out) {
			return false;
		}
	}
	return true;
}

/** Note what a synth wants of its step. */
TACTUS_RT static void
join(struct step *s, const struct node *n)
{
	for (uint32_t i = 0; i < n->inputs; i++) {
		const struct joint *j = &n->input[i];
		s->is_steady &=
			j->bus < 0 && j->connections <= 1 && j->feedbacks == 0;
	}
	for (uint32_t i = 0; i < n->outputs; i++) {
		s->has_own |= n->output[i].own != NULL;
		s->has_feedback |= n->output[i].feedbacks != 0;
	}
}

/** Give a synth to a step of its level that takes it, or to a new one.
 * @return the step */
TACTUS_RT static uint32_t
assign(struct engine *e, struct node *n, uint32_t level, uint32_t first_writer)
{
	struct plan *p = e->plan;
	struct def_use *d = find_def(p, n->def);
	uint32_t *open = &d->open[level % PLAN_OPEN];

	if (d->epoch != p->epoch) {
		d->epoch = p->epoch;
		d->planned_ns = d->ns;
		for (uint32_t i = 0; i < PLAN_OPEN; i++) {
			d->open[i] = NOTHING;
		}
	}
	bool serial = (n->def->flags & TACTUS_SERIAL) != 0;
	/* none of those before a serial one may run behind it */
	if (*open != NOTHING && (!serial || *open == p->last_serial)) {
		struct step *s = &p->step[*open];
		if (s->def == n->def && s->level == level &&
			takes(p, s, n, first_writer)) {
			s->member[s->count++] = &n->synth;
			join(s, n);
			return *open;
		}
	}
	*open = p->steps;
	if (serial) {
		p->last_serial = p->steps;
	}
	struct step *s = &p->step[p->steps];
	s->def = n->def;
	s->use = d;
	s->level = level;
	s->count = 1;
	s->most = (uint8_t)most_of(e, n, d);
	s->first_writer = first_writer;
	s->writers = p->writers - first_writer;
	s->pointed = 0;
	s->inputs = n->inputs;
	s->outputs = n->outputs;
	s->is_steady = true;
	s->has_own = false;
	s->has_feedback = false;
	s->is_many = is_many(e, n->def);
	s->is_serial = serial;
	s->member = &p->member[(size_t)p->steps * RUNNER_MOST];
	s->member[0] = &n->synth;
	s->is_stirred = true;
	join(s, n);
	return p->steps++;
}

/** Does a synth hear nothing, use nothing, and write to one bus? */
TACTUS_RT static inline bool
is_simple(const struct node *n)
{
	return n->inputs == 0 && n->outputs == 1 && n->plain && !n->moving &&
	       !n->uses && (n->def->flags & TACTUS_SERIAL) == 0 &&
	       n->output->own == NULL && n->output->bus >= 0 &&
	       (n->output->flags & MAP_REPLACE) == 0;
}

/** Note a simple synth that was given its step: the next may be as it is. */
TACTUS_RT static void
note_simple(struct engine *e, const struct node *n)
{
	struct plan *p = e->plan;
	struct def_use *d = p->last_def;

	p->like = (struct like){
		.def = n->def,
		.bus = n->output->bus,
		.flags = n->output->flags,
		.use = bus_use(
			e, port_bus(e, n->output->bus, n->output->flags, true)),
		.step = &p->step[d->open[0]],
		.group = &p->group[p->writer[p->writers - 1].group],
	};
}

/** How many synths ahead their memory is asked for, in two steps. */
#define AHEAD 8

/** Let the synths that come next come from memory. */
TACTUS_RT static inline void
fetch(const struct engine *e, uint32_t rank)
{
	if (rank + AHEAD < e->running) {
		__builtin_prefetch(e->order[rank + AHEAD]);
		__builtin_prefetch(e->order[rank + AHEAD / 2]->output);
	}
}

/** How many more synths like the last may go where that one went.
 * @pre there is a last */
TACTUS_RT static uint32_t
room_for_like(const struct engine *e, uint32_t rank)
{
	const struct plan *p = e->plan;
	const struct like *like = &p->like;
	const struct group *g = like->group;
	const struct version *v = &p->version[g->version];
	if (like->use->version != g->version || v->is_read ||
		v->last != (uint32_t)(g - p->group)) {
		return 0;
	}
	uint32_t room = e->running - rank;
	uint32_t most[] = {MIX_GROUP - g->count,
		like->step->most - like->step->count,
		p->most_writers - p->writers};
	for (uint32_t i = 0; i < 3; i++) {
		room = most[i] < room ? most[i] : room;
	}
	return room;
}

/**
 * Synths that are as the one before, as most are where there are many: they go
 * where that one went, at a fraction of the price.
 * @return how many, from `rank` on
 */
TACTUS_RT static uint32_t
listen_alike(struct engine *e, uint32_t rank)
{
	struct plan *p = e->plan;
	uint32_t room = p->like.def == NULL ? 0 : room_for_like(e, rank);
	uint32_t count = 0;

	if (room == 0) {
		return 0;
	}
	const struct like like = p->like;
	struct node *const *order = &e->order[rank];
	TactusSynth **member = &like.step->member[like.step->count];
	struct part *part = &p->part[rank];
	uint32_t group = (uint32_t)(like.group - p->group);
	uint32_t step = (uint32_t)(like.step - p->step);
	uint32_t first = p->writers;
	struct writer *writer = &p->writer[first];

	while (count < room) {
		struct node *n = order[count];
		fetch(e, rank + count);
		if (n->def != like.def || !is_simple(n) ||
			n->output->bus != like.bus ||
			n->output->flags != like.flags) {
			break;
		}
		member[count] = &n->synth;
		part[count] = (struct part){0, first + count, step};
		writer[count] = (struct writer){.group = group,
			.next = first + count + 1,
			.rank = rank + count};
		count++;
	}
	if (count != 0) {
		struct group *g = like.group;
		writer[count - 1].next = NOTHING;
		p->writer[g->last].next = first;
		g->last = first + count - 1;
		g->count += count;
		like.step->count = (uint8_t)(like.step->count + count);
		p->writers += count;
	}
	return count;
}

/** The group that a step's synths write to, if this output goes there too.
 * @return NULL: it goes elsewhere, or there is no more room */
TACTUS_RT static inline struct group *
group_for(struct engine *e, const struct step *s, const struct joint *j)
{
	struct plan *p = e->plan;
	uint32_t at = p->writer[s->first_writer].group;
	struct group *g = &p->group[at];
	const struct version *v = &p->version[g->version];
	const struct bus *b = port_bus(e, j->bus, j->flags, true);

	return v->bus != b || bus_use(e, b)->version != g->version ||
			       v->is_read || v->last != at ||
			       g->count == MIX_GROUP ||
			       p->writers == p->most_writers
		       ? NULL
		       : g;
}

/**
 * One synth that hears connections alone, uses nothing, and has one output,
 * if its step is open and takes it: as `listen`, at a third of the price.
 * @return false: it is not such a one, and nothing has changed
 */
TACTUS_RT static inline bool
listen_lean(struct engine *e, struct node *n, uint32_t rank)
{
	struct plan *p = e->plan;
	struct joint *in = n->inputs != 0 ? n->input : NULL;
	const struct joint *out = n->output;
	uint32_t level = 0;

	if ((n->def->flags & TACTUS_SERIAL) != 0 || n->moving || n->uses ||
		n->inputs > 1 || n->outputs != 1 ||
		(in != NULL && in->bus >= 0) ||
		(out->bus >= 0 && (out->flags & MAP_REPLACE) != 0)) {
		return false;
	}
	if (in != NULL) {
		listen_connections(p, in, &level);
	}
	const struct def_use *d = find_def(p, n->def);
	uint32_t open = d->open[level % PLAN_OPEN];
	if (d->epoch != p->epoch || open == NOTHING) {
		return false;
	}
	struct step *s = &p->step[open];
	if (s->def != n->def || s->level != level || s->count == s->most ||
		s->inputs != n->inputs || s->outputs != 1 ||
		s->writers != (out->bus >= 0 ? 1 : 0)) {
		return false;
	}
	uint32_t w = p->writers;
	if (out->bus >= 0) {
		struct group *g = group_for(e, s, out);
		if (g == NULL) {
			return false;
		}
		struct version *v = &p->version[g->version];
		v->level = level > v->level ? level : v->level;
		p->writer[w] = (struct writer){
			.group = v->last, .next = NOTHING, .rank = rank};
		p->writer[g->last].next = w;
		g->last = w;
		g->count++;
		p->writers++;
	}
	if (in != NULL) {
		in->version = NULL;
		s->is_steady &= in->connections <= 1 && in->feedbacks == 0;
	}
	s->has_own |= out->own != NULL;
	s->has_feedback |= out->feedbacks != 0;
	s->member[s->count++] = &n->synth;
	p->part[rank] = (struct part){level, w, open};
	p->levels = level >= p->levels ? level + 1 : p->levels;
	return true;
}

/** One synth: its level, what it hears, where it writes, its step.
 * @return false: there is no room */
TACTUS_RT static bool
listen(struct engine *e, struct node *n, uint32_t rank)
{
	struct plan *p = e->plan;
	uint32_t first_writer = p->writers;
	uint32_t level = 0;

	if (!listen_inputs(e, n, &level)) {
		return false;
	}
	if (n->uses) {
		use_resources(e, n, &level, false);
	}
	if ((n->def->flags & TACTUS_SERIAL) != 0) {
		be_serial(p, &level);
	}
	if (n->uses) {
		use_resources(e, n, &level, true);
	}
	p->part[rank] = (struct part){level, first_writer, NOTHING};
	p->levels = level >= p->levels ? level + 1 : p->levels;
	for (uint32_t i = 0; i < n->outputs; i++) {
		const struct joint *j = &n->output[i];
		if (j->bus >= 0 && !add_writer(e, rank, i, j)) {
			return false;
		}
	}
	p->part[rank].step = assign(e, n, level, first_writer);
	if (is_simple(n)) {
		note_simple(e, n);
	}
	return true;
}

TACTUS_RT static bool
listen_all(struct engine *e)
{
	struct plan *p = e->plan;

	p->epoch++;
	p->writers = 0;
	p->groups = 0;
	p->versions = 0;
	p->readers = 0;
	p->levels = 0;
	p->steps = 0;
	p->write_level = 0;
	p->serial_level = 0;
	p->last_serial = NOTHING;
	p->like.def = NULL;
	for (uint32_t i = 0; i < e->running;) {
		uint32_t alike = listen_alike(e, i);
		if (alike != 0) {
			i += alike;
			continue;
		}
		fetch(e, i);
		struct node *n = e->order[i];
		if (!listen_lean(e, n, i) && !listen(e, n, i)) {
			return false;
		}
		i++;
	}
	p->part[e->running].first_writer = p->writers;
	return true;
}

/* --- all of it --- */

TACTUS_RT void
plan_stir(struct engine *e, const struct node *n)
{
	struct plan *p = e->plan;

	/* out of date, it names another step, which looks in vain */
	if (n->runs && p->part[n->rank].step < p->steps) {
		p->step[p->part[n->rank].step].is_stirred = true;
	}
}

/** The walk reads buses themselves. */
TACTUS_RT static void
forget_versions(struct engine *e)
{
	for (uint32_t i = 0; i < e->running; i++) {
		struct node *n = e->order[i];
		for (uint32_t k = 0; k < n->inputs; k++) {
			n->input[k].version = NULL;
		}
		for (uint32_t k = 0; k < n->spec->shape->controls; k++) {
			n->control[k].version = NULL;
		}
	}
}

TACTUS_RT bool
plan_renew(struct engine *e)
{
	struct plan *p = e->plan;
	bool wanted = is_worth_it(e);
	bool good = wanted && listen_all(e);

	if (good) {
		good = plan_make_stages(e);
	}
	if (!good) {
		forget_versions(e);
		p->levels = 0;
		p->width = 0;
		p->runs = 0;
	}
	gauge_add(e->gauges, GAUGE_UNPLANNED, wanted && !good ? 1 : 0);
	gauge_set(e->gauges, GAUGE_LEVELS, p->levels);
	gauge_set(e->gauges, GAUGE_WIDTH, p->width);
	gauge_set(e->gauges, GAUGE_RUNS, p->runs);
	return good;
}
