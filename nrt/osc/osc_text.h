/* SPDX-License-Identifier: MIT */
/*
 * osc_text.h -- Open Sound Control messages as people read and type them.
 *
 * Shown:  /synth/new "sine" 1 0 1 [ "freq" 440.0 ] d:0.5 T b:00ff
 * Typed:  /synth/new sine i:1 0 1 [ freq 440.0 ] d:0.5 T b:00ff
 *
 * What cannot be printed as it is (controls, bytes that are no UTF-8, marks
 * that turn the direction of text) is shown as \xNN, so that no packet can
 * draw on a terminal.  No thread; output is bounded by the caller's buffer and
 * always ends with NUL; only the reading of a blob allocates.
 */
#ifndef TACTUS_NRT_OSC_TEXT_H
#define TACTUS_NRT_OSC_TEXT_H

#include <stddef.h>

#include "mark.h"
#include "osc_read.h"
#include "osc_write.h"

/**
 * Escape `size` bytes into `out`; "..." ends what did not fit.
 * @thread any
 * @return the length of what stands in `out`
 */
size_t osc_text_escape(const char *bytes, size_t size, char *out, size_t room);

/**
 * Show a message of a checked packet; "..." ends what did not fit.
 * @thread any
 * @return the length of what stands in `out`
 */
size_t osc_text_show(const struct osc_message *m, char *out, size_t room);

/**
 * Put the words of a command line behind the address of a message.
 *
 * i:1 h:1 f:0.5 d:0.5 s:text t:NTP (a number, 0x…, or "now") b:HEX T F N I
 * [ ] have types; else a whole number is i (h where it is too large), a
 * number with a point or exponent is f, and the rest is text.
 *
 * @thread any
 * @errors -EINVAL a word that does not parse, -EMSGSIZE no room; `why` names
 *         the word and the mend
 */
TACTUS_NODISCARD int osc_text_parse(struct osc_out *o, int count,
	char *const *words, char *why, size_t size);

#endif
