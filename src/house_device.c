/* SPDX-License-Identifier: MIT */
/*
 * house_device.c -- see house_device.h.
 */
#include "house_device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alsa.h"
#include "exits.h"
#include "log.h"
#include "office.h"
#include "report.h"

struct house_device {
	const struct config *config;
	struct office *office;
	struct card *card; /* open, and not yet handed over */
	struct alsa_facts facts;
	char name[128];
	bool held;
};

static const enum convert_format formats[] = {
	[CONFIG_FORMAT_AUTO] = ALSA_FORMAT_AUTO,
	[CONFIG_FORMAT_S32_LE] = CONVERT_S32,
	[CONFIG_FORMAT_S24_3LE] = CONVERT_S24_3,
	[CONFIG_FORMAT_S24_LE] = CONVERT_S24,
	[CONFIG_FORMAT_S16_LE] = CONVERT_S16,
	[CONFIG_FORMAT_FLOAT_LE] = CONVERT_FLOAT,
};

static int
try_open(struct house_device *d, const char *name, char *why, size_t size)
{
	const struct config *c = d->config;
	struct alsa_request ask = {
		.playback = c->audio.outputs > 0 ? name : NULL,
		.capture = c->audio.inputs > 0 ? name : NULL,
		.rate = c->audio.rate,
		.block = c->audio.block,
		.inputs = c->audio.inputs,
		.outputs = c->audio.outputs,
		.period = c->audio.period,
		.periods = c->audio.periods,
		.format = formats[c->audio.format],
		.dither = c->audio.dither,
	};

	return alsa_open(&ask, &d->card, &d->facts, why, size);
}

int
house_device_open(const struct config *config, struct ev_loop *loop,
	struct house_device **out, double *rate, char *why, size_t size)
{
	struct house_device *d = calloc(1, sizeof *d);

	(void)loop;
	if (d == NULL) {
		snprintf(why, size, "no memory");
		return EXIT_INTERNAL;
	}
	d->config = config;
	int err = -ENODEV;
	snprintf(why, size, "no device is configured (audio.devices)");
	for (uint32_t i = 0; i < config->audio.devices.count && err != 0 &&
			     config->audio.driver != CONFIG_DRIVER_CLOCK;
		i++) {
		const char *name = config->audio.devices.items[i];
		err = try_open(d, name, why, size);
		snprintf(d->name, sizeof d->name, "%s", name);
	}
	if (err != 0 && config->audio.require_device) {
		free(d);
		return EXIT_UNAVAILABLE;
	}
	if (d->card != NULL) {
		*rate = card_config(d->card)->rate;
		if (why[0] != '\0') {
			log_info("device: %s", why);
		}
	}
	*out = d;
	return 0;
}

void
house_device_start(struct house_device *d, struct office *office)
{
	if (d == NULL) {
		return;
	}
	d->office = office;
	if (d->card != NULL && office_give_device(office, d->card) == 0) {
		d->card = NULL;
		d->held = true;
	}
}

void
house_device_returned(
	struct house_device *d, void *device, uint32_t verdict, int error)
{
	(void)error;
	(void)verdict;
	alsa_close(device);
	d->held = false;
}

void
house_device_stop(struct house_device *d)
{
	(void)d;
}

void
house_device_close(struct house_device *d)
{
	if (d != NULL) {
		alsa_close(d->card);
		free(d);
	}
}

bool
house_device_is_plugin(const struct house_device *d)
{
	return d != NULL && d->card != NULL && !d->facts.hardware;
}

void
house_device_describe(const struct house_device *d, char *text, size_t size)
{
	if (d != NULL && (d->held || d->card != NULL)) {
		snprintf(text, size, "card %s", d->name);
	} else {
		snprintf(text, size, "clock");
	}
}
