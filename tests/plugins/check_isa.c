/* SPDX-License-Identifier: MIT */
/*
 * check_isa.c -- the same bits on every kind of processor, at any count.
 *
 * What the machine's own processor cannot run is skipped, and said to be.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>
#include <tactus/math.h>

#include "isa.h"

#define MOST     32 /* instances */
#define SEGMENTS 400
#define PORTS    4 /* of each direction, at most */
#define CONTROLS 16

struct kind {
	const char *name;
	const TactusPlugin *(*entry[3])(const TactusHost *host);
};

/* clang-format off */
#define KIND(name) {#name, {name##_base, name##_avx2, name##_v4}},
static const struct kind kinds[] = {ISA_PLUGINS(KIND)};
#undef KIND
/* clang-format on */

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

/** Some instances of one def. */
struct crowd {
	struct harness_host nrt;
	const TactusSynthDef *def;
	TactusWorld world;
	TactusSynth synth[MOST];
	void *self[MOST];
	TactusControl control[MOST][CONTROLS];
	const float *in[MOST][PORTS];
	float *out[MOST][PORTS];
	float heard[MOST][PORTS][HARNESS_BLOCK];
	float said[MOST][PORTS][HARNESS_BLOCK];
	TactusPort port[CONTROLS + 2 * PORTS];
	uint32_t ports;
	uint32_t outs;
};

static bool
can(int isa)
{
	switch (isa) {
	case 0:
		return true;
	case 1:
		return __builtin_cpu_supports("avx2");
	default:
		return __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512cd") &&
		       __builtin_cpu_supports("avx512dq") &&
		       __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("bmi2");
	}
}

static struct crowd *
crowd_open(const TactusPlugin *(*entry)(const TactusHost *host))
{
	struct crowd *c = calloc(1, sizeof(*c));

	harness_host_init(&c->nrt, HARNESS_RATE);
	ck_assert_ptr_nonnull(entry(&c->nrt.host));
	c->def = c->nrt.synth[0];
	c->world = (TactusWorld){.size = sizeof(c->world),
		.block = HARNESS_BLOCK,
		.rate = HARNESS_RATE};
	c->ports = tactus_def_ports(c->def, NULL);
	for (uint32_t i = 0; i < c->ports; i++) {
		c->port[i].size = sizeof(c->port[i]);
		tactus_def_port(&c->nrt.host, c->def, NULL, i, &c->port[i]);
		c->outs += c->port[i].kind == TACTUS_AUDIO &&
			   c->port[i].direction == TACTUS_OUTPUT;
	}
	for (uint32_t k = 0; k < MOST; k++) {
		size_t bytes = (c->def->instance_bytes + 63) / 64 * 64;

		for (uint32_t p = 0; p < PORTS; p++) {
			c->in[k][p] = c->heard[k][p];
			c->out[k][p] = c->said[k][p];
		}
		c->self[k] = aligned_alloc(64, bytes);
		memset(c->self[k], 0, bytes);
		c->synth[k] = (TactusSynth){.self = c->self[k],
			.controls = c->control[k],
			.in = c->in[k],
			.out = c->out[k],
			.id = (int32_t)k + 1};
		if (c->def->construct) {
			ck_assert_int_eq(c->def->construct(
						 &c->world, NULL, &c->synth[k]),
				0);
		}
	}
	return c;
}

static void
crowd_close(struct crowd *c)
{
	for (uint32_t k = 0; k < MOST; k++) {
		if (c->def->destroy) {
			c->def->destroy(&c->world, &c->synth[k]);
		}
		free(c->self[k]);
	}
	harness_host_close(&c->nrt);
	free(c);
}

/** What is hard to hear. */
static float
odd(uint64_t *random)
{
	static const float odds[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f,
		0x1.93e592p+99f, 3e38f, 1e-40f, -1e-40f, 0.0f, -0.0f, 1e-30f};

	return odds[tactus_random(random) % (sizeof(odds) / sizeof(*odds))];
}

/** Turn some knobs, and fill what is heard; everywhere in the same way. */
static void
crowd_turn(struct crowd *c, uint64_t *random, uint32_t frames)
{
	for (uint32_t k = 0; k < MOST; k++) {
		for (uint32_t i = 0; i < c->ports; i++) {
			const TactusPort *p = &c->port[i];
			float span = p->maximum - p->minimum;
			uint32_t what = tactus_random(random) % 16;

			if (p->kind != TACTUS_CONTROL) {
				continue;
			}
			float a = 0.5f + 0.5f * tactus_random_signed(random);
			float b = 0.5f + 0.5f * tactus_random_signed(random);
			TactusControl *to = &c->control[k][i];
			to->step = 0.0f;
			if (what < 3) {
				/* low values, of which there are most */
				to->value = p->minimum + a * a * a * span;
			} else if (what == 3) {
				to->value = a < 0.5f ? p->minimum : p->maximum;
			} else if (what < 6 && p->flags == 0) {
				to->value = p->minimum + a * span;
				to->step = (b - a) * span / (float)frames;
			}
			if (p->flags == TACTUS_ENUM) {
				to->value = (float)(int)to->value;
			}
		}
		for (uint32_t p = 0; p < PORTS; p++) {
			harness_noise(c->heard[k][p], HARNESS_BLOCK, random);
			if (tactus_random(random) % 8 == 0) {
				c->heard[k][p][tactus_random(random) % frames] =
					odd(random);
			}
		}
	}
}

/** One segment: one by one, or so many at a time. */
static void
crowd_run(struct crowd *c, uint32_t many, uint32_t frames)
{
	TactusSynth *some[MOST];

	for (uint32_t k = 0; k < MOST; k++) {
		some[k] = &c->synth[k];
	}
	for (uint32_t k = 0; k < MOST; k += many) {
		uint32_t n = MOST - k < many ? MOST - k : many;

		if (n == 1 || !c->def->process_many) {
			for (uint32_t i = 0; i < n; i++) {
				c->def->process(&c->world, some[k + i], frames);
			}
		} else {
			c->def->process_many(&c->world, &some[k], n, frames);
		}
	}
}

static uint32_t
bits_of(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

/** The bits of two crowds of one def, one of them one by one. */
static void
compare(const struct kind *kind, int isa)
{
	struct crowd *one = crowd_open(kind->entry[0]);
	struct crowd *two = crowd_open(kind->entry[isa]);
	uint64_t random = 91;
	uint32_t sounds = 0;

	for (int s = 0; s < SEGMENTS; s++) {
		uint64_t same = random;
		uint32_t cut = tactus_random(&same);
		uint32_t frames = cut % 4 == 0 ? HARNESS_BLOCK
					       : 1 + cut / 4 % HARNESS_BLOCK;
		uint32_t many = 1 + tactus_random(&same) % MOST;

		random = same;
		crowd_turn(one, &random, frames);
		random = same;
		crowd_turn(two, &random, frames);
		crowd_run(one, 1, frames);
		crowd_run(two, many, frames);
		for (uint32_t k = 0; k < MOST; k++) {
			for (uint32_t i = 0; i < one->outs * frames; i++) {
				float x = one->said[k][i / frames][i % frames];
				float y = two->said[k][i / frames][i % frames];

				sounds += x != 0.0f;
				ck_assert_msg(bits_of(x) == bits_of(y),
					"%s: segment %d, synth %u of %u, "
					"frame %u of %u: %a, not %a",
					kind->name, s, k, many, i, frames,
					(double)y, (double)x);
			}
		}
	}
	ck_assert_uint_gt(sounds, SEGMENTS * MOST);
	crowd_close(two);
	crowd_close(one);
}

static void
compare_all(int isa, const char *name)
{
	if (!can(isa)) {
		printf("skipped: this processor has no %s\n", name);
		return;
	}
	for (int i = 0; i < KINDS; i++) {
		compare(&kinds[i], isa);
	}
}

START_TEST(many_give_the_bits_of_one_by_one_on_the_baseline)
{
	compare_all(0, "SSE2");
}
END_TEST

START_TEST(avx2_gives_the_bits_of_the_baseline)
{
	compare_all(1, "AVX2");
}
END_TEST

START_TEST(avx512_gives_the_bits_of_the_baseline)
{
	compare_all(2, "AVX-512");
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/isa");
	TCase *tc = tcase_create("isa");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, many_give_the_bits_of_one_by_one_on_the_baseline);
	tcase_add_test(tc, avx2_gives_the_bits_of_the_baseline);
	tcase_add_test(tc, avx512_gives_the_bits_of_the_baseline);
	suite_add_tcase(s, tc);
	return s;
}
