/* SPDX-License-Identifier: MIT */
/*
 * house_device.c -- see house_device.h.
 *
 *	start: a card that is there is opened, its rate becomes the engine's
 *	keeper --opened--> rt --gone, broken--> keeper looks again
 *
 * open_card and close_card run on the device thread (the first open before it
 * starts); the rest runs on the loop.  What the device thread reads of the
 * struct is not changed once it runs.
 */
#include "house_device.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alsa.h"
#include "device.h"
#include "exits.h"
#include "log.h"
#include "office.h"
#include "report.h"
#include "selector.h"

/** Where cards appear. */
#define SOUND_FOLDER "/dev/snd"

struct house_device {
	struct config_strings playback; /* selectors, our own copies: */
	struct config_strings capture;  /* a reload ends the config */
	struct alsa_request ask;
	struct ev_loop *loop;
	struct office *office;
	struct device *keeper;
	struct card *first; /* opened at start: the keeper's first find */
	struct alsa_facts facts;
	char name[SELECTOR_PCM];  /* of what was opened last */
	char shown[SELECTOR_PCM]; /* the same, as the loop knows it */
	char words[512];          /* of the first find */
	bool wanted;              /* the driver is alsa or auto */
	bool held;                /* rt has a card */
	bool missed; /* one was lost, or is demanded and not there */
};

static const enum convert_format formats[] = {
	[CONFIG_FORMAT_AUTO] = ALSA_FORMAT_AUTO,
	[CONFIG_FORMAT_S32_LE] = CONVERT_S32,
	[CONFIG_FORMAT_S24_3LE] = CONVERT_S24_3,
	[CONFIG_FORMAT_S24_LE] = CONVERT_S24,
	[CONFIG_FORMAT_S16_LE] = CONVERT_S16,
	[CONFIG_FORMAT_FLOAT_LE] = CONVERT_FLOAT,
};

/** Copy a list of strings, in one piece of memory; NULL in it: no memory. */
static struct config_strings
copy_strings(const struct config_strings *from)
{
	size_t bytes = from->count * sizeof(char *);

	for (uint32_t i = 0; i < from->count; i++) {
		bytes += strlen(from->items[i]) + 1;
	}
	const char **items = calloc(1, bytes + 1);
	if (items == NULL) {
		return (struct config_strings){0, NULL};
	}
	char *at = (char *)(items + from->count);
	for (uint32_t i = 0; i < from->count; i++) {
		items[i] = strcpy(at, from->items[i]);
		at += strlen(at) + 1;
	}
	return (struct config_strings){from->count, items};
}

static void
free_strings(struct config_strings *s)
{
	union {
		const char *const *kept;
		void *memory;
	} u = {s->items};

	free(u.memory);
}

/** The first card that has this side. */
static int
first_card(
	enum selector_side side, char *pcm, size_t room, char *why, size_t size)
{
	struct selector_card card[SELECTOR_CARDS];
	uint32_t count = selector_cards("", card, SELECTOR_CARDS);

	for (uint32_t i = 0; i < count; i++) {
		int device = side == SELECTOR_PLAYBACK ? card[i].playback
						       : card[i].capture;
		if (device >= 0) {
			snprintf(pcm, room, "hw:CARD=%s,DEV=%d", card[i].id,
				device);
			return 0;
		}
	}
	snprintf(why, size, "device: this machine has no sound card that %s",
		side == SELECTOR_PLAYBACK ? "plays" : "records");
	return -ENODEV;
}

/** The PCM of one side, by a list of selectors. */
static int
find_pcm(const struct config_strings *list, enum selector_side side, char *pcm,
	size_t room, char *why, size_t size)
{
	struct selector_found found;

	if (list->count == 0) {
		return first_card(side, pcm, room, why, size);
	}
	int index = selector_first(
		"", list->items, list->count, side, &found, why, size);
	if (index < 0) {
		return index;
	}
	if (found.numbered) {
		log_warn("device: \"%s\" is a number that moves from boot to "
			 "boot; `tactus devices` tells lasting names",
			list->items[index]);
	}
	snprintf(pcm, room, "%s", found.pcm);
	return 0;
}

static int
open_card(void *user, void **card, char *why, size_t size)
{
	struct house_device *d = user;
	char playback[SELECTOR_PCM];
	char capture[SELECTOR_PCM];
	struct alsa_request ask = d->ask;
	struct card *opened = d->first;

	why[0] = '\0';
	if (opened != NULL) {
		d->first = NULL;
		*card = opened;
		snprintf(why, size, "%s", d->words);
		return 0;
	}
	if (ask.outputs > 0) {
		int err = find_pcm(&d->playback, SELECTOR_PLAYBACK, playback,
			sizeof playback, why, size);
		if (err != 0) {
			return err;
		}
		ask.playback = playback;
	}
	if (ask.inputs > 0) {
		const struct config_strings *list =
			d->capture.count > 0 ? &d->capture : &d->playback;
		int err = find_pcm(list, SELECTOR_CAPTURE, capture,
			sizeof capture, why, size);
		if (err == 0) {
			ask.capture = capture;
		} else if (d->capture.count > 0 || ask.playback == NULL) {
			return err;
		}
		/* a card that only plays is good: its inputs are silent */
	}
	int err = alsa_open(&ask, &opened, &d->facts, why, size);
	if (err == 0) {
		snprintf(d->name, sizeof d->name, "%s",
			ask.playback != NULL ? playback : capture);
		*card = opened;
	}
	return err;
}

static void
close_card(void *user, void *card)
{
	(void)user;
	alsa_close(card);
}

static void
on_opened(void *user, void *card, const char *words)
{
	struct house_device *d = user;

	/* the device thread waits until this card is back: name is at rest */
	snprintf(d->shown, sizeof d->shown, "%s", d->name);
	if (words[0] != '\0') {
		log_info("device: %s: %s", d->shown, words);
	}
	if (office_give_device(d->office, card) != 0) {
		log_warn("device: %s cannot be handed over yet: the command "
			 "ring is full",
			d->shown);
		device_returned(d->keeper);
		return;
	}
	d->held = true;
	log_info("device: %s plays", d->shown);
	if (d->missed) {
		d->missed = false;
		office_set_device_lost(d->office, false);
		office_notice_text(d->office, "/audio/back", d->shown);
	}
}

static void
on_refused(void *user, int error, const char *words)
{
	struct house_device *d = user;

	(void)error;
	if (words[0] == '\0') {
		words = "device: none can be opened";
	}
	if (d->missed) {
		log_warn("%s; the engine runs on the clock meanwhile", words);
	} else {
		/* driver auto: no card was ever promised */
		log_info("%s; the engine runs on the clock", words);
	}
}

int
house_device_open(const struct config *config, struct ev_loop *loop,
	struct house_device **out, double *rate, char *why, size_t size)
{
	struct house_device *d = calloc(1, sizeof *d);

	if (d == NULL) {
		snprintf(why, size, "no memory");
		return EXIT_INTERNAL;
	}
	d->loop = loop;
	d->playback = copy_strings(&config->audio.devices);
	d->capture = copy_strings(&config->audio.capture_devices);
	d->wanted = config->audio.driver == CONFIG_DRIVER_ALSA ||
		    config->audio.driver == CONFIG_DRIVER_AUTO;
	d->ask = (struct alsa_request){
		.rate = config->audio.rate,
		.block = config->audio.block,
		.inputs = config->audio.inputs,
		.outputs = config->audio.outputs,
		.period = config->audio.period,
		.periods = config->audio.periods,
		.format = formats[config->audio.format],
		.dither = config->audio.dither,
	};
	*out = d;
	if (!d->wanted) {
		return 0;
	}
	void *card = NULL;
	int err = open_card(d, &card, d->words, sizeof d->words);
	if (err == 0) {
		d->first = card;
		*rate = card_config(d->first)->rate;
		snprintf(d->shown, sizeof d->shown, "%s", d->name);
	} else if (config->audio.require_device) {
		snprintf(why, size, "%s (audio.require_device)", d->words);
		return EXIT_UNAVAILABLE;
	} else if (config->audio.driver == CONFIG_DRIVER_ALSA) {
		d->missed = true;
	}
	/* from now on a card has to fit the engine */
	d->ask.rate = (uint32_t)*rate;
	d->ask.rate_exact = true;
	return 0;
}

void
house_device_start(struct house_device *d, struct office *office)
{
	if (d == NULL || !d->wanted) {
		return;
	}
	struct device_ops ops = {open_card, close_card, d};
	struct device_hooks hooks = {on_opened, on_refused, d};

	d->office = office;
	office_set_device_lost(office, d->missed);
	int err = device_open(d->loop, SOUND_FOLDER, &ops, &hooks, &d->keeper);
	if (err != 0) {
		log_err("device: no thread to keep cards with: %s",
			strerror(-err));
	}
}

void
house_device_returned(
	struct house_device *d, void *device, uint32_t verdict, int error)
{
	(void)device;
	d->held = false;
	if (verdict != DEVICE_GIVEN) {
		log_warn("device: %s is %s (%s); the engine runs on the clock "
			 "until one is back",
			d->shown,
			verdict == DEVICE_GONE ? "gone" : "out of order",
			strerror(error < 0 ? -error : ENODEV));
		d->missed = true;
		office_set_device_lost(d->office, true);
		office_notice_text(d->office, "/audio/lost", d->shown);
	}
	device_returned(d->keeper);
}

void
house_device_close(struct house_device *d)
{
	if (d != NULL) {
		device_close(d->keeper);
		alsa_close(d->first);
		free_strings(&d->playback);
		free_strings(&d->capture);
		free(d);
	}
}

bool
house_device_is_plugin(const struct house_device *d)
{
	return d != NULL && d->first != NULL && !d->facts.hardware;
}

void
house_device_describe(const struct house_device *d, char *text, size_t size)
{
	if (d != NULL && (d->held || d->first != NULL)) {
		snprintf(text, size, "card %s", d->shown);
	} else {
		snprintf(text, size, "clock");
	}
}
