/* SPDX-License-Identifier: MIT */
/*
 * guest.c -- see guest.h.
 */
#include "guest.h"

#include <check.h>
#include <string.h>

#include "net.h"
#include "office.h"
#include "osc_read.h"
#include "osc_text.h"

static void
on_answer(void *user, const void *data, size_t size)
{
	struct guest *g = user;
	struct osc_walk walk;
	struct osc_message m;

	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		g->size += osc_text_show(
			&m, g->heard + g->size, sizeof g->heard - g->size - 1);
		g->heard[g->size++] = '\n';
		g->heard[g->size] = '\0';
	}
}

void
guest_open(struct guest *g, struct rooms *r)
{
	*g = (struct guest){.rooms = r,
		.peer = net_local(office_net(r->office), on_answer, g)};
	ck_assert_ptr_nonnull(g->peer);
}

void
guest_put(struct guest *g, const char *words)
{
	uint8_t data[400];
	size_t size = rooms_message(data, sizeof data, words);

	office_packet(g->rooms->office, g->peer, data, size, 0);
}

void
guest_expect(struct guest *g, const char *words, const char *answer)
{
	if (words[0] != '\0') {
		guest_put(g, words);
	}
	rooms_turn(g->rooms);
	ck_assert_msg(strcmp(g->heard, answer) == 0, "%s: %s", words, g->heard);
	g->size = 0;
	g->heard[0] = '\0';
}
