/* SPDX-License-Identifier: GPL-2.0-or-later
 * Formatting at its edges: digits, decimals, times, cells, escapes, whatever the string's memory has room for. */
#include "base/pen.h"
#include "base/text.h"
#include "message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Numbers whose digits are easily wrong: beside powers of ten and two, ends of the types. */
static const uint64_t numbers[] = {0,
                                   1,
                                   9,
                                   10,
                                   11,
                                   99,
                                   100,
                                   101,
                                   999,
                                   1000,
                                   9999,
                                   10000,
                                   10001,
                                   65535,
                                   99999,
                                   100000,
                                   9999999,
                                   10000000,
                                   99999999,
                                   100000000,
                                   100000001,
                                   4294967295,
                                   4294967296,
                                   UINT64_C(9999999999999999),
                                   UINT64_C(10000000000000000),
                                   UINT64_C(999999999999999999),
                                   UINT64_C(1000000000000000000),
                                   INT64_MAX,
                                   UINT64_C(9223372036854775808),
                                   UINT64_C(10000000000000000000),
                                   UINT64_MAX};

static void numbers_have_the_digits_of_printf(void **state)
{
    GString *out = g_string_new(NULL);
    char expected[32];
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        for (int step = -1; step <= 1; step++) {
            uint64_t value = numbers[i] + (uint64_t)(int64_t)step;
            snprintf(expected, sizeof expected, "%" G_GUINT64_FORMAT, value);
            g_string_truncate(out, 0);
            text_unsigned(out, value);
            assert_string_equal(out->str, expected);
        }
    }
    for (uint64_t value = 0; value < 20000; value++) {
        snprintf(expected, sizeof expected, "%" G_GUINT64_FORMAT, value);
        g_string_truncate(out, 0);
        text_unsigned(out, value);
        assert_string_equal(out->str, expected);
    }
    g_string_free(out, TRUE);
}

static void decimals_keep_their_digits(void **state)
{
    static const struct {
        int64_t value;
        uint8_t digits;
        const char *expected;
    } cases[] = {{0, 0, "0"},
                 {0, 1, "0.0"},
                 {0, 18, "0.000000000000000000"},
                 {-1, 1, "-0.1"},
                 {5, 3, "0.005"},
                 {-5, 0, "-5"},
                 {599322950, 7, "59.9322950"},
                 {-1143964783, 7, "-114.3964783"},
                 {1000, 3, "1.000"},
                 {999, 3, "0.999"},
                 {99999999, 8, "0.99999999"},
                 {123456789, 8, "1.23456789"},
                 {INT64_C(1234567890123456789), 9, "1234567890.123456789"},
                 {INT64_C(100000000), 0, "100000000"},
                 {INT64_MAX, 0, "9223372036854775807"},
                 {INT64_MAX, 18, "9.223372036854775807"},
                 {INT64_MIN, 0, "-9223372036854775808"},
                 {INT64_MIN, 1, "-922337203685477580.8"},
                 {INT64_MIN, 18, "-9.223372036854775808"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char out[S7_VALUE_SIZE];
        struct s7_field field = {.type = S7_DECIMAL, .digits = cases[i].digits, .value.integer = cases[i].value};
        size_t length = s7_value_print(&field, out);
        assert_string_equal(out, cases[i].expected);
        assert_int_equal(length, strlen(cases[i].expected));
    }
}

static void other_values(void **state)
{
    char out[S7_VALUE_SIZE];
    struct s7_field hex = {.type = S7_HEX, .digits = 16, .value.integer = INT64_MAX};
    assert_int_equal(s7_value_print(&hex, out), 18);
    assert_string_equal(out, "0x7fffffffffffffff");
    hex.digits = 4;
    hex.value.integer = 0x10;
    s7_value_print(&hex, out);
    assert_string_equal(out, "0x0010");
    struct s7_field time = {.type = S7_TIME, .value.time = {2099, 12, 31, 23, 59, 58}};
    assert_int_equal(s7_value_print(&time, out), 19);
    assert_string_equal(out, "2099-12-31T23:59:58");
    struct s7_field text = {.type = S7_TEXT};
    assert_int_equal(s7_value_print(&text, out), 0);
}

static void nanoseconds_have_nine_decimals(void **state)
{
    static const struct {
        int64_t value;
        const char *expected;
    } cases[] = {{0, "0.000000000"},
                 {-1, "-0.000000001"},
                 {1000000000, "1.000000000"},
                 {-1999999999, "-1.999999999"},
                 {INT64_MAX, "9223372036.854775807"},
                 {INT64_MIN, "-9223372036.854775808"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char out[PEN_NANOSECONDS_MAX + 1];
        *pen_put_nanoseconds(out, cases[i].value) = '\0';
        assert_string_equal(out, cases[i].expected);
    }
}

/* One clock prints what a new one would, in any order of times. */
static void a_kept_clock_prints_every_time(void **state)
{
    static const struct {
        int64_t time;
        const char *expected;
    } cases[] = {{INT64_C(1795376700123456789), "2026-11-22T19:45:00.123456789Z"},
                 {INT64_C(1795376700000000001), "2026-11-22T19:45:00.000000001Z"},
                 {INT64_C(1795376699999999999), "2026-11-22T19:44:59.999999999Z"},
                 {INT64_C(1795391999000000000), "2026-11-22T23:59:59.000000000Z"},
                 {INT64_C(1795392000000000000), "2026-11-23T00:00:00.000000000Z"},
                 {INT64_C(1795391940000000000), "2026-11-22T23:59:00.000000000Z"},
                 {0, "1970-01-01T00:00:00.000000000Z"},
                 {INT64_C(86399000000000), "1970-01-01T23:59:59.000000000Z"},
                 {-1, "1969-12-31T23:59:59.999999999Z"},
                 {-1000000000, "1969-12-31T23:59:59.000000000Z"},
                 {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
                 {INT64_MIN, "1677-09-21T00:12:43.145224192Z"}};
    struct text_clock clock;
    text_clock_init(&clock);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char out[TEXT_TIME_SIZE];
        text_clock_put(&clock, out, cases[i].time);
        assert_memory_equal(out, cases[i].expected, sizeof out);
    }
}

/* What fast_pen_frame() writes is the escape as a cell. */
static void expect_frame(const uint8_t *bytes, size_t length, bool guard)
{
    GString *escaped = g_string_new(NULL), *expected = g_string_new(NULL);
    text_escape(escaped, bytes, length, TEXT_ASCII);
    text_cell(expected, escaped->str, escaped->len, guard);
    g_autofree char *out = g_malloc(4 * length + 3 + PEN_SLACK);
    char *end = fast_pen_frame(out, bytes, length, pen_plain(bytes, length), guard);
    assert_int_equal(end - out, expected->len);
    assert_memory_equal(out, expected->str, expected->len);
    g_string_free(escaped, TRUE);
    g_string_free(expected, TRUE);
}

static void frames_are_escaped_cells(void **state)
{
    static const struct {
        const char *bytes, *expected;
        size_t length;
    } cases[] = {{"", "", 0},
                 {"#1#", "#1#", 3},
                 {"#1,2#", "\"#1,2#\"", 5},
                 {"a\"b", "\"a\"\"b\"", 3},
                 {"\r\n", "\\r\\n", 2},
                 {"\0\\\xff\t", "\\x00\\\\\\xFF\\x09", 4},
                 {"=1", "'=1", 2},
                 {"@,\"", "\"'@,\"\"\"", 3},
                 {"\t", "\\x09", 1},
                 {"0123456789abcde,0123456789abcdef", "\"0123456789abcde,0123456789abcdef\"", 32},
                 {"0123456789abcdef0123456789abc\x7f\r\n", "0123456789abcdef0123456789abc\\x7F\\r\\n", 32}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char out[4 * 32 + 3 + PEN_SLACK];
        const uint8_t *bytes = (const uint8_t *)cases[i].bytes;
        *fast_pen_frame(out, bytes, cases[i].length, pen_plain(bytes, cases[i].length), true) = '\0';
        assert_string_equal(out, cases[i].expected);
        expect_frame((const uint8_t *)cases[i].bytes, cases[i].length, false);
    }
    /* Each byte in each place of two blocks and a rest. */
    for (unsigned c = 0; c < 256; c++) {
        for (size_t place = 0; place < 37; place++) {
            uint8_t bytes[37];
            memset(bytes, 'x', sizeof bytes);
            bytes[place] = (uint8_t)c;
            expect_frame(bytes, sizeof bytes, true);
        }
    }
}

/* Each byte in each place of texts of each length: what is plain ends there or goes on. */
static void plain_bytes(void **state)
{
    for (unsigned c = 0; c < 256; c++) {
        bool odd = c < 32 || c > 126 || c == '\\' || c == '"';
        for (size_t length = 1; length < 50; length++) {
            for (size_t place = 0; place < length; place++) {
                uint8_t bytes[50];
                memset(bytes, '#', sizeof bytes);
                bytes[place] = (uint8_t)c;
                assert_int_equal(pen_plain(bytes, length), odd ? place : length);
            }
        }
    }
    assert_int_equal(pen_plain((const uint8_t *)"a\"\0b", 4), 1);
    assert_int_equal(pen_plain((const uint8_t *)"", 0), 0);
}

static void short_texts(void **state)
{
    char out[64];
    for (unsigned c = 0; c < 256; c++) {
        bool odd = c < 32 || c > 126 || c == '\\' || c == '"' || c == ',';
        const uint8_t inside[] = {'x', (uint8_t)c, 'y'}, first[] = {(uint8_t)c, 'x'};
        assert_ptr_equal(fast_pen_short(out, inside, 3, true), odd ? NULL : out + 3);
        if (!odd)
            assert_memory_equal(out, inside, 3);
        bool formula = c == '=' || c == '+' || c == '-' || c == '@';
        assert_ptr_equal(fast_pen_short(out, first, 2, true), odd || formula ? NULL : out + 2);
        assert_ptr_equal(fast_pen_short(out, first, 2, false), odd ? NULL : out + 2);
    }
    uint8_t longest[PEN_SHORT + 1];
    memset(longest, 'x', sizeof longest);
    assert_ptr_equal(fast_pen_short(out, longest, 0, true), out);
    assert_ptr_equal(fast_pen_short(out, longest, PEN_SHORT, true), out + PEN_SHORT);
    assert_null(fast_pen_short(out, longest, PEN_SHORT + 1, true));
}

static void words_of_every_length(void **state)
{
    char text[PEN_WORD_MAX + 1] = "", out[PEN_WORD_MAX + PEN_SLACK];
    for (size_t length = 0; length <= PEN_WORD_MAX; length++) {
        struct pen_word word;
        pen_set_word(&word, text);
        assert_ptr_equal(pen_put_word(out, &word), out + length);
        assert_memory_equal(out, text, length);
        if (length < PEN_WORD_MAX)
            text[length] = (char)('a' + length % 26);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_the_digits_of_printf),
        cmocka_unit_test(decimals_keep_their_digits),
        cmocka_unit_test(other_values),
        cmocka_unit_test(nanoseconds_have_nine_decimals),
        cmocka_unit_test(a_kept_clock_prints_every_time),
        cmocka_unit_test(frames_are_escaped_cells),
        cmocka_unit_test(plain_bytes),
        cmocka_unit_test(short_texts),
        cmocka_unit_test(words_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
