/* SPDX-License-Identifier: MIT */
/*
 * selector.c -- see selector.h.
 */
#include "selector.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first line of FOLDER/NAME, without blanks at its end. */
static bool
read_line(const char *folder, const char *name, char *out, int size)
{
	char path[PATH_MAX + 32];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		return false;
	}
	bool ok = fgets(out, size, f) != NULL;
	(void)fclose(f);
	if (ok) {
		for (size_t n = strlen(out);
			n > 0 && isspace((unsigned char)out[n - 1]); n--) {
			out[n - 1] = '\0';
		}
	}
	return ok && out[0] != '\0';
}

/* Climb from the card's device to the USB device that it is part of. */
static bool
usb_selector(const char *device, size_t root, char *out)
{
	char folder[PATH_MAX];
	char vendor[16];
	char product[16];
	char serial[128];

	(void)snprintf(folder, sizeof folder, "%s", device);
	while (strlen(folder) > root) {
		if (read_line(folder, "idVendor", vendor, sizeof vendor) &&
			read_line(
				folder, "idProduct", product, sizeof product)) {
			bool has = read_line(
				folder, "serial", serial, sizeof serial);

			(void)snprintf(out, SELECTOR_SIZE, "usb:%s:%s%s%s",
				vendor, product, has ? ":" : "",
				has ? serial : "");
			return true;
		}
		*strrchr(folder, '/') = '\0';
	}
	return false;
}

size_t
selector_list(const char *sysfs, int number, const char *id,
	char out[SELECTOR_MOST][SELECTOR_SIZE])
{
	char link[PATH_MAX];
	char top[PATH_MAX];
	char device[PATH_MAX];
	size_t n = 0;

	(void)snprintf(link, sizeof link, "%s/class/sound/card%d/device", sysfs,
		number);
	(void)snprintf(top, sizeof top, "%s/devices", sysfs);
	char *from = realpath(link, device);
	char *root = realpath(top, link);
	if (from != NULL && root != NULL &&
		strncmp(device, link, strlen(link)) == 0 &&
		device[strlen(link)] == '/') {
		size_t length = strlen(link);

		n += usb_selector(device, length, out[n]);
		(void)snprintf(out[n++], SELECTOR_SIZE, "path:%.300s",
			device + length + 1);
	}
	if (id != NULL && *id != '\0') {
		(void)snprintf(out[n++], SELECTOR_SIZE, "id:%s", id);
		(void)snprintf(out[n++], SELECTOR_SIZE, "hw:CARD=%s", id);
	}
	return n;
}
