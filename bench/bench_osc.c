/* SPDX-License-Identifier: MIT */
/*
 * bench_osc.c -- how many messages the daemon takes on loopback.
 *
 * One sender, /node/set of one control of a synth that sounds, as single
 * datagrams and as bundles of 20.  First at ever higher rates until
 * something is lost: the last rate at which nothing was is told.  Then as
 * fast as this program can send: the rate, the share that was lost, and the
 * processor time of the whole daemon for each message that it took, its audio
 * thread and its idling included.
 *
 * Lost is what was sent and not counted by /stats as taken: the kernel
 * dropped it, there was no room in the socket.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "child.h"

#define FLOOD_NS   300000000
#define SLICE_NS   100000000
#define BUNDLE     20
#define PACKET     4096
#define FIRST_RATE 25000.0 /* packets a second */
#define STEP       1.25
#define STEPS      16
#define AT_ONCE    64 /* packets that the kernel is handed in one call */

/** A kind of packet. */
struct way {
	const char *name;
	uint32_t messages;
	size_t size;
	uint8_t data[PACKET];
};

static size_t
put_set(uint8_t *data, size_t room, float freq)
{
	struct osc_out o;

	osc_begin(&o, data, room, "/node/set");
	osc_put_int(&o, 1);
	osc_put_string(&o, "freq");
	osc_put_float(&o, freq);
	return osc_end(&o);
}

static void
make(struct way *w)
{
	uint8_t one[64];
	bool fits = true;

	if (w->messages == 1) {
		w->size = put_set(w->data, sizeof w->data, 440.0F);
		return;
	}
	fits = osc_bundle_begin(w->data, sizeof w->data, &w->size, OSC_NOW);
	for (uint32_t i = 0; i < w->messages; i++) {
		size_t n = put_set(one, sizeof one, 440.0F + (float)i);
		fits = fits && osc_bundle_add(w->data, sizeof w->data, &w->size,
				       one, n);
	}
	if (!fits) {
		fprintf(stderr, "bench_osc: the bundle does not fit\n");
		exit(EXIT_FAILURE);
	}
}

/** What became of a slice of time. */
struct slice {
	double rate; /* messages a second that were sent */
	double lost; /* share */
	double cpu;  /* ns of the daemon for each message that it took */
};

/** Send at a rate (0: as fast as it goes) for a while, then count. */
static struct slice
run(struct child *c, const struct way *w, double rate, int64_t length_ns)
{
	double taken = child_stat(c, "packets");
	int64_t cpu = child_cpu(c);
	int64_t began = bench_now();
	int64_t now = began;
	uint64_t sent = 0;

	while (now < began + length_ns) {
		double due = (double)(now - began) * 1e-9 * rate;
		uint64_t until = rate > 0.0 ? (uint64_t)due : sent + AT_ONCE;
		while (sent < until) {
			uint64_t n = until - sent;
			n = n < AT_ONCE ? n : AT_ONCE;
			child_flood(c, w->data, w->size, (uint32_t)n);
			sent += n;
		}
		now = bench_now();
	}
	double seconds = (double)(now - began) * 1e-9;
	child_sync(c, (int32_t)(sent & 0xFFFFFF));
	cpu = child_cpu(c) - cpu;
	/* not ours: the first /stats, the answered /sync, the second /stats;
	 * what counts a packet in counts it before it is answered */
	taken = child_stat(c, "packets") - taken - 2.0;
	struct slice s = {
		.rate = (double)(sent * w->messages) / seconds,
		.lost = taken < (double)sent ? 1.0 - taken / (double)sent : 0.0,
		.cpu = (double)cpu / (taken * w->messages),
	};
	return s;
}

/** The last rate of a rising ladder at which nothing was lost. */
static double
climb(struct child *c, const struct way *w)
{
	double best = 0.0;
	double rate = FIRST_RATE;

	for (int i = 0; i < STEPS; i++, rate *= STEP) {
		struct slice s = run(c, w, rate, SLICE_NS);
		/* a sender that cannot keep its rate is at its own end */
		if (s.lost > 0.0 || s.rate < 0.9 * rate * w->messages) {
			break;
		}
		best = s.rate;
	}
	return best;
}

int
main(void)
{
	static struct way ways[] = {
		{.name = "single",    .messages = 1     },
		{.name = "bundle-20", .messages = BUNDLE},
	};
	enum { LOSSLESS, RATE, LOST, CPU, FIGURES };
	static const char *const name[FIGURES][2] = {
		{"lossless",   "1/s"},
		{"flood/sent", "1/s"},
		{"flood/lost", "%"  },
		{"flood/cpu",  "ns" },
	};
	uint32_t turns = bench_repeat(5);
	struct child *c = calloc(1, sizeof *c);
	struct bench figure[2][FIGURES];
	char text[2][FIGURES][64];
	struct bench refused;

	if (c == NULL) {
		return EXIT_FAILURE;
	}
	child_start(c);
	child_sine(c, 1);
	child_sync(c, 1);
	for (int k = 0; k < 2; k++) {
		make(&ways[k]);
		for (int i = 0; i < FIGURES; i++) {
			snprintf(text[k][i], sizeof text[k][i], "osc/%s/%s",
				ways[k].name, name[i][0]);
			bench_open(
				&figure[k][i], text[k][i], name[i][1], turns);
		}
	}
	for (uint32_t n = 0; n < turns; n++) {
		for (int k = 0; k < 2; k++) {
			struct slice s = run(c, &ways[k], 0.0, FLOOD_NS);
			bench_add(&figure[k][RATE], s.rate);
			bench_add(&figure[k][LOST], 100.0 * s.lost);
			bench_add(&figure[k][CPU], s.cpu);
			if (n % 2 == 0) {
				bench_add(&figure[k][LOSSLESS],
					climb(c, &ways[k]));
			}
		}
	}
	bench_begin();
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < FIGURES; i++) {
			bench_print(&figure[k][i]);
			bench_close(&figure[k][i]);
		}
	}
	bench_open(&refused, "osc/refused", "messages", 1);
	bench_add(&refused, child_stat(c, "refused"));
	bench_print(&refused);
	bench_close(&refused);
	bench_open(&refused, "osc/dropped", "packets", 1);
	bench_add(&refused, child_stat(c, "dropped"));
	bench_print(&refused);
	bench_close(&refused);
	child_stop(c);
	free(c);
	return EXIT_SUCCESS;
}
