/* SPDX-License-Identifier: MIT */
/*
 * config_list.c -- see config_value.h.  The lists whose items are groups:
 * what they share, pools and resource classes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config_value.h"
#include "nearest.h"

#define MOST_CLASSES    256
#define MOST_POOL_BYTES (UINT64_C(4) << 30)

static const struct config_row pool_size = {.kind = CONFIG_BYTES,
	.unit = "bytes",
	.least = 64,
	.most = 16 * 1024 * 1024};
static const struct config_row pool_count = {
	.kind = CONFIG_WHOLE, .unit = "blocks", .least = 1, .most = 1048576};
static const struct config_row class_bytes = {.kind = CONFIG_BYTES,
	.unit = "bytes",
	.least = 4096,
	.most = 1024.0 * 1024 * 1024 * 1024};

bool
config_list_check(struct config_reading *r, const char *path,
	const config_setting_t *value, int most)
{
	if (config_setting_is_group(value) ||
		!config_setting_is_aggregate(value)) {
		return config_value_expected(
			r, path, value, "a list of groups ( { ... }, ... )");
	}
	if (config_setting_length(value) > most) {
		config_reading_error(r, config_reading_line(value),
			"%s: at most %d are possible, here are %d", path, most,
			config_setting_length(value));
		return false;
	}
	return true;
}

bool
config_list_members(struct config_reading *r, const char *path,
	const config_setting_t *item, const char *const *known)
{
	bool good = true;

	for (int i = 0; i < config_setting_length(item); i++) {
		const config_setting_t *m =
			config_setting_get_elem(item, (unsigned)i);
		const char *name = config_setting_name(m);
		size_t least = (size_t)-1;
		const char *best = known[0];

		for (size_t k = 0; known[k] != NULL; k++) {
			size_t d = nearest_distance(name, known[k]);

			if (d < least) {
				least = d;
				best = known[k];
			}
		}
		if (strcmp(name, best) != 0) {
			config_reading_error(r, config_reading_line(m),
				"%s.%.60s: unknown setting; the nearest known "
				"one is %s.%s",
				path, name, path, best);
			good = false;
		}
	}
	return good;
}

const config_setting_t *
config_list_member(struct config_reading *r, const char *path,
	const config_setting_t *item, const char *name, bool must)
{
	const config_setting_t *m = config_setting_get_member(item, name);

	if (m == NULL && must) {
		config_reading_error(r, config_reading_line(item),
			"%s: %s is missing", path, name);
	}
	return m;
}

static bool
read_pool(struct config_reading *r, const char *path,
	const config_setting_t *item, struct config_pool *out)
{
	static const char *const known[] = {"size", "count", NULL};
	char name[80];

	if (!config_setting_is_group(item)) {
		return config_value_expected(
			r, path, item, "a group { size = ...; count = ...; }");
	}
	bool good = config_list_members(r, path, item, known);
	const config_setting_t *size =
		config_list_member(r, path, item, "size", true);
	const config_setting_t *count =
		config_list_member(r, path, item, "count", true);
	if (size == NULL || count == NULL) {
		return false;
	}
	snprintf(name, sizeof name, "%s.size", path);
	good = config_value_bytes(r, name, size, &pool_size, &out->size) &&
	       good;
	snprintf(name, sizeof name, "%s.count", path);
	good = config_value_whole(r, name, count, &pool_count, &out->count) &&
	       good;
	out->size = (out->size + 63) / 64 * 64;
	return good;
}

static int
compare_pools(const void *a, const void *b)
{
	const struct config_pool *x = a;
	const struct config_pool *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

/* What can be said of the pools together only. */
static bool
check_pools(struct config_reading *r, const config_setting_t *value,
	const struct config_pool *items, int n)
{
	uint64_t sum = 0;

	for (int i = 0; i < n; i++) {
		sum += items[i].size * items[i].count;
		if (i > 0 && items[i].size == items[i - 1].size) {
			config_reading_error(r, config_reading_line(value),
				"pools: two pools of %" PRIu64
				" bytes (sizes are rounded up to a multiple "
				"of 64); make them one",
				items[i].size);
			return false;
		}
	}
	if (sum > MOST_POOL_BYTES) {
		config_reading_error(r, config_reading_line(value),
			"pools: %" PRIu64
			" MiB together are out of range: at most 4096 MiB",
			sum >> 20);
		return false;
	}
	return true;
}

bool
config_list_pools(struct config_reading *r, const config_setting_t *value,
	struct config_pools *out)
{
	if (!config_list_check(r, "pools", value, CONFIG_MAX_POOLS)) {
		return false;
	}
	int n = config_setting_length(value);
	if (n == 0) {
		config_reading_error(r, config_reading_line(value),
			"pools: at least one pool is needed");
		return false;
	}
	struct config_pool *items =
		config_reading_take(r, (size_t)n * sizeof *items);
	bool good = items != NULL;
	for (int i = 0; i < n && items != NULL; i++) {
		char path[40];

		snprintf(path, sizeof path, "pools[%d]", i);
		good = read_pool(r, path,
			       config_setting_get_elem(value, (unsigned)i),
			       &items[i]) &&
		       good;
	}
	if (!good) {
		return false;
	}
	qsort(items, (size_t)n, sizeof *items, compare_pools);
	if (!check_pools(r, value, items, n)) {
		return false;
	}
	*out = (struct config_pools){(uint32_t)n, items};
	return true;
}

/* A class's own option, kept as text: the class knows what it means. */
static bool
read_option(struct config_reading *r, const char *path,
	const config_setting_t *value, struct config_option *out)
{
	char text[64];

	out->name = config_reading_text(r, config_setting_name(value));
	switch (config_setting_type(value)) {
	case CONFIG_TYPE_STRING:
		return config_value_text(r, path, value, true, &out->value);
	case CONFIG_TYPE_BOOL:
		snprintf(text, sizeof text, "%s",
			config_setting_get_bool(value) ? "true" : "false");
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		snprintf(text, sizeof text, "%lld",
			config_setting_get_int64(value));
		break;
	case CONFIG_TYPE_FLOAT:
		snprintf(text, sizeof text, "%.17g",
			config_setting_get_float(value));
		break;
	default:
		return config_value_expected(
			r, path, value, "a number, a string, true or false");
	}
	out->value = config_reading_text(r, text);
	return out->name != NULL && out->value != NULL;
}

/* The members that are no class's own. */
static bool
is_common(const char *name)
{
	return strcmp(name, "uri") == 0 || strcmp(name, "enabled") == 0 ||
	       strcmp(name, "max_bytes") == 0;
}

static bool
read_options(struct config_reading *r, const char *path,
	const config_setting_t *item, struct config_class *out)
{
	int n = config_setting_length(item);
	bool good = true;
	struct config_option *option =
		config_reading_take(r, ((size_t)n + 1) * sizeof *option);

	for (int i = 0; i < n && option != NULL; i++) {
		const config_setting_t *m =
			config_setting_get_elem(item, (unsigned)i);
		char name[120];

		if (is_common(config_setting_name(m))) {
			continue;
		}
		snprintf(name, sizeof name, "%s.%.60s", path,
			config_setting_name(m));
		good = read_option(r, name, m, &option[out->options]) && good;
		out->options++;
	}
	out->option = option;
	return good && option != NULL;
}

static bool
read_class(struct config_reading *r, const char *path,
	const config_setting_t *item, struct config_class *out)
{
	char name[80];

	if (!config_setting_is_group(item)) {
		return config_value_expected(
			r, path, item, "a group { uri = \"...\"; ... }");
	}
	out->enabled = true;
	bool good = read_options(r, path, item, out);
	const config_setting_t *uri =
		config_list_member(r, path, item, "uri", true);
	const config_setting_t *enabled =
		config_list_member(r, path, item, "enabled", false);
	const config_setting_t *most =
		config_list_member(r, path, item, "max_bytes", false);
	snprintf(name, sizeof name, "%s.uri", path);
	good = uri != NULL &&
	       config_value_text(r, name, uri, false, &out->uri) && good;
	snprintf(name, sizeof name, "%s.enabled", path);
	good = (enabled == NULL ||
		       config_value_bool(r, name, enabled, &out->enabled)) &&
	       good;
	snprintf(name, sizeof name, "%s.max_bytes", path);
	return (most == NULL || config_value_bytes(r, name, most, &class_bytes,
					&out->max_bytes)) &&
	       good;
}

bool
config_list_classes(struct config_reading *r, const config_setting_t *value,
	struct config_classes *out)
{
	if (!config_list_check(r, "resource_classes", value, MOST_CLASSES)) {
		return false;
	}
	int n = config_setting_length(value);
	struct config_class *items =
		config_reading_take(r, ((size_t)n + 1) * sizeof *items);
	bool good = items != NULL;
	for (int i = 0; i < n && items != NULL; i++) {
		const config_setting_t *item =
			config_setting_get_elem(value, (unsigned)i);
		char path[40];

		snprintf(path, sizeof path, "resource_classes[%d]", i);
		good = read_class(r, path, item, &items[i]) && good;
		for (int j = 0; good && j < i; j++) {
			if (strcmp(items[i].uri, items[j].uri) == 0) {
				config_reading_error(r,
					config_reading_line(item),
					"%s.uri: %.120s stands here twice",
					path, items[i].uri);
				good = false;
			}
		}
	}
	if (good) {
		*out = (struct config_classes){(uint32_t)n, items};
	}
	return good;
}

void
config_list_print_pools(FILE *to, const struct config_pools *pools)
{
	fputs("( ", to);
	for (uint32_t i = 0; i < pools->count; i++) {
		fprintf(to, "%s{ size = %" PRIu64 "; count = %" PRIu32 "; }",
			i == 0 ? "" : ", ", pools->items[i].size,
			pools->items[i].count);
	}
	fputs(" )", to);
}

void
config_list_print_classes(FILE *to, const struct config_classes *classes)
{
	fputs("( ", to);
	for (uint32_t i = 0; i < classes->count; i++) {
		const struct config_class *c = &classes->items[i];

		fprintf(to, "%s{ uri = ", i == 0 ? "" : ", ");
		config_value_print_text(to, c->uri);
		fprintf(to, "; enabled = %s; ", c->enabled ? "true" : "false");
		if (c->max_bytes > 0) {
			fputs("max_bytes = ", to);
			config_value_print_bytes(to, c->max_bytes);
			fputs("; ", to);
		}
		for (uint32_t k = 0; k < c->options; k++) {
			fprintf(to, "%s = ", c->option[k].name);
			config_value_print_text(to, c->option[k].value);
			fputs("; ", to);
		}
		fputs("}", to);
	}
	fputs(classes->count == 0 ? ")" : " )", to);
}
