/* SPDX-License-Identifier: GPL-2.0-or-later
 * timeline.gpkg: the database of a run, an OGC GeoPackage 1.3 in one transaction. Makes its tables, gives statements,
 * keeps the first error, and lists the tables in the end. By one thread at a time. */
#ifndef GPKG_H
#define GPKG_H

#include "derived/gpkg_index.h"
#include "life/teller.h"
#include "result/output.h"

#include <sqlite3.h>

struct gpkg;

/* The tables with geometries. */
enum gpkg_layer { GPKG_FIXES, GPKG_TRIPS, GPKG_EVENTS, GPKG_LAYERS };

struct gpkg *gpkg_new(struct output *output);
/* Nothing can be written any more. */
bool gpkg_failed(const struct gpkg *gpkg);
sqlite3 *gpkg_database(const struct gpkg *gpkg);
/* A new number for a row of the layer, of which all are ascending; fixes have that of their reports. */
int64_t gpkg_next(struct gpkg *gpkg, enum gpkg_layer layer);
/* For good statements; NULL on error. The caller's to finalize. */
sqlite3_stmt *gpkg_prepare(struct gpkg *gpkg, const char *sql);
void gpkg_execute(struct gpkg *gpkg, const char *sql);
/* Runs a statement that gives no rows, with what is bound, then forgets that. */
void gpkg_step(struct gpkg *gpkg, sqlite3_stmt *statement);
/* Notes what SQLite returned. */
void gpkg_check(struct gpkg *gpkg, int code);
/* The feature with that fid has such an extent. */
void gpkg_place(struct gpkg *gpkg, enum gpkg_layer layer, int64_t fid, const struct gpkg_box *box);
/* A time of the capture, ns: the last of them is that of the last change. */
void gpkg_note_time(struct gpkg *gpkg, int64_t time);
/* That is all: the indexes, the list of tables, the end of the transaction. */
void gpkg_finish(struct gpkg *gpkg);
/* NULL is allowed. */
void gpkg_free(struct gpkg *gpkg);

/* 2026-03-08T05:58:30.123Z: GPKG_TIME_SIZE bytes, cut and not rounded; TEXT_TIME_SIZE are written. */
#define GPKG_TIME_SIZE 24
struct text_clock;
void gpkg_put_time(char *out, struct text_clock *clock, int64_t time);

/* Binds a time that life tells: as UTC, or to the column of the device's clock where that may have any zone. text:
 * TEXT_TIME_SIZE bytes that stay until the statement is run. */
void gpkg_bind_time(sqlite3_stmt *statement, int utc, int device_time, const struct device *device,
                    enum life_clock clock, char *text, int64_t time);

/* Geometry blobs: little endian, EPSG:4326, a point without an envelope. In degrees. */
#define GPKG_POINT_SIZE 29
void gpkg_point(uint8_t out[GPKG_POINT_SIZE], double longitude, double latitude);
void gpkg_put_double(uint8_t *out, double value);
void gpkg_put_u32(uint8_t *out, uint32_t value);

#endif
