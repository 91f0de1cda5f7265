/* SPDX-License-Identifier: MIT */
/*
 * fuzz_text.c -- any words of a command line: refused, or a sound message.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osc_text.h"

#define MAX_WORDS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool promise, const char *words)
{
	if (!promise) {
		fprintf(stderr, "broken: %s\n", words);
		abort();
	}
}

/** Is all of it fit for a terminal? */
static void
check_printable(const char *text)
{
	for (; *text != '\0'; text++) {
		must((unsigned char)*text >= 0x20 && *text != 0x7f,
			"no control reaches a terminal");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t packet[2048];
	char text[1024], why[200], shown[500];
	char *words[MAX_WORDS];
	int count = 0;
	struct osc_out o;
	struct osc_walk w;
	struct osc_message m;

	if (size >= sizeof text) {
		return 0;
	}
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0';
	/* words end at NUL or newline, so that they may hold spaces */
	for (char *at = text; at < text + size && count < MAX_WORDS;) {
		size_t length = strcspn(at, "\n");
		words[count++] = at;
		at[length] = '\0';
		at += length + 1;
	}
	osc_begin(&o, packet, sizeof packet, "/fuzz");
	int rc = osc_text_parse(&o, count, words, why, sizeof why);
	if (rc != 0) {
		must(rc == -EINVAL || rc == -EMSGSIZE, "one of two errors");
		check_printable(why);
		return 0;
	}
	size_t bytes = osc_end(&o);
	must(bytes != 0, "what parses can be ended");
	must(osc_check(packet, bytes) == NULL, "and is sound");
	osc_walk_begin(&w, packet, bytes);
	must(osc_walk_next(&w, &m), "and is a message");
	osc_text_show(&m, shown, sizeof shown);
	check_printable(shown);
	return 0;
}
