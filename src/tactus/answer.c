/* SPDX-License-Identifier: MIT */
/*
 * answer.c -- see answer.h.
 */
#include "answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "osc_write.h"
#include "show.h"

/* Those that differ from ADDRESS.reply, and those that always answer. */
static const struct answer_form form[] = {
	{"/version",              "/version.reply",              0, false, true,  false, NULL      },
	{"/status",               "/status.reply",               0, false, true,  false, NULL      },
	{"/stats",                "/stats.reply",                0, true,  true,  false, NULL      },
	{"/notify",               "/notify.reply",               0, false, true,  false, NULL      },
	{"/sync",                 "/synced",                     0, false, true,  false, NULL      },
	{"/time",                 "/time.reply",                 0, false, true,  false, NULL      },
	{"/quit",                 "/quit.reply",                 0, false, true,  false, NULL      },
	{"/offline/run",          "/offline/run.reply",          0, false, true,  false, NULL      },
	{"/group/new",            "/group/new.reply",            0, false, false, true,  NULL      },
	{"/synth/new",            "/synth/new.reply",            0, false, false, true,  NULL      },
	{"/node/query",           "/node/info",                  1, true,  true,  false, "iiiissss"},
	{"/node/tree",            "/node/tree.reply",            0, true,  true,  false, NULL      },
	{"/node/tree/statistics", "/node/tree/statistics.reply", 0, false, true,
         false,									  NULL      },
	{"/def/list",             "/def/list.reply",             0, true,  true,  false, NULL      },
	{"/def/query",            "/def/query.reply",            0, true,  true,  false, "s"       },
	{"/resource/query",       "/resource/info",              0, false, true,  false, NULL      },
	{"/resource/list",        "/resource/list.reply",        0, true,  true,  false, NULL      },
	{"/job/list",             "/job/list.reply",             0, true,  true,  false, NULL      },
};

struct answer_form
answer_form_of(const char *address, char *room, size_t size)
{
	for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
		if (strcmp(form[i].request, address) == 0) {
			return form[i];
		}
	}
	(void)snprintf(room, size, "%s.reply", address);
	return (struct answer_form){.request = address, .reply = room};
}

static int
no_memory(const struct cli *cli)
{
	return cli_fail(cli, EX_OSERR, "out of memory");
}

bool
answer_is_error(const struct osc_message *m, const char *address)
{
	struct osc_args a;
	struct osc_arg arg;

	if (strcmp(m->address, "/error") != 0) {
		return false;
	}
	osc_args_begin(&a, m);
	const char *about = osc_args_next(&a, &arg) ? osc_text(&arg) : NULL;
	return about == NULL || *about == '\0' || strcmp(about, address) == 0;
}

int
answer_error(const struct cli *cli, const struct osc_message *m)
{
	const char *about = NULL;
	const char *text = NULL;
	struct osc_args a;
	struct osc_arg arg;
	int32_t code = 0;
	char clean[2][SHOW_TEXT];

	osc_args_begin(&a, m);
	if (osc_args_next(&a, &arg)) {
		about = osc_text(&arg);
	}
	if (osc_args_next(&a, &arg) && osc_whole(&arg, &code) != 0) {
		code = 0;
	}
	if (osc_args_next(&a, &arg)) {
		text = osc_text(&arg);
	}
	if (about == NULL || *about == '\0') {
		about = "the packet";
	}
	return cli_fail(cli, CLI_REFUSED, "%s: error %d: %s",
		show_text(clean[0], about), (int)code,
		show_text(clean[1], text != NULL ? text : "no reason given"));
}

static bool
append(struct answer *a, const struct osc_arg *arg)
{
	if (a->count == a->room) {
		uint32_t room = a->room == 0 ? 64 : a->room * 2;
		struct osc_arg *more = realloc(a->arg, room * sizeof *more);

		if (more == NULL) {
			return false;
		}
		a->arg = more;
		a->room = room;
	}
	a->arg[a->count++] = *arg;
	return true;
}

/* The message's place and number of places; false when they make no sense. */
static bool
page_of(const struct osc_message *m, const struct answer_form *f, int32_t *page,
	int32_t *pages)
{
	struct osc_args a;
	struct osc_arg arg;

	*page = 0;
	*pages = 1;
	if (!f->paged) {
		return true;
	}
	osc_args_begin(&a, m);
	for (uint32_t i = 0; i <= f->page_at + 1; i++) {
		if (!osc_args_next(&a, &arg)) {
			return false;
		}
		if (i >= f->page_at && arg.type != 'i') {
			/* /stats fits one message and has no page numbers */
			return i == 0 && arg.type == 's';
		}
		if (i == f->page_at) {
			*page = arg.u.i;
		} else if (i > f->page_at) {
			*pages = arg.u.i;
		}
	}
	return *page >= 0 && *page < *pages && *pages <= ANSWER_MAX_PAGES;
}

/* A page's message: struct osc_message, then a copy of its bytes. */
struct page {
	struct osc_message m;
	uint8_t bytes[];
};

static struct page *
copy_message(const struct osc_message *m)
{
	size_t size = (size_t)(m->end - m->start);
	struct page *p = malloc(sizeof *p + size);

	if (p == NULL) {
		return NULL;
	}
	memcpy(p->bytes, m->start, size);
	p->m = *m;
	p->m.start = p->bytes;
	p->m.end = p->bytes + size;
	p->m.address =
		(const char *)p->bytes + (m->address - (const char *)m->start);
	p->m.args = p->bytes + (m->args - m->start);
	const uint8_t *types = (const uint8_t *)m->types;
	p->m.types = types >= m->start && types < m->end
			     ? (const char *)p->bytes + (types - m->start)
			     : "";
	return p;
}

/* Does a page repeat, around its numbers, what the list begins with? */
static bool
repeats_head(const struct page *p, const struct answer_form *f)
{
	const char *types = p->m.types;

	if (f->head == NULL || strlen(types) < f->page_at + 2) {
		return false;
	}
	size_t behind = strlen(f->head) - f->page_at;
	return strncmp(types, f->head, f->page_at) == 0 &&
	       strncmp(types + f->page_at + 2, f->head + f->page_at, behind) ==
		       0;
}

/* All pages are there: line up their arguments, once the page numbers and
 * what every page repeats are taken away. */
static bool
line_up(struct answer *a, const struct answer_form *f)
{
	for (uint32_t i = 0; i < a->pages; i++) {
		const struct page *p = a->page[i];
		struct osc_args walk;
		struct osc_arg arg;
		uint32_t n = 0;
		bool numbered = f->paged && strlen(p->m.types) > f->page_at &&
				p->m.types[f->page_at] == 'i';
		/* what stands before the numbers leads every page */
		/* what stands before the numbers leads every page */
		size_t skip = i == 0 ? 0 : f->page_at;
		if (i > 0 && repeats_head(p, f)) {
			skip = strlen(f->head) + 2;
		}

		osc_args_begin(&walk, &p->m);
		while (osc_args_next(&walk, &arg)) {
			bool number = numbered &&
				      (n == f->page_at || n == f->page_at + 1);
			n++;
			if (!number && n > skip && !append(a, &arg)) {
				return false;
			}
		}
	}
	return true;
}

static int
gather(struct cli *cli, const struct answer_form *f, bool quiet,
	struct answer *out)
{
	uint32_t have = 0;
	int64_t deadline = cli_now_ns() + cli->patience_ns;
	struct osc_message m;

	for (;;) {
		int32_t page = 0;
		int32_t pages = 0;
		int r = caller_next(cli->caller, deadline, &m);

		if (r < 0) {
			return cli_fail(cli, EX_UNAVAILABLE, "%s",
				caller_why(cli->caller));
		}
		if (r == 0) {
			return cli_fail(cli, EX_UNAVAILABLE,
				"%s from %s to %s within %g s: is tactusd "
				"running there? (--url names another, "
				"--timeout waits longer)",
				have == 0 ? "no answer"
					  : "only a part of the answer",
				caller_url(cli->caller), f->request,
				(double)cli->patience_ns / 1e9);
		}
		if (answer_is_error(&m, f->request)) {
			return quiet ? CLI_REFUSED : answer_error(cli, &m);
		}
		if (strcmp(m.address, f->reply) != 0 ||
			!page_of(&m, f, &page, &pages)) {
			continue;
		}
		if (out->page == NULL) {
			out->page = calloc((size_t)pages, sizeof *out->page);
			if (out->page == NULL) {
				return no_memory(cli);
			}
			out->pages = (uint32_t)pages;
		}
		if ((uint32_t)pages != out->pages || out->page[page] != NULL) {
			continue;
		}
		out->page[page] = copy_message(&m);
		if (out->page[page] == NULL) {
			return no_memory(cli);
		}
		if (++have == out->pages) {
			return line_up(out, f) ? EX_OK : no_memory(cli);
		}
		deadline = cli_now_ns() + cli->patience_ns;
	}
}

int
answer_ask(struct cli *cli, const char *address, const int32_t *argument,
	const char *text, bool quiet, struct answer *out)
{
	char room[256];
	struct answer_form f = answer_form_of(address, room, sizeof room);
	uint8_t packet[2048];
	struct osc_out o;

	*out = (struct answer){0};
	osc_begin(&o, packet, sizeof packet, address);
	if (argument != NULL) {
		osc_put_int(&o, *argument);
	}
	if (text != NULL) {
		osc_put_string(&o, text);
	}
	size_t size = osc_end(&o);
	if (size == 0) {
		return cli_misused(cli, "'%.40s…' is too long", text);
	}
	if (cli->caller == NULL) {
		int r = cli_call(cli);

		if (r != EX_OK) {
			return r;
		}
	}
	if (caller_send(cli->caller, packet, size,
		    cli_now_ns() + cli->patience_ns) < 0) {
		return cli_fail(
			cli, EX_UNAVAILABLE, "%s", caller_why(cli->caller));
	}
	return gather(cli, &f, quiet, out);
}

void
answer_fini(struct answer *a)
{
	for (uint32_t i = 0; i < a->pages; i++) {
		free(a->page[i]);
	}
	free(a->page);
	free(a->arg);
	*a = (struct answer){0};
}

double
answer_number(const struct answer *a, uint32_t i)
{
	double value = 0;

	if (i < a->count && osc_number(&a->arg[i], &value)) {
		return value;
	}
	return 0;
}

int32_t
answer_whole(const struct answer *a, uint32_t i)
{
	int32_t value = 0;

	if (i < a->count && osc_whole(&a->arg[i], &value) == 0) {
		return value;
	}
	return 0;
}

const char *
answer_text(const struct answer *a, uint32_t i)
{
	const char *text = i < a->count ? osc_text(&a->arg[i]) : NULL;

	return text != NULL ? text : "";
}
