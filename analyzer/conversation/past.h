/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last bytes of a direction that went to the scanner, to compare with them what is sent again.
 * Takes bytes in sequence, gives what differs from a second copy of them. */
#ifndef PAST_H
#define PAST_H

#include "base/cache_line.h"
#include "base/interval.h"

/* Bytes and packets that are remembered. Powers of two. */
#define PAST_BYTES   256
#define PAST_PACKETS 4

/* Of past.c alone; NULL remembers nothing. It begins at a cache line. Two rings: of the bytes, each in the place that
 * its stream offset says, so that the place is known before anything here is at hand; and of their packets. */
struct past {
    uint8_t bytes[PAST_BYTES];
    uint64_t start, end; /* stream offsets of what is remembered */
    uint64_t packets;    /* remembered since start, also those that were overwritten */
    struct {
        uint64_t start;
        struct origin origin;
    } from[PAST_PACKETS];
    uint8_t in_line[PAST_BYTES]; /* what past_differs() found, one behind the other */
};

/* Remembers bytes that stand at this offset. What does not stand before them directly is forgotten. */
void past_add(struct past **past, uint64_t offset, const uint8_t *data, size_t length, const struct origin *origin);
/* Compares the second copy of length bytes with what is remembered of them. True if something differs: *overlap then
 * spans it, valid until this is asked again. */
bool past_differs(struct past *past, uint64_t offset, const uint8_t *data, size_t length, const struct origin *origin,
                  struct overlap *overlap);
void past_free(struct past *past);

/* Has the processor fetch what past_add() needs for bytes at this offset. */
S7_ALWAYS_INLINE void past_prefetch(const struct past *past, uint64_t offset)
{
    __builtin_prefetch(&past->start, 1);
    __builtin_prefetch(&past->from[1], 1);
    __builtin_prefetch(&past->from[3], 1);
    for (size_t at = 0; at < (size_t)3 * CACHE_LINE; at += CACHE_LINE)
        __builtin_prefetch(past->bytes + (offset + at) % PAST_BYTES, 1);
}

#endif
