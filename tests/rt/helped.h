/* SPDX-License-Identifier: MIT */
/*
 * helped.h -- a crew for an engine that a test drives: the test is rt.
 */
#ifndef TACTUS_TESTS_HELPED_H
#define TACTUS_TESTS_HELPED_H

#include <check.h>

#include "crew.h"
#include "engine.h"
#include "rights_setup.h"

/**
 * Give an engine its helpers, as many as it was made for.
 * @param absent they never come to help
 * @return for crew_close, when the engine has stopped; NULL: it has none
 */
static inline struct crew *
helped_open(struct engine *e, bool absent)
{
	const struct crew_config config = {
		.threads = engine_config(e)->threads,
		.absent = absent,
	};
	struct rt_rights got = {0};
	struct crew *c = NULL;

	if (config.threads > 1) {
		ck_assert_int_eq(crew_open(&config, &c, &got), 0);
		engine_use_crew(e, c);
	}
	return c;
}

#endif
