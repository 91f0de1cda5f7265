/* SPDX-License-Identifier: MIT */
/*
 * check_card.c -- one card's cycle over a scripted PCM, in virtual time.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "fake_engine.h"
#include "fake_pcm.h"

#define RATE 48000

struct rig {
	struct fake_pcm *pcm;
	struct engine *engine;
	struct card *card;
	struct clock_ops time;
	struct clock_pace pace;
	uint64_t first; /* sample at start */
	int64_t start_boot_ns;
	uint32_t reopened; /* times that it was broken */
};

static void
rig_open(struct rig *r, struct fake_pcm *p, uint32_t block, uint32_t periods)
{
	struct card_config config = fake_pcm_config(p, block, periods);

	memset(r, 0, sizeof *r);
	r->pcm = p;
	r->engine = fake_engine(p->rate, block, p->channels[CARD_CAPTURE],
		p->channels[CARD_PLAYBACK]);
	r->time = fake_pcm_time(p);
	r->pace.rate = p->rate;
	ck_assert_int_eq(card_open(&config, &fake_pcm_ops, p, &r->card), 0);
}

static void
rig_start(struct rig *r)
{
	ck_assert_int_eq(
		card_start(r->card, r->engine, &r->pace, &r->time), CARD_RUNS);
	r->first = r->engine->now;
	r->start_boot_ns = r->pcm->now_ns + r->pcm->slept_ns;
}

/* Broken cards are started anew, as when they are closed and opened. */
static void
rig_run(struct rig *r, uint64_t frames)
{
	uint64_t end = r->engine->now + frames;

	/* a cycle may move nothing, but not for ever */
	for (uint64_t i = 0; r->engine->now < end; i++) {
		enum card_verdict v = card_cycle(r->card, r->engine);
		ck_assert_int_ne(v, CARD_GONE);
		if (v == CARD_BROKEN) {
			r->reopened++;
			ck_assert_int_eq(card_start(r->card, r->engine,
						 &r->pace, &r->time),
				CARD_RUNS);
		}
		ck_assert_uint_lt(i, frames + 100000);
	}
}

static void
rig_close(struct rig *r)
{
	card_close(r->card);
	free(r->engine);
	fake_pcm_close(r->pcm);
}

/* The sample clock, against the time that went by since start. */
static double
clock_error(const struct rig *r)
{
	double ns =
		(double)(r->pcm->now_ns + r->pcm->slept_ns - r->start_boot_ns);

	return (double)(r->engine->now - r->first) - ns * 1e-9 * RATE;
}

/* What was played, without the silence in front, counts up by one. */
static void
check_ramp(const struct fake_pcm *p, uint32_t silence, uint32_t least)
{
	uint32_t i = 0;

	for (; i < silence; i++) {
		ck_assert(p->kept[i] == 0.0F);
	}
	ck_assert_uint_ge(p->kept_frames, silence + least);
	float first = p->kept[i] * 16777216.0F;
	for (; i < p->kept_frames; i++) {
		ck_assert_int_eq((int)(p->kept[i] * 16777216.0F),
			(int)first + (int)(i - silence));
	}
}

static uint32_t
gcd(uint32_t a, uint32_t b)
{
	return b == 0 ? a : gcd(b, a % b);
}

static const struct {
	uint32_t block, period, periods;
} sizes[] = {
	{64,  64,   2},
	{64,  128,  2},
	{64,  1024, 2},
	{64,  65,   2},
	{64,  100,  3},
	{64,  97,   4},
	{64,  441,  2},
	{64,  16,   4},
	{16,  16,   2},
	{16,  17,   3},
	{48,  64,   2},
	{7,   16,   2},
	{256, 240,  2},
	{64,  1023, 3},
	{1,   16,   2},
	{128, 192,  2},
	{100, 441,  4},
};
#define SIZES ((int)(sizeof sizes / sizeof sizes[0]))

START_TEST(card_loops_every_frame_through_in_order_for_any_period_and_block)
{
	uint32_t block = sizes[_i].block;
	uint32_t period = sizes[_i].period;
	struct fake_pcm *p =
		fake_pcm_open(RATE, period, sizes[_i].periods, 2, 2);
	struct rig r;

	p->planar = _i % 2 == 1;
	rig_open(&r, p, block, sizes[_i].periods);
	rig_start(&r);
	rig_run(&r, 20000);
	ck_assert_uint_eq(r.engine->xruns, 0);
	ck_assert_uint_eq(r.engine->lost, 0);
	/* period * periods, and what makes a block always complete */
	uint32_t ahead = block - gcd(block, period);
	check_ramp(p, period * sizes[_i].periods + ahead, 19000);
	ck_assert_int_eq((int)(p->kept[period * sizes[_i].periods + ahead] *
				 16777216.0F),
		1);
	rig_close(&r);
}
END_TEST

START_TEST(card_plays_alone)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 100, 3, 0, 2);
	struct rig r;

	rig_open(&r, p, 64, 3);
	r.engine->gain = -1.0F;
	rig_start(&r);
	rig_run(&r, 20000);
	ck_assert_uint_eq(r.engine->xruns, 0);
	check_ramp(p, 300, 19000);
	rig_close(&r);
}
END_TEST

START_TEST(card_captures_alone)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 100, 3, 2, 0);
	struct rig r;

	rig_open(&r, p, 64, 3);
	rig_start(&r);
	rig_run(&r, 20000);
	ck_assert_uint_eq(r.engine->xruns, 0);
	ck_assert_int_ge((int)p->appl[CARD_CAPTURE], 20000);
	ck_assert_double_eq_tol(clock_error(&r), 0.0, 100.0 + 64.0);
	rig_close(&r);
}
END_TEST

START_TEST(card_uses_no_more_of_a_large_buffer_than_was_asked_for)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct rig r;

	p->buffer = 4096;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	for (int i = 0; i < 200; i++) {
		ck_assert_int_eq(card_cycle(r.card, r.engine), CARD_RUNS);
		int64_t filled =
			p->buffer -
			(p->now_ns - p->started_ns) * RATE / 1000000000 -
			p->buffer + p->appl[CARD_PLAYBACK];
		ck_assert_int_le((int)filled, 256);
		ck_assert_int_gt((int)filled, 0);
	}
	ck_assert_uint_eq(r.engine->xruns, 0);
	rig_close(&r);
}
END_TEST

START_TEST(extra_channels_of_the_card_are_silent_and_missing_ones_are_dropped)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 1, 4);
	struct card_config config = fake_pcm_config(p, 64, 2);
	struct rig r;

	rig_open(&r, p, 64, 2);
	card_close(r.card);
	config.inputs = 3;
	config.outputs = 2;
	r.engine->config.inputs = 3;
	r.engine->config.outputs = 2;
	r.engine->gain = -1.0F;
	ck_assert_int_eq(card_open(&config, &fake_pcm_ops, p, &r.card), 0);
	rig_start(&r);
	rig_run(&r, 1000);
	const float *memory =
		(const float *)(const void *)p->memory[CARD_PLAYBACK];
	for (uint32_t i = 0; i < p->buffer; i++) {
		ck_assert(memory[(size_t)i * 4] != 0.0F);
		ck_assert(memory[(size_t)i * 4 + 1] != 0.0F);
		ck_assert(memory[(size_t)i * 4 + 2] == 0.0F);
		ck_assert(memory[(size_t)i * 4 + 3] == 0.0F);
	}
	rig_close(&r);
}
END_TEST

START_TEST(card_refuses_configurations_that_cannot_be)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct card_config good = fake_pcm_config(p, 64, 2);
	struct card *card;

	for (int i = 0; i < 7; i++) {
		struct card_config c = good;
		c.side[0].open = i != 0 && c.side[0].open;
		c.side[1].open = i != 0 && c.side[1].open;
		c.period = i == 1 ? 0 : c.period;
		c.block = i == 2 ? 0 : c.block;
		c.rate = i == 3 ? 0 : c.rate;
		c.periods = i == 4 ? 3 : c.periods;
		c.side[0].channels = i == 5 ? 65 : c.side[0].channels;
		c.inputs = i == 6 ? 65 : c.inputs;
		ck_assert_int_eq(
			card_open(&c, &fake_pcm_ops, p, &card), -EINVAL);
	}
	fake_pcm_close(p);
}
END_TEST

START_TEST(moments_lie_on_the_cards_own_line_however_late_the_wakes_are)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 4, 2, 2);
	struct rig r;

	p->stamps = _i == 0;
	p->jitter_ns = 3000000;
	p->skew = 1e-4;
	rig_open(&r, p, 64, 4);
	rig_start(&r);
	rig_run(&r, 100000);
	ck_assert_uint_eq(r.engine->xruns, 0);
	double rate = RATE * (1.0 + p->skew);
	for (uint32_t i = 0; i < r.engine->moments; i++) {
		const struct fake_moment *m = &r.engine->moment[i];
		double due =
			(double)p->started_ns +
			((double)(m->sample - r.first) + 128.0) * 1e9 / rate;
		ck_assert(!m->exact);
		/* two samples: positions are whole frames */
		ck_assert_double_eq_tol((double)m->ns, due, 45000.0);
	}
	rig_close(&r);
}
END_TEST

/* One fault each; what it strikes, and when. */
static const struct {
	enum fake_call call;
	enum fake_fault fault;
	int value;
	enum xrun_cause cause; /* XRUN_DEVICE + 1: none is told */
} faults[] = {
	{FAKE_WAIT,   FAKE_XRUN,    -EPIPE,    XRUN_DEVICE    },
	{FAKE_WAIT,   FAKE_ERROR,   -EPIPE,    XRUN_DEVICE    },
	{FAKE_WAIT,   FAKE_ERROR,   -EIO,      XRUN_DEVICE    },
	{FAKE_WAIT,   FAKE_ERROR,   -EAGAIN,   XRUN_DEVICE + 1},
	{FAKE_WAIT,   FAKE_ERROR,   -EINTR,    XRUN_DEVICE + 1},
	{FAKE_WAIT,   FAKE_SUSPEND, -ESTRPIPE, XRUN_SUSPEND   },
	{FAKE_WAIT,   FAKE_FREEZE,  0,         XRUN_STALLED   },
	{FAKE_WAIT,   FAKE_DELAY,   50000,     XRUN_WOKE_LATE },
	{FAKE_AVAIL,  FAKE_XRUN,    -EPIPE,    XRUN_DEVICE    },
	{FAKE_AVAIL,  FAKE_ERROR,   -EPIPE,    XRUN_DEVICE    },
	{FAKE_AVAIL,  FAKE_ERROR,   -EIO,      XRUN_DEVICE    },
	{FAKE_AVAIL,  FAKE_ERROR,   -EBADFD,   XRUN_DEVICE    },
	{FAKE_AVAIL,  FAKE_SUSPEND, -ESTRPIPE, XRUN_SUSPEND   },
	{FAKE_AVAIL,  FAKE_FREEZE,  0,         XRUN_STALLED   },
	{FAKE_BEGIN,  FAKE_XRUN,    -EPIPE,    XRUN_DEVICE    },
	{FAKE_BEGIN,  FAKE_ERROR,   -EIO,      XRUN_DEVICE    },
	{FAKE_BEGIN,  FAKE_ERROR,   -EAGAIN,   XRUN_DEVICE + 1},
	{FAKE_BEGIN,  FAKE_SUSPEND, -ESTRPIPE, XRUN_SUSPEND   },
	{FAKE_BEGIN,  FAKE_SHORT,   0,         XRUN_DEVICE + 1},
	{FAKE_BEGIN,  FAKE_SHORT,   1,         XRUN_DEVICE + 1},
	{FAKE_BEGIN,  FAKE_SHORT,   7,         XRUN_DEVICE + 1},
	{FAKE_BEGIN,  FAKE_FREEZE,  0,         XRUN_STALLED   },
	{FAKE_BEGIN,  FAKE_DELAY,   20000,     XRUN_DSP       },
	{FAKE_COMMIT, FAKE_XRUN,    -EPIPE,    XRUN_DEVICE    },
	{FAKE_COMMIT, FAKE_ERROR,   -EIO,      XRUN_DEVICE    },
	{FAKE_COMMIT, FAKE_ERROR,   -EAGAIN,   XRUN_DEVICE + 1},
	{FAKE_COMMIT, FAKE_SUSPEND, -ESTRPIPE, XRUN_SUSPEND   },
	{FAKE_COMMIT, FAKE_SHORT,   0,         XRUN_DEVICE + 1},
	{FAKE_COMMIT, FAKE_SHORT,   1,         XRUN_DEVICE + 1},
	{FAKE_COMMIT, FAKE_SHORT,   13,        XRUN_DEVICE + 1},
	{FAKE_COMMIT, FAKE_FREEZE,  0,         XRUN_STALLED   },
};
#define FAULTS ((int)(sizeof faults / sizeof faults[0]))

/* Each fault, early and late, once and three times, in four set-ups. */
#define SCRIPTS (FAULTS * 2 * 4)

START_TEST(card_survives_a_scripted_fault_with_a_true_clock_of_samples)
{
	int which = _i % FAULTS;
	uint32_t times = _i / FAULTS % 2 == 0 ? 1 : 3;
	int setup = _i / FAULTS / 2;
	struct fake_step step = {faults[which].call, setup % 2 == 0 ? 40 : 141,
		times, faults[which].fault, faults[which].value};
	struct fake_pcm *p = fake_pcm_open(RATE, setup % 2 == 0 ? 128 : 100,
		setup < 2 ? 2 : 4, setup == 3 ? 0 : 2, 2);
	struct rig r;

	p->script = &step;
	p->steps = 1;
	p->planar = setup == 2;
	rig_open(&r, p, 64, setup < 2 ? 2 : 4);
	r.engine->gain = setup == 3 ? -1.0F : 1.0F;
	rig_start(&r);
	rig_run(&r, 100000);
	ck_assert_uint_eq(p->fired, times);
	/* one fault never costs the card */
	ck_assert_uint_eq(r.reopened, times == 1 ? 0 : r.reopened);
	ck_assert_uint_le(r.reopened, 1);
	/* the clock of samples: true to what the card holds */
	ck_assert_double_eq_tol(clock_error(&r), 0.0, 2.0 * p->buffer);
	/* sound goes on: the last period was rendered, not lost */
	uint32_t last = p->kept_frames - 1;
	ck_assert(p->kept[last] > 0.0F);
	ck_assert(p->kept[last] == p->kept[last - 1] + 1.0F / 16777216.0F);
	if (faults[which].cause > XRUN_DEVICE) {
		ck_assert_uint_eq(r.engine->lost, 0);
		check_ramp(p,
			p->period * (setup < 2 ? 2 : 4) +
				(setup == 3 ? 0 : 64 - gcd(64, p->period)),
			90000);
	} else if (times == 1) {
		ck_assert_uint_eq(r.engine->xruns, 1);
		ck_assert_int_eq(r.engine->xrun[0].cause, faults[which].cause);
		ck_assert_uint_eq(r.engine->xrun[0].lost, r.engine->lost);
	}
	rig_close(&r);
}
END_TEST

START_TEST(a_lost_second_is_added_to_the_clock_of_samples)
{
	struct fake_step step = {FAKE_WAIT, 100, 1, FAKE_DELAY, 1000000};
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct rig r;

	p->script = &step;
	p->steps = 1;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	rig_run(&r, 100000);
	ck_assert_uint_eq(r.engine->xruns, 1);
	ck_assert_int_eq(r.engine->xrun[0].cause, XRUN_WOKE_LATE);
	/* a second, and the period that it takes to begin anew */
	ck_assert_uint_ge(r.engine->lost, 48000 - 256);
	ck_assert_uint_le(r.engine->lost, 48000 + 256);
	ck_assert_double_eq_tol(clock_error(&r), 0.0, 256.0);
	/* readers of the moment are told that the line is another */
	uint32_t n = r.engine->moments;
	ck_assert_uint_ne(
		r.engine->moment[0].epoch, r.engine->moment[n - 1].epoch);
	rig_close(&r);
}
END_TEST

START_TEST(time_in_suspend_is_added_and_told_as_such)
{
	struct fake_step step[] = {
		{FAKE_WAIT,   100, 1, FAKE_SUSPEND, -ESTRPIPE            },
		{FAKE_RESUME, 0,   1, FAKE_ERROR,   _i == 0 ? 0 : -ENOSYS},
	};
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct rig r;

	p->script = step;
	p->steps = 2;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	while (p->calls[FAKE_WAIT] < 100) {
		ck_assert_int_eq(card_cycle(r.card, r.engine), CARD_RUNS);
	}
	p->slept_ns = 60000000000;
	rig_run(&r, 48000 * 60 + 50000);
	ck_assert_uint_eq(r.engine->xruns, 1);
	ck_assert_int_eq(r.engine->xrun[0].cause, XRUN_SUSPEND);
	ck_assert(r.engine->xrun[0].late_ns >= 60000000000);
	ck_assert_uint_ge(r.engine->lost, 48000 * 60 - 256);
	ck_assert_double_eq_tol(clock_error(&r), 0.0, 256.0);
	ck_assert_uint_eq(p->calls[FAKE_PREPARE], _i == 0 ? 1 : 2);
	rig_close(&r);
}
END_TEST

START_TEST(an_unplugged_card_is_given_back_at_any_call)
{
	struct fake_step step = {
		(enum fake_call)_i, 60, 1, FAKE_UNPLUG, -ENODEV};
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	enum card_verdict verdict = CARD_RUNS;
	struct rig r;

	p->script = &step;
	p->steps = 1;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	for (int i = 0; i < 1000 && verdict == CARD_RUNS; i++) {
		verdict = card_cycle(r.card, r.engine);
	}
	ck_assert_int_eq(verdict, CARD_GONE);
	ck_assert_int_eq(card_error(r.card), -ENODEV);
	ck_assert_double_eq_tol(clock_error(&r), 0.0, 512.0);
	rig_close(&r);
}
END_TEST

START_TEST(recovery_climbs_its_tiers_and_ends_with_a_broken_card)
{
	/* from the second on every start (or prepare) fails */
	struct fake_step step[] = {
		{FAKE_WAIT,                           50, 1,    FAKE_XRUN,  -EPIPE},
		{_i == 0 ? FAKE_START : FAKE_PREPARE, 1,  1000, FAKE_ERROR,
                 -EIO							     },
	};
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	enum card_verdict verdict = CARD_RUNS;
	struct rig r;

	p->script = step;
	p->steps = 2;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	for (int i = 0; i < 1000 && verdict == CARD_RUNS; i++) {
		verdict = card_cycle(r.card, r.engine);
	}
	ck_assert_int_eq(verdict, CARD_BROKEN);
	ck_assert_int_eq(card_error(r.card), -EIO);
	/* once plainly, once behind a drop */
	ck_assert_uint_eq(p->calls[FAKE_PREPARE], 3);
	ck_assert_uint_eq(p->calls[FAKE_DROP], 1);
	rig_close(&r);
}
END_TEST

START_TEST(the_second_tier_drops_when_the_first_did_not_help)
{
	struct fake_step step[] = {
		{FAKE_WAIT,  50, 1, FAKE_XRUN,  -EPIPE},
		{FAKE_START, 1,  1, FAKE_ERROR, -EIO  },
	};
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct rig r;

	p->script = step;
	p->steps = 2;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	rig_run(&r, 50000);
	ck_assert_uint_eq(p->calls[FAKE_DROP], 1);
	ck_assert_uint_eq(r.engine->xruns, 1);
	rig_close(&r);
}
END_TEST

START_TEST(a_card_that_never_moves_again_is_given_back)
{
	struct fake_step step = {FAKE_START, 1, 1000, FAKE_FREEZE, 0};
	struct fake_step first[] = {
		{FAKE_WAIT, 50, 1000000, FAKE_FREEZE, 0},
                step
        };
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	enum card_verdict verdict = CARD_RUNS;
	struct rig r;

	p->script = first;
	p->steps = 2;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	for (int i = 0; i < 1000 && verdict == CARD_RUNS; i++) {
		verdict = card_cycle(r.card, r.engine);
	}
	ck_assert_int_eq(verdict, CARD_BROKEN);
	ck_assert_uint_eq(r.engine->xruns, 3);
	ck_assert_int_eq(r.engine->xrun[2].cause, XRUN_STALLED);
	ck_assert_uint_ge(gauge_get(&r.engine->gauges, GAUGE_STALLS), 3);
	rig_close(&r);
}
END_TEST

START_TEST(a_card_that_fails_by_itself_all_the_time_is_opened_anew)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 4, 2, 2);
	struct fake_step step[40];
	enum card_verdict verdict = CARD_RUNS;
	struct rig r;

	for (uint32_t i = 0; i < 40; i++) {
		step[i] = (struct fake_step){
			FAKE_WAIT, 50 + 20 * i, 1, FAKE_XRUN, -EPIPE};
	}
	p->script = step;
	p->steps = 40;
	rig_open(&r, p, 64, 4);
	rig_start(&r);
	for (int i = 0; i < 1000 && verdict == CARD_RUNS; i++) {
		verdict = card_cycle(r.card, r.engine);
	}
	ck_assert_int_eq(verdict, CARD_BROKEN);
	ck_assert_uint_eq(r.engine->xruns, 17);
	rig_close(&r);
}
END_TEST

START_TEST(rt_rests_when_the_graph_is_too_heavy_to_ever_wait)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct rig r;

	p->slack_ns = 1000000; /* four commits a period of 2.7 ms */
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	int64_t began = p->now_ns;
	for (int i = 0; i < 2000; i++) {
		ck_assert_int_eq(card_cycle(r.card, r.engine), CARD_RUNS);
	}
	double tenths = (double)(p->now_ns - began) / 1e8;
	ck_assert_uint_ge(r.engine->xruns, 100);
	ck_assert_int_eq(r.engine->xrun[50].cause, XRUN_DSP);
	ck_assert(p->rests > 0 || p->calls[FAKE_WAIT] > 100);
	ck_assert_uint_eq(
		gauge_get(&r.engine->gauges, GAUGE_OVERLOADS), p->rests);
	ck_assert_double_le((double)p->rests, tenths + 1.0);
	ck_assert_double_eq_tol(clock_error(&r), 0.0, 1000.0);
	rig_close(&r);
}
END_TEST

START_TEST(rt_rests_when_the_card_is_always_ready_and_never_moves)
{
	/* waits that return at once, though nothing can be moved */
	struct fake_step step[] = {
		{FAKE_AVAIL, 100, 1,         FAKE_FREEZE, 0},
		{FAKE_WAIT,  20,  100000000, FAKE_ERROR,  1},
	};
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct rig r;

	p->script = step;
	p->steps = 2;
	rig_open(&r, p, 64, 2);
	rig_start(&r);
	for (int i = 0; i < 1000000 && r.engine->xruns == 0; i++) {
		ck_assert_int_eq(card_cycle(r.card, r.engine), CARD_RUNS);
	}
	ck_assert_int_eq(r.engine->xrun[0].cause, XRUN_STALLED);
	ck_assert_uint_ge(p->rests, 1);
	rig_close(&r);
}
END_TEST

START_TEST(the_end_is_heard_before_the_card_is_stopped)
{
	struct fake_pcm *p = fake_pcm_open(RATE, 128, 2, 2, 2);
	struct rig r;

	rig_open(&r, p, 64, 2);
	r.engine->gain = -1.0F;
	rig_start(&r);
	rig_run(&r, 10000);
	uint64_t rendered = r.engine->rendered;
	card_finish(r.card, r.engine);
	ck_assert_uint_eq(r.engine->rendered, rendered);
	ck_assert_int_eq(p->state, CARD_STATE_STOPPED);
	int64_t heard = (p->now_ns - p->started_ns) * RATE / 1000000000;
	ck_assert(p->kept[heard - 1] == 0.0F);
	/* the last sound that was rendered was played, in whole */
	uint32_t last = p->kept_frames - 1;
	while (p->kept[last] == 0.0F) {
		last--;
	}
	ck_assert_int_le(last, heard);
	ck_assert_int_eq((int)(p->kept[last] * 16777216.0F), (int)rendered);
	rig_close(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/card");
	TCase *tc = tcase_create("cycle");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc,
		card_loops_every_frame_through_in_order_for_any_period_and_block,
		0, SIZES);
	tcase_add_test(tc, card_plays_alone);
	tcase_add_test(tc, card_captures_alone);
	tcase_add_test(
		tc, card_uses_no_more_of_a_large_buffer_than_was_asked_for);
	tcase_add_test(tc,
		extra_channels_of_the_card_are_silent_and_missing_ones_are_dropped);
	tcase_add_test(tc, card_refuses_configurations_that_cannot_be);
	tcase_add_loop_test(tc,
		moments_lie_on_the_cards_own_line_however_late_the_wakes_are, 0,
		2);
	tcase_add_test(tc, the_end_is_heard_before_the_card_is_stopped);
	suite_add_tcase(s, tc);
	tc = tcase_create("faults");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc,
		card_survives_a_scripted_fault_with_a_true_clock_of_samples, 0,
		SCRIPTS);
	tcase_add_test(tc, a_lost_second_is_added_to_the_clock_of_samples);
	tcase_add_loop_test(
		tc, time_in_suspend_is_added_and_told_as_such, 0, 2);
	tcase_add_loop_test(tc, an_unplugged_card_is_given_back_at_any_call,
		FAKE_WAIT, FAKE_COMMIT + 1);
	tcase_add_loop_test(tc,
		recovery_climbs_its_tiers_and_ends_with_a_broken_card, 0, 2);
	tcase_add_test(tc, the_second_tier_drops_when_the_first_did_not_help);
	tcase_add_test(tc, a_card_that_never_moves_again_is_given_back);
	tcase_add_test(
		tc, a_card_that_fails_by_itself_all_the_time_is_opened_anew);
	tcase_add_test(tc, rt_rests_when_the_graph_is_too_heavy_to_ever_wait);
	tcase_add_test(
		tc, rt_rests_when_the_card_is_always_ready_and_never_moves);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	/* hundreds of cases that keep nothing between them: a process for each
	 * would take minutes under the sanitizers */
	srunner_set_fork_status(sr, CK_NOFORK);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
