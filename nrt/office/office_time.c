/* SPDX-License-Identifier: MIT */
/*
 * office_time.c -- NTP tags to samples, by the line that holds for a packet.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "office_private.h"

#define NS        1000000000
#define NTP_1970  2208988800U /* seconds from 1900 to 1970 */
#define OFFLINE_S 0U          /* NTP of sample 0 under the offline driver */

void
office_call_rt(struct office *o)
{
	uint64_t one = 1;

	if (o->given.offline && wake_wanted(&o->wire->rt)) {
		ssize_t written = write(o->wire->rt.fd, &one, sizeof one);
		(void)written;
	}
}
