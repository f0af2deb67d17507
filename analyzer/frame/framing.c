/* SPDX-License-Identifier: GPL-2.0-or-later
 * One direction of a conversation, fed to the scanner: ordered payload in, frames and leftovers out. */
#include "frame/framing.h"

#include "frame/stream_state.h"

#include <assert.h>
#include <string.h>

/* Memory of so many pending bytes goes to the next ones. */
#define PENDING_KEPT 512

/* Hands over the element at the direction's offset and steps behind it. */
static void deliver(struct stream *stream, unsigned direction, enum s7_scan_result result, const struct s7_frame *frame,
                    struct element *element)
{
    struct framing *framing = &stream->framing[direction];
    element->length = frame->length;
    element->offset = framing->offset;
    assert(element->length > 0 && element->stretch_count > 0);
    assert(element->stretches[element->stretch_count - 1].end >= element->offset + element->length);
    if (result == S7_SCAN_FRAME)
        stream_frame(stream, direction, element, frame);
    else
        stream_leftover(stream, direction, element, frame->reason);
    framing->offset += frame->length;
}

/* Scans data from the direction's offset on, all of which came in these stretches. Returns the bytes consumed. */
static size_t scan_stretches(struct stream *stream, unsigned direction, const uint8_t *data, size_t length, bool end,
                             const struct stretch *stretches, unsigned stretch_count)
{
    struct framing *framing = &stream->framing[direction];
    size_t consumed = 0;
    while (consumed < length) {
        struct s7_frame frame;
        enum s7_scan_result result = s7_scan(&framing->scanner, data + consumed, length - consumed, end, &frame);
        if (result == S7_SCAN_MORE)
            break;
        struct element element = {.data = data + consumed, .stretches = stretches, .stretch_count = stretch_count};
        deliver(stream, direction, result, &frame, &element);
        consumed += frame.length;
    }
    assert(consumed <= length && (!end || consumed == length));
    return consumed;
}

/* The same with data that came in one packet. */
static size_t scan_direct(struct stream *stream, unsigned direction, const uint8_t *data, size_t length, bool end,
                          const struct origin *origin)
{
    struct stretch stretch = {*origin, stream->framing[direction].offset + length};
    return scan_stretches(stream, direction, data, length, end, &stretch, 1);
}

/* The stretches that cover length bytes from offset; *first is where to begin looking, and moves along. */
static void cover(const GArray *stretches, unsigned *first, uint64_t offset, uint32_t length, struct element *element)
{
    const struct stretch *all = (const struct stretch *)(const void *)stretches->data;
    assert(all[stretches->len - 1].end >= offset + length);
    while (all[*first].end <= offset)
        (*first)++;
    unsigned last = *first;
    while (all[last].end < offset + length)
        last++;
    element->stretches = &all[*first];
    element->stretch_count = last - *first + 1;
}

/* Scans the pending bytes. Without end it stops at the first element that begins at or behind the offset limit.
 * Returns the bytes consumed. */
static size_t scan_pending(struct stream *stream, unsigned direction, uint64_t limit, bool end)
{
    struct framing *framing = &stream->framing[direction];
    const GByteArray *bytes = framing->pending->bytes;
    size_t consumed = 0;
    unsigned first = 0;
    while (consumed < bytes->len && (end || framing->offset < limit)) {
        struct s7_frame frame;
        const uint8_t *data = bytes->data + consumed;
        enum s7_scan_result result = s7_scan(&framing->scanner, data, bytes->len - consumed, end, &frame);
        if (result == S7_SCAN_MORE)
            break;
        struct element element = {.data = data};
        cover(framing->pending->stretches, &first, framing->offset, frame.length, &element);
        deliver(stream, direction, result, &frame, &element);
        consumed += frame.length;
    }
    assert(consumed <= bytes->len && (!end || consumed == bytes->len));
    return consumed;
}

static size_t pending_size(size_t bytes, size_t stretches)
{
    return bytes + stretches * sizeof(struct stretch);
}

/* Nothing is pending any more. The memory goes to the next element in pieces, of whatever conversation, while the
 * processor has it at hand. */
static void forget_pending(struct stream *stream, unsigned direction)
{
    struct pending *pending = stream->framing[direction].pending;
    stream->framing[direction].pending = NULL;
    if (!pending)
        return;
    g_queue_unlink(&stream->shared->unfinished, &pending->link);
    stream->shared->unfinished_bytes -= pending_size(pending->bytes->len, pending->stretches->len);
    if (pending->bytes->len > PENDING_KEPT) {
        stream->shared->pending.destroy(pending);
        return;
    }
    g_byte_array_set_size(pending->bytes, 0);
    g_array_set_size(pending->stretches, 0);
    spares_give(&stream->shared->pending, pending);
}

/* Drops what was consumed from the pending bytes, and the stretches that cover nothing any more. */
static void shorten_pending(struct streams *shared, const struct framing *framing, size_t consumed)
{
    GArray *stretches = framing->pending->stretches;
    if (consumed == 0)
        return;
    g_byte_array_remove_range(framing->pending->bytes, 0, (guint)consumed);
    unsigned stale = 0;
    while (g_array_index(stretches, struct stretch, stale).end <= framing->offset)
        stale++;
    if (stale > 0)
        g_array_remove_range(stretches, 0, stale);
    shared->unfinished_bytes -= pending_size(consumed, stale);
}

static struct pending *new_pending(struct streams *shared)
{
    struct pending *pending = spares_take(&shared->pending);
    if (!pending) {
        pending = g_new(struct pending, 1);
        *pending = (struct pending){.bytes = g_byte_array_new(),
                                    .stretches = g_array_new(FALSE, FALSE, sizeof(struct stretch))};
    }
    return pending;
}

/* It grows: of all the last one that is given up. */
static void move_to_end(struct stream *stream, unsigned direction)
{
    struct streams *shared = stream->shared;
    struct pending *pending = stream->framing[direction].pending;
    if (!pending) {
        pending = stream->framing[direction].pending = new_pending(shared);
        pending->stream = stream;
        pending->direction = direction;
        pending->link = (GList){.data = pending};
    } else if (shared->unfinished.tail == &pending->link) {
        return;
    } else {
        g_queue_unlink(&shared->unfinished, &pending->link);
    }
    g_queue_push_tail_link(&shared->unfinished, &pending->link);
}

static void keep_pending(struct stream *stream, unsigned direction, const uint8_t *data, size_t length,
                         const struct origin *origin)
{
    struct framing *framing = &stream->framing[direction];
    move_to_end(stream, direction);
    stream->shared->unfinished_bytes += pending_size(length, 1);
    g_byte_array_append(framing->pending->bytes, data, (guint)length);
    struct stretch stretch = {*origin, framing->offset + framing->pending->bytes->len};
    g_array_append_val(framing->pending->stretches, stretch);
}

/* What stands at the end of a contiguous part is decided without more bytes. */
static void finish_part(struct stream *stream, unsigned direction)
{
    struct framing *framing = &stream->framing[direction];
    if (framing->pending)
        scan_pending(stream, direction, UINT64_MAX, true);
    forget_pending(stream, direction);
    memset(&framing->scanner, 0, sizeof framing->scanner);
}

/* Too much is unfinished in all: what grew last the longest time ago ends where it stands. */
static void give_up_unfinished(struct streams *shared)
{
    while (shared->unfinished_bytes > shared->options.unfinished_max && shared->unfinished.head) {
        const struct pending *pending = shared->unfinished.head->data;
        shared->totals.unfinished_limit++;
        finish_part(pending->stream, pending->direction);
    }
}

void framing_bytes(void *context, unsigned direction, const uint8_t *data, size_t length, const struct origin *origin)
{
    struct stream *stream = context;
    struct framing *framing = &stream->framing[direction];
    if (length == 0)
        return;
    stream_payload(stream, direction, length);
    if (framing->pending) {
        uint64_t limit = framing->offset + framing->pending->bytes->len;
        keep_pending(stream, direction, data, length, origin);
        size_t consumed = scan_pending(stream, direction, limit, false);
        if (framing->offset < limit) { /* the element that was open still is */
            shorten_pending(stream->shared, framing, consumed);
            give_up_unfinished(stream->shared);
            return;
        }
        size_t done = (size_t)(framing->offset - limit);
        forget_pending(stream, direction);
        data += done;
        length -= done;
    }
    size_t consumed = scan_direct(stream, direction, data, length, false, origin);
    if (consumed < length) {
        keep_pending(stream, direction, data + consumed, length - consumed, origin);
        give_up_unfinished(stream->shared);
    }
}

void framing_gap(void *context, unsigned direction, uint64_t length, bool may_come, const struct origin *origin)
{
    struct stream *stream = context;
    struct framing *framing = &stream->framing[direction];
    if (length == 0)
        return;
    finish_part(stream, direction);
    stream_gap(stream, direction, framing->offset, length, may_come, origin);
    framing->offset += length;
}

void framing_overlap(void *context, unsigned direction, const struct overlap *overlap)
{
    if (overlap->length > 0)
        stream_overlap(context, direction, overlap);
}

void framing_end(void *context, unsigned direction)
{
    struct stream *stream = context;
    finish_part(stream, direction);
    stream_end(stream, direction);
}

/* Behind the last byte of what stood alone. missing: bytes cut off by the snap length. */
static void finish_alone(struct stream *stream, unsigned direction, uint32_t missing, const struct origin *origin)
{
    memset(&stream->framing[direction].scanner, 0, sizeof(struct s7_scanner));
    stream_end(stream, direction);
    framing_gap(stream, direction, missing, false, origin);
}

void framing_late(void *context, unsigned direction, uint64_t offset, const uint8_t *data, size_t length,
                  const struct origin *origin)
{
    struct stream *stream = context;
    struct framing in_order = stream->framing[direction]; /* what is kept of the stream stays aside */
    stream->framing[direction] = (struct framing){.offset = offset};
    stream_payload(stream, direction, length);
    stream_late(stream, direction, offset, length);
    scan_direct(stream, direction, data, length, true, origin);
    finish_alone(stream, direction, 0, origin);
    stream->framing[direction] = in_order;
}

/* A datagram that came in fragments: each of its packets delivered some of its bytes, which of them is not known. */
static void scan_fragments(struct stream *stream, unsigned direction, const struct packet *packet)
{
    struct stretch *stretches = g_new(struct stretch, packet->fragment_count);
    uint64_t start = stream->framing[direction].offset;
    for (uint32_t i = 0; i < packet->fragment_count; i++) {
        stretches[i] = (struct stretch){packet->fragment_origins[i], start + packet->payload_length};
        stretches[i].origin.twin = packet->origin.twin;
    }
    scan_stretches(stream, direction, packet->payload, packet->payload_length, true, stretches, packet->fragment_count);
    g_free(stretches);
    struct overlap overlap = {.offset = start,
                              .length = packet->fragment_conflict_bytes,
                              .taken_origin = packet->origin,
                              .refused_origin = packet->origin};
    framing_overlap(stream, direction, &overlap);
}

void framing_datagram(void *context, unsigned direction, const struct packet *packet)
{
    struct stream *stream = context;
    if (packet->payload_length + packet->payload_missing == 0 || !stream_datagram(stream, direction, packet))
        return;
    stream_payload(stream, direction, packet->payload_length);
    if (packet->fragment_count > 1)
        scan_fragments(stream, direction, packet);
    else
        scan_direct(stream, direction, packet->payload, packet->payload_length, true, &packet->origin);
    finish_alone(stream, direction, packet->payload_missing, &packet->origin);
    stream_datagram_end(stream);
}

G_STATIC_ASSERT(STREAM_HOT <= SINK_HOT);
G_STATIC_ASSERT(DEVICE_HOT <= SINK_POINTED_HOT);

struct sink framing_sink(struct streams *streams)
{
    return (struct sink){.context_size = sizeof(struct stream),
                         .context_points = offsetof(struct stream, device),
                         .user = streams,
                         .opened = streams_opened,
                         .due = streams_due,
                         .clock = streams_clock(streams),
                         .bytes = framing_bytes,
                         .gap = framing_gap,
                         .overlap = framing_overlap,
                         .late = framing_late,
                         .datagram = framing_datagram,
                         .end = framing_end,
                         .closed = streams_closed,
                         .owner = streams_owner,
                         .device = streams_device};
}
