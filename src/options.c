/* SPDX-License-Identifier: MIT */
/*
 * options.c -- see options.h.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define SET 256 /* --set has no letter */

static const struct {
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
	int letter;
} known[] = {
	{"config",       "FILE",       "read FILE instead of the default one",      'c'},
	{"check",        NULL,         "check the configuration and end",           'C'},
	{"foreground",   NULL,         "stay in the foreground (always done)",      'f'},
	{"no-realtime",  NULL,         "run without real-time scheduling",          'n'},
	{"verbose",      NULL,         "log more: debug lines too",                 'v'},
	{"version",      NULL,         "print version and build, and end",          'V'},
	{"help",         NULL,         "print this, and end",                       'h'},
	{"print-config", NULL,         "print every setting and where it is from",  'X'},
	{"set",          "PATH=VALUE", "override one setting, as audio.rate=44100", SET},
};
#define KNOWN (sizeof known / sizeof known[0])

bool
options_name(uint32_t n, char *letter, const char **name)
{
	if (n >= KNOWN) {
		return false;
	}
	*letter = known[n].letter == SET ? '\0' : (char)known[n].letter;
	*name = known[n].name;
	return true;
}

void
options_usage(FILE *to)
{
	fputs("usage: tactusd [-CfnvVhX] [-c FILE] [--set PATH=VALUE ...]\n"
	      "The headless audio engine.  See tactusd(8), tactus.conf(5).\n",
		to);
	for (size_t i = 0; i < KNOWN; i++) {
		char name[40];

		snprintf(name, sizeof name, "--%s%s%s", known[i].name,
			known[i].argument == NULL ? "" : " ",
			known[i].argument == NULL ? "" : known[i].argument);
		if (known[i].letter == SET) {
			fprintf(to, "      %-20s %s\n", name, known[i].help);
		} else {
			fprintf(to, "  -%c, %-20s %s\n", known[i].letter, name,
				known[i].help);
		}
	}
}

static void
take(struct options *o, int letter, const char *argument)
{
	switch (letter) {
	case 'c':
		o->config = argument;
		break;
	case 'C':
		o->action = OPTIONS_CHECK;
		break;
	case 'X':
		o->action = OPTIONS_PRINT;
		break;
	case 'V':
		o->action = OPTIONS_VERSION;
		break;
	case 'n':
		o->no_realtime = true;
		break;
	case 'v':
		o->verbose++;
		break;
	case SET:
		o->sets[o->nsets++] = argument;
		break;
	default: /* -f: what is done anyway */
		break;
	}
}

/* The tables that getopt_long wants. */
static void
fill(struct option *longs, char *shorts)
{
	size_t n = 0;

	shorts[n++] = '+'; /* options end where arguments begin */
	shorts[n++] = ':'; /* a missing argument is told from a wrong letter */
	for (size_t i = 0; i < KNOWN; i++) {
		longs[i] = (struct option){.name = known[i].name,
			.has_arg = known[i].argument == NULL
					   ? no_argument
					   : required_argument,
			.val = known[i].letter};
		if (known[i].letter != SET) {
			shorts[n++] = (char)known[i].letter;
		}
		if (known[i].letter != SET && known[i].argument != NULL) {
			shorts[n++] = ':';
		}
	}
	longs[KNOWN] = (struct option){.name = NULL};
	shorts[n] = '\0';
}

static int
refuse(int letter, const char *word, char *why, size_t size)
{
	if (letter == ':') {
		snprintf(why, size, "%.80s: needs a value", word);
	} else if (word[0] == '-' && word[1] == '-') {
		snprintf(why, size, "%.80s: %s", word,
			optopt == 0 ? "unknown option" : "takes no value");
	} else {
		snprintf(why, size, "-%c: unknown option", optopt);
	}
	return -EINVAL;
}

int
options_init(
	struct options *o, int argc, char *const *argv, char *why, size_t size)
{
	struct option longs[KNOWN + 1];
	char shorts[3 * KNOWN + 3];
	int letter;

	*o = (struct options){.action = OPTIONS_RUN};
	o->sets = calloc((size_t)argc + 1, sizeof *o->sets);
	if (o->sets == NULL) {
		snprintf(why, size, "out of memory");
		return -ENOMEM;
	}
	fill(longs, shorts);
	opterr = 0;
	optind = 0; /* GNU: begin anew, tests come here many times */
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (letter == 'h') {
			o->action = OPTIONS_HELP;
			return 0;
		}
		if (letter == '?' || letter == ':') {
			return refuse(letter, argv[optind - 1], why, size);
		}
		take(o, letter, optarg);
	}
	if (optind < argc) {
		snprintf(why, size, "unexpected argument \"%.80s\"",
			argv[optind]);
		return -EINVAL;
	}
	return 0;
}

void
options_fini(struct options *o)
{
	free(o->sets);
	o->sets = NULL;
	o->nsets = 0;
}
