/* SPDX-License-Identifier: MIT */
/*
 * check_config.c -- reading, merging, reloading and printing of settings.
 *
 * Every test has a folder of its own that holds tactus.conf and conf.d.
 */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "config_table.h"

static char folder[PATH_MAX];
static char file[PATH_MAX + 20];
static struct config *c;
static struct config_errors errors;

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%s/check_config.XXXXXX",
		tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/tactus.conf", folder);
	c = NULL;
	errors = (struct config_errors){.count = 0};
}

static void
remove_all(const char *name)
{
	char path[PATH_MAX + 60];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	remove(path);
}

static void
teardown(void)
{
	config_close(c);
	config_errors_fini(&errors);
	remove_all("conf.d/10-first.conf");
	remove_all("conf.d/20-second.conf");
	remove_all("conf.d/ignored.conf.old");
	remove_all("conf.d");
	remove_all("tactus.conf");
	ck_assert_int_eq(rmdir(folder), 0);
}

static void
put(const char *name, const char *text)
{
	char path[PATH_MAX + 60];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static void
make_folder(void)
{
	char path[PATH_MAX + 60];

	snprintf(path, sizeof path, "%s/conf.d", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static int
load(const char *text, const char *const *sets, uint32_t nsets)
{
	put("tactus.conf", text);
	return config_load(file, sets, nsets, &c, &errors);
}

static void
load_well(const char *text)
{
	int error = load(text, NULL, 0);

	ck_assert_msg(error == 0, "%s",
		errors.count > 0 ? errors.items[0] : strerror(-error));
}

/* The text must fail with one error: "FILE:LINE: WORDS", WORDS inside. */
static void
fails_at(const char *text, unsigned line, const char *words)
{
	char place[PATH_MAX + 40];

	ck_assert_int_eq(load(text, NULL, 0), -EINVAL);
	ck_assert_uint_eq(errors.count, 1);
	snprintf(place, sizeof place, "%s:%u: ", file, line);
	ck_assert_msg(strncmp(errors.items[0], place, strlen(place)) == 0, "%s",
		errors.items[0]);
	ck_assert_msg(strstr(errors.items[0], words) != NULL, "%s lacks \"%s\"",
		errors.items[0], words);
	config_errors_fini(&errors);
}

static void
set_fails(const char *set, const char *words)
{
	const char *const sets[] = {set};
	char place[200];

	ck_assert_int_eq(load("", sets, 1), -EINVAL);
	ck_assert_uint_eq(errors.count, 1);
	snprintf(place, sizeof place, "--set %s: ", set);
	ck_assert_msg(strncmp(errors.items[0], place, strlen(place)) == 0, "%s",
		errors.items[0]);
	ck_assert_msg(strstr(errors.items[0], words) != NULL, "%s lacks \"%s\"",
		errors.items[0], words);
	config_errors_fini(&errors);
}

static char *
print(const struct config *of)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(f);
	config_print(f, of);
	ck_assert_int_eq(fclose(f), 0);
	return text;
}

START_TEST(empty_file_is_every_default)
{
	load_well("");
	ck_assert_uint_eq(errors.notes, 0);
	ck_assert_int_eq(c->audio.driver, CONFIG_DRIVER_AUTO);
	ck_assert_uint_eq(c->audio.devices.count, 0);
	ck_assert_uint_eq(c->audio.rate, 48000);
	ck_assert_uint_eq(c->audio.block, 64);
	ck_assert_uint_eq(c->audio.period, 128);
	ck_assert_uint_eq(c->audio.periods, 2);
	ck_assert_uint_eq(c->audio.inputs, 2);
	ck_assert_uint_eq(c->audio.outputs, 2);
	ck_assert_int_eq(c->audio.format, CONFIG_FORMAT_AUTO);
	ck_assert(c->audio.dither);
	ck_assert(!c->audio.require_device);
	ck_assert_double_eq(c->audio.startup_gain_db, 0);
	ck_assert_double_eq(c->audio.startup_ramp_ms, 500);
	ck_assert_str_eq(c->audio.tap, "");
	ck_assert(c->realtime.enable);
	ck_assert(!c->realtime.required);
	ck_assert_uint_eq(c->realtime.priority, 70);
	ck_assert_uint_eq(c->realtime.cpus.count, 0);
	ck_assert_uint_eq(c->realtime.threads, 1);
	ck_assert(c->realtime.lock_memory);
	ck_assert_int_eq(c->realtime.audit, CONFIG_AUDIT_OFF);
	ck_assert_uint_eq(c->limits.max_nodes, 1024);
	ck_assert_uint_eq(c->limits.command_ring, 8192);
	ck_assert_double_eq(c->limits.command_share, 0.25);
	ck_assert_uint_eq(c->limits.max_packet, 65507);
	ck_assert_uint_eq(c->limits.max_resource_bytes, 512U << 20);
	ck_assert_uint_eq(c->limits.max_total_resource_bytes % 4096, 0);
	ck_assert_uint_gt(c->limits.max_total_resource_bytes, 0);
	ck_assert(c->plugins.load_all);
	ck_assert_uint_eq(c->plugins.path.count, 1);
	ck_assert_str_eq(c->plugins.path.items[0], PLUGINDIR);
	ck_assert_uint_eq(c->osc.listeners.count, 2);
	ck_assert_str_eq(
		c->osc.listeners.items[0].url, "udp://127.0.0.1:57140");
	ck_assert_int_eq(c->osc.listeners.items[0].role, ROLE_ADMIN);
	ck_assert_uint_eq(c->osc.listeners.items[0].allowed, 0);
	ck_assert_str_eq(
		c->osc.listeners.items[1].url, "unix:///run/tactus/osc.sock");
	ck_assert_uint_eq(c->workers.threads, 2);
	ck_assert_uint_eq(c->media.max_file_bytes, UINT64_C(2) << 30);
	ck_assert_str_eq(c->state.directory, "/var/lib/tactus");
	ck_assert_double_eq(c->state.settle_ms, 500);
	ck_assert_int_eq(c->log.level, LOG_LEVEL_INFO);
	ck_assert_str_eq(config_origin(c, "audio.rate"), "default");
	ck_assert_ptr_null(config_origin(c, "audio.rat"));
}
END_TEST

START_TEST(default_config_is_what_an_empty_file_gives)
{
	struct config *standard;

	load_well("");
	ck_assert_int_eq(config_default(&standard), 0);
	char *a = print(c);
	char *b = print(standard);
	ck_assert_str_eq(a, b);
	free(a);
	free(b);
	config_close(standard);
}
END_TEST

START_TEST(default_pools_serve_delay_lines_in_twelve_mebibytes)
{
	uint64_t sum = 0;

	load_well("");
	for (uint32_t i = 0; i < c->pools.count; i++) {
		const struct config_pool *p = &c->pools.items[i];

		sum += p->size * p->count;
		ck_assert(i == 0 || p->size > p[-1].size);
	}
	ck_assert_uint_eq(c->pools.items[0].size, 256);
	ck_assert_uint_eq(c->pools.items[c->pools.count - 1].size, 1 << 20);
	ck_assert_uint_le(sum, 12 << 20);
}
END_TEST

START_TEST(numbers_convert_when_they_are_whole)
{
	load_well("audio: { rate = 44100.0; startup_ramp_ms = 20; };\n"
		  "limits: { max_packet = \"4 KiB\"; command_ring = 1000; "
		  "max_resource_bytes = 3000000000; };\n"
		  "media: { max_file_bytes = 0x100000000; };");
	ck_assert_uint_eq(c->audio.rate, 44100);
	ck_assert_double_eq(c->audio.startup_ramp_ms, 20);
	ck_assert_uint_eq(c->limits.max_packet, 4096);
	ck_assert_uint_eq(c->limits.command_ring, 1024);
	ck_assert_uint_eq(c->limits.max_resource_bytes, UINT64_C(3000000000));
	ck_assert_uint_eq(c->media.max_file_bytes, UINT64_C(1) << 32);
}
END_TEST

START_TEST(scalars_of_a_list_stand_in_either_bracket_or_alone)
{
	load_well("audio: { devices = (\"a\", \"b\"); "
		  "capture_devices = [\"c\"]; };"
		  "realtime: { cpus = (2, 3); threads = \"auto\"; };"
		  "plugins: { load = \"sine.so\"; };");
	ck_assert_uint_eq(c->audio.devices.count, 2);
	ck_assert_str_eq(c->audio.devices.items[1], "b");
	ck_assert_str_eq(c->audio.capture_devices.items[0], "c");
	ck_assert_uint_eq(c->realtime.cpus.count, 2);
	ck_assert_uint_eq(c->realtime.cpus.items[1], 3);
	ck_assert_uint_eq(c->realtime.threads, 0);
	ck_assert_uint_eq(c->plugins.load.count, 1);
	ck_assert(!c->plugins.load_all);
}
END_TEST

START_TEST(folder_wins_over_the_file_setting_by_setting_in_name_order)
{
	make_folder();
	put("conf.d/20-second.conf", "audio: { block = 16; };");
	put("conf.d/10-first.conf",
		"audio: { block = 32; devices = [\"x\"]; };");
	put("conf.d/ignored.conf.old", "nonsense");
	load_well("audio: { rate = 44100; block = 128;"
		  " devices = [\"a\", \"b\"]; };");
	ck_assert_uint_eq(c->audio.rate, 44100);
	ck_assert_uint_eq(c->audio.block, 16);
	ck_assert_uint_eq(c->audio.devices.count, 1);
	ck_assert_str_eq(c->audio.devices.items[0], "x");
	ck_assert_ptr_nonnull(
		strstr(config_origin(c, "audio.block"), "20-second.conf:1"));
	ck_assert_ptr_nonnull(
		strstr(config_origin(c, "audio.rate"), "tactus.conf:1"));
}
END_TEST

START_TEST(all_errors_of_all_files_are_told_at_once)
{
	const char *const sets[] = {"audio.period=0", "log.level=info"};

	make_folder();
	put("conf.d/10-first.conf", "log: { level = 3; };");
	ck_assert_int_eq(load("audio: {\n rat = 1;\n block = \"x\";\n};\n"
			      "ausio: { };",
				 sets, 2),
		-EINVAL);
	ck_assert_uint_eq(errors.count, 5);
}
END_TEST

START_TEST(unknown_settings_name_the_nearest_known_one)
{
	fails_at("audio:\n{\n\tblokc = 64;\n};", 3,
		"audio.blokc: unknown setting; the nearest known one is "
		"audio.block");
	fails_at("\nadio: { };", 2, "the nearest known one is audio");
	fails_at("rate = 48000;", 1, "the nearest known one is audio.rate");
	fails_at("pool = ( );", 1, "the nearest known one is pools");
	fails_at("osc: { max_nodes = 5; };", 1,
		"the nearest known one is limits.max_nodes");
	fails_at("pools = (\n{ size = 64;\ncounts = 1;\ncount = 1; });", 3,
		"pools[0].counts: unknown setting; the nearest known one is "
		"pools[0].count");
	fails_at("osc: { listeners = ( { urll = \"a\";"
		 " url = \"udp://127.0.0.1:1\"; } ); };",
		1, "osc.listeners[0].url");
}
END_TEST

START_TEST(what_does_not_parse_is_told_with_its_line)
{
	fails_at("audio: {\n rate = ;\n};", 2, "a value is expected");
	fails_at("audio: {\n rate = 1 2;\n};", 2, "a ; is missing");
	fails_at("audio: {\n tap = \"x;\n};\n", 2, "closing quote");
	fails_at("audio: {\n tap = x.wav;\n};\n", 2, "need quotes");
	fails_at("audio: {\n rate = $;\n};\n", 2, "no meaning");
	fails_at("audio: {\n rate = 1;\n\n", 4, "a } is missing");
	fails_at("audio: {\n rate = 1;\n rate = 2;\n};", 3, "duplicate");
	fails_at("\n@include \"x\"\n", 2, "conf.d");
	fails_at("audio: { rate = 99999999999999999999; };", 1, "64 bits");
	fails_at("audio = 5;", 1, "audio: a group { ... } is expected here");
}
END_TEST

START_TEST(includes_and_numbers_in_strings_and_comments_are_left_alone)
{
	load_well("# @include \"x\" 99999999999999999999\n"
		  "// @include\n/* @\n@include */\n"
		  "state: { scene = \"@include 99999999999999999999 \\\" @\"; "
		  "};");
	ck_assert_str_eq(c->state.scene, "@include 99999999999999999999 \" @");
}
END_TEST

START_TEST(zero_bytes_are_refused_with_their_line)
{
	FILE *f = fopen(file, "w");

	fwrite("\n\naudio\0x", 1, 9, f);
	fclose(f);
	ck_assert_int_eq(config_load(file, NULL, 0, &c, &errors), -EINVAL);
	ck_assert_ptr_nonnull(strstr(errors.items[0], "tactus.conf:3: "));
}
END_TEST

START_TEST(named_file_must_be_there)
{
	ck_assert_int_eq(config_load(file, NULL, 0, &c, &errors), -ENOENT);
	ck_assert_uint_eq(errors.count, 1);
	ck_assert_ptr_nonnull(strstr(errors.items[0], file));
}
END_TEST

START_TEST(folder_instead_of_a_file_is_refused)
{
	ck_assert_int_eq(config_load(folder, NULL, 0, &c, &errors), -EISDIR);
	ck_assert_uint_eq(errors.count, 1);
}
END_TEST

START_TEST(default_file_may_be_missing_with_a_note)
{
	/* a machine on which tactus is installed has it */
	bool missing = access(config_default_file(), F_OK) != 0;

	ck_assert_int_eq(config_load(NULL, NULL, 0, &c, &errors), 0);
	ck_assert_uint_eq(errors.count, 0);
	if (missing) {
		ck_assert_uint_eq(errors.notes, 1);
		ck_assert_ptr_nonnull(
			strstr(errors.note[0], config_default_file()));
	}
}
END_TEST

START_TEST(set_wins_and_says_so)
{
	const char *const sets[] = {"audio.rate=96000", "audio.driver=clock",
		"audio.devices=hw:CARD=Sound", "log={ level = \"debug\"; }",
		"audio.tap=/tmp/a b//c.wav", "limits.max_packet=8 KiB",
		"realtime.cpus=[1, 2]",
		"state.scene=", "media.record=", "media.directories=[]"};

	put("tactus.conf", "audio: { rate = 44100; };");
	ck_assert_int_eq(config_load(file, sets, 10, &c, &errors), 0);
	ck_assert_uint_eq(c->audio.rate, 96000);
	ck_assert_int_eq(c->audio.driver, CONFIG_DRIVER_CLOCK);
	ck_assert_str_eq(c->audio.devices.items[0], "hw:CARD=Sound");
	ck_assert_int_eq(c->log.level, LOG_LEVEL_DEBUG);
	ck_assert_str_eq(c->audio.tap, "/tmp/a b//c.wav");
	ck_assert_uint_eq(c->limits.max_packet, 8192);
	ck_assert_uint_eq(c->realtime.cpus.count, 2);
	ck_assert_str_eq(c->state.scene, "");
	/* a box that reads and writes nothing */
	ck_assert_str_eq(c->media.record, "");
	ck_assert_uint_eq(c->media.directories.count, 0);
	ck_assert_str_eq(config_origin(c, "audio.rate"), "--set");
}
END_TEST

START_TEST(set_that_is_wrong_names_the_option)
{
	set_fails("audio.rate=5", "audio.rate: 5 Hz is out of range: 8000 to");
	set_fails("audio.rat=5", "the nearest known one is audio.rate");
	set_fails("adio.rate=5", "the nearest known one is audio.rate");
	set_fails("rate=5", "the nearest known one is audio.rate");
	set_fails("audio.rate", "PATH=VALUE");
	set_fails("=5", "PATH=VALUE");
	set_fails("audio.dither=maybe", "true or false is expected here");
	set_fails("audio.rate=1; w = 2", "a whole number is expected");
	set_fails("log=5", "a group");
	set_fails("log={ levl = 1; }", "the nearest known one is log.level");
}
END_TEST

START_TEST(settings_that_contradict_each_other_are_refused)
{
	fails_at("\naudio: { period = 32; };", 2,
		"audio.period: 32 frames are less than audio.block (64)");
	fails_at("\n\naudio: { block = 256; };", 3, "audio.block (256)");
	fails_at("audio: { driver = \"alsa\"; inputs = 0; outputs = 0; };", 1,
		"neither inputs nor outputs");
	fails_at("audio: { tap = \"x.wav\"; outputs = 0; };", 1, "audio.tap");
	fails_at("realtime: { required = true; enable = false; };", 1,
		"realtime.required");
	fails_at("plugins: { load = [ \"a/b.so\" ]; };", 1, "plugins.path");
}
END_TEST

START_TEST(pools_are_sorted_rounded_and_checked)
{
	load_well("pools = ( { size = 1000; count = 5; },"
		  " { size = \"16 MiB\"; count = 1; },"
		  " { count = 7; size = 64; } );");
	ck_assert_uint_eq(c->pools.count, 3);
	ck_assert_uint_eq(c->pools.items[0].size, 64);
	ck_assert_uint_eq(c->pools.items[0].count, 7);
	ck_assert_uint_eq(c->pools.items[1].size, 1024);
	ck_assert_uint_eq(c->pools.items[2].size, 16 << 20);
	config_close(c);
	c = NULL;
	fails_at("pools = ( );", 1, "at least one pool");
	fails_at("pools = ( { size = 1000; count = 1; },"
		 " { size = 1024; count = 1; } );",
		1, "two pools of 1024 bytes");
	fails_at("pools = ( { size = 63; count = 1; } );", 1,
		"pools[0].size: 63 bytes is out of range: 64 bytes to 16 MiB");
	fails_at("pools = ( { size = 16777217; count = 1; } );", 1,
		"out of range");
	fails_at("pools = ( { size = 64; count = 0; } );", 1,
		"pools[0].count: 0 blocks is out of range");
	fails_at("pools = ( { size = 64; } );", 1, "count is missing");
	fails_at("pools = ( 5 );", 1, "a group");
	fails_at("pools = 5;", 1, "a list of groups");
	fails_at("pools = ( { size = \"16 MiB\"; count = 300; } );", 1,
		"4800 MiB together");
	put("tactus.conf", "");
}
END_TEST

START_TEST(seventeen_pools_are_one_too_many)
{
	char text[2000] = "pools = ( ";

	for (int i = 1; i <= 17; i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof text - n,
			"%s{ size = %d; count = 1; }", i == 1 ? "" : ", ",
			64 * i);
	}
	strcat(text, " );");
	fails_at(text, 1, "at most 16");
}
END_TEST

static const struct {
	const char *url;
	const char *words;
} bad_urls[] = {
	{"http://x:1",            "is none of udp://"},
	{"udp://127.0.0.1",       "has no port"      },
	{"udp://127.0.0.1:",      "from 0 to 65535"  },
	{"udp://127.0.0.1:65536", "from 0 to 65535"  },
	{"udp://127.0.0.1:1x",    "from 0 to 65535"  },
	{"udp://:57140",          "has no host"      },
	{"udp://::1:57140",       "in brackets"      },
	{"tcp://[::1:57140",      "has no ]"         },
	{"unix://osc.sock",       "a full path"      },
	{"unixgram:///",          "a full path"      },
	{"tcp://a b:1",           "characters"       },
};

START_TEST(listener_with_a_wrong_url_is_refused)
{
	char text[200];

	snprintf(text, sizeof text,
		"osc: { listeners = (\n{ url = \"%s\"; } ); };",
		bad_urls[_i].url);
	fails_at(text, 2, bad_urls[_i].words);
}
END_TEST

START_TEST(listeners_are_read_with_roles_and_blocks)
{
	load_well("osc: { listeners = ("
		  "{ url = \"udp://0.0.0.0:57140\"; role = \"operator\";"
		  " allow = [ \"192.168.1.0/24\", \"fe80::/10\", "
		  "\"10.0.0.1\" ]; },"
		  "{ url = \"tcp://[::1]:0\"; },"
		  "{ url = \"tcp://[::1]:0\"; role = \"admin\"; } ); };");
	ck_assert_uint_eq(c->osc.listeners.count, 3);
	const struct listener_config *l = c->osc.listeners.items;
	ck_assert_int_eq(l[0].role, ROLE_OPERATOR);
	ck_assert_uint_eq(l[0].allowed, 3);
	ck_assert_str_eq(l[0].allow[1], "fe80::/10");
	ck_assert_int_eq(l[1].role, ROLE_CONTROL);
	ck_assert_int_eq(l[2].role, ROLE_ADMIN);
	ck_assert_uint_eq(errors.notes, 0);
}
END_TEST

START_TEST(listener_that_is_open_to_all_deserves_a_word)
{
	load_well("osc: { listeners = ( { url = \"udp://0.0.0.0:57140\";"
		  " role = \"admin\"; } ); };");
	ck_assert_uint_eq(errors.notes, 1);
	ck_assert_ptr_nonnull(strstr(errors.note[0], "allow"));
}
END_TEST

START_TEST(listener_with_wrong_members_is_refused)
{
	fails_at("osc: { listeners = ( { role = \"admin\"; } ); };", 1,
		"url is missing");
	fails_at("osc: { listeners = ( { url = \"tcp://a:1\";\n"
		 "role = \"root\"; } ); };",
		2, "osc.listeners[0].role: one of");
	fails_at("osc: { listeners = ( { url = \"tcp://a:1\";\n"
		 "allow = [ \"1.2.3.4/33\" ]; } ); };",
		2, "no CIDR block");
	fails_at("osc: { listeners = ( { url = \"tcp://a:1\"; },\n"
		 "{ url = \"tcp://a:1\"; } ); };",
		2, "twice");
}
END_TEST

START_TEST(resource_classes_keep_their_options)
{
	load_well("resource_classes = ( { uri = \"urn:a\"; enabled = false;"
		  " max_bytes = \"1 MiB\"; interpolation = \"cubic\";"
		  " size = 5; gain = 0.5; on = true; }, { uri = \"urn:b\"; } "
		  ");");
	ck_assert_uint_eq(c->resource_classes.count, 2);
	const struct config_class *k = c->resource_classes.items;
	ck_assert_str_eq(k[0].uri, "urn:a");
	ck_assert(!k[0].enabled);
	ck_assert(k[1].enabled);
	ck_assert_uint_eq(k[0].max_bytes, 1 << 20);
	ck_assert_uint_eq(k[0].options, 4);
	ck_assert_str_eq(k[0].option[0].name, "interpolation");
	ck_assert_str_eq(k[0].option[1].value, "5");
	ck_assert_str_eq(k[0].option[3].value, "true");
	config_close(c);
	c = NULL;
	fails_at("resource_classes = ( { uri = \"urn:a\"; },\n"
		 "{ uri = \"urn:a\"; } );",
		2, "twice");
	fails_at("resource_classes = ( { uri = \"u\";\nx = [ 1 ]; } );", 2,
		"resource_classes[0].x");
	fails_at("resource_classes = ( { } );", 1, "uri is missing");
}
END_TEST

START_TEST(numbered_cards_are_accepted_with_a_word)
{
	load_well("\naudio: { devices = [ \"hw:0\", \"hw:CARD=Sound\" ]; };");
	ck_assert_uint_eq(errors.notes, 1);
	ck_assert_ptr_nonnull(strstr(errors.note[0], "tactus.conf:2: "));
	ck_assert_ptr_nonnull(strstr(errors.note[0], "hw:CARD=NAME"));
}
END_TEST

/* Print `of`, give each line to --set, print again: nothing differs. */
static void
reads_back(const struct config *of)
{
	char *text = print(of);
	const char *sets[CONFIG_MAX_SETTINGS];
	uint32_t n = 0;
	struct config *again;

	char *copy = strdup(text);
	for (char *line = strtok(copy, "\n"); line != NULL;
		line = strtok(NULL, "\n")) {
		char *space = strchr(line, ' ');
		char *comment = strstr(line, "  # ");

		/* "a.b = V  # x" becomes "a.b=V" */
		*comment = '\0';
		memmove(space, space + 1, strlen(space));
		memmove(space + 1, space + 2, strlen(space + 1));
		sets[n++] = line;
	}
	ck_assert_uint_eq(n, config_row_count);
	put("tactus.conf", "");
	ck_assert_int_eq(config_load(file, sets, n, &again, &errors), 0);
	char *other = print(again);
	char *a = text;
	char *b = other;
	for (uint32_t i = 0; i < n; i++) {
		size_t length = (size_t)(strstr(a, "  # ") - a);

		ck_assert_uint_eq(length, (size_t)(strstr(b, "  # ") - b));
		ck_assert_int_eq(strncmp(a, b, length), 0);
		a = strchr(a, '\n') + 1;
		b = strchr(b, '\n') + 1;
	}
	config_close(again);
	free(copy);
	free(text);
	free(other);
}

START_TEST(what_is_printed_reads_back_to_the_same)
{
	load_well("audio: { devices = [ \"a\\\"\\\\b\", \"c\\td\" ];"
		  " startup_gain_db = -0.1; startup_ramp_ms = 33.3; };"
		  "realtime: { cpus = [ 1, 3 ]; threads = \"auto\"; };"
		  "limits: { max_resource_bytes = 12345678901;"
		  " command_share = 0.333333333333333333; };"
		  "resource_classes = ( { uri = \"u\"; max_bytes = 5000;"
		  " x = 0.1; y = \"1e5\"; } );"
		  "osc: { listeners = ( { url = \"udp://[::]:0\";"
		  " allow = [ \"::1\", \"10.0.0.0/8\" ]; } ); };"
		  "plugins: { load = [ ]; };");
	reads_back(c);
}
END_TEST

START_TEST(defaults_print_and_read_back)
{
	load_well("");
	reads_back(c);
}
END_TEST

START_TEST(print_tells_where_each_value_is_from)
{
	const char *const sets[] = {"audio.block=32"};

	ck_assert_int_eq(load("\naudio: { rate = 44100; };", sets, 1), 0);
	char *text = print(c);
	char line[PATH_MAX + 80];
	snprintf(line, sizeof line, "audio.rate = 44100  # %s:2\n", file);
	ck_assert_ptr_nonnull(strstr(text, line));
	ck_assert_ptr_nonnull(strstr(text, "audio.block = 32  # --set\n"));
	ck_assert_ptr_nonnull(strstr(text, "audio.period = 128  # default\n"));
	free(text);
}
END_TEST

START_TEST(reload_splits_what_changed)
{
	const char *const sets[] = {"state.settle_ms=900"};
	struct config *after;
	struct config_changes changes;

	ck_assert_int_eq(load("audio: { rate = 44100; };", sets, 1), 0);
	put("tactus.conf", "\naudio: { rate = 48000; block = 32; };"
			   "log: { level = \"debug\"; };"
			   "state: { settle_ms = 5; };");
	ck_assert_int_eq(config_reload(c, &after, &changes, &errors), 0);
	ck_assert_uint_eq(changes.live, 1);
	ck_assert_str_eq(changes.live_path[0], "log.level");
	ck_assert_uint_eq(changes.restart, 2);
	ck_assert_str_eq(changes.restart_path[0], "audio.rate");
	ck_assert_str_eq(changes.restart_path[1], "audio.block");
	ck_assert_int_eq(after->log.level, LOG_LEVEL_DEBUG);
	ck_assert_uint_eq(after->audio.rate, 44100);
	ck_assert_uint_eq(after->audio.block, 64);
	ck_assert_double_eq(after->state.settle_ms, 900);
	ck_assert_str_eq(config_origin(after, "audio.block"), "default");
	config_close(c);
	c = after;

	/* a second reload tells of the same again, and of nothing else */
	ck_assert_int_eq(config_reload(c, &after, &changes, &errors), 0);
	ck_assert_uint_eq(changes.live, 0);
	ck_assert_uint_eq(changes.restart, 2);
	config_close(after);
}
END_TEST

START_TEST(reload_of_a_wrong_file_leaves_the_old_config)
{
	struct config *after = NULL;
	struct config_changes changes;

	load_well("audio: { rate = 44100; };");
	put("tactus.conf", "audio: { rate = 1; };");
	ck_assert_int_eq(config_reload(c, &after, &changes, &errors), -EINVAL);
	ck_assert_uint_eq(errors.count, 1);
	ck_assert_ptr_null(after);
	ck_assert_uint_eq(c->audio.rate, 44100);
}
END_TEST

/* A file as it lies in the source tree. */
static char *
read_source(const char *name)
{
	const char *top = getenv("srcdir");
	char path[PATH_MAX];
	static char text[100000];

	snprintf(path, sizeof path, "%s/%s", top == NULL ? "." : top, name);
	FILE *f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is missing", path);
	size_t n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

START_TEST(shipped_file_changes_nothing)
{
	struct config *standard;

	load_well(read_source("etc/tactus.conf"));
	ck_assert_int_eq(config_default(&standard), 0);
	char *a = print(c);
	char *b = print(standard);
	ck_assert_str_eq(a, b);
	free(a);
	free(b);
	config_close(standard);
}
END_TEST

START_TEST(example_is_valid_and_changes_something)
{
	static const char *const names[] = {"etc/conf.d/lan.conf.example",
		"etc/conf.d/raspberry-pi.conf.example"};

	load_well(read_source(names[_i]));
	ck_assert_uint_eq(errors.notes, 0);
	ck_assert_str_ne(
		config_origin(c, _i == 0 ? "osc.listeners" : "audio.periods"),
		"default");
}
END_TEST

/* Take the '#' from every line that is a setting: all stand there, and say
 * what the defaults are (but for the folder of plugins, which is a build's
 * own). */
static char *
uncomment(char *text)
{
	char *to = text;
	bool fresh = true;

	for (char *from = text; *from != '\0'; from++) {
		if (fresh && from[0] == '#' && from[1] != ' ' &&
			from[1] != '\n') {
			fresh = false;
			continue;
		}
		fresh = from[0] == '\n' || (fresh && from[0] == '\t');
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

START_TEST(shipped_file_uncommented_sets_every_setting_to_its_default)
{
	struct config *standard;

	load_well(uncomment(read_source("etc/tactus.conf")));
	ck_assert_int_eq(config_default(&standard), 0);
	char *a = print(c);
	char *b = print(standard);
	char *x = a;
	char *y = b;
	for (size_t i = 0; i < config_row_count; i++) {
		const char *path = config_rows[i].path;
		size_t n = (size_t)(strstr(x, "  # ") - x);

		ck_assert_str_ne(config_origin(c, path), "default");
		if (strcmp(path, "plugins.path") != 0) {
			ck_assert_msg(strncmp(x, y, n) == 0, "%s", path);
		}
		x = strchr(x, '\n') + 1;
		y = strchr(y, '\n') + 1;
	}
	free(a);
	free(b);
	config_close(standard);
}
END_TEST

static uint32_t
next(uint32_t *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

/* Whatever the file holds: a config, or errors that name a place. */
static void
survives(const char *text, size_t n)
{
	FILE *f = fopen(file, "w");
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
	int error = config_load(file, NULL, 0, &c, &errors);
	if (error == 0) {
		ck_assert_uint_eq(errors.count, 0);
	} else {
		ck_assert_int_eq(error, -EINVAL);
		ck_assert_uint_gt(errors.count, 0);
		ck_assert_int_eq(
			strncmp(errors.items[0], file, strlen(file)), 0);
	}
	config_close(c);
	c = NULL;
	config_errors_fini(&errors);
}

START_TEST(truncated_files_never_crash)
{
	char *text = uncomment(read_source("etc/tactus.conf"));
	size_t length = strlen(text);
	uint32_t state = 1;

	for (int i = 0; i < 300; i++) {
		survives(text, next(&state) % (length + 1));
	}
}
END_TEST

START_TEST(mutated_files_never_crash)
{
	static const char alphabet[] = "{}()[]=;:,\"\\#/*@.-+0123456789LxeE \n"
				       "audio_\x80\xff\x01";
	char *shipped = uncomment(read_source("etc/tactus.conf"));
	size_t length = strlen(shipped);
	uint32_t state = 2;
	char *text = malloc(length);

	for (int i = 0; i < 600; i++) {
		memcpy(text, shipped, length);
		for (uint32_t k = next(&state) % 8 + 1; k > 0; k--) {
			uint32_t letter = next(&state) % (sizeof alphabet - 1);
			text[next(&state) % length] = alphabet[letter];
		}
		survives(text, length);
	}
	free(text);
}
END_TEST

START_TEST(deep_nesting_never_crashes)
{
	size_t n = 200000;
	char *text = malloc(n);

	memset(text, '(', n);
	memcpy(text, "pools=", 6);
	survives(text, n);
	memset(text, '{', n);
	memcpy(text, "audio=", 6);
	survives(text, n);
	free(text);
}
END_TEST

static TCase *
make_case(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	return tc;
}

static TCase *
reading(void)
{
	TCase *tc = make_case("reading");

	tcase_add_test(tc, empty_file_is_every_default);
	tcase_add_test(tc, default_config_is_what_an_empty_file_gives);
	tcase_add_test(tc, default_pools_serve_delay_lines_in_twelve_mebibytes);
	tcase_add_test(tc, numbers_convert_when_they_are_whole);
	tcase_add_test(tc, scalars_of_a_list_stand_in_either_bracket_or_alone);
	tcase_add_test(
		tc, folder_wins_over_the_file_setting_by_setting_in_name_order);
	tcase_add_test(tc, default_file_may_be_missing_with_a_note);
	tcase_add_test(tc, set_wins_and_says_so);
	tcase_add_test(tc,
		includes_and_numbers_in_strings_and_comments_are_left_alone);
	tcase_add_test(tc, listeners_are_read_with_roles_and_blocks);
	tcase_add_test(tc, resource_classes_keep_their_options);
	tcase_add_test(tc, pools_are_sorted_rounded_and_checked);
	tcase_add_loop_test(tc, example_is_valid_and_changes_something, 0, 2);
	tcase_add_test(tc, shipped_file_changes_nothing);
	tcase_add_test(
		tc, shipped_file_uncommented_sets_every_setting_to_its_default);
	return tc;
}

static TCase *
refusing(void)
{
	TCase *tc = make_case("refusing");

	tcase_add_test(tc, all_errors_of_all_files_are_told_at_once);
	tcase_add_test(tc, unknown_settings_name_the_nearest_known_one);
	tcase_add_test(tc, what_does_not_parse_is_told_with_its_line);
	tcase_add_test(tc, zero_bytes_are_refused_with_their_line);
	tcase_add_test(tc, named_file_must_be_there);
	tcase_add_test(tc, folder_instead_of_a_file_is_refused);
	tcase_add_test(tc, set_that_is_wrong_names_the_option);
	tcase_add_test(tc, settings_that_contradict_each_other_are_refused);
	tcase_add_test(tc, seventeen_pools_are_one_too_many);
	tcase_add_loop_test(tc, listener_with_a_wrong_url_is_refused, 0,
		(int)(sizeof bad_urls / sizeof bad_urls[0]));
	tcase_add_test(tc, listener_with_wrong_members_is_refused);
	tcase_add_test(tc, listener_that_is_open_to_all_deserves_a_word);
	tcase_add_test(tc, numbered_cards_are_accepted_with_a_word);
	tcase_add_test(tc, truncated_files_never_crash);
	tcase_add_test(tc, mutated_files_never_crash);
	tcase_add_test(tc, deep_nesting_never_crashes);
	return tc;
}

static TCase *
printing(void)
{
	TCase *tc = make_case("printing and reloading");

	tcase_add_test(tc, what_is_printed_reads_back_to_the_same);
	tcase_add_test(tc, defaults_print_and_read_back);
	tcase_add_test(tc, print_tells_where_each_value_is_from);
	tcase_add_test(tc, reload_splits_what_changed);
	tcase_add_test(tc, reload_of_a_wrong_file_leaves_the_old_config);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("nrt/config");

	suite_add_tcase(suite, reading());
	suite_add_tcase(suite, refusing());
	suite_add_tcase(suite, printing());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
