/* SPDX-License-Identifier: MIT */
/*
 * dgram.c -- see net.h.  Packets in datagrams, taken in batches.
 *
 * A turn of the loop takes at most TURNS batches of one listener, so that a
 * flood at one door leaves time for the others and for the watchdog.
 *
 * What came, and whether that was all, is noted for whoever decides how long
 * the loop rests before it polls again (net_swarm).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/errqueue.h>

#include "net_private.h"

#define BATCH        32
#define TURNS        4
#define ERRORS       64 /* of the error queue, in one go */
#define CONTROL_ROOM 64

/** Where the kernel puts a batch; one for all listeners, for one loop. */
struct dgram_batch {
	struct mmsghdr message[BATCH];
	struct iovec piece[BATCH];
	union address from[BATCH];
	_Alignas(struct cmsghdr) char control[BATCH][CONTROL_ROOM];
	uint8_t *bytes; /* whole pages of its own */
	size_t size;
};

int
dgram_open(uint32_t max_packet, struct dgram_batch **out)
{
	size_t stride = ((size_t)max_packet + 63) & ~(size_t)63;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct dgram_batch *b = calloc(1, sizeof *b);

	if (b == NULL) {
		return -ENOMEM;
	}
	/* pages that no packet was long enough for are never touched */
	b->size = (BATCH * stride + page - 1) / page * page;
	b->bytes = aligned_alloc(page, b->size);
	if (b->bytes == NULL) {
		free(b);
		return -ENOMEM;
	}
	for (size_t i = 0; i < BATCH; i++) {
		b->piece[i].iov_base = b->bytes + i * stride;
		b->piece[i].iov_len = max_packet;
		struct msghdr *h = &b->message[i].msg_hdr;
		h->msg_iov = &b->piece[i];
		h->msg_iovlen = 1;
		h->msg_name = &b->from[i];
		h->msg_control = b->control[i];
	}
	*out = b;
	return 0;
}

void
dgram_unlock(struct dgram_batch *b)
{
	/* where it fails they stay: no harm is done */
	if (munlock(b->bytes, b->size) == 0) {
		(void)madvise(b->bytes, b->size, MADV_DONTNEED);
	}
}

void
dgram_close(struct dgram_batch *b)
{
	if (b != NULL) {
		free(b->bytes);
		free(b);
	}
}

/** Read what the kernel says of datagrams that it had to drop. */
static void
count_dropped(struct listener *l, struct msghdr *h)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL;
		c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
			c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t overflowed;
			memcpy(&overflowed, CMSG_DATA(c), sizeof overflowed);
			/* wraps with the kernel's own count */
			l->net->counts.dropped += overflowed - l->overflowed;
			l->overflowed = overflowed;
		}
	}
}

static void
take_one(struct listener *l, struct mmsghdr *m, int64_t now_ns)
{
	struct net *n = l->net;
	struct msghdr *h = &m->msg_hdr;
	const union address *from = h->msg_name;

	count_dropped(l, h);
	if (!listen_is_allowed(l, &from->any)) {
		n->counts.denied++;
		return;
	}
	if (m->msg_len == 0) {
		n->counts.empty++;
		return;
	}
	struct peer *p = peer_find(l, from, h->msg_namelen, now_ns);
	if (p == NULL) {
		n->counts.dropped++; /* no memory even for its sender */
		return;
	}
	if ((h->msg_flags & MSG_TRUNC) != 0) {
		net_take_broken(p, 413,
			"a packet of %u bytes is over limits.max_packet (%u)",
			m->msg_len, n->max_packet);
		return;
	}
	net_take_packet(p, h->msg_iov->iov_base, m->msg_len, now_ns);
}

/** Is this the news that nobody listens where we sent something? */
static bool
is_refusal(struct msghdr *h)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL;
		c = CMSG_NXTHDR(h, c)) {
		struct sock_extended_err e;
		if ((c->cmsg_level == IPPROTO_IP &&
			    c->cmsg_type == IP_RECVERR) ||
			(c->cmsg_level == IPPROTO_IPV6 &&
				c->cmsg_type == IPV6_RECVERR)) {
			memcpy(&e, CMSG_DATA(c), sizeof e);
			return e.ee_errno == ECONNREFUSED;
		}
	}
	return false;
}

/**
 * Read what became of datagrams that we sent; those who refuse them and are
 * kept lose their slot.
 * @return was there anything?
 */
static bool
take_errors(struct listener *l)
{
	union address to;
	char byte;
	_Alignas(struct cmsghdr) char control[512];
	struct iovec piece = {.iov_base = &byte, .iov_len = 1};
	int i;

	if (url_is_local(l->url.scheme)) {
		return false; /* it has no such queue, and would read data */
	}
	for (i = 0; i < ERRORS; i++) {
		struct msghdr h = {.msg_name = &to,
			.msg_namelen = sizeof to,
			.msg_iov = &piece,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof control};
		if (recvmsg(l->fd, &h, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
			break;
		}
		if (!is_refusal(&h)) {
			continue;
		}
		struct peer *p = peer_seek(l, &to, h.msg_namelen);
		if (p != NULL && p->kept != 0) {
			peer_doom(p);
		}
	}
	return i > 0;
}

void
dgram_take(struct ev_loop *loop, ev_io *io, int events)
{
	struct listener *l = io->data;
	struct net *n = l->net;
	struct dgram_batch *b = n->batch;

	(void)loop;
	(void)events;
	for (int turn = 0; turn < TURNS; turn++) {
		for (size_t i = 0; i < BATCH; i++) {
			struct msghdr *h = &b->message[i].msg_hdr;
			h->msg_namelen = sizeof b->from[i];
			h->msg_controllen = CONTROL_ROOM;
		}
		/* MSG_TRUNC: tell the true size of what was too long */
		int got = recvmmsg(l->fd, b->message, BATCH,
			MSG_DONTWAIT | MSG_TRUNC, NULL);
		if (got < 0) {
			if (errno == EINTR) {
				continue;
			}
			/* awake, and nothing there: news of what we sent */
			bool any = turn == 0 || errno != EAGAIN;
			if (!any || !take_errors(l)) {
				return;
			}
			continue;
		}
		n->swarm.datagrams += (uint32_t)got;
		n->swarm.cramped |= l->cramped;
		int64_t now_ns = net_now_ns(n);
		for (int i = 0; i < got; i++) {
			take_one(l, &b->message[i], now_ns);
		}
		if (got < BATCH) {
			return;
		}
	}
	n->swarm.more = true;
}

void
dgram_send(struct peer *p, const void *data, size_t size)
{
	struct listener *l = p->from;
	bool local = url_is_local(l->url.scheme);

	for (int attempt = 0; attempt < 2; attempt++) {
		ssize_t sent =
			sendto(l->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL,
				&p->address.any, p->address_size);
		if (sent >= 0) {
			return;
		}
		if (local || errno == EAGAIN || errno == EMSGSIZE) {
			break;
		}
		/* it may be the news of another that was told to us first */
		if (errno != EINTR && !take_errors(l)) {
			break;
		}
	}
	p->net->counts.unsent++;
	if (local && (errno == ECONNREFUSED || errno == ENOENT) &&
		p->kept != 0) {
		peer_doom(p);
	}
}
