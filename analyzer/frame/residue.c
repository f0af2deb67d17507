/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bytes of a conversation that are in no frame. */
#include "frame/residue.h"

#include "frame/backlog.h"

/* Gaps of one direction that may still be filled. Of more the older half is counted as it is. */
#define GAPS_MAX 1024

/* One of too many: it has no row, only its bytes and packets count. */
static void sum_up(struct stream *stream, struct open_leftovers *open, const struct leftover *leftover)
{
    if (!open->rest)
        open->rest = g_new0(struct leftover, S7_LEFTOVER_COUNT);
    struct leftover *rest = &open->rest[leftover->reason];
    leftover_add_absent(rest, leftover->reason, leftover->offset, leftover->bytes, &leftover->first);
    rest->packets_left_out++;
    rest->down = leftover->down;
    rest->protocol = leftover->protocol;
    stream->shared->totals.leftovers_summed++;
}

static void hand_on(struct stream *stream, unsigned direction, struct leftover *leftover)
{
    struct open_leftovers *open = stream_open_leftovers(stream, direction);
    if (open->rows >= LEFTOVER_ROWS) {
        sum_up(stream, open, leftover);
        return;
    }
    open->rows++;
    backlog_leftover(stream, direction, leftover);
}

/* Counts a finished stretch and hands it on, or holds it back. */
static void finish_stretch(struct stream *stream, unsigned direction, struct leftover *leftover)
{
    if (leftover->bytes == 0)
        return;
    bool server = stream_is_server(stream, direction);
    if (leftover->reason == S7_LEFTOVER_JUNK && stream->other)
        leftover->reason = S7_LEFTOVER_OTHER_PROTOCOL;
    else if (leftover->reason == S7_LEFTOVER_JUNK && server && leftover->printable)
        leftover->reason = S7_LEFTOVER_UNDEFINED_TEXT;
    if (leftover->reason != S7_LEFTOVER_LIMIT) /* counted when it was given up */
        stream->ledger.leftover[leftover->reason] += leftover->bytes;
    leftover->down = server;
    leftover->protocol = leftover->reason == S7_LEFTOVER_OTHER_PROTOCOL ? stream->other : "";
    if (stream->shared->options.taker.leftover || !stream->kept)
        hand_on(stream, direction, leftover);
    leftover_clear(leftover);
}

void residue_add(struct stream *stream, unsigned direction, const struct element *piece, enum s7_reason reason)
{
    struct open_leftovers *open = stream_open_leftovers(stream, direction);
    if (reason == S7_LEFTOVER_SEPARATOR) {
        leftover_add(&open->separators, piece, reason, false);
        return;
    }
    if (!leftover_touches(&open->stretch, piece, reason))
        finish_stretch(stream, direction, &open->stretch);
    leftover_add(&open->stretch, piece, reason, true);
}

/* What came late of it does not count. */
static void finish_gap(struct stream *stream, unsigned direction, const struct gap *gap)
{
    struct leftover leftover;
    if (gap->length == 0)
        return;
    leftover_absent(&leftover, S7_LEFTOVER_GAP, gap->offset, gap->length, &gap->origin);
    finish_stretch(stream, direction, &leftover);
    stream->gaps++;
}

static void finish_gaps(struct stream *stream, unsigned direction, guint count)
{
    GArray *gaps = stream->open[direction]->gaps;
    for (guint i = 0; i < count; i++)
        finish_gap(stream, direction, &g_array_index(gaps, struct gap, i));
    g_array_remove_range(gaps, 0, count);
}

void residue_gap(struct stream *stream, unsigned direction, const struct gap *gap, bool may_come)
{
    if (!may_come) {
        finish_gap(stream, direction, gap);
        return;
    }
    struct open_leftovers *open = stream_open_leftovers(stream, direction);
    if (!open->gaps)
        open->gaps = g_array_new(FALSE, FALSE, sizeof *gap);
    else if (open->gaps->len >= GAPS_MAX)
        finish_gaps(stream, direction, GAPS_MAX / 2);
    g_array_append_vals(open->gaps, gap, 1);
}

void residue_late(struct stream *stream, unsigned direction, uint64_t offset, uint64_t length)
{
    struct open_leftovers *open = stream->open[direction];
    for (guint i = 0; open && open->gaps && i < open->gaps->len; i++) {
        struct gap *gap = &g_array_index(open->gaps, struct gap, i);
        uint64_t start = MAX(offset, gap->offset), end = MIN(offset + length, gap->offset + gap->length);
        if (start >= end)
            continue;
        struct gap behind = {end, gap->offset + gap->length - end, gap->origin};
        gap->length = start - gap->offset;
        if (behind.length > 0)
            g_array_insert_val(open->gaps, i + 1, behind);
        if (start == g_array_index(open->gaps, struct gap, i).offset)
            g_array_remove_index(open->gaps, i);
        return;
    }
}

void residue_overlap(struct stream *stream, unsigned direction, const struct overlap *overlap)
{
    struct leftover leftover;
    leftover_overlap(&leftover, overlap);
    finish_stretch(stream, direction, &leftover);
}

void residue_finish(struct stream *stream, unsigned direction)
{
    if (stream->open[direction])
        finish_stretch(stream, direction, &stream->open[direction]->stretch);
}

void residue_close(struct stream *stream, unsigned direction)
{
    struct open_leftovers *open = stream->open[direction];
    if (!open)
        return;
    finish_stretch(stream, direction, &open->stretch);
    if (open->gaps) {
        finish_gaps(stream, direction, open->gaps->len);
        g_array_unref(open->gaps);
    }
    finish_stretch(stream, direction, &open->separators);
    finish_stretch(stream, direction, &open->limit);
    for (unsigned reason = 0; open->rest && reason < S7_LEFTOVER_COUNT; reason++)
        if (open->rest[reason].bytes > 0)
            backlog_leftover(stream, direction, &open->rest[reason]);
    g_free(open->rest);
    g_free(open);
    stream->open[direction] = NULL;
}
