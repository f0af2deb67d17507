/* SPDX-License-Identifier: GPL-2.0-or-later
 * Decimal digits, several at a time: writes those of a number without a NUL, counts those that a text begins with.
 * For what is done with every frame. */
#ifndef S7_DIGITS_H
#define S7_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Most bytes that are written for a number; some of them may stand behind its end. */
#define S7_UNSIGNED_MAX 24
#define S7_DECIMAL_MAX  30

/* "000" to "999", behind each the number of its leading zeros as a byte. The one digit of 0 is none. */
extern const char s7_triples[4001];

static inline const char *s7_triple(uint32_t value)
{
    return s7_triples + (size_t)4 * value;
}

/* A value below 100 with two digits. */
static inline void s7_put_two(char *out, uint32_t value)
{
    memcpy(out, s7_triple(value) + 1, 2);
}

/* A value below 10^9 with nine digits; 10 bytes are written. */
static inline void s7_put_nine(char *out, uint32_t value)
{
    uint32_t thousands = value / 1000;
    memcpy(out, s7_triple(thousands / 1000), 4);
    memcpy(out + 3, s7_triple(thousands % 1000), 4);
    memcpy(out + 6, s7_triple(value % 1000), 4);
}

/* A value below 1000 without leading zeros; 4 bytes are written. */
static inline char *s7_put_first(char *out, uint32_t value)
{
    const char *triple = s7_triple(value);
    memcpy(out, triple + triple[3], 4);
    return out + 3 - triple[3];
}

/* A value below 10^9 without leading zeros. */
static inline char *s7_put_short(char *out, uint32_t value)
{
    if (value < 1000)
        return s7_put_first(out, value);
    uint32_t thousands = value / 1000;
    if (thousands < 1000) {
        out = s7_put_first(out, thousands);
    } else {
        out = s7_put_first(out, thousands / 1000);
        memcpy(out, s7_triple(thousands % 1000), 4);
        out += 3;
    }
    memcpy(out, s7_triple(value % 1000), 4);
    return out + 3;
}

/* As many digits as it has, without leading zeros; at most S7_UNSIGNED_MAX bytes are written. Returns the byte behind
 * the last digit. */
static inline char *s7_put_unsigned(char *out, uint64_t value)
{
    const uint64_t part = 1000000000;
    if (value < part)
        return s7_put_short(out, (uint32_t)value);
    uint64_t high = value / part;
    if (high < part) {
        out = s7_put_short(out, (uint32_t)high);
    } else {
        out = s7_put_short(out, (uint32_t)(high / part));
        s7_put_nine(out, (uint32_t)(high % part));
        out += 9;
    }
    s7_put_nine(out, (uint32_t)(value % part));
    return out + 9;
}

/* value / 10^digits with exactly so many decimals, at most 18, and "-" in front of it if it is below zero; at most
 * S7_DECIMAL_MAX bytes are written. Returns the byte behind the last. */
static inline char *s7_put_decimal(char *out, int64_t value, unsigned digits)
{
    static const uint32_t scales[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint32_t last = 0; /* nine decimals behind the others */
    *out = '-';
    out += value < 0;
    if (digits == 0)
        return s7_put_unsigned(out, magnitude);
    bool many = digits > 9;
    if (many) {
        last = (uint32_t)(magnitude % scales[9]);
        magnitude /= scales[9];
        digits -= 9;
    }
    uint64_t whole = magnitude / scales[digits];
    uint32_t fraction = (uint32_t)(magnitude - whole * scales[digits]);
    out = s7_put_unsigned(out, whole);
    *out++ = '.';
    if (digits <= 3)
        memcpy(out, s7_triple(fraction) + 3 - digits, 4);
    else
        s7_put_nine(out, fraction * scales[9 - digits]);
    out += digits;
    if (!many)
        return out;
    s7_put_nine(out, last);
    return out + 9;
}

/* How many of eight bytes, the first in the lowest byte of the word, are digits from the first one on. */
static inline unsigned s7_word_digits(uint64_t word)
{
    uint64_t values = word ^ UINT64_C(0x3030303030303030);
    uint64_t others = ((values + UINT64_C(0x7676767676767676)) | values) & UINT64_C(0x8080808080808080);
    return others == 0 ? 8 : (unsigned)__builtin_ctzll(others) / 8;
}

/* How many bytes are digits from the first one on. */
static inline size_t s7_count_digits(const uint8_t *text, size_t length)
{
    size_t count = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    for (; length - count >= sizeof word; count += sizeof word) {
        memcpy(&word, text + count, sizeof word);
        unsigned digits = s7_word_digits(word);
        if (digits < sizeof word)
            return count + digits;
    }
#endif
    while (count < length && (uint8_t)(text[count] - '0') <= 9)
        count++;
    return count;
}

#endif
