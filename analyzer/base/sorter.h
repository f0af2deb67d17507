/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts pieces of bytes into the order of their keys, in bounded memory: what does not fit goes to the scratch file in
 * sorted runs, which are merged. Each byte is written and read once at most. Pieces with equal keys keep their order.
 */
#ifndef SORTER_H
#define SORTER_H

#include "base/scratch.h"

#include <stdbool.h>

struct sorter_key {
    int64_t first, second;
    uint64_t third;
};

struct sorter;

/* memory: bytes that it may use for pieces; it grows as it needs them. At least SORTER_MEMORY_MIN. */
#define SORTER_MEMORY_MIN ((size_t)65536)
struct sorter *sorter_new(struct scratch *scratch, size_t memory);
/* Copies a piece. Returns where its length bytes go: valid until the next call. */
void *sorter_add(struct sorter *sorter, const struct sorter_key *key, size_t length);
/* All pieces are there: the next ones are asked for. */
void sorter_sort(struct sorter *sorter);

struct sorter_piece {
    struct sorter_key key;
    const uint8_t *data; /* at a multiple of 8; valid until the next call */
    size_t length;
};
/* The next piece in order; false behind the last. */
bool sorter_next(struct sorter *sorter, struct sorter_piece *piece);
/* Forgets all pieces: others may be added. */
void sorter_clear(struct sorter *sorter);
/* NULL is allowed. */
void sorter_free(struct sorter *sorter);

#endif
