/* SPDX-License-Identifier: MIT */
/*
 * card_setup.c -- a card is made and ended; see card.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "card_private.h"

static uint32_t
gcd(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static uint32_t
larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static int
check(const struct card_config *config)
{
	const struct card_stream *play = &config->side[CARD_PLAYBACK];
	const struct card_stream *capture = &config->side[CARD_CAPTURE];

	if (!play->open && !capture->open) {
		return -EINVAL;
	}
	if (config->rate == 0 || config->block == 0 || config->period == 0 ||
		config->periods < 2 || config->inputs > ENGINE_MAX_CHANNELS ||
		config->outputs > ENGINE_MAX_CHANNELS) {
		return -EINVAL;
	}
	for (int i = 0; i < CARD_SIDES; i++) {
		const struct card_stream *s = &config->side[i];
		if (s->open &&
			(s->channels == 0 ||
				s->channels > ENGINE_MAX_CHANNELS ||
				s->format >= CONVERT_FORMATS ||
				s->buffer / config->period < config->periods)) {
			return -EINVAL;
		}
	}
	return 0;
}

/* The carry: what the engine and the card know of, whichever is more. */
static int
take_memory(struct card *c)
{
	const struct card_config *config = &c->config;
	uint32_t in =
		larger(config->inputs, config->side[CARD_CAPTURE].channels);
	uint32_t out =
		larger(config->outputs, config->side[CARD_PLAYBACK].channels);
	/* rows begin on lines of their own */
	size_t row = ((size_t)config->block + 15) / 16 * 16;
	size_t bytes = (in + out + 1) * row * sizeof(float);

	c->memory = aligned_alloc(64, bytes);
	c->in = calloc((size_t)in + out + 1, sizeof *c->in);
	c->area = calloc(ENGINE_MAX_CHANNELS, sizeof *c->area);
	if (c->memory == NULL || c->in == NULL || c->area == NULL) {
		return -ENOMEM;
	}
	memset(c->memory, 0, bytes);
	c->out = c->in + in;
	for (size_t i = 0; i < (size_t)in + out; i++) {
		c->in[i] = c->memory + i * row;
	}
	return 0;
}

int
card_open(const struct card_config *config, const struct card_ops *ops,
	void *pcm, struct card **out)
{
	int err = check(config);
	if (err != 0) {
		return err;
	}
	struct card *c = calloc(1, sizeof *c);
	if (c == NULL) {
		return -ENOMEM;
	}
	c->config = *config;
	c->ops = ops;
	c->pcm = pcm;
	err = take_memory(c);
	if (err != 0) {
		card_close(c);
		return err;
	}
	bool both = config->side[CARD_CAPTURE].open &&
		    config->side[CARD_PLAYBACK].open;
	c->ahead =
		both ? config->block - gcd(config->block, config->period) : 0;
	c->target = config->period * config->periods;
	c->period_ns = clock_frames_ns(config->period, config->rate);
	c->stall_ns = 2 * clock_frames_ns(larger(config->side[0].buffer,
						  config->side[1].buffer),
				  config->rate);
	if (c->stall_ns < CARD_STALL_MIN_NS) {
		c->stall_ns = CARD_STALL_MIN_NS;
	}
	c->timeout_ms = (int)(c->stall_ns / 1000000);
	c->dither.on = config->dither ? 1 : 0;
	*out = c;
	return 0;
}

void
card_close(struct card *c)
{
	if (c == NULL) {
		return;
	}
	free(c->memory);
	free(c->in);
	free(c->area);
	free(c);
}
