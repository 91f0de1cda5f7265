/* SPDX-License-Identifier: MIT */
/*
 * check_media.c -- what may be read and written, and that a file comes whole
 * or not at all.
 *
 * The linker gives us the system calls that media makes (--wrap), so that
 * openat2 can be missing and the n-th of them can fail.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folders.h"
#include "log.h"
#include "media.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

/* --- the calls in between ------------------------------------------------ */

/** What the kernel and the file system cannot do, and what goes wrong. */
static struct {
	int openat2;   /* errno of it; 0: it is there */
	bool named;    /* no O_TMPFILE */
	bool plain;    /* no RENAME_NOREPLACE */
	long until;    /* calls that still succeed; -1: all */
	bool happened; /* one failed */
} fault = {.until = -1};

static bool
fails(void)
{
	if (fault.until < 0 || fault.until-- > 0) {
		return false;
	}
	fault.happened = true;
	errno = EIO;
	return true;
}

long __real_syscall(long number, ...);
int __real_open(const char *path, int flags, ...);
int __real_openat(int at, const char *path, int flags, ...);
int __real_fstat(int fd, struct stat *about);
int __real_fstatat(int at, const char *path, struct stat *about, int flags);
int __real_fsync(int fd);
int __real_linkat(int a, const char *from, int b, const char *to, int flags);
int __real_renameat(int a, const char *from, int b, const char *to);
int __real_renameat2(
	int a, const char *from, int b, const char *to, unsigned flags);
void *__real_calloc(size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
long __wrap_syscall(long number, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
int __wrap_fstat(int fd, struct stat *about);
int __wrap_fstatat(int at, const char *path, struct stat *about, int flags);
int __wrap_fsync(int fd);
int __wrap_linkat(int a, const char *from, int b, const char *to, int flags);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat2(
	int a, const char *from, int b, const char *to, unsigned flags);
void *__wrap_calloc(size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

/* openat2 alone comes through here */
long
__wrap_syscall(long number, ...)
{
	va_list more;

	va_start(more, number);
	int at = va_arg(more, int);
	const char *path = va_arg(more, const char *);
	void *how = va_arg(more, void *);
	size_t size = va_arg(more, size_t);
	va_end(more);
	ck_assert_int_eq(number, SYS_openat2);
	if (fault.openat2 != 0) {
		errno = fault.openat2;
		return -1;
	}
	return fails() ? -1 : __real_syscall(number, at, path, how, size);
}

int
__wrap_open(const char *path, int flags, ...)
{
	va_list more;

	va_start(more, flags);
	int mode = (flags & O_CREAT) != 0 ? va_arg(more, int) : 0;
	va_end(more);
	return fails() ? -1 : __real_open(path, flags, mode);
}

int
__wrap_openat(int at, const char *path, int flags, ...)
{
	va_list more;
	bool nameless = (flags & O_TMPFILE) == O_TMPFILE;

	va_start(more, flags);
	int mode = nameless || (flags & O_CREAT) != 0 ? va_arg(more, int) : 0;
	va_end(more);
	if (nameless && fault.named) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return fails() ? -1 : __real_openat(at, path, flags, mode);
}

int
__wrap_fstat(int fd, struct stat *about)
{
	return fails() ? -1 : __real_fstat(fd, about);
}

int
__wrap_fstatat(int at, const char *path, struct stat *about, int flags)
{
	return fails() ? -1 : __real_fstatat(at, path, about, flags);
}

int
__wrap_fsync(int fd)
{
	return fails() ? -1 : __real_fsync(fd);
}

int
__wrap_linkat(int a, const char *from, int b, const char *to, int flags)
{
	return fails() ? -1 : __real_linkat(a, from, b, to, flags);
}

int
__wrap_renameat(int a, const char *from, int b, const char *to)
{
	return fails() ? -1 : __real_renameat(a, from, b, to);
}

int
__wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
	if (fault.plain) {
		errno = EINVAL;
		return -1;
	}
	return fails() ? -1 : __real_renameat2(a, from, b, to, flags);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

char *
__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t size)
{
	return fails() ? NULL : __real_strndup(text, size);
}

/* --- the rig ------------------------------------------------------------- */

/* with openat2; without it; behind a filter */
static const int kernels[] = {0, ENOSYS, EPERM};

static struct config config;
static struct media *media;
static char reason[400];

static void
setup(void)
{
	log_set_level(LOG_LEVEL_ERR);
	folders_empty();
	folders_config(&config);
	ck_assert_int_eq(media_open(&config, &media), 0);
}

static void
teardown(void)
{
	media_close(media);
}

/** Read a name. @return what media_read does, the descriptor closed */
static int
read_name(const char *name)
{
	int before = folders_descriptors();

	strcpy(reason, "nothing");
	int fd = media_read(media, name, reason, sizeof reason);
	if (fd >= 0) {
		close(fd);
	}
	ck_assert_int_eq(folders_descriptors(), before);
	return fd < 0 ? fd : 0;
}

static void
refuse(const char *name, int error, const char *words)
{
	int got = read_name(name);

	ck_assert_msg(got == error, "%.99s: %d (%.300s)", name, got, reason);
	ck_assert_msg(
		strstr(reason, words) != NULL, "%.99s: %.300s", name, reason);
}

/** Write a file of four bytes. */
static int
write_name(const char *name, bool replace)
{
	struct media_draft *d = NULL;
	int before = folders_descriptors();

	strcpy(reason, "nothing");
	int error =
		media_begin(media, name, replace, &d, reason, sizeof reason);
	if (error == 0) {
		ck_assert_int_eq(write(media_draft_fd(d), "new!", 4), 4);
		error = media_keep(d, reason, sizeof reason);
	}
	ck_assert_int_eq(folders_descriptors(), before);
	return error;
}

static void
refuse_write(const char *name, int error, const char *words)
{
	int got = write_name(name, false);

	ck_assert_msg(got == error, "%.99s: %d (%.300s)", name, got, reason);
	ck_assert_msg(
		strstr(reason, words) != NULL, "%.99s: %.300s", name, reason);
	ck_assert_int_eq(folders_count("record"), 0);
}

/* --- reading ------------------------------------------------------------- */

START_TEST(media_reads_below_its_folders_in_their_order)
{
	char byte;

	fault.openat2 = kernels[_i];
	folders_write("one/both", "1", 1);
	folders_write("two/both", "2", 1);
	folders_write("two/second", "2", 1);
	ck_assert_int_eq(mkdir(folders_path("one/sub"), 0755), 0);
	folders_write("one/sub/deep", "1", 1);
	int fd = media_read(media, "both", reason, sizeof reason);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, &byte, 1), 1);
	ck_assert_int_eq(byte, '1');
	close(fd);
	ck_assert_int_eq(read_name("second"), 0);
	ck_assert_int_eq(read_name("sub/deep"), 0);
	ck_assert_int_eq(read_name("./sub//./deep"), 0);
	ck_assert_int_eq(read_name(folders_path("two/both")), 0);
	ck_assert_int_eq(read_name(folders_path("one//sub/./deep")), 0);
}
END_TEST

START_TEST(media_reads_nothing_outside)
{
	fault.openat2 = kernels[_i];
	folders_write("outside/secret", "x", 1);
	folders_write("record/take", "x", 1);
	refuse(folders_path("outside/secret"), -EXDEV, "is not within media");
	refuse(folders_path("record/take"), -EXDEV, "is not within media");
	refuse(folders_path("one/../outside/secret"), -EXDEV, "leads out");
	refuse("../outside/secret", -EXDEV, "leads out");
	refuse("..", -EXDEV, "leads out");
	refuse("/etc/passwd", -EXDEV, "is not within media");
	/* a folder whose name only begins the same */
	ck_assert_int_eq(mkdir(folders_path("one-more"), 0755), 0);
	folders_write("one-more/file", "x", 1);
	refuse(folders_path("one-more/file"), -EXDEV, "is not within media");
}
END_TEST

START_TEST(media_follows_no_link_out)
{
	int link_out = kernels[_i] == 0 ? -EXDEV : -ELOOP;

	fault.openat2 = kernels[_i];
	folders_write("outside/secret", "x", 1);
	folders_write("one/inside", "x", 1);
	ck_assert_int_eq(
		symlink("../outside/secret", folders_path("one/out")), 0);
	ck_assert_int_eq(symlink("../outside", folders_path("one/door")), 0);
	ck_assert_int_eq(symlink("/etc/passwd", folders_path("one/etc")), 0);
	/* absolute ones are not looked into, even if they come back */
	ck_assert_int_eq(
		symlink(folders_path("one/inside"), folders_path("one/round")),
		0);
	ck_assert_int_eq(symlink("self", folders_path("one/self")), 0);
	refuse("out", link_out, "symbolic link");
	refuse("door/secret", link_out, "symbolic link");
	refuse("etc", link_out, "symbolic link");
	refuse("round", link_out, "symbolic link");
	refuse("self", -ELOOP, "symbolic link");
}
END_TEST

START_TEST(media_follows_a_link_that_stays_inside_if_the_kernel_can)
{
	fault.openat2 = kernels[_i];
	ck_assert_int_eq(mkdir(folders_path("one/sub"), 0755), 0);
	folders_write("one/sub/file", "x", 1);
	ck_assert_int_eq(symlink("sub/file", folders_path("one/link")), 0);
	ck_assert_int_eq(symlink("sub", folders_path("one/way")), 0);
	if (kernels[_i] == 0) {
		ck_assert_int_eq(read_name("link"), 0);
		ck_assert_int_eq(read_name("way/file"), 0);
		ck_assert_int_eq(read_name("sub/../sub/file"), 0);
	} else {
		refuse("link", -ELOOP, "symbolic link");
		refuse("way/file", -ELOOP, "symbolic link");
		refuse("sub/../sub/file", -EXDEV, "leads out");
	}
}
END_TEST

START_TEST(media_reads_regular_files_only)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	fault.openat2 = kernels[_i];
	ck_assert_int_eq(mkdir(folders_path("one/sub"), 0755), 0);
	/* opened to read in earnest, it would hold us up for ever */
	ck_assert_int_eq(mkfifo(folders_path("one/fifo"), 0644), 0);
	refuse("sub", -EISDIR, "is a folder");
	refuse(folders_path("one"), -EISDIR, "is a folder");
	refuse(".", -EISDIR, "is a folder");
	refuse("fifo", -ENOTSUP, "not a regular file");
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(s, 0);
	ck_assert_int_eq(chdir(folders_path("one")), 0);
	strcpy(address.sun_path, "socket");
	ck_assert_int_eq(
		bind(s, (struct sockaddr *)&address, sizeof address), 0);
	close(s);
	refuse("socket", -ENOTSUP, "not a regular file");
	const char *const devices[] = {"/dev"};
	config.media.directories.count = 1;
	config.media.directories.items = devices;
	ck_assert_int_eq(media_configure(media, &config), 0);
	refuse("null", -ENOTSUP, "not a regular file");
	refuse("/dev/zero", -ENOTSUP, "not a regular file");
}
END_TEST

START_TEST(media_says_what_is_missing_and_where_it_looked)
{
	fault.openat2 = kernels[_i];
	folders_write("one/file", "x", 1);
	refuse("nobody.wav", -ENOENT, "nobody.wav: no such file below");
	ck_assert_ptr_nonnull(strstr(reason, folders_path("one")));
	ck_assert_ptr_nonnull(strstr(reason, folders_path("two")));
	refuse(folders_path("one/nobody"), -ENOENT, "no such file below");
	refuse("file/below", -ENOENT, "no such file below");
}
END_TEST

START_TEST(media_refuses_what_is_no_name)
{
	char name[PATH_MAX + 2];

	refuse("", -EINVAL, "names no file");
	refuse(NULL, -EINVAL, "names no file");
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	refuse(name, -ENAMETOOLONG, "longer than");
	name[PATH_MAX - 1] = '\0';
	for (int i = 0; i < COUNT(kernels); i++) {
		fault.openat2 = kernels[i];
		refuse(name, -ENAMETOOLONG, "nnn...");
	}
	refuse("a\nb\033[2J", -ENOENT, "a\\nb\\x1b[2J: no such file");
}
END_TEST

START_TEST(media_refuses_what_is_larger_than_it_may_be)
{
	folders_write("one/file", "12345678", 8);
	config.media.max_file_bytes = 8;
	ck_assert_int_eq(media_configure(media, &config), 0);
	ck_assert_int_eq(read_name("file"), 0);
	config.media.max_file_bytes = 7;
	ck_assert_int_eq(media_configure(media, &config), 0);
	ck_assert_uint_eq(media_most_bytes(media), 7);
	refuse("file", -EFBIG, "media.max_file_bytes (8 of 7 bytes)");
}
END_TEST

START_TEST(media_sees_a_folder_that_comes_later)
{
	ck_assert_int_eq(rmdir(folders_path("one")), 0);
	ck_assert_int_eq(rmdir(folders_path("record")), 0);
	media_close(media);
	ck_assert_int_eq(media_open(&config, &media), 0);
	folders_write("two/file", "x", 1);
	ck_assert_int_eq(read_name("file"), 0);
	refuse("late", -ENOENT, "no such file");
	ck_assert_int_eq(write_name("late", false), -ENOENT);
	ck_assert_ptr_nonnull(strstr(reason, "folder does not exist"));
	ck_assert_int_eq(mkdir(folders_path("one"), 0755), 0);
	ck_assert_int_eq(mkdir(folders_path("record"), 0755), 0);
	folders_write("one/late", "x", 1);
	ck_assert_int_eq(read_name("late"), 0);
	ck_assert_int_eq(write_name("late", false), 0);
}
END_TEST

START_TEST(media_knows_a_folder_by_the_path_behind_its_links_too)
{
	const char *items[1];
	char alias[PATH_MAX + 64];

	ck_assert_int_eq(symlink("one", folders_path("alias")), 0);
	strcpy(alias, folders_path("alias"));
	items[0] = alias;
	config.media.directories.count = 1;
	config.media.directories.items = items;
	ck_assert_int_eq(media_configure(media, &config), 0);
	folders_write("one/file", "x", 1);
	ck_assert_int_eq(read_name("file"), 0);
	ck_assert_int_eq(read_name(folders_path("alias/file")), 0);
	ck_assert_int_eq(read_name(folders_path("one/file")), 0);
	refuse(folders_path("two/file"), -EXDEV, "is not within media");
}
END_TEST

START_TEST(media_reads_nothing_when_no_folder_is_set)
{
	config.media.directories.count = 0;
	config.media.record = "";
	ck_assert_int_eq(media_configure(media, &config), 0);
	refuse("file", -EXDEV, "(none is set)");
	refuse_write("file", -EACCES, "media.record is empty");
}
END_TEST

START_TEST(media_says_that_it_has_no_permission)
{
	folders_write("one/file", "x", 1);
	ck_assert_int_eq(chmod(folders_path("one/file"), 0), 0);
	if (geteuid() == 0) {
		/* root may do anything: be nobody for it */
		ck_assert_int_eq(chmod(folders_path("."), 0755), 0);
		ck_assert_int_eq(setegid(65534), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	int got = read_name("file");
	ck_assert_msg(got == -EACCES, "%d: %s", got, reason);
	ck_assert_ptr_nonnull(strstr(reason, "no permission"));
}
END_TEST

/* --- writing ------------------------------------------------------------- */

/** What file systems can do, from all of it to little. */
static const struct {
	int openat2;
	bool named;
	bool plain;
} ways[] = {
	{0,      false, false},
	{ENOSYS, false, false},
	{0,      true,  false},
	{0,      true,  true },
};

static void
set_way(int way)
{
	fault.openat2 = ways[way].openat2;
	fault.named = ways[way].named;
	fault.plain = ways[way].plain;
}

START_TEST(media_writes_below_its_one_folder)
{
	set_way(_i);
	ck_assert_int_eq(mkdir(folders_path("record/sub"), 0755), 0);
	ck_assert_int_eq(write_name("take", false), 0);
	ck_assert_int_eq(write_name("sub/take", false), 0);
	ck_assert_int_eq(
		write_name(folders_path("record/sub/whole"), false), 0);
	ck_assert(folders_has("record/take", "new!", 4));
	ck_assert(folders_has("record/sub/take", "new!", 4));
	ck_assert(folders_has("record/sub/whole", "new!", 4));
	ck_assert_int_eq(folders_count("record"), 2);
	ck_assert_int_eq(folders_count("record/sub"), 2);
}
END_TEST

START_TEST(media_writes_nothing_outside)
{
	set_way(_i);
	refuse_write("../outside/x", -EXDEV,
		fault.openat2 == 0 ? "leads out" : "leads out");
	refuse_write(folders_path("outside/x"), -EXDEV,
		"is not within media.record");
	refuse_write(
		folders_path("one/x"), -EXDEV, "is not within media.record");
	refuse_write(folders_path("record/../one/x"), -EXDEV, "leads out");
	refuse_write("none/x", -ENOENT, "folder does not exist");
	refuse_write(".", -EISDIR, "is a folder");
	refuse_write("..", -EISDIR, "is a folder");
	refuse_write(folders_path("record"), -EISDIR, "is a folder");
	refuse_write("x/", -EISDIR, "is a folder");
	refuse_write("", -EINVAL, "names no file");
	ck_assert_int_eq(folders_count("outside"), 0);
	ck_assert_int_eq(folders_count("one"), 0);
	/* nor through a link */
	ck_assert_int_eq(symlink("../outside", folders_path("record/door")), 0);
	ck_assert_int_lt(write_name("door/x", false), 0);
	ck_assert_int_eq(folders_count("outside"), 0);
	ck_assert_int_eq(folders_count("record"), 1);
}
END_TEST

START_TEST(media_never_writes_over_a_file_unless_asked)
{
	set_way(_i);
	folders_write("record/take", "old", 3);
	ck_assert_int_eq(write_name("take", false), -EEXIST);
	ck_assert_ptr_nonnull(strstr(reason, "is there already"));
	ck_assert(folders_has("record/take", "old", 3));
	ck_assert_int_eq(write_name("take", true), 0);
	ck_assert(folders_has("record/take", "new!", 4));
	ck_assert_int_eq(write_name("fresh", true), 0);
	ck_assert(folders_has("record/fresh", "new!", 4));
	ck_assert_int_eq(folders_count("record"), 2);
}
END_TEST

START_TEST(media_refuses_to_write_over_what_came_meanwhile)
{
	struct media_draft *d = NULL;

	set_way(_i);
	ck_assert_int_eq(
		media_begin(media, "take", false, &d, reason, sizeof reason),
		0);
	folders_write("record/take", "old", 3);
	ck_assert_int_eq(media_keep(d, reason, sizeof reason), -EEXIST);
	ck_assert_ptr_nonnull(strstr(reason, "is there already"));
	ck_assert(folders_has("record/take", "old", 3));
	ck_assert_int_eq(folders_count("record"), 1);
}
END_TEST

START_TEST(media_replaces_regular_files_only)
{
	set_way(_i);
	folders_write("record/file", "old", 3);
	ck_assert_int_eq(mkdir(folders_path("record/sub"), 0755), 0);
	ck_assert_int_eq(mkfifo(folders_path("record/fifo"), 0644), 0);
	ck_assert_int_eq(symlink("file", folders_path("record/link")), 0);
	ck_assert_int_eq(write_name("sub", true), -EISDIR);
	ck_assert_int_eq(write_name("fifo", true), -ENOTSUP);
	ck_assert_int_eq(write_name("link", true), -ENOTSUP);
	ck_assert(folders_has("record/file", "old", 3));
	ck_assert_int_eq(folders_count("record"), 4);
}
END_TEST

START_TEST(media_leaves_nothing_of_a_draft_that_is_dropped)
{
	struct media_draft *d = NULL;

	set_way(_i);
	folders_write("record/take", "old", 3);
	ck_assert_int_eq(
		media_begin(media, "take", true, &d, reason, sizeof reason), 0);
	ck_assert_int_eq(write(media_draft_fd(d), "new!", 4), 4);
	/* who looks meanwhile sees the old one */
	ck_assert(folders_has("record/take", "old", 3));
	media_drop(d);
	media_drop(NULL);
	ck_assert(folders_has("record/take", "old", 3));
	ck_assert_int_eq(folders_count("record"), 1);
}
END_TEST

START_TEST(media_leaves_nothing_under_the_name_when_the_process_dies)
{
	set_way(_i);
	folders_write("record/take", "old", 3);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct media_draft *d = NULL;
		char why[200];
		if (media_begin(media, "take", true, &d, why, sizeof why) !=
				0 ||
			write(media_draft_fd(d), "ne", 2) != 2) {
			_exit(1);
		}
		_exit(0);
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert(folders_has("record/take", "old", 3));
	int probe =
		__real_open(folders_path("record"), O_TMPFILE | O_RDWR, 0600);
	if (probe < 0 || fault.named) {
		/* what it left is hidden and does not end in .wav */
		ck_assert_int_le(folders_count("record"), 2);
	} else {
		ck_assert_int_eq(folders_count("record"), 1);
	}
	if (probe >= 0) {
		close(probe);
	}
}
END_TEST

START_TEST(media_takes_a_name_as_long_as_a_name_can_be)
{
	char name[NAME_MAX + 2];

	set_way(_i);
	memset(name, 'n', sizeof name);
	name[NAME_MAX] = '\0';
	ck_assert_int_eq(write_name(name, false), 0);
	ck_assert_int_eq(write_name(name, true), 0);
	ck_assert_int_eq(folders_count("record"), 1);
	name[NAME_MAX] = 'n';
	name[NAME_MAX + 1] = '\0';
	ck_assert_int_eq(write_name(name, false), -ENAMETOOLONG);
}
END_TEST

START_TEST(media_leaves_nothing_when_a_call_fails)
{
	/* each way, to write and to replace */
	bool replace = _i % 2 == 1;
	long n = 0;

	set_way(_i / 2);
	do {
		folders_empty();
		if (replace) {
			folders_write("record/take", "old", 3);
		}
		struct media_draft *d = NULL;
		int before = folders_descriptors();
		fault.happened = false;
		fault.until = n;
		int error = media_begin(
			media, "take", replace, &d, reason, sizeof reason);
		if (error == 0) {
			ck_assert_int_eq(
				write(media_draft_fd(d), "new!", 4), 4);
			error = media_keep(d, reason, sizeof reason);
		}
		fault.until = -1;
		ck_assert_int_eq(folders_descriptors(), before);
		bool whole = folders_has("record/take", "new!", 4);
		if (error == 0) {
			ck_assert(whole);
			ck_assert_int_eq(folders_count("record"), 1);
		} else {
			ck_assert(fault.happened);
			ck_assert_ptr_nonnull(strstr(
				reason, error == -ENOMEM ? "memory" : "take"));
			/* only what replaced another stays, unsynced */
			ck_assert(!whole || replace);
			ck_assert(!replace || whole ||
				  folders_has("record/take", "old", 3));
			ck_assert_int_eq(
				folders_count("record"), replace ? 1 : 0);
		}
		n++;
	} while (fault.happened);
	ck_assert_int_gt(n, 8);
}
END_TEST

START_TEST(media_holds_nothing_when_a_call_fails_while_reading)
{
	long n = 0;

	fault.openat2 = kernels[_i];
	ck_assert_int_eq(mkdir(folders_path("one/sub"), 0755), 0);
	folders_write("one/sub/file", "x", 1);
	do {
		int before = folders_descriptors();
		fault.happened = false;
		fault.until = n++;
		int fd = media_read(media, "sub/file", reason, sizeof reason);
		fault.until = -1;
		ck_assert(fd >= 0 || fault.happened);
		if (fd >= 0) {
			close(fd);
		}
		ck_assert_int_eq(folders_descriptors(), before);
	} while (fault.happened);
	ck_assert_int_gt(n, 4);
}
END_TEST

START_TEST(media_opens_or_not_when_memory_runs_out)
{
	long n = 0;

	do {
		struct media *m = NULL;
		fault.happened = false;
		fault.until = n++;
		int error = media_open(&config, &m);
		fault.until = -1;
		if (error == 0) {
			media_close(m);
		} else {
			ck_assert_int_eq(error, -ENOMEM);
			ck_assert(fault.happened);
		}
	} while (fault.happened);
	ck_assert_int_gt(n, 4);
	/* and the old settings stay when the new ones cannot be had */
	folders_write("one/file", "x", 1);
	fault.until = 0;
	config.media.max_file_bytes = 0;
	ck_assert_int_eq(media_configure(media, &config), -ENOMEM);
	fault.until = -1;
	ck_assert_int_eq(read_name("file"), 0);
	media_close(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/host/media");
	TCase *t = tcase_create("media");
	int k = COUNT(kernels);
	int w = COUNT(ways);

	tcase_add_unchecked_fixture(t, folders_make, folders_remove);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(
		t, media_reads_below_its_folders_in_their_order, 0, k);
	tcase_add_loop_test(t, media_reads_nothing_outside, 0, k);
	tcase_add_loop_test(t, media_follows_no_link_out, 0, k);
	tcase_add_loop_test(t,
		media_follows_a_link_that_stays_inside_if_the_kernel_can, 0, k);
	tcase_add_loop_test(t, media_reads_regular_files_only, 0, k);
	tcase_add_loop_test(
		t, media_says_what_is_missing_and_where_it_looked, 0, k);
	tcase_add_test(t, media_refuses_what_is_no_name);
	tcase_add_test(t, media_refuses_what_is_larger_than_it_may_be);
	tcase_add_test(t, media_sees_a_folder_that_comes_later);
	tcase_add_test(
		t, media_knows_a_folder_by_the_path_behind_its_links_too);
	tcase_add_test(t, media_reads_nothing_when_no_folder_is_set);
	tcase_add_test(t, media_says_that_it_has_no_permission);
	tcase_add_loop_test(t, media_writes_below_its_one_folder, 0, w);
	tcase_add_loop_test(t, media_writes_nothing_outside, 0, w);
	tcase_add_loop_test(
		t, media_never_writes_over_a_file_unless_asked, 0, w);
	tcase_add_loop_test(
		t, media_refuses_to_write_over_what_came_meanwhile, 0, w);
	tcase_add_loop_test(t, media_replaces_regular_files_only, 0, w);
	tcase_add_loop_test(
		t, media_leaves_nothing_of_a_draft_that_is_dropped, 0, w);
	tcase_add_loop_test(t,
		media_leaves_nothing_under_the_name_when_the_process_dies, 0,
		w);
	tcase_add_loop_test(
		t, media_takes_a_name_as_long_as_a_name_can_be, 0, w);
	tcase_add_loop_test(
		t, media_leaves_nothing_when_a_call_fails, 0, 2 * w);
	tcase_add_loop_test(
		t, media_holds_nothing_when_a_call_fails_while_reading, 0, k);
	tcase_add_test(t, media_opens_or_not_when_memory_runs_out);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
