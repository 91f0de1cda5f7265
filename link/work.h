/* SPDX-License-Identifier: MIT */
/*
 * work.h -- a piece of work on resources, between rt, the loop and a worker.
 *
 * A work is the record that is needed to finish what it stands for, made when
 * that is asked for, so that running out of room can refuse new work and never
 * strand old work: the work of /resource/new stays with the resource and is
 * what destroys it in the end.
 *
 *	loop ── COMMAND_RESOURCE_NEW, _JOB_NEW ──> rt       rt's from here
 *	loop <── REPORT_WORK ──────────────────── rt       a worker's to do
 *	loop ── wire.works ─────────────────────> rt       done; rt's again
 *	loop <── REPORT_RESOURCE_ENDED, _JOB_ENDED ─ rt    the loop's to free
 *
 * It has one owner at a time; who hands it on does not look at it any more.
 */
#ifndef TACTUS_LINK_WORK_H
#define TACTUS_LINK_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "node_ref.h"
#include "outgoing.h"

/** Jobs of clients that may be under way at once; one more is 503. */
#define WORK_MAX_JOBS 256
/** The same of synths (perform_with_resources). */
#define WORK_MAX_PERFORMS 64

enum work_kind {
	WORK_CONSTRUCT,
	WORK_DESTROY,
	WORK_JOB,
	WORK_PERFORM /* of a synth: rt's own memory */
};

/** The state of a resource as clients see it. */
enum resource_state {
	RESOURCE_FREE,
	RESOURCE_CONSTRUCTING,
	RESOURCE_LIVE,
	RESOURCE_FREE_PENDING,
	RESOURCE_DESTROYING
};

/** A resource that a job has, in the order in which the job names them. */
struct work_hold {
	int32_t id;
	const TactusResourceDef *def; /* rt fills these three */
	void *instance;
	uint64_t bytes; /* the worker says how many it has behind the job */
};

struct work {
	struct outgoing outgoing; /* rt's place for it on its way back */
	struct work *next;        /* its owner's */
	void *order;              /* the loop's; rt does not look at it */
	uint32_t kind;            /* enum work_kind */
	int32_t id;               /* of the resource, or of the job */

	/* of a resource */
	const TactusResourceDef *def;
	void *instance; /* what construct returned; NULL: it failed */
	uint64_t bytes;
	/* the loop said long ago that it failed (it took too long): what came
	 * of it after all is destroyed, and not told to be ready */
	bool given_up;

	/* of a job, of a perform */
	bool exclusive;
	const char *uri; /* that all of `hold` have; NULL: any */
	uint32_t count;
	struct work_hold hold[TACTUS_MAX_JOB_RESOURCES];

	/* of a perform */
	int (*perform)(const TactusHost *host, void *const *resources,
		uint32_t count, void *data);
	TACTUS_RT void (*done)(const TactusWorld *world, TactusSynth *synth,
		int result, const void *data);
	const char *def_name; /* of the synth's def, for the log */
	struct node_ref node; /* who asked; rt looks whether it still lives */
	int32_t result;
	_Alignas(16) uint8_t data[TACTUS_MAX_JOB_DATA];
};

#endif
