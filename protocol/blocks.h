/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes, sixteen at a time, for what is done with every byte of a frame. Internal to protocol/. */
#ifndef S7_BLOCKS_H
#define S7_BLOCKS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { S7_BLOCK = 16 };
typedef uint8_t s7_block __attribute__((vector_size(S7_BLOCK)));

static inline s7_block s7_block_at(const uint8_t *bytes)
{
    s7_block block;
    memcpy(&block, bytes, sizeof block);
    return block;
}

/* All ones in the last bytes of a block, as many as said. */
static inline s7_block s7_block_tail(size_t count)
{
    const s7_block place = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return (s7_block)(place >= (uint8_t)(S7_BLOCK - count));
}

/* The sum of a block's bytes. */
static inline unsigned s7_block_sum(s7_block block)
{
    const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
    uint64_t halves[2];
    memcpy(halves, &block, sizeof halves);
    uint64_t pairs = (halves[0] & even) + (halves[0] >> 8 & even) + (halves[1] & even) + (halves[1] >> 8 & even);
    return (unsigned)(pairs * UINT64_C(0x0001000100010001) >> 48);
}

#endif
