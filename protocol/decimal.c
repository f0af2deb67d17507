/* SPDX-License-Identifier: GPL-2.0-or-later
 * Primitive forms: unsigned numbers, decimals, hexadecimal, the IMEI check digit.
 * Takes spans of the frame, gives exact values. */
#include "builder.h"

/* 18 digits always fit an int64_t. */
#define DIGITS_MAX 18

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool s7_digits(const uint8_t *data, struct s7_span span)
{
    for (uint32_t i = 0; i < span.length; i++)
        if (!is_digit(data[span.offset + i]))
            return false;
    return span.length > 0;
}

bool s7_read_uint(const uint8_t *data, struct s7_span span, int64_t *value)
{
    if (span.length == 0 || span.length > DIGITS_MAX)
        return false;
    int64_t sum = 0;
    for (uint32_t i = 0; i < span.length; i++) {
        uint8_t c = data[span.offset + i];
        if (!is_digit(c))
            return false;
        sum = sum * 10 + (c - '0');
    }
    *value = sum;
    return true;
}

bool s7_read_decimal(const uint8_t *data, struct s7_span span, int64_t *value, unsigned *digits)
{
    uint32_t i = 0;
    bool negative = span.length > 0 && data[span.offset] == '-';
    if (negative)
        i++;
    uint32_t point = UINT32_MAX, count = 0;
    int64_t sum = 0;
    for (; i < span.length; i++) {
        uint8_t c = data[span.offset + i];
        if (c == '.' && point == UINT32_MAX && count > 0) {
            point = i;
        } else if (is_digit(c) && count < DIGITS_MAX) {
            sum = sum * 10 + (c - '0');
            count++;
        } else {
            return false;
        }
    }
    if (count == 0 || point + 1 == span.length) /* no digit, or none behind the point */
        return false;
    *value = negative ? -sum : sum;
    *digits = point == UINT32_MAX ? 0 : span.length - point - 1;
    return true;
}

bool s7_read_hex(const uint8_t *data, struct s7_span span, uint64_t *value)
{
    if (span.length == 0 || span.length > 16)
        return false;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < span.length; i++) {
        uint8_t c = data[span.offset + i];
        uint8_t letter = c | 0x20;
        if (is_digit(c))
            sum = sum << 4 | (uint64_t)(c - '0');
        else if (letter >= 'a' && letter <= 'f')
            sum = sum << 4 | (uint64_t)(letter - 'a' + 10);
        else
            return false;
    }
    *value = sum;
    return true;
}

bool s7_imei_valid(const char *id, size_t length)
{
    if (length != 15)
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit((uint8_t)id[i]))
            return false;
        unsigned digit = (unsigned)(id[i] - '0');
        if (i % 2 == 1)
            digit = digit < 5 ? digit * 2 : digit * 2 - 9;
        sum += digit;
    }
    return sum % 10 == 0;
}
