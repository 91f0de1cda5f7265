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

#if defined(__GNUC__)
#  define TACTUS_NODISCARD __attribute__((warn_unused_result))
#  define TACTUS_EXPORT    __attribute__((visibility("default")))
#else
#  define TACTUS_NODISCARD
#  define TACTUS_EXPORT
#endif

#endif
