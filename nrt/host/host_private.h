/* SPDX-License-Identifier: MIT */
/*
 * host_private.h -- what the files of the host know of each other.
 *
 * The classes' settings need a restart to change, so they are copied once and
 * then only read; the limits of memory change with a reload, a word each.
 */
#ifndef TACTUS_NRT_HOST_PRIVATE_H
#define TACTUS_NRT_HOST_PRIVATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "host.h"
#include "mark.h"

struct media;

/** What is configured of one class; the strings are the host's. */
struct host_class {
	char *uri;
	uint64_t max_bytes; /* 0: limits.max_resource_bytes */
	uint32_t options;
	struct host_option {
		char *name;
		char *value;
	} * option;
};

struct host {
	double rate;
	uint32_t block;
	bool lock_memory;
	uint32_t classes;
	struct host_class *class;
	_Atomic uint64_t most_each;  /* limits.max_resource_bytes */
	_Atomic uint64_t most_total; /* limits.max_total_resource_bytes */
	_Atomic uint64_t bytes;      /* out, of all resources */
	_Atomic uint64_t begun;      /* pieces of work, of all views */
	atomic_bool refused;         /* a lock was, and it was said */
	struct media *media;         /* the folders; media.c's */
};

/** The host behind what a plugin was given. */
static inline struct host *
host_behind(const TactusHost *host)
{
	return host_view_of(host)->of;
}

/** What is configured of a class; NULL: nothing. */
const struct host_class *host_class_of(const struct host *h, const char *uri);

/* host_memory.c; as TactusHost has them */
void *host_alloc(const TactusHost *host, size_t bytes);
void host_free(const TactusHost *host, void *memory);
uint64_t host_limit(const TactusHost *host, const char *uri);

/* host_job.c; as TactusHost has them */
void host_progress(const TactusHost *host, TactusJob *job, double fraction);
bool host_is_cancelled(const TactusHost *host, const TactusJob *job);
bool host_result(
	const TactusHost *host, TactusJob *job, const TactusValue *value);

/* sound files; as TactusHost has them */
TactusSound *host_open_sound(const TactusHost *host, const char *path,
	TactusSoundInfo *info, char *reason, size_t size);
int host_seek_sound(const TactusHost *host, TactusSound *sound, int64_t frame);
int64_t host_read_sound(const TactusHost *host, TactusSound *sound,
	float *frames, int64_t count);
TactusSound *host_create_sound(const TactusHost *host, const char *path,
	const TactusSoundInfo *info, bool replace, char *reason, size_t size);
int64_t host_write_sound(const TactusHost *host, TactusSound *sound,
	const float *frames, int64_t count);
int host_close_sound(const TactusHost *host, TactusSound *sound, bool keep,
	char *reason, size_t size);

/* the resampler; as TactusHost has them */
TactusResampler *host_open_resampler(
	const TactusHost *host, uint32_t channels, double ratio);
int64_t host_resample(const TactusHost *host, TactusResampler *r,
	const float *in, int64_t in_frames, int64_t *used, float *out,
	int64_t out_frames, bool end);
void host_close_resampler(const TactusHost *host, TactusResampler *r);

/* the FFT; as TactusHost has them */
TactusFft *host_open_fft(const TactusHost *host, uint32_t points);
void host_close_fft(const TactusHost *host, TactusFft *fft);

#endif
