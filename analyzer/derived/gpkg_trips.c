/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trips, stops and silences of timeline.gpkg. Rows come first, their geometries when the fixes are told. */
#include "derived/gpkg_trips.h"

#include "derived/later.h"

#include <math.h>
#include <string.h>

/* Of a MultiLineString with its extent, and of each line in it. */
#define HEAD_SIZE (8 + 32 + 9)
#define LINE_SIZE 9
/* Larger geometries, of more than 60 million points, are left out: SQLite has no larger values. */
#define GEOMETRY_MAX UINT64_C(1000000000)

struct gpkg_trips {
    struct gpkg *gpkg;
    struct scratch *scratch;
    sqlite3_stmt *insert, *update;
};

/* Of one thread. */
struct state {
    const struct gpkg_trips *trips;
    const struct device *device;
    int64_t before;             /* fid of the last row before those of the device */
    int64_t fid;                /* of the track at hand; 0: of no trip */
    struct later lines, points; /* whole lines; points of the one at hand */
    uint64_t size;              /* bytes of lines */
    uint32_t line_count, point_count;
    struct gpkg_box box;
};

struct gpkg_trips *gpkg_trips_new(struct gpkg *gpkg, struct scratch *scratch)
{
    struct gpkg_trips *trips = g_new0(struct gpkg_trips, 1);
    trips->gpkg = gpkg;
    trips->scratch = scratch;
    trips->insert = gpkg_prepare(gpkg, "INSERT INTO trips VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                                       "NULL)");
    trips->update = gpkg_prepare(gpkg, "UPDATE trips SET geom = ?2 WHERE fid = ?1");
    return trips;
}

static void begin(void *user, const struct device *device)
{
    struct state *state = user;
    state->device = device;
    state->before = 0;
}

static void bind_position(sqlite3_stmt *statement, int column, struct position position)
{
    if (position.latitude == DISTANCE_NOWHERE)
        return;
    sqlite3_bind_double(statement, column, position.latitude / 1e7);
    sqlite3_bind_double(statement, column + 1, position.longitude / 1e7);
}

static void stretch(void *user, const struct track_stretch *stretch)
{
    struct state *state = user;
    struct gpkg *gpkg = state->trips->gpkg;
    sqlite3_stmt *statement = state->trips->insert;
    const struct life_trip *trip = stretch->trip;
    char texts[2][TEXT_TIME_SIZE];
    if (gpkg_failed(gpkg))
        return;
    int64_t fid = gpkg_next(gpkg, GPKG_TRIPS);
    state->before = fid - (int64_t)stretch->place;
    sqlite3_bind_int64(statement, 1, fid);
    sqlite3_bind_text(statement, 2, state->device->id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, track_kind(trip), -1, SQLITE_STATIC);
    gpkg_bind_time(statement, 4, 6, state->device, trip->clock, texts[0], trip->start);
    gpkg_bind_time(statement, 5, 7, state->device, trip->clock, texts[1], trip->end);
    sqlite3_bind_int64(statement, 8, (trip->end - trip->start) / NANOSECONDS);
    if (trip->distance >= 0)
        sqlite3_bind_double(statement, 9, rint(trip->distance));
    if (trip->odometer != LIFE_NO_TIME)
        sqlite3_bind_int64(statement, 10, trip->odometer);
    if (trip->max_speed >= 0)
        sqlite3_bind_double(statement, 11, trip->max_speed);
    bind_position(statement, 12, trip->from);
    bind_position(statement, 14, trip->to);
    sqlite3_bind_int64(statement, 16, (int64_t)trip->first_row);
    sqlite3_bind_int64(statement, 17, (int64_t)trip->last_row);
    gpkg_step(gpkg, statement);
}

static void track(void *user, const struct track_stretch *stretch)
{
    struct state *state = user;
    state->fid = stretch->trip ? state->before + (int64_t)stretch->place : 0;
    state->size = 0;
    state->line_count = 0;
}

static void part(void *user, enum map_clock clock)
{
    ((struct state *)user)->point_count = 0;
}

static void point(void *user, const struct track_fix *fix)
{
    struct state *state = user;
    double east = map_double(&fix->fix->longitude), north = map_double(&fix->fix->latitude);
    const struct gpkg_box box = {east, east, north, north};
    uint8_t bytes[16];
    if (state->fid == 0)
        return;
    gpkg_put_double(bytes, east);
    gpkg_put_double(bytes + 8, north);
    g_string_append_len(state->points.text, (const char *)bytes, sizeof bytes);
    later_row(&state->points);
    gpkg_box_add(&state->box, state->line_count == 0 && state->point_count == 0, &box);
    state->point_count++;
}

static void take_points(void *user, const void *bytes, size_t length)
{
    struct state *state = user;
    g_string_append_len(state->lines.text, bytes, (gssize)length);
    state->size += length;
    later_row(&state->lines);
}

static void part_end(void *user)
{
    struct state *state = user;
    uint8_t head[LINE_SIZE] = {1, 2}; /* a LineString */
    if (state->fid == 0)
        return;
    gpkg_put_u32(head + 5, state->point_count);
    take_points(state, head, sizeof head);
    later_give(&state->points, take_points, state);
    state->line_count++;
}

/* A geometry that was put aside goes to the database piece by piece. */
struct blob {
    struct state *state;
    sqlite3_blob *blob;
    uint64_t at;
};

static void write_blob(void *user, const void *bytes, size_t length)
{
    struct blob *blob = user;
    if (!blob->blob || length == 0)
        return;
    gpkg_check(blob->state->trips->gpkg, sqlite3_blob_write(blob->blob, bytes, (int)length, (int)blob->at));
    blob->at += length;
}

static void put_head(const struct state *state, uint8_t head[HEAD_SIZE])
{
    static const uint8_t start[] = {'G', 'P', 0, 3, 0xe6, 0x10, 0, 0};
    const double sides[] = {state->box.west, state->box.east, state->box.south, state->box.north};
    memcpy(head, start, sizeof start);
    for (size_t i = 0; i < 4; i++)
        gpkg_put_double(head + 8 + 8 * i, sides[i]);
    head[40] = 1;
    gpkg_put_u32(head + 41, 5); /* a MultiLineString */
    gpkg_put_u32(head + 45, state->line_count);
}

/* Makes room for the geometry of the track and opens it. */
static void open_blob(struct state *state, sqlite3_blob **blob)
{
    struct gpkg *gpkg = state->trips->gpkg;
    if (gpkg_failed(gpkg) || HEAD_SIZE + state->size > GEOMETRY_MAX)
        return;
    sqlite3_bind_int64(state->trips->update, 1, state->fid);
    sqlite3_bind_zeroblob(state->trips->update, 2, (int)(HEAD_SIZE + state->size));
    gpkg_step(gpkg, state->trips->update);
    if (!gpkg_failed(gpkg))
        gpkg_check(gpkg, sqlite3_blob_open(gpkg_database(gpkg), "main", "trips", "geom", state->fid, 1, blob));
}

static void track_end(void *user)
{
    struct state *state = user;
    struct blob blob = {.state = state};
    uint8_t head[HEAD_SIZE];
    if (state->fid == 0)
        return;
    open_blob(state, &blob.blob);
    put_head(state, head);
    write_blob(&blob, head, sizeof head);
    later_give(&state->lines, write_blob, &blob);
    if (blob.blob)
        gpkg_place(state->trips->gpkg, GPKG_TRIPS, state->fid, &state->box);
    sqlite3_blob_close(blob.blob);
}

static void close_state(void *user)
{
    struct state *state = user;
    later_clear(&state->lines);
    later_clear(&state->points);
    g_free(state);
}

struct track_taker gpkg_trips_open(void *shared)
{
    struct state *state = g_new0(struct state, 1);
    state->trips = shared;
    later_init(&state->lines, state->trips->scratch);
    later_init(&state->points, state->trips->scratch);
    return (struct track_taker){.state = state,
                                .begin = begin,
                                .stretch = stretch,
                                .track = track,
                                .part = part,
                                .point = point,
                                .part_end = part_end,
                                .track_end = track_end,
                                .close = close_state};
}

void gpkg_trips_free(struct gpkg_trips *trips)
{
    if (!trips)
        return;
    sqlite3_finalize(trips->insert);
    sqlite3_finalize(trips->update);
    g_free(trips);
}
