/* SPDX-License-Identifier: MIT */
/*
 * peer_error.c -- see net.h.  /error, at a rate that no client can abuse.
 *
 * What is over the rate is counted, and the count is told when there is room:
 * by the tick, or by the next error when the flood lasts longer than a second.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "net_private.h"
#include "osc_write.h"

#define MAX_ADDRESS 1024 /* bytes of a failed address that are repeated */
#define ERROR_ROOM  2048
#define TELL_NS     INT64_C(1000000000)

static void
send_error(struct peer *p, const char *address, int code, const int32_t *first,
	const char *text)
{
	uint8_t message[ERROR_ROOM];
	char cut[MAX_ADDRESS];
	struct osc_out o;

	if (strlen(address) >= sizeof cut) {
		memcpy(cut, address, sizeof cut - 1);
		cut[sizeof cut - 1] = '\0';
		address = cut;
	}
	osc_begin(&o, message, sizeof message, "/error");
	osc_put_string(&o, address);
	osc_put_int(&o, code);
	osc_put_string(&o, text);
	if (first != NULL) {
		osc_put_int(&o, *first);
	}
	size_t size = osc_end(&o);
	peer_send(p, message, size);
	p->net->counts.errors++;
}

static void
unlist(struct peer *p)
{
	TAILQ_REMOVE(&p->net->unsaid, p, unsaid_next);
	p->is_unsaid = false;
	p->unsaid = 0;
}

/** @pre there are some to tell of, and their cost is paid */
static void
tell(struct peer *p)
{
	char text[64];

	snprintf(text, sizeof text, "%" PRIu32 " error%s not sent", p->unsaid,
		p->unsaid == 1 ? "" : "s");
	unlist(p);
	send_error(p, "", 429, NULL, text);
}

static void
hold_back(struct peer *p, int64_t now_ns)
{
	struct net *n = p->net;

	n->counts.held_back++;
	p->unsaid++;
	if (!p->is_unsaid) {
		p->is_unsaid = true;
		p->unsaid_from_ns = now_ns;
		TAILQ_INSERT_TAIL(&n->unsaid, p, unsaid_next);
		net_pace(n);
	}
}

void
peer_error(struct peer *p, const char *address, int code, const int32_t *first,
	const char *format, ...)
{
	char text[512];
	va_list list;

	if (p->net == NULL) {
		return;
	}
	int64_t now_ns = net_now_ns(p->net);
	if (p->is_unsaid && now_ns - p->unsaid_from_ns >= TELL_NS &&
		limit_take(&p->errors, now_ns)) {
		tell(p);
	}
	if (!limit_take(&p->errors, now_ns)) {
		hold_back(p, now_ns);
		return;
	}
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	send_error(p, address, code, first, text);
}

void
peer_error_tick(struct net *n, int64_t now_ns)
{
	struct peer *p, *next;

	for (p = TAILQ_FIRST(&n->unsaid); p != NULL; p = next) {
		next = TAILQ_NEXT(p, unsaid_next);
		if (limit_take(&p->errors, now_ns)) {
			tell(p);
		}
	}
}

void
peer_error_last(struct peer *p)
{
	if (p->is_unsaid) {
		tell(p);
	}
}
