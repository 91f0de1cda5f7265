/* SPDX-License-Identifier: MIT */
/*
 * log.c -- see log.h.  The one file of the office with state of its own.
 *
 * Any thread may come; one mutex orders them.  A line takes this way:
 *
 *	level --> same as the last one? --> rate of its call site --> written
 *	            |counted, told by          |counted, told by
 *	            '"repeated N times"        '"N lines held back"
 *
 * The mutex is recursive for one reason: a sink may log.  Its lines go to
 * standard error alone.
 */
#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "printable.h"

#define NS        1000000000LL
#define LINE      1024      /* bytes of a line, the rest is cut */
#define SITES     128       /* call sites that are watched at once */
#define BURST     10        /* lines that a site may write at once */
#define REFILL_NS (5 * NS)  /* after which it may write one more */
#define REPEAT_NS (60 * NS) /* repeats are told at least this often */
#define QUIET_NS  (5 * NS)  /* or when they have ended for this long */

#define NO_LINE "\n" /* no line is this: they are escaped */

/* One call site, known by its format. */
struct site {
	const char *format; /* NULL: free */
	int64_t full_ns;    /* when it may write a whole burst again */
	int64_t used_ns;
	int64_t held_ns; /* when the first was held back */
	uint64_t held;
	enum log_level level;
	char last[128]; /* held back */
};

static struct {
	pthread_mutex_t lock;
	enum log_level level;
	log_sink *sink;
	void *sink_user;
	bool in_sink;
	int64_t (*now_ns)(void *user);
	void *clock_user;
	char last[LINE]; /* the last line that was written */
	enum log_level last_level;
	uint64_t repeats;    /* of it */
	int64_t repeat_ns;   /* since when they are counted */
	int64_t repeated_ns; /* the last of them */
	struct site site[SITES];
} the = {
	.lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
	.level = LOG_LEVEL_INFO,
	.last = NO_LINE,
};

static const struct {
	const char *name;
	const char *also;
	const char *shown;
	int priority; /* syslog's */
} levels[] = {
	{"err",   "error",   "error",   3},
	{"warn",  "warning", "warning", 4},
	{"info",  "info",    "info",    6},
	{"debug", "debug",   "debug",   7},
};

static int64_t
now(void)
{
	struct timespec t;

	if (the.now_ns != NULL) {
		return the.now_ns(the.clock_user);
	}
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS + t.tv_nsec;
}

/* Time and level, as a reader at a terminal wants them. */
static size_t
head_for_people(char *to, size_t size, enum log_level level)
{
	struct timespec t;
	struct tm tm;
	char date[32];
	char zone[8];

	clock_gettime(CLOCK_REALTIME, &t);
	localtime_r(&t.tv_sec, &tm);
	strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof zone, "%z", &tm);
	int n = snprintf(to, size, "%s.%03ld%s %s: ", date, t.tv_nsec / 1000000,
		zone, levels[level].shown);
	return n < 0 ? 0 : (size_t)n;
}

/* One line to standard error, in one write: lines of threads and processes
 * do not mix. */
static void
put(enum log_level level, const char *line)
{
	char whole[LINE + 80];
	size_t n;

	if (isatty(STDERR_FILENO)) {
		n = head_for_people(whole, 72, level);
	} else {
		n = (size_t)snprintf(whole, 72, "<%d>", levels[level].priority);
	}
	size_t length = strlen(line);
	memcpy(whole + n, line, length);
	whole[n + length] = '\n';
	length += n + 1;
	for (size_t done = 0; done < length;) {
		ssize_t some =
			write(STDERR_FILENO, whole + done, length - done);
		if (some < 0 && errno == EINTR) {
			continue;
		}
		if (some <= 0) {
			break; /* nobody reads: nobody can be told */
		}
		done += (size_t)some;
	}
	if (the.sink != NULL && !the.in_sink) {
		the.in_sink = true;
		the.sink(the.sink_user, level, line);
		the.in_sink = false;
	}
}

/* As much of a line as there is room for, cut between characters. */
static void
copy_start(char *to, size_t size, const char *line)
{
	size_t n = strnlen(line, size);

	if (n == size) {
		n--;
		while (n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80) {
			n--;
		}
	}
	memcpy(to, line, n);
	to[n] = '\0';
}

static void
tell_repeats(int64_t at)
{
	char line[80];

	if (the.repeats == 0) {
		return;
	}
	int64_t s = (at - the.repeat_ns + NS / 2) / NS;
	snprintf(line, sizeof line,
		"log: the last line repeated %" PRIu64 " times in %" PRId64
		" s",
		the.repeats, s);
	the.repeats = 0;
	the.repeat_ns = at;
	put(the.last_level, line);
}

static void
tell_held(struct site *s, int64_t at)
{
	char line[sizeof s->last + 100];

	if (s->held == 0) {
		return;
	}
	int64_t seconds = (at - s->held_ns + NS / 2) / NS;
	snprintf(line, sizeof line,
		"log: %" PRIu64 " lines held back in %" PRId64
		" s, the last: %s",
		s->held, seconds, s->last);
	s->held = 0;
	/* a line that is no repeat of the last one any more */
	tell_repeats(at);
	copy_start(the.last, sizeof the.last, NO_LINE);
	put(s->level, line);
}

/* The site's record; the one not used for longest makes room. */
static struct site *
find_site(const char *format, int64_t at)
{
	struct site *oldest = &the.site[0];

	for (size_t i = 0; i < SITES; i++) {
		struct site *s = &the.site[i];

		if (s->format == format) {
			return s;
		}
		if (s->format == NULL) {
			oldest = s;
			break;
		}
		if (s->used_ns < oldest->used_ns) {
			oldest = s;
		}
	}
	tell_held(oldest, at);
	*oldest = (struct site){.format = format, .full_ns = at};
	return oldest;
}

/* May this site write a line now?  A leaky bucket, kept as the time at which
 * it is empty. */
static bool
has_room(struct site *s, int64_t at)
{
	if (s->full_ns < at) {
		s->full_ns = at;
	}
	if (s->full_ns + REFILL_NS > at + BURST * REFILL_NS) {
		return false;
	}
	s->full_ns += REFILL_NS;
	return true;
}

static void
offer(enum log_level level, const char *format, const char *line)
{
	int64_t at = now();

	if (level == the.last_level && strcmp(line, the.last) == 0) {
		if (the.repeats == 0) {
			the.repeat_ns = at;
		}
		the.repeats++;
		the.repeated_ns = at;
		if (at - the.repeat_ns >= REPEAT_NS) {
			tell_repeats(at);
		}
		return;
	}
	struct site *s = find_site(format, at);
	s->used_ns = at;
	if (!has_room(s, at)) {
		if (s->held == 0) {
			s->held_ns = at;
		}
		s->held++;
		s->level = level;
		copy_start(s->last, sizeof s->last, line);
		return;
	}
	tell_repeats(at);
	tell_held(s, at);
	copy_start(the.last, sizeof the.last, line);
	the.last_level = level;
	put(level, line);
}

static void log_any(enum log_level level, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void
log_any(enum log_level level, const char *format, va_list args)
{
	char raw[LINE];
	char line[LINE];
	int saved = errno;

	pthread_mutex_lock(&the.lock);
	if (level <= the.level) {
		int n = vsnprintf(raw, sizeof raw, format, args);
		size_t length = n < 0 ? 0 : (size_t)n;
		if (length >= sizeof raw) {
			length = sizeof raw - 1;
		}
		printable_copy(line, sizeof line, raw, length);
		offer(level, format, line);
	}
	pthread_mutex_unlock(&the.lock);
	errno = saved;
}

void
log_err(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_any(LOG_LEVEL_ERR, format, args);
	va_end(args);
}

void
log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_any(LOG_LEVEL_WARN, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_any(LOG_LEVEL_INFO, format, args);
	va_end(args);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_any(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}

void
log_set_level(enum log_level level)
{
	pthread_mutex_lock(&the.lock);
	the.level = level;
	pthread_mutex_unlock(&the.lock);
}

enum log_level
log_get_level(void)
{
	pthread_mutex_lock(&the.lock);
	enum log_level level = the.level;
	pthread_mutex_unlock(&the.lock);
	return level;
}

bool
log_parse_level(const char *name, enum log_level *out)
{
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		if (strcmp(name, levels[i].name) == 0 ||
			strcmp(name, levels[i].also) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

const char *
log_level_name(enum log_level level)
{
	return levels[level].name;
}

void
log_set_sink(log_sink *sink, void *user)
{
	pthread_mutex_lock(&the.lock);
	the.sink = sink;
	the.sink_user = user;
	pthread_mutex_unlock(&the.lock);
}

void
log_set_clock(int64_t (*now_ns)(void *user), void *user)
{
	pthread_mutex_lock(&the.lock);
	/* what was counted belongs to the old clock */
	int64_t at = now();
	tell_repeats(at);
	for (size_t i = 0; i < SITES; i++) {
		tell_held(&the.site[i], at);
		the.site[i].format = NULL;
	}
	the.now_ns = now_ns;
	the.clock_user = user;
	pthread_mutex_unlock(&the.lock);
}

void
log_tick(void)
{
	pthread_mutex_lock(&the.lock);
	int64_t at = now();
	if (at - the.repeated_ns >= QUIET_NS ||
		at - the.repeat_ns >= REPEAT_NS) {
		tell_repeats(at);
	}
	for (size_t i = 0; i < SITES; i++) {
		struct site *s = &the.site[i];

		if (s->held > 0 && has_room(s, at)) {
			tell_held(s, at);
		}
	}
	pthread_mutex_unlock(&the.lock);
}

void
log_flush(void)
{
	pthread_mutex_lock(&the.lock);
	int64_t at = now();
	tell_repeats(at);
	for (size_t i = 0; i < SITES; i++) {
		tell_held(&the.site[i], at);
	}
	pthread_mutex_unlock(&the.lock);
}
