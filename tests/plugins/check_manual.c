/* SPDX-License-Identifier: MIT */
/*
 * check_manual.c -- tactus-plugin(7) against the defs that it describes.
 *
 * The page must hold, under each def's heading, the def's line and one row
 * for each port, word for word as the def itself describes it.  What is
 * missing is printed as it ought to stand.  For classes and jobs it must hold
 * their line, arguments and results, and docs/osc-api.md has the last two.
 */
#include "harness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

/** A text, as it lies in the source. */
static char *
read_text(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	char *page = calloc(1, 1 << 20);

	ck_assert_ptr_nonnull(page);
	snprintf(path, sizeof(path), "%s/%s", srcdir != NULL ? srcdir : ".",
		name);
	FILE *file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s: set srcdir", path);
	size_t bytes = fread(page, 1, (1 << 20) - 1, file);
	ck_assert_uint_gt(bytes, 0);
	fclose(file);
	return page;
}

/** The manual page. */
static char *
read_page(void)
{
	return read_text("man/tactus-plugin.7");
}

/** Make one space of each run of spaces and ends of lines. */
static void
fold(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		char c = *from == '\n' || *from == '\t' ? ' ' : *from;

		if (c != ' ' || to == text || to[-1] != ' ') {
			*to++ = c;
		}
	}
	*to = '\0';
}

/** Does a folded text hold what a format makes? @return 1: no, and says so */
__attribute__((format(printf, 3, 4))) static int
lacks(const char *what, const char *text, const char *format, ...)
{
	char wanted[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(wanted, sizeof(wanted), format, args);
	va_end(args);
	fold(wanted);
	if (strstr(text, wanted) != NULL) {
		return 0;
	}
	printf("%s: %s\n", what, wanted);
	return 1;
}

/** A number as the page writes it: whole ones in full. */
static void
number_of(double x, char *text, size_t size)
{
	bool is_whole = (double)(int64_t)x == x;

	snprintf(text, size, "%.*g", is_whole ? 12 : 6, x);
}

/** The highest value of a control, as text: some depend on the rate. */
static void
most_of(const struct harness *h, uint32_t i, char *text, size_t size)
{
	TactusHost twice = h->nrt.host;
	TactusPort p = {.size = sizeof(p)};
	double most = (double)h->port[i].maximum;

	twice.rate = 2 * h->nrt.host.rate;
	tactus_def_port(&twice, h->def, h->options, i, &p);
	if ((double)p.maximum == most) {
		number_of(most, text, size);
	} else if (most == h->nrt.host.rate / 2) {
		snprintf(text, size, "rate/2");
	} else {
		snprintf(text, size, "%g\\ rate", most / h->nrt.host.rate);
	}
}

/** The row of port `i` as the page ought to have it. */
static void
row_of(const struct harness *h, uint32_t i, char *row, size_t size)
{
	const TactusPort *p = &h->port[i];
	char least[32];
	char most[32];
	char initial[32];

	if (p->kind == TACTUS_AUDIO) {
		snprintf(row, size, ".It %s Ta %s Ta \\- Ta \\- Ta %s\n",
			p->name,
			p->direction == TACTUS_INPUT ? "audio\\ in"
						     : "audio\\ out",
			p->doc);
		return;
	}
	if (p->kind == TACTUS_RESOURCE) {
		snprintf(row, size, ".It %s Ta resource Ta \\- Ta \\- Ta %s\n",
			p->name, p->doc);
		return;
	}
	most_of(h, i, most, sizeof(most));
	number_of((double)p->minimum, least, sizeof(least));
	number_of((double)p->initial, initial, sizeof(initial));
	snprintf(row, size, ".It %s Ta %s Ta %s\\ to\\ %s Ta %s Ta %s\n",
		p->name, p->unit[0] != '\0' ? p->unit : "\\-", least, most,
		initial, p->doc);
}

START_TEST(manual_describes_every_port_of_every_def)
{
	char *page = read_page();
	int missing = 0;

	for (int n = 0; harness_names[n] != NULL; n++) {
		struct harness h;
		char head[512];
		char row[512];

		harness_open(&h, harness_names[n]);
		snprintf(head, sizeof(head), ".Ss %s\n%s\n", harness_names[n],
			h.def->doc);
		char *at = strstr(page, head);
		if (at == NULL) {
			printf("%s", head);
			missing++;
		}
		for (uint32_t i = 0; i < h.ports; i++) {
			char *section = at;

			row_of(&h, i, row, sizeof(row));
			at = at == NULL ? NULL : strstr(at, row);
			if (at == NULL) {
				printf("%s", row);
				missing++;
				at = section;
			}
		}
		harness_close(&h);
	}
	free(page);
	ck_assert_msg(
		missing == 0, "man/tactus-plugin.7 lacks %d lines", missing);
}
END_TEST

START_TEST(manual_describes_every_class_and_job)
{
	static const char *const plugins[] = {
		"audio-buffer", "convolver", "wavetable", "buffer-jobs"};
	char *page = read_page();
	char *table = read_text("docs/osc-api.md");
	struct harness_host h;
	int missing = 0;

	fold(page);
	fold(table);
	harness_host_init(&h, HARNESS_RATE);
	for (size_t i = 0; i < sizeof(plugins) / sizeof(plugins[0]); i++) {
		ck_assert_ptr_nonnull(harness_host_load(&h, plugins[i]));
	}
	ck_assert_uint_eq(h.resources, 3);
	ck_assert_uint_eq(h.works, 12);
	for (uint32_t i = 0; i < h.resources; i++) {
		const TactusResourceDef *d = h.resource[i];

		missing += lacks("tactus-plugin.7", page,
			".Ss %s %s Arguments: .Ar %s ", d->name, d->doc,
			d->arguments);
		missing += lacks("osc-api.md", table, "| `%s` | `%s` |",
			d->name, d->arguments);
	}
	for (uint32_t i = 0; i < h.works; i++) {
		const TactusJobDef *d = h.work[i];
		bool takes = d->arguments[0] != '\0';
		bool tells = d->results[0] != '\0';

		missing += lacks("tactus-plugin.7", page, ".Ss %s %s %s%s%s%s ",
			d->name, d->doc, takes ? "Arguments: .Ar " : "",
			d->arguments, tells ? " Results: .Ar " : "",
			d->results);
		missing += lacks("osc-api.md", table, "| `%s` |%s%s%s|%s%s%s|",
			d->name, takes ? " `" : "", d->arguments,
			takes ? "` " : " ", tells ? " `" : "", d->results,
			tells ? "` " : " ");
	}
	harness_host_close(&h);
	free(table);
	free(page);
	ck_assert_msg(missing == 0, "%d texts are missing", missing);
}
END_TEST

START_TEST(manual_names_every_member_of_the_contract)
{
	static const char *const words[] = {"tactus_plugin",
		"register_synthdef", "instance_bytes", "options_bytes",
		"extra_bytes", "port_count", "port_rows", "port_bytes",
		"channels", "construct", "connect", "activate", "process",
		"process_many", "destroy", "parse", "tactus_control_at",
		"TACTUS_ABI_VERSION", "TACTUS_SERIAL", "TACTUS_RT",
		"TACTUS_INTEGER", "TACTUS_BOOLEAN", "TACTUS_ENUM",
		"TACTUS_TRIGGER", "TACTUS_OF_RATE", "TACTUS_LOGARITHMIC",
		"TACTUS_CONSTRUCT_BYTES", "TACTUS_MAX_PORTS",
		"TACTUS_MAX_NOTIFY", "notify", "alloc", "done", "time", "log"};
	char *page = read_page();

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ck_assert_msg(strstr(page, words[i]) != NULL, "%s", words[i]);
	}
	free(page);
}
END_TEST

START_TEST(manual_names_every_function_of_the_header)
{
	char *header = read_text("include/tactus/plugin.h");
	char *page = read_page();
	int found = 0;

	for (char *at = header; (at = strstr(at, "(*")) != NULL; found++) {
		char name[64] = "";

		at += 2;
		ck_assert_int_eq(sscanf(at, "%63[a-z_])(", name), 1);
		char *said = strstr(page, name);
		ck_assert_msg(said != NULL, "tactus-plugin.7 lacks %s", name);
	}
	ck_assert_int_ge(found, 40);
	free(page);
	free(header);
}
END_TEST

START_TEST(manual_has_the_limits_as_they_are)
{
	static const struct {
		const char *name;
		unsigned most;
	} limits[] = {
		{"TACTUS_MAX_PORTS",         TACTUS_MAX_PORTS        },
		{"TACTUS_NAME_SIZE",         TACTUS_NAME_SIZE        },
		{"TACTUS_UNIT_SIZE",         TACTUS_UNIT_SIZE        },
		{"TACTUS_CONSTRUCT_BYTES",   TACTUS_CONSTRUCT_BYTES  },
		{"TACTUS_MAX_MANY",          TACTUS_MAX_MANY         },
		{"TACTUS_MAX_NOTIFY",        TACTUS_MAX_NOTIFY       },
		{"TACTUS_MAX_JOB_RESOURCES", TACTUS_MAX_JOB_RESOURCES},
		{"TACTUS_MAX_JOB_DATA",      TACTUS_MAX_JOB_DATA     },
		{"TACTUS_MIN_FFT",           TACTUS_MIN_FFT          },
		{"TACTUS_MAX_FFT",           TACTUS_MAX_FFT          },
	};
	char *page = read_page();
	int missing = 0;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		missing += lacks("tactus-plugin.7", page, "Dv %s Pq %u",
			limits[i].name, limits[i].most);
	}
	free(page);
	ck_assert_msg(missing == 0, "%d limits are missing", missing);
}
END_TEST

START_TEST(manual_shows_the_gain_plugin_as_it_is_built)
{
	/* the example is the code: each line of it, with \ written \e */
	const char *srcdir = getenv("srcdir");
	char path[4096];
	char line[256];
	char *page = read_page();
	char *at = strstr(page, ".Sh EXAMPLES");

	ck_assert_ptr_nonnull(at);
	snprintf(path, sizeof(path), "%s/plugins/gain/gain.c",
		srcdir != NULL ? srcdir : ".");
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	bool is_code = false;
	while (fgets(line, sizeof(line), file) != NULL) {
		is_code |= strncmp(line, "#include", 8) == 0;
		if (is_code) {
			at = strstr(at, line);
			ck_assert_msg(at != NULL, "EXAMPLES lack: %s", line);
			at += strlen(line);
		}
	}
	ck_assert(is_code);
	fclose(file);
	free(page);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/manual");
	TCase *tc = tcase_create("manual");

	tcase_add_test(tc, manual_describes_every_port_of_every_def);
	tcase_add_test(tc, manual_describes_every_class_and_job);
	tcase_add_test(tc, manual_names_every_member_of_the_contract);
	tcase_add_test(tc, manual_names_every_function_of_the_header);
	tcase_add_test(tc, manual_has_the_limits_as_they_are);
	tcase_add_test(tc, manual_shows_the_gain_plugin_as_it_is_built);
	suite_add_tcase(s, tc);
	return s;
}
