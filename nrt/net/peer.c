/* SPDX-License-Identifier: MIT */
/*
 * peer.c -- see net.h.  Who sent, who may be answered, who is kept.
 *
 * A datagram peer is found by its address.  While it is neither referenced
 * nor kept it is idle: remembered so that its error rate outlives its
 * packets, and forgotten when PEER_IDLE_MAX others were heard since.
 *
 *	idle <--unref, unkeep / find, ref, keep--> held
 *	idle --many others--> freed
 *	stream peer: freed when its connection and all references are gone
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_private.h"

/** FNV-1a over the address, seeded, then mixed (MurmurHash3's end). */
static uint32_t
hash_address(const struct listener *l, const union address *a, socklen_t size)
{
	const uint8_t *bytes = (const uint8_t *)a;
	uint32_t h = l->net->seed ^ (uint32_t)(l - l->net->listener);

	for (socklen_t i = 0; i < size; i++) {
		h = (h ^ bytes[i]) * 16777619U;
	}
	h ^= h >> 16;
	h *= 0x85ebca6bU;
	h ^= h >> 13;
	return h;
}

static struct peer *
seek(struct listener *l, const union address *from, socklen_t size,
	uint32_t hash)
{
	struct peer *p;

	LIST_FOREACH(p, &l->net->bucket[hash % PEER_BUCKETS], bucket)
	{
		if (p->hash == hash && p->from == l &&
			p->address_size == size &&
			memcmp(&p->address, from, size) == 0) {
			return p;
		}
	}
	return NULL;
}

/** It is found no more. */
static void
unhash(struct peer *p)
{
	LIST_REMOVE(p, bucket);
	p->is_hashed = false;
	if (p->net->last == p) {
		p->net->last = NULL;
	}
}

static void
free_peer(struct peer *p)
{
	struct net *n = p->net;

	if (n != NULL) {
		peer_error_last(p);
		if (p->is_idle) {
			TAILQ_REMOVE(&n->idle, p, idle);
			n->idle_count--;
		}
		if (p->is_hashed) {
			unhash(p);
		}
	}
	free(p);
}

/** Put a peer where its references and reasons say that it belongs. */
static void
settle(struct peer *p)
{
	struct net *n = p->net;
	bool held = p->refs > 0 || p->kept != 0;

	if (n == NULL || !p->is_hashed) {
		if (n != NULL && p->local != NULL && p->refs == 0 &&
			p->kept != 0) {
			/* who made it has let go: it is told nothing more */
			peer_lose(p);
		} else if (!held) {
			free_peer(p);
		} else if (p->conn != NULL && p->refs == 1) {
			stream_settle(p->conn);
		}
		return;
	}
	if (p->is_idle) {
		TAILQ_REMOVE(&n->idle, p, idle);
		n->idle_count--;
	}
	p->is_idle = !held;
	if (held) {
		return;
	}
	TAILQ_INSERT_TAIL(&n->idle, p, idle);
	if (++n->idle_count > PEER_IDLE_MAX) {
		free_peer(TAILQ_FIRST(&n->idle));
	}
}

static struct peer *
new_peer(struct listener *l, int64_t now_ns)
{
	struct peer *p = calloc(1, sizeof *p);

	if (p != NULL) {
		p->net = l->net;
		p->from = l;
		p->role = l->role;
		p->heard_ns = now_ns;
		limit_init(&p->errors, ERROR_BURST, ERROR_A_SECOND, now_ns);
	}
	return p;
}

struct peer *
net_local(struct net *n,
	void (*send)(void *user, const void *data, size_t size), void *user)
{
	struct peer *p = calloc(1, sizeof *p);

	if (p != NULL) {
		p->net = n;
		p->role = ROLE_ADMIN;
		p->local = send;
		p->local_user = user;
		p->refs = 1;
		limit_init(
			&p->errors, ERROR_BURST, ERROR_A_SECOND, net_now_ns(n));
		(void)snprintf(p->name, sizeof p->name, "local");
	}
	return p;
}

struct peer *
peer_seek(struct listener *l, const union address *from, socklen_t size)
{
	return seek(l, from, size, hash_address(l, from, size));
}

struct peer *
peer_find(struct listener *l, const union address *from, socklen_t size,
	int64_t now_ns)
{
	struct peer *p = l->net->last;

	/* who sends much comes several times in a row */
	if (p != NULL && p->from == l && p->address_size == size &&
		memcmp(&p->address, from, size) == 0) {
		return p;
	}
	uint32_t hash = hash_address(l, from, size);
	p = seek(l, from, size, hash);
	l->net->last = p;
	if (p != NULL) {
		return p;
	}
	p = new_peer(l, now_ns);
	if (p == NULL) {
		return NULL;
	}
	memcpy(&p->address, from, size);
	p->address_size = size;
	p->hash = hash;
	p->is_hashed = true;
	LIST_INSERT_HEAD(&l->net->bucket[hash % PEER_BUCKETS], p, bucket);
	settle(p);
	return p;
}

struct peer *
peer_open(struct listener *l, struct conn *conn, int64_t now_ns)
{
	struct peer *p = new_peer(l, now_ns);

	if (p != NULL) {
		p->conn = conn;
		p->refs = 1;
	}
	return p;
}

struct peer *
peer_ref(struct peer *p)
{
	p->refs++;
	if (p->refs == 1) {
		settle(p);
	}
	return p;
}

void
peer_unref(struct peer *p)
{
	assert(p->refs > 0);
	p->refs--;
	if (p->refs <= 1) {
		settle(p);
	}
}

/** Can it be answered at all? A UNIX datagram may come from nowhere. */
static bool
has_address(const struct peer *p)
{
	return p->conn != NULL || p->local != NULL ||
	       (p->is_hashed && p->address_size > sizeof(sa_family_t));
}

int
peer_keep(struct peer *p, uint32_t why)
{
	struct net *n = p->net;

	if (n == NULL || !has_address(p)) {
		return -EDESTADDRREQ;
	}
	if (p->kept == 0) {
		uint32_t i = 0;
		while (i < n->max_clients && n->slot[i] != NULL) {
			i++;
		}
		if (i == n->max_clients) {
			/* whoever fell silent goes, if not yet, then soon */
			peer_expire(n, net_now_ns(n));
			return -EUSERS;
		}
		n->slot[i] = p;
		p->slot = i;
		n->counts.clients++;
		p->kept = why;
		settle(p);
		net_pace(n);
	}
	p->kept |= why;
	return 0;
}

void
peer_unkeep(struct peer *p, uint32_t why)
{
	if ((p->kept & why) == 0) {
		return;
	}
	p->kept &= ~why;
	if (p->kept == 0) {
		if (p->net != NULL) {
			p->net->slot[p->slot] = NULL;
			p->net->counts.clients--;
			net_pace(p->net);
		}
		settle(p);
	}
}

void
peer_lose(struct peer *p)
{
	struct net *n = p->net;

	if (p->kept == 0) {
		return;
	}
	peer_ref(p);
	n->hooks.gone(n->hooks.user, p);
	peer_unkeep(p, UINT32_MAX);
	p->data = NULL;
	peer_unref(p);
}

void
peer_doom(struct peer *p)
{
	if (p->is_doomed) {
		return;
	}
	p->is_doomed = true;
	peer_ref(p);
	TAILQ_INSERT_TAIL(&p->net->doomed, p, doomed);
	net_reap_soon(p->net);
}

void
peer_reap(struct net *n)
{
	struct peer *p;

	while ((p = TAILQ_FIRST(&n->doomed)) != NULL) {
		TAILQ_REMOVE(&n->doomed, p, doomed);
		p->is_doomed = false;
		peer_lose(p);
		if (p->conn != NULL) {
			stream_close(p->conn);
		}
		peer_unref(p);
	}
}

void
peer_expire(struct net *n, int64_t now_ns)
{
	for (uint32_t i = 0; i < n->max_clients; i++) {
		struct peer *p = n->slot[i];
		/* a connection lives until it is closed, a peer of this
		 * process until it is let go */
		if (p != NULL && p->conn == NULL && p->local == NULL &&
			now_ns - p->heard_ns > PEER_SILENT_NS) {
			peer_doom(p);
		}
	}
}

void
peer_orphan(struct peer *p)
{
	peer_ref(p);
	p->kept = 0;
	p->data = NULL;
	if (p->is_hashed) {
		unhash(p);
	}
	if (p->is_unsaid) {
		TAILQ_REMOVE(&p->net->unsaid, p, unsaid_next);
		p->is_unsaid = false;
	}
	peer_name(p); /* while its listener is still there to ask */
	p->net = NULL;
	p->from = NULL;
	peer_unref(p);
}

void
peer_forget_all(struct net *n)
{
	struct peer *p;

	while ((p = TAILQ_FIRST(&n->doomed)) != NULL) {
		TAILQ_REMOVE(&n->doomed, p, doomed);
		p->is_doomed = false;
		peer_unref(p);
	}
	for (uint32_t i = 0; i < PEER_BUCKETS; i++) {
		while ((p = LIST_FIRST(&n->bucket[i])) != NULL) {
			peer_orphan(p);
		}
	}
}

void
peer_send(struct peer *p, const void *data, size_t size)
{
	if (p->net == NULL) {
		return;
	}
	p->net->swarm.answered = true;
	if (p->local != NULL) {
		p->local(p->local_user, data, size);
	} else if (p->conn != NULL) {
		stream_send(p, data, size);
	} else if (has_address(p)) {
		dgram_send(p, data, size);
	} else {
		p->net->counts.unsent++;
	}
}

const char *
peer_name(const struct peer *p)
{
	/* the name is a cache; nobody sees the peer change */
	char *name = (char *)(uintptr_t)p->name;

	if (name[0] == '\0' && p->from != NULL) {
		url_show(p->from->url.scheme, &p->address.any, p->address_size,
			name, sizeof p->name);
	}
	return name;
}

uint32_t
peer_kept(const struct peer *p)
{
	return p->kept;
}

enum role
peer_role(const struct peer *p)
{
	return p->role;
}

void *
peer_data(const struct peer *p)
{
	return p->data;
}

void
peer_set_data(struct peer *p, void *data)
{
	p->data = data;
}
