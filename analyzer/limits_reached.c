/* SPDX-License-Identifier: GPL-2.0-or-later
 * The limits of a run by their names in the manifest. */
#include "limits_reached.h"

#include "capture/merge.h"
#include "device/hindsight.h"
#include "frame/copies.h"
#include "frame/exchange.h"
#include "frame/held.h"
#include "pairing.h"

#include <string.h>

void analysis_limits(const struct analysis *analysis, struct analysis_limit limits[ANALYSIS_LIMITS])
{
    const struct stream_totals *totals = &analysis->streams_total;
    const struct options *options = analysis->options;
    const struct fragment_counts *fragments = &analysis->fragments;
    const struct pictures_totals *pictures = &analysis->pictures_total;
    const struct analysis_limit all[ANALYSIS_LIMITS] = {
        {"open_inputs", MERGE_OPEN_MAX, analysis->waited},
        {"open_conversations", options->streams_max, totals->conversation_limit},
        {"held_rows", HELD_ROWS, totals->held_limit},
        {"waiting_bytes", options->tcp.bytes, totals->hole_limits[TCP_REACHED_BYTES]},
        {"waiting_segments", options->tcp.ranges, totals->hole_limits[TCP_REACHED_RANGES]},
        {"waiting_bytes_total", options->tcp.total, totals->hole_limits[TCP_REACHED_TOTAL]},
        {"remembered_holes", TCP_HOLES_MAX, totals->hole_limits[TCP_REACHED_HOLES]},
        {"unfinished_bytes", options->unfinished_max, totals->unfinished_limit},
        {"waiting_commands", S7_REQUESTS_MAX, totals->request_limit},
        {"commands_of_device", DEVICE_COMMANDS_MAX, totals->command_limit},
        {"conversations_with_commands", EXCHANGES_MAX, totals->exchange_limit},
        {"remembered_datagrams", COPIES_MAX, totals->copies_forgotten},
        {"listed_copies", HELD_BYTES, totals->copies_unlisted},
        {"clock_marks", HINDSIGHT_MARKS, analysis->reports.unmarked},
        {"devices", options->devices_max, analysis->devices_refused},
        {"leftover_rows", LEFTOVER_ROWS, totals->leftovers_summed},
        {"fragmented_datagrams", options->fragments.datagrams, fragments->limits_reached},
        {"fragment_bytes", options->fragments.bytes, fragments->bytes_reached},
        {"pictures", PICTURES_MAX, pictures->refused},
        {"picture_bytes", PICTURE_BYTES, pictures->refused_bytes},
    };
    memcpy(limits, all, sizeof all);
}
