/* SPDX-License-Identifier: MIT */
/*
 * lock_setup.c -- see lock_setup.h.
 *
 * mlockall makes every page of every library resident.  Decoders and the
 * resampler have megabytes of tables, which workers read from time to time:
 * those are given back, and come from the page cache when they are needed.
 */
#include "lock_setup.h"

#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/** Libraries that no audio thread calls, as their files begin. */
static const char *const others[] = {"libFLAC.", "libconfig.", "libev.",
	"libmp3lame.", "libmpg123.", "libogg.", "libopus.", "libsamplerate.",
	"libseccomp.", "libsndfile.", "libvorbis.", "libvorbisenc."};

static bool
is_other(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *file = slash != NULL ? slash + 1 : path;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (strncmp(file, others[i], strlen(others[i])) == 0) {
			return true;
		}
	}
	return false;
}

/** Give back what of a library is as it is in its file. */
static int
let_go(struct dl_phdr_info *info, size_t size, void *user)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)user;
	for (size_t i = 0; i < info->dlpi_phnum && is_other(info->dlpi_name);
		i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		if (h->p_type != PT_LOAD || (h->p_flags & PF_W) != 0) {
			continue;
		}
		uintptr_t begin = (info->dlpi_addr + h->p_vaddr) / page * page;
		uintptr_t end = info->dlpi_addr + h->p_vaddr + h->p_memsz;
		void *at = (void *)begin;
		/* where it fails they stay: no harm is done */
		if (munlock(at, end - begin) == 0) {
			(void)madvise(at, end - begin, MADV_DONTNEED);
		}
	}
	return 0;
}

int
lock_setup_all(void)
{
	/* not MCL_FUTURE: it would fill each thread's stack, and let
	 * others' allocations fail (docs/architecture.md, "Memory") */
	if (mlockall(MCL_CURRENT) != 0) {
		return -errno;
	}
	(void)dl_iterate_phdr(let_go, NULL);
	return 0;
}
