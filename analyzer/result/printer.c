/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reports as lines of CSV. */
#include "result/printer.h"

#include <assert.h>

void printer_init(struct printer *printer, const struct row_options *options)
{
    row_writer_init(&printer->writer, options);
    printer->stream = 0;
}

static const struct row_path *path_of(struct printer *printer, const struct report *report)
{
    if (printer->stream != report->stream || memcmp(&printer->source, &report->source, sizeof printer->source) != 0)
        row_path_set(&printer->path, &report->source, &report->destination, (enum transport)report->transport,
                     report->stream);
    printer->stream = report->stream;
    printer->source = report->source;
    return &printer->path;
}

struct row_facts printer_facts(struct printer *printer, const struct report *report)
{
    return (struct row_facts){.data = report->data,
                              .length = report->length,
                              .context = report->context,
                              .time = report->completed.untimed ? ROW_NO_TIME : report_captured(report),
                              .device_id = report->device_id,
                              .path = path_of(printer, report),
                              .offset = report->offset,
                              .packets = report->packets,
                              .packet_count = report->packet_count,
                              .file = report->completed.file,
                              .answers = report->answers};
}

void printer_print(struct printer *printer, GString *out, const struct report *report)
{
    const struct row_facts facts = printer_facts(printer, report);
    gsize length = out->len, bound = row_bound(report->message, report->packet_count);
    if (out->allocated_len <= length + bound)
        g_string_set_size(out, length + bound);
    char *end = row_print(&printer->writer, out->str + length, report->message, &facts);
    assert((gsize)(end - out->str) <= length + bound);
    *end = '\0';
    out->len = (gsize)(end - out->str);
}
