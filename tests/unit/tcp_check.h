/* SPDX-License-Identifier: GPL-2.0-or-later
 * For tests of conversations over TCP: segments go in, what the sink is told is written down. */
#ifndef TCP_CHECK_H
#define TCP_CHECK_H

#include "sink_check.h"

enum { CLIENT, SERVER };

/* What was told, by direction: bytes as they are, "[gap 5]", "[overlap 3+2]", "[late 3 abc]", "[datagram abc+2]", "|"
 * at the end of a conversation's direction. closed: "1 fin 4;" for conversation 1, its end reason and packets. */
static GString *told[2];
static GString *closed;
static uint64_t delivered, duplicates, lates, reached;
static struct conversations *conversations;
static int64_t now;
static uint64_t number;

static void on_bytes(void *context, unsigned direction, const uint8_t *data, size_t length, const struct origin *origin)
{
    assert_true(length > 0);
    assert_true(origin->number > 0 && origin->number <= number);
    g_string_append_len(told[direction], (const char *)data, (gssize)length);
    delivered += length;
}

static void on_gap(void *context, unsigned direction, uint64_t length, bool may_come, const struct origin *origin)
{
    assert_true(length > 0 && origin->number > 0);
    g_string_append_printf(told[direction], "[gap %" G_GUINT64_FORMAT "]", length);
}

static void on_overlap(void *context, unsigned direction, const struct overlap *overlap)
{
    g_string_append_printf(told[direction], "[overlap %d %.*s@%d not %.*s@%d]", (int)overlap->offset,
                           (int)overlap->length, (const char *)overlap->taken, (int)overlap->taken_origin.number,
                           (int)overlap->length, (const char *)overlap->refused, (int)overlap->refused_origin.number);
}

static void on_end(void *context, unsigned direction)
{
    g_string_append_c(told[direction], '|');
}

static void on_late(void *context, unsigned direction, uint64_t offset, const uint8_t *data, size_t length,
                    const struct origin *origin)
{
    delivered += length;
    g_string_append_printf(told[direction], "[late %d %.*s]", (int)offset, (int)length, (const char *)data);
}

static void on_datagram(void *context, unsigned direction, const struct packet *packet)
{
    delivered += packet->payload_length;
    g_string_append_printf(told[direction], "[datagram %.*s+%d]", (int)packet->payload_length,
                           (const char *)packet->payload, (int)packet->payload_missing);
}

static void on_closed(void *context)
{
    const struct conversation *conversation = conversation_of(context);
    g_string_append_printf(closed, "%d %s %d;", (int)conversation->number, conversation->end_reason,
                           (int)conversation->packets);
    for (unsigned i = 0; i < 2; i++) {
        const struct tcp_rest *rest = &conversation->tcp->rest[i];
        duplicates += rest->duplicate_bytes;
        lates += rest->late_bytes;
        for (unsigned limit = 0; limit < TCP_REACHED_COUNT; limit++)
            reached += rest->limits_reached[limit];
    }
}

static const struct sink sink = {.context_size = sizeof(struct context),
                                 .opened = on_opened,
                                 .bytes = on_bytes,
                                 .gap = on_gap,
                                 .overlap = on_overlap,
                                 .late = on_late,
                                 .datagram = on_datagram,
                                 .end = on_end,
                                 .closed = on_closed};

static void begin_with(struct conversation_options options)
{
    told[0] = g_string_new(NULL);
    told[1] = g_string_new(NULL);
    closed = g_string_new(NULL);
    delivered = duplicates = lates = reached = 0;
    now = 1000 * SECOND;
    number = 0;
    options.sink = &sink;
    conversations = conversations_new(&options);
}

static void begin(void)
{
    begin_with((struct conversation_options){0});
}

static void end(void)
{
    if (conversations)
        conversations_free(conversations);
    conversations = NULL;
}

static void expect(const char *client, const char *server, const char *reasons)
{
    end();
    assert_string_equal(told[CLIENT]->str, client);
    assert_string_equal(told[SERVER]->str, server);
    assert_string_equal(closed->str, reasons);
    g_string_free(told[0], TRUE);
    g_string_free(told[1], TRUE);
    g_string_free(closed, TRUE);
}

static struct endpoint endpoint(uint8_t host, uint16_t port)
{
    return (struct endpoint){{[10] = 0xff, [11] = 0xff, 192, 0, 2, host}, port, 4, 0};
}

/* A packet whose payload is a copy of just its length, so that reading on is noticed. */
static bool feed(struct packet packet, const char *text, size_t length, uint32_t missing)
{
    uint8_t *payload = g_malloc(length);
    if (length > 0)
        memcpy(payload, text, length);
    packet.origin = (struct origin){.time = now, .number = ++number, .file = 1};
    packet.payload = payload;
    packet.payload_length = (uint32_t)length;
    packet.payload_missing = missing;
    bool taken = conversations_packets(conversations, &packet, 1) == 1;
    g_free(payload);
    return taken;
}

static void segment_part(unsigned from, uint32_t sequence, uint8_t flags, const char *text, uint32_t missing)
{
    struct packet packet = {.transport = TRANSPORT_TCP, .tcp_flags = flags, .sequence = sequence};
    packet.source = from == CLIENT ? endpoint(1, 40000) : endpoint(2, 8888);
    packet.destination = from == CLIENT ? endpoint(2, 8888) : endpoint(1, 40000);
    assert_true(feed(packet, text, strlen(text), missing));
}

static void segment(unsigned from, uint32_t sequence, uint8_t flags, const char *text)
{
    segment_part(from, sequence, flags, text, 0);
}

/* Of the server, with an acknowledgement. */
static void reply(uint8_t flags, uint32_t sequence, uint32_t acknowledgement, const char *text)
{
    struct packet packet = {.transport = TRANSPORT_TCP, .tcp_flags = flags, .sequence = sequence};
    packet.source = endpoint(2, 8888);
    packet.destination = endpoint(1, 40000);
    packet.acknowledgement = acknowledgement;
    feed(packet, text, (uint32_t)strlen(text), 0);
}

static inline bool datagram(uint8_t host, uint16_t port, uint16_t to, const char *text, uint32_t missing)
{
    struct packet packet = {.transport = TRANSPORT_UDP, .source = endpoint(host, port), .destination = endpoint(2, to)};
    return feed(packet, text, strlen(text), missing);
}

/* SYN and SYN+ACK; the first data bytes are 100 and 500. */
static void handshake(void)
{
    segment(CLIENT, 99, TCP_SYN, "");
    segment(SERVER, 499, TCP_SYN | TCP_ACK, "");
    segment(CLIENT, 100, TCP_ACK, "");
}

#endif
