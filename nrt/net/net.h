/* SPDX-License-Identifier: MIT */
/*
 * net.h -- the doors: listeners, and the peers that come through them.
 *
 * Everything here lives in the loop's thread.  A peer is one socket address
 * (or one stream connection); it is counted by references, so that an answer
 * may be sent long after its packet came.  Beside that a peer may be *kept*:
 * it then holds one of the client slots (osc.max_clients), which is what a
 * subscription needs; others are answered and forgotten.
 */
#ifndef TACTUS_NRT_NET_H
#define TACTUS_NRT_NET_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mark.h"

struct ev_loop;
struct net;
struct peer;

/** What a listener's clients may do; each includes those before it. */
enum role { ROLE_CONTROL, ROLE_OPERATOR, ROLE_ADMIN };

/** One listener, as configured. */
struct listener_config {
	const char *url; /* udp://HOST:PORT tcp:// unix:///PATH unixgram:// */
	enum role role;
	const char *const *allow; /* CIDR blocks; none: everybody */
	uint32_t allowed;         /* how many */
};

/** What the doors count, for /stats. */
struct net_counts {
	uint64_t packets;   /* taken in */
	uint64_t malformed; /* refused by osc_check, or broken framing */
	uint64_t denied;    /* from outside an allow list */
	uint64_t dropped;   /* by the kernel (SO_RXQ_OVFL) */
	uint64_t errors;    /* /error sent */
	uint64_t held_back; /* /error not sent: over the client's rate */
	uint64_t unsent;    /* answers that the socket did not take */
	uint64_t closed;    /* stream clients that did not read */
	uint64_t empty;     /* datagrams of no length */
	uint32_t clients;   /* slots in use */
	uint32_t connections;
};

/** How net reaches the rest of the office; all called on the loop. */
struct net_hooks {
	void *user;
	/** A sound packet (osc_check passed). */
	void (*packet)(void *user, struct peer *peer, const void *data,
		size_t size, int64_t came_ns);
	/** A kept peer is gone: connection closed, refused, or timed out. */
	void (*gone)(void *user, struct peer *peer);
	/** Engine or real time in ns, for rates and expiry (ADR 0006). */
	int64_t (*now_ns)(void *user);
};

/** What came in datagrams since this was asked last. */
struct net_swarm {
	uint32_t datagrams;
	bool more;     /* some wait still, for all we know */
	bool answered; /* something was sent meanwhile, to whomever */
	bool cramped;  /* some came where the kernel has little room */
};

struct net_config {
	uint32_t max_packet;  /* bytes */
	uint32_t max_clients; /* slots */
	uint32_t listeners;
	const struct listener_config *listener;
	/** Do without a UNIX socket whose folder is missing, with a warning:
	 * nobody asked for it by name. */
	bool without_folders;
};

/**
 * Open all listeners.
 * @errors negative errno, with a sentence in `why` that names the URL and the
 *         mend: -EADDRINUSE taken by a live process, -EINVAL a URL that does
 *         not parse, -EACCES and others from the system
 */
TACTUS_NODISCARD int net_open(struct ev_loop *loop,
	const struct net_config *config, const struct net_hooks *hooks,
	struct net **out, char *why, size_t size);

/**
 * All memory was locked: give back what the loop alone uses and has not used
 * yet.  No packet is being read.  NULL is accepted.
 */
void net_unlock(struct net *n);

/**
 * A peer of this very process, with the role admin: what it is sent goes to
 * `send` instead of a socket.  NULL: no memory.
 * @owns the caller holds one reference: peer_unref
 */
struct peer *net_local(struct net *n,
	void (*send)(void *user, const void *data, size_t size), void *user);

/** Close all sockets, forget all peers; no hook is called. Not to be called
 * within one. References that are left stay good, but reach nobody. NULL is
 * accepted. */
void net_close(struct net *n);

/** The bound URL of listener `i` (a port 0 shows as what the kernel chose);
 * NULL behind the last. */
const char *net_url(const struct net *n, uint32_t i);

const struct net_counts *net_counts(const struct net *n);

/** Tell what came since the last call; once a turn of the loop, so that it
 * knows whether to rest (nrt/office/rest.h). */
struct net_swarm net_swarm(struct net *n);

/** Send one message or bundle to a peer. Never blocks; what cannot be sent is
 * counted. */
void peer_send(struct peer *p, const void *data, size_t size);

/**
 * Answer /error address code text [first], within the peer's rate (a burst of
 * 200, refilled at 100 a second; what is held back is told later).
 * @param first the failed message's first integer, or NULL
 */
void peer_error(struct peer *p, const char *address, int code,
	const int32_t *first, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** One more, one fewer who may answer this peer later. */
struct peer *peer_ref(struct peer *p);
void peer_unref(struct peer *p);

/**
 * Keep a peer as a client, for one of `why` (a bit the caller chooses).
 * @errors -EUSERS when all slots are taken (429); -EDESTADDRREQ when nothing
 *         can be sent to it: its connection is gone, or it is a UNIX datagram
 *         socket without a name
 */
TACTUS_NODISCARD int peer_keep(struct peer *p, uint32_t why);

/** That reason to keep it is gone. */
void peer_unkeep(struct peer *p, uint32_t why);

/** The reasons for which it is kept. */
uint32_t peer_kept(const struct peer *p);

enum role peer_role(const struct peer *p);

/** Its address, for the log: "udp://127.0.0.1:40312". */
const char *peer_name(const struct peer *p);

/** Send to every peer that is kept for any of `why`. */
void net_send_all(struct net *n, uint32_t why, const void *data, size_t size);

/** The next kept peer after `p` (NULL: the first); NULL at the end. */
struct peer *net_next_kept(struct net *n, struct peer *p);

/** Room for the caller's own pointer on a kept peer; NULL at first, and again
 * after the gone hook. */
void *peer_data(const struct peer *p);
void peer_set_data(struct peer *p, void *data);

#endif
