/* SPDX-License-Identifier: MIT */
/*
 * cmd_watch.c -- `tactus watch`: notifications as they come, until Ctrl-C.
 *
 * The subscription is asked for again every half minute: that keeps the slot,
 * finds a daemon that was started anew, and notices one that is gone.
 */
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "address_match.h"
#include "answer.h"
#include "caller.h"
#include "osc_write.h"
#include "print_json.h"

#define RENEW_NS 30000000000

/** What is watched. */
struct watch {
	const char *pattern; /* NULL: everything */
	bool json;
	int64_t left; /* messages to print before the end; -1: no end */
};

static const struct choice choices[] = {
	{'n', "count", "N",  "end after so many notifications"          },
	{'j', "json",  NULL, "print each notification as a line of JSON"},
	{0,   NULL,    NULL, NULL				       },
};

static int
lost(struct cli *cli)
{
	return cli_fail(cli, EX_UNAVAILABLE, "%s", caller_why(cli->caller));
}

static int
subscribe(struct cli *cli, int32_t on)
{
	uint8_t packet[64];
	struct osc_out o;

	osc_begin(&o, packet, sizeof packet, "/notify");
	osc_put_int(&o, on);
	size_t size = osc_end(&o);
	if (caller_send(cli->caller, packet, size,
		    cli_now_ns() + cli->patience_ns) < 0) {
		return lost(cli);
	}
	return EX_OK;
}

static int
print_one(struct watch *w, const struct osc_message *m)
{
	if (w->pattern != NULL && !address_match(w->pattern, m->address)) {
		return EX_OK;
	}
	if (w->left > 0) {
		w->left--;
	}
	return print_json_or_text(m, w->json);
}

static int
silent(struct cli *cli)
{
	return cli_fail(cli, EX_UNAVAILABLE,
		"no answer from %s to /notify within %g s: is tactusd running "
		"there? (--url names another, --timeout waits longer)",
		caller_url(cli->caller), (double)cli->patience_ns / 1e9);
}

/* Follow what comes until the end is asked for, or the daemon is gone. */
static int
follow(struct cli *cli, struct watch *w)
{
	int64_t answer_by = cli_now_ns() + cli->patience_ns;
	int64_t renew_at = cli_now_ns() + RENEW_NS;
	bool waiting = true; /* for /notify.reply */

	while (w->left != 0) {
		struct osc_message m;
		int64_t next =
			waiting && answer_by < renew_at ? answer_by : renew_at;

		int r = caller_next(cli->caller, next, &m);
		if (r == -EINTR) {
			return EX_OK;
		}
		if (r < 0) {
			return lost(cli);
		}
		if (r == 0 && waiting) {
			return silent(cli);
		}
		if (r == 0) {
			r = subscribe(cli, 1);
			if (r != EX_OK) {
				return r;
			}
			waiting = true;
			answer_by = cli_now_ns() + cli->patience_ns;
			renew_at = cli_now_ns() + RENEW_NS;
			continue;
		}
		if (answer_is_error(&m, "/notify")) {
			return answer_error(cli, &m);
		}
		if (strcmp(m.address, "/notify.reply") == 0) {
			waiting = false;
			continue;
		}
		r = print_one(w, &m);
		if (r != EX_OK) {
			return r;
		}
	}
	return EX_OK;
}

static int
watch(struct cli *cli, struct watch *w)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0) {
		return cli_fail(cli, EX_OSERR, "signalfd: %s", strerror(errno));
	}
	int r = cli_call(cli);
	if (r == EX_OK) {
		caller_watch(cli->caller, fd);
		r = subscribe(cli, 1);
	}
	if (r == EX_OK) {
		r = follow(cli, w);
	}
	if (r == EX_OK) {
		r = subscribe(cli, 0);
	}
	(void)close(fd);
	return r;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct watch w = {.left = -1};
	struct cli_args a;
	const char *value = NULL;
	int key;

	cli_args_begin(&a, cli, argc, argv);
	while ((key = cli_args_next(&a, &value)) != CLI_END) {
		if (key == CLI_WRONG || key == CLI_SHOWN) {
			return cli_args_exit(key);
		}
		if (key == 'j') {
			w.json = true;
		} else if (key == 'n') {
			if (!cli_whole(value, 1, INT64_MAX, &w.left)) {
				return cli_misused(cli,
					"--count %s: give a whole number from "
					"1",
					value);
			}
		} else if (w.pattern != NULL) {
			return cli_misused(cli,
				"'%s' is one pattern too many; a shell takes "
				"* apart unless it is quoted",
				value);
		} else if (address_match_check(value) != NULL) {
			return cli_misused(cli, "'%s': %s", value,
				address_match_check(value));
		} else {
			w.pattern = value;
		}
	}
	return watch(cli, &w);
}

const struct verb cmd_watch = {
	.name = "watch",
	.words = "[PATTERN]",
	.help = "Print notifications whose address matches an OSC pattern, "
		"as they come, until Ctrl-C.",
	.choices = choices,
	.run = run,
};
