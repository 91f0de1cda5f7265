/* SPDX-License-Identifier: MIT */
/*
 * office_time.c -- NTP tags to samples, by the line that holds for a packet.
 */
#include <time.h>
#include <unistd.h>

#include "office_private.h"

#define NS INT64_C(1000000000)

/** NTP of sample 0 under the offline driver: tags count from the start. */
#define OFFLINE_START 0

void
office_call_rt(struct office *o)
{
	uint64_t one = 1;

	if (o->given.offline && wake_wanted(&o->wire->rt)) {
		ssize_t written = write(o->wire->rt.fd, &one, sizeof one);
		(void)written;
	}
}

static void
feed(struct office *o)
{
	struct instant now;

	if (!o->given.offline && moment_read(&o->wire->moment, &now)) {
		timeline_feed(&o->time, &now, timeline_offset());
	}
}

static void
on_feed(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	feed(w->data);
}

void
office_time_open(struct office *o)
{
	double period_s = TIMELINE_FEED_MS / 1000.0;

	if (o->given.offline) {
		timeline_init_offline(&o->time, o->given.rate, OFFLINE_START);
	} else {
		timeline_init(&o->time, o->given.rate);
	}
	ev_timer_init(&o->feed, on_feed, period_s, period_s);
	o->feed.data = o;
	if (!o->given.offline) {
		ev_timer_start(o->loop, &o->feed);
	}
}

void
office_time_close(struct office *o)
{
	ev_timer_stop(o->loop, &o->feed);
}

int64_t
office_now_ns(void *office)
{
	struct office *o = office;
	struct timespec t = {0, 0};

	if (o->given.offline) {
		uint64_t sample = gauge_get(o->gauges, GAUGE_SAMPLE);
		return (int64_t)((double)sample / o->given.rate * 1e9);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

void
office_begin_packet(struct office *o)
{
	if (!o->time.fed) {
		feed(o);
	}
	o->line = timeline_line(&o->time);
	if (!o->given.offline && !o->time.fed) {
		/* rt has not begun: it will, and about now */
		o->line = (struct timeline_line){
			.ntp = office_ntp_now(o),
			.sample = gauge_get(o->gauges, GAUGE_SAMPLE),
			.rate = o->given.rate,
		};
	}
}

uint64_t
office_sample(struct office *o, uint64_t ntp, uint64_t *rank)
{
	uint32_t part;
	uint64_t sample = timeline_sample(&o->line, ntp, &part);

	*rank = part;
	return sample;
}

double
office_ahead_s(struct office *o, uint64_t ntp)
{
	uint64_t now =
		timeline_ntp(&o->line, gauge_get(o->gauges, GAUGE_SAMPLE));

	if (o->given.offline) {
		/* tags count from the start: there are no eras */
		return ((double)ntp - (double)now) / 4294967296.0;
	}
	/* 32.32, as a signed distance */
	return (double)(int64_t)(ntp - now) / 4294967296.0;
}

uint64_t
office_ntp_now(struct office *o)
{
	struct timespec t = {0, 0};

	if (o->given.offline) {
		struct timeline_line line = timeline_line(&o->time);
		return timeline_ntp(&line, gauge_get(o->gauges, GAUGE_SAMPLE));
	}
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return timeline_real_ntp((int64_t)t.tv_sec * NS + t.tv_nsec);
}

double
office_measured_rate(struct office *o)
{
	return timeline_rate(&o->time);
}
