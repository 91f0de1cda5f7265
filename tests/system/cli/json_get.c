/* SPDX-License-Identifier: MIT */
/*
 * json_get.c -- is standard input JSON? And what stands in it?
 *
 *	json_get [PATH…]	PATH: names and indices, with dots between
 *
 * Exits 1 when it does not parse, or has no such place; prints what stands at
 * each PATH, one a line.  With -l each line is a value of its own.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *
walk(json_t *v, char *path)
{
	for (char *part = strtok(path, "."); part != NULL && v != NULL;
		part = strtok(NULL, ".")) {
		v = json_is_array(v)
			    ? json_array_get(v, strtoul(part, NULL, 10))
			    : json_object_get(v, part);
	}
	return v;
}

static int
show(json_t *top, int count, char **paths)
{
	for (int i = 0; i < count; i++) {
		char *copy = strdup(paths[i]);
		json_t *v = walk(top, copy);

		free(copy);
		if (v == NULL) {
			(void)fprintf(stderr, "nothing at %s\n", paths[i]);
			return EXIT_FAILURE;
		}
		if (json_is_string(v)) {
			printf("%s\n", json_string_value(v));
		} else {
			(void)json_dumpf(v, stdout,
				JSON_ENCODE_ANY | JSON_COMPACT |
					JSON_REAL_PRECISION(15));
			(void)putchar('\n');
		}
	}
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	int lines = argc > 1 && strcmp(argv[1], "-l") == 0;
	size_t how = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES |
		     (lines ? JSON_DISABLE_EOF_CHECK : 0);
	int result = EXIT_SUCCESS;

	do {
		json_error_t e;
		json_t *top = json_loadf(stdin, how, &e);

		if (top == NULL) {
			(void)fprintf(stderr, "no JSON: line %d: %s\n", e.line,
				e.text);
			return EXIT_FAILURE;
		}
		if (show(top, argc - 1 - lines, argv + 1 + lines) != 0) {
			result = EXIT_FAILURE;
		}
		json_decref(top);
		int c = getchar();
		while (c == '\n') {
			c = getchar();
		}
		(void)ungetc(c, stdin);
	} while (lines && !feof(stdin));
	return result;
}
