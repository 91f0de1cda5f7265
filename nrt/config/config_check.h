/* SPDX-License-Identifier: MIT */
/*
 * config_check.h -- what can be said of several settings together only.
 */
#ifndef TACTUS_NRT_CONFIG_CHECK_H
#define TACTUS_NRT_CONFIG_CHECK_H

#include "config_reading.h"

/** Report what does not go together, and what deserves a word. */
void config_check(struct config_reading *r);

#endif
