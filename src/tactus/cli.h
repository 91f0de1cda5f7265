/* SPDX-License-Identifier: MIT */
/*
 * cli.h -- what all commands of `tactus` share: verbs, options, exit codes.
 *
 * One thread, the program's own.  A verb is one row of the command table in
 * main.c; its choices drive parsing, the usage texts, and the test that holds
 * tactus(1) against them.
 */
#ifndef TACTUS_SRC_CLI_H
#define TACTUS_SRC_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sysexits.h>

#include "mark.h"

struct caller;

/** Exit codes: 0; this; EX_USAGE 64, EX_NOINPUT 66, EX_UNAVAILABLE 69,
 * EX_OSERR 71, EX_IOERR 74 and EX_CONFIG 78 of sysexits. */
#define CLI_REFUSED 1 /* the engine answered /error */

/** One option of a verb. */
struct choice {
	char letter;       /* -j */
	const char *name;  /* --json */
	const char *value; /* the name of its value, or NULL when it has none */
	const char *help;
};

struct cli;

/** One command. */
struct verb {
	const char *name;
	const char *words; /* its arguments, for the usage line; "" for none */
	const char *help;  /* one line */
	const struct choice *choices; /* ends with a row of zeros; or NULL */
	bool options_first; /* what stands behind the first word is no option */
	int (*run)(struct cli *cli, int argc, char **argv);
};

/** What holds for every command. */
struct cli {
	const struct verb *verb;
	const char *url;       /* --url, or NULL */
	int64_t patience_ns;   /* how long an answer is waited for */
	struct caller *caller; /* once cli_call was successful */
};

/** The options that every command takes. */
extern const struct choice cli_choices[];

#define CLI_END   (-1) /* no more options or words */
#define CLI_WORD  (-2) /* a word that is no option */
#define CLI_WRONG (-3) /* told on standard error: exit EX_USAGE */
#define CLI_SHOWN (-4) /* --help was asked for and shown: exit 0 */

/** Where the walk through a verb's arguments stands. */
struct cli_args {
	struct cli *cli;
	int argc;
	char **argv;
	int at;
	const char *cluster; /* the rest of "-jn", or NULL */
	bool words_only;
};

/** Begin to walk a verb's arguments; argv[0] is the verb. */
void cli_args_begin(struct cli_args *a, struct cli *cli, int argc, char **argv);

/**
 * The next option (its letter) or word; those of cli_choices are handled
 * inside.
 * @return a letter, or one of CLI_END, CLI_WORD, CLI_WRONG, CLI_SHOWN
 */
TACTUS_NODISCARD int cli_args_next(struct cli_args *a, const char **value);

/** Turn CLI_WRONG and CLI_SHOWN into an exit code. */
int cli_args_exit(int code);

/**
 * Walk the arguments of a verb whose only option is --json.
 * @param words receives up to `most` words; unused places become NULL
 * @return CLI_END, CLI_WRONG or CLI_SHOWN
 */
TACTUS_NODISCARD int cli_args_simple(struct cli *cli, int argc, char **argv,
	bool *json, const char **words, size_t most);

/** Say "tactus VERB: …" on standard error. @return `code` */
int cli_fail(const struct cli *cli, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** As cli_fail, with EX_USAGE and where to read more. */
int cli_misused(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Print the usage of a verb. */
void cli_usage(const struct verb *verb);

/**
 * Open the way to the daemon: --url, else TACTUS_URL, else the UNIX socket if
 * there is one, else UDP on loopback.
 * @return 0, or the exit code, told already
 */
TACTUS_NODISCARD int cli_call(struct cli *cli);

/** A whole number of a range. @return false when it is none */
TACTUS_NODISCARD bool cli_whole(
	const char *text, int64_t least, int64_t most, int64_t *out);

/** A positive number of seconds in ns, up to a day. */
TACTUS_NODISCARD bool cli_seconds(const char *text, int64_t *out_ns);

/** CLOCK_MONOTONIC in ns. */
int64_t cli_now_ns(void);

extern const struct verb cmd_check_config;
extern const struct verb cmd_defs;
extern const struct verb cmd_devices;
extern const struct verb cmd_render;
extern const struct verb cmd_resources;
extern const struct verb cmd_send;
extern const struct verb cmd_status;
extern const struct verb cmd_tree;
extern const struct verb cmd_watch;

#endif
