/* SPDX-License-Identifier: MIT */
/*
 * mangle.c -- see mangle.h.
 */
#include "mangle.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "osc_write.h"

#define NODES 40 /* ids are below, so that many commands meet their node */

uint32_t
mangle_below(struct mangle *m, uint32_t n)
{
	/* Marsaglia's xorshift64 */
	m->state ^= m->state << 13;
	m->state ^= m->state >> 7;
	m->state ^= m->state << 17;
	return (uint32_t)(((m->state >> 32) * n) >> 32);
}

static const char *const defs[] = {"sine", "saw", "pulse", "noise",
	"patch-cable", "gain", "pan", "mixer", "filter", "asr-envelope", "adsr",
	"lfo", "done-after", "trigger-to-message", "memory", "refusal",
	"impulse", "urn:tactus:synthdef:sine:1", "nothing"};
static const char *const ports[] = {"freq", "amp", "out", "in", "gain",
	"cutoff", "gate", "trigger", "time", "out0", "in3", "nothing", ""};

#define PICK(m, list) \
  (list)[mangle_below((m), (uint32_t)(sizeof(list) / sizeof *(list)))]

static int32_t
node(struct mangle *m)
{
	static const int32_t odd[] = {
		0, -1, -2, 1023, 1024, INT32_MAX, INT32_MIN};

	return mangle_below(m, 20) == 0 ? PICK(m, odd)
					: (int32_t)mangle_below(m, NODES);
}

static float
number(struct mangle *m)
{
	static const float odd[] = {
		0.0F, -0.0F, 1e30F, -1e30F, 1e-40F, 3.4e38F};

	return mangle_below(m, 8) == 0
		       ? PICK(m, odd)
		       : (float)mangle_below(m, 100000) / 100.0F;
}

static void
put_port(struct mangle *m, struct osc_out *o)
{
	if (mangle_below(m, 2) == 0) {
		osc_put_string(o, PICK(m, ports));
	} else {
		osc_put_int(o, (int32_t)mangle_below(m, 6) - 1);
	}
}

static void
put_values(struct mangle *m, struct osc_out *o)
{
	for (uint32_t n = mangle_below(m, 4); n > 0; n--) {
		put_port(m, o);
		switch (mangle_below(m, 4)) {
		case 0:
			osc_put_array(o);
			osc_put_float(o, number(m));
			osc_put_float(o, (float)mangle_below(m, 100) / 1e3F);
			osc_end_array(o);
			break;
		case 1:
			osc_put_int(o, (int32_t)mangle_below(m, 1000));
			break;
		case 2:
			osc_put_double(o, (double)number(m));
			break;
		default:
			osc_put_float(o, number(m));
			break;
		}
	}
}

static void
put_synth(struct mangle *m, struct osc_out *o)
{
	osc_put_string(o, PICK(m, defs));
	osc_put_int(o, node(m));
	osc_put_int(o, mangle_below(m, 2) == 0 ? 0 : node(m));
	osc_put_int(o, (int32_t)mangle_below(m, 4));
	if (mangle_below(m, 3) == 0) {
		return;
	}
	osc_put_array(o);
	for (uint32_t n = mangle_below(m, 3); n > 0; n--) {
		osc_put_float(o, number(m));
	}
	osc_end_array(o);
	if (mangle_below(m, 2) == 0) {
		static const char *const options[] = {"channels", "inputs",
			"seed", "bytes", "code", "nothing"};
		osc_put_array(o);
		osc_put_string(o, PICK(m, options));
		osc_put_int(o, (int32_t)mangle_below(m, 5000) - 10);
		osc_end_array(o);
	}
}

/** The commands that take a node's id first, and what follows it. */
static const struct {
	const char *address;
	const char *more; /* i a small int, f a number, p a port, v values,
			     k a key, n a node, g flags */
} commands[] = {
	{"/synth/activate",               ""   },
	{"/synth/activate",               ""   },
	{"/synth/map/input",              "pig"},
	{"/synth/map/output",             "pig"},
	{"/synth/map/output",             "pig"},
	{"/synth/map/control",            "pig"},
	{"/synth/property/doneFlags/set", "g"  },
	{"/node/free",                    ""   },
	{"/node/release",                 "f"  },
	{"/node/set",                     "v"  },
	{"/node/set",                     "v"  },
	{"/node/move",                    "ni" },
	{"/node/run",                     "i"  },
	{"/node/name",                    "k"  },
	{"/node/query",                   ""   },
	{"/node/tree",                    ""   },
	{"/group/new",                    "ni" },
	{"/group/new",                    "ni" },
	{"/group/freeAll",                ""   },
	{"/notify",		       ""   },
	{"/sync",			 ""   },
	{"/mute",			 ""   },
	{"/meter",			"f"  },
	{"/dump",			 ""   },
	{"/log/level",                    "k"  },
	{"/def/query",                    "k"  },
};

static void
put_more(struct mangle *m, struct osc_out *o, const char *more)
{
	static const char *const keys[] = {
		"a", "b", "", "drone", "sine", "err", "a b", "/"};

	for (; *more != '\0'; more++) {
		switch (*more) {
		case 'i':
			osc_put_int(o, (int32_t)mangle_below(m, 6) - 1);
			break;
		case 'g':
			osc_put_int(o, (int32_t)mangle_below(m, 70));
			break;
		case 'f':
			osc_put_float(o, (float)mangle_below(m, 60) / 1e3F);
			break;
		case 'n':
			osc_put_int(o, node(m));
			break;
		case 'p':
			put_port(m, o);
			break;
		case 'v':
			put_values(m, o);
			break;
		default:
			osc_put_string(o, PICK(m, keys));
			break;
		}
	}
}

void
mangle_command(struct mangle *m, struct packet *p)
{
	static const char *const plain[] = {"/version", "/status", "/stats",
		"/time", "/node/tree", "/node/tree/statistics", "/def/list",
		"/nothing", "/x"};
	struct osc_out o;
	uint32_t what = mangle_below(m, 100);

	if (what < 25) {
		osc_begin(&o, p->data, sizeof p->data, "/synth/new");
		put_synth(m, &o);
	} else if (what < 30) {
		osc_begin(&o, p->data, sizeof p->data, PICK(m, plain));
	} else if (what < 31) {
		osc_begin(&o, p->data, sizeof p->data, "/clear");
	} else {
		uint32_t n = mangle_below(
			m, (uint32_t)(sizeof commands / sizeof commands[0]));
		osc_begin(&o, p->data, sizeof p->data, commands[n].address);
		osc_put_int(&o, node(m));
		put_more(m, &o, commands[n].more);
	}
	p->size = osc_end(&o);
	ck_assert_uint_gt(p->size, 0);
}

static uint64_t
tag(struct mangle *m)
{
	switch (mangle_below(m, 6)) {
	case 0:
		return mangle_below(m, 2);
	case 1: /* late */
		return m->now - ((uint64_t)mangle_below(m, 1 << 20) << 12);
	case 2: /* any time */
		return mangle_below(m, 40) == 0 ? m->state : OSC_NOW;
	default: /* soon */
		return m->now + ((uint64_t)mangle_below(m, 1 << 16) << 12);
	}
}

static void
bundle(struct mangle *m, struct packet *p)
{
	static struct packet one;
	static struct packet nested;

	packet_bundle(p, tag(m));
	for (uint32_t n = mangle_below(m, 6); n > 0; n--) {
		mangle_command(m, &one);
		if (mangle_below(m, 5) == 0) {
			packet_bundle(&nested, tag(m));
			packet_add_packet(&nested, &one);
			packet_add_packet(p, &nested);
		} else {
			packet_add_packet(p, &one);
		}
	}
}

static void
spoil(struct mangle *m, struct packet *p)
{
	for (uint32_t n = 1 + mangle_below(m, 3); n > 0; n--) {
		uint32_t at = mangle_below(m, (uint32_t)p->size);
		switch (mangle_below(m, 6)) {
		case 0: /* one bit */
			p->data[at] ^= (uint8_t)(1U << mangle_below(m, 8));
			break;
		case 1: /* one byte */
			p->data[at] = (uint8_t)mangle_below(m, 256);
			break;
		case 2: /* cut */
			p->size = at > 0 ? at : 1;
			break;
		case 3: /* cut to a whole word */
			p->size = at >= 4 ? at / 4 * 4 : p->size;
			break;
		case 4: /* some bytes twice */
			if (p->size + 16 < 2048 && at + 16 <= p->size) {
				memmove(p->data + at + 16, p->data + at,
					p->size - at);
				p->size += 16;
			}
			break;
		default: /* a type for another */
			p->data[at] = (uint8_t) "ifsbhdtTFNI[],/#"[mangle_below(
				m, 16)];
			break;
		}
	}
}

void
mangle_packet(struct mangle *m, struct packet *p)
{
	static struct packet inside;

	switch (mangle_below(m, 12)) {
	case 0: /* noise */
		p->size = 4 + 4 * (size_t)mangle_below(m, 64);
		for (size_t i = 0; i < p->size; i++) {
			p->data[i] = (uint8_t)mangle_below(m, 256);
		}
		break;
	case 1:
	case 2:
		bundle(m, p);
		break;
	case 3:
		bundle(m, p);
		spoil(m, p);
		break;
	case 4:
		mangle_command(m, &inside);
		packet_at(p, m->sample + (int64_t)mangle_below(m, 9600) - 4800,
			&inside);
		break;
	case 5:
	case 6:
		mangle_command(m, p);
		spoil(m, p);
		break;
	default:
		mangle_command(m, p);
		break;
	}
}
