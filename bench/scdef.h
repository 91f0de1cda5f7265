/* SPDX-License-Identifier: MIT */
/*
 * scdef.h -- SynthDef files (version 2) as scsynth reads them, in memory.
 *
 * A def is told as a table of its unit generators; the format is that of
 * SuperCollider's help file "Synth Definition File Format".
 */
#ifndef TACTUS_BENCH_SCDEF_H
#define TACTUS_BENCH_SCDEF_H

#include <stddef.h>
#include <stdint.h>

#define SCDEF_UGENS  6
#define SCDEF_INPUTS 6

/** Rates. */
enum scdef_rate { SCDEF_CONTROL = 1, SCDEF_AUDIO = 2 };

/** Where an input comes from: output `out` of unit generator `ugen`, or, with
 * ugen -1, constant `out`. */
struct scdef_input {
	int ugen;
	int out;
};

struct scdef_ugen {
	const char *name; /* NULL: no more of them */
	int rate;         /* of it and of its outputs */
	int inputs;
	int outputs;
	int special; /* which operator */
	struct scdef_input input[SCDEF_INPUTS];
};

struct scdef {
	const char *name;
	int constants;
	float constant[4];
	int parameters;
	const char *parameter[4];
	struct scdef_ugen ugen[SCDEF_UGENS];
};

/** Write a file of one def. @return its bytes; 0: no room */
size_t scdef_write(const struct scdef *def, uint8_t *to, size_t room);

#endif
