/* SPDX-License-Identifier: MIT */
/*
 * plugin.h -- the contract between tactus and its plugins.
 *
 * A plugin is a shared object with one entry point, tactus_plugin().  The
 * engine calls it once, on the loop, when it loads the object; the plugin
 * registers its synth definitions and stays loaded until the process ends.
 *
 * Sides.  Every function here says where it may be called:
 *   loop   the engine's main thread, which is not real time;
 *   rt     an audio thread: no allocation but TactusWorld.alloc, no lock, no
 *          system call, no libm (its results differ from CPU to CPU; use
 *          <tactus/math.h>), nothing of unbounded length.
 *
 * Versions.  A struct that crosses the border begins with its size as its
 * author compiled it.  A reader never touches what lies beyond that size, and
 * a writer never shortens a struct: members are only added, at the end.  So
 * an old plugin runs in a new engine, and a new plugin can see what an old
 * engine lacks.
 *
 * A bare number is in frames, a level is linear, a time in a port is in
 * seconds, unless its unit says otherwise.  Plugins have no thread-locals.
 */
#ifndef TACTUS_PLUGIN_H
#define TACTUS_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/mark.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this contract; it changes only when old plugins break. */
#define TACTUS_ABI_VERSION 1

/** Longest port name, with its terminating zero. */
#define TACTUS_NAME_SIZE 32
/** Longest unit, with its terminating zero. */
#define TACTUS_UNIT_SIZE 16
/** Most ports of one synth, of all kinds together. */
#define TACTUS_MAX_PORTS 256
/** Most numbers in one TactusWorld.notify(). */
#define TACTUS_MAX_NOTIFY 4
/** What construct may write at the most (it must be bounded), in bytes. */
#define TACTUS_CONSTRUCT_BYTES 16384

typedef struct TactusHost TactusHost;
typedef struct TactusWorld TactusWorld;
typedef struct TactusSynth TactusSynth;
typedef struct TactusSynthDef TactusSynthDef;

/** How grave a line in the log is: what a plugin tells of. */
enum TactusLevel {
	TACTUS_LOG_ERROR = 0,   /* someone must act */
	TACTUS_LOG_WARNING = 1, /* it was coped with */
	TACTUS_LOG_INFO = 2,    /* a change of state */
	TACTUS_LOG_DEBUG = 3
};

/** What goes through a port. */
enum TactusPortKind {
	TACTUS_CONTROL = 0,  /* a number per segment, with a slope */
	TACTUS_RESOURCE = 1, /* a shared object, named by its URI */
	TACTUS_AUDIO = 2     /* a signal */
};

enum TactusDirection { TACTUS_INPUT = 0, TACTUS_OUTPUT = 1 };

/** How a user interface should lay out a control's range. */
enum TactusCurve { TACTUS_LINEAR = 0, TACTUS_LOGARITHMIC = 1 };

/** TactusPort.flags */
enum TactusPortFlag {
	TACTUS_INTEGER = 1, /* whole numbers only: never ramps */
	TACTUS_BOOLEAN = 2, /* 0 or 1: never ramps */
	TACTUS_ENUM = 4,    /* whole numbers that name things: never ramps */
	TACTUS_TRIGGER = 8  /* holds its value for one segment, then is 0 */
};

/**
 * One port, as its def describes it.
 *
 * Ports stand in this order: controls, resources, audio inputs, audio
 * outputs.  The index over all of them is the one that OSC uses.  Control
 * and resource ports are inputs.
 */
typedef struct TactusPort {
	uint32_t size;      /* sizeof(TactusPort), set by the engine */
	uint32_t kind;      /* enum TactusPortKind */
	uint32_t direction; /* enum TactusDirection */
	uint32_t flags;     /* of enum TactusPortFlag */
	uint32_t curve;     /* enum TactusCurve */
	float minimum;      /* controls: the range, both ends included */
	float maximum;
	float initial;               /* controls: the default */
	char name[TACTUS_NAME_SIZE]; /* unique in its synth; a-z 0-9 _ */
	char unit[TACTUS_UNIT_SIZE]; /* "Hz", "s", "cycles", "dB" or "" */
	const char *resource;        /* resources: the URI; else NULL */
	const char *doc;             /* a line for the manual, or NULL */
} TactusPort;

/**
 * One option of /synth/new, as the client gave it.
 *
 * `type` is an OSC type: 'i' and 'f' fill `number` (exactly), 's' fills
 * `string`, which lives for the call alone.
 */
typedef struct TactusOption {
	const char *name;
	char type;
	double number;
	const char *string;
} TactusOption;

/**
 * A control at the beginning of a segment, and its slope.
 *
 * Its value in frame i of the segment is `value + (float)i * step`, and is
 * never to be summed up frame by frame.  A ramp ends on its target exactly:
 * the engine cuts the segment there.
 */
typedef struct TactusControl {
	float value;
	float step; /* per frame; 0 when it stands still */
} TactusControl;

/** The value of a control in frame `i` of the present segment. @side rt */
TACTUS_RT static inline float
tactus_control_at(const TactusControl *c, uint32_t i)
{
	return c->value + (float)(int32_t)i * c->step;
}

/**
 * A synth, as its def sees it.  All of it belongs to the engine but what
 * `self` points to, which is the synth's own.
 *
 * Audio pointers hold for one call of process and are aligned to a float
 * (to 64 bytes wherever a segment begins a block).  Inputs and outputs never
 * overlap.  An input that is joined to nothing reads zeros; an output that is
 * joined to nothing may be written all the same.  What an output holds before
 * process is undefined: process writes all of it.
 */
struct TactusSynth {
	void *self;                    /* instance_bytes, zeroed, 64-aligned */
	const TactusControl *controls; /* one per control port, in order */
	const float *const *in;        /* one per audio input, in order */
	float *const *out;             /* one per audio output, in order */
	int32_t id;                    /* the node's id */
};

/** A definition of synths: what a plugin registers. */
struct TactusSynthDef {
	uint32_t size;    /* sizeof(TactusSynthDef) */
	uint32_t flags;   /* of enum TactusDefFlag */
	const char *uri;  /* "urn:tactus:synthdef:sine:1" */
	const char *name; /* the last part that clients may use: "sine" */
	const char *doc;  /* a line for the manual */

	/** Bytes of an instance whatever its options, below 2^24. */
	size_t instance_bytes;

	/** Bytes of the parsed options; 0 when the def has none. */
	size_t options_bytes;

	/**
	 * Parse the options of one synth into `out` (zeroed, options_bytes).
	 * NULL when the def has no options.
	 * @side loop
	 * @return 0, or -1 with a reason (at most `size` bytes) that names
	 *         the option and the mend: it becomes the client's error 422
	 */
	int (*parse)(const TactusHost *host, const TactusOption *options,
		uint32_t count, void *out, char *reason, size_t size);

	/**
	 * How many ports a synth with these options has (NULL options: the
	 * defaults).  At most TACTUS_MAX_PORTS.
	 * @side loop
	 */
	uint32_t (*port_count)(const void *options);

	/**
	 * Describe port `index`; `port` comes zeroed but for its size.
	 * The rate of the engine is known by then (host->rate).
	 * @side loop
	 */
	void (*port)(const TactusHost *host, const void *options,
		uint32_t index, TactusPort *port);

	/**
	 * More bytes for an instance with these options, beside
	 * instance_bytes; they follow it.  NULL: none.
	 * @side loop
	 */
	size_t (*extra_bytes)(const void *options);

	/**
	 * Make an instance in `synth->self`, which comes zeroed.  Bounded: it
	 * touches at most TACTUS_CONSTRUCT_BYTES; larger state comes from
	 * world->alloc and is cleared as it is first used.  NULL: zeros are
	 * enough.
	 * @side rt
	 * @owns nothing of `options`, which live as long as the synth
	 * @return 0, or the error code that the client gets (422 an option
	 *         that cannot be, 503 no memory); then destroy is not called
	 */
	TACTUS_RT int (*construct)(const TactusWorld *world,
		const void *options, TactusSynth *synth);

	/**
	 * Told that audio port `port` (index over all ports) was joined to
	 * something or let go.  NULL: not interested.
	 * @side rt
	 */
	TACTUS_RT void (*connect)(const TactusWorld *world, TactusSynth *synth,
		uint32_t port, bool joined);

	/** The synth sounds from this very sample. NULL: no matter. @side rt */
	TACTUS_RT void (*activate)(
		const TactusWorld *world, TactusSynth *synth);

	/**
	 * Compute one segment: 1 to world->block frames.
	 * @side rt; on a helper thread unless the def is TACTUS_SERIAL
	 */
	TACTUS_RT void (*process)(
		const TactusWorld *world, TactusSynth *synth, uint32_t frames);

	/**
	 * The same for `count` instances at once; the results are the same
	 * bits as `count` calls of process.  NULL: process is called.
	 * @side rt, as process
	 */
	TACTUS_RT void (*process_many)(const TactusWorld *world,
		TactusSynth *const *synths, uint32_t count, uint32_t frames);

	/** Give back what construct took. NULL: nothing to do. @side rt */
	TACTUS_RT void (*destroy)(const TactusWorld *world, TactusSynth *synth);
};

/** TactusSynthDef.flags */
enum TactusDefFlag {
	/** process allocates: it runs on the first audio thread only. */
	TACTUS_SERIAL = 1
};

/**
 * The engine, as a synth sees it on the real-time side.  Every function is
 * wait-free.  One world may stand before one synth alone: do not keep it.
 */
struct TactusWorld {
	uint32_t size;  /* sizeof(TactusWorld) as the engine has it */
	uint32_t block; /* most frames of one segment */
	double rate;    /* frames a second */

	/** The engine's sample clock at the segment's first frame. @side rt */
	TACTUS_RT uint64_t (*time)(const TactusWorld *world);

	/**
	 * Take memory from the RT pools, not zeroed, 64-aligned.
	 * @side rt: construct and destroy, and process of a TACTUS_SERIAL def
	 * @return NULL when the pool of that size is used up
	 */
	TACTUS_RT void *(*alloc)(const TactusWorld *world, size_t bytes);

	/** Give it back; NULL is accepted. @side rt, as alloc */
	TACTUS_RT void (*free)(const TactusWorld *world, void *memory);

	/**
	 * Say that the synth is at its end.  Its done flags take effect at
	 * the end of the segment, once in its life.
	 * @side rt: process
	 */
	TACTUS_RT void (*done)(const TactusWorld *world, TactusSynth *synth);

	/**
	 * Send a notification to the clients that asked for them.
	 * @side rt: process
	 * @pre `address` lives as long as the plugin; types is a literal of
	 *      at most TACTUS_MAX_NOTIFY of "if", one for each value
	 * @return false when there was no room: it is not sent, but counted
	 */
	TACTUS_RT bool (*notify)(const TactusWorld *world, TactusSynth *synth,
		const char *address, const char *types, const double *values);

	/**
	 * Write a line to the log: the def's name, the text, the number.
	 * @side rt
	 * @pre `text` lives as long as the plugin
	 */
	TACTUS_RT void (*log)(const TactusWorld *world, TactusSynth *synth,
		enum TactusLevel level, const char *text, double value);
};

/** The engine, as a plugin sees it outside of real time. */
struct TactusHost {
	uint32_t size;  /* sizeof(TactusHost) as the engine has it */
	uint32_t abi;   /* TACTUS_ABI_VERSION of the engine */
	double rate;    /* frames a second; known before any call */
	uint32_t block; /* most frames of one segment */

	/**
	 * Register a synth definition, which lives as long as the plugin.
	 * @side loop, in tactus_plugin()
	 * @return 0, or -1 when the def is not usable or its URI is taken;
	 *         the engine has logged why
	 */
	int (*register_synthdef)(
		const TactusHost *host, const TactusSynthDef *def);

	/** Write a line to the log. @side loop */
	void (*log)(const TactusHost *host, enum TactusLevel level,
		const char *text);
};

/** What tactus_plugin() answers. */
typedef struct TactusPlugin {
	uint32_t size;       /* sizeof(TactusPlugin) */
	uint32_t abi;        /* TACTUS_ABI_VERSION */
	const char *name;    /* of the plugin, for the log */
	const char *version; /* of the plugin, or NULL */
	const char *licence; /* an SPDX identifier, or NULL */
} TactusPlugin;

/**
 * The entry point of a plugin, by the name "tactus_plugin".
 * @side loop
 * @return a struct that lives as long as the plugin, or NULL: the plugin
 *         does not want to load (it should log why)
 */
TACTUS_EXPORT const TactusPlugin *tactus_plugin(const TactusHost *host);

#ifdef __cplusplus
}
#endif

#endif
