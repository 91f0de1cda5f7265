/* SPDX-License-Identifier: MIT */
/*
 * catalogue.c -- /def/list and /def/query: what plugins have registered.
 *
 * Loop only.  Synths, resource classes and jobs share the list; a class that
 * is switched off is not in it.
 */
#include <stdio.h>
#include <string.h>

#include "office_private.h"

/** One line of /def/list. */
struct line {
	const char *uri;
	const char *kind;
	const char *name;
};

static void
put_line(struct osc_out *out, const void *item)
{
	const struct line *l = item;

	osc_put_string(out, l->uri);
	osc_put_string(out, l->kind);
	osc_put_string(out, l->name);
}

/** Can a class be had, or is it switched off? */
static bool
is_on(struct office *o, const TactusResourceDef *def)
{
	char why[DEFS_WHY_SIZE];
	int code;

	return classes_find_resource(o->given.classes, def->uri, &code, why,
		       sizeof why) != NULL;
}

void
catalogue_list(struct request *r)
{
	struct office *o = r->office;
	const TactusSynthDef *synth;
	const TactusResourceDef *class;
	const TactusJobDef *job;

	if (!request_end(r)) {
		return;
	}
	struct pages *p = pages_begin("/def/list.reply");
	for (uint32_t i = 0; (synth = defs_at(o->defs, i)) != NULL; i++) {
		struct line l = {synth->uri, "synth", synth->name};
		pages_add(p, put_line, &l);
	}
	for (uint32_t i = 0;
		(class = classes_resource(o->given.classes, i)) != NULL; i++) {
		struct line l = {class->uri, "resource", class->name};
		if (is_on(o, class)) {
			pages_add(p, put_line, &l);
		}
	}
	for (uint32_t i = 0; (job = classes_job(o->given.classes, i)) != NULL;
		i++) {
		struct line l = {job->uri, "job", job->name};
		pages_add(p, put_line, &l);
	}
	pages_send(p, r->peer, r->to->name, NULL);
}

static void
put_doc(struct osc_out *out, const void *item)
{
	const TactusSynthDef *def = item;

	osc_put_string(out, def->doc != NULL ? def->doc : "");
}

struct def_port {
	const struct shape *shape;
	uint32_t index;
};

static void
put_def_port(struct osc_out *out, const void *item)
{
	static const char *const kind[] = {"control", "resource", "audio"};
	const struct def_port *d = item;
	const TactusPort *p = &d->shape->port[d->index].port;

	osc_put_int(out, (int32_t)d->index);
	osc_put_string(out, p->name);
	osc_put_string(out,
		(p->flags & TACTUS_TRIGGER) != 0 ? "trigger" : kind[p->kind]);
	osc_put_string(out, p->direction == TACTUS_OUTPUT ? "output" : "input");
	osc_put_string(out, p->unit);
	osc_put_float(out, p->minimum);
	osc_put_float(out, p->maximum);
	osc_put_float(out, p->initial);
	osc_put_string(out, p->curve == TACTUS_LOGARITHMIC ? "log" : "linear");
	osc_put_string(out, p->resource != NULL ? p->resource : "");
}

static void
answer_synth(struct request *r, const TactusSynthDef *def)
{
	const struct shape *s = defs_shape(r->office->defs, def);
	struct pages *p = pages_begin("/def/query.reply");

	pages_add(p, put_doc, def);
	for (uint32_t i = 0; i < s->ports; i++) {
		struct def_port item = {s, i};
		pages_add(p, put_def_port, &item);
	}
	pages_send(p, r->peer, r->to->name, NULL);
}

static const char *
text_or_none(const char *text)
{
	return text != NULL ? text : "";
}

static void
put_class(struct osc_out *out, const void *item)
{
	const TactusResourceDef *def = item;

	osc_put_string(out, text_or_none(def->doc));
	osc_put_string(out, text_or_none(def->arguments));
	osc_put_int(out, (def->flags & TACTUS_MUTABLE) != 0 ? 1 : 0);
}

static void
put_job(struct osc_out *out, const void *item)
{
	const TactusJobDef *def = item;

	osc_put_string(out, text_or_none(def->doc));
	osc_put_string(out, text_or_none(def->arguments));
	osc_put_string(out, text_or_none(def->results));
	osc_put_string(out, text_or_none(def->resource));
	osc_put_int(out, (int32_t)def->least);
	osc_put_int(out, (int32_t)def->most);
	osc_put_int(out, (def->flags & TACTUS_JOB_EXCLUSIVE) != 0 ? 1 : 0);
}

static void
answer_one(struct request *r, void (*put)(struct osc_out *, const void *),
	const void *def)
{
	struct pages *p = pages_begin("/def/query.reply");

	pages_add(p, put, def);
	pages_send(p, r->peer, r->to->name, NULL);
}

/** What a name stands for, in each of the kinds. */
struct meant {
	const TactusSynthDef *synth;
	const TactusResourceDef *class;
	const TactusJobDef *job;
};

/** Find a def of any kind. @return 0, or a code of /error with words */
static int
find(struct office *o, const char *name, struct meant *out, char *why,
	size_t size)
{
	char said[3][DEFS_WHY_SIZE];
	int code[3] = {0, 0, 0};
	const char *first = NULL;

	out->synth =
		defs_find(o->defs, name, &code[0], said[0], sizeof said[0]);
	out->class = classes_find_resource(
		o->given.classes, name, &code[1], said[1], sizeof said[1]);
	out->job = classes_find_job(
		o->given.classes, name, &code[2], said[2], sizeof said[2]);
	const char *const uri[3] = {
		out->synth != NULL ? out->synth->uri : NULL,
		out->class != NULL ? out->class->uri : NULL,
		out->job != NULL ? out->job->uri : NULL,
	};
	for (int i = 0; i < 3; i++) {
		if (uri[i] != NULL && first != NULL) {
			snprintf(why, size,
				"\"%s\" names both %s and %s: use the URI",
				name, first, uri[i]);
			return 422;
		}
		first = uri[i] != NULL ? uri[i] : first;
		if (code[i] == 422) {
			snprintf(why, size, "%s", said[i]);
			return 422;
		}
	}
	if (first != NULL) {
		return 0;
	}
	/* one that is switched off is known, and that is said */
	const TactusResourceDef *class;
	uint32_t i = 0;
	while ((class = classes_resource(o->given.classes, i)) != NULL &&
		strcmp(class->uri, name) != 0 &&
		strcmp(class->name, name) != 0) {
		i++;
	}
	if (class != NULL) {
		snprintf(why, size, "%s", said[1]);
	} else {
		snprintf(why, size, "no def \"%s\"; /def/list tells all", name);
	}
	return 404;
}

void
catalogue_refuse(struct request *r, int code, const char *name, const char *why)
{
	char said[DEFS_WHY_SIZE];
	struct meant meant;
	const char *hint = "";

	if (code == 404 &&
		find(r->office, name, &meant, said, sizeof said) == 0) {
		hint = meant.synth != NULL
			       ? "; a synth has that name: /synth/new"
		       : meant.class != NULL
			       ? "; a resource class has that name: "
				 "/resource/new"
			       : "; a job has that name: /job/new";
	}
	request_fail(r, code, "%s%s", why, hint);
}

void
catalogue_query(struct request *r)
{
	char why[DEFS_WHY_SIZE];
	struct meant meant;
	const char *name = request_text(r, "uri");

	if (name == NULL || !request_end(r)) {
		return;
	}
	int code = find(r->office, name, &meant, why, sizeof why);
	if (code != 0) {
		request_fail(r, code, "%s", why);
	} else if (meant.synth != NULL) {
		answer_synth(r, meant.synth);
	} else if (meant.class != NULL) {
		answer_one(r, put_class, meant.class);
	} else {
		answer_one(r, put_job, meant.job);
	}
}
