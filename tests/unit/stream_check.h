/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of what stands behind the conversations: two of them, the store, the second step, the folder that the
 * results go to, frames to feed, and cells of the rows that come out. */
#ifndef STREAM_CHECK_H
#define STREAM_CHECK_H

#include "device/workers.h"
#include "frame/framing.h"
#include "frame/stream_state.h"
#include "options.h"
#include "result/stream_tables.h"
#include "store/store.h"

#include <glib/gstdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
/* 2024-05-17T06:00:00Z */
#define NOON (INT64_C(1715925600) * SECOND)

#define ID_A "353327020115804"
#define ID_B "867688038677542"

enum { UP, DOWN };

static char *folder;
static struct options options;
static struct output *output;
static struct devices *devices;
static GPtrArray *with_rows; /* after finish() */
static struct streams *streams;
static struct store *store;
static struct stream_tables *tables;
static struct pictures *pictures;
static struct conversation conversations[3];
static struct tcp connections[3];
static struct stream parts[3]; /* the third is not begun by set_up() */
static uint64_t packet_number;
static struct steady packet_clock; /* of both */

static inline void begin_conversation(unsigned i, uint64_t number)
{
    connections[i] = (struct tcp){.shared = NULL};
    parts[i] = (struct stream){.shared = NULL};
    conversations[i] = (struct conversation){
        .number = number, .transport = TRANSPORT_TCP, .tcp = &connections[i], .tunnel = "", .end_reason = "capture"};
    conversations[i].clock = &packet_clock;
    conversations[i].endpoints[0] = (struct endpoint){.version = 4, .port = 40000};
    conversations[i].endpoints[1] = (struct endpoint){.version = 4, .port = 8888};
    conversations[i].start = conversations[i].end = NOON;
    streams_opened(&conversations[i], &parts[i], streams);
}

static inline bool take_report(struct report *report, struct device *device, void *user)
{
    return true;
}

static inline void write_report(struct report *report, struct device *device, void *user)
{
    store_put(store, device->number, report);
}

static inline void write_leftover(const struct leftover *leftover, uint64_t stream, void *user)
{
    stream_tables_leftover(tables, leftover, stream);
}

static inline void write_stream(const struct stream_row *row, void *user)
{
    stream_tables_stream(tables, row);
}

/* ports: NULL = any. */
static inline void open_streams(const GArray *ports)
{
    const struct stream_options stream = {
        .mode = STREAMS_RECORDS,
        .ports = ports,
        .devices = devices,
        .taker = {.take = take_report, .write = write_report, .leftover = write_leftover, .stream = write_stream}};
    streams = streams_new(&stream);
}

static inline int set_up(void **state)
{
    uint16_t port = 8888;
    const struct row_options row = {.csv_guard = true};
    options = (struct options){.since = INT64_MIN, .until = INT64_MAX, .csv_guard = true};
    options.ports = g_array_new(FALSE, FALSE, sizeof port);
    g_array_append_val(options.ports, port);
    folder = g_dir_make_tmp("timeline-XXXXXX", NULL);
    assert_non_null(folder);
    output = output_open(folder, false, NULL);
    assert_non_null(output);
    devices = devices_new(DEVICES_MAX);
    store = store_new(output_scratch(output), STORE_MEMORY_MIN);
    tables = stream_tables_new(output, &row, 0);
    pictures = pictures_new(output, true, true);
    open_streams(options.ports);
    packet_number = 0;
    begin_conversation(0, 1);
    begin_conversation(1, 2);
    return 0;
}

static inline void end_conversation(unsigned i)
{
    framing_end(&parts[i], UP);
    framing_end(&parts[i], DOWN);
    streams_closed(&parts[i]);
}

/* Ends both conversations, writes all and publishes the files. The ledger must balance. */
static inline void finish(void)
{
    const struct timeline_options timeline = {.selection = {options.devices, options.since, options.until},
                                              .row = {.csv_guard = true},
                                              .by_capture = options.order == ORDER_CAPTURE,
                                              .output = output,
                                              .pictures = pictures};
    end_conversation(0);
    end_conversation(1);
    store_close(store);
    const struct source source = store_source(store);
    assert_int_equal(workers_run(&source, devices, &timeline, 1, 0), 0);
    with_rows = devices_with_rows(devices);
    stream_tables_finish(tables, false, NULL);
    pictures_finish(pictures);
    output_publish(output, false);
    assert_null(output_error(output));
    assert_int_equal(streams_totals(streams)->unbalanced, 0);
    assert_true(ledger_balanced(&streams_totals(streams)->ledger));
}

static inline void remove_below(const char *path)
{
    GDir *below = g_dir_open(path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(below)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_below(child);
        else
            assert_int_equal(g_unlink(child), 0);
    }
    g_dir_close(below);
    assert_int_equal(g_rmdir(path), 0);
}

static inline int tear_down(void **state)
{
    streams_free(streams);
    store_free(store);
    stream_tables_free(tables);
    pictures_free(pictures);
    devices_free(devices);
    g_clear_pointer(&with_rows, g_ptr_array_unref);
    output_close(output);
    if (options.ports)
        g_array_unref(options.ports);
    if (options.devices)
        g_hash_table_unref(options.devices);
    remove_below(folder);
    g_free(folder);
    return 0;
}

/* The text comes in one packet, so many seconds after noon. */
static inline void feed(unsigned conversation, unsigned direction, int64_t second, const char *text)
{
    struct origin origin = {.time = NOON + second * SECOND, .number = ++packet_number, .file = 1};
    packet_clock.number++;
    const struct sink sink = framing_sink(streams);
    sink_passes(&sink, origin.time);
    framing_bytes(&parts[conversation], direction, (const uint8_t *)text, strlen(text), &origin);
}

/* A gotop report: clock in hhmmss of 2024-05-17. */
static inline char *report(const char *id, const char *code, char validity, unsigned clock, const char *latitude)
{
    return g_strdup_printf("#%s,%s,%c,DATE:240517,TIME:%06u,LAT:%sN,LOT:010.0000000E,Speed:000.0,84-20,000#", id, code,
                           validity, clock, latitude);
}

static inline void feed_report(unsigned conversation, int64_t second, const char *id, const char *code, char validity,
                               unsigned clock)
{
    g_autofree char *text = report(id, code, validity, clock, "50.0000000");
    feed(conversation, UP, second, text);
}

/* A startek frame of device B: head '&' or '$', what stands behind the id. */
static inline char *startek_frame(char head, char index, const char *content)
{
    g_autofree char *body = g_strdup_printf(",%s,%s", ID_B, content);
    GString *frame = g_string_new(NULL);
    g_string_append_printf(frame, "%c%c%c%u%s", head, head, index, (unsigned)strlen(body), body);
    unsigned sum = 0;
    for (size_t i = 0; i < frame->len; i++)
        sum += (unsigned char)frame->str[i];
    g_string_append_printf(frame, "%02X\r\n", sum & 255);
    return g_string_free(frame, FALSE);
}

static inline void feed_startek(unsigned conversation, unsigned direction, int64_t second, char index,
                                const char *content)
{
    g_autofree char *frame = startek_frame(direction == UP ? '&' : '$', index, content);
    feed(conversation, direction, second, frame);
}

/* The text of a file of the results, NULL if there is none. */
static inline char *read_file(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

/* The cells of a CSV line (RFC 4180). */
static inline GPtrArray *split_line(const char *line)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) cell = g_string_new(NULL);
    bool quoted = false;
    for (const char *p = line;; p++) {
        if (*p == '"' && quoted && p[1] == '"') {
            g_string_append_c(cell, *p++);
        } else if (*p == '"') {
            quoted = !quoted;
        } else if ((*p == ',' && !quoted) || *p == '\0') {
            g_ptr_array_add(cells, g_strdup(cell->str));
            g_string_truncate(cell, 0);
            if (*p == '\0')
                return cells;
        } else {
            g_string_append_c(cell, *p);
        }
    }
}

/* Cells of a file of results, rows with | between them, the named columns (blanks between) with blanks between them,
 * "-" for an empty one. */
static inline void expect_cells(const char *name, const char *columns, const char *expected)
{
    g_autofree char *text = read_file(name);
    if (!text)
        fail_msg("no %s", name);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1), wanted = g_strsplit(columns, " ", -1);
    g_autoptr(GPtrArray) head = split_line(lines[0]);
    g_autoptr(GString) out = g_string_new(NULL);
    for (char **line = lines + 1; *line; line++) {
        g_autoptr(GPtrArray) cells = split_line(*line);
        assert_int_equal(cells->len, head->len);
        g_string_append(out, out->len ? " |" : "");
        for (char **column = wanted; *column; column++)
            for (guint i = 0; i < head->len; i++)
                if (strcmp(head->pdata[i], *column) == 0)
                    g_string_append_printf(out, "%s%s", out->len ? " " : "",
                                           *(char *)cells->pdata[i] ? (char *)cells->pdata[i] : "-");
    }
    assert_string_equal(out->str, expected);
}

#endif
