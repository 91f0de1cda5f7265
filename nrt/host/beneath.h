/* SPDX-License-Identifier: MIT */
/*
 * beneath.h -- open what lies below a folder, and nothing else.
 *
 * With openat2(RESOLVE_BENEATH): symbolic links and ".." are followed as long
 * as they stay below the folder; an absolute link, and the magic ones of
 * /proc, never are.  Where the kernel has no openat2 (before 5.6) or a filter
 * of system calls hides it, the path is walked one name at a time, and any
 * symbolic link and any ".." is refused: stricter, never laxer.
 */
#ifndef TACTUS_NRT_BENEATH_H
#define TACTUS_NRT_BENEATH_H

#include "mark.h"

/**
 * Open a path relative to `folder`; flags are open's, without those that
 * create.  O_CLOEXEC and O_NOCTTY are implied.
 * @thread any but rt
 * @return a descriptor
 * @errors -EXDEV it leads out; -ELOOP a symbolic link that cannot be followed
 *         here; and those of open
 */
TACTUS_NODISCARD int beneath_open(int folder, const char *path, int flags);

#endif
