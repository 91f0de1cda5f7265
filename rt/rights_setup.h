/* SPDX-License-Identifier: MIT */
/*
 * rights_setup.h -- what audio threads ask of the system, and what they got.
 *
 * Each asks for itself; what one of them was refused counts for all.
 */
#ifndef TACTUS_RT_RIGHTS_SETUP_H
#define TACTUS_RT_RIGHTS_SETUP_H

#include <stdbool.h>

/** What can be refused. */
enum rt_right {
	RT_RIGHT_SCHEDULE,
	RT_RIGHT_CPUS,
	RT_RIGHT_MEMORY,
	RT_RIGHT_AUDIT,
	RT_RIGHTS
};

/** What became of each. */
struct rt_rights {
	struct {
		bool asked;
		bool got;
		int error;      /* errno, when it was refused by the system */
		char text[208]; /* why not, and the mend; "" when it was got */
	} right[RT_RIGHTS];
};

/** Note a right that was got. @thread any: the owner of `r` */
void rights_grant(struct rt_rights *r, enum rt_right which);

/** Note one that was not. @param error 0: nobody refused it, it is exempt
 * @thread any: the owner of `r` */
void rights_refuse(struct rt_rights *r, enum rt_right which, int error,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/** Add those of one more thread: the first refusal stays.
 * @thread before-start */
void rights_add(struct rt_rights *all, const struct rt_rights *one);

/** Did the system refuse any? @thread before-start */
bool rights_is_refused(const struct rt_rights *r);

#endif
