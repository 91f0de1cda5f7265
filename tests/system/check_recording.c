/* SPDX-License-Identifier: MIT */
/*
 * check_recording.c -- a recording through the whole engine: ALSA's capture
 * -> patch-cable -> gain 0.5 -> ALSA's playback, to the last bit.
 *
 * The engine, the plugins and the office are the real ones, told by OSC; only
 * the loop and the rt thread are the test's own thread.
 */
#include <check.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "engine.h"
#include "helped.h"
#include "host.h"
#include "loader.h"
#include "loop_rig.h"
#include "net.h"
#include "office.h"
#include "osc_read.h"
#include "osc_text.h"
#include "osc_write.h"
#include "threads.h"

static const uint32_t periods_of[] = {
	16, 17, 64, 100, 128, 255, 441, 512, 1000, 1023, 1024};
#define PERIODS ((int)(sizeof periods_of / sizeof periods_of[0]))

/** The rooms, without their threads. */
struct rooms {
	struct config *config;
	struct wire *wire;
	struct engine *engine;
	struct crew *crew;
	struct host *host;
	struct loader *loader;
	struct office *office;
	struct ev_loop *loop;
	struct peer *peer;
	int32_t synced;
	char wrong[256];
};

static void
on_answer(void *user, const void *data, size_t size)
{
	struct rooms *r = user;
	struct osc_walk walk;
	struct osc_message m;
	struct osc_args args;
	struct osc_arg a;

	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		osc_args_begin(&args, &m);
		if (strcmp(m.address, "/synced") == 0 &&
			osc_args_next(&args, &a)) {
			r->synced = a.u.i;
		} else if (strcmp(m.address, "/error") == 0) {
			(void)osc_text_show(&m, r->wrong, sizeof r->wrong);
		}
	}
}

static void
open_rooms(struct rooms *r, uint32_t block)
{
	char size[64];
	char plugins[600];
	const char *sets[] = {size, plugins};
	struct config_errors errors = {0};
	char why[256] = "";

	*r = (struct rooms){.loop = ev_loop_new(EVFLAG_AUTO)};
	(void)snprintf(size, sizeof size, "audio.block=%u", block);
	(void)snprintf(plugins, sizeof plugins, "plugins.path=[\"%s\"]",
		PLUGINS_BUILT);
	ck_assert_int_eq(
		config_load("/dev/null", sets, 2, &r->config, &errors), 0);
	config_errors_fini(&errors);
	struct engine_config ec = {
		.rate = 48000,
		.block = block,
		.inputs = 2,
		.outputs = 2,
		.max_nodes = 64,
		.max_buses = 8,
		.max_connections = 1024,
		.max_inputs_per_port = 64,
		.threads = threads_wanted(),
		.eager = true,
		.max_resources = 64,
		.max_events = 64,
		.max_commands = 8192,
		.command_share = 1.0,
		.pools = 2,
		.pool = {{256, 16}, {1024, 16}},
	};
	ck_assert_int_eq(wire_open(256, 1024, 64, 0, 0, &r->wire), 0);
	ck_assert_int_eq(engine_open(&ec, r->wire, &r->engine), 0);
	r->crew = helped_open(r->engine, false);
	const struct host_config hc = {.config = r->config, .rate = 48000};
	ck_assert_int_eq(host_open(&hc, &r->host), 0);
	ck_assert_int_eq(loader_open(r->config, r->host, &r->loader), 0);
	struct office_config oc = {
		.config = r->config,
		.rate = 48000,
		.wire = r->wire,
		.defs = loader_defs(r->loader),
		.classes = loader_classes(r->loader),
		.host = r->host,
		.plugin_host = loader_host(r->loader),
	};
	ck_assert_int_eq(office_open(r->loop, &oc, &r->office), 0);
	ck_assert_int_eq(office_start_works(r->office), 0);
	ck_assert_int_eq(office_listen(r->office, false, why, sizeof why), 0);
	r->peer = net_local(office_net(r->office), on_answer, r);
	ck_assert_ptr_nonnull(r->peer);
}

static void
close_rooms(struct rooms *r)
{
	static float silence[2][1024];
	float *out[] = {silence[0], silence[1]};

	/* as the daemon ends: rt gives back all that it holds */
	ck_assert_int_eq(office_stop(r->office), 0);
	for (int i = 0; i < 1000 && !engine_stopped(r->engine); i++) {
		engine_render(r->engine, NULL, out, engine_left(r->engine));
		engine_flush(r->engine);
		office_drain(r->office);
	}
	ck_assert(engine_stopped(r->engine));
	peer_unref(r->peer);
	ck_assert_uint_eq(office_end_works(r->office), 0);
	office_close(r->office);
	crew_close(r->crew);
	engine_close(r->engine);
	loader_close(r->loader);
	host_close(r->host);
	wire_close(r->wire);
	ev_loop_destroy(r->loop);
	config_close(r->config);
}

/** Send one message, given as `tactus send` takes it. */
static void
tell(struct rooms *r, const char *address, int count, const char *const *words)
{
	struct osc_out out;
	uint8_t data[512];
	char why[200];
	union {
		const char *const *given;
		char *const *taken;
	} u = {words};

	osc_begin(&out, data, sizeof data, address);
	ck_assert_int_eq(
		osc_text_parse(&out, count, u.taken, why, sizeof why), 0);
	size_t size = osc_end(&out);
	ck_assert_uint_gt(size, 0);
	office_packet(r->office, r->peer, data, size, 0);
	engine_take(r->engine);
	engine_flush(r->engine);
	office_drain(r->office);
	ck_assert_str_eq(r->wrong, "");
}

#define TELL(r, address, ...)                                              \
  do {                                                                     \
    const char *const words_[] = {__VA_ARGS__};                            \
    tell((r), (address), (int)(sizeof words_ / sizeof words_[0]), words_); \
  } while (0)

/** in -> patch-cable -> bus -> gain 0.5 -> out, both channels. */
static void
patch(struct rooms *r)
{
	TELL(r, "/synth/new", "patch-cable", "1", "0", "1", "[", "]", "[",
		"channels", "2", "]");
	TELL(r, "/synth/new", "gain", "2", "0", "1", "[", "gain", "0.5", "]",
		"[", "channels", "2", "]");
	TELL(r, "/synth/map/input", "1", "in0", "0", "1");
	TELL(r, "/synth/map/input", "1", "in1", "1", "1");
	TELL(r, "/synth/map/output", "1", "out0", "3", "0");
	TELL(r, "/synth/map/output", "1", "out1", "4", "0");
	TELL(r, "/synth/map/input", "2", "in0", "3", "0");
	TELL(r, "/synth/map/input", "2", "in1", "4", "0");
	TELL(r, "/synth/map/output", "2", "out0", "0", "1");
	TELL(r, "/synth/map/output", "2", "out1", "1", "1");
	TELL(r, "/synth/activate", "1");
	TELL(r, "/synth/activate", "2");
	TELL(r, "/sync", "77");
	ck_assert_int_eq(r->synced, 77);
}

static void
play(enum convert_format format, uint32_t period, uint32_t periods, bool dither)
{
	struct loop_rig rig;
	struct rooms r;
	uint32_t block = period < 64 ? period : 64;
	struct loop_case c = {format, block, period, periods, dither};

	if (!loop_rig_open(&rig)) {
		(void)fprintf(stderr, "SKIPPED: no sox or no recording\n");
		return;
	}
	open_rooms(&r, block);
	patch(&r);
	loop_rig_run(&rig, &c, r.engine);
	ck_assert_uint_eq(gauge_get(&r.wire->gauges, GAUGE_XRUNS), 0);
	ck_assert_uint_eq(gauge_get(&r.wire->gauges, GAUGE_LOST_FRAMES), 0);
	close_rooms(&r);
	loop_rig_close(&rig);
}

START_TEST(recording_comes_out_at_half_level_to_the_last_bit)
{
	int which = _i * LOOP_STRIDE;

	play((enum convert_format)(which / PERIODS),
		periods_of[which % PERIODS], 2 + (uint32_t)which % 3, false);
}
END_TEST

START_TEST(recording_stays_within_two_steps_when_dithered)
{
	play(CONVERT_S16, 128, 2, true);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/recording");
	TCase *tc = tcase_create("recording");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc,
		recording_comes_out_at_half_level_to_the_last_bit, 0,
		(CONVERT_FORMATS * PERIODS + LOOP_STRIDE - 1) / LOOP_STRIDE);
	if (LOOP_STRIDE > 1) {
		printf("under sanitizers a fifth of the set-ups\n");
	}
	tcase_add_test(tc, recording_stays_within_two_steps_when_dithered);
	suite_add_tcase(s, tc);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
