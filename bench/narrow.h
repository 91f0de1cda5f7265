/* SPDX-License-Identifier: MIT */
/*
 * narrow.h -- all of tactus as a processor without AVX-512 runs it.
 *
 * Included ahead of everything (-include) by `make bench-builds`: clones for
 * x86-64-v4 are left out, and whoever asks for that processor hears no.  What
 * is left are the same AVX2 clones that any build has.
 */
#ifndef TACTUS_BENCH_NARROW_H
#define TACTUS_BENCH_NARROW_H

/* the inner ones are the compiler's own: a macro does not expand in itself */
#define target_clones(narrow, wide, widest) target_clones(narrow, wide)
#define __builtin_cpu_supports(what) \
  (__builtin_cpu_supports(what) && (what)[0] != 'x')

#endif
