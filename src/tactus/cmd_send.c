/* SPDX-License-Identifier: MIT */
/*
 * cmd_send.c -- `tactus send`: one message out, its answers on the screen.
 *
 * An address that always answers is waited for as long as --timeout says; for
 * any other the end is a while without a word (--quiet), for most messages
 * are answered by nothing but their effect.  With --wait it is the end of all
 * that the message began (send_wait.h).
 */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "caller.h"
#include "osc_text.h"
#include "osc_write.h"
#include "print_json.h"
#include "send_wait.h"

#define QUIET_NS     200000000   /* of --quiet */
#define PACKET_BYTES 65507       /* the largest datagram */
#define NTP_EPOCH_S  2208988800U /* from 1900 to 1970 */
#define NANOSECONDS  1000000000

/** What this call of `send` is to do. */
struct sending {
	struct answer_form form;
	char room[256]; /* of form.reply */
	int64_t quiet_ns;
	int64_t in_ns; /* 0: at once */
	bool json;
	bool wait;      /* for what it begins, too */
	bool sure;      /* the answer will come: wait for it */
	uint32_t pages; /* of the answer that have come */
};

static const struct choice choices[] = {
	{'i', "in",    "SECONDS", "send a bundle that is due so much later"  },
	{'q', "quiet", "SECONDS", "end after so long without a word (0.2)"   },
	{'w', "wait",  NULL,      "wait for what it begins, and tell its end"},
	{'j', "json",  NULL,      "print each answer as a line of JSON"      },
	{0,   NULL,    NULL,      NULL				       },
};

/* The NTP time `ns` from now. */
static uint64_t
ntp_in(int64_t ns)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	uint64_t total = (uint64_t)t.tv_nsec + (uint64_t)ns;
	uint64_t s = (uint64_t)t.tv_sec + NTP_EPOCH_S + total / NANOSECONDS;
	return s << 32 | ((total % NANOSECONDS) << 32) / NANOSECONDS;
}

/* Is it the last message that is to be expected? */
static bool
is_last(struct sending *e, const struct osc_message *m)
{
	struct osc_args a;
	struct osc_arg arg;

	if (strcmp(m->address, e->form.reply) != 0) {
		return false;
	}
	if (!e->form.paged) {
		return true;
	}
	e->pages++;
	osc_args_begin(&a, m);
	for (uint32_t i = 0; i <= e->form.page_at + 1; i++) {
		if (!osc_args_next(&a, &arg) || arg.type != 'i') {
			return true;
		}
	}
	return arg.u.i < 1 || e->pages >= (uint32_t)arg.u.i;
}

/* Print what comes until the end of it. */
static int
listen_to(struct cli *cli, struct sending *e)
{
	int64_t quiet = e->sure ? cli->patience_ns : e->quiet_ns;
	bool answered = false;
	int result = EX_OK;
	struct osc_message m;

	quiet += e->in_ns;
	for (;;) {
		int r = caller_next(cli->caller, cli_now_ns() + quiet, &m);

		if (r < 0) {
			return cli_fail(cli, EX_UNAVAILABLE, "%s",
				caller_why(cli->caller));
		}
		if (r == 0 && e->sure && !answered && result == EX_OK) {
			return cli_fail(cli, EX_UNAVAILABLE,
				"no answer from %s to %s within %g s: is "
				"tactusd running there? (--url names another, "
				"--timeout waits longer)",
				caller_url(cli->caller), e->form.request,
				(double)quiet / 1e9);
		}
		if (r == 0) {
			return result;
		}
		if (strcmp(m.address, "/error") == 0) {
			result = answer_error(cli, &m);
			if (answer_is_error(&m, e->form.request) ||
				(e->in_ns > 0 &&
					answer_is_error(&m, "#bundle"))) {
				return result;
			}
			continue;
		}
		r = print_json_or_text(&m, e->json);
		if (r != EX_OK) {
			return r;
		}
		answered = true;
		if (is_last(e, &m)) {
			return result;
		}
	}
}

/* Does the message make the engine choose an id, and tell it? */
static bool
asks_for_id(const char *address, const uint8_t *packet, size_t size)
{
	struct osc_walk w;
	struct osc_message m;
	struct osc_args a;
	struct osc_arg arg;
	int32_t id = 0;

	osc_walk_begin(&w, packet, size);
	if (!osc_walk_next(&w, &m)) {
		return false;
	}
	osc_args_begin(&a, &m);
	bool have = osc_args_next(&a, &arg);
	if (have && strcmp(address, "/synth/new") == 0) {
		have = osc_args_next(&a, &arg);
	}
	return have && osc_whole(&arg, &id) == 0 && id == -1;
}

static int
send_message(struct cli *cli, struct sending *e, const char *address, int count,
	char **words)
{
	uint8_t message[PACKET_BYTES];
	uint8_t bundle[PACKET_BYTES + 20];
	const uint8_t *packet = message;
	char why[256];
	struct osc_out o;

	if (address[0] != '/') {
		return cli_misused(
			cli, "'%s' is no address: it begins with /", address);
	}
	osc_begin(&o, message, sizeof message, address);
	if (osc_text_parse(&o, count, words, why, sizeof why) < 0) {
		return cli_misused(cli, "%s", why);
	}
	size_t size = osc_end(&o);
	if (size == 0) {
		return cli_misused(cli,
			"the message is larger than %d bytes: send less at "
			"once",
			PACKET_BYTES);
	}
	e->form = answer_form_of(address, e->room, sizeof e->room);
	e->sure = e->form.sure ||
		  (e->form.chosen_only && asks_for_id(address, message, size));
	int r = cli_call(cli);
	if (r != EX_OK || e->wait) {
		return r != EX_OK ? r : send_wait(cli, message, size, e->json);
	}
	if (e->in_ns > 0) {
		size_t whole = 0;

		if (!osc_bundle_begin(
			    bundle, sizeof bundle, &whole, ntp_in(e->in_ns)) ||
			!osc_bundle_add(
				bundle, sizeof bundle, &whole, message, size)) {
			return cli_misused(cli, "too large for a bundle");
		}
		packet = bundle;
		size = whole;
	}
	if (caller_send(cli->caller, packet, size,
		    cli_now_ns() + cli->patience_ns) < 0) {
		return cli_fail(
			cli, EX_UNAVAILABLE, "%s", caller_why(cli->caller));
	}
	return listen_to(cli, e);
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct sending e = {.quiet_ns = QUIET_NS};
	struct cli_args a;
	const char *value = NULL;
	int key;

	cli_args_begin(&a, cli, argc, argv);
	while ((key = cli_args_next(&a, &value)) != CLI_END) {
		if (key == CLI_WRONG || key == CLI_SHOWN) {
			return cli_args_exit(key);
		}
		if (key == 'j') {
			e.json = true;
		} else if (key == 'w') {
			e.wait = true;
		} else if (key == CLI_WORD && e.wait && e.in_ns > 0) {
			return cli_misused(cli,
				"--wait and --in do not go together: nothing "
				"waits for what is not due yet");
		} else if (key == CLI_WORD) {
			return send_message(
				cli, &e, value, argc - a.at, argv + a.at);
		} else if (!cli_seconds(value,
				   key == 'i' ? &e.in_ns : &e.quiet_ns)) {
			return cli_misused(cli,
				"--%s %s: give seconds, more than 0 and at "
				"most a day",
				key == 'i' ? "in" : "quiet", value);
		}
	}
	return cli_misused(cli, "which address? e.g. tactus send /status");
}

const struct verb cmd_send = {
	.name = "send",
	.words = "ADDRESS [ARGUMENT…]",
	.help = "Send one OSC message and print what comes back. Arguments "
		"are guessed, or typed: i:1 f:0.5 s:x T F N [ … ].",
	.choices = choices,
	.options_first = true,
	.run = run,
};
