/* SPDX-License-Identifier: MIT */
/*
 * engine.c -- messages about the engine as a whole.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "office_private.h"

void
engine_version(struct request *r)
{
	struct answer a;

	if (!request_end(r)) {
		return;
	}
	answer_begin(&a, "/version.reply");
	osc_put_string(&a.out, "tactus");
	osc_put_string(&a.out, PACKAGE_VERSION);
	osc_put_int(&a.out, TACTUS_ABI_VERSION);
	answer_send(&a, r->peer);
}

static const char *
state_name(struct office *o)
{
	if (o->stopping) {
		return "stopping";
	}
	if (gauge_get(o->gauges, GAUGE_RUNNING) == 0) {
		return "starting";
	}
	if (o->device_lost) {
		return "device-lost";
	}
	if (gauge_get(o->gauges, GAUGE_MUTED) != 0) {
		return "muted";
	}
	return o->degraded ? "degraded" : "running";
}

static const char *
driver_name(struct office *o)
{
	switch ((enum driver_kind)gauge_get(o->gauges, GAUGE_DRIVER)) {
	case DRIVER_NONE:
		break;
	case DRIVER_ALSA:
		return "alsa";
	case DRIVER_CLOCK:
		return "clock";
	case DRIVER_OFFLINE:
		return "offline";
	}
	return "none";
}

void
engine_status(struct request *r)
{
	struct office *o = r->office;
	struct gauges *g = o->gauges;
	struct answer a;

	if (!request_end(r)) {
		return;
	}
	int32_t synths = (int32_t)gauge_get(g, GAUGE_SYNTHS);
	int32_t groups = (int32_t)gauge_get(g, GAUGE_GROUPS);
	answer_begin(&a, "/status.reply");
	osc_put_int(&a.out, synths + groups);
	osc_put_int(&a.out, synths);
	osc_put_int(&a.out, groups);
	osc_put_int(&a.out, (int32_t)o->resources);
	osc_put_float(&a.out, (float)gauge_get(g, GAUGE_LOAD_AVERAGE) * 1e-6F);
	osc_put_float(&a.out, (float)gauge_get(g, GAUGE_LOAD_PEAK) * 1e-6F);
	osc_put_int(&a.out, (int32_t)gauge_get(g, GAUGE_XRUNS));
	osc_put_int(&a.out, (int32_t)gauge_get(g, GAUGE_LATE));
	osc_put_double(&a.out, o->given.rate);
	osc_put_int(&a.out, (int32_t)o->config->audio.block);
	osc_put_string(&a.out, driver_name(o));
	osc_put_string(&a.out, state_name(o));
	answer_send(&a, r->peer);
}

const char *
cause_name(uint32_t cause)
{
	switch ((enum xrun_cause)cause) {
	case XRUN_WOKE_LATE:
		return "woke-late";
	case XRUN_DSP:
		return "dsp";
	case XRUN_STALLED:
		return "stalled";
	case XRUN_SUSPEND:
		return "suspend";
	case XRUN_DEVICE:
		return "device";
	}
	return "?";
}

/** Most numbers of /stats: those below, three of an xrun, pools, threads. */
#define MOST_STATS (96 + CONFIG_MAX_POOLS + GAUGE_MAX_THREADS)

/** One number of /stats. */
struct number {
	char name[40];
	double value;
};

struct numbers {
	uint32_t count;
	struct number number[MOST_STATS];
};

static void
add_stat(struct numbers *s, const char *name, double value)
{
	struct number *to = &s->number[s->count++];

	snprintf(to->name, sizeof to->name, "%s", name);
	to->value = value;
}

static void
add_pools(struct office *o, struct numbers *s)
{
	for (uint32_t i = 0; i < o->config->pools.count; i++) {
		char name[40];
		snprintf(name, sizeof name, "pool_%llu_free",
			(unsigned long long)o->config->pools.items[i].size);
		add_stat(s, name,
			(double)gauge_get(
				o->gauges, (enum gauge)(GAUGE_POOL_FREE + i)));
	}
}

static void
add_causes(struct office *o, struct numbers *s)
{
	for (uint32_t i = 0; i < 5; i++) {
		char name[40];
		snprintf(name, sizeof name, "xruns_%s", cause_name(i));
		add_stat(s, name, (double)o->xrun_count[i]);
	}
	if (o->xruns > 0) {
		const struct xrun_entry *x =
			&o->xrun[(o->xruns - 1) % XRUNS_KEPT];
		add_stat(s, "xrun_last_sample", (double)x->sample);
		add_stat(s, "xrun_last_late_us", (double)x->late_ns / 1e3);
		add_stat(s, "xrun_last_lost", (double)x->lost);
	}
}

static void
add_doors(struct office *o, struct numbers *s)
{
	static const struct net_counts none;
	const struct net_counts *n =
		o->net != NULL ? net_counts(o->net) : &none;

	add_stat(s, "packets", (double)n->packets);
	add_stat(s, "malformed", (double)n->malformed);
	add_stat(s, "errors", (double)n->errors);
	add_stat(s, "errors_held_back", (double)n->held_back);
	add_stat(s, "denied", (double)n->denied);
	add_stat(s, "dropped", (double)n->dropped);
	add_stat(s, "unsent", (double)n->unsent);
	add_stat(s, "closed", (double)n->closed);
	add_stat(s, "empty", (double)n->empty);
	add_stat(s, "clients", (double)n->clients);
	add_stat(s, "sockets", (double)n->connections);
}

static void
add_works(struct office *o, struct numbers *s)
{
	struct work_pool_counts n;
	uint32_t jobs = 0;

	work_pool_count(o->pool, &n);
	for (struct errand *e = NULL; (e = errands_next_job(o, e)) != NULL;) {
		jobs++;
	}
	add_stat(s, "resources", (double)o->resources);
	add_stat(s, "resource_bytes", (double)host_bytes(o->given.host));
	add_stat(s, "jobs", (double)jobs);
	add_stat(s, "works_waiting", (double)n.waiting);
	add_stat(s, "works_running", (double)n.running);
	add_stat(s, "works_done", (double)n.done);
	add_stat(s, "works_failed", (double)n.failed);
	add_stat(s, "works_timed_out", (double)n.timed_out);
	add_stat(s, "workers", (double)n.workers);
}

static void
put_stat(struct osc_out *out, const void *item)
{
	const struct number *s = item;

	osc_put_string(out, s->name);
	osc_put_double(out, s->value);
}

static void
add_gauge(struct office *o, struct numbers *s, const char *name, enum gauge g)
{
	add_stat(s, name, (double)gauge_get(o->gauges, g));
}

/** Who runs the graph, and how wide it is.  What says nothing while one thread
 * walks it in order is left out then: the answer still fits one page. */
static void
add_graph(struct office *o, struct numbers *s)
{
	uint64_t threads = gauge_get(o->gauges, GAUGE_THREADS);

	add_gauge(o, s, "connections", GAUGE_CONNECTIONS);
	add_gauge(o, s, "threads", GAUGE_THREADS);
	add_gauge(o, s, "renewals", GAUGE_RENEWALS);
	if (threads < 2 && gauge_get(o->gauges, GAUGE_LEVELS) == 0 &&
		gauge_get(o->gauges, GAUGE_UNPLANNED) == 0) {
		return;
	}
	add_gauge(o, s, "levels", GAUGE_LEVELS);
	add_gauge(o, s, "width", GAUGE_WIDTH);
	add_gauge(o, s, "runs", GAUGE_RUNS);
	add_gauge(o, s, "unplanned", GAUGE_UNPLANNED);
	add_gauge(o, s, "helpers_late", GAUGE_HELPERS_LATE);
	add_gauge(o, s, "helper_stalls", GAUGE_HELPER_STALLS);
	for (uint32_t i = 0; i < threads && i < GAUGE_MAX_THREADS; i++) {
		char name[40];
		snprintf(name, sizeof name, "thread_%u_load", i);
		add_stat(s, name,
			(double)gauge_get(o->gauges,
				(enum gauge)(GAUGE_THREAD_LOAD + i)) *
				1e-6);
	}
}

/** Send the pairs alone when one page holds them, else in pages. */
static void
send_stats(struct request *r, const struct numbers *s)
{
	struct answer a;

	answer_begin(&a, "/stats.reply");
	for (uint32_t i = 0; i < s->count; i++) {
		put_stat(&a.out, &s->number[i]);
	}
	if (osc_size(&a.out) < PAGE_BYTES) {
		answer_send(&a, r->peer);
		return;
	}
	struct pages *p = pages_begin("/stats.reply");
	for (uint32_t i = 0; i < s->count; i++) {
		pages_add(p, put_stat, &s->number[i]);
	}
	pages_send(p, r->peer, r->to->name, NULL);
}

void
engine_stats(struct request *r)
{
	static const struct {
		const char *name;
		enum gauge gauge;
	} shown[] = {
		{"late",            GAUGE_LATE         },
		{"xruns",           GAUGE_XRUNS        },
		{"lost_frames",     GAUGE_LOST_FRAMES  },
		{"overloads",       GAUGE_OVERLOADS    },
		{"device_lost",     GAUGE_DEVICE_LOST  },
		{"stalls",          GAUGE_STALLS       },
		{"tap_lost",        GAUGE_TAP_LOST     },
		{"nan",             GAUGE_NAN          },
		{"commands",        GAUGE_COMMANDS     },
		{"deferred",        GAUGE_DEFERRED     },
		{"events_pending",  GAUGE_EVENTS       },
		{"reports_waiting", GAUGE_OUTBOX       },
		{"notes_refused",   GAUGE_REFUSED_NOTES},
		{"blocks",          GAUGE_BLOCKS       },
		{"references",      GAUGE_REFERENCES   },
	};
	struct office *o = r->office;
	struct numbers s = {0};

	if (!request_end(r)) {
		return;
	}
	add_doors(o, &s);
	add_stat(&s, "refused", (double)o->refused);
	add_stat(&s, "commands_pending", (double)o->out_batches);
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
		add_stat(&s, shown[i].name,
			(double)gauge_get(o->gauges, shown[i].gauge));
	}
	/* streams count them; there are none yet */
	add_stat(&s, "underruns", 0.0);
	add_stat(&s, "overruns", 0.0);
	add_stat(&s, "faults", (double)o->nan_nodes);
	add_stat(&s, "rt_faults", (double)o->faults);
	add_stat(&s, "audit", (double)o->audited);
	add_stat(&s, "rt_fifo", o->fifo ? 1.0 : 0.0);
	add_stat(&s, "rt_locked", o->locked ? 1.0 : 0.0);
	add_works(o, &s);
	add_causes(o, &s);
	add_pools(o, &s);
	add_graph(o, &s);
	send_stats(r, &s);
}

void
engine_notify(struct request *r)
{
	struct answer a;
	int32_t on;

	if (!request_int(r, "on", &on) || !request_end(r)) {
		return;
	}
	if (on != 0 && !request_keep(r, KEEP_NOTIFY)) {
		return;
	}
	if (on == 0) {
		peer_unkeep(r->peer, KEEP_NOTIFY);
	}
	answer_begin(&a, "/notify.reply");
	osc_put_int(&a.out, on != 0 ? 1 : 0);
	answer_send(&a, r->peer);
}

void
engine_sync(struct request *r)
{
	int32_t n;

	if (!request_int(r, "n", &n) || !request_end(r)) {
		return;
	}
	struct command *c = request_command(r, COMMAND_SYNC);
	if (c != NULL) {
		c->u.number = n;
	}
}

void
engine_time(struct request *r)
{
	struct office *o = r->office;
	struct answer a;

	if (!request_end(r)) {
		return;
	}
	uint64_t sample = gauge_get(o->gauges, GAUGE_SAMPLE);
	answer_begin(&a, "/time.reply");
	osc_put_time(&a.out, office_ntp_now(o));
	osc_put_int64(&a.out, (int64_t)sample);
	osc_put_double(&a.out, office_measured_rate(o));
	answer_send(&a, r->peer);
}

void
engine_at(struct request *r)
{
	struct office *o = r->office;
	struct osc_arg blob;
	int64_t sample;

	if (!request_int64(r, "sample", &sample)) {
		return;
	}
	r->position++;
	if (!osc_args_next(&r->args, &blob) || blob.type != 'b') {
		request_fail(r, 400,
			"argument 2 (packet) must be a blob: "
			"/at h:sample b:packet");
		return;
	}
	if (!request_end(r)) {
		return;
	}
	const char *fault = osc_check(blob.u.b.data, blob.u.b.size);
	if (fault != NULL) {
		request_fail(r, 400, "the packet inside: %s", fault);
		return;
	}
	if (r->build != NULL && r->build->at_sample) {
		request_fail(r, 400, "/at inside /at");
		return;
	}
	double now = (double)gauge_get(o->gauges, GAUGE_SAMPLE);
	if (sample < 0 || (double)sample > now + 3600.0 * o->given.rate) {
		request_fail(r, 422,
			"sample %lld is more than an hour ahead, or negative",
			(long long)sample);
		return;
	}
	if (!dispatch_judge(o, r->peer, "/at", blob.u.b.data, blob.u.b.size)) {
		return;
	}
	/* a packet of its own: it is taken whole or not at all */
	struct build build = {.at_sample = true, .sample = (uint64_t)sample};
	dispatch_compile(o, r->peer, &build, blob.u.b.data, blob.u.b.size);
	dispatch_post(o, r->peer, &build, "/at", NULL);
}

void
engine_mute(struct request *r)
{
	int32_t on;

	if (!request_int(r, "on", &on) || !request_end(r)) {
		return;
	}
	struct command *c = request_command(r, COMMAND_MUTE);
	if (c != NULL) {
		c->u.number = on != 0 ? 1 : 0;
	}
}

void
engine_clear(struct request *r)
{
	if (request_end(r)) {
		(void)!request_command(r, COMMAND_CLEAR);
	}
}

void
engine_dump(struct request *r)
{
	int32_t on;

	if (request_int(r, "on", &on) && request_end(r)) {
		r->office->dump = on != 0;
	}
}

void
engine_log_level(struct request *r)
{
	const char *name = request_text(r, "level");
	enum log_level level;

	if (name == NULL || !request_end(r)) {
		return;
	}
	if (!log_parse_level(name, &level)) {
		request_fail(r, 422,
			"level \"%s\" is none of err, warn, info, debug", name);
		return;
	}
	log_set_level(level);
}

void
engine_reload(struct request *r)
{
	struct office *o = r->office;
	struct office_reloaded told = {0};
	struct answer a;

	if (!request_end(r)) {
		return;
	}
	if (o->given.hooks.reload == NULL) {
		request_fail(r, 409, "there is nothing to reload here");
		return;
	}
	int code = o->given.hooks.reload(o->given.hooks.user, &told);
	if (code != 0) {
		request_fail(r, code, "%s", told.why);
		return;
	}
	answer_begin(&a, "/config/reload.reply");
	osc_put_int(&a.out, (int32_t)told.applied);
	osc_put_int(&a.out, (int32_t)told.waiting);
	/* as many names as a page holds; the number tells of the rest */
	for (uint32_t i = 0; i < told.waiting; i++) {
		/* a tag may cost four bytes, and a name its padding */
		if (osc_size(&a.out) + strlen(told.path[i]) + 8 >= PAGE_BYTES) {
			break;
		}
		osc_put_string(&a.out, told.path[i]);
	}
	answer_send(&a, r->peer);
}

void
engine_quit(struct request *r)
{
	struct office *o = r->office;
	struct answer a;

	if (!request_end(r)) {
		return;
	}
	answer_begin(&a, "/quit.reply");
	answer_send(&a, r->peer);
	if (o->given.hooks.quit != NULL) {
		o->given.hooks.quit(o->given.hooks.user);
	}
}

void
engine_offline_run(struct request *r)
{
	int32_t frames;

	if (!request_int(r, "frames", &frames) || !request_end(r)) {
		return;
	}
	if (!r->office->given.offline) {
		request_fail(r, 409,
			"time moves by itself: this is for audio.driver "
			"\"offline\"");
		return;
	}
	if (frames < 0) {
		request_fail(r, 422, "frames %d is below 0", frames);
		return;
	}
	struct command *c = request_command(r, COMMAND_OFFLINE_RUN);
	if (c != NULL) {
		c->u.number = frames;
	}
}
