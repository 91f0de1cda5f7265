/* SPDX-License-Identifier: MIT */
/*
 * reports.c -- what rt tells: notifications to clients, lines in the log.
 */
#include <string.h>

#include "log.h"
#include "office_private.h"

static void
notice_node(struct office *o, const char *address, int32_t id)
{
	struct answer a;

	answer_begin(&a, address);
	osc_put_int(&a.out, id);
	answer_send_all(&a, o, KEEP_NOTIFY);
}

void
office_notice(struct office *o, const char *address)
{
	struct answer a;

	answer_begin(&a, address);
	answer_send_all(&a, o, KEEP_NOTIFY);
}

void
office_notice_text(struct office *o, const char *address, const char *text)
{
	struct answer a;

	answer_begin(&a, address);
	osc_put_string(&a.out, text);
	answer_send_all(&a, o, KEEP_NOTIFY);
}

/** A plugin's number as an int: the nearest there is; 0 for what is none. */
static int32_t
whole(double x)
{
	if (!(x - x == 0.0)) {
		return x > 0.0 ? INT32_MAX : x < 0.0 ? INT32_MIN : 0;
	}
	return x >= INT32_MAX   ? INT32_MAX
	       : x <= INT32_MIN ? INT32_MIN
				: (int32_t)x;
}

/** A plugin's own notification. */
static void
note(struct office *o, const struct report *r)
{
	struct answer a;
	const char *types = r->u.note.types;

	answer_begin(&a, r->u.note.address);
	for (uint32_t i = 0; i < TACTUS_MAX_NOTIFY && types[i] != '\0'; i++) {
		if (types[i] == 'i') {
			osc_put_int(&a.out, whole(r->u.note.values[i]));
		} else {
			osc_put_float(&a.out, (float)r->u.note.values[i]);
		}
	}
	answer_send_all(&a, o, KEEP_NOTIFY);
}

static void
plugin_log(const struct report *r)
{
	const char *def = r->u.log.def;

	switch ((enum TactusLevel)r->u.log.level) {
	case TACTUS_LOG_ERROR:
		log_err("%s (node %d): %s: %g", def, r->id, r->u.log.text,
			r->u.log.value);
		break;
	case TACTUS_LOG_WARNING:
		log_warn("%s (node %d): %s: %g", def, r->id, r->u.log.text,
			r->u.log.value);
		break;
	case TACTUS_LOG_INFO:
		log_info("%s (node %d): %s: %g", def, r->id, r->u.log.text,
			r->u.log.value);
		break;
	case TACTUS_LOG_DEBUG:
		log_debug("%s (node %d): %s: %g", def, r->id, r->u.log.text,
			r->u.log.value);
		break;
	}
}

static void
nan_node(struct office *o, const struct report *r)
{
	struct answer a;

	o->nan_nodes++;
	log_warn("rt: node %d (%s) put out what is no number; the outputs had "
		 "0 instead",
		r->id, r->u.def->name);
	answer_begin(&a, "/node/fault");
	osc_put_int(&a.out, r->id);
	osc_put_string(&a.out, "its output was not a number");
	answer_send_all(&a, o, KEEP_NOTIFY);
}

static void
xrun(struct office *o, const struct report *r)
{
	struct xrun_entry *x = &o->xrun[o->xruns++ % XRUNS_KEPT];

	*x = (struct xrun_entry){
		r->sample, r->u.xrun.cause, r->u.xrun.late_ns, r->u.xrun.lost};
	if (r->u.xrun.cause < 5) {
		o->xrun_count[r->u.xrun.cause]++;
	}
	log_warn("audio: xrun (%s), %.3f ms late, %llu frames lost, at "
		 "sample %llu",
		cause_name(x->cause), (double)x->late_ns / 1e6,
		(unsigned long long)x->lost, (unsigned long long)x->sample);
}

void
reports_take(struct office *o, const struct report *r)
{
	switch ((enum report_kind)r->kind) {
	case REPORT_BATCH:
		outcome_take(o, r->u.batch, r->sample);
		break;
	case REPORT_NODE_NEW:
		notice_node(o, "/node/new", r->id);
		break;
	case REPORT_NODE_DONE:
		notice_node(o, "/node/done", r->id);
		break;
	case REPORT_NODE_ENDED:
		notice_node(o, "/node/ended", r->id);
		defs_free_spec(o->defs, r->u.spec);
		break;
	case REPORT_WORK:
		errands_take(o, r->u.work);
		break;
	case REPORT_RESOURCE_READY:
		errands_ready(o, r->id);
		break;
	case REPORT_RESOURCE_ENDED:
	case REPORT_JOB_ENDED:
		errands_ended(o, r->u.work);
		break;
	case REPORT_NODE_NAN:
		nan_node(o, r);
		break;
	case REPORT_NOTIFY:
		note(o, r);
		break;
	case REPORT_LOG:
		plugin_log(r);
		break;
	case REPORT_LEVEL:
		meter_take(o, r);
		break;
	case REPORT_XRUN:
		xrun(o, r);
		break;
	case REPORT_DEVICE:
		if (o->given.hooks.device != NULL) {
			o->given.hooks.device(o->given.hooks.user,
				r->u.device.device, r->u.device.verdict,
				r->u.device.error);
		}
		break;
	case REPORT_STOPPED:
		if (o->given.hooks.stopped != NULL) {
			o->given.hooks.stopped(o->given.hooks.user);
		}
		break;
	}
}
