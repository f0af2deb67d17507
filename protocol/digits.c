/* SPDX-License-Identifier: GPL-2.0-or-later
 * Decimal digits: the text of the numbers 0 to 999, and of longer ones by three digits of it at a time. Hexadecimal
 * ones: their values. */
#include "digits.h"

/* Ten and a hundred entries with the same digits in front. */
#define TEN(front, zeros)                                                                                              \
    front "0" zeros front "1" zeros front "2" zeros front "3" zeros front "4" zeros front "5" zeros front              \
          "6" zeros front "7" zeros front "8" zeros front "9" zeros
#define NINETY(front, zeros)                                                                                           \
    TEN(front "1", zeros)                                                                                              \
    TEN(front "2", zeros)                                                                                              \
    TEN(front "3", zeros)                                                                                              \
    TEN(front "4", zeros)                                                                                              \
    TEN(front "5", zeros)                                                                                              \
    TEN(front "6", zeros)                                                                                              \
    TEN(front "7", zeros)                                                                                              \
    TEN(front "8", zeros)                                                                                              \
    TEN(front "9", zeros)
#define HUNDRED(front) TEN(front "0", "\0") NINETY(front, "\0")

/* clang-format off */
const char s7_triples[4001] = TEN("00", "\2") NINETY("0", "\1")
    HUNDRED("1") HUNDRED("2") HUNDRED("3") HUNDRED("4") HUNDRED("5") HUNDRED("6") HUNDRED("7") HUNDRED("8") HUNDRED("9");
/* clang-format on */

/* 16 bytes a name. */
#define NONE    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
#define DIGITS  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1, -1, -1, -1
#define LETTERS -1, 10, 11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1

const int16_t s7_hex_values[256] = {NONE, NONE, NONE, DIGITS, LETTERS, NONE, LETTERS, NONE,
                                    NONE, NONE, NONE, NONE,   NONE,    NONE, NONE,    NONE};

#define BILLION UINT64_C(1000000000)

/* A value below 10^9. */
static char *put_short(char *out, uint32_t value)
{
    uint32_t thousands = value / 1000;
    if (value < 1000)
        return s7_put_unsigned(out, value);
    if (thousands < 1000) {
        out = s7_put_unsigned(out, thousands);
    } else {
        out = s7_put_unsigned(out, thousands / 1000);
        memcpy(out, s7_triple(thousands % 1000), 4);
        out += 3;
    }
    memcpy(out, s7_triple(value % 1000), 4);
    return out + 3;
}

char *s7_put_long(char *out, uint64_t value)
{
    if (value < BILLION)
        return put_short(out, (uint32_t)value);
    uint64_t high = value / BILLION;
    if (high < BILLION) {
        out = put_short(out, (uint32_t)high);
    } else {
        out = put_short(out, (uint32_t)(high / BILLION));
        s7_put_nine(out, (uint32_t)(high % BILLION));
        out += 9;
    }
    s7_put_nine(out, (uint32_t)(value % BILLION));
    return out + 9;
}

static const uint32_t scales[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

/* 1 to 9 decimals. */
static inline char *put_fraction(char *out, uint32_t fraction, unsigned digits)
{
    *out++ = '.';
    if (digits <= 3)
        memcpy(out, s7_triple(fraction) + 3 - digits, 4);
    else
        s7_put_nine(out, fraction * scales[9 - digits]);
    return out + digits;
}

/* What is not below zero, with 1 to 18 decimals. */
static char *put_wide(char *out, uint64_t value, unsigned digits)
{
    if (digits > 9) {
        out = put_wide(out, value / BILLION, digits - 9);
        s7_put_nine(out, (uint32_t)(value % BILLION));
        return out + 9;
    }
    uint64_t whole = value / scales[digits];
    return put_fraction(s7_put_unsigned(out, whole), (uint32_t)(value - whole * scales[digits]), digits);
}

char *s7_put_decimal(char *out, int64_t value, unsigned digits)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    *out = '-';
    out += value < 0;
    if (digits == 0)
        return s7_put_unsigned(out, magnitude);
    uint64_t whole = digits <= 9 ? magnitude / scales[digits] : UINT64_MAX;
    if (whole >= 1000)
        return put_wide(out, magnitude, digits);
    return put_fraction(s7_put_unsigned(out, whole), (uint32_t)(magnitude - whole * scales[digits]), digits);
}
