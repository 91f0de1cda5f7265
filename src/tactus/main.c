/* SPDX-License-Identifier: MIT */
/*
 * main.c -- the program `tactus`: the command table, and the way into it.
 */
#include <config.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "caller.h"
#include "cli.h"

#define PATIENCE_NS 2000000000

static const struct verb *const verbs[] = {
	&cmd_check_config,
	&cmd_defs,
	&cmd_devices,
	&cmd_render,
	&cmd_resources,
	&cmd_send,
	&cmd_status,
	&cmd_tree,
	&cmd_watch,
};

#define VERBS (sizeof verbs / sizeof verbs[0])

static const struct verb *
find(const char *name)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i]->name, name) == 0) {
			return verbs[i];
		}
	}
	return NULL;
}

/* Letters that two words have in common at their beginning. */
static size_t
alike(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n]) {
		n++;
	}
	return n;
}

static int
unknown(const struct cli *cli, const char *name)
{
	const struct verb *nearest = NULL;
	size_t best = 0;

	for (size_t i = 0; i < VERBS; i++) {
		size_t n = alike(name, verbs[i]->name);

		if (n > best) {
			best = n;
			nearest = verbs[i];
		}
	}
	if (nearest == NULL) {
		return cli_misused(cli, "there is no command '%s'", name);
	}
	return cli_misused(cli, "there is no command '%s'; did you mean '%s'?",
		name, nearest->name);
}

static void
usage(void)
{
	(void)puts("usage: tactus [--url URL] COMMAND …\n\n"
		   "Control and inspect the audio engine tactusd.\n");
	for (size_t i = 0; i < VERBS; i++) {
		printf("  %-14s %s\n", verbs[i]->name, verbs[i]->help);
	}
	(void)puts("  help           This text; with a COMMAND, its options.\n"
		   "  version        The version of this program.\n\n"
		   "The daemon is looked for at --url, else TACTUS_URL, else "
		   "the UNIX socket\n/run/tactus/osc.sock if there is one, "
		   "else udp://127.0.0.1:57140.");
}

static int
help(struct cli *cli, const char *name)
{
	if (name == NULL) {
		usage();
		return EX_OK;
	}
	if (strcmp(name, "help") == 0 || strcmp(name, "version") == 0) {
		usage(); /* they have no options */
		return EX_OK;
	}
	const struct verb *verb = find(name);
	if (verb == NULL) {
		return unknown(cli, name);
	}
	cli_usage(verb);
	return EX_OK;
}

static int
dispatch(struct cli *cli, int argc, char **argv)
{
	struct cli_args a;
	const char *word = NULL;

	if (argc > 1 && (strcmp(argv[1], "--version") == 0 ||
				strcmp(argv[1], "-V") == 0)) {
		(void)puts("tactus " PACKAGE_VERSION);
		return EX_OK;
	}
	cli_args_begin(&a, cli, argc, argv);
	switch (cli_args_next(&a, &word)) {
	case CLI_END:
		return cli_misused(cli, "which command?");
	case 'h':
		return help(cli, NULL);
	case CLI_WORD:
		break;
	default:
		return EX_USAGE;
	}
	if (strcmp(word, "help") == 0) {
		return help(cli, a.at < argc ? argv[a.at] : NULL);
	}
	if (strcmp(word, "version") == 0) {
		(void)puts("tactus " PACKAGE_VERSION);
		return EX_OK;
	}
	cli->verb = find(word);
	if (cli->verb == NULL) {
		return unknown(cli, word);
	}
	return cli->verb->run(cli, argc - a.at + 1, argv + a.at - 1);
}

int
main(int argc, char **argv)
{
	struct cli cli = {.patience_ns = PATIENCE_NS};

	(void)setlocale(LC_CTYPE, "");
	int code = dispatch(&cli, argc, argv);
	caller_close(cli.caller);
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		return cli_fail(&cli, EX_IOERR,
			"standard output cannot be written: is the disk "
			"full?");
	}
	return code;
}
