/* SPDX-License-Identifier: GPL-2.0-or-later
 * A conversation as a row of streams.csv. */
#include "frame/stream_row.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void streams_header(GString *out)
{
    g_string_append(out, "stream,transport,source,destination,tunnel,start,end,end_reason,dialect,other_protocol,"
                         "device_ids,packets,payload_bytes,frame_bytes,leftover_bytes,missing_bytes,overlap_bytes,"
                         "frames,gaps,overlaps\n");
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp((*(struct device *const *)a)->id, (*(struct device *const *)b)->id);
}

static void print_device_ids(GString *line, const struct stream *stream)
{
    if (!stream->devices) {
        g_string_append(line, stream->device ? stream->device->id : "");
        return;
    }
    guint count;
    g_autofree gpointer *all = g_hash_table_get_keys_as_array(stream->devices, &count);
    qsort(all, count, sizeof *all, compare_ids);
    for (guint i = 0; i < count; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? ";" : "", ((const struct device *)all[i])->id);
}

void stream_row_print(GString *line, const struct stream *stream)
{
    const struct conversation *conversation = stream->conversation;
    const struct ledger *ledger = &stream->ledger;
    char source[ENDPOINT_SIZE], destination[ENDPOINT_SIZE];
    endpoint_print(&conversation->endpoints[0], source);
    endpoint_print(&conversation->endpoints[1], destination);
    g_string_printf(line, "%" G_GUINT64_FORMAT ",%s,%s,%s,", conversation->number,
                    conversation->transport == TRANSPORT_TCP ? "tcp" : "udp", source, destination);
    const char *tunnel = conversation->tunnel ? conversation->tunnel : "";
    text_cell(line, tunnel, strlen(tunnel), stream->shared->options->csv_guard);
    g_string_append_c(line, ',');
    if (conversation->start != 0) /* packets without a time */
        text_time(line, conversation->start);
    g_string_append_c(line, ',');
    if (conversation->end != 0)
        text_time(line, conversation->end);
    g_string_append_printf(line, ",%s,%s,%s,", conversation->end_reason ? conversation->end_reason : "",
                           stream->dialect >= 0 ? s7_dialect_names[stream->dialect] : "",
                           stream->other ? stream->other : "");
    print_device_ids(line, stream);
    const uint64_t numbers[] = {conversation->packets,
                                ledger->payload_bytes,
                                ledger->frame_bytes,
                                ledger_leftover_bytes(ledger),
                                ledger->leftover[S7_LEFTOVER_GAP],
                                ledger->leftover[S7_LEFTOVER_OVERLAP],
                                stream->frames,
                                stream->gaps,
                                stream->overlaps};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_c(line, ',');
        text_unsigned(line, numbers[i]);
    }
    g_string_append_c(line, '\n');
}
