/* SPDX-License-Identifier: GPL-2.0-or-later
 * events.csv and trips.csv: lines, made by the threads, sorted when all are there. */
#include "derived/tables.h"

#include "base/sorter.h"
#include "base/text.h"
#include "derived/order.h"
#include "result/table.h"

#include <string.h>

struct tables {
    struct output *output;
    const struct devices *devices;
    bool csv_guard;
    GMutex lock;                   /* of what follows */
    uint32_t *ranks;               /* NULL before the first device */
    struct sorter *events, *trips; /* of lines */
};

/* Of a thread. */
struct teller_state {
    struct tables *tables;
    const struct device *device;
    uint32_t rank;
    GString *line;
};

struct tables *tables_new(struct output *output, const struct devices *devices, bool csv_guard, size_t memory)
{
    struct tables *tables = g_new0(struct tables, 1);
    tables->output = output;
    tables->devices = devices;
    tables->csv_guard = csv_guard;
    tables->events = sorter_new(output_scratch(output), memory / 2);
    tables->trips = sorter_new(output_scratch(output), memory / 2);
    g_mutex_init(&tables->lock);
    return tables;
}

static void *open_teller(void *shared, const struct life_turn *turn)
{
    struct teller_state *state = g_new0(struct teller_state, 1);
    state->tables = shared;
    state->line = g_string_sized_new(512);
    return state;
}

static void begin_device(void *user, const struct device *device)
{
    struct teller_state *state = user;
    struct tables *tables = state->tables;
    g_mutex_lock(&tables->lock);
    if (!tables->ranks)
        tables->ranks = order_by_id(tables->devices);
    g_mutex_unlock(&tables->lock);
    state->device = device;
    state->rank = tables->ranks[device->number];
}

void tables_put_time(GString *out, int64_t time, enum life_clock clock)
{
    gsize start = out->len;
    if (time == LIFE_NO_TIME)
        return;
    if (clock == LIFE_CLOCK_CAPTURE) {
        text_time(out, time);
        return;
    }
    text_second(out, time);
    out->str[start + 10] = 'T';
}

static void put_degrees(GString *out, int32_t units)
{
    uint32_t size = units < 0 ? 0 - (uint32_t)units : (uint32_t)units;
    if (units < 0)
        g_string_append_c(out, '-');
    text_unsigned(out, size / 10000000);
    char decimals[9] = ".0000000";
    for (unsigned i = 7, rest = size % 10000000; i > 0; i--, rest /= 10)
        decimals[i] = (char)('0' + rest % 10);
    g_string_append_len(out, decimals, 8);
}

void tables_put_position(GString *out, struct position position)
{
    if (position.latitude == DISTANCE_NOWHERE) {
        g_string_append_c(out, ',');
        return;
    }
    put_degrees(out, position.latitude);
    g_string_append_c(out, ',');
    put_degrees(out, position.longitude);
}

static void put_rows(GString *out, uint64_t first, uint64_t last)
{
    g_string_append_c(out, ',');
    text_unsigned(out, first);
    g_string_append_c(out, ',');
    text_unsigned(out, last);
}

static void add_line(struct tables *tables, struct sorter *sorter, const struct sorter_key *key, const GString *line)
{
    g_mutex_lock(&tables->lock);
    memcpy(sorter_add(sorter, key, line->len), line->str, line->len);
    g_mutex_unlock(&tables->lock);
}

static void tell_event(void *user, const struct life_event *event)
{
    struct teller_state *state = user;
    struct tables *tables = state->tables;
    GString *line = g_string_assign(state->line, state->device->id);
    g_string_append_c(line, ',');
    tables_put_time(line, event->time, event->clock);
    g_string_append_printf(line, ",%s,%s,", event->clock == LIFE_CLOCK_DEVICE ? "device" : "capture", event->event);
    text_cell(line, event->detail, strlen(event->detail), tables->csv_guard);
    g_string_append_c(line, ',');
    tables_put_position(line, event->position);
    put_rows(line, event->first_row, event->last_row);
    g_string_append_c(line, ',');
    text_cell(line, event->rule, strlen(event->rule), tables->csv_guard);
    g_string_append_c(line, '\n');
    const struct sorter_key key = {event->time, state->rank, event->first_row};
    add_line(tables, tables->events, &key, line);
}

static void put_number(GString *out, double value, const char *format)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_c(out, ',');
    if (value >= 0)
        g_string_append(out, g_ascii_formatd(text, sizeof text, format, value));
}

static void tell_trip(void *user, const struct life_trip *trip)
{
    static const char *const kinds[] = {"trip", "stop", "silence"};
    struct teller_state *state = user;
    struct tables *tables = state->tables;
    GString *line = g_string_assign(state->line, state->device->id);
    g_string_append_printf(line, ",%s,", kinds[trip->kind]);
    tables_put_time(line, trip->start, trip->clock);
    g_string_append_c(line, ',');
    tables_put_time(line, trip->end, trip->clock);
    int64_t seconds = (trip->end - trip->start) / NANOSECONDS;
    put_number(line, (double)seconds, "%.0f");
    put_number(line, trip->distance, "%.0f");
    g_string_append_c(line, ',');
    if (trip->odometer != LIFE_NO_TIME)
        g_string_append_printf(line, "%" G_GINT64_FORMAT, trip->odometer);
    put_number(line, trip->max_speed, "%.1f");
    g_string_append_c(line, ',');
    tables_put_position(line, trip->from);
    g_string_append_c(line, ',');
    tables_put_position(line, trip->to);
    put_rows(line, trip->first_row, trip->last_row);
    g_string_append_c(line, '\n');
    const struct sorter_key key = {state->rank, 0, trip->first_row};
    add_line(tables, tables->trips, &key, line);
}

static void close_teller(void *user)
{
    struct teller_state *state = user;
    g_string_free(state->line, TRUE);
    g_free(state);
}

struct teller tables_teller(struct tables *tables)
{
    return (struct teller){.shared = tables,
                           .open = open_teller,
                           .begin = begin_device,
                           .event = tell_event,
                           .trip = tell_trip,
                           .close = close_teller};
}

static void write_table(struct output *output, const char *name, const char *header, struct sorter *sorter, bool hash)
{
    struct table table = {.name = NULL};
    struct sorter_piece piece;
    table_open(&table, output, name, hash);
    g_string_append(table.text, header);
    sorter_sort(sorter);
    while (sorter_next(sorter, &piece)) {
        g_string_append_len(table.text, (const char *)piece.data, (gssize)piece.length);
        table_row(&table);
    }
    table_close(&table);
    table_clear(&table);
}

void tables_finish(struct tables *tables, bool hash)
{
    write_table(tables->output, "events.csv",
                "device_id,time,clock,event,detail,latitude,longitude,first_row,last_row,rule\n", tables->events, hash);
    write_table(tables->output, "trips.csv",
                "device_id,kind,start,end,duration_s,distance_m,odometer_m,max_speed_kmh,start_latitude,"
                "start_longitude,end_latitude,end_longitude,first_row,last_row\n",
                tables->trips, hash);
}

void tables_free(struct tables *tables)
{
    if (!tables)
        return;
    sorter_free(tables->events);
    sorter_free(tables->trips);
    g_mutex_clear(&tables->lock);
    g_free(tables->ranks);
    g_free(tables);
}
