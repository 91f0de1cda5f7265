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

#include "defs.h"
#include "log.h"

#define MAX_PLUGINS 512
#define SUFFIX      ".so"

struct loader {
	TactusHost host; /* first: what plugins hand back is found */
	struct defs *defs;
	const char *loading; /* the file that is being loaded */
	uint32_t loaded;
	uint32_t skipped;
	void *handle[MAX_PLUGINS];
};

static struct loader *
loader_of(const TactusHost *host)
{
	union {
		const TactusHost *host;
		struct loader *loader;
	} u = {host};

	return u.loader;
}

static int
host_register(const TactusHost *host, const TactusSynthDef *def)
{
	struct loader *l = loader_of(host);
	char why[DEFS_WHY_SIZE] = "no memory";
	int err = defs_add(l->defs, def, why, sizeof why);

	if (err != 0) {
		log_warn("plugins: %s: synthdef %s left out: %s", l->loading,
			def != NULL && def->uri != NULL ? def->uri : "?", why);
		return -1;
	}
	return 0;
}

static void
host_log(const TactusHost *host, enum TactusLevel level, const char *text)
{
	const char *who = loader_of(host)->loading;

	switch (level) {
	case TACTUS_LOG_ERROR:
		log_err("%s: %s", who, text);
		break;
	case TACTUS_LOG_WARNING:
		log_warn("%s: %s", who, text);
		break;
	case TACTUS_LOG_INFO:
		log_info("%s: %s", who, text);
		break;
	case TACTUS_LOG_DEBUG:
		log_debug("%s: %s", who, text);
		break;
	}
}

/** Open one file. @return NULL when it was taken in, else why not */
static const char *
load(struct loader *l, const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	uint32_t before = defs_count(l->defs);

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
		plugin = entry(&l->host);
	}
	if (why == NULL && plugin == NULL) {
		why = "it does not want to load";
	} else if (why == NULL && plugin->abi != TACTUS_ABI_VERSION) {
		why = "it was built for another version of the plugin "
		      "interface: build it again";
	} else if (why == NULL && defs_count(l->defs) == before) {
		why = "it registered nothing usable";
	}
	if (why != NULL) {
		/* what it registered all the same is not to be trusted */
		defs_forget(l->defs, before);
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
		l->loading = found[i]->d_name;
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
	l->loading = "plugins";
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

int
loader_open(const struct config *config, double rate, struct loader **out)
{
	struct loader *l = calloc(1, sizeof *l);
	if (l == NULL) {
		return -ENOMEM;
	}
	l->host = (TactusHost){
		.size = sizeof(TactusHost),
		.abi = TACTUS_ABI_VERSION,
		.rate = rate,
		.block = config->audio.block,
		.register_synthdef = host_register,
		.log = host_log,
	};
	l->loading = "plugins";
	int err = defs_open(&l->host, &l->defs);
	if (err != 0) {
		free(l);
		return err;
	}
	for (uint32_t i = 0; i < config->plugins.path.count; i++) {
		load_folder(l, config, config->plugins.path.items[i]);
	}
	check_load(l, config);
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
