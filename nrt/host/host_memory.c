/* SPDX-License-Identifier: MIT */
/*
 * host_memory.c -- memory for resources: counted, touched, locked.
 *
 * Any thread but rt; what all threads share is one count.  A block begins
 * with a head of 64 bytes that says what it is.
 *
 * Pages are locked and unlocked whole and locks do not nest, so a block that
 * is locked shares no page with another: large blocks are mappings of their
 * own, which also go back to the system when they are freed instead of
 * staying in the heap; small ones are aligned to a page while memory is
 * locked, and to 64 bytes where it is not (the sanitizers watch their ends).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host_private.h"
#include "log.h"

#define ALIGNMENT   64
#define LARGE_BYTES ((size_t)128 << 10)
/* no longer than this at once under the kernel's lock of the address space */
#define SLICE_BYTES ((size_t)1 << 20)
#define MARK        UINT64_C(0x746163747573206d)

struct block {
	_Alignas(ALIGNMENT) uint64_t mark;
	uint64_t counted; /* bytes */
	uint64_t begun;   /* the view's, when it was taken */
	size_t whole;     /* bytes, this head too */
	bool mapped;
	bool locked; /* some of it */
};
_Static_assert(sizeof(struct block) == ALIGNMENT, "what follows is aligned");

uint64_t
host_limit(const TactusHost *host, const char *uri)
{
	struct host *h = host_behind(host);
	const struct host_class *c = host_class_of(h, uri);
	uint64_t most =
		atomic_load_explicit(&h->most_each, memory_order_relaxed);
	uint64_t total =
		atomic_load_explicit(&h->most_total, memory_order_relaxed);

	if (c != NULL && c->max_bytes != 0) {
		most = c->max_bytes;
	}
	return most < total ? most : total;
}

void
host_view_begin(struct host_view *v, const char *who, const char *uri)
{
	v->who = who;
	/* a job may change many resources: its plugin holds each to its limit
	 */
	v->quota = uri != NULL ? host_limit(&v->host, uri)
			       : atomic_load_explicit(&v->of->most_total,
					 memory_order_relaxed);
	v->taken = 0;
	/* relaxed: numbers that differ are all that is asked for */
	v->begun = atomic_fetch_add_explicit(
			   &v->of->begun, 1, memory_order_relaxed) +
		   1;
}

/* Count bytes in if they fit under the limit of all. */
static bool
count_in(struct host *h, uint64_t bytes)
{
	uint64_t most =
		atomic_load_explicit(&h->most_total, memory_order_relaxed);
	uint64_t now = atomic_load_explicit(&h->bytes, memory_order_relaxed);

	do {
		if (now > most || bytes > most - now) {
			return false;
		}
		/* relaxed: it counts, and orders nothing */
	} while (!atomic_compare_exchange_weak_explicit(&h->bytes, &now,
		now + bytes, memory_order_relaxed, memory_order_relaxed));
	return true;
}

static void
count_out(struct host *h, uint64_t bytes)
{
	(void)atomic_fetch_sub_explicit(&h->bytes, bytes, memory_order_relaxed);
}

static size_t
page_bytes(void)
{
	long page = sysconf(_SC_PAGESIZE);

	return page < ALIGNMENT ? 4096 : (size_t)page;
}

/* Lock a slice; the first refusal of all is said. */
static bool
lock(struct host *h, const void *at, size_t bytes)
{
	if (mlock(at, bytes) == 0) {
		return true;
	}
	int error = errno;
	if (!atomic_exchange_explicit(
		    &h->refused, true, memory_order_relaxed)) {
		log_warn("host: memory of resources cannot be locked: %s; it "
			 "is used unlocked (raise LimitMEMLOCK, or set "
			 "realtime.lock_memory = false)",
			strerror(error));
	}
	return false;
}

/* Write to every page and lock it, a slice at a time. */
static bool
touch(struct host *h, char *at, size_t bytes, bool zeroed)
{
	const size_t page = page_bytes();
	bool locking = h->lock_memory;
	bool locked = false;

	for (size_t done = 0; done < bytes;) {
		size_t n =
			bytes - done < SLICE_BYTES ? bytes - done : SLICE_BYTES;

		if (zeroed) {
			for (size_t i = 0; i < n; i += page) {
				*(volatile char *)(at + done + i) = 0;
			}
		} else {
			memset(at + done, 0, n);
		}
		if (locking) {
			locking = lock(h, at + done, n);
			locked = locked || locking;
		}
		done += n;
	}
	return locked;
}

static struct block *
take(struct host *h, uint64_t counted)
{
	const size_t unit = h->lock_memory ? page_bytes() : ALIGNMENT;
	size_t whole = sizeof(struct block) + (size_t)counted;
	bool mapped = whole >= LARGE_BYTES;
	struct block *b;

	if (mapped) {
		b = mmap(NULL, whole, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (b == MAP_FAILED) {
			return NULL;
		}
	} else {
		whole = (whole + unit - 1) / unit * unit;
		b = aligned_alloc(unit, whole);
		if (b == NULL) {
			return NULL;
		}
	}
	bool locked = touch(h, (char *)b, whole, mapped);
	*b = (struct block){
		.mark = MARK,
		.counted = counted,
		.whole = whole,
		.mapped = mapped,
		.locked = locked,
	};
	return b;
}

void *
host_alloc(const TactusHost *host, size_t bytes)
{
	struct host_view *v = host_view_of(host);
	const size_t head = sizeof(struct block);

	if (bytes > v->quota || bytes > SIZE_MAX - head - ALIGNMENT) {
		return NULL;
	}
	/* whole units, so that many small ones are not had for nothing */
	uint64_t counted = ((uint64_t)bytes + (bytes == 0) + ALIGNMENT - 1) /
			   ALIGNMENT * ALIGNMENT;
	if (counted > v->quota || !count_in(v->of, counted)) {
		return NULL;
	}
	struct block *b = take(v->of, counted);
	if (b == NULL) {
		count_out(v->of, counted);
		return NULL;
	}
	b->begun = v->begun;
	v->quota -= counted;
	v->taken += counted;
	return b + 1;
}

void
host_free(const TactusHost *host, void *memory)
{
	struct host_view *v = host_view_of(host);

	if (memory == NULL) {
		return;
	}
	struct block *b = (struct block *)memory - 1;
	if (b->mark != MARK) {
		log_err("host: %s frees what is not the host's; left alone",
			v->who == NULL ? "a plugin" : v->who);
		return;
	}
	count_out(v->of, b->counted);
	if (b->begun == v->begun) {
		/* of this very piece of work, which may take it again */
		v->quota += b->counted;
		v->taken -= b->counted;
	}
	b->mark = 0;
	if (b->mapped) {
		/* its locks go with it */
		(void)munmap(b, b->whole);
		return;
	}
	if (b->locked) {
		(void)munlock(b, b->whole);
	}
	free(b);
}
