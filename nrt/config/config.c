/* SPDX-License-Identifier: MIT */
/*
 * config.c -- see config.h.  Reading: defaults, file, conf.d, --set; what
 * comes later wins, setting by setting.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_check.h"
#include "config_reading.h"
#include "config_text.h"
#include "config_value.h"

const char *
config_default_file(void)
{
	return CONFDIR "/tactus.conf";
}

static void
read_setting(struct config_reading *r, const struct config_row *row,
	const config_setting_t *value)
{
	if (config_value_read(r, row, value)) {
		r->config->own->origin[row - config_rows] =
			config_reading_origin(r, config_reading_line(value));
	}
}

static void
refuse(struct config_reading *r, const char *group, const char *name,
	unsigned line)
{
	config_reading_error(r, line,
		"%s%s%.80s: unknown setting; the nearest known one is %s",
		group, *group == '\0' ? "" : ".", name,
		config_table_nearest(group, name));
}

/* A group's members, or the top's groups and settings (group ""). */
static void
read_group(struct config_reading *r, const char *group,
	const config_setting_t *from)
{
	for (int i = 0; i < config_setting_length(from); i++) {
		const config_setting_t *s =
			config_setting_get_elem(from, (unsigned)i);
		const char *name = config_setting_name(s);
		char path[160];

		snprintf(path, sizeof path, "%s%s%s", group,
			*group == '\0' ? "" : ".", name);
		const struct config_row *row = config_table_find(path);
		if (row != NULL) {
			read_setting(r, row, s);
		} else if (*group != '\0' || !config_table_is_group(name)) {
			refuse(r, group, name, config_reading_line(s));
		} else if (!config_setting_is_group(s)) {
			config_value_expected(r, name, s, "a group { ... }");
		} else {
			read_group(r, name, s);
		}
	}
}

/* @errors as config_text_read; errors inside are in r->wrong */
static int
read_file(struct config_reading *r, const char *path)
{
	config_t tree;
	char *text;

	r->file = path;
	int error = config_text_read(r, path, &text);
	if (error == 0) {
		config_init(&tree);
		if (config_text_parse(r, text, &tree, true)) {
			read_group(r, "", config_root_setting(&tree));
		}
		config_destroy(&tree);
		free(text);
	}
	return error;
}

static int
is_conf(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && n > 5 &&
	       strcmp(entry->d_name + n - 5, ".conf") == 0;
}

/* By bytes: the same order on every machine, in every locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
read_folder(struct config_reading *r, const char *file)
{
	struct dirent **entry;
	const char *slash = strrchr(file, '/');
	int length = slash == NULL ? 0 : (int)(slash + 1 - file);
	char folder[4096 + 16];

	int wide = snprintf(folder, sizeof folder, "%.*sconf.d", length, file);
	if (wide < 0 || (size_t)wide >= sizeof folder) {
		return; /* longer than any path: the file was not found */
	}
	int n = scandir(folder, &entry, is_conf, by_name);
	if (n < 0) {
		r->file = folder;
		if (errno == ENOMEM) {
			r->failed = -ENOMEM;
		} else if (errno != ENOENT && errno != ENOTDIR) {
			config_reading_error(
				r, 0, "cannot be read: %s", strerror(errno));
		}
		return;
	}
	for (int i = 0; i < n; i++) {
		char path[sizeof folder + 260];

		snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
		if (read_file(r, path) == -ENOENT) {
			config_reading_error(
				r, 0, "is a link to what does not exist");
		}
		free(entry[i]);
	}
	free(entry);
}

/* Parse VALUE as libconfig text, else take it as a string. */
static const config_setting_t *
parse_value(struct config_reading *r, const char *value, config_t *tree)
{
	char *text;

	if (asprintf(&text, "v = %s\n;", value) < 0) {
		r->failed = -ENOMEM;
		return NULL;
	}
	config_init(tree);
	bool good = config_text_parse(r, text, tree, false) &&
		    config_setting_length(config_root_setting(tree)) == 1;
	free(text);
	if (!good) {
		config_destroy(tree);
		config_init(tree);
		config_setting_t *s = config_setting_add(
			config_root_setting(tree), "v", CONFIG_TYPE_STRING);
		config_setting_set_string(s, value);
	}
	return config_lookup(tree, "v");
}

static void
refuse_set(struct config_reading *r, const char *path)
{
	char group[64];
	const char *dot = strchr(path, '.');
	size_t n = dot == NULL ? 0 : (size_t)(dot - path);

	if (n > 0 && n < sizeof group) {
		memcpy(group, path, n);
		group[n] = '\0';
		if (config_table_is_group(group)) {
			refuse(r, group, dot + 1, 0);
			return;
		}
		/* a wrong group: the setting's own name says more */
		config_reading_error(r, 0,
			"%.80s: unknown setting; the nearest known one is %s",
			path, config_table_nearest("", dot + 1));
		return;
	}
	refuse(r, "", path, 0);
}

static void
read_set(struct config_reading *r, const char *set)
{
	const char *equals = strchr(set, '=');
	char path[160];
	config_t tree;

	r->file = NULL;
	r->set = set;
	if (equals == NULL || equals == set) {
		config_reading_error(
			r, 0, "PATH=VALUE is expected, as audio.rate=48000");
		return;
	}
	snprintf(path, sizeof path, "%.*s", (int)(equals - set), set);
	const struct config_row *row = config_table_find(path);
	if (row == NULL && !config_table_is_group(path)) {
		refuse_set(r, path);
		return;
	}
	const config_setting_t *value = parse_value(r, equals + 1, &tree);
	if (value == NULL) {
		return;
	}
	if (row != NULL) {
		read_setting(r, row, value);
	} else if (!config_setting_is_group(value)) {
		config_value_expected(r, path, value, "a group { ... }");
	} else {
		read_group(r, path, value);
	}
	config_destroy(&tree);
}

/* Read a setting from text of our own: a default, or what was printed. */
static void
read_text(struct config_reading *r, const struct config_row *row,
	const char *value)
{
	config_t tree;
	const config_setting_t *s = parse_value(r, value, &tree);

	if (s != NULL) {
		config_value_read(r, row, s);
		config_destroy(&tree);
	}
}

/* A config with every default, inside a reading that can go on with it. */
static int
begin(struct config_reading *r, struct config_errors *errors)
{
	*r = (struct config_reading){.errors = errors};
	r->config = calloc(1, sizeof *r->config);
	if (r->config == NULL) {
		return -ENOMEM;
	}
	r->config->own = calloc(1, sizeof *r->config->own);
	if (r->config->own == NULL) {
		config_close(r->config);
		return -ENOMEM;
	}
	for (size_t i = 0; i < config_row_count; i++) {
		read_text(r, &config_rows[i], config_rows[i].standard);
	}
	return 0;
}

/* Remember what was read, so that it can be read again. */
static void
remember(struct config_reading *r, const char *file, const char *const *sets,
	uint32_t nsets)
{
	struct config_own *own = r->config->own;
	const char **copy =
		config_reading_take(r, (nsets + (size_t)1) * sizeof *copy);

	own->file = file == NULL ? NULL : config_reading_text(r, file);
	for (uint32_t i = 0; i < nsets && copy != NULL; i++) {
		copy[i] = config_reading_text(r, sets[i]);
	}
	own->sets = copy;
	own->nsets = nsets;
}

static int
end(struct config_reading *r, int error, struct config **out)
{
	struct config *c = r->config;
	const struct config_strings *load = &c->plugins.load;

	if (r->failed != 0) {
		error = r->failed;
	} else if (error == 0 && r->wrong) {
		error = -EINVAL;
	}
	if (error != 0) {
		config_close(c);
		return error;
	}
	c->plugins.load_all =
		load->count == 1 && strcmp(load->items[0], "all") == 0;
	*out = c;
	return 0;
}

int
config_default(struct config **out)
{
	struct config_errors errors = {.count = 0};
	struct config_reading r;
	int error = begin(&r, &errors);

	if (error == 0) {
		error = end(&r, 0, out);
	}
	config_errors_fini(&errors);
	return error;
}

/* The files: the named one must be there, the default one may be. */
static int
read_files(struct config_reading *r, const char *file)
{
	const char *path = file == NULL ? config_default_file() : file;
	int error = read_file(r, path);

	if (error == -ENOENT && file == NULL) {
		config_reading_note(
			r, 0, "is not there; every setting is at its default");
		error = 0;
	} else if (error == -ENOENT) {
		config_reading_error(r, 0,
			"no such file; the default one is %s",
			config_default_file());
	}
	if (error == 0) {
		read_folder(r, path);
	}
	return error;
}

int
config_load(const char *file, const char *const *sets, uint32_t nsets,
	struct config **out, struct config_errors *errors)
{
	struct config_reading r;
	int error = begin(&r, errors);

	if (error != 0) {
		return error;
	}
	remember(&r, file, sets, nsets);
	error = read_files(&r, file);
	for (uint32_t i = 0; i < nsets; i++) {
		read_set(&r, sets[i]);
	}
	/* with a wrong value replaced by another's default, what they are
	 * together says nothing */
	if (!r.wrong && r.failed == 0) {
		config_check(&r);
	}
	return end(&r, error, out);
}

/* A setting's value as text. @return NULL: no memory */
static char *
print_value(const struct config_row *row, const struct config *c)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (f == NULL) {
		return NULL;
	}
	config_value_print(f, row, c);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* Compare one setting; what needs a restart goes back to what runs. */
static void
carry_over(struct config_reading *r, size_t i, const struct config *old,
	struct config_changes *changes)
{
	const struct config_row *row = &config_rows[i];
	char *before = print_value(row, old);
	char *after = print_value(row, r->config);

	if (before == NULL || after == NULL) {
		r->failed = -ENOMEM;
	} else if (strcmp(before, after) != 0 &&
		   (row->flags & CONFIG_LIVE) != 0) {
		changes->live_path[changes->live++] = row->path;
	} else if (strcmp(before, after) != 0) {
		const char *origin = old->own->origin[i];

		changes->restart_path[changes->restart++] = row->path;
		read_text(r, row, before);
		r->config->own->origin[i] =
			origin == NULL ? NULL : config_reading_text(r, origin);
	}
	free(before);
	free(after);
}

int
config_reload(const struct config *old, struct config **out,
	struct config_changes *changes, struct config_errors *errors)
{
	const struct config_own *own = old->own;
	struct config_reading r = {.errors = errors};

	*changes = (struct config_changes){.live = 0};
	int error = config_load(
		own->file, own->sets, own->nsets, &r.config, errors);
	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < config_row_count; i++) {
		carry_over(&r, i, old, changes);
	}
	return end(&r, 0, out);
}

const char *
config_origin(const struct config *c, const char *path)
{
	const struct config_row *row = config_table_find(path);

	if (row == NULL) {
		return NULL;
	}
	const char *origin = c->own->origin[row - config_rows];
	return origin == NULL ? "default" : origin;
}

void
config_print(FILE *to, const struct config *c)
{
	for (size_t i = 0; i < config_row_count; i++) {
		fprintf(to, "%s = ", config_rows[i].path);
		config_value_print(to, &config_rows[i], c);
		fprintf(to, "  # %s\n", config_origin(c, config_rows[i].path));
	}
}
