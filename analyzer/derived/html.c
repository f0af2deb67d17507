/* SPDX-License-Identifier: GPL-2.0-or-later
 * How values become text in the page. */
#include "derived/html.h"

#include "base/origin.h"
#include "base/text.h"
#include "derived/piece.h"
#include "derived/xml.h"

#include <math.h>
#include <stdlib.h>

void html_text(GString *out, const char *text)
{
    if (text)
        xml_text(out, text);
}

void html_foreign(GString *out, const char *text)
{
    g_string_append(out, "<bdi>");
    html_text(out, text);
    g_string_append(out, "</bdi>");
}

void html_count(GString *out, uint64_t count)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    int length = g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, digits[i]);
    }
}

void html_counted(GString *out, uint64_t count, const char *one, const char *many)
{
    html_count(out, count);
    g_string_append_printf(out, " %s", count == 1 ? one : many);
}

/* A number of ten to the power of -digits each, with that many digits behind the point. */
static void put_decimal(GString *out, int64_t value, unsigned digits)
{
    piece_end(out, s7_put_decimal(piece_begin(out, S7_DECIMAL_MAX + PEN_SLACK), value, digits));
}

/* Where the product is so small, its error is far below a millionth: unless it is that close to the middle between two
 * numbers, its rounding is that of the value itself. */
#define SCALED_MAX 1e9
#define MIDDLE     1e-6

void html_fixed(GString *out, double value, unsigned decimals)
{
    static const double powers[] = {1, 10, 100, 1000};
    double scaled = decimals < G_N_ELEMENTS(powers) ? value * powers[decimals] : SCALED_MAX;
    if (fabs(scaled) < SCALED_MAX && fabs(fabs(scaled - trunc(scaled)) - 0.5) > MIDDLE) {
        int64_t rounded = llround(scaled);
        if (rounded != 0 || !signbit(value)) { /* -0.0 stays */
            put_decimal(out, rounded, decimals);
            return;
        }
    }
    g_string_append_printf(out, "%.*f", (int)decimals, value);
}

void html_number(GString *out, double value, unsigned decimals)
{
    gsize start = out->len;
    html_fixed(out, value, decimals);
    if (decimals > 0) {
        while (out->str[out->len - 1] == '0')
            g_string_truncate(out, out->len - 1);
        if (out->str[out->len - 1] == '.')
            g_string_truncate(out, out->len - 1);
    }
    if (g_str_equal(out->str + start, "-0"))
        g_string_erase(out, (gssize)start, 1);
}

void html_integer(GString *out, int64_t value)
{
    put_decimal(out, value, 0);
}

void html_next_integer(GString *out, int64_t value)
{
    if (value >= 0)
        g_string_append_c(out, ' ');
    html_integer(out, value);
}

void html_place(GString *out, double value)
{
    long tenths = lround(value * 10);
    bool whole = tenths % 10 == 0;
    put_decimal(out, whole ? tenths / 10 : tenths, whole ? 0 : 1);
}

void html_moment(GString *out, int64_t second)
{
    text_second(out, second * NANOSECONDS);
}

void html_time(GString *out, int64_t second, bool utc)
{
    g_string_append(out, "<time datetime=\"");
    gsize start = out->len;
    html_moment(out, second);
    out->str[start + 10] = 'T';
    g_string_append(out, utc ? "Z\">" : "\">");
    html_moment(out, second);
    g_string_append(out, "</time>");
}

void html_duration(GString *out, int64_t seconds)
{
    static const struct {
        int64_t size;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    unsigned unit = 0;
    while (unit < 3 && seconds < units[unit].size)
        unit++;
    g_string_append_printf(out, "%" G_GINT64_FORMAT " %s", seconds / units[unit].size, units[unit].name);
    int64_t rest = seconds % units[unit].size;
    if (unit < 3 && rest / units[unit + 1].size > 0)
        g_string_append_printf(out, " %" G_GINT64_FORMAT " %s", rest / units[unit + 1].size, units[unit + 1].name);
}

void html_duration_cell(GString *out, int64_t seconds)
{
    g_string_append_printf(out, "<data value=\"%" G_GINT64_FORMAT "\">", seconds);
    html_duration(out, seconds);
    g_string_append(out, "</data>");
}

void html_distance_cell(GString *out, double metres)
{
    g_string_append_printf(out, "<data value=\"%.0f\">", metres);
    if (metres < 999.5)
        g_string_append_printf(out, "%.0f m", metres);
    if (metres >= 999.5) {
        uint64_t tenths = (uint64_t)llround(metres / 100);
        html_count(out, tenths / 10);
        g_string_append_printf(out, ".%u km", (unsigned)(tenths % 10));
    }
    g_string_append(out, "</data>");
}

void html_degrees(GString *out, int32_t degrees)
{
    unsigned digits = 7;
    for (; digits > 0 && degrees % 10 == 0; digits--)
        degrees /= 10;
    put_decimal(out, degrees, digits);
}

void html_position(GString *out, struct position position)
{
    if (position.latitude == DISTANCE_NOWHERE)
        return;
    html_degrees(out, position.latitude);
    g_string_append(out, ", ");
    html_degrees(out, position.longitude);
}
