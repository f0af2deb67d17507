/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows to standard output as they come. */
#include "device/live.h"

#include "base/cache_line.h"
#include "base/io.h"
#include "result/printer.h"

#include <unistd.h>

/* Bytes that are written at once. */
#define PIECE 65536

struct live {
    struct printer printer;
    const struct selection *selection;
    const struct map_file *map;
    GString *rows;
    bool failed;
    struct s7_message message; /* of a report that had to wait */
};

struct live *live_new(const struct row_options *row, const struct selection *selection, const struct map_file *map)
{
    struct live *live = g_new0(struct live, 1);
    live->selection = selection;
    live->map = map;
    live->rows = g_string_sized_new((gsize)PIECE * 2 - 1);
    printer_init(&live->printer, row);
    row_header(live->rows);
    return live;
}

bool live_take(struct live *live, struct device *device, struct report *report)
{
    struct place place;
    struct said said;
    if (!device->judge) {
        device->judge = g_new(struct judge, 1);
        judge_init(device->judge, false);
    }
    return judge_report(device->judge, device, live->selection, report, &place, &said);
}

static void write_rows(struct live *live)
{
    /* Not by stdio, which gives up what a signal interrupts. */
    if (!live->failed && !io_write(STDOUT_FILENO, live->rows->str, live->rows->len))
        live->failed = true;
    g_string_truncate(live->rows, 0);
}

void live_write(struct live *live, struct device *device, struct report *report)
{
    if (!report->message) {
        s7_decode_values(report->data, &report->frame, &live->message);
        map_file_apply(live->map, report->data, &live->message);
        report->message = &live->message;
    }
    device->context |= report->context; /* what came while it waited */
    printer_print(&live->printer, live->rows, report);
    if (live->rows->len >= PIECE)
        write_rows(live);
}

void live_prefetch(const struct device *device)
{
    if (device->judge)
        judge_prefetch(device->judge);
    prefetch_lines((const char *)device + DEVICE_HOT, sizeof *device - DEVICE_HOT);
}

void live_flush(struct live *live)
{
    write_rows(live);
}

bool live_failed(const struct live *live)
{
    return live->failed;
}

void live_free(struct live *live, const struct devices *devices)
{
    if (!live)
        return;
    for (uint32_t number = 0; number <= devices_count(devices); number++) {
        struct device *device = devices_at(devices, number);
        if (device->judge)
            judge_clear(device->judge);
        g_clear_pointer(&device->judge, g_free);
    }
    g_string_free(live->rows, TRUE);
    g_free(live);
}
