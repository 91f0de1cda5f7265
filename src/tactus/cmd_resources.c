/* SPDX-License-Identifier: MIT */
/*
 * cmd_resources.c -- `tactus resources`: what there is, and who holds it.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "print_json.h"
#include "show.h"

/* Values of one item of /resource/list.reply before the array of holders. */
enum { ITEM_ID, ITEM_URI, ITEM_STATE, ITEM_REFERENCES, ITEM_BYTES, ITEM_ARRAY };

/* Holders that the daemon names in a list: there may be more of them. */
#define MOST_NAMED 16

static const struct choice choices[] = {
	{'j', "json", NULL, "print JSON"},
	{0,   NULL,   NULL, NULL        },
};

/* Where the item behind this one begins; its holders are in between. */
static uint32_t
after(const struct answer *a, uint32_t item)
{
	uint32_t at = item + ITEM_ARRAY;

	while (at < a->count && a->arg[at].type != ']') {
		at++;
	}
	return at + 1;
}

static bool
has_item(const struct answer *a, uint32_t item)
{
	return item + ITEM_ARRAY < a->count && a->arg[item].type == 'i';
}

static int64_t
bytes_of(const struct answer *a, uint32_t item)
{
	const struct osc_arg *arg = &a->arg[item + ITEM_BYTES];

	return arg->type == 'h' ? arg->u.h : 0;
}

/* A job holds as -1 - its id. */
static json_t *
holders(const struct answer *a, uint32_t item, bool jobs)
{
	json_t *list = json_array();

	for (uint32_t i = item + ITEM_ARRAY + 1; i + 1 < after(a, item); i++) {
		int32_t holder = answer_whole(a, i);

		if ((holder < 0) == jobs) {
			(void)json_array_append_new(list,
				json_integer(jobs ? -1 - holder : holder));
		}
	}
	return list;
}

static int
print_list_json(const struct answer *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; has_item(a, i); i = after(a, i)) {
		json_t *r = json_object();

		(void)json_object_set_new(
			r, "id", json_integer(answer_whole(a, i + ITEM_ID)));
		(void)json_object_set_new(r, "uri",
			print_json_text(answer_text(a, i + ITEM_URI)));
		(void)json_object_set_new(r, "state",
			print_json_text(answer_text(a, i + ITEM_STATE)));
		(void)json_object_set_new(r, "references",
			json_integer(answer_whole(a, i + ITEM_REFERENCES)));
		(void)json_object_set_new(
			r, "bytes", json_integer(bytes_of(a, i)));
		(void)json_object_set_new(r, "nodes", holders(a, i, false));
		(void)json_object_set_new(r, "jobs", holders(a, i, true));
		(void)json_array_append_new(list, r);
	}
	return print_json(list, false);
}

static void
print_holders(const struct answer *a, uint32_t item)
{
	uint32_t end = after(a, item) - 1;
	uint32_t first = item + ITEM_ARRAY + 1;

	for (uint32_t i = first; i < end; i++) {
		int32_t holder = answer_whole(a, i);

		printf("%s%s %d", i > first ? ", " : "  ",
			holder < 0 ? "job" : "node",
			(int)(holder < 0 ? -1 - holder : holder));
	}
	if (end - first >= MOST_NAMED) {
		printf(", …");
	}
}

static void
print_list(const struct answer *a)
{
	if (has_item(a, 0)) {
		printf("%5s  %-14s %-20s %10s %5s  %s\n", "id", "state",
			"class", "bytes", "held", "by");
	}
	for (uint32_t i = 0; has_item(a, i); i = after(a, i)) {
		char text[2][SHOW_TEXT];
		char number[SHOW_NUMBER];

		printf("%5d  %-14s %-20s %10s %5d",
			(int)answer_whole(a, i + ITEM_ID),
			show_text(text[0], answer_text(a, i + ITEM_STATE)),
			show_def(text[1], answer_text(a, i + ITEM_URI)),
			show_bytes(number, bytes_of(a, i)),
			(int)answer_whole(a, i + ITEM_REFERENCES));
		print_holders(a, i);
		(void)putchar('\n');
	}
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct answer a;
	bool json = false;

	int key = cli_args_simple(cli, argc, argv, &json, NULL, 0);
	if (key != CLI_END) {
		return cli_args_exit(key);
	}
	int r = answer_ask(cli, "/resource/list", NULL, NULL, false, &a);
	if (r == EX_OK && json) {
		r = print_list_json(&a);
	} else if (r == EX_OK) {
		print_list(&a);
	}
	answer_fini(&a);
	return r;
}

const struct verb cmd_resources = {
	.name = "resources",
	.words = "",
	.help = "List the resources there are, their states, and who holds "
		"them.",
	.choices = choices,
	.run = run,
};
