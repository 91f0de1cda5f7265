/* SPDX-License-Identifier: MIT */
/*
 * cmd_status.c -- `tactus status`: the state of the engine on one screen.
 *
 * Made of /version, /status and /stats.  A number that this daemon does not
 * count is left out; one that is not known here shows under --all and in the
 * JSON, so that a newer daemon loses nothing.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "caller.h"
#include "print_json.h"
#include "show.h"

/** All three answers. */
struct picture {
	struct answer version;
	struct answer status;
	struct answer stats;
};

static const struct choice choices[] = {
	{'a', "all",  NULL, "every number that the daemon counts"},
	{'j', "json", NULL, "print JSON"                         },
	{0,   NULL,   NULL, NULL				 },
};

/* Where each value of /status.reply stands. */
enum {
	STATUS_NODES,
	STATUS_SYNTHS,
	STATUS_GROUPS,
	STATUS_RESOURCES,
	STATUS_LOAD_AVERAGE,
	STATUS_LOAD_PEAK,
	STATUS_XRUNS,
	STATUS_LATE,
	STATUS_RATE,
	STATUS_BLOCK,
	STATUS_DRIVER,
	STATUS_STATE,
	STATUS_COUNT
};

static const char *const status_name[STATUS_COUNT] = {"nodes", "synths",
	"groups", "resources", "load_avg", "load_peak", "xruns", "late", "rate",
	"block", "driver", "state"};

/** A number of /stats, and how it is called on the screen. */
struct shown {
	const char *name;
	const char *words;
	bool always; /* also when it is 0 */
};

static const struct shown causes[] = {
	{"xruns_woke-late", "woke late",          false},
	{"xruns_dsp",       "DSP took too long",  false},
	{"xruns_stalled",   "device stalled",     false},
	{"xruns_suspend",   "suspend",            false},
	{"xruns_device",    "told by the device", false},
	{NULL,              NULL,                 false},
};

static const struct shown packets[] = {
	{"packets",   "packets",               true },
	{"errors",    "errors",                true },
	{"malformed", "malformed",             true },
	{"denied",    "denied",                true },
	{"dropped",   "dropped by the kernel", true },
	{"clients",   "clients",               true },
	{NULL,        NULL,                    false},
};

static const struct shown works[] = {
	{"works_waiting",   "waiting",   true },
	{"works_running",   "running",   true },
	{"works_failed",    "failed",    false},
	{"works_timed_out", "timed out", false},
	{"workers",         "workers",   true },
	{NULL,              NULL,        false},
};

static const struct shown queues[] = {
	{"events_pending",   "events",   true },
	{"commands_pending", "commands", true },
	{NULL,	       NULL,       false},
};

static const struct shown faults[] = {
	{"nan",       "frames not a number",          true },
	{"faults",    "plugin faults",                true },
	{"rt_faults", "page faults on audio threads", true },
	{"overloads", "overloads",                    false},
	{"underruns", "underruns",                    false},
	{"overruns",  "overruns",                     false},
	{NULL,        NULL,			   false},
};

static const struct shown late[] = {
	{"unplanned",     "plans without room", false},
	{"helpers_late",  "late helpers",       false},
	{"helper_stalls", "waits for helpers",  false},
	{NULL,            NULL,                 false},
};

static const double *
stat_of(const struct answer *stats, const char *name, double *room)
{
	for (uint32_t i = 0; i + 1 < stats->count; i += 2) {
		if (strcmp(answer_text(stats, i), name) == 0) {
			*room = answer_number(stats, i + 1);
			return room;
		}
	}
	return NULL;
}

/* "a 1, b 2"; nothing when there is nothing to show. */
static void
show_row(const char *title, const struct answer *stats, const struct shown *row)
{
	char number[SHOW_NUMBER];
	bool any = false;
	double v;

	for (; row->name != NULL; row++) {
		const double *value = stat_of(stats, row->name, &v);

		if (value == NULL || (*value == 0 && !row->always)) {
			continue;
		}
		if (!any) {
			printf("%-9s ", title);
		}
		printf("%s%s %s", any ? ", " : "", row->words,
			show_double(number, *value));
		any = true;
	}
	if (any) {
		(void)putchar('\n');
	}
}

static void
show_right(const struct answer *stats, const char *name, const char *words,
	const char *mend, bool *first)
{
	double v;
	const double *value = stat_of(stats, name, &v);

	if (value == NULL) {
		return;
	}
	printf("%-9s %s %s\n", *first ? "rights" : "", words,
		*value > 0 ? "granted" : mend);
	*first = false;
}

static void
show_rights(const struct answer *stats)
{
	bool first = true;

	show_right(stats, "rt_fifo", "real-time scheduling",
		"NOT GRANTED: set LimitRTPRIO= in the unit, or rtprio in "
		"/etc/security/limits.d (or realtime.enable is off)",
		&first);
	show_right(stats, "rt_locked", "locked memory",
		"NOT GRANTED: set LimitMEMLOCK= in the unit, or memlock in "
		"/etc/security/limits.d (or realtime.lock_memory is off)",
		&first);
}

static void
show_nodes(const struct picture *p)
{
	const struct answer *s = &p->status;
	char number[SHOW_NUMBER];
	double v;
	const double *connections = stat_of(&p->stats, "connections", &v);

	printf("%-9s %d: %d synths, %d groups", "nodes",
		(int)answer_whole(s, STATUS_NODES),
		(int)answer_whole(s, STATUS_SYNTHS),
		(int)answer_whole(s, STATUS_GROUPS));
	if (connections != NULL && *connections > 0) {
		printf("; connections %s", show_double(number, *connections));
	}
	(void)putchar('\n');
}

/* Who shares the work, and how wide the graph is; nothing where one thread
 * walks it. */
static void
show_threads(const struct answer *stats)
{
	char number[2][SHOW_NUMBER];
	char name[40];
	double v;
	const double *value = stat_of(stats, "threads", &v);
	double threads = value != NULL ? *value : 0.0;

	value = stat_of(stats, "levels", &v);
	double levels = value != NULL ? *value : 0.0;
	if (threads <= 1.0 && levels <= 0.0) {
		return;
	}
	printf("%-9s %s", "threads", show_double(number[0], threads));
	for (uint32_t i = 0; (double)i < threads; i++) {
		(void)snprintf(name, sizeof name, "thread_%u_load", i);
		value = stat_of(stats, name, &v);
		if (value == NULL) {
			break;
		}
		printf("%s%.1f %%", i == 0 ? ", load " : ", ", *value * 100.0);
	}
	value = stat_of(stats, "width", &v);
	if (levels > 0.0 && value != NULL) {
		printf("; %s wide at most, levels %s",
			show_double(number[0], *value),
			show_double(number[1], levels));
	}
	(void)putchar('\n');
	show_row("", stats, late);
}

/* Resources and jobs, and what workers do for them. */
static void
show_resources(const struct picture *p)
{
	char number[SHOW_NUMBER];
	double v;
	const double *value = stat_of(&p->stats, "resource_bytes", &v);

	printf("%-9s %d", "resources",
		(int)answer_whole(&p->status, STATUS_RESOURCES));
	if (value != NULL) {
		printf(", %s", show_bytes(number, (int64_t)*value));
	}
	value = stat_of(&p->stats, "references", &v);
	if (value != NULL) {
		printf("; references %s", show_double(number, *value));
	}
	value = stat_of(&p->stats, "jobs", &v);
	if (value != NULL) {
		printf("; jobs %s", show_double(number, *value));
	}
	(void)putchar('\n');
	show_row("works", &p->stats, works);
}

static void
show_pools(const struct answer *stats)
{
	char number[SHOW_NUMBER];
	char name[SHOW_TEXT];
	bool any = false;

	for (uint32_t i = 0; i + 1 < stats->count; i += 2) {
		const char *text = answer_text(stats, i);
		size_t n = strlen(text);

		if (strncmp(text, "pool_", 5) != 0 || n < 10 ||
			strcmp(text + n - 5, "_free") != 0) {
			continue;
		}
		(void)show_text(name, text + 5);
		name[strlen(name) - 5] = '\0';
		printf("%s%s B: %s", any ? ", " : "pools     free ", name,
			show_double(number, answer_number(stats, i + 1)));
		any = true;
	}
	if (any) {
		(void)putchar('\n');
	}
}

static void
show_xruns(const struct picture *p)
{
	char number[2][SHOW_NUMBER];
	double v;
	const double *lost = stat_of(&p->stats, "lost_frames", &v);

	printf("%-9s %d", "xruns", (int)answer_whole(&p->status, STATUS_XRUNS));
	if (lost != NULL && *lost > 0) {
		printf(", %s frames lost", show_double(number[0], *lost));
	}
	printf("; late messages %s\n",
		show_double(number[1], answer_number(&p->status, STATUS_LATE)));
	show_row("", &p->stats, causes);
}

static void
show_screen(const struct cli *cli, const struct picture *p)
{
	const struct answer *s = &p->status;
	char text[2][SHOW_TEXT];
	char number[2][SHOW_NUMBER];
	double rate = answer_number(s, STATUS_RATE);
	int32_t block = answer_whole(s, STATUS_BLOCK);

	printf("tactus %s at %s: %s\n",
		show_text(text[0], answer_text(&p->version, 1)),
		caller_url(cli->caller),
		show_text(text[1], answer_text(s, STATUS_STATE)));
	printf("%-9s %s, %s Hz, block %d (%.3g ms)\n", "audio",
		show_text(text[0], answer_text(s, STATUS_DRIVER)),
		show_double(number[0], rate), (int)block,
		rate > 0 ? (double)block * 1000.0 / rate : 0.0);
	printf("%-9s %.1f %% on average, %.1f %% at most\n", "load",
		answer_number(s, STATUS_LOAD_AVERAGE) * 100.0,
		answer_number(s, STATUS_LOAD_PEAK) * 100.0);
	show_threads(&p->stats);
	show_nodes(p);
	show_resources(p);
	show_xruns(p);
	show_rights(&p->stats);
	show_row("osc", &p->stats, packets);
	show_row("waiting", &p->stats, queues);
	show_row("faults", &p->stats, faults);
	show_pools(&p->stats);
}

static void
show_all(const struct answer *stats)
{
	char number[SHOW_NUMBER];
	char name[SHOW_TEXT];

	(void)putchar('\n');
	for (uint32_t i = 0; i + 1 < stats->count; i += 2) {
		printf("%-24s %s\n", show_text(name, answer_text(stats, i)),
			show_double(number, answer_number(stats, i + 1)));
	}
}

static json_t *
as_json(const struct cli *cli, const struct picture *p)
{
	json_t *top = json_object();
	json_t *status = json_object();
	json_t *stats = json_object();

	for (uint32_t i = 0; i < STATUS_COUNT; i++) {
		json_t *value = i < p->status.count
					? print_json_arg(&p->status.arg[i])
					: json_null();

		(void)json_object_set_new(status, status_name[i], value);
	}
	for (uint32_t i = 0; i + 1 < p->stats.count; i += 2) {
		char name[SHOW_TEXT];

		(void)json_object_set_new(stats,
			show_text(name, answer_text(&p->stats, i)),
			print_json_double(answer_number(&p->stats, i + 1)));
	}
	(void)json_object_set_new(
		top, "version", print_json_text(answer_text(&p->version, 1)));
	(void)json_object_set_new(
		top, "abi", json_integer(answer_whole(&p->version, 2)));
	(void)json_object_set_new(
		top, "url", print_json_text(caller_url(cli->caller)));
	(void)json_object_set_new(top, "status", status);
	(void)json_object_set_new(top, "stats", stats);
	return top;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct picture p = {0};
	struct cli_args a;
	const char *value = NULL;
	bool all = false;
	bool json = false;
	int key;

	cli_args_begin(&a, cli, argc, argv);
	while ((key = cli_args_next(&a, &value)) != CLI_END) {
		if (key == CLI_WRONG || key == CLI_SHOWN) {
			return cli_args_exit(key);
		}
		if (key == CLI_WORD) {
			return cli_misused(cli, "takes no '%s'", value);
		}
		all = all || key == 'a';
		json = json || key == 'j';
	}
	int r = answer_ask(cli, "/version", NULL, NULL, false, &p.version);
	if (r == EX_OK) {
		r = answer_ask(cli, "/status", NULL, NULL, false, &p.status);
	}
	if (r == EX_OK) {
		r = answer_ask(cli, "/stats", NULL, NULL, false, &p.stats);
	}
	if (r == EX_OK && json) {
		r = print_json(as_json(cli, &p), false);
	} else if (r == EX_OK) {
		show_screen(cli, &p);
		if (all) {
			show_all(&p.stats);
		}
	}
	answer_fini(&p.version);
	answer_fini(&p.status);
	answer_fini(&p.stats);
	return r;
}

const struct verb cmd_status = {
	.name = "status",
	.words = "",
	.help = "Show the state of the engine on one screen.",
	.choices = choices,
	.run = run,
};
