/* SPDX-License-Identifier: MIT */
/*
 * office_private.h -- what the files of the office share.
 */
#ifndef TACTUS_NRT_OFFICE_PRIVATE_H
#define TACTUS_NRT_OFFICE_PRIVATE_H

#include <ev.h>

#include "arena.h"
#include "classes.h"
#include "defs.h"
#include "errands.h"
#include "host.h"
#include "office.h"
#include "osc_read.h"
#include "osc_write.h"
#include "rest.h"
#include "timeline.h"
#include "work_order.h"
#include "work_pool.h"

/** Pages are no longer, unless one item alone is (tactus-osc(7), Answers). */
#define PAGE_BYTES 1400

/** Constructions that one packet may ask for; more are 413.  rt makes all of
 * its synths at one sample, and what that takes has to have a bound. */
#define MAX_CONSTRUCTIONS 256

/** Reports handled before sockets get their turn. */
#define REPORTS_PER_TURN 2048

/** Xruns that are remembered with their causes. */
#define XRUNS_KEPT 64

/** Most that /meter is told a second; the window in which rt gathers. */
#define METER_HZ 50.0

/** Why a peer is kept. */
enum keep { KEEP_NOTIFY = 1, KEEP_METER = 2, KEEP_DRIVEN = 4, KEEP_WORK = 8 };

/** Holders of one resource that /resource/query names, and each item of
 * /resource/list. */
#define QUERY_HOLDERS 200
#define LIST_HOLDERS  16

/** What is kept for a client with meters. */
struct client {
	double period; /* frames */
	double due;    /* sample */
	uint32_t frames;
	float peak[64];
	double squares[64];
};

struct xrun_entry {
	uint64_t sample;
	uint32_t cause;
	int64_t late_ns;
	uint64_t lost;
};

/** A message of any size: the results of a job. */
struct large {
	struct osc_out out;
	uint8_t data[JOB_RESULT_BYTES + 4096];
};

/** Places in the index of the addresses: at least twice as many. */
#define ADDRESS_SLOTS 256

struct office {
	struct ev_loop *loop;
	struct office_config given;
	const struct config *config;
	struct wire *wire;
	struct gauges *gauges;
	struct defs *defs;
	struct net *net;
	struct timeline time;      /* NTP and the sample clock */
	struct timeline_line line; /* of the packet at hand */
	struct arena_store store;
	const struct address *address[ADDRESS_SLOTS]; /* by their names */
	const struct address *last; /* that was found; NULL: none yet */

	ev_io called;     /* rt's eventfd */
	ev_prepare sleep; /* announce, look once more */
	ev_check awake;   /* take reports */
	ev_idle busy;     /* keeps the loop from sleeping */
	ev_timer feed;    /* of the time loop */
	struct rest rest; /* before sockets are looked at again */

	uint64_t out_batches;   /* given to rt, not yet back */
	uint64_t out_connects;  /* /node/connect in batches that are kept */
	uint64_t refused;       /* packets without room in the ring */
	uint64_t nan_nodes;     /* nodes named for bad output */
	uint64_t xrun_count[5]; /* by cause */
	struct xrun_entry xrun[XRUNS_KEPT];
	uint64_t xruns;   /* ever; the newest is at xruns - 1 */
	uint64_t faults;  /* page faults of the rt threads */
	uint64_t audited; /* system calls that the audit reported */
	bool fifo;        /* rt runs under SCHED_FIFO */
	bool locked;      /* memory is locked */
	bool dump;
	bool degraded;
	bool stopping;
	bool quitting;
	bool device_lost;
	struct work_pool *pool;
	struct errand *resource; /* by id: limits.max_resources of them */
	uint32_t max_resources;  /* as they were at the start */
	uint32_t resources;      /* of them that are there */
	struct errand job[WORK_MAX_JOBS];
	struct errand *open_first;
	struct errand *open_last;
	struct asker *askers;
	struct batch *syncs; /* that wait for works, in order: chained */
	uint64_t count;      /* of errands that opened */
	size_t order_bytes;  /* of orders, as orders.c counts them */
	struct large large;

	uint32_t meters;     /* clients that want levels */
	bool metering;       /* rt was told to gather them */
	struct log_osc *log; /* NULL: log.osc is off */
};

/* --- requests: one message on its way in --- */

struct address;

/** Bundles within bundles, and what stands outside of them. */
#define BUILD_DEPTH (OSC_MAX_DEPTH + 1)

/** The chain of batches that a packet becomes. */
struct build {
	struct batch *head;
	struct batch *tail;
	bool at_sample; /* inside /at: all of it is due at `sample` */
	uint64_t sample;
	/* a setting that the next message may go on with (graph_set_again);
	 * NULL: none */
	struct command *again;
	const struct port_ref *again_port;
	const uint8_t *again_args; /* where the message has its arguments */
	size_t again_size;         /* and their bytes */
	uint64_t again_time;
	uint32_t open; /* parts that may still grow, by rising times */
	struct {
		uint64_t time;
		struct batch *batch;
	} part[BUILD_DEPTH];
};

struct request {
	struct office *office;
	struct peer *peer;
	const struct address *to;
	const struct osc_message *message;
	struct osc_args args;
	struct build *build; /* NULL: back from rt, nothing more to send */
	struct batch *part;  /* of the command that was added last */
	bool has_first;
	int32_t first; /* integer argument, for /error */
	int position;  /* of the argument being read, from 1 */
};

enum address_when {
	WHEN_NOW, /* the loop acts as it comes, or when a bundle is due */
	WHEN_AFTER /* it acts once rt has done all that came before */,
	WHEN_RT /* it makes a command */
};

/** One address of the contract: the table that everything is held against. */
struct address {
	const char *name;
	const char *arguments; /* as the manual writes them */
	enum role role;
	enum address_when when;
	void (*handle)(struct request *r);
	const char *doc;
};

/** The addresses; the last has no name. */
extern const struct address address_table[];

/** Fill an index (zeroed, ADDRESS_SLOTS places). */
void address_index(const struct address **slots);

/** @return NULL when there is none */
const struct address *address_find(
	const struct address *const *slots, const char *name);

/** The address that a misspelt one may have meant; NULL: none is near. */
const char *address_near(const char *name);

/** Begin a chain.  It has no parts: they are written as they are made. */
static inline void
build_begin(struct build *build)
{
	build->head = NULL;
	build->tail = NULL;
	build->at_sample = false;
	build->sample = 0;
	build->again = NULL;
	build->open = 0;
}

/** The part that was open last, and so that of the message at hand where its
 * time is that of the message before it. */
static inline struct batch *
build_part(const struct build *build)
{
	return build->part[build->open - 1].batch;
}

/** Add a command to a part. */
static inline void
build_append(struct batch *b, struct command *c)
{
	if (b->commands == 0) {
		b->first = c;
	} else {
		b->last->next = c;
	}
	b->last = c;
	b->commands++;
}

/** Add a command to the part that is being built; NULL: no memory. */
struct command *request_command(struct request *r, enum command_kind kind);

/** Take zeroed memory for the command that was added last.  Without it the
 * command does nothing any more, and that was answered. */
void *request_take(struct request *r, struct command *c, size_t bytes);

/** The same, but the caller writes all of it. */
void *request_raw(struct request *r, struct command *c, size_t bytes);

/** The same for a copy of a string. */
const char *request_copy(
	struct request *r, struct command *c, const char *text);

/** The same for the name of a port, if it has one. @return false: no memory */
bool request_copy_port(
	struct request *r, struct command *c, struct port_ref *port);

/** A command that was added turns out to be wrong: it does nothing. */
void request_drop(struct command *c);

/** Begin an array, if one is there. @return 1 it did, 0 there is nothing
 * more, -1 something else is there, and it was answered */
int request_array(struct request *r, const char *what);

/**
 * Read an array of arguments for a class or a job, if one is there; the
 * strings are the message's.
 * @owns the caller does, and frees `*out`, which may be NULL
 * @return false: it was answered
 */
bool request_values(struct request *r, TactusValue **out, uint32_t *count);

/** Whose arguments are looked at: a class or a job, as its def has them. */
struct request_checked {
	int (*check)(const TactusHost *host, const TactusValue *values,
		uint32_t count, char *reason, size_t size);
	const char *name;
	const char *arguments;
};

/** Let a class or a job look at its arguments.
 * @return true: they are good; else it was answered */
bool request_check(struct request *r, const struct request_checked *what,
	const TactusValue *values, uint32_t count);

/** Keep the sender as a client. @return false: no, and it was answered */
bool request_keep(struct request *r, uint32_t why);

/** Answer /error for this message. */
void request_fail(struct request *r, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Read the next argument; they answer the error themselves. */
bool request_int(struct request *r, const char *what, int32_t *out);
bool request_int64(struct request *r, const char *what, int64_t *out);
bool request_number(struct request *r, const char *what, double *out);
const char *request_text(struct request *r, const char *what);
/** A port, by its index or its name, which is the message's. */
bool request_port(struct request *r, const char *what, struct port_ref *out);
/** The same, with a copy of its name for the command that was added last. */
bool request_own_port(
	struct request *r, struct command *c, struct port_ref *out);
bool request_end(struct request *r);
/** Is there another argument? */
static inline bool
request_more(const struct request *r)
{
	return *r->args.type != '\0';
}

/* --- answers --- */

/** Begin, then send, a message to the peer of a request. */
struct answer {
	struct osc_out out;
	uint8_t data[4096];
};
void answer_begin(struct answer *a, const char *address);
void answer_send(struct answer *a, struct peer *peer);
void answer_send_all(struct answer *a, struct office *o, uint32_t why);

/** A list in pages of at most PAGE_BYTES. */
struct pages;
struct pages *pages_begin(const char *address);
/** Add an item: `put` writes it, a second time when a page is full. */
void pages_add(struct pages *p, void (*put)(struct osc_out *, const void *),
	const void *item);
/** Put what every page begins with, behind page and pages. */
void pages_lead(struct pages *p, void (*put)(struct osc_out *, const void *),
	const void *item);
/** Send all, and free.  NULL, or pages that found no memory, become an error
 * 503 about the address that was `asked`, with the message's first integer. */
void pages_send(struct pages *p, struct peer *peer, const char *asked,
	const int32_t *first);

/* --- the parts --- */

/** The sample that an NTP tag means, by the line of this packet; `*rank` is
 * its place within that sample, in 1/65536. */
uint64_t office_sample(struct office *o, uint64_t ntp, uint64_t *rank);
/** How far ahead of now a tag is; negative: past. */
double office_ahead_s(struct office *o, uint64_t ntp);
/** The line that all tags of the packet at hand go by. */
void office_begin_packet(struct office *o);
/** Now, as an NTP tag, by the clock that clients share. */
uint64_t office_ntp_now(struct office *o);
/** Frames a second, as the time loop has measured. */
double office_measured_rate(struct office *o);
/** The time loop's life. */
void office_time_open(struct office *o);
void office_time_close(struct office *o);
/** rt sleeps, under the offline driver: call it. */
void office_call_rt(struct office *o);

/** Post a chain; answers 503 when there is no room. */
void dispatch_post(struct office *o, struct peer *peer, struct build *build,
	const char *address, const int32_t *first);
/** Is a packet one that can be taken at all?  If not, it was answered: 413
 * too many constructions, 422 too far ahead (not looked at inside "/at"). */
bool dispatch_judge(struct office *o, struct peer *peer, const char *address,
	const void *data, size_t size);
/** Compile a packet that was checked into a chain. */
void dispatch_compile(struct office *o, struct peer *peer, struct build *build,
	const void *data, size_t size);
/** Carry out a COMMAND_CALL. */
void dispatch_call(struct office *o, struct peer *peer, const void *call);

/** A batch is back; rt gave it back at `sample`. */
void outcome_take(struct office *o, struct batch *b, uint64_t sample);
/** Kinds of commands that are looked at when they are back, even if they were
 * done: they are answered, or something is freed or counted with them. */
#define ANSWERED                                                              \
  (UINT32_C(1) << COMMAND_CALL | UINT32_C(1) << COMMAND_SYNC |                \
	  UINT32_C(1) << COMMAND_GROUP_NEW |                                  \
	  UINT32_C(1) << COMMAND_SYNTH_NEW | UINT32_C(1) << COMMAND_CONNECT | \
	  UINT32_C(1) << COMMAND_TREE | UINT32_C(1) << COMMAND_QUERY |        \
	  UINT32_C(1) << COMMAND_RESOURCE_NEW |                               \
	  UINT32_C(1) << COMMAND_RESOURCE_FREE |                              \
	  UINT32_C(1) << COMMAND_RESOURCE_QUERY |                             \
	  UINT32_C(1) << COMMAND_RESOURCE_LIST |                              \
	  UINT32_C(1) << COMMAND_JOB_NEW | UINT32_C(1) << COMMAND_OFFLINE_RUN)
_Static_assert(COMMAND_STOP < 32, "ANSWERED has a bit for each kind");
/** Free a batch, with the specs that nobody took. */
void outcome_free(struct office *o, struct batch *b);

/** Any other report. */
void reports_take(struct office *o, const struct report *r);

/** Room for the words of a failed command. */
#define WORDS_SIZE 512

/** The words of a failed command. @return the code of /error */
int words_of(const struct command *c, char *text, size_t size);
/** Both ends of a connection as they were named, before what is wrong.
 * @thread loop @return bytes */
size_t words_of_ends(
	int32_t source, const struct connect_order *o, char *text, size_t size);

const char *cause_name(uint32_t cause);

void graph_group_new(struct request *r);
void graph_free_all(struct request *r);
void graph_synth_new(struct request *r);
void graph_activate(struct request *r);
void graph_map_input(struct request *r);
void graph_map_output(struct request *r);
void graph_map_control(struct request *r);
void graph_done_flags(struct request *r);
void graph_free(struct request *r);
void graph_release(struct request *r);
void graph_set(struct request *r);
/** Go on with the setting before, if the message differs from it in no more
 * than node and value, and with all that follow and do so too.
 * @return false: the message, which may be a later one now, is like any other
 * and not seen to */
bool graph_set_again(
	struct build *build, struct osc_walk *walk, struct osc_message *m);
void graph_move(struct request *r);
void graph_run(struct request *r);
void graph_name(struct request *r);
void graph_query(struct request *r);
void graph_tree(struct request *r);
void graph_statistics(struct request *r);
/** Answers that come back with the command. */
void graph_answer_tree(
	struct office *o, struct peer *peer, const struct command *c);
void graph_answer_query(
	struct office *o, struct peer *peer, const struct command *c);

void connections_make(struct request *r);
void connections_break(struct request *r);
/** How many connections there can be when a message is applied. */
uint32_t connections_room(const struct request *r);

void catalogue_list(struct request *r);
void catalogue_query(struct request *r);

/** Answer that a def was not found, and where one of that name is used. */
void catalogue_refuse(
	struct request *r, int code, const char *name, const char *why);

void resources_new(struct request *r);
void resources_free(struct request *r);
void resources_query(struct request *r);
void resources_list(struct request *r);
/** The state of a resource, as clients know it. */
const char *resources_state_name(int32_t state);
/** Answers that come back with the command. */
void resources_answer(
	struct office *o, struct peer *peer, const struct command *c);

void jobs_new(struct request *r);
void jobs_cancel(struct request *r);
void jobs_list(struct request *r);
/** Tell how far a job is, and that it has ended. */
void jobs_progress(struct office *o, struct work_order *order, float fraction);
void jobs_tell_end(struct office *o, const struct errand *e);
/** Tell of a job or of a resource that something came to nothing. */
void jobs_tell_failed(
	struct office *o, const char *address, int32_t id, const char *why);

/** Answer the syncs of a batch that are still to be answered, and free it. */
void outcome_sync(struct office *o, struct batch *b);

void engine_version(struct request *r);
void engine_status(struct request *r);
void engine_stats(struct request *r);
void engine_notify(struct request *r);
void engine_sync(struct request *r);
void engine_time(struct request *r);
void engine_at(struct request *r);
void engine_mute(struct request *r);
void engine_clear(struct request *r);
void engine_dump(struct request *r);
void engine_log_level(struct request *r);
void engine_reload(struct request *r);
void engine_quit(struct request *r);
void engine_meter(struct request *r);
void engine_offline_run(struct request *r);

/** Send log lines to clients, or no longer, as log.osc says. */
void log_osc_configure(struct office *o);
void log_osc_close(struct office *o);

/** Post one command of the office's own. @errors -ENOBUFS, -ENOMEM */
int office_own(
	struct office *o, enum command_kind kind, void *device, int64_t number);

/** A level came: gather for all who want meters. */
void meter_take(struct office *o, const struct report *r);
/** A client with meters is gone. */
void meter_forget(struct office *o, struct peer *peer);

/** The first integer of a command's message, for /error; NULL: none. */
static inline const int32_t *
command_first(const struct command *c)
{
	return c->has_first != 0 ? &c->first : NULL;
}

#endif
