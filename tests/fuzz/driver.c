/* SPDX-License-Identifier: MIT */
/*
 * driver.c -- runs a fuzz target without a fuzzer, the same way every time.
 *
 *	fuzz_X [-n ROUNDS | -s SECONDS] [SEEDS.txt | FILE]...
 *
 * Seeds are text: a line is one input in hex, spaces do not count, '#' begins
 * a comment; other files are one input each.  Each is run as it is, then
 * mutated ones are, from a fixed start.  Without arguments: the target's own
 * seeds under $srcdir, and few enough rounds for `make check`.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_SEEDS 512
#define MAX_INPUT 4096
#ifndef ROUNDS
#  define ROUNDS 200000
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seed {
	uint8_t *bytes;
	size_t size;
};

struct seeds {
	struct seed seed[MAX_SEEDS];
	size_t count;
};

/** What is being run, for whoever reads the wreck. */
struct input {
	uint8_t bytes[MAX_INPUT];
	size_t size;
};

static uint32_t
random_next(uint32_t *state)
{
	/* xorshift, Marsaglia 2003 */
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void
add_seed(struct seeds *s, const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	if (copy == NULL || s->count == MAX_SEEDS || size > MAX_INPUT) {
		fprintf(stderr, "too many or too large seeds\n");
		exit(2);
	}
	memcpy(copy, bytes, size);
	s->seed[s->count++] = (struct seed){copy, size};
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/** One line of hex. @return false: it is none */
static bool
add_line(struct seeds *s, const char *line)
{
	uint8_t bytes[MAX_INPUT];
	size_t digits = 0;

	for (; *line != '\0' && *line != '#' && *line != '\n'; line++) {
		int digit = hex_digit(*line);
		if (*line == ' ' || *line == '\t') {
			continue;
		}
		if (digit < 0 || digits / 2 == MAX_INPUT) {
			return false;
		}
		uint8_t *at = &bytes[digits++ / 2];
		*at = (uint8_t)(digits % 2 == 1 ? digit << 4 : *at | digit);
	}
	if (digits > 0) {
		add_seed(s, bytes, digits / 2);
	}
	return digits % 2 == 0;
}

static void
add_file(struct seeds *s, const char *path)
{
	static char line[3 * MAX_INPUT];
	const char *dot = strrchr(path, '.');
	FILE *f = fopen(path, "rb");

	if (f == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(2);
	}
	if (dot == NULL || strcmp(dot, ".txt") != 0) {
		size_t size = fread(line, 1, sizeof line, f);
		add_seed(s, (uint8_t *)line, size);
	} else {
		while (fgets(line, sizeof line, f) != NULL) {
			if (!add_line(s, line)) {
				fprintf(stderr, "%s: not hex: %s\n", path,
					line);
				exit(2);
			}
		}
	}
	fclose(f);
}

/** In memory of its very size, so that ASan sees one byte too many. */
static void
run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size == 0 ? 1 : size);

	if (exact == NULL) {
		exit(2);
	}
	memcpy(exact, bytes, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static void
mutate(struct input *in, const struct seeds *s, uint32_t *state)
{
	static const uint8_t dear[] = {0, 1, 4, 8, 0x10, 0x7f, 0x80, 0xc0, 0xdb,
		0xdc, 0xff, '#', ',', '/', '[', ']', 'b', 's', ':', '%'};
	size_t at = in->size == 0 ? 0 : random_next(state) % in->size;
	size_t n = 1 + random_next(state) % 8;

	switch (random_next(state) % 7) {
	case 0:
		in->bytes[at] = (uint8_t)random_next(state);
		break;
	case 1:
		in->bytes[at] = dear[random_next(state) % sizeof dear];
		break;
	case 2:
		in->bytes[at] ^= (uint8_t)(1U << random_next(state) % 8);
		break;
	case 3: /* out with some */
		n = n < in->size - at ? n : in->size - at;
		memmove(in->bytes + at, in->bytes + at + n, in->size - at - n);
		in->size -= n;
		break;
	case 4: /* some more */
		if (in->size + n <= MAX_INPUT) {
			memmove(in->bytes + at + n, in->bytes + at,
				in->size - at);
			in->size += n;
		}
		break;
	case 5: /* the end of another */
	{
		const struct seed *other =
			&s->seed[random_next(state) % s->count];
		size_t from =
			other->size == 0 ? 0 : random_next(state) % other->size;
		n = other->size - from;
		n = n < MAX_INPUT - at ? n : MAX_INPUT - at;
		memcpy(in->bytes + at, other->bytes + from, n);
		in->size = at + n;
		break;
	}
	default: /* whole words alone */
		in->size &= ~(size_t)3;
		break;
	}
}

static void
run_mutated(const struct seeds *s, uint64_t rounds, double seconds)
{
	static struct input in;
	uint32_t state = 0x7ac705;
	uint64_t i = 0;
	time_t end = time(NULL) + (time_t)seconds;

	for (; rounds != 0 ? i < rounds : time(NULL) < end; i++) {
		const struct seed *from =
			&s->seed[random_next(&state) % s->count];
		memcpy(in.bytes, from->bytes, from->size);
		in.size = from->size;
		for (uint32_t n = 1 + random_next(&state) % 6; n > 0; n--) {
			mutate(&in, s, &state);
		}
		run(in.bytes, in.size);
	}
	printf("%zu seeds and %llu mutations of them\n", s->count,
		(unsigned long long)i);
}

static void
add_own_seeds(struct seeds *s, const char *program)
{
	char path[4096];
	const char *srcdir = getenv("srcdir");
	const char *name = strrchr(program, '/');

	name = name == NULL ? program : name + 1;
	snprintf(path, sizeof path, "%s/tests/fuzz/seeds/%s.txt",
		srcdir == NULL ? "." : srcdir, name);
	add_file(s, path);
}

int
main(int argc, char **argv)
{
	static struct seeds s;
	uint64_t rounds = ROUNDS;
	double seconds = 0.0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-n") == 0 && i + 1 < argc) {
			rounds = strtoull(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc) {
			seconds = strtod(argv[++i], NULL);
			rounds = 0;
		} else {
			add_file(&s, argv[i]);
		}
	}
	if (s.count == 0) {
		add_own_seeds(&s, argv[0]);
	}
	for (size_t i = 0; i < s.count; i++) {
		run(s.seed[i].bytes, s.seed[i].size);
	}
	if (s.count > 0 && (rounds > 0 || seconds > 0.0)) {
		run_mutated(&s, rounds, seconds);
	}
	for (size_t i = 0; i < s.count; i++) {
		free(s.seed[i].bytes);
	}
	return s.count == 0;
}
