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

/* Second, faster paths have names that begin with fast_. With GOTOP_NO_FAST_PATHS none of them is taken. */
#ifdef GOTOP_NO_FAST_PATHS
#define S7_FAST_PATHS false
#else
#define S7_FAST_PATHS true
#endif

/* For what is so short that a call would cost more, however often it stands there. */
#define S7_ALWAYS_INLINE static inline __attribute__((always_inline))

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

/* As many digits as it has, without leading zeros; at most S7_UNSIGNED_MAX bytes are written. Returns the byte behind
 * the last digit. s7_put_long() is for values from 1000 on. */
char *s7_put_long(char *out, uint64_t value);

S7_ALWAYS_INLINE char *s7_put_unsigned(char *out, uint64_t value)
{
    if (value >= 1000)
        return s7_put_long(out, value);
    const char *triple = s7_triple((uint32_t)value);
    size_t zeros = (uint8_t)triple[3];
    memcpy(out, triple + zeros, 4);
    return out + 3 - zeros;
}

/* value / 10^digits with exactly so many decimals, at most 18, and "-" in front of it if it is below zero; at most
 * S7_DECIMAL_MAX bytes are written. Returns the byte behind the last. */
char *s7_put_decimal(char *out, int64_t value, unsigned digits);

/* "0x" and the lowest digits of the value, at most 16. */
static inline char *s7_put_hex(char *out, uint64_t value, unsigned digits)
{
    memcpy(out, "0x", 2);
    out += 2;
    for (unsigned i = digits; i-- > 0; value >>= 4)
        out[i] = "0123456789abcdef"[value & 15];
    return out + digits;
}

/* The value of each hexadecimal digit, -1 of all other bytes. */
extern const int16_t s7_hex_values[256];

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

/* The other way round. */
static inline void s7_put_word(char *out, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(out, &word, sizeof word);
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
