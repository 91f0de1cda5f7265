/* SPDX-License-Identifier: MIT */
/*
 * plugin.h -- the contract between tactus and its plugins.
 *
 * A plugin is a shared object with one entry point, tactus_plugin().  The
 * engine calls it once, on the loop, when it loads the object; the plugin
 * registers its definitions (of synths, resources, jobs) and stays loaded
 * until the process ends.
 *
 * Sides.  Every function here says where it may be called:
 *   loop   the engine's main thread, which is not real time;
 *   worker one of the threads that build, destroy and work on resources; not
 *          real time, and several of them may be in a plugin at once;
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
/** Most synths of one call of process_many. */
#define TACTUS_MAX_MANY 32
/** Most numbers in one TactusWorld.notify(). */
#define TACTUS_MAX_NOTIFY 4
/** What construct may write at the most (it must be bounded), in bytes. */
#define TACTUS_CONSTRUCT_BYTES 16384
/** Most resources of one job. */
#define TACTUS_MAX_JOB_RESOURCES 16
/** Most bytes that a synth hands to a worker with one request. */
#define TACTUS_MAX_JOB_DATA 64
/** Least and most points of an FFT; a power of two. */
#define TACTUS_MIN_FFT 8
#define TACTUS_MAX_FFT 65536

typedef struct TactusHost TactusHost;
typedef struct TactusWorld TactusWorld;
typedef struct TactusSynth TactusSynth;
typedef struct TactusSynthDef TactusSynthDef;
typedef struct TactusResourceDef TactusResourceDef;
typedef struct TactusJobDef TactusJobDef;

/** A piece of work on a worker, as its function sees it; the engine's. */
typedef struct TactusJob TactusJob;
/** A sound file that is open; the engine's. */
typedef struct TactusSound TactusSound;
/** A change of sample rate that is under way; the engine's. */
typedef struct TactusResampler TactusResampler;
/** The tables of a real FFT of one size: read only, shared freely. */
typedef struct TactusFft TactusFft;

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
	TACTUS_TRIGGER = 8, /* holds its value for one segment, then is 0 */
	/**
	 * `maximum` is a part of the sample rate: 0.5 is half of it.  For the
	 * def alone: the engine makes a frequency of it, lowers `initial`
	 * where that is above it, and takes the flag away.
	 */
	TACTUS_OF_RATE = 16
};

/**
 * One port, as its def describes it.
 *
 * Ports stand in this order: controls, resources, audio inputs, audio
 * outputs.  The index over all of them is the one that OSC uses.  Control
 * ports are inputs.  A resource port is an input when the synth reads what is
 * bound to it, an output when it writes there: by that the engine knows who
 * may run beside whom.  A synth with such an output counts as writing to all
 * that it acquired, too; one without writes to nothing.
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
 * One argument of /resource/new or /job/new, or one result of a job.
 *
 * 'i' is a whole number (OSC's i, h, T and F), 'f' any other number (f, d;
 * never NaN or infinite), 's' a string.  A job's results may also be 'h', a
 * whole number of 64 bits; an 'i' is of 32.
 */
typedef struct TactusValue {
	char type;
	int64_t integer;    /* of 'i' and 'h' */
	double number;      /* of 'i' and 'f' */
	const char *string; /* of 's'; lives for the call alone */
} TactusValue;

/**
 * A whole number out of an argument: an 'f' that is whole will do.
 * @side any
 * @return false: it is none
 */
static inline bool
tactus_value_whole(const TactusValue *v, int64_t *out)
{
	if (v->type == 'i' || v->type == 'h') {
		*out = v->integer;
		return true;
	}
	if (v->type != 'f' || !(v->number > -9.0e15 && v->number < 9.0e15) ||
		(double)(int64_t)v->number != v->number) {
		return false;
	}
	*out = (int64_t)v->number;
	return true;
}

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
	/**
	 * What is bound to each resource port, in order; NULL: nothing.  The
	 * engine holds these references; it gives them back when another is
	 * bound, and when the synth ends.
	 */
	void *const *resources;
};

/** A definition of synths: what a plugin registers. */
struct TactusSynthDef {
	uint32_t size;    /* sizeof(TactusSynthDef) */
	uint32_t flags;   /* of enum TactusDefFlag */
	const char *uri;  /* "urn:tactus:synthdef:sine:1" */
	const char *name; /* the last part that clients may use: "sine" */
	const char *doc;  /* a line for the manual */

	/**
	 * Bytes of an instance whatever its options.  They are zeroed on rt:
	 * with extra_bytes at most TACTUS_CONSTRUCT_BYTES, else the def, or
	 * the synth with these options, is refused.
	 */
	size_t instance_bytes;

	/** Bytes of the parsed options, at most 65536; 0: it has none. */
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
	 * defaults).  At most TACTUS_MAX_PORTS.  NULL where `ports`, at the
	 * end of this struct, has them in a table.
	 * @side loop
	 */
	uint32_t (*port_count)(const void *options);

	/**
	 * Describe port `index`; `port` comes zeroed but for its size.
	 * The rate of the engine is known by then (host->rate).  Beside
	 * `ports` it comes as the table has it, for what depends on the
	 * options to be changed; NULL: nothing does.
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
	 * The same for `count` instances at once, 1 to TACTUS_MAX_MANY; the
	 * results are the same bits as `count` calls of process, whichever
	 * they are and in whatever order.  They may differ in all that
	 * instances differ in: options, controls, what is bound.  None of
	 * them reads what another writes, but inputs may be shared, and so
	 * may outputs that are joined to nothing: who reads back what it
	 * wrote does so before it begins with the next.  A process that calls
	 * process_many with one synth cannot differ from it.  NULL: process
	 * is called.
	 * @side rt, as process
	 */
	TACTUS_RT void (*process_many)(const TactusWorld *world,
		TactusSynth *const *synths, uint32_t count, uint32_t frames);

	/** Give back what construct took. NULL: nothing to do. @side rt */
	TACTUS_RT void (*destroy)(const TactusWorld *world, TactusSynth *synth);

	/**
	 * Told that resource port `ordinal` (among the resource ports) was
	 * bound to something else while the synth lives: synth->resources has
	 * the new one, or NULL.  What is bound before construct is not told.
	 * NULL: not interested.
	 * @side rt
	 * @param old    what was bound before, NULL: nothing
	 * @param old_id its resource id, -1: none
	 * @return true: the synth keeps `old`, to fade from it; the reference
	 *         is then as if it had acquired it, to be given back with
	 *         world->resource_release(world, synth, old_id); it can
	 *         always be kept.  false: `old` is not to be looked at any
	 *         more
	 */
	TACTUS_RT bool (*bind)(const TactusWorld *world, TactusSynth *synth,
		uint32_t ordinal, void *old, int32_t old_id);

	/* From here on: the second size of this struct. */

	/**
	 * The ports as a table of `port_rows` rows, in the order of ports;
	 * the rows' own `size` is not looked at.  It lives as long as the
	 * plugin.  NULL: port_count and port tell, or, where these are NULL
	 * too, there are no ports.
	 */
	const TactusPort *ports;
	uint32_t port_rows;
	uint32_t port_bytes; /* of a row: sizeof(TactusPort) */

	/**
	 * How many audio ports each audio row of `ports` stands for with
	 * these options (NULL: the defaults).  Where it is more than one
	 * they are numbered: "in" becomes "in0", "in1" and so on, before the
	 * next row's.  NULL: one.
	 * @side loop
	 */
	uint32_t (*channels)(const void *options);
};

/** TactusSynthDef.flags */
enum TactusDefFlag {
	/** process allocates, acquires or performs: the first audio thread
	 * runs it, all synths of such defs one by one in execution order
	 * (process_many is not called).  Without this flag it is refused.
	 * What it acquires in process is minded, when others run beside it,
	 * from the next segment on: until then it leaves it alone. */
	TACTUS_SERIAL = 1
};

/** TactusResourceDef.flags */
enum TactusResourceFlag {
	/**
	 * Its contents change after construct.  For the reader of lists: the
	 * engine enforces nothing, order of nodes and `exclusive` do.
	 */
	TACTUS_MUTABLE = 1
};

/**
 * A definition of resources: objects that synths and jobs share.
 *
 * The URI names the layout of the struct that construct returns; whoever
 * acquires it by that URI may cast to it.
 */
struct TactusResourceDef {
	uint32_t size;         /* sizeof(TactusResourceDef) */
	uint32_t flags;        /* of enum TactusResourceFlag */
	const char *uri;       /* "urn:tactus:resource:audio-buffer:1" */
	const char *name;      /* "audio-buffer" */
	const char *doc;       /* a line for the manual */
	const char *arguments; /* of /resource/new, as the manual has them */

	/**
	 * Look at the arguments before anything is begun: their types, their
	 * number, the sizes that follow from them.  It opens no file.  NULL:
	 * whatever comes is good enough.
	 * @side loop
	 * @return 0, or the code of the client's error (400 an argument is
	 *         missing or of the wrong type, 413 too large, 422 out of
	 *         range) with a reason that names the argument and the mend
	 */
	int (*check)(const TactusHost *host, const TactusValue *values,
		uint32_t count, char *reason, size_t size);

	/**
	 * Make one.  `job` takes progress and tells when it is no longer
	 * wanted; a construct of any length looks at that now and then.
	 * @side worker
	 * @owns the caller does, until destroy
	 * @return NULL with a reason when it cannot be: /resource/error
	 */
	void *(*construct)(const TactusHost *host, const TactusValue *values,
		uint32_t count, TactusJob *job, char *reason, size_t size);

	/** End one; it cannot fail. @side worker */
	void (*destroy)(const TactusHost *host, void *resource);

	/**
	 * The bytes it occupies, right after construct.  NULL: what it took
	 * from host->alloc.
	 * @side worker
	 */
	uint64_t (*bytes)(const TactusHost *host, const void *resource);
};

/** TactusJobDef.flags */
enum TactusJobFlag {
	/**
	 * It changes more than contents (a buffer's size): /job/new has to
	 * ask for `exclusive`, else it is refused (422).
	 */
	TACTUS_JOB_EXCLUSIVE = 1
};

/** A definition of jobs: work on resources that a client asks for. */
struct TactusJobDef {
	uint32_t size;         /* sizeof(TactusJobDef) */
	uint32_t flags;        /* of enum TactusJobFlag */
	const char *uri;       /* "urn:tactus:job:buffer-fill:1" */
	const char *name;      /* "buffer-fill" */
	const char *doc;       /* a line for the manual */
	const char *arguments; /* of /job/new, as the manual has them */
	const char *results;   /* of /job/done, as the manual has them */
	const char *resource;  /* URI that all its resources have; NULL: any */
	uint32_t least;        /* resources that it takes */
	uint32_t most;         /* at most TACTUS_MAX_JOB_RESOURCES */

	/** As TactusResourceDef.check. @side loop */
	int (*check)(const TactusHost *host, const TactusValue *values,
		uint32_t count, char *reason, size_t size);

	/**
	 * Do it.  Each resource is referenced for the length of the call and
	 * not a moment longer.  A long job looks at host->is_cancelled often
	 * (every some 10 ms) and tells host->progress.
	 * @side worker
	 * @return 0 when it is done, else it failed with a reason
	 */
	int (*perform)(const TactusHost *host, void *const *resources,
		uint32_t resource_count, const TactusValue *values,
		uint32_t count, TactusJob *job, char *reason, size_t size);
};

/** What TactusWorld.perform_with_resources is asked for. */
typedef struct TactusPerform {
	uint32_t size;      /* sizeof(TactusPerform) */
	uint32_t count;     /* of ids, at most TACTUS_MAX_JOB_RESOURCES */
	const int32_t *ids; /* one id may stand there twice */
	const char *uri;    /* that all of them have; NULL: any */
	bool exclusive;     /* nobody else may hold any of them */
	uint32_t bytes;     /* of data, at most TACTUS_MAX_JOB_DATA */
	const void *data;   /* copied; NULL: none */

	/**
	 * The work itself; `data` is the copy, which it may write to.
	 * @side worker
	 * @return a number for `done`
	 */
	int (*perform)(const TactusHost *host, void *const *resources,
		uint32_t count, void *data);

	/**
	 * Told when it is over and its references are given back; not when
	 * the synth has ended before.  NULL: no matter.
	 * @side rt
	 */
	TACTUS_RT void (*done)(const TactusWorld *world, TactusSynth *synth,
		int result, const void *data);
} TactusPerform;

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

	/**
	 * Take a reference to a resource: one more, whatever the synth holds
	 * of it already.  It is the synth's until resource_release, or until
	 * the synth ends, whatever way it ends.  The usual way to a resource
	 * is a resource port, which needs none of this.
	 * @side rt: construct, activate, bind and done of perform; process
	 *       of a TACTUS_SERIAL def
	 * @return the resource, whose layout `uri` names; NULL when the id is
	 *         out of range or free, still constructed, about to be freed
	 *         or exclusively used, of another URI, or when there is no
	 *         room to note the holder
	 */
	TACTUS_RT void *(*resource_acquire)(const TactusWorld *world,
		TactusSynth *synth, int32_t id, const char *uri);

	/**
	 * Give one reference back that the synth acquired or kept; more than
	 * it has is ignored.  What is bound to its ports is the engine's.
	 * @side rt, process too
	 */
	TACTUS_RT void (*resource_release)(
		const TactusWorld *world, TactusSynth *synth, int32_t id);

	/**
	 * Let a worker do something with resources, which are referenced
	 * until it returns, whether the synth lives so long or not.  With
	 * `exclusive` nobody but this synth may hold any of them now, and
	 * nobody can get hold of one until it is over.
	 * @side rt: construct, activate; process of a TACTUS_SERIAL def
	 * @return 0, or why not: 404 no such resource, 409 not live, or held
	 *         by another, 422 out of range, of another URI, too many, or
	 *         asked for where it may not be, 503 no room; then nothing
	 *         was acquired
	 */
	TACTUS_RT int (*perform_with_resources)(const TactusWorld *world,
		TactusSynth *synth, const TactusPerform *what);

	/**
	 * The FFT of fft->size real numbers; see TactusHost.open_fft.
	 * `spectrum` gets size + 2 floats (real and imaginary part in turn,
	 * from 0 Hz to half the rate); `scratch` has size + 2 of its own.
	 * The three do not overlap.
	 * @side any
	 */
	TACTUS_RT void (*fft_forward)(const TactusFft *fft, const float *time,
		float *spectrum, float *scratch);

	/** The way back, scaled so that both together change nothing.
	 * @side any */
	TACTUS_RT void (*fft_inverse)(const TactusFft *fft,
		const float *spectrum, float *time, float *scratch);
};

/** What is known of a sound file. */
typedef struct TactusSoundInfo {
	uint32_t size; /* sizeof(TactusSoundInfo), set by the caller */
	uint32_t channels;
	double rate;     /* Hz */
	int64_t frames;  /* of a file that is read */
	char format[16]; /* of one that is written */
} TactusSoundInfo;

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

	/** Write a line to the log. @side loop, worker */
	void (*log)(const TactusHost *host, enum TactusLevel level,
		const char *text);

	/** As register_synthdef. @side loop, in tactus_plugin() */
	int (*register_resource_def)(
		const TactusHost *host, const TactusResourceDef *def);

	/** As register_synthdef. @side loop, in tactus_plugin() */
	int (*register_job_def)(
		const TactusHost *host, const TactusJobDef *def);

	/**
	 * Take memory for a resource: zeroed, 64-aligned, already touched and
	 * (where the engine locks memory) locked, so that rt may use it.  It
	 * counts against the class's limit, limits.max_resource_bytes and
	 * limits.max_total_resource_bytes.
	 * @side worker; loop in tactus_plugin()
	 * @return NULL when a limit forbids it or there is none
	 */
	void *(*alloc)(const TactusHost *host, size_t bytes);

	/** Give it back; NULL is accepted. @side worker, loop */
	void (*free)(const TactusHost *host, void *memory);

	/**
	 * The most bytes that one resource of class `uri` may take, by the
	 * configuration: what check holds sizes against.
	 * @side any but rt
	 */
	uint64_t (*limit)(const TactusHost *host, const char *uri);

	/**
	 * An option of class `uri` in resource_classes, as it was written.
	 * @side any but rt
	 * @return NULL when it is not there
	 */
	const char *(*class_option)(
		const TactusHost *host, const char *uri, const char *name);

	/** Tell how far the work is, 0 … 1. @side worker */
	void (*progress)(
		const TactusHost *host, TactusJob *job, double fraction);

	/**
	 * Is the work no longer wanted?  It should then end soon, in any way;
	 * what it returns does not matter, but that it leaves nothing behind.
	 * @side worker
	 */
	bool (*is_cancelled)(const TactusHost *host, const TactusJob *job);

	/**
	 * Add to what /job/done tells: an 'i', 'h', 'f' or 's'.
	 * @side worker, in TactusJobDef.perform
	 * @return false when there is no more room (some 40 KiB in all): the
	 *         job then fails
	 */
	bool (*result)(const TactusHost *host, TactusJob *job,
		const TactusValue *value);

	/**
	 * Open a sound file to read: a name below one of media.directories,
	 * or a whole path within one of them.
	 * @side worker
	 * @return NULL with a reason that names the file
	 */
	TactusSound *(*open_sound)(const TactusHost *host, const char *path,
		TactusSoundInfo *info, char *reason, size_t size);

	/** Go to a frame. @side worker @return 0, or -1 when it cannot */
	int (*seek_sound)(
		const TactusHost *host, TactusSound *sound, int64_t frame);

	/**
	 * Read frames, their channels in turn.
	 * @side worker
	 * @return how many; fewer at the end; -1 when the file is damaged
	 */
	int64_t (*read_sound)(const TactusHost *host, TactusSound *sound,
		float *frames, int64_t count);

	/**
	 * Begin a sound file below media.record.  It appears under its name
	 * when close_sound keeps it, whole or not at all.
	 * @side worker
	 * @param info rate, channels and format: "wav" (float), "wav16",
	 *        "wav24", "flac", "ogg", "aiff"; "" by the name's ending
	 * @param replace a file of that name may be there; else it is refused
	 * @return NULL with a reason that names the file
	 */
	TactusSound *(*create_sound)(const TactusHost *host, const char *path,
		const TactusSoundInfo *info, bool replace, char *reason,
		size_t size);

	/** Write frames. @side worker @return how many; fewer: it failed */
	int64_t (*write_sound)(const TactusHost *host, TactusSound *sound,
		const float *frames, int64_t count);

	/**
	 * Close a sound file; NULL is accepted.  One that was begun is kept
	 * only with `keep`.
	 * @side worker
	 * @return 0; -1 with a reason when it could not be written
	 */
	int (*close_sound)(const TactusHost *host, TactusSound *sound,
		bool keep, char *reason, size_t size);

	/**
	 * Begin to change the sample rate by `ratio` (new rate by old, 1/256
	 * … 256); band-limited, of good quality.
	 * @side worker
	 * @return NULL: no memory, or a ratio or channels out of range
	 */
	TactusResampler *(*open_resampler)(
		const TactusHost *host, uint32_t channels, double ratio);

	/**
	 * Change some frames, channels in turn; `end` says that no more come.
	 * What went in at frame n comes out at frame n * ratio: there is no
	 * delay.
	 * @side worker
	 * @return frames written, and in `*used` how many were read; -1 when
	 *         it failed
	 */
	int64_t (*resample)(const TactusHost *host, TactusResampler *r,
		const float *in, int64_t in_frames, int64_t *used, float *out,
		int64_t out_frames, bool end);

	/** NULL is accepted. @side worker */
	void (*close_resampler)(const TactusHost *host, TactusResampler *r);

	/**
	 * Make the tables of a real FFT of `points`, a power of two within
	 * TACTUS_MIN_FFT … TACTUS_MAX_FFT.  They are never written to: all
	 * threads may use one.
	 * @side worker, loop
	 * @return NULL: no memory, or not a size it can
	 */
	TactusFft *(*open_fft)(const TactusHost *host, uint32_t points);

	/** NULL is accepted. @side worker, loop */
	void (*close_fft)(const TactusHost *host, TactusFft *fft);

	/** As TactusWorld.fft_forward. @side any */
	TACTUS_RT void (*fft_forward)(const TactusFft *fft, const float *time,
		float *spectrum, float *scratch);

	/** As TactusWorld.fft_inverse. @side any */
	TACTUS_RT void (*fft_inverse)(const TactusFft *fft,
		const float *spectrum, float *time, float *scratch);
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
