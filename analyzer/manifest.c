/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files that are written when all is read: devices.csv and manifest.json. Nothing in them depends on when, where or
 * by whom the program was run. */
#include "manifest.h"

#include "base/json.h"
#include "base/text.h"
#include "limits_reached.h"
#include "part_file.h"
#include "result/device_row.h"
#include "result/earlier.h"
#include "result/table.h"

#include <stdlib.h>
#include <string.h>

void manifest_devices(const struct analysis *analysis)
{
    struct table table = {.name = NULL};
    table_open(&table, analysis->output, "devices.csv", analysis->options->hash);
    device_row_header(table.text);
    for (guint i = 0; i < analysis->with_rows->len; i++) {
        device_row_print(table.text, analysis->with_rows->pdata[i]);
        table_row(&table);
    }
    table_close(&table);
    table_clear(&table);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_device_options(struct json *json, const struct options *options)
{
    if (!options->devices) {
        json_null(json, "device");
        return;
    }
    guint count;
    g_autofree gpointer *ids = g_hash_table_get_keys_as_array(options->devices, &count);
    qsort(ids, count, sizeof *ids, compare_texts);
    json_open(json, "device", '[');
    for (guint i = 0; i < count; i++)
        json_text(json, NULL, ids[i]);
    json_close(json, ']');
}

/* The rules as they stand in the file: columns that they fill do not come from the devices. */
/* The forms of results beside the tables. */
static void put_forms(struct json *json, const struct options *options)
{
    static const char *const tracks[] = {"gpx", "kml", "geojson"};
    json_open(json, "tracks", '[');
    for (size_t i = 0; i < G_N_ELEMENTS(tracks); i++)
        if (options->tracks >> i & 1)
            json_text(json, NULL, tracks[i]);
    json_close(json, ']');
    json_unsigned(json, "track_gap_s", (uint64_t)options->track_gap);
    json_bool(json, "geopackage", options->geopackage);
    json_bool(json, "jsonl", options->jsonl);
    json_bool(json, "timesketch", options->timesketch);
}

static void put_map(struct json *json, const struct options *options)
{
    const struct map_file *map = options->map;
    if (!map) {
        json_null(json, "map");
        return;
    }
    json_open(json, "map", '{');
    json_text(json, "name", map->name);
    if (options->hash)
        json_text(json, "sha256", map->sha256);
    json_open(json, "rules", '[');
    for (unsigned i = 0; i < map->mapping.count; i++) {
        g_autofree char *rule = map_file_rule(map, i);
        json_text(json, NULL, rule);
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* The parameters of what is concluded. */
static void put_rules(struct json *json, const struct rules *rules)
{
    json_open(json, "rules", '{');
    for (unsigned i = 0; i < PARAMETER_COUNT; i++)
        json_number(json, rules_parameters[i].name, rules->values[i]);
    json_close(json, '}');
}

static void put_options(struct json *json, const struct options *options)
{
    json_open(json, "options", '{');
    if (options->ports) {
        json_open(json, "port", '[');
        for (guint i = 0; i < options->ports->len; i++)
            json_unsigned(json, NULL, g_array_index(options->ports, uint16_t, i));
        json_close(json, ']');
    } else {
        json_text(json, "port", "any");
    }
    json_text(json, "filter", options->filter);
    put_device_options(json, options);
    if (options->since != INT64_MIN)
        json_time(json, "since", options->since);
    else
        json_null(json, "since");
    if (options->until != INT64_MAX)
        json_time(json, "until", options->until);
    else
        json_null(json, "until");
    json_text(json, "order", options->order == ORDER_DEVICE ? "device" : "capture");
    json_text(json, "overlap", options->overlap == TCP_OVERLAP_LAST ? "last" : "first");
    json_unsigned(json, "close_time_s", (uint64_t)options->close_ns / NANOSECONDS);
    json_unsigned(json, "idle_time_s", (uint64_t)options->idle_ns / NANOSECONDS);
    put_map(json, options);
    put_rules(json, &options->rules);
    json_bool(json, "csv_guard", options->csv_guard);
    json_bool(json, "show_secrets", options->show_secrets);
    json_bool(json, "hash", options->hash);
    put_forms(json, options);
    json_close(json, '}');
}

static void put_policies(struct json *json, const struct analysis *analysis)
{
    json_open(json, "policies", '{');
    json_text(json, "tcp_overlap",
              analysis->options->overlap == TCP_OVERLAP_LAST
                  ? "the last copy of a byte wins while it waits behind a hole, the first when it is in sequence"
                  : "the first copy of a byte wins");
    json_text(
        json, "tcp_opening",
        "a direction without SYN is held for 1 s, 1024 segments or 64 KiB, or until the other side, open without SYN, "
        "answers it with data");
    json_text(json, "ip_fragment_overlap", "the first copy of a byte wins");
    json_text(json, "tcp_hole", "given up when the direction ends or a limit is reached");
    json_text(json, "tcp_late", "bytes of a hole that was given up stand alone");
    json_text(json, "udp_copy",
              "one row: the same addresses, ports, identification, checksum and payload within 500 ms, "
              "50 ms without identification");
    json_text(json, "device", "the last good uplink id before a row, else the first behind it in its conversation");
    json_text(json, "selection",
              "device, since and until choose reports, of which those without a capture time are in any time; streams, "
              "leftovers and ledger are whole");
    json_close(json, '}');
}

static void put_limits(struct json *json, const struct analysis *analysis)
{
    struct analysis_limit limits[ANALYSIS_LIMITS];
    analysis_limits(analysis, limits);
    json_open(json, "limits", '{');
    for (unsigned i = 0; i < ANALYSIS_LIMITS; i++)
        json_unsigned(json, limits[i].name, limits[i].limit);
    json_close(json, '}');
    json_open(json, "limits_reached", '{');
    for (unsigned i = 0; i < ANALYSIS_LIMITS; i++)
        if (limits[i].reached > 0)
            json_unsigned(json, limits[i].name, limits[i].reached);
    json_close(json, '}');
}

static void put_input(struct json *json, const struct input *input, bool hash)
{
    json_open(json, NULL, '{');
    json_unsigned(json, "number", input->number);
    json_text(json, "name", input->name);
    json_unsigned(json, "size", input->size);
    if (hash)
        json_text(json, "sha256", input->sha256);
    json_text(json, "format", input->format);
    json_unsigned(json, "packets", input->packets);
    if (input->has_times) {
        json_time(json, "first_time", input->first_time);
        json_time(json, "last_time", input->last_time);
    } else {
        json_null(json, "first_time");
        json_null(json, "last_time");
    }
    if (input->untimed > 0)
        json_unsigned(json, "packets_without_time", input->untimed);
    json_text(json, "damage", input->damage);
    json_close(json, '}');
}

/* Of several: how far each is ahead of the first of its group; null if nothing tells. */
static void put_clocks(struct json *json, const struct capture_clocks *clocks)
{
    if (!clocks)
        return;
    json_open(json, "clocks", '[');
    for (unsigned i = 0; i < clocks->count; i++) {
        const struct capture_clock *clock = &clocks->list[i];
        if (clock->file == 0)
            continue;
        json_open(json, NULL, '{');
        json_unsigned(json, "input", clock->file);
        json_unsigned(json, "interface", clock->interface);
        json_unsigned(json, "group", clock->group);
        if (clock->group != 0)
            json_seconds(json, "ahead_s", clock->ahead);
        else
            json_null(json, "ahead_s");
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_passed(struct json *json, const char *key, const GArray *list)
{
    json_open(json, key, '[');
    for (guint i = 0; i < list->len; i++) {
        json_open(json, NULL, '{');
        json_text(json, "name", g_array_index(list, struct passed, i).name);
        json_text(json, "reason", g_array_index(list, struct passed, i).why);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_outputs(struct json *json, const GArray *files)
{
    json_open(json, "outputs", '[');
    for (guint i = 0; i < files->len; i++) {
        const struct output_file *file = &g_array_index(files, struct output_file, i);
        json_open(json, NULL, '{');
        json_text(json, "name", file->name);
        json_unsigned(json, "size", file->size);
        if (file->sha256)
            json_text(json, "sha256", file->sha256);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_other(struct json *json, const struct other_total *other)
{
    json_open(json, NULL, '{');
    json_text(json, "name", other->name);
    json_unsigned(json, "streams", other->conversations);
    json_unsigned(json, "bytes", other->bytes);
    json_close(json, '}');
}

static void put_fragments(struct json *json, const struct fragment_counts *counts)
{
    json_open(json, "ip_fragments", '{');
    json_unsigned(json, "fragments", counts->fragments);
    json_unsigned(json, "datagrams", counts->datagrams);
    json_unsigned(json, "incomplete", counts->incomplete);
    json_unsigned(json, "incomplete_bytes", counts->incomplete_bytes);
    json_unsigned(json, "refused", counts->refused);
    json_unsigned(json, "duplicate_bytes", counts->duplicate_bytes);
    json_unsigned(json, "conflict_bytes", counts->conflict_bytes);
    json_close(json, '}');
}

/* Packets that could not be looked at, by their link type. */
static void put_unread(struct json *json, const GArray *unread)
{
    json_open(json, "link_types_not_read", '{');
    for (guint i = 0; i < unread->len; i++) {
        const struct packets_unread *link = &g_array_index(unread, struct packets_unread, i);
        g_autofree char *name = capture_link_name(link->link_type);
        json_unsigned(json, name, link->packets);
    }
    json_close(json, '}');
}

static void put_totals(struct json *json, const struct analysis *analysis)
{
    const struct stream_totals *streams = &analysis->streams_total;
    const struct reports_total *reports = &analysis->reports;
    json_open(json, "totals", '{');
    json_unsigned(json, "packets", analysis->packets);
    json_unsigned(json, "packets_on_port", analysis->on_port);
    json_open(json, "packets_passed_over", '{');
    for (unsigned result = 0; result < PACKET_RESULT_COUNT; result++)
        if (result != PACKET_OK && analysis->results[result] > 0)
            json_unsigned(json, packet_result_names[result], analysis->results[result]);
    json_close(json, '}');
    if (analysis->unread->len > 0)
        put_unread(json, analysis->unread);
    put_fragments(json, &analysis->fragments);
    json_unsigned(json, "streams", streams->conversations);
    if (!analysis->options->ports)
        json_unsigned(json, "streams_left_out", streams->others);
    json_unsigned(json, "frames", streams->frames);
    json_unsigned(json, "gaps", streams->gaps);
    json_unsigned(json, "overlaps", streams->overlaps);
    json_unsigned(json, "datagrams_captured_twice", streams->copies);
    json_open(json, "other_protocols", '[');
    for (guint i = 0; i < analysis->others->len; i++)
        put_other(json, analysis->others->pdata[i]);
    json_close(json, ']');
    json_unsigned(json, "pictures", analysis->pictures_total.pictures);
    json_unsigned(json, "pictures_complete", analysis->pictures_total.complete);
    json_unsigned(json, "devices", reports->devices);
    json_unsigned(json, "rows", reports->rows);
    json_unsigned(json, "rows_without_device", reports->without_device);
    if (reports->untimed > 0)
        json_unsigned(json, "rows_without_time", reports->untimed);
    json_open(json, "rows_by_kind", '{');
    for (unsigned kind = 0; kind < S7_KIND_COUNT; kind++)
        json_unsigned(json, s7_kind_names[kind], reports->kinds[kind]);
    json_close(json, '}');
    json_close(json, '}');
}

/* What the times of the devices say of their clocks, and what is odd about pictures. */
static void put_findings(struct json *json, const struct analysis *analysis)
{
    json_open(json, "findings", '[');
    for (guint i = 0; i < analysis->findings->len; i++) {
        const struct finding *finding = &g_array_index(analysis->findings, struct finding, i);
        json_open(json, NULL, '{');
        json_text(json, "device_id", finding->device_id);
        json_text(json, "finding", finding->text);
        if (finding->counted)
            json_unsigned(json, "rows", finding->rows);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_ledger(struct json *json, const struct ledger *ledger)
{
    json_open(json, "ledger", '{');
    json_unsigned(json, "payload_bytes", ledger->payload_bytes);
    json_unsigned(json, "frame_bytes", ledger->frame_bytes);
    json_unsigned(json, "leftover_bytes", ledger_leftover_bytes(ledger));
    json_open(json, "leftover_by_reason", '{');
    for (unsigned reason = 0; reason < S7_LEFTOVER_COUNT; reason++)
        if (ledger_counted((enum s7_reason)reason))
            json_unsigned(json, s7_reason_names[reason], ledger->leftover[reason]);
    json_close(json, '}');
    json_unsigned(json, "missing_bytes", ledger->leftover[S7_LEFTOVER_GAP]);
    json_unsigned(json, "overlap_bytes", ledger->leftover[S7_LEFTOVER_OVERLAP]);
    json_close(json, '}');
}

/* What a result was put together from. */
static void put_pieces(struct json *json, const struct analysis *analysis)
{
    if (!analysis->shards)
        return;
    if (analysis->parts > 1) {
        g_autofree char *part = g_strdup_printf("%u/%u", analysis->part, analysis->parts);
        json_text(json, "part", part);
    }
    json_open(json, "shards", '[');
    for (guint i = 0; i < analysis->shards->len; i++) {
        const struct shard_total *shard = &g_array_index(analysis->shards, struct shard_total, i);
        g_autofree char *text = g_strdup_printf("%u/%u", shard->shard.number, shard->shard.count);
        json_open(json, NULL, '{');
        json_text(json, "shard", text);
        json_unsigned(json, "first_input", shard->first_input);
        json_unsigned(json, "inputs", shard->inputs);
        json_unsigned(json, "streams", shard->streams);
        json_unsigned(json, "payload_bytes", shard->payload_bytes);
        json_unsigned(json, "frame_bytes", shard->frame_bytes);
        json_unsigned(json, "leftover_bytes", shard->leftover_bytes);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "records_damage", '[');
    for (guint i = 0; i < analysis->damage->len; i++)
        json_text(json, NULL, analysis->damage->pdata[i]);
    json_close(json, ']');
}

void manifest_publish(struct analysis *analysis)
{
    const struct options *options = analysis->options;
    g_autoptr(GArray) files = g_array_copy((GArray *)(uintptr_t)output_publish(analysis->output, options->hash));
    if (analysis->parts > 0)
        part_file_write(analysis, files);
    g_autoptr(GString) text = g_string_new(NULL);
    struct json json = {.out = text};
    json_open(&json, NULL, '{');
    json_text(&json, "version", PROGRAM_NAME " " GOTOP_VERSION);
    put_pieces(&json, analysis);
    put_options(&json, options);
    put_policies(&json, analysis);
    put_limits(&json, analysis);
    json_open(&json, "inputs", '[');
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (options->hash && !analysis->shards)
            input_hash(input);
        put_input(&json, input, options->hash);
    }
    json_close(&json, ']');
    put_clocks(&json, analysis->clocks);
    put_passed(&json, "unreadable", analysis->inputs.unreadable);
    put_passed(&json, "passed_over", analysis->inputs.passed);
    put_outputs(&json, files);
    put_totals(&json, analysis);
    put_findings(&json, analysis);
    put_ledger(&json, &analysis->streams_total.ledger);
    json_close(&json, '}');
    output_write(analysis->output, MANIFEST_NAME, text);
    output_end(analysis->output);
}
