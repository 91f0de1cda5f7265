/* SPDX-License-Identifier: MIT */
/*
 * net_private.h -- what the files of the doors share; see net.h.
 *
 *	net.c        life, counts, the tick, what a packet goes through
 *	listen.c     sockets that listen
 *	dgram.c      packets in datagrams       stream.c  ... in connections
 *	peer.c       who sent, who is kept      peer_error.c  what went wrong
 *
 * One thread, the loop's.  Nothing is freed under the feet of a caller: what
 * ends while somebody may be walking over it is doomed, and goes before the
 * loop waits again (net_reap_soon).
 */
#ifndef TACTUS_NRT_NET_PRIVATE_H
#define TACTUS_NRT_NET_PRIVATE_H

#include <ev.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cidr.h"
#include "limit.h"
#include "net.h"
#include "slip.h"
#include "url.h"

#define PEER_BUCKETS   4096
#define PEER_IDLE_MAX  1024 /* remembered for their error rate alone */
#define PEER_SILENT_NS (3600 * INT64_C(1000000000))
#define ERROR_BURST    200
#define ERROR_A_SECOND 100
#define NAME_ROOM      160 /* of a URL that is shown */

struct conn;
struct dgram_batch;

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

struct peer {
	struct net *net; /* NULL when that was closed before the last unref */
	struct listener *from;
	struct conn *conn; /* of a stream, while it is open */
	void (*local)(void *user, const void *data, size_t size);
	void *local_user; /* of net_local */
	uint32_t refs;
	uint32_t kept; /* reasons */
	uint32_t slot; /* while kept, and after that for net_next_kept */
	void *data;
	int64_t heard_ns;
	enum role role;

	struct limit errors;
	uint32_t unsaid;        /* errors held back and not told yet */
	int64_t unsaid_from_ns; /* since when */

	bool is_idle, is_unsaid, is_doomed; /* which lists it is on */
	TAILQ_ENTRY(peer) idle, unsaid_next, doomed;

	bool is_hashed; /* datagram peers are found by their address */
	uint32_t hash;
	LIST_ENTRY(peer) bucket;
	socklen_t address_size;
	union address address;
	char name[NAME_ROOM]; /* written when first asked for */
};

TAILQ_HEAD(peer_list, peer);
LIST_HEAD(peer_bucket, peer);

struct listener {
	struct net *net;
	struct url url;
	enum role role;
	struct cidr *allow;
	uint32_t allowed;
	int fd;
	ev_io io;
	uint32_t overflowed; /* as the kernel counts, by SO_RXQ_OVFL */
	bool cramped;        /* a millisecond may be too much for its buffer */
	bool is_bound_file;  /* a UNIX socket that is ours to unlink */
	dev_t device;
	ino_t inode;
	char name[NAME_ROOM]; /* the bound URL */
};

TAILQ_HEAD(conn_list, conn);

struct net {
	struct ev_loop *loop;
	struct net_hooks hooks;
	struct net_counts counts;
	uint32_t max_packet;
	uint32_t max_clients;
	uint32_t listeners;
	struct listener *listener;

	struct peer_bucket bucket[PEER_BUCKETS];
	uint32_t seed;
	struct peer *last;     /* that was found; NULL: it is gone */
	struct peer_list idle; /* the longest idle first */
	uint32_t idle_count;
	struct peer_list unsaid;
	struct peer_list doomed;
	struct peer **slot; /* max_clients of them, NULL where free */
	struct conn_list conns;
	uint32_t closing; /* connections that only linger */
	bool is_full;     /* no descriptor was left for one more */

	struct dgram_batch *batch;
	struct net_swarm swarm; /* until it is asked for */
	uint8_t *bytes;         /* what a stream gave in one read */
	ev_timer tick;
	double tick_s; /* its period; 0: at rest */
	ev_prepare reaper;
};

/* net.c */

/** Judge a packet and hand it on. `size` may be 0: counted, no more. */
void net_take_packet(
	struct peer *p, const void *data, size_t size, int64_t now_ns);
/** A packet that never was one: counted and told to the sender. */
void net_take_broken(struct peer *p, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int64_t net_now_ns(const struct net *n);
/** Run the tick as fast as there is need for it. */
void net_pace(struct net *n);
/** See to the doomed before the loop waits again. */
void net_reap_soon(struct net *n);

/* listen.c */

/** Open one listener. @errors as net_open */
int listen_open(struct net *n, struct listener *l,
	const struct net_config *config, uint32_t i, char *why, size_t size);
void listen_close(struct listener *l);
bool listen_is_allowed(const struct listener *l, const struct sockaddr *from);

/* dgram.c */

int dgram_open(uint32_t max_packet, struct dgram_batch **out);
void dgram_close(struct dgram_batch *b);
void dgram_unlock(struct dgram_batch *b);
/** The kernel has datagrams (or news of some) for a listener. */
void dgram_take(struct ev_loop *loop, ev_io *io, int events);
void dgram_send(struct peer *p, const void *data, size_t size);

/* stream.c */

#define STREAM_READ 16384 /* bytes of one connection in one turn */

/** Somebody wants to connect. */
void stream_accept(struct ev_loop *loop, ev_io *io, int events);
void stream_send(struct peer *p, const void *data, size_t size);
/** Nobody but the connection itself will answer any more. */
void stream_settle(struct conn *c);
/** End those that lingered too long. */
void stream_tick(struct net *n, int64_t now_ns);
void stream_close(struct conn *c);

/* peer.c */

/** The peer at an address, new or known. @return NULL: no memory */
struct peer *peer_find(struct listener *l, const union address *from,
	socklen_t size, int64_t now_ns);
/** Look for a peer without making one. */
struct peer *peer_seek(
	struct listener *l, const union address *from, socklen_t size);
/** A peer for a connection, with one reference. */
struct peer *peer_open(struct listener *l, struct conn *conn, int64_t now_ns);
/** Tell that a kept peer is gone, and free its slot. */
void peer_lose(struct peer *p);
/** Have it lost, and its connection closed, before the loop waits again. */
void peer_doom(struct peer *p);
/** See to all that are doomed. */
void peer_reap(struct net *n);
/** Doom kept peers that were silent too long. */
void peer_expire(struct net *n, int64_t now_ns);
/** Leave a peer to whoever still refers to it: it reaches nobody now. */
void peer_orphan(struct peer *p);
/** Forget all; those that are still referenced become nobody's. */
void peer_forget_all(struct net *n);

/* peer_error.c */

/** Tell how many errors were held back, if there is room. */
void peer_error_tick(struct net *n, int64_t now_ns);
/** Tell it now or never: the peer is about to be forgotten. */
void peer_error_last(struct peer *p);

#endif
