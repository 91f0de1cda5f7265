/* SPDX-License-Identifier: MIT */
/*
 * cmd_render.c -- `tactus render`: a score in, a sound file out.
 *
 * Options and the score are read here; house_render does the work.
 */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "config.h"
#include "house_render.h"
#include "score.h"
#include "show.h"

#define MAX_SETS 256

static const struct choice choices[] = {
	{'o', "output",  "FILE",       "the sound file to write (WAV, 32-bit float)"},
	{'c', "config",  "FILE",
         "the configuration to render with (the daemon's)"                          },
	{'s', "set",     "PATH=VALUE", "override one setting; may be repeated"      },
	{'l', "seconds", "N",          "the length, whatever the score's end"       },
	{'n', "threads", "N",          "audio threads: the result is the same"      },
	{0,   NULL,      NULL,         NULL					 },
};

/** What the options say. */
struct rendering {
	struct cli *cli;
	const char *config;
	const char *score;
	const char *out;
	const char *sets[MAX_SETS];
	uint32_t nsets;
	char threads[64]; /* of --threads, as a setting */
	double seconds;   /* negative: not given */
	uint32_t errors;
};

static void
on_told(void *user, const struct osc_message *m)
{
	struct rendering *o = user;

	if (strcmp(m->address, "/error") == 0) {
		(void)answer_error(o->cli, m);
		o->errors++;
		return;
	}
	if (strcmp(m->address, "/resource/error") != 0 &&
		strcmp(m->address, "/job/failed") != 0) {
		return;
	}
	struct osc_args args;
	struct osc_arg id;
	struct osc_arg why;
	char text[SHOW_TEXT];
	osc_args_begin(&args, m);
	if (osc_args_next(&args, &id) && osc_args_next(&args, &why) &&
		osc_text(&why) != NULL) {
		(void)cli_fail(o->cli, CLI_REFUSED, "%s %d: %s", m->address,
			(int)id.u.i, show_text(text, osc_text(&why)));
		o->errors++;
	}
}

static void
on_wrong(void *user, const char *line)
{
	struct rendering *o = user;

	(void)cli_fail(o->cli, EX_SOFTWARE, "%s", line);
}

static int
add_set(struct rendering *o, const char *set)
{
	if (o->nsets == MAX_SETS) {
		return cli_misused(o->cli,
			"more than %d settings: write them to a file for "
			"--config",
			MAX_SETS);
	}
	o->sets[o->nsets++] = set;
	return EX_OK;
}

static int
take_option(struct rendering *o, int key, const char *value)
{
	int64_t n = 0;

	switch (key) {
	case 'o':
		o->out = value;
		return EX_OK;
	case 'c':
		o->config = value;
		return EX_OK;
	case 's':
		if (value[0] == '=' || strchr(value, '=') == NULL) {
			return cli_misused(o->cli,
				"--set %s: give PATH=VALUE, such as "
				"audio.rate=96000",
				value);
		}
		return add_set(o, value);
	case 'l':
		if (!cli_seconds(value, &n)) {
			return cli_misused(o->cli,
				"--seconds %s: give seconds, more than 0 and "
				"at most a day",
				value);
		}
		o->seconds = (double)n / 1e9;
		return EX_OK;
	case 'n':
		if (!cli_whole(value, 1, CONFIG_MAX_THREADS, &n)) {
			return cli_misused(o->cli,
				"--threads %s: give a whole number, 1 to %d",
				value, CONFIG_MAX_THREADS);
		}
		(void)snprintf(o->threads, sizeof o->threads,
			"realtime.threads=%d", (int)n);
		return add_set(o, o->threads);
	default:
		if (o->score != NULL) {
			return cli_misused(
				o->cli, "'%s' is one score too many", value);
		}
		o->score = value;
		return EX_OK;
	}
}

static int
render(struct rendering *o)
{
	struct score *score = NULL;
	char why[512];

	if (o->score != NULL) {
		int r = score_load(o->score, &score, why, sizeof why);

		if (r < 0) {
			return cli_fail(o->cli,
				r == -ENOMEM ? EX_OSERR : EX_NOINPUT, "%s",
				why);
		}
	}
	struct render_job job = {.config = o->config,
		.sets = o->sets,
		.nsets = o->nsets,
		.score = score,
		.seconds = o->seconds,
		.out = o->out,
		.told = on_told,
		.wrong = on_wrong,
		.user = o};
	int code = house_render(&job);
	score_close(score);
	if (code != EX_OK) {
		return code;
	}
	return o->errors > 0 ? CLI_REFUSED : EX_OK;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct rendering o = {.cli = cli, .seconds = -1};
	struct cli_args a;
	const char *value = NULL;
	int key;

	cli_args_begin(&a, cli, argc, argv);
	while ((key = cli_args_next(&a, &value)) != CLI_END) {
		if (key == CLI_WRONG || key == CLI_SHOWN) {
			return cli_args_exit(key);
		}
		int r = take_option(&o, key, value);
		if (r != EX_OK) {
			return r;
		}
	}
	if (o.out == NULL) {
		return cli_misused(
			cli, "where to? name the sound file with -o OUT.wav");
	}
	if (o.score == NULL && o.seconds < 0) {
		return cli_misused(cli,
			"nothing to render: name a score, or a length with "
			"--seconds");
	}
	return render(&o);
}

const struct verb cmd_render = {
	.name = "render",
	.words = "[SCORE.osc] -o OUT.wav",
	.help = "Run the engine offline over a score (OSC packets with "
		"times), into a sound file.",
	.choices = choices,
	.run = run,
};
