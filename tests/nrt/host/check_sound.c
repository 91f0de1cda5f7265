/* SPDX-License-Identifier: MIT */
/*
 * check_sound.c -- sound files as others make them, and as nobody should.
 *
 * Files to be read are made by libsndfile itself or byte by byte; sox, where
 * it is there, makes and reads some as one that was not written here.
 */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

#include <sndfile.h>

#include "folders.h"
#include "log.h"
#include "media.h"
#include "random.h"
#include "sound.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

/**
 * libsndfile (1.2.0 at least) forgets 6 KB of each OGG file whose header is
 * damaged; that is not ours to free.
 */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(
	void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:vorbis_info_init\n";
}

static struct config config;
static struct media *media;
static char reason[400];

static void
setup(void)
{
	log_set_level(LOG_LEVEL_ERR);
	folders_empty();
	folders_config(&config);
	config.media.max_file_bytes = 16 << 20;
	ck_assert_int_eq(media_open(&config, &media), 0);
}

static void
teardown(void)
{
	media_close(media);
}

/** A sine of its own pitch for each channel. */
static float
sample_of(int64_t frame, uint32_t channel, double rate)
{
	double pitch = 220.0 * (1.0 + channel);

	return (float)(0.5 * sin(2.0 * M_PI * pitch * (double)frame / rate));
}

static float *
make_sines(int64_t frames, uint32_t channels, double rate)
{
	float *s = malloc((size_t)frames * channels * sizeof *s);

	ck_assert_ptr_nonnull(s);
	for (int64_t i = 0; i < frames; i++) {
		for (uint32_t c = 0; c < channels; c++) {
			s[i * channels + c] = sample_of(i, c, rate);
		}
	}
	return s;
}

static TactusSound *
open_name(const char *name, TactusSoundInfo *info)
{
	*info = (TactusSoundInfo){.size = sizeof *info};
	strcpy(reason, "nothing");
	return sound_open(media, name, info, reason, sizeof reason);
}

static void
refuse(const char *name, const char *words)
{
	TactusSoundInfo info;
	int before = folders_descriptors();

	ck_assert_msg(open_name(name, &info) == NULL, "%s was opened", name);
	ck_assert_msg(strstr(reason, words) != NULL, "%s: %s", name, reason);
	ck_assert_msg(strstr(reason, name) != NULL, "%s: %s", name, reason);
	ck_assert_int_eq(folders_descriptors(), before);
}

static TactusSound *
create_name(const char *name, const char *format, uint32_t channels,
	double rate, bool replace)
{
	TactusSoundInfo info = {
		.size = sizeof info, .channels = channels, .rate = rate};

	snprintf(info.format, sizeof info.format, "%s", format);
	strcpy(reason, "nothing");
	return sound_create(media, name, &info, replace, reason, sizeof reason);
}

/** Write some frames and keep them. */
static void
write_file(const char *name, const char *format, const float *frames,
	int64_t count, uint32_t channels, double rate)
{
	TactusSound *s = create_name(name, format, channels, rate, true);

	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(sound_write(s, frames, count), count);
	ck_assert_msg(
		sound_close(s, true, reason, sizeof reason) == 0, "%s", reason);
}

/** Recordings are read back from here on. */
static void
read_recordings(void)
{
	static const char *items[1];

	items[0] = config.media.record;
	config.media.directories.count = 1;
	config.media.directories.items = items;
	ck_assert_int_eq(media_configure(media, &config), 0);
}

/** A file of libsndfile, past all that is ours, below ROOT/one. */
static void
foreign_file(const char *below, int format, const float *frames, int64_t count,
	int channels, int rate)
{
	SF_INFO info = {
		.channels = channels, .samplerate = rate, .format = format};
	SNDFILE *f = sf_open(folders_path(below), SFM_WRITE, &info);

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(sf_writef_float(f, frames, count), count);
	ck_assert_int_eq(sf_close(f), 0);
}

/** Change the length of a file, or bytes of it. */
static void
cut_file(const char *below, int64_t bytes)
{
	ck_assert_int_eq(truncate(folders_path(below), bytes), 0);
}

static void
change_file(const char *below, long at, const void *bytes, size_t size)
{
	FILE *f = fopen(folders_path(below), "r+b");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
	ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
	ck_assert_int_eq(fclose(f), 0);
}

static int64_t
length_of(const char *below)
{
	FILE *f = fopen(folders_path(below), "rb");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
	long n = ftell(f);
	fclose(f);
	return n;
}

/* --- reading ------------------------------------------------------------- */

static const struct {
	const char *name;
	int format;
	double error; /* most that a sample may be off; of a lossy one, RMS */
	bool lossy;
} kinds[] = {
	{"s.wav",   SF_FORMAT_WAV | SF_FORMAT_PCM_16,  4e-5, false},
	{"s24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24,  3e-7, false},
	{"sf.wav",  SF_FORMAT_WAV | SF_FORMAT_FLOAT,   1e-9, false},
	{"s.flac",  SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 4e-5, false},
	{"s.ogg",   SF_FORMAT_OGG | SF_FORMAT_VORBIS,  0.02, true },
	{"s.aiff",  SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 4e-5, false},
};
static const int rates[] = {22050, 44100, 48000, 96000};

START_TEST(sound_reads_what_was_written_at_every_rate)
{
	int kind = _i % COUNT(kinds);
	int rate = rates[_i / COUNT(kinds) % COUNT(rates)];
	uint32_t channels = _i / COUNT(kinds) / COUNT(rates) == 0 ? 1 : 2;
	int64_t frames = rate / 2 + 17;
	char below[64];
	TactusSoundInfo info;

	snprintf(below, sizeof below, "one/%s", kinds[kind].name);
	float *was = make_sines(frames, channels, rate);
	foreign_file(
		below, kinds[kind].format, was, frames, (int)channels, rate);
	TactusSound *s = open_name(kinds[kind].name, &info);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_uint_eq(info.channels, channels);
	ck_assert(info.rate == (double)rate);
	ck_assert_int_eq(info.frames, frames);
	ck_assert_uint_eq(info.size, sizeof info);
	float *is = malloc((size_t)frames * channels * sizeof *is);
	ck_assert_ptr_nonnull(is);
	/* in pieces, and more than there is at the end */
	int64_t done = 0;
	while (done < frames) {
		int64_t n = sound_read(s, is + done * channels,
			frames - done < 5000 ? frames - done : 5000);
		ck_assert_int_gt(n, 0);
		done += n;
	}
	float more[2];
	ck_assert_int_eq(sound_read(s, more, 1), 0);
	double sum = 0.0;
	for (int64_t i = 0; i < frames * channels; i++) {
		double off = fabs((double)is[i] - (double)was[i]);
		sum += off * off;
		ck_assert(kinds[kind].lossy || off <= kinds[kind].error);
	}
	sum = sqrt(sum / (double)(frames * channels));
	ck_assert_double_le(sum, kinds[kind].error);
	ck_assert_int_eq(sound_close(s, false, reason, sizeof reason), 0);
	free(is);
	free(was);
}
END_TEST

START_TEST(sound_seeks_to_any_frame)
{
	TactusSoundInfo info;
	char below[64];
	float got[2];
	uint32_t state = 99;
	int64_t frames = 30000;

	snprintf(below, sizeof below, "one/%s", kinds[_i].name);
	float *was = make_sines(frames, 2, 48000.0);
	foreign_file(below, kinds[_i].format, was, frames, 2, 48000);
	TactusSound *s = open_name(kinds[_i].name, &info);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(sound_read(s, was, frames), frames);
	for (int i = 0; i < 60; i++) {
		int64_t at = i == 0   ? frames - 1
			     : i == 1 ? 0
				      : random_below(&state, (uint32_t)frames);
		ck_assert_int_eq(sound_seek(s, at), 0);
		ck_assert_int_eq(sound_read(s, got, 1), 1);
		for (int c = 0; c < 2; c++) {
			ck_assert_double_eq_tol(
				(double)got[c], (double)was[2 * at + c], 1e-6);
		}
	}
	ck_assert_int_eq(sound_seek(s, frames), 0);
	ck_assert_int_eq(sound_read(s, got, 1), 0);
	ck_assert_int_eq(sound_seek(s, frames + 1), -1);
	ck_assert_int_eq(sound_seek(s, -1), -1);
	ck_assert_int_eq(sound_read(s, got, -1), -1);
	ck_assert_int_eq(sound_write(s, got, 1), 0);
	sound_close(s, false, reason, sizeof reason);
	free(was);
}
END_TEST

START_TEST(sound_reads_what_is_no_number_as_silence)
{
	float odd[] = {0.5F, NAN, INFINITY, -INFINITY, -3.0F};
	float got[5];
	TactusSoundInfo info;

	foreign_file("one/odd.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, odd, 5, 1,
		48000);
	TactusSound *s = open_name("odd.wav", &info);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(sound_read(s, got, 5), 5);
	ck_assert(got[0] == 0.5F && got[1] == 0.0F && got[2] == 0.0F &&
		  got[3] == 0.0F && got[4] == -3.0F);
	sound_close(s, false, reason, sizeof reason);
}
END_TEST

START_TEST(sound_refuses_what_is_no_sound_file)
{
	unsigned char noise[600];
	uint32_t state = 3;

	for (size_t i = 0; i < sizeof noise; i++) {
		noise[i] = (unsigned char)random_next(&state);
	}
	folders_write("one/empty.wav", "", 0);
	folders_write("one/text.wav", "this is no sound\n", 17);
	folders_write("one/noise.wav", noise, sizeof noise);
	folders_write("one/short.wav", "RIFF", 4);
	refuse("empty.wav", "of a kind that is known");
	refuse("text.wav", "of a kind that is known");
	refuse("noise.wav", "of a kind that is known");
	refuse("short.wav", "of a kind that is known");
	/* libsndfile knows them, but nobody looks after its readers */
	foreign_file("one/old.wav", SF_FORMAT_SVX | SF_FORMAT_PCM_16,
		(const float[4]){0.0F}, 4, 1, 44100);
	refuse("old.wav", "of a kind that is known");
	foreign_file("one/sds.wav", SF_FORMAT_SDS | SF_FORMAT_PCM_16,
		(const float[4]){0.0F}, 4, 1, 44100);
	refuse("sds.wav", "of a kind that is known");
	/* nor behind tags that a reader skips */
	char tagged[] = "ID3\4\0\0\0\0\0\002xx"
			"\360\176\0\1 and so on and on";
	folders_write("one/tagged.wav", tagged, sizeof tagged);
	refuse("tagged.wav", "of a kind that is known");
	refuse("nobody.wav", "no such file");
}
END_TEST

START_TEST(sound_refuses_a_file_that_is_cut_off)
{
	char below[64];
	int64_t frames = 20000;

	snprintf(below, sizeof below, "one/%s", kinds[_i].name);
	float *was = make_sines(frames, 2, 44100.0);
	foreign_file(below, kinds[_i].format, was, frames, 2, 44100);
	free(was);
	int64_t whole = length_of(below);
	for (int eighth = 7; eighth > 0; eighth--) {
		cut_file(below, whole * eighth / 8);
		/* of an OGG file the headers alone take some */
		refuse(kinds[_i].name,
			eighth == 7 || strcmp(kinds[_i].name, "s.ogg") != 0
				? "is cut off"
				: "");
	}
	/* nor is half a header one */
	cut_file(below, 20);
	refuse(kinds[_i].name, "");
}
END_TEST

START_TEST(sound_does_not_believe_a_header_of_two_billion_frames)
{
	/* STREAMINFO of FLAC: 36 bits of frames, the last of 8 bytes at 18 */
	const unsigned char flac[] = {0xf0, 0x77, 0x35, 0x94, 0x00};
	/* 2e9 frames of 16 bits */
	const unsigned char wav[] = {0x00, 0x28, 0x6b, 0xee};
	/* 2e9 frames of 8 bits; a size that a pipe might claim is not it */
	const unsigned char one[] = {0x00, 0x94, 0x35, 0x77};
	float *was = make_sines(5000, 1, 48000.0);

	foreign_file("one/two.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, was,
		5000, 1, 48000);
	change_file("one/two.flac", 21, flac, sizeof flac);
	refuse("two.flac", "cut off or damaged");
	foreign_file("one/two.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, was, 5000,
		1, 48000);
	change_file("one/two.wav", 40, wav, sizeof wav);
	refuse("two.wav", "is cut off");
	change_file("one/two.wav", 40, one, sizeof one);
	refuse("two.wav", "is cut off");
	free(was);
}
END_TEST

START_TEST(sound_takes_a_length_that_a_pipe_could_not_know)
{
	static const unsigned char lengths[][4] = {
		{0xff, 0xff, 0xff, 0xff}, /* ffmpeg */
		{0x00, 0xf0, 0xff, 0x7f}, /* sox */
		{0x00, 0x00, 0x00, 0x80}, /* arecord */
		{0xff, 0xff, 0xff, 0x7f},
	};
	float *was = make_sines(5000, 1, 48000.0);
	TactusSoundInfo info;

	foreign_file("one/pipe.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, was,
		5000, 1, 48000);
	change_file("one/pipe.wav", 4, lengths[_i], 4);
	change_file("one/pipe.wav", 40, lengths[_i], 4);
	TactusSound *s = open_name("pipe.wav", &info);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(info.frames, 5000);
	sound_close(s, false, reason, sizeof reason);
	free(was);
}
END_TEST

START_TEST(sound_refuses_absurd_headers)
{
	const unsigned char many[] = {65, 0};
	const unsigned char none[] = {0, 0};
	const unsigned char rate0[] = {0, 0, 0, 0};
	const unsigned char fast[] = {0x01, 0xb8, 0x0b, 0x00};
	float *was = make_sines(650, 1, 48000.0);
	int kind = SF_FORMAT_WAV | SF_FORMAT_PCM_16;

	foreign_file("one/a.wav", kind, was, 650, 1, 48000);
	change_file("one/a.wav", 22, many, 2);
	refuse("a.wav", "");
	foreign_file("one/b.wav", kind, was, 650, 1, 48000);
	change_file("one/b.wav", 22, none, 2);
	refuse("b.wav", "");
	foreign_file("one/c.wav", kind, was, 650, 1, 48000);
	change_file("one/c.wav", 24, rate0, 4);
	refuse("c.wav", "");
	foreign_file("one/d.wav", kind, was, 650, 1, 48000);
	change_file("one/d.wav", 24, fast, 4);
	refuse("d.wav", "768001 Hz");
	foreign_file("one/e.wav", kind, was, 0, 1, 48000);
	refuse("e.wav", "no sound in it");
	foreign_file("one/f.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, was, 10, 65,
		48000);
	refuse("f.wav", "65 channels; at most 64");
	free(was);
}
END_TEST

START_TEST(sound_says_that_a_file_is_damaged_in_the_middle)
{
	TactusSoundInfo info;
	unsigned char rubbish[4000];
	int64_t frames = 100000;
	float *was = malloc((size_t)frames * sizeof *was);
	uint32_t state = 5;

	ck_assert_ptr_nonnull(was);
	for (int64_t i = 0; i < frames; i++) {
		was[i] = (float)random_below(&state, 2000) / 1000.0F - 1.0F;
	}
	memset(rubbish, 0x55, sizeof rubbish);
	foreign_file("one/bad.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, was,
		frames, 1, 48000);
	change_file("one/bad.flac", (long)length_of("one/bad.flac") / 2,
		rubbish, sizeof rubbish);
	TactusSound *s = open_name("bad.flac", &info);
	/* the end can be read, so it opens; what is between does not load */
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(info.frames, frames);
	ck_assert_int_eq(sound_read(s, was, frames), -1);
	sound_close(s, false, reason, sizeof reason);
	free(was);
}
END_TEST

START_TEST(sound_refuses_a_struct_of_another_size)
{
	TactusSoundInfo info = {.size = 8};

	ck_assert_ptr_null(
		sound_open(media, "a", &info, reason, sizeof reason));
	ck_assert_ptr_null(sound_create(
		media, "a.wav", &info, false, reason, sizeof reason));
	ck_assert_ptr_nonnull(strstr(reason, "TactusSoundInfo"));
}
END_TEST

/* --- writing ------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *format;
	int is;
	double error;
} written[] = {
	{"a.wav",  "",      SF_FORMAT_WAV | SF_FORMAT_FLOAT,   1e-9},
	{"b.WAV",  "",      SF_FORMAT_WAV | SF_FORMAT_FLOAT,   1e-9},
	{"c.dat",  "wav",   SF_FORMAT_WAV | SF_FORMAT_FLOAT,   1e-9},
	{"d.wav",  "wav16", SF_FORMAT_WAV | SF_FORMAT_PCM_16,  4e-5},
	{"e.wav",  "wav24", SF_FORMAT_WAV | SF_FORMAT_PCM_24,  3e-7},
	{"f.flac", "",      SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 3e-7},
	{"g",      "flac",  SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 3e-7},
	{"h.ogg",  "",      SF_FORMAT_OGG | SF_FORMAT_VORBIS,  0.1 },
	{"i.aiff", "",      SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 3e-7},
	{"j.aif",  "",      SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 3e-7},
};

START_TEST(sound_writes_every_format_and_reads_it_back)
{
	char below[64];
	int64_t frames = 23456;
	SF_INFO info = {0};
	float *was = make_sines(frames, 2, 48000.0);
	float *is = malloc((size_t)frames * 2 * sizeof *is);

	ck_assert_ptr_nonnull(is);
	write_file(
		written[_i].name, written[_i].format, was, frames, 2, 48000.0);
	snprintf(below, sizeof below, "record/%s", written[_i].name);
	/* by libsndfile alone */
	SNDFILE *f = sf_open(folders_path(below), SFM_READ, &info);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(info.format & (SF_FORMAT_TYPEMASK | SF_FORMAT_SUBMASK),
		written[_i].is);
	ck_assert_int_eq(info.frames, frames);
	ck_assert_int_eq(info.samplerate, 48000);
	ck_assert_int_eq(info.channels, 2);
	ck_assert_int_eq(sf_readf_float(f, is, frames), frames);
	sf_close(f);
	for (int64_t i = 0; i < frames * 2; i++) {
		ck_assert_double_eq_tol(
			(double)is[i], (double)was[i], written[_i].error);
	}
	/* and as ours */
	TactusSoundInfo ours;
	read_recordings();
	TactusSound *s = open_name(written[_i].name, &ours);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(ours.frames, frames);
	sound_close(s, false, reason, sizeof reason);
	ck_assert_int_eq(folders_count("record"), 1);
	free(is);
	free(was);
}
END_TEST

START_TEST(sound_clips_what_whole_numbers_cannot_hold)
{
	const char *const formats[] = {"wav16", "wav24", "flac", "aiff"};
	float loud[] = {1.5F, -1.5F, 100.0F, -100.0F};
	float got[4];
	TactusSoundInfo info;

	write_file("loud", formats[_i], loud, 4, 1, 48000.0);
	read_recordings();
	TactusSound *s = open_name("loud", &info);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(sound_read(s, got, 4), 4);
	for (int i = 0; i < 4; i++) {
		ck_assert_double_eq_tol(
			(double)got[i], loud[i] > 0.0F ? 1.0 : -1.0, 1e-4);
	}
	sound_close(s, false, reason, sizeof reason);
}
END_TEST

START_TEST(sound_writes_the_same_bytes_each_time)
{
	float *was = make_sines(5000, 2, 48000.0);

	write_file("a.wav", "", was, 5000, 2, 48000.0);
	int64_t n = length_of("record/a.wav");
	char *bytes = malloc((size_t)n);
	ck_assert_ptr_nonnull(bytes);
	FILE *f = fopen(folders_path("record/a.wav"), "rb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(bytes, 1, (size_t)n, f), (size_t)n);
	fclose(f);
	write_file("b.wav", "", was, 5000, 2, 48000.0);
	ck_assert(folders_has("record/b.wav", bytes, (size_t)n));
	free(bytes);
	free(was);
}
END_TEST

START_TEST(sound_says_why_it_cannot_begin_a_file)
{
	float silence[8] = {0};
	const struct {
		const char *name;
		const char *format;
		uint32_t channels;
		double rate;
		const char *words;
	} bad[] = {
		{"a.mp7",            "",      1,  48000.0,     "ending names no" },
		{"wav",              "",      1,  48000.0,     "ending names no" },
		{"a.wav/b",          "",      1,  48000.0,     "ending names no" },
		{"a.wav",            "wav17", 1,  48000.0,     "no such format"  },
		{"a.wav",            "WAV",   1,  48000.0,     "no such format"  },
		{"a.wav",            "",      0,  48000.0,     "0 channels"      },
		{"a.wav",            "",      65, 48000.0,     "65 channels"     },
		{"a.wav",            "",      1,  0.0,         "0 Hz"            },
		{"a.wav",            "",      1,  -1.0,        "-1 Hz"           },
		{"a.wav",            "",      1,  1e9,         "1e+09 Hz"        },
		{"a.wav",            "",      1,  (double)NAN, "nan Hz"          },
		{"a.flac",           "",      9,  48000.0,     "cannot hold 9"   },
		{"../outside/a.wav", "",      1,  48000.0,     "leads out"       },
		{"none/a.wav",       "",      1,  48000.0,     "does not exist"  },
		{"there.wav",        "",      1,  48000.0,     "is there already"},
		{"",                 "",      1,  48000.0,     "names no file"   },
	};
	int before = folders_descriptors();

	write_file("there.wav", "", silence, 8, 1, 48000.0);
	for (int i = 0; i < COUNT(bad); i++) {
		TactusSound *s = create_name(bad[i].name, bad[i].format,
			bad[i].channels, bad[i].rate, false);
		ck_assert_msg(s == NULL, "%d", i);
		ck_assert_msg(strstr(reason, bad[i].words) != NULL, "%d: %s", i,
			reason);
		ck_assert_ptr_nonnull(strstr(reason, bad[i].name));
	}
	ck_assert_int_eq(folders_count("record"), 1);
	ck_assert_int_eq(folders_descriptors(), before);
}
END_TEST

START_TEST(sound_leaves_nothing_of_a_file_that_is_not_kept)
{
	float *was = make_sines(5000, 1, 48000.0);
	TactusSound *s = create_name("a.flac", "", 1, 48000.0, false);

	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(sound_write(s, was, 5000), 5000);
	ck_assert_int_eq(sound_read(s, was, 1), -1);
	ck_assert_int_eq(sound_seek(s, 0), -1);
	ck_assert_int_eq(sound_close(s, false, reason, sizeof reason), 0);
	ck_assert_int_eq(folders_count("record"), 0);
	ck_assert_int_eq(sound_close(NULL, true, reason, sizeof reason), 0);
	free(was);
}
END_TEST

START_TEST(sound_keeps_nothing_that_is_larger_than_it_may_be)
{
	float *was = make_sines(40000, 1, 48000.0);

	config.media.max_file_bytes = 100000;
	ck_assert_int_eq(media_configure(media, &config), 0);
	TactusSound *s = create_name("a.wav", "", 1, 48000.0, false);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_lt(sound_write(s, was, 40000), 40000);
	/* it has failed for good */
	ck_assert_int_eq(sound_write(s, was, 1), 0);
	ck_assert_int_eq(sound_close(s, true, reason, sizeof reason), -1);
	ck_assert_ptr_nonnull(strstr(reason, "a.wav"));
	ck_assert_ptr_nonnull(strstr(reason, "media.max_file_bytes"));
	ck_assert_int_eq(folders_count("record"), 0);
	free(was);
}
END_TEST

START_TEST(sound_keeps_nothing_when_the_disk_is_full)
{
	const char *const formats[] = {"wav", "wav16", "flac", "ogg", "aiff"};
	const struct rlimit small = {8000, 8000};
	int64_t frames = 60000;
	float *was = malloc((size_t)frames * sizeof *was);
	uint32_t state = 5;

	ck_assert_ptr_nonnull(was);
	for (int64_t i = 0; i < frames; i++) {
		was[i] = (float)random_below(&state, 2000) / 1000.0F - 1.0F;
	}
	folders_write("record/take", "old", 3);
	/* EFBIG instead of ENOSPC: the process's own limit */
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	TactusSound *s = create_name("take", formats[_i], 1, 48000.0, true);
	ck_assert_msg(s != NULL, "%s", reason);
	(void)sound_write(s, was, frames);
	ck_assert_int_eq(sound_close(s, true, reason, sizeof reason), -1);
	ck_assert_msg(strstr(reason, "take: ") == reason, "%s", reason);
	ck_assert(folders_has("record/take", "old", 3));
	ck_assert_int_eq(folders_count("record"), 1);
	free(was);
}
END_TEST

/* --- with sox ------------------------------------------------------------ */

static void
run_sox(const char *arguments, const char *from, const char *to)
{
	char command[2048];

	snprintf(command, sizeof command, "cd '%s' && " SOX " -V1 %s %s %s",
		folders_path("."), from, to, arguments);
	ck_assert_msg(system(command) == 0, "%s", command);
}

START_TEST(sound_reads_what_sox_writes_and_sox_what_we_write)
{
	const char *const names[] = {"x.wav", "x.flac", "x.ogg", "x.aiff"};
	char path[64];
	TactusSoundInfo info;
	float got[4800];
	double sum = 0.0;

	if (strcmp(SOX, "") == 0) {
		puts("skipped: sox is not installed");
		return;
	}
	snprintf(path, sizeof path, "one/%s", names[_i]);
	run_sox("synth 0.25 sine 1000 vol 0.5", "-n -r 44100 -c 1", path);
	TactusSound *s = open_name(names[_i], &info);
	ck_assert_msg(s != NULL, "%s", reason);
	ck_assert_int_eq(info.frames, 11025);
	ck_assert(info.rate == 44100.0);
	ck_assert_int_eq(sound_seek(s, 2000), 0);
	ck_assert_int_eq(sound_read(s, got, 4410), 4410);
	for (int i = 0; i < 4410; i++) {
		sum += (double)got[i] * (double)got[i];
	}
	/* 100 whole periods; what sox makes of them for Vorbis is never twice
	 * the same */
	double tolerance = _i == 2 ? 1e-2 : 2e-3;
	ck_assert_double_eq_tol(sqrt(sum / 4410.0), 0.5 / sqrt(2.0), tolerance);
	sound_close(s, false, reason, sizeof reason);
	write_file(names[_i], "", got, 4410, 1, 44100.0);
	snprintf(path, sizeof path, "record/%s", names[_i]);
	run_sox("", path, "outside/again.wav");
	SF_INFO again = {0};
	SNDFILE *f =
		sf_open(folders_path("outside/again.wav"), SFM_READ, &again);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(again.frames, 4410);
	ck_assert_int_eq(again.samplerate, 44100);
	sf_close(f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/host/sound");
	TCase *t = tcase_create("sound");
	int k = COUNT(kinds);

	tcase_add_unchecked_fixture(t, folders_make, folders_remove);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, sound_reads_what_was_written_at_every_rate, 0,
		k * COUNT(rates) * 2);
	tcase_add_loop_test(t, sound_seeks_to_any_frame, 0, k);
	tcase_add_test(t, sound_reads_what_is_no_number_as_silence);
	tcase_add_test(t, sound_refuses_what_is_no_sound_file);
	tcase_add_loop_test(t, sound_refuses_a_file_that_is_cut_off, 0, k);
	tcase_add_test(
		t, sound_does_not_believe_a_header_of_two_billion_frames);
	tcase_add_loop_test(
		t, sound_takes_a_length_that_a_pipe_could_not_know, 0, 4);
	tcase_add_test(t, sound_refuses_absurd_headers);
	tcase_add_test(t, sound_says_that_a_file_is_damaged_in_the_middle);
	tcase_add_test(t, sound_refuses_a_struct_of_another_size);
	tcase_add_loop_test(t, sound_writes_every_format_and_reads_it_back, 0,
		COUNT(written));
	tcase_add_loop_test(
		t, sound_clips_what_whole_numbers_cannot_hold, 0, 4);
	tcase_add_test(t, sound_writes_the_same_bytes_each_time);
	tcase_add_test(t, sound_says_why_it_cannot_begin_a_file);
	tcase_add_test(t, sound_leaves_nothing_of_a_file_that_is_not_kept);
	tcase_add_test(t, sound_keeps_nothing_that_is_larger_than_it_may_be);
	tcase_add_loop_test(t, sound_keeps_nothing_when_the_disk_is_full, 0, 5);
	tcase_add_loop_test(
		t, sound_reads_what_sox_writes_and_sox_what_we_write, 0, 4);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
