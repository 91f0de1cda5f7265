/* SPDX-License-Identifier: MIT */
/*
 * osc_write.h -- Open Sound Control messages, put together in place.
 *
 * A writer fills the caller's buffer and remembers whether anything did not
 * fit; osc_end then answers 0, and nothing of the message is to be used.
 * Pure: no thread, no allocation.
 */
#ifndef TACTUS_NRT_OSC_WRITE_H
#define TACTUS_NRT_OSC_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mark.h"

#define OSC_MAX_TYPES 8448 /* type tags of one message that is written */

struct osc_out {
	uint8_t *data;
	size_t room;
	size_t address; /* bytes of the padded address */
	size_t args;    /* bytes of arguments written so far */
	uint32_t types; /* how many */
	bool failed;    /* something did not fit */
	char type[OSC_MAX_TYPES + 2];
	/* the arguments stand behind the address until osc_end, which makes
	 * room for the types in between */
};

/** Begin a message in `data`. @thread any */
void osc_begin(struct osc_out *o, void *data, size_t room, const char *address);
void osc_put_int(struct osc_out *o, int32_t value);
void osc_put_float(struct osc_out *o, float value);
void osc_put_string(struct osc_out *o, const char *value);
void osc_put_blob(struct osc_out *o, const void *data, uint32_t size);
void osc_put_int64(struct osc_out *o, int64_t value);
void osc_put_double(struct osc_out *o, double value);
void osc_put_time(struct osc_out *o, uint64_t ntp);
void osc_put_bool(struct osc_out *o, bool value); /* T or F */
void osc_put_nil(struct osc_out *o);
void osc_put_impulse(struct osc_out *o);
void osc_put_array(struct osc_out *o); /* [ */
void osc_end_array(struct osc_out *o); /* ] */

/** How many bytes the message would take if it ended here. */
size_t osc_size(const struct osc_out *o);

/** End the message. @return its bytes, or 0 when it did not fit */
TACTUS_NODISCARD size_t osc_end(struct osc_out *o);

/**
 * A bundle: begin, then add finished messages or bundles; the size is in
 * `*size` all along.
 * @return false when it does not fit; the bundle is as before
 */
TACTUS_NODISCARD bool osc_bundle_begin(
	void *data, size_t room, size_t *size, uint64_t ntp);
TACTUS_NODISCARD bool osc_bundle_add(void *data, size_t room, size_t *size,
	const void *element, size_t bytes);

#endif
