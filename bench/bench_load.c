/* SPDX-License-Identifier: MIT */
/*
 * bench_load.c -- what the audio thread feels of a worker that loads 500 MB.
 *
 * One thread renders blocks of 300 sines to the pace of the clock, as the
 * clock driver does, and takes the processor time of each.  In turns nothing
 * else happens, and a worker makes an AudioBuffer from a file of 500 MB of
 * float, memory locked: what is worth telling is the ratio of the p99s, and
 * that the audio thread took no page fault.
 */
#include <pthread.h>
#include <sched.h>
#include <sndfile.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "classes.h"
#include "config.h"
#include "desk.h"
#include "host.h"
#include "loader.h"

#define FRAMES   131072000 /* of 4 bytes: 500 MB and a little */
#define SINES    300
#define QUIET    1500 /* blocks of a turn without */
#define BLOCK_NS 1333333
#define PRIORITY 70

/** What the two threads share. */
struct scene {
	struct desk desk;
	struct bench quiet;
	struct bench loading;
	atomic_bool is_loading;
	atomic_bool is_over;
	long faults; /* of the audio thread, while a file was loaded */
};

static void
fail(const char *what)
{
	fprintf(stderr, "bench_load: %s\n", what);
	exit(EXIT_FAILURE);
}

static int64_t
own_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static long
own_faults(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_THREAD, &r);
	return r.ru_minflt + r.ru_majflt;
}

static void *
audio(void *user)
{
	struct scene *s = user;
	struct sched_param p = {.sched_priority = PRIORITY};
	int64_t next = bench_now();

	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &p) != 0) {
		fprintf(stderr, "bench_load: no SCHED_FIFO here\n");
	}
	while (!atomic_load(&s->is_over)) {
		next += BLOCK_NS;
		struct timespec t = {.tv_sec = next / 1000000000,
			.tv_nsec = next % 1000000000};
		(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		bool loads = atomic_load(&s->is_loading);
		long faults = own_faults();
		int64_t began = own_time();
		(void)desk_block(&s->desk);
		double us = (double)(own_time() - began) / 1e3;
		bench_add(loads ? &s->loading : &s->quiet, us);
		s->faults += loads ? own_faults() - faults : 0;
		next = bench_now() > next + BLOCK_NS ? bench_now() : next;
	}
	return NULL;
}

static void
write_file(const char *path)
{
	SF_INFO info = {.channels = 1,
		.samplerate = DESK_RATE,
		.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	static float some[65536];

	if (f == NULL) {
		fail(path);
	}
	for (size_t i = 0; i < 65536; i++) {
		some[i] = (float)(i % 1000) / 1000.0F;
	}
	for (int64_t done = 0; done < FRAMES; done += 65536) {
		if (sf_writef_float(f, some, 65536) != 65536) {
			fail("no room for 500 MB in the folder of TMPDIR");
		}
	}
	sf_close(f);
}

static void
load(struct scene *s, struct host_view *v, const TactusResourceDef *def,
	const char *path)
{
	TactusValue value = {.type = 's', .string = path};
	TactusJob job = {0};
	char why[256] = "";

	host_view_begin(v, def->name, def->uri);
	atomic_store(&s->is_loading, true);
	void *made = def->construct(&v->host, &value, 1, &job, why, sizeof why);
	atomic_store(&s->is_loading, false);
	if (made == NULL) {
		fail(why);
	}
	def->destroy(&v->host, made);
}

int
main(void)
{
	uint32_t turns = bench_repeat(5);
	const char *where = getenv("TMPDIR");
	char folder[128];
	char path[160];
	char media[200];
	char plugins[4200];
	const char *const sets[] = {media, plugins,
		"limits.max_resource_bytes=\"1 GiB\"",
		"limits.max_total_resource_bytes=\"1 GiB\""};
	struct config *config = NULL;
	struct config_errors errors = {0};
	struct host *host = NULL;
	struct loader *loader = NULL;
	struct scene *s = calloc(1, sizeof *s);
	char why[256] = "";
	int code = 0;
	pthread_t thread;

	(void)snprintf(folder, sizeof folder, "%s/tactus-load.XXXXXX",
		where != NULL && strlen(where) < 80 ? where : "/tmp");
	if (s == NULL || mkdtemp(folder) == NULL) {
		fail("no folder");
	}
	(void)snprintf(path, sizeof path, "%s/large.wav", folder);
	(void)snprintf(
		media, sizeof media, "media.directories=[\"%s\"]", folder);
	(void)snprintf(plugins, sizeof plugins, "plugins.path=[\"%s\"]",
		BENCH_PLUGIN_DIR);
	write_file(path);
	if (config_load("/dev/null", sets, 4, &config, &errors) != 0) {
		fail(errors.items[0]);
	}
	struct host_config hc = {
		.config = config, .rate = DESK_RATE, .lock_memory = true};
	if (host_open(&hc, &host) != 0 ||
		loader_open(config, DESK_RATE, host, &loader) != 0) {
		fail("no memory");
	}
	const TactusResourceDef *def = classes_find_resource(
		loader_classes(loader), "audio-buffer", &code, why, sizeof why);
	if (def == NULL) {
		fail(why);
	}
	struct host_view view;
	host_view_init(&view, host);
	desk_open(&s->desk, SINES);
	desk_fill(&s->desk, desk_def("sine"), SINES, false);
	(void)desk_block(&s->desk);
	bench_open(&s->quiet, "load/block-without", "us", 1U << 20);
	bench_open(&s->loading, "load/block-loading", "us", 1U << 20);
	if (mlockall(MCL_CURRENT) != 0 ||
		pthread_create(&thread, NULL, audio, s) != 0) {
		fail("no locked memory, or no thread");
	}
	for (uint32_t n = 0; n < turns; n++) {
		(void)usleep(QUIET * (BLOCK_NS / 1000));
		load(s, &view, def, path);
	}
	atomic_store(&s->is_over, true);
	(void)pthread_join(thread, NULL);
	bench_begin();
	bench_print(&s->quiet);
	bench_print(&s->loading);
	printf("load/p99-ratio\t%.3f\n",
		bench_quantile(&s->loading, 0.99) /
			bench_quantile(&s->quiet, 0.99));
	printf("load/rt-faults\t%ld\n", s->faults);
	bench_close(&s->quiet);
	bench_close(&s->loading);
	desk_close(&s->desk);
	loader_close(loader);
	host_close(host);
	config_close(config);
	(void)unlink(path);
	(void)rmdir(folder);
	free(s);
	return EXIT_SUCCESS;
}
