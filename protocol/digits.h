/* SPDX-License-Identifier: GPL-2.0-or-later
 * Decimal digits of unsigned numbers, two at a time. Takes a number, writes its digits without a NUL.
 * For what prints a value in every row. */
#ifndef S7_DIGITS_H
#define S7_DIGITS_H

#include <stdint.h>
#include <string.h>

/* Most digits that a number has. */
#define S7_DIGITS_MAX 20

/* "00" to "99" one behind the other. */
extern const char s7_digit_pairs[201];

/* Digits of the value, 1 to S7_DIGITS_MAX. */
static inline unsigned s7_digit_count(uint64_t value)
{
    for (unsigned count = 1;; count += 4, value /= 10000) {
        if (value < 10)
            return count;
        if (value < 100)
            return count + 1;
        if (value < 1000)
            return count + 2;
        if (value < 10000)
            return count + 3;
    }
}

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

/* As many digits as it has, without leading zeros. Returns the byte behind the last. */
static inline char *s7_put_unsigned(char *out, uint64_t value)
{
    unsigned count = s7_digit_count(value);
    s7_put_padded(out, value, count);
    return out + count;
}

#endif
