/* SPDX-License-Identifier: MIT */
/*
 * plugin_trial.c -- synths for the tests: one that can be measured, and some
 * that misbehave on command.
 *
 *	impulse   one frame of `level` at the sample of its activation
 *	offence   does on `fire` what `fire` says: see enum offence
 *	refusal   construct returns its option `code`
 *	memory    holds its option `bytes` of the RT pools
 *	labour    takes long, and says (/away) when a helper does it
 *	stubborn  a class and a job: the argument "wait" waits until it is no
 *	          longer wanted, "hang" does not even look
 *
 * process, construct and destroy run on the audio thread, the rest on the
 * loop.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tactus/def.h>
#include <tactus/plugin.h>

/** What `fire` makes an offence do; 0 is none. */
enum offence {
	OFFENCE_GETPID = 1, /* a system call that does nothing */
	OFFENCE_WRITE = 2,  /* one to a descriptor that is not its own */
	OFFENCE_NAN = 3,    /* a segment of what is no number */
	OFFENCE_NOTES = 4,  /* more notifications than there is room for */
	OFFENCE_FAULT = 5   /* the first touch of pages; option `pages` */
};

#define NOTES 20000

/* --- impulse --- */

enum { LEVEL, IMPULSE_OUT, IMPULSE_PORTS };

static const TactusPort impulse_ports[IMPULSE_PORTS] = {
	[LEVEL] = {.name = "level",
		   .minimum = -8.0f,
		   .maximum = 8.0f,
		   .initial = 1.0f},
	[IMPULSE_OUT] = {.name = "out",
		   .kind = TACTUS_AUDIO,
		   .direction = TACTUS_OUTPUT},
};

struct impulse {
	bool fired;
};

TACTUS_RT static void
impulse_process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct impulse *s = synth->self;
	float *out = synth->out[0];

	for (uint32_t i = 0; i < frames; i++) {
		out[i] = 0.0f;
	}
	if (!s->fired) {
		s->fired = true;
		out[0] = synth->controls[LEVEL].value;
		world->done(world, synth);
	}
}

static const TactusSynthDef impulse = {
	.size = sizeof(impulse),
	.uri = "urn:tactus:synthdef:impulse:1",
	.name = "impulse",
	.doc = "One frame.",
	.instance_bytes = sizeof(struct impulse),
	.ports = impulse_ports,
	.port_rows = IMPULSE_PORTS,
	.port_bytes = sizeof(*impulse_ports),
	.process = impulse_process,
};

/* --- offence --- */

enum { FIRE, OFFENCE_OUT, OFFENCE_PORTS };

static const TactusPort offence_ports[OFFENCE_PORTS] = {
	[FIRE] = {.name = "fire",
		  .flags = TACTUS_TRIGGER,
		  .minimum = 0.0f,
		  .maximum = 8.0f},
	[OFFENCE_OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT},
};

#define PAGE  4096
#define PAGES 64

struct fresh {
	char *pages; /* that nobody has touched */
};

/* Pages that came after memory was locked; the process keeps them. */
static int
offence_parse(const TactusHost *host, const TactusOption *options,
	uint32_t count, void *out, char *reason, size_t size)
{
	struct fresh *f = out;

	(void)host;
	if (count == 0) {
		return 0;
	}
	void *pages = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (strcmp(options[0].name, "pages") != 0 || pages == MAP_FAILED) {
		tactus_option_blame(&options[0], reason, size);
		return -1;
	}
	f->pages = pages;
	return 0;
}

TACTUS_RT static int
offence_construct(
	const TactusWorld *world, const void *options, TactusSynth *synth)
{
	const struct fresh *given = options;
	struct fresh *f = synth->self;

	(void)world;
	*f = *given;
	return 0;
}

#if defined(__clang__)
#  pragma clang diagnostic push
#  pragma clang diagnostic ignored "-Wunknown-warning-option"
#  pragma clang diagnostic ignored "-Wfunction-effects"
#endif

/* The offences that a compiler would refuse. */
TACTUS_RT static void
call_kernel(enum offence what)
{
	if (what == OFFENCE_GETPID) {
		(void)syscall(SYS_getpid);
	} else {
		(void)!syscall(SYS_write, -1, "", 0);
	}
}

#if defined(__clang__)
#  pragma clang diagnostic pop
#endif

TACTUS_RT static void
offence_process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	enum offence what = (enum offence)synth->controls[FIRE].value;
	float *out = synth->out[0];
	float zero = 0.0f;

	for (uint32_t i = 0; i < frames; i++) {
		out[i] = what == OFFENCE_NAN ? zero / zero : 0.0f;
	}
	if (what == OFFENCE_GETPID || what == OFFENCE_WRITE) {
		call_kernel(what);
	}
	const struct fresh *fresh = synth->self;
	for (int i = 0;
		what == OFFENCE_FAULT && fresh->pages != NULL && i < PAGES;
		i++) {
		fresh->pages[i * PAGE] = 1;
	}
	for (int i = 0; what == OFFENCE_NOTES && i < NOTES; i++) {
		const double value = i;
		(void)world->notify(world, synth, "/note", "i", &value);
	}
}

static const TactusSynthDef offence = {
	.size = sizeof(offence),
	.uri = "urn:tactus:synthdef:offence:1",
	.name = "offence",
	.doc = "Misbehaves when it is told to.",
	.instance_bytes = sizeof(struct fresh),
	.options_bytes = sizeof(struct fresh),
	.parse = offence_parse,
	.construct = offence_construct,
	.ports = offence_ports,
	.port_rows = OFFENCE_PORTS,
	.port_bytes = sizeof(*offence_ports),
	.process = offence_process,
};

/* --- refusal and memory: one whole number as their option --- */

struct number {
	int32_t value;
};

static int
parse_number(const TactusOption *options, uint32_t count, const char *name,
	void *out, char *reason, size_t size)
{
	struct number *n = out;

	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(options[i].name, name) != 0 ||
			options[i].type != 'i') {
			tactus_option_blame(&options[i], reason, size);
			tactus_text_add(reason, size, "is not known");
			return -1;
		}
		n->value = (int32_t)options[i].number;
	}
	return 0;
}

static int
refusal_parse(const TactusHost *host, const TactusOption *options,
	uint32_t count, void *out, char *reason, size_t size)
{
	(void)host;
	return parse_number(options, count, "code", out, reason, size);
}

TACTUS_RT static int
refusal_construct(
	const TactusWorld *world, const void *options, TactusSynth *synth)
{
	const struct number *n = options;

	(void)world;
	(void)synth;
	return n->value;
}

TACTUS_RT static void
no_process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

static const TactusSynthDef refusal = {
	.size = sizeof(refusal),
	.uri = "urn:tactus:synthdef:refusal:1",
	.name = "refusal",
	.doc = "Cannot be constructed.",
	.options_bytes = sizeof(struct number),
	.parse = refusal_parse,
	.construct = refusal_construct,
	.process = no_process,
};

static int
memory_parse(const TactusHost *host, const TactusOption *options,
	uint32_t count, void *out, char *reason, size_t size)
{
	(void)host;
	return parse_number(options, count, "bytes", out, reason, size);
}

struct memory {
	void *held;
};

TACTUS_RT static int
memory_construct(
	const TactusWorld *world, const void *options, TactusSynth *synth)
{
	const struct number *n = options;
	struct memory *s = synth->self;

	s->held = world->alloc(world, (size_t)n->value);
	return s->held != NULL ? 0 : 503;
}

TACTUS_RT static void
memory_destroy(const TactusWorld *world, TactusSynth *synth)
{
	struct memory *s = synth->self;

	world->free(world, s->held);
}

static const TactusSynthDef memory = {
	.size = sizeof(memory),
	.flags = TACTUS_SERIAL,
	.uri = "urn:tactus:synthdef:memory:1",
	.name = "memory",
	.doc = "Holds memory of the pools.",
	.instance_bytes = sizeof(struct memory),
	.options_bytes = sizeof(struct number),
	.parse = memory_parse,
	.construct = memory_construct,
	.process = no_process,
	.destroy = memory_destroy,
};

/* --- labour --- */

/* Turns for each frame: some microseconds for a block. */
#define TURNS 10

struct labour {
	const TactusWorld *home; /* rt's own: each audio thread has another */
	bool told;
};

static void
labour_port(const TactusHost *host, const void *options, uint32_t i,
	TactusPort *port)
{
	(void)host;
	(void)options;
	(void)i;
	tactus_port_set(port, &impulse_ports[IMPULSE_OUT]);
}

static uint32_t
labour_count(const void *options)
{
	(void)options;
	return 1;
}

TACTUS_RT static int
labour_construct(
	const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct labour *s = synth->self;

	(void)options;
	s->home = world;
	return 0;
}

TACTUS_RT static void
labour_process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct labour *s = synth->self;
	float x = 0.5f;

	for (uint32_t i = 0; i < frames; i++) {
		/* each turn waits for the one before */
		for (int k = 0; k < TURNS; k++) {
			x = 3.7f * x * (1.0f - x);
		}
		synth->out[0][i] = x;
	}
	if (world != s->home && !s->told) {
		const double id = synth->id;
		s->told = world->notify(world, synth, "/away", "i", &id);
	}
}

static const TactusSynthDef labour = {
	.size = sizeof(labour),
	.uri = "urn:tactus:synthdef:labour:1",
	.name = "labour",
	.doc = "Takes long.",
	.instance_bytes = sizeof(struct labour),
	.port_count = labour_count,
	.port = labour_port,
	.construct = labour_construct,
	.process = labour_process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "trial", "1", "MIT"};

/* --- stubborn --- */

static void
stand(const TactusHost *host, const TactusValue *values, uint32_t count,
	const TactusJob *job)
{
	bool is_stubborn = count == 1 && values[0].type == 's';

	/* no signal comes to a worker: this never returns */
	while (is_stubborn && values[0].string[0] == 'h') {
		(void)pause();
	}
	/* work, as a job of any length does it: some, and then a look */
	for (volatile uint32_t some = 0;
		is_stubborn &&
		(++some % 4096 != 0 || !host->is_cancelled(host, job));) {
	}
}

static void *
stubborn_construct(const TactusHost *host, const TactusValue *values,
	uint32_t count, TactusJob *job, char *reason, size_t size)
{
	(void)reason;
	(void)size;
	stand(host, values, count, job);
	return host->alloc(host, 64);
}

static void
stubborn_destroy(const TactusHost *host, void *resource)
{
	host->log(host, TACTUS_LOG_INFO, "destroyed");
	host->free(host, resource);
}

static int
stubborn_perform(const TactusHost *host, void *const *resources,
	uint32_t resource_count, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	(void)resources;
	(void)resource_count;
	(void)reason;
	(void)size;
	stand(host, values, count, job);
	return 0;
}

static const TactusResourceDef stubborn_class = {
	.size = sizeof(TactusResourceDef),
	.uri = "urn:tactus:resource:stubborn:1",
	.name = "stubborn",
	.construct = stubborn_construct,
	.destroy = stubborn_destroy,
};

static const TactusJobDef stubborn_job = {
	.size = sizeof(TactusJobDef),
	.uri = "urn:tactus:job:stubborn:1",
	.name = "stubborn",
	.most = 1,
	.perform = stubborn_perform,
};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	const TactusSynthDef *const defs[] = {
		&impulse, &offence, &refusal, &memory, &labour};

	for (size_t i = 0; i < sizeof defs / sizeof defs[0]; i++) {
		if (host->register_synthdef(host, defs[i]) != 0) {
			return NULL;
		}
	}
	if (host->register_resource_def(host, &stubborn_class) != 0 ||
		host->register_job_def(host, &stubborn_job) != 0) {
		return NULL;
	}
	return &plugin;
}
