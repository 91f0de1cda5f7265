/* SPDX-License-Identifier: MIT */
/*
 * loop_rig.c -- see loop_rig.h.
 */
#include "loop_rig.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card.h"
#include "clock.h"

#define RECORDING "/usr/share/sounds/alsa/Front_Center.wav"
#define RATE      48000

/* What sox calls each; S24_LE it cannot write. */
static const char *const sox_encoding[CONVERT_FORMATS] = {
	[CONVERT_S32] = "-e signed -b 32",
	[CONVERT_S24_3] = "-e signed -b 24",
	[CONVERT_S24] = NULL,
	[CONVERT_S16] = "-e signed -b 16",
	[CONVERT_FLOAT] = "-e floating-point -b 32",
};

static void
path_of(const struct loop_rig *r, const char *name, enum convert_format f,
	char *out, size_t size)
{
	int n = snprintf(
		out, size, "%s/%s.%s", r->folder, name, convert_name(f));

	ck_assert_int_lt(n, (int)size);
}

static unsigned char *
read_all(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat st;

	ck_assert_msg(f != NULL, "%s is missing", path);
	ck_assert_int_eq(fstat(fileno(f), &st), 0);
	*size = (size_t)st.st_size;
	unsigned char *all = malloc(*size + 1);
	ck_assert_ptr_nonnull(all);
	ck_assert_uint_eq(fread(all, 1, *size, f), *size);
	(void)fclose(f);
	return all;
}

static bool
run_sox(const struct loop_rig *r, enum convert_format f)
{
	char path[600];
	char command[1000];

	path_of(r, "in", f, path, sizeof path);
	/* mono to two channels that differ; all bits of 24 in use */
	(void)snprintf(command, sizeof command,
		"%s -D %s -t raw -L %s '%s' remix 1v0.7 1v-0.31", SOX,
		RECORDING, sox_encoding[f], path);
	return system(command) == 0;
}

/* S24_LE from S24_3LE, sign in the upper byte; S32 with its 24 upper bits. */
static void
widen(const struct loop_rig *r, enum convert_format f)
{
	char path[600];
	size_t size;

	path_of(r, "in", CONVERT_S24_3, path, sizeof path);
	unsigned char *in = read_all(path, &size);
	path_of(r, "in", f, path, sizeof path);
	FILE *out = fopen(path, "wb");
	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i + 3 <= size; i += 3) {
		uint32_t v = (uint32_t)in[i] << 8 | (uint32_t)in[i + 1] << 16 |
			     (uint32_t)in[i + 2] << 24;
		int32_t s = (int32_t)v;
		if (f == CONVERT_S24) {
			s >>= 8;
		}
		ck_assert_uint_eq(fwrite(&s, 4, 1, out), 1);
	}
	(void)fclose(out);
	free(in);
}

bool
loop_rig_open(struct loop_rig *r)
{
	char here[400];
	char path[600];
	size_t size;

	memset(r, 0, sizeof *r);
	if (SOX[0] == '\0' || access(RECORDING, R_OK) != 0) {
		return false;
	}
	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	(void)snprintf(r->folder, sizeof r->folder, "%s/loop-XXXXXX", here);
	ck_assert_ptr_nonnull(mkdtemp(r->folder));
	ck_assert(run_sox(r, CONVERT_S16));
	ck_assert(run_sox(r, CONVERT_S24_3));
	ck_assert(run_sox(r, CONVERT_FLOAT));
	widen(r, CONVERT_S24);
	widen(r, CONVERT_S32);
	path_of(r, "in", CONVERT_S16, path, sizeof path);
	free(read_all(path, &size));
	r->frames = (uint32_t)(size / (2 * LOOP_CHANNELS));
	return true;
}

void
loop_rig_close(struct loop_rig *r)
{
	char command[600];

	(void)snprintf(command, sizeof command, "rm -rf '%s'", r->folder);
	ck_assert_int_eq(system(command), 0);
}

static void
write_config(const struct loop_rig *r, enum convert_format f)
{
	char path[600];
	const char *name = convert_name(f);

	(void)snprintf(path, sizeof path, "%s/asoundrc", r->folder);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	(void)fprintf(out,
		"pcm.null { type null }\n"
		"pcm.loopin { type file; slave.pcm null; file /dev/null; "
		"format raw; infile \"%s/in.%s\" }\n"
		"pcm.loopout { type file; slave.pcm null; "
		"file \"%s/out.%s\"; format raw }\n",
		r->folder, name, r->folder, name);
	(void)fclose(out);
	ck_assert_int_eq(setenv("ALSA_CONFIG_PATH", path, 1), 0);
}

/* Samples as integers; floats are of 2^24. */
static double
sample_at(enum convert_format f, const unsigned char *at)
{
	uint32_t v = 0;
	float x;

	switch (f) {
	case CONVERT_S16:
		return (double)(int16_t)(at[0] | at[1] << 8);
	case CONVERT_S24_3:
		v = (uint32_t)at[0] << 8 | (uint32_t)at[1] << 16 |
		    (uint32_t)at[2] << 24;
		return (double)((int32_t)v >> 8);
	case CONVERT_FLOAT:
		memcpy(&x, at, 4);
		return (double)x;
	case CONVERT_S24:
	case CONVERT_S32:
	case CONVERT_FORMATS:
		break;
	}
	memcpy(&v, at, 4);
	return (double)(int32_t)v;
}

static uint32_t
gcd(uint32_t a, uint32_t b)
{
	return b == 0 ? a : gcd(b, a % b);
}

static void
compare(const struct loop_rig *r, const struct loop_case *c)
{
	char path[600];
	size_t in_size;
	size_t out_size;
	uint32_t bytes = convert_bytes(c->format);
	size_t frame = (size_t)bytes * LOOP_CHANNELS;
	size_t silence = (size_t)c->period * c->periods + c->block -
			 gcd(c->block, c->period);

	path_of(r, "in", c->format, path, sizeof path);
	unsigned char *in = read_all(path, &in_size);
	path_of(r, "out", c->format, path, sizeof path);
	unsigned char *out = read_all(path, &out_size);
	ck_assert_uint_ge(out_size, silence * frame + in_size);
	/* dither rustles where nothing was rendered by the engine, too */
	for (size_t i = 0; i < (size_t)c->period * c->periods * frame; i++) {
		ck_assert_uint_eq(out[i], 0);
	}
	double worst = 0.0;
	for (size_t i = 0; i < in_size; i += bytes) {
		double half = sample_at(c->format, in + i) / 2.0;
		double want =
			c->format == CONVERT_FLOAT ? half : nearbyint(half);
		double off = fabs(
			sample_at(c->format, out + silence * frame + i) - want);
		worst = off > worst ? off : worst;
	}
	ck_assert_msg(c->dither ? worst <= 2.0 && worst >= 1.0 : worst == 0.0,
		"%s, %u periods of %u: off by %g", convert_name(c->format),
		c->periods, c->period, worst);
	free(in);
	free(out);
}

void
loop_rig_run(struct loop_rig *r, const struct loop_case *c, struct engine *e)
{
	struct alsa_request ask = {
		.playback = "loopout",
		.capture = "loopin",
		.rate = RATE,
		.block = c->block,
		.inputs = LOOP_CHANNELS,
		.outputs = LOOP_CHANNELS,
		.period = c->period,
		.periods = c->periods,
		.format = c->format,
		.dither = c->dither,
	};
	struct clock_pace pace = {.rate = RATE};
	struct alsa_facts facts;
	struct card *card;
	char why[1000];

	write_config(r, c->format);
	int err = alsa_open(&ask, &card, &facts, why, sizeof why);
	ck_assert_msg(err == 0, "%s", why);
	ck_assert_str_eq(why, "");
	ck_assert(!facts.hardware);
	ck_assert(!facts.linked);
	uint64_t end = engine_now(e) + r->frames + c->block;
	ck_assert_int_eq(card_start(card, e, &pace, &clock_real), CARD_RUNS);
	uint64_t last = engine_now(e);
	for (uint64_t i = 0; engine_now(e) < end; i++) {
		ck_assert_int_eq(card_cycle(card, e), CARD_RUNS);
		ck_assert_uint_lt(i, 100000);
	}
	ck_assert_uint_gt(engine_now(e), last);
	card_finish(card, e);
	alsa_close(card);
	compare(r, c);
}
