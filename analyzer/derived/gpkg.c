/* SPDX-License-Identifier: GPL-2.0-or-later
 * timeline.gpkg: the database of a run. */
#include "derived/gpkg.h"

#include "base/text.h"
#include "derived/gpkg_file.h"
#include "derived/gpkg_schema.h"

#include <errno.h>
#include <string.h>

#define NAME "timeline.gpkg"

struct gpkg {
    struct output *output;
    struct gpkg_file *file;
    sqlite3 *database;
    struct gpkg_index indexes[GPKG_LAYERS];
    int64_t numbers[GPKG_LAYERS];
    bool failed;
    int64_t last; /* time of the capture, ns; INT64_MIN = none */
};

void gpkg_check(struct gpkg *gpkg, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return;
    gpkg->failed = true;
    errno = code == SQLITE_NOMEM ? ENOMEM : code == SQLITE_FULL ? ENOSPC : code == SQLITE_TOOBIG ? EFBIG : EIO;
    output_fail(gpkg->output, "write", NAME); /* does nothing where the cause was kept already */
}

bool gpkg_failed(const struct gpkg *gpkg)
{
    return gpkg->failed;
}

sqlite3 *gpkg_database(const struct gpkg *gpkg)
{
    return gpkg->database;
}

int64_t gpkg_next(struct gpkg *gpkg, enum gpkg_layer layer)
{
    return ++gpkg->numbers[layer];
}

void gpkg_execute(struct gpkg *gpkg, const char *sql)
{
    if (!gpkg->failed)
        gpkg_check(gpkg, sqlite3_exec(gpkg->database, sql, NULL, NULL, NULL));
}

sqlite3_stmt *gpkg_prepare(struct gpkg *gpkg, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (!gpkg->failed)
        gpkg_check(gpkg, sqlite3_prepare_v3(gpkg->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

void gpkg_step(struct gpkg *gpkg, sqlite3_stmt *statement)
{
    if (gpkg->failed || !statement)
        return;
    gpkg_check(gpkg, sqlite3_step(statement));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

struct gpkg *gpkg_new(struct output *output)
{
    struct gpkg *gpkg = g_new0(struct gpkg, 1);
    gpkg->output = output;
    gpkg->last = INT64_MIN;
    gpkg->file = gpkg_file_new(output, NAME, &gpkg->database);
    if (!gpkg->database) {
        gpkg_check(gpkg, SQLITE_CANTOPEN);
        return gpkg;
    }
    gpkg_execute(gpkg, gpkg_schema_begin);
    for (size_t layer = 0; layer < GPKG_LAYERS; layer++) {
        g_autofree char *index = gpkg_schema_index(gpkg_schema_layers[layer].name);
        gpkg_execute(gpkg, gpkg_schema_layers[layer].create);
        gpkg_execute(gpkg, index);
        if (!gpkg->failed)
            gpkg_index_open(&gpkg->indexes[layer], gpkg->database, gpkg_schema_layers[layer].name);
    }
    return gpkg;
}

void gpkg_place(struct gpkg *gpkg, enum gpkg_layer layer, int64_t fid, const struct gpkg_box *box)
{
    if (gpkg->failed)
        return;
    gpkg_index_add(&gpkg->indexes[layer], fid, box);
    gpkg_check(gpkg, gpkg->indexes[layer].code);
}

void gpkg_note_time(struct gpkg *gpkg, int64_t time)
{
    gpkg->last = MAX(gpkg->last, time);
}

void gpkg_put_time(char *out, struct text_clock *clock, int64_t time)
{
    text_clock_put(clock, out, time);
    out[GPKG_TIME_SIZE - 1] = 'Z';
}

void gpkg_bind_time(sqlite3_stmt *statement, int utc, int device_time, const struct device *device,
                    enum life_clock clock, char *text, int64_t time)
{
    struct text_clock empty;
    text_clock_init(&empty);
    if (clock == LIFE_CLOCK_CAPTURE || !device->has_dialect[S7_GOTOP]) {
        gpkg_put_time(text, &empty, time);
        sqlite3_bind_text(statement, utc, text, GPKG_TIME_SIZE, SQLITE_STATIC);
    } else {
        text_clock_put(&empty, text, time);
        sqlite3_bind_text(statement, device_time, text, TEXT_SECOND_SIZE, SQLITE_STATIC);
    }
}

void gpkg_put_u32(uint8_t *out, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    memcpy(out, &value, sizeof value);
}

void gpkg_put_double(uint8_t *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = GUINT64_TO_LE(bits);
    memcpy(out, &bits, sizeof bits);
}

void gpkg_point(uint8_t out[GPKG_POINT_SIZE], double longitude, double latitude)
{
    static const uint8_t head[] = {'G', 'P', 0, 1, 0xe6, 0x10, 0, 0, 1, 1, 0, 0, 0}; /* 4326 is 0x10e6 */
    memcpy(out, head, sizeof head);
    gpkg_put_double(out + 13, longitude);
    gpkg_put_double(out + 21, latitude);
}

/* One table more in the list. extent: NULL for one without geometries. */
static void list_table(struct gpkg *gpkg, sqlite3_stmt *statement, const char *name, const char *description,
                       const struct gpkg_box *extent, bool layer)
{
    struct text_clock clock;
    char time[TEXT_TIME_SIZE];
    if (gpkg->failed)
        return;
    text_clock_init(&clock);
    gpkg_put_time(time, &clock, gpkg->last == INT64_MIN ? 0 : gpkg->last);
    gpkg_check(gpkg, sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC));
    gpkg_check(gpkg, sqlite3_bind_text(statement, 2, layer ? "features" : "attributes", -1, SQLITE_STATIC));
    gpkg_check(gpkg, sqlite3_bind_text(statement, 3, description, -1, SQLITE_STATIC));
    gpkg_check(gpkg, sqlite3_bind_text(statement, 4, time, GPKG_TIME_SIZE, SQLITE_STATIC));
    if (extent) {
        const double sides[] = {extent->west, extent->south, extent->east, extent->north};
        for (int i = 0; i < 4; i++)
            gpkg_check(gpkg, sqlite3_bind_double(statement, 5 + i, sides[i]));
    }
    if (layer)
        gpkg_check(gpkg, sqlite3_bind_int(statement, 9, 4326));
    gpkg_step(gpkg, statement);
}

static void list_tables(struct gpkg *gpkg)
{
    sqlite3_stmt *statement = gpkg_prepare(gpkg, gpkg_schema_list);
    for (size_t layer = 0; layer < GPKG_LAYERS; layer++) {
        const struct gpkg_index *index = &gpkg->indexes[layer];
        list_table(gpkg, statement, gpkg_schema_layers[layer].name, gpkg_schema_layers[layer].description,
                   index->any ? &index->extent : NULL, true);
    }
    for (const struct gpkg_schema_table *table = gpkg_schema_tables; table->name; table++)
        list_table(gpkg, statement, table->name, table->description, NULL, false);
    sqlite3_finalize(statement);
}

void gpkg_finish(struct gpkg *gpkg)
{
    for (size_t layer = 0; layer < GPKG_LAYERS; layer++) {
        gpkg_index_close(&gpkg->indexes[layer]);
        gpkg_check(gpkg, gpkg->indexes[layer].code);
    }
    list_tables(gpkg);
    for (size_t layer = 0; layer < GPKG_LAYERS; layer++) {
        g_autofree char *rest = gpkg_schema_layer_end(&gpkg_schema_layers[layer]);
        gpkg_execute(gpkg, rest);
    }
    gpkg_execute(gpkg, "COMMIT");
}

void gpkg_free(struct gpkg *gpkg)
{
    if (!gpkg)
        return;
    if (gpkg->database)
        gpkg_check(gpkg, sqlite3_close(gpkg->database));
    gpkg_file_free(gpkg->file);
    g_free(gpkg);
}
