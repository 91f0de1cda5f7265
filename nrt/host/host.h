/* SPDX-License-Identifier: MIT */
/*
 * host.h -- what the engine does for plugins outside of real time.
 *
 * One `host` for the process: the limits, the memory that is out, the folders
 * of media.  Each thread that calls plugins has a view of its own, whose
 * TactusHost it shows them: that is how a function of the host finds whose
 * work it is called for.  All functions of a view may be called on any thread
 * but rt; two threads never use one view at once.
 */
#ifndef TACTUS_NRT_HOST_H
#define TACTUS_NRT_HOST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "config.h"
#include "mark.h"

struct host;

struct host_config {
	/** Limits, folders and classes; has to live until host_configure. */
	const struct config *config;
	double rate;      /* the engine's, Hz */
	bool lock_memory; /* what rt may touch is locked */
};

/**
 * Make a host; folders of media that are missing are said in the log.
 * @thread loop
 * @errors -ENOMEM
 */
TACTUS_NODISCARD int host_open(
	const struct host_config *config, struct host **out);

/** The configuration was reloaded: media and limits go by it from now on.
 * @thread loop */
void host_configure(struct host *h, const struct config *config);

/** End it; NULL is accepted. @pre no view is used any more */
void host_close(struct host *h);

/** Bytes that resources have, of all classes. @thread any */
uint64_t host_bytes(const struct host *h);

/** A host as one thread's plugins see it. */
struct host_view {
	TactusHost host; /* first, so that it is found */
	struct host *of;
	const char *who; /* of the plugin at work, for the log */
	/* of the construct at work: what alloc may still give, and gave */
	uint64_t quota;
	uint64_t taken;
	uint64_t begun; /* which piece of work it is, of all */
};

/**
 * Fill a view: all functions of TactusHost but the registering ones, which
 * answer -1 and are replaced where a plugin is loaded.
 */
void host_view_init(struct host_view *v, struct host *h);

/** The view behind a host. */
struct host_view *host_view_of(const TactusHost *host);

/**
 * A construct of class `uri` begins on this view (NULL: a job, a destroy):
 * alloc is bounded by the class's limit and what is left of all.
 */
void host_view_begin(struct host_view *v, const char *who, const char *uri);

/**
 * What a piece of work tells and is told while it runs: TactusJob.  It belongs
 * to the worker; `progress` and `cancelled` are words between it and the loop.
 */
struct TactusJob {
	_Atomic uint32_t progress; /* millionths */
	atomic_bool cancelled;
	uint32_t count;      /* results */
	uint32_t room;       /* of `result`, entries */
	size_t bytes;        /* that they will take in a message */
	bool overflowed;     /* one did not fit */
	TactusValue *result; /* strings are its own, too */
};

/** Most bytes of results, so that they fit in one packet. */
#define JOB_RESULT_BYTES 40960

/** Forget the results, and be as at first. @thread who owns it */
void host_job_fini(TactusJob *job);

#endif
