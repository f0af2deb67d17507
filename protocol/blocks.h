/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes, sixteen at a time, for what is done with every byte of a frame. Internal to protocol/. */
#ifndef S7_BLOCKS_H
#define S7_BLOCKS_H

#include <stdbool.h>
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

/* Of a mask of whole bytes, bit i: is byte i set? */
static inline unsigned s7_block_bits(s7_block mask)
{
#ifdef __SSE2__
    typedef char vector __attribute__((vector_size(S7_BLOCK)));
    return (unsigned)__builtin_ia32_pmovmskb128((vector)mask);
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < S7_BLOCK; i++)
        bits |= (unsigned)(mask[i] & 1) << i;
    return bits;
#endif
}

/* Bit i: is byte i of a block the one or the other? */
static inline unsigned s7_block_either(const uint8_t *bytes, char a, char b)
{
    s7_block block = s7_block_at(bytes);
    return s7_block_bits((s7_block)(block == (uint8_t)a) | (s7_block)(block == (uint8_t)b));
}

/* A block in which each digit is a 0. */
static inline s7_block s7_block_form(const uint8_t *bytes)
{
    s7_block block = s7_block_at(bytes);
    s7_block digits = (s7_block)((s7_block)(block - (uint8_t)'0') <= 9);
    return (block & ~digits) | (digits & (uint8_t)'0');
}

/* Are all bytes of a block 0? */
static inline bool s7_block_is_zero(s7_block block)
{
    uint64_t halves[2];
    memcpy(halves, &block, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* As s7_block_either(), of the bytes from data[from] on to the one before data[end], less than a block: the block that
 * ends there has them at its end. */
static inline unsigned s7_last_either(const uint8_t *data, size_t from, size_t end, char a, char b)
{
    uint8_t block[S7_BLOCK] = {0};
    if (end < S7_BLOCK)
        memcpy(block + S7_BLOCK - end, data, end);
    return s7_block_either(end < S7_BLOCK ? block : data + end - S7_BLOCK, a, b) >> (S7_BLOCK - (end - from));
}

/* Where the next one of either stands, from data[from] on; end if there is none. */
static inline size_t s7_find_either(const uint8_t *data, size_t from, size_t end, char a, char b)
{
    for (const size_t two = 2 * (size_t)S7_BLOCK; end - from >= two; from += two) {
        unsigned found = s7_block_either(data + from, a, b) | s7_block_either(data + from + S7_BLOCK, a, b) << S7_BLOCK;
        if (found)
            return from + (unsigned)__builtin_ctz(found);
    }
    for (; end - from >= S7_BLOCK; from += S7_BLOCK) {
        unsigned found = s7_block_either(data + from, a, b);
        if (found)
            return from + (unsigned)__builtin_ctz(found);
    }
    unsigned found = from < end ? s7_last_either(data, from, end, a, b) : 0;
    return found ? from + (unsigned)__builtin_ctz(found) : end;
}

/* Is one of either among them? */
static inline bool s7_has_either(const uint8_t *data, size_t from, size_t end, char a, char b)
{
    if (end - from < S7_BLOCK)
        return s7_find_either(data, from, end, a, b) < end;
    s7_block last = s7_block_at(data + end - S7_BLOCK);
    s7_block found = (s7_block)(last == (uint8_t)a) | (s7_block)(last == (uint8_t)b);
    for (; end - from > S7_BLOCK; from += S7_BLOCK) {
        s7_block block = s7_block_at(data + from);
        found |= (s7_block)(block == (uint8_t)a) | (s7_block)(block == (uint8_t)b);
    }
    return s7_block_bits(found) != 0;
}

/* Bit i: is data[from + i] that byte? Of so many bytes, or of those before data[end]. */
enum { S7_MARKS = 64 };
static inline uint64_t s7_marks(const uint8_t *data, size_t from, size_t end, char c)
{
    uint64_t marks = 0;
    unsigned bit = 0;
    for (; bit < S7_MARKS && end - from >= S7_BLOCK; bit += S7_BLOCK, from += S7_BLOCK)
        marks |= (uint64_t)s7_block_either(data + from, c, c) << bit;
    if (bit < S7_MARKS && from < end)
        marks |= (uint64_t)s7_last_either(data, from, end, c, c) << bit;
    return marks;
}

/* The sum of a block's bytes. */
static inline unsigned s7_block_sum(s7_block block)
{
#ifdef __SSE2__
    typedef char vector __attribute__((vector_size(S7_BLOCK)));
    typedef long long sums __attribute__((vector_size(S7_BLOCK)));
    sums eights = (sums)__builtin_ia32_psadbw128((vector)block, (vector){0});
    return (unsigned)(eights[0] + eights[1]);
#else
    const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
    uint64_t halves[2];
    memcpy(halves, &block, sizeof halves);
    uint64_t pairs = (halves[0] & even) + (halves[0] >> 8 & even) + (halves[1] & even) + (halves[1] >> 8 & even);
    return (unsigned)(pairs * UINT64_C(0x0001000100010001) >> 48);
#endif
}

/* The exclusive or of a block's bytes. */
static inline unsigned s7_block_parity(s7_block block)
{
    uint64_t halves[2];
    memcpy(halves, &block, sizeof halves);
    uint64_t parity = halves[0] ^ halves[1];
    parity ^= parity >> 32;
    parity ^= parity >> 16;
    return (unsigned)(parity ^ parity >> 8) & 0xff;
}

/* The sum of so many bytes modulo 256, or their exclusive or. *commas: how many of them are commas, while that can be
 * told on the way: 0 of few bytes, and of so many that a byte cannot count them. */
static inline __attribute__((always_inline)) uint8_t s7_fold(const uint8_t *data, size_t length, bool exclusive,
                                                             unsigned *commas)
{
    s7_block folded = {0}, counts = {0};
    uint8_t last = 0;
    size_t i = 0;
    for (const size_t whole = length / S7_BLOCK * S7_BLOCK; i < whole; i += S7_BLOCK) {
        s7_block block = s7_block_at(data + i);
        folded = exclusive ? folded ^ block : folded + block;
        counts -= (s7_block)(block == ',');
    }
    if (i > 0) { /* the last block has bytes of the one before */
        s7_block block = s7_block_at(data + length - S7_BLOCK) & s7_block_tail(length - i);
        folded = exclusive ? folded ^ block : folded + block;
        counts -= (s7_block)(block == ',');
    } else {
        for (; i < length; i++)
            last = (uint8_t)(exclusive ? last ^ data[i] : last + data[i]);
    }
    *commas = i / S7_BLOCK < UINT8_MAX ? s7_block_sum(counts) : 0;
    return (uint8_t)(exclusive ? last ^ s7_block_parity(folded) : last + s7_block_sum(folded));
}

#endif
