/* SPDX-License-Identifier: MIT */
/*
 * harness_host.c -- see harness_host.h.  TACTUS_PLUGIN_DIR says where the
 * plugins are.
 */
#include "harness_host.h"

#include <dlfcn.h>
#include <math.h>
#include <samplerate.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The engine's is never written to; this one is a single thread's. */
struct TactusFft {
	uint32_t points;
	double *in; /* complex numbers, `points` of each */
	double *out;
};

struct TactusSound {
	SNDFILE *file;
	char path[4096];
	char temporary[4200]; /* "": it is read */
};

struct TactusResampler {
	SRC_STATE *state;
	double ratio;
};

static struct harness_host *
owner_of(const TactusHost *host)
{
	return (struct harness_host *)(uintptr_t)host;
}

/* --- memory --- */

/** In front of each block, so that it can be counted back. */
#define HEAD 64

static void *
host_alloc(const TactusHost *host, size_t bytes)
{
	struct harness_host *h = owner_of(host);

	h->allocations++;
	if (h->allocations == h->fail_at || bytes > h->limit ||
		h->bytes + bytes > h->limit) {
		return NULL;
	}
	size_t room = (bytes + HEAD + 63) / 64 * 64;
	char *block = aligned_alloc(64, room);
	ck_assert_ptr_nonnull(block);
	memset(block, 0, room);
	memcpy(block, &bytes, sizeof bytes);
	h->bytes += bytes;
	h->blocks++;
	return block + HEAD;
}

static void
host_free(const TactusHost *host, void *memory)
{
	struct harness_host *h = owner_of(host);
	size_t bytes;

	if (memory == NULL) {
		return;
	}
	char *block = (char *)memory - HEAD;
	memcpy(&bytes, block, sizeof bytes);
	h->bytes -= bytes;
	h->blocks--;
	free(block);
}

static uint64_t
host_limit(const TactusHost *host, const char *uri)
{
	(void)uri;
	return owner_of(host)->limit;
}

static const char *
host_option(const TactusHost *host, const char *uri, const char *name)
{
	struct harness_host *h = owner_of(host);

	(void)uri;
	return h->option_name != NULL && strcmp(h->option_name, name) == 0
		       ? h->option_value
		       : NULL;
}

/* --- the work --- */

static void
host_progress(const TactusHost *host, TactusJob *job, double fraction)
{
	(void)host;
	ck_assert(fraction >= 0.0 && fraction <= 1.0);
	ck_assert(fraction >= job->progress);
	job->progress = fraction;
	job->tellings++;
}

static bool
host_is_cancelled(const TactusHost *host, const TactusJob *job)
{
	TactusJob *mine = &owner_of(host)->job;

	ck_assert_ptr_eq(job, mine);
	mine->looks++;
	if (mine->cancel_at != 0 && mine->looks >= mine->cancel_at) {
		mine->cancelled = true;
	}
	return mine->cancelled;
}

static bool
host_result(const TactusHost *host, TactusJob *job, const TactusValue *value)
{
	(void)host;
	ck_assert(strchr("ihfs", value->type) != NULL);
	if (job->results == HARNESS_RESULTS) {
		return false;
	}
	job->result[job->results] = *value;
	if (value->type == 's') {
		snprintf(job->text, sizeof job->text, "%s", value->string);
		job->result[job->results].string = job->text;
	}
	job->results++;
	return true;
}

/* --- sound files --- */

static void
full_path(struct harness_host *h, const char *path, char *out, size_t size)
{
	const char *slash = h->media[0] == '\0' || path[0] == '/' ? "" : "/";

	snprintf(out, size, "%s%s%s", path[0] == '/' ? "" : h->media, slash,
		path);
}

static TactusSound *
host_open_sound(const TactusHost *host, const char *path, TactusSoundInfo *info,
	char *reason, size_t size)
{
	struct harness_host *h = owner_of(host);
	TactusSound *s = calloc(1, sizeof *s);
	SF_INFO sf = {0};

	ck_assert_ptr_nonnull(s);
	ck_assert_uint_ge(info->size, sizeof *info);
	full_path(h, path, s->path, sizeof s->path);
	s->file = sf_open(s->path, SFM_READ, &sf);
	if (s->file == NULL) {
		snprintf(reason, size, "%s: %s", path, sf_strerror(NULL));
		free(s);
		return NULL;
	}
	info->channels = (uint32_t)sf.channels;
	info->rate = sf.samplerate;
	info->frames = sf.frames;
	h->sounds++;
	return s;
}

static int
host_seek_sound(const TactusHost *host, TactusSound *s, int64_t frame)
{
	(void)host;
	return sf_seek(s->file, frame, SEEK_SET) == frame ? 0 : -1;
}

static int64_t
host_read_sound(
	const TactusHost *host, TactusSound *s, float *frames, int64_t count)
{
	(void)host;
	int64_t got = sf_readf_float(s->file, frames, count);
	return sf_error(s->file) != SF_ERR_NO_ERROR ? -1 : got;
}

static int
format_of(const char *format)
{
	static const struct {
		const char *name;
		int format;
	} known[] = {
		{"",      SF_FORMAT_WAV | SF_FORMAT_FLOAT  },
		{"wav",   SF_FORMAT_WAV | SF_FORMAT_FLOAT  },
		{"wav16", SF_FORMAT_WAV | SF_FORMAT_PCM_16 },
		{"wav24", SF_FORMAT_WAV | SF_FORMAT_PCM_24 },
		{"flac",  SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
		{"ogg",   SF_FORMAT_OGG | SF_FORMAT_VORBIS },
		{"aiff",  SF_FORMAT_AIFF | SF_FORMAT_PCM_24},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i].name, format) == 0) {
			return known[i].format;
		}
	}
	return 0;
}

static TactusSound *
host_create_sound(const TactusHost *host, const char *path,
	const TactusSoundInfo *info, bool replace, char *reason, size_t size)
{
	struct harness_host *h = owner_of(host);
	SF_INFO sf = {.channels = (int)info->channels,
		.samplerate = (int)info->rate,
		.format = format_of(info->format)};
	TactusSound *s = calloc(1, sizeof *s);

	ck_assert_ptr_nonnull(s);
	full_path(h, path, s->path, sizeof s->path);
	FILE *there = fopen(s->path, "rb");
	if (there != NULL) {
		fclose(there);
	}
	if (there != NULL && !replace) {
		snprintf(reason, size, "%s is there already", path);
		free(s);
		return NULL;
	}
	snprintf(s->temporary, sizeof s->temporary, "%s.part", s->path);
	s->file = sf_open(s->temporary, SFM_WRITE, &sf);
	if (s->file == NULL) {
		snprintf(reason, size, "%s: %s", path, sf_strerror(NULL));
		free(s);
		return NULL;
	}
	h->sounds++;
	return s;
}

static int64_t
host_write_sound(const TactusHost *host, TactusSound *s, const float *frames,
	int64_t count)
{
	(void)host;
	return sf_writef_float(s->file, frames, count);
}

static int
host_close_sound(const TactusHost *host, TactusSound *s, bool keep,
	char *reason, size_t size)
{
	int err = 0;

	if (s == NULL) {
		return 0;
	}
	sf_close(s->file);
	if (s->temporary[0] != '\0') {
		err = keep ? rename(s->temporary, s->path)
			   : remove(s->temporary);
	}
	if (err != 0) {
		snprintf(reason, size, "%s cannot be written", s->path);
	}
	owner_of(host)->sounds--;
	free(s);
	return err;
}

static TactusResampler *
host_open_resampler(const TactusHost *host, uint32_t channels, double ratio)
{
	TactusResampler *r = calloc(1, sizeof *r);
	int err = 0;

	ck_assert_ptr_nonnull(r);
	r->state = src_new(SRC_SINC_BEST_QUALITY, (int)channels, &err);
	r->ratio = ratio;
	owner_of(host)->sounds++;
	return r;
}

static int64_t
host_resample(const TactusHost *host, TactusResampler *r, const float *in,
	int64_t in_frames, int64_t *used, float *out, int64_t out_frames,
	bool end)
{
	SRC_DATA d = {.data_in = in,
		.data_out = out,
		.input_frames = in_frames,
		.output_frames = out_frames,
		.end_of_input = end ? 1 : 0,
		.src_ratio = r->ratio};

	(void)host;
	if (src_process(r->state, &d) != 0) {
		return -1;
	}
	*used = d.input_frames_used;
	return d.output_frames_gen;
}

static void
host_close_resampler(const TactusHost *host, TactusResampler *r)
{
	if (r != NULL) {
		src_delete(r->state);
		free(r);
		owner_of(host)->sounds--;
	}
}

/* --- the FFT --- */

static double *
numbers(uint32_t points)
{
	double *d = calloc(2 * (size_t)points, sizeof *d);

	ck_assert_ptr_nonnull(d);
	return d;
}

static TactusFft *
host_open_fft(const TactusHost *host, uint32_t points)
{
	if (points < TACTUS_MIN_FFT || points > TACTUS_MAX_FFT ||
		(points & (points - 1)) != 0) {
		return NULL;
	}
	TactusFft *fft = calloc(1, sizeof *fft);
	ck_assert_ptr_nonnull(fft);
	*fft = (TactusFft){points, numbers(points), numbers(points)};
	owner_of(host)->sounds++;
	return fft;
}

static void
host_close_fft(const TactusHost *host, TactusFft *fft)
{
	if (fft != NULL) {
		free(fft->in);
		free(fft->out);
		free(fft);
		owner_of(host)->sounds--;
	}
}

/** The plain transform of n points that stand `step` apart, by halves. */
static void
transform(const double *in, double *out, uint32_t n, uint32_t step, double sign)
{
	if (n == 1) {
		out[0] = in[0];
		out[1] = in[1];
		return;
	}
	uint32_t half = n / 2;
	transform(in, out, half, step * 2, sign);
	transform(in + 2 * (size_t)step, out + 2 * (size_t)half, half, step * 2,
		sign);
	for (uint32_t k = 0; k < half; k++) {
		double a = sign * 2.0 * 3.14159265358979323846 * k / n;
		double *e = out + 2 * (size_t)k;
		double *o = out + 2 * (size_t)(k + half);
		double re = o[0] * cos(a) - o[1] * sin(a);
		double im = o[0] * sin(a) + o[1] * cos(a);
		o[0] = e[0] - re;
		o[1] = e[1] - im;
		e[0] += re;
		e[1] += im;
	}
}

static void
forward(const TactusFft *fft, const float *time, float *spectrum)
{
	uint32_t n = fft->points;
	double *in = fft->in;
	double *out = fft->out;

	for (uint32_t i = 0; i < n; i++) {
		in[2 * i] = (double)time[i];
		in[2 * i + 1] = 0.0;
	}
	transform(in, out, n, 1, -1.0);
	for (uint32_t i = 0; i < n + 2; i++) {
		spectrum[i] = (float)out[i];
	}
}

static void
inverse(const TactusFft *fft, const float *spectrum, float *time)
{
	uint32_t n = fft->points;
	double *in = fft->in;
	double *out = fft->out;

	for (uint32_t k = 0; k <= n / 2; k++) {
		in[2 * k] = (double)spectrum[2 * k];
		in[2 * k + 1] = (double)spectrum[2 * k + 1];
	}
	for (uint32_t k = n / 2 + 1; k < n; k++) {
		in[2 * k] = in[2 * (n - k)];
		in[2 * k + 1] = -in[2 * (n - k) + 1];
	}
	transform(in, out, n, 1, 1.0);
	for (uint32_t i = 0; i < n; i++) {
		time[i] = (float)(out[2 * i] / n);
	}
}

/* a test's FFT calls libm; that of the engine does not */
#if defined(__clang__) && __clang_major__ >= 20
#  pragma clang diagnostic push
#  pragma clang diagnostic ignored "-Wfunction-effects"
#endif

TACTUS_RT void
harness_fft_forward(const TactusFft *fft, const float *time, float *spectrum,
	float *scratch)
{
	/* it is the caller's to be spoilt */
	memset(scratch, 0x55, (fft->points + 2) * sizeof *scratch);
	forward(fft, time, spectrum);
}

TACTUS_RT void
harness_fft_inverse(const TactusFft *fft, const float *spectrum, float *time,
	float *scratch)
{
	memset(scratch, 0x55, (fft->points + 2) * sizeof *scratch);
	inverse(fft, spectrum, time);
}

#if defined(__clang__) && __clang_major__ >= 20
#  pragma clang diagnostic pop
#endif

/* --- plugins --- */

static int
register_synth(const TactusHost *host, const TactusSynthDef *def)
{
	struct harness_host *h = owner_of(host);

	ck_assert_uint_lt(h->synths, HARNESS_DEFS);
	h->synth[h->synths++] = def;
	return 0;
}

static int
register_resource(const TactusHost *host, const TactusResourceDef *def)
{
	struct harness_host *h = owner_of(host);

	ck_assert_uint_lt(h->resources, HARNESS_DEFS);
	h->resource[h->resources++] = def;
	return 0;
}

static int
register_job(const TactusHost *host, const TactusJobDef *def)
{
	struct harness_host *h = owner_of(host);

	ck_assert_uint_lt(h->works, HARNESS_DEFS);
	h->work[h->works++] = def;
	return 0;
}

static void
host_log(const TactusHost *host, enum TactusLevel level, const char *text)
{
	(void)host;
	fprintf(stderr, "plugin: %d %s\n", (int)level, text);
}

void
harness_host_init(struct harness_host *h, double rate)
{
	memset(h, 0, sizeof *h);
	h->limit = UINT64_C(1) << 30;
	h->media = "";
	h->host = (TactusHost){.size = sizeof(TactusHost),
		.abi = TACTUS_ABI_VERSION,
		.rate = rate,
		.block = 64,
		.register_synthdef = register_synth,
		.log = host_log,
		.register_resource_def = register_resource,
		.register_job_def = register_job,
		.alloc = host_alloc,
		.free = host_free,
		.limit = host_limit,
		.class_option = host_option,
		.progress = host_progress,
		.is_cancelled = host_is_cancelled,
		.result = host_result,
		.open_sound = host_open_sound,
		.seek_sound = host_seek_sound,
		.read_sound = host_read_sound,
		.create_sound = host_create_sound,
		.write_sound = host_write_sound,
		.close_sound = host_close_sound,
		.open_resampler = host_open_resampler,
		.resample = host_resample,
		.close_resampler = host_close_resampler,
		.open_fft = host_open_fft,
		.close_fft = host_close_fft,
		.fft_forward = harness_fft_forward,
		.fft_inverse = harness_fft_inverse};
}

const TactusPlugin *
harness_host_load(struct harness_host *h, const char *name)
{
	char path[4096];
	const TactusPlugin *(*entry)(const TactusHost *);

	snprintf(path, sizeof path, "%s/%s.so", TACTUS_PLUGIN_DIR, name);
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(object != NULL, "%s", dlerror());
	ck_assert_uint_lt(h->objects, sizeof h->object / sizeof *h->object);
	h->object[h->objects++] = object;
	void *symbol = dlsym(object, "tactus_plugin");
	ck_assert_ptr_nonnull(symbol);
	memcpy(&entry, &symbol, sizeof entry);
	const TactusPlugin *plugin = entry(&h->host);
	ck_assert_ptr_nonnull(plugin);
	ck_assert_uint_eq(plugin->abi, TACTUS_ABI_VERSION);
	return plugin;
}

void
harness_host_close(struct harness_host *h)
{
	ck_assert_uint_eq(h->blocks, 0);
	ck_assert_uint_eq(h->bytes, 0);
	ck_assert_uint_eq(h->sounds, 0);
	while (h->objects > 0) {
		dlclose(h->object[--h->objects]);
	}
}

TactusValue
harness_int(int64_t value)
{
	return (TactusValue){
		.type = 'i', .integer = value, .number = (double)value};
}

TactusValue
harness_float(double value)
{
	return (TactusValue){.type = 'f', .number = value};
}

TactusValue
harness_string(const char *value)
{
	return (TactusValue){.type = 's', .string = value};
}

static const TactusResourceDef *
class_of(const struct harness_host *h, const char *name)
{
	for (uint32_t i = 0; i < h->resources; i++) {
		if (strcmp(h->resource[i]->name, name) == 0) {
			return h->resource[i];
		}
	}
	ck_abort_msg("no class %s", name);
}

void *
harness_construct(struct harness_host *h, const char *name,
	const TactusValue *values, uint32_t count)
{
	const TactusResourceDef *def = class_of(h, name);

	h->reason[0] = '\0';
	h->job.progress = 0.0;
	h->job.results = 0;
	h->code = def->check != NULL ? def->check(&h->host, values, count,
					       h->reason, sizeof h->reason)
				     : 0;
	if (h->code != 0) {
		ck_assert_msg(h->reason[0] != '\0', "%s: no reason", name);
		return NULL;
	}
	void *made = def->construct(
		&h->host, values, count, &h->job, h->reason, sizeof h->reason);
	ck_assert_msg(made != NULL || h->reason[0] != '\0' || h->job.cancelled,
		"%s: no reason", name);
	return made;
}

void
harness_refuses(struct harness_host *h, const char *name, int code,
	const char *words, const TactusValue *values, uint32_t count)
{
	ck_assert_ptr_null(harness_construct(h, name, values, count));
	ck_assert_int_eq(h->code, code);
	ck_assert_msg(strstr(h->reason, words) != NULL, "\"%s\" in \"%s\"",
		words, h->reason);
	ck_assert_uint_eq(h->blocks, 0);
	ck_assert_uint_eq(h->sounds, 0);
}

void
harness_destroy(struct harness_host *h, const char *name, void *resource)
{
	class_of(h, name)->destroy(&h->host, resource);
}

int
harness_perform(struct harness_host *h, const char *name,
	void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count)
{
	const TactusJobDef *def = NULL;

	for (uint32_t i = 0; i < h->works; i++) {
		if (strcmp(h->work[i]->name, name) == 0) {
			def = h->work[i];
		}
	}
	ck_assert_msg(def != NULL, "no job %s", name);
	h->reason[0] = '\0';
	h->job.progress = 0.0;
	h->job.results = 0;
	h->job.looks = 0;
	ck_assert_uint_ge(resource_count, def->least);
	ck_assert_uint_le(resource_count, def->most);
	h->code = def->check != NULL ? def->check(&h->host, values, count,
					       h->reason, sizeof h->reason)
				     : 0;
	if (h->code != 0) {
		ck_assert_msg(h->reason[0] != '\0', "%s: no reason", name);
		return h->code;
	}
	int err = def->perform(&h->host, resources, resource_count, values,
		count, &h->job, h->reason, sizeof h->reason);
	ck_assert_msg(err == 0 || h->reason[0] != '\0' || h->job.cancelled,
		"%s: no reason", name);
	return err == 0 ? 0 : -1;
}
