/* SPDX-License-Identifier: MIT */
/*
 * sampler.c -- play an AudioBuffer: the def, its ports and its options.
 *
 * What it does on an audio thread is in play.c; construct runs there too, the
 * rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

#include "play.h"

struct options {
	int32_t channels;      /* 1…64; 0 when it was not given: 1 */
	int32_t interpolation; /* enum read_interpolation + 1; 0: cubic */
};

static const TactusPort ports[PLAY_OUT + 1] = {
	[PLAY_RATE] = {.name = "rate",
		       .minimum = -16.0f,
		       .maximum = 16.0f,
		       .initial = 1.0f,
		       .doc = "speed; below 0 backwards"},
	[PLAY_AMP] = {.name = "amp",
		       .minimum = -16.0f,
		       .maximum = 16.0f,
		       .initial = 1.0f,
		       .doc = "factor"},
	[PLAY_START] = {.name = "start",
		       .flags = TACTUS_INTEGER,
		       .maximum = PLAY_MOST_FRAME,
		       .doc = "first frame that is played"                                },
	[PLAY_END] = {.name = "end",
		       .flags = TACTUS_INTEGER,
		       .minimum = -1.0f,
		       .maximum = PLAY_MOST_FRAME,
		       .initial = -1.0f,
		       .doc = "frame after the last that is played; -1: all"},
	[PLAY_LOOP] = {.name = "loop",
		       .flags = TACTUS_BOOLEAN,
		       .maximum = 1.0f,
		       .doc = "1 goes on at the other end"},
	[PLAY_ATTACK] = {.name = "attack",
		       .unit = "s",
		       .maximum = 3600.0f,
		       .doc = "up to full level"                  },
	[PLAY_RELEASE] = {.name = "release",
		       .unit = "s",
		       .maximum = 3600.0f,
		       .doc = "down to silence when the gate shuts"          },
	[PLAY_GATE] = {.name = "gate",
		       .flags = TACTUS_BOOLEAN,
		       .maximum = 1.0f,
		       .initial = 1.0f,
		       .doc = "1 plays from the start, 0 releases"},
	[PLAY_BUFFER] = {.name = "buffer",
		       .kind = TACTUS_RESOURCE,
		       .direction = TACTUS_INPUT,
		       .resource = TACTUS_AUDIO_BUFFER_URI,
		       .doc = "what is played"},
	[PLAY_OUT] = {.name = "out",
		       .kind = TACTUS_AUDIO,
		       .direction = TACTUS_OUTPUT,
		       .doc = "a channel of the buffer"                    },
};

static int
parse_interpolation(
	const TactusOption *o, int32_t *out, char *reason, size_t size)
{
	static const char *const names[] = {"none", "linear", "cubic"};

	if (*out != 0) {
		return tactus_option_refuse(
			o, "is given twice; give it once", reason, size);
	}
	for (int32_t i = 0; o->type == 's' && i < 3; i++) {
		if (strcmp(o->string, names[i]) == 0) {
			*out = i + 1;
			return 0;
		}
	}
	return tactus_option_refuse(
		o, "must be \"none\", \"linear\" or \"cubic\"", reason, size);
}

static int
parse(const TactusHost *host, const TactusOption *options, uint32_t count,
	void *out, char *reason, size_t size)
{
	struct options *o = out;

	(void)host;
	for (uint32_t i = 0; i < count; i++) {
		int r;

		if (strcmp(options[i].name, "interpolation") == 0) {
			r = parse_interpolation(
				&options[i], &o->interpolation, reason, size);
		} else if (strcmp(options[i].name, "channels") != 0) {
			r = tactus_option_refuse(&options[i],
				"is unknown; known: channels, interpolation",
				reason, size);
		} else if (o->channels != 0) {
			r = tactus_option_refuse(&options[i],
				"is given twice; give it once", reason, size);
		} else {
			r = tactus_parse_whole(&options[i], 1, "channels", 1,
				64, &o->channels, reason, size);
		}
		if (r < 0) {
			return -1;
		}
	}
	return 0;
}

TACTUS_RT static uint32_t
channels_of(const void *options)
{
	const struct options *o = options;

	return o != NULL && o->channels > 0 ? (uint32_t)o->channels : 1;
}

static size_t
extra_bytes(const void *options)
{
	(void)options;
	return PLAY_TAILS * sizeof(struct play_tail);
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct play *s = synth->self;
	const struct options *o = options;

	(void)world;
	s->channels = (uint16_t)channels_of(options);
	s->interpolation = (uint8_t)(o != NULL && o->interpolation > 0
					     ? o->interpolation - 1
					     : READ_CUBIC);
	return 0;
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:sampler:1",
	.name = "sampler",
	.doc = "Play a buffer, then done.",
	.instance_bytes = sizeof(struct play),
	.options_bytes = sizeof(struct options),
	.parse = parse,
	.ports = ports,
	.port_rows = PLAY_OUT + 1,
	.port_bytes = sizeof(*ports),
	.channels = channels_of,
	.extra_bytes = extra_bytes,
	.construct = construct,
	.process = play_process,
	.process_many = play_process_many,
	.bind = play_bind,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "sampler", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
