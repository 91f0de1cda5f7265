/* SPDX-License-Identifier: MIT */
/*
 * folders.c -- see folders.h.
 */
#include "folders.h"

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[PATH_MAX];

static const char *const folders[] = {"one", "two", "record", "outside"};

static int
take_away(const char *path, const struct stat *about, int kind, struct FTW *at)
{
	(void)about;
	(void)kind;
	/* the root itself stays until the end */
	return at->level == 0 ? 0 : remove(path);
}

void
folders_make(void)
{
	char here[PATH_MAX - 32];

	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	snprintf(root, sizeof root, "%s/check_host.XXXXXX", here);
	ck_assert_ptr_nonnull(mkdtemp(root));
}

void
folders_remove(void)
{
	nftw(root, take_away, 8, FTW_DEPTH | FTW_PHYS);
	rmdir(root);
}

void
folders_empty(void)
{
	nftw(root, take_away, 8, FTW_DEPTH | FTW_PHYS);
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		ck_assert_int_eq(mkdir(folders_path(folders[i]), 0755), 0);
	}
}

const char *
folders_path(const char *below)
{
	static char path[8][PATH_MAX + 64];
	static unsigned turn;
	char *to = path[turn++ % 8];

	snprintf(to, sizeof path[0], "%s/%s", root, below);
	return to;
}

void
folders_config(struct config *config)
{
	static char one[PATH_MAX + 64];
	static char two[PATH_MAX + 64];
	static char record[PATH_MAX + 64];
	static const char *const both[] = {one, two};

	strcpy(one, folders_path("one"));
	strcpy(two, folders_path("two"));
	strcpy(record, folders_path("record"));
	memset(config, 0, sizeof *config);
	config->media.directories.count = 2;
	config->media.directories.items = both;
	config->media.record = record;
	config->media.max_file_bytes = 1 << 20;
}

void
folders_write(const char *below, const void *bytes, size_t size)
{
	FILE *f = fopen(folders_path(below), "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
	ck_assert_int_eq(fclose(f), 0);
}

bool
folders_has(const char *below, const void *bytes, size_t size)
{
	FILE *f = fopen(folders_path(below), "rb");
	char *have = malloc(size + 1);

	ck_assert_ptr_nonnull(have);
	bool same = f != NULL && fread(have, 1, size + 1, f) == size &&
		    memcmp(have, bytes, size) == 0;
	if (f != NULL) {
		fclose(f);
	}
	free(have);
	return same;
}

static int
count_in(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	ck_assert_ptr_nonnull(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		n += strcmp(e->d_name, ".") != 0 &&
		     strcmp(e->d_name, "..") != 0;
	}
	closedir(d);
	return n;
}

int
folders_count(const char *below)
{
	return count_in(folders_path(below));
}

int
folders_descriptors(void)
{
	return count_in("/proc/self/fd");
}
