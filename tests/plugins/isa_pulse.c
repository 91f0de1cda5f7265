/* SPDX-License-Identifier: MIT */
/*
 * isa_pulse.c -- the plugin pulse, compiled for one kind of processor: see
 * isa.h.
 */
#include "isa.h"

#define tactus_plugin ISA_ENTRY(pulse)
#include "pulse.c"
