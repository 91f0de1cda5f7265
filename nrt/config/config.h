/* SPDX-License-Identifier: MIT */
/*
 * config.h -- the settings: one struct that is made whole, then only read.
 *
 * A config is read from a file, from the folder conf.d beside it and from
 * --set options, checked against one table (config_table.c), and never
 * changed after that; a reload makes another one.  It owns all its strings
 * and lists.  Members are named as the settings are.  Nothing here knows a
 * thread: whoever holds the pointer may read.
 *
 * The build's own config.h is <config.h>; this one is "config.h".
 */
#ifndef TACTUS_NRT_CONFIG_H
#define TACTUS_NRT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "log.h"
#include "mark.h"
#include "net.h"

#define CONFIG_MAX_SETTINGS 80
#define CONFIG_MAX_POOLS    16
#define CONFIG_MAX_CHANNELS 64
#define CONFIG_MAX_THREADS  64 /* for audio */

struct config_own;

enum config_driver {
	CONFIG_DRIVER_AUTO, /* alsa when there is a card, else clock */
	CONFIG_DRIVER_ALSA,
	CONFIG_DRIVER_CLOCK,
	CONFIG_DRIVER_OFFLINE
};

enum config_format {
	CONFIG_FORMAT_AUTO, /* the best of these, in this order */
	CONFIG_FORMAT_S32_LE,
	CONFIG_FORMAT_S24_3LE,
	CONFIG_FORMAT_S24_LE,
	CONFIG_FORMAT_S16_LE,
	CONFIG_FORMAT_FLOAT_LE
};

enum config_audit { CONFIG_AUDIT_OFF, CONFIG_AUDIT_LOG, CONFIG_AUDIT_KILL };

enum config_fault { CONFIG_FAULT_BYPASS, CONFIG_FAULT_ABORT };

struct config_strings {
	uint32_t count;
	const char *const *items;
};

struct config_numbers {
	uint32_t count;
	const uint32_t *items;
};

struct config_pool {
	uint64_t size; /* bytes, a multiple of 64 */
	uint32_t count;
};

/** Ascending by size, no size twice, at least one. */
struct config_pools {
	uint32_t count;
	const struct config_pool *items;
};

struct config_listeners {
	uint32_t count;
	const struct listener_config *items;
};

/** A class's own option, as it was written. */
struct config_option {
	const char *name;
	const char *value; /* numbers and booleans as libconfig text */
};

struct config_class {
	const char *uri;
	bool enabled;
	uint64_t max_bytes; /* 0: limits.max_resource_bytes */
	uint32_t options;
	const struct config_option *option;
};

struct config_classes {
	uint32_t count;
	const struct config_class *items;
};

struct config {
	struct {
		enum config_driver driver;
		struct config_strings devices;         /* none: first card */
		struct config_strings capture_devices; /* none: as devices */
		uint32_t rate;                         /* Hz */
		uint32_t block;
		uint32_t period; /* at least block */
		uint32_t periods;
		uint32_t inputs;  /* channels */
		uint32_t outputs; /* channels */
		enum config_format format;
		bool dither;
		bool require_device;
		double startup_gain_db;
		double startup_ramp_ms; /* 0: none */
		const char *tap;        /* "": none */
	} audio;
	struct {
		bool enable;
		bool required;
		uint32_t priority;
		struct config_numbers
			cpus;     /* none: wherever the kernel likes */
		uint32_t threads; /* 0: "auto", cores - 1 */
		bool lock_memory;
		enum config_audit audit;
	} realtime;
	struct {
		uint32_t max_nodes;
		uint32_t max_audio_buses;
		uint32_t max_resources;
		uint32_t max_connections;
		uint32_t max_inputs_per_port;
		uint32_t max_params;
		uint32_t max_events;
		uint32_t command_ring; /* a power of two */
		uint32_t report_ring;  /* a power of two */
		uint32_t max_commands_per_block;
		double command_share;              /* of a block's time */
		uint64_t max_packet;               /* bytes */
		uint64_t max_resource_bytes;       /* one resource */
		uint64_t max_total_resource_bytes; /* "auto" is worked out */
	} limits;
	struct config_pools pools;
	struct config_classes resource_classes;
	struct {
		struct config_strings path;
		struct config_strings load; /* file names, or {"all"} */
		bool load_all;              /* load is {"all"} */
		enum config_fault on_fault;
	} plugins;
	struct {
		struct config_listeners listeners;
		uint32_t max_clients;
	} osc;
	struct {
		uint32_t threads;
		double stream_buffer_ms;
		double preload_ms;
		double job_timeout_s; /* 0: none */
	} workers;
	struct {
		struct config_strings directories;
		const char *record;
		uint64_t max_file_bytes;
	} media;
	struct {
		const char *directory;
		bool restore;
		const char *scene; /* "": none */
		double autosave_quiet_s;
		double autosave_max_s;
		bool read_only;
		double settle_ms;
		double smoothing_ms;
	} state;
	struct {
		enum log_level level;
		bool osc;
	} log;
	struct config_own *own; /* config.c's: memory, and where from */
};

/** What was found while reading: zero it before the first use. */
struct config_errors {
	uint32_t count; /* errors: one is enough to have no config */
	char **items;   /* "FILE:LINE: text" or "--set PATH=VALUE: text" */
	uint32_t notes; /* accepted, but worth a word; the same form */
	char **note;
};

/** What a reload changes; the paths are constants ("log.level"). */
struct config_changes {
	uint32_t live; /* apply now */
	const char *live_path[CONFIG_MAX_SETTINGS];
	uint32_t restart; /* differ in the files, wait for a restart */
	const char *restart_path[CONFIG_MAX_SETTINGS];
};

/** The file that is read when none is named: CONFDIR/tactus.conf. */
const char *config_default_file(void);

/**
 * Read a configuration: `file`, then conf.d beside it in name order, then
 * `sets`.  All errors are collected, not only the first.
 * @param file NULL: the default file, which may be missing (a note says so)
 * @param sets "PATH=VALUE" each
 * @errors -ENOENT `file` was named and is missing; -EINVAL something in it is
 *         wrong, or it cannot be read as text; -EACCES and others of open;
 *         -ENOMEM.  Except for -ENOMEM `errors` has the words.
 * @owns the caller does: config_close, config_errors_fini
 */
TACTUS_NODISCARD int config_load(const char *file, const char *const *sets,
	uint32_t nsets, struct config **out, struct config_errors *errors);

/** Every setting at its default. @errors -ENOMEM */
TACTUS_NODISCARD int config_default(struct config **out);

/**
 * Read the same file and options again.  In the config that comes of it the
 * settings that need a restart keep what `old` has, so that it always tells
 * what runs, and every reload says again what still waits for a restart.
 * @errors as config_load; `old` stays valid in every case
 */
TACTUS_NODISCARD int config_reload(const struct config *old,
	struct config **out, struct config_changes *changes,
	struct config_errors *errors);

/** End a config and all it owns; NULL is accepted. */
void config_close(struct config *c);

/** Forget the errors and notes; the struct may be used again. */
void config_errors_fini(struct config_errors *errors);

/** Print every setting, one a line: `audio.rate = 48000  # FILE:LINE`, or
 * `# default`, or `# --set`. */
void config_print(FILE *to, const struct config *c);

/**
 * Where a setting's value comes from: "FILE:LINE", "default" or "--set".
 * @return NULL when no setting has that path
 */
const char *config_origin(const struct config *c, const char *path);

#endif
