/* SPDX-License-Identifier: MIT */
/*
 * mark.h -- the real-time mark, for the engine and its plugins alike.
 *
 * TACTUS_RT is the first word of every declaration, definition and function
 * type that may run on an audio thread.  Such code never allocates, locks,
 * waits, formats or calls the kernel; clang 20 and later prove it
 * (-Wfunction-effects), other compilers read it as nothing.
 */
#ifndef TACTUS_MARK_H
#define TACTUS_MARK_H

#if defined(__clang__) && __clang_major__ >= 20
#  define TACTUS_RT __attribute__((nonblocking))
#else
#  define TACTUS_RT
#endif

/*
 * TACTUS_CLONES, the second word, compiles a function once for each step of
 * x86-64 that has wider vectors; the processor's own is taken when the program
 * or the plugin is loaded.  It is for loops over frames, and changes no bit
 * where nothing is contracted (-ffp-contract=off).
 */
#if defined(__x86_64__) && defined(__gnu_linux__) &&      \
	!defined(TACTUS_NO_CLONES) &&                     \
	((defined(__clang__) && __clang_major__ >= 20) || \
		(!defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 12))
#  define TACTUS_CLONES \
    __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#  define TACTUS_CLONES
#endif

/*
 * TACTUS_INLINE stands for `inline` at what a function with TACTUS_CLONES
 * calls for its loops: left out of line, it would be compiled once and for the
 * narrowest vectors.
 */
#if defined(__GNUC__)
#  define TACTUS_INLINE inline __attribute__((always_inline))
#else
#  define TACTUS_INLINE inline
#endif

#if defined(__GNUC__)
#  define TACTUS_NODISCARD __attribute__((warn_unused_result))
#  define TACTUS_EXPORT    __attribute__((visibility("default")))
#else
#  define TACTUS_NODISCARD
#  define TACTUS_EXPORT
#endif

#endif
