/* SPDX-License-Identifier: MIT */
/*
 * recorder.c -- record into an AudioBuffer: once, in a loop, over and over.
 *
 * frame = level * in + feedback * frame, in place: what reads the buffer later
 * in the same pass hears it, what ran earlier heard the frame of before.  What
 * is no number, infinite or beyond 1e30, on either side, counts as 0: a buffer
 * is never poisoned.
 *
 * It writes from frame 0 on; `run` 0 holds it where it is.  At the buffer's
 * end it is done, and starts again at 0 when `run` goes from 0 to 1, or goes
 * on at 0 with `loop`.  Another buffer is begun at 0.
 *
 * construct, bind and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

enum { RUN, LOOP, LEVEL, FEEDBACK, BUFFER, IN };

struct recorder {
	int64_t at; /* the frame that is written next */
	uint32_t channels;
	bool was_running;
	bool is_done;
};

static const TactusPort ports[IN + 1] = {
	[RUN] = {.name = "run",
		 .flags = TACTUS_BOOLEAN,
		 .maximum = 1.0f,
		 .initial = 1.0f,
		 .doc = "1 records, 0 waits"},
	[LOOP] = {.name = "loop",
		 .flags = TACTUS_BOOLEAN,
		 .maximum = 1.0f,
		 .doc = "1 goes on at the beginning"           },
	[LEVEL] = {.name = "level",
		 .minimum = -16.0f,
		 .maximum = 16.0f,
		 .initial = 1.0f,
		 .doc = "factor of the input"},
	[FEEDBACK] = {.name = "feedback",
		 .maximum = 1.0f,
		 .doc = "factor of what was there before"},
	[BUFFER] = {.name = "buffer",
		 .kind = TACTUS_RESOURCE,
		 .direction = TACTUS_OUTPUT,
		 .resource = TACTUS_AUDIO_BUFFER_URI,
		 .doc = "what is written to"},
	[IN] = {.name = "in",
		 .kind = TACTUS_AUDIO,
		 .direction = TACTUS_INPUT,
		 .doc = "a channel to record"},
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct recorder *r = synth->self;

	(void)world;
	r->channels = tactus_channels_of(options);
	return 0;
}

TACTUS_RT static bool
bind(const TactusWorld *world, TactusSynth *synth, uint32_t ordinal, void *old,
	int32_t old_id)
{
	struct recorder *r = synth->self;

	(void)world;
	(void)ordinal;
	(void)old;
	(void)old_id;
	r->at = 0;
	return false;
}

/** Replace what is there. */
TACTUS_RT TACTUS_CLONES static void
replace(float *restrict to, const float *restrict in,
	const TactusControl *level, uint32_t i, uint32_t count)
{
	const TactusControl l = *level;

	for (uint32_t k = 0; k < count; k++) {
		to[k] = tactus_tame(tactus_control_at(&l, i + k) * in[k]);
	}
}

/** Add to what is there. */
TACTUS_RT TACTUS_CLONES static void
dub(float *restrict to, const float *restrict in, const TactusControl *level,
	const TactusControl *feedback, uint32_t i, uint32_t count)
{
	const TactusControl l = *level;
	const TactusControl f = *feedback;

	for (uint32_t k = 0; k < count; k++) {
		float now = tactus_control_at(&l, i + k) * in[k];
		float then = tactus_control_at(&f, i + k) * tactus_tame(to[k]);

		to[k] = tactus_tame(tactus_tame(now) + then);
	}
}

/** Write frames `i` to `i + count` of the segment, which fit. */
TACTUS_RT static void
write_frames(const struct recorder *r, const TactusSynth *synth,
	const TactusAudioBuffer *b, uint32_t i, uint32_t count)
{
	const TactusControl *c = synth->controls;
	bool is_plain = c[FEEDBACK].value == 0.0f && c[FEEDBACK].step == 0.0f;
	uint32_t channels =
		r->channels < b->channels ? r->channels : b->channels;

	for (uint32_t n = 0; n < channels; n++) {
		float *to = b->channel[n] + r->at;
		const float *in = synth->in[n] + i;

		if (is_plain) {
			replace(to, in, &c[LEVEL], i, count);
		} else {
			dub(to, in, &c[LEVEL], &c[FEEDBACK], i, count);
		}
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct recorder *r = synth->self;
	const TactusAudioBuffer *b = synth->resources[0];
	bool is_running = synth->controls[RUN].value > 0.0f;
	bool is_loop = synth->controls[LOOP].value > 0.0f;
	bool is_fresh = is_running && !r->was_running;
	uint32_t i = 0;

	r->was_running = is_running;
	if (b == NULL || !is_running) {
		return;
	}
	if (r->at >= b->frames && is_fresh) {
		r->at = 0;
	}
	while (i < frames) {
		if (r->at >= b->frames) {
			if (!is_loop) {
				break;
			}
			r->at = 0;
		}
		uint32_t count = frames - i;
		if ((int64_t)count > b->frames - r->at) {
			count = (uint32_t)(b->frames - r->at);
		}
		write_frames(r, synth, b, i, count);
		r->at += count;
		i += count;
	}
	if (r->at >= b->frames && !is_loop && !r->is_done) {
		r->is_done = true;
		world->done(world, synth);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:recorder:1",
	.name = "recorder",
	.doc = "Record into a buffer; done when it is full.",
	.instance_bytes = sizeof(struct recorder),
	.options_bytes = sizeof(struct tactus_channels),
	.parse = tactus_channels_parse,
	.ports = ports,
	.port_rows = IN + 1,
	.port_bytes = sizeof(*ports),
	.channels = tactus_channels_of,
	.construct = construct,
	.process = process,
	.bind = bind,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "recorder", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
