/* SPDX-License-Identifier: MIT */
/*
 * host_sound.c -- sound files and resamplers, as TactusHost has them.
 *
 * Called on workers; what they do is in sound.c and resampler.c, which know
 * nothing of hosts.
 */
#include <tactus/plugin.h>

#include "host_private.h"
#include "resampler.h"
#include "sound.h"

TactusSound *
host_open_sound(const TactusHost *host, const char *path, TactusSoundInfo *info,
	char *reason, size_t size)
{
	return sound_open(host_behind(host)->media, path, info, reason, size);
}

int
host_seek_sound(const TactusHost *host, TactusSound *sound, int64_t frame)
{
	(void)host;
	return sound_seek(sound, frame);
}

int64_t
host_read_sound(const TactusHost *host, TactusSound *sound, float *frames,
	int64_t count)
{
	(void)host;
	return sound_read(sound, frames, count);
}

TactusSound *
host_create_sound(const TactusHost *host, const char *path,
	const TactusSoundInfo *info, bool replace, char *reason, size_t size)
{
	return sound_create(
		host_behind(host)->media, path, info, replace, reason, size);
}

int64_t
host_write_sound(const TactusHost *host, TactusSound *sound,
	const float *frames, int64_t count)
{
	(void)host;
	return sound_write(sound, frames, count);
}

int
host_close_sound(const TactusHost *host, TactusSound *sound, bool keep,
	char *reason, size_t size)
{
	(void)host;
	return sound_close(sound, keep, reason, size);
}

TactusResampler *
host_open_resampler(const TactusHost *host, uint32_t channels, double ratio)
{
	(void)host;
	return resampler_open(channels, ratio);
}

int64_t
host_resample(const TactusHost *host, TactusResampler *r, const float *in,
	int64_t in_frames, int64_t *used, float *out, int64_t out_frames,
	bool end)
{
	(void)host;
	return resampler_next(r, in, in_frames, used, out, out_frames, end);
}

void
host_close_resampler(const TactusHost *host, TactusResampler *r)
{
	(void)host;
	resampler_close(r);
}
