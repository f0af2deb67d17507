/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bytes of a conversation that are in no frame. */
#include "frame/residue.h"

#include "frame/backlog.h"

void residue_write(const struct stream *stream, const GString *line)
{
    struct table *table = stream->shared->outputs.leftovers;
    if (!table)
        return;
    const struct table_place place = {.key = (int64_t)stream->conversation->number, .order = table->rows};
    table_append(table, line, &place);
}

/* Counts a finished stretch and writes its row, or holds it back. */
static void finish(struct stream *stream, unsigned direction, struct leftover *leftover)
{
    struct streams *shared = stream->shared;
    if (leftover->bytes == 0)
        return;
    bool server = stream_is_server(stream, direction);
    if (leftover->reason == S7_LEFTOVER_JUNK && stream->other)
        leftover->reason = S7_LEFTOVER_OTHER_PROTOCOL;
    else if (leftover->reason == S7_LEFTOVER_JUNK && server && leftover->printable)
        leftover->reason = S7_LEFTOVER_UNDEFINED_TEXT;
    if (leftover->reason != S7_LEFTOVER_LIMIT) /* counted when it was given up */
        stream->ledger.leftover[leftover->reason] += leftover->bytes;
    if (shared->outputs.leftovers || !stream->kept) {
        bool named = leftover->reason == S7_LEFTOVER_OTHER_PROTOCOL;
        struct leftover_row row = {.stream = stream->conversation->number,
                                   .direction = s7_direction_names[server ? S7_DOWN : S7_UP],
                                   .protocol = named ? stream->other : "",
                                   .csv_guard = shared->options->csv_guard,
                                   .show_secrets = shared->options->show_secrets};
        g_string_truncate(shared->line, 0);
        leftover_print(shared->line, leftover, &row);
        const struct origin *packets = leftover->packets ? (const void *)leftover->packets->data : &leftover->first;
        backlog_leftover(stream, direction, leftover, packets, leftover->packets ? leftover->packets->len : 1);
    }
    leftover_clear(leftover);
}

static struct open_leftovers *open_leftovers(struct stream *stream, unsigned direction)
{
    if (!stream->open[direction])
        stream->open[direction] = g_new0(struct open_leftovers, 1);
    return stream->open[direction];
}

void residue_add(struct stream *stream, unsigned direction, const struct element *piece, enum s7_reason reason)
{
    struct open_leftovers *open = open_leftovers(stream, direction);
    if (reason == S7_LEFTOVER_SEPARATOR) {
        leftover_add(&open->separators, piece, reason, false);
        return;
    }
    if (!leftover_touches(&open->stretch, piece, reason))
        finish(stream, direction, &open->stretch);
    leftover_add(&open->stretch, piece, reason, true);
}

void residue_absent(struct stream *stream, unsigned direction, enum s7_reason reason, uint64_t offset, uint64_t length,
                    const struct origin *origin)
{
    struct leftover leftover;
    leftover_absent(&leftover, reason, offset, length, origin);
    finish(stream, direction, &leftover);
}

void residue_overlap(struct stream *stream, unsigned direction, const struct overlap *overlap)
{
    struct leftover leftover;
    leftover_overlap(&leftover, overlap);
    finish(stream, direction, &leftover);
}

void residue_finish(struct stream *stream, unsigned direction)
{
    if (stream->open[direction])
        finish(stream, direction, &stream->open[direction]->stretch);
}

void residue_limit(struct stream *stream, unsigned direction, uint64_t offset, uint64_t bytes,
                   const struct origin *origin)
{
    struct leftover *limit = &open_leftovers(stream, direction)->limit;
    uint64_t before = limit->bytes;
    if (before == 0)
        leftover_absent(limit, S7_LEFTOVER_LIMIT, offset, 0, origin);
    stream->ledger.leftover[S7_LEFTOVER_LIMIT] += bytes;
    limit->bytes = before + bytes;
    limit->latest = *origin;
}

void residue_close(struct stream *stream, unsigned direction)
{
    struct open_leftovers *open = stream->open[direction];
    if (!open)
        return;
    finish(stream, direction, &open->stretch);
    finish(stream, direction, &open->separators);
    finish(stream, direction, &open->limit);
    g_free(open);
    stream->open[direction] = NULL;
}
