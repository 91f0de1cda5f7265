/* SPDX-License-Identifier: MIT */
/*
 * pace.c -- see pace.h.
 */
#include "pace.h"

#include <stdio.h>

void
pace_begin(struct pace *p, const TactusHost *host, TactusJob *job, double total)
{
	*p = (struct pace){.host = host, .job = job, .total = total};
}

bool
pace_next(struct pace *p, double more)
{
	p->done += more;
	if (p->done > p->total) {
		p->done = p->total;
	}
	if (p->total > 0.0) {
		p->host->progress(p->host, p->job, p->done / p->total);
	}
	return !p->host->is_cancelled(p->host, p->job);
}

int
pace_cancelled(char *reason, size_t size)
{
	snprintf(reason, size, "cancelled");
	return -1;
}

int
pace_result(const struct pace *p, double number, char *reason, size_t size)
{
	const TactusValue v = {.type = 'f', .number = number};

	if (p->host->result(p->host, p->job, &v)) {
		return 0;
	}
	snprintf(reason, size, "the results do not fit into one message");
	return -1;
}
