/* SPDX-License-Identifier: MIT */
/*
 * lanes.h -- vectors of 4, 8 or 16 numbers, for kernels that are wide.
 *
 * A kernel is a header of the plugin's own that is compiled once for each
 * width that the processor may have; which of them runs is decided when it is
 * called.  It is written like this ("mine_kernel.h"):
 *
 *	#ifndef TACTUS_LANES
 *	#  ifndef MINE_KERNEL_H
 *	#    define MINE_KERNEL_H
 *	#    define TACTUS_LANES_KERNEL "mine_kernel.h"
 *	#    include <tactus/lanes.h>
 *	#  endif
 *	#else
 *	TACTUS_RT TACTUS_LANES_CODE static void
 *	TACTUS_LANE(mine)(float *out, const float *in)
 *	{
 *		tactus_lanes_store(out, tactus_lanes_load(in) * 2.0f);
 *	}
 *	#endif
 *
 * and called as TACTUS_LANES_CALL(mine, (out, in)) by whoever includes it; the
 * compiler is told where it lies (-iquote).  What is in a kernel sees
 * TACTUS_LANES, which is 4, 8 or 16, and of <tactus/lanes_of.h> the types
 *
 *	tactus_f   TACTUS_LANES floats
 *	tactus_i   as many int32_t; a mask is one, with each lane 0 or -1
 *	tactus_u   as many uint32_t
 *	tactus_q   half as many uint64_t, in the same number of bytes
 *
 * with the operators of C between two of them, or one and a number (GCC's
 * vector extension), and the functions there.  They give the same bits as
 * their scalar twins of <tactus/math.h>, lane by lane, at any width: a lane
 * never looks at another, save where a function says so.
 *
 * Width 16 is AVX-512 (x86-64-v4), 8 is AVX2, 4 is SSE2, NEON or whatever the
 * compiler makes of it.  With TACTUS_NO_CLONES, or with a compiler that cannot
 * compile for several processors at once, there is one width: what the
 * compiler's own flags allow.  Needs GCC 12 or clang 14, in C11 or C++17.
 */
#ifndef TACTUS_LANES_H
#define TACTUS_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <tactus/mark.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

#define TACTUS_LANES_JOIN_(name, lanes) name##_##lanes
#define TACTUS_LANES_JOIN(name, lanes)  TACTUS_LANES_JOIN_(name, lanes)
/** What `name` is called at the present width: each has its own. */
#define TACTUS_LANE(name) TACTUS_LANES_JOIN(name, TACTUS_LANES)

/* as TACTUS_CLONES in <tactus/mark.h> */
#if defined(__x86_64__) && defined(__gnu_linux__) &&      \
	!defined(TACTUS_NO_CLONES) &&                     \
	((defined(__clang__) && __clang_major__ >= 20) || \
		(!defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 12))
#  define TACTUS_LANES_PICKED 1
#  if defined(__clang__)
#    define TACTUS_LANES_TARGET_16 __attribute__((target("arch=x86-64-v4")))
#  else
#    define TACTUS_LANES_TARGET_16 \
      __attribute__((target("arch=x86-64-v4,prefer-vector-width=512")))
#  endif
#  define TACTUS_LANES_TARGET_8 __attribute__((target("avx2")))
#  define TACTUS_LANES_TARGET_4
/** Call kernel `name` at the processor's width; `args` with their brackets. */
#  define TACTUS_LANES_CALL(name, args)                       \
    (__builtin_cpu_supports("x86-64-v4")     ? name##_16 args \
	    : __builtin_cpu_supports("avx2") ? name##_8 args  \
					     : name##_4 args)
#else
#  define TACTUS_LANES_PICKED 0
#  if defined(__AVX512F__) && defined(__AVX512DQ__)
#    define TACTUS_LANES_ONLY 16
#    define TACTUS_LANES_TARGET_16
#  elif defined(__AVX2__)
#    define TACTUS_LANES_ONLY 8
#    define TACTUS_LANES_TARGET_8
#  else
#    define TACTUS_LANES_ONLY 4
#    define TACTUS_LANES_TARGET_4
#  endif
#  define TACTUS_LANES_CALL(name, args) \
    (TACTUS_LANES_JOIN(name, TACTUS_LANES_ONLY) args)
#endif

/** The second word of what a kernel defines: it is compiled for its width. */
#define TACTUS_LANES_CODE TACTUS_LANES_JOIN(TACTUS_LANES_TARGET, TACTUS_LANES)
/** The same for what must vanish in its callers: all that takes vectors. */
#define TACTUS_LANES_INLINE \
  TACTUS_LANES_CODE __attribute__((always_inline)) static inline

#endif

/* within a kernel there is nothing more to be done */
#if defined(TACTUS_LANES_KERNEL) && !defined(TACTUS_LANES)
#if !defined(__clang__)
#  pragma GCC diagnostic push
/* what takes vectors is inlined: no binary interface depends on them */
#  pragma GCC diagnostic ignored "-Wpsabi"
#endif
#if TACTUS_LANES_PICKED
#  define TACTUS_LANES 4
#  include <tactus/lanes_of.h>
#  include TACTUS_LANES_KERNEL
#  undef TACTUS_LANES
#  define TACTUS_LANES 8
#  include <tactus/lanes_of.h>
#  include TACTUS_LANES_KERNEL
#  undef TACTUS_LANES
#  define TACTUS_LANES 16
#  include <tactus/lanes_of.h>
#  include TACTUS_LANES_KERNEL
#else
#  define TACTUS_LANES TACTUS_LANES_ONLY
#  include <tactus/lanes_of.h>
#  include TACTUS_LANES_KERNEL
#endif
#undef TACTUS_LANES
#undef TACTUS_LANES_KERNEL
#if !defined(__clang__)
#  pragma GCC diagnostic pop
#endif
#endif
