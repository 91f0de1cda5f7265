/* SPDX-License-Identifier: MIT */
/*
 * devices.h -- what a PCM offers to a program that writes into its memory.
 *
 * The only file of `tactus` beside cmd_devices.c that knows ALSA.  Nothing is
 * played: parameters are asked for, never set.
 */
#ifndef TACTUS_SRC_DEVICES_H
#define TACTUS_SRC_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#define DEVICES_RATES   16
#define DEVICES_FORMATS 8

/** One direction of one PCM. */
struct devices_stream {
	int error;   /* of opening it: 0, or negative errno; -ENOENT: it has no
			such direction */
	bool mmap;   /* else tactus cannot use it */
	bool planar; /* its areas are one per channel */
	unsigned rates;
	unsigned rate[DEVICES_RATES]; /* Hz, of those that are common */
	bool any_rate; /* all between the first and the last, too */
	unsigned formats;
	const char *format[DEVICES_FORMATS]; /* the best first */
	unsigned least_channels;
	unsigned most_channels;
	unsigned period_rate; /* Hz, at which the following hold */
	unsigned long least_period;
	unsigned least_periods;
};

/** Ask a PCM. */
void devices_ask(const char *pcm, bool capture, struct devices_stream *out);

#endif
