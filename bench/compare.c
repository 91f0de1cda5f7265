/* SPDX-License-Identifier: MIT */
/*
 * compare.c -- what is promised of speed, row by row, beside scsynth.
 *
 *	rows 1-4  scsynth and tactus render the same voices, in turns, and
 *	          what they rendered is compared (compare_render.c)
 *	rows 5-7  threads, changes and /clear, in process
 *	          (compare_threads.c, compare_changes.c)
 *	row 8     messages, both in real time, in turns (compare_osc.c)
 *
 * usage: compare [render|threads|changes|osc] …; without a word all of them.
 * At the end stands a table of the goals, with the least, the median and the
 * most of the turns.  No goal that is missed makes it fail, but sound that
 * differs does: then the work was not the same.
 */
#include "compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURNS 5

void
compare_tell(struct compare *c, int row, const char *what, enum promise promise,
	double goal, const struct bench *b)
{
	if (c->lines == COMPARE_LINES || b->count == 0) {
		return;
	}
	struct line *l = &c->line[c->lines++];
	*l = (struct line){.row = row,
		.promise = promise,
		.goal = goal,
		.least = bench_quantile(b, 0.0),
		.median = bench_quantile(b, 0.5),
		.most = bench_quantile(b, 1.0)};
	snprintf(l->what, sizeof l->what, "%s", what);
	snprintf(l->unit, sizeof l->unit, "%s", b->unit);
}

void
compare_skip(int row, const char *why)
{
	printf("skipped: row %d: %s\n", row, why);
	fflush(stdout);
}

void
compare_ratio(struct compare *c, int row, const char *what,
	enum promise promise, double goal, const struct bench *theirs,
	const struct bench *ours)
{
	size_t count =
		theirs->count < ours->count ? theirs->count : ours->count;
	struct bench r;
	char name[160];

	snprintf(name, sizeof name, "%s / %s", theirs->name, ours->name);
	bench_open(&r, name, "times", count);
	for (size_t i = 0; i < count; i++) {
		bench_add(&r, theirs->sample[i] / ours->sample[i]);
	}
	bench_print(&r);
	compare_tell(c, row, what, promise, goal, &r);
	bench_close(&r);
}

bool
compare_has(const char *program)
{
	char command[64];

	snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1",
		program);
	return system(command) == 0;
}

static void
print_line(const struct line *l)
{
	static const char *const sign[] = {
		[AT_LEAST] = ">=",
		[AT_MOST] = "<=",
		[NEVER_OVER] = "all <=",
		[NO_PROMISE] = "",
	};
	const char *met = "";
	char goal[32] = "";

	if (l->promise != NO_PROMISE) {
		bool good = l->promise == AT_LEAST  ? l->median >= l->goal
			    : l->promise == AT_MOST ? l->median <= l->goal
						    : l->most <= l->goal;
		met = good ? "met" : "missed";
		snprintf(goal, sizeof goal, "%s %.4g", sign[l->promise],
			l->goal);
	}
	printf("%d\t%s\t%s\t%s\t%.4g\t%.4g\t%.4g\t%s\n", l->row, l->what,
		l->unit, goal, l->least, l->median, l->most, met);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*run)(struct compare *c);
	} part[] = {
		{"render",  compare_render },
		{"threads", compare_threads},
		{"changes", compare_changes},
		{"osc",     compare_osc    },
	};
	enum { PARTS = sizeof part / sizeof *part };
	static struct compare c;
	int known = 0;

	for (int i = 1; i < argc; i++) {
		for (int k = 0; k < PARTS; k++) {
			known += strcmp(argv[i], part[k].word) == 0 ? 1 : 0;
		}
	}
	if (known != argc - 1) {
		fprintf(stderr,
			"usage: compare [render|threads|changes|osc] ...\n");
		return 64;
	}
	c.turns = bench_repeat(TURNS);
	bench_begin();
	for (int k = 0; k < PARTS; k++) {
		bool wanted = argc == 1;
		for (int i = 1; i < argc; i++) {
			wanted |= strcmp(argv[i], part[k].word) == 0;
		}
		if (wanted) {
			part[k].run(&c);
		}
	}
	printf("\nrow\twhat\tunit\tgoal\tleast\tmedian\tmost\tgoal is\n");
	for (int i = 0; i < c.lines; i++) {
		print_line(&c.line[i]);
	}
	return c.differs ? EXIT_FAILURE : EXIT_SUCCESS;
}
