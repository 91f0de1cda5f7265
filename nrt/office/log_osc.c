/* SPDX-License-Identifier: MIT */
/*
 * log_osc.c -- log lines for clients (log.osc): /log s:level s:line.
 *
 * Any thread but rt may log, and only the loop may send: a line is left in a
 * short list under a mutex, and the loop is woken to send it.  What does not
 * fit is counted and told with the next one.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "office_private.h"

#define LINES_KEPT 64
#define LINE_SIZE  480

struct log_osc {
	pthread_mutex_t lock;
	ev_async called;
	struct office *office;
	uint32_t count;
	uint32_t lost;
	struct {
		enum log_level level;
		char text[LINE_SIZE];
	} line[LINES_KEPT];
};

/** Called under the log's own lock, by whoever logs. */
static void
on_line(void *user, enum log_level level, const char *text)
{
	struct log_osc *l = user;

	pthread_mutex_lock(&l->lock);
	if (l->count < LINES_KEPT) {
		l->line[l->count].level = level;
		snprintf(l->line[l->count].text, LINE_SIZE, "%s", text);
		l->count++;
	} else {
		l->lost++;
	}
	pthread_mutex_unlock(&l->lock);
	ev_async_send(l->office->loop, &l->called);
}

static void
send_line(struct office *o, const char *level, const char *text)
{
	struct answer a;

	answer_begin(&a, "/log");
	osc_put_string(&a.out, level);
	osc_put_string(&a.out, text);
	answer_send_all(&a, o, KEEP_NOTIFY);
}

static void
on_called(struct ev_loop *loop, ev_async *w, int events)
{
	struct log_osc *l = w->data;
	char text[LINE_SIZE];

	(void)loop;
	(void)events;
	/* one by one: sending may log, and must not find the lock taken */
	for (uint32_t i = 0;; i++) {
		pthread_mutex_lock(&l->lock);
		if (i >= l->count) {
			uint32_t lost = l->lost;
			l->count = 0;
			l->lost = 0;
			pthread_mutex_unlock(&l->lock);
			if (lost > 0) {
				snprintf(text, sizeof text,
					"log: %u lines were not sent", lost);
				send_line(l->office, "warn", text);
			}
			return;
		}
		enum log_level level = l->line[i].level;
		memcpy(text, l->line[i].text, sizeof text);
		pthread_mutex_unlock(&l->lock);
		send_line(l->office, log_level_name(level), text);
	}
}

void
log_osc_configure(struct office *o)
{
	struct log_osc *l = o->log;

	if (o->config->log.osc && l == NULL) {
		l = calloc(1, sizeof *l);
		if (l == NULL) {
			return;
		}
		pthread_mutex_init(&l->lock, NULL);
		l->office = o;
		ev_async_init(&l->called, on_called);
		l->called.data = l;
		ev_async_start(o->loop, &l->called);
		o->log = l;
		log_set_sink(on_line, l);
	} else if (!o->config->log.osc && l != NULL) {
		log_osc_close(o);
	}
}

void
log_osc_close(struct office *o)
{
	struct log_osc *l = o->log;

	if (l != NULL) {
		/* returns once nobody is inside on_line */
		log_set_sink(NULL, NULL);
		ev_async_stop(o->loop, &l->called);
		pthread_mutex_destroy(&l->lock);
		free(l);
		o->log = NULL;
	}
}
