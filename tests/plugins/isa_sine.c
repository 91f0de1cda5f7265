/* SPDX-License-Identifier: MIT */
/*
 * isa_sine.c -- the plugin sine, compiled for one kind of processor: see isa.h.
 */
#include "isa.h"

#define tactus_plugin ISA_ENTRY(sine)
#include "sine.c"
