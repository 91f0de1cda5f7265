/* SPDX-License-Identifier: MIT */
/*
 * infos.h -- what the daemon tells of nodes and defs, each asked once.
 *
 * One thread.  The answers are the daemon's, so nothing in them is trusted to
 * be as it should.
 */
#ifndef TACTUS_SRC_INFOS_H
#define TACTUS_SRC_INFOS_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"

/** All that was asked; zeroed it is empty. */
struct infos {
	struct info *place[256]; /* nodes by id, modulo their number */
	struct info *defs;
};

/** Where one connection stands in an answer. */
enum info_connection {
	INFO_SOURCE,
	INFO_OUT, /* port indices */
	INFO_DESTINATION,
	INFO_IN,
	INFO_FLAGS,
	INFO_CONNECTION
};

/**
 * Ask what /node/info tells of a node, unless that is known.
 * @param out stays good until infos_fini; empty when the node has ended
 * @return 0, or the exit code, told already
 */
TACTUS_NODISCARD int infos_ask(struct infos *all, struct cli *cli, int32_t id,
	const struct answer **out);

/** The next port: index, name, value, bus, flags begin at `*port`.
 * @param at zero at first */
bool infos_next_port(const struct answer *info, uint32_t *at, uint32_t *port);

/** The next connection: enum info_connection count from `*connection`.
 * @param at zero at first */
bool infos_next_connection(
	const struct answer *info, uint32_t *at, uint32_t *connection);

/** The name of a port by its index; NULL: there is none. */
const char *infos_port_name(const struct answer *info, int32_t index);

/**
 * Ask what /def/query tells of a def's ports, unless that is known.
 * @return NULL: no memory; empty when the daemon would not tell
 */
const struct answer *infos_ask_def(
	struct infos *all, struct cli *cli, const char *name);

/**
 * Where a def describes a port of this name.  Ports that come with an option
 * (channels) are known by the stem of their name.
 * @param def NULL is accepted
 * @return 0: nowhere
 */
uint32_t infos_described(const struct answer *def, const char *name);

/** The kind of the port that is described there; "" when none is. */
const char *infos_port_kind(const struct answer *def, uint32_t at);

/** Is it an output? */
bool infos_is_output(const struct answer *def, uint32_t at);

/** Forget all. */
void infos_fini(struct infos *all);

#endif
