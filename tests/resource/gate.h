/* SPDX-License-Identifier: MIT */
/*
 * gate.h -- classes and a job whose every step waits for the test's word.
 *
 * A construct, a destroy or a job enters the gate on its worker and stays
 * until the test lets it out, with the outcome that the test wants: so a test
 * says in which order works return, whatever the machine does, and nothing
 * sleeps.  What was made and destroyed is counted by instance.
 */
#ifndef TACTUS_TESTS_RESOURCE_GATE_H
#define TACTUS_TESTS_RESOURCE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

#define GATE_A_URI   "urn:tactus:resource:test-a:1"
#define GATE_B_URI   "urn:tactus:resource:test-b:1"
#define GATE_JOB_URI "urn:tactus:job:test-job:1"

/** Works that can be in the gate at once. */
#define GATE_WORKS 64

enum gate_step { GATE_CONSTRUCT, GATE_DESTROY, GATE_PERFORM };

/** One that waits in the gate. */
struct gate_work {
	uint64_t ticket; /* in the order in which they entered */
	enum gate_step step;
	int32_t tag; /* the first argument: a number of the test's */
	const TactusJob *job;
	const TactusHost *host;
	uint32_t resources; /* of a job: their tags, in order */
	int32_t resource[TACTUS_MAX_JOB_RESOURCES];
};

struct gate;

/** What a construct makes. */
struct gate_instance {
	struct gate *gate;
	int32_t tag;
	uint32_t destroyed;
	uint32_t jobs; /* that have it now */
};

struct gate *gate_open(void);

/** End it. @pre nothing waits in it */
void gate_close(struct gate *g);

/** The defs, for a registry; the classes refuse a tag that is no number
 * (400), below 0 (422) or above a million (413).  The first argument of each is
 * the gate's tag; the gate that they go through is the one that was opened
 * last. */
extern const TactusResourceDef gate_class_a;
extern const TactusResourceDef gate_class_b;
extern const TactusJobDef gate_job;

/** Pass through the gate with an instance, on a worker: what a synth's perform
 * does. @return `tag`, or -1 when the test says no */
int gate_pass(void *instance, int32_t tag);

/** An open gate lets everything through at once, with success. */
void gate_set_open(struct gate *g, bool open);

/** Wait until `count` works are in the gate (a generous deadline ends the
 * test). */
void gate_await(struct gate *g, uint32_t count);

/** How many are in it. */
uint32_t gate_count(struct gate *g);

/** Those in it, in the order of their tags. @return how many */
uint32_t gate_look(struct gate *g, struct gate_work out[GATE_WORKS]);

/** Let one out; `ok` false: it fails. */
void gate_let(struct gate *g, uint64_t ticket, bool ok);

/** Made, and destroyed, ever. */
uint32_t gate_made(struct gate *g);
uint32_t gate_destroyed(struct gate *g);

#endif
