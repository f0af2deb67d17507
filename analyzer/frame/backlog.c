/* SPDX-License-Identifier: GPL-2.0-or-later
 * The rows of a conversation that wait, in order. */
#include "frame/backlog.h"

#include "base/cells.h"
#include "frame/residue.h"

#include <string.h>

/* Empty queues that are kept for the next conversation that needs one, and how large they may be. */
#define SPARE_MAX       64
#define SPARE_BYTES_MAX 4096
/* About what a row is longer than its frame. */
#define ROW_ROOM 1024

static bool is_datagram(const struct stream *stream)
{
    return stream->conversation->transport == TRANSPORT_UDP;
}

/* When the item of a datagram may go at the earliest: a copy may still come. */
static int64_t copy_until(const struct stream *stream, const struct origin *first)
{
    return is_datagram(stream) ? first->time + COPIES_WINDOW + 1 : INT64_MIN;
}

static void unlink_due(struct stream *stream)
{
    if (stream->due_queue >= 0)
        g_queue_unlink(&stream->shared->due[stream->due_queue], &stream->due_link);
    stream->due_queue = -1;
}

static void find_next_due(struct streams *streams)
{
    streams->next_due = INT64_MAX;
    for (unsigned i = 0; i < DUE_QUEUES; i++)
        if (streams->due[i].head)
            streams->next_due = MIN(streams->next_due, ((struct stream *)streams->due[i].head->data)->due);
}

static bool is_identified(const struct stream *stream, const struct held_item *item)
{
    return item->kind != HELD_FRAME || item->id[0] || stream->id[0];
}

/* Puts the conversation where its first row is due. */
static void schedule(struct stream *stream)
{
    struct streams *shared = stream->shared;
    const struct held_item *item = held_first(&stream->held);
    bool waits = item && stream->kept && is_identified(stream, item);
    if (stream->due_queue >= 0 && waits && stream->due == item->until)
        return;
    unlink_due(stream);
    if (waits) {
        int queue = item->wait == WAIT_ANSWER    ? DUE_ANSWER
                    : item->wait == WAIT_NOTHING ? DUE_COPY
                                                 : DUE_ACKNOWLEDGEMENT;
        stream->due_queue = queue;
        stream->due = item->until;
        GList *before = shared->due[queue].tail;
        while (before && ((const struct stream *)before->data)->due > stream->due)
            before = before->prev;
        stream->due_link = (GList){.data = stream};
        if (before)
            g_queue_insert_after_link(&shared->due[queue], before, &stream->due_link);
        else
            g_queue_push_head_link(&shared->due[queue], &stream->due_link);
    }
    find_next_due(shared);
}

static void open_queue(struct stream *stream)
{
    GPtrArray *spare = stream->shared->spare;
    if (stream->held.queue)
        return;
    stream->held.queue = spare->len > 0 ? g_ptr_array_steal_index_fast(spare, spare->len - 1) : g_byte_array_new();
    stream->held.start = 0;
}

/* The queue is empty: it goes back. */
static void close_queue(struct stream *stream)
{
    struct streams *shared = stream->shared;
    GByteArray *queue = stream->held.queue;
    if (!queue || stream->held.rows > 0)
        return;
    bool large = queue->len > SPARE_BYTES_MAX || shared->spare->len >= SPARE_MAX;
    g_byte_array_set_size(queue, 0);
    if (large)
        g_byte_array_unref(queue);
    else
        g_ptr_array_add(shared->spare, queue);
    stream->held = (struct held){0};
}

/* Hands the report to its device. Returns whether its row is to be written. */
static bool take(struct stream *stream, struct report *report, bool own, struct timeline_row *row)
{
    struct streams *shared = stream->shared;
    if (!timeline_take(shared->timeline, stream_device(stream, report->device_id, own), report, row))
        return false;
    if (shared->outputs.pictures)
        pictures_take(shared->outputs.pictures, report);
    return true;
}

/* A frame that could not be handed over when it came. */
static void replay(struct stream *stream, const struct held_item *item)
{
    struct s7_message *message = &stream->shared->replayed;
    const uint8_t *data = held_data(item);
    char id[DEVICE_ID_MAX + 1];
    stream->shared->decode(data, &item->frame, message);
    map_file_apply(stream->shared->options->map, data, message);
    bool own = report_own_id(data, message, id);
    struct report report = {.data = data,
                            .length = item->length,
                            .message = message,
                            .conversation = stream->conversation,
                            .direction = item->direction,
                            .order = item->order,
                            .offset = item->offset,
                            .packets = held_packets(item),
                            .packet_count = item->packet_count,
                            .completed = item->first,
                            .device_id = own           ? id
                                         : item->id[0] ? item->id
                                                       : stream->first_id,
                            .context = item->context,
                            .answers = item->answers};
    struct timeline_row row;
    struct timeline *timeline = stream->shared->timeline;
    if (!take(stream, &report, own, &row))
        return;
    timeline_print(timeline, &report);
    timeline_write(timeline, &row);
}

static void write_leftover(struct streams *shared, const struct stream *stream, const struct held_item *item)
{
    if (!shared->outputs.leftovers)
        return;
    g_string_truncate(shared->late, 0);
    g_string_append_len(shared->late, (const char *)held_data(item), item->length);
    if (item->packets_changed) {
        g_string_truncate(shared->cell, 0);
        report_packets(shared->cell, held_packets(item), item->packet_count, item->first.file);
        cells_replace(shared->late, shared->leftover_packets_column, shared->cell);
    }
    residue_write(stream, shared->late);
}

/* Writes the item. sure: if nothing came that it waited for, nothing will. */
static void write_item(struct stream *stream, struct held_item *item, bool sure)
{
    struct streams *shared = stream->shared;
    if (sure && item->wait != WAIT_NOTHING && exchange_is_sure(stream, item))
        item->context |= item->wait == WAIT_ANSWER ? CONTEXT_BIT(UNANSWERED) : CONTEXT_BIT(UNACKNOWLEDGED);
    switch ((enum held_kind)item->kind) {
    case HELD_FRAME:
        replay(stream, item);
        break;
    case HELD_REPORT:
        item->row.context |= item->context;
        timeline_write_late(shared->timeline, &item->row,
                            (struct timeline_line){(const char *)held_data(item), item->length}, held_packets(item),
                            item->packets_changed ? item->packet_count : 0, item->first.file);
        break;
    case HELD_LEFTOVER:
        write_leftover(shared, stream, item);
        break;
    }
}

static void pop(struct stream *stream, const struct held_item *item)
{
    stream->shared->held_bytes -= item->size;
    held_pop(&stream->held);
}

/* Writes from the first row on what waits for nothing; with all set the others too. over: the conversation has ended,
 * so that nothing will come. */
static void release(struct stream *stream, bool all, bool over)
{
    struct held_item *item;
    while (stream->kept && (item = held_first(&stream->held)) != NULL) {
        bool due = item->until <= stream->shared->now;
        if (!all && (!due || !is_identified(stream, item)))
            break;
        write_item(stream, item, due || over);
        pop(stream, item);
    }
    close_queue(stream);
    schedule(stream);
}

void backlog_release(struct stream *stream)
{
    if (stream->held.rows > 0)
        release(stream, false, false);
}

void backlog_advance(struct streams *streams, int64_t time)
{
    streams->now = MAX(streams->now, time);
    while (streams->next_due <= streams->now)
        for (unsigned i = 0; i < DUE_QUEUES; i++) {
            const GList *head = streams->due[i].head;
            if (head && ((const struct stream *)head->data)->due <= streams->now)
                release(head->data, false, false);
        }
}

/* Gives up what waits in a conversation that is not proven: its bytes become one leftover a direction. */
static void discard(struct stream *stream)
{
    const struct held_item *item;
    while ((item = held_first(&stream->held)) != NULL) {
        bool counted = true;
        if (item->kind == HELD_FRAME) {
            stream->ledger.frame_bytes -= item->bytes;
            stream->frames--;
        } else {
            counted = ledger_counted((enum s7_reason)item->reason);
            if (counted)
                stream->ledger.leftover[item->reason] -= item->bytes;
        }
        if (counted)
            residue_limit(stream, item->direction, item->offset, item->bytes, held_packets(item));
        pop(stream, item);
    }
    close_queue(stream);
}

/* Before something of that length is held back: when there is too much, all that is held goes. */
static void make_room(struct stream *stream, size_t length, unsigned packet_count)
{
    if (!held_is_full(&stream->held, stream->shared->held_bytes, length, packet_count))
        return;
    stream->held_limit = true;
    if (stream->kept)
        release(stream, true, false);
    else
        discard(stream);
}

static void hold(struct stream *stream, struct held_item *item, const uint8_t *data, const struct origin *packets)
{
    open_queue(stream);
    bool first = stream->held.rows == 0;
    held_push(&stream->held, item, data, packets);
    stream->shared->held_bytes += item->size;
    if (first)
        schedule(stream);
}

/* Until when the report waits. */
static int64_t wait_until(const struct stream *stream, const struct report *report, const struct question *question)
{
    int64_t until = copy_until(stream, &report->completed);
    return question->wait != WAIT_NOTHING ? MAX(until, question->until) : until;
}

/* What waits of the report, but for what it becomes. */
static struct held_item make_item(const struct stream *stream, const struct report *report,
                                  const struct question *question)
{
    return (struct held_item){.packet_count = report->packet_count,
                              .context = report->context,
                              .direction = (uint8_t)report->direction,
                              .wait = (uint8_t)question->wait,
                              .index = question->index,
                              .code = question->code,
                              .command = question->command,
                              .until = wait_until(stream, report, question),
                              .datagram = stream->shared->datagram,
                              .order = report->order,
                              .offset = report->offset,
                              .bytes = report->length,
                              .first = report->completed};
}

/* Keeps the frame itself: it can not be handed over yet. */
static void hold_frame(struct stream *stream, const struct report *report, const struct question *question,
                       const struct s7_frame *frame)
{
    struct held_item item = make_item(stream, report, question);
    item.kind = HELD_FRAME;
    item.length = report->length;
    item.frame = *frame;
    item.answers = report->answers;
    memcpy(item.id, report->device_id, strlen(report->device_id));
    make_room(stream, report->length, report->packet_count);
    hold(stream, &item, report->data, report->packets);
}

void backlog_report(struct stream *stream, struct report *report, bool own, const struct question *question,
                    const struct s7_frame *frame)
{
    struct streams *shared = stream->shared;
    struct timeline_row row;
    if (!stream->kept || !report->device_id[0]) {
        hold_frame(stream, report, question, frame);
        return;
    }
    if (!take(stream, report, own, &row))
        return;
    if (stream->held.rows == 0 && wait_until(stream, report, question) <= shared->now) {
        timeline_print(shared->timeline, report);
        timeline_write(shared->timeline, &row);
        return;
    }
    /* First: to let go of rows overwrites what is printed. */
    make_room(stream, ROW_ROOM + report->length, report->packet_count);
    struct timeline_line line = timeline_print(shared->timeline, report);
    struct held_item item = make_item(stream, report, question);
    item.kind = HELD_REPORT;
    item.length = (uint32_t)line.length;
    item.row = row;
    hold(stream, &item, (const uint8_t *)line.text, report->packets);
}

void backlog_leftover(struct stream *stream, unsigned direction, const struct leftover *leftover,
                      const struct origin *packets, unsigned packet_count)
{
    const GString *line = stream->shared->line;
    if (stream->kept && !is_datagram(stream)) {
        residue_write(stream, line);
        return;
    }
    struct held_item item = {.kind = HELD_LEFTOVER,
                             .length = (uint32_t)line->len,
                             .packet_count = packet_count,
                             .direction = (uint8_t)direction,
                             .reason = (uint8_t)leftover->reason,
                             .until = copy_until(stream, &leftover->latest),
                             .datagram = stream->shared->datagram,
                             .offset = leftover->offset,
                             .bytes = leftover->bytes,
                             .first = leftover->latest};
    make_room(stream, line->len, packet_count);
    hold(stream, &item, (const uint8_t *)line->str, packets);
}

static void settle(struct stream *stream, struct held_item *item)
{
    item->wait = WAIT_NOTHING;
    item->until = copy_until(stream, &item->first);
}

void backlog_settle(struct stream *stream, uint64_t command)
{
    for (struct held_item *item = held_first(&stream->held); item; item = held_next(&stream->held, item))
        if (item->wait == WAIT_ANSWER && item->command == command)
            settle(stream, item);
}

void backlog_acknowledge(struct stream *stream, unsigned direction, uint8_t index, uint8_t code)
{
    for (struct held_item *item = held_first(&stream->held); item; item = held_next(&stream->held, item))
        if (item->wait == WAIT_ACKNOWLEDGEMENT && item->direction == direction && item->index == index &&
            item->code == code)
            settle(stream, item);
}

void backlog_doubt(struct stream *stream, unsigned direction)
{
    for (struct held_item *item = held_first(&stream->held); item; item = held_next(&stream->held, item))
        if (item->wait != WAIT_NOTHING && item->direction != direction)
            settle(stream, item);
}

void backlog_copy(struct stream *stream, uint64_t datagram, const struct origin *packets, unsigned packet_count)
{
    for (struct held_item *item = held_first(&stream->held); item;) {
        guint at = (guint)((uint8_t *)item - stream->held.queue->data);
        for (unsigned i = 0; item->datagram == datagram && i < packet_count; i++) {
            stream->shared->held_bytes += held_add_packet(&stream->held, item, &packets[i]);
            item = (struct held_item *)(void *)(stream->held.queue->data + at);
        }
        item = held_next(&stream->held, item);
    }
}

void backlog_close(struct stream *stream)
{
    const char *reason = stream->conversation->end_reason;
    /* Where only the capture ends, an answer may have come behind it. */
    bool over = g_strcmp0(reason, "capture") != 0 && g_strcmp0(reason, "limit") != 0;
    if (stream->kept)
        release(stream, true, over);
    while (stream->held.rows > 0)
        pop(stream, held_first(&stream->held));
    close_queue(stream);
    unlink_due(stream);
    find_next_due(stream->shared);
}
