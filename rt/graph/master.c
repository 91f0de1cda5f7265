/* SPDX-License-Identifier: MIT */
/*
 * master.c -- see master.h.
 *
 * While no ramp moves and the gain is 1, a finite frame leaves bit for bit as
 * the bus held it.
 */
#include "master.h"

#include "fade.h"
#include "gap.h"
#include "mix.h"
#include "outbox.h"

TACTUS_RT void
master_fade(struct engine *e, enum master_fade which, float to, double seconds)
{
	struct fade *f = &e->master[which];
	float from = fade_before(f, e->now);

	fade_start(f, e->now, from, to, fade_frames(e, seconds));
}

TACTUS_RT bool
master_is_still(const struct engine *e, enum master_fade which)
{
	const struct fade *f = &e->master[which];

	return f->frames == 0 || e->now >= f->begin + f->frames;
}

/** The product of the ramps; false when it stands still (`*gain` is it). */
TACTUS_RT static bool
envelope(struct engine *e, uint64_t sample, uint32_t frames, float *gain)
{
	bool moves = false;

	*gain = e->gain;
	for (int k = 0; k < MASTER_FADES; k++) {
		struct fade *f = &e->master[k];
		if (!fade_moves(f, sample)) {
			*gain *= fade_at(f, sample);
			continue;
		}
		for (uint32_t i = 0; i < frames; i++) {
			float x = fade_at(f, sample + i);
			e->envelope[i] = moves ? e->envelope[i] * x : x;
		}
		moves = true;
	}
	return moves;
}

/** Post what was lost before, as gaps. @return false: there is no room */
TACTUS_RT static bool
tell_gap(struct engine *e)
{
	float frame[ENGINE_MAX_CHANNELS];

	while (e->tap_lost > 0) {
		uint32_t lost = e->tap_lost < GAP_MOST ? (uint32_t)e->tap_lost
						       : GAP_MOST;
		gap_mark(frame, e->config.outputs, lost);
		if (ring_post(e->wire->tap, frame, 1) == 0) {
			return false;
		}
		e->tap_lost -= lost;
	}
	return true;
}

/** Hand the finished frames to the tap, as far as it has room. */
TACTUS_RT static void
tap(struct engine *e, float *const *out, uint32_t done, uint32_t frames)
{
	float frame[ENGINE_MAX_CHANNELS];
	uint32_t i = 0;

	for (; tell_gap(e) && i < frames; i++) {
		for (uint32_t c = 0; c < e->config.outputs; c++) {
			frame[c] = out[c][done + i];
		}
		if (ring_post(e->wire->tap, frame, 1) == 0) {
			break;
		}
	}
	if (i < frames) {
		e->tap_lost += frames - i;
		gauge_add(e->gauges, GAUGE_TAP_LOST, frames - i);
	}
}

TACTUS_RT static void
meter(struct engine *e, float *const *out, uint32_t done, uint32_t frames)
{
	struct meter *m = &e->meter;

	for (uint32_t c = 0; c < e->config.outputs; c++) {
		float peak = mix_peak(out[c] + done, frames);
		m->peak[c] = peak > m->peak[c] ? peak : m->peak[c];
		m->squares[c] += mix_squares(out[c] + done, frames);
	}
	m->frames += frames;
	if (m->frames < m->every) {
		return;
	}
	for (uint32_t c = 0; c < e->config.outputs; c++) {
		struct report r = {.kind = REPORT_LEVEL};
		r.u.level.channel = c;
		r.u.level.peak = m->peak[c];
		r.u.level.squares = m->squares[c];
		r.u.level.frames = m->frames;
		(void)outbox_note(e, &r);
		m->peak[c] = 0.0F;
		m->squares[c] = 0.0;
	}
	m->frames = 0;
}

TACTUS_RT void
master_run(struct engine *e, float *const *out, uint32_t done, uint32_t frames)
{
	float gain;
	uint64_t sample = e->now;
	bool moves = envelope(e, sample, frames, &gain);
	uint64_t side = e->block_no % 2;
	uint32_t bad = 0;

	for (uint32_t c = 0; c < e->config.outputs; c++) {
		const struct bus *b = &e->playback[c];
		const float *from = b->block[side] == e->block_no
					    ? b->frames[side] + e->offset
					    : e->zeros;
		bad += mix_guard(out[c] + done, from, gain, frames);
		if (moves) {
			mix_scale(out[c] + done, e->envelope, frames);
		}
	}
	if (bad != 0) {
		gauge_add(e->gauges, GAUGE_NAN, bad);
		/* who it was is sought from now on, a while */
		if (sample >= e->hunt_at) {
			e->hunt_end = sample + 2 * (uint64_t)e->config.block;
			e->hunt_at = sample + (uint64_t)e->config.rate;
		}
	}
	if (e->wire->tap != NULL) {
		tap(e, out, done, frames);
	}
	if (e->meter.every != 0) {
		meter(e, out, done, frames);
	}
}
