/* SPDX-License-Identifier: MIT */
/*
 * corpus.c -- see corpus.h.
 */
#include "corpus.h"

#include <string.h>

#define PACKET(name, text)       \
  {                              \
    name, text, sizeof(text) - 1 \
  }
#define TAG_NOW "\0\0\0\0\0\0\0\1"

const struct sample_packet corpus[] = {
	PACKET("no types", "/syn\0\0\0\0"),
	PACKET("empty types", "/version\0\0\0\0,\0\0\0"),
	PACKET("one int", "/sync\0\0\0,i\0\0\0\0\0\7"),
	PACKET("negative int", "/sync\0\0\0,i\0\0\xff\xff\xff\xfe"),
	PACKET("all types", "/all\0\0\0\0,ifsbhdtTFNI\0\0\0\0"
			    "\0\0\0\1"
			    "\x3f\x80\0\0"
			    "sine\0\0\0\0"
			    "\0\0\0\5"
			    "\1\2\3\4\5\0\0\0"
			    "\0\0\0\1\0\0\0\2"
			    "\x3f\xe0\0\0\0\0\0\0"
			    "\xe9\0\0\0\x80\0\0\0"),
	PACKET("arrays", "/synth/new\0\0,siii[sf[]][]\0\0\0"
			 "sine\0\0\0\0"
			 "\0\0\0\1"
			 "\0\0\0\0"
			 "\0\0\0\1"
			 "freq\0\0\0\0"
			 "\x43\xdc\0\0"),
	PACKET("eight arrays deep", "/a\0\0,[[[[[[[[]]]]]]]]\0\0\0"),
	PACKET("empty string and blob", "/e\0\0,sb\0"
					"\0\0\0\0"
					"\0\0\0\0"),
	PACKET("padding that is not zero", "/ab\0,s\0\x7f"
					   "x\0\xff\xff"),
	PACKET("bytes that are no UTF-8", "/\xff\xfe\0,s\0\0"
					  "\x80\0\0\0"),
	PACKET("empty bundle", "#bundle\0" TAG_NOW),
	PACKET("bundle of two", "#bundle\0"
				"\xe9\0\0\0\0\0\0\0"
				"\0\0\0\x8"
				"/syn\0\0\0\0"
				"\0\0\0\x10"
				"/sync\0\0\0,i\0\0\0\0\0\7"),
	PACKET("nested, the inner one later", "#bundle\0"
					      "\xe9\0\0\0\0\0\0\0"
					      "\0\0\0\x1c"
					      "#bundle\0"
					      "\xe9\0\0\1\0\0\0\0"
					      "\0\0\0\x8"
					      "/syn\0\0\0\0"
					      "\0\0\0\x8"
					      "/end\0\0\0\0"),
	PACKET("nested, the inner one earlier", "#bundle\0"
						"\xe9\0\0\0\0\0\0\0"
						"\0\0\0\x1c"
						"#bundle\0"
						"\xe8\0\0\0\0\0\0\0"
						"\0\0\0\x8"
						"/syn\0\0\0\0"
						"\0\0\0\x1c"
						"#bundle\0" TAG_NOW "\0\0\0\x8"
						"/now\0\0\0\0"),
	PACKET("empty bundles within", "#bundle\0" TAG_NOW "\0\0\0\x10"
				       "#bundle\0" TAG_NOW "\0\0\0\x24"
				       "#bundle\0" TAG_NOW "\0\0\0\x10"
				       "#bundle\0" TAG_NOW),
};

const size_t corpus_count = sizeof corpus / sizeof corpus[0];

uint32_t
corpus_random(uint32_t *state)
{
	/* xorshift, Marsaglia 2003 */
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void
mutate(uint32_t *state, uint8_t *at, size_t *size, size_t room)
{
	size_t where = corpus_random(state) % *size;

	switch (corpus_random(state) % 6) {
	case 0:
		at[where] = (uint8_t)corpus_random(state);
		break;
	case 1:
		at[where] ^= (uint8_t)(1U << corpus_random(state) % 8);
		break;
	case 2:
		at[where] = (uint8_t) "\0,/#[]ifsbTF\xff"[corpus_random(state) %
							  14];
		break;
	case 3: /* cut, in words */
		*size = (where + 4) / 4 * 4 <= *size ? (where + 4) / 4 * 4
						     : *size;
		break;
	case 4: /* a word twice */
		where &= ~(size_t)3;
		if (*size + 4 <= room) {
			memmove(at + where + 4, at + where, *size - where);
			*size += 4;
		}
		break;
	default: /* put the packet into a bundle */
		if (*size + 20 <= room && *size < 256) {
			memmove(at + 20, at, *size);
			memcpy(at, "#bundle\0" TAG_NOW "\0\0\0", 19);
			at[19] = (uint8_t)*size;
			*size += 20;
		}
		break;
	}
}

size_t
corpus_make(uint32_t *state, uint8_t *out, size_t room)
{
	const struct sample_packet *p =
		&corpus[corpus_random(state) % corpus_count];
	size_t size = p->size;

	memcpy(out, p->bytes, size);
	for (uint32_t n = corpus_random(state) % 5; n > 0; n--) {
		mutate(state, out, &size, room);
	}
	return size;
}
