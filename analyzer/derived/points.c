/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>-points.geojson. */
#include "derived/points.h"

#include "derived/cells.h"
#include "result/table.h"

/* What stands in the geometry. */
#define PLACE (CELLS_BIT(LATITUDE) | CELLS_BIT(LONGITUDE))
/* Bytes beside those of the cells. */
#define FEATURE_MAX 1024

struct points {
    const struct points_options *options;
    const struct device *device;
    struct table table;
    struct cells cells;
    struct text_clock clock;
};

static void *open_points(void *shared, const struct life_turn *turn)
{
    struct points *points = g_new0(struct points, 1);
    points->options = shared;
    cells_init(&points->cells, points->options->show_secrets);
    text_clock_init(&points->clock);
    return points;
}

static void begin(void *user, const struct device *device)
{
    ((struct points *)user)->device = device;
}

static char *put_id(char *at, const char *key, const char *id)
{
    at = stpcpy(at, key);
    at = stpcpy(at, id); /* letters and digits */
    return pen_put_char(at, '"');
}

static char *put_time(struct points *points, char *at, const struct map_fix *fix)
{
    if (fix->clock == MAP_NO_CLOCK)
        return at;
    at = map_put_time(pen_put_literal(at, ",\"time\":\""), &points->clock, fix->clock, fix->time);
    at = stpcpy(pen_put_literal(at, "\",\"clock\":\""), map_clock_names[fix->clock]);
    return pen_put_char(at, '"');
}

static char *put_geometry(char *at, const struct map_fix *fix)
{
    at = pen_put_literal(at, "},\"geometry\":{\"type\":\"Point\",\"coordinates\":[");
    at = map_put_number(at, &fix->longitude);
    at = map_put_number(pen_put_char(at, ','), &fix->latitude);
    if (fix->altitude.sent)
        at = map_put_number(pen_put_char(at, ','), &fix->altitude);
    return pen_put_literal(at, "]}}");
}

static char *put_feature(struct points *points, char *at, const struct map_fix *fix)
{
    const struct cells *cells = &points->cells;
    const struct s7_message *message = cells->message;
    at = put_id(at, "{\"type\":\"Feature\",\"properties\":{\"name\":\"", cells->facts.device_id);
    at = put_id(at, ",\"device_id\":\"", cells->facts.device_id);
    at = put_time(points, at, fix);
    if (s7_has(message, S7_FIELD_DEVICE_TIME))
        at = cells_put_device_time(cells, pen_put_literal(at, ",\"device_time\":"));
    at = s7_put_unsigned(pen_put_literal(at, ",\"row\":"), fix->row);
    at = cells_put_packet_text(cells, pen_put_literal(at, ",\"packets\":\""));
    at = put_id(at, "\",\"kind\":\"", s7_kind_names[message->kind]);
    if (message->event != S7_EVENT_NONE)
        at = put_id(at, ",\"event\":\"", s7_event_names[message->event]);
    at = cells_put_reported(cells, at, PLACE, CELLS_TEXTS);
    if ((message->flags | cells->facts.context) != 0) {
        at = report_put_flags(pen_put_literal(at, ",\"flags\":\""), message->flags, cells->facts.context);
        at = pen_put_char(at, '"');
    }
    return put_geometry(at, fix);
}

static void row(void *user, const struct life_row *life_row)
{
    struct points *points = user;
    struct map_fix fix;
    if (life_row->position.latitude == DISTANCE_NOWHERE)
        return;
    bool first = !points->table.name;
    if (first)
        track_open(&points->table, &points->options->files, points->device, "-points.geojson");
    GString *text = points->table.text;
    g_string_append(text, first ? "{\"type\":\"FeatureCollection\",\"features\":[\n" : ",\n");
    map_fix_read(&fix, life_row, points->device);
    cells_take(&points->cells, life_row->report);
    char *at = piece_begin(text, cells_bound(&points->cells) + FEATURE_MAX);
    piece_end(text, put_feature(points, at, &fix));
    table_row(&points->table);
}

static void end(void *user)
{
    struct points *points = user;
    if (!points->table.name)
        return;
    g_string_append(points->table.text, "\n]}\n");
    table_close(&points->table);
}

static void close_points(void *user)
{
    table_clear(&((struct points *)user)->table);
    g_free(user);
}

struct teller points_teller(struct points_options *options)
{
    return (struct teller){
        .shared = options, .open = open_points, .begin = begin, .row = row, .end = end, .close = close_points};
}
