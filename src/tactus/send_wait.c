/* SPDX-License-Identifier: MIT */
/*
 * send_wait.c -- see send_wait.h.
 *
 * One bundle subscribes, asks, and lets /sync tell when all of it is over.
 * While it is silent the daemon is asked for its version, so that one that
 * is gone is noticed.
 */
#include "send_wait.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "caller.h"
#include "osc_write.h"
#include "print_json.h"

#define PACKET_BYTES 65507 /* the largest datagram */
#define MARK         1     /* of /sync */

/** What is waited for. */
struct wait {
	struct cli *cli;
	bool json;
	struct osc_message asked;
	struct answer_form form;
	char room[256]; /* of form.reply */
	char about[16]; /* what the addresses of notifications begin with */
	int32_t id;     /* that they name; -1: none */
	bool probed;    /* /version was sent, and nothing has come since */
	int result;
};

/** The first integer of a message; -1: it has none. */
static int32_t
first_int(const struct osc_message *m)
{
	struct osc_args a;
	struct osc_arg arg;

	osc_args_begin(&a, m);
	while (osc_args_next(&a, &arg)) {
		if (arg.type == 'i') {
			return arg.u.i;
		}
	}
	return -1;
}

/** "/resource/" of "/resource/new"; what is about nodes is "/node/". */
static void
set_about(struct wait *w)
{
	const char *address = w->asked.address;
	const char *slash = strchr(address + 1, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - address) + 1;

	if (n == 0 || n >= sizeof w->about) {
		return;
	}
	(void)snprintf(w->about, sizeof w->about, "%.*s", (int)n, address);
	if (strcmp(w->about, "/synth/") == 0 ||
		strcmp(w->about, "/group/") == 0) {
		(void)snprintf(w->about, sizeof w->about, "/node/");
	}
}

static bool
add(uint8_t *bundle, size_t *whole, const char *address, int32_t argument)
{
	uint8_t message[64];
	struct osc_out o;

	osc_begin(&o, message, sizeof message, address);
	osc_put_int(&o, argument);
	size_t size = osc_end(&o);
	return size > 0 &&
	       osc_bundle_add(bundle, PACKET_BYTES, whole, message, size);
}

static int
post(struct cli *cli, const void *packet, size_t size)
{
	if (caller_send(cli->caller, packet, size,
		    cli_now_ns() + cli->patience_ns) < 0) {
		return cli_fail(
			cli, EX_UNAVAILABLE, "%s", caller_why(cli->caller));
	}
	return EX_OK;
}

/** Send one message with a number, or without arguments. */
static int
say(struct cli *cli, const char *address, const int32_t *argument)
{
	uint8_t packet[64];
	struct osc_out o;

	osc_begin(&o, packet, sizeof packet, address);
	if (argument != NULL) {
		osc_put_int(&o, *argument);
	}
	return post(cli, packet, osc_end(&o));
}

static int
ask(struct wait *w, const void *message, size_t size)
{
	uint8_t bundle[PACKET_BYTES];
	size_t whole = 0;

	if (!osc_bundle_begin(bundle, sizeof bundle, &whole, 1) ||
		!add(bundle, &whole, "/notify", 1) ||
		!osc_bundle_add(bundle, sizeof bundle, &whole, message, size) ||
		!add(bundle, &whole, "/sync", MARK)) {
		return cli_misused(w->cli, "too large for a bundle");
	}
	return post(w->cli, bundle, whole);
}

static int
no_answer(const struct wait *w)
{
	return cli_fail(w->cli, EX_UNAVAILABLE,
		"no answer from %s within %g s: is tactusd running there? "
		"(--url names another, --timeout waits longer)",
		caller_url(w->cli->caller), (double)w->cli->patience_ns / 1e9);
}

/** Print what is about the message that was sent. */
static int
hear(struct wait *w, const struct osc_message *m)
{
	size_t n = strlen(w->about);
	bool told = n > 0 && strncmp(m->address, w->about, n) == 0 &&
		    w->id >= 0 && first_int(m) == w->id;

	if (!told && strcmp(m->address, w->form.reply) != 0) {
		return EX_OK;
	}
	if (told && (strcmp(m->address, "/resource/error") == 0 ||
			    strcmp(m->address, "/job/failed") == 0)) {
		w->result = CLI_REFUSED;
	}
	return print_json_or_text(m, w->json);
}

/** @return 0 at the end of all, or an exit code */
static int
follow(struct wait *w)
{
	struct osc_message m;

	for (;;) {
		int r = caller_next(
			w->cli->caller, cli_now_ns() + w->cli->patience_ns, &m);
		if (r < 0) {
			return cli_fail(w->cli, EX_UNAVAILABLE, "%s",
				caller_why(w->cli->caller));
		}
		if (r == 0) {
			r = w->probed ? no_answer(w)
				      : say(w->cli, "/version", NULL);
			if (r != EX_OK) {
				return r;
			}
			w->probed = true;
			continue;
		}
		w->probed = false;
		if (strcmp(m.address, "/synced") == 0 &&
			first_int(&m) == MARK) {
			return w->result;
		}
		if (strcmp(m.address, "/error") == 0) {
			w->result = answer_error(w->cli, &m);
			if (answer_is_error(&m, "/notify") ||
				answer_is_error(&m, "/sync")) {
				return w->result;
			}
			continue;
		}
		r = hear(w, &m);
		if (r != EX_OK) {
			return r;
		}
	}
}

int
send_wait(struct cli *cli, const void *message, size_t size, bool json)
{
	struct wait w = {.cli = cli, .json = json, .result = EX_OK};
	struct osc_walk walk;
	const int32_t off = 0;

	osc_walk_begin(&walk, message, size);
	if (!osc_walk_next(&walk, &w.asked)) {
		return cli_misused(cli, "this is no message");
	}
	w.form = answer_form_of(w.asked.address, w.room, sizeof w.room);
	w.id = first_int(&w.asked);
	set_about(&w);
	int r = ask(&w, message, size);
	if (r != EX_OK) {
		return r;
	}
	r = follow(&w);
	int left = r == EX_OK || r == CLI_REFUSED ? say(cli, "/notify", &off)
						  : EX_OK;
	return left != EX_OK ? left : r;
}
