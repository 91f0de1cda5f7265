/* SPDX-License-Identifier: MIT */
/*
 * loader.c -- see loader.h.
 */
#include "loader.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classes.h"
#include "defs.h"
#include "host.h"
#include "log.h"

#define MAX_PLUGINS 512
#define SUFFIX      ".so"

struct loader {
	struct host_view view; /* first: what plugins hand back is found */
	struct defs *defs;
	struct classes *classes;
	bool loading; /* the only time to register anything */
	uint32_t loaded;
	uint32_t skipped;
	void *handle[MAX_PLUGINS];
};

static struct loader *
loader_of(const TactusHost *host)
{
	return (struct loader *)(void *)host_view_of(host);
}

/** What a plugin wanted to register is refused, or was taken in. */
static int
told(struct loader *l, int err, const char *what, const char *uri,
	const char *why)
{
	if (err != 0) {
		log_warn("plugins: %s: %s %s left out: %s", l->view.who, what,
			uri != NULL ? uri : "?", why);
		return -1;
	}
	return 0;
}

/** Defs are registered while their plugin is loaded, and never after. */
static bool
is_late(const struct loader *l, char *why, size_t size)
{
	if (!l->loading) {
		snprintf(why, size, "it came after the start");
	}
	return !l->loading;
}

static int
register_synthdef(const TactusHost *host, const TactusSynthDef *def)
{
	struct loader *l = loader_of(host);
	char why[DEFS_WHY_SIZE] = "no memory";
	int err = is_late(l, why, sizeof why)
			  ? -EPERM
			  : defs_add(l->defs, def, why, sizeof why);

	return told(l, err, "synthdef", def != NULL ? def->uri : NULL, why);
}

static int
register_resource_def(const TactusHost *host, const TactusResourceDef *def)
{
	struct loader *l = loader_of(host);
	char why[DEFS_WHY_SIZE] = "no memory";
	int err = is_late(l, why, sizeof why) ? -EPERM
					      : classes_add_resource(l->classes,
							def, why, sizeof why);

	return told(
		l, err, "resource class", def != NULL ? def->uri : NULL, why);
}

static int
register_job_def(const TactusHost *host, const TactusJobDef *def)
{
	struct loader *l = loader_of(host);
	char why[DEFS_WHY_SIZE] = "no memory";
	int err = is_late(l, why, sizeof why)
			  ? -EPERM
			  : classes_add_job(l->classes, def, why, sizeof why);

	return told(l, err, "job", def != NULL ? def->uri : NULL, why);
}

/** Open one file. @return NULL when it was taken in, else why not */
static const char *
load(struct loader *l, const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	uint32_t before = defs_count(l->defs);
	struct classes_mark mark = classes_mark(l->classes);
	uint32_t classes = classes_count(l->classes);

	if (handle == NULL) {
		const char *why = dlerror();
		return why != NULL ? why : "it does not open";
	}
	/* POSIX's own way to turn an object pointer into a function's */
	const TactusPlugin *(*entry)(const TactusHost *) = NULL;
	void *symbol = dlsym(handle, "tactus_plugin");
	memcpy(&entry, &symbol, sizeof entry);
	const char *why = NULL;
	const TactusPlugin *plugin = NULL;
	if (entry == NULL) {
		why = "it has no tactus_plugin: it is no plugin of tactus";
	} else {
		l->loading = true;
		plugin = entry(&l->view.host);
		l->loading = false;
	}
	if (why == NULL && plugin == NULL) {
		why = "it does not want to load";
	} else if (why == NULL && plugin->abi != TACTUS_ABI_VERSION) {
		why = "it was built for another version of the plugin "
		      "interface: build it again";
	} else if (why == NULL && defs_count(l->defs) == before &&
		   classes_count(l->classes) == classes) {
		why = "it registered nothing usable";
	}
	if (why != NULL) {
		/* what it registered all the same is not to be trusted */
		defs_forget(l->defs, before);
		classes_forget(l->classes, mark);
		dlclose(handle);
		return why;
	}
	l->handle[l->loaded++] = handle;
	return NULL;
}

static bool
is_wanted(const struct config *c, const char *file)
{
	size_t stem = strlen(file) - strlen(SUFFIX);

	if (c->plugins.load_all) {
		return true;
	}
	for (uint32_t i = 0; i < c->plugins.load.count; i++) {
		const char *name = c->plugins.load.items[i];
		if (strcmp(name, file) == 0 ||
			(strlen(name) == stem &&
				strncmp(name, file, stem) == 0)) {
			return true;
		}
	}
	return false;
}

static int
is_plugin(const struct dirent *d)
{
	size_t length = strlen(d->d_name);

	return length > strlen(SUFFIX) &&
	       strcmp(d->d_name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static void
load_folder(struct loader *l, const struct config *c, const char *folder)
{
	struct dirent **found = NULL;
	int count = scandir(folder, &found, is_plugin, alphasort);

	if (count < 0) {
		log_warn("plugins: folder \"%s\" cannot be read (%s); see "
			 "plugins.path",
			folder, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		char path[4096];
		const char *why = "there are more than enough already";
		int length = snprintf(
			path, sizeof path, "%s/%s", folder, found[i]->d_name);
		l->view.who = found[i]->d_name;
		if (is_wanted(c, found[i]->d_name)) {
			if (length < (int)sizeof path &&
				l->loaded < MAX_PLUGINS) {
				why = load(l, path);
			}
			if (why != NULL) {
				log_warn("plugins: %s skipped: %s", path, why);
				l->skipped++;
			}
		}
		free(found[i]);
	}
	free(found);
	l->view.who = "plugins";
}

/** Does a folder of plugins.path hold what plugins.load names? */
static bool
is_there(const struct config *c, const char *name)
{
	size_t length = strlen(name);
	size_t suffix = strlen(SUFFIX);
	bool whole =
		length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;

	for (uint32_t i = 0; i < c->plugins.path.count; i++) {
		char path[4096];
		int n = snprintf(path, sizeof path, "%s/%s%s",
			c->plugins.path.items[i], name, whole ? "" : SUFFIX);
		if (n < (int)sizeof path && access(path, F_OK) == 0) {
			return true;
		}
	}
	return false;
}

/** Say which of the names in plugins.load no file bears. */
static void
check_load(struct loader *l, const struct config *c)
{
	for (uint32_t i = 0; !c->plugins.load_all && i < c->plugins.load.count;
		i++) {
		if (!is_there(c, c->plugins.load.items[i])) {
			log_warn("plugins: \"%s\" of plugins.load is in none "
				 "of the folders of plugins.path",
				c->plugins.load.items[i]);
			l->skipped++;
		}
	}
}

/** Say which classes of resource_classes no plugin has. */
static void
check_classes(const struct loader *l, const struct config *c)
{
	for (uint32_t i = 0; i < c->resource_classes.count; i++) {
		const char *uri = c->resource_classes.items[i].uri;
		const TactusResourceDef *def;
		uint32_t k = 0;
		while ((def = classes_resource(l->classes, k)) != NULL &&
			strcmp(def->uri, uri) != 0) {
			k++;
		}
		if (def == NULL) {
			log_warn("plugins: resource_classes: no plugin has a "
				 "class \"%s\"",
				uri);
		}
	}
}

int
loader_open(const struct config *config, struct host *host, struct loader **out)
{
	struct loader *l = calloc(1, sizeof *l);
	if (l == NULL) {
		return -ENOMEM;
	}
	host_view_init(&l->view, host);
	l->view.host.register_synthdef = register_synthdef;
	l->view.host.register_resource_def = register_resource_def;
	l->view.host.register_job_def = register_job_def;
	l->view.who = "plugins";
	int err = defs_open(&l->view.host, &l->defs);
	if (err == 0) {
		err = classes_open(&config->resource_classes, &l->classes);
	}
	if (err != 0) {
		loader_close(l);
		return err;
	}
	for (uint32_t i = 0; i < config->plugins.path.count; i++) {
		load_folder(l, config, config->plugins.path.items[i]);
	}
	check_load(l, config);
	check_classes(l, config);
	*out = l;
	return 0;
}

void
loader_close(struct loader *l)
{
	if (l == NULL) {
		return;
	}
	defs_close(l->defs);
	classes_close(l->classes);
#ifndef TACTUS_SANITIZED
	/* under sanitizers plugins stay mapped, so that reports can name
	 * what was theirs */
	for (uint32_t i = 0; i < l->loaded; i++) {
		dlclose(l->handle[i]);
	}
#endif
	free(l);
}

struct defs *
loader_defs(struct loader *l)
{
	return l->defs;
}

struct classes *
loader_classes(struct loader *l)
{
	return l->classes;
}

const TactusHost *
loader_host(const struct loader *l)
{
	return &l->view.host;
}

uint32_t
loader_loaded(const struct loader *l)
{
	return l->loaded;
}

uint32_t
loader_skipped(const struct loader *l)
{
	return l->skipped;
}
