/* SPDX-License-Identifier: MIT */
/*
 * outcome.c -- a batch is back: every command's answer, in order.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "office_private.h"

void
outcome_free(struct office *o, struct batch *b)
{
	struct command *first = b->answers != 0 ? b->first : NULL;

	for (struct command *c = first; c != NULL; c = c->next) {
		if (c->kind == COMMAND_SYNTH_NEW) {
			defs_free_spec(o->defs, c->u.new.spec);
		} else if ((c->kind == COMMAND_RESOURCE_NEW ||
				   c->kind == COMMAND_JOB_NEW) &&
			   c->u.work != NULL) {
			orders_drop(o, work_order_at(c->u.work));
		} else if (c->kind == COMMAND_RESOURCE_FREE) {
			free(c->u.call);
		} else if (c->kind == COMMAND_CONNECT) {
			o->out_connects--;
		}
	}
	if (b->sender != NULL) {
		peer_unref(b->sender);
	}
	arena_close(&o->store, b);
}

static void
answer_int(struct peer *peer, const char *address, int32_t value)
{
	struct answer a;

	answer_begin(&a, address);
	osc_put_int(&a.out, value);
	answer_send(&a, peer);
}

/** Answer a /sync, once. */
static void
answer_sync(struct peer *peer, struct command *c)
{
	answer_int(peer, "/synced", (int32_t)c->u.number);
	request_drop(c);
}

void
outcome_sync(struct office *o, struct batch *b)
{
	for (struct command *c = b->first; c != NULL; c = c->next) {
		if (c->kind == COMMAND_SYNC && c->reason == REASON_NONE) {
			answer_sync(b->sender, c);
		}
	}
	outcome_free(o, b);
}

/** What a command that was done is answered with; `sample` is when it was. */
static void
answer(struct office *o, struct batch *b, struct command *c, uint64_t sample)
{
	struct peer *peer = b->sender;
	struct answer a;

	switch ((enum command_kind)c->kind) {
	case COMMAND_CALL:
		dispatch_call(o, peer, c->u.call);
		break;
	case COMMAND_RESOURCE_FREE:
		syncs_freed(o, peer, c->id, c->u.call);
		c->u.call = NULL;
		break;
	case COMMAND_RESOURCE_QUERY:
	case COMMAND_RESOURCE_LIST:
		resources_answer(o, peer, c);
		break;
	case COMMAND_GROUP_NEW:
		if (c->u.new.chosen) {
			answer_int(peer, "/group/new.reply", c->id);
		}
		break;
	case COMMAND_SYNTH_NEW:
		if (c->u.new.chosen) {
			answer_int(peer, "/synth/new.reply", c->id);
		}
		break;
	case COMMAND_TREE:
		graph_answer_tree(o, peer, c);
		break;
	case COMMAND_QUERY:
		graph_answer_query(o, peer, c);
		break;
	case COMMAND_OFFLINE_RUN:
		answer_begin(&a, "/offline/run.reply");
		osc_put_int64(&a.out, (int64_t)sample);
		answer_send(&a, peer);
		break;
	case COMMAND_ACTIVATE:
	case COMMAND_MAP_INPUT:
	case COMMAND_MAP_OUTPUT:
	case COMMAND_MAP_CONTROL:
	case COMMAND_CONNECT:
	case COMMAND_DISCONNECT:
	case COMMAND_SET:
	case COMMAND_SET_ROW:
	case COMMAND_DONE_FLAGS:
	case COMMAND_FREE:
	case COMMAND_FREE_ALL:
	case COMMAND_RELEASE:
	case COMMAND_MOVE:
	case COMMAND_RUN:
	case COMMAND_NAME:
	case COMMAND_SYNC: /* outcome_sync does */
	case COMMAND_RESOURCE_NEW:
	case COMMAND_JOB_NEW:
	case COMMAND_CLEAR:
	case COMMAND_MUTE:
	case COMMAND_METER:
	case COMMAND_DEVICE:
	case COMMAND_STOP:
		break;
	}
}

/** Answer what failed of a row: each as the /node/set that it was. */
static void
tell_row(struct peer *peer, const struct command *row)
{
	struct set_pair pair = {.port = *row->u.row.port};
	char text[WORDS_SIZE];

	for (uint32_t i = 0; i < row->u.row.count; i++) {
		const struct set_item *item = &row->u.row.items[i];
		if (item->reason == REASON_NONE) {
			continue;
		}
		struct command one = {
			.kind = COMMAND_SET,
			.reason = (uint16_t)item->reason,
			.told = {item->u.told[0], item->u.told[1]},
			.id = item->id,
			.u.set = {&pair,           1              },
		};
		int code = words_of(&one, text, sizeof text);
		peer_error(peer, row->address, code, &item->id, "%s", text);
	}
}

static void
tell_refused(struct office *o, struct batch *b)
{
	if (b->parts != 0) {
		/* the head speaks for its whole chain */
		peer_error(b->sender, "#bundle", 503, NULL,
			"no room for its events (limits.max_events %u)",
			o->config->limits.max_events);
	}
}

void
outcome_take(struct office *o, struct batch *b, uint64_t sample)
{
	struct peer *peer = b->sender;

	o->out_batches--;
	if (peer == NULL) {
		outcome_free(o, b); /* the office's own */
		return;
	}
	if ((b->flags & BATCH_REFUSED) != 0) {
		tell_refused(o, b);
		outcome_free(o, b);
		return;
	}
	if ((b->flags & BATCH_LATE) != 0) {
		struct answer a;
		answer_begin(&a, "/late");
		osc_put_float(&a.out, (float)((double)b->late / o->given.rate));
		answer_send(&a, peer);
	}
	uint32_t awaited = 0;
	/* most say nothing: then they are not looked at */
	bool silent = b->failed == 0 && b->answers == 0;
	for (struct command *c = silent ? NULL : b->first; c != NULL;
		c = c->next) {
		if (c->kind == COMMAND_SET_ROW) {
			tell_row(peer, c);
			continue;
		}
		if (c->reason == REASON_NONE) {
			if (c->kind == COMMAND_SYNC) {
				awaited = syncs_awaited(o, peer);
			}
			if (c->kind == COMMAND_SYNC && awaited == 0) {
				answer_sync(peer, c);
			} else {
				answer(o, b, c, sample);
			}
			continue;
		}
		char text[WORDS_SIZE];
		int code = words_of(c, text, sizeof text);
		peer_error(
			peer, c->address, code, command_first(c), "%s", text);
	}
	if (awaited > 0 && syncs_hold(o, b)) {
		return;
	}
	if (awaited > 0) {
		syncs_fail(b);
	}
	outcome_free(o, b);
}
