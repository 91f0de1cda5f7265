/* SPDX-License-Identifier: MIT */
/*
 * house_render.c -- see house_render.h.
 *
 * The daemon's own rooms under the offline driver: a packet is handed in when
 * time has come to the block that it falls in, then time goes on; so a score
 * of any length needs no more room than what is due in one block.
 */
#include "house_render.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config.h"
#include "house.h"
#include "log.h"
#include "net.h"
#include "office.h"
#include "osc_read.h"
#include "osc_write.h"
#include "score.h"

#define MOST_SETS 300

/** What one /offline/run asks for at the most. */
#define MOST_FRAMES (1 << 24)

struct render {
	const struct render_job *job;
	struct config *config;
	struct ev_loop *loop;
	struct house *house;
	struct peer *peer;
	uint64_t now;
	bool ran;     /* the last run was answered */
	bool stopped; /* rt has stopped */
};

/** What the engine answers the score's sender. */
static void
on_answer(void *user, const void *data, size_t size)
{
	struct render *r = user;
	struct osc_walk walk;
	struct osc_message m;

	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		if (strcmp(m.address, "/offline/run.reply") == 0) {
			r->ran = true;
		} else {
			r->job->told(r->job->user, &m);
		}
	}
}

static void
on_stopped(void *user)
{
	struct render *r = user;

	r->stopped = true;
}

/** Ask for notifications: what became of resources and jobs is told so. */
static void
subscribe(struct render *r)
{
	struct osc_out out;
	uint8_t data[64];

	osc_begin(&out, data, sizeof data, "/notify");
	osc_put_int(&out, 1);
	office_packet(house_office(r->house), r->peer, data, osc_end(&out), 0);
}

/** Let `frames` pass, and all that comes of them be answered. */
static void
run(struct render *r, uint64_t frames)
{
	while (frames > 0) {
		struct osc_out out;
		uint8_t data[64];
		uint64_t n = frames < MOST_FRAMES ? frames : MOST_FRAMES;

		osc_begin(&out, data, sizeof data, "/offline/run");
		osc_put_int(&out, (int32_t)n);
		r->ran = false;
		office_packet(house_office(r->house), r->peer, data,
			osc_end(&out), 0);
		while (!r->ran) {
			ev_run(r->loop, EVRUN_ONCE);
		}
		r->now += n;
		frames -= n;
	}
}

static void
play(struct render *r)
{
	const struct render_job *job = r->job;
	double rate = r->config->audio.rate;
	uint64_t block = r->config->audio.block;
	uint32_t count = job->score != NULL ? job->score->count : 0;
	double length = job->seconds >= 0.0  ? job->seconds
			: job->score != NULL ? score_seconds(job->score->end)
					     : 0.0;
	uint64_t end = (uint64_t)llround(length * rate);

	for (uint32_t i = 0; i < count; i++) {
		const struct score_packet *p = &job->score->packet[i];
		uint64_t at = (uint64_t)llround(score_seconds(p->time) * rate);
		uint64_t from = at / block * block;
		if (from >= end && at > end) {
			break;
		}
		if (from > r->now) {
			run(r, (from < end ? from : end) - r->now);
		}
		office_packet(
			house_office(r->house), r->peer, p->data, p->size, 0);
	}
	if (end > r->now) {
		run(r, end - r->now);
	}
}

/** The settings that a rendering is made with; they come last and win. */
static int
read_config(struct render *r)
{
	const struct render_job *job = r->job;
	const char *sets[MOST_SETS];
	struct config_errors errors = {0};
	char tap[4200];
	uint32_t n = 0;
	size_t at = (size_t)snprintf(tap, sizeof tap, "audio.tap=\"");

	if (job->nsets + 2 > MOST_SETS) {
		job->wrong(job->user, "too many settings");
		return EX_CONFIG;
	}
	for (const char *c = job->out; *c != '\0' && at < sizeof tap - 4; c++) {
		if (*c == '"' || *c == '\\') {
			tap[at++] = '\\';
		}
		tap[at++] = *c;
	}
	tap[at++] = '"';
	tap[at] = '\0';
	for (; n < job->nsets; n++) {
		sets[n] = job->sets[n];
	}
	sets[n++] = "audio.driver=\"offline\"";
	sets[n++] = tap;
	int err = config_load(job->config, sets, n, &r->config, &errors);
	for (uint32_t i = 0; i < errors.count; i++) {
		job->wrong(job->user, errors.items[i]);
	}
	config_errors_fini(&errors);
	return err == 0         ? 0
	       : err == -ENOENT ? EX_NOINPUT
	       : err == -ENOMEM ? EX_SOFTWARE
				: EX_CONFIG;
}

int
house_render(const struct render_job *job)
{
	struct render r = {.job = job};

	char why[512] = "";
	int code = read_config(&r);

	if (code != 0) {
		return code;
	}
	/* what is told goes to the caller; the log is for what is wrong */
	log_set_level(LOG_LEVEL_WARN);
	r.loop = ev_loop_new(EVFLAG_AUTO);
	struct house_config hc = {
		.config = r.config,
		.loop = r.loop,
		.realtime = false,
		.local = true,
		.stopped = on_stopped,
		.user = &r,
	};
	code = r.loop != NULL ? house_open(&hc, &r.house, why, sizeof why)
			      : EX_SOFTWARE;
	if (code == 0) {
		r.peer = net_local(
			office_net(house_office(r.house)), on_answer, &r);
		code = r.peer != NULL ? 0 : EX_SOFTWARE;
	}
	if (code == 0) {
		subscribe(&r);
		play(&r);
		house_stop(r.house);
		while (!r.stopped) {
			ev_run(r.loop, EVRUN_ONCE);
		}
		peer_unref(r.peer);
	} else {
		job->wrong(job->user, why[0] != '\0' ? why : "no memory");
	}
	if (house_close(r.house) != 0) {
		job->wrong(
			job->user, "works that do not return were abandoned");
		log_flush();
		_Exit(EX_SOFTWARE);
	}
	if (r.loop != NULL) {
		ev_loop_destroy(r.loop);
	}
	config_close(r.config);
	return code;
}
