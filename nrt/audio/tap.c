/* SPDX-License-Identifier: MIT */
/*
 * tap.c -- see tap.h.
 *
 * The tap's thread alone touches the sound file and reads the ring.  The
 * mutex guards the few numbers that others ask for; it is never held while
 * the disk works.
 */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sndfile.h>

#include "gap.h"
#include "log.h"
#include "ring.h"

#define NS      1000000000LL
#define CHUNK   1024             /* frames taken at once */
#define POLL_NS (20 * NS / 1000) /* how long frames may wait in the ring */
#define STACK   (256 * 1024)     /* libsndfile's buffers live there */

struct tap {
	SNDFILE *file;
	struct ring *frames;
	char *path;
	float *chunk; /* CHUNK frames */
	uint32_t channels;
	uint64_t most; /* frames */
	int64_t header_ns;
	bool stale; /* the file has more than its header tells */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t turn; /* something below has changed */
	/* under the lock: */
	uint64_t written;  /* frames, by the thread */
	uint64_t lost;     /* of them gaps, by the thread */
	bool stopped;      /* by the thread */
	uint64_t asked;    /* drains, by the others */
	uint64_t answered; /* drains, by the thread */
	bool ending;
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS + t.tv_nsec;
}

static void
update_header(struct tap *t)
{
	if (t->stale) {
		sf_command(t->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
		t->stale = false;
	}
	t->header_ns = now_ns();
}

/* Give up, and say so once; the ring goes on being emptied. */
static void
stop(struct tap *t, const char *why)
{
	update_header(t);
	log_err("tap: %s: %s; nothing more is written after %" PRIu64 " frames",
		t->path, why, t->written);
	pthread_mutex_lock(&t->lock);
	t->stopped = true;
	pthread_mutex_unlock(&t->lock);
}

/* Append frames; as many as there is room for. */
static void
append(struct tap *t, const float *frames, uint32_t count, bool lost)
{
	uint64_t room = t->most - t->written;

	/* only this thread writes these two: it may read them unlocked */
	if (t->stopped || count == 0) {
		return;
	}
	uint32_t n = room < count ? (uint32_t)room : count;
	errno = 0;
	sf_count_t done = sf_writef_float(t->file, frames, n);
	int error = errno;
	t->stale = true;
	pthread_mutex_lock(&t->lock);
	t->written += done > 0 ? (uint64_t)done : 0;
	t->lost += lost && done > 0 ? (uint64_t)done : 0;
	pthread_mutex_unlock(&t->lock);
	if (done < (sf_count_t)n) {
		stop(t, error != 0 ? strerror(error) : sf_strerror(t->file));
	} else if (n < count) {
		stop(t, "a WAV file can hold no more");
	}
}

static void
append_silence(struct tap *t, uint32_t count)
{
	static const float zeros[4096];
	uint32_t most =
		(uint32_t)(sizeof zeros / sizeof zeros[0]) / t->channels;

	while (count > 0 && !t->stopped) {
		uint32_t n = count < most ? count : most;

		append(t, zeros, n, true);
		count -= n;
	}
}

/* Frames as they came: runs of sound between gaps. */
static void
write_chunk(struct tap *t, uint32_t count)
{
	uint32_t start = 0;

	for (uint32_t i = 0; i < count; i++) {
		const float *frame = t->chunk + (size_t)i * t->channels;
		uint32_t lost = gap_length(frame);

		if (lost > 0) {
			append(t, t->chunk + (size_t)start * t->channels,
				i - start, false);
			append_silence(t, lost);
			start = i + 1;
		}
	}
	append(t, t->chunk + (size_t)start * t->channels, count - start, false);
}

/* What is in the ring now; what comes meanwhile waits for the next turn. */
static void
empty_ring(struct tap *t)
{
	uint32_t left = ring_filled(t->frames);

	while (left > 0) {
		uint32_t n = ring_take(
			t->frames, t->chunk, left < CHUNK ? left : CHUNK);
		if (n == 0) {
			break;
		}
		write_chunk(t, n);
		left -= n;
	}
	if (t->stale && now_ns() - t->header_ns >= NS / 2) {
		update_header(t);
	}
}

static void
wait_for_turn(struct tap *t)
{
	struct timespec until;
	int64_t ns = now_ns() + POLL_NS;

	until.tv_sec = ns / NS;
	until.tv_nsec = ns % NS;
	if (!t->ending && t->asked == t->answered) {
		pthread_cond_timedwait(&t->turn, &t->lock, &until);
	}
}

static void *
run(void *user)
{
	struct tap *t = user;
	bool ending = false;

	pthread_setname_np(pthread_self(), "tactus-tap");
	while (!ending) {
		pthread_mutex_lock(&t->lock);
		wait_for_turn(t);
		uint64_t asked = t->asked;
		ending = t->ending;
		pthread_mutex_unlock(&t->lock);
		empty_ring(t);
		if (asked != t->answered) {
			update_header(t);
			pthread_mutex_lock(&t->lock);
			t->answered = asked;
			pthread_cond_broadcast(&t->turn);
			pthread_mutex_unlock(&t->lock);
		}
	}
	return NULL;
}

/* Open a regular file, and only that: a pipe would hold the thread up. */
static int
open_file(
	struct tap *t, const struct tap_config *config, char *why, size_t size)
{
	struct stat about;
	SF_INFO info = {.samplerate = (int)config->rate,
		.channels = (int)config->channels,
		.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	int error = 0;
	int fd = open(config->path,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);

	if (fd < 0 || fstat(fd, &about) < 0) {
		error = -errno;
		snprintf(why, size,
			"audio.tap: %s cannot be written: %s; name a file in a "
			"folder where tactusd may write",
			config->path, strerror(-error));
	} else if (!S_ISREG(about.st_mode)) {
		error = -EINVAL;
		snprintf(why, size, "audio.tap: %s is no regular file",
			config->path);
	} else if (ftruncate(fd, 0) < 0) {
		error = -errno;
		snprintf(why, size, "audio.tap: %s cannot be emptied: %s",
			config->path, strerror(-error));
	} else {
		t->file = sf_open_fd(fd, SFM_WRITE, &info, SF_TRUE);
		if (t->file == NULL) {
			/* it has closed the descriptor */
			snprintf(why, size, "audio.tap: %s: %s", config->path,
				sf_strerror(NULL));
			return -EIO;
		}
		/* the chunk bears the time of day: no two files alike */
		sf_command(t->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
		sf_command(t->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
		return 0;
	}
	if (fd >= 0) {
		close(fd);
	}
	return error;
}

/* Start the thread with a small stack and no signals: those are the loop's. */
static int
start(struct tap *t)
{
	pthread_attr_t attributes;
	sigset_t all;
	sigset_t before;

	int error = pthread_attr_init(&attributes);
	if (error != 0) {
		return -error;
	}
	pthread_attr_setstacksize(&attributes, STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&t->thread, &attributes, run, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -error;
}

static void
forget(struct tap *t)
{
	if (t->file != NULL) {
		sf_close(t->file);
	}
	pthread_cond_destroy(&t->turn);
	pthread_mutex_destroy(&t->lock);
	free(t->chunk);
	free(t->path);
	free(t);
}

static struct tap *
make(const struct tap_config *config)
{
	struct tap *t = calloc(1, sizeof *t);
	pthread_condattr_t clock;

	if (t == NULL) {
		return NULL;
	}
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&t->turn, &clock);
	pthread_condattr_destroy(&clock);
	pthread_mutex_init(&t->lock, NULL);
	t->frames = config->frames;
	t->channels = config->channels;
	uint64_t bytes =
		config->most_bytes == 0 ? TAP_MOST_BYTES : config->most_bytes;
	t->most = bytes / (sizeof(float) * config->channels);
	t->path = strdup(config->path);
	t->chunk = calloc((size_t)CHUNK * config->channels, sizeof(float));
	if (t->path == NULL || t->chunk == NULL) {
		forget(t);
		return NULL;
	}
	return t;
}

int
tap_open(const struct tap_config *config, struct tap **out, char *why,
	size_t size)
{
	if (config->channels == 0 || config->channels > 1024) {
		snprintf(why, size, "audio.tap: there are no outputs");
		return -EINVAL;
	}
	struct tap *t = make(config);
	if (t == NULL) {
		snprintf(why, size, "audio.tap: out of memory");
		return -ENOMEM;
	}
	int error = open_file(t, config, why, size);
	if (error == 0) {
		t->header_ns = now_ns();
		error = start(t);
		if (error != 0) {
			snprintf(why, size, "audio.tap: no thread: %s",
				strerror(-error));
		}
	}
	if (error != 0) {
		forget(t);
		return error;
	}
	*out = t;
	return 0;
}

void
tap_close(struct tap *t)
{
	if (t == NULL) {
		return;
	}
	pthread_mutex_lock(&t->lock);
	t->ending = true;
	pthread_cond_broadcast(&t->turn);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	update_header(t);
	log_info("tap: %s: %" PRIu64 " frames written, of them %" PRIu64
		 " of silence for lost ones",
		t->path, t->written, t->lost);
	forget(t);
}

void
tap_drain(struct tap *t)
{
	pthread_mutex_lock(&t->lock);
	uint64_t mine = ++t->asked;
	pthread_cond_broadcast(&t->turn);
	while (t->answered < mine) {
		pthread_cond_wait(&t->turn, &t->lock);
	}
	pthread_mutex_unlock(&t->lock);
}

uint64_t
tap_frames(struct tap *t)
{
	pthread_mutex_lock(&t->lock);
	uint64_t n = t->written;
	pthread_mutex_unlock(&t->lock);
	return n;
}

uint64_t
tap_lost(struct tap *t)
{
	pthread_mutex_lock(&t->lock);
	uint64_t n = t->lost;
	pthread_mutex_unlock(&t->lock);
	return n;
}

bool
tap_has_stopped(struct tap *t)
{
	pthread_mutex_lock(&t->lock);
	bool stopped = t->stopped;
	pthread_mutex_unlock(&t->lock);
	return stopped;
}
