/* SPDX-License-Identifier: MIT */
/*
 * config_table.c -- see config_table.h.  A new setting is a member of struct
 * config and a row here; config_doc then writes its documentation.
 */
#include "config_table.h"

#include <string.h>

#include "config.h"
#include "nearest.h"

#define AT(member)   offsetof(struct config, member)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define GIB          (1024.0 * 1024 * 1024)

/* Each in the order of its enum in config.h (log.h). */
static const char *const drivers[] = {"auto", "alsa", "clock", "offline", NULL};
static const char *const formats[] = {
	"auto", "S32_LE", "S24_3LE", "S24_LE", "S16_LE", "FLOAT_LE", NULL};
static const char *const audits[] = {"off", "log", "kill", NULL};
static const char *const faults[] = {"bypass", "abort", NULL};
static const char *const levels[] = {"err", "warn", "info", "debug", NULL};

const struct config_group config_groups[] = {
	{"audio",    "The card, the rate and the block."               },
	{"realtime", "The audio threads' place in the system."         },
	{"limits",   "Upper bounds. Memory for them is taken at start."},
	{"plugins",  "What is loaded, and from where."                 },
	{"osc",      "Who may talk to the engine."                     },
	{"workers",  "The threads that read and write files."          },
	{"media",    "What file commands may touch."                   },
	{"state",    "What is kept when the power goes."               },
	{"log",      "What is told."				   },
};
const size_t config_group_count = COUNT(config_groups);

/* clang-format off */
const struct config_row config_rows[] = {
	{.path = "audio.driver", .kind = CONFIG_CHOICE,
		.standard = "\"auto\"",
		.choices = drivers,
		.doc = "What carries the sound. alsa drives a card; clock "
			"keeps time without one; offline computes only what "
			"it is asked for; auto is alsa when a card exists, "
			"else clock.",
		.offset = AT(audio.driver)},
	{.path = "audio.devices", .kind = CONFIG_TEXTS,
		.standard = "[ ]",
		.doc = "The cards to play on, in order of preference; the "
			"first that is present wins. Each is usb:VID:PID, "
			"usb:VID:PID:SERIAL, path:PATH, id:NAME, "
			"hw:CARD=NAME, the name of any ALSA PCM, or "
			"default. Empty: the first card there is.",
		.offset = AT(audio.devices)},
	{.path = "audio.capture_devices", .kind = CONFIG_TEXTS,
		.standard = "[ ]",
		.doc = "The cards to record from, in order of preference, "
			"named as in devices. Empty: the card that plays.",
		.offset = AT(audio.capture_devices)},
	{.path = "audio.rate", .kind = CONFIG_WHOLE,
		.standard = "48000",
		.unit = "Hz",
		.least = 8000, .most = 384000,
		.doc = "Frames a second. The engine runs at the card's "
			"rate when the card offers another.",
		.offset = AT(audio.rate)},
	{.path = "audio.block", .kind = CONFIG_WHOLE,
		.standard = "64",
		.unit = "frames",
		.least = 1, .most = 8192,
		.doc = "The unit of processing. Smaller blocks cost more.",
		.offset = AT(audio.block)},
	{.path = "audio.period", .kind = CONFIG_WHOLE,
		.standard = "128",
		.unit = "frames",
		.least = 1, .most = 32768,
		.doc = "What the card is driven in: at least a block, not "
			"necessarily a multiple of it.",
		.offset = AT(audio.period)},
	{.path = "audio.periods", .kind = CONFIG_WHOLE,
		.standard = "2",
		.least = 2, .most = 32,
		.doc = "Periods in the card's buffer. More is safer and "
			"later.",
		.offset = AT(audio.periods)},
	{.path = "audio.inputs", .kind = CONFIG_WHOLE,
		.standard = "2",
		.unit = "channels",
		.least = 0, .most = 64,
		.doc = "Capture channels. 0 does not open capture at all.",
		.offset = AT(audio.inputs)},
	{.path = "audio.outputs", .kind = CONFIG_WHOLE,
		.standard = "2",
		.unit = "channels",
		.least = 0, .most = 64,
		.doc = "Playback channels. 0 does not open playback at "
			"all.",
		.offset = AT(audio.outputs)},
	{.path = "audio.format", .kind = CONFIG_CHOICE,
		.standard = "\"auto\"",
		.choices = formats,
		.doc = "The card's sample format; auto takes the best that "
			"the card offers, in the order given here.",
		.offset = AT(audio.format)},
	{.path = "audio.dither", .kind = CONFIG_BOOL,
		.standard = "true",
		.doc = "Dither when the format has 16 bits.",
		.offset = AT(audio.dither)},
	{.path = "audio.require_device", .kind = CONFIG_BOOL,
		.standard = "false",
		.doc = "End with status 69 when no card is present at "
			"start. Otherwise an absent card is waited for "
			"while the engine runs on its clock.",
		.offset = AT(audio.require_device)},
	{.path = "audio.startup_gain_db", .kind = CONFIG_REAL,
		.standard = "0",
		.unit = "dB",
		.least = -144, .most = 24,
		.doc = "Gain of the main output, from the first sample on.",
		.offset = AT(audio.startup_gain_db)},
	{.path = "audio.startup_ramp_ms", .kind = CONFIG_REAL,
		.standard = "500",
		.unit = "ms",
		.least = 0, .most = 60000,
		.doc = "How long the output rises from silence at start "
			"and when the card comes back, so that a loud level "
			"never hits the room at once. 0 is off.",
		.offset = AT(audio.startup_ramp_ms)},
	{.path = "audio.tap", .kind = CONFIG_TEXT,
		.standard = "\"\"",
		.flags = CONFIG_EMPTY,
		.doc = "A WAV file that receives what goes to the card, in "
			"32 bit float from sample 0 on. An existing file is "
			"written over. Empty: none.",
		.offset = AT(audio.tap)},
	{.path = "realtime.enable", .kind = CONFIG_BOOL,
		.standard = "true",
		.doc = "Run the audio threads under SCHED_FIFO. Where that "
			"is refused they run on with a warning.",
		.offset = AT(realtime.enable)},
	{.path = "realtime.required", .kind = CONFIG_BOOL,
		.standard = "false",
		.doc = "End with status 71 when what is asked for here is "
			"refused: SCHED_FIFO, locked memory, the CPUs.",
		.offset = AT(realtime.required)},
	{.path = "realtime.priority", .kind = CONFIG_WHOLE,
		.standard = "70",
		.least = 1, .most = 99,
		.doc = "The audio threads' SCHED_FIFO priority.",
		.offset = AT(realtime.priority)},
	{.path = "realtime.cpus", .kind = CONFIG_NUMBERS,
		.standard = "[ ]",
		.least = 0, .most = 1023,
		.doc = "The CPUs that the audio threads are pinned to, the "
			"first thread to the first CPU, the second to the "
			"second and so on, each to one; a thread that is alone "
			"may run on all of them. At least as many as threads. "
			"Empty: wherever the kernel likes, and so always with "
			"audio.driver \"offline\".",
		.offset = AT(realtime.cpus)},
	{.path = "realtime.threads", .kind = CONFIG_WHOLE,
		.standard = "1",
		.least = 1, .most = CONFIG_MAX_THREADS,
		.flags = CONFIG_AUTO,
		.doc = "Audio threads: those beside the first take their "
			"share of synths that do not depend on each other. "
			"What is heard is the same, to the bit, with any "
			"number. \"auto\" is one less than the CPUs that the "
			"daemon may use, at least 1, and no more than "
			"realtime.cpus names. More threads than realtime.cpus "
			"names, or than the daemon may use where that is "
			"empty, are an error, but with audio.driver "
			"\"offline\".",
		.offset = AT(realtime.threads)},
	{.path = "realtime.lock_memory", .kind = CONFIG_BOOL,
		.standard = "true",
		.doc = "Lock memory, so that no audio thread ever waits for "
			"a page.",
		.offset = AT(realtime.lock_memory)},
	{.path = "realtime.audit", .kind = CONFIG_CHOICE,
		.standard = "\"off\"",
		.choices = audits,
		.doc = "Watch the audio threads' system calls: log counts "
			"and names what does not belong there, kill ends "
			"the process at the first.",
		.offset = AT(realtime.audit)},
	{.path = "limits.max_nodes", .kind = CONFIG_WHOLE,
		.standard = "1024",
		.least = 2, .most = 65536,
		.doc = "Node ids, the root group's 0 included.",
		.offset = AT(limits.max_nodes)},
	{.path = "limits.max_audio_buses", .kind = CONFIG_WHOLE,
		.standard = "128",
		.least = 1, .most = 4096,
		.doc = "Internal audio buses.",
		.offset = AT(limits.max_audio_buses)},
	{.path = "limits.max_resources", .kind = CONFIG_WHOLE,
		.standard = "256",
		.least = 1, .most = 65536,
		.doc = "Resources at a time; their ids are 0 to one less.",
		.offset = AT(limits.max_resources)},
	{.path = "limits.max_connections", .kind = CONFIG_WHOLE,
		.standard = "8192",
		.least = 1, .most = 262144,
		.doc = "Connections between ports, all together. One more is "
			"an error 503. Each output that is connected, and "
			"each connection with feedback, takes memory out of "
			"pools as well.",
		.offset = AT(limits.max_connections)},
	{.path = "limits.max_inputs_per_port", .kind = CONFIG_WHOLE,
		.standard = "64",
		.least = 1, .most = 4096,
		.doc = "Connections that one input port adds up, feedback "
			"among them. One more is an error 503.",
		.offset = AT(limits.max_inputs_per_port)},
	{.path = "limits.max_params", .kind = CONFIG_WHOLE,
		.standard = "2048",
		.least = 1, .most = 1048576,
		.doc = "Parameters of keyed nodes.",
		.offset = AT(limits.max_params)},
	{.path = "limits.max_events", .kind = CONFIG_WHOLE,
		.standard = "8192",
		.least = 16, .most = 1048576,
		.doc = "Bundles and triggers that wait for their time.",
		.offset = AT(limits.max_events)},
	{.path = "limits.command_ring", .kind = CONFIG_WHOLE,
		.standard = "8192",
		.least = 16, .most = 1048576,
		.flags = CONFIG_POWER,
		.doc = "Places in the queue to the audio thread: each packet "
			"takes one, of 8 bytes. Rounded up to a power of two.",
		.offset = AT(limits.command_ring)},
	{.path = "limits.report_ring", .kind = CONFIG_WHOLE,
		.standard = "8192",
		.least = 16, .most = 1048576,
		.flags = CONFIG_POWER,
		.doc = "Places in the queue from the audio thread: each thing "
			"that it tells takes one, of 64 bytes. Rounded up to "
			"a power of two.",
		.offset = AT(limits.report_ring)},
	{.path = "limits.max_commands_per_block", .kind = CONFIG_WHOLE,
		.standard = "8192",
		.least = 1, .most = 1048576,
		.doc = "Messages applied in one block; further packets "
			"wait for the next.",
		.offset = AT(limits.max_commands_per_block)},
	{.path = "limits.command_share", .kind = CONFIG_REAL,
		.standard = "0.25",
		.least = 0.01, .most = 1,
		.doc = "The part of a block's time after which further "
			"packets wait for the next.",
		.offset = AT(limits.command_share)},
	{.path = "limits.max_packet", .kind = CONFIG_BYTES,
		.standard = "65507",
		.unit = "bytes",
		.least = 512, .most = 65507,
		.doc = "The largest OSC packet.",
		.offset = AT(limits.max_packet)},
	{.path = "limits.max_resource_bytes", .kind = CONFIG_BYTES,
		.standard = "\"512 MiB\"",
		.unit = "bytes",
		.least = 4096, .most = 1024 * GIB,
		.flags = CONFIG_LIVE,
		.doc = "The most bytes that a single resource may take; a "
			"class may have a limit of its own, in "
			"resource_classes.",
		.offset = AT(limits.max_resource_bytes)},
	{.path = "limits.max_total_resource_bytes", .kind = CONFIG_BYTES,
		.standard = "\"auto\"",
		.unit = "bytes",
		.least = 4096, .most = 16384 * GIB,
		.flags = CONFIG_AUTO | CONFIG_LIVE,
		.doc = "The most bytes that all resources together may take. \"auto\" is a quarter of "
			"the machine's memory.",
		.offset = AT(limits.max_total_resource_bytes)},
	{.path = "pools", .kind = CONFIG_POOLS,
		.standard = "(\n"
			"\t{ size = 256; count = 2048; },\n"
			"\t{ size = 512; count = 1024; },\n"
			"\t{ size = 1024; count = 1024; },\n"
			"\t{ size = 4096; count = 256; },\n"
			"\t{ size = 16384; count = 64; },\n"
			"\t{ size = 65536; count = 32; },\n"
			"\t{ size = 262144; count = 8; },\n"
			"\t{ size = 1048576; count = 2; }\n"
			")",
		.doc = "The memory of the audio thread: pools of blocks of "
			"one size, taken, touched and locked at start. size "
			"is in bytes (64 to 16 MiB, rounded up to a "
			"multiple of 64, or text as \"64 KiB\"), count in "
			"blocks (1 to 1048576). At most 16 pools, no size "
			"twice, together at most 4 GiB. When a pool is used "
			"up the command that needed it fails with an error "
			"that names the pool or, where a def needed it to "
			"make a synth, the synth. `tactus status` shows what "
			"is free.",
		.offset = AT(pools)},
	{.path = "resource_classes", .kind = CONFIG_CLASSES,
		.standard = "( )",
		.doc = "Limits of single resource classes, as { uri = "
			"\"...\"; enabled = true; max_bytes = \"64 MiB\"; "
			"}. uri is the whole URI, as `tactus defs` shows it. "
			"enabled = false switches the class off: it is not "
			"listed and cannot be made. max_bytes is what one "
			"resource of it may take, in place of "
			"limits.max_resource_bytes. Further members are "
			"options of the class; the built-in classes "
			"(audio-buffer, impulse, wavetable) have none. "
			"Classes that are not listed exist, with the limits "
			"of the group limits.",
		.offset = AT(resource_classes)},
	{.path = "plugins.path", .kind = CONFIG_TEXTS,
		.standard = "[ \"" PLUGINDIR "\" ]",
		.doc = "Folders that plugins are looked for in.",
		.offset = AT(plugins.path)},
	{.path = "plugins.load", .kind = CONFIG_TEXTS,
		.standard = "\"all\"",
		.doc = "The plugins to load: file names without a folder, "
			"or \"all\".",
		.offset = AT(plugins.load)},
	{.path = "plugins.on_fault", .kind = CONFIG_CHOICE,
		.standard = "\"bypass\"",
		.choices = faults,
		.doc = "What a crash inside a plugin does: bypass ends the "
			"node and goes on, abort ends the daemon.",
		.offset = AT(plugins.on_fault)},
	{.path = "osc.listeners", .kind = CONFIG_LISTENERS,
		.standard = "(\n"
			"\t{ url = \"udp://127.0.0.1:57140\";"
			" role = \"admin\"; },"
			"\n"
			"\t{ url = \"unix:///run/tactus/osc.sock\";"
			" role = \"admin\"; }\n"
			")",
		.doc = "Where OSC comes in. url is udp://HOST:PORT, "
			"tcp://HOST:PORT (SLIP or length-prefixed, "
			"detected), unix:///PATH (a stream) or "
			"unixgram:///PATH (datagrams). role is what its "
			"clients may do: control (parameters, presets, "
			"queries), operator (also the graph, resources, "
			"scenes) or admin (also quit, reload, logging); "
			"control when left out. allow is a list of "
			"addresses and CIDR blocks, for udp and tcp; none "
			"allows everybody. At most 32.",
		.offset = AT(osc.listeners)},
	{.path = "osc.max_clients", .kind = CONFIG_WHOLE,
		.standard = "64",
		.least = 1, .most = 4096,
		.doc = "Clients that may hold subscriptions and pending "
			"requests at a time. Others are answered and "
			"forgotten.",
		.offset = AT(osc.max_clients)},
	{.path = "workers.threads", .kind = CONFIG_WHOLE,
		.standard = "2",
		.least = 1, .most = 64,
		.doc = "Threads that do what takes time: make and destroy "
			"resources, read and write files, do jobs. Works on "
			"one resource follow each other, those on others go "
			"side by side; where there are several workers, jobs "
			"leave one of them to constructions.",
		.offset = AT(workers.threads)},
	{.path = "workers.stream_buffer_ms", .kind = CONFIG_REAL,
		.standard = "2000",
		.unit = "ms",
		.least = 50, .most = 60000,
		.doc = "How far a stream is decoded ahead.",
		.offset = AT(workers.stream_buffer_ms)},
	{.path = "workers.preload_ms", .kind = CONFIG_REAL,
		.standard = "250",
		.unit = "ms",
		.least = 0, .most = 60000,
		.doc = "How much of a stream is there before it counts as "
			"ready.",
		.offset = AT(workers.preload_ms)},
	{.path = "workers.job_timeout_s", .kind = CONFIG_REAL,
		.standard = "0",
		.unit = "s",
		.least = 0, .most = 86400,
		.flags = CONFIG_LIVE,
		.doc = "How long a construction, a destruction or a job may "
			"take once a worker has it. What takes longer is "
			"asked to stop and told as failed; what it holds "
			"stays held until it returns, and a spare worker "
			"takes its worker's place. 0: as long as it likes.",
		.offset = AT(workers.job_timeout_s)},
	{.path = "media.directories", .kind = CONFIG_TEXTS,
		.standard = "[ \"/var/lib/tactus/media\", "
			"\"/usr/share/sounds\" ]",
		.flags = CONFIG_LIVE,
		.doc = "Folders that file commands may read from, by "
			"relative name or full path; the first that has a "
			"name decides. Only regular files are read, and "
			"nothing outside can be reached, neither by \"..\" "
			"nor by a symbolic link. An empty list: nothing is "
			"read.",
		.offset = AT(media.directories)},
	{.path = "media.record", .kind = CONFIG_TEXT,
		.standard = "\"/var/lib/tactus/recordings\"",
		.flags = CONFIG_LIVE | CONFIG_EMPTY,
		.doc = "The one folder that file commands may write to, by "
			"relative name or full path; folders in it have to "
			"exist. It is not read from: to load what was saved "
			"there, list it in media.directories, too. Empty: "
			"nothing is written.",
		.offset = AT(media.record)},
	{.path = "media.max_file_bytes", .kind = CONFIG_BYTES,
		.standard = "\"2 GiB\"",
		.unit = "bytes",
		.least = 4096, .most = 16384 * GIB,
		.flags = CONFIG_LIVE,
		.doc = "The largest sound file that is read or written, in "
			"bytes on the disk.",
		.offset = AT(media.max_file_bytes)},
	{.path = "state.directory", .kind = CONFIG_TEXT,
		.standard = "\"/var/lib/tactus\"",
		.doc = "Where state, presets and scenes are kept.",
		.offset = AT(state.directory)},
	{.path = "state.restore", .kind = CONFIG_BOOL,
		.standard = "true",
		.doc = "Load the last scene and the durable values at "
			"start.",
		.offset = AT(state.restore)},
	{.path = "state.scene", .kind = CONFIG_TEXT,
		.standard = "\"\"",
		.flags = CONFIG_EMPTY,
		.doc = "A scene to load at start when there is none to "
			"restore. Empty: none.",
		.offset = AT(state.scene)},
	{.path = "state.autosave_quiet_s", .kind = CONFIG_REAL,
		.standard = "2",
		.unit = "s",
		.least = 0, .most = 3600,
		.flags = CONFIG_LIVE,
		.doc = "Durable changes are written once nothing has "
			"changed for this long.",
		.offset = AT(state.autosave_quiet_s)},
	{.path = "state.autosave_max_s", .kind = CONFIG_REAL,
		.standard = "10",
		.unit = "s",
		.least = 0.1, .most = 3600,
		.flags = CONFIG_LIVE,
		.doc = "They are written after this long even if changes "
			"go on.",
		.offset = AT(state.autosave_max_s)},
	{.path = "state.read_only", .kind = CONFIG_BOOL,
		.standard = "false",
		.flags = CONFIG_LIVE,
		.doc = "Exhibition mode: nothing is ever written.",
		.offset = AT(state.read_only)},
	{.path = "state.settle_ms", .kind = CONFIG_REAL,
		.standard = "500",
		.unit = "ms",
		.least = 1, .most = 60000,
		.flags = CONFIG_LIVE,
		.doc = "A transient value that has been quiet for this "
			"long becomes committed.",
		.offset = AT(state.settle_ms)},
	{.path = "state.smoothing_ms", .kind = CONFIG_REAL,
		.standard = "20",
		.unit = "ms",
		.least = 0, .most = 10000,
		.flags = CONFIG_LIVE,
		.doc = "The ramp of changes to parameters that do not "
			"declare their own.",
		.offset = AT(state.smoothing_ms)},
	{.path = "log.level", .kind = CONFIG_CHOICE,
		.standard = "\"info\"",
		.choices = levels,
		.flags = CONFIG_LIVE,
		.doc = "The least important lines that are logged.",
		.offset = AT(log.level)},
	{.path = "log.osc", .kind = CONFIG_BOOL,
		.standard = "false",
		.flags = CONFIG_LIVE,
		.doc = "Send log lines to OSC clients that take "
			"notifications.",
		.offset = AT(log.osc)},
};
/* clang-format on */
const size_t config_row_count = COUNT(config_rows);

_Static_assert(
	COUNT(config_rows) <= CONFIG_MAX_SETTINGS, "room in config_changes");

const char *
config_table_leaf(const struct config_row *row)
{
	const char *dot = strchr(row->path, '.');

	return dot == NULL ? row->path : dot + 1;
}

bool
config_table_in(const struct config_row *row, const char *group)
{
	size_t n = strlen(group);

	if (n == 0) {
		return strchr(row->path, '.') == NULL;
	}
	return strncmp(row->path, group, n) == 0 && row->path[n] == '.';
}

const struct config_row *
config_table_find(const char *path)
{
	for (size_t i = 0; i < config_row_count; i++) {
		if (strcmp(config_rows[i].path, path) == 0) {
			return &config_rows[i];
		}
	}
	return NULL;
}

bool
config_table_is_group(const char *name)
{
	for (size_t i = 0; i < config_group_count; i++) {
		if (strcmp(config_groups[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

const char *
config_table_nearest(const char *group, const char *name)
{
	const char *best = config_rows[0].path;
	size_t least = (size_t)-1;

	for (size_t i = 0; i < config_group_count && *group == '\0'; i++) {
		const char *other = config_groups[i].name;
		size_t d = 2 * nearest_distance(name, other);

		if (d < least) {
			least = d;
			best = other;
		}
	}
	for (size_t i = 0; i < config_row_count; i++) {
		const struct config_row *row = &config_rows[i];
		size_t d = 2 * nearest_distance(name, config_table_leaf(row));

		/* elsewhere counts only if it is the very name, or nearly */
		if (!config_table_in(row, group)) {
			d = d <= 2 ? d + 1 : (size_t)-1;
		}
		if (d < least) {
			least = d;
			best = row->path;
		}
	}
	return best;
}
