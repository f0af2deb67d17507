/* SPDX-License-Identifier: GPL-2.0-or-later
 * Per device: which reports are stored or duplicates, where each stands in time, how far the device went.
 * Takes reports in capture order, gives rows to the file of their device or to standard output, and totals. */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "device/clock.h"
#include "device/distance.h"
#include "device/report.h"
#include "options.h"
#include "result/table.h"

/* Reports that a new one is compared with (docs/PROTOCOL.md 10.8, docs/STARTEK.md 9.6). */
#define TIMELINE_RECENT 32

struct recent; /* a ring of them */

struct device {
    char id[DEVICE_ID_MAX + 1]; /* empty: reports of no known device */
    bool has_dialect[S7_DIALECT_COUNT];
    uint64_t kinds[S7_KIND_COUNT];
    uint64_t rows;
    uint64_t streams;
    uint32_t frame_flags, context; /* union over its rows */
    int64_t first_seen, last_seen; /* capture time, ns */
    int64_t first_time, last_time; /* device time of its rows, s; INT64_MAX, INT64_MIN = none */
    int64_t newest_fix;            /* device time of the newest current fix so far, s; INT64_MIN = none */
    int64_t live_key, last_key;    /* sort key of the last row that is not stored, of the last row; INT64_MIN = none */
    struct distance_point here;    /* of the last current fix, in order of the keys */
    double distance;               /* metres */
    struct recent *recent;
    struct clock clock; /* what its device times say of its clock */
    struct table table; /* open if rows > 0 and files are written */
};

struct timeline;

/* output: NULL when no files are written. options must live as long. */
struct timeline *timeline_new(const struct options *options, struct output *output);

/* The device with this id, made if it is new. */
struct device *timeline_device(struct timeline *timeline, const char *id);

/* A report of the device will soon be taken: brings what that needs into the cache, first the device, then its past.
 * NULL is allowed. */
void timeline_expect(const struct device *device);
void timeline_expect_past(const struct device *device);

/* A row that is not written yet. */
struct timeline_row {
    struct device *device;
    struct table_place place;
    uint32_t frame_flags, context;
};

/* Takes a report: adds the flags that the device's past tells to its context, counts it, and says where its row stands.
 * Returns whether a row is to be written. */
bool timeline_take(struct timeline *timeline, struct device *device, struct report *report, struct timeline_row *row);
/* The same where only totals are wanted, of a report without flags of its own that has the id of the device. time: of
 * the packet that completed it. */
void timeline_total(const struct timeline *timeline, struct device *device, enum s7_dialect dialect, enum s7_kind kind,
                    uint32_t context, int64_t time);
/* The line of a report that was taken, with its line end; valid until the next call. */
struct timeline_line {
    const char *text;
    size_t length;
};
struct timeline_line timeline_print(struct timeline *timeline, const struct report *report);
/* Writes the row of the report that timeline_print() printed last. */
void timeline_write(struct timeline *timeline, const struct timeline_row *row);
/* Writes a row that was kept: its line with the flags as they are in row now and, if packet_count > 0, with these
 * packets of the report that was completed in that file. */
void timeline_write_late(struct timeline *timeline, const struct timeline_row *row, struct timeline_line line,
                         const struct origin *packets, unsigned packet_count, uint32_t file);
/* Are rows written at all? */
bool timeline_has_rows(const struct timeline *timeline);

/* The device took part in one conversation more. */
void timeline_count_stream(struct device *device);

/* Hands over what was written to standard output so far: the next packet may take its time. */
void timeline_flush(struct timeline *timeline);

/* Finishes the files of all devices. */
void timeline_finish(struct timeline *timeline);

/* After that: devices that have rows, by id (struct device *); the reports of no known device (never NULL). */
const GPtrArray *timeline_devices(const struct timeline *timeline);
const struct device *timeline_unknown(const struct timeline *timeline);

/* Was everything written that should go to standard output? */
bool timeline_stdout_failed(const struct timeline *timeline);

void timeline_free(struct timeline *timeline);

#endif
