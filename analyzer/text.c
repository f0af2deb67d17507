/* SPDX-License-Identifier: GPL-2.0-or-later
 * How values become text in the results: escapes, CSV cells, JSON strings, times. */
#include "text.h"

#include <string.h>

#define NANOSECONDS INT64_C(1000000000)

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

static void append_escaped(GString *out, uint8_t c)
{
    static const char hex[] = "0123456789ABCDEF";
    char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
    gssize length = 2;
    if (c == '\r')
        escape[1] = 'r';
    else if (c == '\n')
        escape[1] = 'n';
    else if (c == '\\')
        escape[1] = '\\';
    else
        length = 4;
    g_string_append_len(out, escape, length);
}

void text_escape(GString *out, const uint8_t *bytes, size_t length, enum text_set set)
{
    size_t i = 0;
    while (i < length) {
        size_t start = i;
        while (i < length && is_plain(bytes[i]))
            i++;
        if (i > start)
            g_string_append_len(out, (const char *)bytes + start, (gssize)(i - start));
        if (i == length)
            break;
        size_t character = set == TEXT_UTF8 ? printable_character(bytes + i, length - i) : 0;
        if (character > 0) {
            g_string_append_len(out, (const char *)bytes + i, (gssize)character);
            i += character;
        } else {
            append_escaped(out, bytes[i++]);
        }
    }
}

void text_cell(GString *out, const char *text, size_t length, bool guard)
{
    bool quote = false;
    for (size_t i = 0; i < length && !quote; i++)
        quote = text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n';
    bool prefix = guard && length > 0 && memchr("=+-@\t\r", text[0], 6) != NULL;
    if (quote)
        g_string_append_c(out, '"');
    if (prefix)
        g_string_append_c(out, '\'');
    while (quote && length > 0) {
        const char *mark = memchr(text, '"', length);
        size_t part = mark ? (size_t)(mark - text) + 1 : length;
        g_string_append_len(out, text, (gssize)part);
        if (mark)
            g_string_append_c(out, '"');
        text += part;
        length -= part;
    }
    g_string_append_len(out, text, (gssize)length);
    if (quote)
        g_string_append_c(out, '"');
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
    char digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    g_string_append_len(out, digits + n, (gssize)(sizeof digits - n));
}

static char *padded(char *out, uint64_t value, unsigned width)
{
    for (unsigned i = width; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + width;
}

/* Writes YYYY-MM-DD?hh:mm:ss, 19 characters. */
static char *print_second(char *out, int64_t second, char between)
{
    int64_t days = second / 86400, rest = second % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    /* Years that begin in March, in eras of 400 years. */
    int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * month + 2) / 5 + 1;
    int64_t year = year_of_era + era * 400 + (month >= 10);
    out = padded(out, (uint64_t)year, 4);
    *out++ = '-';
    out = padded(out, (uint64_t)(month < 10 ? month + 3 : month - 9), 2);
    *out++ = '-';
    out = padded(out, (uint64_t)day, 2);
    *out++ = between;
    out = padded(out, (uint64_t)rest / 3600, 2);
    *out++ = ':';
    out = padded(out, (uint64_t)rest / 60 % 60, 2);
    *out++ = ':';
    return padded(out, (uint64_t)rest % 60, 2);
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

void text_time(GString *out, int64_t time)
{
    char buffer[30];
    int64_t fraction, second = floor_second(time, &fraction);
    char *end = print_second(buffer, second, 'T');
    *end++ = '.';
    end = padded(end, (uint64_t)fraction, 9);
    *end = 'Z';
    g_string_append_len(out, buffer, sizeof buffer);
}

void text_second(GString *out, int64_t time)
{
    char buffer[19];
    int64_t fraction, second = floor_second(time, &fraction);
    print_second(buffer, second, ' ');
    g_string_append_len(out, buffer, sizeof buffer);
}

void text_nanoseconds(GString *out, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (value < 0)
        g_string_append_c(out, '-');
    text_unsigned(out, magnitude / (uint64_t)NANOSECONDS);
    char fraction[10] = ".";
    padded(fraction + 1, magnitude % (uint64_t)NANOSECONDS, 9);
    g_string_append_len(out, fraction, sizeof fraction);
}
