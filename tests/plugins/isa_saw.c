/* SPDX-License-Identifier: MIT */
/*
 * isa_saw.c -- the plugin saw, compiled for one kind of processor: see isa.h.
 */
#include "isa.h"

#define tactus_plugin ISA_ENTRY(saw)
#include "saw.c"
