/* SPDX-License-Identifier: MIT */
/*
 * score.h -- a file of OSC packets, each at its time.
 *
 * A big-endian int32 length and a packet, repeated: what scsynth's offline
 * mode reads.  Time tags count NTP seconds (32.32) from 0, the beginning of
 * the file that is rendered; 0 and 1 both mean "at once, at 0", and so does a
 * message that is in no bundle.  A score is checked whole when it is read;
 * after that walking cannot fail.  Pure but for score_load, which reads.
 */
#ifndef TACTUS_SRC_SCORE_H
#define TACTUS_SRC_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "mark.h"

#define SCORE_MAX_BYTES ((size_t)1 << 30) /* of a file */

/** One packet, as it stands in the file. */
struct score_packet {
	const uint8_t *data;
	uint32_t size;
	uint64_t time;   /* its tag: seconds from 0, 32.32; 0: at once */
	uint64_t offset; /* where its length stands in the file, in bytes */
};

/** All of it. */
struct score {
	uint8_t *bytes;
	size_t size;
	struct score_packet *packet; /* by time, then as in the file */
	uint32_t count;
	uint64_t end; /* the last tag of all, 32.32; inner bundles too */
};

/**
 * Check a score that stands in memory, and sort it.
 * @param name of the file, for `why`
 * @owns takes `bytes` (from malloc) in any case
 * @errors -EBADMSG it is no score: `why` tells what is wrong at which byte;
 *         -ENOMEM
 */
TACTUS_NODISCARD int score_open(const char *name, uint8_t *bytes, size_t size,
	struct score **out, char *why, size_t room);

/**
 * Read and check a score.
 * @errors as score_open; -ENOENT, -EACCES and others of open and read;
 *         -EFBIG larger than SCORE_MAX_BYTES
 */
TACTUS_NODISCARD int score_load(
	const char *path, struct score **out, char *why, size_t room);

/** Forget it; NULL is accepted. */
void score_close(struct score *s);

/** A time of 32.32 in seconds. */
double score_seconds(uint64_t time);

#endif
