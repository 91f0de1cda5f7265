/* SPDX-License-Identifier: MIT */
/*
 * isa_filter.c -- the plugin filter, compiled for one kind of processor: see
 * isa.h.
 */
#include "isa.h"

#define tactus_plugin ISA_ENTRY(filter)
#include "filter.c"
