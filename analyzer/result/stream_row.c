/* SPDX-License-Identifier: GPL-2.0-or-later
 * A conversation as a row of streams.csv. */
#include "result/stream_row.h"

#include "base/text.h"

#include <string.h>

void stream_row_header(GString *out)
{
    g_string_append(out, "stream,transport,source,destination,tunnel,start,end,end_reason,dialect,other_protocol,"
                         "device_ids,packets,payload_bytes,frame_bytes,leftover_bytes,missing_bytes,overlap_bytes,"
                         "frames,gaps,overlaps\n");
}

void stream_row_print(GString *out, const struct stream_row *row, bool csv_guard)
{
    const struct conversation *conversation = row->conversation;
    const struct ledger *ledger = row->ledger;
    char source[ENDPOINT_SIZE], destination[ENDPOINT_SIZE];
    endpoint_print(&conversation->endpoints[0], source);
    endpoint_print(&conversation->endpoints[1], destination);
    g_string_append_printf(out, "%" G_GUINT64_FORMAT ",%s,%s,%s,", conversation->number,
                           conversation->transport == TRANSPORT_TCP ? "tcp" : "udp", source, destination);
    text_cell(out, conversation->tunnel, strlen(conversation->tunnel), csv_guard);
    g_string_append_c(out, ',');
    if (conversation->start != 0) /* packets without a time */
        text_time(out, conversation->start);
    g_string_append_c(out, ',');
    if (conversation->end != 0)
        text_time(out, conversation->end);
    g_string_append_printf(out, ",%s,%s,%s,", conversation->end_reason ? conversation->end_reason : "",
                           row->dialect >= 0 ? s7_dialect_names[row->dialect] : "", row->other ? row->other : "");
    for (guint i = 0; i < row->ids->len; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? ";" : "", (const char *)row->ids->pdata[i]);
    const uint64_t numbers[] = {conversation->packets,
                                ledger->payload_bytes,
                                ledger->frame_bytes,
                                ledger_leftover_bytes(ledger),
                                ledger->leftover[S7_LEFTOVER_GAP],
                                ledger->leftover[S7_LEFTOVER_OVERLAP],
                                row->frames,
                                row->gaps,
                                row->overlaps};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_c(out, ',');
        text_unsigned(out, numbers[i]);
    }
    g_string_append_c(out, '\n');
}
