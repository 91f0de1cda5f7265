/* SPDX-License-Identifier: MIT */
/*
 * impulse_class.c -- the resource class Impulse, made and ended.
 *
 * Its arguments are a path, a factor (1) and the file's channel (0).  A file
 * of another rate than the engine's is resampled, and scaled so that its
 * frequency response stays what it was.  The file is read, resampled and
 * transformed slice by slice: nothing but the result is ever whole in memory.
 *
 * check runs on the loop, the rest on workers.
 */
#include "impulse_class.h"

#include <string.h>

#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/resources/impulse.h>

#define PARTITION TACTUS_IMPULSE_PARTITION
/** Most channels of a file. */
#define CHANNELS 64
/** Largest factor. */
#define LOUDEST 1000.0
/** Frames that are read at once, and floats of all their channels. */
#define SLICE 4096
/** Frames that the resampler gives at once. */
#define RESAMPLED 4096

/** What the arguments ask for. */
struct plan {
	const char *path;
	double gain;
	uint32_t channel;
};

/** The response, and the memory that it names. */
struct box {
	TactusImpulse impulse;
	TactusFft *fft;
	float head[PARTITION];
	float *spectrum;
};

/** What is at work in construct. */
struct maker {
	struct plan plan;
	TactusSound *sound;
	TactusSoundInfo info;
	TactusResampler *resampler; /* NULL: the rates are the same */
	struct box *box;

	/* partitions, as they fill up */
	int64_t left; /* frames that are still wanted */
	uint32_t filled;
	uint32_t cut; /* partitions that are done */
	float time[2 * PARTITION];
	float bins[2 * PARTITION + 2];
	float scratch[2 * PARTITION + 2];

	float slice[SLICE * CHANNELS];
	float one[SLICE];
	float resampled[RESAMPLED];
};

/** Begin a reason. @return `code` */
static int
refuse(int code, char *reason, size_t size, const char *text)
{
	if (size != 0) {
		reason[0] = '\0';
	}
	tactus_text_add(reason, size, text);
	return code;
}

static int
plan_of(const TactusValue *values, uint32_t count, struct plan *plan,
	char *reason, size_t size)
{
	int64_t n = 0;

	*plan = (struct plan){.gain = 1.0};
	if (count == 0 || values[0].type != 's') {
		return refuse(400, reason, size,
			"an impulse is made of the path of a sound file");
	}
	plan->path = values[0].string;
	if (count > 3) {
		return refuse(400, reason, size,
			"after the path come a factor and the channel, and "
			"no more");
	}
	if (count > 1 && values[1].type == 's') {
		return refuse(400, reason, size, "the factor must be a number");
	}
	if (count > 1) {
		plan->gain = values[1].number;
	}
	if (!(plan->gain >= -LOUDEST && plan->gain <= LOUDEST)) {
		return refuse(
			422, reason, size, "the factor is from -1000 to 1000");
	}
	if (count > 2 && !tactus_value_whole(&values[2], &n)) {
		return refuse(400, reason, size,
			"the channel must be a whole number");
	}
	if (n < 0 || n >= CHANNELS) {
		return refuse(422, reason, size, "the channel is from 0 to 63");
	}
	plan->channel = (uint32_t)n;
	return 0;
}

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	struct plan plan;

	(void)host;
	return plan_of(values, count, &plan, reason, size);
}

/** Begin a reason with the file's name, and go on. @return false */
static bool
blame(const struct maker *m, char *reason, size_t size, const char *text)
{
	refuse(0, reason, size, "");
	/* a long path must not push the mend out of the reason */
	tactus_text_add(reason, size < 112 ? size : 112, m->plan.path);
	tactus_text_add(reason, size, text);
	return false;
}

/** Open the file and see whether it will do. */
static bool
open_file(const TactusHost *host, struct maker *m, char *reason, size_t size)
{
	m->info.size = sizeof(m->info);
	m->sound = host->open_sound(host, m->plan.path, &m->info, reason, size);
	if (m->sound == NULL) {
		return false;
	}
	if (m->info.frames < 1 || !(m->info.rate > 0.0)) {
		return blame(m, reason, size, " is empty");
	}
	if (m->info.channels > CHANNELS ||
		m->info.channels <= m->plan.channel) {
		blame(m, reason, size, " has no channel ");
		tactus_text_add_whole(reason, size, (int32_t)m->plan.channel);
		return false;
	}
	if ((double)m->info.frames > m->info.rate * TACTUS_IMPULSE_SECONDS) {
		return blame(m, reason, size,
			" is longer than 60 s, the most of an impulse: cut it");
	}
	if (m->info.rate != host->rate) {
		m->resampler = host->open_resampler(
			host, 1, host->rate / m->info.rate);
		if (m->resampler == NULL) {
			return blame(m, reason, size,
				" cannot be resampled to the engine's rate");
		}
	}
	return true;
}

/** Take the memory of the result, as soon as its length is known. */
static bool
open_box(const TactusHost *host, struct maker *m, char *reason, size_t size)
{
	double exact = (double)m->info.frames * (host->rate / m->info.rate);
	int64_t frames = (int64_t)exact;

	if (m->resampler == NULL) {
		frames = m->info.frames;
	}
	frames = frames > 1 ? frames : 1;
	uint64_t spectra = (uint64_t)(frames - 1) / PARTITION;
	size_t head = (sizeof(struct box) + 63) / 64 * 64;
	uint64_t bytes = head + spectra * 2 * PARTITION * sizeof(float);
	bool is_large = spectra > UINT32_MAX ||
			bytes > host->limit(host, TACTUS_IMPULSE_URI);
	struct box *b = is_large ? NULL : host->alloc(host, (size_t)bytes);

	if (b == NULL) {
		return blame(m, reason, size,
			is_large ? " is too long: the impulse would be larger "
				   "than its class may be (max_bytes)"
				 : " is too long: no memory for the impulse");
	}
	b->fft = host->open_fft(host, 2 * PARTITION);
	if (b->fft == NULL) {
		host->free(host, b);
		return blame(m, reason, size,
			" cannot be transformed: "
			"no memory for the tables");
	}
	b->spectrum = (float *)(void *)((char *)b + head);
	b->impulse = (TactusImpulse){.size = sizeof(b->impulse),
		.spectra = (uint32_t)spectra,
		.frames = frames,
		.rate = host->rate,
		.head = b->head,
		.spectrum = b->spectrum,
		.fft = b->fft};
	m->box = b;
	m->left = frames;
	return true;
}

/** One partition is full: keep it, the first one as it is. */
static void
cut(const TactusHost *host, struct maker *m)
{
	if (m->cut == 0) {
		memcpy(m->box->head, m->time, sizeof(m->box->head));
	} else {
		float *re =
			m->box->spectrum + (size_t)(m->cut - 1) * 2 * PARTITION;
		float *im = re + PARTITION;

		host->fft_forward(m->box->fft, m->time, m->bins, m->scratch);
		for (uint32_t k = 0; k < PARTITION; k++) {
			re[k] = m->bins[2 * k];
			im[k] = m->bins[2 * k + 1];
		}
		im[0] = m->bins[2 * PARTITION];
	}
	memset(m->time, 0, sizeof(m->time));
	m->filled = 0;
	m->cut++;
}

/** Take frames into the partitions; what is more than wanted is dropped. */
static void
put(const TactusHost *host, struct maker *m, const float *frames, int64_t count)
{
	/* more frames a second make more of a sum */
	float gain = (float)(m->plan.gain * (m->info.rate / host->rate));

	for (int64_t i = 0; i < count && m->left > 0; i++) {
		m->time[m->filled++] = tactus_tame(frames[i]) * gain;
		m->left--;
		if (m->filled == PARTITION || m->left == 0) {
			cut(host, m);
		}
	}
}

/** Resample what was read, and take it in. */
static bool
resample(const TactusHost *host, struct maker *m, int64_t count, bool is_end)
{
	const float *in = m->one;
	int64_t made;

	do {
		int64_t used = 0;

		made = host->resample(host, m->resampler, in, count, &used,
			m->resampled, RESAMPLED, is_end);
		if (made < 0 || (made == 0 && used == 0 && count > 0)) {
			return false;
		}
		put(host, m, m->resampled, made);
		in += used;
		count -= used;
	} while (count > 0 || (is_end && made > 0 && m->left > 0));
	return true;
}

/** Read the file to its end. */
static bool
fill(const TactusHost *host, struct maker *m, TactusJob *job, char *reason,
	size_t size)
{
	uint32_t channels = m->info.channels;

	for (int64_t at = 0; at < m->info.frames;) {
		int64_t n = m->info.frames - at;

		n = n < SLICE ? n : SLICE;
		if (host->is_cancelled(host, job)) {
			refuse(0, reason, size, "cancelled");
			return false;
		}
		if (host->read_sound(host, m->sound, m->slice, n) != n) {
			return blame(m, reason, size,
				" is damaged: it ends too soon");
		}
		for (int64_t i = 0; i < n; i++) {
			m->one[i] = tactus_tame(
				m->slice[i * channels + m->plan.channel]);
		}
		at += n;
		if (m->resampler == NULL) {
			put(host, m, m->one, n);
		} else if (!resample(host, m, n, at == m->info.frames)) {
			return blame(m, reason, size, " cannot be resampled");
		}
		host->progress(host, job, (double)at / (double)m->info.frames);
	}
	/* the resampler may end a frame or two early */
	while (m->left > 0) {
		put(host, m, &(const float){0.0f}, 1);
	}
	return true;
}

static void
destroy(const TactusHost *host, void *resource)
{
	struct box *b = resource;

	host->close_fft(host, b->fft);
	host->free(host, b);
}

static void *
construct(const TactusHost *host, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	struct maker *m = host->alloc(host, sizeof(*m));
	struct box *made;
	char ignored[8];
	bool is_well = false;

	if (m == NULL) {
		refuse(0, reason, size, "no memory to read the file with");
		return NULL;
	}
	if (plan_of(values, count, &m->plan, reason, size) == 0 &&
		open_file(host, m, reason, size) &&
		open_box(host, m, reason, size)) {
		is_well = fill(host, m, job, reason, size);
	}
	host->close_resampler(host, m->resampler);
	host->close_sound(host, m->sound, false, ignored, sizeof(ignored));
	made = m->box;
	host->free(host, m);
	if (!is_well && made != NULL) {
		destroy(host, made);
		return NULL;
	}
	return made;
}

const TactusResourceDef impulse_class = {
	.size = sizeof(impulse_class),
	.uri = TACTUS_IMPULSE_URI,
	.name = "impulse",
	.doc = "An impulse response, transformed to be convolved with.",
	.arguments = "s path [, f factor [, i channel]]",
	.check = check,
	.construct = construct,
	.destroy = destroy,
};
