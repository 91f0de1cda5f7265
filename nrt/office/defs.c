/* SPDX-License-Identifier: MIT */
/*
 * defs.c -- see defs.h.
 */
#include "defs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

/** An instance is zeroed on rt, so it is bounded as construct is. */
#define MAX_INSTANCE TACTUS_CONSTRUCT_BYTES
#define MAX_OPTIONS  65536

struct entry {
	TactusSynthDef def;  /* a copy: an older plugin's may be shorter */
	struct shape *plain; /* with default options */
};

struct defs {
	const TactusHost *host;
	uint32_t count;
	uint32_t room;
	struct entry **entry; /* their addresses are kept by specs */
};

int
defs_open(const TactusHost *host, struct defs **out)
{
	struct defs *d = calloc(1, sizeof *d);
	if (d == NULL) {
		return -ENOMEM;
	}
	d->host = host;
	*out = d;
	return 0;
}

void
defs_close(struct defs *d)
{
	if (d == NULL) {
		return;
	}
	defs_forget(d, 0);
	free(d->entry);
	free(d);
}

static bool
is_finite(float x)
{
	return x - x == 0.0F;
}

/** What is wrong with one port; NULL: nothing. */
static const char *
port_fault(const struct shape *s, uint32_t index)
{
	const TactusPort *p = &s->port[index].port;

	if (p->kind > TACTUS_AUDIO || p->direction > TACTUS_OUTPUT) {
		return "has an unknown kind or direction";
	}
	if (memchr(p->name, '\0', sizeof p->name) == NULL ||
		p->name[0] == '\0' ||
		memchr(p->unit, '\0', sizeof p->unit) == NULL) {
		return "has no name, or one without an end";
	}
	for (uint32_t i = 0; i < index; i++) {
		if (strcmp(s->port[i].port.name, p->name) == 0) {
			return "bears the name of another port";
		}
	}
	uint32_t rank =
		p->kind == TACTUS_AUDIO ? p->kind + p->direction : p->kind;
	if (p->kind == TACTUS_CONTROL && p->direction != TACTUS_INPUT) {
		return "is a control output";
	}
	if (index > 0) {
		const TactusPort *q = &s->port[index - 1].port;
		uint32_t before = q->kind == TACTUS_AUDIO
					  ? q->kind + q->direction
					  : q->kind;
		if (rank < before) {
			return "is out of order (controls, resources, "
			       "inputs, outputs)";
		}
	}
	if (p->kind == TACTUS_CONTROL &&
		(!is_finite(p->minimum) || !is_finite(p->maximum) ||
			!(p->minimum <= p->initial) ||
			!(p->initial <= p->maximum))) {
		return "has a range that its default is not in";
	}
	if (p->kind == TACTUS_RESOURCE && p->resource == NULL) {
		return "names no resource URI";
	}
	return NULL;
}

/** Ask a def for its ports with these options.
 * @errors NULL, with 422 or 503 in `*code` and words in `why` */
static struct shape *
make_shape(struct defs *d, const TactusSynthDef *def, const void *options,
	int *code, char *why, size_t size)
{
	uint32_t ports = tactus_def_ports(def, options);
	size_t instance = def->instance_bytes;
	size_t extra = def->extra_bytes != NULL ? def->extra_bytes(options) : 0;

	*code = 422;
	instance = extra > SIZE_MAX - instance ? SIZE_MAX : instance + extra;
	if (ports > TACTUS_MAX_PORTS || instance > MAX_INSTANCE) {
		snprintf(why, size,
			"it wants %u ports and %zu bytes; %u and "
			"%u are the most",
			ports, instance, TACTUS_MAX_PORTS, MAX_INSTANCE);
		return NULL;
	}
	struct shape *s = calloc(1, sizeof *s + ports * sizeof *s->port);
	if (s == NULL) {
		*code = 503;
		snprintf(why, size, "no memory");
		return NULL;
	}
	s->def = def;
	s->ports = ports;
	s->instance_bytes = instance;
	for (uint32_t i = 0; i < ports; i++) {
		struct shape_port *p = &s->port[i];
		p->port.size = sizeof p->port;
		tactus_def_port(d->host, def, options, i, &p->port);
		const char *fault = port_fault(s, i);
		if (fault != NULL) {
			snprintf(why, size, "port %u \"%.*s\" %s", i,
				TACTUS_NAME_SIZE - 1, p->port.name, fault);
			free(s);
			return NULL;
		}
		p->hash = name_hash(p->port.name);
		uint32_t *count =
			p->port.kind == TACTUS_CONTROL      ? &s->controls
			: p->port.kind == TACTUS_RESOURCE   ? &s->resources
			: p->port.direction == TACTUS_INPUT ? &s->inputs
							    : &s->outputs;
		p->ordinal = (*count)++;
	}
	return s;
}

/** What is wrong with how a def tells of its ports; NULL: nothing. */
static const char *
telling_fault(const TactusSynthDef *def)
{
	if (def->ports == NULL) {
		if (def->port_rows != 0 || def->channels != NULL) {
			return "it has port_rows or channels, but no ports";
		}
		if ((def->port_count == NULL) != (def->port == NULL)) {
			return "it has one of port_count and port, not both";
		}
		return NULL;
	}
	if (def->port_count != NULL) {
		return "it has both ports and port_count";
	}
	if (def->port_rows > TACTUS_MAX_PORTS) {
		return "it has more port_rows than TACTUS_MAX_PORTS";
	}
	if (def->port_bytes < sizeof(TactusPort)) {
		return "its port_bytes is not the size of a TactusPort";
	}
	return NULL;
}

/** What is wrong with a def, but its ports; NULL: nothing. */
static const char *
def_fault(const TactusSynthDef *def)
{
	if (def->uri == NULL || def->uri[0] == '\0' || def->name == NULL ||
		def->name[0] == '\0') {
		return "it has no URI or no name";
	}
	if (!def->process) {
		return "it lacks process";
	}
	if (def->options_bytes > MAX_OPTIONS) {
		return "its options are too large";
	}
	if (def->parse == NULL && def->options_bytes != 0) {
		return "it has options, but nothing to parse them";
	}
	return telling_fault(def);
}

int
defs_add(struct defs *d, const TactusSynthDef *def, char *why, size_t size)
{
	/* defs once ended before the table; what is newer is not looked at */
	const size_t first = offsetof(TactusSynthDef, ports);

	if (def == NULL || (def->size != first && def->size < sizeof *def)) {
		snprintf(why, size, "its size is not one of this version");
		return -EINVAL;
	}
	TactusSynthDef known = {0};
	memcpy(&known, def, def->size == first ? first : sizeof known);
	const char *fault = def_fault(&known);
	if (fault != NULL) {
		snprintf(why, size, "%s", fault);
		return -EINVAL;
	}
	for (uint32_t i = 0; i < d->count; i++) {
		if (strcmp(d->entry[i]->def.uri, known.uri) == 0) {
			snprintf(why, size, "its URI is taken by another");
			return -EEXIST;
		}
	}
	if (d->count == d->room) {
		uint32_t room = d->room == 0 ? 32 : 2 * d->room;
		struct entry **more =
			realloc(d->entry, room * sizeof(struct entry *));
		if (more == NULL) {
			return -ENOMEM;
		}
		d->entry = more;
		d->room = room;
	}
	struct entry *e = calloc(1, sizeof *e);
	if (e == NULL) {
		return -ENOMEM;
	}
	e->def = known;
	int code;
	e->plain = make_shape(d, &e->def, NULL, &code, why, size);
	if (e->plain == NULL) {
		free(e);
		return code == 503 ? -ENOMEM : -EINVAL;
	}
	e->plain->references = 1;
	d->entry[d->count++] = e;
	return 0;
}

uint32_t
defs_count(const struct defs *d)
{
	return d->count;
}

void
defs_forget(struct defs *d, uint32_t count)
{
	while (d->count > count) {
		struct entry *e = d->entry[--d->count];
		free(e->plain);
		free(e);
	}
}

const TactusSynthDef *
defs_at(const struct defs *d, uint32_t i)
{
	return i < d->count ? &d->entry[i]->def : NULL;
}

static struct shape *
plain_of(struct defs *d, const TactusSynthDef *def)
{
	for (uint32_t i = 0; i < d->count; i++) {
		if (&d->entry[i]->def == def) {
			return d->entry[i]->plain;
		}
	}
	return NULL;
}

const struct shape *
defs_shape(struct defs *d, const TactusSynthDef *def)
{
	return plain_of(d, def);
}

/** Free a shape that is not the registry's own. */
static void
free_shape(struct shape *s)
{
	if (s != NULL && s->references == 0) {
		free(s);
	}
}

const TactusSynthDef *
defs_find(struct defs *d, const char *name, int *code, char *why, size_t size)
{
	const TactusSynthDef *found = NULL;
	const TactusSynthDef *other = NULL;

	for (uint32_t i = 0; i < d->count; i++) {
		const TactusSynthDef *def = &d->entry[i]->def;
		if (strcmp(def->uri, name) == 0) {
			return def;
		}
		if (strcmp(def->name, name) == 0) {
			other = found;
			found = def;
		}
	}
	if (other != NULL) {
		*code = 422;
		snprintf(why, size, "\"%s\" names both %s and %s: use the URI",
			name, other->uri, found->uri);
		return NULL;
	}
	if (found == NULL) {
		*code = 404;
		snprintf(why, size, "no synthdef \"%s\"; /def/list tells all",
			name);
	}
	return found;
}

struct synth_spec *
defs_new_spec(struct defs *d, const TactusSynthDef *def,
	const TactusOption *options, uint32_t count, int *code, char *why,
	size_t size)
{
	char reason[DEFS_WHY_SIZE] = "";
	void *parsed = NULL;
	struct shape *s = NULL;
	struct synth_spec *spec = NULL;

	*code = 422;
	if (count > 0 && def->parse == NULL) {
		snprintf(why, size, "%s has no options", def->name);
		return NULL;
	}
	parsed = calloc(1, def->options_bytes + 1);
	if (parsed == NULL) {
		*code = 503;
		snprintf(why, size, "no memory");
		return NULL;
	}
	if (def->parse != NULL && def->parse(d->host, options, count, parsed,
					  reason, sizeof reason) != 0) {
		snprintf(why, size, "%s: %s", def->name, reason);
		goto fail;
	}
	/* without options all synths of a def share one shape */
	s = count == 0
		    ? plain_of(d, def)
		    : make_shape(d, def, parsed, code, reason, sizeof reason);
	if (s == NULL) {
		snprintf(why, size, "%s: %s", def->name, reason);
		goto fail;
	}
	spec = calloc(1, sizeof *spec + s->controls * sizeof *spec->controls +
				 s->resources * sizeof *spec->bind);
	if (spec == NULL) {
		*code = 503;
		snprintf(why, size, "no memory");
		goto fail;
	}
	spec->shape = s;
	spec->options = parsed;
	for (uint32_t i = 0; i < s->controls; i++) {
		spec->controls[i] = s->port[i].port.initial;
	}
	_Static_assert(sizeof *spec->controls == sizeof *spec->bind,
		"the ids lie behind the controls");
	spec->bind = (int32_t *)(void *)&spec->controls[s->controls];
	for (uint32_t i = 0; i < s->resources; i++) {
		spec->bind[i] = -1;
	}
	return spec;
fail:
	free_shape(s);
	free(parsed);
	return NULL;
}

void
defs_free_spec(struct defs *d, struct synth_spec *spec)
{
	(void)d;
	if (spec != NULL) {
		free_shape(spec->shape);
		free(spec->options);
		free(spec);
	}
}

int32_t
defs_port(const struct shape *s, const char *name)
{
	for (uint32_t i = 0; i < s->ports; i++) {
		if (strcmp(s->port[i].port.name, name) == 0) {
			return (int32_t)i;
		}
	}
	return -1;
}
