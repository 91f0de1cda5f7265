/* SPDX-License-Identifier: MIT */
/*
 * stage.h -- the whole engine with the test's own classes, works on call.
 *
 * Real rooms, real workers; the classes test-a and test-b and the job
 * test-job go through the gate (gate.h).  Beside them stand synthdefs that
 * hold resources in the ways there are:
 *
 *	holder     two resource ports, a (test-a) and b (test-b)
 *	refuser    the same, but its construct fails
 *	hoarder    acquires the test-a of its option `id`, and never releases
 *	performer  a port a; asks a worker for something with resource `id`,
 *	           exclusively, on trigger `go`; notifies what came of it
 */
#ifndef TACTUS_TESTS_RESOURCE_STAGE_H
#define TACTUS_TESTS_RESOURCE_STAGE_H

#include "gate.h"
#include "rooms.h"

struct stage {
	struct rooms rooms;
	struct gate *gate;
};

/** Open one with so many workers, 12 resources, 16 nodes; settings of
 * `sets` (NULL: none) come behind and win. */
void stage_open(struct stage *s, uint32_t workers, const char *const *sets);

/** End all: what waits in the gate goes through. */
void stage_close(struct stage *s);

/** Let what was put in take effect, until the works that can run have come
 * to the gate. */
void stage_settle(struct stage *s);

/** Ask, and settle. @return what was heard, a line each */
const char *stage_ask(struct stage *s, const char *words);

/** Let the work of a tag out, and settle. @return what was heard */
const char *stage_let(
	struct stage *s, enum gate_step step, int32_t tag, bool ok);

/** Asking is answered by just this; else the test ends. */
void stage_answers(struct stage *s, const char *words, const char *wanted);

/** Asking is answered by one error of this code about it, and no more. */
void stage_fails(struct stage *s, const char *words, int code);

/** Letting a work out makes this be heard. */
void stage_lets(struct stage *s, enum gate_step step, int32_t tag, bool ok,
	const char *wanted);

/** What /resource/query says of a resource: its state and references. */
void stage_is(struct stage *s, int32_t id, const char *state, int references);

/** Let it out, the one in the gate as its `i`th by tag. @pre it is there */
void stage_let_work(struct stage *s, const struct gate_work *w, bool ok);

/** Is a work of a tag in the gate? */
bool stage_runs(struct stage *s, enum gate_step step, int32_t tag);

/** Make resource `id` of class test-a or test-b, tagged by its id, live. */
void stage_live(struct stage *s, const char *class, int32_t id);

#endif
