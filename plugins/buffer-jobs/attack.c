/* SPDX-License-Identifier: MIT */
/*
 * attack.c -- see attack.h.
 *
 * Each moment is judged by the likelihood that the variance changes there: of
 * 10 ms before and 10 ms after it, twice the logarithm of their common energy
 * less the logarithms of either.  That is the generalised likelihood ratio of
 * M. Basseville, I. Nikiforov, "Detection of Abrupt Changes", 1993, chapter 2,
 * for Gaussian samples.  It is done for the signal and for its slope, which
 * shows what is high above what is loud; the clearer one decides.
 */
#include "attack.h"

#include <float.h>
#include <math.h>

#include "jobs.h"

#define WIDTH_S 0.01
/** Energies below this part of the loudest around are all the same. */
#define QUIET 1.0e-4

int
attack_init(struct attack *a, const TactusHost *host,
	const TactusAudioBuffer *b, const struct arguments_range *range,
	int64_t longest)
{
	*a = (struct attack){.b = b, .range = *range};
	a->width = (int64_t)fmax(4.0, b->rate * WIDTH_S);
	a->room = longest + 2 * a->width + 1;
	for (int i = 0; i < 2; i++) {
		a->sum[i] = host->alloc(host, (size_t)a->room * sizeof(double));
		if (a->sum[i] == NULL) {
			return -1;
		}
	}
	return 0;
}

void
attack_fini(struct attack *a, const TactusHost *host)
{
	host->free(host, a->sum[1]);
	host->free(host, a->sum[0]);
}

/** Sum up the energies of frames begin … end - 1. */
static void
sum_up(struct attack *a, int64_t begin, int64_t end)
{
	for (int i = 0; i < 2; i++) {
		for (int64_t k = 0; k <= end - begin; k++) {
			a->sum[i][k] = 0.0;
		}
	}
	for (uint32_t c = 0; c < a->b->channels; c++) {
		const float *x = a->b->channel[c] + a->range.start;
		float last = jobs_finite(x[begin > 0 ? begin - 1 : 0]);

		for (int64_t at = begin; at < end; at++) {
			float now = jobs_finite(x[at]);
			double level = (double)now;
			double slope = (double)(now - last);

			a->sum[0][at - begin + 1] += level * level;
			a->sum[1][at - begin + 1] += slope * slope;
			last = now;
		}
	}
	for (int i = 0; i < 2; i++) {
		for (int64_t k = 0; k < end - begin; k++) {
			a->sum[i][k + 1] += a->sum[i][k];
		}
	}
}

/** The highest and the lowest mean energy of any `width` samples. */
static void
extremes(const double *sum, int64_t count, int64_t width, double *low,
	double *high)
{
	*low = DBL_MAX;
	*high = 0.0;
	for (int64_t k = 0; k + width <= count; k++) {
		double energy = (sum[k + width] - sum[k]) / (double)width;

		*low = fmin(*low, energy);
		*high = fmax(*high, energy);
	}
	if (*low > *high) {
		*low = *high = sum[count] / (double)(count > 0 ? count : 1);
	}
}

struct attack_found
attack_search(struct attack *a, int64_t begin, int64_t end)
{
	struct attack_found found = {.at = begin};

	begin = begin > 0 ? begin : 0;
	end = end < a->range.frames ? end : a->range.frames;
	int64_t first = begin > a->width ? begin - a->width : 0;
	int64_t last = end + a->width < a->range.frames ? end + a->width
							: a->range.frames;
	if (last - first >= a->room) {
		last = first + a->room - 1;
	}
	sum_up(a, first, last);
	for (int i = 0; i < 2; i++) {
		const double *sum = a->sum[i];
		double low;
		double high;

		extremes(sum, last - first, a->width, &low, &high);
		double floor = QUIET * high + 1.0e-20;
		for (int64_t t = begin; t < end && t < last; t++) {
			int64_t from = t - a->width;
			int64_t to = t + a->width;
			double before;

			to = to < last ? to : last;
			double after = (sum[to - first] - sum[t - first]) /
				       (double)(to - t);
			if (from >= first) {
				before = (sum[t - first] - sum[from - first]) /
					 (double)a->width;
			} else {
				/* before the start it was as quiet as it
				 * gets behind it */
				before = (sum[t - first] +
						 low * (double)(first - from)) /
					 (double)a->width;
			}
			before += floor;
			after += floor;
			if (after <= before) {
				continue;
			}
			double rise = 2.0 * log((before + after) / 2.0) -
				      log(before) - log(after);
			if (rise > found.rise) {
				found.rise = rise;
				found.at = t;
			}
		}
	}
	return found;
}
