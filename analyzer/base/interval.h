/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ordered, disjoint byte ranges with holes between them: what is waiting for a hole to be filled.
 * Takes ranges in any order, gives them back in order; of two copies of a byte the first wins, or the last. */
#ifndef INTERVAL_H
#define INTERVAL_H

#include "base/origin.h"

struct interval {
    uint64_t start, end; /* [start, end) */
    struct origin origin;
    uint8_t *data; /* end - start bytes, owned */
};

/* Bytes that came twice with different content: from the first to the last that differs in what two packets have in
 * common. Valid during the call that carries it. */
struct overlap {
    uint64_t offset;
    size_t length;
    const uint8_t *taken, *refused; /* NULL if they are not known */
    struct origin taken_origin, refused_origin;
};

/* Narrows the overlap to the bytes from the first to the last that differs; length 0 if none does. Returns how many do.
 */
uint64_t overlap_trim(struct overlap *overlap);

/* What is done about such bytes. */
struct interval_rule {
    bool last; /* the copy that came last wins, otherwise the first */
    void (*differs)(const struct overlap *overlap, void *user);
    void *user;
};

/* What an insertion met. Bytes. */
struct interval_result {
    uint64_t added;      /* copied into the set */
    uint64_t overlapped; /* in the set already */
    uint64_t differing;  /* of these: with another content than the copy in the set */
};

struct interval_set; /* opaque */

struct interval_set *interval_set_new(void);
/* NULL is allowed. */
void interval_set_free(struct interval_set *set);
/* Copies the bytes [start, start + length) that the set does not have, and those that win; start + length must not
 * overflow. rule: NULL = the first copy wins and nobody is told. */
struct interval_result interval_insert(struct interval_set *set, uint64_t start, const uint8_t *data, size_t length,
                                       const struct origin *origin, const struct interval_rule *rule);
/* The range with this index in order of position, NULL behind the last. Valid until the set is changed.
 * Ranges that touch are not joined: each keeps its origin. */
const struct interval *interval_at(const struct interval_set *set, size_t index);
/* Takes the first count ranges out; there must be so many. */
void interval_drop(struct interval_set *set, size_t count);
/* Takes this from every position; no range may begin before it. */
void interval_move_back(struct interval_set *set, uint64_t distance);
size_t interval_count(const struct interval_set *set);
/* Bytes in all ranges together. */
uint64_t interval_bytes(const struct interval_set *set);

#endif
