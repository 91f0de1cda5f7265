/* SPDX-License-Identifier: MIT */
/*
 * house_threads.c -- see house_threads.h.
 */
#include "house_threads.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "exits.h"

uint32_t
house_threads_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) == 0) {
		int count = CPU_COUNT(&set);
		return count > 0 ? (uint32_t)count : 1;
	}
	/* more than a cpu_set_t holds */
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (uint32_t)online : 1;
}

uint32_t
house_threads_named(const struct config *c, uint32_t cpu[HOUSE_THREADS_CPUS])
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < c->realtime.cpus.count; i++) {
		uint32_t k = 0;
		while (k < count && cpu[k] != c->realtime.cpus.items[i]) {
			k++;
		}
		if (k == count && count < HOUSE_THREADS_CPUS) {
			cpu[count++] = c->realtime.cpus.items[i];
		}
	}
	return count;
}

int
house_threads_count(const struct config *c, uint32_t usable, uint32_t *out,
	char *why, size_t size)
{
	uint32_t cpu[HOUSE_THREADS_CPUS];
	uint32_t pinned = house_threads_named(c, cpu);
	uint32_t most = pinned != 0 ? pinned : usable;
	uint32_t threads = c->realtime.threads;
	const char *place = config_origin(c, "realtime.threads");

	if (threads == 0) {
		/* "auto": one CPU is left to everything else */
		threads = usable > 1 ? usable - 1 : 1;
		threads = threads < most ? threads : most;
		threads = threads < CONFIG_MAX_THREADS ? threads
						       : CONFIG_MAX_THREADS;
	} else if (threads > most && c->audio.driver != CONFIG_DRIVER_OFFLINE) {
		if (pinned != 0) {
			snprintf(why, size,
				"%s: realtime.threads: %u audio threads, but "
				"realtime.cpus names %u CPU%s: name more of "
				"them, or set it to at most %u, or \"auto\"",
				place, threads, most, most == 1 ? "" : "s",
				most);
		} else {
			snprintf(why, size,
				"%s: realtime.threads: %u audio threads, but "
				"this process may use %u CPU%s: set it to at "
				"most %u, or \"auto\" (or give more: "
				"CPUAffinity= in the unit, taskset(1))",
				place, threads, most, most == 1 ? "" : "s",
				most);
		}
		return EXIT_CONFIG;
	}
	*out = threads;
	return 0;
}

bool
house_threads_fit(const struct config *c, char *why, size_t size)
{
	uint32_t threads;

	return house_threads_count(
		       c, house_threads_cpus(), &threads, why, size) == 0;
}
