/* SPDX-License-Identifier: MIT */
/*
 * device.c -- see device.h.  The thread sleeps in one poll: for the loop's
 * eventfd, for inotify, for the time of the next look.
 */
#include "device.h"

#include <errno.h>
#include <ev.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "device_life.h"

#define WORDS 1024

/* What has come from the loop, or goes to it; guarded by the lock. */
struct mail {
	bool returned;
	bool look;
	bool stop;
	bool has_opened; /* to the loop: a card, with its words */
	bool has_refused;
	void *card;
	int error;
	char opened[WORDS];
	char refused[WORDS];
};

struct device {
	struct ev_loop *loop;
	struct ev_async told; /* the thread has mail for the loop */
	struct device_ops ops;
	struct device_hooks hooks;
	char *folder;
	int wake_fd;   /* the loop has mail for the thread */
	int notify_fd; /* inotify; -1: the timer alone */
	pthread_t thread;
	pthread_mutex_t lock;
	struct mail mail;
	/* the thread's own */
	struct device_life life;
	void *card;
	char last[WORDS]; /* what was told last of a refusal */
};

static int64_t
now_ms(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
copy(char *to, const char *from)
{
	size_t n = strnlen(from, WORDS - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

static enum device_event
try_open(struct device *d, char *words)
{
	words[0] = '\0';
	d->card = NULL;
	int err = d->ops.open(d->ops.user, &d->card, words, WORDS);
	if (err == 0 && d->card != NULL) {
		/* the next refusal is news again */
		d->last[0] = '\0';
		return DEVICE_OPENED;
	}
	if (words[0] == '\0' || strcmp(words, d->last) != 0) {
		copy(d->last, words);
		(void)pthread_mutex_lock(&d->lock);
		d->mail.has_refused = true;
		d->mail.error = err;
		copy(d->mail.refused, words);
		(void)pthread_mutex_unlock(&d->lock);
		ev_async_send(d->loop, &d->told);
	}
	return DEVICE_REFUSED;
}

static void
give(struct device *d, const char *words)
{
	(void)pthread_mutex_lock(&d->lock);
	d->mail.has_opened = true;
	d->mail.card = d->card;
	copy(d->mail.opened, words);
	(void)pthread_mutex_unlock(&d->lock);
	ev_async_send(d->loop, &d->told);
}

/* Do what an event leads to, and what follows from that. */
static void
happen(struct device *d, enum device_event event)
{
	char words[WORDS] = "";
	bool more = true;

	while (more) {
		switch (device_life_next(&d->life, event, now_ms())) {
		case DEVICE_DO_OPEN:
			event = try_open(d, words);
			break;
		case DEVICE_DO_GIVE:
			give(d, words);
			more = false;
			break;
		case DEVICE_DO_CLOSE:
			d->ops.close(d->ops.user, d->card);
			d->card = NULL;
			event = DEVICE_CLOSED;
			break;
		case DEVICE_DO_NOTHING:
		case DEVICE_DO_END:
			more = false;
			break;
		}
	}
}

/* The folder itself may come with the first card: watch where it comes. */
static void
watch(struct device *d)
{
	const uint32_t what = IN_CREATE | IN_MOVED_TO | IN_ATTRIB;
	char *slash = strrchr(d->folder, '/');

	if (d->notify_fd < 0 ||
		inotify_add_watch(d->notify_fd, d->folder, what) >= 0 ||
		slash == NULL || slash == d->folder) {
		return;
	}
	*slash = '\0';
	(void)inotify_add_watch(d->notify_fd, d->folder, IN_CREATE);
	*slash = '/';
}

/* Empty a descriptor; was there anything? */
static bool
drain(int fd)
{
	_Alignas(struct inotify_event) char bytes[4096];
	bool any = false;

	while (fd >= 0 && read(fd, bytes, sizeof bytes) > 0) {
		any = true;
	}
	return any;
}

static void
read_mail(struct device *d)
{
	(void)pthread_mutex_lock(&d->lock);
	struct mail *m = &d->mail;
	bool returned = m->returned;
	bool look = m->look;
	bool stop = m->stop;
	m->returned = false;
	m->look = false;
	m->stop = false;
	(void)pthread_mutex_unlock(&d->lock);
	if (returned) {
		happen(d, DEVICE_RETURNED);
	}
	if (look) {
		happen(d, DEVICE_PLUGGED);
	}
	if (stop) {
		happen(d, DEVICE_STOP);
	}
}

static void *
keep(void *arg)
{
	struct device *d = arg;

	(void)pthread_setname_np(pthread_self(), "device");
	watch(d);
	device_life_init(&d->life, now_ms());
	while (d->life.state != DEVICE_ENDED) {
		struct pollfd p[2] = {
			{d->wake_fd,   POLLIN, 0},
                        {d->notify_fd, POLLIN, 0}
                };
		(void)poll(p, 2, device_life_timeout(&d->life, now_ms()));
		(void)drain(d->wake_fd);
		if (drain(d->notify_fd)) {
			watch(d);
			happen(d, DEVICE_PLUGGED);
		}
		read_mail(d);
		happen(d, DEVICE_TICK);
	}
	return NULL;
}

/* On the loop: what the thread has to tell. */
static void
on_told(struct ev_loop *loop, struct ev_async *told, int events)
{
	struct device *d = told->data;
	char words[WORDS];

	(void)loop;
	(void)events;
	(void)pthread_mutex_lock(&d->lock);
	bool refused = d->mail.has_refused;
	bool opened = d->mail.has_opened;
	int error = d->mail.error;
	void *card = d->mail.card;
	d->mail.has_refused = false;
	d->mail.has_opened = false;
	copy(words, opened ? d->mail.opened : d->mail.refused);
	(void)pthread_mutex_unlock(&d->lock);
	if (opened) {
		/* a refusal before it is old */
		d->hooks.opened(d->hooks.user, card, words);
	} else if (refused) {
		d->hooks.refused(d->hooks.user, error, words);
	}
}

static int
start_thread(struct device *d)
{
	sigset_t all;
	sigset_t old;

	/* all signals go to the loop */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	int err = pthread_create(&d->thread, NULL, keep, d);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

static void
release(struct device *d)
{
	if (d->wake_fd >= 0) {
		(void)close(d->wake_fd);
	}
	if (d->notify_fd >= 0) {
		(void)close(d->notify_fd);
	}
	(void)pthread_mutex_destroy(&d->lock);
	free(d->folder);
	free(d);
}

int
device_open(struct ev_loop *loop, const char *folder,
	const struct device_ops *ops, const struct device_hooks *hooks,
	struct device **out)
{
	struct device *d = calloc(1, sizeof *d);
	if (d == NULL) {
		return -ENOMEM;
	}
	d->loop = loop;
	d->ops = *ops;
	d->hooks = *hooks;
	(void)pthread_mutex_init(&d->lock, NULL);
	d->folder = strdup(folder);
	d->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* without it the timer still finds what was plugged in */
	d->notify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int err = d->folder == NULL ? -ENOMEM : d->wake_fd < 0 ? -errno : 0;
	if (err == 0) {
		ev_async_init(&d->told, on_told);
		d->told.data = d;
		ev_async_start(loop, &d->told);
		/* it does not keep the loop alive */
		ev_unref(loop);
		err = start_thread(d);
		if (err != 0) {
			ev_ref(loop);
			ev_async_stop(loop, &d->told);
		}
	}
	if (err != 0) {
		release(d);
		return err;
	}
	*out = d;
	return 0;
}

static void
post(struct device *d, bool *what)
{
	uint64_t one = 1;

	(void)pthread_mutex_lock(&d->lock);
	*what = true;
	(void)pthread_mutex_unlock(&d->lock);
	/* full only if it is being called already */
	ssize_t written = write(d->wake_fd, &one, sizeof one);
	(void)written;
}

void
device_returned(struct device *d)
{
	post(d, &d->mail.returned);
}

void
device_look(struct device *d)
{
	post(d, &d->mail.look);
}

void
device_close(struct device *d)
{
	if (d == NULL) {
		return;
	}
	post(d, &d->mail.stop);
	(void)pthread_join(d->thread, NULL);
	ev_ref(d->loop);
	ev_async_stop(d->loop, &d->told);
	release(d);
}
