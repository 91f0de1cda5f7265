/* SPDX-License-Identifier: MIT */
/*
 * wavetable_class.c -- the resource class Wavetable, made and ended.
 *
 * Its arguments are one of
 *   names of shapes, one for each table: "sine", "triangle", "saw", "square";
 *   amplitudes of the harmonics 1, 2, 3… of one table, all of them sines;
 *   a path, and if need be the number of tables that the sound file holds one
 *   after the other, all of the same length (1), and its channel (0).
 *
 * check runs on the loop, the rest on workers.
 */
#include "wavetable_class.h"

#include <string.h>

#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/resources/wavetable.h>

#include "wavetable_bands.h"

/** Fewest frames of a cycle in a file. */
#define LEAST_CYCLE 8
/** Most channels of a file. */
#define CHANNELS 64
/** Loudest harmonic that may be asked for. */
#define LOUDEST 100.0
/** Floats that are read at once. */
#define SLICE 16384

/** Names of enum bands_shape. */
static const char *const shape_names[BANDS_SHAPES] = {
	"sine", "triangle", "saw", "square"};

/** What the arguments ask for. */
struct plan {
	uint32_t tables;
	uint32_t channel;
	bool is_file;
	bool is_shapes;
};

static const char what[] = "a wavetable is made of a path, of shapes (sine, "
			   "triangle, saw, square) or of amplitudes";

/** A shape's number; BANDS_SHAPES: it is none. */
static enum bands_shape
shape_of(const TactusValue *v)
{
	uint32_t n = 0;

	if (v->type != 's') {
		return BANDS_SHAPES;
	}
	while (n < BANDS_SHAPES && strcmp(shape_names[n], v->string) != 0) {
		n++;
	}
	return (enum bands_shape)n;
}

/** Begin a reason. @return `code` */
static int
refuse(int code, char *reason, size_t size, const char *text)
{
	if (size != 0) {
		reason[0] = '\0';
	}
	tactus_text_add(reason, size, text);
	return code;
}

static int
check_shapes(
	const TactusValue *values, uint32_t count, char *reason, size_t size)
{
	for (uint32_t i = 0; i < count; i++) {
		if (values[i].type != 's') {
			return refuse(400, reason, size,
				"after the name of a shape come others, or "
				"nothing");
		}
		if (shape_of(&values[i]) == BANDS_SHAPES) {
			refuse(422, reason, size, "there is no shape \"");
			/* a long name must not push the mend out */
			tactus_text_add(reason, size < 96 ? size : 96,
				values[i].string);
			tactus_text_add(reason, size,
				"\": give sine, triangle, saw or square");
			return 422;
		}
	}
	if (count > TACTUS_WAVETABLE_TABLES) {
		return refuse(413, reason, size,
			"a wavetable has at most 256 tables");
	}
	return 0;
}

static int
check_amplitudes(
	const TactusValue *values, uint32_t count, char *reason, size_t size)
{
	for (uint32_t i = 0; i < count; i++) {
		if (values[i].type == 's') {
			return refuse(400, reason, size,
				"the amplitudes of harmonics are numbers");
		}
		if (!(values[i].number >= -LOUDEST &&
			    values[i].number <= LOUDEST)) {
			return refuse(422, reason, size,
				"the amplitude of a harmonic is from -100 to "
				"100");
		}
	}
	if (count > BANDS_HARMONICS) {
		return refuse(413, reason, size,
			"a wavetable has at most 1023 harmonics");
	}
	return 0;
}

static int
check_file(const TactusValue *values, uint32_t count, struct plan *plan,
	char *reason, size_t size)
{
	int64_t n;

	if (count > 3) {
		return refuse(400, reason, size,
			"after the path come the number of tables and the "
			"channel, and no more");
	}
	for (uint32_t i = 1; i < count; i++) {
		if (!tactus_value_whole(&values[i], &n)) {
			return refuse(400, reason, size,
				i == 1 ? "the number of tables must be a "
					 "whole number"
				       : "the channel must be a whole number");
		}
		if (i == 1 && (n < 1 || n > TACTUS_WAVETABLE_TABLES)) {
			return refuse(422, reason, size,
				"the number of tables is from 1 to 256");
		}
		if (i == 2 && (n < 0 || n >= CHANNELS)) {
			return refuse(422, reason, size,
				"the channel is from 0 to 63");
		}
		*(i == 1 ? &plan->tables : &plan->channel) = (uint32_t)n;
	}
	return 0;
}

/** Bytes that so many tables take. */
static uint64_t
bytes_of(uint32_t tables)
{
	return sizeof(TactusWavetable) + 128 +
	       wavetable_bands_floats(tables) * sizeof(float);
}

/** Read the arguments. @return as check */
static int
plan_of(const TactusValue *values, uint32_t count, struct plan *plan,
	char *reason, size_t size)
{
	*plan = (struct plan){.tables = 1};
	if (count == 0) {
		return refuse(400, reason, size, what);
	}
	if (values[0].type != 's') {
		return check_amplitudes(values, count, reason, size);
	}
	if (shape_of(&values[0]) != BANDS_SHAPES) {
		plan->is_shapes = true;
		plan->tables = count;
		return check_shapes(values, count, reason, size);
	}
	plan->is_file = true;
	return check_file(values, count, plan, reason, size);
}

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	struct plan plan;
	int code = plan_of(values, count, &plan, reason, size);

	if (code == 0 &&
		bytes_of(plan.tables) + sizeof(struct wavetable_bands) >
			host->limit(host, TACTUS_WAVETABLE_URI)) {
		refuse(413, reason, size, "a wavetable of ");
		tactus_text_add_whole(reason, size, (int32_t)plan.tables);
		tactus_text_add(reason, size,
			" tables is larger than the class may be: see "
			"max_bytes");
		return 413;
	}
	return code;
}

/** A file of cycles that is read, and what it is taken apart with. */
struct file {
	const char *path;
	TactusSound *sound;
	TactusSoundInfo info;
	uint32_t cycle; /* frames */
	struct wavetable_series *series;
	float *slice; /* SLICE floats, all channels */
	float *one;   /* a cycle */
};

/** Begin a reason with the file's name, and go on. @return false */
static bool
blame(const struct file *f, char *reason, size_t size, const char *text)
{
	refuse(0, reason, size, "");
	/* a long path must not push the mend out of the reason */
	tactus_text_add(reason, size < 112 ? size : 112, f->path);
	tactus_text_add(reason, size, text);
	return false;
}

static void
close_file(const TactusHost *host, struct file *f)
{
	char ignored[8];

	wavetable_series_close(host, f->series);
	host->free(host, f->slice);
	host->free(host, f->one);
	host->close_sound(host, f->sound, false, ignored, sizeof(ignored));
}

/** Do the file's frames make so many cycles? */
static bool
can_be_cut(struct file *f, const struct plan *plan, char *reason, size_t size)
{
	int64_t cycle = f->info.frames / plan->tables;

	if (f->info.channels > CHANNELS || f->info.channels <= plan->channel) {
		blame(f, reason, size, " has no channel ");
		tactus_text_add_whole(reason, size, (int32_t)plan->channel);
		return false;
	}
	if (f->info.frames < LEAST_CYCLE || cycle < LEAST_CYCLE) {
		return blame(f, reason, size,
			" is too short: a cycle has at least 8 frames");
	}
	if (cycle > BANDS_CYCLE) {
		return blame(f, reason, size,
			" is too long: a cycle has at most 16384 frames; give "
			"the number of tables in it");
	}
	if (cycle * plan->tables != f->info.frames) {
		blame(f, reason, size, " cannot be cut into ");
		tactus_text_add_whole(reason, size, (int32_t)plan->tables);
		tactus_text_add(
			reason, size, " tables of equal length; it has ");
		/* at most 256 cycles of 16384 frames, and a rest */
		tactus_text_add_whole(reason, size, (int32_t)f->info.frames);
		tactus_text_add(reason, size, " frames");
		return false;
	}
	f->cycle = (uint32_t)cycle;
	return true;
}

static bool
open_file(const TactusHost *host, const struct plan *plan, struct file *f,
	char *reason, size_t size)
{
	f->info.size = sizeof(f->info);
	f->sound = host->open_sound(host, f->path, &f->info, reason, size);
	if (f->sound == NULL) {
		return false;
	}
	if (!can_be_cut(f, plan, reason, size)) {
		return false;
	}
	f->series = wavetable_series_open(host, f->cycle);
	f->slice = host->alloc(host, SLICE * sizeof(float));
	f->one = host->alloc(host, f->cycle * sizeof(float));
	if (f->series == NULL || f->slice == NULL || f->one == NULL) {
		refuse(0, reason, size, "no memory to take the cycles apart");
		return false;
	}
	return true;
}

/** Read the next cycle of one channel. */
static bool
read_cycle(const TactusHost *host, struct file *f, uint32_t channel,
	char *reason, size_t size)
{
	uint32_t channels = f->info.channels;
	uint32_t most = SLICE / channels;

	for (uint32_t at = 0; at < f->cycle;) {
		uint32_t n = f->cycle - at < most ? f->cycle - at : most;

		if (host->read_sound(host, f->sound, f->slice, n) != n) {
			return blame(f, reason, size,
				" is damaged: it ends too soon");
		}
		for (uint32_t i = 0; i < n; i++) {
			f->one[at + i] =
				tactus_tame(f->slice[i * channels + channel]);
		}
		at += n;
	}
	return true;
}

/** The set, and the memory of its rows behind it. */
struct box {
	TactusWavetable w;
	float *rows;
};

static struct box *
open_box(const TactusHost *host, uint32_t tables, char *reason, size_t size)
{
	struct box *box = host->alloc(host, (size_t)bytes_of(tables));

	if (box == NULL) {
		refuse(0, reason, size, "no memory for a wavetable of ");
		tactus_text_add_whole(reason, size, (int32_t)tables);
		tactus_text_add(reason, size, " tables");
		return NULL;
	}
	/* rows are aligned as the box is */
	box->rows =
		(float *)(void *)((char *)box + (sizeof(*box) + 63) / 64 * 64);
	wavetable_bands_layout(&box->w, tables, box->rows);
	return box;
}

/** What is at work in construct. */
struct maker {
	struct plan plan;
	const TactusValue *values;
	uint32_t count;
	struct file file;
	struct wavetable_bands *bands;
	struct box *box;
};

/** Make the tables one by one. */
static bool
fill(const TactusHost *host, struct maker *m, TactusJob *job, char *reason,
	size_t size)
{
	for (uint32_t t = 0; t < m->plan.tables; t++) {
		if (host->is_cancelled(host, job)) {
			refuse(0, reason, size, "cancelled");
			return false;
		}
		if (m->plan.is_shapes) {
			wavetable_bands_shape(
				m->bands, shape_of(&m->values[t]));
		} else if (!m->plan.is_file) {
			wavetable_bands_sum(m->bands, m->values, m->count);
		} else if (read_cycle(host, &m->file, m->plan.channel, reason,
				   size)) {
			wavetable_series_split(
				host, m->file.series, m->file.one, m->bands);
		} else {
			return false;
		}
		wavetable_bands_fill(
			host, m->bands, &m->box->w, m->box->rows, t);
		host->progress(host, job, (t + 1.0) / m->plan.tables);
	}
	return true;
}

static void *
construct(const TactusHost *host, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	struct maker m = {.values = values, .count = count};
	bool is_well = false;

	if (plan_of(values, count, &m.plan, reason, size) != 0) {
		return NULL;
	}
	m.file.path = values[0].string;
	/* a file that will not do takes no memory */
	if (m.plan.is_file &&
		!open_file(host, &m.plan, &m.file, reason, size)) {
		close_file(host, &m.file);
		return NULL;
	}
	m.bands = wavetable_bands_open(host);
	if (m.bands == NULL) {
		refuse(0, reason, size, "no memory to make the tables with");
	} else {
		m.box = open_box(host, m.plan.tables, reason, size);
		is_well = m.box != NULL && fill(host, &m, job, reason, size);
	}
	wavetable_bands_close(host, m.bands);
	close_file(host, &m.file);
	if (!is_well) {
		host->free(host, m.box);
		return NULL;
	}
	return m.box;
}

static void
destroy(const TactusHost *host, void *resource)
{
	host->free(host, resource);
}

const TactusResourceDef wavetable_class = {
	.size = sizeof(wavetable_class),
	.uri = TACTUS_WAVETABLE_URI,
	.name = "wavetable",
	.doc = "Single cycles of waveforms, band-limited, to morph through.",
	.arguments = "s path [, i tables [, i channel]] or s shape ... or "
		     "f amplitude ...",
	.check = check,
	.construct = construct,
	.destroy = destroy,
};
