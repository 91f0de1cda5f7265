/* SPDX-License-Identifier: MIT */
/*
 * mark.h -- marks that the compiler and the reader share, for all rooms.
 *
 * TACTUS_RT itself comes from <tactus/mark.h>, which plugins see too.  Trust
 * is the one way around the compiler's proof; it is legal in rt/alsa.c,
 * rt/clock.c, rt/wait.c and link/fft.c alone (tests/layers.sh), each with its
 * reason.
 */
#ifndef TACTUS_LINK_MARK_H
#define TACTUS_LINK_MARK_H

#include <tactus/mark.h>

#if defined(__has_feature)
#  if __has_feature(realtime_sanitizer)
#    define TACTUS_RTSAN 1
void __rtsan_disable(void);
void __rtsan_enable(void);
#  endif
#endif

#if defined(__clang__) && __clang_major__ >= 20
#  define TACTUS_RT_TRUST_PRAGMA_    \
    _Pragma("clang diagnostic push") \
	    _Pragma("clang diagnostic ignored \"-Wfunction-effects\"")
#  define TACTUS_RT_TRUST_UNPRAGMA_ _Pragma("clang diagnostic pop")
#else
#  define TACTUS_RT_TRUST_PRAGMA_
#  define TACTUS_RT_TRUST_UNPRAGMA_
#endif

/*
 * Both stand as statements of one block.  The pragma quiets the compiler; the
 * sanitizer at run time has to be told separately.
 */
#ifdef TACTUS_RTSAN
#  define TACTUS_RT_TRUST_BEGIN(reason) \
    TACTUS_RT_TRUST_PRAGMA_ __rtsan_disable();
#  define TACTUS_RT_TRUST_END \
    __rtsan_enable();         \
    TACTUS_RT_TRUST_UNPRAGMA_
#else
#  define TACTUS_RT_TRUST_BEGIN(reason) TACTUS_RT_TRUST_PRAGMA_
#  define TACTUS_RT_TRUST_END           TACTUS_RT_TRUST_UNPRAGMA_
#endif

/** Bytes that no two writers may share: x86-64 and arm64 fetch pairs of 64. */
#define CACHE_LINE 64

#endif
