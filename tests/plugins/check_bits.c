/* SPDX-License-Identifier: MIT */
/*
 * check_bits.c -- the same bits on every machine.
 *
 * Each built-in def is played as music plays it (sound comes in, controls
 * move and stand, segments are cut), and what comes out is hashed.  The hash
 * is that of tests/plugins/bits.tsv: on a Raspberry Pi, on a desktop, with any
 * compiler.  Whoever changes what a def sounds like makes the file anew (make
 * bits) and says so in the CHANGELOG; nobody's recordings change unsaid.
 *
 * BITS_TO=FILE adds the lines to that file instead of comparing.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>
#include <tactus/resources/audio_buffer.h>

#include "thread_flush.h"

#define SEGMENTS 600
#define PORTS    8
#define SOUND    6000 /* frames of the buffer that is bound */

/** What one def does. */
struct play {
	struct harness h;
	uint64_t chance;
	uint64_t hash;
	uint32_t heard;                  /* frames that were not 0 */
	uint32_t left[TACTUS_MAX_PORTS]; /* segments that a ramp goes on */
	float in[PORTS][HARNESS_BLOCK];
	float out[PORTS][HARNESS_BLOCK];
	float frame[SOUND];
	float *channel[1];
	TactusAudioBuffer buffer;
};

/** FNV-1a, 64 bits. */
static void
hash(struct play *p, uint32_t word)
{
	for (int i = 0; i < 4; i++) {
		p->hash ^= word >> (8 * i) & 0xffU;
		p->hash *= 0x100000001b3U;
	}
}

static float
part(struct play *p)
{
	return 0.5f + 0.5f * tactus_random_signed(&p->chance);
}

/** Turn one knob: at once, or on a line. */
static void
turn(struct play *p)
{
	uint32_t i = tactus_random(&p->chance) % p->h.ports;
	const TactusPort *port = &p->h.port[i];
	TactusControl *c = &p->h.control[i];

	if (port->kind != TACTUS_CONTROL) {
		return;
	}
	/* times of a second at the most, or nothing would ever be over */
	float most = strcmp(port->unit, "s") == 0 ? 0.05f : port->maximum;
	float value =
		tactus_clamp(port->minimum + part(p) * (most - port->minimum),
			port->minimum, port->maximum);
	if ((port->flags & (TACTUS_BOOLEAN | TACTUS_TRIGGER)) != 0) {
		value = 1.0f;
	} else if ((port->flags & (TACTUS_INTEGER | TACTUS_ENUM)) != 0) {
		value = most > 1e6f ? port->initial : (float)(int)value;
	}
	p->left[i] = 0;
	if (port->flags == 0 && part(p) < 0.4f) {
		p->left[i] = 1 + tactus_random(&p->chance) % 20;
		c->step = (value - c->value) /
			  (float)(p->left[i] * HARNESS_BLOCK);
	} else {
		*c = (TactusControl){value, 0.0f};
	}
}

/** Move the controls behind a segment, as the engine does. */
static void
move_on(struct play *p, uint32_t frames)
{
	for (uint32_t i = 0; i < p->h.ports; i++) {
		const TactusPort *port = &p->h.port[i];
		TactusControl *c = &p->h.control[i];

		if (port->kind == TACTUS_CONTROL && p->left[i] > 0) {
			c->value =
				tactus_clamp(c->value + (float)frames * c->step,
					port->minimum, port->maximum);
			c->step = --p->left[i] > 0 ? c->step : 0.0f;
		} else if (port->flags == TACTUS_TRIGGER) {
			c->value = 0.0f;
		}
	}
}

static void
open_play(struct play *p, const char *name)
{
	p->hash = 0xcbf29ce484222325U;
	p->chance = tactus_random_seed(7);
	harness_load(&p->h, name, HARNESS_RATE);
	p->h.pool_room = HARNESS_POOLS;
	ck_assert_int_eq(harness_make(&p->h, NULL, 0), 0);
	ck_assert_uint_le(p->h.ins, PORTS);
	ck_assert_uint_le(p->h.outs, PORTS);
	harness_noise(p->frame, SOUND, &p->chance);
	p->channel[0] = p->frame;
	p->buffer = (TactusAudioBuffer){
		sizeof(p->buffer), 1, SOUND, 44100.0, p->channel};
	for (uint32_t i = 0, n = 0; i < p->h.ports; i++) {
		if (p->h.port[i].kind == TACTUS_RESOURCE) {
			if (strcmp(p->h.port[i].resource,
				    TACTUS_AUDIO_BUFFER_URI) == 0) {
				harness_bind(&p->h, n, &p->buffer, 1);
			}
			n++;
		}
	}
}

static void
play(struct play *p)
{
	const float *in[PORTS];
	float *out[PORTS];

	for (int s = 0; s < SEGMENTS; s++) {
		uint32_t cut = tactus_random(&p->chance);
		uint32_t frames = cut % 3 == 0 ? 1 + cut / 3 % HARNESS_BLOCK
					       : HARNESS_BLOCK;
		bool sounds = s % 50 < 40;

		for (uint32_t i = 0; i < PORTS; i++) {
			harness_noise(p->in[i], HARNESS_BLOCK, &p->chance);
			for (uint32_t k = 0; !sounds && k < frames; k++) {
				p->in[i][k] = 0.0f;
			}
			in[i] = p->in[i];
			out[i] = p->out[i];
		}
		turn(p);
		harness_segment(&p->h, in, out, frames);
		move_on(p, frames);
		for (uint32_t i = 0; i < p->h.outs; i++) {
			for (uint32_t k = 0; k < frames; k++) {
				uint32_t bits;
				memcpy(&bits, &p->out[i][k], sizeof bits);
				if (!isfinite(p->out[i][k])) {
					ck_abort_msg(
						"no number at segment %d", s);
				}
				p->heard += p->out[i][k] != 0.0f ? 1 : 0;
				hash(p, bits);
			}
		}
	}
	/* a recorder's sound is in its buffer */
	for (uint32_t k = 0; k < SOUND; k++) {
		uint32_t bits;
		memcpy(&bits, &p->frame[k], sizeof bits);
		hash(p, bits);
	}
	/* what it said, in its order */
	hash(p, p->h.words);
	hash(p, p->h.dones);
	hash(p, p->h.notes);
}

/** Defs that put nothing out here, and why. */
static bool
may_be_silent(const char *name)
{
	static const char *const silent[] = {
		"convolver", /* its resource is another: check_convolver */
		"wavetable", /* the same: check_wavetable */
		"done-after", "recorder", "trigger-to-message", /* no output */
		NULL};

	for (int i = 0; silent[i] != NULL; i++) {
		if (strcmp(silent[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/** The hash that the file has. @return false: none */
static bool
look_up(const char *name, uint64_t *hash)
{
	char line[128];
	bool found = false;
	FILE *f = fopen(BITS_FILE, "re");

	ck_assert_msg(f != NULL, "%s cannot be read", BITS_FILE);
	while (!found && fgets(line, sizeof line, f) != NULL) {
		size_t n = strlen(name);
		if (strncmp(line, name, n) == 0 && line[n] == '\t') {
			*hash = strtoull(line + n + 1, NULL, 16);
			found = true;
		}
	}
	fclose(f);
	return found;
}

START_TEST(a_def_has_the_same_bits_on_every_machine)
{
	static struct play p;
	const char *name = harness_names[_i];
	const char *to = getenv("BITS_TO");
	uint64_t ought = 0;

	thread_flush_denormals();
	open_play(&p, name);
	play(&p);
	ck_assert_msg(p.heard > 1000 || may_be_silent(name),
		"%s was heard in %u frames: too few to tell", name, p.heard);
	if (to != NULL) {
		FILE *f = fopen(to, "ae");
		ck_assert_ptr_nonnull(f);
		fprintf(f, "%s\t%016llx\n", name, (unsigned long long)p.hash);
		fclose(f);
	} else {
		ck_assert_msg(look_up(name, &ought),
			"%s is not in bits.tsv: make bits", name);
		ck_assert_msg(p.hash == ought,
			"%s: %016llx, %016llx in bits.tsv: it sounds otherwise "
			"than before, or than elsewhere.  If it should: make "
			"bits, and say so in the CHANGELOG",
			name, (unsigned long long)p.hash,
			(unsigned long long)ought);
	}
	harness_close(&p.h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/bits");
	TCase *tc = tcase_create("bits");
	int defs = 0;

	while (harness_names[defs] != NULL) {
		defs++;
	}
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, a_def_has_the_same_bits_on_every_machine, 0, defs);
	suite_add_tcase(s, tc);
	return s;
}
