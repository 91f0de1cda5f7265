/* SPDX-License-Identifier: MIT */
/*
 * works.c -- see works.h.
 */
#include "works.h"

#include "job.h"
#include "outbox.h"
#include "resource.h"

/** What a report tells of is in the gauges before (link/gauges.h). */
TACTUS_RT static void
count(struct engine *e, int32_t more)
{
	e->works += (uint32_t)more;
	gauge_set(e->gauges, GAUGE_WORKS, e->works);
}

TACTUS_RT void
works_give(struct engine *e, struct work *work)
{
	count(e, 1);
	outbox_work(e, work, REPORT_WORK);
}

TACTUS_RT uint32_t
works_take(struct engine *e, uint32_t most)
{
	struct work *work;
	uint32_t taken = 0;

	while (taken < most && ring_take(e->wire->works, &work, 1) == 1) {
		taken++;
		count(e, -1);
		switch ((enum work_kind)work->kind) {
		case WORK_CONSTRUCT:
		case WORK_DESTROY:
			resource_back(e, work);
			break;
		case WORK_JOB:
			job_back(e, work);
			break;
		case WORK_PERFORM:
			job_perform_back(e, work);
			break;
		}
	}
	return taken;
}
