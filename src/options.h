/* SPDX-License-Identifier: MIT */
/*
 * options.h -- the command line of tactusd, as a struct.
 *
 * Nothing is carried out here; main does that.  The strings are argv's.
 */
#ifndef TACTUS_SRC_OPTIONS_H
#define TACTUS_SRC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "mark.h"

/** What is asked for.  Of several the last one counts, but for help. */
enum options_action {
	OPTIONS_RUN,
	OPTIONS_CHECK,   /* -C: read the configuration, say what is wrong */
	OPTIONS_PRINT,   /* -X: print the effective configuration */
	OPTIONS_VERSION, /* -V */
	OPTIONS_HELP     /* -h */
};

struct options {
	enum options_action action;
	const char *config; /* -c; NULL: the default file */
	bool no_realtime;   /* -n */
	uint32_t verbose;   /* how many -v: one is debug */
	uint32_t nsets;
	const char **sets; /* "PATH=VALUE"; made by options_init */
};

/**
 * Read the command line.
 * @errors -EINVAL a wrong option, with a sentence in `why`; -ENOMEM
 * @owns options_fini frees `sets`, in every case
 */
TACTUS_NODISCARD int options_init(
	struct options *o, int argc, char *const *argv, char *why, size_t size);

void options_fini(struct options *o);

/** Print what -h prints. */
void options_usage(FILE *to);

/**
 * The n-th option, for the test of the manual: "-c", "--config".
 * @return false behind the last
 */
bool options_name(uint32_t n, char *letter, const char **name);

#endif
