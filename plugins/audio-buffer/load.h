/* SPDX-License-Identifier: MIT */
/*
 * load.h -- an AudioBuffer out of a sound file, or a part of one.
 */
#ifndef AUDIO_BUFFER_LOAD_H
#define AUDIO_BUFFER_LOAD_H

#include "audio-buffer.h"

/**
 * Make a buffer of what is wished for out of a file.
 * @side worker
 * @return NULL with a reason that names the file, or says that the work is
 *         cancelled; then nothing is left of it
 */
TactusAudioBuffer *load_file(const TactusHost *host,
	const struct audio_buffer_wish *w, TactusJob *job, char *reason,
	size_t size);

#endif
