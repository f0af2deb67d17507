/* SPDX-License-Identifier: GPL-2.0-or-later
 * What stands behind options: texts to ports, times, sizes, shares. */
#include "options.h"

#include <string.h>

/* Times further from 1970 do not fit into nanoseconds. */
#define SECONDS_MAX INT64_C(9000000000)
/* More than any of the limits needs, and far from an overflow. */
#define SIZE_LIMIT (UINT64_C(1) << 40)

static int compare_ports(gconstpointer a, gconstpointer b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static bool parse_port(const char *text, char **end, uint16_t *port)
{
    if (!g_ascii_isdigit(*text))
        return false;
    guint64 value = g_ascii_strtoull(text, end, 10);
    *port = (uint16_t)value;
    return value >= 1 && value <= UINT16_MAX;
}

/* "8888" or "9000-9010" */
static bool add_ports(GArray *ports, const char *text)
{
    uint16_t first, last;
    char *end;
    if (!parse_port(text, &end, &first))
        return false;
    last = first;
    if (*end == '-' && !parse_port(end + 1, &end, &last))
        return false;
    if (*end != '\0' || last < first)
        return false;
    for (uint32_t port = first; port <= last; port++) {
        uint16_t value = (uint16_t)port;
        g_array_append_val(ports, value);
    }
    return true;
}

bool options_ports(const char *text, GArray **ports)
{
    *ports = NULL;
    if (strcmp(text, "any") == 0)
        return true;
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    bool good = items[0] != NULL;
    for (char **item = items; *item && good; item++)
        good = add_ports(all, g_strstrip(*item));
    if (!good) {
        g_array_unref(all);
        return false;
    }
    g_array_sort(all, compare_ports);
    *ports = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    for (guint i = 0; i < all->len; i++)
        if (i == 0 || g_array_index(all, uint16_t, i) != g_array_index(all, uint16_t, i - 1))
            g_array_append_val(*ports, g_array_index(all, uint16_t, i));
    g_array_unref(all);
    return true;
}

/* Digits of the time of day before the end of the text: six with seconds. */
static unsigned clock_digits(const char *text, const char *end)
{
    unsigned digits = 0;
    while (text < end && *text != 'T' && *text != ' ')
        text++;
    for (; text < end; text++)
        digits += g_ascii_isdigit(*text);
    return digits;
}

/* Takes the fraction of a second out of an ISO 8601 text: GDateTime keeps only microseconds. */
static bool take_fraction(char *text, int64_t *nanoseconds)
{
    *nanoseconds = 0;
    char *point = strpbrk(text, ".,");
    if (!point)
        return true;
    size_t digits = strspn(point + 1, G_CSET_DIGITS);
    if (digits == 0 || digits > 9 || clock_digits(text, point) != 6)
        return false;
    int64_t unit = NANOSECONDS;
    for (size_t i = 1; i <= digits; i++) {
        unit /= 10;
        *nanoseconds += (point[i] - '0') * unit;
    }
    memmove(point, point + 1 + digits, strlen(point + 1 + digits) + 1);
    return strpbrk(point, ".,") == NULL;
}

bool options_time(const char *text, int64_t *time)
{
    g_autofree char *copy = g_strdup(text);
    int64_t nanoseconds;
    if (!take_fraction(copy, &nanoseconds))
        return false;
    if (strlen(copy) > 10 && copy[10] == ' ')
        copy[10] = 'T';
    /* GDateTime wants seconds: a date alone and hh:mm are completed. */
    size_t clock = strlen(copy) > 11 ? strcspn(copy + 11, "Z+-") : 0;
    const char *zone = strlen(copy) > 11 ? copy + 11 + clock : "";
    g_autofree char *whole = strlen(copy) == 10 ? g_strconcat(copy, "T00:00:00", NULL)
                             : clock == 5       ? g_strdup_printf("%.16s:00%s", copy, zone)
                                                : g_strdup(copy);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(whole, utc);
    if (!date || g_date_time_to_unix(date) > SECONDS_MAX || g_date_time_to_unix(date) < -SECONDS_MAX)
        return false;
    *time = g_date_time_to_unix(date) * NANOSECONDS + nanoseconds;
    return true;
}

bool options_size(const char *text, uint64_t *size)
{
    static const char units[] = "KMG";
    char *end;
    if (!g_ascii_isdigit(*text))
        return false;
    guint64 value = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, g_ascii_toupper(*end)) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (end[unit ? 1 : 0] != '\0' || value < 1 || value > SIZE_LIMIT >> shift)
        return false;
    *size = value << shift;
    return true;
}

bool options_share(const char *text, uint32_t *number, uint32_t *count)
{
    char *end;
    if (!g_ascii_isdigit(*text))
        return false;
    guint64 first = g_ascii_strtoull(text, &end, 10);
    if (*end != '/' || !g_ascii_isdigit(end[1]))
        return false;
    guint64 second = g_ascii_strtoull(end + 1, &end, 10);
    *number = (uint32_t)first;
    *count = (uint32_t)second;
    return *end == '\0' && first >= 1 && first <= second && second <= SHARDS_MAX;
}

bool options_tracks(const char *text, unsigned *forms)
{
    static const char *const names[] = {"gpx", "kml", "geojson"};
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    *forms = 0;
    for (char **item = items; *item; item++) {
        unsigned found = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
            if (strcmp(g_strstrip(*item), names[i]) == 0)
                found = 1U << i;
        if (found == 0)
            return false;
        *forms |= found;
    }
    return *forms != 0;
}
