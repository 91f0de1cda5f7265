/* SPDX-License-Identifier: MIT */
/*
 * rooms.c -- see rooms.h.
 */
#include "rooms.h"

#include <check.h>
#include <ev.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "engine.h"
#include "helped.h"
#include "host.h"
#include "loader.h"
#include "log.h"
#include "net.h"
#include "office_private.h"
#include "osc_read.h"
#include "osc_text.h"
#include "osc_write.h"
#include "threads.h"

#define MOST_WORDS   1200
#define DEADLINE_S   20
#define SYNC_BY_TEST 424242

static char logged[65536];

/** Add the messages of a packet to what was heard. */
static void
hear(struct rooms *r, const void *data, size_t size)
{
	struct osc_walk walk;
	struct osc_message m;

	/* an assertion that holds allocates, too: not where malloc fails */
	if (osc_check(data, size) != NULL) {
		ck_abort_msg("an answer is no OSC: %s", osc_check(data, size));
	}
	r->packets++;
	r->largest = size > r->largest ? size : r->largest;
	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		size_t room = sizeof r->heard - r->heard_size;
		if (room < 70000) {
			ck_abort_msg("too much was heard");
		}
		r->errors += strcmp(m.address, "/error") == 0 ? 1 : 0;
		r->heard_size +=
			osc_text_show(&m, r->heard + r->heard_size, room - 2);
		r->heard[r->heard_size++] = '\n';
		r->heard[r->heard_size] = '\0';
	}
}

static void
on_answer(void *user, const void *data, size_t size)
{
	hear(user, data, size);
}

static void
open_config(struct rooms *r, const char *const *sets)
{
	char plugins[600];
	const char *all[ROOMS_SETS + 1] = {plugins};
	uint32_t count = 1;
	struct config_errors errors = {0};

	(void)snprintf(plugins, sizeof plugins, "plugins.path=[\"%s\"]",
		PLUGINS_BUILT);
	while (sets != NULL && sets[count - 1] != NULL) {
		ck_assert_uint_lt(count, ROOMS_SETS);
		all[count] = sets[count - 1];
		count++;
	}
	int err = config_load("/dev/null", all, count, &r->config, &errors);
	ck_assert_msg(err == 0, "%s",
		errors.count > 0 ? errors.items[0] : "no configuration");
	config_errors_fini(&errors);
}

static void
open_engine(struct rooms *r)
{
	const struct config *c = r->config;
	struct engine_config ec = {
		.rate = c->audio.rate,
		.block = c->audio.block,
		.inputs = c->audio.inputs,
		.outputs = c->audio.outputs,
		.max_nodes = c->limits.max_nodes,
		.max_buses = c->limits.max_audio_buses,
		.max_connections = c->limits.max_connections,
		.max_inputs_per_port = c->limits.max_inputs_per_port,
		.threads = threads_wanted(),
		.eager = true,
		.max_resources = c->limits.max_resources,
		.max_events = c->limits.max_events,
		.max_commands = c->limits.max_commands_per_block,
		.command_share = 1.0,
		.offline = !r->realtime,
		.pools = c->pools.count,
	};

	for (uint32_t i = 0; i < c->pools.count; i++) {
		ec.pool[i].size = (size_t)c->pools.items[i].size;
		ec.pool[i].count = c->pools.items[i].count;
	}
	ck_assert_int_eq(engine_open(&ec, r->wire, &r->engine), 0);
	r->crew = helped_open(r->engine, false);
	for (uint32_t i = 0; i < ec.outputs; i++) {
		r->out[i] = calloc(ec.block, sizeof *r->out[i]);
		ck_assert_ptr_nonnull(r->out[i]);
	}
	gauge_set(&r->wire->gauges, GAUGE_RUNNING, 1);
	gauge_set(&r->wire->gauges, GAUGE_DRIVER,
		r->realtime ? DRIVER_CLOCK : DRIVER_OFFLINE);
}

static void
open_doors(struct rooms *r, bool all)
{
	char why[256] = "";

	ck_assert_msg(
		office_listen(r->office, all, why, sizeof why) == 0, "%s", why);
	r->peer = net_local(office_net(r->office), on_answer, r);
	ck_assert_ptr_nonnull(r->peer);
}

static void
open_all(struct rooms *r, const char *const *sets)
{
	const struct office_hooks hooks = r->hooks;
	bool realtime = r->realtime;
	void (*prepare)(struct rooms *) = r->prepare;

	*r = (struct rooms){
		.hooks = hooks, .realtime = realtime, .prepare = prepare};
	r->loop = ev_loop_new(EVFLAG_AUTO);
	ck_assert_ptr_nonnull(r->loop);
	open_config(r, sets);
	ck_assert_int_eq(
		wire_open(r->config->limits.command_ring,
			r->config->limits.report_ring,
			r->config->limits.max_resources, 0, 0, &r->wire),
		0);
	open_engine(r);
	const struct host_config hc = {
		.config = r->config, .rate = r->config->audio.rate};
	ck_assert_int_eq(host_open(&hc, &r->host), 0);
	ck_assert_int_eq(loader_open(r->config, r->host, &r->loader), 0);
	if (r->prepare != NULL) {
		r->prepare(r);
	}
	struct office_config oc = {
		.config = r->config,
		.rate = r->config->audio.rate,
		.offline = !r->realtime,
		.wire = r->wire,
		.defs = loader_defs(r->loader),
		.classes = loader_classes(r->loader),
		.host = r->host,
		.plugin_host = loader_host(r->loader),
		.hooks = r->hooks,
	};
	ck_assert_int_eq(office_open(r->loop, &oc, &r->office), 0);
	ck_assert_int_eq(office_start_works(r->office), 0);
}

void
rooms_open(struct rooms *r, const char *const *sets)
{
	open_all(r, sets);
	open_doors(r, false);
}

void
rooms_open_doors(struct rooms *r, const char *const *sets)
{
	open_all(r, sets);
	open_doors(r, true);
}

/** Let what rt owes pass. */
static void
run_owed(struct rooms *r)
{
	/* virtual time stands still while works are out */
	for (uint64_t owed; (owed = engine_owed(r->engine)) > 0 &&
			    engine_works(r->engine) == 0;) {
		uint32_t left = engine_left(r->engine);
		engine_render(r->engine, NULL, r->out,
			owed < left ? (uint32_t)owed : left);
		engine_flush(r->engine);
		office_drain(r->office);
	}
}

void
rooms_turn(struct rooms *r)
{
	bool told = true;

	/* until rt has nothing to tell any more: it may have more than the
	 * ring holds; while it owes time, commands stay where they are */
	while (told || ring_filled(r->wire->works) > 0 ||
		(ring_filled(r->wire->commands) > 0 &&
			engine_owed(r->engine) == 0)) {
		engine_take(r->engine);
		engine_flush(r->engine);
		told = ring_filled(r->wire->reports) > 0;
		office_drain(r->office);
		run_owed(r);
	}
}

static void
on_deadline(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	ck_abort_msg("no %s within %d s", (const char *)w->data, DEADLINE_S);
}

/** Take turns until `is_over`. */
static void
turn_until(struct rooms *r, bool (*is_over)(struct rooms *, const char *),
	const char *words)
{
	char copy[200];
	ev_timer deadline;

	(void)snprintf(copy, sizeof copy, "%s", words);
	ev_timer_init(&deadline, on_deadline, DEADLINE_S, 0.0);
	deadline.data = copy;
	rooms_turn(r);
	ev_now_update(r->loop);
	ev_timer_start(r->loop, &deadline);
	while (!is_over(r, copy)) {
		ev_run(r->loop, engine_works(r->engine) > 0 ? EVRUN_ONCE
							    : EVRUN_NOWAIT);
		rooms_turn(r);
	}
	ev_timer_stop(r->loop, &deadline);
}

static bool
was_heard(struct rooms *r, const char *words)
{
	return strstr(r->heard, words) != NULL;
}

void
rooms_await(struct rooms *r, const char *words)
{
	turn_until(r, was_heard, words);
}

static bool
is_idle(struct rooms *r, const char *words)
{
	(void)words;
	return engine_works(r->engine) == 0;
}

void
rooms_rest(struct rooms *r)
{
	turn_until(r, is_idle, "rest");
}

static struct work_pool_counts
works(struct rooms *r)
{
	struct work_pool_counts counts;

	work_pool_count(r->office->pool, &counts);
	return counts;
}

uint32_t
rooms_running(struct rooms *r)
{
	return works(r).running;
}

static bool
has_returned(struct rooms *r, const char *words)
{
	(void)words;
	return works(r).done > r->returned;
}

void
rooms_await_work(struct rooms *r)
{
	/* they come back in the loop alone, which nobody else runs */
	r->returned = works(r).done;
	turn_until(r, has_returned, "work that returns");
}

const char *
rooms_ask_await(struct rooms *r, const char *words, const char *awaited)
{
	rooms_put(r, words);
	rooms_await(r, awaited);
	return rooms_heard(r);
}

static bool
is_stopped(struct rooms *r, const char *words)
{
	(void)words;
	for (int i = 0; i < 1000 && !engine_stopped(r->engine); i++) {
		rooms_render(r, engine_left(r->engine));
	}
	return engine_stopped(r->engine);
}

void
rooms_render(struct rooms *r, uint32_t frames)
{
	while (frames > 0) {
		uint32_t left = engine_left(r->engine);
		uint32_t n = frames < left ? frames : left;
		engine_render(r->engine, NULL, r->out, n);
		engine_flush(r->engine);
		office_drain(r->office);
		frames -= n;
	}
}

uint64_t
rooms_now(const struct rooms *r)
{
	return engine_now(r->engine);
}

void
rooms_close(struct rooms *r)
{
	/* as the daemon ends: rt gives back all that it holds */
	office_stop_works(r->office);
	while (office_stop(r->office) != 0) {
		rooms_turn(r);
	}
	turn_until(r, is_stopped, "end");
	office_drain(r->office);
	ck_assert_uint_eq(office_end_works(r->office), 0);
	ck_assert_uint_eq(host_bytes(r->host), 0);
	peer_unref(r->peer);
	office_close(r->office);
	crew_close(r->crew);
	engine_close(r->engine);
	loader_close(r->loader);
	host_close(r->host);
	wire_close(r->wire);
	ev_loop_destroy(r->loop);
	for (uint32_t i = 0; i < r->config->audio.outputs; i++) {
		free(r->out[i]);
	}
	config_close(r->config);
}

size_t
rooms_message(void *data, size_t room, const char *words)
{
	static char copy[65536];
	static char *word[MOST_WORDS];
	struct osc_out out;
	char why[200] = "";
	char *rest;
	int count = 0;

	ck_assert_uint_lt(strlen(words), sizeof copy);
	(void)snprintf(copy, sizeof copy, "%s", words);
	char *address = strtok_r(copy, " ", &rest);
	for (char *w; (w = strtok_r(NULL, " ", &rest)) != NULL;) {
		ck_assert_int_lt(count, MOST_WORDS);
		word[count++] = w;
	}
	osc_begin(&out, data, room, address);
	int err = osc_text_parse(&out, count, word, why, sizeof why);
	ck_assert_msg(err == 0, "%s: %s", words, why);
	size_t size = osc_end(&out);
	ck_assert_uint_gt(size, 0);
	return size;
}

void
rooms_packet(struct rooms *r, const void *data, size_t size)
{
	/* what comes lies nowhere in particular, and ends where it ends */
	uint8_t *copy = malloc(size);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, size);
	ck_assert_ptr_null(osc_check(copy, size));
	office_packet(r->office, r->peer, copy, size, 0);
	free(copy);
}

void
rooms_put(struct rooms *r, const char *words)
{
	static uint8_t data[65536];

	rooms_packet(r, data, rooms_message(data, sizeof data, words));
}

const char *
rooms_heard(struct rooms *r)
{
	static char text[ROOMS_TEXT];

	memcpy(text, r->heard, r->heard_size);
	text[r->heard_size] = '\0';
	r->heard_size = 0;
	r->heard[0] = '\0';
	return text;
}

const char *
rooms_ask(struct rooms *r, const char *words)
{
	rooms_put(r, words);
	rooms_turn(r);
	return rooms_heard(r);
}

void
rooms_expect(struct rooms *r, const char *words, const char *answer)
{
	const char *text = rooms_ask(r, words);

	ck_assert_msg(strcmp(text, answer) == 0, "%s: %s", words, text);
}

void
rooms_bundle(struct rooms_bundle *b, uint64_t ntp)
{
	ck_assert(osc_bundle_begin(b->data, sizeof b->data, &b->size, ntp));
}

void
rooms_bundle_add(struct rooms_bundle *b, const char *words)
{
	static uint8_t data[65536];
	size_t size = rooms_message(data, sizeof data, words);

	ck_assert(
		osc_bundle_add(b->data, sizeof b->data, &b->size, data, size));
}

void
rooms_bundle_nest(struct rooms_bundle *b, const struct rooms_bundle *in)
{
	ck_assert(osc_bundle_add(
		b->data, sizeof b->data, &b->size, in->data, in->size));
}

const char *
rooms_bundle_ask(struct rooms *r, const struct rooms_bundle *b)
{
	rooms_packet(r, b->data, b->size);
	rooms_turn(r);
	return rooms_heard(r);
}

uint64_t
rooms_tag(double sample)
{
	return (uint64_t)(sample / 48000.0 * 4294967296.0 + 0.5);
}

int
rooms_client(struct rooms *r, uint32_t i)
{
	const char *url = net_url(office_net(r->office), i);
	struct sockaddr_in to = {.sin_family = AF_INET};
	int port = 0;

	ck_assert_ptr_nonnull(url);
	ck_assert_int_eq(sscanf(url, "udp://127.0.0.1:%d", &port), 1);
	to.sin_port = htons((uint16_t)port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/** Take what came for a client. @return true once /synced is among it */
static bool
take_datagrams(struct rooms *r, int client)
{
	static uint8_t data[65536];
	char end[40];

	(void)snprintf(end, sizeof end, "/synced %d\n", SYNC_BY_TEST);
	for (;;) {
		ssize_t got = recv(client, data, sizeof data, MSG_DONTWAIT);
		if (got <= 0) {
			return false;
		}
		hear(r, data, (size_t)got);
		size_t length = strlen(end);
		if (r->heard_size >= length &&
			strcmp(r->heard + r->heard_size - length, end) == 0) {
			r->heard_size -= length;
			r->heard[r->heard_size] = '\0';
			return true;
		}
	}
}

const char *
rooms_client_ask(struct rooms *r, int client, const char *words)
{
	static uint8_t data[65536];
	char sync[40];
	time_t begin = time(NULL);

	(void)snprintf(sync, sizeof sync, "/sync %d", SYNC_BY_TEST);
	if (words[0] != '\0') {
		size_t size = rooms_message(data, sizeof data, words);
		ck_assert_int_eq(send(client, data, size, 0), (ssize_t)size);
	}
	size_t size = rooms_message(data, sizeof data, sync);
	ck_assert_int_eq(send(client, data, size, 0), (ssize_t)size);
	while (!take_datagrams(r, client)) {
		ck_assert_msg(time(NULL) - begin < DEADLINE_S,
			"%s: not answered", words);
		ev_run(r->loop, EVRUN_NOWAIT);
		rooms_turn(r);
		struct pollfd p = {.fd = client, .events = POLLIN};
		(void)poll(&p, 1, 1);
	}
	return rooms_heard(r);
}

uint32_t
rooms_count(const char *text, const char *start)
{
	uint32_t count = 0;

	while (*text != '\0') {
		count += strncmp(text, start, strlen(start)) == 0 ? 1 : 0;
		const char *end = strchr(text, '\n');
		text = end != NULL ? end + 1 : text + strlen(text);
	}
	return count;
}

double
rooms_stat(struct rooms *r, const char *name)
{
	char quoted[80];

	(void)snprintf(quoted, sizeof quoted, "\"%s\" d:", name);
	const char *text = rooms_ask(r, "/stats");
	const char *at = strstr(text, quoted);
	ck_assert_msg(at != NULL, "no %s in %s", name, text);
	return strtod(at + strlen(quoted), NULL);
}

static void
on_line(void *user, enum log_level level, const char *line)
{
	size_t at = strlen(logged);

	(void)user;
	(void)snprintf(logged + at, sizeof logged - at, "%s: %s\n",
		log_level_name(level), line);
}

void
rooms_log_begin(void)
{
	logged[0] = '\0';
	log_set_sink(on_line, NULL);
}

bool
rooms_has_logged(const char *words)
{
	return strstr(logged, words) != NULL;
}

void
rooms_log_end(void)
{
	log_set_sink(NULL, NULL);
}

int
rooms_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
