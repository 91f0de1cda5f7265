/* SPDX-License-Identifier: MIT */
/*
 * config_doc.c -- a program that writes what the table of settings says.
 *
 *	config_doc conf    the shipped tactus.conf
 *	config_doc man     the reference in tactus.conf(5)
 *
 * Both are committed; a test compares them with what this prints.
 */
#include <stdio.h>
#include <string.h>

#include "config_table.h"
#include "config_value.h"

/* Where packages put plugins: the committed pages name no one build's. */
#define SHIPPED_PLUGINDIR "/usr/lib/tactus"

static void
put_standard(const char *text, size_t length)
{
	size_t n = strlen(PLUGINDIR);

	for (size_t i = 0; i < length; i++) {
		if (length - i >= n && strncmp(text + i, PLUGINDIR, n) == 0) {
			fputs(SHIPPED_PLUGINDIR, stdout);
			i += n - 1;
		} else {
			putchar(text[i]);
		}
	}
}

/* Words in lines of a width, each behind the same prefix. */
static void
put_wrapped(const char *prefix, const char *text, size_t width)
{
	while (*text != '\0') {
		size_t n = strlen(text);

		if (n > width) {
			n = width;
			while (n > 0 && text[n] != ' ') {
				n--;
			}
			if (n == 0) {
				n = strcspn(text, " ");
			}
		}
		printf("%s%.*s\n", prefix, (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
}

/* One sentence a line at least, as manual pages want it. */
static void
put_sentences(const char *text)
{
	char sentence[400];

	while (*text != '\0') {
		const char *end = strstr(text, ". ");
		size_t n =
			end == NULL ? strlen(text) : (size_t)(end + 1 - text);

		snprintf(sentence, sizeof sentence, "%.*s", (int)n, text);
		put_wrapped("", sentence, 78);
		text += n;
		text += strspn(text, " ");
	}
}

static const char *
kind_words(const struct config_row *row)
{
	switch (row->kind) {
	case CONFIG_BOOL:
		return "true or false";
	case CONFIG_WHOLE:
		return (row->flags & CONFIG_AUTO) != 0
			       ? "A whole number or \"auto\""
			       : "A whole number";
	case CONFIG_REAL:
		return "A number";
	case CONFIG_BYTES:
		return (row->flags & CONFIG_AUTO) != 0
			       ? "A number of bytes, a size as \"512 MiB\", or "
				 "\"auto\""
			       : "A number of bytes, or a size as \"512 MiB\"";
	case CONFIG_TEXT:
		return "A string";
	case CONFIG_CHOICE:
		return "One of";
	case CONFIG_TEXTS:
		return "A list of strings";
	case CONFIG_NUMBERS:
		return "A list of whole numbers";
	case CONFIG_POOLS:
	case CONFIG_LISTENERS:
	case CONFIG_CLASSES:
		return "A list of groups";
	}
	return "";
}

/* Type, range, and whether it changes while running: one line. */
static void
format_facts(const struct config_row *row, char *to, size_t size)
{
	char range[100];
	size_t n = (size_t)snprintf(to, size, "%s", kind_words(row));

	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL;
		i++) {
		n += (size_t)snprintf(to + n, size - n, "%s \"%s\"",
			i == 0 ? "" : ",", row->choices[i]);
	}
	config_value_range(row, range, sizeof range);
	snprintf(to + n, size - n, "%s%s; %s.", *range == '\0' ? "" : ", ",
		range,
		(row->flags & CONFIG_LIVE) != 0 ? "changes while running"
						: "needs a restart");
}

static void
conf_setting(const struct config_row *row, const char *indent)
{
	char prefix[8];
	char facts[400];

	snprintf(prefix, sizeof prefix, "%s# ", indent);
	format_facts(row, facts, sizeof facts);
	putchar('\n');
	put_wrapped(prefix, row->doc, 68);
	put_wrapped(prefix, facts, 68);
	printf("%s#%s = ", indent, config_table_leaf(row));
	for (const char *line = row->standard; *line != '\0';) {
		size_t n = strcspn(line, "\n");

		put_standard(line, n);
		line += n;
		if (*line == '\n') {
			printf("\n%s#", indent);
			line++;
		}
	}
	puts(";");
}

static void
conf(void)
{
	puts("# tactus.conf -- the settings of tactusd(8).\n"
	     "#\n"
	     "# Every setting stands here with its default, commented out; an "
	     "empty\n"
	     "# file is valid.  Files in the folder conf.d beside this one "
	     "whose names\n"
	     "# end with .conf are read after it, in the order of their "
	     "names, and win\n"
	     "# setting by setting.  Your own settings are best put there.\n"
	     "#\n"
	     "# tactusd -C checks what is written here, tactusd -X shows "
	     "what comes of\n"
	     "# it.  SIGHUP reads it again.  See tactus.conf(5).");
	for (size_t g = 0; g < config_group_count; g++) {
		const char *group = config_groups[g].name;

		printf("\n# %s\n%s:\n{", config_groups[g].doc, group);
		for (size_t i = 0; i < config_row_count; i++) {
			if (config_table_in(&config_rows[i], group)) {
				conf_setting(&config_rows[i], "\t");
			}
		}
		puts("};");
	}
	for (size_t i = 0; i < config_row_count; i++) {
		if (config_table_in(&config_rows[i], "")) {
			conf_setting(&config_rows[i], "");
		}
	}
}

static void
man_setting(const struct config_row *row)
{
	char facts[400];

	printf(".It Ic %s\n", row->path);
	put_sentences(row->doc);
	puts(".br");
	format_facts(row, facts, sizeof facts);
	put_wrapped("", facts, 78);
	puts(".br");
	if (strchr(row->standard, '\n') == NULL) {
		fputs("Default: ", stdout);
		put_standard(row->standard, strlen(row->standard));
		putchar('\n');
		return;
	}
	printf("Default:\n.Bd -literal -compact\n%s\n.Ed\n", row->standard);
}

static void
man_group(const char *group, const char *doc)
{
	printf(".Ss %s\n", *group == '\0' ? "Outside of groups" : group);
	put_sentences(doc);
	puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < config_row_count; i++) {
		if (config_table_in(&config_rows[i], group)) {
			man_setting(&config_rows[i]);
		}
	}
	puts(".El");
}

static void
man(void)
{
	for (size_t g = 0; g < config_group_count; g++) {
		man_group(config_groups[g].name, config_groups[g].doc);
	}
	man_group("", "These are lists of their own.");
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "conf") == 0) {
		conf();
	} else if (argc == 2 && strcmp(argv[1], "man") == 0) {
		man();
	} else {
		fputs("usage: config_doc conf|man\n", stderr);
		return 64;
	}
	return fflush(stdout) == 0 ? 0 : 74;
}
