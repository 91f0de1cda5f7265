/* SPDX-License-Identifier: MIT */
/*
 * fuzz_dispatch.c -- the whole engine without its threads, told anything.
 *
 * The rooms of the office's tests stay open from input to input, with the
 * real plugins and one real worker, whose works come back when the input says
 * so.  An input is a list of acts: packets of several clients, time that goes
 * by or is lost, works that return, clients that vanish.  Behind each input
 * everything is freed, and all that is counted has to be as at the start.
 */
#include <check.h>
#include <dirent.h>
#include <malloc.h>
#include <sndfile.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compose.h"
#include "engine.h"
#include "engine_private.h"
#include "guests.h"
#include "loader.h"
#include "log.h"
#include "office_private.h"
#include "osc_read.h"
#include "rooms.h"

#if defined(__SANITIZE_ADDRESS__)
#  define HAS_ASAN 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define HAS_ASAN 1
#  endif
#endif
#ifdef HAS_ASAN
/* of <sanitizer/allocator_interface.h>, which not every gcc brings */
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

#define RESOURCES 8
#define CLIENTS   3
#define MOST_ACTS 200
#define HOUR      (UINT64_C(3600) * 48000)
/** Frames of one /offline/run; more would only take long. */
#define MOST_RUN 1008
/** What may be kept for later, in bytes: more is a leak. */
#define SLACK (512 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What stays from input to input. */
struct hall {
	struct rooms rooms;
	struct peer *client[CLIENTS];
	struct peer *keeper; /* who puts everything in order */
	char base[64];       /* of the folders */
	int64_t kept;        /* bytes, by all inputs but the first */
	uint64_t inputs;
};

static struct hall *
hall_of(void)
{
	static struct hall hall;

	return &hall;
}

/* --- folders --- */

static void
path_in(const struct hall *h, char *out, size_t size, const char *name)
{
	ck_assert((size_t)snprintf(out, size, "%s/%s", h->base, name) < size);
}

static void
write_sound(const struct hall *h, const char *name, int format, int channels,
	int rate, int frames)
{
	char path[128];
	SF_INFO info = {
		.channels = channels, .samplerate = rate, .format = format};

	path_in(h, path, sizeof path, name);
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	ck_assert_msg(f != NULL, "%s: %s", path, sf_strerror(NULL));
	for (int i = 0; i < frames * channels; i++) {
		float x = (float)(i % 97) / 97.0F - 0.4F;
		(void)sf_write_float(f, &x, 1);
	}
	ck_assert_int_eq(sf_close(f), 0);
}

static void
write_bytes(const struct hall *h, const char *name, size_t size)
{
	char path[128];

	path_in(h, path, sizeof path, name);
	FILE *f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < size; i++) {
		(void)fputc((int)(i * 151 % 256), f);
	}
	ck_assert_int_eq(fclose(f), 0);
}

/** Make a header claim more than there is: `at` is the first byte of four. */
static void
claim(const struct hall *h, const char *name, long at)
{
	char path[128];

	path_in(h, path, sizeof path, name);
	FILE *f = fopen(path, "r+b");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
	(void)fputs("\x01\x02\x03\x04", f);
	ck_assert_int_eq(fclose(f), 0);
}

static void
make_folders(struct hall *h)
{
	static const char *const folders[] = {
		"media", "record", "media/folder", "record/folder"};
	char path[128];

	(void)snprintf(h->base, sizeof h->base, "/tmp/tactus-fuzz.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(h->base));
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		path_in(h, path, sizeof path, folders[i]);
		ck_assert_int_eq(mkdir(path, 0700), 0);
	}
	write_sound(h, "media/mono.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1,
		48000, 3000);
	write_sound(h, "media/stereo.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
		2, 44100, 2000);
	write_sound(h, "media/short.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1,
		8000, 1);
	write_sound(h, "media/wide.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 64,
		48000, 100);
	write_sound(h, "media/cut.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1,
		48000, 3000);
	path_in(h, path, sizeof path, "media/cut.wav");
	ck_assert_int_eq(truncate(path, 1001), 0);
	write_sound(h, "media/lies.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1,
		48000, 100);
	claim(h, "media/lies.wav", 40); /* the size of its data */
	write_bytes(h, "media/empty.wav", 0);
	write_bytes(h, "media/noise.wav", 5000);
	write_sound(h, "secret.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 48000,
		100);
	path_in(h, path, sizeof path, "media/pipe");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	path_in(h, path, sizeof path, "media/out.wav");
	ck_assert_int_eq(symlink("../secret.wav", path), 0);
	path_in(h, path, sizeof path, "media/loop");
	ck_assert_int_eq(symlink("loop", path), 0);
	path_in(h, path, sizeof path, "record/out.wav");
	ck_assert_int_eq(symlink("../secret.wav", path), 0);
}

/** Remove what was recorded; count what else is there. */
static uint32_t
sweep(const struct hall *h, const char *folder)
{
	char path[400];
	uint32_t others = 0;

	path_in(h, path, sizeof path, folder);
	DIR *d = opendir(path);
	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.' &&
			(e->d_name[1] == '\0' || e->d_name[1] == '.')) {
			continue;
		}
		(void)snprintf(path, sizeof path, "%s/%s/%s", h->base, folder,
			e->d_name);
		struct stat is;
		bool is_ours = lstat(path, &is) == 0 && S_ISREG(is.st_mode) &&
			       strncmp(folder, "record", 6) == 0;
		if (is_ours) {
			ck_assert_int_eq(unlink(path), 0);
		} else {
			others++;
		}
	}
	closedir(d);
	return others;
}

static void
remove_folders(void)
{
	char command[256];

	(void)snprintf(command, sizeof command, "rm -rf '%s'", hall_of()->base);
	if (system(command) != 0) {
		(void)fprintf(stderr, "%s is left\n", hall_of()->base);
	}
}

/* --- the rooms --- */

/** What a client is told is sound, and small enough. */
static void
on_told(void *user, const void *data, size_t size)
{
	struct osc_walk walk;
	struct osc_message m;

	(void)user;
	ck_assert_msg(osc_check(data, size) == NULL, "told no OSC: %s",
		osc_check(data, size));
	ck_assert_uint_lt(size, 65508);
	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		if (strcmp(m.address, "/error") != 0) {
			continue;
		}
		struct osc_args args;
		struct osc_arg a[3] = {{.type = 0}};
		osc_args_begin(&args, &m);
		for (int i = 0; i < 3 && osc_args_next(&args, &a[i]); i++) {
		}
		ck_assert(a[0].type == 's' && a[1].type == 'i' &&
			  a[2].type == 's');
		ck_assert_msg(a[1].u.i >= 400 && a[1].u.i <= 504 &&
				      a[2].u.s[0] != '\0',
			"%s: %d %s", a[0].u.s, a[1].u.i, a[2].u.s);
	}
}

static void
on_line(void *user, enum log_level level, const char *line)
{
	(void)user;
	(void)level;
	(void)line;
}

static struct peer *
new_client(struct hall *h)
{
	struct peer *p = net_local(office_net(h->rooms.office), on_told, h);

	ck_assert_ptr_nonnull(p);
	return p;
}

static void
close_hall(void)
{
	struct hall *h = hall_of();

	for (int i = 0; i < CLIENTS; i++) {
		peer_unref(h->client[i]);
	}
	peer_unref(h->keeper);
	rooms_close(&h->rooms);
	remove_folders();
}

static void
add_guests(struct rooms *r)
{
	const TactusSynthDef *def;
	char why[256] = "";

	for (unsigned i = 0; (def = guests_def(i)) != NULL; i++) {
		ck_assert_msg(defs_add(loader_defs(r->loader), def, why,
				      sizeof why) == 0,
			"%s", why);
	}
}

static void
open_hall(struct hall *h)
{
	char media[128];
	char record[128];
	const char *const sets[] = {media, record, "log.osc=true",
		"audio.block=64", "audio.inputs=2", "audio.outputs=2",
		"limits.max_nodes=24", "limits.max_resources=8",
		"limits.max_connections=12", "limits.max_inputs_per_port=3",
		"limits.max_events=32", "limits.command_ring=16",
		"limits.report_ring=16", "limits.max_audio_buses=6",
		"limits.max_resource_bytes=4000000",
		"limits.max_total_resource_bytes=6000000", "workers.threads=1",
		"workers.job_timeout_s=0", "osc.max_clients=3",
		"media.max_file_bytes=1000000", NULL};

	make_folders(h);
	(void)snprintf(media, sizeof media, "media.directories=[\"%s/media\"]",
		h->base);
	(void)snprintf(
		record, sizeof record, "media.record=\"%s/record\"", h->base);
	log_set_sink(on_line, NULL);
	log_set_level(LOG_LEVEL_ERR);
	h->rooms.prepare = add_guests;
	rooms_open(&h->rooms, sets);
	for (int i = 0; i < CLIENTS; i++) {
		h->client[i] = new_client(h);
	}
	h->keeper = new_client(h);
	/* without the plugins nothing much would be fuzzed */
	ck_assert_uint_gt(defs_count(h->rooms.office->defs), 10);
	ck_assert_uint_gt(classes_count(h->rooms.office->given.classes), 10);
	(void)atexit(close_hall);
}

/* --- packets --- */

/** Let no run take long: those who ask for more ask for nothing. */
static void
shorten_runs(uint8_t *data, size_t size)
{
	static const char run[16] = "/offline/run";

	for (size_t i = 0; i + 24 <= size; i += 4) {
		if (memcmp(data + i, run, sizeof run) != 0) {
			continue;
		}
		uint8_t *value = data + i + 20;
		uint32_t frames = (uint32_t)value[0] << 24 |
				  (uint32_t)value[1] << 16 |
				  (uint32_t)value[2] << 8 | value[3];
		if (memcmp(data + i + 16, ",i\0", 4) != 0) {
			data[i + 17] = 'N';
		} else if (frames > MOST_RUN && frames <= INT32_MAX) {
			value[0] = value[1] = value[2] = 0;
		}
	}
}

static void
put(struct hall *h, struct peer *from, const uint8_t *data, size_t size)
{
	/* what comes lies nowhere in particular, and ends where it ends */
	uint8_t *copy = malloc(size + 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, size);
	shorten_runs(copy, size);
	if (size > 0 && osc_check(copy, size) == NULL) {
		office_packet(h->rooms.office, from, copy, size, 0);
	}
	free(copy);
}

static void
put_words(struct hall *h, const char *words)
{
	uint8_t data[256];

	put(h, h->keeper, data, rooms_message(data, sizeof data, words));
	rooms_turn(&h->rooms);
}

/* --- acts --- */

static void
act(struct hall *h, struct source *s)
{
	uint8_t data[COMPOSE_ROOM];
	struct rooms *r = &h->rooms;
	uint8_t what = source_next(s);
	struct peer **client = &h->client[what / 16 % CLIENTS];
	size_t size = 0;

	s->now = rooms_now(r);
	switch (what % 16) {
	case 7:
	case 8:
		size = compose_bundle(s, data, sizeof data, 0);
		break;
	case 9:
		size = compose_message(s, data, sizeof data);
		size = compose_mutate(s, data, size);
		break;
	case 10:
		size = compose_bundle(s, data, sizeof data, 0);
		size = compose_mutate(s, data, size);
		break;
	case 11:
		for (uint32_t n = source_next(s) * 4U; size < n; size++) {
			data[size] = source_next(s);
		}
		break;
	case 12:
		rooms_render(r, source_next(s) * 2U);
		return;
	case 13:
		if (rooms_running(r) > 0) {
			rooms_await_work(r);
		}
		return;
	case 14:
		if (source_next(s) < 128) {
			rooms_rest(r);
			return;
		}
		/* who asked is gone */
		peer_unref(*client);
		*client = new_client(h);
		return;
	case 15:
		if (engine_left(r->engine) == r->config->audio.block) {
			engine_lose(r->engine, source_next(s) * 100U);
		}
		return;
	default:
		size = compose_message(s, data, sizeof data);
		break;
	}
	put(h, *client, data, size);
	if (what < 192) {
		rooms_turn(r);
	}
	if (what < 64) {
		rooms_rest(r);
	}
}

/* --- and afterwards --- */

static int64_t
allocated(void)
{
#ifdef HAS_ASAN
	return (int64_t)__sanitizer_get_current_allocated_bytes();
#else
	return (int64_t)mallinfo2().uordblks;
#endif
}

/** Has everything ended that was begun? */
static bool
is_quiet(const struct hall *h)
{
	const struct engine *e = h->rooms.engine;

	return e->resources == 0 && e->works == 0 && e->in_limbo == 0 &&
	       e->synths == 0 && e->groups <= 1 && e->held_first == NULL &&
	       events_waiting(e->events) == 0 && e->out_first == NULL &&
	       e->owed == 0;
}

/** Free all that is there, and let come true what was to come later. */
static void
free_all(struct hall *h)
{
	struct rooms *r = &h->rooms;
	const struct engine *e = r->engine;
	char words[40];

	put_words(h, "/mute 0");
	put_words(h, "/node/run 0 1");
	put_words(h, "/node/name 0 s:");
	for (int turn = 0; turn < 2 || !is_quiet(h); turn++) {
		ck_assert_msg(turn < 40,
			"it does not end: %u resources, %u works, %u synths, "
			"%u in limbo, %u events",
			e->resources, e->works, e->synths, e->in_limbo,
			events_waiting(e->events));
		rooms_rest(r);
		put_words(h, "/clear");
		for (int i = 0; i < RESOURCES && e->resources > 0; i++) {
			(void)snprintf(
				words, sizeof words, "/resource/free %d", i);
			put_words(h, words);
		}
		rooms_rest(r);
		rooms_render(r, engine_left(r->engine));
		if (events_waiting(e->events) > 0) {
			engine_lose(r->engine, HOUR + 1);
		}
		/* as long as a ramp */
		rooms_render(r, 256);
	}
}

static void
check_rt(const struct hall *h)
{
	const struct engine *e = h->rooms.engine;

	ck_assert_uint_eq(e->references, 0);
	ck_assert_uint_eq(e->fades, 0);
	ck_assert_uint_eq(e->out_waiting, 0);
	ck_assert_ptr_null(e->done_first);
	ck_assert_ptr_null(e->fired_first);
	for (uint32_t i = 0; i < h->rooms.config->pools.count; i++) {
		ck_assert_uint_eq(
			gauge_get(e->gauges, (enum gauge)(GAUGE_POOL_FREE + i)),
			h->rooms.config->pools.items[i].count);
	}
	for (uint32_t i = 0; i < WORK_MAX_JOBS; i++) {
		ck_assert_int_eq(e->job_id[i], -1);
	}
}

static void
check_office(struct hall *h)
{
	const struct office *o = h->rooms.office;
	uint32_t askers = 0;

	ck_assert_uint_eq(o->resources, 0);
	ck_assert_uint_eq(o->out_batches, 0);
	ck_assert_uint_eq(o->order_bytes, 0);
	ck_assert_ptr_null(o->open_first);
	ck_assert_ptr_null(o->syncs);
	for (const struct asker *a = o->askers; a != NULL; a = a->next) {
		askers++;
	}
	ck_assert_uint_eq(askers, 0);
	ck_assert_ptr_null(errands_next_job(h->rooms.office, NULL));
	ck_assert_uint_eq(work_pool_out(o->pool), 0);
	ck_assert_uint_eq(host_bytes(h->rooms.host), 0);
	ck_assert_uint_eq(net_counts(office_net(h->rooms.office))->clients, 0);
}

static void
check_folders(const struct hall *h)
{
	/* nothing is written but recordings, and no draft is left */
	ck_assert_uint_eq(sweep(h, ""), 3);
	ck_assert_uint_eq(sweep(h, "media"), 12);
	ck_assert_uint_eq(sweep(h, "media/folder"), 0);
	ck_assert_uint_eq(sweep(h, "record"), 2);
	ck_assert_uint_eq(sweep(h, "record/folder"), 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hall *h = hall_of();
	struct source s = {data, data + size, 0};
	int64_t before = allocated();

	if (h->inputs == 0) {
		open_hall(h);
	}
	for (int i = 0; i < MOST_ACTS && s.at < s.end; i++) {
		act(h, &s);
		h->rooms.heard_size = 0;
	}
	free_all(h);
	for (int i = 0; i < CLIENTS; i++) {
		peer_unref(h->client[i]);
		h->client[i] = new_client(h);
	}
	h->rooms.office->dump = false;
	log_set_level(LOG_LEVEL_ERR);
	rooms_turn(&h->rooms);
	check_rt(h);
	check_office(h);
	check_folders(h);
	/* what lies between two inputs is the fuzzer's own */
	h->kept += h->inputs++ > 0 ? allocated() - before : 0;
	ck_assert_msg(h->kept < SLACK, "%lld bytes more than at first",
		(long long)h->kept);
	return 0;
}
