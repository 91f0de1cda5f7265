/* SPDX-License-Identifier: MIT */
/*
 * cmd_defs.c -- `tactus defs`: what can be made, and what one def is like.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "print_json.h"
#include "show.h"

#define LIST_ITEM 3  /* values of one item of /def/list.reply */
#define PORT_ITEM 10 /* values of one port of /def/query.reply */

/* Where the values of a port stand. */
enum {
	PORT_INDEX,
	PORT_NAME,
	PORT_KIND,
	PORT_DIRECTION,
	PORT_UNIT,
	PORT_MINIMUM,
	PORT_MAXIMUM,
	PORT_DEFAULT,
	PORT_CURVE,
	PORT_RESOURCE
};

static const struct choice choices[] = {
	{'j', "json", NULL, "print JSON"},
	{0,   NULL,   NULL, NULL        },
};

static int
print_list_json(const struct answer *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i + LIST_ITEM <= a->count; i += LIST_ITEM) {
		json_t *def = json_object();

		(void)json_object_set_new(
			def, "uri", print_json_text(answer_text(a, i)));
		(void)json_object_set_new(
			def, "kind", print_json_text(answer_text(a, i + 1)));
		(void)json_object_set_new(
			def, "name", print_json_text(answer_text(a, i + 2)));
		(void)json_array_append_new(list, def);
	}
	return print_json(list, false);
}

static void
print_list(const struct answer *a)
{
	char text[3][SHOW_TEXT];

	for (uint32_t i = 0; i + LIST_ITEM <= a->count; i += LIST_ITEM) {
		printf("%-20s %-9s %s\n",
			show_text(text[0], answer_text(a, i + 2)),
			show_text(text[1], answer_text(a, i + 1)),
			show_text(text[2], answer_text(a, i)));
	}
}

static int
print_def_json(const char *name, const struct answer *a)
{
	static const char *const column[PORT_ITEM] = {"index", "name", "kind",
		"direction", "unit", "min", "max", "default", "curve",
		"resource"};
	json_t *def = json_object();
	json_t *ports = json_array();

	for (uint32_t i = 1; i + PORT_ITEM <= a->count; i += PORT_ITEM) {
		json_t *port = json_object();

		for (uint32_t k = 0; k < PORT_ITEM; k++) {
			(void)json_object_set_new(port, column[k],
				print_json_arg(&a->arg[i + k]));
		}
		(void)json_array_append_new(ports, port);
	}
	(void)json_object_set_new(def, "def", print_json_text(name));
	(void)json_object_set_new(
		def, "doc", print_json_text(answer_text(a, 0)));
	(void)json_object_set_new(def, "ports", ports);
	return print_json(def, false);
}

static void
print_port(const struct answer *a, uint32_t i)
{
	char text[3][SHOW_TEXT];
	char number[3][SHOW_NUMBER];
	const char *kind = answer_text(a, i + PORT_KIND);
	bool output = strcmp(answer_text(a, i + PORT_DIRECTION), "output") == 0;
	const char *gap = output ? "  " : "   ";

	printf("%5d  %-14s %-9s %s", (int)answer_whole(a, i + PORT_INDEX),
		show_text(text[0], answer_text(a, i + PORT_NAME)),
		show_text(text[1], kind), output ? "out" : "in");
	if (strcmp(kind, "audio") == 0) {
		(void)putchar('\n');
	} else if (strcmp(kind, "resource") == 0) {
		printf("%s%s\n", gap,
			show_text(text[2], answer_text(a, i + PORT_RESOURCE)));
	} else {
		const char *curve = answer_text(a, i + PORT_CURVE);

		printf("%s%s … %s, default %s", gap,
			show_float(number[0],
				(float)answer_number(a, i + PORT_MINIMUM)),
			show_float(number[1],
				(float)answer_number(a, i + PORT_MAXIMUM)),
			show_float(number[2],
				(float)answer_number(a, i + PORT_DEFAULT)));
		if (*answer_text(a, i + PORT_UNIT) != '\0') {
			printf(" %s", show_text(text[1],
					      answer_text(a, i + PORT_UNIT)));
		}
		if (*curve != '\0' && strncmp(curve, "lin", 3) != 0) {
			printf(", %s", show_text(text[2], curve));
		}
		(void)putchar('\n');
	}
}

/* What /def/query tells of a class behind its doc, and of a job. */
enum { CLASS_ARGUMENTS = 1, CLASS_MUTABLE, CLASS_COUNT };
enum {
	JOB_ARGUMENTS = 1,
	JOB_RESULTS,
	JOB_RESOURCE,
	JOB_LEAST,
	JOB_MOST,
	JOB_EXCLUSIVE,
	JOB_COUNT
};

static bool
is_class(const struct answer *a)
{
	return a->count == CLASS_COUNT && a->arg[CLASS_ARGUMENTS].type == 's';
}

static bool
is_job(const struct answer *a)
{
	return a->count == JOB_COUNT && a->arg[JOB_ARGUMENTS].type == 's';
}

static int
print_class_json(const char *name, const struct answer *a)
{
	static const char *const of_class[] = {"doc", "arguments", "mutable"};
	static const char *const of_job[] = {"doc", "arguments", "results",
		"resource", "least", "most", "exclusive"};
	const char *const *member = is_job(a) ? of_job : of_class;
	json_t *def = json_object();

	(void)json_object_set_new(def, "def", print_json_text(name));
	for (uint32_t i = 0; i < a->count; i++) {
		(void)json_object_set_new(
			def, member[i], print_json_arg(&a->arg[i]));
	}
	return print_json(def, false);
}

static void
print_line(const char *what, const char *text)
{
	char room[SHOW_TEXT];

	if (*text != '\0') {
		printf("%-10s %s\n", what, show_text(room, text));
	}
}

static void
print_class(const struct answer *a)
{
	print_line("arguments", answer_text(a, CLASS_ARGUMENTS));
	if (!is_job(a)) {
		print_line("contents", answer_whole(a, CLASS_MUTABLE) != 0
					       ? "change"
					       : "never change");
		return;
	}
	int least = (int)answer_whole(a, JOB_LEAST);
	int most = (int)answer_whole(a, JOB_MOST);
	print_line("results", answer_text(a, JOB_RESULTS));
	if (least == most) {
		printf("%-10s %d", "resources", most);
	} else {
		printf("%-10s %d … %d", "resources", least, most);
	}
	if (*answer_text(a, JOB_RESOURCE) != '\0') {
		char room[SHOW_TEXT];
		printf(" of %s", show_text(room, answer_text(a, JOB_RESOURCE)));
	}
	printf("%s\n", answer_whole(a, JOB_EXCLUSIVE) != 0
			       ? ", with exclusive 1 alone"
			       : "");
}

static void
print_def(const struct answer *a)
{
	char text[SHOW_TEXT];

	printf("%s\n", show_text(text, answer_text(a, 0)));
	if (is_class(a) || is_job(a)) {
		print_class(a);
		return;
	}
	if (a->count >= 1 + PORT_ITEM) {
		printf("%5s  %-14s %-9s %-4s %s\n", "index", "port", "kind",
			"dir", "range, default, unit");
	}
	for (uint32_t i = 1; i + PORT_ITEM <= a->count; i += PORT_ITEM) {
		print_port(a, i);
	}
}

static int
run(struct cli *cli, int argc, char **argv)
{
	const char *name = NULL;
	struct answer a;
	bool json = false;

	int key = cli_args_simple(cli, argc, argv, &json, &name, 1);
	if (key != CLI_END) {
		return cli_args_exit(key);
	}
	int r = answer_ask(cli, name != NULL ? "/def/query" : "/def/list", NULL,
		name, false, &a);
	if (r == EX_OK && name != NULL && json) {
		r = is_class(&a) || is_job(&a) ? print_class_json(name, &a)
					       : print_def_json(name, &a);
	} else if (r == EX_OK && name != NULL) {
		print_def(&a);
	} else if (r == EX_OK && json) {
		r = print_list_json(&a);
	} else if (r == EX_OK) {
		print_list(&a);
	}
	answer_fini(&a);
	return r;
}

const struct verb cmd_defs = {
	.name = "defs",
	.words = "[DEF]",
	.help = "List the defs that are loaded (synths, resources, jobs), or "
		"show one, by its URI or its name.",
	.choices = choices,
	.run = run,
};
