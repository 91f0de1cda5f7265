/* SPDX-License-Identifier: MIT */
/*
 * house.c -- see house.h.  In the order in which things are built; they are
 * taken down in the opposite one.
 */
#include "house.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alsa.h"
#include "engine.h"
#include "exits.h"
#include "host.h"
#include "house_device.h"
#include "house_threads.h"
#include "loader.h"
#include "log.h"
#include "net.h"
#include "office.h"
#include "tap.h"
#include "thread.h"
#include "wire.h"

/** How long the tap may be kept waiting before frames are lost. */
#define TAP_SECONDS 2

/** How often page faults are counted, and devices looked at. */
#define TICK_SECONDS 0.5

/** How soon rt is told to stop again, while the ring is full of a flood. */
#define STOP_AGAIN_SECONDS 0.001

struct house {
	struct house_config given;
	struct wire *wire;
	struct engine *engine;
	struct host *host;
	struct loader *loader;
	struct office *office;
	struct rt_thread *thread;
	struct rt_rights rights;
	struct house_device *device;
	struct tap *tap;
	ev_timer tick;
	ev_timer stop_again;
	ev_io audit[GAUGE_MAX_THREADS]; /* one for each audio thread */
	bool offline;
	bool ticking;
	bool stopping;
	bool counts_faults;
	double rate;
	uint32_t threads; /* for audio, rt among them */
	uint64_t faults_at_start;
	uint64_t blocks_seen;
};

/** Page faults of an audio thread, from /proc: it makes no call for it. */
static uint64_t
read_faults(int tid)
{
	char path[64];
	char line[512];
	unsigned long minor = 0;
	unsigned long major = 0;

	snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		return 0;
	}
	if (fgets(line, sizeof line, f) != NULL) {
		/* behind the name, which may hold anything */
		const char *at = strrchr(line, ')');
		if (at == NULL ||
			sscanf(at + 1,
				" %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu",
				&minor, &major) != 2) {
			minor = 0;
		}
	}
	fclose(f);
	return minor + major;
}

static void
on_tick(struct ev_loop *loop, ev_timer *w, int events)
{
	struct house *h = w->data;

	(void)loop;
	(void)events;
	uint64_t faults = 0;
	for (uint32_t i = 0; i < rt_threads(h->thread); i++) {
		faults += read_faults(rt_thread_id(h->thread, i));
	}
	if (!h->counts_faults) {
		/* what it took to start is not held against it */
		if (gauge_get(&h->wire->gauges, GAUGE_BLOCKS) > 0 ||
			h->offline) {
			h->faults_at_start = faults;
			h->counts_faults = true;
		}
	} else if (faults > h->faults_at_start) {
		office_set_faults(h->office, faults - h->faults_at_start);
	}
	log_tick();
}

static void
on_audit(struct ev_loop *loop, ev_io *w, int events)
{
	struct house *h = w->data;
	char name[64];

	(void)events;
	int got = audit_answer(w->fd, name, sizeof name);
	if (got == 1) {
		office_count_audit(h->office);
		if (w == h->audit) {
			log_err("audit: the rt thread made the system call %s",
				name);
		} else {
			log_err("audit: its helper rt-%td made the system "
				"call %s",
				w - h->audit, name);
		}
	} else if (got < 0) {
		ev_io_stop(loop, w);
	}
}

static void
on_quit(void *user)
{
	struct house *h = user;

	if (h->given.quit != NULL) {
		h->given.quit(h->given.user);
	} else {
		house_stop(h);
	}
}

static int
on_reload(void *user, struct office_reloaded *told)
{
	struct house *h = user;

	if (h->given.reload == NULL) {
		snprintf(told->why, sizeof told->why,
			"there is nothing to reload");
		return 409;
	}
	return h->given.reload(h->given.user, told);
}

static void
on_device(void *user, void *device, uint32_t verdict, int error)
{
	struct house *h = user;

	house_device_returned(h->device, device, verdict, error);
}

static void
on_stopped(void *user)
{
	struct house *h = user;

	if (h->given.stopped != NULL) {
		h->given.stopped(h->given.user);
	}
}

static void
fill_engine(const struct house *h, struct engine_config *out)
{
	const struct config *c = h->given.config;

	*out = (struct engine_config){
		.rate = h->rate,
		.block = c->audio.block,
		.inputs = c->audio.inputs,
		.outputs = c->audio.outputs,
		.max_nodes = c->limits.max_nodes,
		.max_buses = c->limits.max_audio_buses,
		.max_connections = c->limits.max_connections,
		.max_inputs_per_port = c->limits.max_inputs_per_port,
		.threads = h->threads,
		.max_resources = c->limits.max_resources,
		.max_events = c->limits.max_events,
		.max_commands = c->limits.max_commands_per_block,
		.command_share = c->limits.command_share,
		.startup_gain_db = c->audio.startup_gain_db,
		.startup_ramp_ms = c->audio.startup_ramp_ms,
		.offline = h->offline,
		.pools = c->pools.count,
	};
	for (uint32_t i = 0; i < c->pools.count; i++) {
		out->pool[i].size = (size_t)c->pools.items[i].size;
		out->pool[i].count = c->pools.items[i].count;
	}
}

/** The wire, with room for the tap, and the tap itself. */
static int
open_wire(struct house *h, char *why, size_t size)
{
	const struct config *c = h->given.config;
	bool tapped = c->audio.tap[0] != '\0';
	uint32_t frames = tapped ? (uint32_t)h->rate * TAP_SECONDS : 0;
	int err = wire_open(c->limits.command_ring, c->limits.report_ring,
		c->limits.max_resources, frames, c->audio.outputs, &h->wire);

	if (err != 0) {
		snprintf(why, size, "the wire: %s", strerror(-err));
		return EXIT_INTERNAL;
	}
	if (!tapped) {
		return 0;
	}
	struct tap_config tc = {
		.path = c->audio.tap,
		.rate = (uint32_t)h->rate,
		.channels = c->audio.outputs,
		.frames = h->wire->tap,
	};
	err = tap_open(&tc, &h->tap, why, size);
	return err == 0 ? 0 : err == -ENOMEM ? EXIT_INTERNAL : EXIT_CANNOT_MAKE;
}

/** Is memory that rt touches to be locked? */
static bool
locks_memory(const struct house *h)
{
	return h->given.config->realtime.lock_memory && h->given.realtime &&
	       !h->offline;
}

/** The engine, the plugins, the office. */
static int
open_rooms(struct house *h, char *why, size_t size)
{
	const struct config *c = h->given.config;
	struct engine_config ec;

	fill_engine(h, &ec);
	int err = engine_open(&ec, h->wire, &h->engine);
	if (err == 0) {
		const struct host_config hc = {
			.config = c,
			.rate = h->rate,
			.lock_memory = locks_memory(h),
		};
		err = host_open(&hc, &h->host);
	}
	if (err == 0) {
		err = loader_open(c, h->host, &h->loader);
	}
	if (err == 0) {
		struct office_config oc = {
			.config = c,
			.rate = h->rate,
			.offline = h->offline,
			.wire = h->wire,
			.defs = loader_defs(h->loader),
			.classes = loader_classes(h->loader),
			.host = h->host,
			.plugin_host = loader_host(h->loader),
			.hooks =
				{
					.user = h,
					.quit = on_quit,
					.reload = on_reload,
					.device = on_device,
					.stopped = on_stopped,
					},
		};
		err = office_open(h->given.loop, &oc, &h->office);
	}
	if (err != 0) {
		snprintf(why, size, "the engine: %s", strerror(-err));
		return EXIT_INTERNAL;
	}
	if (!h->given.listen && !h->given.local) {
		return 0;
	}
	err = office_listen(h->office, h->given.listen, why, size);
	return err == 0                          ? 0
	       : err == -EINVAL                  ? EXIT_CONFIG
	       : err == -EACCES || err == -EPERM ? EXIT_NO_PERMISSION
						 : EXIT_UNAVAILABLE;
}

/** Say aloud which rights were refused, with the mend. */
static void
tell_rights(struct house *h)
{
	bool degraded = false;

	for (int i = 0; i < RT_RIGHTS; i++) {
		if (!h->rights.right[i].asked || h->rights.right[i].got) {
			continue;
		}
		if (h->rights.right[i].error == 0) {
			/* an exemption, not a refusal */
			log_info("rt: %s", h->rights.right[i].text);
			continue;
		}
		log_warn("rt: %s", h->rights.right[i].text);
		degraded = true;
	}
	office_set_degraded(h->office, degraded);
	office_set_rights(h->office, h->rights.right[RT_RIGHT_SCHEDULE].got,
		h->rights.right[RT_RIGHT_MEMORY].got);
}

static int
start_thread(struct house *h, char *why, size_t size)
{
	const struct config *c = h->given.config;
	uint32_t cpu[HOUSE_THREADS_CPUS];
	uint32_t cpus = house_threads_named(c, cpu);
	struct rt_config rc = {
		.realtime =
			c->realtime.enable && h->given.realtime && !h->offline,
		.priority = (int)c->realtime.priority,
		.cpus = cpu,
		.cpu_count = h->offline ? 0 : cpus,
		.lock_memory = locks_memory(h),
		.required = c->realtime.required,
		.audit = (enum audit_mode)c->realtime.audit,
		.plugin_pcm = house_device_is_plugin(h->device),
		.offline = h->offline,
	};
	int err = rt_start(&rc, h->engine, h->wire, &h->thread, &h->rights);

	if (err == -EPERM) {
		const char *between = ": ";
		size_t used = (size_t)snprintf(why, size, "realtime.required");
		for (int i = 0; i < RT_RIGHTS && used < size; i++) {
			if (!h->rights.right[i].asked ||
				h->rights.right[i].got) {
				continue;
			}
			used += (size_t)snprintf(why + used, size - used,
				"%s%s", between, h->rights.right[i].text);
			between = "; ";
		}
		return EXIT_NO_RIGHTS;
	}
	if (err != 0) {
		snprintf(why, size, "the rt thread: %s", strerror(-err));
		return EXIT_INTERNAL;
	}
	net_unlock(office_net(h->office));
	tell_rights(h);
	return 0;
}

/**
 * The workers, behind the rt thread, which locks all memory that is there: of
 * their stacks that would be 1 MiB each.
 */
static int
start_works(struct house *h, char *why, size_t size)
{
	int err = office_start_works(h->office);

	if (err == 0) {
		return 0;
	}
	snprintf(why, size, "the workers: %s (workers.threads is %u)",
		strerror(-err), h->given.config->workers.threads);
	return EXIT_INTERNAL;
}

static void
start_ticks(struct house *h)
{
	ev_timer_init(&h->tick, on_tick, TICK_SECONDS, TICK_SECONDS);
	h->tick.data = h;
	ev_timer_start(h->given.loop, &h->tick);
	for (uint32_t i = 0; i < rt_threads(h->thread); i++) {
		int fd = rt_audit_fd(h->thread, i);
		ev_io_init(&h->audit[i], on_audit, fd, EV_READ);
		h->audit[i].data = h;
		if (fd >= 0) {
			ev_io_start(h->given.loop, &h->audit[i]);
		}
	}
	h->ticking = true;
}

int
house_open(const struct house_config *config, struct house **out, char *why,
	size_t size)
{
	struct house *h = calloc(1, sizeof *h);
	if (h == NULL) {
		snprintf(why, size, "no memory");
		return EXIT_INTERNAL;
	}
	h->given = *config;
	h->offline = config->config->audio.driver == CONFIG_DRIVER_OFFLINE;
	h->rate = config->config->audio.rate;
	int code = house_threads_count(
		config->config, house_threads_cpus(), &h->threads, why, size);
	if (code == 0 && !h->offline) {
		/* a card that is there decides the rate */
		code = house_device_open(config->config, config->loop,
			&h->device, &h->rate, why, size);
	}
	if (code == 0) {
		code = open_wire(h, why, size);
	}
	if (code == 0) {
		code = open_rooms(h, why, size);
	}
	if (code == 0) {
		code = start_thread(h, why, size);
	}
	if (code == 0) {
		code = start_works(h, why, size);
	}
	if (code != 0) {
		(void)house_close(h);
		return code;
	}
	start_ticks(h);
	house_device_start(h->device, h->office);
	*out = h;
	return 0;
}

/** Tell rt to stop, until there is room to tell it. */
static void
on_stop_again(struct ev_loop *loop, ev_timer *w, int events)
{
	struct house *h = w->data;

	(void)events;
	if (office_stop(h->office) == 0) {
		ev_timer_stop(loop, w);
	}
}

void
house_stop(struct house *h)
{
	if (h->stopping) {
		return;
	}
	h->stopping = true;
	/* docs/architecture.md, "The end": no command is taken in any more;
	 * works that can be are cut short; rt frees nodes and resources, and
	 * stops when the last work is back */
	office_set_stopping(h->office);
	office_stop_works(h->office);
	ev_timer_init(&h->stop_again, on_stop_again, STOP_AGAIN_SECONDS,
		STOP_AGAIN_SECONDS);
	h->stop_again.data = h;
	if (office_stop(h->office) != 0) {
		ev_timer_start(h->given.loop, &h->stop_again);
	}
}

/** The office and what it uses. @return works that were abandoned: then all
 * of it is left as it is, for their threads to use */
static uint32_t
close_office(struct house *h)
{
	if (h->office != NULL) {
		uint32_t abandoned = office_end_works(h->office);
		if (abandoned != 0) {
			return abandoned;
		}
	}
	office_close(h->office);
	loader_close(h->loader);
	host_close(h->host);
	return 0;
}

uint32_t
house_close(struct house *h)
{
	if (h == NULL) {
		return 0;
	}
	if (h->stopping) {
		ev_timer_stop(h->given.loop, &h->stop_again);
	}
	if (h->ticking) {
		ev_timer_stop(h->given.loop, &h->tick);
		for (uint32_t i = 0; i < rt_threads(h->thread); i++) {
			ev_io_stop(h->given.loop, &h->audit[i]);
		}
	}
	if (h->thread != NULL && !h->stopping) {
		/* not all of it could be built; nobody has filled the ring */
		(void)!office_stop(h->office);
	}
	rt_join(h->thread);
	/* what rt told last, devices among it */
	if (h->office != NULL) {
		office_drain(h->office);
	}
	house_device_close(h->device);
	tap_close(h->tap);
	uint32_t abandoned = close_office(h);
	if (abandoned == 0) {
		engine_close(h->engine);
		wire_close(h->wire);
		free(h);
	}
	return abandoned;
}

void
house_abandon(struct house *h)
{
	uint32_t works = office_log_works(h->office);

	if (works == 0) {
		log_err("house: the rt thread does not stop; abandoned with "
			"all nodes and the card");
	}
}

struct office *
house_office(struct house *h)
{
	return h->office;
}

void
house_configure(struct house *h, const struct config *config)
{
	h->given.config = config;
	host_configure(h->host, config);
	office_configure(h->office, config);
}

bool
house_is_alive(struct house *h)
{
	uint64_t blocks = gauge_get(&h->wire->gauges, GAUGE_BLOCKS);
	bool alive = h->offline || blocks != h->blocks_seen;

	h->blocks_seen = blocks;
	return alive;
}

void
house_describe(struct house *h, char *text, size_t size)
{
	char device[160];

	house_device_describe(h->device, device, sizeof device);
	snprintf(text, size, "%s, %g Hz, blocks of %u, %s",
		h->offline ? "offline" : device, h->rate,
		h->given.config->audio.block,
		h->rights.right[RT_RIGHT_SCHEDULE].got ? "real time"
						       : "no real time");
}
