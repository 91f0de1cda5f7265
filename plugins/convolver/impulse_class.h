/* SPDX-License-Identifier: MIT */
/*
 * impulse_class.h -- the resource class Impulse, to be registered.
 */
#ifndef TACTUS_IMPULSE_CLASS_H
#define TACTUS_IMPULSE_CLASS_H

#include <tactus/plugin.h>

extern const TactusResourceDef impulse_class;

#endif
