/* SPDX-License-Identifier: MIT */
/*
 * classes.c -- see classes.h.
 */
#include "classes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Longest URI and name of a class or a job. */
#define MAX_URI  255
#define MAX_NAME 63

/** A class, or a job: one of the two is filled. */
struct entry {
	TactusResourceDef resource; /* copies: the registry's own */
	TactusJobDef job;
	bool off;
};

/** All of one kind; the addresses of entries are kept by orders. */
struct list {
	uint32_t count;
	uint32_t room;
	struct entry **entry;
};

struct classes {
	struct list resources;
	struct list jobs;
	uint32_t offs; /* URIs that resource_classes switches off */
	char **off;
};

int
classes_open(const struct config_classes *config, struct classes **out)
{
	struct classes *c = calloc(1, sizeof *c);
	if (c == NULL) {
		return -ENOMEM;
	}
	c->off = calloc(config->count + 1, sizeof *c->off);
	if (c->off == NULL) {
		classes_close(c);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < config->count; i++) {
		if (config->items[i].enabled) {
			continue;
		}
		/* a copy: the configuration may be reloaded */
		c->off[c->offs] = strdup(config->items[i].uri);
		if (c->off[c->offs] == NULL) {
			classes_close(c);
			return -ENOMEM;
		}
		c->offs++;
	}
	*out = c;
	return 0;
}

static void
forget(struct list *l, uint32_t count)
{
	while (l->count > count) {
		free(l->entry[--l->count]);
	}
}

void
classes_close(struct classes *c)
{
	if (c == NULL) {
		return;
	}
	forget(&c->resources, 0);
	forget(&c->jobs, 0);
	free(c->resources.entry);
	free(c->jobs.entry);
	for (uint32_t i = 0; i < c->offs; i++) {
		free(c->off[i]);
	}
	free(c->off);
	free(c);
}

/** What is wrong with the names of a def; NULL: nothing. */
static const char *
name_fault(const char *uri, const char *name)
{
	if (uri == NULL || uri[0] == '\0' || name == NULL || name[0] == '\0') {
		return "it has no URI or no name";
	}
	if (strlen(uri) > MAX_URI || strlen(name) > MAX_NAME) {
		return "its URI or its name is too long (255 and 63 at the "
		       "most)";
	}
	for (const char *at = uri; *at != '\0'; at++) {
		if (*at <= ' ' || *at > '~') {
			return "its URI has characters that are not printable";
		}
	}
	if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
			 "qrstuvwxyz0123456789_.-") != strlen(name)) {
		return "its name has others than A-Z a-z 0-9 _ . -";
	}
	return NULL;
}

static const char *
resource_fault(const TactusResourceDef *def)
{
	if (def == NULL || def->size < sizeof *def) {
		return "its size is not one of this version";
	}
	const char *fault = name_fault(def->uri, def->name);
	if (fault == NULL && (def->construct == NULL || def->destroy == NULL)) {
		fault = "it lacks construct or destroy";
	}
	return fault;
}

static const char *
job_fault(const TactusJobDef *def)
{
	if (def == NULL || def->size < sizeof *def) {
		return "its size is not one of this version";
	}
	const char *fault = name_fault(def->uri, def->name);
	if (fault == NULL && def->perform == NULL) {
		fault = "it lacks perform";
	}
	if (fault == NULL && (def->least > def->most ||
				     def->most > TACTUS_MAX_JOB_RESOURCES)) {
		fault = "it takes an impossible number of resources (0 <= "
			"least <= most <= 16)";
	}
	return fault;
}

static const char *
uri_of(const struct entry *e)
{
	return e->job.uri != NULL ? e->job.uri : e->resource.uri;
}

static const char *
name_of(const struct entry *e)
{
	return e->job.uri != NULL ? e->job.name : e->resource.name;
}

/** Take in an entry of which all but the copies is filled.
 * @errors as classes_add_resource */
static int
add(struct list *l, const struct entry *from, char *why, size_t size)
{
	for (uint32_t i = 0; i < l->count; i++) {
		if (strcmp(uri_of(l->entry[i]), uri_of(from)) == 0) {
			snprintf(why, size, "its URI is taken by another");
			return -EEXIST;
		}
	}
	if (l->count == l->room) {
		uint32_t room = l->room == 0 ? 32 : 2 * l->room;
		struct entry **more =
			realloc(l->entry, room * sizeof(struct entry *));
		if (more == NULL) {
			snprintf(why, size, "no memory");
			return -ENOMEM;
		}
		l->entry = more;
		l->room = room;
	}
	struct entry *e = malloc(sizeof *e);
	if (e == NULL) {
		snprintf(why, size, "no memory");
		return -ENOMEM;
	}
	*e = *from;
	l->entry[l->count++] = e;
	return 0;
}

int
classes_add_resource(
	struct classes *c, const TactusResourceDef *def, char *why, size_t size)
{
	const char *fault = resource_fault(def);
	if (fault != NULL) {
		snprintf(why, size, "%s", fault);
		return -EINVAL;
	}
	struct entry e = {.resource = *def};
	for (uint32_t i = 0; i < c->offs; i++) {
		e.off = e.off || strcmp(c->off[i], def->uri) == 0;
	}
	return add(&c->resources, &e, why, size);
}

int
classes_add_job(
	struct classes *c, const TactusJobDef *def, char *why, size_t size)
{
	const char *fault = job_fault(def);
	if (fault != NULL) {
		snprintf(why, size, "%s", fault);
		return -EINVAL;
	}
	struct entry e = {.job = *def};
	return add(&c->jobs, &e, why, size);
}

static const struct entry *
find(const struct list *l, const char *what, const char *name, int *code,
	char *why, size_t size)
{
	const struct entry *found = NULL;
	const struct entry *other = NULL;

	for (uint32_t i = 0; i < l->count; i++) {
		const struct entry *e = l->entry[i];
		if (strcmp(uri_of(e), name) == 0) {
			found = e;
			other = NULL;
			break;
		}
		if (strcmp(name_of(e), name) == 0) {
			other = found;
			found = e;
		}
	}
	if (other != NULL) {
		*code = 422;
		snprintf(why, size, "\"%s\" names both %s and %s: use the URI",
			name, uri_of(other), uri_of(found));
		return NULL;
	}
	if (found == NULL) {
		*code = 404;
		snprintf(why, size, "no %s \"%s\"; /def/list tells all", what,
			name);
		return NULL;
	}
	if (found->off) {
		*code = 404;
		snprintf(why, size, "%s is switched off in resource_classes",
			uri_of(found));
		return NULL;
	}
	return found;
}

const TactusResourceDef *
classes_find_resource(
	struct classes *c, const char *name, int *code, char *why, size_t size)
{
	const struct entry *e =
		find(&c->resources, "resource class", name, code, why, size);

	return e != NULL ? &e->resource : NULL;
}

const TactusJobDef *
classes_find_job(
	struct classes *c, const char *name, int *code, char *why, size_t size)
{
	const struct entry *e = find(&c->jobs, "job", name, code, why, size);

	return e != NULL ? &e->job : NULL;
}

const TactusResourceDef *
classes_resource(const struct classes *c, uint32_t i)
{
	return i < c->resources.count ? &c->resources.entry[i]->resource : NULL;
}

const TactusJobDef *
classes_job(const struct classes *c, uint32_t i)
{
	return i < c->jobs.count ? &c->jobs.entry[i]->job : NULL;
}

uint32_t
classes_count(const struct classes *c)
{
	return c->resources.count + c->jobs.count;
}

struct classes_mark
classes_mark(const struct classes *c)
{
	return (struct classes_mark){c->resources.count, c->jobs.count};
}

void
classes_forget(struct classes *c, struct classes_mark mark)
{
	forget(&c->resources, mark.resources);
	forget(&c->jobs, mark.jobs);
}
