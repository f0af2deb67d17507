/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts the segments of one direction of a TCP connection in order. A segment in sequence goes on from the
 * packet's own memory; only what comes out of order is copied and waits, and the start of what has no SYN. */
#include "conversation/sequence.h"

#include "digits.h"

#include <assert.h>
#include <string.h>

/* Damaged segments that wait in all connections. */
#define SUSPECTS_MAX ((size_t)1024)

/* A hole that was given up: [start, end), as stream offsets. Negative before the assumed start of a stream without SYN.
 */
struct hole {
    int64_t start, end;
};

/* Bytes on their way: one direction, one packet. */
struct flow {
    struct tcp *connection;
    struct tcp_direction *tcp;
    struct tcp_rest *rest;
    unsigned direction;
    const struct origin *origin;
};

static inline struct flow make_flow(struct tcp *connection, unsigned direction, const struct origin *origin)
{
    return (struct flow){connection, &connection->directions[direction], &connection->rest[direction], direction,
                         origin};
}

static void abandon_hole(struct tcp_rest *rest, int64_t start, int64_t end)
{
    struct hole hole = {start, end};
    if (!rest->abandoned) {
        rest->abandoned = g_array_new(FALSE, FALSE, sizeof hole);
    } else if (rest->abandoned->len >= TCP_HOLES_MAX) {
        g_array_remove_index(rest->abandoned, 0);
        rest->limits_reached[TCP_REACHED_HOLES]++;
    }
    g_array_append_val(rest->abandoned, hole);
}

/* The bytes go on as a whole of their own, like a datagram. */
static void deliver_late(const struct flow *flow, int64_t position, const uint8_t *data, size_t length)
{
    struct tcp *connection = flow->connection;
    connection->shared->sink->late(connection->context, flow->direction, position > 0 ? (uint64_t)position : 0, data,
                                   length, flow->origin);
    flow->rest->late_bytes += length;
}

/* The bytes go on; the last of them are remembered. */
static void deliver_bytes(struct tcp *connection, unsigned direction, uint64_t position, const uint8_t *data,
                          size_t length, const struct origin *origin)
{
    struct tcp_direction *tcp = &connection->directions[direction];
    assert(position >= tcp->next && length > 0); /* each byte once, in order */
    past_add(&tcp->past, position, data, length, origin);
    connection->shared->sink->bytes(connection->context, direction, data, length, origin);
    tcp->next = position + length;
}

/* What waited goes on. */
static void deliver_range(const struct flow *flow, const struct interval *range)
{
    deliver_bytes(flow->connection, flow->direction, range->start, range->data, (size_t)(range->end - range->start),
                  &range->origin);
}

static void tell_overlap(const struct overlap *overlap, void *user)
{
    const struct flow *flow = user;
    flow->connection->shared->sink->overlap(flow->connection->context, flow->direction, overlap);
}

/* [position, end) lies before the next byte: delivers what stands in holes that were given up, counts the rest.
 * A probe repeats the last place with any byte in it. */
static void take_late(const struct flow *flow, int64_t position, const uint8_t *data, int64_t end, bool probe)
{
    struct overlap overlap;
    size_t old = position < 0 ? (size_t)MIN(-position, end - position) : 0;
    if (!probe && past_differs(flow->tcp->past, (uint64_t)position + old, data + old, (size_t)(end - position) - old,
                               flow->origin, &overlap))
        flow->connection->shared->sink->overlap(flow->connection->context, flow->direction, &overlap);

    GArray *holes = flow->rest->abandoned;
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
        if (behind.start < behind.end && holes->len < TCP_HOLES_MAX)
            g_array_insert_val(holes, ++i, behind);
        else if (behind.start < behind.end)
            flow->rest->limits_reached[TCP_REACHED_HOLES]++;
        duplicate -= (uint64_t)(part.end - part.start);
        deliver_late(flow, part.start, data + (part.start - position), (size_t)(part.end - part.start));
    }
    flow->rest->duplicate_bytes += duplicate;
}

/* Bytes missing between the next byte and position. A FIN between them is none. */
static uint64_t missing_before(const struct tcp_direction *tcp, uint64_t position)
{
    bool over_fin = tcp->fin >= tcp->next && tcp->fin < position;
    return position - tcp->next - (over_fin ? 1 : 0);
}

/* Delivers what waits, up to the first hole. */
static void drain_waiting(const struct flow *flow)
{
    struct tcp_direction *tcp = flow->tcp;
    const struct interval *range;
    uint64_t before = interval_bytes(tcp->waiting);
    size_t count = 0;

    while ((range = interval_at(tcp->waiting, count)) && missing_before(tcp, range->start) == 0) {
        deliver_range(flow, range);
        count++;
    }
    interval_drop(tcp->waiting, count);
    flow->connection->shared->waiting_bytes -= before - interval_bytes(tcp->waiting);
}

/* Gives up the hole before the first range that waits, and delivers that range and what follows it. */
static void give_up_hole(const struct flow *flow, bool may_come)
{
    struct tcp_direction *tcp = flow->tcp;
    const struct interval *first = interval_at(tcp->waiting, 0);

    flow->connection->shared->sink->gap(flow->connection->context, flow->direction, missing_before(tcp, first->start),
                                        may_come, &first->origin);
    abandon_hole(flow->rest, (int64_t)tcp->next, (int64_t)first->start);
    tcp->next = first->start;
    drain_waiting(flow);
}

/* Nothing waits any more? */
static void release_waiting(const struct flow *flow)
{
    struct tcp_direction *tcp = flow->tcp;
    struct tcp_rest *rest = flow->rest;
    if (!tcp->waiting || interval_count(tcp->waiting) > 0)
        return;
    interval_set_free(tcp->waiting);
    tcp->waiting = NULL;
    if (rest->place)
        g_queue_delete_link(&flow->connection->shared->waiting, rest->place);
    rest->place = NULL;
}

/* Of all that wait the one that waits longest gives up its first hole. */
static void give_up_oldest(struct tcp_shared *shared)
{
    struct tcp_rest *rest = g_queue_peek_head(&shared->waiting);
    struct flow flow = make_flow(rest->owner, rest == &rest->owner->rest[0] ? 0 : 1, rest->owner->last);
    give_up_hole(&flow, true);
    rest->limits_reached[TCP_REACHED_TOTAL]++;
    release_waiting(&flow);
}

/* Delivers what is in sequence by now and keeps to the limits. */
static void settle_waiting(const struct flow *flow)
{
    struct tcp_direction *tcp = flow->tcp;
    struct tcp_shared *shared = flow->connection->shared;
    const struct tcp_limits *limits = &shared->limits;

    drain_waiting(flow);
    while (interval_bytes(tcp->waiting) > limits->bytes || interval_count(tcp->waiting) > limits->ranges) {
        bool bytes = interval_bytes(tcp->waiting) > limits->bytes;
        give_up_hole(flow, true);
        flow->rest->limits_reached[bytes ? TCP_REACHED_BYTES : TCP_REACHED_RANGES]++;
    }
    release_waiting(flow);
    while (shared->waiting_bytes > limits->total && shared->waiting.head)
        give_up_oldest(shared);
}

/* Copies what came before its turn. */
static void insert_data(const struct flow *flow, uint64_t position, const uint8_t *data, size_t length, bool probe)
{
    struct tcp_direction *tcp = flow->tcp;
    struct tcp_shared *shared = flow->connection->shared;
    struct flow told = *flow;
    const struct interval_rule rule = {shared->overlap == TCP_OVERLAP_LAST, tell_overlap, &told};

    if (!tcp->waiting) {
        tcp->waiting = interval_set_new();
        flow->rest->waited_at = tcp->next;
        flow->rest->stood = false;
    }
    struct interval_result result =
        interval_insert(tcp->waiting, position, data, length, flow->origin, probe ? NULL : &rule);
    flow->rest->duplicate_bytes += result.overlapped;
    shared->waiting_bytes += result.added;
}

/* It waits in line with others. */
static void enqueue_direction(const struct flow *flow)
{
    GQueue *queue = &flow->connection->shared->waiting;
    flow->rest->owner = flow->connection;
    g_queue_push_tail(queue, flow->rest);
    flow->rest->place = queue->tail;
}

static void take_data(const struct flow *flow, int64_t start, const uint8_t *data, size_t length)
{
    struct tcp_direction *tcp = flow->tcp;
    int64_t end = start + (int64_t)length;
    bool probe = length == 1 && (end == (int64_t)tcp->next || end == (int64_t)tcp->end);

    if (start < (int64_t)tcp->next) {
        int64_t stop = MIN(end, (int64_t)tcp->next);
        take_late(flow, start, data, stop, probe);
        if (stop == end)
            return;
        data += stop - start;
        start = stop;
    }
    uint64_t position = (uint64_t)start;
    length = (size_t)(end - start);
    if (missing_before(tcp, position) == 0) {
        /* In sequence, up to what waits already: with TCP_OVERLAP_LAST it replaces that first. */
        uint64_t room = tcp->waiting ? interval_at(tcp->waiting, 0)->start - position : length;
        size_t now = (size_t)MIN(room, length);
        if (now > 0)
            deliver_bytes(flow->connection, flow->direction, position, data, now, flow->origin);
        position += now;
        tcp->next = position;
        if (!tcp->waiting)
            return;
        data += now;
        length -= now;
    }
    insert_data(flow, position, data, length, probe);
    if (!flow->rest->place)
        enqueue_direction(flow);
    settle_waiting(flow);
}

/* The first packet that says where the stream stands. */
static void start_direction(struct tcp_direction *tcp, uint32_t sequence)
{
    tcp->started = true;
    tcp->initial = sequence;
    tcp->fin = UINT64_MAX;
}

/* A SYN, where data was seen before it: the bytes between them are late, if they come. */
static void take_late_syn(const struct flow *flow, uint32_t sequence)
{
    int64_t first = distance(sequence, flow->tcp->initial);
    GArray *abandoned = flow->rest->abandoned;
    flow->tcp->handshake = true;
    if (!abandoned)
        return;
    for (guint i = abandoned->len; i-- > 0;) {
        struct hole *hole = &g_array_index(abandoned, struct hole, i);
        hole->start = MAX(hole->start, first);
        if (hole->start >= hole->end)
            g_array_remove_index(abandoned, i);
    }
}

/* Holds a segment of a direction whose start is not known. */
static void hold_segment(const struct flow *flow, const struct packet *packet)
{
    struct tcp_direction *tcp = flow->tcp;
    if (!tcp->opening) {
        tcp->opening = true;
        tcp->initial = packet->sequence - (uint32_t)TCP_LATE_SYN;
        tcp->fin = UINT64_MAX;
    }
    int64_t position = position_of(tcp, packet->sequence);
    uint64_t end = (uint64_t)position + packet->payload_length + packet->payload_missing;
    if (packet->payload_length > 0) {
        bool probe = packet->payload_length == 1 && end == tcp->end;
        insert_data(flow, (uint64_t)position, packet->payload, packet->payload_length, probe);
    }
    tcp->end = MAX(tcp->end, end);
    if ((packet->tcp_flags & TCP_FIN) && tcp->fin == UINT64_MAX)
        tcp->fin = end;
}

/* The start of the stream is where the held bytes begin now to be counted from. They go on with settle_waiting(). */
static void begin_direction(const struct flow *flow, uint64_t first, bool handshake)
{
    struct tcp_direction *tcp = flow->tcp;
    tcp->opening = false;
    tcp->started = true;
    tcp->handshake = handshake;
    tcp->initial += (uint32_t)first;
    tcp->end -= MIN(first, tcp->end);
    tcp->fin -= tcp->fin == UINT64_MAX ? 0 : first;
    interval_move_back(tcp->waiting, first);
    if (!handshake)
        abandon_hole(flow->rest, -(int64_t)TCP_WINDOW, 0);
    enqueue_direction(flow);
}

static void open_at(const struct flow *flow, uint64_t first, bool handshake)
{
    begin_direction(flow, first, handshake);
    settle_waiting(flow);
}

static bool was_captured_before(const struct origin *a, const struct origin *b)
{
    return a->file == b->file ? a->number < b->number : a->time < b->time;
}

/* The first range that waits, if it comes next in its direction. */
static const struct interval *next_range(const struct tcp_direction *tcp)
{
    const struct interval *range = tcp->waiting ? interval_at(tcp->waiting, 0) : NULL;
    return range && missing_before(tcp, range->start) == 0 ? range : NULL;
}

/* What both sides said to each other goes on in the order in which it was captured. */
static void drain_both(const struct flow flows[2])
{
    for (;;) {
        const struct interval *ranges[2] = {next_range(flows[0].tcp), next_range(flows[1].tcp)};
        if (!ranges[0] && !ranges[1])
            return;
        unsigned first = !ranges[0] || (ranges[1] && was_captured_before(&ranges[1]->origin, &ranges[0]->origin));
        const struct interval *range = ranges[first];
        flows[first].connection->shared->waiting_bytes -= range->end - range->start;
        deliver_range(&flows[first], range);
        interval_drop(flows[first].tcp->waiting, 1);
    }
}

/* A damaged segment, with its bytes. */
struct suspect {
    struct suspect *next;
    uint32_t sequence;
    uint64_t at; /* where the direction stood when it came */
    size_t length;
    struct origin origin;
    uint8_t data[];
};

/* Where a direction that was held begins: with what waits, or with a damaged segment in front of it. */
static uint64_t first_held(const struct tcp *connection, unsigned direction)
{
    const struct tcp_direction *tcp = &connection->directions[direction];
    uint64_t first = interval_at(tcp->waiting, 0)->start;
    for (const struct suspect *suspect = connection->rest[direction].suspects; suspect; suspect = suspect->next) {
        int64_t start = position_of(tcp, suspect->sequence);
        if (start >= 0 && (uint64_t)start < first)
            first = (uint64_t)start;
    }
    return first;
}

void tcp_open(struct tcp *connection)
{
    const struct flow flows[2] = {make_flow(connection, 0, connection->last),
                                  make_flow(connection, 1, connection->last)};
    bool opened[2] = {flows[0].tcp->opening, flows[1].tcp->opening};
    for (unsigned direction = 0; direction < 2; direction++)
        if (opened[direction])
            begin_direction(&flows[direction], first_held(connection, direction), false);
    if (opened[0] && opened[1])
        drain_both(flows);
    for (unsigned direction = 0; direction < 2; direction++)
        if (opened[direction] &&
            flows[direction].tcp->waiting) /* for want of room the one may have emptied the other */
            settle_waiting(&flows[direction]);
}

/* What stands before that number was not captured, or comes late. */
static void start_in_the_middle(const struct flow *flow, uint32_t sequence)
{
    start_direction(flow->tcp, sequence);
    abandon_hole(flow->rest, -(int64_t)TCP_WINDOW, 0);
}

/* Something of a direction whose start is not known. Returns whether it is held or says nothing. */
static bool take_opening(const struct flow *flow, const struct packet *packet)
{
    struct tcp_direction *tcp = flow->tcp;
    bool syn = (packet->tcp_flags & TCP_SYN) != 0;
    if (tcp->opening && syn) {
        open_at(flow, (uint64_t)position_of(tcp, packet->sequence + 1), true);
        return false;
    }
    if (tcp->opening && position_of(tcp, packet->sequence) < 0) {
        tcp_open(flow->connection);
        return false;
    }
    if (syn) {
        start_direction(tcp, packet->sequence + 1);
        tcp->handshake = true;
        return false;
    }
    if (packet->payload_length == 0 && !tcp->opening) {
        if (packet->payload_missing == 0)
            return true; /* perhaps a keep-alive, whose sequence number is one too low */
        start_in_the_middle(flow, packet->sequence);
        return false;
    }
    hold_segment(flow, packet);
    const struct tcp_shared *shared = flow->connection->shared;
    if (interval_count(tcp->waiting) >= TCP_OPENING_SEGMENTS || interval_bytes(tcp->waiting) >= TCP_OPENING_BYTES ||
        shared->waiting_bytes > shared->limits.total)
        tcp_open(flow->connection);
    return true;
}

/* What the other side of a direction without a start sends. Its SYN acknowledges ours: the start is known. Data that
 * answers what is held comes behind it, unless it is held itself, or our SYN may still come as its SYN did. */
static void take_answer(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    struct flow flow = make_flow(connection, direction, &packet->origin);
    struct tcp_direction *tcp = flow.tcp;
    const struct tcp_direction *other = &connection->directions[!direction];
    if (!(packet->tcp_flags & TCP_ACK))
        return;
    if (packet->tcp_flags & TCP_SYN) {
        int64_t position = position_of(tcp, packet->acknowledgement);
        if (!tcp->opening) {
            start_direction(tcp, packet->acknowledgement);
            tcp->handshake = true;
        } else if (position >= 0 && position <= (int64_t)interval_at(tcp->waiting, 0)->start) {
            open_at(&flow, (uint64_t)position, true);
        }
    } else if (tcp->opening && other->started && !other->handshake && packet->payload_length > 0 &&
               position_of(tcp, packet->acknowledgement) > (int64_t)interval_at(tcp->waiting, 0)->start) {
        tcp_open(connection);
    }
}

/* What a packet of the other side acknowledges was sent, be it captured before, later or never. */
static void note_acknowledged(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    struct tcp_direction *tcp = &connection->directions[direction];
    if (!tcp->started || (packet->tcp_flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
        return;
    int32_t ahead = distance(packet->acknowledgement, next_sequence(tcp));
    if (ahead <= 0 || ahead > TCP_WINDOW || tcp->next + (uint64_t)ahead < tcp->acknowledged)
        return;
    tcp->acknowledged = tcp->next + (uint64_t)ahead;
    connection->rest[direction].acknowledged_at = tcp->next;
    if (ahead > TCP_IN_FLIGHT)
        connection->rest[direction].stood = false;
}

void fast_tcp_next(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    struct tcp_direction *tcp = &connection->directions[direction];
    if (packet->payload_length == 0)
        return;
    deliver_bytes(connection, direction, tcp->next, packet->payload, packet->payload_length, &packet->origin);
    tcp->end = MAX(tcp->end, tcp->next);
}

/* The short way of nearly all segments: bytes that come next in a stream in which nothing waits. */
static bool fast_segment(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    struct tcp_direction *tcp = &connection->directions[direction];
    if (!tcp->started || !connection->directions[!direction].started || tcp->waiting || tcp->fin != UINT64_MAX ||
        (packet->tcp_flags & (TCP_SYN | TCP_FIN)) || packet->payload_missing > 0 ||
        packet->sequence != next_sequence(tcp))
        return false;
    fast_tcp_next(connection, direction, packet);
    if (packet->payload_length == 0)
        connection->rest[direction].stood = true;
    return true;
}

/* A packet says how far its direction went; one without bytes that is far ahead may be wild. */
static void note_end(const struct flow *flow, const struct packet *packet, uint64_t end)
{
    struct tcp_direction *tcp = flow->tcp;
    if (packet->tcp_flags & TCP_RST)
        return;
    if (packet->payload_length > 0 || end <= MAX(tcp->end, tcp->next) + TCP_IN_FLIGHT) {
        tcp->end = MAX(tcp->end, end);
    } else if (end >= flow->rest->said) {
        flow->rest->said = end;
        flow->rest->said_at = tcp->next;
        flow->rest->stood = false;
    }
}

/* A byte where the FIN was said to be: it was none. */
static bool covers_fin(const struct tcp_direction *tcp, int64_t position, uint32_t length)
{
    return tcp->fin != UINT64_MAX && position <= (int64_t)tcp->fin && position + length > (int64_t)tcp->fin;
}

/* The long way: out of order, again, with SYN or FIN, at the start, or with bytes that were not captured. */
static __attribute__((noinline)) void take_segment(struct tcp *connection, unsigned direction,
                                                   const struct packet *packet)
{
    struct flow flow = make_flow(connection, direction, &packet->origin);
    struct tcp_direction *tcp = flow.tcp;
    bool syn = (packet->tcp_flags & TCP_SYN) != 0;
    uint32_t sequence = packet->sequence + (syn ? 1 : 0);
    uint32_t length = packet->payload_length + packet->payload_missing;

    if ((packet->tcp_flags & TCP_FIN) && sequence_in_window(connection, direction, packet))
        tcp->finished = true;
    if (!connection->directions[!direction].started)
        take_answer(connection, !direction, packet);
    if (!tcp->started) {
        if (take_opening(&flow, packet))
            return;
    } else if (syn && !tcp->handshake) {
        take_late_syn(&flow, sequence);
    }
    int32_t ahead = distance(sequence, next_sequence(tcp));
    int64_t position = (int64_t)tcp->next + ahead;
    if (packet->payload_length > 0 && covers_fin(tcp, position, length)) {
        tcp->fin = UINT64_MAX;
        tcp->finished = false;
    }
    if (packet->payload_length > 0)
        take_data(&flow, position, packet->payload, packet->payload_length);
    if (length == 0 && ahead == 0 && !(packet->tcp_flags & TCP_RST))
        flow.rest->stood = true;
    if (!is_near(ahead) || position < 0)
        return;
    uint64_t end = (uint64_t)position + length;
    note_end(&flow, packet, end);
    if ((packet->tcp_flags & TCP_FIN) && end == tcp->next)
        flow.rest->ended = end + 1;
    if ((packet->tcp_flags & TCP_FIN) && tcp->fin == UINT64_MAX && tcp->finished) {
        tcp->fin = end;
        if (tcp->waiting)
            settle_waiting(&flow); /* bytes that wait behind the FIN only */
    }
}

/* Puts a damaged segment aside. False: there is no room. */
static bool suspect_packet(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    struct tcp_direction *tcp = &connection->directions[direction];
    if (packet->payload_length == 0)
        return true;
    if (connection->shared->suspects >= SUSPECTS_MAX)
        return false;
    struct suspect *suspect = g_malloc(sizeof *suspect + packet->payload_length);
    *suspect = (struct suspect){
        .sequence = packet->sequence, .at = tcp->next, .length = packet->payload_length, .origin = packet->origin};
    memcpy(suspect->data, packet->payload, packet->payload_length);
    struct suspect **last = &connection->rest[direction].suspects;
    while (*last)
        last = &(*last)->next;
    *last = suspect;
    connection->rest[direction].stood = false;
    connection->shared->suspects++;
    return true;
}

/* Takes the damaged segments that end no later than that; all those of which a good copy came. The direction has a
 * start. */
static void take_suspects(struct tcp *connection, unsigned direction, int64_t upto)
{
    struct tcp_direction *tcp = &connection->directions[direction];
    struct tcp_rest *rest = &connection->rest[direction];
    struct suspect **place = &rest->suspects;
    while (*place) {
        struct suspect *suspect = *place;
        int64_t start = position_of(tcp, suspect->sequence), end = start + (int64_t)suspect->length;
        if (end > upto && end > (int64_t)tcp->next) {
            place = &suspect->next;
            continue;
        }
        *place = suspect->next;
        connection->shared->suspects--;
        const struct flow flow = make_flow(connection, direction, &suspect->origin);
        const bool stood = rest->stood;
        take_data(&flow, start, suspect->data, suspect->length);
        if (tcp->waiting) {
            rest->waited_at = MIN(rest->waited_at, suspect->at);
            rest->stood = stood;
        }
        g_free(suspect);
    }
}

static void settle_suspects(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    bool acknowledges = (packet->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK && packet->acknowledgement != 0;
    if (connection->directions[direction].started)
        take_suspects(connection, direction, INT64_MIN);
    if (acknowledges && connection->rest[!direction].suspects && connection->directions[!direction].started)
        take_suspects(connection, !direction,
                      position_of(&connection->directions[!direction], packet->acknowledgement));
}

void tcp_segment(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    if (packet->origin.damaged && suspect_packet(connection, direction, packet))
        return;
    note_acknowledged(connection, !direction, packet);
    if (!S7_FAST_PATHS || !fast_segment(connection, direction, packet))
        take_segment(connection, direction, packet);
    if (connection->shared->suspects > 0)
        settle_suspects(connection, direction, packet);
}

void tcp_stray(struct tcp *connection, unsigned direction, const struct packet *packet)
{
    const struct flow flow = make_flow(connection, direction, &packet->origin);
    if (tcp_fits(flow.tcp, packet)) { /* only its acknowledgement is another connection's */
        struct packet own = *packet;
        own.tcp_flags &= (uint8_t)~TCP_ACK;
        take_segment(connection, direction, &own);
    } else if (packet->payload_length > 0) {
        deliver_late(&flow, position_of(flow.tcp, packet->sequence), packet->payload, packet->payload_length);
    }
}

/* Is a number so far ahead of a stream that went on below it since, or said that it stands there? */
static bool is_wild(const struct flow *flow, uint64_t number, uint64_t at)
{
    return number > flow->tcp->next + TCP_IN_FLIGHT && (flow->tcp->next > at || flow->rest->stood);
}

/* Numbers that only stray packets had say nothing of what is missing; a stray's bytes stand alone. */
static void set_wild_apart(const struct flow *flow)
{
    struct tcp_direction *tcp = flow->tcp;
    struct tcp_rest *rest = flow->rest;
    if (is_wild(flow, tcp->acknowledged, rest->acknowledged_at))
        tcp->acknowledged = 0;
    if (!is_wild(flow, rest->said, rest->said_at))
        tcp->end = MAX(tcp->end, rest->said);
    const struct interval *first = tcp->waiting ? interval_at(tcp->waiting, 0) : NULL;
    if (!first || interval_count(tcp->waiting) != 1 || !is_wild(flow, first->start, rest->waited_at) ||
        tcp->acknowledged > tcp->next + 1) /* one byte more is a FIN */
        return;
    if (tcp->end == first->end)
        tcp->end = tcp->next;
    flow->connection->shared->waiting_bytes -= first->end - first->start;
    const struct flow own = make_flow(flow->connection, flow->direction, &first->origin);
    deliver_late(&own, (int64_t)first->start, first->data, (size_t)(first->end - first->start));
    interval_drop(tcp->waiting, 1);
}

void tcp_finish(struct tcp *connection, unsigned direction)
{
    struct flow flow = make_flow(connection, direction, connection->last);
    struct tcp_direction *tcp = flow.tcp;

    tcp_open(connection);
    if (flow.rest->suspects && !tcp->started)
        start_in_the_middle(&flow, flow.rest->suspects->sequence);
    take_suspects(connection, direction, INT64_MAX);
    set_wild_apart(&flow);
    while (tcp->waiting && interval_count(tcp->waiting) > 0)
        give_up_hole(&flow, false);
    release_waiting(&flow);
    if (tcp->acknowledged == tcp->next + 1 && flow.rest->ended == tcp->acknowledged)
        tcp->end = tcp->fin = tcp->next;
    if (tcp->acknowledged > tcp->end + 1 || (tcp->acknowledged > tcp->end && tcp->fin != UINT64_MAX))
        tcp->end = tcp->acknowledged;
    if (tcp->end > tcp->next && missing_before(tcp, tcp->end) > 0)
        connection->shared->sink->gap(connection->context, direction, missing_before(tcp, tcp->end), false,
                                      flow.origin);
    if (flow.rest->abandoned)
        g_array_free(flow.rest->abandoned, TRUE);
    flow.rest->abandoned = NULL;
    past_free(tcp->past);
    tcp->past = NULL;
    assert(!tcp->waiting && !flow.rest->suspects && !flow.rest->place);
}
