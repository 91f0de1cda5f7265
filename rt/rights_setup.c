/* SPDX-License-Identifier: MIT */
/*
 * rights_setup.c -- see rights_setup.h.
 */
#include "rights_setup.h"

#include <stdarg.h>
#include <stdio.h>

void
rights_grant(struct rt_rights *r, enum rt_right which)
{
	r->right[which].asked = true;
	r->right[which].got = true;
}

void
rights_refuse(struct rt_rights *r, enum rt_right which, int error,
	const char *format, ...)
{
	va_list args;

	r->right[which].asked = true;
	r->right[which].got = false;
	r->right[which].error = error;
	va_start(args, format);
	(void)vsnprintf(r->right[which].text, sizeof r->right[which].text,
		format, args);
	va_end(args);
}

void
rights_add(struct rt_rights *all, const struct rt_rights *one)
{
	for (int i = 0; i < RT_RIGHTS; i++) {
		if (!one->right[i].asked) {
			continue;
		}
		if (!all->right[i].asked ||
			(all->right[i].got && !one->right[i].got)) {
			all->right[i] = one->right[i];
		}
	}
}

bool
rights_is_refused(const struct rt_rights *r)
{
	for (int i = 0; i < RT_RIGHTS; i++) {
		/* an audit that is exempt is a notice, no refusal */
		if (r->right[i].asked && !r->right[i].got &&
			r->right[i].error != 0) {
			return true;
		}
	}
	return false;
}
