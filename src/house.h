/* SPDX-License-Identifier: MIT */
/*
 * house.h -- both rooms, joined: the one place that sees rt and nrt.
 *
 * A house is an engine with its thread, its office and what lies between.
 * tactusd keeps one until it is told to quit; `tactus render` builds one for
 * a score.  Everything here runs on the loop.
 */
#ifndef TACTUS_SRC_HOUSE_H
#define TACTUS_SRC_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "mark.h"

struct ev_loop;
struct house;
struct office;
struct office_reloaded;

/** What a house is made to. */
struct house_config {
	const struct config *config;
	struct ev_loop *loop;
	bool realtime; /* false: -n, no rights are asked for */
	bool listen;   /* open the doors */
	bool local;    /* no doors, but peers of this process (net_local) */
	/** /config/reload and SIGHUP. @return 0 or a code of /error */
	int (*reload)(void *user, struct office_reloaded *told);
	/** A client wants the end: call house_stop.  NULL: it is called. */
	void (*quit)(void *user);
	/** rt has stopped; the loop may be left. */
	void (*stopped)(void *user);
	void *user;
};

/**
 * Build a house and let it play.
 * @return 0, or the exit code that names what failed (enum exit_code), with
 *         words in `why`
 */
TACTUS_NODISCARD int house_open(const struct house_config *config,
	struct house **out, char *why, size_t size);

/** Begin to end: fade out, free all; `stopped` is called in the end, however
 * full the way to rt is.  Twice is once. */
void house_stop(struct house *h);

/**
 * Take the house down; NULL is accepted.
 * @pre stopped was called, or nothing was asked of the house yet
 * @return works that had to be abandoned, each named in the log: their threads
 *         run on and what they use is left, so end by _exit.  0: all is freed
 */
uint32_t house_close(struct house *h);

/** It does not stop, and will not be waited for any longer: name in the log
 * what is abandoned.  End by _exit then. */
void house_abandon(struct house *h);

struct office *house_office(struct house *h);

/** A reload went through: use this from now on. */
void house_configure(struct house *h, const struct config *config);

/** Has the rt thread computed blocks since this was last asked? */
bool house_is_alive(struct house *h);

/** One line of state, for systemd and the log. */
void house_describe(struct house *h, char *text, size_t size);

#endif
