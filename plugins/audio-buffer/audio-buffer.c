/* SPDX-License-Identifier: MIT */
/*
 * audio-buffer.c -- the resource class AudioBuffer: sound in memory.
 *
 * Made empty (zeros), of some channels and frames, or from a sound file (see
 * load.c).  Two blocks of the
 * host's memory: the struct with its channel pointers, and the samples of all
 * channels, as <tactus/resources/audio_buffer.h> lays them down.
 *
 * check runs on the loop, the rest on workers, several of them at once: there
 * is no state but in the resources themselves.
 */
#include "audio-buffer.h"

#include <tactus/def.h>

#include "load.h"

/* what a channel's samples are rounded up to */
#define STRIDE 16

/** Add a whole number of any size to a text, in decimal. */
void
audio_buffer_number(char *text, size_t size, uint64_t number)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + (int)(number % 10));
		number /= 10;
	} while (number != 0);
	tactus_text_add(text, size, &digits[at]);
}

/** Say why; `code` is handed on. */
int
audio_buffer_refuse(int code, const char *why, char *reason, size_t size)
{
	if (size != 0) {
		reason[0] = '\0';
	}
	tactus_text_add(reason, size, why);
	return code;
}

/**
 * The bytes of a buffer's samples.
 * @return false: more than memory could ever hold
 */
static bool
bytes_of(uint32_t channels, int64_t frames, uint64_t *out)
{
	uint64_t most = SIZE_MAX / sizeof(float) / channels;
	uint64_t stride = ((uint64_t)frames + STRIDE - 1) / STRIDE * STRIDE;

	*out = stride * channels * sizeof(float);
	return stride <= most && *out <= SIZE_MAX - 4096;
}

/** The bytes of the struct and its pointers. */
static size_t
head_bytes(uint32_t channels)
{
	return sizeof(TactusAudioBuffer) + channels * sizeof(float *);
}

/** Hold a size against the limit; 0, or 413 with the reason added. */
int
audio_buffer_judge(const TactusHost *host, uint32_t channels, int64_t frames,
	char *reason, size_t size)
{
	uint64_t limit = host->limit(host, TACTUS_AUDIO_BUFFER_URI);
	uint64_t bytes = 0;
	bool is_possible = bytes_of(channels, frames, &bytes);

	if (is_possible && bytes + head_bytes(channels) <= limit) {
		return 0;
	}
	tactus_text_add_whole(reason, size, (int32_t)channels);
	tactus_text_add(reason, size, " channels of ");
	audio_buffer_number(reason, size, (uint64_t)frames);
	tactus_text_add(reason, size, " frames take ");
	if (is_possible) {
		audio_buffer_number(reason, size, bytes + head_bytes(channels));
	} else {
		tactus_text_add(reason, size, "too many");
	}
	tactus_text_add(reason, size, " bytes; the limit is ");
	audio_buffer_number(reason, size, limit);
	tactus_text_add(reason, size,
		": ask for fewer, or raise limits.max_resource_bytes "
		"or the class's max_bytes");
	return 413;
}

/** Read the arguments "s path [, i start [, i frames]]". */
static int
parse_path(const TactusValue *values, uint32_t count,
	struct audio_buffer_wish *out, char *reason, size_t size)
{
	out->path = values[0].string;
	if (count > 3) {
		return audio_buffer_refuse(400,
			"too many arguments; after the path come start and "
			"frames only",
			reason, size);
	}
	if (out->path == NULL || out->path[0] == '\0') {
		return audio_buffer_refuse(422,
			"the path is empty; name a sound file", reason, size);
	}
	if ((count > 1 && !tactus_value_whole(&values[1], &out->start)) ||
		(count > 2 && !tactus_value_whole(&values[2], &out->frames))) {
		return audio_buffer_refuse(400,
			"start and frames must be whole numbers", reason, size);
	}
	if (out->start < 0) {
		return audio_buffer_refuse(
			422, "start must be 0 or more", reason, size);
	}
	if (out->frames < -1) {
		return audio_buffer_refuse(422,
			"frames must be 1 or more, or 0 or -1 for all the rest",
			reason, size);
	}
	out->frames = out->frames == -1 ? 0 : out->frames;
	return 0;
}

/** Read the arguments "i channels, i frames [, f rate]". */
static int
parse_counts(const TactusHost *host, const TactusValue *values, uint32_t count,
	struct audio_buffer_wish *out, char *reason, size_t size)
{
	int64_t channels;

	if (count > 3) {
		return audio_buffer_refuse(400,
			"too many arguments; they are channels, frames and "
			"rate",
			reason, size);
	}
	if (!tactus_value_whole(&values[0], &channels) ||
		!tactus_value_whole(&values[1], &out->frames)) {
		return audio_buffer_refuse(400,
			"channels and frames must be whole numbers", reason,
			size);
	}
	if (count > 2 && values[2].type != 'i' && values[2].type != 'f') {
		return audio_buffer_refuse(
			400, "rate must be a number, in Hz", reason, size);
	}
	if (channels < 1 || channels > TACTUS_AUDIO_BUFFER_CHANNELS) {
		return audio_buffer_refuse(
			422, "channels must be 1 to 64", reason, size);
	}
	if (out->frames < 1) {
		return audio_buffer_refuse(
			422, "frames must be 1 or more", reason, size);
	}
	out->channels = (uint32_t)channels;
	out->rate = count > 2 ? values[2].number : host->rate;
	if (count > 2 && !(out->rate >= AUDIO_BUFFER_LEAST_RATE &&
				 out->rate <= AUDIO_BUFFER_MOST_RATE)) {
		return audio_buffer_refuse(
			422, "rate must be 1 to 1000000 Hz", reason, size);
	}
	(void)audio_buffer_refuse(0, "", reason, size);
	return audio_buffer_judge(
		host, out->channels, out->frames, reason, size);
}

/** Read the arguments, whichever they are. */
static int
parse(const TactusHost *host, const TactusValue *values, uint32_t count,
	struct audio_buffer_wish *out, char *reason, size_t size)
{
	*out = (struct audio_buffer_wish){.path = NULL};
	if (count > 0 && values[0].type == 's') {
		return parse_path(values, count, out, reason, size);
	}
	if (count < 2) {
		return audio_buffer_refuse(400,
			"a path is missing, or channels and frames", reason,
			size);
	}
	return parse_counts(host, values, count, out, reason, size);
}

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	struct audio_buffer_wish w;

	return parse(host, values, count, &w, reason, size);
}

void
audio_buffer_destroy(const TactusHost *host, void *resource)
{
	TactusAudioBuffer *b = resource;

	host->free(host, b->channel[0]);
	host->free(host, b);
}

static uint64_t
bytes(const TactusHost *host, const void *resource)
{
	const TactusAudioBuffer *b = resource;
	uint64_t samples = 0;

	(void)host;
	(void)bytes_of(b->channels, b->frames, &samples);
	return samples + head_bytes(b->channels);
}

/** Make an empty one; the size was judged. */
TactusAudioBuffer *
audio_buffer_make(const TactusHost *host, uint32_t channels, int64_t frames,
	double rate, char *reason, size_t size)
{
	uint64_t samples = 0;

	(void)bytes_of(channels, frames, &samples);
	TactusAudioBuffer *b = host->alloc(host, head_bytes(channels));
	float *block = b == NULL ? NULL : host->alloc(host, (size_t)samples);
	if (block == NULL) {
		host->free(host, b);
		(void)audio_buffer_refuse(0, "no memory for ", reason, size);
		audio_buffer_number(
			reason, size, samples + head_bytes(channels));
		tactus_text_add(reason, size,
			" bytes; free other resources, or raise "
			"limits.max_total_resource_bytes");
		return NULL;
	}
	b->size = sizeof(*b);
	b->channels = channels;
	b->frames = frames;
	b->rate = rate;
	/* the pointers stand behind the struct */
	b->channel = (float **)(void *)(b + 1);
	for (uint32_t c = 0; c < channels; c++) {
		b->channel[c] = block + samples / sizeof(float) / channels * c;
	}
	return b;
}

static void *
construct(const TactusHost *host, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	struct audio_buffer_wish w;

	/* the limits may have changed since check */
	if (parse(host, values, count, &w, reason, size) != 0) {
		return NULL;
	}
	return w.path != NULL ? load_file(host, &w, job, reason, size)
			      : audio_buffer_make(host, w.channels, w.frames,
					w.rate, reason, size);
}

static const TactusResourceDef def = {
	.size = sizeof(def),
	.flags = TACTUS_MUTABLE,
	.uri = TACTUS_AUDIO_BUFFER_URI,
	.name = "audio-buffer",
	.doc = "Sound in memory: channels of samples, to play and to record.",
	.arguments = "i channels, i frames [, f rate] or s path [, i start "
		     "[, i frames]]",
	.check = check,
	.construct = construct,
	.destroy = audio_buffer_destroy,
	.bytes = bytes,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "audio-buffer", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	if (host->abi != TACTUS_ABI_VERSION ||
		host->size < sizeof(TactusHost)) {
		return NULL;
	}
	return host->register_resource_def(host, &def) == 0 ? &plugin : NULL;
}
