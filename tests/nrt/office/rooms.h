/* SPDX-License-Identifier: MIT */
/*
 * rooms.h -- the whole engine without its threads, for the office's tests.
 *
 * The rooms are the real ones, plugins and all; the loop and the rt thread
 * are the test's own, and time moves when the test says so (helpers of rt are
 * real, where TACTUS_TEST_THREADS wants some).  Words go in as
 * `tactus send` takes them, and answers come out as text, a line each.
 */
#ifndef TACTUS_TESTS_ROOMS_H
#define TACTUS_TESTS_ROOMS_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "office.h"

struct crew;
struct engine;
struct host;
struct loader;

/** Most settings that a test gives. */
#define ROOMS_SETS 24

/** The test's text; more than this is a failure. */
#define ROOMS_TEXT 400000

struct rooms {
	struct config *config;
	struct wire *wire;
	struct engine *engine;
	struct crew *crew; /* NULL: rt has no helpers */
	struct host *host;
	struct loader *loader;
	struct office *office;
	struct ev_loop *loop;
	struct peer *peer;         /* of this process: an admin */
	struct office_hooks hooks; /* set them before rooms_open */
	bool realtime;             /* set it: no offline driver */
	/* set it: to register what else there is, before the office opens */
	void (*prepare)(struct rooms *r);
	float *out[CONFIG_MAX_CHANNELS];
	uint64_t returned; /* works, when one more was awaited */
	uint64_t packets;  /* that were answered */
	size_t largest;    /* of them, in bytes */
	uint64_t errors;   /* answers that were /error */
	size_t heard_size; /* of what is in `heard` */
	char heard[ROOMS_TEXT];
};

/** Open rooms with settings ("PATH=VALUE", NULL ends them); the plugins that
 * were built are loaded unless plugins.path is among them. */
void rooms_open(struct rooms *r, const char *const *sets);
/** The same, with the configured listeners: for clients over loopback. */
void rooms_open_doors(struct rooms *r, const char *const *sets);
/** Let the engine end as the daemon lets it, then close all. */
void rooms_close(struct rooms *r);

/** Let the rt side take what waits, and the office what comes of it. */
void rooms_turn(struct rooms *r);
/** Take turns until something was heard (it stays to be looked at); works
 * that have to end for it are waited for. */
void rooms_await(struct rooms *r, const char *words);
/** Take turns until no work is out. */
void rooms_rest(struct rooms *r);
/** How many works workers have now. */
uint32_t rooms_running(struct rooms *r);
/** Wait until one more work has come back from its worker. */
void rooms_await_work(struct rooms *r);
/** Put words in, and take turns until something was heard.
 * @return all that was heard */
const char *rooms_ask_await(
	struct rooms *r, const char *words, const char *awaited);
/** Let time pass, in blocks; r->out has the last one. */
void rooms_render(struct rooms *r, uint32_t frames);
/** The sample clock. */
uint64_t rooms_now(const struct rooms *r);

/** Make a packet of "/address word word ...". @return its bytes */
size_t rooms_message(void *data, size_t room, const char *words);
/** Put a packet in, without a turn. */
void rooms_packet(struct rooms *r, const void *data, size_t size);
/** Put words in, without a turn. */
void rooms_put(struct rooms *r, const char *words);
/** Put words in, take a turn. @return what was heard since it was last
 * looked at: a line for each answer */
const char *rooms_ask(struct rooms *r, const char *words);
/** The same; this and no more was heard. */
void rooms_expect(struct rooms *r, const char *words, const char *answer);
/** What was heard, and forget it. */
const char *rooms_heard(struct rooms *r);

/** A bundle that a test puts together. */
struct rooms_bundle {
	size_t size;
	uint8_t data[65536];
};
void rooms_bundle(struct rooms_bundle *b, uint64_t ntp);
void rooms_bundle_add(struct rooms_bundle *b, const char *words);
void rooms_bundle_nest(struct rooms_bundle *b, const struct rooms_bundle *in);
/** Put it in, take a turn. @return what was heard */
const char *rooms_bundle_ask(struct rooms *r, const struct rooms_bundle *b);

/** The tag of a sample under the offline driver, at 48 kHz. */
uint64_t rooms_tag(double sample);

/** A client over loopback, at listener `i`. @return its socket */
int rooms_client(struct rooms *r, uint32_t i);
/** Send words, and /sync; @return what came until /synced, without it */
const char *rooms_client_ask(struct rooms *r, int client, const char *words);

/** How many lines of text begin with `start`. */
uint32_t rooms_count(const char *text, const char *start);

/** A number of /stats; ends the test when there is none of that name. */
double rooms_stat(struct rooms *r, const char *name);

/** Run a suite, and let go of it. @return what main returns */
int rooms_run(Suite *suite);

/** The log, while it is listened to: rooms_log_begin forgets. */
void rooms_log_begin(void);
bool rooms_has_logged(const char *words);
void rooms_log_end(void);

#endif
