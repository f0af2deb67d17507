/* SPDX-License-Identifier: GPL-2.0-or-later
 * Primitive forms: unsigned numbers, decimals, hexadecimal, the IMEI check digit.
 * Takes spans of the frame, gives exact values. */
#include "builder.h"
#include "digits.h"

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

/* Adds the digits from p on to *sum (modulo 2^64); returns the first byte that is none. */
static const uint8_t *take_digits(const uint8_t *p, const uint8_t *end, uint64_t *sum)
{
    uint8_t digit;
    for (; p < end && (digit = (uint8_t)(*p - '0')) <= 9; p++)
        *sum = *sum * 10 + digit;
    return p;
}

bool s7_read_uint(const uint8_t *data, struct s7_span span, int64_t *value)
{
    uint64_t sum = 0;
    const uint8_t *start = data + span.offset, *end = start + span.length;
    if (span.length == 0 || span.length > DIGITS_MAX || take_digits(start, end, &sum) != end)
        return false;
    *value = (int64_t)sum;
    return true;
}

bool s7_read_decimal(const uint8_t *data, struct s7_span span, int64_t *value, unsigned *digits)
{
    uint64_t sum = 0;
    const uint8_t *start = data + span.offset, *end = start + span.length;
    bool negative = start < end && *start == '-';
    start += negative;
    const uint8_t *point = take_digits(start, end, &sum);
    size_t count = (size_t)(point - start), decimals = 0;
    if (count == 0)
        return false;
    if (point < end) {
        const uint8_t *stop = take_digits(point + 1, end, &sum);
        decimals = (size_t)(stop - point - 1);
        if (*point != '.' || decimals == 0 || stop != end)
            return false;
    }
    if (count + decimals > DIGITS_MAX)
        return false;
    *value = negative ? -(int64_t)sum : (int64_t)sum;
    *digits = (unsigned)decimals;
    return true;
}

/* 1 + value of each hexadecimal digit. */
static const uint8_t hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

bool s7_read_hex(const uint8_t *data, struct s7_span span, uint64_t *value)
{
    if (span.length == 0 || span.length > 16)
        return false;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < span.length; i++) {
        uint64_t digit = hex_digits[data[span.offset + i]];
        if (digit == 0)
            return false;
        sum = sum << 4 | (digit - 1);
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
