/* SPDX-License-Identifier: MIT */
/*
 * filter.h -- what a filter is between two segments; see filter.c.
 */
#ifndef TACTUS_FILTER_H
#define TACTUS_FILTER_H

/** The ports. */
enum {
	FILTER_CUTOFF,
	FILTER_Q,
	FILTER_MODE,
	FILTER_IN,
	FILTER_OUT,
	FILTER_PORTS
};

enum { FILTER_LOW, FILTER_HIGH, FILTER_BAND, FILTER_NOTCH };

struct filter {
	float s1; /* the integrators, twice their charge */
	float s2;
	float k; /* damping, 1 / q */
	float a1;
	float a2;
	float a3;
	float cutoff; /* what k and a1…a3 were made for; 0 at first */
	float q;
};

#endif
