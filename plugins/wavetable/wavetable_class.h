/* SPDX-License-Identifier: MIT */
/*
 * wavetable_class.h -- the resource class Wavetable, to be registered.
 */
#ifndef TACTUS_WAVETABLE_CLASS_H
#define TACTUS_WAVETABLE_CLASS_H

#include <tactus/plugin.h>

extern const TactusResourceDef wavetable_class;

#endif
