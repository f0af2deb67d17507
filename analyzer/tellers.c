/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines. */
#include "tellers.h"

#include "base/origin.h"
#include "derived/beside.h"
#include "derived/gpkg_rows.h"
#include "derived/gpkg_table.h"
#include "derived/gpkg_trips.h"
#include "derived/gpx.h"
#include "derived/jsonl.h"
#include "derived/kml.h"
#include "derived/lines.h"
#include "derived/page.h"
#include "derived/points.h"
#include "derived/tables.h"
#include "derived/timesketch.h"
#include "derived/tracks.h"
#include "device/clock.h"
#include "evidence.h"
#include "result/device_row.h"
#include "result/stream_row.h"

#define TELLERS_MAX 16
struct tellers {
    struct teller list[TELLERS_MAX];
    struct life_options life;
    struct tables *tables;
    struct page *page; /* NULL: none is asked for */
    bool hash;
    struct beside *beside;
    struct tracks_options tracks;
    struct track_files track_files;
    struct points_options points;
    struct jsonl_options jsonl;
    struct timesketch_options timesketch;
    struct gpkg *gpkg; /* NULL: no such file; then none of these */
    struct gpkg_rows *gpkg_rows;
    struct gpkg_trips *gpkg_trips;
    struct gpkg_table *gpkg_streams;
    struct stream_listener listener;
};

static struct page *open_page(const struct options *options, struct output *output)
{
    const double *values = options->rules.values;
    const struct trail_options trail = {.silence = (int64_t)values[PARAMETER_NO_DATA],
                                        .speed = values[PARAMETER_JUMP_SPEED],
                                        .near = values[PARAMETER_JUMP_DISTANCE]};
    const struct page_options page = {.output = output,
                                      .hash = options->hash,
                                      .section = {.trail = trail,
                                                  .old_date = (int64_t)values[PARAMETER_OLD_DATE] * 86400,
                                                  .clock_finding = clock_finding}};
    return page_new(&page);
}

static void add(struct tellers *tellers, struct teller teller)
{
    g_assert(tellers->life.count < TELLERS_MAX);
    tellers->list[tellers->life.count++] = teller;
}

static void add_form(struct tellers *tellers, void *shared, struct track_taker (*open)(void *shared))
{
    g_assert(tellers->tracks.count < TRACKS_FORMS_MAX);
    tellers->tracks.forms[tellers->tracks.count++] = (struct track_form){shared, open};
}

static void add_lines(struct tellers *tellers, const struct options *options, struct output *output)
{
    if (options->jsonl) {
        struct joint *joint = joint_new(output, "reports.jsonl", options->hash);
        tellers->jsonl = (struct jsonl_options){joint, options->show_secrets};
        add(tellers, jsonl_teller(&tellers->jsonl));
    }
    if (options->timesketch) {
        struct joint *joint = joint_new(output, "timesketch.jsonl", options->hash);
        tellers->timesketch = (struct timesketch_options){joint, options->show_secrets};
        add(tellers, timesketch_teller(&tellers->timesketch));
    }
}

static void take_stream(void *user, const char *line, size_t length)
{
    gpkg_table_line(user, line, length);
}

/* Its rows stand before its trips in the list: they wait for the turn of the device. */
static void add_gpkg(struct tellers *tellers, const struct options *options, struct output *output)
{
    g_autoptr(GString) header = g_string_new(NULL);
    stream_row_header(header);
    tellers->gpkg = gpkg_new(output);
    tellers->gpkg_streams = gpkg_table_new(tellers->gpkg, "streams", header->str);
    tellers->listener = (struct stream_listener){take_stream, tellers->gpkg_streams};
    tellers->gpkg_rows = gpkg_rows_new(tellers->gpkg, options->show_secrets);
    tellers->gpkg_trips = gpkg_trips_new(tellers->gpkg, output_scratch(output));
    add(tellers, gpkg_rows_teller(tellers->gpkg_rows));
    add_form(tellers, tellers->gpkg_trips, gpkg_trips_open);
}

static void add_tracks(struct tellers *tellers, const struct options *options, struct output *output)
{
    tellers->track_files = (struct track_files){output, options->hash, options->track_gap};
    tellers->tracks.scratch = output_scratch(output);
    tellers->tracks.memory = tellers_tracks_memory(options) / options->jobs;
    tellers->tracks.gap = options->track_gap;
    tellers->tracks.jump_distance = options->rules.values[PARAMETER_JUMP_DISTANCE];
    tellers->tracks.jump_speed = options->rules.values[PARAMETER_JUMP_SPEED] / 3.6;
    if (options->tracks & OPTIONS_GPX)
        add_form(tellers, &tellers->track_files, gpx_open);
    if (options->tracks & OPTIONS_KML)
        add_form(tellers, &tellers->track_files, kml_open);
    if (options->tracks & OPTIONS_GEOJSON) {
        add_form(tellers, &tellers->track_files, lines_open);
        tellers->points = (struct points_options){tellers->track_files, options->show_secrets};
        add(tellers, points_teller(&tellers->points));
    }
    if (tellers->tracks.count > 0)
        add(tellers, tracks_teller(&tellers->tracks));
}

size_t tellers_tracks_memory(const struct options *options)
{
    return options->tracks != 0 || options->geopackage ? options->memory / 12 : 0;
}

struct tellers *tellers_new(const struct options *options, struct output *output, const struct devices *devices,
                            const struct coverage *coverage, size_t memory)
{
    struct tellers *tellers = g_new0(struct tellers, 1);
    tellers->hash = options->hash;
    tellers->tables = tables_new(output, devices, options->csv_guard, memory / 2);
    tellers->life = (struct life_options){.tellers = tellers->list,
                                          .rules = &options->rules,
                                          .coverage = coverage,
                                          .show_secrets = options->show_secrets,
                                          .scratch = output_scratch(output),
                                          .memory = memory / 2 / options->jobs};
    add(tellers, tables_teller(tellers->tables));
    if (options->report) {
        tellers->page = open_page(options, output);
        add(tellers, page_teller(tellers->page));
    }
    tellers->beside = beside_new(output, options->hash);
    add(tellers, beside_teller(tellers->beside));
    add_lines(tellers, options, output);
    if (options->geopackage)
        add_gpkg(tellers, options, output);
    add_tracks(tellers, options, output);
    return tellers;
}

const struct life_options *tellers_life(const struct tellers *tellers)
{
    return &tellers->life;
}

static void write_page(struct tellers *tellers, struct analysis *analysis)
{
    g_autoptr(GString) opening = g_string_new(NULL);
    g_autoptr(GString) quality = g_string_new(NULL);
    g_autoptr(GString) evidence = g_string_new(NULL);
    evidence_opening(analysis, opening);
    evidence_quality(analysis, quality);
    evidence_inputs(analysis, evidence);
    const struct page_parts parts = {opening->str, quality->str, evidence->str};
    page_finish(tellers->page, analysis->with_rows, &parts);
}

const struct stream_listener *tellers_listener(const struct tellers *tellers)
{
    return tellers->gpkg ? &tellers->listener : NULL;
}

static void finish_gpkg(struct tellers *tellers, const GPtrArray *with_rows)
{
    g_autoptr(GString) line = g_string_new(NULL);
    device_row_header(line);
    struct gpkg_table *table = gpkg_table_new(tellers->gpkg, "devices", line->str);
    for (guint i = 0; i < with_rows->len; i++) {
        g_string_truncate(line, 0);
        device_row_print(line, with_rows->pdata[i]);
        gpkg_table_line(table, line->str, line->len);
    }
    gpkg_table_free(table);
    gpkg_table_free(tellers->gpkg_streams);
    tellers->gpkg_streams = NULL;
    gpkg_rows_free(tellers->gpkg_rows);
    tellers->gpkg_rows = NULL;
    gpkg_trips_free(tellers->gpkg_trips);
    tellers->gpkg_trips = NULL;
    gpkg_finish(tellers->gpkg);
    gpkg_free(tellers->gpkg);
    tellers->gpkg = NULL;
}

void tellers_finish(struct tellers *tellers, struct analysis *analysis)
{
    tables_finish(tellers->tables, tellers->hash);
    if (tellers->jsonl.joint)
        joint_finish(tellers->jsonl.joint);
    if (tellers->timesketch.joint)
        joint_finish(tellers->timesketch.joint);
    if (tellers->gpkg)
        finish_gpkg(tellers, analysis->with_rows);
    if (tellers->page)
        write_page(tellers, analysis);
}

void tellers_free(struct tellers *tellers)
{
    if (!tellers)
        return;
    tables_free(tellers->tables);
    page_free(tellers->page);
    beside_free(tellers->beside);
    joint_free(tellers->jsonl.joint);
    joint_free(tellers->timesketch.joint);
    gpkg_table_free(tellers->gpkg_streams);
    gpkg_rows_free(tellers->gpkg_rows);
    gpkg_trips_free(tellers->gpkg_trips);
    gpkg_free(tellers->gpkg);
    g_free(tellers);
}
