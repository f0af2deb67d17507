/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the processor fetches from memory at once, and how it is told to fetch what will be needed soon. */
#ifndef CACHE_LINE_H
#define CACHE_LINE_H

#include "digits.h"

#define CACHE_LINE 64

/* The lines from this one on that have the first so many bytes. Always inline: GCC 12 leaves out the call of a function
 * that does nothing else. */
S7_ALWAYS_INLINE void prefetch_lines(const void *first, size_t length)
{
    for (size_t at = 0; at < length; at += CACHE_LINE)
        __builtin_prefetch((const char *)first + at);
}

#endif
