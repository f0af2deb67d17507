/* SPDX-License-Identifier: GPL-2.0-or-later
 * One direction of a conversation, fed to the scanner: ordered payload in, frames and leftovers out. */
#include "frame/session.h"

#include "conversation/conversation.h"
#include "frame/stream.h"

#include <string.h>

/* Memory of so many pending bytes goes to the next ones. */
#define PENDING_KEPT 512

/* Hands over the element at the session's offset and steps behind it. */
static void deliver(struct conversation *conversation, unsigned direction, enum s7_scan_result result,
                    const struct s7_frame *frame, struct element *element)
{
    element->length = frame->length;
    element->offset = conversation->session[direction].offset;
    if (result == S7_SCAN_FRAME)
        stream_frame(conversation, direction, element, frame);
    else
        stream_leftover(conversation, direction, element, frame->reason);
    conversation->session[direction].offset += frame->length;
}

/* Scans data from the session's offset on, all of which came in these stretches. Returns the bytes consumed. */
static size_t scan_stretches(struct conversation *conversation, unsigned direction, const uint8_t *data, size_t length,
                             bool end, const struct stretch *stretches, unsigned stretch_count)
{
    struct session *session = &conversation->session[direction];
    size_t consumed = 0;
    while (consumed < length) {
        struct s7_frame frame;
        enum s7_scan_result result = s7_scan(&session->scanner, data + consumed, length - consumed, end, &frame);
        if (result == S7_SCAN_MORE)
            break;
        struct element element = {.data = data + consumed, .stretches = stretches, .stretch_count = stretch_count};
        deliver(conversation, direction, result, &frame, &element);
        consumed += frame.length;
    }
    return consumed;
}

/* The same with data that came in one packet. */
static size_t scan_direct(struct conversation *conversation, unsigned direction, const uint8_t *data, size_t length,
                          bool end, const struct origin *origin)
{
    struct stretch stretch = {*origin, conversation->session[direction].offset + length};
    return scan_stretches(conversation, direction, data, length, end, &stretch, 1);
}

/* The stretches that cover length bytes from offset; *first is where to begin looking, and moves along. */
static void cover(const GArray *stretches, unsigned *first, uint64_t offset, uint32_t length, struct element *element)
{
    const struct stretch *all = (const struct stretch *)(const void *)stretches->data;
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
static size_t scan_pending(struct conversation *conversation, unsigned direction, uint64_t limit, bool end)
{
    struct session *session = &conversation->session[direction];
    const GByteArray *bytes = session->pending->bytes;
    size_t consumed = 0;
    unsigned first = 0;
    while (consumed < bytes->len && (end || session->offset < limit)) {
        struct s7_frame frame;
        const uint8_t *data = bytes->data + consumed;
        enum s7_scan_result result = s7_scan(&session->scanner, data, bytes->len - consumed, end, &frame);
        if (result == S7_SCAN_MORE)
            break;
        struct element element = {.data = data};
        cover(session->pending->stretches, &first, session->offset, frame.length, &element);
        deliver(conversation, direction, result, &frame, &element);
        consumed += frame.length;
    }
    return consumed;
}

static void free_pending(gpointer data)
{
    struct pending *pending = data;
    g_byte_array_unref(pending->bytes);
    g_array_unref(pending->stretches);
    g_free(pending);
}

/* Nothing is pending any more. The memory goes to the next element in pieces, of whatever conversation, while the
 * processor has it at hand. */
static void forget_pending(struct conversation *conversation, unsigned direction)
{
    struct pending *pending = conversation->session[direction].pending;
    struct tcp_shared *shared = conversation->tcp_shared;
    conversation->session[direction].pending = NULL;
    if (!pending)
        return;
    if (!shared || pending->bytes->len > PENDING_KEPT) {
        free_pending(pending);
        return;
    }
    g_byte_array_set_size(pending->bytes, 0);
    g_array_set_size(pending->stretches, 0);
    if (!shared->spare)
        shared->spare = g_ptr_array_new_with_free_func(free_pending);
    g_ptr_array_add(shared->spare, pending);
}

/* Drops what was consumed from the pending bytes, and the stretches that cover nothing any more. */
static void shorten_pending(const struct session *session, size_t consumed)
{
    GArray *stretches = session->pending->stretches;
    if (consumed == 0)
        return;
    g_byte_array_remove_range(session->pending->bytes, 0, (guint)consumed);
    unsigned stale = 0;
    while (g_array_index(stretches, struct stretch, stale).end <= session->offset)
        stale++;
    if (stale > 0)
        g_array_remove_range(stretches, 0, stale);
}

static struct pending *new_pending(const struct tcp_shared *shared)
{
    if (shared && shared->spare && shared->spare->len > 0)
        return g_ptr_array_steal_index_fast(shared->spare, shared->spare->len - 1);
    struct pending *pending = g_new(struct pending, 1);
    *pending = (struct pending){g_byte_array_new(), g_array_new(FALSE, FALSE, sizeof(struct stretch))};
    return pending;
}

static void keep_pending(struct conversation *conversation, unsigned direction, const uint8_t *data, size_t length,
                         const struct origin *origin)
{
    struct session *session = &conversation->session[direction];
    if (!session->pending)
        session->pending = new_pending(conversation->tcp_shared);
    g_byte_array_append(session->pending->bytes, data, (guint)length);
    struct stretch stretch = {*origin, session->offset + session->pending->bytes->len};
    g_array_append_val(session->pending->stretches, stretch);
}

void session_bytes(struct conversation *conversation, unsigned direction, const uint8_t *data, size_t length,
                   const struct origin *origin)
{
    struct session *session = &conversation->session[direction];
    if (length == 0)
        return;
    stream_payload(conversation, direction, length, origin);
    if (session->pending) {
        uint64_t limit = session->offset + session->pending->bytes->len;
        keep_pending(conversation, direction, data, length, origin);
        size_t consumed = scan_pending(conversation, direction, limit, false);
        if (session->offset < limit) { /* the element that was open still is */
            shorten_pending(session, consumed);
            return;
        }
        size_t done = (size_t)(session->offset - limit);
        forget_pending(conversation, direction);
        data += done;
        length -= done;
    }
    size_t consumed = scan_direct(conversation, direction, data, length, false, origin);
    if (consumed < length)
        keep_pending(conversation, direction, data + consumed, length - consumed, origin);
}

/* What stands at the end of a contiguous part is decided without more bytes. */
static void finish(struct conversation *conversation, unsigned direction)
{
    struct session *session = &conversation->session[direction];
    if (session->pending)
        scan_pending(conversation, direction, UINT64_MAX, true);
    forget_pending(conversation, direction);
    memset(&session->scanner, 0, sizeof session->scanner);
}

void session_gap(struct conversation *conversation, unsigned direction, uint64_t length, const struct origin *origin)
{
    struct session *session = &conversation->session[direction];
    if (length == 0)
        return;
    finish(conversation, direction);
    stream_gap(conversation, direction, session->offset, length, origin);
    session->offset += length;
}

void session_overlap(struct conversation *conversation, unsigned direction, const struct overlap *overlap)
{
    if (overlap->length > 0)
        stream_overlap(conversation, direction, overlap);
}

void session_end(struct conversation *conversation, unsigned direction)
{
    finish(conversation, direction);
    stream_end(conversation, direction);
}

/* Behind the last byte of what stood alone. */
static void finish_alone(struct conversation *conversation, unsigned direction, uint32_t missing,
                         const struct origin *origin)
{
    memset(&conversation->session[direction].scanner, 0, sizeof(struct s7_scanner));
    stream_end(conversation, direction);
    session_gap(conversation, direction, missing, origin);
}

void session_datagram(struct conversation *conversation, unsigned direction, const uint8_t *data, size_t length,
                      uint32_t missing, const struct origin *origin)
{
    stream_payload(conversation, direction, length, origin);
    scan_direct(conversation, direction, data, length, true, origin);
    finish_alone(conversation, direction, missing, origin);
}

/* A datagram that came in fragments: each of its packets delivered some of its bytes, which of them is not known. */
static void scan_fragments(struct conversation *conversation, unsigned direction, const struct packet *packet)
{
    struct stretch *stretches = g_new(struct stretch, packet->fragment_count);
    uint64_t start = conversation->session[direction].offset;
    for (uint32_t i = 0; i < packet->fragment_count; i++)
        stretches[i] = (struct stretch){packet->fragment_origins[i], start + packet->payload_length};
    scan_stretches(conversation, direction, packet->payload, packet->payload_length, true, stretches,
                   packet->fragment_count);
    g_free(stretches);
    struct overlap overlap = {.offset = start,
                              .length = packet->fragment_conflict_bytes,
                              .taken_origin = packet->origin,
                              .refused_origin = packet->origin};
    session_overlap(conversation, direction, &overlap);
}

void session_packet(struct conversation *conversation, unsigned direction, const struct packet *packet)
{
    if (packet->payload_length + packet->payload_missing == 0 || !stream_datagram(conversation, direction, packet))
        return;
    stream_payload(conversation, direction, packet->payload_length, &packet->origin);
    if (packet->fragment_count > 1)
        scan_fragments(conversation, direction, packet);
    else
        scan_direct(conversation, direction, packet->payload, packet->payload_length, true, &packet->origin);
    finish_alone(conversation, direction, packet->payload_missing, &packet->origin);
    stream_datagram_end(conversation);
}
