/* SPDX-License-Identifier: MIT */
/*
 * curve.h -- what the plugins of this folder and their tests share.
 *
 * The layout of a class of resources, and how many objects are alive.
 */
#ifndef TACTUS_TESTS_PLUGINS_CPP_CURVE_H
#define TACTUS_TESTS_PLUGINS_CPP_CURVE_H

#include <stdint.h>

#define CURVE_URI "urn:test:resource:curve:1"

/** The layout behind the URI. */
struct curve {
	uint32_t size;
	uint32_t count;
	float *points;
};

#endif
