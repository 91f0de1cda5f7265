/* SPDX-License-Identifier: MIT */
/*
 * check_url.c -- url.c: what parses, what does not, and with what words.
 */
#include <arpa/inet.h>
#include <check.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "url.h"

static const struct {
	const char *text;
	enum url_scheme scheme;
	const char *host, *zone, *path;
	uint16_t port;
} good[] = {
	{"udp://127.0.0.1:57140",       URL_UDP,      "127.0.0.1", "",     "",   57140},
	{"udp://0.0.0.0:0",             URL_UDP,      "0.0.0.0",   "",     "",   0    },
	{"tcp://localhost:65535/",      URL_TCP,      "localhost", "",     "",   65535},
	{"udp://[::1]:1",               URL_UDP,      "::1",       "",     "",   1    },
	{"udp://[fe80::1%eth0]:1",      URL_UDP,      "fe80::1",   "eth0", "",   1    },
	{"udp://[fe80::1%25eth0]:1",    URL_UDP,      "fe80::1",   "eth0", "",   1    },
	{"udp://239.1.2.3%lo:9",        URL_UDP,      "239.1.2.3", "lo",   "",   9    },
	{"unix:///run/tactus/osc.sock", URL_UNIX,     "",          "",
         "/run/tactus/osc.sock",						 0    },
	{"unixgram:///a",               URL_UNIXGRAM, "",          "",     "/a", 0    },
};

START_TEST(url_that_is_right_is_taken_apart)
{
	struct url u;

	ck_assert_ptr_null(url_parse(good[_i].text, &u));
	ck_assert_int_eq(u.scheme, good[_i].scheme);
	ck_assert_str_eq(u.host, good[_i].host);
	ck_assert_str_eq(u.zone, good[_i].zone);
	ck_assert_str_eq(u.path, good[_i].path);
	ck_assert_uint_eq(u.port, good[_i].port);
}
END_TEST

static const struct {
	const char *text, *words;
} bad[] = {
	{"",				   "begins with"         },
	{"udp:/127.0.0.1:1",                   "begins with"         },
	{"http://x:1",			 "begins with"         },
	{"UDP://x:1",			  "begins with"         },
	{"udp://",			     "port is missing"     },
	{"udp://127.0.0.1",                    "port is missing"     },
	{"udp://:57140",                       "no host"             },
	{"udp://x:",			   "a port is a number"  },
	{"udp://x:65536",                      "a port is a number"  },
	{"udp://x:99999999999",                "a port is a number"  },
	{"udp://x:-1",			 "a port is a number"  },
	{"udp://x:1x",			 "a port is a number"  },
	{"udp://x:1/y",			"a port is a number"  },
	{"udp://::1:57140",                    "brackets"            },
	{"udp://[::1]",			"port is missing"     },
	{"udp://[::1",			 "port is missing"     },
	{"udp://[x]:1",			"IPv6"                },
	{"udp://[fe80::1%]:1",                 "name of an interface"},
	{"udp://[fe80::1%0123456789abcdef]:1", "name of an interface"},
	{"unix://run/x",                       "begins with '/'"     },
	{"unix:///run/",                       "names a file"        },
};

START_TEST(url_that_is_wrong_is_refused_with_the_mend)
{
	struct url u;
	const char *wrong = url_parse(bad[_i].text, &u);

	ck_assert_msg(wrong != NULL, "%s was taken", bad[_i].text);
	ck_assert_msg(strstr(wrong, bad[_i].words) != NULL, "%s: %s",
		bad[_i].text, wrong);
}
END_TEST

START_TEST(url_that_is_too_long_is_refused)
{
	char text[600];
	struct url u;

	memset(text, 'x', sizeof text);
	memcpy(text, "unix:///", 8);
	text[7 + 107] = '\0';
	ck_assert_ptr_null(url_parse(text, &u));
	ck_assert_uint_eq(strlen(u.path), 107);
	text[7 + 107] = 'x';
	text[7 + 108] = '\0';
	ck_assert_ptr_nonnull(strstr(url_parse(text, &u), "107"));
	memset(text, 'x', sizeof text);
	memcpy(text, "udp://", 6);
	strcpy(text + 6 + 255, ":1");
	ck_assert_ptr_null(url_parse(text, &u));
	text[6 + 255] = 'x';
	strcpy(text + 6 + 256, ":1");
	ck_assert_ptr_nonnull(strstr(url_parse(text, &u), "255"));
}
END_TEST

START_TEST(address_shows_as_a_url)
{
	char out[160];
	struct sockaddr_in v4 = {
		.sin_family = AF_INET, .sin_port = htons(40312)};
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(7)};
	struct sockaddr_un local = {.sun_family = AF_UNIX};

	inet_pton(AF_INET, "127.0.0.1", &v4.sin_addr);
	url_show(URL_UDP, (struct sockaddr *)&v4, sizeof v4, out, sizeof out);
	ck_assert_str_eq(out, "udp://127.0.0.1:40312");
	inet_pton(AF_INET6, "::1", &v6.sin6_addr);
	url_show(URL_TCP, (struct sockaddr *)&v6, sizeof v6, out, sizeof out);
	ck_assert_str_eq(out, "tcp://[::1]:7");
	inet_pton(AF_INET6, "::ffff:10.0.0.1", &v6.sin6_addr);
	url_show(URL_TCP, (struct sockaddr *)&v6, sizeof v6, out, sizeof out);
	ck_assert_str_eq(out, "tcp://10.0.0.1:7");
	inet_pton(AF_INET6, "fe80::1", &v6.sin6_addr);
	v6.sin6_scope_id = if_nametoindex("lo");
	url_show(URL_UDP, (struct sockaddr *)&v6, sizeof v6, out, sizeof out);
	ck_assert_str_eq(out, "udp://[fe80::1%lo]:7");
	strcpy(local.sun_path, "/tmp/a\x1b");
	url_show(URL_UNIXGRAM, (struct sockaddr *)&local, sizeof local, out,
		sizeof out);
	ck_assert_str_eq(out, "unixgram:///tmp/a\\x1b");
	memcpy(local.sun_path, "\0abs", 4);
	url_show(URL_UNIXGRAM, (struct sockaddr *)&local,
		sizeof(sa_family_t) + 4, out, sizeof out);
	ck_assert_str_eq(out, "unixgram://@abs");
	url_show(URL_UNIXGRAM, (struct sockaddr *)&local, sizeof(sa_family_t),
		out, sizeof out);
	ck_assert_str_eq(out, "unixgram:(no address)");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/url");
	TCase *tc = tcase_create("url");

	tcase_add_loop_test(tc, url_that_is_right_is_taken_apart, 0,
		(int)(sizeof good / sizeof good[0]));
	tcase_add_loop_test(tc, url_that_is_wrong_is_refused_with_the_mend, 0,
		(int)(sizeof bad / sizeof bad[0]));
	tcase_add_test(tc, url_that_is_too_long_is_refused);
	tcase_add_test(tc, address_shows_as_a_url);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
