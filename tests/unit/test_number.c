/* SPDX-License-Identifier: GPL-2.0-or-later
 * The primitive forms, which are read a word at a time: at every place of a frame and of every length they are what
 * they are byte by byte, and nothing behind a span is read. */
#include "builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define LENGTH_MAX 40

static uint64_t random_state = 88172645463325252U;

static unsigned draw(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 20) % below;
}

/* --- Byte by byte --- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static unsigned count_digits(const uint8_t *text, unsigned length)
{
    unsigned count = 0;
    while (count < length && is_digit(text[count]))
        count++;
    return count;
}

static int64_t value_of(const uint8_t *text, unsigned length)
{
    int64_t value = 0;
    for (unsigned i = 0; i < length; i++)
        if (is_digit(text[i]))
            value = value * 10 + text[i] - '0';
    return value;
}

/* Decimals of a decimal, -1 if it is none. */
static int decimals_of(const uint8_t *text, unsigned length)
{
    unsigned sign = length > 0 && text[0] == '-';
    unsigned whole = count_digits(text + sign, length - sign), point = sign + whole;
    if (whole == 0)
        return -1;
    if (point == length)
        return whole <= 18 ? 0 : -1;
    unsigned decimals = count_digits(text + point + 1, length - point - 1);
    bool fits = text[point] == '.' && decimals > 0 && point + 1 + decimals == length && whole + decimals <= 18;
    return fits ? (int)decimals : -1;
}

static void check_numbers(const uint8_t *data, struct s7_span span)
{
    const uint8_t *text = data + span.offset;
    bool all = span.length > 0 && count_digits(text, span.length) == span.length;
    assert_int_equal(s7_digits(data, span), all);

    int64_t value = -7;
    bool fits = all && span.length <= 18;
    assert_int_equal(s7_read_uint(data, span, &value), fits);
    assert_int_equal(value, fits ? value_of(text, span.length) : -7);

    int decimals = decimals_of(text, span.length);
    unsigned digits;
    value = -7;
    assert_int_equal(s7_read_decimal(data, span, &value, &digits), decimals >= 0);
    if (decimals >= 0) {
        int64_t magnitude = value_of(text, span.length);
        assert_int_equal(value, text[0] == '-' ? -magnitude : magnitude);
        assert_int_equal(digits, decimals);
    } else {
        assert_int_equal(value, -7);
    }
}

static void check_hex(const uint8_t *data, struct s7_span span)
{
    char text[LENGTH_MAX + 1] = {0};
    uint64_t value = 7;
    memcpy(text, data + span.offset, span.length);
    unsigned long long sent = strtoull(text, NULL, 16);
    bool fits = span.length > 0 && span.length <= 16 && sent <= INT64_MAX &&
                strspn(text, "0123456789abcdefABCDEF") == span.length;
    assert_int_equal(s7_read_hex(data, span, &value), fits);
    assert_int_equal(value, fits ? sent : 7);
}

/* The text at every offset of a frame that ends with it, and of one that goes on. */
static void check_everywhere(const uint8_t *text, unsigned length)
{
    for (unsigned before = 0; before < 10; before++) {
        uint8_t *frame = malloc(before + length + 1);
        assert_non_null(frame);
        memset(frame, '1', before + length + 1);
        memcpy(frame + before, text, length);
        check_numbers(frame, s7_span(before, length));
        check_hex(frame, s7_span(before, length));
        uint8_t *exact = realloc(frame, before + length + (before + length == 0));
        assert_non_null(exact);
        check_numbers(exact, s7_span(before, length));
        check_hex(exact, s7_span(before, length));
        free(exact);
    }
}

static void short_texts(void **state)
{
    /* Neighbours of digits and letters in ASCII, and bytes that look like them without one of their bits. */
    static const uint8_t bytes[] = {'0', '9', '.', '-', '/', ':', 'a', 'F', 0x10, 0xB5};
    const unsigned count = sizeof bytes;
    for (unsigned length = 0, all = 1; length <= 4; length++, all *= count)
        for (unsigned number = 0; number < all; number++) {
            uint8_t text[4];
            for (unsigned i = 0, rest = number; i < length; i++, rest /= count)
                text[i] = bytes[rest % count];
            check_everywhere(text, length);
        }
}

static void long_texts(void **state)
{
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t text[LENGTH_MAX];
        unsigned length = draw(22);
        for (unsigned i = 0; i < length; i++)
            text[i] = (uint8_t)('0' + draw(10));
        if (length > 0 && draw(4) > 0)
            text[draw(length)] = '.';
        if (length > 0 && draw(4) == 0)
            text[0] = '-';
        if (length > 0 && draw(4) == 0)
            text[draw(length)] = (uint8_t)draw(256);
        check_everywhere(text, length);
    }
}

/* --- Parts --- */

static void check_split(const uint8_t *data, struct s7_span span, unsigned max)
{
    uint16_t starts[S7_SPLIT_PLACES(LENGTH_MAX)];
    unsigned parts = s7_split(data, span, ',', starts, max), part = 0;
    uint32_t from = span.offset, end = span.offset + span.length;
    for (uint32_t i = span.offset; i <= end; i++) {
        if (i < end && (data[i] != ',' || part == max))
            continue;
        struct s7_span found = s7_part(starts, part++);
        assert_int_equal(found.offset, from);
        assert_int_equal(found.length, i - from);
        from = i + 1;
    }
    assert_int_equal(parts, part);
    uint32_t either = span.offset;
    while (either < end && data[either] != '"' && data[either] != '{')
        either++;
    assert_int_equal(s7_find_either(data, span.offset, end, '"', '{'), either);
}

static void splits(void **state)
{
    for (unsigned round = 0; round < 20000; round++) {
        unsigned before = draw(20), length = draw(LENGTH_MAX - 1);
        uint8_t *frame = malloc(before + length + 1);
        assert_non_null(frame);
        memset(frame, ',', before);
        for (unsigned i = 0; i < length; i++)
            frame[before + i] = draw(3) ? (uint8_t) "-+,\"{|"[draw(6)] : (uint8_t)draw(256);
        uint8_t *exact = realloc(frame, before + length + (before + length == 0));
        assert_non_null(exact);
        check_split(exact, s7_span(before, length), draw(LENGTH_MAX));
        free(exact);
    }
}

/* --- Ids, times, values --- */

static void ids(void **state)
{
    for (unsigned round = 0; round < 20000; round++) {
        char id[15];
        unsigned sum = 0;
        bool digits = true;
        for (unsigned i = 0; i < sizeof id; i++) {
            id[i] = (char)(draw(200) ? '0' + draw(10) : draw(256));
            unsigned digit = ((uint8_t)id[i] - 48U) * (i % 2 + 1);
            digits = digits && is_digit((uint8_t)id[i]);
            sum += digit / 10 + digit % 10;
        }
        assert_int_equal(s7_imei_valid(id, sizeof id), digits && sum % 10 == 0);
    }
    assert_true(s7_imei_valid("490154203237518", 15));
    assert_false(s7_imei_valid("4901542032375186", 16));
}

/* Every second day has the last second, the others the first. */
static void seconds(void **state)
{
    for (time_t day = 10957; day < 47482; day++) {
        time_t second = day * 86400 + (day % 2 ? 86399 : 0);
        struct tm tm;
        gmtime_r(&second, &tm);
        struct s7_time t = {(uint16_t)(tm.tm_year + 1900), (uint8_t)(tm.tm_mon + 1), (uint8_t)tm.tm_mday,
                            (uint8_t)tm.tm_hour,           (uint8_t)tm.tm_min,       (uint8_t)tm.tm_sec};
        assert_true(s7_real_date(&t));
        assert_int_equal(s7_time_seconds(&t), second);
    }
}

static void doubles(void **state)
{
    double scale = 1;
    for (uint8_t digits = 0; digits <= 18; digits++, scale *= 10) {
        struct s7_field field = {.type = S7_DECIMAL, .digits = digits, .value.integer = -123456789012345678};
        assert_true(s7_value_double(&field) == -123456789012345678. / scale);
        field.type = S7_HEX;
        assert_true(s7_value_double(&field) == -123456789012345678.);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_texts), cmocka_unit_test(long_texts), cmocka_unit_test(splits),
        cmocka_unit_test(ids),         cmocka_unit_test(seconds),    cmocka_unit_test(doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
