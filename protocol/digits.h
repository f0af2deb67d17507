/* SPDX-License-Identifier: GPL-2.0-or-later
 * Decimal digits, several at a time: writes those of a number without a NUL, counts those that a text begins with.
 * For what is done with every frame. */
#ifndef S7_DIGITS_H
#define S7_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Most digits that a number has. */
#define S7_DIGITS_MAX  20
#define S7_DECIMAL_MAX 30

/* "00" to "99" one behind the other. */
extern const char s7_digit_pairs[201];

/* Exactly width digits, with zeros in front; higher digits than that are not written. Returns the rest of the value:
 * value / 10^width. */
static inline uint64_t s7_put_padded(char *out, uint64_t value, unsigned width)
{
    for (; width >= 2; value /= 100) {
        width -= 2;
        memcpy(out + width, s7_digit_pairs + 2 * (value % 100), 2);
    }
    if (width > 0) {
        out[0] = (char)('0' + value % 10);
        value /= 10;
    }
    return value;
}

/* The eight digits of a value below 10^8, one in each byte, the first in the lowest. */
static inline uint64_t s7_eight_digits(uint32_t value)
{
    /* Halves of four digits, quarters of two, digits: each step divides all parts at once by 10^4, 100, 10. */
    uint64_t halves = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t hundreds = halves * 10486 >> 20 & UINT64_C(0x0000007F0000007F);
    uint64_t quarters = hundreds | (halves - hundreds * 100) << 16;
    uint64_t tens = quarters * 103 >> 10 & UINT64_C(0x000F000F000F000F);
    return tens | (quarters - tens * 10) << 8;
}

/* Stores them as text, 8 bytes. */
static inline void s7_store_digits(char *out, uint64_t digits)
{
    digits |= UINT64_C(0x3030303030303030);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    digits = __builtin_bswap64(digits);
#endif
    memcpy(out, &digits, sizeof digits);
}

/* The same without the zeros in front. Returns their number. */
static inline unsigned s7_store_significant(char *out, uint64_t digits)
{
    unsigned zeros = (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8;
    s7_store_digits(out, digits >> 8 * zeros);
    return 8 - zeros;
}

/* As many digits as it has, without leading zeros; up to 8 bytes are written if it has fewer. Returns the byte behind
 * the last. */
static inline char *s7_put_unsigned(char *out, uint64_t value)
{
    const uint64_t part = 100000000;
    if (value < 10) {
        *out = (char)('0' + value);
        return out + 1;
    }
    if (value < part)
        return out + s7_store_significant(out, s7_eight_digits((uint32_t)value));
    uint64_t unit = value / part >= part ? part * part : part; /* of the eight digits at hand */
    out += s7_store_significant(out, s7_eight_digits((uint32_t)(value / unit)));
    while (unit > 1) {
        value %= unit;
        unit /= part;
        s7_store_digits(out, s7_eight_digits((uint32_t)(value / unit)));
        out += 8;
    }
    return out;
}

/* value / 10^digits with exactly so many decimals, at most 18, and "-" in front of it if it is below zero; at most
 * S7_DECIMAL_MAX bytes are written. Returns the byte behind the last. */
static inline char *s7_put_decimal(char *out, int64_t value, unsigned digits)
{
    static const uint32_t scales[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    *out = '-';
    out += value < 0;
    if (digits == 0)
        return s7_put_unsigned(out, magnitude);
    if (digits > 8) {
        char fraction[18];
        out = s7_put_unsigned(out, s7_put_padded(fraction, magnitude, digits));
        *out++ = '.';
        memcpy(out, fraction, digits);
        return out + digits;
    }
    uint64_t whole = magnitude / scales[digits];
    out = s7_put_unsigned(out, whole);
    *out++ = '.';
    s7_store_digits(out, s7_eight_digits((uint32_t)(magnitude - whole * scales[digits])) >> 8 * (8 - digits));
    return out + digits;
}

/* Eight bytes, the first in the lowest byte of the word. */
static inline uint64_t s7_word_at(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* 0 if each of eight bytes is the value of a digit, 0 to 9; else the lowest bit set is bit 7 of the first that is none.
 */
static inline uint64_t s7_no_digits(uint64_t values)
{
    return ((values + UINT64_C(0x7676767676767676)) | values) & UINT64_C(0x8080808080808080);
}

/* The number of eight digits, one in each byte, the first in the lowest. */
static inline uint32_t s7_eight_value(uint64_t digits)
{
    /* Pairs, then four of them: each multiplication adds up the parts in the upper half. */
    uint64_t pairs = (digits * 10 + (digits >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    uint64_t fours = (pairs * 100 + (pairs >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (uint32_t)(fours * 10000 + (fours >> 32));
}

/* How many of eight bytes, the first in the lowest byte of the word, are digits from the first one on. */
static inline unsigned s7_word_digits(uint64_t word)
{
    uint64_t others = s7_no_digits(word ^ UINT64_C(0x3030303030303030));
    return others == 0 ? 8 : (unsigned)__builtin_ctzll(others) / 8;
}

/* How many bytes are digits from the first one on. */
static inline size_t s7_count_digits(const uint8_t *text, size_t length)
{
    size_t count = 0;
    for (; length - count >= 8; count += 8) {
        unsigned digits = s7_word_digits(s7_word_at(text + count));
        if (digits < 8)
            return count + digits;
    }
    while (count < length && (uint8_t)(text[count] - '0') <= 9)
        count++;
    return count;
}

/* The same, but no more than max, which is 8 at most. */
static inline size_t s7_few_digits(const uint8_t *text, size_t length, size_t max)
{
    size_t count = 0;
    if (length >= 8) {
        count = s7_word_digits(s7_word_at(text));
        return count < max ? count : max;
    }
    while (count < length && count < max && (uint8_t)(text[count] - '0') <= 9)
        count++;
    return count;
}

#endif
