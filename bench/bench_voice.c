/* SPDX-License-Identifier: MIT */
/*
 * bench_voice.c -- what a voice that plays a resource costs the audio thread.
 *
 * In process, single thread, blocks of 64 frames at 48 kHz, caches warm; the
 * resources are made by the plugins themselves.  Each kind in turn computes
 * some blocks that do not count, then some that do; told is what one voice
 * adds to an empty block.
 *
 *	voice/sampler/rate-1     a looped mono buffer, as it is
 *	voice/sampler/cubic      each voice at a rate of its own, 0.5 … 1.5
 *	voice/sampler/cubic-32   the same, few enough for the first cache
 *	voice/sampler/fast       at rates of 2 … 4
 *	voice/wavetable          one of several tables, each at its own pitch
 *	voice/recorder           overdubs silence in a loop
 *	voice/convolver          an impulse of one second
 */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tactus/def.h>
#include <tactus/resources/audio_buffer.h>

#include "bench.h"
#include "classes.h"
#include "config.h"
#include "desk.h"
#include "host.h"
#include "loader.h"
#include "thread_flush.h"

#define TURN   48
#define WARM   16
#define LEVEL  0.001F
#define FRAMES 100000 /* of the buffer that is played */

/** The host that makes resources, and the folder of its sound. */
struct house {
	struct config *config;
	struct host *host;
	struct loader *loader;
	struct host_view view;
	char folder[64];
};

enum thing { BUFFER, TABLE, IMPULSE, THINGS };

/** What a voice is given at most: the controls by their names. */
struct knob {
	const char *name;
	float value;
	float more; /* that much more for each voice, over all of them */
};

/** One engine that takes turns with the others. */
struct load {
	const char *name;
	const char *def; /* NULL: the empty one */
	uint32_t count;
	uint32_t large; /* of them, such as take much memory */
	enum thing thing;
	struct knob knob[4];
	struct desk desk;
	struct bench block;
	char text[64];
};

static void
must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "bench_voice: %s\n", what);
		exit(EXIT_FAILURE);
	}
}

/** A second of noise that fades. */
static void
write_impulse(const char *path)
{
	SF_INFO info = {.channels = 1,
		.samplerate = DESK_RATE,
		.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	static float sound[DESK_RATE];
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	uint32_t chance = 1;

	must(f != NULL, path);
	for (int i = 0; i < DESK_RATE; i++) {
		chance = chance * 1664525U + 1013904223U;
		sound[i] = (float)(int32_t)chance * 0x1p-31F *
			   (1.0F - (float)i / DESK_RATE) * 0.01F;
	}
	must(sf_writef_float(f, sound, DESK_RATE) == DESK_RATE, path);
	sf_close(f);
}

static void
open_house(struct house *h)
{
	char path[96];
	char media[128];
	const char *const sets[] = {
		media, "plugins.path=[\"" BENCH_PLUGIN_DIR "\"]"};
	struct config_errors errors = {0};

	*h = (struct house){.folder = "/tmp/tactus-voice.XXXXXX"};
	must(mkdtemp(h->folder) != NULL, h->folder);
	(void)snprintf(path, sizeof path, "%s/impulse.wav", h->folder);
	write_impulse(path);
	(void)snprintf(
		media, sizeof media, "media.directories=[\"%s\"]", h->folder);
	must(config_load("/dev/null", sets, 2, &h->config, &errors) == 0,
		"configuration");
	struct host_config hc = {.config = h->config, .rate = DESK_RATE};
	must(host_open(&hc, &h->host) == 0 &&
			loader_open(h->config, h->host, &h->loader) == 0,
		"memory");
	host_view_init(&h->view, h->host);
}

static void
close_house(struct house *h)
{
	char path[96];

	loader_close(h->loader);
	host_close(h->host);
	config_close(h->config);
	(void)snprintf(path, sizeof path, "%s/impulse.wav", h->folder);
	(void)unlink(path);
	(void)rmdir(h->folder);
}

static const TactusResourceDef *
class_of(const struct house *h, const char *name)
{
	char why[256] = "";
	int code = 0;
	const TactusResourceDef *def = classes_find_resource(
		loader_classes(h->loader), name, &code, why, sizeof why);

	must(def != NULL, why);
	return def;
}

static void *
make(struct house *h, const TactusResourceDef *def, const TactusValue *values,
	uint32_t count)
{
	TactusJob job = {0};
	char why[256] = "";

	host_view_begin(&h->view, def->name, def->uri);
	void *made = def->construct(
		&h->view.host, values, count, &job, why, sizeof why);
	must(made != NULL, why);
	return made;
}

/** All resources that voices play. */
static void
make_things(struct house *h, const TactusResourceDef **def, void *thing[THINGS])
{
	const TactusValue size[] = {
		{.type = 'i', .number = 1,      .integer = 1     },
		{.type = 'i', .number = FRAMES, .integer = FRAMES}
        };
	const TactusValue shapes[] = {
		{.type = 's', .string = "sine"},
		{.type = 's', .string = "saw" }
        };
	const TactusValue path = {.type = 's', .string = "impulse.wav"};
	uint32_t chance = 1;

	def[BUFFER] = class_of(h, "audio-buffer");
	def[TABLE] = class_of(h, "wavetable");
	def[IMPULSE] = class_of(h, "impulse");
	thing[BUFFER] = make(h, def[BUFFER], size, 2);
	thing[TABLE] = make(h, def[TABLE], shapes, 2);
	thing[IMPULSE] = make(h, def[IMPULSE], &path, 1);
	TactusAudioBuffer *b = thing[BUFFER];
	for (int i = 0; i < FRAMES; i++) {
		chance = chance * 1664525U + 1013904223U;
		b->channel[0][i] = (float)(int32_t)chance * 0x1p-31F;
	}
}

/** The port of that name. */
static int32_t
port_of(const TactusSynthDef *def, const char *name)
{
	const TactusHost host = {.size = sizeof(host), .rate = DESK_RATE};
	uint32_t count = tactus_def_ports(def, NULL);

	for (uint32_t i = 0; i < count; i++) {
		TactusPort port = {.size = sizeof(port)};

		tactus_def_port(&host, def, NULL, i, &port);
		if (name == NULL ? port.kind == TACTUS_RESOURCE
				 : strcmp(port.name, name) == 0) {
			return (int32_t)i;
		}
	}
	must(false, name);
	return -1;
}

static void
open_load(struct load *l, const TactusResourceDef *class, void *thing,
	uint32_t turns)
{
	struct batch *b = desk_batch(0);

	desk_open_large(&l->desk, l->count, l->large);
	(void)snprintf(l->text, sizeof l->text, "voice/%s", l->name);
	bench_open(&l->block, l->text, "ns", (size_t)turns * TURN);
	desk_add_resource(b, class, 0, thing);
	desk_post(&l->desk, b);
	(void)desk_block(&l->desk);
	(void)desk_block(&l->desk);
	if (l->def == NULL) {
		return;
	}
	const TactusSynthDef *def = desk_def(l->def);
	for (uint32_t i = 0; i < l->count; i++) {
		b = desk_batch(0);
		desk_add_synth(b, def, (int32_t)i + 1, 0);
		desk_add_bind(b, (int32_t)i + 1, port_of(def, NULL), 0);
		for (const struct knob *k = l->knob; k->name != NULL; k++) {
			desk_add_set(b, (int32_t)i + 1, port_of(def, k->name),
				k->value + k->more * (float)i / (float)l->count,
				-1.0);
		}
		desk_post(&l->desk, b);
		(void)desk_block(&l->desk);
	}
}

static void
turn(struct load *l)
{
	for (int i = 0; i < WARM; i++) {
		(void)desk_block(&l->desk);
	}
	for (int i = 0; i < TURN; i++) {
		bench_add(&l->block, desk_block(&l->desk));
	}
}

/** Print what each voice adds to the empty block. */
static void
print(struct load *l, double empty)
{
	for (size_t i = 0; i < l->block.count; i++) {
		l->block.sample[i] = (l->block.sample[i] - empty) / l->count;
	}
	bench_print(&l->block);
}

int
main(void)
{
	/* clang-format off */
	static struct load loads[] = {
		{.name = "empty", .count = 1},
		{.name = "sampler/rate-1", .def = "sampler", .count = 1000,
			.knob = {{"amp", LEVEL, 0}, {"loop", 1, 0}}},
		{.name = "sampler/cubic", .def = "sampler", .count = 1000,
			.knob = {{"rate", 0.5F, 1}, {"amp", LEVEL, 0},
				{"loop", 1, 0}}},
		{.name = "sampler/cubic-32", .def = "sampler", .count = 32,
			.knob = {{"rate", 0.5F, 1}, {"amp", LEVEL, 0},
				{"loop", 1, 0}}},
		{.name = "sampler/cubic-back", .def = "sampler", .count = 1000,
			.knob = {{"rate", -1.5F, 1}, {"amp", LEVEL, 0},
				{"loop", 1, 0}}},
		{.name = "sampler/cubic-fast", .def = "sampler", .count = 1000,
			.knob = {{"rate", 2, 2}, {"amp", LEVEL, 0},
				{"loop", 1, 0}}},
		{.name = "wavetable", .def = "wavetable", .count = 1000,
			.thing = TABLE,
			.knob = {{"freq", 100, 1000}, {"amp", LEVEL, 0},
				{"position", 0, 1}}},
		{.name = "recorder", .def = "recorder", .count = 100,
			.knob = {{"loop", 1, 0}, {"feedback", 1, 0}}},
		{.name = "convolver", .def = "convolver", .count = 16,
			.large = 16, .thing = IMPULSE},
	};
	/* clang-format on */
	enum { LOADS = sizeof loads / sizeof *loads };
	const TactusResourceDef *class[THINGS];
	void *thing[THINGS];
	struct house house;
	uint32_t turns = bench_repeat(25);

	thread_flush_denormals();
	open_house(&house);
	make_things(&house, class, thing);
	for (uint32_t i = 0; i < LOADS; i++) {
		open_load(&loads[i], class[loads[i].thing],
			thing[loads[i].thing], turns);
	}
	for (uint32_t n = 0; n < turns; n++) {
		for (uint32_t i = 0; i < LOADS; i++) {
			/* each in each place of the turn, in turn */
			turn(&loads[(i + n) % LOADS]);
		}
	}
	bench_begin();
	bench_print(&loads[0].block);
	double empty = bench_quantile(&loads[0].block, 0.5);
	for (uint32_t i = 1; i < LOADS; i++) {
		print(&loads[i], empty);
	}
	for (uint32_t i = 0; i < LOADS; i++) {
		desk_close(&loads[i].desk);
		bench_close(&loads[i].block);
	}
	for (uint32_t i = 0; i < THINGS; i++) {
		class[i]->destroy(&house.view.host, thing[i]);
	}
	close_house(&house);
	return EXIT_SUCCESS;
}
