/* SPDX-License-Identifier: MIT */
/*
 * selector.c -- see selector.h.
 */
#include "selector.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 768

/* The first line of a small file, without its end; "" when there is none. */
static void
read_line(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");

	out[0] = '\0';
	if (f == NULL) {
		return;
	}
	if (fgets(out, (int)size, f) == NULL) {
		out[0] = '\0';
	}
	out[strcspn(out, "\n")] = '\0';
	(void)fclose(f);
}

/* A file of a card's folder in sysfs. */
static void
read_card(const char *root, int card, const char *file, char *out, size_t size)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof path, "%s/sys/class/sound/card%d/%s", root,
		card, file);
	read_line(path, out, size);
}

static uint32_t
read_hex(const char *root, int card, const char *file)
{
	char text[SELECTOR_STRING];

	read_card(root, card, file, text, sizeof text);
	return (uint32_t)strtoul(text, NULL, 16);
}

/* The first PCM device of a direction; -1: none. */
static int
first_device(const char *root, int card, enum selector_side side)
{
	char path[PATH_SIZE];
	struct stat st;

	for (int i = 0; i < 32; i++) {
		(void)snprintf(path, sizeof path,
			"%s/sys/class/sound/card%d/pcmC%dD%d%c", root, card,
			card, i, side == SELECTOR_PLAYBACK ? 'p' : 'c');
		if (stat(path, &st) == 0) {
			return i;
		}
		(void)snprintf(path, sizeof path,
			"%s/sys/class/sound/pcmC%dD%d%c", root, card, i,
			side == SELECTOR_PLAYBACK ? 'p' : 'c');
		if (stat(path, &st) == 0) {
			return i;
		}
	}
	return -1;
}

/* Does this name below /dev/snd/by-path lead to the card? */
static bool
leads_to(const char *root, const char *name, int card)
{
	char link[PATH_SIZE];
	char target[PATH_SIZE];
	char control[32];

	(void)snprintf(link, sizeof link, "%s/dev/snd/by-path/%s", root, name);
	(void)snprintf(control, sizeof control, "controlC%d", card);
	ssize_t n = readlink(link, target, sizeof target - 1);
	if (n <= 0) {
		return false;
	}
	target[n] = '\0';
	const char *slash = strrchr(target, '/');
	return strcmp(slash != NULL ? slash + 1 : target, control) == 0;
}

/* The name below /dev/snd/by-path to write down for a card; "": none. */
static void
find_path(const char *root, int card, char *out, size_t size)
{
	char folder[PATH_SIZE];

	out[0] = '\0';
	(void)snprintf(folder, sizeof folder, "%s/dev/snd/by-path", root);
	DIR *d = opendir(folder);
	if (d == NULL) {
		return;
	}
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		/* udev may make several; the shortest is the plain one */
		if (leads_to(root, e->d_name, card) &&
			(out[0] == '\0' ||
				strlen(e->d_name) + 5 < strlen(out))) {
			(void)snprintf(out, size, "path:%.120s", e->d_name);
		}
	}
	(void)closedir(d);
}

/* The card's own name, as it stands in /proc/asound/cards. */
static void
find_name(const char *root, struct selector_card *c)
{
	char path[PATH_SIZE];
	char line[256];

	(void)snprintf(c->name, sizeof c->name, "%s", c->id);
	(void)snprintf(path, sizeof path, "%s/proc/asound/cards", root);
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		return;
	}
	while (fgets(line, sizeof line, f) != NULL) {
		char *end;
		long number = strtol(line, &end, 10);
		const char *name = strstr(line, "]: ");
		if (end != line && number == c->number && name != NULL) {
			line[strcspn(line, "\n")] = '\0';
			name += 3;
			const char *dash = strstr(name, " - ");
			(void)snprintf(c->name, sizeof c->name, "%.*s",
				(int)sizeof c->name - 1,
				dash != NULL ? dash + 3 : name);
			break;
		}
	}
	(void)fclose(f);
}

static bool
read_one(const char *root, int number, struct selector_card *c)
{
	memset(c, 0, sizeof *c);
	c->number = number;
	read_card(root, number, "id", c->id, sizeof c->id);
	if (c->id[0] == '\0') {
		return false;
	}
	/* device is the USB interface; the USB device is above it */
	c->usb_vendor = read_hex(root, number, "device/../idVendor");
	c->usb_product = read_hex(root, number, "device/../idProduct");
	read_card(
		root, number, "device/../serial", c->serial, sizeof c->serial);
	c->playback = first_device(root, number, SELECTOR_PLAYBACK);
	c->capture = first_device(root, number, SELECTOR_CAPTURE);
	find_path(root, number, c->path, sizeof c->path);
	find_name(root, c);
	return true;
}

/* Which line names this card and no other, best first. */
static void
choose_line(struct selector_card *c, const struct selector_card *all,
	uint32_t count)
{
	uint32_t alike = 0;

	for (uint32_t i = 0; i < count; i++) {
		alike += all[i].usb_vendor == c->usb_vendor &&
			 all[i].usb_product == c->usb_product;
	}
	if (c->usb_vendor == 0) {
		(void)snprintf(
			c->selector, sizeof c->selector, "id:%.100s", c->id);
	} else if (alike <= 1) {
		(void)snprintf(c->selector, sizeof c->selector, "usb:%04x:%04x",
			c->usb_vendor, c->usb_product);
	} else if (c->serial[0] != '\0') {
		(void)snprintf(c->selector, sizeof c->selector,
			"usb:%04x:%04x:%.100s", c->usb_vendor, c->usb_product,
			c->serial);
	} else if (c->path[0] != '\0') {
		(void)snprintf(c->selector, sizeof c->selector, "%s", c->path);
	} else {
		(void)snprintf(
			c->selector, sizeof c->selector, "id:%.100s", c->id);
	}
}

uint32_t
selector_cards(const char *root, struct selector_card *out, uint32_t room)
{
	uint32_t count = 0;

	for (int i = 0; i < SELECTOR_CARDS && count < room; i++) {
		if (read_one(root, i, &out[count])) {
			count++;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		choose_line(&out[i], out, count);
	}
	return count;
}

/* A selector, taken apart. */
enum kind { KIND_USB, KIND_PATH, KIND_ID, KIND_NUMBER, KIND_PCM };

struct parts {
	enum kind kind;
	uint32_t vendor;
	uint32_t product;
	const char *text;           /* serial (or NULL), path */
	char id[SELECTOR_STRING];   /* KIND_ID */
	char plug[16];              /* "hw" or "plughw" */
	char rest[SELECTOR_STRING]; /* ",DEV=0", or "" */
	long number;
};

static bool
has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool
parse_hex4(const char **s, uint32_t *out)
{
	char *end;
	unsigned long v = strtoul(*s, &end, 16);

	if (end == *s || end - *s > 4 || **s == '-' || **s == '+' ||
		**s == ' ') {
		return false;
	}
	*out = (uint32_t)v;
	*s = end;
	return true;
}

static bool
parse_usb(const char *s, struct parts *p)
{
	p->kind = KIND_USB;
	if (!parse_hex4(&s, &p->vendor) || *s++ != ':' ||
		!parse_hex4(&s, &p->product)) {
		return false;
	}
	if (*s == ':' && s[1] != '\0') {
		p->text = s + 1;
		return true;
	}
	return *s == '\0';
}

/* hw:0  hw:0,1  hw:NAME  hw:CARD=NAME,DEV=0, and plughw alike */
static bool
parse_hw(const char *s, struct parts *p)
{
	const char *at = strchr(s, ':') + 1;

	(void)snprintf(p->plug, sizeof p->plug, "%.*s", (int)(at - 1 - s), s);
	if (has_prefix(at, "CARD=")) {
		at += strlen("CARD=");
	}
	size_t n = strcspn(at, ",");
	if (n == 0 || n >= sizeof p->id) {
		return false;
	}
	memcpy(p->id, at, n);
	p->id[n] = '\0';
	(void)snprintf(p->rest, sizeof p->rest, "%s", at + n);
	char *end;
	p->number = strtol(p->id, &end, 10);
	p->kind = *end == '\0' ? KIND_NUMBER : KIND_ID;
	return true;
}

static bool
parse(const char *s, struct parts *p)
{
	memset(p, 0, sizeof *p);
	if (has_prefix(s, "usb:")) {
		return parse_usb(s + 4, p);
	}
	if (has_prefix(s, "path:")) {
		p->kind = KIND_PATH;
		p->text = s + 5;
		return s[5] != '\0' && strchr(s, '/') == NULL;
	}
	if (has_prefix(s, "id:")) {
		p->kind = KIND_ID;
		(void)snprintf(p->plug, sizeof p->plug, "hw");
		int n = snprintf(p->id, sizeof p->id, "%s", s + 3);
		return n > 0 && (size_t)n < sizeof p->id &&
		       strchr(p->id, ',') == NULL;
	}
	if (has_prefix(s, "hw:") || has_prefix(s, "plughw:")) {
		return parse_hw(s, p);
	}
	p->kind = KIND_PCM;
	return s[0] != '\0' && strlen(s) < SELECTOR_PCM;
}

int
selector_check(const char *selector, char *why, size_t size)
{
	struct parts p;

	if (parse(selector, &p)) {
		return 0;
	}
	(void)snprintf(why, size,
		"\"%s\" names no device: write usb:VID:PID[:SERIAL] with four "
		"hexadecimal digits each, path:NAME as in /dev/snd/by-path, "
		"id:NAME, hw:CARD=NAME or an ALSA PCM name",
		selector);
	return -EINVAL;
}

static bool
is_meant(const char *root, const struct parts *p, const struct selector_card *c)
{
	switch (p->kind) {
	case KIND_USB:
		return c->usb_vendor != 0 && c->usb_vendor == p->vendor &&
		       c->usb_product == p->product &&
		       (p->text == NULL || strcmp(p->text, c->serial) == 0);
	case KIND_PATH:
		return leads_to(root, p->text, c->number);
	case KIND_ID:
		return strcmp(p->id, c->id) == 0;
	case KIND_NUMBER:
		return p->number == c->number;
	case KIND_PCM:
		break;
	}
	return false;
}

static int
name_pcm(const struct parts *p, const struct selector_card *c,
	const char *selector, enum selector_side side,
	struct selector_found *out, char *why, size_t size)
{
	int device = side == SELECTOR_PLAYBACK ? c->playback : c->capture;

	out->card = c->number;
	out->device = device;
	out->numbered = p->kind == KIND_NUMBER;
	if (device < 0) {
		(void)snprintf(why, size, "\"%s\" (%s) has no %s", selector,
			c->name,
			side == SELECTOR_PLAYBACK ? "playback" : "capture");
		return -ENODEV;
	}
	if (p->rest[0] != '\0' || p->kind == KIND_NUMBER) {
		/* just as it was written: it says which device is meant */
		(void)snprintf(out->pcm, sizeof out->pcm, "%.150s", selector);
		return 0;
	}
	(void)snprintf(out->pcm, sizeof out->pcm, "%s:CARD=%.100s,DEV=%d",
		p->plug[0] != '\0' ? p->plug : "hw", c->id, device);
	return 0;
}

int
selector_find(const char *root, const char *selector, enum selector_side side,
	struct selector_found *out, char *why, size_t size)
{
	struct selector_card card;
	struct parts p;

	memset(out, 0, sizeof *out);
	out->card = -1;
	out->device = -1;
	int err = selector_check(selector, why, size);
	if (err != 0) {
		return err;
	}
	if (!parse(selector, &p)) {
		return -EINVAL;
	}
	if (p.kind == KIND_PCM) {
		/* whether it is there shows when it is opened */
		(void)snprintf(out->pcm, sizeof out->pcm, "%s", selector);
		return 0;
	}
	for (int i = 0; i < SELECTOR_CARDS; i++) {
		if (read_one(root, i, &card) && is_meant(root, &p, &card)) {
			return name_pcm(
				&p, &card, selector, side, out, why, size);
		}
	}
	(void)snprintf(why, size,
		"audio.devices: \"%s\" is not there; 'tactus devices' lists "
		"what is",
		selector);
	return -ENODEV;
}

int
selector_first(const char *root, const char *const *selectors, uint32_t count,
	enum selector_side side, struct selector_found *out, char *why,
	size_t size)
{
	size_t used = 0;
	char one[512];

	why[0] = '\0';
	for (uint32_t i = 0; i < count; i++) {
		int err = selector_find(
			root, selectors[i], side, out, one, sizeof one);
		if (err == 0) {
			why[0] = '\0';
			return (int)i;
		}
		if (used < size) {
			int n = snprintf(why + used, size - used, "%s%s",
				used > 0 ? "; " : "", one);
			used += n > 0 ? (size_t)n : 0;
		}
	}
	return -ENODEV;
}
