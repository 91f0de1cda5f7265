/* SPDX-License-Identifier: MIT */
/*
 * report.h -- what rt tells the loop, one fixed-size record each.
 *
 * Reports leave rt after the change that they tell of, in the order of the
 * changes.  Those marked "sure" wait in the outbox when the ring is full; the
 * others may be refused, and are counted (GAUGE_REFUSED_NOTES).
 */
#ifndef TACTUS_LINK_REPORT_H
#define TACTUS_LINK_REPORT_H

#include <stdint.h>

#include "batch.h"
#include "shape.h"
#include "work.h"

enum report_kind {
	REPORT_BATCH,      /* sure: batch is the loop's again */
	REPORT_NODE_NEW,   /* sure: id */
	REPORT_NODE_DONE,  /* sure: id */
	REPORT_NODE_ENDED, /* sure: id; spec (or NULL) is the loop's again */
	REPORT_WORK,       /* sure: work is for a worker to do */
	REPORT_RESOURCE_READY, /* sure: id */
	REPORT_RESOURCE_ENDED, /* sure: id; work is the loop's again, and the
				* id is free: it failed or was destroyed */
	REPORT_JOB_ENDED,      /* sure: id; work is the loop's again */
	REPORT_NODE_NAN, /* id, its shape's def; its output was no number */
	REPORT_NOTIFY,   /* note: a plugin's notification */
	REPORT_LOG,      /* log: a plugin's line */
	REPORT_LEVEL,    /* level: one output's meter */
	REPORT_XRUN,     /* xrun */
	REPORT_DEVICE,   /* sure: device, which is the device thread's again */
	REPORT_STOPPED   /* sure: rt computes no more blocks */
};

/** Why sound was lost. */
enum xrun_cause {
	XRUN_WOKE_LATE, /* the thread was not run in time */
	XRUN_DSP,       /* the graph took longer than its block */
	XRUN_STALLED,   /* the device did not move */
	XRUN_SUSPEND,   /* the machine slept */
	XRUN_DEVICE     /* the device reported it, cause unknown */
};

/** Why rt lets a device go. */
enum device_verdict {
	DEVICE_GONE,   /* ENODEV: it was unplugged */
	DEVICE_BROKEN, /* every tier of recovery failed: close and open it */
	DEVICE_GIVEN   /* rt was asked to let it go */
};

struct report {
	uint32_t kind; /* enum report_kind */
	int32_t id;
	uint64_t sample; /* when, on the sample clock */
	union {
		struct batch *batch;
		struct synth_spec *spec;
		struct work *work;
		const TactusSynthDef *def;
		struct {
			const char *address;
			const char *types;
			double values[TACTUS_MAX_NOTIFY];
		} note;
		struct {
			const char *text;
			const char *def; /* its name */
			double value;
			uint32_t level; /* enum TactusLevel */
		} log;
		struct {
			uint32_t channel;
			float peak;
			double squares; /* sum over `frames` */
			uint32_t frames;
		} level;
		struct {
			uint32_t cause; /* enum xrun_cause */
			int64_t late_ns;
			uint64_t lost; /* frames added to the sample clock */
		} xrun;
		struct {
			void *device;
			uint32_t verdict; /* enum device_verdict */
			int32_t error;    /* negative errno of the last call */
		} device;
	} u;
};
_Static_assert(sizeof(struct report) <= 64, "a report is one cache line");

#endif
