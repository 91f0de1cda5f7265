/* SPDX-License-Identifier: MIT */
/*
 * moment.c -- see moment.h.
 *
 * The words are atomics and the order is carried by release stores and
 * acquire loads on each of them rather than by fences, which ThreadSanitizer
 * does not model; on x86-64 they cost nothing, on arm64 a few cycles.
 */
#include "moment.h"

#define TRIES 16

TACTUS_RT void
moment_post(struct moment *m, const struct instant *now)
{
	uint32_t s = atomic_load_explicit(&m->sequence, memory_order_relaxed);

	/* release on every word after the odd sequence: a reader that sees a
	 * new word (acquire) sees at least the odd sequence */
	atomic_store_explicit(&m->sequence, s + 1, memory_order_relaxed);
	atomic_store_explicit(&m->sample, now->sample, memory_order_release);
	atomic_store_explicit(&m->ns, now->ns, memory_order_release);
	atomic_store_explicit(&m->epoch, now->epoch, memory_order_release);
	atomic_store_explicit(
		&m->exact, now->exact ? 1 : 0, memory_order_release);
	/* release: pairs with the first load of moment_read */
	atomic_store_explicit(&m->sequence, s + 2, memory_order_release);
}

TACTUS_RT bool
moment_read(struct moment *m, struct instant *out)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t before = atomic_load_explicit(
			&m->sequence, memory_order_acquire);
		if (before == 0) {
			return false;
		}
		/* acquire: the second look at the sequence stays behind */
		out->sample =
			atomic_load_explicit(&m->sample, memory_order_acquire);
		out->ns = atomic_load_explicit(&m->ns, memory_order_acquire);
		out->epoch =
			atomic_load_explicit(&m->epoch, memory_order_acquire);
		out->exact = atomic_load_explicit(
				     &m->exact, memory_order_acquire) != 0;
		uint32_t after = atomic_load_explicit(
			&m->sequence, memory_order_relaxed);
		if (before == after && before % 2 == 0) {
			return true;
		}
	}
	return false;
}
