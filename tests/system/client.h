/* SPDX-License-Identifier: MIT */
/*
 * client.h -- a client of the daemon that speaks and hears text.
 *
 * What it says and what it is told is written as `tactus send` writes it:
 * "/synth/new sine 1 0 1 [ freq 440.0 ]", "/synced 7".  What is wrong ends
 * the test, with what was said instead.  One thread; a client owns its socket.
 */
#ifndef TACTUS_TESTS_SYSTEM_CLIENT_H
#define TACTUS_TESTS_SYSTEM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon.h"
#include "osc_read.h"

#define CLIENT_PACKET 65536

struct client {
	int fd;
	bool stream;
	size_t held; /* bytes of a stream that are not taken yet */
	uint8_t data[2 * CLIENT_PACKET];
	uint8_t packet[CLIENT_PACKET]; /* what was heard last */
	size_t size;
	struct osc_message message; /* points into packet */
	char text[CLIENT_PACKET];   /* the same, to read */
};

/** A packet that is put together. */
struct packet {
	size_t size;
	uint8_t data[CLIENT_PACKET];
};

/** Connect to a URL of the daemon. */
void client_open(struct client *c, const char *url);
void client_close(struct client *c);

/** daemon_start, and a client at its first door. */
void client_start(
	struct client *c, struct daemon *d, const struct daemon_want *want);
/** Close it, and daemon_end. */
void client_end(struct client *c, struct daemon *d, const char *never);

/** Make a packet of one message. */
void packet_say(struct packet *p, const char *text);
/** Begin a bundle; add a message, or a packet, to it. */
void packet_bundle(struct packet *p, uint64_t ntp);
void packet_add(struct packet *p, const char *text);
void packet_add_packet(struct packet *p, const struct packet *more);
/** Make a packet of /at with another inside. */
void packet_at(struct packet *p, int64_t sample, const struct packet *inside);

void client_send(struct client *c, const void *data, size_t size);
void client_send_packet(struct client *c, const struct packet *p);
/** Send one message; printf's format. */
void client_say(struct client *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** The next message, as text; ends the test when none comes. */
const char *client_hear(struct client *c);
/** Is there a message, or does one come within `wait_ms`? */
bool client_poll(struct client *c, int wait_ms);

/** The next message is this. */
void client_expect(struct client *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/** The next message begins so. */
void client_expect_start(struct client *c, const char *start);
/** Hear until a message begins so; others are forgotten. */
const char *client_seek(struct client *c, const char *start);
/** The next message is /error, for this address, with this code, words among
 * its own, and, unless it is NO_FIRST, the first integer. */
#define NO_FIRST INT64_MAX
void client_expect_error(struct client *c, const char *address, int code,
	int64_t first, const char *words);
/** Say it, and expect that error. */
void client_refused(struct client *c, const char *text, int code, int64_t first,
	const char *words);
/** Nothing more is to come: /sync is answered, by nothing before it. */
void client_silent(struct client *c);
/** /sync, and forget all that comes before its answer. */
void client_sync(struct client *c);

/** Argument `n` of what was heard, as a number. */
double client_number(const struct client *c, uint32_t n);
/** The same as text. */
const char *client_string(const struct client *c, uint32_t n);
/** How many arguments it has, brackets counted. */
uint32_t client_count(const struct client *c);

/** All numbers of /stats, on however many pages. */
void client_each_stat(struct client *c,
	void (*each)(void *user, const char *name, double value), void *user);
/** A number of /stats; ends the test when there is none of that name. */
double client_stat(struct client *c, const char *name);
/** Where the sample clock is. */
int64_t client_sample(struct client *c);
/** Let time pass, offline; what else comes is forgotten. */
void client_run(struct client *c, int frames);

/** NTP time, from now on the clock that daemon and client share. */
uint64_t client_ntp(double ahead_s);
/** NTP of a sample, offline at 48 kHz: a quarter of a sample behind it, so
 * that no rounding takes it to the one before. */
uint64_t client_ntp_of(int64_t sample);

#endif
