/* SPDX-License-Identifier: GPL-2.0-or-later
 * The primitive forms of a frame, as many bytes at a time as a word has: digits, unsigned numbers, decimals,
 * hexadecimal. Takes spans, gives exact values. What is read is the word that ends with the span: of data, which is the
 * frame, bytes in front of the span too, none behind it. Internal to protocol/. */
#ifndef S7_NUMBER_H
#define S7_NUMBER_H

#include "digits.h"

#include <stdbool.h>

/* For what stands in the way of every field: inlined wherever it is called. */
#define S7_HOT static inline __attribute__((always_inline))

/* A stretch of the frame: offset from its first byte. */
struct s7_span {
    uint32_t offset, length;
};

static inline struct s7_span s7_span(uint32_t offset, uint32_t length)
{
    return (struct s7_span){offset, length};
}

/* The first end bytes of data, less than eight of them, below which there are zeros. */
uint64_t s7_load_start(const uint8_t *data, uint32_t end);

/* The eight bytes that end before data[end], the last in the highest byte of the word. */
S7_HOT uint64_t s7_load_before(const uint8_t *data, uint32_t end)
{
    return end >= 8 ? s7_word_at(data + end - 8) : s7_load_start(data, end);
}

/* The bytes of a span of 1 to 8, the first in the lowest byte of the word, zeros above the last. */
S7_HOT uint64_t s7_word(const uint8_t *data, struct s7_span span)
{
    return s7_load_before(data, span.offset + span.length) >> (64 - 8 * span.length);
}

/* So many bytes at the top of a word. */
static const uint64_t s7_top[9] = {0,
                                   UINT64_C(0xFF00000000000000),
                                   UINT64_C(0xFFFF000000000000),
                                   UINT64_C(0xFFFFFF0000000000),
                                   UINT64_C(0xFFFFFFFF00000000),
                                   UINT64_C(0xFFFFFFFFFF000000),
                                   UINT64_C(0xFFFFFFFFFFFF0000),
                                   UINT64_C(0xFFFFFFFFFFFFFF00),
                                   UINT64_MAX};

/* The digits of a span of 1 to 8 as values, the last one in the highest byte, zeros in front of them. */
S7_HOT uint64_t s7_word_values(const uint8_t *data, struct s7_span span)
{
    uint64_t values = s7_load_before(data, span.offset + span.length) ^ UINT64_C(0x3030303030303030);
    return values & s7_top[span.length];
}

/* The values of digits of a span of 1 to 4 that does not end before data[4], as those of a word. */
S7_HOT uint32_t s7_short_values(const uint8_t *data, struct s7_span span)
{
    static const uint32_t top[5] = {0, 0xFF000000, 0xFFFF0000, 0xFFFFFF00, 0xFFFFFFFF};
    uint32_t bytes;
    memcpy(&bytes, data + span.offset + span.length - 4, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap32(bytes);
#endif
    return (bytes ^ 0x30303030) & top[span.length];
}

/* Are all of them digits? */
S7_HOT bool s7_short_digits(uint32_t values)
{
    return (((values + 0x76767676) | values) & 0x80808080) == 0;
}

/* Their number. */
S7_HOT uint32_t s7_short_value(uint32_t values)
{
    uint32_t pairs = (values * 10 + (values >> 8)) & 0x00FF00FF;
    return (pairs * (100 << 16 | 1)) >> 16;
}

/* Can it be read with the three above? Most spans can. */
S7_HOT bool s7_is_short(struct s7_span span)
{
    return span.length - 1 < 4 && span.offset + span.length >= 4;
}

/* digits, [-]digits[.digits], hexadecimal digits (at most 16, below 2^63). Return false if the span is not of that form
 * or has more than 18 digits; *value is as it was then. These three are called through those below. */
bool s7_read_long_hex(const uint8_t *data, struct s7_span span, uint64_t *value);
bool s7_read_long_uint(const uint8_t *data, struct s7_span span, int64_t *value);
bool s7_read_long_decimal(const uint8_t *data, struct s7_span span, int64_t *value, unsigned *digits);

/* Digits of a span as s7_is_short(); in front of them there are zeros. A byte that is no digit makes it all below zero.
 */
S7_HOT bool fast_read_hex(const uint8_t *data, struct s7_span span, uint64_t *value)
{
    uint32_t digits = s7_short_values(data, span) ^ 0x30303030;
    int32_t sum = s7_hex_values[digits & 0xFF] * 0x1000 | s7_hex_values[digits >> 8 & 0xFF] * 0x100 |
                  s7_hex_values[digits >> 16 & 0xFF] * 0x10 | s7_hex_values[digits >> 24];
    if (sum < 0)
        return false;
    *value = (uint32_t)sum;
    return true;
}

S7_HOT bool s7_read_hex(const uint8_t *data, struct s7_span span, uint64_t *value)
{
    if (S7_FAST_PATHS && s7_is_short(span))
        return fast_read_hex(data, span, value);
    return s7_read_long_hex(data, span, value);
}

S7_HOT bool s7_read_uint(const uint8_t *data, struct s7_span span, int64_t *value)
{
    if (!s7_is_short(span))
        return s7_read_long_uint(data, span, value);
    uint32_t values = s7_short_values(data, span);
    if (!s7_short_digits(values))
        return false;
    *value = s7_short_value(values);
    return true;
}

/* The values of digits, perhaps with one point among them, which is taken out: those before it move into its place.
 * *digits gets the number of those behind it. False if there is something else, or nothing behind the point. */
S7_HOT bool s7_take_point(uint64_t *values, unsigned *digits)
{
    uint64_t others = s7_no_digits(*values);
    *digits = 0;
    if (others == 0)
        return true;
    if ((others & (others - 1)) != 0)
        return false;
    unsigned bit = (unsigned)__builtin_ctzll(others) - 7;
    uint64_t before = (UINT64_C(1) << bit) - 1, behind = ~before << 7 << 1;
    bool point = (*values >> bit & 0xFF) == ('.' ^ '0');
    *values = (*values & behind) | (*values & before) << 8;
    *digits = 7 - bit / 8;
    return point && *digits > 0;
}

/* Up to twelve digits, the point among the last eight bytes. False where that has to be decided at length. */
S7_HOT bool fast_read_decimal(const uint8_t *data, struct s7_span span, int64_t *value, unsigned *digits)
{
    uint32_t end = span.offset + span.length;
    if (span.length - 1 >= 12 || end < 12)
        return false;
    const uint8_t *start = data + span.offset, *stop = data + end;
    bool negative = *start == '-';
    start += negative;
    uint32_t length = span.length - negative, front = 0;
    uint64_t values = s7_word_at(stop - 8) ^ UINT64_C(0x3030303030303030);
    if (length > 8) {
        front = s7_short_values(data, s7_span(span.offset + negative, length - 8));
        if (!s7_short_digits(front))
            return false;
        front = s7_short_value(front);
    } else {
        values &= s7_top[length];
    }
    if (length == 0 || *start == '.' || !s7_take_point(&values, digits))
        return false;
    int64_t magnitude = (int64_t)front * (*digits ? 10000000 : 100000000) + s7_eight_value(values);
    *value = negative ? -magnitude : magnitude;
    return true;
}

S7_HOT bool s7_read_decimal(const uint8_t *data, struct s7_span span, int64_t *value, unsigned *digits)
{
    return (S7_FAST_PATHS && fast_read_decimal(data, span, value, digits)) ||
           s7_read_long_decimal(data, span, value, digits);
}

/* Whole span digits? */
bool s7_long_digits(const uint8_t *data, struct s7_span span);

S7_HOT bool s7_digits(const uint8_t *data, struct s7_span span)
{
    return s7_is_short(span) ? s7_short_digits(s7_short_values(data, span)) : s7_long_digits(data, span);
}

#endif
