/* SPDX-License-Identifier: MIT */
/*
 * request.c -- a message's arguments, read one by one.
 *
 * As docs/osc-api.md says at its beginning: another type or a missing argument
 * is 400; a number where an integer is expected counts if it is whole and fits,
 * else it is 422; NaN and infinities are 422.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

void
request_fail(struct request *r, int code, const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	peer_error(r->peer, r->message->address, code,
		r->has_first ? &r->first : NULL, "%s", text);
}

/** Say what is wrong with the argument at hand. */
static void
fail_argument(struct request *r, int code, const char *what, const char *why)
{
	request_fail(r, code, "argument %d (%s) %s: %s%s%s", r->position, what,
		why, r->to->name, r->to->arguments[0] != '\0' ? " " : "",
		r->to->arguments);
}

/** The next argument; an array is not one. */
static bool
next(struct request *r, const char *what, struct osc_arg *out)
{
	r->position++;
	if (!osc_args_next(&r->args, out)) {
		fail_argument(r, 400, what, "is missing");
		return false;
	}
	return true;
}

bool
request_int(struct request *r, const char *what, int32_t *out)
{
	struct osc_arg a;

	if (osc_args_int(&r->args, out)) {
		r->position++;
		return true;
	}
	if (!next(r, what, &a)) {
		return false;
	}
	int code = osc_whole(&a, out);
	if (code == 400) {
		fail_argument(r, 400, what, "must be a whole number");
	} else if (code != 0) {
		fail_argument(r, 422, what, "is not whole, or too large");
	}
	return code == 0;
}

bool
request_int64(struct request *r, const char *what, int64_t *out)
{
	struct osc_arg a;

	if (!next(r, what, &a)) {
		return false;
	}
	if (a.type == 'h') {
		*out = a.u.h;
		return true;
	}
	double number;
	if (!osc_number(&a, &number)) {
		fail_argument(r, 400, what, "must be a whole number");
		return false;
	}
	if (!(number > -9e15 && number < 9e15) ||
		number != (double)(int64_t)number) {
		fail_argument(r, 422, what, "is not whole, or too large");
		return false;
	}
	*out = (int64_t)number;
	return true;
}

bool
request_number(struct request *r, const char *what, double *out)
{
	struct osc_arg a;

	if (!next(r, what, &a)) {
		return false;
	}
	if (!osc_number(&a, out)) {
		fail_argument(r, 400, what, "must be a number");
		return false;
	}
	if (!(*out - *out == 0.0)) {
		fail_argument(r, 422, what, "is not a finite number");
		return false;
	}
	return true;
}

const char *
request_text(struct request *r, const char *what)
{
	struct osc_arg a;

	if (!next(r, what, &a)) {
		return NULL;
	}
	const char *text = osc_text(&a);
	if (text == NULL) {
		fail_argument(r, 400, what, "must be a string");
	}
	return text;
}

bool
request_port(struct request *r, const char *what, struct port_ref *out)
{
	struct osc_arg a;

	if (!next(r, what, &a)) {
		return false;
	}
	*out = (struct port_ref){.index = -1, .name = osc_text(&a)};
	if (out->name != NULL) {
		out->hash = name_hash(out->name);
		return true;
	}
	int code = osc_whole(&a, &out->index);
	if (code != 0) {
		request_fail(r, code,
			"argument %d (%s) must be its index (i) or its name "
			"(s)",
			r->position, what);
	}
	return code == 0;
}

int
request_array(struct request *r, const char *what)
{
	struct osc_arg a;

	if (!request_more(r)) {
		return 0;
	}
	r->position++;
	if (!osc_args_next(&r->args, &a) || a.type != '[') {
		request_fail(r, 400,
			"argument %d must be an array of %s: %s %s",
			r->position, what, r->to->name, r->to->arguments);
		return -1;
	}
	return 1;
}

/** One argument as a class or a job gets it. @return 0 or a code of /error */
static int
read_value(const struct osc_arg *a, TactusValue *v)
{
	switch (a->type) {
	case 'i':
		*v = (TactusValue){.type = 'i', .integer = a->u.i};
		break;
	case 'h':
		*v = (TactusValue){.type = 'i', .integer = a->u.h};
		break;
	case 'T':
	case 'F':
		*v = (TactusValue){.type = 'i', .integer = a->type == 'T'};
		break;
	case 'f':
	case 'd':
		*v = (TactusValue){.type = 'f'};
		v->number = a->type == 'f' ? (double)a->u.f : a->u.d;
		return v->number - v->number == 0.0 ? 0 : 422;
	case 's':
		*v = (TactusValue){.type = 's', .string = a->u.s};
		return 0;
	default:
		return 400;
	}
	v->number = (double)v->integer;
	return 0;
}

bool
request_values(struct request *r, TactusValue **out, uint32_t *count)
{
	struct osc_arg a;
	int has = request_array(r, "arguments");

	*out = NULL;
	*count = 0;
	if (has <= 0) {
		return has == 0;
	}
	TactusValue *values = calloc(strlen(r->args.type) + 1, sizeof *values);
	if (values == NULL) {
		request_fail(r, 503, "no memory");
		return false;
	}
	while (osc_args_next(&r->args, &a) && a.type != ']') {
		int code = read_value(&a, &values[*count]);
		if (code != 0) {
			request_fail(r, code,
				code == 422
					? "argument %u of the array is not a "
					  "finite number"
					: "argument %u of the array must be a "
					  "number or a string",
				*count + 1);
			free(values);
			return false;
		}
		++*count;
	}
	*out = values;
	return true;
}

bool
request_check(struct request *r, const struct request_checked *what,
	const TactusValue *values, uint32_t count)
{
	const char *arguments = what->arguments;
	char why[DEFS_WHY_SIZE] = "";
	int code = what->check == NULL
			   ? 0
			   : what->check(r->office->given.plugin_host, values,
				     count, why, sizeof why);

	if (code == 0) {
		return true;
	}
	/* no plugin is trusted to have ended it */
	why[sizeof why - 1] = '\0';
	/* how they look helps who got their number or types wrong */
	bool told = (code == 400 || why[0] == '\0') && arguments != NULL &&
		    arguments[0] != '\0';
	request_fail(r, code >= 400 && code <= 599 ? code : 500, "%s: %s%s%s%s",
		what->name,
		why[0] != '\0' ? why : "it does not take these arguments",
		told ? " (it takes " : "", told ? arguments : "",
		told ? ")" : "");
	return false;
}

bool
request_keep(struct request *r, uint32_t why)
{
	int err = peer_keep(r->peer, why);

	if (err == -EUSERS) {
		request_fail(r, 429,
			"all %u client slots are taken (osc.max_clients)",
			r->office->config->osc.max_clients);
	} else if (err != 0) {
		request_fail(r, 409,
			"nothing can be sent to this sender later: it has no "
			"address of its own");
	}
	return err == 0;
}

bool
request_end(struct request *r)
{
	if (!request_more(r)) {
		return true;
	}
	request_fail(r, 400, "there are more than %d arguments: %s%s%s",
		r->position, r->to->name,
		r->to->arguments[0] != '\0' ? " " : "", r->to->arguments);
	return false;
}
