/* SPDX-License-Identifier: MIT */
/*
 * office_time.c -- NTP tags to samples, by the line that holds for a packet.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "office_private.h"

#define NS        1000000000
#define NTP_1970  2208988800U /* seconds from 1900 to 1970 */
#define OFFLINE_S 0U          /* NTP of sample 0 under the offline driver */

void
office_call_rt(struct office *o)
{
	uint64_t one = 1;

	if (o->given.offline && wake_wanted(&o->wire->rt)) {
		ssize_t written = write(o->wire->rt.fd, &one, sizeof one);
		(void)written;
	}
}

/** Nanoseconds of a clock. */
static int64_t
read_clock(clockid_t clock)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

/** NTP's 32.32 to nanoseconds since 1970; wraps in 2036 as NTP does. */
static int64_t
ntp_to_ns(uint64_t ntp)
{
	int64_t s = (int64_t)(uint32_t)(ntp >> 32) - (int64_t)NTP_1970;
	uint64_t fraction = ntp & 0xFFFFFFFFU;

	return s * NS + (int64_t)((fraction * NS) >> 32);
}

static uint64_t
ns_to_ntp(int64_t ns)
{
	uint64_t s = (uint64_t)(ns / NS) + NTP_1970;
	uint64_t part = (uint64_t)(ns % NS);

	return (s << 32) | ((part << 32) / NS);
}

int
office_time_open(struct office *o)
{
	(void)o;
	return 0;
}

void
office_time_close(struct office *o)
{
	(void)o;
}

int64_t
office_now_ns(void *office)
{
	struct office *o = office;

	if (o->given.offline) {
		double s = (double)gauge_get(o->gauges, GAUGE_SAMPLE) /
			   o->given.rate;
		return (int64_t)(s * NS);
	}
	return read_clock(CLOCK_MONOTONIC);
}

void
office_begin_packet(struct office *o)
{
	struct instant i;

	if (o->given.offline) {
		return;
	}
	if (moment_read(&o->wire->moment, &i)) {
		o->line_sample = (double)i.sample;
		o->line_ns = i.ns + read_clock(CLOCK_REALTIME) -
			     read_clock(CLOCK_MONOTONIC);
	}
}

/** Where on the sample clock a tag falls. */
static double
position(struct office *o, uint64_t ntp)
{
	if (o->given.offline) {
		double s = (double)(ntp >> 32) - OFFLINE_S +
			   (double)(ntp & 0xFFFFFFFFU) / 4294967296.0;
		return s * o->given.rate;
	}
	return o->line_sample +
	       (double)(ntp_to_ns(ntp) - o->line_ns) * 1e-9 * o->given.rate;
}

uint64_t
office_sample(struct office *o, uint64_t ntp, uint64_t *order)
{
	double at = position(o, ntp) + 0.5;
	uint64_t sample = at > 0.0 ? (uint64_t)at : 0;

	*order = at > 0.0 ? (uint64_t)((at - (double)sample) * 65536.0) : 0;
	return sample;
}

double
office_ahead_s(struct office *o, uint64_t ntp)
{
	double now = (double)gauge_get(o->gauges, GAUGE_SAMPLE);

	return (position(o, ntp) - now) / o->given.rate;
}

uint64_t
office_ntp_now(struct office *o)
{
	if (o->given.offline) {
		double s = (double)gauge_get(o->gauges, GAUGE_SAMPLE) /
			   o->given.rate;
		uint64_t whole = (uint64_t)s;
		return ((whole + OFFLINE_S) << 32) |
		       (uint64_t)((s - (double)whole) * 4294967296.0);
	}
	return ns_to_ntp(read_clock(CLOCK_REALTIME));
}

double
office_measured_rate(struct office *o)
{
	return o->given.rate;
}
