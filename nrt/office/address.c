/* SPDX-License-Identifier: MIT */
/*
 * address.c -- the addresses that tactus understands, one table.
 *
 * It drives the dispatch, the roles and the usage in errors; a test holds
 * tactus-osc(7) and docs/osc-api.md against it.
 */
#include <string.h>

#include "nearest.h"
#include "office_private.h"

/** Letters that may be wrong in an address for another to be suggested. */
#define NEAR 3

const struct address address_table[] = {
	{"/version",						 "", ROLE_CONTROL, WHEN_NOW, engine_version,
         "Answer /version.reply s:\"tactus\" s:version i:abi."},
	{"/status",					      "", ROLE_CONTROL, WHEN_AFTER, engine_status,
         "Answer /status.reply: one line of state."},
	{"/stats",					    "", ROLE_CONTROL, WHEN_AFTER, engine_stats,
         "Answer /stats.reply: everything counted, by name."},
	{"/notify",							  "i:on", ROLE_CONTROL, WHEN_NOW, engine_notify,
         "Ask for notifications, or no longer."},
	{"/sync",           "i:n", ROLE_CONTROL, WHEN_RT, engine_sync,
         "Answer /synced i:n when all that came before is done."},
	{"/time",						"", ROLE_CONTROL, WHEN_AFTER, engine_time,
         "Answer /time.reply t:now h:sample d:measured_rate."},
	{"/at",		 "h:sample b:packet", ROLE_OPERATOR, WHEN_NOW, engine_at,
         "Apply a packet at that very sample."},
	{"/mute",						   "i:on", ROLE_OPERATOR, WHEN_RT, engine_mute,
         "Ramp the outputs to silence, or back; the graph runs on."},
	{"/clear",					      "", ROLE_OPERATOR, WHEN_RT, engine_clear,
         "Free all nodes but the root, behind a ramp."},
	{"/dump",					      "i:on", ROLE_ADMIN, WHEN_NOW, engine_dump,
         "Log every packet, or no longer."},
	{"/log/level",							  "s:level", ROLE_ADMIN, WHEN_NOW, engine_log_level,
         "Set the level of the log: err, warn, info, debug."},
	{"/config/reload","", ROLE_ADMIN, WHEN_NOW, engine_reload,
         "Read the configuration again."},
	{"/quit",						  "", ROLE_ADMIN, WHEN_AFTER, engine_quit,
         "Answer /quit.reply, fade out and end."},
	{"/meter",		     "i:on [f:hz]", ROLE_CONTROL, WHEN_NOW, engine_meter,
         "Ask for /meter.levels, at most 50 a second."},
	{"/offline/run",						    "i:frames", ROLE_ADMIN, WHEN_RT, engine_offline_run,
         "Let time pass, under the offline driver."},
	{"/group/new",					      "i:id i:target i:placement", ROLE_OPERATOR, WHEN_RT,
         graph_group_new, "Make a group."},
	{"/group/freeAll",					       "i:id", ROLE_OPERATOR, WHEN_RT, graph_free_all,
         "Free all that a group holds."},
	{"/synth/new",							  "s:def i:id i:target i:placement [controls] [options]",
         ROLE_OPERATOR, WHEN_RT, graph_synth_new,
         "Make a synth, inactive."},
	{"/synth/activate",         "i:id", ROLE_OPERATOR, WHEN_RT, graph_activate,
         "Let a synth sound from its very sample."},
	{"/synth/map/input",						"i:id i|s:port i:bus i:flags", ROLE_OPERATOR,
         WHEN_RT, graph_map_input, "Let an input read a bus."},
	{"/synth/map/output",       "i:id i|s:port i:bus i:flags", ROLE_OPERATOR,
         WHEN_RT, graph_map_output, "Let an output add to a bus."},
	{"/synth/map/control",						      "i:id i|s:port i:bus i:flags", ROLE_OPERATOR,
         WHEN_RT, graph_map_control, "Let a control follow a bus."},
	{"/synth/property/doneFlags/set",					     "i:id i:flags", ROLE_OPERATOR,
         WHEN_RT, graph_done_flags,
         "Choose what happens when a synth is done."},
	{"/node/free",						 "i:id", ROLE_OPERATOR, WHEN_RT, graph_free,
         "Free a node, with all it holds."},
	{"/node/release",							  "i:id [f:seconds]", ROLE_OPERATOR, WHEN_RT,
         graph_release, "Fade a node out, then free it."},
	{"/node/set",  "i:id (i|s:port value)...", ROLE_OPERATOR, WHEN_RT,
         graph_set, "Set controls, at once or with a ramp."},
	{"/node/move",						   "i:id i:target i:placement", ROLE_OPERATOR, WHEN_RT,
         graph_move, "Move a node to another place."},
	{"/node/run", "i:id i:on", ROLE_OPERATOR, WHEN_RT, graph_run,
         "Pause or resume a node, with a ramp."},
	{"/node/name",						   "i:id s:key", ROLE_OPERATOR, WHEN_RT, graph_name,
         "Give a node its key."},
	{"/node/connect",					     "i:src i|s:out-port i:dst i|s:in-port [i:flags]",
         ROLE_OPERATOR, WHEN_RT, connections_make,
         "Connect an output of a synth to an input of another."},
	{"/node/disconnect",					      "i:src i|s:out-port i:dst i|s:in-port [i:flags]",
         ROLE_OPERATOR, WHEN_RT, connections_break,
         "Take a connection away."},
	{"/node/query",							  "i:id", ROLE_CONTROL, WHEN_RT, graph_query,
         "Answer /node/info: one node, its ports and connections."},
	{"/node/tree",       "[i:id]", ROLE_CONTROL, WHEN_RT, graph_tree,
         "Answer /node/tree.reply: the tree, depth first."},
	{"/node/tree/statistics",						  "", ROLE_CONTROL, WHEN_RT, graph_statistics,
         "Answer /node/tree/statistics.reply i:groups i:synths."},
	{"/def/list",			  "", ROLE_CONTROL, WHEN_NOW, catalogue_list,
         "Answer /def/list.reply: all definitions."},
	{"/def/query",					       "s:uri", ROLE_CONTROL, WHEN_NOW, catalogue_query,
         "Answer /def/query.reply: one definition, and its ports."},
	{"/resource/new",						"s:def-uri i:id [args]", ROLE_OPERATOR, WHEN_RT,
         resources_new, "Make a resource, on a worker."},
	{"/resource/free",					  "i:id", ROLE_OPERATOR, WHEN_RT, resources_free,
         "End a resource, once nobody holds it."},
	{"/resource/query",							  "i:id", ROLE_CONTROL, WHEN_RT, resources_query,
         "Answer /resource/info: one resource with its holders."},
	{"/resource/list",							      "", ROLE_CONTROL, WHEN_RT, resources_list,
         "Answer /resource/list.reply: all resources."},
	{"/job/new",						  "s:job-uri i:job-id i:exclusive [i:resource-ids] [args]",
         ROLE_OPERATOR, WHEN_RT, jobs_new,
         "Let a worker do something with resources."},
	{"/job/cancel",			    "i:job-id", ROLE_OPERATOR, WHEN_AFTER, jobs_cancel,
         "Ask a job to stop."},
	{"/job/list",						    "", ROLE_CONTROL, WHEN_AFTER, jobs_list,
         "Answer /job/list.reply: the jobs under way."},
	{.name = NULL					       },
};

/* so that a search comes to an empty place soon */
_Static_assert(sizeof address_table / sizeof *address_table < ADDRESS_SLOTS / 2,
	"ADDRESS_SLOTS is too small for the table");

void
address_index(const struct address **slots)
{
	for (const struct address *a = address_table; a->name != NULL; a++) {
		uint32_t i = name_hash(a->name);

		while (slots[i % ADDRESS_SLOTS] != NULL) {
			i++;
		}
		slots[i % ADDRESS_SLOTS] = a;
	}
}

const struct address *
address_find(const struct address *const *slots, const char *name)
{
	for (uint32_t i = name_hash(name);; i++) {
		const struct address *a = slots[i % ADDRESS_SLOTS];
		if (a == NULL || strcmp(a->name, name) == 0) {
			return a;
		}
	}
}

const char *
address_near(const char *name)
{
	const char *best = NULL;
	size_t least = NEAR + 1;

	for (const struct address *a = address_table; a->name != NULL; a++) {
		size_t d = nearest_distance(name, a->name);

		if (d < least && 2 * d < strlen(name)) {
			least = d;
			best = a->name;
		}
	}
	return best;
}
