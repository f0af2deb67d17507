/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ordered, disjoint byte ranges with holes between them: what is waiting for a hole to be filled.
 * Takes ranges in any order, gives them back in order; overlaps are trimmed so that the first copy of a byte wins. */
#ifndef INTERVAL_H
#define INTERVAL_H

#include "capture.h"

struct interval {
    uint64_t start, end; /* [start, end) */
    struct origin origin;
    uint8_t *data; /* end - start bytes, owned */
};

/* What an insertion met. Bytes. */
struct interval_result {
    uint64_t added;           /* copied into the set */
    uint64_t overlapped;      /* in the set already: not copied */
    uint64_t differing;       /* of these: with another content than the copy in the set */
    uint64_t first_differing; /* position of the first of them */
};

struct interval_set; /* opaque */

struct interval_set *interval_set_new(void);
/* NULL is allowed. */
void interval_set_free(struct interval_set *set);
/* Copies the bytes [start, start + length) that the set does not have; start + length must not overflow. */
struct interval_result interval_insert(struct interval_set *set, uint64_t start, const uint8_t *data, size_t length,
                                       const struct origin *origin);
/* The range with this index in order of position, NULL behind the last. Valid until the set is changed.
 * Ranges that touch are not joined: each keeps its origin. */
const struct interval *interval_at(const struct interval_set *set, size_t index);
/* Takes the first count ranges out; there must be so many. */
void interval_drop(struct interval_set *set, size_t count);
size_t interval_count(const struct interval_set *set);
/* Bytes in all ranges together. */
uint64_t interval_bytes(const struct interval_set *set);

#endif
