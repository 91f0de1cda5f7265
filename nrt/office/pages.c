/* SPDX-License-Identifier: MIT */
/*
 * pages.c -- answers: single messages, and lists in pages.
 *
 * A page begins with its own number and the number of pages, which is known
 * only at the end: pages are kept until then and the number is put in.
 */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

/** Room of a page: one item larger than PAGE_BYTES still goes out whole. */
#define ROOM 60000

struct page {
	struct page *next;
	size_t size;
	uint8_t data[];
};

struct pages {
	const char *address;
	int32_t count;
	struct page *first;
	struct page *last;
	void (*lead)(struct osc_out *, const void *);
	const void *lead_item;
	uint32_t items; /* on this page */
	bool failed;
	struct osc_out out;
	uint8_t data[ROOM];
};

void
answer_begin(struct answer *a, const char *address)
{
	osc_begin(&a->out, a->data, sizeof a->data, address);
}

void
answer_send(struct answer *a, struct peer *peer)
{
	size_t size = osc_end(&a->out);

	if (size > 0) {
		peer_send(peer, a->data, size);
	}
}

void
answer_send_all(struct answer *a, struct office *o, uint32_t why)
{
	size_t size = osc_end(&a->out);

	if (size > 0 && o->net != NULL) {
		net_send_all(o->net, why, a->data, size);
	}
}

static void
begin_page(struct pages *p)
{
	osc_begin(&p->out, p->data, sizeof p->data, p->address);
	if (p->lead != NULL) {
		p->lead(&p->out, p->lead_item);
	}
	osc_put_int(&p->out, p->count);
	osc_put_int(&p->out, 0);
	p->items = 0;
}

static void
end_page(struct pages *p)
{
	size_t size = osc_end(&p->out);
	struct page *page = size > 0 ? malloc(sizeof *page + size) : NULL;

	if (page == NULL) {
		p->failed = true;
		return;
	}
	*page = (struct page){.size = size};
	memcpy(page->data, p->data, size);
	if (p->first == NULL) {
		p->first = page;
	} else {
		p->last->next = page;
	}
	p->last = page;
	p->count++;
}

struct pages *
pages_begin(const char *address)
{
	struct pages *p = calloc(1, sizeof *p);

	if (p != NULL) {
		p->address = address;
		begin_page(p);
	}
	return p;
}

void
pages_lead(struct pages *p, void (*put)(struct osc_out *, const void *),
	const void *item)
{
	if (p != NULL) {
		p->lead = put;
		p->lead_item = item;
		begin_page(p);
	}
}

void
pages_add(struct pages *p, void (*put)(struct osc_out *, const void *),
	const void *item)
{
	if (p == NULL) {
		return;
	}
	size_t args = p->out.args;
	uint32_t types = p->out.types;
	put(&p->out, item);
	if (p->items > 0 &&
		(p->out.failed || osc_size(&p->out) >= PAGE_BYTES)) {
		p->out.args = args;
		p->out.types = types;
		p->out.failed = false;
		end_page(p);
		begin_page(p);
		put(&p->out, item);
	}
	p->items++;
}

/** Put the number of pages into a finished page. */
static void
number(struct page *page, int32_t pages, uint32_t leading)
{
	struct osc_walk walk;
	struct osc_message m;
	struct osc_args args;
	struct osc_arg a;

	osc_walk_begin(&walk, page->data, page->size);
	if (!osc_walk_next(&walk, &m)) {
		return;
	}
	osc_args_begin(&args, &m);
	for (uint32_t i = 0; i <= leading; i++) {
		if (!osc_args_next(&args, &a)) {
			return;
		}
	}
	uint8_t *at = page->data + (args.at - page->data);
	at[0] = (uint8_t)((uint32_t)pages >> 24);
	at[1] = (uint8_t)((uint32_t)pages >> 16);
	at[2] = (uint8_t)((uint32_t)pages >> 8);
	at[3] = (uint8_t)pages;
}

void
pages_send(struct pages *p, struct peer *peer, const char *asked,
	const int32_t *first)
{
	if (p != NULL) {
		end_page(p);
	}
	if (p == NULL || p->failed) {
		peer_error(peer, asked, 503, first,
			"no memory for the answer: ask again");
	}
	if (p == NULL) {
		return;
	}
	while (p->first != NULL) {
		struct page *page = p->first;
		p->first = page->next;
		if (!p->failed) {
			number(page, p->count, p->lead != NULL ? 1 : 0);
			peer_send(peer, page->data, page->size);
		}
		free(page);
	}
	free(p);
}
