/* SPDX-License-Identifier: MIT */
/*
 * check_roles.c -- what a listener allows, and whom.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include "client.h"
#include "daemon.h"
#include "osc_write.h"

static struct daemon d;
static struct client c;
static struct packet p;
static struct packet inner;

static void
end(void)
{
	client_end(&c, &d, "<3>");
}

#define ROLES                                              \
  "({ url = \"udp://127.0.0.1:0\"; role = \"admin\"; },"   \
  "{ url = \"udp://127.0.0.1:0\"; role = \"operator\"; }," \
  "{ url = \"udp://127.0.0.1:0\"; role = \"control\"; })"

START_TEST(roles_allow_what_they_should_and_no_more)
{
	static const char *const admin[] = {"/quit", "/config/reload",
		"/log/level info", "/dump 0", "/offline/run 64"};
	static const char *const operator[] = {"/mute 0", "/clear",
		"/group/new 1 0 0", "/group/freeAll 1", "/synth/new sine 2 0 0",
		"/synth/activate 2", "/synth/map/output 2 out 0 0",
		"/synth/map/input 2 out 0 0", "/synth/map/control 2 amp -1 0",
		"/node/connect 2 out 2 out", "/node/disconnect 2 out 2 out",
		"/synth/property/doneFlags/set 2 0", "/node/set 2 amp 0.5",
		"/node/move 2 0 0", "/node/run 2 1", "/node/name 2 x",
		"/node/release 2", "/node/free 1",
		"/at h:0 b:2f7800002c000000"};
	static const char *const control[] = {"/version", "/status", "/stats",
		"/notify 0", "/sync 1", "/time", "/meter 0", "/node/query 0",
		"/node/tree", "/node/tree/statistics", "/def/list",
		"/def/query sine"};
	static struct client o;
	static struct client k;

	client_start(&c, &d, &(struct daemon_want){.listeners = ROLES});
	ck_assert_uint_eq(d.urls, 3);
	client_open(&o, d.url[1]);
	client_open(&k, d.url[2]);
	for (size_t i = 0; i < sizeof admin / sizeof admin[0]; i++) {
		client_say(&o, "%s", admin[i]);
		client_hear(&o);
		ck_assert_msg(strstr(o.text, " 403 \"needs the role admin; "
					     "this listener gives operator"),
			"%s: %s", admin[i], o.text);
		client_say(&k, "%s", admin[i]);
		client_hear(&k);
		ck_assert_ptr_nonnull(strstr(k.text, " 403 \"needs the role "));
	}
	for (size_t i = 0; i < sizeof operator/ sizeof operator[0]; i++) {
		client_say(&k, "%s", operator[i]);
		client_hear(&k);
		ck_assert_msg(strstr(k.text, " 403 \"needs the role operator; "
					     "this listener gives control"),
			"%s: %s", operator[i], k.text);
		/* who may is not told so, whatever else is said */
		client_say(&o, "%s", operator[i]);
		client_say(&o, "/sync 99");
		while (strcmp(client_hear(&o), "/synced 99") != 0) {
			ck_assert_msg(strstr(o.text, " 403 ") == NULL,
				"%s: %s", operator[i], o.text);
		}
	}
	for (size_t i = 0; i < sizeof control / sizeof control[0]; i++) {
		client_say(&k, "%s", control[i]);
		client_say(&k, "/sync 99");
		while (strcmp(client_hear(&k), "/synced 99") != 0) {
			ck_assert_msg(strncmp(k.text, "/error", 6) != 0,
				"%s: %s", control[i], k.text);
		}
	}
	/* inside /at and bundles as well: each message for itself */
	packet_bundle(&inner, OSC_NOW);
	packet_add(&inner, "/quit");
	packet_add(&inner, "/group/new 9 0 0");
	packet_at(&p, 0, &inner);
	client_send_packet(&o, &p);
	client_expect_error(&o, "/quit", 403, NO_FIRST, "needs the role admin");
	client_send_packet(&k, &p);
	client_expect_error(
		&k, "/at", 403, NO_FIRST, "needs the role operator");
	client_send_packet(&k, &inner);
	client_expect_error(&k, "/quit", 403, NO_FIRST, "needs the role admin");
	client_expect_error(
		&k, "/group/new", 403, 9, "needs the role operator");
	client_run(&c, 960);
	client_say(&o, "/node/tree/statistics");
	client_seek(&o, "/node/tree/statistics.reply 2 0");
	client_close(&o);
	client_close(&k);
	end();
}
END_TEST

START_TEST(who_is_not_allowed_is_not_answered)
{
	static struct client stranger;

	client_start(&c, &d,
		&(struct daemon_want){
			.listeners = "({ url = \"udp://127.0.0.1:0\"; role = "
				     "\"admin\"; },"
				     "{ url = \"udp://127.0.0.1:0\"; role = "
				     "\"admin\"; "
				     "allow = [ \"10.0.0.0/8\" ]; })"});
	client_open(&stranger, d.url[1]);
	client_say(&stranger, "/group/new 1 0 0");
	client_say(&stranger, "/version");
	/* both sockets are read by one loop: soon it has them */
	while (client_stat(&c, "denied") < 2.0) {
	}
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
	ck_assert(!client_poll(&stranger, 0));
	client_close(&stranger);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/roles");
	TCase *own = daemon_case(s, "a daemon of its own");

	tcase_add_test(own, roles_allow_what_they_should_and_no_more);
	tcase_add_test(own, who_is_not_allowed_is_not_answered);
	return daemon_run(s);
}
