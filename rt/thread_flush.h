/* SPDX-License-Identifier: MIT */
/*
 * thread_flush.h -- denormals off: tiny numbers are zero, in and out.
 *
 * On in every thread that renders, also in tests and references, or the bits
 * would differ (docs/architecture.md, invariant 8).  A jump out of a signal
 * handler loses it.
 */
#ifndef TACTUS_RT_THREAD_FLUSH_H
#define TACTUS_RT_THREAD_FLUSH_H

#include <stdint.h>

#include "mark.h"

#if defined(__x86_64__) || defined(__i386__)

/* MXCSR: FTZ is bit 15, DAZ is bit 6 */
#  define THREAD_FLUSH_BITS 0x8040U

/** The register that says how denormals are treated. @thread any */
TACTUS_RT static inline uint64_t
thread_flush_read(void)
{
	return __builtin_ia32_stmxcsr();
}

/** Treat denormals as zeros in this thread. @thread any */
TACTUS_RT static inline void
thread_flush_denormals(void)
{
	__builtin_ia32_ldmxcsr(
		(unsigned int)thread_flush_read() | THREAD_FLUSH_BITS);
}

#elif defined(__aarch64__)

/* FPCR: FZ is bit 24 and works both ways */
#  define THREAD_FLUSH_BITS (1U << 24)

/** The register that says how denormals are treated. @thread any */
TACTUS_RT static inline uint64_t
thread_flush_read(void)
{
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	return fpcr;
}

/** Treat denormals as zeros in this thread. @thread any */
TACTUS_RT static inline void
thread_flush_denormals(void)
{
	uint64_t fpcr = thread_flush_read() | THREAD_FLUSH_BITS;

	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
}

#elif defined(__arm__) && defined(__ARM_FP)

/* FPSCR: FZ is bit 24; NEON always flushes */
#  define THREAD_FLUSH_BITS (1U << 24)

/** The register that says how denormals are treated. @thread any */
TACTUS_RT static inline uint64_t
thread_flush_read(void)
{
	uint32_t fpscr;

	__asm__ volatile("vmrs %0, fpscr" : "=r"(fpscr));
	return fpscr;
}

/** Treat denormals as zeros in this thread. @thread any */
TACTUS_RT static inline void
thread_flush_denormals(void)
{
	uint32_t fpscr = (uint32_t)thread_flush_read() | THREAD_FLUSH_BITS;

	__asm__ volatile("vmsr fpscr, %0" : : "r"(fpscr));
}

#else
#  error "teach thread_flush.h how this processor flushes denormals to zero"
#endif

#endif
