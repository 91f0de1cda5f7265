/* SPDX-License-Identifier: MIT */
/*
 * cmd_tree.c -- `tactus tree`: the node tree, drawn.
 *
 * /node/tree tells the shape; /node/query each node's ports and connections;
 * /def/query, once a def, which of them carry sound.  Between these questions
 * the tree may change: a node that has ended meanwhile is drawn without its
 * ports.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "infos.h"
#include "print_json.h"
#include "show.h"

#define TREE_ITEM 6    /* values of one item of /node/tree.reply */
#define WIDTH     72   /* columns that ports may take */
#define DEEPEST   4096 /* groups within groups that are drawn */

struct drawing {
	struct cli *cli;
	struct answer tree;
	struct infos infos;
	bool json;
	bool brief;
	bool utf8;
};

static const struct choice choices[] = {
	{'b', "brief", NULL, "nodes only, without their ports"},
	{'j', "json",  NULL, "print JSON"                     },
	{0,   NULL,    NULL, NULL			     },
};

/* Columns of an item. */
enum { ITEM_ID, ITEM_PARENT, ITEM_KIND, ITEM_DEF, ITEM_KEY, ITEM_STATE };

static void
write_map(char *text, size_t size, bool output, bool utf8, int32_t bus,
	int32_t flags)
{
	const char *arrow = output ? (utf8 ? "→" : "->") : utf8 ? "←" : "<-";
	const char *place = (flags & 1) == 0 ? "bus"
			    : output         ? "playback"
					     : "capture";

	(void)snprintf(text, size, " %s %s %d%s%s", arrow, place, (int)bus,
		(flags & 2) != 0 ? " feedback" : "",
		(flags & 4) != 0 ? " replace" : "");
}

static void
write_port(struct drawing *d, const struct answer *def,
	const struct answer *info, uint32_t port, char *text, size_t size)
{
	const char *name = answer_text(info, port + 1);
	uint32_t at = infos_described(def, name);
	int32_t bus = answer_whole(info, port + 3);
	char clean[SHOW_TEXT];
	char unit[SHOW_TEXT];
	char number[SHOW_NUMBER];
	char map[64] = "";

	(void)show_text(clean, name);
	if (bus >= 0) {
		write_map(map, sizeof map, infos_is_output(def, at), d->utf8,
			bus, answer_whole(info, port + 4));
	}
	if (strcmp(infos_port_kind(def, at), "audio") == 0) {
		(void)snprintf(text, size, "%s%s", clean,
			bus >= 0 ? map
			: infos_is_output(def, at)
				? (d->utf8 ? " → nothing" : " -> nothing")
				: (d->utf8 ? " ← nothing" : " <- nothing"));
		return;
	}
	if (strcmp(infos_port_kind(def, at), "resource") == 0) {
		int32_t id = answer_whole(info, port + 2);
		(void)snprintf(text, size,
			id < 0 ? "%s = nothing" : "%s = resource %d", clean,
			(int)id);
		return;
	}
	const char *in = at != 0 ? answer_text(def, at + 4) : "";
	(void)snprintf(text, size, "%s %s%s%s%s", clean,
		info->arg[port + 2].type == 'i'
			? show_double(number, answer_number(info, port + 2))
			: show_float(
				  number, (float)answer_number(info, port + 2)),
		*in != '\0' ? " " : "", show_text(unit, in), map);
}

static size_t
columns(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		n += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return n;
}

/* What stands on a line below a node, some things beside each other. */
struct line {
	const char *branches; /* before the first */
	size_t used;          /* columns */
};

static void
put_on_line(struct line *l, const char *text)
{
	if (l->used > 0 && l->used + columns(text) + 3 > WIDTH) {
		(void)putchar('\n');
		l->used = 0;
	}
	printf("%s%s", l->used == 0 ? l->branches : ",  ", text);
	l->used += columns(text) + 3;
}

/* Does a connection join this very port? */
static bool
joins(const struct answer *info, uint32_t connection, bool output, int32_t id,
	int32_t port)
{
	uint32_t node = connection + (output ? INFO_SOURCE : INFO_DESTINATION);

	return answer_whole(info, node) == id &&
	       answer_whole(info, node + 1) == port;
}

static bool
is_connected(const struct answer *info, bool output, int32_t id, int32_t port)
{
	uint32_t at = 0;
	uint32_t c;

	while (infos_next_connection(info, &at, &c)) {
		if (joins(info, c, output, id, port)) {
			return true;
		}
	}
	return false;
}

/* The port at the other end of a connection, by name where it has one. */
static int
write_other_end(
	struct drawing *d, int32_t id, int32_t port, char *text, size_t size)
{
	const struct answer *info;
	int r = infos_ask(&d->infos, d->cli, id, &info);
	const char *name = r == EX_OK ? infos_port_name(info, port) : NULL;
	char clean[SHOW_TEXT];

	if (name != NULL) {
		(void)snprintf(
			text, size, "%d %s", (int)id, show_text(clean, name));
	} else {
		(void)snprintf(text, size, "%d port %d", (int)id, (int)port);
	}
	return r;
}

/* The connections of a port: where its sound goes, or comes from. */
static int
draw_connections(struct drawing *d, const struct answer *info, uint32_t port,
	bool output, int32_t id, struct line *line)
{
	const char *arrow =
		output ? (d->utf8 ? "→" : "->") : (d->utf8 ? "←" : "<-");
	uint32_t other = output ? INFO_DESTINATION : INFO_SOURCE;
	int32_t index = answer_whole(info, port);
	char text[2 * SHOW_TEXT + 128];
	char end[SHOW_TEXT + 32];
	char clean[SHOW_TEXT];
	uint32_t at = 0;
	uint32_t c;

	(void)show_text(clean, answer_text(info, port + 1));
	while (infos_next_connection(info, &at, &c)) {
		if (!joins(info, c, output, id, index)) {
			continue;
		}
		int r = write_other_end(d, answer_whole(info, c + other),
			answer_whole(info, c + other + 1), end, sizeof end);
		if (r != EX_OK) {
			return r;
		}
		(void)snprintf(text, sizeof text, "%s %s %s%s", clean, arrow,
			end,
			(answer_whole(info, c + INFO_FLAGS) & 2) != 0
				? " feedback"
				: "");
		put_on_line(line, text);
	}
	return EX_OK;
}

/* A port as it is mapped, then what it is connected to. */
static int
draw_port(struct drawing *d, const struct answer *def,
	const struct answer *info, uint32_t port, int32_t id, struct line *line)
{
	uint32_t at = infos_described(def, answer_text(info, port + 1));
	bool audio = strcmp(infos_port_kind(def, at), "audio") == 0;
	bool output = infos_is_output(def, at);
	bool connected = audio && is_connected(info, output, id,
					  answer_whole(info, port));
	char text[2 * SHOW_TEXT + 128];

	if (!connected || answer_whole(info, port + 3) >= 0) {
		write_port(d, def, info, port, text, sizeof text);
		put_on_line(line, text);
	}
	return connected ? draw_connections(d, info, port, output, id, line)
			 : EX_OK;
}

/* The ports, some on a line, each line behind the branches. */
static int
draw_ports(struct drawing *d, uint32_t item, const char *branches)
{
	const struct answer *def = infos_ask_def(
		&d->infos, d->cli, answer_text(&d->tree, item + ITEM_DEF));
	int32_t id = answer_whole(&d->tree, item + ITEM_ID);
	struct line line = {.branches = branches};
	const struct answer *info;
	uint32_t at = 0;
	uint32_t port;

	int r = infos_ask(&d->infos, d->cli, id, &info);
	while (r == EX_OK && infos_next_port(info, &at, &port)) {
		r = draw_port(d, def, info, port, id, &line);
	}
	if (line.used > 0) {
		(void)putchar('\n');
	}
	return r;
}

static void
draw_node(const struct drawing *d, uint32_t item)
{
	const char *key = answer_text(&d->tree, item + ITEM_KEY);
	const char *kind = answer_text(&d->tree, item + ITEM_KIND);
	const char *state = answer_text(&d->tree, item + ITEM_STATE);
	char text[3][SHOW_TEXT];

	printf("%d %s", (int)answer_whole(&d->tree, item + ITEM_ID),
		strcmp(kind, "group") == 0
			? "group"
			: show_def(text[0],
				  answer_text(&d->tree, item + ITEM_DEF)));
	if (*key != '\0') {
		printf(" \"%s\"", show_text(text[1], key));
	}
	if (strcmp(state, "running") != 0 && *state != '\0') {
		printf(" (%s)", show_text(text[2], state));
	}
	(void)putchar('\n');
}

/* Does another node with the same parent come later in the list? */
static bool
has_sibling(const struct answer *t, uint32_t item)
{
	int32_t parent = answer_whole(t, item + ITEM_PARENT);

	for (uint32_t i = item + TREE_ITEM; i + TREE_ITEM <= t->count;
		i += TREE_ITEM) {
		if (answer_whole(t, i + ITEM_PARENT) == parent) {
			return true;
		}
	}
	return false;
}

/** The way from the root of the drawing to a node. */
struct path {
	int32_t id[DEEPEST];
	bool more[DEEPEST]; /* siblings follow */
	uint32_t depth;
};

/* Depth first: the parent is on the path; what lies below it is done. */
static void
descend(struct path *p, const struct answer *t, uint32_t item)
{
	int32_t parent = answer_whole(t, item + ITEM_PARENT);

	while (p->depth > 0 && p->id[p->depth - 1] != parent) {
		p->depth--;
	}
}

static void
write_branches(const struct path *p, bool utf8, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t i = 1; i < p->depth && n + 8 < size; i++) {
		n += (size_t)snprintf(text + n, size - n, "%s",
			!p->more[i] ? "   "
			: utf8      ? "│  "
				    : "|  ");
	}
}

static int
draw(struct drawing *d)
{
	const struct answer *t = &d->tree;
	struct path *p = calloc(1, sizeof *p);
	int r = EX_OK;

	if (p == NULL) {
		return cli_fail(d->cli, EX_OSERR, "out of memory");
	}
	for (uint32_t i = 0; r == EX_OK && i + TREE_ITEM <= t->count;
		i += TREE_ITEM) {
		char branches[1024];
		bool more = has_sibling(t, i);

		descend(p, t, i);
		write_branches(p, d->utf8, branches, sizeof branches - 16);
		if (p->depth > 0) {
			printf("%s%s", branches,
				d->utf8 ? (more ? "├─ " : "└─ ")
					: (more ? "|- " : "`- "));
		}
		draw_node(d, i);
		if (p->depth < DEEPEST) {
			p->id[p->depth] = answer_whole(t, i + ITEM_ID);
			p->more[p->depth++] = more;
		}
		if (!d->brief &&
			strcmp(answer_text(t, i + ITEM_KIND), "group") != 0) {
			write_branches(
				p, d->utf8, branches, sizeof branches - 16);
			if (p->depth <= 1) {
				strcpy(branches, "   ");
			}
			r = draw_ports(d, i, branches);
		}
	}
	free(p);
	return r;
}

static json_t *
ports_json(const struct answer *def, const struct answer *info)
{
	static const char *const column[5] = {
		"index", "name", "value", "bus", "flags"};
	json_t *ports = json_array();
	uint32_t at = 0;
	uint32_t port;

	while (infos_next_port(info, &at, &port)) {
		json_t *one = json_object();
		uint32_t where =
			infos_described(def, answer_text(info, port + 1));

		for (uint32_t k = 0; k < 5; k++) {
			(void)json_object_set_new(one, column[k],
				print_json_arg(&info->arg[port + k]));
		}
		if (where != 0) {
			(void)json_object_set_new(one, "kind",
				print_json_text(infos_port_kind(def, where)));
			(void)json_object_set_new(one, "direction",
				print_json_text(answer_text(def, where + 3)));
		}
		(void)json_array_append_new(ports, one);
	}
	return ports;
}

static json_t *
connections_json(const struct answer *info)
{
	static const char *const column[INFO_CONNECTION] = {
		"source", "out", "destination", "in", "flags"};
	json_t *connections = json_array();
	uint32_t at = 0;
	uint32_t c;

	while (infos_next_connection(info, &at, &c)) {
		json_t *one = json_object();

		for (uint32_t k = 0; k < INFO_CONNECTION; k++) {
			(void)json_object_set_new(one, column[k],
				print_json_arg(&info->arg[c + k]));
		}
		(void)json_array_append_new(connections, one);
	}
	return connections;
}

static json_t *
node_json(struct drawing *d, uint32_t i)
{
	const struct answer *t = &d->tree;
	json_t *node = json_object();
	bool group = strcmp(answer_text(t, i + ITEM_KIND), "group") == 0;

	(void)json_object_set_new(
		node, "id", json_integer(answer_whole(t, i + ITEM_ID)));
	(void)json_object_set_new(
		node, "kind", print_json_text(answer_text(t, i + ITEM_KIND)));
	(void)json_object_set_new(
		node, "def", print_json_text(answer_text(t, i + ITEM_DEF)));
	(void)json_object_set_new(
		node, "key", print_json_text(answer_text(t, i + ITEM_KEY)));
	(void)json_object_set_new(
		node, "state", print_json_text(answer_text(t, i + ITEM_STATE)));
	if (group) {
		(void)json_object_set_new(node, "children", json_array());
	} else if (!d->brief) {
		const struct answer *info;

		if (infos_ask(&d->infos, d->cli, answer_whole(t, i + ITEM_ID),
			    &info) != EX_OK) {
			json_decref(node);
			return NULL;
		}
		(void)json_object_set_new(node, "ports",
			ports_json(infos_ask_def(&d->infos, d->cli,
					   answer_text(t, i + ITEM_DEF)),
				info));
		(void)json_object_set_new(
			node, "connections", connections_json(info));
	}
	return node;
}

/* Nodes within nodes, as the tree is. */
static int
print_tree_json(struct drawing *d)
{
	const struct answer *t = &d->tree;
	struct path *p = calloc(1, sizeof *p);
	json_t **open = calloc(DEEPEST, sizeof(json_t *));
	json_t *top = NULL;
	int r = EX_OK;

	if (p == NULL || open == NULL) {
		r = cli_fail(d->cli, EX_OSERR, "out of memory");
	}
	for (uint32_t i = 0; r == EX_OK && i + TREE_ITEM <= t->count;
		i += TREE_ITEM) {
		json_t *node = node_json(d, i);

		if (node == NULL) {
			r = EX_UNAVAILABLE;
			break;
		}
		descend(p, t, i);
		json_t *in = p->depth > 0 ? json_object_get(open[p->depth - 1],
						    "children")
					  : NULL;
		if (in != NULL) {
			(void)json_array_append_new(in, node);
		} else if (top == NULL) {
			top = node;
		} else {
			json_decref(node);
			continue;
		}
		if (p->depth < DEEPEST) {
			open[p->depth] = node;
			p->id[p->depth++] = answer_whole(t, i + ITEM_ID);
		}
	}
	free(p);
	free(open);
	if (r != EX_OK) {
		json_decref(top);
		return r;
	}
	return print_json(top != NULL ? top : json_null(), false);
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct drawing d = {.cli = cli, .utf8 = show_is_utf8()};
	struct cli_args a;
	const char *value = NULL;
	int64_t id = -1;
	int32_t argument;
	int key;

	cli_args_begin(&a, cli, argc, argv);
	while ((key = cli_args_next(&a, &value)) != CLI_END) {
		if (key == CLI_WRONG || key == CLI_SHOWN) {
			return cli_args_exit(key);
		}
		d.brief = d.brief || key == 'b';
		d.json = d.json || key == 'j';
		if (key == CLI_WORD &&
			(id >= 0 || !cli_whole(value, 0, INT32_MAX, &id))) {
			return cli_misused(cli,
				"'%s': give the id of one group or synth",
				value);
		}
	}
	argument = (int32_t)id;
	int r = answer_ask(cli, "/node/tree", id >= 0 ? &argument : NULL, NULL,
		false, &d.tree);
	if (r == EX_OK) {
		r = d.json ? print_tree_json(&d) : draw(&d);
	}
	answer_fini(&d.tree);
	infos_fini(&d.infos);
	return r;
}

const struct verb cmd_tree = {
	.name = "tree",
	.words = "[ID]",
	.help = "Draw the node tree: keys, defs, states, ports with their "
		"values, where they are mapped and what they are connected to.",
	.choices = choices,
	.run = run,
};
