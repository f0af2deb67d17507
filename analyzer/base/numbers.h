/* SPDX-License-Identifier: GPL-2.0-or-later
 * Numbers as few bytes: in groups of seven bits, the lowest first (LEB128). What is read is not trusted. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest. */
#define NUMBER_MAX ((size_t)10)

/* Returns the byte behind it. */
static inline uint8_t *number_put(uint8_t *at, uint64_t value)
{
    while (value >= 128) {
        *at++ = (uint8_t)(value | 128);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

/* 0, -1, 1, -2, ... become 0, 1, 2, 3, ... */
static inline uint64_t number_fold(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static inline int64_t number_unfold(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

/* Bytes not read yet. bad: there was less than was asked for. */
struct numbers {
    const uint8_t *at, *end;
    bool bad;
};

static inline uint64_t number_get(struct numbers *rest)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && rest->at < rest->end; shift += 7) {
        uint8_t byte = *rest->at++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return value;
    }
    rest->bad = true;
    return 0;
}

/* Up to NUMBERS_BYTES may be asked for without a look at bad. */
#define NUMBERS_BYTES 32
static inline const uint8_t *numbers_bytes(struct numbers *rest, size_t length)
{
    static const uint8_t nothing[NUMBERS_BYTES];
    if ((size_t)(rest->end - rest->at) < length) {
        rest->bad = true;
        return nothing;
    }
    rest->at += length;
    return rest->at - length;
}

#endif
