/* SPDX-License-Identifier: MIT */
/*
 * cmd_check_config.c -- `tactus check-config`: is the configuration sound?
 *
 * The same reader as the daemon's; every error with its file and line.
 */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "house_threads.h"
#include "print_json.h"

static const struct choice choices[] = {
	{'j', "json", NULL, "print JSON"},
	{0,   NULL,   NULL, NULL        },
};

static int
report_json(const char *file, const struct config_errors *e, bool sound)
{
	json_t *top = json_object();
	json_t *errors = json_array();
	json_t *notes = json_array();

	for (uint32_t i = 0; i < e->count; i++) {
		(void)json_array_append_new(
			errors, print_json_text(e->items[i]));
	}
	for (uint32_t i = 0; i < e->notes; i++) {
		(void)json_array_append_new(notes, print_json_text(e->note[i]));
	}
	(void)json_object_set_new(top, "file", print_json_text(file));
	(void)json_object_set_new(top, "sound", json_boolean(sound));
	(void)json_object_set_new(top, "errors", errors);
	(void)json_object_set_new(top, "notes", notes);
	return print_json(top, false);
}

static void
report(const char *file, const struct config_errors *e, bool sound)
{
	for (uint32_t i = 0; i < e->count; i++) {
		(void)fprintf(stderr, "%s\n", e->items[i]);
	}
	for (uint32_t i = 0; i < e->notes; i++) {
		(void)fprintf(stderr, "note: %s\n", e->note[i]);
	}
	if (sound) {
		printf("%s: sound\n", file);
	} else {
		(void)fprintf(stderr, "%s: %u error%s\n", file, e->count,
			e->count == 1 ? "" : "s");
	}
}

/** Ask as the daemon does what this machine has to be asked. @errors -EINVAL
 * with one error, the first; -ENOMEM */
static int
check_threads(const struct config *config, struct config_errors *errors)
{
	char why[512];

	if (house_threads_fit(config, why, sizeof why)) {
		return 0;
	}
	errors->items = calloc(1, sizeof *errors->items);
	if (errors->items == NULL || (errors->items[0] = strdup(why)) == NULL) {
		return -ENOMEM;
	}
	errors->count = 1;
	return -EINVAL;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct config_errors errors = {0};
	struct config *config = NULL;
	const char *file = NULL;
	bool json = false;

	int key = cli_args_simple(cli, argc, argv, &json, &file, 1);
	if (key != CLI_END) {
		return cli_args_exit(key);
	}
	int r = config_load(file, NULL, 0, &config, &errors);
	if (r == 0) {
		r = check_threads(config, &errors);
	}
	config_close(config);
	if (r == -ENOMEM) {
		config_errors_fini(&errors);
		return cli_fail(cli, EX_OSERR, "out of memory");
	}
	const char *name = file != NULL ? file : config_default_file();
	int code = r == 0 ? EX_OK : r == -EINVAL ? EX_CONFIG : EX_NOINPUT;
	if (json) {
		int printed = report_json(name, &errors, r == 0);

		code = printed != EX_OK ? printed : code;
	} else {
		report(name, &errors, r == 0);
	}
	config_errors_fini(&errors);
	return code;
}

const struct verb cmd_check_config = {
	.name = "check-config",
	.words = "[FILE]",
	.help = "Check a configuration, and explain every error with file "
		"and line.",
	.choices = choices,
	.run = run,
};
