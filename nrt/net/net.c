/* SPDX-License-Identifier: MIT */
/*
 * net.c -- see net.h.  Life of the doors, and the way of a packet.
 */
#include "net.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "log.h"
#include "net_private.h"
#include "osc_read.h"

/** While somebody waits to be told, or for a connection to end: rt gives back
 * what needs no answer without a call, and each wake of the loop takes it. */
#define TICK_FAST_S 0.1
#define TICK_SLOW_S 1.0 /* while somebody may fall silent */

int64_t
net_now_ns(const struct net *n)
{
	return n->hooks.now_ns(n->hooks.user);
}

static void
on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct net *n = timer->data;
	int64_t now_ns = net_now_ns(n);

	(void)loop;
	(void)events;
	peer_error_tick(n, now_ns);
	peer_expire(n, now_ns);
	stream_tick(n, now_ns);
	net_pace(n);
}

void
net_pace(struct net *n)
{
	double wanted_s = 0.0;

	if (!TAILQ_EMPTY(&n->unsaid) || n->closing > 0) {
		wanted_s = TICK_FAST_S;
	} else if (n->counts.clients > 0 || n->is_full) {
		wanted_s = TICK_SLOW_S;
	}
	if (wanted_s != n->tick_s) {
		n->tick_s = wanted_s;
		n->tick.repeat = wanted_s;
		ev_timer_again(n->loop, &n->tick);
	}
}

static void
on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct net *n = prepare->data;

	(void)events;
	ev_prepare_stop(loop, prepare);
	peer_reap(n);
}

void
net_reap_soon(struct net *n)
{
	ev_prepare_start(n->loop, &n->reaper);
}

void
net_take_packet(struct peer *p, const void *data, size_t size, int64_t now_ns)
{
	struct net *n = p->net;

	if (size == 0) {
		n->counts.empty++;
		return;
	}
	p->heard_ns = now_ns;
	n->counts.packets++;
	const char *wrong = osc_check(data, size);
	peer_ref(p);
	if (wrong != NULL) {
		n->counts.malformed++;
		peer_error(p, "", 400, NULL, "%s", wrong);
	} else {
		n->hooks.packet(n->hooks.user, p, data, size, now_ns);
	}
	peer_unref(p);
}

void
net_take_broken(struct peer *p, int code, const char *format, ...)
{
	char text[256];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	p->net->counts.packets++;
	p->net->counts.malformed++;
	peer_ref(p);
	peer_error(p, "", code, NULL, "%s", text);
	peer_unref(p);
}

/** For the time when the office is already going home. */
static void
ignore_gone(void *user, struct peer *peer)
{
	(void)user;
	(void)peer;
}

static int
allocate(struct net *n, const struct net_config *config)
{
	/* calloc(0) may give NULL */
	n->listener = calloc(config->listeners + 1, sizeof *n->listener);
	n->slot = calloc(config->max_clients + 1, sizeof(struct peer *));
	n->bytes = malloc(STREAM_READ);
	if (n->listener == NULL || n->slot == NULL || n->bytes == NULL) {
		return -ENOMEM;
	}
	return dgram_open(n->max_packet, &n->batch);
}

int
net_open(struct ev_loop *loop, const struct net_config *config,
	const struct net_hooks *hooks, struct net **out, char *why, size_t size)
{
	assert(config->max_packet >= 16);
	struct net *n = calloc(1, sizeof *n);
	int rc = -ENOMEM;

	if (n == NULL) {
		goto fail;
	}
	n->loop = loop;
	n->hooks = *hooks;
	n->max_packet = config->max_packet;
	n->max_clients = config->max_clients;
	if (getrandom(&n->seed, sizeof n->seed, GRND_NONBLOCK) < 0) {
		n->seed = (uint32_t)net_now_ns(n);
	}
	TAILQ_INIT(&n->idle);
	TAILQ_INIT(&n->unsaid);
	TAILQ_INIT(&n->doomed);
	TAILQ_INIT(&n->conns);
	ev_timer_init(&n->tick, on_tick, 0.0, 0.0);
	ev_prepare_init(&n->reaper, on_prepare);
	n->tick.data = n->reaper.data = n;
	rc = allocate(n, config);
	if (rc != 0) {
		goto fail;
	}
	for (uint32_t i = 0; i < config->listeners; i++) {
		rc = listen_open(
			n, &n->listener[n->listeners], config, i, why, size);
		if (rc == -ENOENT && config->without_folders) {
			log_warn("osc: %s; it goes on without", why);
			continue;
		}
		if (rc != 0) {
			net_close(n);
			return rc;
		}
		n->listeners++;
	}
	*out = n;
	return 0;
fail:
	snprintf(why, size, "no memory for the listeners");
	net_close(n);
	return rc;
}

void
net_unlock(struct net *n)
{
	if (n != NULL && n->batch != NULL) {
		dgram_unlock(n->batch);
	}
}

void
net_close(struct net *n)
{
	if (n == NULL) {
		return;
	}
	n->hooks.gone = ignore_gone;
	while (!TAILQ_EMPTY(&n->conns)) {
		stream_close(TAILQ_FIRST(&n->conns));
	}
	if (n->slot != NULL) {
		peer_forget_all(n);
	}
	for (uint32_t i = 0; i < n->listeners; i++) {
		listen_close(&n->listener[i]);
	}
	ev_timer_stop(n->loop, &n->tick);
	ev_prepare_stop(n->loop, &n->reaper);
	dgram_close(n->batch);
	free(n->bytes);
	free(n->slot);
	free(n->listener);
	free(n);
}

const char *
net_url(const struct net *n, uint32_t i)
{
	return i < n->listeners ? n->listener[i].name : NULL;
}

const struct net_counts *
net_counts(const struct net *n)
{
	return &n->counts;
}

struct net_swarm
net_swarm(struct net *n)
{
	struct net_swarm s = n->swarm;

	n->swarm = (struct net_swarm){0};
	return s;
}

void
net_send_all(struct net *n, uint32_t why, const void *data, size_t size)
{
	for (uint32_t i = 0; i < n->max_clients; i++) {
		if (n->slot[i] != NULL && (n->slot[i]->kept & why) != 0) {
			peer_send(n->slot[i], data, size);
		}
	}
}

struct peer *
net_next_kept(struct net *n, struct peer *p)
{
	for (uint32_t i = p == NULL ? 0 : p->slot + 1; i < n->max_clients;
		i++) {
		if (n->slot[i] != NULL) {
			return n->slot[i];
		}
	}
	return NULL;
}
