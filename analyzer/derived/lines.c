/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>-tracks.geojson. The geometry comes first, its times wait until it is whole. */
#include "derived/lines.h"

#include "derived/later.h"
#include "derived/piece.h"

#define POINT_MAX (3 * S7_DECIMAL_MAX + TEXT_TIME_SIZE + 64 + PEN_SLACK)

struct lines {
    const struct track_files *files;
    const struct device *device;
    struct table table;
    struct later times;
    struct text_clock clock;
    const struct life_trip *trip; /* of the track at hand */
    uint64_t number;
    uint64_t first_row, last_row; /* of its points */
    enum map_clock clocks[2];     /* of its first and its last point */
    int64_t first_time, last_time;
    bool any_part, any_point; /* of the track, of the part */
};

static void begin(void *state, const struct device *device)
{
    ((struct lines *)state)->device = device;
}

static void track(void *state, const struct track_stretch *stretch)
{
    struct lines *lines = state;
    bool first = !lines->table.name;
    if (first)
        track_open(&lines->table, lines->files, lines->device, "-tracks.geojson");
    g_string_append(lines->table.text, first ? "{\"type\":\"FeatureCollection\",\"features\":[\n" : ",\n");
    g_string_append(lines->table.text,
                    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"MultiLineString\",\"coordinates\":[");
    lines->trip = stretch->trip;
    lines->number = stretch->number;
    lines->any_part = false;
    lines->first_row = 0;
}

static void part(void *state, enum map_clock clock)
{
    struct lines *lines = state;
    g_string_append(lines->table.text, lines->any_part ? ",[" : "[");
    g_string_append(lines->times.text, lines->any_part ? ",[" : "[");
    lines->any_part = true;
    lines->any_point = false;
}

static void note_point(struct lines *lines, const struct map_fix *fix)
{
    if (lines->first_row == 0) {
        lines->first_row = fix->row;
        lines->first_time = fix->time;
        lines->clocks[0] = (enum map_clock)fix->clock;
    }
    lines->last_row = fix->row;
    lines->last_time = fix->time;
    lines->clocks[1] = (enum map_clock)fix->clock;
}

static void point(void *state, const struct track_fix *track_fix)
{
    struct lines *lines = state;
    const struct map_fix *fix = track_fix->fix;
    char *at = piece_begin(lines->table.text, POINT_MAX);
    if (lines->any_point)
        at = pen_put_char(at, ',');
    at = map_put_number(pen_put_char(at, '['), &fix->longitude);
    at = map_put_number(pen_put_char(at, ','), &fix->latitude);
    if (fix->altitude.sent)
        at = map_put_number(pen_put_char(at, ','), &fix->altitude);
    piece_end(lines->table.text, pen_put_char(at, ']'));
    table_row(&lines->table);
    at = piece_begin(lines->times.text, POINT_MAX);
    if (lines->any_point)
        at = pen_put_char(at, ',');
    if (fix->clock == MAP_NO_CLOCK)
        at = pen_put_literal(at, "null");
    else
        at = pen_put_char(map_put_time(pen_put_char(at, '"'), &lines->clock, (enum map_clock)fix->clock, fix->time),
                          '"');
    piece_end(lines->times.text, at);
    later_row(&lines->times);
    lines->any_point = true;
    note_point(lines, fix);
}

static void part_end(void *state)
{
    struct lines *lines = state;
    g_string_append_c(lines->table.text, ']');
    g_string_append_c(lines->times.text, ']');
}

static void add_time(struct lines *lines, const char *key, enum map_clock clock, int64_t time)
{
    GString *text = lines->table.text;
    if (clock == MAP_NO_CLOCK)
        return;
    g_string_append_printf(text, ",\"%s\":\"", key);
    piece_end(text, map_put_time(piece_begin(text, POINT_MAX), &lines->clock, clock, time));
    g_string_append_c(text, '"');
}

static void add_trip(struct lines *lines)
{
    GString *text = lines->table.text;
    const struct life_trip *trip = lines->trip;
    g_string_append_printf(text, ",\"duration_s\":%" G_GINT64_FORMAT, (trip->end - trip->start) / NANOSECONDS);
    if (trip->distance >= 0)
        g_string_append_printf(text, ",\"distance_m\":%.0f", trip->distance);
    if (trip->odometer != LIFE_NO_TIME)
        g_string_append_printf(text, ",\"odometer_m\":%" G_GINT64_FORMAT, trip->odometer);
    if (trip->max_speed >= 0) {
        char speed[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(text, ",\"max_speed_kmh\":%s",
                               g_ascii_formatd(speed, sizeof speed, "%.1f", trip->max_speed));
    }
}

static void track_end(void *state)
{
    struct lines *lines = state;
    GString *text = lines->table.text;
    const char *kind = track_kind(lines->trip);
    g_string_append_printf(text,
                           "]},\"properties\":{\"name\":\"%s %" G_GUINT64_FORMAT
                           "\",\"device_id\":\"%s\",\"kind\":\"%s\",\"first_row\":%" G_GUINT64_FORMAT
                           ",\"last_row\":%" G_GUINT64_FORMAT,
                           kind, lines->number, lines->device->id, kind, lines->first_row, lines->last_row);
    add_time(lines, "first_time", lines->clocks[0], lines->first_time);
    add_time(lines, "last_time", lines->clocks[1], lines->last_time);
    if (lines->trip)
        add_trip(lines);
    g_string_append(text, ",\"coordTimes\":[");
    later_write(&lines->times, &lines->table);
    g_string_append(lines->table.text, "]}}");
    table_row(&lines->table);
}

static void end(void *state)
{
    struct lines *lines = state;
    if (!lines->table.name)
        return;
    g_string_append(lines->table.text, "\n]}\n");
    table_close(&lines->table);
}

static void close_lines(void *state)
{
    struct lines *lines = state;
    table_clear(&lines->table);
    later_clear(&lines->times);
    g_free(lines);
}

struct track_taker lines_open(void *shared)
{
    struct lines *lines = g_new0(struct lines, 1);
    lines->files = shared;
    later_init(&lines->times, output_scratch(lines->files->output));
    text_clock_init(&lines->clock);
    return (struct track_taker){.state = lines,
                                .begin = begin,
                                .track = track,
                                .part = part,
                                .point = point,
                                .part_end = part_end,
                                .track_end = track_end,
                                .end = end,
                                .close = close_lines};
}
