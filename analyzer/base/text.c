/* SPDX-License-Identifier: GPL-2.0-or-later
 * How values become text in the results: escapes, CSV cells, JSON strings, times. */
#include "base/text.h"

#include "base/origin.h"
#include "base/pen.h"

#include <string.h>

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '\\';
}

/* Bytes of the printable non-ASCII character at bytes[0], 0 if there is none. */
static size_t printable_character(const uint8_t *bytes, size_t length)
{
    if (bytes[0] < 0x80)
        return 0;
    gunichar c = g_utf8_get_char_validated((const char *)bytes, (gssize)MIN(length, 6));
    if (c == (gunichar)-1 || c == (gunichar)-2 || !g_unichar_isprint(c))
        return 0;
    return (size_t)g_unichar_to_utf8(c, NULL);
}

/* A quote in a JSON string. */
static char *put_quote(char *out, enum text_form form)
{
    return pen_put_bytes(out, "\\\"\"", form == TEXT_JSON_CELL ? 3 : 2);
}

/* A byte that is not plain, or a quote in a JSON string, which doubles the backslashes of escapes. */
static char *put_odd(char *out, uint8_t c, enum text_form form)
{
    if (form == TEXT_BARE)
        return pen_put_escaped(out, c);
    if (c == '"')
        return put_quote(out, form);
    *out = '\\';
    out = pen_put_escaped(out + 1, c);
    return c == '\\' ? pen_put_char(out, '\\') : out;
}

char *text_put(char *out, const uint8_t *bytes, size_t length, enum text_set set, enum text_form form)
{
    size_t i = 0;
    while (i < length) {
        uint8_t c = bytes[i];
        size_t character = set == TEXT_UTF8 ? printable_character(bytes + i, length - i) : 0;
        if (character > 0) {
            memcpy(out, bytes + i, character);
            out += character;
            i += character;
            continue;
        }
        i++;
        if (is_plain(c) && (form == TEXT_BARE || c != '"'))
            *out++ = (char)c;
        else
            out = put_odd(out, c, form);
    }
    return out;
}

char *text_put_json(char *out, const char *text, size_t length, enum text_form form)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '"')
            out = put_quote(out, form);
        else if (c == '\\')
            out = pen_put_literal(out, "\\\\");
        else if ((unsigned char)c < 0x20)
            out += g_snprintf(out, 7, "\\u%04x", (unsigned)c);
        else
            *out++ = c;
    }
    return out;
}

size_t text_visible_character(const char *text, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)text;
    return *bytes >= 0x20 && *bytes < 0x7f ? 1 : printable_character(bytes, length);
}

char *text_visible(const char *text)
{
    size_t length = strlen(text);
    char *out = g_malloc(TEXT_BYTE_MAX * length + 1), *at = out;
    for (size_t i = 0; i < length;) {
        size_t character = text_visible_character(text + i, length - i);
        at = character > 0 ? pen_put_bytes(at, text + i, character) : pen_put_escaped(at, (uint8_t)text[i]);
        i += character > 0 ? character : 1;
    }
    *at = '\0';
    return out;
}

/* Room for so many bytes more behind the end of the string; given is where they go. */
static char *make_room(GString *out, size_t length)
{
    size_t used = out->len;
    g_string_set_size(out, used + length);
    out->len = used;
    return out->str + used;
}

static void end_at(GString *out, char *end)
{
    *end = '\0';
    out->len = (gsize)(end - out->str);
}

void text_escape(GString *out, const uint8_t *bytes, size_t length, enum text_set set)
{
    char *at = make_room(out, TEXT_BYTE_MAX * length);
    end_at(out, text_put(at, bytes, length, set, TEXT_BARE));
}

void text_cell(GString *out, const char *text, size_t length, bool guard)
{
    char *at = make_room(out, 2 * length + 3);
    end_at(out, pen_make_cell(at, pen_put_bytes(at, text, length), guard));
}

void text_json(GString *out, const char *text, size_t length)
{
    g_string_append_c(out, '"');
    for (size_t i = 0; i < length; i++) {
        size_t start = i;
        while (i < length && text[i] != '"' && text[i] != '\\' && (unsigned char)text[i] >= 0x20)
            i++;
        g_string_append_len(out, text + start, (gssize)(i - start));
        if (i == length)
            break;
        if ((unsigned char)text[i] < 0x20)
            g_string_append_printf(out, "\\u%04x", (unsigned)text[i]);
        else {
            g_string_append_c(out, '\\');
            g_string_append_c(out, text[i]);
        }
    }
    g_string_append_c(out, '"');
}

void text_unsigned(GString *out, uint64_t value)
{
    end_at(out, s7_put_unsigned(make_room(out, S7_UNSIGNED_MAX), value));
}

/* Seconds of a day, and where its time stands in a text. */
#define DAY      INT64_C(86400)
#define CLOCK_AT 11

/* Days since 1970, and what is left of them. */
static int64_t floor_day(int64_t second, int64_t *rest)
{
    int64_t days = second / DAY;
    *rest = second % DAY;
    if (*rest < 0) {
        *rest += DAY;
        days--;
    }
    return days;
}

/* hh:mm:ss, but for the colons. */
static void print_clock(char *out, uint32_t second)
{
    s7_put_two(out, second / 3600);
    s7_put_two(out + 3, second / 60 % 60);
    s7_put_two(out + 6, second % 60);
}

/* Writes YYYY-MM-DD?hh:mm:ss, TEXT_SECOND_SIZE characters. */
static void print_second(char *out, int64_t second, char between)
{
    int64_t rest, days = floor_day(second, &rest);
    /* Years that begin in March, in eras of 400 years. */
    int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * month + 2) / 5 + 1;
    int64_t year = year_of_era + era * 400 + (month >= 10);
    memcpy(out, "0000-00-00 00:00:00", TEXT_SECOND_SIZE);
    out[10] = between;
    s7_put_two(out, (uint32_t)year / 100);
    s7_put_two(out + 2, (uint32_t)year % 100);
    s7_put_two(out + 5, (uint32_t)(month < 10 ? month + 3 : month - 9));
    s7_put_two(out + 8, (uint32_t)day);
    print_clock(out + CLOCK_AT, (uint32_t)rest);
}

static int64_t floor_second(int64_t time, int64_t *fraction)
{
    int64_t second = time / NANOSECONDS;
    *fraction = time % NANOSECONDS;
    if (*fraction < 0) {
        *fraction += NANOSECONDS;
        second--;
    }
    return second;
}

void text_clock_init(struct text_clock *clock)
{
    clock->second = 0;
    clock->midnight = 0;
    clock->fraction = 0;
    print_second(clock->text, 0, 'T');
}

/* On the same day only the time is another one. */
static void set_second(struct text_clock *clock, int64_t second)
{
    int64_t rest = second - clock->midnight;
    clock->second = second;
    if (rest >= 0 && rest < DAY) {
        print_clock(clock->text + CLOCK_AT, (uint32_t)rest);
        return;
    }
    floor_day(second, &rest);
    clock->midnight = second - rest;
    print_second(clock->text, second, 'T');
}

void text_clock_put(struct text_clock *clock, char *out, int64_t time)
{
    int64_t fraction, second = floor_second(time, &fraction);
    if (second != clock->second)
        set_second(clock, second);
    clock->fraction = (uint32_t)fraction;
    memcpy(out, clock->text, TEXT_SECOND_SIZE);
    out[19] = '.';
    s7_put_nine(out + 20, (uint32_t)fraction);
    out[29] = 'Z';
}

void text_time(GString *out, int64_t time)
{
    struct text_clock clock;
    char buffer[TEXT_TIME_SIZE];
    text_clock_init(&clock);
    text_clock_put(&clock, buffer, time);
    g_string_append_len(out, buffer, sizeof buffer);
}

void text_second(GString *out, int64_t time)
{
    char buffer[TEXT_SECOND_SIZE];
    int64_t fraction;
    print_second(buffer, floor_second(time, &fraction), ' ');
    g_string_append_len(out, buffer, sizeof buffer);
}
