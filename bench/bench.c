/* SPDX-License-Identifier: MIT */
/*
 * bench.c -- see bench.h.
 */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NS 1000000000

int64_t
bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

void
bench_begin(void)
{
	printf("name\tunit\tn\tmin\tp50\tp99\tp99.9\tmax\n");
}

void
bench_open(struct bench *b, const char *name, const char *unit, size_t room)
{
	*b = (struct bench){.name = name, .unit = unit, .room = room};
	b->sample = calloc(room, sizeof *b->sample);
	if (b->sample == NULL) {
		fprintf(stderr, "bench: no memory for %zu samples\n", room);
		exit(EXIT_FAILURE);
	}
}

void
bench_close(struct bench *b)
{
	free(b->sample);
	b->sample = NULL;
}

void
bench_add(struct bench *b, double value)
{
	if (b->count < b->room) {
		b->sample[b->count++] = value;
	}
}

static int
ascending(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

double
bench_quantile(const struct bench *b, double part)
{
	if (b->count == 0) {
		return 0.0;
	}
	size_t at = (size_t)ceil(part * (double)b->count);
	return b->sample[at == 0 ? 0 : at - 1];
}

/** One line in the file that BENCH_JSON names. */
static void
write_json(const struct bench *b)
{
	const char *path = getenv("BENCH_JSON");

	if (path == NULL || *path == '\0') {
		return;
	}
	FILE *f = fopen(path, "a");
	if (f == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	fprintf(f,
		"{\"name\":\"%s\",\"unit\":\"%s\",\"n\":%zu,\"min\":%.6g,"
		"\"p50\":%.6g,\"p99\":%.6g,\"p999\":%.6g,\"max\":%.6g}\n",
		b->name, b->unit, b->count, bench_quantile(b, 0.0),
		bench_quantile(b, 0.5), bench_quantile(b, 0.99),
		bench_quantile(b, 0.999), bench_quantile(b, 1.0));
	if (fclose(f) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

double
bench_median(struct bench *b)
{
	qsort(b->sample, b->count, sizeof *b->sample, ascending);
	return bench_quantile(b, 0.5);
}

void
bench_print(struct bench *b)
{
	qsort(b->sample, b->count, sizeof *b->sample, ascending);
	printf("%s\t%s\t%zu\t%.4g\t%.4g\t%.4g\t%.4g\t%.4g\n", b->name, b->unit,
		b->count, bench_quantile(b, 0.0), bench_quantile(b, 0.5),
		bench_quantile(b, 0.99), bench_quantile(b, 0.999),
		bench_quantile(b, 1.0));
	fflush(stdout);
	write_json(b);
}

void
bench_ratio(const struct bench *a, const struct bench *b)
{
	struct bench r;
	char name[128];

	snprintf(name, sizeof name, "%s / %s", b->name, a->name);
	bench_open(&r, name, "times", 1);
	bench_add(&r, bench_quantile(b, 0.5) / bench_quantile(a, 0.5));
	bench_print(&r);
	bench_close(&r);
}

void
bench_rest(int64_t began)
{
	int64_t ns = bench_now() - began;
	struct timespec t = {ns / NS, ns % NS};

	(void)nanosleep(&t, NULL);
}

uint32_t
bench_repeat(uint32_t usual)
{
	const char *text = getenv("BENCH_REPEAT");
	unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 0;

	return n > 0 && n <= 1000000 ? (uint32_t)n : usual;
}
