/* SPDX-License-Identifier: MIT */
/*
 * onsets.c -- buffer-onsets: where notes and strokes begin.
 *
 * Runs on a worker; the loop runs the check.  flux.c says when something new
 * is heard; a peak of it above its surroundings (S. Böck, F. Krebs, M. Schedl,
 * "Evaluating the Online Capabilities of Onset Detection Methods", ISMIR 2012;
 * here with medians, which strokes do not move) is a candidate, and attack.c
 * finds the sample.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "attack.h"
#include "flux.h"
#include "jobs.h"
#include "pace.h"

/** Below it a frame has too few bands. */
#define LEAST_RATE 1000.0
/** Frames of flux to either side. */
#define PEAK   3
#define AROUND 60
#define ECHO   20
/**
 * Where in a frame that is new its novelty began, in hundredths of it: found
 * by trial with strokes and tones over noise of all levels.
 */
#define FIRST 28
#define TONE  60
#define LAST  74
/** Onsets have to be so far apart, in seconds. */
#define APART 0.03
/** Most that one message holds: an 'h' takes 9 bytes. */
#define MOST 4000

static const struct argument table[] = {
	{"sensitivity", 'f', true, 0.0, 1.0           },
	{"start",       'i', true, 0,   ARGUMENTS_MOST},
	{"frames",      'i', true, 0,   ARGUMENTS_MOST},
};

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(table, sizeof(table) / sizeof(table[0]), false,
		values, count, reason, size);
}

/** What the novelty of a candidate has to reach, one way or the other. */
struct demand {
	float novelty;   /* above the median around it */
	float deviation; /* so many times the median deviation above it */
};

struct demands {
	struct demand weak; /* with a rise of the energy, as attack.c has it */
	struct demand strong; /* without */
	float echo;           /* strong: of the highest novelty just before */
	double rise;
};

static struct demands
demands_of(double sensitivity)
{
	/* 0.5: 1; 0: 4; 1: a quarter */
	double f = exp2(2.0 - 4.0 * sensitivity);
	float root = (float)sqrt(f);

	return (struct demands){
		.weak = {(float)(0.075 * f), 2.0f * root},
		.strong = {(float)(0.14 * f),  7.0f * root},
		.echo = (float)(0.1 * f),
		.rise = 0.1 * f
        };
}

static int
by_size(const void *a, const void *b)
{
	float x = *(const float *)a;
	float y = *(const float *)b;

	return (x > y) - (x < y);
}

/** What the novelty around a frame is like, and what was just before. */
struct around {
	float middle;
	float deviation;
	float before; /* the highest */
};

static struct around
look_around(const struct flux *f, int64_t k)
{
	float value[2 * AROUND + 1];
	int64_t first = k > AROUND ? k - AROUND : 0;
	int64_t last = k + AROUND < f->count ? k + AROUND : f->count - 1;
	size_t count = (size_t)(last - first + 1);
	struct around a = {0};

	memcpy(value, f->novelty + first, count * sizeof(float));
	qsort(value, count, sizeof(float), by_size);
	a.middle = value[count / 2];
	for (size_t i = 0; i < count; i++) {
		value[i] = fabsf(value[i] - a.middle);
	}
	qsort(value, count, sizeof(float), by_size);
	/* as a standard deviation, if it were normal */
	a.deviation = 1.4826f * value[count / 2];
	for (int64_t i = k > ECHO ? k - ECHO : 0; i < k; i++) {
		a.before = fmaxf(a.before, f->novelty[i]);
	}
	return a;
}

static bool
meets(float novelty, const struct around *a, const struct demand *d)
{
	return novelty >=
	       a->middle + fmaxf(d->novelty, d->deviation * a->deviation);
}

static float
peak_of(const TactusAudioBuffer *b, const struct arguments_range *range,
	struct pace *pace)
{
	float peak = 0.0f;

	for (uint32_t c = 0; c < b->channels; c++) {
		const float *x = b->channel[c] + range->start;

		for (int64_t at = 0; at < range->frames;) {
			int64_t end = range->frames - at < PACE_LIGHT
					      ? range->frames
					      : at + PACE_LIGHT;

			for (; at < end; at++) {
				float level = fabsf(jobs_finite(x[at]));

				peak = level > peak ? level : peak;
			}
			if (!pace_next(pace, 0.0)) {
				return -1.0f;
			}
		}
	}
	return peak;
}

static bool
is_peak(const struct flux *f, int64_t k)
{
	for (int64_t i = 1; i <= PEAK; i++) {
		if ((k >= i && f->novelty[k - i] >= f->novelty[k]) ||
			(k + i < f->count &&
				f->novelty[k + i] > f->novelty[k])) {
			return false;
		}
	}
	return true;
}

static int
tell(struct pace *pace, int64_t at, uint32_t *told, char *reason, size_t size)
{
	const TactusValue v = {.type = 'h', .integer = at};

	if (*told < MOST && pace->host->result(pace->host, pace->job, &v)) {
		*told += 1;
		return 0;
	}
	snprintf(reason, size,
		"more than %" PRIu32 " onsets, the last at frame %" PRId64
		": ask for a part by start and frames",
		*told, at);
	return -1;
}

/**
 * Find the rise that made frame k new; on the first frame it may have been
 * there from its beginning.
 */
static struct attack_found
locate(const struct flux *f, struct attack *a, int64_t k)
{
	int64_t begin = flux_begin(f, k);
	int64_t frame = f->points;

	return attack_search(a, k == 0 ? begin : begin + frame * FIRST / 100,
		begin + frame * LAST / 100);
}

/** Go through the peaks of the flux and tell of those that are onsets. */
static int
pick(const struct flux *f, struct attack *a, const struct demands *d,
	struct pace *pace, char *reason, size_t size)
{
	int64_t apart = (int64_t)(a->b->rate * APART);
	struct attack_found best = {.at = -1};
	float best_novelty = 0.0f;
	uint32_t told = 0;

	for (int64_t k = 0; k < f->count; k++) {
		if (f->novelty[k] < d->weak.novelty || !is_peak(f, k)) {
			continue;
		}
		if (!pace_next(pace, 0.0)) {
			return pace_cancelled(reason, size);
		}
		float novelty = f->novelty[k];
		struct around around = look_around(f, k);
		if (!meets(novelty, &around, &d->weak)) {
			continue;
		}
		struct attack_found found = locate(f, a, k);
		if (found.rise < d->rise) {
			if (!meets(novelty, &around, &d->strong) ||
				novelty < d->echo * around.before) {
				continue;
			}
			/* a change of tone alone, or what is there from the
			 * very first frame */
			found.at = k == 0 ? 0
					  : flux_begin(f, k) +
						    f->points * TONE / 100;
		}
		if (best.at >= 0 && found.at - best.at < apart) {
			if (novelty > best_novelty) {
				best = found;
				best_novelty = novelty;
			}
			continue;
		}
		if (best.at >= 0 && tell(pace, a->range.start + best.at, &told,
					    reason, size) != 0) {
			return -1;
		}
		best = found;
		best_novelty = novelty;
	}
	return best.at < 0 ? 0
			   : tell(pace, a->range.start + best.at, &told, reason,
				     size);
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	const TactusAudioBuffer *b = resources[0];
	const struct demands d =
		demands_of(arguments_number(values, count, 0, 0.5));
	struct arguments_range range;
	struct attack attack;
	struct flux flux;
	struct pace pace;

	(void)resource_count;
	if (arguments_range(b, values, count, 1, &range, reason, size) != 0) {
		return -1;
	}
	if (!(b->rate >= LEAST_RATE)) {
		snprintf(reason, size,
			"onsets can be found from %.0f Hz on; the buffer's "
			"rate is %.12g",
			LEAST_RATE, b->rate);
		return -1;
	}
	pace_begin(&pace, host, job, (double)range.frames * b->channels);
	float peak = peak_of(b, &range, &pace);
	if (peak < 0.0f) {
		return pace_cancelled(reason, size);
	}
	if (peak < FLT_MIN) {
		return 0;
	}
	int err = flux_init(&flux, b, &range, peak, &pace, reason, size);
	if (err == 0) {
		err = attack_init(&attack, host, b, &range, flux.points);
		if (err != 0) {
			snprintf(reason, size, "no memory to look for onsets");
		} else {
			err = pick(&flux, &attack, &d, &pace, reason, size);
		}
		attack_fini(&attack, host);
	}
	flux_fini(&flux, host);
	return err;
}

const TactusJobDef onsets_def = {
	.size = sizeof(onsets_def),
	.uri = "urn:tactus:job:buffer-onsets:1",
	.name = "buffer-onsets",
	.doc = "Find where notes and strokes begin; sensitivity 0 to 1, 0.5 "
	       "if not given.",
	.arguments = "[f sensitivity, h start, h frames]",
	.results = "h frame ...",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
