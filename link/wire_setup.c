/* SPDX-License-Identifier: MIT */
/*
 * wire_setup.c -- see wire.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "report.h"
#include "wire.h"

int
wire_open(uint32_t commands, uint32_t reports, uint32_t works,
	uint32_t tap_frames, uint32_t tap_channels, struct wire **out)
{
	struct wire *w = aligned_alloc(2 * CACHE_LINE, sizeof *w);
	if (w == NULL) {
		return -ENOMEM;
	}
	memset(w, 0, sizeof *w);
	w->loop.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* blocking: rt sleeps in it, under the offline driver alone */
	w->rt.fd = eventfd(0, EFD_CLOEXEC);
	int err = w->loop.fd < 0 || w->rt.fd < 0 ? -errno : 0;
	if (err == 0) {
		err = ring_open(commands, (uint32_t)sizeof(struct batch *),
			&w->commands);
	}
	if (err == 0) {
		err = ring_open(
			reports, (uint32_t)sizeof(struct report), &w->reports);
	}
	if (err == 0) {
		/* each has one work at the most on its way */
		err = ring_open(works + WORK_MAX_JOBS + WORK_MAX_PERFORMS,
			(uint32_t)sizeof(struct work *), &w->works);
	}
	if (err == 0 && tap_frames > 0) {
		err = ring_open(tap_frames,
			tap_channels * (uint32_t)sizeof(float), &w->tap);
	}
	if (err != 0) {
		wire_close(w);
		return err;
	}
	*out = w;
	return 0;
}

void
wire_close(struct wire *w)
{
	if (w == NULL) {
		return;
	}
	ring_close(w->commands);
	ring_close(w->reports);
	ring_close(w->works);
	ring_close(w->tap);
	if (w->loop.fd >= 0) {
		close(w->loop.fd);
	}
	if (w->rt.fd >= 0) {
		close(w->rt.fd);
	}
	free(w);
}
