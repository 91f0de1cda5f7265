/* SPDX-License-Identifier: MIT */
/*
 * loudness.c -- buffer-loudness: ITU-R BS.1770-5, integrated, and true peak.
 *
 * Runs on a worker; the loop runs the check.  The gating of the standard:
 * blocks of 400 ms, a new one each 100 ms; those below -70 LUFS do not count,
 * then those that are 10 LU below what is left.  What is shorter than a block
 * is one block.  Where nothing counts, and for a peak of 0, the answer is the
 * floor, -200: OSC programs cope badly with infinities.
 */
#include <math.h>
#include <stdio.h>

#include "arguments.h"
#include "jobs.h"
#include "k_weight.h"
#include "pace.h"
#include "true_peak.h"

#define FLOOR_DB (-200.0)
/** Parts of a block, and how many there are in a second. */
#define PARTS            4
#define PARTS_A_SECOND   10.0
#define GATE_LUFS        (-70.0)
#define RELATIVE_GATE_LU (-10.0)

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(NULL, 0, false, values, count, reason, size);
}

/**
 * What a channel counts: with five channels they are L R C Ls Rs, with six
 * L R C LFE Ls Rs; else there is no telling, and all count 1.
 */
static double
weight_of(uint32_t channel, uint32_t channels)
{
	if (channels == 5 && channel >= 3) {
		return 1.41;
	}
	if (channels == 6 && channel == 3) {
		return 0.0;
	}
	return channels == 6 && channel >= 4 ? 1.41 : 1.0;
}

static double
lufs_of(double power)
{
	return power > 0.0 ? fmax(FLOOR_DB, -0.691 + 10.0 * log10(power))
			   : FLOOR_DB;
}

/** Scratch of one measurement, one allocation. */
struct scratch {
	struct k_weight k;
	struct true_peak peak;
	struct true_peak_filter filter;
	double part[]; /* weighted energy of each 100 ms */
};

/** The first frame of a part; parts of rates like 11025 Hz differ by one. */
static int64_t
part_begin(int64_t part, double rate)
{
	return (int64_t)floor((double)part * rate / PARTS_A_SECOND + 0.5);
}

/**
 * Add one channel to the parts' energies.
 * @return its true peak; -1: cancelled
 */
static float
add_channel(const TactusAudioBuffer *b, uint32_t c, struct scratch *s,
	int64_t parts, struct pace *pace)
{
	double weight = weight_of(c, b->channels);
	int64_t part = 0;
	int64_t looked = 0;

	k_weight_init(&s->k, b->rate);
	true_peak_init(&s->peak);
	for (int64_t at = 0; at < b->frames;) {
		int64_t end = part < parts && parts > 1
				      ? part_begin(part + 1, b->rate)
				      : b->frames;
		int64_t n =
			end - at < TRUE_PEAK_CHUNK ? end - at : TRUE_PEAK_CHUNK;
		double energy = k_weight_next(&s->k, b->channel[c] + at, n);

		true_peak_next(&s->peak, &s->filter, b->channel[c] + at, n);
		if (part < parts) {
			s->part[part] += weight * energy;
		}
		at += n;
		part += at == end ? 1 : 0;
		if (at - looked >= PACE_HEAVY || at == b->frames) {
			if (!pace_next(pace, (double)(at - looked))) {
				return -1.0f;
			}
			looked = at;
		}
	}
	return true_peak_end(&s->peak, &s->filter);
}

/** The power of the block that begins with a part. */
static double
block_power(
	const double *part, int64_t first, int64_t blocks_parts, int64_t frames)
{
	double sum = 0.0;

	for (int64_t p = 0; p < blocks_parts; p++) {
		sum += part[first + p];
	}
	return sum / (double)frames;
}

/** The mean power of the blocks above a gate; 0: there are none. */
static double
gated(const double *part, int64_t parts, double rate, int64_t all_frames,
	double gate)
{
	/* a buffer shorter than a block is one part, and one block */
	int64_t width = parts < PARTS ? parts : PARTS;
	double sum = 0.0;
	int64_t counted = 0;

	for (int64_t first = 0; first + width <= parts; first++) {
		int64_t frames = parts < PARTS
					 ? all_frames
					 : part_begin(first + width, rate) -
						   part_begin(first, rate);
		double power = block_power(part, first, width, frames);

		if (lufs_of(power) > gate) {
			sum += power;
			counted++;
		}
	}
	return counted > 0 ? sum / (double)counted : 0.0;
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	const TactusAudioBuffer *b = resources[0];
	struct pace pace;
	float peak = 0.0f;

	(void)resource_count;
	(void)values;
	(void)count;
	if (!(b->rate >= K_WEIGHT_LEAST_RATE)) {
		snprintf(reason, size,
			"loudness is defined from %.0f Hz on; the buffer's "
			"rate is %.12g",
			K_WEIGHT_LEAST_RATE, b->rate);
		return -1;
	}
	/* whole parts only; the rest belongs to no whole block */
	int64_t parts =
		(int64_t)((double)b->frames * PARTS_A_SECOND / b->rate) + 1;
	while (parts > 0 && part_begin(parts, b->rate) > b->frames) {
		parts--;
	}
	/* what is shorter than a block is measured as it is */
	parts = parts < PARTS ? 1 : parts;
	struct scratch *s = host->alloc(
		host, sizeof(*s) + (size_t)parts * sizeof(s->part[0]));
	if (s == NULL) {
		snprintf(reason, size, "no memory to measure");
		return -1;
	}
	true_peak_design(&s->filter);
	pace_begin(&pace, host, job, (double)b->frames * b->channels);
	for (uint32_t c = 0; c < b->channels && peak >= 0.0f; c++) {
		float p = add_channel(b, c, s, parts, &pace);

		peak = p < 0.0f || p > peak ? p : peak;
	}
	double power = gated(s->part, parts, b->rate, b->frames, GATE_LUFS);
	power = gated(s->part, parts, b->rate, b->frames,
		fmax(GATE_LUFS, lufs_of(power) + RELATIVE_GATE_LU));
	host->free(host, s);
	if (peak < 0.0f) {
		return pace_cancelled(reason, size);
	}
	double peak_db = peak > 0.0f
				 ? fmax(FLOOR_DB, 20.0 * log10((double)peak))
				 : FLOOR_DB;
	return pace_result(&pace, lufs_of(power), reason, size) != 0 ||
			       pace_result(&pace, peak_db, reason, size) != 0
		       ? -1
		       : 0;
}

const TactusJobDef loudness_def = {
	.size = sizeof(loudness_def),
	.uri = "urn:tactus:job:buffer-loudness:1",
	.name = "buffer-loudness",
	.doc = "Measure integrated loudness (ITU-R BS.1770-5) and true peak of "
	       "all channels together; -200 means nothing.",
	.arguments = "",
	.results = "f LUFS f true-peak-dB",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
