/* SPDX-License-Identifier: MIT */
/*
 * alsa_params_setup.c -- see alsa_params_setup.h.
 */
#include "alsa_params_setup.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <alsa/asoundlib.h>

static const snd_pcm_format_t alsa_format[CONVERT_FORMATS] = {
	[CONVERT_S32] = SND_PCM_FORMAT_S32_LE,
	[CONVERT_S24_3] = SND_PCM_FORMAT_S24_3LE,
	[CONVERT_S24] = SND_PCM_FORMAT_S24_LE,
	[CONVERT_S16] = SND_PCM_FORMAT_S16_LE,
	[CONVERT_FLOAT] = SND_PCM_FORMAT_FLOAT_LE,
};

void
alsa_say(struct alsa_text *t, const char *format, ...)
{
	size_t used = strnlen(t->at, t->size);
	va_list args;

	if (used + 2 > t->size) {
		return;
	}
	if (used > 0) {
		t->at[used++] = '\n';
	}
	va_start(args, format);
	(void)vsnprintf(t->at + used, t->size - used, format, args);
	va_end(args);
}

static int
choose_access(struct alsa_deal *d, snd_pcm_hw_params_t *hw, struct alsa_text *t)
{
	d->interleaved = true;
	if (snd_pcm_hw_params_set_access(
		    d->handle, hw, SND_PCM_ACCESS_MMAP_INTERLEAVED) == 0) {
		return 0;
	}
	d->interleaved = false;
	int err = snd_pcm_hw_params_set_access(
		d->handle, hw, SND_PCM_ACCESS_MMAP_NONINTERLEAVED);
	if (err < 0) {
		alsa_say(t,
			"PCM \"%s\" has no memory that can be mapped; put a "
			"plug before it (\"plug:'%s'\")",
			d->name, d->name);
	}
	return err;
}

static int
choose_format(struct alsa_deal *d, snd_pcm_hw_params_t *hw, uint32_t asked,
	struct alsa_text *t)
{
	char known[80] = "";

	for (uint32_t f = 0; f < CONVERT_FORMATS; f++) {
		if (snd_pcm_hw_params_test_format(
			    d->handle, hw, alsa_format[f]) != 0) {
			continue;
		}
		if (asked == ALSA_FORMAT_AUTO || asked == f) {
			d->format = (enum convert_format)f;
			return snd_pcm_hw_params_set_format(
				d->handle, hw, alsa_format[f]);
		}
		size_t used = strlen(known);
		(void)snprintf(known + used, sizeof known - used, " %s",
			convert_name((enum convert_format)f));
	}
	if (known[0] == '\0') {
		alsa_say(t,
			"PCM \"%s\" knows none of our formats; put a plug "
			"before it (\"plug:'%s'\")",
			d->name, d->name);
	} else {
		alsa_say(t,
			"PCM \"%s\" does not do %s; set audio.format to "
			"\"auto\" or one of:%s",
			d->name, convert_name((enum convert_format)asked),
			known);
	}
	return -EINVAL;
}

static int
choose_numbers(
	struct alsa_deal *d, snd_pcm_hw_params_t *hw, struct alsa_text *t)
{
	unsigned int channels = d->channels;
	unsigned int rate = d->rate;
	snd_pcm_uframes_t period = d->period;
	snd_pcm_uframes_t buffer;
	int dir = 0;
	const char *what = "channels";

	int err = snd_pcm_hw_params_set_channels_near(d->handle, hw, &channels);
	if (err == 0 && channels > ENGINE_MAX_CHANNELS) {
		err = -EINVAL;
	}
	if (err == 0) {
		what = "rate";
		err = snd_pcm_hw_params_set_rate_near(
			d->handle, hw, &rate, &dir);
	}
	if (err == 0) {
		what = "period";
		dir = 0;
		err = snd_pcm_hw_params_set_period_size_near(
			d->handle, hw, &period, &dir);
	}
	if (err == 0) {
		what = "buffer";
		buffer = period * d->periods;
		err = snd_pcm_hw_params_set_buffer_size_near(
			d->handle, hw, &buffer);
	}
	if (err == 0) {
		what = "hardware parameters";
		err = snd_pcm_hw_params(d->handle, hw);
	}
	if (err < 0) {
		alsa_say(t,
			"PCM \"%s\": no agreement on its %s (%s); asked were "
			"%u channels, %u Hz, %u periods of %u frames",
			d->name, what, snd_strerror(err), d->channels, d->rate,
			d->periods, d->period);
	}
	return err;
}

/* What was agreed in the end, from the PCM itself. */
static int
read_back(
	struct alsa_deal *d, const snd_pcm_hw_params_t *hw, struct alsa_text *t)
{
	unsigned int channels = 0;
	unsigned int rate = 0;
	snd_pcm_uframes_t period = 0;
	snd_pcm_uframes_t buffer = 0;
	int dir = 0;

	if (snd_pcm_hw_params_get_channels(hw, &channels) < 0 ||
		snd_pcm_hw_params_get_rate(hw, &rate, &dir) < 0 ||
		snd_pcm_hw_params_get_period_size(hw, &period, &dir) < 0 ||
		snd_pcm_hw_params_get_buffer_size(hw, &buffer) < 0 ||
		period == 0 || buffer / period < 2 || buffer > INT32_MAX) {
		alsa_say(t,
			"PCM \"%s\" has room for %lu frames in periods of "
			"%lu, and two periods are the least; choose a smaller "
			"audio.period",
			d->name, buffer, period);
		return -EINVAL;
	}
	d->channels = channels;
	d->rate = rate;
	d->period = (uint32_t)period;
	/* more memory than asked for is not used: it would be latency */
	if (buffer / period < d->periods) {
		d->periods = (uint32_t)(buffer / period);
	}
	d->buffer = (uint32_t)buffer;
	return 0;
}

int
alsa_agree(struct alsa_deal *d, uint32_t format, struct alsa_text *t)
{
	snd_pcm_hw_params_t *hw = NULL;
	int err = snd_pcm_hw_params_malloc(&hw);

	if (err == 0) {
		err = snd_pcm_hw_params_any(d->handle, hw);
		err = err > 0 ? 0 : err;
	}
	if (err < 0) {
		alsa_say(t, "PCM \"%s\" offers no configuration: %s", d->name,
			snd_strerror(err));
	}
	if (err == 0) {
		err = choose_access(d, hw, t);
	}
	if (err == 0) {
		err = choose_format(d, hw, format, t);
	}
	if (err == 0) {
		err = choose_numbers(d, hw, t);
	}
	if (err == 0) {
		err = read_back(d, hw, t);
	}
	if (hw != NULL) {
		snd_pcm_hw_params_free(hw);
	}
	return err;
}

int
alsa_set_software(
	const struct alsa_deal *d, uint32_t avail_min, struct alsa_text *t)
{
	snd_pcm_sw_params_t *sw = NULL;
	snd_pcm_uframes_t boundary = 0;
	snd_pcm_t *pcm = d->handle;

	int err = snd_pcm_sw_params_malloc(&sw);
	if (err == 0) {
		err = snd_pcm_sw_params_current(pcm, sw);
	}
	if (err == 0) {
		err = snd_pcm_sw_params_get_boundary(sw, &boundary);
	}
	if (err == 0) {
		err = snd_pcm_sw_params_set_avail_min(pcm, sw, avail_min);
	}
	if (err == 0) {
		err = snd_pcm_sw_params_set_start_threshold(pcm, sw, boundary);
	}
	if (err == 0) {
		err = snd_pcm_sw_params_set_stop_threshold(pcm, sw, d->buffer);
	}
	if (err == 0) {
		/* wake times do where a card cannot stamp */
		(void)snd_pcm_sw_params_set_tstamp_mode(
			pcm, sw, SND_PCM_TSTAMP_ENABLE);
		(void)snd_pcm_sw_params_set_tstamp_type(
			pcm, sw, SND_PCM_TSTAMP_TYPE_MONOTONIC);
		err = snd_pcm_sw_params(pcm, sw);
	}
	if (sw != NULL) {
		snd_pcm_sw_params_free(sw);
	}
	if (err < 0) {
		alsa_say(t, "PCM \"%s\" refuses its software parameters: %s",
			d->name, snd_strerror(err));
	}
	return err;
}
