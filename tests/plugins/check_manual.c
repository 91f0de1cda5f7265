/* SPDX-License-Identifier: MIT */
/*
 * check_manual.c -- tactus-plugin(7) against the defs that it describes.
 *
 * The page must hold, under each def's heading, the def's line and one row
 * for each port, word for word as the def itself describes it.  What is
 * missing is printed as it ought to stand.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The manual page, as it lies in the source. */
static char *
read_page(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	char *page = calloc(1, 1 << 20);

	ck_assert_ptr_nonnull(page);
	snprintf(path, sizeof(path), "%s/man/tactus-plugin.7",
		srcdir != NULL ? srcdir : ".");
	FILE *file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s: set srcdir", path);
	size_t bytes = fread(page, 1, (1 << 20) - 1, file);
	ck_assert_uint_gt(bytes, 0);
	fclose(file);
	return page;
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
	h->def->port(&twice, h->options, i, &p);
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

START_TEST(manual_names_every_member_of_the_contract)
{
	static const char *const words[] = {"tactus_plugin",
		"register_synthdef", "instance_bytes", "options_bytes",
		"extra_bytes", "port_count", "construct", "connect", "activate",
		"process", "process_many", "destroy", "parse",
		"tactus_control_at", "TACTUS_ABI_VERSION", "TACTUS_SERIAL",
		"TACTUS_RT", "TACTUS_INTEGER", "TACTUS_BOOLEAN", "TACTUS_ENUM",
		"TACTUS_TRIGGER", "TACTUS_LOGARITHMIC",
		"TACTUS_CONSTRUCT_BYTES", "TACTUS_MAX_PORTS",
		"TACTUS_MAX_NOTIFY", "notify", "alloc", "done", "time", "log"};
	char *page = read_page();

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ck_assert_msg(strstr(page, words[i]) != NULL, "%s", words[i]);
	}
	free(page);
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
	tcase_add_test(tc, manual_names_every_member_of_the_contract);
	tcase_add_test(tc, manual_shows_the_gain_plugin_as_it_is_built);
	suite_add_tcase(s, tc);
	return s;
}
