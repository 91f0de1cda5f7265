/* SPDX-License-Identifier: MIT */
/*
 * meter.c -- levels of the outputs, for the clients that asked for them.
 *
 * rt gathers peak and power per output in windows of 1/50 s while anybody
 * listens; here they are put together to each client's own rate.
 */
#include <math.h>
#include <stdlib.h>

#include "office_private.h"

/** Let rt gather, or no longer. @errors -ENOBUFS, -ENOMEM */
static int
ask_rt(struct office *o, bool on)
{
	int64_t every = on ? (int64_t)(o->given.rate / METER_HZ) : 0;
	int err = on == o->metering ? 0
				    : office_own(o, COMMAND_METER, NULL, every);

	if (err == 0) {
		o->metering = on;
	}
	return err;
}

void
meter_forget(struct office *o, struct peer *peer)
{
	struct client *client = peer_data(peer);

	if (client != NULL) {
		free(client);
		peer_set_data(peer, NULL);
		o->meters--;
		if (o->meters == 0) {
			/* where it fails, the next level tries again */
			(void)ask_rt(o, false);
		}
	}
}

/** Begin to tell a client, or at another rate. */
static void
begin(struct request *r, double hz)
{
	struct office *o = r->office;
	struct client *client = peer_data(r->peer);
	bool new = client == NULL;

	if (!request_keep(r, KEEP_METER)) {
		return;
	}
	client = new ? calloc(1, sizeof *client) : client;
	if (client == NULL || ask_rt(o, true) != 0) {
		request_fail(r, 503,
			"no memory, or the command ring is full: ask again");
		if (new) {
			free(client);
			peer_unkeep(r->peer, KEEP_METER);
		}
		return;
	}
	if (new) {
		peer_set_data(r->peer, client);
		o->meters++;
	}
	client->period = o->given.rate / hz;
	client->due = 0.0; /* the next level is told */
}

void
engine_meter(struct request *r)
{
	double hz = 10.0;
	int32_t on;

	if (!request_int(r, "on", &on) ||
		(request_more(r) && !request_number(r, "hz", &hz)) ||
		!request_end(r)) {
		return;
	}
	if (!(hz > 0.0) || hz > METER_HZ) {
		request_fail(r, 422, "hz %g is not within 0 (excluded) … %g",
			hz, METER_HZ);
		return;
	}
	if (on != 0) {
		begin(r, hz);
		return;
	}
	meter_forget(r->office, r->peer);
	peer_unkeep(r->peer, KEEP_METER);
}

/** Send what a client's time has come for. */
static void
tell(struct office *o, struct peer *peer, struct client *client)
{
	struct answer a;

	answer_begin(&a, "/meter.levels");
	for (uint32_t c = 0; c < o->config->audio.outputs; c++) {
		double power = client->frames > 0
				       ? client->squares[c] / client->frames
				       : 0.0;
		osc_put_float(&a.out, client->peak[c]);
		osc_put_float(&a.out, (float)sqrt(power));
		client->peak[c] = 0.0F;
		client->squares[c] = 0.0;
	}
	client->frames = 0;
	answer_send(&a, peer);
}

void
meter_take(struct office *o, const struct report *r)
{
	uint32_t c = r->u.level.channel;
	bool last = c + 1 == o->config->audio.outputs;

	if (o->net == NULL || c >= 64) {
		return;
	}
	if (o->meters == 0) {
		(void)ask_rt(o, false);
		return;
	}
	for (struct peer *p = net_next_kept(o->net, NULL); p != NULL;
		p = net_next_kept(o->net, p)) {
		struct client *client = peer_data(p);
		if ((peer_kept(p) & KEEP_METER) == 0 || client == NULL) {
			continue;
		}
		if (r->u.level.peak > client->peak[c]) {
			client->peak[c] = r->u.level.peak;
		}
		client->squares[c] += r->u.level.squares;
		if (!last) {
			continue;
		}
		client->frames += r->u.level.frames;
		/* half a window early is nearer than half a window late */
		double now = (double)(r->sample + r->u.level.frames / 2);
		if (now < client->due) {
			continue;
		}
		/* from where it was due, so that the rate is what was asked,
		 * unless it is the first or some were lost */
		client->due += client->period;
		if (client->due <= now) {
			client->due = (double)r->sample + client->period;
		}
		tell(o, p, client);
	}
}
