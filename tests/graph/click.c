/* SPDX-License-Identifier: MIT */
/*
 * click.c -- see click.h.
 */
#include "click.h"

#include <math.h>
#include <stddef.h>

/** How far on either side of a leap its own second differences are. */
#define NEAR 4
/** Frames on either side that a leap is compared with. */
#define AROUND 400

static double
second(const float *x, uint32_t i)
{
	return fabs((double)x[i + 1] - 2.0 * (double)x[i] + (double)x[i - 1]);
}

/** What carrier and envelope explain of the second difference at `i`. */
static double
explained(const struct click_law *law, uint32_t i)
{
	const double *e = law->envelope;
	double w = law->pace;

	if (e == NULL) {
		return law->amp * w * w + law->noise;
	}
	double back = fabs(e[i] - e[i - 1]);
	double on = fabs(e[i + 1] - e[i]);
	double bend = fabs(e[i + 1] - 2.0 * e[i] + e[i - 1]);
	double slope = back > on ? back : on;

	return law->amp * (w * w * fabs(e[i]) + 2.0 * w * slope + bend) +
	       law->noise;
}

/** Note a leap, unless it is the other half of the one before. */
static uint32_t
note(uint32_t found, uint32_t frame, uint32_t *at, uint32_t most,
	uint32_t *last)
{
	if (*last != 0 && frame == *last + 1) {
		return found;
	}
	*last = frame;
	if (found < most) {
		at[found] = frame;
	}
	return found + 1;
}

uint32_t
click_find(const float *signal, uint32_t frames, const struct click_law *law,
	uint32_t *at, uint32_t most)
{
	uint32_t found = 0;
	uint32_t last = 0;

	for (uint32_t i = 1; i + 1 < frames; i++) {
		if (second(signal, i) > explained(law, i)) {
			found = note(found, i + 1, at, most, &last);
		}
	}
	return found;
}

uint32_t
click_find_alone(const float *signal, uint32_t from, uint32_t to, double factor,
	double noise, uint32_t *at, uint32_t most)
{
	uint32_t found = 0;
	uint32_t last = 0;

	for (uint32_t i = from; i < to; i++) {
		double near = 0.0;
		uint32_t begin = i > AROUND ? i - AROUND : 1;
		for (uint32_t k = begin; k <= i + AROUND; k++) {
			if (k + NEAR < i || k > i + NEAR) {
				near = fmax(near, second(signal, k));
			}
		}
		if (second(signal, i) > factor * near + noise) {
			found = note(found, i + 1, at, most, &last);
		}
	}
	return found;
}

void
click_fade(struct click_fader *f, uint32_t now, double to, uint32_t frames)
{
	f->begin = now;
	f->frames = frames;
	f->from = f->value;
	f->to = to;
}

double
click_next(struct click_fader *f, uint32_t now)
{
	if (f->frames == 0) {
		return f->value;
	}
	uint32_t k = now - f->begin + 1;
	f->value = k == f->frames ? f->to
				  : f->from + (f->to - f->from) * k / f->frames;
	if (k == f->frames) {
		f->frames = 0;
		f->stands = f->pauses || f->frees;
	}
	return f->value;
}
