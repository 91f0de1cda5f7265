/* SPDX-License-Identifier: MIT */
/*
 * check_host_memory.c -- memory for resources: every edge of its limits, what
 * is locked, and what happens when the system has none.  The linker gives us
 * the calls that take, lock and unlock it (--wrap).
 */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

#define CLASS "urn:test:resource:a:1"
#define MIB   ((size_t)1 << 20)

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__real_mmap(
	void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(
	void *at, size_t size, int prot, int flags, int fd, off_t offset);
int __wrap_mlock(const void *at, size_t size);
int __wrap_munlock(const void *at, size_t size);

static bool no_memory;
static uint32_t taken; /* calls that took memory */
static size_t locked_bytes;
static size_t locked_most; /* at once */
static size_t unlocked_bytes;
static uint32_t locks;
static uint32_t locks_until_refusal = UINT32_MAX;

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	if (no_memory) {
		return NULL;
	}
	/* threads count, too */
	__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	return __real_aligned_alloc(alignment, size);
}

void *
__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (no_memory) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	return __real_mmap(at, size, prot, flags, fd, offset);
}

int
__wrap_mlock(const void *at, size_t size)
{
	(void)at;
	if (locks == locks_until_refusal) {
		errno = EPERM;
		return -1;
	}
	locks++;
	locked_bytes += size;
	locked_most = size > locked_most ? size : locked_most;
	return 0;
}

int
__wrap_munlock(const void *at, size_t size)
{
	(void)at;
	unlocked_bytes += size;
	return 0;
}

static struct config *config;
static struct host *h;
static struct host_view v;
static const TactusHost *host;

static void
begin(bool lock, const char *each, const char *total)
{
	const char *const sets[] = {each, total,
		"resource_classes=( { uri = \"" CLASS "\";"
		" max_bytes = 8192; } )"};
	struct config_errors errors = {.count = 0};

	ck_assert_int_eq(config_load(NULL, sets, 3, &config, &errors), 0);
	config_errors_fini(&errors);
	ck_assert_int_eq(host_open(&(struct host_config){.config = config,
					   .rate = 48000,
					   .lock_memory = lock},
				 &h),
		0);
	host_view_init(&v, h);
	host = &v.host;
	taken = 0;
}

static void
begin_usual(bool lock)
{
	begin(lock, "limits.max_resource_bytes=8388608",
		"limits.max_total_resource_bytes=16777216");
}

static void
end(void)
{
	ck_assert_uint_eq(host_bytes(h), 0);
	host_close(h);
	config_close(config);
}

static bool
is_zero(const char *at, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (at[i] != 0) {
			return false;
		}
	}
	return true;
}

START_TEST(memory_is_zeroed_aligned_and_counted_at_any_size)
{
	static const size_t size[] = {
		1, 63, 64, 65, 4096, 131007, 131008, 131009, 3 * MIB + 5};
	const bool lock = _i != 0;

	begin_usual(lock);
	for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
		uint64_t counted = (size[i] + 63) / 64 * 64;
		/* twice: what was used before is zeroed, too */
		for (int k = 0; k < 2; k++) {
			host_view_begin(&v, "a", "b");
			char *at = host->alloc(host, size[i]);

			ck_assert_ptr_nonnull(at);
			ck_assert_uint_eq((uintptr_t)at % 64, 0);
			ck_assert(is_zero(at, size[i]));
			ck_assert_uint_eq(host_bytes(h), counted);
			ck_assert_uint_eq(v.taken, counted);
			memset(at, 0x5a, size[i]);
			host->free(host, at);
			ck_assert_uint_eq(host_bytes(h), 0);
			ck_assert_uint_eq(v.taken, 0);
		}
	}
	end();
}
END_TEST

START_TEST(nothing_is_something_and_null_is_freed)
{
	begin_usual(false);
	void *at = host->alloc(host, 0);
	ck_assert_ptr_nonnull(at);
	ck_assert_uint_eq(host_bytes(h), 64);
	host->free(host, at);
	host->free(host, NULL);
	end();
}
END_TEST

START_TEST(class_has_its_limit_to_the_byte)
{
	begin_usual(false);
	host_view_begin(&v, "a", CLASS);
	ck_assert_ptr_null(host->alloc(host, 8193));
	void *at = host->alloc(host, 8192);
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_null(host->alloc(host, 1));
	host->free(host, at);
	/* what was given back may be had again */
	at = host->alloc(host, 8128);
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_null(host->alloc(host, 65));
	void *more = host->alloc(host, 64);
	ck_assert_ptr_nonnull(more);
	/* each resource has the limit for itself */
	host_view_begin(&v, "a", CLASS);
	void *other = host->alloc(host, 8192);
	ck_assert_ptr_nonnull(other);
	/* and gets nothing from another's end */
	host->free(host, at);
	host->free(host, more);
	ck_assert_uint_eq(v.taken, 8192);
	ck_assert_ptr_null(host->alloc(host, 1));
	host->free(host, other);
	end();
}
END_TEST

START_TEST(other_classes_have_the_limit_of_each)
{
	begin(false, "limits.max_resource_bytes=10000",
		"limits.max_total_resource_bytes=100000");
	host_view_begin(&v, "a", "b");
	/* in whole 64 bytes: 10048 are too many */
	ck_assert_ptr_null(host->alloc(host, 10000));
	void *at = host->alloc(host, 9984);
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_null(host->alloc(host, 1));
	host->free(host, at);
	end();
}
END_TEST

START_TEST(all_together_have_a_limit_to_the_byte)
{
	struct host_view other;

	begin(false, "limits.max_resource_bytes=8192",
		"limits.max_total_resource_bytes=16384");
	host_view_init(&other, h);
	host_view_begin(&v, "a", "b");
	host_view_begin(&other, "a", "b");
	void *one = host->alloc(host, 8192);
	void *two = other.host.alloc(&other.host, 8128);
	ck_assert(one != NULL && two != NULL);
	host_view_begin(&v, "a", "b");
	ck_assert_ptr_null(host->alloc(host, 65));
	void *three = host->alloc(host, 64);
	ck_assert_ptr_nonnull(three);
	ck_assert_uint_eq(host_bytes(h), 16384);
	ck_assert_ptr_null(host->alloc(host, 1));
	/* who frees need not be who took */
	other.host.free(&other.host, one);
	ck_assert_uint_eq(host_bytes(h), 8192);
	host->free(host, two);
	host->free(host, three);
	end();
}
END_TEST

START_TEST(lower_limit_refuses_and_takes_nothing_away)
{
	const char *const less[] = {"limits.max_total_resource_bytes=4096"};
	struct config_errors errors = {.count = 0};
	struct config *next = NULL;

	begin_usual(false);
	void *at = host->alloc(host, 8192);
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(config_load(NULL, less, 1, &next, &errors), 0);
	config_errors_fini(&errors);
	host_configure(h, next);
	config_close(next);
	ck_assert_ptr_null(host->alloc(host, 1));
	host_view_begin(&v, "a", NULL);
	ck_assert_ptr_null(host->alloc(host, 1));
	ck_assert_uint_eq(host_bytes(h), 8192);
	host->free(host, at);
	end();
}
END_TEST

START_TEST(job_is_bounded_by_what_is_left_of_all)
{
	void *at[3];

	begin(false, "limits.max_resource_bytes=8192",
		"limits.max_total_resource_bytes=16384");
	host_view_begin(&v, "a", NULL);
	at[0] = host->alloc(host, 8192);
	at[1] = host->alloc(host, 8192);
	ck_assert(at[0] != NULL && at[1] != NULL);
	ck_assert_ptr_null(host->alloc(host, 1));
	host->free(host, at[0]);
	host->free(host, at[1]);
	end();
}
END_TEST

START_TEST(huge_sizes_take_nothing)
{
	static const size_t size[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 63,
		SIZE_MAX - 64, SIZE_MAX - 65, SIZE_MAX - 127, SIZE_MAX - 128,
		SIZE_MAX - 4096, SIZE_MAX / 2 + 1, SIZE_MAX / 2,
		(size_t)1 << 47, 16777217};
	const char *const uri[] = {NULL, "b", CLASS};

	begin_usual(_i != 0);
	for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
		for (int k = 0; k < 3; k++) {
			host_view_begin(&v, "a", uri[k]);
			ck_assert_ptr_null(host->alloc(host, size[i]));
			ck_assert_uint_eq(host_bytes(h), 0);
			ck_assert_uint_eq(v.taken, 0);
		}
	}
	ck_assert_uint_eq(taken, 0);
	end();
}
END_TEST

START_TEST(count_is_as_before_when_the_system_has_no_memory)
{
	begin_usual(false);
	host_view_begin(&v, "a", "b");
	uint64_t quota = v.quota;
	no_memory = true;
	ck_assert_ptr_null(host->alloc(host, 100));
	ck_assert_ptr_null(host->alloc(host, MIB));
	no_memory = false;
	ck_assert_uint_eq(host_bytes(h), 0);
	ck_assert_uint_eq(v.quota, quota);
	ck_assert_uint_eq(v.taken, 0);
	void *at = host->alloc(host, 100);
	ck_assert_ptr_nonnull(at);
	host->free(host, at);
	end();
}
END_TEST

START_TEST(locks_are_slices_and_go_with_the_memory)
{
	begin_usual(true);
	void *large = host->alloc(host, 3 * MIB);
	ck_assert_ptr_nonnull(large);
	ck_assert_uint_ge(locks, 4);
	ck_assert_uint_le(locked_most, MIB);
	ck_assert_uint_ge(locked_bytes, 3 * MIB);
	/* a small one has its pages for itself */
	locked_bytes = 0;
	void *small = host->alloc(host, 100);
	ck_assert_ptr_nonnull(small);
	ck_assert_uint_ge(locked_bytes, 4096);
	host->free(host, small);
	ck_assert_uint_eq(unlocked_bytes, locked_bytes);
	host->free(host, large);
	end();
}
END_TEST

START_TEST(nothing_is_locked_when_it_was_not_asked)
{
	begin_usual(false);
	void *at = host->alloc(host, MIB);
	ck_assert_ptr_nonnull(at);
	host->free(host, at);
	ck_assert_uint_eq(locks, 0);
	ck_assert_uint_eq(unlocked_bytes, 0);
	end();
}
END_TEST

static uint32_t lines;

static void
on_line(void *user, enum log_level level, const char *line)
{
	(void)user;
	ck_assert_int_eq(level, LOG_LEVEL_WARN);
	ck_assert_ptr_nonnull(strstr(line, "LimitMEMLOCK"));
	lines++;
}

START_TEST(memory_is_there_to_the_last_page_without_a_lock)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	static unsigned char there[4 * MIB / 1024];

	begin_usual(false);
	char *at = host->alloc(host, 3 * MIB);
	ck_assert_ptr_nonnull(at);
	char *first = at - (uintptr_t)at % page;
	size_t bytes = (size_t)(at + 3 * MIB - first);
	ck_assert_int_eq(mincore(first, bytes, there), 0);
	for (size_t i = 0; i < (bytes + page - 1) / page; i++) {
		ck_assert_msg((there[i] & 1) != 0, "page %zu is not", i);
	}
	host->free(host, at);
	end();
}
END_TEST

START_TEST(refused_lock_is_one_warning_and_the_memory_is_there)
{
	void *at[4];

	begin_usual(true);
	log_set_sink(on_line, NULL);
	locks_until_refusal = 2;
	for (int i = 0; i < 4; i++) {
		at[i] = host->alloc(host, 3 * MIB);
		ck_assert_ptr_nonnull(at[i]);
		ck_assert(is_zero(at[i], 3 * MIB));
	}
	ck_assert_uint_eq(lines, 1);
	for (int i = 0; i < 4; i++) {
		host->free(host, at[i]);
	}
	log_set_sink(NULL, NULL);
	end();
}
END_TEST

static uint32_t complaints;

static void
on_complaint(void *user, enum log_level level, const char *line)
{
	(void)user;
	ck_assert_int_eq(level, LOG_LEVEL_ERR);
	ck_assert_ptr_nonnull(strstr(line, "rain"));
	complaints++;
}

START_TEST(foreign_memory_is_left_alone)
{
	_Alignas(64) char own[128];

	begin_usual(false);
	memset(own, 1, sizeof own);
	host_view_begin(&v, "rain", NULL);
	log_set_sink(on_complaint, NULL);
	host->free(host, own + 64);
	log_set_sink(NULL, NULL);
	ck_assert_uint_eq(complaints, 1);
	ck_assert_uint_eq(host_bytes(h), 0);
	end();
}
END_TEST

#define ROUNDS 2000

/* Take and give; count what was refused. @return how often it was had */
static void *
take_and_give(void *arg)
{
	struct host_view own;
	const TactusHost *mine = &own.host;
	uint32_t had = 0;
	uint32_t seed = *(uint32_t *)arg;

	host_view_init(&own, h);
	for (int i = 0; i < ROUNDS; i++) {
		seed = seed * 1664525 + 1013904223;
		size_t n = 1 + (seed >> 8) % 4096;
		host_view_begin(&own, "a", "b");
		char *at = mine->alloc(mine, n);
		char *more = mine->alloc(mine, 4096);

		ck_assert_uint_le(host_bytes(h), 8192);
		had += at != NULL;
		had += more != NULL;
		if (at != NULL) {
			at[n - 1] = 1;
		}
		mine->free(mine, at);
		mine->free(mine, more);
	}
	*(uint32_t *)arg = had;
	return NULL;
}

START_TEST(two_threads_never_have_more_than_all)
{
	uint32_t seed[2] = {1, 2};
	pthread_t thread[2];

	begin(false, "limits.max_resource_bytes=8192",
		"limits.max_total_resource_bytes=8192");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_create(&thread[i], NULL, take_and_give,
					 &seed[i]),
			0);
	}
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
		ck_assert_uint_gt(seed[i], 0);
	}
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/host_memory");
	TCase *tc = tcase_create("memory");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, memory_is_zeroed_aligned_and_counted_at_any_size, 0, 2);
	tcase_add_test(tc, nothing_is_something_and_null_is_freed);
	tcase_add_test(tc, memory_is_there_to_the_last_page_without_a_lock);
	tcase_add_test(tc, class_has_its_limit_to_the_byte);
	tcase_add_test(tc, other_classes_have_the_limit_of_each);
	tcase_add_test(tc, all_together_have_a_limit_to_the_byte);
	tcase_add_test(tc, lower_limit_refuses_and_takes_nothing_away);
	tcase_add_test(tc, job_is_bounded_by_what_is_left_of_all);
	tcase_add_loop_test(tc, huge_sizes_take_nothing, 0, 2);
	tcase_add_test(tc, count_is_as_before_when_the_system_has_no_memory);
	tcase_add_test(tc, locks_are_slices_and_go_with_the_memory);
	tcase_add_test(tc, nothing_is_locked_when_it_was_not_asked);
	tcase_add_test(tc, refused_lock_is_one_warning_and_the_memory_is_there);
	tcase_add_test(tc, foreign_memory_is_left_alone);
	tcase_add_test(tc, two_threads_never_have_more_than_all);
	srunner_run_all(r, CK_ENV);
	int bad = srunner_ntests_failed(r);
	srunner_free(r);
	return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
