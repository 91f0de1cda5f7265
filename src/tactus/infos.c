/* SPDX-License-Identifier: MIT */
/*
 * infos.c -- see infos.h.
 */
#include "infos.h"

#include <stdlib.h>
#include <string.h>

#define INFO_HEAD 8  /* values before the ports of /node/info */
#define INFO_PORT 5  /* of one port */
#define DEF_PORT  10 /* of one port of /def/query.reply */

struct info {
	struct info *next;
	int32_t id; /* of a node */
	char *name; /* of a def */
	struct answer answer;
};

#define PLACES (sizeof((struct infos *)0)->place / sizeof(struct info *))

static struct info **
place_of(struct infos *all, int32_t id)
{
	return &all->place[(uint32_t)id % PLACES];
}

int
infos_ask(struct infos *all, struct cli *cli, int32_t id,
	const struct answer **out)
{
	struct info **first = place_of(all, id);
	struct info *i = *first;

	while (i != NULL && i->id != id) {
		i = i->next;
	}
	if (i != NULL) {
		*out = &i->answer;
		return EX_OK;
	}
	i = calloc(1, sizeof *i);
	if (i == NULL) {
		return cli_fail(cli, EX_OSERR, "out of memory");
	}
	int r = answer_ask(cli, "/node/query", &id, NULL, true, &i->answer);
	if (r != EX_OK) {
		answer_fini(&i->answer); /* it is empty then */
	}
	i->id = id;
	i->next = *first;
	*first = i;
	*out = &i->answer;
	return r == CLI_REFUSED ? EX_OK : r;
}

bool
infos_next_port(const struct answer *info, uint32_t *at, uint32_t *port)
{
	uint32_t here = *at == 0 ? INFO_HEAD : *at;

	/* arrays (connections, resources held) end the ports */
	if (here + INFO_PORT > info->count || info->arg[here].type != 'i' ||
		info->arg[here + 1].type != 's') {
		return false;
	}
	*port = here;
	*at = here + INFO_PORT;
	return true;
}

bool
infos_next_connection(
	const struct answer *info, uint32_t *at, uint32_t *connection)
{
	uint32_t port;

	if (*at == 0) {
		while (infos_next_port(info, at, &port)) {
		}
		*at = *at == 0 ? INFO_HEAD : *at;
	}
	uint32_t end = *at + INFO_CONNECTION + 1;
	/* the last array is of the resources held, however many they are */
	if (end + 1 >= info->count || info->arg[*at].type != '[' ||
		info->arg[end].type != ']') {
		return false;
	}
	*connection = *at + 1;
	*at = end + 1;
	return true;
}

const char *
infos_port_name(const struct answer *info, int32_t index)
{
	uint32_t at = 0;
	uint32_t port;

	while (infos_next_port(info, &at, &port)) {
		if (answer_whole(info, port) == index) {
			return answer_text(info, port + 1);
		}
	}
	return NULL;
}

const struct answer *
infos_ask_def(struct infos *all, struct cli *cli, const char *name)
{
	struct info *def = all->defs;

	while (def != NULL && strcmp(def->name, name) != 0) {
		def = def->next;
	}
	if (def != NULL) {
		return &def->answer;
	}
	def = calloc(1, sizeof *def);
	char *copy = def != NULL ? strdup(name) : NULL;
	if (copy == NULL) {
		free(def);
		return NULL;
	}
	def->name = copy;
	if (answer_ask(cli, "/def/query", NULL, name, true, &def->answer) !=
		EX_OK) {
		answer_fini(&def->answer);
	}
	def->next = all->defs;
	all->defs = def;
	return &def->answer;
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

uint32_t
infos_described(const struct answer *def, const char *name)
{
	uint32_t alike = 0;

	if (def == NULL) {
		return 0;
	}
	for (uint32_t i = 1; i + DEF_PORT <= def->count; i += DEF_PORT) {
		const char *other = answer_text(def, i + 1);

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

const char *
infos_port_kind(const struct answer *def, uint32_t at)
{
	return at == 0 ? "" : answer_text(def, at + 2);
}

bool
infos_is_output(const struct answer *def, uint32_t at)
{
	return at != 0 && strcmp(answer_text(def, at + 3), "output") == 0;
}

static void
forget(struct info *first)
{
	while (first != NULL) {
		struct info *i = first;

		first = i->next;
		answer_fini(&i->answer);
		free(i->name);
		free(i);
	}
}

void
infos_fini(struct infos *all)
{
	for (size_t k = 0; k < PLACES; k++) {
		forget(all->place[k]);
		all->place[k] = NULL;
	}
	forget(all->defs);
	all->defs = NULL;
}
