/* SPDX-License-Identifier: MIT */
/*
 * compare_osc.c -- row 8: messages, scsynth and tactusd in real time.
 *
 * Both play one sine in blocks of 64 frames, without a card.  One sender on
 * loopback sets one control, as single datagrams and as bundles of 20: at a
 * pace that both keep up with, and as fast as it can.  Told are the processor
 * time of the whole process for each message that it took, less what it needs
 * in that time when nobody says anything, and what was lost: what the kernel
 * dropped at the socket, for want of room in it.  They take turns; both live
 * all the time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "child.h"
#include "compare.h"
#include "score.h"
#include "scsynth.h"

#define LENGTH_NS 300000000
#define IDLE_NS   200000000
#define AT_ONCE   32   /* packets that the kernel is handed in one call */
#define PACE      5000 /* packets a second */
#define BUNDLE    20
#define NODE      1

enum way { SINGLE, BUNDLED, WAYS };
enum speed { PACED, FLOOD, SPEEDS };

/** One that listens. */
struct ear {
	const char *name;
	struct child *child;
	uint16_t port;
	const char *address; /* that sets a control */
	size_t size[WAYS];
	uint8_t packet[WAYS][2048];
	struct bench cost[WAYS][SPEEDS]; /* ns a message */
	struct bench lost[WAYS][SPEEDS]; /* % */
	struct bench rate[WAYS][SPEEDS]; /* messages a second that were sent */
	char text[3][WAYS][SPEEDS][64];
};

static size_t
put_set(const struct ear *e, uint8_t *data, size_t room, float freq)
{
	struct osc_out o;

	osc_begin(&o, data, room, e->address);
	osc_put_int(&o, NODE);
	osc_put_string(&o, "freq");
	osc_put_float(&o, freq);
	return osc_end(&o);
}

static void
make_packets(struct ear *e)
{
	uint8_t one[64];
	uint8_t *to = e->packet[BUNDLED];
	size_t room = sizeof e->packet[BUNDLED];

	e->size[SINGLE] =
		put_set(e, e->packet[SINGLE], sizeof e->packet[SINGLE], 440.0F);
	bool fits = osc_bundle_begin(to, room, &e->size[BUNDLED], OSC_NOW);
	for (int i = 0; i < BUNDLE; i++) {
		size_t n = put_set(e, one, sizeof one, 440.0F + (float)i);
		fits = fits &&
		       osc_bundle_add(to, room, &e->size[BUNDLED], one, n);
	}
	score_must(fits, "a bundle");
}

/** Packets that the kernel has dropped at a port of IPv4 loopback. */
static uint64_t
count_drops(uint16_t port)
{
	char line[512];
	uint64_t drops = 0;
	FILE *f = fopen("/proc/net/udp", "re");

	score_must(f != NULL, "/proc/net/udp");
	while (fgets(line, sizeof line, f) != NULL) {
		unsigned local;
		const char *last = strrchr(line, ' ');
		size_t length = strcspn(line, "\n");
		/* lines end with blanks */
		while (length > 0 && line[length - 1] == ' ') {
			length--;
		}
		line[length] = '\0';
		last = strrchr(line, ' ');
		if (last != NULL && sscanf(line, " %*d: %*x:%x", &local) == 1 &&
			local == port) {
			drops += strtoull(last, NULL, 10);
		}
	}
	fclose(f);
	return drops;
}

/** What it needs when nobody says anything. @return share of a processor */
static double
idle_share(struct ear *e)
{
	int64_t began = bench_now();
	int64_t cpu = child_cpu(e->child);
	struct timespec t = {0, IDLE_NS};

	(void)nanosleep(&t, NULL);
	cpu = child_cpu(e->child) - cpu;
	return (double)cpu / (double)(bench_now() - began);
}

static void
run(struct ear *e, enum way way, enum speed speed)
{
	uint32_t messages = way == BUNDLED ? BUNDLE : 1;
	double idle = idle_share(e);
	uint64_t drops = count_drops(e->port);
	int64_t cpu = child_cpu(e->child);
	int64_t began = bench_now();
	int64_t now = began;
	uint64_t sent = 0;

	while (now < began + LENGTH_NS) {
		double due = 1.0 + (double)(now - began) * 1e-9 * PACE;
		uint64_t until =
			speed == PACED ? (uint64_t)due : sent + AT_ONCE;
		while (sent < until) {
			uint64_t n = until - sent;
			n = n < AT_ONCE ? n : AT_ONCE;
			child_flood(e->child, e->packet[way], e->size[way],
				(uint32_t)n);
			sent += n;
		}
		if (speed == PACED) {
			struct timespec t = {0, 1000000000 / PACE};
			(void)nanosleep(&t, NULL);
		}
		now = bench_now();
	}
	double seconds = (double)(now - began) * 1e-9;
	/* answered when all before it has been taken */
	child_sync(e->child, (int32_t)(sent & 0xFFFFFF));
	double spent = (double)(child_cpu(e->child) - cpu) -
		       idle * (double)(bench_now() - began);
	drops = count_drops(e->port) - drops;
	drops = drops < sent ? drops : sent - 1;
	bench_add(&e->cost[way][speed],
		spent / (double)((sent - drops) * messages));
	bench_add(&e->lost[way][speed], 100.0 * (double)drops / (double)sent);
	bench_add(&e->rate[way][speed], (double)(sent * messages) / seconds);
}

static void
open_figures(struct ear *e, uint32_t turns)
{
	static const char *const way[] = {"single", "bundle-20"};
	static const char *const speed[] = {"paced", "flood"};
	static const char *const unit[] = {"ns", "%", "1/s"};
	static const char *const what[] = {"cpu-a-message", "lost", "sent"};

	make_packets(e);
	for (int w = 0; w < WAYS; w++) {
		for (int s = 0; s < SPEEDS; s++) {
			struct bench *b[] = {
				&e->cost[w][s], &e->lost[w][s], &e->rate[w][s]};
			for (int i = 0; i < 3; i++) {
				char *text = e->text[i][w][s];
				snprintf(text, sizeof e->text[i][w][s],
					"compare/osc/%s/%s/%s/%s", e->name,
					way[w], speed[s], what[i]);
				bench_open(b[i], text, unit[i], turns);
			}
		}
	}
}

static void
tell(struct compare *c, struct ear *theirs, struct ear *ours)
{
	static const char *const what[WAYS][SPEEDS] = {
		{"single datagrams, paced: scsynth's CPU time / tactus's",
                 "single datagrams: scsynth's CPU time / tactus's"},
		{"bundles of 20, paced: scsynth's CPU time / tactus's",
                 "bundles of 20: scsynth's CPU time / tactus's"   },
	};

	for (int w = 0; w < WAYS; w++) {
		for (int s = SPEEDS - 1; s >= 0 && theirs != NULL; s--) {
			compare_ratio(c, 8, what[w][s],
				s == FLOOD ? AT_LEAST : NO_PROMISE, 3.0,
				&theirs->cost[w][s], &ours->cost[w][s]);
		}
	}
	struct ear *ear[] = {ours, theirs};
	for (int i = 0; i < 2 && ear[i] != NULL; i++) {
		for (int w = 0; w < WAYS; w++) {
			for (int s = 0; s < SPEEDS; s++) {
				struct bench *b[] = {&ear[i]->cost[w][s],
					&ear[i]->lost[w][s],
					&ear[i]->rate[w][s]};
				for (int k = 0; k < 3; k++) {
					bench_print(b[k]);
					bool told = s == FLOOD && k < 2;
					if (told) {
						compare_tell(c, 8, b[k]->name,
							i == 0 && k == 1
								? NEVER_OVER
								: NO_PROMISE,
							0.0, b[k]);
					}
					bench_close(b[k]);
				}
			}
		}
	}
}

void
compare_osc(struct compare *c)
{
	static struct ear ear[2];
	static struct child daemon;
	static struct scsynth scsynth;
	bool both = compare_has("scsynth") && compare_has("jackd");

	if (!both) {
		compare_skip(8, "scsynth's side: there is no scsynth or no "
				"jackd (Debian: supercollider-server, jackd2)");
	} else if (!scsynth_start(&scsynth)) {
		compare_skip(8, "scsynth's side: it does not start on JACK's "
				"dummy driver (BENCH_LOG=1 tells why)");
		both = false;
	}
	child_start(&daemon);
	child_sine(&daemon, NODE);
	child_sync(&daemon, 1);
	ear[0] = (struct ear){.name = "tactus",
		.child = &daemon,
		.port = child_port(&daemon),
		.address = "/node/set"};
	open_figures(&ear[0], c->turns);
	if (both) {
		scsynth_sine(&scsynth, NODE);
		ear[1] = (struct ear){.name = "scsynth",
			.child = &scsynth.child,
			.port = scsynth.port,
			.address = "/n_set"};
		open_figures(&ear[1], c->turns);
	}
	for (uint32_t n = 0; n < c->turns; n++) {
		for (int w = 0; w < WAYS; w++) {
			for (int s = 0; s < SPEEDS; s++) {
				run(&ear[0], (enum way)w, (enum speed)s);
				if (both) {
					run(&ear[1], (enum way)w,
						(enum speed)s);
				}
			}
		}
	}
	tell(c, both ? &ear[1] : NULL, &ear[0]);
	child_stop(&daemon);
	if (both) {
		scsynth_stop(&scsynth);
	}
}
