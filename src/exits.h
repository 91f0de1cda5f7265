/* SPDX-License-Identifier: MIT */
/*
 * exits.h -- how the programs end, after sysexits(3); see tactusd(8).
 *
 * systemd does not restart the daemon after EXIT_USAGE and EXIT_CONFIG: no
 * second try would end otherwise.
 */
#ifndef TACTUS_SRC_EXITS_H
#define TACTUS_SRC_EXITS_H

enum exit_code {
	EXIT_CLEAN = 0,
	EXIT_USAGE = 64,       /* the command line is wrong */
	EXIT_NO_INPUT = 66,    /* a named file is missing */
	EXIT_UNAVAILABLE = 69, /* a required card is absent, a port is taken */
	EXIT_INTERNAL = 70,    /* out of memory, or a mistake of ours */
	EXIT_NO_RIGHTS = 71,   /* real time is required and refused */
	EXIT_CANNOT_MAKE = 73, /* the state directory cannot be made */
	EXIT_IO = 74,          /* it cannot be read or written */
	EXIT_NO_PERMISSION = 77,
	EXIT_CONFIG = 78 /* the configuration is wrong */
};

#endif
