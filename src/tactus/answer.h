/* SPDX-License-Identifier: MIT */
/*
 * answer.h -- ask the daemon, and gather what it answers, all pages of it.
 *
 * An answer is one list of arguments, whether it came in one message or in
 * pages (`ADDRESS.reply i:page i:pages …items`); it owns copies.  Failures
 * are told on standard error here, so that callers only pass the exit code
 * on.  One thread.
 */
#ifndef TACTUS_SRC_ANSWER_H
#define TACTUS_SRC_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli.h"
#include "mark.h"
#include "osc_read.h"

struct osc_out;

/** The most pages that are gathered. */
#define ANSWER_MAX_PAGES 65536

/** How an address answers. */
struct answer_form {
	const char *request;
	const char *reply;
	uint32_t page_at; /* index of the page argument, when it is paged */
	bool paged;
	bool sure; /* answered in every case: silence means nobody is there */
	bool chosen_only; /* replies only when the id was -1 */
	const char *head; /* types that every page may repeat, or NULL */
};

/** What came: arguments of all pages, in order. */
struct answer {
	struct osc_arg *arg;
	uint32_t count;
	uint32_t room;
	void **page; /* copies of the messages; arg points into them */
	uint32_t pages;
};

/**
 * How an address answers; for one that is not known: ADDRESS.reply, not
 * paged, not sure (then `reply` lies in `room`).
 */
struct answer_form answer_form_of(const char *address, char *room, size_t size);

/**
 * Ask and wait for the whole answer.
 * @param argument an integer to send, or NULL
 * @param text a string to send, or NULL
 * @param quiet return CLI_REFUSED on /error without a word
 * @return 0, or the exit code, told already
 * @owns the caller does: answer_fini, in every case
 */
TACTUS_NODISCARD int answer_ask(struct cli *cli, const char *address,
	const int32_t *argument, const char *text, bool quiet,
	struct answer *out);

/** Forget an answer; the struct may be used again. */
void answer_fini(struct answer *a);

/** Argument `i` as a number; 0 when it is none, or there is none. */
double answer_number(const struct answer *a, uint32_t i);

/** Argument `i` as an integer. */
int32_t answer_whole(const struct answer *a, uint32_t i);

/** Argument `i` as a string; "" when it is none. */
const char *answer_text(const struct answer *a, uint32_t i);

/** Tell an /error message on standard error. @return CLI_REFUSED */
int answer_error(const struct cli *cli, const struct osc_message *m);

/** Is the message an /error about `address`, or about a whole packet? */
bool answer_is_error(const struct osc_message *m, const char *address);

#endif
