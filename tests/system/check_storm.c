/* SPDX-License-Identifier: MIT */
/*
 * check_storm.c -- twenty thousand messages about resources and jobs, through
 * every door, of clients that do not read and vanish: afterwards a daemon
 * holds what it held before, and speaks.
 *
 * TACTUS_PACKETS in the environment says how many messages; fewer by default
 * where sanitizers make everything slow.
 */
#include <config.h>

#include <arpa/inet.h>
#include <check.h>
#include <dirent.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "daemon.h"
#include "mangle.h"

#define EVERY     100 /* messages between two looks at how far the daemon is */
#define HOSTILE   8   /* clients at once */
#define RESOURCES 32
#define NODES     64

static struct daemon d;
static struct client c;                /* who looks after it */
static struct client hostile[HOSTILE]; /* who do what they want */
static char folder[] = "/tmp/tactus-storm.XXXXXX";
static struct mangle m;

static uint32_t
messages(void)
{
	const char *text = getenv("TACTUS_PACKETS");

	return text != NULL ? (uint32_t)strtoul(text, NULL, 10)
			    : (DAEMON_SANITIZED ? 6000 : 20000);
}

/* --- the daemon, and its folders --- */

static void
write_sound(const char *name, int rate, int frames)
{
	char path[128];
	SF_INFO info = {.channels = 1,
		.samplerate = rate,
		.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};

	(void)snprintf(path, sizeof path, "%s/media/%s", folder, name);
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	ck_assert_msg(f != NULL, "%s: %s", path, sf_strerror(NULL));
	for (int i = 0; i < frames; i++) {
		float x = (float)(i % 100) / 100.0F - 0.5F;
		ck_assert_int_eq((int)sf_writef_float(f, &x, 1), 1);
	}
	sf_close(f);
}

static void
make_folders(void)
{
	char path[128];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/media", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof path, "%s/record", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	write_sound("whole.wav", 48000, 3000);
	write_sound("other.wav", 44100, 500);
	write_sound("cut.wav", 48000, 3000);
	(void)snprintf(path, sizeof path, "%s/media/cut.wav", folder);
	ck_assert_int_eq(truncate(path, 2000), 0);
}

static void
remove_folders(void)
{
	char command[128];

	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void
begin_with(const char *driver)
{
	char listeners[1024];
	char media[128];
	char record[128];

	/* sockets in a folder of the same program's last daemon */
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.options = {"-V"}}), 0);
	(void)snprintf(listeners, sizeof listeners,
		"({ url = \"udp://127.0.0.1:0\"; role = \"admin\"; },"
		"{ url = \"udp://127.0.0.1:0\"; role = \"operator\"; },"
		"{ url = \"tcp://127.0.0.1:0\"; role = \"operator\"; },"
		"{ url = \"unix://%s/s\"; role = \"operator\"; },"
		"{ url = \"unixgram://%s/g\"; role = \"operator\"; })",
		d.folder, d.folder);
	(void)snprintf(media, sizeof media, "media.directories=[\"%s/media\"]",
		folder);
	(void)snprintf(
		record, sizeof record, "media.record=\"%s/record\"", folder);
	struct daemon_want want = {
		.driver = driver,
		.listeners = listeners,
		.sets = {media, record, "limits.max_resources=32",
			 "limits.max_nodes=64", "limits.max_resource_bytes=1000000",
			 "limits.max_total_resource_bytes=8000000", "workers.threads=2", "osc.max_clients=8"},
	};
	client_start(&c, &d, &want);
	m = (struct mangle){.state = 0x1234567};
}

static void
end(void)
{
	client_end(&c, &d, "abandon");
}

/* --- what they send --- */

static int
any_id(void)
{
	return mangle_below(&m, 30) == 0
		       ? (int)mangle_below(&m, 200) - 100
		       : (int)mangle_below(&m, 8 + RESOURCES / 2);
}

static const char *
any_file(void)
{
	static const char *const files[] = {"whole.wav", "other.wav", "cut.wav",
		"nothing.wav", "../media/whole.wav", "/etc/passwd", "new.wav",
		"new.flac"};

	return files[mangle_below(&m, 8)];
}

static void
any_resource(char *text, size_t size)
{
	int id = any_id();

	switch (mangle_below(&m, 8)) {
	case 0:
		(void)snprintf(text, size, "/resource/new audio-buffer %d [ %s",
			id, any_file());
		break;
	case 1:
		(void)snprintf(text, size,
			"/resource/new wavetable %d [ saw sine", id);
		break;
	case 2:
		(void)snprintf(text, size, "/resource/new impulse %d [ %s", id,
			any_file());
		break;
	case 3:
		(void)snprintf(text, size,
			"/resource/new audio-buffer %d [ %u %u", id,
			mangle_below(&m, 70), mangle_below(&m, 400000));
		break;
	default:
		(void)snprintf(text, size,
			"/resource/new audio-buffer %d [ %u %u", id,
			1 + mangle_below(&m, 2), 1 + mangle_below(&m, 5000));
		break;
	}
	size_t at = strlen(text);
	(void)snprintf(text + at, size - at,
		mangle_below(&m, 20) == 0 ? " -1 x ]" : " ]");
}

static void
any_job(char *text, size_t size)
{
	static const char *const jobs[] = {"buffer-fill %d %u [ %d ] [ 0.5 ]",
		"buffer-zero %d %u [ %d ]",
		"buffer-generate %d %u [ %d ] [ 440.0 0.5 0.0 ]",
		"buffer-normalize %d %u [ %d ] [ 1.0 ]",
		"buffer-reverse %d %u [ %d ]",
		"buffer-resample %d %u [ %d ] [ 44100.0 ]",
		"buffer-onsets %d %u [ %d ]", "buffer-loudness %d %u [ %d ]",
		"buffer-stats %d %u [ %d ]",
		"buffer-overview %d %u [ %d ] [ 100 ]",
		"buffer-load %d %u [ %d ] [ whole.wav ]",
		"buffer-save %d %u [ %d ] [ new.wav wav 0 -1 1 ]",
		"buffer-save %d %u [ %d ] [ ../new.wav ]",
		"buffer-fill %d %u [ %d %d ]", "nothing %d %u [ %d ]"};
	uint32_t which = mangle_below(&m, sizeof jobs / sizeof *jobs);
	char form[100];
	int id = any_id();

	(void)snprintf(form, sizeof form, "/job/new %s", jobs[which]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(text, size, form, any_id(),
		mangle_below(&m, 3) / 2 + (which == 5 ? 1 : 0), id, id);
#pragma GCC diagnostic pop
}

static void
any_synth(char *text, size_t size)
{
	static const char *const binds[] = {"sampler %u 0 1 [ buffer i:%d ]",
		"recorder %u 0 1 [ buffer i:%d loop 1 ]",
		"wavetable %u 0 1 [ table i:%d ]",
		"convolver %u 0 1 [ impulse i:%d ]"};
	char form[100];

	(void)snprintf(
		form, sizeof form, "/synth/new %s", binds[mangle_below(&m, 4)]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(
		text, size, form, 1 + mangle_below(&m, NODES - 1), any_id());
#pragma GCC diagnostic pop
}

static void
any_message(char *text, size_t size)
{
	uint32_t node = mangle_below(&m, NODES);

	switch (mangle_below(&m, 20)) {
	case 0:
	case 1:
	case 2:
	case 3:
		any_resource(text, size);
		break;
	case 4:
	case 5:
	case 6:
		any_job(text, size);
		break;
	case 7:
	case 8:
	case 9:
		any_synth(text, size);
		break;
	case 10:
	case 11:
	case 12:
		(void)snprintf(text, size, "/resource/free %d", any_id());
		break;
	case 13:
		(void)snprintf(text, size, "/synth/activate %u", node);
		break;
	case 14:
		(void)snprintf(
			text, size, "/node/set %u buffer i:%d", node, any_id());
		break;
	case 15:
		(void)snprintf(text, size, "/node/free %u", node);
		break;
	case 16:
		(void)snprintf(text, size, "/job/cancel %d", any_id());
		break;
	case 17:
		(void)snprintf(text, size, "/sync %u", node);
		break;
	case 18:
		(void)snprintf(text, size, "/resource/query %d", any_id());
		break;
	default: {
		static const char *const others[] = {"/resource/list",
			"/job/list", "/notify 1", "/notify 0", "/stats",
			"/node/tree", "/clear", "/def/list"};
		(void)snprintf(text, size, "%s", others[mangle_below(&m, 8)]);
		break;
	}
	}
}

/** One message, a bundle of some for soon, or one with something broken. */
static void
any_packet(struct packet *p)
{
	char text[300];
	uint32_t how = mangle_below(&m, 20);

	if (how == 0) {
		/* milliseconds */
		uint64_t ahead = mangle_below(&m, 300);
		packet_bundle(p, m.now + (ahead << 32) / 1000);
		for (uint32_t i = mangle_below(&m, 10); i > 0; i--) {
			any_message(text, sizeof text);
			packet_add(p, text);
		}
		return;
	}
	any_message(text, sizeof text);
	packet_say(p, text);
	if (how == 1) {
		p->data[mangle_below(&m, (uint32_t)p->size)] ^=
			(uint8_t)(1U << mangle_below(&m, 8));
	}
}

/* --- how they behave --- */

static void
open_any(struct client *h)
{
	client_open(h, d.url[1 + mangle_below(&m, d.urls - 1)]);
}

/** Send without waiting; who cannot is gone, and another comes. */
static void
send_hostile(struct client *h, const struct packet *p)
{
	static uint8_t bytes[4 + CLIENT_PACKET];
	uint32_t length = htonl((uint32_t)p->size);
	size_t head = h->stream ? sizeof length : 0;

	memcpy(bytes, &length, sizeof length);
	memcpy(bytes + head, p->data, p->size);
	ssize_t sent =
		send(h->fd, bytes, head + p->size, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent != (ssize_t)(head + p->size)) {
		client_close(h);
		open_any(h);
	}
}

/** Read what came, or not. */
static void
read_some(struct client *h)
{
	static uint8_t bytes[CLIENT_PACKET];

	while (mangle_below(&m, 8) != 0 &&
		recv(h->fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
	}
}

static void
storm(uint32_t count, bool offline)
{
	static struct packet p;

	for (int i = 0; i < HOSTILE; i++) {
		open_any(&hostile[i]);
	}
	for (uint32_t i = 0; i < count; i++) {
		struct client *h = &hostile[mangle_below(&m, HOSTILE)];
		if (i % EVERY == 0 && offline) {
			client_run(&c, 480);
			m.now = client_ntp_of(client_sample(&c));
		} else if (i % EVERY == 0) {
			m.now = client_ntp(0.0);
		}
		any_packet(&p);
		send_hostile(h, &p);
		if (mangle_below(&m, 16) == 0) {
			read_some(h);
		}
		if (mangle_below(&m, 200) == 0) {
			/* with all that it asked for under way */
			client_close(h);
			open_any(h);
		}
		if (i % EVERY == EVERY - 1) {
			client_sync(&c);
		}
	}
	for (int i = 0; i < HOSTILE; i++) {
		client_close(&hostile[i]);
	}
}

/* --- what is left --- */

/** What /stats has to be afterwards as it was before. */
static const char *const counted[] = {"resources", "resource_bytes",
	"references", "jobs", "works_waiting", "works_running",
	"commands_pending", "events_pending", "reports_waiting", "sockets",
	"works_timed_out", "workers"};
#define COUNTED (sizeof counted / sizeof *counted)

/** Them, and behind them all that is free in the pools, in bytes. */
static void
look(double now[COUNTED + 1])
{
	now[COUNTED] = 0.0;
	client_say(&c, "/stats");
	client_seek(&c, "/stats.reply");
	for (uint32_t i = 0; i + 1 < client_count(&c); i++) {
		double size;
		if (c.message.types[i] != 's') {
			continue;
		}
		const char *name = client_string(&c, i);
		for (size_t k = 0; k < COUNTED; k++) {
			if (strcmp(name, counted[k]) == 0) {
				now[k] = client_number(&c, i + 1);
			}
		}
		if (sscanf(name, "pool_%lf_free", &size) == 1) {
			now[COUNTED] += size * client_number(&c, i + 1);
		}
	}
}

/** Free all there is until everything is as it was. */
static void
free_all(bool offline, const double before[COUNTED + 1])
{
	double now[COUNTED + 1] = {0.0};
	int64_t deadline = daemon_now_ns() + INT64_C(30000000000);

	do {
		client_say(&c, "/clear");
		for (int i = 0; i < RESOURCES; i++) {
			client_say(&c, "/resource/free %d", i);
		}
		if (offline) {
			client_run(&c, 4800);
		}
		client_sync(&c);
		look(now);
		for (size_t k = 0; k < COUNTED; k++) {
			ck_assert_msg(daemon_now_ns() < deadline,
				"%s is %f, was %f (pools %f, were %f)",
				counted[k], now[k], before[k], now[COUNTED],
				before[COUNTED]);
		}
	} while (memcmp(now, before, sizeof now) != 0);
	client_say(&c, "/node/tree/statistics");
	client_seek(&c, "/node/tree/statistics.reply");
	ck_assert_str_eq(c.text, "/node/tree/statistics.reply 1 0");
	/* that errors were held back may be told at any time */
	client_say(&c, "/resource/list");
	client_seek(&c, "/resource/list.reply");
	ck_assert_str_eq(c.text, "/resource/list.reply 0 1");
	client_say(&c, "/job/list");
	client_seek(&c, "/job/list.reply");
	ck_assert_str_eq(c.text, "/job/list.reply 0 1");
}

/** Nothing is recorded but what was asked for, and whole. */
static void
check_recordings(void)
{
	char path[400];

	(void)snprintf(path, sizeof path, "%s/record", folder);
	DIR *dir = opendir(path);
	ck_assert_ptr_nonnull(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 ||
			strcmp(e->d_name, "..") == 0) {
			continue;
		}
		SF_INFO info = {0};
		ck_assert_str_eq(e->d_name, "new.wav");
		(void)snprintf(
			path, sizeof path, "%s/record/%s", folder, e->d_name);
		SNDFILE *f = sf_open(path, SFM_READ, &info);
		ck_assert_msg(f != NULL, "%s: %s", path, sf_strerror(NULL));
		sf_close(f);
	}
	closedir(dir);
	(void)snprintf(path, sizeof path, "%s/new.wav", folder);
	ck_assert_int_ne(access(path, F_OK), 0);
}

static const char *const drivers[] = {"clock", "offline"};

START_TEST(resources_and_jobs_of_hostile_clients_leave_nothing_behind)
{
	double before[COUNTED + 1] = {0.0};

	begin_with(drivers[_i]);
	look(before);
	ck_assert_double_gt(before[COUNTED], 0.0);
	/* what is allocated once and kept is no leak */
	storm(messages() / 10, _i == 1);
	free_all(_i == 1, before);
	long resident = daemon_proc(&d, "VmRSS");
	storm(messages(), _i == 1);
	free_all(_i == 1, before);
	long grown = daemon_proc(&d, "VmRSS") - resident;
	if (!DAEMON_SANITIZED) {
		ck_assert_int_lt(grown, 8192); /* kB */
	}
	/* the storm was one */
	ck_assert_double_gt(
		client_stat(&c, "works_done"), (double)messages() / 20.0);
	check_recordings();
	/* errors that were held back may be told before it */
	client_say(&c, "/version");
	client_seek(&c, "/version.reply");
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/storm");
	TCase *t = daemon_case(s, "storm");

	tcase_set_timeout(t, 140);
	tcase_add_unchecked_fixture(t, make_folders, remove_folders);
	tcase_add_loop_test(t,
		resources_and_jobs_of_hostile_clients_leave_nothing_behind, 0,
		2);
	return daemon_run(s);
}
