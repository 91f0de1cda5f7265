/* SPDX-License-Identifier: MIT */
/*
 * mix_kernel.h -- many outputs added up, at one width; see <tactus/lanes.h>.
 *
 * Audio threads.  A vector wider than the processor's registers goes through
 * memory, eight times as slow: so this is compiled once for each width.
 */
#ifndef TACTUS_LANES
#  ifndef TACTUS_RT_MIX_KERNEL_H
#    define TACTUS_RT_MIX_KERNEL_H

#    define TACTUS_LANES_KERNEL "mix_kernel.h"
#    include <tactus/lanes.h>

#  endif
#else

/**
 * All that is a whole number of spans: of each as much as registers hold,
 * while all of `count` are added from +0 on.
 * @return frames that were done
 */
TACTUS_RT TACTUS_LANES_CODE static uint32_t
TACTUS_LANE(fold)(float *restrict to, const float *const *from, uint32_t count,
	uint32_t frames)
{
	/* at 16 half of them hold a block of 64 frames */
	enum { VECTORS = TACTUS_LANES == 16 ? 4 : 8 };
	uint32_t done = 0;

	for (; done + VECTORS * TACTUS_LANES <= frames;
		done += VECTORS * TACTUS_LANES) {
		tactus_f sum[VECTORS] = {{0.0F}};

		for (uint32_t k = 0; k < count; k++) {
			const float *more = from[k] + done;

#  pragma GCC unroll 8
			for (uint32_t v = 0; v < VECTORS; v++) {
				sum[v] += tactus_lanes_load(
					more + TACTUS_LANES * v);
			}
		}
#  pragma GCC unroll 8
		for (uint32_t v = 0; v < VECTORS; v++) {
			tactus_lanes_store(
				to + done + TACTUS_LANES * v, sum[v]);
		}
	}
	return done;
}

#endif
