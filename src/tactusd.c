/* SPDX-License-Identifier: MIT */
/*
 * tactusd.c -- the daemon: reads its options and its configuration, builds
 * the house, keeps it until it is told to end.
 */
#include <config.h>

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exits.h"
#include "house.h"
#include "house_threads.h"
#include "log.h"
#include "net.h"
#include "notify.h"
#include "office.h"
#include "options.h"

/** What the signal and timer handlers work on. */
struct daemon {
	struct options options;
	struct config *config;
	struct house *house;
	struct notify *notify;
	struct ev_loop *loop;
	ev_signal term;
	ev_signal interrupt;
	ev_signal hangup;
	ev_timer watchdog;
	ev_timer give_up;
	bool stopping;
	int code;
};

/** So long an end may take (tactusd(8), Signals). */
#define STOP_SECONDS 10.0

#ifdef TACTUS_SANITIZED
#  define SANITIZED "yes"
#else
#  define SANITIZED "no"
#endif

static void
print_version(void)
{
	printf("tactusd %s\n"
	       "configuration  %s\n"
	       "plugins        %s\n"
	       "sanitizers     %s\n",
		PACKAGE_VERSION, config_default_file(), PLUGINDIR, SANITIZED);
}

static void
print_errors(const struct config_errors *errors)
{
	for (uint32_t i = 0; i < errors->count; i++) {
		fprintf(stderr, "tactusd: %s\n", errors->items[i]);
	}
	for (uint32_t i = 0; i < errors->notes; i++) {
		log_info("config: %s", errors->note[i]);
	}
}

/** Read the configuration. @return 0 or an exit code; errors are printed */
static int
read_config(struct daemon *d)
{
	struct config_errors errors = {0};
	int err = config_load(d->options.config, d->options.sets,
		d->options.nsets, &d->config, &errors);

	print_errors(&errors);
	config_errors_fini(&errors);
	return err == 0         ? EXIT_CLEAN
	       : err == -ENOENT ? EXIT_NO_INPUT
	       : err == -ENOMEM ? EXIT_INTERNAL
	       : err == -EACCES ? EXIT_NO_PERMISSION
				: EXIT_CONFIG;
}

static void
stop(struct daemon *d)
{
	if (d->stopping) {
		return;
	}
	d->stopping = true;
	log_info("tactusd: stopping");
	notify_stopping(d->notify);
	ev_timer_start(d->loop, &d->give_up);
	house_stop(d->house);
}

static void
on_term(struct ev_loop *loop, ev_signal *w, int events)
{
	(void)loop;
	(void)events;
	stop(w->data);
}

/** A client said /quit. */
static void
on_quit(void *user)
{
	stop(user);
}

static void
on_stopped(void *user)
{
	struct daemon *d = user;

	ev_break(d->loop, EVBREAK_ALL);
}

/** Nothing came of stopping: say so, and end all the same. */
static void
on_give_up(struct ev_loop *loop, ev_timer *w, int events)
{
	struct daemon *d = w->data;

	(void)loop;
	(void)events;
	log_err("tactusd: not stopped within %g s", STOP_SECONDS);
	house_abandon(d->house);
	log_flush();
	_Exit(EXIT_INTERNAL);
}

/** Has `realtime.threads` as the files have it now a place on this machine?
 * It waits for a restart, which must not fail. @return false: told why */
static bool
restart_is_possible(struct daemon *d, char *why, size_t size)
{
	struct config_errors errors = {0};
	struct config *next = NULL;
	bool is = true;

	if (config_load(d->options.config, d->options.sets, d->options.nsets,
		    &next, &errors) == 0) {
		is = house_threads_fit(next, why, size);
	} /* else it has changed since, and the next reload tells */
	config_errors_fini(&errors);
	config_close(next);
	return is;
}

static int
reload(void *user, struct office_reloaded *told)
{
	struct daemon *d = user;
	struct config *fresh;
	struct config_changes changes;
	struct config_errors errors = {0};
	char why[400] = "";

	notify_reloading(d->notify);
	int err = config_reload(d->config, &fresh, &changes, &errors);
	if (err == 0 && !restart_is_possible(d, why, sizeof why)) {
		config_close(fresh);
		log_err("config: %s", why);
		err = -EINVAL;
	}
	if (err != 0) {
		snprintf(told->why, sizeof told->why, "nothing was changed: %s",
			errors.count > 0 ? errors.items[0]
			: *why != '\0'   ? why
					 : strerror(-err));
		for (uint32_t i = 0; i < errors.count; i++) {
			log_err("config: %s", errors.items[i]);
		}
	} else {
		for (uint32_t i = 0; i < changes.live; i++) {
			log_info("config: %s is changed", changes.live_path[i]);
		}
		for (uint32_t i = 0; i < changes.restart; i++) {
			log_warn("config: %s changes at the next start",
				changes.restart_path[i]);
		}
		told->applied = changes.live;
		told->waiting = changes.restart;
		memcpy(told->path, changes.restart_path, sizeof told->path);
		house_configure(d->house, fresh);
		config_close(d->config);
		d->config = fresh;
		log_set_level(fresh->log.level);
	}
	config_errors_fini(&errors);
	notify_ready(d->notify, "running");
	return err == 0 ? 0 : 422;
}

static void
on_hangup(struct ev_loop *loop, ev_signal *w, int events)
{
	struct daemon *d = w->data;
	struct office_reloaded told = {0};

	(void)loop;
	(void)events;
	if (reload(d, &told) != 0) {
		log_err("config: %s", told.why);
	}
}

static void
on_watchdog(struct ev_loop *loop, ev_timer *w, int events)
{
	struct daemon *d = w->data;

	(void)loop;
	(void)events;
	/* fed by the blocks of the audio thread, not by this loop alone */
	if (house_is_alive(d->house)) {
		notify_watchdog(d->notify);
	}
}

static void
watch_signals(struct daemon *d)
{
	ev_signal_init(&d->term, on_term, SIGTERM);
	ev_signal_init(&d->interrupt, on_term, SIGINT);
	ev_signal_init(&d->hangup, on_hangup, SIGHUP);
	d->term.data = d;
	d->interrupt.data = d;
	d->hangup.data = d;
	ev_signal_start(d->loop, &d->term);
	ev_signal_start(d->loop, &d->interrupt);
	ev_signal_start(d->loop, &d->hangup);
	ev_timer_init(&d->give_up, on_give_up, STOP_SECONDS, 0.0);
	d->give_up.data = d;
	int64_t every_ns = notify_watchdog_ns(d->notify);
	ev_timer_init(&d->watchdog, on_watchdog, 0.0, (double)every_ns * 1e-9);
	d->watchdog.data = d;
	if (every_ns > 0) {
		ev_timer_start(d->loop, &d->watchdog);
	}
}

/** Say where we can be reached. */
static void
tell_ready(struct daemon *d)
{
	char state[256];
	char urls[512] = "";
	struct net *net = office_net(house_office(d->house));
	const char *url;

	for (uint32_t i = 0; (url = net_url(net, i)) != NULL; i++) {
		size_t used = strlen(urls);
		snprintf(urls + used, sizeof urls - used, "%s%s",
			i > 0 ? " " : "", url);
		log_info("osc: listening on %s", url);
	}
	house_describe(d->house, state, sizeof state);
	log_info("tactusd: ready: %s", state);
	notify_ready(d->notify, "%s; %s", state, urls);
}

static int
run(struct daemon *d)
{
	char why[512] = "";
	struct house_config hc = {
		.config = d->config,
		.realtime = !d->options.no_realtime,
		.listen = true,
		.reload = reload,
		.quit = on_quit,
		.stopped = on_stopped,
		.user = d,
	};

	d->loop = ev_default_loop(EVFLAG_AUTO);
	if (d->loop == NULL || notify_open(&d->notify) != 0) {
		log_err("tactusd: no event loop, or NOTIFY_SOCKET is no "
			"address");
		return EXIT_INTERNAL;
	}
	hc.loop = d->loop;
	int code = house_open(&hc, &d->house, why, sizeof why);
	if (code != 0) {
		log_err("%s", why);
		notify_close(d->notify);
		return code;
	}
	watch_signals(d);
	tell_ready(d);
	ev_run(d->loop, 0);
	uint32_t abandoned = house_close(d->house);
	notify_close(d->notify);
	if (abandoned != 0) {
		log_err("tactusd: ended, with %u works abandoned", abandoned);
		log_flush();
		_Exit(EXIT_INTERNAL);
	}
	log_info("tactusd: ended");
	return EXIT_CLEAN;
}

int
main(int argc, char **argv)
{
	struct daemon d = {0};
	char why[512];

	/* a client that is gone must not end us */
	signal(SIGPIPE, SIG_IGN);
	if (options_init(&d.options, argc, argv, why, sizeof why) != 0) {
		fprintf(stderr, "tactusd: %s\nsee: tactusd --help\n", why);
		options_fini(&d.options);
		return EXIT_USAGE;
	}
	int code = EXIT_CLEAN;
	switch (d.options.action) {
	case OPTIONS_HELP:
		options_usage(stdout);
		break;
	case OPTIONS_VERSION:
		print_version();
		break;
	case OPTIONS_CHECK:
	case OPTIONS_PRINT:
	case OPTIONS_RUN:
		code = read_config(&d);
		break;
	}
	if (code == EXIT_CLEAN && d.options.action == OPTIONS_CHECK &&
		!house_threads_fit(d.config, why, sizeof why)) {
		fprintf(stderr, "tactusd: %s\n", why);
		code = EXIT_CONFIG;
	}
	if (code == EXIT_CLEAN && d.options.action == OPTIONS_PRINT) {
		config_print(stdout, d.config);
	} else if (code == EXIT_CLEAN && d.options.action == OPTIONS_RUN) {
		log_set_level(d.options.verbose > 0 ? LOG_LEVEL_DEBUG
						    : d.config->log.level);
		code = run(&d);
	}
	config_close(d.config);
	options_fini(&d.options);
	log_flush();
	return code;
}
