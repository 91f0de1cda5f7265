/* SPDX-License-Identifier: MIT */
/*
 * config_listeners.c -- see config_value.h.  The list of listeners: URLs,
 * roles, who may come.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config_value.h"

#define MOST_LISTENERS 32
#define UNIX_PATH      107 /* bytes that an address of the kernel holds */

static const char *const role_names[] = {"control", "operator", "admin"};

/* ADDRESS or ADDRESS/BITS, of either family. */
static bool
is_cidr(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	size_t n = strcspn(text, "/");

	if (n >= sizeof address) {
		return false;
	}
	memcpy(address, text, n);
	address[n] = '\0';
	long most = inet_pton(AF_INET, address, bytes) == 1    ? 32
		    : inet_pton(AF_INET6, address, bytes) == 1 ? 128
							       : -1;
	if (most < 0 || text[n] == '\0') {
		return most > 0;
	}
	const char *bits = text + n + 1;
	size_t digits = strspn(bits, "0123456789");
	return digits > 0 && digits < 4 && bits[digits] == '\0' &&
	       strtol(bits, NULL, 10) <= most;
}

/* What is wrong with HOST:PORT; NULL: nothing. */
static const char *
check_host(const char *text)
{
	const char *colon = strrchr(text, ':');

	if (colon == NULL) {
		return "has no port: udp://HOST:PORT";
	}
	size_t digits = strspn(colon + 1, "0123456789");
	if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' ||
		strtol(colon + 1, NULL, 10) > 65535) {
		return "has no port from 0 to 65535 at its end";
	}
	if (colon == text) {
		return "has no host; 0.0.0.0 or [::] is every address";
	}
	if (*text == '[') {
		return colon[-1] == ']' ? NULL : "has no ] before its port";
	}
	if (memchr(text, ':', (size_t)(colon - text)) != NULL) {
		return "needs its IPv6 address in brackets: udp://[::1]:57140";
	}
	return strcspn(text, " /\t") < (size_t)(colon - text)
		       ? "has characters that are no host's"
		       : NULL;
}

/* What is wrong with a listener's URL; NULL: nothing. */
static const char *
check_url(const char *url)
{
	const char *path = NULL;

	if (strncmp(url, "udp://", 6) == 0 || strncmp(url, "tcp://", 6) == 0) {
		return check_host(url + 6);
	}
	if (strncmp(url, "unix://", 7) == 0) {
		path = url + 7;
	} else if (strncmp(url, "unixgram://", 11) == 0) {
		path = url + 11;
	}
	if (path == NULL) {
		return "is none of udp://HOST:PORT, tcp://HOST:PORT, "
		       "unix:///PATH, unixgram:///PATH";
	}
	if (path[0] != '/' || path[1] == '\0') {
		return "needs a full path: unix:///run/tactus/osc.sock";
	}
	return strlen(path) > UNIX_PATH
		       ? "has a path of more than 107 bytes, which the kernel "
			 "does not take"
		       : NULL;
}

static bool
is_loopback(const char *url)
{
	return strncmp(url, "unix", 4) == 0 ||
	       strncmp(url + 6, "127.", 4) == 0 ||
	       strncmp(url + 6, "[::1]:", 6) == 0 ||
	       strncmp(url + 6, "localhost:", 10) == 0;
}

static bool
read_role(struct config_reading *r, const char *path,
	const config_setting_t *value, enum role *out)
{
	if (config_setting_type(value) == CONFIG_TYPE_STRING) {
		const char *text = config_setting_get_string(value);

		for (size_t i = 0; i < 3; i++) {
			if (strcmp(text, role_names[i]) == 0) {
				*out = (enum role)i;
				return true;
			}
		}
	}
	return config_value_expected(
		r, path, value, "one of \"control\", \"operator\", \"admin\"");
}

static bool
read_allow(struct config_reading *r, const char *path,
	const config_setting_t *value, struct listener_config *out)
{
	struct config_strings allow = {0, NULL};
	bool good = config_value_texts(r, path, value, &allow);

	for (uint32_t i = 0; i < allow.count; i++) {
		if (!is_cidr(allow.items[i])) {
			config_reading_error(r, config_reading_line(value),
				"%s[%" PRIu32 "]: \"%.60s\" is no address and "
				"no CIDR block such as 192.168.1.0/24",
				path, i, allow.items[i]);
			good = false;
		}
	}
	out->allow = allow.items;
	out->allowed = allow.count;
	return good;
}

static bool
read_listener(struct config_reading *r, const char *path,
	const config_setting_t *item, struct listener_config *out)
{
	static const char *const known[] = {"url", "role", "allow", NULL};
	char name[80];

	if (!config_setting_is_group(item)) {
		return config_value_expected(r, path, item,
			"a group { url = \"...\"; role = \"...\"; }");
	}
	bool good = config_list_members(r, path, item, known);
	const config_setting_t *url =
		config_list_member(r, path, item, "url", true);
	const config_setting_t *role =
		config_list_member(r, path, item, "role", false);
	const config_setting_t *allow =
		config_list_member(r, path, item, "allow", false);

	out->role = ROLE_CONTROL;
	snprintf(name, sizeof name, "%s.role", path);
	good = (role == NULL || read_role(r, name, role, &out->role)) && good;
	snprintf(name, sizeof name, "%s.allow", path);
	good = (allow == NULL || read_allow(r, name, allow, out)) && good;
	snprintf(name, sizeof name, "%s.url", path);
	if (url == NULL || !config_value_text(r, name, url, false, &out->url)) {
		return false;
	}
	const char *why = check_url(out->url);
	if (why != NULL) {
		config_reading_error(r, config_reading_line(url),
			"%s: \"%.120s\" %s", name, out->url, why);
		return false;
	}
	if (!is_loopback(out->url) && out->role != ROLE_CONTROL &&
		out->allowed == 0) {
		config_reading_note(r, config_reading_line(url),
			"%s: anyone who reaches %s has the role %s; name who "
			"may with allow = [ \"192.168.1.0/24\" ]",
			name, out->url, role_names[out->role]);
	}
	return good;
}

/* The same URL twice can only be a mistake, but for ports the kernel picks. */
static bool
check_twice(struct config_reading *r, const config_setting_t *value,
	const struct listener_config *items, int n)
{
	for (int i = 1; i < n; i++) {
		size_t length = strlen(items[i].url);

		if (length > 2 &&
			strcmp(items[i].url + length - 2, ":0") == 0) {
			continue;
		}
		for (int j = 0; j < i; j++) {
			if (strcmp(items[i].url, items[j].url) == 0) {
				config_reading_error(r,
					config_reading_line(
						config_setting_get_elem(
							value, (unsigned)i)),
					"osc.listeners[%d].url: %s stands "
					"here twice",
					i, items[i].url);
				return false;
			}
		}
	}
	return true;
}

bool
config_list_listeners(struct config_reading *r, const config_setting_t *value,
	struct config_listeners *out)
{
	if (!config_list_check(r, "osc.listeners", value, MOST_LISTENERS)) {
		return false;
	}
	int n = config_setting_length(value);
	struct listener_config *items =
		config_reading_take(r, ((size_t)n + 1) * sizeof *items);
	bool good = items != NULL;
	for (int i = 0; i < n && items != NULL; i++) {
		char path[40];

		snprintf(path, sizeof path, "osc.listeners[%d]", i);
		good = read_listener(r, path,
			       config_setting_get_elem(value, (unsigned)i),
			       &items[i]) &&
		       good;
	}
	if (!good || !check_twice(r, value, items, n)) {
		return false;
	}
	*out = (struct config_listeners){(uint32_t)n, items};
	return true;
}

void
config_list_print_listeners(FILE *to, const struct config_listeners *listeners)
{
	fputs("( ", to);
	for (uint32_t i = 0; i < listeners->count; i++) {
		const struct listener_config *l = &listeners->items[i];

		fprintf(to, "%s{ url = ", i == 0 ? "" : ", ");
		config_value_print_text(to, l->url);
		fprintf(to, "; role = \"%s\"; ", role_names[l->role]);
		for (uint32_t k = 0; k < l->allowed; k++) {
			fputs(k == 0 ? "allow = [ " : ", ", to);
			config_value_print_text(to, l->allow[k]);
		}
		fputs(l->allowed > 0 ? " ]; }" : "}", to);
	}
	fputs(listeners->count == 0 ? ")" : " )", to);
}
