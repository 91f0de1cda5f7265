/* SPDX-License-Identifier: MIT */
/*
 * check_resources.c -- buffers, files and who plays them, in a real daemon.
 *
 * Under the offline driver: time passes when the test says so, and stands
 * still while workers work.  TACTUS_READY says how often a client makes a
 * synth at once on what it was told to be ready; 5,000 times without it.
 */
#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "daemon.h"

#define RATE 48000

static char folder[] = "/tmp/tactus-media.XXXXXX";
static char media[128];
static char record[128];
static char tap[128];

static struct daemon d;
static struct client c;

static void
make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(media, sizeof media, "%s/media", folder);
	(void)snprintf(record, sizeof record, "%s/record", folder);
	(void)snprintf(tap, sizeof tap, "%s/tap.wav", folder);
	ck_assert_int_eq(mkdir(media, 0700), 0);
	ck_assert_int_eq(mkdir(record, 0700), 0);
}

static void
remove_folder(void)
{
	char command[256];

	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/** Start a daemon with a tap, these media folders, and a client of it that
 * hears notifications. */
static void
start(const char *more)
{
	char directories[160];
	char recordings[160];
	char tapped[160];
	struct daemon_want want = {
		.sets = {directories, recordings, tapped, "audio.outputs=4",
			 more}
        };

	(void)snprintf(directories, sizeof directories,
		"media.directories=[\"%s\"]", media);
	(void)snprintf(
		recordings, sizeof recordings, "media.record=\"%s\"", record);
	(void)snprintf(tapped, sizeof tapped, "audio.tap=\"%s\"", tap);
	client_start(&c, &d, &want);
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
}

static void
stop(void)
{
	client_close(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_msg(strstr(daemon_log(&d), "abandon") == NULL, "%s", d.log);
}

/** All frames that the tap has, of four channels; the daemon has ended. */
static float *
read_tap(sf_count_t *frames)
{
	SF_INFO info = {0};
	SNDFILE *f = sf_open(tap, SFM_READ, &info);

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(info.channels, 4);
	float *all = calloc((size_t)info.frames * 4, sizeof *all);
	ck_assert_ptr_nonnull(all);
	*frames = sf_readf_float(f, all, info.frames);
	sf_close(f);
	return all;
}

static void
path_of(char *out, size_t size, const char *name)
{
	(void)snprintf(out, size, "%s/%s", media, name);
}

/** Write a sine of `hz` and 0.5 s, or, with hz 0, a ramp of 16 bit. */
static void
write_file(const char *name, int format, int rate, double hz, int frames,
	int channels)
{
	char path[256];
	SF_INFO info = {
		.channels = channels, .samplerate = rate, .format = format};

	path_of(path, sizeof path, name);
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	ck_assert_msg(f != NULL, "%s: %s", path, sf_strerror(NULL));
	for (int i = 0; i < frames; i++) {
		float x =
			hz > 0.0
				? (float)(0.5 * sin(2.0 * M_PI * hz * i / rate))
				: (float)(i % 32768) / 32768.0F;
		float frame[2] = {x, -x};
		ck_assert_int_eq((int)sf_writef_float(f, frame, 1), 1);
	}
	sf_close(f);
}

static uint32_t
times(void)
{
	const char *wanted = getenv("TACTUS_READY");

	return wanted != NULL ? (uint32_t)strtoul(wanted, NULL, 10) : 5000;
}

START_TEST(a_synth_made_at_once_on_what_is_ready_is_made)
{
	start("limits.max_resources=16");
	for (uint32_t i = 0; i < times(); i++) {
		int id = (int)(i % 16);
		client_say(&c, "/resource/new audio-buffer %d [ 1 64 ]", id);
		client_expect(&c, "/resource/ready %d", id);
		client_say(&c, "/synth/new sampler 5 0 1 [ buffer i:%d ]", id);
		client_expect(&c, "/node/new 5");
		client_say(&c, "/resource/free %d", id);
		client_say(&c, "/node/free 5");
		client_expect(&c, "/node/ended 5");
		client_expect(&c, "/resource/destroyed %d", id);
	}
	ck_assert(client_stat(&c, "resource_bytes") == 0.0);
	ck_assert(client_stat(&c, "resources") == 0.0);
	stop();
}
END_TEST

/** How long the buffer is; no multiple of a block. */
#define LOOP   4813
#define PASSES 4
#define AHEAD  100

START_TEST(a_recorder_and_three_samplers_hear_each_other_in_tree_order)
{
	sf_count_t frames;

	start(NULL);
	client_say(&c, "/resource/new audio-buffer 1 [ 1 %d ]", LOOP);
	client_expect(&c, "/resource/ready 1");
	/* in this order: one before the recorder, two behind it */
	static const char *const made[] = {
		"/synth/new noise 10 0 1 [ amp 0.5 ] [ seed 7 ]",
		"/synth/map/output 10 out 0 0",
		"/synth/map/output 10 out 0 0",
		"/synth/new patch-cable 11 0 1",
		"/synth/map/input 11 in 0 0",
		"/synth/map/output 11 out 3 1",
		"/synth/new sampler 12 0 1 [ buffer i:1 loop 1 ]",
		"/synth/map/output 12 out 0 1",
		"/synth/new recorder 13 0 1 [ buffer i:1 loop 1 ]",
		"/synth/map/input 13 in 0 0",
		"/synth/new sampler 14 0 1 [ buffer i:1 loop 1 ]",
		"/synth/map/output 14 out 1 1",
		"/synth/new sampler 15 0 1 [ buffer i:1 loop 1 ]",
		"/synth/map/output 15 out 2 1",
	};
	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		client_say(&c, "%s", made[i]);
	}
	client_sync(&c);
	/* the last sampler begins later: it is always behind the recorder by
	 * AHEAD frames, so it hears what was just written, too */
	static struct packet p;
	packet_bundle(&p, 1);
	packet_add(&p, "/synth/activate 10");
	packet_add(&p, "/synth/activate 11");
	packet_add(&p, "/synth/activate 12");
	packet_add(&p, "/synth/activate 13");
	packet_add(&p, "/synth/activate 14");
	client_send_packet(&c, &p);
	client_run(&c, AHEAD);
	client_say(&c, "/synth/activate 15");
	client_run(&c, LOOP * PASSES - AHEAD);
	stop();

	float *all = read_tap(&frames);
	ck_assert_int_eq(frames, LOOP * PASSES);
	float loudest = 0.0F;
	for (sf_count_t i = 0; i < frames; i++) {
		const float *f = &all[4 * i];
		float source = f[3];
		float before = i >= LOOP ? all[4 * (i - LOOP) + 3] : 0.0F;
		float late = i >= AHEAD ? all[4 * (i - AHEAD) + 3] : 0.0F;
		loudest = fabsf(source) > loudest ? fabsf(source) : loudest;
		/* ahead of the recorder: the pass before; behind it: now */
		ck_assert_msg(f[0] == before, "frame %d: %a is not %a", (int)i,
			(double)f[0], (double)before);
		ck_assert_msg(f[1] == source, "frame %d: %a is not %a", (int)i,
			(double)f[1], (double)source);
		ck_assert_msg(f[2] == late, "frame %d: %a is not %a", (int)i,
			(double)f[2], (double)late);
	}
	ck_assert(loudest > 0.4F);
	free(all);
}
END_TEST

/** Frequency of a tone in channel 0 from `from` on, by its rises through 0. */
static double
pitch(const float *all, sf_count_t from, sf_count_t to)
{
	double first = -1.0;
	double last = 0.0;
	int rises = 0;

	for (sf_count_t i = from + 1; i < to; i++) {
		double a = (double)all[4 * (i - 1)];
		double b = (double)all[4 * i];
		if (a < 0.0 && b >= 0.0) {
			last = (double)i - b / (b - a);
			first = first < 0.0 ? last : first;
			rises++;
		}
	}
	return (rises - 1) * RATE / (last - first);
}

START_TEST(files_of_every_kind_and_rate_sound_at_their_pitch_and_length)
{
	static const int rate[] = {22050, 44100, 48000, 96000};
	static const struct {
		const char *ending;
		int format;
	} kind[] = {
		{"wav",  SF_FORMAT_WAV | SF_FORMAT_PCM_16 },
		{"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
		{"ogg",  SF_FORMAT_OGG | SF_FORMAT_VORBIS },
	};
	char name[64];
	sf_count_t frames;
	int id = 0;

	start(NULL);
	client_say(&c, "/synth/new sampler 5 0 1");
	client_expect(&c, "/node/new 5");
	client_say(&c, "/synth/map/output 5 out 0 1");
	for (int k = 0; k < 3; k++) {
		for (int r = 0; r < 4; r++, id++) {
			(void)snprintf(name, sizeof name, "tone-%d.%s", rate[r],
				kind[k].ending);
			write_file(name, kind[k].format, rate[r], 440.0,
				rate[r] / 2, 1 + (r + k) % 2);
			client_say(&c, "/resource/new audio-buffer %d [ %s ]",
				id, name);
			client_expect(&c, "/resource/ready %d", id);
		}
	}
	for (id = 0; id < 12; id++) {
		client_say(&c, "/synth/new sampler %d 0 1 [ buffer i:%d ]",
			20 + id, id);
		client_expect(&c, "/node/new %d", 20 + id);
		client_say(&c, "/synth/property/doneFlags/set %d 33", 20 + id);
		client_say(&c, "/synth/map/output %d out 0 1", 20 + id);
		client_say(&c, "/synth/activate %d", 20 + id);
		client_run(&c, RATE);
	}
	stop();
	float *all = read_tap(&frames);
	ck_assert_int_eq(frames, 12 * RATE);
	for (id = 0; id < 12; id++) {
		sf_count_t from = (sf_count_t)id * RATE;
		double hz = pitch(all, from + 1000, from + RATE / 2 - 1000);
		ck_assert_msg(fabs(hz - 440.0) < 0.1,
			"%s at %d Hz sounds at %g", kind[id / 4].ending,
			rate[id % 4], hz);
		/* half a second, to the frame: what is behind it is silence */
		sf_count_t end = from;
		for (sf_count_t i = from; i < from + RATE; i++) {
			end = all[4 * i] != 0.0F ? i : end;
		}
		ck_assert_msg(
			end < from + RATE / 2 && end > from + RATE / 2 - 120,
			"%s at %d Hz is %d frames long", kind[id / 4].ending,
			rate[id % 4], (int)(end - from));
	}
	free(all);
}
END_TEST

/** Loading it fails with words that name it, and leaves nothing. */
static void
refused(const char *name, const char *words)
{
	client_say(&c, "/resource/new audio-buffer 3 [ s:%s ]", name);
	const char *heard = client_hear(&c);
	ck_assert_msg(strncmp(heard, "/resource/error 3 \"", 19) == 0, "%s: %s",
		name, heard);
	ck_assert_msg(strstr(heard, words) != NULL, "%s: %s, not %s", name,
		heard, words);
	client_say(&c, "/resource/query 3");
	client_expect_start(&c, "/error \"/resource/query\" 404");
	ck_assert(client_stat(&c, "resource_bytes") == 0.0);
}

/** The first `size` bytes of a file, under another name. */
static void
truncate_copy(const char *name, const char *as, size_t size)
{
	char path[256];
	uint8_t bytes[65536];

	path_of(path, sizeof path, name);
	FILE *f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	size_t got = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	path_of(path, sizeof path, as);
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, size < got ? size : got, f),
		size < got ? size : got);
	fclose(f);
}

/** A WAV that says it has two billion frames, and has eight bytes. */
static void
write_liar(const char *name)
{
	static const uint8_t head[] = {'R', 'I', 'F', 'F', 0x24, 0x5e, 0xd0,
		0xb2, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0,
		1, 0, 0x80, 0xbb, 0, 0, 0, 0x77, 1, 0, 2, 0, 16, 0, 'd', 'a',
		't', 'a', 0, 0x5e, 0xd0, 0xb2, 1, 2, 3, 4, 5, 6, 7, 8};
	char path[256];

	path_of(path, sizeof path, name);
	FILE *f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(head, 1, sizeof head, f), sizeof head);
	fclose(f);
}

static void
write_bytes(const char *name, const char *bytes)
{
	char path[256];

	path_of(path, sizeof path, name);
	FILE *f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(bytes, f), 0);
	fclose(f);
}

START_TEST(files_that_are_none_are_refused_and_leave_nothing)
{
	char path[256];

	start("limits.max_resource_bytes=\"1 MiB\"");
	write_file("good.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE, 0.0,
		1000, 1);
	write_file("good.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, RATE, 0.0,
		20000, 1);
	write_bytes("empty.wav", "");
	write_bytes("text.wav", "this is no sound file at all\n");
	truncate_copy("good.wav", "head.wav", 30);
	truncate_copy("good.flac", "cut.flac", 1000);
	write_liar("liar.wav");
	write_file("large.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE, 0.0,
		300000, 1);
	refused("empty.wav", "empty.wav");
	refused("text.wav", "text.wav");
	refused("head.wav", "head.wav");
	refused("cut.flac", "cut.flac");
	refused("large.wav", "large.wav");
	refused("missing.wav", "missing.wav");
	/* what leads out, or is no regular file */
	path_of(path, sizeof path, "out.wav");
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	path_of(path, sizeof path, "pipe.wav");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	path_of(path, sizeof path, "folder.wav");
	ck_assert_int_eq(mkdir(path, 0700), 0);
	refused("out.wav", "out.wav");
	refused("pipe.wav", "pipe.wav");
	refused("folder.wav", "folder.wav");
	refused("../media/good.wav", "good.wav");
	refused("/etc/passwd", "/etc/passwd");
	/* two billion frames are promised and three are there: whether that
	 * is an error or three frames, nothing is allocated for the rest */
	client_say(&c, "/resource/new audio-buffer 3 [ liar.wav ]");
	(void)client_hear(&c);
	ck_assert(client_stat(&c, "resource_bytes") < 65536.0);
	/* all this did not hinder the good one */
	client_say(&c, "/resource/new audio-buffer 4 [ good.wav ]");
	client_expect(&c, "/resource/ready 4");
	stop();
}
END_TEST

START_TEST(what_needs_no_file_is_refused_at_once)
{
	start("limits.max_resource_bytes=\"1 MiB\"");
	client_refused(&c, "/resource/new audio-buffer 3 [ 1 ]", 400, 3, "");
	client_refused(&c, "/resource/new audio-buffer 3", 400, 3, "");
	client_refused(&c, "/resource/new audio-buffer 3 [ 0 64 ]", 422, 3, "");
	client_refused(
		&c, "/resource/new audio-buffer 3 [ 1 -64 ]", 422, 3, "");
	client_refused(&c, "/resource/new audio-buffer 3 [ 1 0 ]", 422, 3, "");
	client_refused(
		&c, "/resource/new audio-buffer 3 [ 1 64 0.0 ]", 422, 3, "");
	client_refused(
		&c, "/resource/new audio-buffer 3 [ 1 300000 ]", 413, 3, "");
	client_refused(&c,
		"/resource/new audio-buffer 3 [ 64 h:9223372036854775807 ]",
		413, 3, "");
	client_refused(&c,
		"/resource/new audio-buffer 3 [ 64 h:288230376151711745 ]", 413,
		3, "");
	ck_assert(client_stat(&c, "resources") == 0.0);
	stop();
}
END_TEST

START_TEST(what_is_recorded_is_saved_and_loaded_again_to_the_bit)
{
	static const char *const lines[] = {
		"/synth/new noise 10 0 1 [ amp 0.5 ]",
		"/synth/map/output 10 out 0 0",
		"/synth/new recorder 11 0 1 [ buffer i:1 ]",
		"/synth/map/input 11 in 0 0",
		"/synth/property/doneFlags/set 11 33",
		"/synth/activate 10",
		"/synth/activate 11",
	};

	start(NULL);
	client_say(&c, "/resource/new audio-buffer 1 [ 1 10000 ]");
	client_expect(&c, "/resource/ready 1");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		client_say(&c, "%s", lines[i]);
	}
	client_run(&c, 12000);
	client_say(&c, "/job/new buffer-save 1 0 [ 1 ] [ take.wav ]");
	(void)client_seek(&c, "/job/done 1");
	client_say(&c, "/job/new buffer-save 1 0 [ 1 ] [ take.wav ]");
	(void)client_seek(&c, "/job/failed 1 \"");
	/* what lies there is whole: as libsndfile reads it */
	char path[256];
	SF_INFO info = {0};
	(void)snprintf(path, sizeof path, "%s/take.wav", record);
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(info.frames, 10000);
	ck_assert_int_eq(info.samplerate, RATE);
	sf_close(f);
	client_say(&c, "/job/new buffer-stats 2 0 [ 1 ]");
	(void)client_seek(&c, "/job/done 2");
	double rms = client_number(&c, 2);
	ck_assert(rms > 0.2 && rms < 0.4);
	/* the recordings may be read where media may: here they may not */
	client_say(&c, "/resource/new audio-buffer 2 [ take.wav ]");
	(void)client_seek(&c, "/resource/error 2");
	stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/resources");
	TCase *t = daemon_case(s, "resources");

	tcase_add_unchecked_fixture(t, make_folder, remove_folder);
	tcase_set_timeout(t, 600);
	tcase_add_test(t, a_synth_made_at_once_on_what_is_ready_is_made);
	tcase_add_test(
		t, a_recorder_and_three_samplers_hear_each_other_in_tree_order);
	tcase_add_test(t,
		files_of_every_kind_and_rate_sound_at_their_pitch_and_length);
	tcase_add_test(t, files_that_are_none_are_refused_and_leave_nothing);
	tcase_add_test(t, what_needs_no_file_is_refused_at_once);
	tcase_add_test(
		t, what_is_recorded_is_saved_and_loaded_again_to_the_bit);
	return daemon_run(s);
}
