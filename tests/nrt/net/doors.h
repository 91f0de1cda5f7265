/* SPDX-License-Identifier: MIT */
/*
 * doors.h -- doors on loopback and clients to knock at them, in one thread.
 *
 * The loop and the clients take turns until something has come or a generous
 * deadline is over; nothing sleeps for a fixed time.  The clock of the doors
 * is the test's own.
 */
#ifndef TACTUS_TESTS_DOORS_H
#define TACTUS_TESTS_DOORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "net.h"

#define DOORS_MAX    4
#define DOORS_PACKET 4096 /* max_packet, unless a test says otherwise */

/** What the hook does with a packet. */
enum doors_answer {
	DOORS_SILENT,
	DOORS_ECHO,  /* send it back */
	DOORS_ERROR, /* peer_error 404 */
	DOORS_KEEP,  /* peer_keep for reason 1, then echo, else peer_error */
	DOORS_HOLD   /* take a reference, in `held` */
};

struct doors {
	struct ev_loop *loop;
	struct net *net;
	int64_t now_ns;
	enum doors_answer answer;
	uint32_t packets; /* that came through the hook */
	uint32_t gone;
	size_t size; /* of the last one */
	uint8_t data[65536];
	enum role role;
	char name[256];
	struct peer *held;
	char folder[64]; /* for UNIX sockets; removed at the end */
	char why[512];
};

/** Make a loop and a folder, but no doors yet. */
void doors_init(struct doors *d);
/** Open doors with these URLs. @return what net_open returned */
int doors_open(struct doors *d, const char *const *urls, uint32_t count,
	uint32_t max_clients);
int doors_open_config(struct doors *d, const struct net_config *config);
/** Open one door; ends the test where that fails. */
void doors_open_one(struct doors *d, const char *url);
void doors_close(struct doors *d);

/** One turn of the loop, at most a few milliseconds. */
void doors_turn(struct doors *d);
/** Turn until `*count` is `wanted` or more; ends the test at the deadline. */
void doors_turn_until(struct doors *d, const uint32_t *count, uint32_t wanted);
/** Turn until a client's socket has something; false at the deadline. */
bool doors_turn_until_readable(struct doors *d, int fd);
/** Turn until a datagram is there and read it. @return its size */
size_t doors_receive(struct doors *d, int fd, void *out, size_t room);
/** Turn until a stream has `size` bytes more, or ends. @return how many */
size_t doors_read(struct doors *d, int fd, void *out, size_t size);

/** Turn until an /error is there; check its address and code; its text. */
const char *doors_receive_error(
	struct doors *d, int fd, const char *address, int code);
/** Check that a packet is such an /error. @return its text */
const char *doors_error_text(
	const void *packet, size_t size, const char *address, int code);

/** Has this machine IPv6 on loopback? If not, says what is skipped. */
bool doors_has_ipv6(void);

/** A client's socket connected to a URL of the doors. */
int doors_client(const char *url);
/** A UNIX datagram client bound at `name` in the folder. */
int doors_named_client(struct doors *d, const char *url, const char *name);
void doors_send(int fd, const void *data, size_t size);

/** "unix://FOLDER/name" and the like, for listeners. */
const char *doors_local_url(struct doors *d, const char *scheme,
	const char *name, char *out, size_t room);

/** What was logged so far holds `words`. */
bool doors_has_logged(const char *words);

/** A message without arguments, and one with an int. */
size_t doors_message(uint8_t *out, size_t room, const char *address, int n);

#endif
