/* SPDX-License-Identifier: MIT */
/*
 * def.h -- what most synth definitions need: helpers, nothing of the contract.
 *
 * It is called on the loop or a worker, and what begins with TACTUS_RT on audio
 * threads too.  It is made of memcpy alone: a plugin that uses it imports no
 * more than the C compiler's own needs.  An author may do without it.
 */
#ifndef TACTUS_DEF_H
#define TACTUS_DEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tactus/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Register the one def of a plugin: what its tactus_plugin() returns.
 * @side loop
 * @return `plugin`, or NULL when this engine cannot take it
 */
static inline const TactusPlugin *
tactus_offer(const TactusHost *host, const TactusPlugin *plugin,
	const TactusSynthDef *def)
{
	if (host->abi != TACTUS_ABI_VERSION) {
		return NULL;
	}
	return host->register_synthdef(host, def) == 0 ? plugin : NULL;
}

/**
 * Describe a port as `like` does, no further than the engine knows ports.
 * @side loop
 */
static inline void
tactus_port_set(TactusPort *port, const TactusPort *like)
{
	size_t head = sizeof(port->size);
	size_t size = port->size < sizeof(*port) ? port->size : sizeof(*port);

	memcpy((char *)port + head, (const char *)like + head, size - head);
}

/**
 * Add to a text of `size` bytes in all, cut where it is full.
 * @side loop
 */
static inline void
tactus_text_add(char *text, size_t size, const char *more)
{
	size_t at = 0;

	while (at < size && text[at] != '\0') {
		at++;
	}
	while (at + 1 < size && *more != '\0') {
		text[at++] = *more++;
	}
	if (at < size) {
		text[at] = '\0';
	}
}

/**
 * Begin the reason why something is refused.
 * @side loop, worker
 * @return `code`, for the caller to hand on
 */
static inline int
tactus_refuse(int code, char *reason, size_t size, const char *why)
{
	if (size != 0) {
		reason[0] = '\0';
	}
	tactus_text_add(reason, size, why);
	return code;
}

/**
 * Add a whole number to a text, in decimal.
 * @side loop
 */
static inline void
tactus_text_add_whole(char *text, size_t size, int32_t number)
{
	char digits[16];
	size_t at = sizeof(digits) - 1;
	uint32_t rest = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;

	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + (int)(rest % 10));
		rest /= 10;
	} while (rest != 0);
	if (number < 0) {
		digits[--at] = '-';
	}
	tactus_text_add(text, size, &digits[at]);
}

/**
 * Number a port's name: "in" becomes "in3".
 * @side loop
 */
static inline void
tactus_port_number(TactusPort *port, uint32_t number)
{
	tactus_text_add_whole(port->name, sizeof(port->name), (int32_t)number);
}

/** The reason why an option is refused, begun: `option "name" `. */
static inline void
tactus_option_blame(const TactusOption *option, char *reason, size_t size)
{
	if (size != 0) {
		reason[0] = '\0';
	}
	tactus_text_add(reason, size, "option \"");
	/* a long name must not push the mend out of the reason */
	tactus_text_add(reason, size < 64 ? size : 64, option->name);
	tactus_text_add(reason, size, "\" ");
}

/**
 * Refuse an option: `option "name" why`.
 * @side loop
 * @return -1
 */
static inline int
tactus_option_refuse(
	const TactusOption *option, const char *why, char *reason, size_t size)
{
	tactus_option_blame(option, reason, size);
	tactus_text_add(reason, size, why);
	return -1;
}

/**
 * See to it that a def which knows one option gets no other, and not twice.
 * @side loop
 * @return 0, or -1 with a reason
 */
static inline int
tactus_option_alone(const TactusOption *options, uint32_t count,
	const char *name, char *reason, size_t size)
{
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(options[i].name, name) != 0) {
			tactus_option_refuse(&options[i],
				"is unknown; known: ", reason, size);
			tactus_text_add(reason, size, name);
			return -1;
		}
	}
	return count < 2
		       ? 0
		       : tactus_option_refuse(&options[1],
				 "is given twice; give it once", reason, size);
}

/** Is it a number of least…most? @side loop */
static inline bool
tactus_option_within(const TactusOption *option, double least, double most)
{
	return (option->type == 'i' || option->type == 'f') &&
	       option->number >= least && option->number <= most;
}

/**
 * Parse the options of a def that knows one, a whole number.
 * @side loop
 * @return 1 when it was given and `out` is set, 0 when it was not, -1 with a
 *         reason when it is no whole number of least…most, when it is given
 *         twice, or when another name is given
 */
static inline int
tactus_parse_whole(const TactusOption *options, uint32_t count,
	const char *name, int32_t least, int32_t most, int32_t *out,
	char *reason, size_t size)
{
	if (tactus_option_alone(options, count, name, reason, size) != 0) {
		return -1;
	}
	if (count == 0) {
		return 0;
	}
	if (!tactus_option_within(options, (double)least, (double)most) ||
		(double)(int32_t)options->number != options->number) {
		tactus_option_refuse(
			options, "must be a whole number from ", reason, size);
		tactus_text_add_whole(reason, size, least);
		tactus_text_add(reason, size, " to ");
		tactus_text_add_whole(reason, size, most);
		return -1;
	}
	*out = (int32_t)options->number;
	return 1;
}

/**
 * Parse the options of a def that knows one, a number.
 * @side loop
 * @param range what it must be, for the reason: "a number from 0.5 to 60"
 * @return as tactus_parse_whole
 */
static inline int
tactus_parse_number(const TactusOption *options, uint32_t count,
	const char *name, double least, double most, const char *range,
	double *out, char *reason, size_t size)
{
	if (tactus_option_alone(options, count, name, reason, size) != 0) {
		return -1;
	}
	if (count == 0) {
		return 0;
	}
	if (!tactus_option_within(options, least, most)) {
		tactus_option_refuse(options, "must be ", reason, size);
		tactus_text_add(reason, size, range);
		return -1;
	}
	*out = options->number;
	return 1;
}

/** The parsed options of a def whose only option is `channels`. */
struct tactus_channels {
	int32_t given; /* 1…64; 0 when it was not given */
};

/**
 * TactusSynthDef.parse for such a def.
 * @side loop
 */
static inline int
tactus_channels_parse(const TactusHost *host, const TactusOption *options,
	uint32_t count, void *out, char *reason, size_t size)
{
	struct tactus_channels *channels = (struct tactus_channels *)out;

	(void)host;
	return tactus_parse_whole(options, count, "channels", 1, 64,
		       &channels->given, reason, size) < 0
		       ? -1
		       : 0;
}

/** How many channels these options ask for; 1 if they are silent. @side any */
TACTUS_RT static inline uint32_t
tactus_channels_of(const void *options)
{
	const struct tactus_channels *channels =
		(const struct tactus_channels *)options;

	return channels != NULL && channels->given > 1
		       ? (uint32_t)channels->given
		       : 1;
}

/** The parsed options of a def whose only option is `seed`. */
struct tactus_seed {
	bool is_given;
	int32_t number;
};

/**
 * TactusSynthDef.parse for such a def.
 * @side loop
 */
static inline int
tactus_seed_parse(const TactusHost *host, const TactusOption *options,
	uint32_t count, void *out, char *reason, size_t size)
{
	struct tactus_seed *seed = (struct tactus_seed *)out;
	int given = tactus_parse_whole(options, count, "seed", INT32_MIN,
		INT32_MAX, &seed->number, reason, size);

	(void)host;
	seed->is_given = given > 0;
	return given < 0 ? -1 : 0;
}

/** What a synth draws its numbers from: its seed, else its node's id. */
TACTUS_RT static inline uint64_t
tactus_seed_of(const void *options, const TactusSynth *synth)
{
	const struct tactus_seed *seed = (const struct tactus_seed *)options;
	bool is_given = seed != NULL && seed->is_given;

	return (uint64_t)(uint32_t)(is_given ? seed->number : synth->id);
}

/* --- for those who read defs: engines, tests --- */

/**
 * Has a def a table of ports?
 * @side loop
 */
static inline bool
tactus_def_has_table(const TactusSynthDef *def)
{
	return def->size > offsetof(TactusSynthDef, channels) &&
	       def->ports != NULL;
}

/**
 * Copy a row of a def's table, no further than both sides know ports.
 * @side loop
 * @return how many ports it stands for
 */
static inline uint32_t
tactus_def_row(const TactusSynthDef *def, const void *options, uint32_t row,
	TactusPort *port)
{
	size_t head = sizeof(port->size);
	size_t bytes =
		port->size < def->port_bytes ? port->size : def->port_bytes;
	const char *from =
		(const char *)def->ports + (size_t)row * def->port_bytes;

	memcpy((char *)port + head, from + head, bytes - head);
	return port->kind == TACTUS_AUDIO && def->channels != NULL
		       ? def->channels(options)
		       : 1;
}

/**
 * How many ports a def has with these options, in whichever way it tells.
 * @side loop
 * @return more than TACTUS_MAX_PORTS where they are too many
 */
static inline uint32_t
tactus_def_ports(const TactusSynthDef *def, const void *options)
{
	uint32_t ports = 0;

	if (!tactus_def_has_table(def)) {
		return def->port_count != NULL ? def->port_count(options) : 0;
	}
	for (uint32_t row = 0; row < def->port_rows; row++) {
		TactusPort port;
		uint32_t more;

		memset(&port, 0, sizeof(port));
		port.size = sizeof(port);
		more = tactus_def_row(def, options, row, &port);
		if (more > TACTUS_MAX_PORTS - ports) {
			return TACTUS_MAX_PORTS + 1;
		}
		ports += more;
	}
	return ports;
}

/**
 * Port `index` of a def with these options, in whichever way it tells.
 * @side loop
 * @pre index < tactus_def_ports(def, options); port->size is set
 */
static inline void
tactus_def_port(const TactusHost *host, const TactusSynthDef *def,
	const void *options, uint32_t index, TactusPort *port)
{
	uint32_t size = port->size;

	memset(port, 0, size);
	port->size = size;
	if (tactus_def_has_table(def)) {
		uint32_t at = index;
		uint32_t row = 0;
		uint32_t count = tactus_def_row(def, options, row, port);

		while (at >= count) {
			at -= count;
			count = tactus_def_row(def, options, ++row, port);
		}
		if (count > 1) {
			tactus_port_number(port, at);
		}
	}
	if (def->port != NULL) {
		def->port(host, options, index, port);
	}
	if ((port->flags & TACTUS_OF_RATE) != 0) {
		port->flags &= ~(uint32_t)TACTUS_OF_RATE;
		port->maximum = (float)((double)port->maximum * host->rate);
		if (port->initial > port->maximum) {
			port->initial = port->maximum;
		}
	}
}

#ifdef __cplusplus
}
#endif

#endif
