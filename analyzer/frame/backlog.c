/* SPDX-License-Identifier: GPL-2.0-or-later
 * What waits in a conversation, in order. */
#include "frame/backlog.h"

#include "base/saved.h"
#include "digits.h"

#include <string.h>

/* How large an empty queue may be that is kept for the next conversation. */
#define SPARE_BYTES_MAX 4096
/* Bytes of decoded reports that are held back, in all conversations: further ones are decoded again. */
#define SAVED_MAX ((size_t)4 << 20)

/* Places from the end of a queue that are looked at for one that is due earlier. */
#define DUE_STEPS 32

static bool is_datagram(const struct stream *stream)
{
    return stream->conversation->transport == TRANSPORT_UDP;
}

/* When the item of a datagram may go at the earliest: a copy may still come. */
static int64_t copy_until(const struct stream *stream, const struct origin *first)
{
    return is_datagram(stream) ? stream_time(stream, first) + COPIES_WINDOW + 1 : INT64_MIN;
}

static void unlink_due(struct stream *stream)
{
    if (stream->due_queue >= 0)
        g_queue_unlink(&stream->shared->due[stream->due_queue], &stream->due_link);
    g_clear_pointer(&stream->due_place, g_sequence_remove);
    stream->due_queue = -1;
}

/* The first of those that are sorted; NULL if there is none. */
static struct stream *first_sorted(const struct streams *streams)
{
    GSequenceIter *first = g_sequence_get_begin_iter(streams->due_sorted);
    return g_sequence_iter_is_end(first) ? NULL : g_sequence_get(first);
}

static void find_next_due(struct streams *streams)
{
    const struct stream *sorted = first_sorted(streams);
    streams->clock.due = sorted ? sorted->due : INT64_MAX;
    for (unsigned i = 0; i < DUE_QUEUES; i++)
        if (streams->due[i].head)
            streams->clock.due = MIN(streams->clock.due, ((struct stream *)streams->due[i].head->data)->due);
}

static bool is_identified(const struct stream *stream, const struct held_item *item)
{
    return item->kind != HELD_FRAME || item->id[0] || stream->id[0];
}

/* Conversations are told apart, so that each has one place. */
static int compare_due(gconstpointer left, gconstpointer right, gpointer user)
{
    const struct stream *a = left, *b = right;
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    uint64_t one = a->conversation->number, other = b->conversation->number;
    return (one > other) - (one < other);
}

/* Nearly all are due behind those that wait already, or near them; times that are not in order must not cost more. */
static void put_in_order(struct stream *stream, int queue)
{
    struct streams *shared = stream->shared;
    GList *before = shared->due[queue].tail;
    for (unsigned steps = 0; before && ((const struct stream *)before->data)->due > stream->due; steps++) {
        if (steps == DUE_STEPS) {
            stream->due_place = g_sequence_insert_sorted(shared->due_sorted, stream, compare_due, NULL);
            return;
        }
        before = before->prev;
    }
    stream->due_queue = queue;
    stream->due_link = (GList){.data = stream};
    if (before)
        g_queue_insert_after_link(&shared->due[queue], before, &stream->due_link);
    else
        g_queue_push_head_link(&shared->due[queue], &stream->due_link);
}

/* Puts the conversation where the first that waits is due. */
static void schedule_stream(struct stream *stream)
{
    struct streams *shared = stream->shared;
    const struct held_item *item = held_first(&stream->held);
    bool waits = item && stream->kept && is_identified(stream, item);
    if ((stream->due_queue >= 0 || stream->due_place) && waits && stream->due == item->until)
        return;
    unlink_due(stream);
    if (waits) {
        int queue = item->wait == WAIT_ANSWER    ? DUE_ANSWER
                    : item->wait == WAIT_NOTHING ? DUE_COPY
                                                 : DUE_ACKNOWLEDGEMENT;
        stream->due = item->until;
        put_in_order(stream, queue);
    }
    find_next_due(shared);
}

static void open_queue(struct stream *stream)
{
    if (stream->held.queue)
        return;
    stream->held.queue = spares_take(&stream->shared->queues);
    if (!stream->held.queue)
        stream->held.queue = g_byte_array_new();
    stream->held.start = 0;
}

/* The queue is empty: it goes back. */
static void close_queue(struct stream *stream)
{
    GByteArray *queue = stream->held.queue;
    if (!queue || stream->held.rows > 0)
        return;
    bool large = queue->len > SPARE_BYTES_MAX;
    g_byte_array_set_size(queue, 0);
    if (large)
        g_byte_array_unref(queue);
    else
        spares_give(&stream->shared->queues, queue);
    stream->held = (struct held){0};
}

/* It is known whose the report is. Returns whether it is wanted later. */
static bool take_report(struct stream *stream, struct report *report, bool own, struct device **device)
{
    const struct stream_taker *taker = &stream->shared->options.taker;
    *device = stream_device(stream, report->device_id, own);
    if ((*device)->number == 0 && !own) /* of a device that is one too many only what its own frames say */
        report->device_id = (*device)->id;
    return taker->take(report, *device, taker->user);
}

static void write_report(const struct stream *stream, struct report *report, struct device *device)
{
    const struct stream_taker *taker = &stream->shared->options.taker;
    taker->write(report, device, taker->user);
}

/* A held frame as it was, but for its device. */
static struct report report_of(const struct stream *stream, const struct held_item *item)
{
    const struct conversation *conversation = stream->conversation;
    return (struct report){.data = held_data(item),
                           .length = item->length,
                           .frame = item->frame,
                           .source = conversation->endpoints[item->direction],
                           .destination = conversation->endpoints[!item->direction],
                           .transport = conversation->transport,
                           .stream = conversation->number,
                           .order = item->order,
                           .offset = item->offset,
                           .packets = held_packets(item),
                           .packet_count = item->packet_count,
                           .completed = item->latest,
                           .ahead = capture_clocks_ahead(stream->shared->options.clocks, &item->latest),
                           .context = item->context,
                           .answers = item->answers};
}

/* A frame that could not be handed on when it came. */
static void replay(struct stream *stream, const struct held_item *item)
{
    struct s7_message *message = &stream->shared->replayed;
    char id[DEVICE_ID_MAX + 1];
    struct report report = report_of(stream, item);
    struct device *device;
    stream->shared->decode(report.data, &report.frame, message);
    map_file_apply(stream->shared->options.map, report.data, message);
    bool own = report_own_id(report.data, message, id);
    report.message = message;
    report.device_id = own ? id : item->id[0] ? item->id : stream->first_id;
    if (take_report(stream, &report, own, &device))
        write_report(stream, &report, device);
}

/* item->packet_count may have grown since it was put aside. */
static void write_held(const struct stream *stream, const struct held_item *item)
{
    struct report report = report_of(stream, item), saved;
    if (item->saved > 0) {
        saved_read(held_saved(item), report.data, &saved);
        report.message = saved.message;
    }
    char id[DEVICE_ID_MAX + 1];
    report.device_id = item->device->id;
    if (item->device->number == 0) { /* one too many */
        stream->shared->decode(report.data, &report.frame, &stream->shared->replayed);
        report.device_id = report_own_id(report.data, &stream->shared->replayed, id) ? id : item->device->id;
    }
    write_report(stream, &report, item->device);
}

static void write_leftover(const struct stream *stream, const struct leftover *leftover)
{
    const struct stream_taker *taker = &stream->shared->options.taker;
    if (taker->leftover)
        taker->leftover(leftover, stream->conversation->number, taker->user);
}

/* Is it fair to say that an item that waits got nothing? Only where both directions were captured, without a hole,
 * and by clocks of which it is known which is ahead. */
static bool is_sure(const struct stream *stream, const struct held_item *item)
{
    const struct conversation *conversation = stream->conversation;
    const struct tcp *tcp = conversation->tcp;
    unsigned other = !item->direction;
    return capture_clocks_known(stream->shared->options.clocks, conversation->clocks[0], conversation->clocks[1]) &&
           (stream->heard[other] || tcp_has_start(tcp, other)) && !tcp_waits(tcp, other);
}

/* Hands the item on. sure: if nothing came that it waited for, nothing will. */
static void write_item(struct stream *stream, struct held_item *item, bool sure)
{
    if (sure && item->wait != WAIT_NOTHING && is_sure(stream, item))
        item->context |= item->wait == WAIT_ANSWER ? CONTEXT_BIT(UNANSWERED) : CONTEXT_BIT(UNACKNOWLEDGED);
    switch ((enum held_kind)item->kind) {
    case HELD_FRAME:
        replay(stream, item);
        break;
    case HELD_REPORT:
        write_held(stream, item);
        break;
    case HELD_LEFTOVER:
        write_leftover(stream, item->leftover);
        break;
    }
}

static void pop_item(struct stream *stream, const struct held_item *item)
{
    stream->shared->held_bytes -= item->size - item->saved;
    stream->shared->saved_bytes -= item->saved;
    if (item->kind == HELD_LEFTOVER) {
        stream->shared->held_bytes -= leftover_size(item->leftover);
        leftover_clear(item->leftover);
        g_free(item->leftover);
    }
    held_pop(&stream->held);
}

/* Hands on, from the first on, what waits for nothing; with all set the others too. over: the conversation has ended,
 * so that nothing will come. */
static void release_items(struct stream *stream, bool all, bool over)
{
    struct held_item *item;
    while (stream->kept && (item = held_first(&stream->held)) != NULL) {
        bool due = item->until <= stream->shared->clock.now;
        if (!all && (!due || !is_identified(stream, item)))
            break;
        write_item(stream, item, due || over);
        pop_item(stream, item);
    }
    close_queue(stream);
    schedule_stream(stream);
}

void backlog_release(struct stream *stream)
{
    if (stream->held.rows > 0)
        release_items(stream, false, false);
}

void backlog_release_due(struct streams *streams)
{
    while (streams->clock.due <= streams->clock.now) {
        for (unsigned i = 0; i < DUE_QUEUES; i++) {
            const GList *head = streams->due[i].head;
            if (head && ((const struct stream *)head->data)->due <= streams->clock.now)
                release_items(head->data, false, false);
        }
        struct stream *sorted = first_sorted(streams);
        if (sorted && sorted->due <= streams->clock.now)
            release_items(sorted, false, false);
    }
}

/* Bytes that could not be held back. */
static void count_limit(struct stream *stream, unsigned direction, uint64_t offset, uint64_t bytes,
                        const struct origin *origin)
{
    struct leftover *limit = &stream_open_leftovers(stream, direction)->limit;
    stream->ledger.leftover[S7_LEFTOVER_LIMIT] += bytes;
    leftover_add_absent(limit, S7_LEFTOVER_LIMIT, offset, bytes, origin);
}

/* Gives up what waits in a conversation that is not proven: its bytes become one leftover a direction. */
static void discard_items(struct stream *stream)
{
    const struct held_item *item;
    while ((item = held_first(&stream->held)) != NULL) {
        if (item->kind != HELD_LEFTOVER) {
            stream->ledger.frame_bytes -= item->length;
            stream->frames--;
            count_limit(stream, item->direction, item->offset, item->length, held_packets(item));
        } else if (ledger_counted(item->leftover->reason)) {
            const struct leftover *leftover = item->leftover;
            unsigned count;
            stream->ledger.leftover[leftover->reason] -= leftover->bytes;
            count_limit(stream, item->direction, leftover->offset, leftover->bytes, leftover_packets(leftover, &count));
        }
        pop_item(stream, item);
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
        release_items(stream, true, false);
    else
        discard_items(stream);
}

static uint8_t *hold_item(struct stream *stream, struct held_item *item, const uint8_t *data,
                          const struct origin *packets)
{
    open_queue(stream);
    bool first = stream->held.rows == 0;
    uint8_t *saved = held_push(&stream->held, item, data, packets);
    stream->shared->held_bytes += item->size - item->saved;
    stream->shared->saved_bytes += item->saved;
    if (first)
        schedule_stream(stream);
    return saved;
}

/* Until when the report waits. */
static int64_t wait_until(const struct stream *stream, const struct report *report, const struct question *question)
{
    int64_t until = copy_until(stream, &report->completed);
    return question->wait != WAIT_NOTHING ? MAX(until, question->until) : until;
}

/* Of a report that is decoded and need not be again: bytes to put it aside. */
static uint32_t fast_saved_size(const struct streams *shared, const struct report *report, const struct device *device)
{
    if (!S7_FAST_PATHS || !device || !report->message || shared->options.mode != STREAMS_ROWS || shared->options.map ||
        shared->saved_bytes > SAVED_MAX)
        return 0;
    return (uint32_t)saved_size(report);
}

/* device: NULL as long as it is not known for good. */
static void hold_report(struct stream *stream, unsigned direction, const struct report *report,
                        const struct question *question, struct device *device)
{
    struct held_item item = {.kind = device ? HELD_REPORT : HELD_FRAME,
                             .length = report->length,
                             .packet_count = report->packet_count,
                             .context = report->context,
                             .direction = (uint8_t)direction,
                             .wait = (uint8_t)question->wait,
                             .index = question->index,
                             .code = question->code,
                             .command = question->command,
                             .until = wait_until(stream, report, question),
                             .datagram = stream->shared->datagram,
                             .latest = report->completed,
                             .order = report->order,
                             .offset = report->offset,
                             .frame = report->frame,
                             .answers = report->answers,
                             .device = device};
    g_strlcpy(item.id, report->device_id, sizeof item.id);
    make_room(stream, report->length, report->packet_count);
    item.saved = fast_saved_size(stream->shared, report, device);
    uint8_t *saved = hold_item(stream, &item, report->data, report->packets);
    if (item.saved > 0)
        saved_write(saved, report, report->data);
}

void backlog_report(struct stream *stream, unsigned direction, struct report *report, bool own,
                    const struct question *question)
{
    struct device *device;
    if (!stream->kept || !report->device_id[0]) {
        hold_report(stream, direction, report, question, NULL);
        return;
    }
    if (!take_report(stream, report, own, &device))
        return;
    if (stream->held.rows == 0 && wait_until(stream, report, question) <= stream->shared->clock.now)
        write_report(stream, report, device);
    else
        hold_report(stream, direction, report, question, device);
}

void backlog_leftover(struct stream *stream, unsigned direction, struct leftover *leftover)
{
    if (stream->kept && !is_datagram(stream)) {
        write_leftover(stream, leftover);
        return;
    }
    struct held_item item = {.kind = HELD_LEFTOVER,
                             .direction = (uint8_t)direction,
                             .until = copy_until(stream, &leftover->latest),
                             .datagram = stream->shared->datagram,
                             .latest = leftover->latest};
    size_t size = leftover_size(leftover);
    make_room(stream, size, 0);
    item.leftover = g_memdup2(leftover, sizeof *leftover);
    *leftover = (struct leftover){0};
    stream->shared->held_bytes += size;
    hold_item(stream, &item, NULL, NULL);
}

static void settle_item(struct stream *stream, struct held_item *item)
{
    item->wait = WAIT_NOTHING;
    item->until = copy_until(stream, &item->latest);
}

void backlog_settle(struct stream *stream, uint64_t command)
{
    for (struct held_item *item = held_first(&stream->held); item; item = held_next(&stream->held, item))
        if (item->wait == WAIT_ANSWER && item->command == command)
            settle_item(stream, item);
}

/* Is it of a device with another id? */
static bool is_of_other(const struct held_item *item, const char *id)
{
    const char *own = item->kind == HELD_REPORT ? item->device->id : item->id;
    return own[0] != '\0' && id[0] != '\0' && strcmp(own, id) != 0;
}

void backlog_acknowledge(struct stream *stream, unsigned direction, uint8_t index, uint8_t code, const char *id)
{
    for (struct held_item *item = held_first(&stream->held); item; item = held_next(&stream->held, item))
        if (item->wait == WAIT_ACKNOWLEDGEMENT && item->direction == direction && item->index == index &&
            item->code == code && !is_of_other(item, id))
            settle_item(stream, item);
}

void backlog_doubt(struct stream *stream, unsigned direction)
{
    for (struct held_item *item = held_first(&stream->held); item; item = held_next(&stream->held, item))
        if (item->wait != WAIT_NOTHING && item->direction != direction)
            settle_item(stream, item);
}

void backlog_copy(struct stream *stream, uint64_t datagram, const struct origin *packets, unsigned packet_count)
{
    size_t *total = &stream->shared->held_bytes;
    if (stream->held.rows == 0)
        return;
    if (held_is_full(&stream->held, *total, 0, packet_count)) {
        stream->shared->totals.copies_unlisted++;
        return;
    }
    for (unsigned i = 0; i < packet_count; i++)
        *total += held_add_packet(&stream->held, datagram, &packets[i]);
    for (struct held_item *item = held_first(&stream->held); item; item = held_next(&stream->held, item)) {
        if (item->kind != HELD_LEFTOVER || item->datagram != datagram)
            continue;
        *total -= leftover_size(item->leftover);
        for (unsigned i = 0; i < packet_count; i++)
            leftover_add_packet(item->leftover, &packets[i]);
        *total += leftover_size(item->leftover);
    }
}

void backlog_close(struct stream *stream)
{
    const char *reason = stream->conversation->end_reason;
    /* Where only the capture ends, an answer may have come behind it; in the place of a connection that was replaced
     * by another, in that one. */
    bool over = g_strcmp0(reason, "capture") != 0 && g_strcmp0(reason, "limit") != 0 && g_strcmp0(reason, "reuse") != 0;
    if (stream->kept)
        release_items(stream, true, over);
    while (stream->held.rows > 0)
        pop_item(stream, held_first(&stream->held));
    close_queue(stream);
    unlink_due(stream);
    find_next_due(stream->shared);
}
