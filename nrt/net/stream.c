/* SPDX-License-Identifier: MIT */
/*
 * stream.c -- see net.h.  Packets in connections, TCP's and UNIX's.
 *
 *	OPEN --EOF, bad framing--> FINISHING --all is sent--> DRAINING -->
 *closed any --reset, does not read, lingers--> doomed --> closed
 *
 * FINISHING takes nothing in any more, but sends what is owed.  DRAINING has
 * said goodbye and only waits for the other side to do so, for a socket that
 * is closed with bytes unread makes the kernel throw our last answer away.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "net_private.h"

#define QUEUE_MAX   (1U << 20) /* bytes that a client may leave unread */
#define QUEUE_KEPT  65536      /* bytes of an empty queue not given back */
#define LINGER_NS   (10 * INT64_C(1000000000))
#define ACCEPT_TURN 16

enum conn_state { CONN_OPEN, CONN_FINISHING, CONN_DRAINING };

struct conn {
	TAILQ_ENTRY(conn) next;
	struct net *net;
	struct peer *peer; /* one reference */
	int fd;
	enum conn_state state;
	bool is_heard_out;   /* the other side has sent its last */
	bool is_impatient;   /* does not wait for answers still to be made */
	int64_t deadline_ns; /* unless OPEN */
	ev_io reader, writer;
	struct slip_in in;
	uint8_t *room; /* of `in` */
	uint8_t *queue;
	size_t head, tail, size; /* bytes head … tail are to be sent */
};

/** More connections than slots: others are answered and forgotten. */
static uint32_t
max_connections(const struct net *n)
{
	return 2 * n->max_clients + 16;
}

static void
set_state(struct conn *c, enum conn_state to)
{
	if (c->state == CONN_OPEN) {
		c->net->closing++;
		c->deadline_ns = net_now_ns(c->net) + LINGER_NS;
		net_pace(c->net);
	}
	c->state = to;
}

/** Send what the socket takes. */
static void
flush(struct conn *c)
{
	while (c->head < c->tail) {
		ssize_t sent = send(c->fd, c->queue + c->head,
			c->tail - c->head, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0) {
			c->head += (size_t)sent;
			continue;
		}
		if (sent < 0 && errno == EINTR) {
			continue;
		}
		if (sent < 0 && errno != EAGAIN) {
			c->net->counts.unsent++;
			c->head = c->tail = 0;
			peer_doom(c->peer);
			return;
		}
		ev_io_start(c->net->loop, &c->writer);
		return;
	}
	c->head = c->tail = 0;
	if (c->size > QUEUE_KEPT) {
		free(c->queue);
		c->queue = NULL;
		c->size = 0;
	}
	ev_io_stop(c->net->loop, &c->writer);
	stream_settle(c);
}

void
stream_settle(struct conn *c)
{
	if (c->state != CONN_FINISHING || c->head < c->tail ||
		(c->peer->refs > 1 && !c->is_impatient)) {
		return;
	}
	set_state(c, CONN_DRAINING);
	if (c->is_heard_out || shutdown(c->fd, SHUT_WR) != 0) {
		peer_doom(c->peer);
	}
}

/** Make room for `size` bytes behind the tail. */
static int
make_room(struct conn *c, size_t size)
{
	size_t queued = c->tail - c->head;

	if (c->size - c->tail >= size) {
		return 0;
	}
	if (c->head > 0) {
		memmove(c->queue, c->queue + c->head, queued);
		c->head = 0;
		c->tail = queued;
	}
	if (c->size - queued >= size) {
		return 0;
	}
	size_t wanted = c->size < 4096 ? 4096 : 2 * c->size;
	while (wanted - queued < size) {
		wanted *= 2;
	}
	uint8_t *grown = realloc(c->queue, wanted);
	if (grown == NULL) {
		return -ENOMEM;
	}
	c->queue = grown;
	c->size = wanted;
	return 0;
}

void
stream_send(struct peer *p, const void *data, size_t size)
{
	struct conn *c = p->conn;
	size_t most = slip_bound(c->in.framing, size);

	if (c->state == CONN_DRAINING || p->is_doomed) {
		c->net->counts.unsent++;
		return;
	}
	if (c->tail - c->head + most > QUEUE_MAX || make_room(c, most) != 0) {
		log_warn("net: %s does not read; %zu bytes are waiting for "
			 "it, so it is closed",
			peer_name(p), c->tail - c->head);
		c->net->counts.closed++;
		c->net->counts.unsent++;
		peer_doom(p);
		return;
	}
	bool waiting = c->head < c->tail;
	c->tail += slip_write(c->in.framing, data, size, c->queue + c->tail);
	if (!waiting) {
		flush(c);
	}
}

static void
on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	flush(io->data);
}

/** Take nothing in any more; end when what is owed is sent. */
static void
finish(struct conn *c, bool heard_out, bool impatient)
{
	c->is_heard_out = heard_out;
	c->is_impatient = impatient;
	if (heard_out) {
		ev_io_stop(c->net->loop, &c->reader);
	}
	set_state(c, CONN_FINISHING);
	peer_lose(c->peer);
	stream_settle(c);
}

static void
take_event(struct conn *c, enum slip_event e, int64_t now_ns)
{
	struct peer *p = c->peer;
	uint32_t most = c->net->max_packet;

	switch (e) {
	case SLIP_PACKET:
		net_take_packet(p, c->in.data, c->in.size, now_ns);
		break;
	case SLIP_BAD_ESCAPE:
		net_take_broken(
			p, 400, "a packet with a SLIP escape that is none");
		break;
	case SLIP_TOO_LARGE:
		net_take_broken(p, 413,
			"a packet is over limits.max_packet (%u bytes)", most);
		break;
	case SLIP_BAD_START:
		net_take_broken(p, 400,
			"a stream begins with 0xC0, '/' or '#' (SLIP) or with "
			"0x00 (a length before each packet)");
		finish(c, false, true);
		break;
	case SLIP_BAD_LENGTH:
		net_take_broken(p, 400,
			"the length %u before a packet is 0 or no multiple of "
			"4",
			c->in.length);
		finish(c, false, true);
		break;
	case SLIP_OVER_LENGTH:
		net_take_broken(p, 413,
			"a packet of %u bytes is over limits.max_packet (%u)",
			c->in.length, most);
		finish(c, false, true);
		break;
	case SLIP_MORE:
		break;
	}
}

static void
on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct conn *c = io->data;
	struct net *n = c->net;

	(void)loop;
	(void)events;
	ssize_t got = recv(c->fd, n->bytes, STREAM_READ, MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (got <= 0) {
		if (got == 0 && c->state == CONN_OPEN) {
			finish(c, true, false);
		} else {
			ev_io_stop(n->loop, &c->reader);
			peer_doom(c->peer);
		}
		return;
	}
	const uint8_t *at = n->bytes, *end = at + got;
	int64_t now_ns = net_now_ns(n);
	while (c->state == CONN_OPEN && at < end && !c->peer->is_doomed) {
		take_event(c, slip_next(&c->in, &at, end), now_ns);
	}
}

/** The client's name: the address, or for UNIX the process. */
static void
name_peer(struct peer *p, const struct listener *l, int fd)
{
	struct ucred who;
	socklen_t size = sizeof who;

	if (!url_is_local(l->url.scheme)) {
		url_show(l->url.scheme, &p->address.any, p->address_size,
			p->name, sizeof p->name);
	} else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
		snprintf(p->name, sizeof p->name, "%.*s pid %d", NAME_ROOM - 24,
			l->name, (int)who.pid);
	} else {
		snprintf(p->name, sizeof p->name, "%s", l->name);
	}
}

static void
set_options(int fd)
{
	const struct {
		int level, name, value;
	} option[] = {
		{IPPROTO_TCP, TCP_NODELAY,   1 },
		{SOL_SOCKET,  SO_KEEPALIVE,  1 },
		{IPPROTO_TCP, TCP_KEEPIDLE,  60}, /* s */
		{IPPROTO_TCP, TCP_KEEPINTVL, 10}, /* s */
		{IPPROTO_TCP, TCP_KEEPCNT,   3 },
	};

	/* none is needed to work; each makes it better */
	for (size_t i = 0; i < sizeof option / sizeof option[0]; i++) {
		(void)setsockopt(fd, option[i].level, option[i].name,
			&option[i].value, sizeof option[i].value);
	}
}

/** @owns fd in any case */
static int
open_conn(struct listener *l, int fd, const union address *from, socklen_t size)
{
	struct net *n = l->net;
	struct conn *c = calloc(1, sizeof *c);
	uint8_t *room = malloc(n->max_packet);
	struct peer *p = peer_open(l, c, net_now_ns(n));

	if (c == NULL || room == NULL || p == NULL) {
		free(p);
		free(room);
		free(c);
		close(fd);
		return -ENOMEM;
	}
	c->net = n;
	c->peer = p;
	c->fd = fd;
	c->state = CONN_OPEN;
	c->room = room;
	slip_init(&c->in, room, n->max_packet);
	p->address = *from;
	p->address_size = size;
	name_peer(p, l, fd);
	if (!url_is_local(l->url.scheme)) {
		set_options(fd);
	}
	ev_io_init(&c->reader, on_readable, fd, EV_READ);
	ev_io_init(&c->writer, on_writable, fd, EV_WRITE);
	c->reader.data = c->writer.data = c;
	ev_io_start(n->loop, &c->reader);
	TAILQ_INSERT_TAIL(&n->conns, c, next);
	n->counts.connections++;
	return 0;
}

void
stream_accept(struct ev_loop *loop, ev_io *io, int events)
{
	struct listener *l = io->data;
	struct net *n = l->net;

	(void)loop;
	(void)events;
	for (int i = 0; i < ACCEPT_TURN; i++) {
		union address from = {0};
		socklen_t size = sizeof from;
		int fd = accept4(
			l->fd, &from.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE ||
				errno == ENOBUFS || errno == ENOMEM) {
				/* it stays in the backlog; until the tick */
				log_warn("net: %s: cannot take a connection: "
					 "%s",
					l->name, strerror(errno));
				ev_io_stop(n->loop, io);
				n->is_full = true;
				net_pace(n);
			}
			return;
		}
		if (!url_is_local(l->url.scheme) &&
			!listen_is_allowed(l, &from.any)) {
			n->counts.denied++;
			close(fd);
		} else if (n->counts.connections >= max_connections(n)) {
			log_warn("net: %s: a connection was refused: %u are "
				 "open, twice osc.max_clients and 16",
				l->name, n->counts.connections);
			n->counts.closed++;
			close(fd);
		} else if (open_conn(l, fd, &from, size) != 0) {
			log_warn(
				"net: %s: no memory for a connection", l->name);
			n->counts.closed++;
		}
	}
}

void
stream_tick(struct net *n, int64_t now_ns)
{
	struct conn *c;

	TAILQ_FOREACH(c, &n->conns, next)
	{
		if (c->state != CONN_OPEN && now_ns >= c->deadline_ns) {
			peer_doom(c->peer);
		}
	}
	if (!n->is_full) {
		return;
	}
	n->is_full = false;
	for (uint32_t i = 0; i < n->listeners; i++) {
		ev_io_start(n->loop, &n->listener[i].io);
	}
}

void
stream_close(struct conn *c)
{
	struct net *n = c->net;
	struct peer *p = c->peer;

	peer_lose(p);
	if (c->state != CONN_OPEN) {
		n->closing--;
	}
	ev_io_stop(n->loop, &c->reader);
	ev_io_stop(n->loop, &c->writer);
	TAILQ_REMOVE(&n->conns, c, next);
	n->counts.connections--;
	close(c->fd);
	free(c->queue);
	free(c->room);
	free(c);
	p->conn = NULL;
	peer_orphan(p);
	peer_unref(p);
	net_pace(n);
}
