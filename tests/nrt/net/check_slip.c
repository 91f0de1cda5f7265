/* SPDX-License-Identifier: MIT */
/*
 * check_slip.c -- slip.c: however a stream is cut, the packets are the same.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "slip.h"

#define LIMIT  64
#define STREAM 65536

/** Take a whole stream, cut as `cut` says; note what came of it. */
static size_t
take(const uint8_t *bytes, size_t size, uint32_t *cut, char *events,
	uint8_t *packets)
{
	static const char letter[] = {[SLIP_PACKET] = 'p',
		[SLIP_BAD_ESCAPE] = 'e',
		[SLIP_TOO_LARGE] = 'L',
		[SLIP_BAD_START] = 's',
		[SLIP_BAD_LENGTH] = 'b',
		[SLIP_OVER_LENGTH] = 'o'};
	uint8_t *room = malloc(LIMIT);
	struct slip_in in;
	size_t length = 0;

	ck_assert_ptr_nonnull(room);
	slip_init(&in, room, LIMIT);
	while (size > 0) {
		size_t piece = cut == NULL ? size
			       : *cut == 0 ? 1
					   : corpus_random(cut) % size + 1;
		/* its own memory, for ASan */
		uint8_t *part = malloc(piece);
		ck_assert_ptr_nonnull(part);
		memcpy(part, bytes, piece);
		const uint8_t *at = part, *end = part + piece;
		while (at < end) {
			enum slip_event e = slip_next(&in, &at, end);
			if (e == SLIP_MORE) {
				ck_assert_ptr_eq(at, end);
				break;
			}
			*events++ = letter[e];
			if (e == SLIP_PACKET) {
				memcpy(packets + length, in.data, in.size);
				length += in.size;
			}
			if (e >= SLIP_BAD_START) {
				free(part);
				goto over;
			}
		}
		free(part);
		bytes += piece;
		size -= piece;
	}
over:
	*events = '\0';
	free(room);
	return length;
}

static const struct {
	const char *what, *bytes;
	size_t size;
	const char *events, *packets;
} streams[] = {
#define STREAM_OF(text) text, sizeof(text) - 1
	{"nothing",         STREAM_OF(""),                          "",   ""         },
	{"ends alone",      STREAM_OF("\xc0\xc0\xc0"),              "",   ""         },
	{"one packet",      STREAM_OF("\xc0/ab\xc0"),               "p",  "/ab"      },
	{"one end between", STREAM_OF("\xc0/ab\xc0/c\xc0"),         "pp", "/ab/c"    },
	{"no end before",   STREAM_OF("/ab\xc0"),                   "p",  "/ab"      },
	{"bundle first",    STREAM_OF("#b\xc0"),                    "p",  "#b"       },
	{"escapes",         STREAM_OF("\xc0/\xdb\xdc\xdb\xdd\xc0"), "p",  "/\xc0\xdb"},
	{"bad escape",      STREAM_OF("\xc0/\xdbx\xc0/ok\xc0"),     "ep", "/ok"      },
	{"end in escape",   STREAM_OF("\xc0/\xdb\xc0/ok\xc0"),      "ep", "/ok"      },
	{"not ended",       STREAM_OF("\xc0/ab"),                   "",   ""         },
	{"length",          STREAM_OF("\0\0\0\4/ab\0"),             "p",  "/ab"      },
	{"two lengths",     STREAM_OF("\0\0\0\4/ab_\0\0\0\4/cde"),  "pp",
						      "/ab_/cde"								  },
	{"length 0",        STREAM_OF("\0\0\0\0abcd"),              "b",  ""         },
	{"length 5",        STREAM_OF("\0\0\0\5abcde"),             "b",  ""         },
	{"length 68",       STREAM_OF("\0\0\0\x44"),                "o",  ""         },
	{"length of 2 GB",  STREAM_OF("\0\0\0\4/ab_\x80\0\0\0"),    "po", "/ab_"     },
	{"neither",         STREAM_OF("GET / HTTP/1.1\r\n"),        "s",  ""         },
};

START_TEST(stream_is_taken_as_the_table_says_however_it_is_cut)
{
	char events[64];
	uint8_t packets[256];
	uint32_t none = 0, seed = 99;
	uint32_t *cuts[] = {NULL, &none, &seed};

	for (int i = 0; i < 3; i++) {
		size_t length = take((const uint8_t *)streams[_i].bytes,
			streams[_i].size, cuts[i], events, packets);
		ck_assert_str_eq(events, streams[_i].events);
		ck_assert_uint_ge(strlen(streams[_i].packets), 0);
		ck_assert_uint_ge(length, strlen(streams[_i].packets));
		ck_assert_mem_eq(packets, streams[_i].packets,
			strlen(streams[_i].packets));
	}
}
END_TEST

START_TEST(packet_over_the_limit_spoils_itself_alone)
{
	uint8_t bytes[512] = {0xc0};
	char events[64];
	uint8_t packets[256];

	memset(bytes + 1, '/', LIMIT);
	bytes[LIMIT + 1] = 0xc0;
	memset(bytes + LIMIT + 2, '/', LIMIT + 1);
	memcpy(bytes + 2 * LIMIT + 3, "\xc0/ok\xc0", 5);
	take(bytes, 2 * LIMIT + 8, NULL, events, packets);
	ck_assert_str_eq(events, "pLp");
	ck_assert_mem_eq(packets + LIMIT, "/ok", 3);
}
END_TEST

/** Packets of every kind of byte, framed; and how they should come out. */
static size_t
make_stream(uint32_t *state, enum slip_framing framing, uint8_t *stream,
	uint8_t *packets, size_t *length, uint32_t count)
{
	static const uint8_t hard[] = {0xc0, 0xdb, 0xdc, 0xdd, 0, '/'};
	size_t size = 0;

	*length = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t packet[LIMIT];
		size_t n = 4 * (1 + corpus_random(state) % (LIMIT / 4));
		for (size_t k = 0; k < n; k++) {
			uint32_t r = corpus_random(state);
			packet[k] = r % 2 == 0 ? (uint8_t)(r >> 8)
					       : hard[(r >> 8) % 6];
		}
		size_t framed = slip_write(framing, packet, n, stream + size);
		ck_assert_uint_le(framed, slip_bound(framing, n));
		memcpy(packets + *length, packet, n);
		*length += n;
		size += framed;
	}
	return size;
}

START_TEST(stream_written_reads_back_however_it_is_cut)
{
	static uint8_t stream[STREAM], packets[STREAM], got[STREAM];
	static char events[1024];
	uint32_t state = 4711 + (uint32_t)_i, none = 0, seed = 31;
	uint32_t *cuts[] = {NULL, &none, &seed};
	enum slip_framing framing = _i % 2 == 0 ? SLIP_ENDS : SLIP_LENGTH;
	size_t length;
	size_t size =
		make_stream(&state, framing, stream, packets, &length, 300);

	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(
			take(stream, size, cuts[i], events, got), length);
		ck_assert_mem_eq(got, packets, length);
		ck_assert_uint_eq(strlen(events), 300);
		ck_assert_uint_eq(strspn(events, "p"), 300);
	}
}
END_TEST

START_TEST(stream_of_noise_never_leaves_its_room)
{
	static const uint8_t hard[] = {0xc0, 0xdb, 0xdc, 0};
	static const uint8_t first[] = {0xc0, '/', '#', 0};
	uint32_t state = 12;
	uint8_t bytes[300];
	char events[512];
	static uint8_t packets[STREAM];

	for (int i = 0; i < 20000; i++) {
		uint32_t cut = corpus_random(&state);
		for (size_t k = 0; k < sizeof bytes; k++) {
			uint32_t r = corpus_random(&state);
			bytes[k] = r % 4 == 0 ? hard[(r >> 8) % 4]
					      : (uint8_t)(r >> 8);
		}
		bytes[0] = first[i % 4];
		if (i % 8 == 3) {
			bytes[1] = bytes[2] = 0;
			bytes[3] = 8;
		}
		size_t length =
			take(bytes, sizeof bytes, &cut, events, packets);
		ck_assert_uint_le(length, sizeof bytes);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/slip");
	TCase *tc = tcase_create("slip");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc,
		stream_is_taken_as_the_table_says_however_it_is_cut, 0,
		(int)(sizeof streams / sizeof streams[0]));
	tcase_add_test(tc, packet_over_the_limit_spoils_itself_alone);
	tcase_add_loop_test(
		tc, stream_written_reads_back_however_it_is_cut, 0, 6);
	tcase_add_test(tc, stream_of_noise_never_leaves_its_room);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
