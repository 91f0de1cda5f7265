/* SPDX-License-Identifier: MIT */
/*
 * config_check.c -- see config_check.h.
 */
#include "config_check.h"

#include <inttypes.h>
#include <string.h>

/* Where to point to: the first of two settings that was written at all. */
static const char *
place(const struct config *c, const char *path, const char *other)
{
	const char *origin = config_origin(c, path);

	return strcmp(origin, "default") == 0 ? config_origin(c, other)
					      : origin;
}

/* hw:0 and hw:0,1: names by number, which move from boot to boot. */
static bool
is_numbered(const char *selector)
{
	const char *s =
		strncmp(selector, "plug", 4) == 0 ? selector + 4 : selector;

	return strncmp(s, "hw:", 3) == 0 && s[3] >= '0' && s[3] <= '9';
}

static void
check_devices(struct config_reading *r, const char *path,
	const struct config_strings *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (is_numbered(list->items[i])) {
			config_reading_tell(r, false,
				config_origin(r->config, path),
				"%s[%" PRIu32 "]: \"%s\" names a card by its "
				"number, which moves from boot to boot; "
				"hw:CARD=NAME does not",
				path, i, list->items[i]);
		}
	}
}

/* The names of plugins are looked up in plugins.path and nowhere else. */
static void
check_plugins(struct config_reading *r, const struct config_strings *load)
{
	for (uint32_t i = 0; i < load->count; i++) {
		if (strchr(load->items[i], '/') != NULL) {
			config_reading_tell(r, true,
				config_origin(r->config, "plugins.load"),
				"plugins.load[%" PRIu32 "]: \"%s\" has a "
				"folder; folders belong into plugins.path",
				i, load->items[i]);
		}
	}
}

void
config_check(struct config_reading *r)
{
	const struct config *c = r->config;

	if (c->audio.period < c->audio.block) {
		config_reading_tell(r, true,
			place(c, "audio.period", "audio.block"),
			"audio.period: %" PRIu32 " frames are less than "
			"audio.block (%" PRIu32 "); a period is at least "
			"a block",
			c->audio.period, c->audio.block);
	}
	if (c->audio.driver == CONFIG_DRIVER_ALSA && c->audio.inputs == 0 &&
		c->audio.outputs == 0) {
		config_reading_tell(r, true,
			place(c, "audio.outputs", "audio.inputs"),
			"audio.outputs: neither inputs nor outputs; give one, "
			"or take driver = \"clock\"");
	}
	if (*c->audio.tap != '\0' && c->audio.outputs == 0) {
		config_reading_tell(r, true,
			place(c, "audio.tap", "audio.outputs"),
			"audio.tap: there are no outputs to write down");
	}
	if (c->realtime.required && !c->realtime.enable) {
		config_reading_tell(r, true,
			place(c, "realtime.required", "realtime.enable"),
			"realtime.required: is true while realtime.enable is "
			"false; make them agree");
	}
	check_devices(r, "audio.devices", &c->audio.devices);
	check_devices(r, "audio.capture_devices", &c->audio.capture_devices);
	check_plugins(r, &c->plugins.load);
}
