/* SPDX-License-Identifier: MIT */
/*
 * slip.c -- see slip.h.
 */
#include "slip.h"

#include <string.h>

enum { END = 0xc0, ESC = 0xdb, ESC_END = 0xdc, ESC_ESC = 0xdd };

void
slip_init(struct slip_in *in, uint8_t *data, size_t limit)
{
	*in = (struct slip_in){.framing = SLIP_UNKNOWN,
		.data = data,
		.limit = limit,
		.spoilt = SLIP_MORE};
}

static enum slip_framing
detect(uint8_t first)
{
	switch (first) {
	case END:
	case '/':
	case '#':
		return SLIP_ENDS;
	case 0:
		return SLIP_LENGTH;
	default:
		return SLIP_UNKNOWN;
	}
}

/** An END came: what was it the end of? */
static enum slip_event
end_packet(struct slip_in *in)
{
	enum slip_event e = in->spoilt;

	if (in->escaped) {
		e = SLIP_BAD_ESCAPE;
	} else if (e == SLIP_MORE && in->size > 0) {
		e = SLIP_PACKET;
	}
	in->spoilt = SLIP_MORE;
	in->escaped = false;
	in->whole = e != SLIP_MORE;
	return e;
}

static void
take_byte(struct slip_in *in, uint8_t byte)
{
	if (in->escaped) {
		in->escaped = false;
		if (byte == ESC_END) {
			byte = END;
		} else if (byte == ESC_ESC) {
			byte = ESC;
		} else {
			in->spoilt = SLIP_BAD_ESCAPE;
		}
	} else if (byte == ESC) {
		in->escaped = true;
		return;
	}
	if (in->spoilt != SLIP_MORE) {
		return;
	}
	if (in->size == in->limit) {
		in->spoilt = SLIP_TOO_LARGE;
		return;
	}
	in->data[in->size++] = byte;
}

static enum slip_event
next_between_ends(struct slip_in *in, const uint8_t **at, const uint8_t *end)
{
	while (*at < end) {
		uint8_t byte = *(*at)++;
		if (byte != END) {
			take_byte(in, byte);
			continue;
		}
		enum slip_event e = end_packet(in);
		if (e != SLIP_MORE) {
			return e;
		}
	}
	return SLIP_MORE;
}

static enum slip_event
next_by_length(struct slip_in *in, const uint8_t **at, const uint8_t *end)
{
	while (in->digits < 4) {
		if (*at == end) {
			return SLIP_MORE;
		}
		in->length = in->length << 8 | *(*at)++;
		if (++in->digits < 4) {
			continue;
		}
		if (in->length == 0 || in->length % 4 != 0) {
			return SLIP_BAD_LENGTH;
		}
		if (in->length > in->limit) {
			return SLIP_OVER_LENGTH;
		}
	}
	size_t left = (size_t)(end - *at);
	size_t wanted = in->length - in->size;
	size_t taken = left < wanted ? left : wanted;
	if (taken > 0) {
		memcpy(in->data + in->size, *at, taken);
	}
	*at += taken;
	in->size += taken;
	in->whole = in->size == in->length;
	return in->whole ? SLIP_PACKET : SLIP_MORE;
}

enum slip_event
slip_next(struct slip_in *in, const uint8_t **at, const uint8_t *end)
{
	enum slip_event e;

	if (*at == end) {
		return SLIP_MORE;
	}
	if (in->whole) {
		in->whole = false;
		in->size = 0;
		in->length = in->digits = 0;
	}
	if (in->framing == SLIP_UNKNOWN) {
		in->framing = detect(**at);
	}
	switch (in->framing) {
	case SLIP_ENDS:
		e = next_between_ends(in, at, end);
		break;
	case SLIP_LENGTH:
		e = next_by_length(in, at, end);
		break;
	case SLIP_UNKNOWN:
	default:
		return SLIP_BAD_START;
	}
	return e;
}

size_t
slip_bound(enum slip_framing framing, size_t size)
{
	return framing == SLIP_LENGTH ? size + 4 : 2 * size + 2;
}

size_t
slip_write(enum slip_framing framing, const void *packet, size_t size,
	uint8_t *out)
{
	const uint8_t *in = packet;
	uint8_t *at = out;

	if (framing == SLIP_LENGTH) {
		at[0] = (uint8_t)(size >> 24);
		at[1] = (uint8_t)(size >> 16);
		at[2] = (uint8_t)(size >> 8);
		at[3] = (uint8_t)size;
		memcpy(at + 4, packet, size);
		return size + 4;
	}
	*at++ = END;
	for (size_t i = 0; i < size; i++) {
		if (in[i] == END || in[i] == ESC) {
			*at++ = ESC;
			*at++ = in[i] == END ? ESC_END : ESC_ESC;
		} else {
			*at++ = in[i];
		}
	}
	*at++ = END;
	return (size_t)(at - out);
}
