/* SPDX-License-Identifier: MIT */
/*
 * isa.h -- plugins that are compiled anew for each kind of processor.
 *
 * The build compiles each isa_NAME.c three times, without clones: with ISA
 * being base, avx2 and v4 (AVX-512), and the flags that belong to it.  A
 * plugin's entry is then called NAME_base, NAME_avx2 and NAME_v4, and all
 * three are linked into check_isa, which compares their bits.  Another plugin
 * takes part with an isa_NAME.c of its own, in the list of ISA_SOURCES in
 * tests.am and in the list below.
 */
#ifndef TACTUS_TESTS_PLUGINS_ISA_H
#define TACTUS_TESTS_PLUGINS_ISA_H

#include <tactus/plugin.h>

/** The plugins: X(their names in C). */
#define ISA_PLUGINS(X) X(sine) X(saw) X(pulse) X(filter)

#define ISA_JOIN_(name, isa) name##_##isa
#define ISA_JOIN(name, isa)  ISA_JOIN_(name, isa)
/** What the entry of plugin `name` is called. */
#define ISA_ENTRY(name) ISA_JOIN(name, ISA)

/* clang-format off */
#define ISA_DECLARE(name)                                  \
  const TactusPlugin *name##_base(const TactusHost *host); \
  const TactusPlugin *name##_avx2(const TactusHost *host); \
  const TactusPlugin *name##_v4(const TactusHost *host);
ISA_PLUGINS(ISA_DECLARE)
#undef ISA_DECLARE
/* clang-format on */

#endif
