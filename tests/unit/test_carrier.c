/* SPDX-License-Identifier: GPL-2.0-or-later
 * Conversations in tunnels: what is mixed and what is split when private addresses clash and when GTP-U hands over.
 * The sink is a fake that writes down what it is told, by conversation. */
#include "sink_check.h"

enum { UP, DOWN };

/* What was told of each conversation, "^" before the bytes of endpoints[1]. */
static GString *told[100];
static GString *tunnels; /* "1: gtp-u ...\n" at the end of each */
static struct conversations *conversations;
static int64_t now;
static uint64_t number;

static void on_bytes(void *context, unsigned direction, const uint8_t *data, size_t length, const struct origin *origin)
{
    assert_true(conversation_of(context)->number < G_N_ELEMENTS(told));
    GString **text = &told[conversation_of(context)->number];
    if (!*text)
        *text = g_string_new(NULL);
    if (direction == 1)
        g_string_append_c(*text, '^');
    g_string_append_len(*text, (const char *)data, (gssize)length);
}

static void on_late(void *context, unsigned direction, uint64_t offset, const uint8_t *data, size_t length,
                    const struct origin *origin)
{
    on_bytes(context, direction, data, length, origin);
}

static void on_datagram(void *context, unsigned direction, const struct packet *packet)
{
    on_bytes(context, direction, packet->payload, packet->payload_length, &packet->origin);
}

static void on_gap(void *context, unsigned direction, uint64_t length, bool may_come, const struct origin *origin)
{
    on_bytes(context, direction, (const uint8_t *)"[gap]", 5, origin);
}

static void on_overlap(void *context, unsigned direction, const struct overlap *overlap)
{
    fail_msg("overlap");
}

static void on_end(void *context, unsigned direction)
{
}

static void on_closed(void *context)
{
    const struct conversation *conversation = conversation_of(context);
    g_string_append_printf(tunnels, "%d: %s\n", (int)conversation->number, conversation->tunnel);
}

/* The first byte of a datagram from the device says whose it is, a small letter nothing. */
static enum carrier_owner on_owner(const void *context, const struct packet *packet)
{
    const GString *own = told[conversation_of(context)->number];
    if (!own || !g_ascii_isupper(packet->payload[0]))
        return OWNER_UNKNOWN;
    return own->str[0] == packet->payload[0] ? OWNER_SAME : OWNER_OTHER;
}

static struct sink sink = {.context_size = sizeof(struct context),
                           .opened = on_opened,
                           .bytes = on_bytes,
                           .gap = on_gap,
                           .overlap = on_overlap,
                           .late = on_late,
                           .datagram = on_datagram,
                           .end = on_end,
                           .closed = on_closed};

static void begin_with(enum carrier_owner (*owner)(const void *context, const struct packet *packet))
{
    struct conversation_options options = {.sink = &sink};
    sink.owner = owner;
    conversations = conversations_new(&options);
    tunnels = g_string_new(NULL);
    now = 1000 * SECOND;
    number = 0;
}

static void begin(void)
{
    begin_with(NULL);
}

/* expected: what was told of each conversation, "|" behind each. */
static void expect(const char *expected, const char *ways)
{
    conversations_free(conversations);
    GString *all = g_string_new(NULL);
    for (size_t i = 1; i < G_N_ELEMENTS(told); i++) {
        if (told[i]) {
            g_string_append_printf(all, "%s|", told[i]->str);
            g_string_free(told[i], TRUE);
        }
        told[i] = NULL;
    }
    assert_string_equal(all->str, expected);
    if (ways)
        assert_string_equal(tunnels->str, ways);
    g_string_free(all, TRUE);
    g_string_free(tunnels, TRUE);
}

static struct layer layer(enum layer_kind kind, uint8_t from, uint8_t to, uint32_t id)
{
    return (struct layer){.kind = (uint8_t)kind,
                          .id = id,
                          .has_id = true,
                          .version = 4,
                          .source = {[10] = 0xff, [11] = 0xff, 192, 0, 2, from},
                          .destination = {[10] = 0xff, [11] = 0xff, 192, 0, 2, to}};
}

static struct layer vlan(uint32_t id)
{
    return (struct layer){.kind = LAYER_VLAN, .id = id, .has_id = true};
}

/* A packet between 10.0.0.5:5000 and 198.51.100.7:8888. */
static void feed(unsigned direction, struct packet packet, const char *text)
{
    struct endpoint device = {{[10] = 0xff, [11] = 0xff, 10, 0, 0, 5}, 5000, 4, 0};
    struct endpoint server = {{[10] = 0xff, [11] = 0xff, 198, 51, 100, 7}, 8888, 4, 0};
    packet.source = direction == UP ? device : server;
    packet.destination = direction == UP ? server : device;
    packet.origin = (struct origin){.time = ++now, .number = ++number, .file = 1};
    packet.payload = (const uint8_t *)text;
    packet.payload_length = (uint32_t)strlen(text);
    assert_true(conversations_packets(conversations, &packet, 1) == 1);
}

static void datagram(unsigned direction, struct layer way, const char *text)
{
    feed(direction, (struct packet){.transport = TRANSPORT_UDP, .layer_count = 1, .layers = {way}}, text);
}

static void segment(unsigned direction, struct layer way, uint8_t flags, uint32_t sequence, uint32_t acknowledgement,
                    const char *text)
{
    struct packet packet = {.transport = TRANSPORT_TCP,
                            .tcp_flags = flags,
                            .sequence = sequence,
                            .acknowledgement = acknowledgement,
                            .layer_count = 1,
                            .layers = {way}};
    feed(direction, packet, text);
}

/* From base station to gateway and back. */
#define G(from, to, teid) layer(LAYER_GTP_U, from, to, teid)

static void test_clash(void **state)
{
    static const struct {
        struct layer first, second;
        bool same;
    } pairs[] = {
        {{.kind = LAYER_VXLAN, .id = 1, .has_id = true}, {.kind = LAYER_VXLAN, .id = 2, .has_id = true}, false},
        {{.kind = LAYER_GENEVE, .id = 1, .has_id = true}, {.kind = LAYER_GENEVE, .id = 2, .has_id = true}, false},
        {{.kind = LAYER_GRE, .id = 1, .has_id = true}, {.kind = LAYER_GRE, .id = 2, .has_id = true}, false},
        {{.kind = LAYER_GRE}, {.kind = LAYER_GRE, .id = 0, .has_id = true}, false},
        {{.kind = LAYER_4IN4}, {.kind = LAYER_GRE}, false},
        {{.kind = LAYER_ERSPAN, .id = 1, .has_id = true}, {.kind = LAYER_ERSPAN, .id = 2, .has_id = true}, true},
        {{.kind = LAYER_VLAN, .id = 1, .has_id = true}, {.kind = LAYER_VLAN, .id = 2, .has_id = true}, true},
        {{.kind = LAYER_MPLS, .id = 1, .has_id = true}, {.kind = LAYER_PPPOE, .id = 2, .has_id = true}, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        begin();
        datagram(UP, pairs[i].first, "a");
        datagram(UP, pairs[i].second, "b");
        datagram(DOWN, pairs[i].first, "c");
        datagram(DOWN, pairs[i].second, "d");
        expect(pairs[i].same ? "ab^c^d|" : "a^c|b^d|", NULL);
    }
    /* Outer addresses: the same two in either order, or others. */
    begin();
    datagram(UP, layer(LAYER_VXLAN, 1, 2, 7), "a");
    datagram(DOWN, layer(LAYER_VXLAN, 2, 1, 7), "b");
    datagram(UP, layer(LAYER_VXLAN, 1, 3, 7), "c");
    feed(UP, (struct packet){.transport = TRANSPORT_UDP}, "d");
    datagram(UP, vlan(3), "e");
    datagram(DOWN, vlan(4), "f");
    expect("a^b|c|de^f|", "1: vxlan 192.0.2.1>192.0.2.2 vni 7; vxlan 192.0.2.2>192.0.2.1 vni 7\n"
                          "2: vxlan 192.0.2.1>192.0.2.3 vni 7\n"
                          "3: vlan 3; vlan 4\n");
}

/* TEID, base station and gateway change in the middle of a connection. */
static void test_tcp_handover(void **state)
{
    begin();
    segment(UP, G(1, 2, 10), TCP_SYN, 99, 0, "");
    segment(DOWN, G(2, 1, 20), TCP_SYN | TCP_ACK, 499, 100, "");
    segment(UP, G(1, 2, 10), TCP_ACK, 100, 500, "ab");
    segment(UP, G(1, 2, 11), TCP_ACK, 102, 500, "cd"); /* TEID */
    segment(DOWN, G(2, 1, 21), TCP_ACK, 500, 104, "x");
    segment(UP, G(3, 2, 11), TCP_ACK, 104, 501, "ef"); /* base station: the receiver is the same */
    segment(DOWN, G(2, 3, 22), TCP_ACK, 501, 106, "y");
    segment(UP, G(3, 4, 12), TCP_ACK, 108, 502, "ij"); /* gateway; a segment before it comes later */
    segment(UP, G(3, 2, 11), TCP_ACK, 106, 502, "gh");
    segment(DOWN, G(4, 3, 23), TCP_ACK, 502, 110, ""); /* by the acknowledgement */
    segment(DOWN, G(5, 6, 24), TCP_ACK, 502, 110, "z");
    expect("abcd^xef^yghij^z|", "1: gtp-u 192.0.2.1>192.0.2.2 teid 0xa; gtp-u 192.0.2.2>192.0.2.1 teid 0x14; "
                                "gtp-u 192.0.2.1>192.0.2.2 teid 0xb; gtp-u 192.0.2.2>192.0.2.1 teid 0x15; "
                                "gtp-u 192.0.2.3>192.0.2.2 teid 0xb; gtp-u 192.0.2.2>192.0.2.3 teid 0x16; "
                                "gtp-u 192.0.2.3>192.0.2.4 teid 0xc; gtp-u 192.0.2.4>192.0.2.3 teid 0x17; "
                                "gtp-u 192.0.2.5>192.0.2.6 teid 0x18\n");
    /* One direction only, and no handshake. */
    begin();
    segment(UP, G(1, 2, 10), TCP_ACK, 100, 500, "ab");
    segment(UP, G(1, 2, 11), TCP_ACK, 102, 500, "cd");
    segment(DOWN, G(9, 8, 20), TCP_ACK, 500, 104, "x"); /* other addresses: by the acknowledgement */
    expect("abcd^x|", NULL);
}

/* Two devices with the same private address, each in its tunnel, even with the same sequence numbers. */
static void test_tcp_clash(void **state)
{
    for (unsigned hosts = 0; hosts < 2; hosts++) {
        for (unsigned order = 0; order < 3; order++) {
            uint8_t station = hosts ? 3 : 1;            /* of the second device */
            uint32_t other = order == 2 ? 70000000 : 0; /* far away, near or the same */
            other += order == 1 ? 5000 : 0;
            begin();
            segment(UP, G(1, 2, 10), TCP_SYN, 99, 0, "");
            segment(DOWN, G(2, 1, 10), TCP_SYN | TCP_ACK, 499, 100, "");
            segment(UP, G(station, 2, 11), TCP_SYN, 99 + other, 0, "");
            segment(DOWN, G(2, station, 11), TCP_SYN | TCP_ACK, 499 + other, 100 + other, "");
            segment(UP, G(1, 2, 10), TCP_ACK, 100, 500, "ab");
            segment(UP, G(station, 2, 11), TCP_ACK, 100 + other, 500 + other, "AB");
            segment(DOWN, G(2, station, 11), TCP_ACK, 500 + other, 102 + other, "Y");
            segment(DOWN, G(2, 1, 10), TCP_ACK, 500, 102, "y");
            segment(UP, G(station, 2, 11), TCP_ACK, 102 + other, 501 + other, "CD");
            segment(UP, G(1, 2, 10), TCP_ACK, 102, 501, "cd");
            expect("ab^ycd|AB^YCD|", NULL);
        }
    }
    /* The TEIDs of the answers are others: sequence numbers tell, else who was heard last. */
    begin();
    segment(UP, G(1, 2, 10), TCP_SYN, 99, 0, "");
    segment(UP, G(1, 2, 11), TCP_SYN, 70000099, 0, "");
    segment(DOWN, G(2, 1, 20), TCP_SYN | TCP_ACK, 499, 100, "");
    segment(DOWN, G(2, 1, 21), TCP_SYN | TCP_ACK, 499, 70000100, "");
    segment(UP, G(1, 2, 10), TCP_ACK, 100, 500, "ab");
    segment(UP, G(1, 2, 11), TCP_ACK, 70000100, 500, "AB");
    segment(DOWN, G(2, 1, 21), TCP_ACK, 500, 70000102, "Y");
    segment(DOWN, G(2, 1, 20), TCP_ACK, 500, 102, "y");
    /* A hand-over of the second: not taken for the first. */
    segment(UP, G(1, 2, 12), TCP_ACK, 70000102, 501, "CD");
    segment(UP, G(1, 2, 10), TCP_ACK, 102, 501, "cd");
    expect("ab^ycd|AB^YCD|", NULL);
    /* Data far from everything expected, in a tunnel not seen before. */
    begin();
    segment(UP, G(1, 2, 10), TCP_ACK, 100, 500, "ab");
    segment(UP, G(1, 2, 11), TCP_ACK, 100 + (1 << 20) + 3, 500, "AB");
    segment(UP, G(1, 2, 10), TCP_ACK, 102, 500, "cd");
    expect("abcd|AB|", NULL);
}

/* Captured on both sides of a gateway: each segment in two tunnels, of which one begins where the other ends. */
static void test_both_sides(void **state)
{
    begin();
    for (uint8_t side = 0; side < 2; side++)
        segment(UP, side ? G(2, 3, 20) : G(1, 2, 10), TCP_SYN, 99, 0, "");
    for (uint8_t side = 0; side < 2; side++)
        segment(DOWN, side ? G(2, 1, 11) : G(3, 2, 21), TCP_SYN | TCP_ACK, 499, 100, "");
    for (uint8_t side = 0; side < 2; side++)
        segment(UP, side ? G(2, 3, 20) : G(1, 2, 10), TCP_ACK, 100, 500, "ab");
    for (uint8_t side = 0; side < 2; side++)
        segment(DOWN, side ? G(2, 1, 11) : G(3, 2, 21), TCP_ACK, 500, 102, "x");
    expect("ab^x|", NULL);
}

/* A connection that is opened again in the same tunnel, and in another. */
static void test_reuse(void **state)
{
    begin();
    segment(UP, G(1, 2, 10), TCP_SYN, 99, 0, "");
    segment(UP, G(1, 2, 10), TCP_ACK, 100, 500, "ab");
    segment(UP, G(1, 2, 10), TCP_SYN, 9099, 0, "");
    segment(UP, G(1, 2, 10), TCP_ACK, 9100, 500, "cd");
    segment(UP, G(1, 2, 11), TCP_SYN, 19099, 0, "");
    segment(UP, G(1, 2, 11), TCP_ACK, 19100, 500, "ef");
    expect("ab|cd|ef|", NULL);
}

static void test_udp_handover(void **state)
{
    begin();
    datagram(UP, G(1, 2, 10), "a");
    datagram(DOWN, G(2, 1, 20), "b");
    datagram(UP, G(1, 2, 11), "c"); /* TEID */
    datagram(DOWN, G(2, 1, 21), "d");
    datagram(UP, G(3, 2, 11), "e"); /* base station */
    datagram(DOWN, G(2, 3, 22), "f");
    expect("a^bc^de^f|", NULL);
    /* Other hosts altogether: nothing says that it is the same device. */
    begin();
    datagram(UP, G(1, 2, 10), "a");
    datagram(UP, G(3, 4, 10), "b");
    expect("a|b|", NULL);
}

/* Two tunnels at a time between the same hosts are two devices, as soon as that is seen. */
static void test_udp_clash(void **state)
{
    begin();
    datagram(UP, G(1, 2, 10), "a");
    datagram(UP, G(1, 2, 11), "b"); /* may be a hand-over */
    datagram(UP, G(1, 2, 10), "c"); /* it was none */
    datagram(UP, G(1, 2, 11), "d");
    datagram(UP, G(1, 2, 12), "e"); /* from now on the TEID tells */
    datagram(UP, G(1, 2, 10), "f");
    datagram(UP, G(1, 2, 11), "g");
    expect("abcf|dg|e|", NULL);
    /* Between other hosts they are two at once; an answer goes to the tunnel between its hosts. */
    begin();
    datagram(UP, G(1, 2, 10), "a");
    datagram(UP, G(3, 2, 11), "b");
    datagram(DOWN, G(2, 3, 21), "c");
    datagram(DOWN, G(2, 1, 20), "d");
    expect("a^d|b^c|", NULL);
    /* An equal TEID decides between two that were not answered yet. */
    begin_with(on_owner);
    datagram(UP, G(1, 2, 10), "A1");
    datagram(UP, G(1, 2, 11), "B1"); /* known by what it says */
    datagram(DOWN, G(2, 1, 10), "x");
    datagram(DOWN, G(2, 1, 11), "y");
    datagram(UP, G(1, 2, 12), "B2"); /* hand-over */
    datagram(UP, G(5, 6, 13), "A2"); /* to other hosts */
    datagram(UP, G(1, 2, 12), "B3");
    datagram(UP, G(5, 6, 14), "C1");
    expect("A1^xA2|B1^yB2B3|C1|", NULL);
}

/* Tunnels without end: only so many at a time, and so many ways in the text. */
static void test_limits(void **state)
{
    begin_with(on_owner);
    for (uint32_t teid = 1; teid <= 90; teid++) {
        char text[] = {(char)('A' + teid % 26), 0};
        segment(UP, G(1, 2, teid), TCP_SYN, teid << 22, 0, text);
    }
    assert_int_equal(strlen(tunnels->str) > 0, true);
    unsigned closed = 0;
    for (const char *at = tunnels->str; (at = strchr(at, '\n')); at++)
        closed++;
    assert_int_equal(closed, 90 - CONVERSATIONS_BESIDE_MAX);
    assert_true(g_str_has_prefix(tunnels->str, "1: gtp-u 192.0.2.1>192.0.2.2 teid 0x1\n2: "));
    for (size_t i = 1; i < G_N_ELEMENTS(told); i++) {
        if (told[i])
            g_string_free(told[i], TRUE);
        told[i] = NULL;
    }
    expect("", NULL);

    begin();
    for (unsigned round = 0; round < 2; round++)
        for (uint32_t id = 0; id < 40; id++)
            datagram(UP, vlan(id), "a");
    conversations_free(conversations);
    assert_true(g_str_has_prefix(tunnels->str, "1: vlan 0; vlan 1; vlan 2; "));
    assert_true(g_str_has_suffix(tunnels->str, "; vlan 15; ...\n"));
    g_string_free(tunnels, TRUE);
    g_string_free(told[1], TRUE);
    told[1] = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clash),      cmocka_unit_test(test_tcp_handover), cmocka_unit_test(test_tcp_clash),
        cmocka_unit_test(test_both_sides), cmocka_unit_test(test_reuse),        cmocka_unit_test(test_udp_handover),
        cmocka_unit_test(test_udp_clash),  cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
