/* SPDX-License-Identifier: MIT */
/*
 * again.h -- what was read, written again.
 */
#ifndef TACTUS_TESTS_AGAIN_H
#define TACTUS_TESTS_AGAIN_H

#include <stdbool.h>

#include "osc_read.h"
#include "osc_write.h"

/** Put an argument as it was read. @return false: of no type that there is */
static inline bool
again_put(struct osc_out *o, const struct osc_arg *a)
{
	switch (a->type) {
	case 'i':
		osc_put_int(o, a->u.i);
		break;
	case 'f':
		osc_put_float(o, a->u.f);
		break;
	case 's':
		osc_put_string(o, a->u.s);
		break;
	case 'b':
		osc_put_blob(o, a->u.b.data, a->u.b.size);
		break;
	case 'h':
		osc_put_int64(o, a->u.h);
		break;
	case 'd':
		osc_put_double(o, a->u.d);
		break;
	case 't':
		osc_put_time(o, a->u.t);
		break;
	case 'T':
	case 'F':
		osc_put_bool(o, a->type == 'T');
		break;
	case 'N':
		osc_put_nil(o);
		break;
	case 'I':
		osc_put_impulse(o);
		break;
	case '[':
		osc_put_array(o);
		break;
	case ']':
		osc_end_array(o);
		break;
	default:
		return false;
	}
	return true;
}

#endif
