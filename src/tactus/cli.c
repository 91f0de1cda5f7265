/* SPDX-License-Identifier: MIT */
/*
 * cli.c -- see cli.h: options, words, complaints, and finding the daemon.
 */
#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "caller.h"

#define SECOND_NS      1000000000.0
#define DAY_S          86400.0
#define DEFAULT_SOCKET "/run/tactus/osc.sock"
#define DEFAULT_UDP    "udp://127.0.0.1:57140"

const struct choice cli_choices[] = {
	{'u', "url",     "URL",
         "the daemon: udp://HOST:PORT tcp://HOST:PORT unix:///PATH "
		"unixgram:///PATH"				      },
	{'t', "timeout", "SECONDS", "how long to wait for an answer (2)"},
	{'h', "help",    NULL,      "this text"                         },
	{0,   NULL,      NULL,      NULL				},
};

int64_t
cli_now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

__attribute__((format(printf, 2, 0))) static void
complain(const struct cli *cli, const char *format, va_list list)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "tactus%s%s: ", cli->verb != NULL ? " " : "",
		cli->verb != NULL ? cli->verb->name : "");
	(void)vfprintf(stderr, format, list);
	(void)fputc('\n', stderr);
}

int
cli_fail(const struct cli *cli, int code, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain(cli, format, list);
	va_end(list);
	return code;
}

int
cli_misused(const struct cli *cli, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain(cli, format, list);
	va_end(list);
	(void)fprintf(stderr, "see: tactus help%s%s\n",
		cli->verb != NULL ? " " : "",
		cli->verb != NULL ? cli->verb->name : "");
	return EX_USAGE;
}

bool
cli_whole(const char *text, int64_t least, int64_t most, int64_t *out)
{
	char *end = NULL;

	errno = 0;
	long long n = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || n < least ||
		n > most) {
		return false;
	}
	*out = n;
	return true;
}

bool
cli_seconds(const char *text, int64_t *out_ns)
{
	char *end = NULL;
	double s = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(s) || s <= 0 ||
		s > DAY_S) {
		return false;
	}
	*out_ns = (int64_t)(s * SECOND_NS);
	return true;
}

static void
show_choices(const struct choice *c)
{
	for (; c != NULL && c->name != NULL; c++) {
		char head[64];

		(void)snprintf(head, sizeof head, "-%c, --%s%s%s", c->letter,
			c->name, c->value != NULL ? " " : "",
			c->value != NULL ? c->value : "");
		printf("  %-24s %s\n", head, c->help);
	}
}

void
cli_usage(const struct verb *verb)
{
	printf("usage: tactus %s [OPTION…]%s%s\n%s\n\n", verb->name,
		verb->words[0] != '\0' ? " " : "", verb->words, verb->help);
	show_choices(verb->choices);
	show_choices(cli_choices);
}

void
cli_args_begin(struct cli_args *a, struct cli *cli, int argc, char **argv)
{
	*a = (struct cli_args){.cli = cli, .argc = argc, .argv = argv, .at = 1};
}

/* The row with that letter, or with that name up to `length`. */
static const struct choice *
find(const struct choice *c, char letter, const char *name, size_t length)
{
	for (; c != NULL && c->name != NULL; c++) {
		if (name == NULL ? c->letter == letter
				 : strlen(c->name) == length &&
					   memcmp(c->name, name, length) == 0) {
			return c;
		}
	}
	return NULL;
}

static const struct choice *
find_any(const struct cli *cli, char letter, const char *name, size_t length)
{
	const struct choice *c = NULL;

	if (cli->verb != NULL) {
		c = find(cli->verb->choices, letter, name, length);
	}
	return c != NULL ? c : find(cli_choices, letter, name, length);
}

/* What every command understands; the letter for all others. */
static int
settle(struct cli *cli, const struct choice *c, const char *value)
{
	if (find(cli_choices, c->letter, NULL, 0) != c) {
		return c->letter;
	}
	switch (c->letter) {
	case 'u':
		cli->url = value;
		return 0;
	case 't':
		if (!cli_seconds(value, &cli->patience_ns)) {
			(void)cli_misused(cli,
				"--timeout %s: give seconds, more than 0 and "
				"at most a day",
				value);
			return CLI_WRONG;
		}
		return 0;
	default:
		if (cli->verb == NULL) {
			return c->letter;
		}
		cli_usage(cli->verb);
		return CLI_SHOWN;
	}
}

static int
take_long(struct cli_args *a, const char *word, const char **value)
{
	size_t length = strcspn(word, "=");
	const struct choice *c = find_any(a->cli, 0, word, length);

	if (c == NULL) {
		(void)cli_misused(
			a->cli, "unknown option --%.*s", (int)length, word);
		return CLI_WRONG;
	}
	*value = word[length] == '=' ? word + length + 1 : NULL;
	if (c->value == NULL && *value != NULL) {
		(void)cli_misused(a->cli, "--%s takes no value", c->name);
		return CLI_WRONG;
	}
	if (c->value != NULL && *value == NULL) {
		if (a->at >= a->argc) {
			(void)cli_misused(
				a->cli, "--%s needs %s", c->name, c->value);
			return CLI_WRONG;
		}
		*value = a->argv[a->at++];
	}
	return settle(a->cli, c, *value);
}

static int
take_short(struct cli_args *a, const char **value)
{
	char letter = *a->cluster++;
	const struct choice *c = find_any(a->cli, letter, NULL, 0);

	if (c == NULL) {
		(void)cli_misused(a->cli, "unknown option -%c", letter);
		return CLI_WRONG;
	}
	*value = NULL;
	if (c->value != NULL) {
		if (*a->cluster != '\0') {
			*value = a->cluster;
			a->cluster = "";
		} else if (a->at < a->argc) {
			*value = a->argv[a->at++];
		} else {
			(void)cli_misused(
				a->cli, "-%c needs %s", letter, c->value);
			return CLI_WRONG;
		}
	}
	return settle(a->cli, c, *value);
}

int
cli_args_next(struct cli_args *a, const char **value)
{
	int got = 0;

	while (got == 0) {
		if (a->cluster != NULL && *a->cluster != '\0') {
			got = take_short(a, value);
			continue;
		}
		a->cluster = NULL;
		if (a->at >= a->argc) {
			return CLI_END;
		}
		const char *word = a->argv[a->at++];

		if (a->words_only || word[0] != '-' || word[1] == '\0') {
			if (a->cli->verb == NULL ||
				a->cli->verb->options_first) {
				a->words_only = true;
			}
			*value = word;
			return CLI_WORD;
		}
		if (word[1] != '-') {
			a->cluster = word + 1;
		} else if (word[2] == '\0') {
			a->words_only = true;
		} else {
			got = take_long(a, word + 2, value);
		}
	}
	return got;
}

int
cli_args_exit(int code)
{
	return code == CLI_SHOWN ? EX_OK : EX_USAGE;
}

int
cli_args_simple(struct cli *cli, int argc, char **argv, bool *json,
	const char **words, size_t most)
{
	struct cli_args a;
	const char *value = NULL;
	size_t n = 0;
	int key;

	*json = false;
	for (size_t i = 0; i < most; i++) {
		words[i] = NULL;
	}
	cli_args_begin(&a, cli, argc, argv);
	while ((key = cli_args_next(&a, &value)) != CLI_END) {
		if (key == CLI_WRONG || key == CLI_SHOWN) {
			return key;
		}
		if (key == 'j') {
			*json = true;
		} else if (n < most) {
			words[n++] = value;
		} else {
			(void)cli_misused(
				cli, "'%s' is one argument too many", value);
			return CLI_WRONG;
		}
	}
	return CLI_END;
}

int
cli_call(struct cli *cli)
{
	const char *url = cli->url;
	const char *from = "--url";
	char why[256];

	if (url == NULL) {
		url = getenv("TACTUS_URL");
		from = "TACTUS_URL";
	}
	if (url == NULL || *url == '\0') {
		url = access(DEFAULT_SOCKET, F_OK) == 0
			      ? "unix://" DEFAULT_SOCKET
			      : DEFAULT_UDP;
	}
	int r = caller_open(url, cli_now_ns() + cli->patience_ns, &cli->caller,
		why, sizeof why);
	if (r == -EINVAL) {
		return cli_misused(cli, "%s: %s", from, why);
	}
	if (r == -ENOMEM) {
		return cli_fail(cli, EX_OSERR, "out of memory");
	}
	if (r < 0) {
		return cli_fail(cli, EX_UNAVAILABLE, "%s", why);
	}
	return EX_OK;
}
