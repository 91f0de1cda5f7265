/* SPDX-License-Identifier: MIT */
/*
 * office.c -- see office.h.  Its life, and its turn in the loop.
 *
 * The loop announces that it will sleep, looks at the ring once more, and
 * only then polls (wake.h); after each poll it takes reports, a bounded
 * number, so that sockets get their turn.
 */
#include "office.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "office_private.h"

#define AT_ONCE 64 /* reports taken from the ring in one go */

/** Memory of batches that rt has not given back, beside two answers to
 * /node/tree: clients cannot make the daemon take more. */
#define MOST_OUT_BYTES (UINT32_C(64) << 20)

/** Take reports, at most `most`. @return true when some may be left */
static bool
drain(struct office *o, uint32_t most)
{
	struct report r[AT_ONCE];

	for (uint32_t done = 0; done < most;) {
		uint32_t n = ring_take(o->wire->reports, r, AT_ONCE);
		for (uint32_t i = 0; i < n; i++) {
			reports_take(o, &r[i]);
		}
		if (n == 0) {
			return false;
		}
		done += n;
	}
	return true;
}

void
office_drain(struct office *o)
{
	(void)drain(o, UINT32_MAX);
}

static void
on_called(struct ev_loop *loop, ev_io *w, int events)
{
	uint64_t calls;

	(void)loop;
	(void)events;
	/* what was posted is taken in on_awake */
	ssize_t got = read(w->fd, &calls, sizeof calls);
	(void)got;
}

static void
on_idle(struct ev_loop *loop, ev_idle *w, int events)
{
	(void)loop;
	(void)w;
	(void)events;
}

/** Let datagrams gather, until rt calls or it is time to read them. */
static void
rest(struct office *o)
{
	struct net_swarm came = {0};
	double block_ns = 1e9 * o->config->audio.block / o->given.rate;
	struct pollfd call = {o->wire->loop.fd, POLLIN, 0};
	struct instant newest;

	if (o->net != NULL) {
		came = net_swarm(o->net);
	}
	if (came.datagrams == 0) {
		return;
	}
	bool known =
		!o->given.offline && moment_read(&o->wire->moment, &newest);
	int64_t ns = rest_time(&o->rest, &came, known ? &newest : NULL,
		(int64_t)block_ns, office_now_ns(o));
	if (ns > 0) {
		struct timespec t = {0, (long)ns};
		/* EINTR: so be it */
		(void)ppoll(&call, 1, &t, NULL);
		rest_end(&o->rest, office_now_ns(o));
	}
}

static void
on_sleep(struct ev_loop *loop, ev_prepare *w, int events)
{
	struct office *o = w->data;

	(void)events;
	wake_announce(&o->wire->loop);
	if (ring_filled(o->wire->reports) > 0) {
		ev_idle_start(loop, &o->busy);
	} else {
		ev_idle_stop(loop, &o->busy);
		rest(o);
	}
}

static void
on_awake(struct ev_loop *loop, ev_check *w, int events)
{
	struct office *o = w->data;

	(void)loop;
	(void)events;
	wake_clear(&o->wire->loop);
	(void)drain(o, REPORTS_PER_TURN);
}

int
office_open(struct ev_loop *loop, const struct office_config *config,
	struct office **out)
{
	struct office *o = calloc(1, sizeof *o);
	if (o == NULL) {
		return -ENOMEM;
	}
	o->loop = loop;
	o->given = *config;
	o->config = config->config;
	o->wire = config->wire;
	o->gauges = &config->wire->gauges;
	o->defs = config->defs;
	int err = errands_open(o);
	if (err != 0) {
		errands_close(o);
		free(o);
		return err;
	}
	address_index(o->address);
	/* the largest answers of all must have its room, twice */
	o->store.most = MOST_OUT_BYTES +
			2 * sizeof(struct tree_item) *
				config->config->limits.max_nodes +
			2 * sizeof(struct connection_item) *
				config->config->limits.max_connections;
	office_time_open(o);
	ev_io_init(&o->called, on_called, o->wire->loop.fd, EV_READ);
	ev_prepare_init(&o->sleep, on_sleep);
	ev_check_init(&o->awake, on_awake);
	ev_idle_init(&o->busy, on_idle);
	o->sleep.data = o;
	o->awake.data = o;
	ev_io_start(loop, &o->called);
	ev_prepare_start(loop, &o->sleep);
	ev_check_start(loop, &o->awake);
	log_osc_configure(o);
	*out = o;
	return 0;
}

static void
on_packet(void *user, struct peer *peer, const void *data, size_t size,
	int64_t came_ns)
{
	office_packet(user, peer, data, size, came_ns);
}

static void
on_gone(void *user, struct peer *peer)
{
	meter_forget(user, peer);
}

static bool
is_default(const struct config *c, const char *path)
{
	const char *origin = config_origin(c, path);

	return origin != NULL && strcmp(origin, "default") == 0;
}

int
office_listen(struct office *o, bool all, char *why, size_t size)
{
	struct net_hooks hooks = {
		.user = o,
		.packet = on_packet,
		.gone = on_gone,
		.now_ns = office_now_ns,
	};
	struct net_config config = {
		.max_packet = (uint32_t)o->config->limits.max_packet,
		.max_clients = o->config->osc.max_clients,
		.listeners = all ? o->config->osc.listeners.count : 0,
		.listener = o->config->osc.listeners.items,
		/* the socket of the shipped unit: by hand there is none */
		.without_folders = is_default(o->config, "osc.listeners"),
	};

	return net_open(o->loop, &config, &hooks, &o->net, why, size);
}

void
office_close(struct office *o)
{
	struct batch *head;

	if (o == NULL) {
		return;
	}
	office_drain(o);
	/* what rt never took */
	while (ring_take(o->wire->commands, &head, 1) == 1) {
		while (head != NULL) {
			struct batch *next = head->chain;
			outcome_free(o, head);
			head = next;
		}
	}
	ev_io_stop(o->loop, &o->called);
	ev_prepare_stop(o->loop, &o->sleep);
	ev_check_stop(o->loop, &o->awake);
	ev_idle_stop(o->loop, &o->busy);
	office_time_close(o);
	log_osc_close(o);
	errands_close(o);
	for (struct peer *p = NULL; o->net != NULL;) {
		/* net_close calls no hook: what was kept for clients goes now
		 */
		p = net_next_kept(o->net, p);
		if (p == NULL) {
			break;
		}
		free(peer_data(p));
		peer_set_data(p, NULL);
	}
	net_close(o->net);
	arena_store_fini(&o->store);
	free(o);
}

int
office_own(
	struct office *o, enum command_kind kind, void *device, int64_t number)
{
	struct batch *b = arena_open(&o->store);
	struct command *c = b != NULL ? arena_take(b, sizeof *c) : NULL;

	if (c == NULL) {
		if (b != NULL) {
			arena_close(&o->store, b);
		}
		return -ENOMEM;
	}
	c->kind = (uint16_t)kind;
	if (device != NULL) {
		c->u.device = device;
	} else {
		c->u.number = number;
	}
	b->first = c;
	b->commands = 1;
	b->parts = 1;
	b->flags = BATCH_NOW;
	if (ring_post(o->wire->commands, &b, 1) == 0) {
		arena_close(&o->store, b);
		return -ENOBUFS;
	}
	o->out_batches++;
	office_call_rt(o);
	return 0;
}

int
office_give_device(struct office *o, void *device)
{
	return office_own(o, COMMAND_DEVICE, device, 0);
}

int
office_stop(struct office *o)
{
	return office_own(o, COMMAND_STOP, NULL, 0);
}

void
office_configure(struct office *o, const struct config *config)
{
	o->config = config;
	o->given.config = config;
	work_pool_set_timeout(o->pool, config->workers.job_timeout_s);
	log_osc_configure(o);
}

struct net *
office_net(struct office *o)
{
	return o->net;
}

void
office_set_degraded(struct office *o, bool degraded)
{
	o->degraded = degraded;
}

void
office_set_stopping(struct office *o)
{
	o->stopping = true;
}

void
office_set_device_lost(struct office *o, bool lost)
{
	o->device_lost = lost;
}

void
office_set_faults(struct office *o, uint64_t faults)
{
	o->faults = faults;
}

void
office_set_rights(struct office *o, bool fifo, bool locked)
{
	o->fifo = fifo;
	o->locked = locked;
}

void
office_count_audit(struct office *o)
{
	o->audited++;
}
