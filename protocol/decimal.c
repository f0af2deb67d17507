/* SPDX-License-Identifier: GPL-2.0-or-later
 * Primitive forms: unsigned numbers, decimals, hexadecimal, the IMEI check digit.
 * Takes spans of the frame, gives exact values. */
#include "builder.h"
#include "digits.h"

/* 18 digits always fit an int64_t. */
#define DIGITS_MAX 18

uint64_t s7_load_start(const uint8_t *data, uint32_t end)
{
    uint64_t word = 0;
    for (uint32_t i = 0; i < end; i++)
        word |= (uint64_t)data[i] << 8 * (8 - end + i);
    return word;
}

bool s7_long_digits(const uint8_t *data, struct s7_span span)
{
    return span.length > 0 && s7_count_digits(data + span.offset, span.length) == span.length;
}

/* Adds the digits from p on to *sum (modulo 2^64); returns the first byte that is none. */
static const uint8_t *take_digits(const uint8_t *p, const uint8_t *end, uint64_t *sum)
{
    uint8_t digit;
    for (; p < end && (digit = (uint8_t)(*p - '0')) <= 9; p++)
        *sum = *sum * 10 + digit;
    return p;
}

bool s7_read_long_uint(const uint8_t *data, struct s7_span span, int64_t *value)
{
    uint64_t sum = 0;
    const uint8_t *start = data + span.offset, *end = start + span.length;
    if (span.length == 0 || span.length > DIGITS_MAX || take_digits(start, end, &sum) != end)
        return false;
    *value = (int64_t)sum;
    return true;
}

/* Without sign, the point anywhere. */
__attribute__((noinline)) static bool read_any_decimal(const uint8_t *start, const uint8_t *end, uint64_t *value,
                                                       unsigned *digits)
{
    uint64_t sum = 0;
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
    *value = sum;
    *digits = (unsigned)decimals;
    return count + decimals <= DIGITS_MAX;
}

/* The same where the point is among the last eight bytes, as it mostly is. */
static inline bool read_magnitude(const uint8_t *data, struct s7_span span, uint64_t *value, unsigned *digits)
{
    const uint8_t *start = data + span.offset, *end = start + span.length;
    const uint8_t *last = span.length > 8 ? end - 8 : start;
    uint64_t sum = 0;
    if (span.offset + span.length < 8 || span.length > DIGITS_MAX || take_digits(start, last, &sum) != last)
        return read_any_decimal(start, end, value, digits);
    uint64_t values = (s7_word_at(end - 8) ^ UINT64_C(0x3030303030303030)) & s7_top[end - last];
    if (start == end || *start == '.' || !s7_take_point(&values, digits))
        return false;
    *value = sum * (*digits ? 10000000 : 100000000) + s7_eight_value(values);
    return true;
}

bool s7_read_long_decimal(const uint8_t *data, struct s7_span span, int64_t *value, unsigned *digits)
{
    uint64_t magnitude;
    bool negative = span.length > 0 && data[span.offset] == '-';
    if (!read_magnitude(data, s7_span(span.offset + negative, span.length - negative), &magnitude, digits))
        return false;
    *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

bool s7_read_long_hex(const uint8_t *data, struct s7_span span, uint64_t *value)
{
    if (span.length == 0 || span.length > 16)
        return false;
    /* Once below zero it stays there. */
    int64_t sum = 0;
    for (const uint8_t *p = data + span.offset, *end = p + span.length; p < end; p++)
        sum = (int64_t)((uint64_t)sum << 4 | (uint64_t)s7_hex_values[*p]);
    if (sum < 0)
        return false;
    *value = (uint64_t)sum;
    return true;
}

/* Sum of the digits of eight, of every second one of them the digits of its double. */
static uint64_t luhn_sums(uint64_t digits)
{
    uint64_t doubled = digits & UINT64_C(0xFF00FF00FF00FF00);
    uint64_t tens = (doubled + UINT64_C(0x7B7B7B7B7B7B7B7B)) >> 7 & UINT64_C(0x0101010101010101);
    return digits + doubled - tens * 9;
}

bool s7_imei_valid(const char *id, size_t length)
{
    if (length != 15)
        return false;
    /* The first eight digits and, without the last of these again, the other seven. */
    uint64_t first = s7_word_at((const uint8_t *)id) ^ UINT64_C(0x3030303030303030);
    uint64_t others = s7_word_at((const uint8_t *)id + 7) ^ UINT64_C(0x3030303030303030);
    if ((s7_no_digits(first) | s7_no_digits(others)) != 0)
        return false;
    uint64_t sums = luhn_sums(first) + luhn_sums(others >> 8);
    return (sums * UINT64_C(0x0101010101010101) >> 56) % 10 == 0;
}
