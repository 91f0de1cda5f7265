/* SPDX-License-Identifier: MIT */
/*
 * cmd_tree.c -- `tactus tree`: the node tree, drawn.
 *
 * /node/tree tells the shape; /node/query each node's ports; /def/query, once
 * a def, which of them carry sound.  Between these questions the tree may
 * change: a node that has ended meanwhile is drawn without its ports.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "print_json.h"
#include "show.h"

#define TREE_ITEM 6    /* values of one item of /node/tree.reply */
#define INFO_HEAD 8    /* values before the ports of /node/info */
#define DEF_PORT  10   /* values of one port of /def/query.reply */
#define WIDTH     72   /* columns that ports may take */
#define DEEPEST   4096 /* groups within groups that are drawn */

/** A def's ports, asked for once. */
struct def {
	struct def *next;
	char *name;
	struct answer ports; /* empty when the daemon would not tell */
};

struct drawing {
	struct cli *cli;
	struct answer tree;
	struct def *defs;
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

static struct def *
def_of(struct drawing *d, const char *name)
{
	for (struct def *def = d->defs; def != NULL; def = def->next) {
		if (strcmp(def->name, name) == 0) {
			return def;
		}
	}
	struct def *def = calloc(1, sizeof *def);
	if (def == NULL) {
		return NULL;
	}
	def->name = strdup(name);
	if (def->name == NULL) {
		free(def);
		return NULL;
	}
	if (answer_ask(d->cli, "/def/query", NULL, name, true, &def->ports) !=
		EX_OK) {
		answer_fini(&def->ports);
	}
	def->next = d->defs;
	d->defs = def;
	return def;
}

static void
free_defs(struct drawing *d)
{
	while (d->defs != NULL) {
		struct def *def = d->defs;

		d->defs = def->next;
		answer_fini(&def->ports);
		free(def->name);
		free(def);
	}
}

/* Length of a name without the number at its end: in0, in1 are like in. */
static size_t
stem(const char *name)
{
	size_t n = strlen(name);

	while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9') {
		n--;
	}
	return n;
}

/* Where the def describes a port; 0 when it does not. Ports that come with
 * an option (channels) are known by the stem of their name. */
static uint32_t
described(const struct def *def, const char *name)
{
	uint32_t alike = 0;

	if (def == NULL) {
		return 0;
	}
	for (uint32_t i = 1; i + DEF_PORT <= def->ports.count; i += DEF_PORT) {
		const char *other = answer_text(&def->ports, i + 1);

		if (strcmp(other, name) == 0) {
			return i;
		}
		if (stem(other) == stem(name) &&
			strncmp(other, name, stem(name)) == 0) {
			alike = i;
		}
	}
	return alike;
}

static const char *
kind_of(const struct def *def, uint32_t at)
{
	return at == 0 ? "" : answer_text(&def->ports, at + 2);
}

static bool
is_output(const struct def *def, uint32_t at)
{
	return at != 0 &&
	       strcmp(answer_text(&def->ports, at + 3), "output") == 0;
}

/* The next port of /node/info from `*at` on: index, name, value, bus, flags.
 * Arrays (connections, resources held) end the ports. */
static bool
next_port(const struct answer *info, uint32_t *at, uint32_t *port)
{
	if (*at + 5 > info->count || info->arg[*at].type != 'i' ||
		info->arg[*at + 1].type != 's') {
		return false;
	}
	*port = *at;
	*at += 5;
	return true;
}

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
write_port(struct drawing *d, const struct def *def, const struct answer *info,
	uint32_t port, char *text, size_t size)
{
	const char *name = answer_text(info, port + 1);
	uint32_t at = described(def, name);
	int32_t bus = answer_whole(info, port + 3);
	char clean[SHOW_TEXT];
	char unit[SHOW_TEXT];
	char number[SHOW_NUMBER];
	char map[64] = "";

	(void)show_text(clean, name);
	if (bus >= 0) {
		write_map(map, sizeof map, is_output(def, at), d->utf8, bus,
			answer_whole(info, port + 4));
	}
	if (strcmp(kind_of(def, at), "audio") == 0) {
		(void)snprintf(text, size, "%s%s", clean,
			bus >= 0 ? map
			: is_output(def, at)
				? (d->utf8 ? " → nothing" : " -> nothing")
				: (d->utf8 ? " ← nothing" : " <- nothing"));
		return;
	}
	if (strcmp(kind_of(def, at), "resource") == 0) {
		int32_t id = answer_whole(info, port + 2);
		(void)snprintf(text, size,
			id < 0 ? "%s = nothing" : "%s = resource %d", clean,
			(int)id);
		return;
	}
	const char *in = at != 0 ? answer_text(&def->ports, at + 4) : "";
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

/* Ask for a node's ports; CLI_REFUSED when it has ended. */
static int
ask_ports(struct drawing *d, int32_t id, struct answer *info)
{
	return answer_ask(d->cli, "/node/query", &id, NULL, true, info);
}

/* The ports, some on a line, each line behind the branches. */
static int
draw_ports(struct drawing *d, uint32_t item, const char *branches)
{
	const struct def *def =
		def_of(d, answer_text(&d->tree, item + ITEM_DEF));
	struct answer info;
	uint32_t at = INFO_HEAD;
	uint32_t port;
	size_t used = 0;
	char text[2 * SHOW_TEXT + 128];

	int r = ask_ports(d, answer_whole(&d->tree, item + ITEM_ID), &info);
	while (r == EX_OK && next_port(&info, &at, &port)) {
		write_port(d, def, &info, port, text, sizeof text);
		if (used > 0 && used + columns(text) + 3 > WIDTH) {
			(void)putchar('\n');
			used = 0;
		}
		printf("%s%s", used == 0 ? branches : ",  ", text);
		used += columns(text) + 3;
	}
	if (used > 0) {
		(void)putchar('\n');
	}
	answer_fini(&info);
	return r == CLI_REFUSED ? EX_OK : r;
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
ports_json(struct drawing *d, uint32_t item)
{
	static const char *const column[5] = {
		"index", "name", "value", "bus", "flags"};
	const struct def *def =
		def_of(d, answer_text(&d->tree, item + ITEM_DEF));
	json_t *ports = json_array();
	struct answer info;
	uint32_t at = INFO_HEAD;
	uint32_t port;

	int r = ask_ports(d, answer_whole(&d->tree, item + ITEM_ID), &info);
	while (r == EX_OK && next_port(&info, &at, &port)) {
		json_t *one = json_object();
		uint32_t where = described(def, answer_text(&info, port + 1));

		for (uint32_t k = 0; k < 5; k++) {
			(void)json_object_set_new(one, column[k],
				print_json_arg(&info.arg[port + k]));
		}
		if (where != 0) {
			(void)json_object_set_new(one, "kind",
				print_json_text(kind_of(def, where)));
			(void)json_object_set_new(one, "direction",
				print_json_text(
					answer_text(&def->ports, where + 3)));
		}
		(void)json_array_append_new(ports, one);
	}
	answer_fini(&info);
	if (r != EX_OK && r != CLI_REFUSED) {
		json_decref(ports);
		return NULL;
	}
	return ports;
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
		json_t *ports = ports_json(d, i);

		if (ports == NULL) {
			json_decref(node);
			return NULL;
		}
		(void)json_object_set_new(node, "ports", ports);
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
	free_defs(&d);
	return r;
}

const struct verb cmd_tree = {
	.name = "tree",
	.words = "[ID]",
	.help = "Draw the node tree: keys, defs, states, ports with their "
		"values and where they are mapped.",
	.choices = choices,
	.run = run,
};
