/* SPDX-License-Identifier: MIT */
/*
 * devices.c -- see devices.h.
 */
#include "devices.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const unsigned common_rates[] = {8000, 11025, 16000, 22050, 24000, 32000,
	44100, 48000, 64000, 88200, 96000, 176400, 192000, 352800, 384000};

/* Those that the driver writes, in the order in which it prefers them. */
static const struct {
	snd_pcm_format_t format;
	const char *name;
} formats[] = {
	{SND_PCM_FORMAT_S32_LE,   "S32_LE"  },
	{SND_PCM_FORMAT_S24_3LE,  "S24_3LE" },
	{SND_PCM_FORMAT_S24_LE,   "S24_LE"  },
	{SND_PCM_FORMAT_S16_LE,   "S16_LE"  },
	{SND_PCM_FORMAT_FLOAT_LE, "FLOAT_LE"},
};

_Static_assert(sizeof common_rates / sizeof common_rates[0] <= DEVICES_RATES,
	"room for all common rates");
_Static_assert(sizeof formats / sizeof formats[0] <= DEVICES_FORMATS,
	"room for all formats");

static void
ask_formats(snd_pcm_t *pcm, snd_pcm_hw_params_t *p, struct devices_stream *out)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		if (snd_pcm_hw_params_test_format(pcm, p, formats[i].format) ==
			0) {
			out->format[out->formats++] = formats[i].name;
		}
	}
}

static void
ask_rates(snd_pcm_t *pcm, snd_pcm_hw_params_t *p, struct devices_stream *out)
{
	unsigned least = 0;
	unsigned most = 0;

	for (size_t i = 0; i < sizeof common_rates / sizeof common_rates[0];
		i++) {
		if (snd_pcm_hw_params_test_rate(pcm, p, common_rates[i], 0) ==
			0) {
			out->rate[out->rates++] = common_rates[i];
		}
	}
	if (snd_pcm_hw_params_get_rate_min(p, &least, NULL) == 0 &&
		snd_pcm_hw_params_get_rate_max(p, &most, NULL) == 0 &&
		most > least + 1) {
		/* an odd one in the middle tells whether any will do */
		unsigned odd = least + (most - least) / 2 + 1;

		out->any_rate =
			snd_pcm_hw_params_test_rate(pcm, p, odd, 0) == 0;
	}
}

/* The smallest period depends on the rate: take the one that is set by
 * default, or the nearest to it. */
static void
ask_periods(snd_pcm_t *pcm, snd_pcm_hw_params_t *p, struct devices_stream *out)
{
	unsigned rate = 48000;
	snd_pcm_uframes_t period = 0;

	if (snd_pcm_hw_params_set_rate_near(pcm, p, &rate, NULL) < 0) {
		return;
	}
	out->period_rate = rate;
	if (snd_pcm_hw_params_get_period_size_min(p, &period, NULL) >= 0) {
		out->least_period = period;
	}
	(void)snd_pcm_hw_params_get_periods_min(p, &out->least_periods, NULL);
}

static void
ask_params(snd_pcm_t *pcm, struct devices_stream *out)
{
	snd_pcm_hw_params_t *p = NULL;

	if (snd_pcm_hw_params_malloc(&p) < 0) {
		out->error = -ENOMEM;
		return;
	}
	out->error = snd_pcm_hw_params_any(pcm, p);
	if (out->error >= 0) {
		out->error = 0;
		out->planar = snd_pcm_hw_params_set_access(pcm, p,
				      SND_PCM_ACCESS_MMAP_INTERLEAVED) < 0;
		out->mmap = !out->planar ||
			    snd_pcm_hw_params_set_access(pcm, p,
				    SND_PCM_ACCESS_MMAP_NONINTERLEAVED) >= 0;
		out->planar = out->planar && out->mmap;
		ask_formats(pcm, p, out);
		ask_rates(pcm, p, out);
		(void)snd_pcm_hw_params_get_channels_min(
			p, &out->least_channels);
		(void)snd_pcm_hw_params_get_channels_max(
			p, &out->most_channels);
		ask_periods(pcm, p, out);
	}
	snd_pcm_hw_params_free(p);
}

void
devices_ask(const char *name, bool capture, struct devices_stream *out)
{
	snd_pcm_t *pcm = NULL;

	*out = (struct devices_stream){0};
	/* what the card itself can do, without alsa-lib's converters */
	out->error = snd_pcm_open(&pcm, name,
		capture ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK,
		SND_PCM_NONBLOCK | SND_PCM_NO_AUTO_RESAMPLE |
			SND_PCM_NO_AUTO_CHANNELS | SND_PCM_NO_AUTO_FORMAT);
	if (out->error < 0) {
		return;
	}
	ask_params(pcm, out);
	(void)snd_pcm_close(pcm);
}
