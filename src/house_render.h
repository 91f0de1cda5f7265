/* SPDX-License-Identifier: MIT */
/*
 * house_render.h -- the engine, run over a score into a file.
 *
 * `tactus render` reads the options and the score, and says what is to be
 * done; the house does it, with the daemon's own rooms and virtual time.
 */
#ifndef TACTUS_SRC_HOUSE_RENDER_H
#define TACTUS_SRC_HOUSE_RENDER_H

#include <stdint.h>

#include "mark.h"
#include "score.h"

struct osc_message;

/** What is to be rendered. */
struct render_job {
	const char *config;      /* the file, or NULL for the default one */
	const char *const *sets; /* "PATH=VALUE", in the order given */
	uint32_t nsets;
	const struct score *score; /* packets in order of time; NULL: none */
	double seconds;            /* length; negative: until the score's end */
	const char *out;           /* the sound file */
	/** Called with every message that the engine answers the score's
	 * sender (/error, /late, replies), and with all notifications. */
	void (*told)(void *user, const struct osc_message *m);
	/** Called with what is wrong beside that: a configuration, a file. */
	void (*wrong)(void *user, const char *line);
	void *user;
};

/**
 * Render.  The file is whole when this returns 0, whatever the engine
 * answered meanwhile.
 * @thread main, before any other was started
 * @return 0; else an exit code, with the reason told to job->wrong: EX_CONFIG
 *         the configuration, EX_NOINPUT a file that is missing, EX_CANTCREAT
 *         the output, EX_SOFTWARE anything else
 */
TACTUS_NODISCARD int house_render(const struct render_job *job);

#endif
