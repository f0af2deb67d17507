/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts the segments of one direction of a TCP connection in order. A segment in sequence goes to the session from the
 * packet's own memory; only what comes out of order is copied and waits. */
#include "tcp.h"

#include "conversation.h"

/* Holes given up that are remembered per direction. More than that: the oldest, or the rest of a split one, is
 * forgotten. */
#define ABANDONED_MAX 1024

/* A hole that was given up: [start, end), as stream offsets. Negative before the assumed start of a stream without SYN.
 */
struct hole {
    int64_t start, end;
};

/* Bytes on their way: one direction, one packet. */
struct flow {
    struct conversation *conversation;
    struct tcp_direction *tcp;
    unsigned direction;
    const struct origin *origin;
};

static uint32_t next_sequence(const struct tcp_direction *tcp)
{
    return tcp->initial + (uint32_t)tcp->next;
}

/* Distance from b to a in sequence space, where both are less than 2 GiB apart. */
static int32_t distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static bool near(int32_t value)
{
    return value >= -TCP_WINDOW && value <= TCP_WINDOW;
}

bool tcp_fits(const struct tcp_direction *tcp, const struct packet *packet)
{
    if (!tcp->started)
        return true;
    if (packet->tcp_flags & TCP_SYN) {
        int32_t before = distance(tcp->initial, packet->sequence + 1);
        return before == 0 || (!tcp->handshake && before > 0 && before <= TCP_LATE_SYN);
    }
    return packet->payload_length == 0 || near(distance(packet->sequence, next_sequence(tcp)));
}

static void abandon(struct tcp_direction *tcp, int64_t start, int64_t end)
{
    struct hole hole = {start, end};
    if (!tcp->abandoned)
        tcp->abandoned = g_array_new(FALSE, FALSE, sizeof hole);
    else if (tcp->abandoned->len >= ABANDONED_MAX)
        g_array_remove_index(tcp->abandoned, 0);
    g_array_append_val(tcp->abandoned, hole);
}

/* The session gets the bytes as a whole of their own, like a datagram; what it keeps of the stream stays aside. */
static void deliver_late(const struct flow *flow, int64_t position, const uint8_t *data, size_t length)
{
    struct session *session = &flow->conversation->session[flow->direction];
    struct session in_order = *session;
    *session = (struct session){.offset = position > 0 ? (uint64_t)position : 0};
    session_datagram(flow->conversation, flow->direction, data, length, 0, flow->origin);
    *session = in_order;
    flow->tcp->late_bytes += length;
}

/* [position, end) lies before the next byte: delivers what stands in holes that were given up, counts the rest. */
static void take_late(const struct flow *flow, int64_t position, const uint8_t *data, int64_t end)
{
    GArray *holes = flow->tcp->abandoned;
    uint64_t duplicate = (uint64_t)(end - position);

    for (guint i = 0; holes && i < holes->len; i++) {
        struct hole *hole = &g_array_index(holes, struct hole, i);
        struct hole part = {MAX(hole->start, position), MIN(hole->end, end)};
        if (part.start >= part.end)
            continue;
        struct hole behind = {part.end, hole->end};
        hole->end = part.start;
        if (hole->start == hole->end) {
            g_array_remove_index(holes, i);
            i--;
        }
        if (behind.start < behind.end && holes->len < ABANDONED_MAX)
            g_array_insert_val(holes, ++i, behind);
        duplicate -= (uint64_t)(part.end - part.start);
        deliver_late(flow, part.start, data + (part.start - position), (size_t)(part.end - part.start));
    }
    flow->tcp->duplicate_bytes += duplicate;
}

/* Bytes missing between the next byte and position. A FIN between them is none. */
static uint64_t missing_before(const struct tcp_direction *tcp, uint64_t position)
{
    bool over_fin = tcp->fin >= tcp->next && tcp->fin < position;
    return position - tcp->next - (over_fin ? 1 : 0);
}

/* Delivers what waits, up to the first hole. */
static void drain(const struct flow *flow)
{
    struct tcp_direction *tcp = flow->tcp;
    const struct interval *range;
    size_t count = 0;

    while ((range = interval_at(tcp->waiting, count)) && missing_before(tcp, range->start) == 0) {
        session_bytes(flow->conversation, flow->direction, range->data, (size_t)(range->end - range->start),
                      &range->origin);
        tcp->next = range->end;
        count++;
    }
    interval_drop(tcp->waiting, count);
}

/* Gives up the hole before the first range that waits, and delivers that range and what follows it. */
static void give_up(const struct flow *flow)
{
    struct tcp_direction *tcp = flow->tcp;
    const struct interval *first = interval_at(tcp->waiting, 0);

    session_gap(flow->conversation, flow->direction, missing_before(tcp, first->start), &first->origin);
    abandon(tcp, (int64_t)tcp->next, (int64_t)first->start);
    tcp->next = first->start;
    drain(flow);
}

/* Delivers what is in sequence by now and keeps to the limits. */
static void settle(const struct flow *flow)
{
    struct tcp_direction *tcp = flow->tcp;
    const struct tcp_limits *limits = flow->conversation->tcp_limits;

    drain(flow);
    while (interval_bytes(tcp->waiting) > limits->bytes || interval_count(tcp->waiting) > limits->ranges) {
        give_up(flow);
        tcp->limits_reached++;
    }
    if (interval_count(tcp->waiting) == 0) {
        interval_set_free(tcp->waiting);
        tcp->waiting = NULL;
    }
}

/* Copies what came before its turn. */
static void keep(const struct flow *flow, uint64_t position, const uint8_t *data, size_t length)
{
    struct tcp_direction *tcp = flow->tcp;

    if (!tcp->waiting)
        tcp->waiting = interval_set_new();
    struct interval_result result = interval_insert(tcp->waiting, position, data, length, flow->origin);
    tcp->duplicate_bytes += result.overlapped;
    if (length == 1 && position + 1 == tcp->end)
        result.differing = 0; /* a keep-alive: it repeats the last place with any byte in it */
    tcp->overlap_bytes += result.differing;
    if (result.differing > 0)
        session_overlap(flow->conversation, flow->direction, result.first_differing, result.differing, flow->origin);
    settle(flow);
}

static void take(const struct flow *flow, int64_t start, const uint8_t *data, size_t length)
{
    struct tcp_direction *tcp = flow->tcp;
    int64_t end = start + (int64_t)length;

    if (start < (int64_t)tcp->next) {
        int64_t stop = MIN(end, (int64_t)tcp->next);
        take_late(flow, start, data, stop);
        if (stop == end)
            return;
        data += stop - start;
        start = stop;
    }
    uint64_t position = (uint64_t)start;
    length = (size_t)(end - start);
    if (missing_before(tcp, position) == 0) {
        /* In sequence, up to what waits already. */
        uint64_t room = tcp->waiting ? interval_at(tcp->waiting, 0)->start - position : length;
        size_t now = (size_t)MIN(room, length);
        session_bytes(flow->conversation, flow->direction, data, now, flow->origin);
        position += now;
        tcp->next = position;
        if (!tcp->waiting)
            return;
        data += now;
        length -= now;
    }
    keep(flow, position, data, length);
}

/* The first packet that says where the stream stands. */
static void start(struct tcp_direction *tcp, uint32_t sequence)
{
    tcp->started = true;
    tcp->initial = sequence;
    tcp->fin = UINT64_MAX;
}

/* A SYN, where data was seen before it: the bytes between them are late, if they come. */
static void take_late_syn(struct tcp_direction *tcp, uint32_t sequence)
{
    int64_t first = distance(sequence, tcp->initial);
    tcp->handshake = true;
    if (!tcp->abandoned)
        return;
    for (guint i = tcp->abandoned->len; i-- > 0;) {
        struct hole *hole = &g_array_index(tcp->abandoned, struct hole, i);
        hole->start = MAX(hole->start, first);
        if (hole->start >= hole->end)
            g_array_remove_index(tcp->abandoned, i);
    }
}

void tcp_segment(struct conversation *conversation, unsigned direction, const struct packet *packet)
{
    struct flow flow = {conversation, &conversation->tcp[direction], direction, &packet->origin};
    struct tcp_direction *tcp = flow.tcp;
    bool syn = (packet->tcp_flags & TCP_SYN) != 0;
    uint32_t sequence = packet->sequence + (syn ? 1 : 0);
    uint32_t length = packet->payload_length + packet->payload_missing;

    if (packet->tcp_flags & TCP_FIN)
        tcp->finished = true;
    if (!tcp->started) {
        if (!syn && length == 0)
            return; /* perhaps a keep-alive, whose sequence number is one too low */
        start(tcp, sequence);
        tcp->handshake = syn;
        if (!syn)
            abandon(tcp, -(int64_t)TCP_WINDOW, 0);
    } else if (syn && !tcp->handshake) {
        take_late_syn(tcp, sequence);
    }
    int32_t ahead = distance(sequence, next_sequence(tcp));
    int64_t position = (int64_t)tcp->next + ahead;
    if (packet->payload_length > 0)
        take(&flow, position, packet->payload, packet->payload_length);
    if (!near(ahead) || position < 0)
        return;
    uint64_t end = (uint64_t)position + length;
    tcp->end = MAX(tcp->end, end);
    if ((packet->tcp_flags & TCP_FIN) && tcp->fin == UINT64_MAX) {
        tcp->fin = end;
        if (tcp->waiting)
            settle(&flow); /* bytes that wait behind the FIN only */
    }
}

void tcp_finish(struct conversation *conversation, unsigned direction)
{
    struct flow flow = {conversation, &conversation->tcp[direction], direction, &conversation->last};
    struct tcp_direction *tcp = flow.tcp;

    while (tcp->waiting && interval_count(tcp->waiting) > 0)
        give_up(&flow);
    if (tcp->end > tcp->next && missing_before(tcp, tcp->end) > 0)
        session_gap(conversation, direction, missing_before(tcp, tcp->end), flow.origin);
    interval_set_free(tcp->waiting);
    tcp->waiting = NULL;
    if (tcp->abandoned)
        g_array_free(tcp->abandoned, TRUE);
    tcp->abandoned = NULL;
}
