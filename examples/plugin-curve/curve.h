/* SPDX-License-Identifier: MIT */
/*
 * curve.h -- the resource class "curve": points that synths read in turn.
 *
 * This is all that another plugin needs to use curves: the URI, and the
 * layout that it names.  Whoever changes the layout changes the URI.
 */
#ifndef EXAMPLE_CURVE_H
#define EXAMPLE_CURVE_H

#include <stdint.h>

#define EXAMPLE_CURVE_URI "urn:example:resource:curve:1"

/** Read by audio threads and by workers; a job may change the points. */
typedef struct ExampleCurve {
	uint32_t size;  /* sizeof(ExampleCurve), by its maker */
	uint32_t count; /* of points, at least 2 */
	float *points;
} ExampleCurve;

#endif
