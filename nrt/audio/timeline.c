/* SPDX-License-Identifier: MIT */
/*
 * timeline.c -- see timeline.h.
 */
#include "timeline.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define NS 1000000000

/* Seconds from 1900 to 1970. */
#define NTP_EPOCH UINT64_C(2208988800)

#define TWO_PI 6.283185307179586

/* While it begins the loop is wider: this, over the time since. */
#define WIDE_SECONDS 0.5

/* Instants nearer than this tell nothing new. */
#define LEAST_NS 5000000.0

/* A crystal is not that far off its nominal rate. */
#define MOST_OFF 0.01

/* How far off an instant may be taken for, in usual distances. */
#define CLAMP 2.0

/* The usual distance follows by this factor for each instant. */
#define FOLLOW 1.04

/* Distances of tags this near to a whole number of samples are whole. */
#define WHOLE 1e-3

void
timeline_init(struct timeline *t, double rate)
{
	memset(t, 0, sizeof *t);
	t->rate = rate;
	t->period_ns = NS / rate;
}

void
timeline_init_offline(struct timeline *t, double rate, uint64_t start)
{
	timeline_init(t, rate);
	t->offline = true;
	t->start = start;
	t->locked = true;
}

static void
restart(struct timeline *t, const struct instant *now)
{
	t->sample = now->sample;
	t->ns = now->ns;
	t->rest_ns = 0.0;
	t->began_ns = now->ns;
	t->epoch = now->epoch;
	t->exact = now->exact;
	t->locked = now->exact;
	/* one sample, until it is known */
	t->usual_ns = NS / t->rate;
	/* what was measured before holds on */
	if (now->exact || fabs(t->period_ns * t->rate / NS - 1.0) > MOST_OFF) {
		t->period_ns = NS / t->rate;
	}
	t->restarts++;
	t->fed = true;
}

/* Steps of the wall clock are taken at once, noise of the reading is not. */
static void
follow_offset(struct timeline *t, int64_t offset_ns, int64_t now_ns)
{
	int64_t off = offset_ns - t->offset_ns;

	if (off > TIMELINE_STEP_NS || off < -TIMELINE_STEP_NS) {
		t->offset_ns = offset_ns;
		t->steps++;
		t->restarts++;
		t->began_ns = now_ns;
		t->locked = t->exact;
		return;
	}
	t->offset_ns += off / 8;
}

/* What is usual is a running median: no single instant moves it much. */
static double
clamp(struct timeline *t, double off_ns, bool begins)
{
	double far = fabs(off_ns);

	t->usual_ns *= far > t->usual_ns ? FOLLOW : 1.0 / FOLLOW;
	double least = 0.05 * NS / t->rate;
	if (t->usual_ns < least) {
		t->usual_ns = least;
	}
	if (begins) {
		return off_ns;
	}
	double most = CLAMP * t->usual_ns;
	return off_ns > most ? most : off_ns < -most ? -most : off_ns;
}

/* One step of the loop, over `frames` frames since the last. */
static void
step(struct timeline *t, const struct instant *now, double frames)
{
	double since = (double)(now->ns - t->began_ns) / NS;
	double seconds = frames / t->rate;
	double wide = since > 0.0 ? WIDE_SECONDS / since : 1.0;
	double bandwidth =
		wide > TIMELINE_BANDWIDTH ? wide : TIMELINE_BANDWIDTH;
	double omega = TWO_PI * bandwidth * seconds;
	double due = t->rest_ns + frames * t->period_ns;
	double off = (double)(now->ns - t->ns) - due;

	/* stable whatever the time since the last instant */
	omega = omega > 0.4 ? 0.4 : omega;
	off = clamp(t, off, since < 1.0);
	due += 1.4142135623730951 * omega * off;
	t->period_ns += omega * omega * off / frames;
	/* a card that keeps no time at all must not drag the line away */
	double nominal = NS / t->rate;
	if (fabs(t->period_ns / nominal - 1.0) > MOST_OFF) {
		t->period_ns = nominal;
	}
	t->sample = now->sample;
	double whole = floor(due);
	t->ns += (int64_t)whole;
	t->rest_ns = due - whole;
	t->locked = now->ns - t->began_ns >= TIMELINE_LOCK_NS;
}

void
timeline_feed(struct timeline *t, const struct instant *now, int64_t offset_ns)
{
	if (t->offline) {
		return;
	}
	if (!t->fed) {
		t->offset_ns = offset_ns;
	} else {
		follow_offset(t, offset_ns, now->ns);
	}
	if (!t->fed || now->epoch != t->epoch || now->exact != t->exact ||
		now->sample < t->sample) {
		restart(t, now);
		return;
	}
	double frames = (double)(now->sample - t->sample);
	if (t->exact) {
		t->sample = now->sample;
		t->ns = now->ns;
		return;
	}
	if (frames * t->period_ns >= LEAST_NS) {
		step(t, now, frames);
	}
}

bool
timeline_is_locked(const struct timeline *t)
{
	return t->locked;
}

double
timeline_rate(const struct timeline *t)
{
	return NS / t->period_ns;
}

uint64_t
timeline_real_ntp(int64_t real_ns)
{
	uint64_t seconds = (uint64_t)(real_ns / NS) + NTP_EPOCH;
	uint64_t rest = (uint64_t)(real_ns % NS);

	return seconds << 32 | ((rest << 32) + NS / 2) / NS;
}

struct timeline_line
timeline_line(const struct timeline *t)
{
	struct timeline_line l = {.rate = NS / t->period_ns};

	if (t->offline) {
		l.ntp = t->start;
		return l;
	}
	l.ntp = timeline_real_ntp(t->ns + t->offset_ns);
	l.sample = t->sample;
	/* the line is at `sample` a little later than at `ntp` */
	l.rest = -t->rest_ns / t->period_ns;
	return l;
}

uint64_t
timeline_sample(struct timeline_line *l, uint64_t ntp, uint32_t *rank)
{
	/* as signed distance: right over the end of an NTP era, too */
	int64_t away = (int64_t)(ntp - l->ntp);
	double at = (double)away / 4294967296.0 * l->rate + l->rest;
	double nearest = floor(at + 0.5);

	if (l->anchored) {
		double distance = at - l->first;
		double whole = floor(distance + 0.5);
		if (fabs(distance - whole) < WHOLE) {
			nearest = (double)l->first_sample + whole;
		}
	} else {
		l->anchored = true;
		l->first = at;
		l->first_sample = (int64_t)nearest;
	}
	double fine = floor((at - nearest + 0.5) * 65536.0);
	fine = fine < 0.0 ? 0.0 : fine > 65535.0 ? 65535.0 : fine;
	*rank = (uint32_t)fine;
	if (nearest < -(double)l->sample) {
		*rank = 0;
		return 0;
	}
	return l->sample + (uint64_t)(int64_t)nearest;
}

uint64_t
timeline_ntp(const struct timeline_line *l, uint64_t sample)
{
	double away = (double)(int64_t)(sample - l->sample) - l->rest;

	return l->ntp +
	       (uint64_t)(int64_t)llrint(away / l->rate * 4294967296.0);
}

static int64_t
read_ns(clockid_t which)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(which, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

int64_t
timeline_offset(void)
{
	int64_t best = 0;
	int64_t least = INT64_MAX;

	/* the narrowest of a few brackets: a reading may be interrupted */
	for (int i = 0; i < 5; i++) {
		int64_t before = read_ns(CLOCK_MONOTONIC);
		int64_t real = read_ns(CLOCK_REALTIME);
		int64_t after = read_ns(CLOCK_MONOTONIC);
		if (after - before < least) {
			least = after - before;
			best = real - (before + (after - before) / 2);
		}
	}
	return best;
}
