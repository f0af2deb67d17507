/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fragments in every order, doubled, overlapping, with holes, too late, too many and with lies: which packets come out,
 * from which packets of the capture, and what is counted. */
#include "packet_check.h"

enum { RAW = 101 };
#define SECOND INT64_C(1000000000)

/* UDP 5000 -> 8888 with 40 bytes: six pieces of eight. */
#define CONTENT "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
#define WHOLE4  "udp 10.0.0.5:5000>198.51.100.7:8888 " CONTENT
#define WHOLE6  "udp [2001:db8::1]:5000>[2001:db8:0:1::7]:8888 " CONTENT

static struct packets *packets;
static GString *given_up; /* "udp ... <1,2>;" */
static int64_t now;
static uint64_t number;

static void print_origins(GString *text, const struct packet *packet)
{
    g_string_append(text, " <");
    for (uint32_t i = 0; i < packet->fragment_count; i++) {
        assert_int_equal(packet->fragment_origins[i].file, 3);
        g_string_append_printf(text, "%s%d", i ? "," : "", (int)packet->fragment_origins[i].number);
    }
    g_string_append_c(text, '>');
}

static void on_given_up(const struct packet *packet, void *user)
{
    assert_ptr_equal(user, &given_up);
    assert_true(packet->fragment_count > 0);
    assert_int_equal(packet->origin.number, packet->fragment_origins[packet->fragment_count - 1].number);
    g_string_append(given_up, describe_packet(packet));
    print_origins(given_up, packet);
    g_string_append_c(given_up, ';');
}

static void begin_with(struct fragment_limits limits)
{
    struct packets_options options = {.limits = limits, .given_up = on_given_up, .user = &given_up};
    packets = packets_new(&options);
    given_up = g_string_new(NULL);
    now = 1000 * SECOND;
    number = 0;
}

static void begin(void)
{
    begin_with((struct fragment_limits){0});
}

/* Gives up the rest, compares what was given up. Counts are asserted by the caller before or through *counts. */
static struct fragment_counts end(const char *expected)
{
    packets_finish(packets);
    struct fragment_counts counts = *packets_fragments(packets);
    assert_string_equal(given_up->str, expected);
    packets_free(packets);
    g_string_free(given_up, TRUE);
    forget_texts(NULL);
    return counts;
}

/* The next packet of the capture, of which the last bytes may not be captured. What it gives: the packet, " <1,2>" if
 * it was put together, or the verdict. */
static const char *feed_cut(const char *hex, guint cut)
{
    GByteArray *frame = bytes(hex);
    struct packet packet;
    guint captured = frame->len - cut;
    uint8_t *memory = g_memdup2(frame->data, captured);
    struct record record = {{.time = now, .number = ++number, .file = 3}, memory, captured, frame->len, RAW};
    memset(&packet, 0xa5, sizeof packet);
    enum packet_result result = packets_parse(packets, &record, &packet);
    const char *text = packet_result_names[result];
    if (result == PACKET_OK) {
        GString *description = g_string_new(describe_packet(&packet));
        assert_int_equal(packet.origin.number, number);
        if (packet.fragment_count > 0)
            print_origins(description, &packet);
        if (packet.fragment_conflict_bytes > 0)
            g_string_append_printf(description, " conflict %d", (int)packet.fragment_conflict_bytes);
        text = keep(g_string_free(description, FALSE));
    }
    g_free(memory);
    g_byte_array_unref(frame);
    return text;
}

static const char *feed(const char *hex)
{
    return feed_cut(hex, 0);
}

static const char *hex_of(const char *text)
{
    GString *hex = g_string_new(NULL);
    for (; *text; text++)
        g_string_append_printf(hex, "%02x", (uint8_t)*text);
    return keep(g_string_free(hex, FALSE));
}

/* Bytes [start, start + length) of the datagram with this content, as a fragment. */
static const char *part_of(bool six, const char *content, unsigned start, unsigned length, bool more, unsigned id)
{
    const char *datagram = udp(5000, 8888, hex_of(content));
    GByteArray *all = bytes(datagram);
    GString *hex = g_string_new(NULL);
    assert_true(start + length <= all->len);
    for (unsigned i = start; i < start + length; i++)
        g_string_append_printf(hex, "%02x", all->data[i]);
    g_byte_array_unref(all);
    const char *inside = keep(g_string_free(hex, FALSE));
    if (six)
        return ipv6(INNER6, 44, keep(g_strdup_printf("1100 %04x %08x %s", start | more, id, inside)));
    return keep(g_strdup_printf("4500%04x%04x%04x 40110000 " INNER4 "%s", 20 + length, id,
                                start / 8 | (more ? 0x2000U : 0), inside));
}

static const char *part(unsigned start, unsigned length)
{
    return part_of(false, CONTENT, start, length, start + length < 48, 0x1234);
}

static void test_order(void **state)
{
    begin();
    assert_string_equal(feed(part(0, 24)), "IP fragment");
    assert_string_equal(feed(part(24, 24)), WHOLE4 " <1,2>");
    assert_string_equal(feed(part_of(true, CONTENT, 24, 24, false, 0x12345678)), "IP fragment");
    assert_string_equal(feed(part_of(true, CONTENT, 0, 24, true, 0x12345678)), WHOLE6 " <3,4>");
    struct fragment_counts counts = end("");
    assert_int_equal(counts.fragments, 4);
    assert_int_equal(counts.datagrams, 2);
    assert_int_equal(counts.incomplete, 0);
    assert_int_equal(counts.duplicate_bytes, 0);
}

/* Five pieces in each of their 120 orders, both versions. */
static void test_every_order(void **state)
{
    static const unsigned starts[] = {0, 8, 24, 32, 40, 48};
    for (unsigned index = 0; index < 120; index++) {
        unsigned left[] = {0, 1, 2, 3, 4};
        unsigned rest = index;
        begin();
        for (unsigned i = 0; i < 5; i++) {
            unsigned pick = rest % (5 - i);
            unsigned piece = left[pick];
            rest /= 5 - i;
            memmove(left + pick, left + pick + 1, (4 - i - pick) * sizeof *left);
            const char *text =
                feed(part_of(index % 2, CONTENT, starts[piece], starts[piece + 1] - starts[piece], piece < 4, 0x1234));
            assert_string_equal(text, i < 4       ? "IP fragment"
                                      : index % 2 ? WHOLE6 " <1,2,3,4,5>"
                                                  : WHOLE4 " <1,2,3,4,5>");
        }
        assert_int_equal(end("").datagrams, 1);
    }
}

/* What tells datagrams apart: identification, protocol (IPv4), addresses, tunnel. */
static void test_keys(void **state)
{
    begin();
    feed(part_of(false, CONTENT, 0, 24, true, 1));
    assert_string_equal(feed(part_of(false, CONTENT, 24, 24, false, 2)), "IP fragment");
    char *tcp = g_strdup(part_of(false, CONTENT, 24, 24, false, 1));
    memcpy(strstr(tcp, "4011"), "4006", 4);
    assert_string_equal(feed(tcp), "IP fragment");
    g_free(tcp);
    char *other = g_strdup(part_of(false, CONTENT, 24, 24, false, 1));
    memcpy(strstr(other, "0a000005"), "0a000006", 8);
    assert_string_equal(feed(other), "IP fragment");
    g_free(other);
    const char *second = part_of(false, CONTENT, 24, 24, false, 1);
    assert_string_equal(feed(ipv4(OUTER4, 4, second)), "IP fragment");
    const char *gtp = "30 ff 002c 00000001";
    assert_string_equal(feed(ipv4(OUTER4, 17, udp(9, 2152, join_hex(gtp, second)))), "IP fragment");
    assert_string_equal(
        feed(ipv4(OUTER4, 17, udp(9, 2152, join_hex("30 ff 002c 00000002", part_of(false, CONTENT, 0, 24, true, 1))))),
        "IP fragment");
    assert_string_equal(feed(second), WHOLE4 " <1,8>");
    assert_string_equal(feed(ipv4(OUTER4, 17, udp(9, 2152, join_hex(gtp, part_of(false, CONTENT, 0, 24, true, 1))))),
                        WHOLE4 " | gtp-u 192.0.2.1>192.0.2.2 teid 0x1 <6,9>");
    struct fragment_counts counts =
        end("udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGHIJKLMNOP+24 | gtp-u 192.0.2.1>192.0.2.2 teid 0x2 <7>;");
    assert_int_equal(counts.incomplete, 5);
    assert_int_equal(counts.incomplete_bytes, 4 * 24);
    assert_int_equal(counts.first_incomplete.number, 2);
}

static void test_overlaps(void **state)
{
    static const char other[] = "ABCDEFGH????????QRSTUVWXYZabcdefghijklmn";
    begin();
    feed(part(0, 24));
    assert_string_equal(feed(part_of(false, other, 8, 24, true, 0x1234)),
                        "IP fragment"); /* 8 to 16 the same, then 8 ? */
    feed(part(0, 8));
    assert_string_equal(feed(part(16, 32)), WHOLE4 " <1,2,4> conflict 8"); /* the first copy wins */
    struct fragment_counts counts = end("");
    assert_int_equal(counts.duplicate_bytes, 16 + 8 + 16);
    assert_int_equal(counts.conflict_bytes, 8);
    assert_int_equal(counts.conflicts, 1);
    assert_int_equal(counts.first_conflict.number, 2);
}

/* Seen by two taps: one after the other, and each fragment twice. */
static void test_twice(void **state)
{
    begin();
    feed(part(0, 24));
    feed(part(0, 24));
    assert_string_equal(feed(part(24, 24)), WHOLE4 " <1,3>");
    assert_string_equal(feed(part(24, 24)), "IP fragment");
    now += 2 * SECOND;
    feed(hello4());
    struct fragment_counts counts = end("");
    assert_int_equal(counts.incomplete, 0);
    assert_int_equal(counts.duplicate_bytes, 48);

    begin();
    feed(part(0, 24));
    assert_string_equal(feed(part(24, 24)), WHOLE4 " <1,2>");
    feed(part(0, 24));
    assert_string_equal(feed(part(24, 24)), WHOLE4 " <3,4>");
    counts = end("");
    assert_int_equal(counts.datagrams, 2);

    /* The identification comes again with something else, of which a part is lost: that is no duplicate. */
    begin();
    feed(part(0, 24));
    feed(part(24, 24));
    feed(part_of(false, "0123456789abcdefghijklmnopqrstuvwxyz0123", 0, 24, true, 0x1234));
    counts = end("udp 10.0.0.5:5000>198.51.100.7:8888 0123456789abcdef+24 <3>;");
    assert_int_equal(counts.incomplete, 1);
}

static void test_holes(void **state)
{
    begin();
    feed(part(0, 16));
    feed(part(24, 16));
    feed(part(40, 8));
    now += 30 * SECOND;
    assert_string_equal(feed(hello4()), HELLO4);
    assert_string_equal(given_up->str, "");
    now += 1;
    assert_string_equal(feed(hello4()), HELLO4); /* any packet moves the clock */
    assert_string_equal(given_up->str, "udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGH+32 <1,2,3>;");
    assert_string_equal(feed(part(16, 8)), "IP fragment"); /* too late */
    struct fragment_counts counts = end("udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGH+32 <1,2,3>;");
    assert_int_equal(counts.timed_out, 1);
    assert_int_equal(counts.incomplete, 2);
    assert_int_equal(counts.partial, 1);
    assert_int_equal(counts.incomplete_bytes, 24 + 8);
    assert_int_equal(counts.first_incomplete.number, 1);

    /* The end is lost: UDP says itself how long it is; of TCP only what was seen is known. */
    begin();
    feed(part(0, 16));
    const char *tcp = "1388 22b8 01020304 0a0b0c0d 5018 2000 cafe 0000 41424344";
    feed(keep(g_strdup_printf("4500%04x12352000 40060000 " INNER4 "%s", 20 + 24, tcp)));
    feed(keep(g_strdup_printf("4500%04x12362000 40060000 " INNER4 "%s", 20 + 24, tcp)));
    feed(keep(g_strdup_printf("4500%04x12362004 40060000 " INNER4 "4142434445464748", 20 + 8)));
    /* The start is lost; it is too short for a header. */
    feed(part_of(false, CONTENT, 8, 40, false, 2));
    feed(keep(g_strdup_printf("4500%04x12372000 40060000 " INNER4 "1388 22b8 01020304", 20 + 8)));
    counts = end("udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGH+32 <1>;"
                 "tcp 10.0.0.5:5000>198.51.100.7:8888 ABCD <2>;"
                 "tcp 10.0.0.5:5000>198.51.100.7:8888 ABCD+16 <3,4>;");
    assert_int_equal(counts.incomplete_bytes, 8 + 40 + 8);

    begin_with((struct fragment_limits){.timeout_ns = SECOND});
    feed(part(0, 16));
    now += 2 * SECOND;
    assert_string_equal(feed(part(16, 32)), "IP fragment");
    end("udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGH+32 <1>;");
}

/* Without somebody who takes them, the bytes are only counted. */
static void test_nobody(void **state)
{
    packets = packets_new(NULL);
    given_up = g_string_new(NULL);
    feed(part(0, 16));
    struct fragment_counts counts = end("");
    assert_int_equal(counts.incomplete_bytes, 16);
    assert_int_equal(counts.partial, 0);
}

/* Bytes cut off by the snap length are holes. */
static void test_snap_length(void **state)
{
    begin();
    assert_string_equal(feed_cut(part(0, 24), 4), "IP fragment");
    assert_string_equal(feed_cut(part(24, 24), 24), "IP fragment");
    end("udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGHIJKL+28 <1>;");
    begin();
    feed_cut(part(0, 24), 4);
    feed(part(24, 24));
    assert_string_equal(feed(part(16, 8)), WHOLE4 " <1,2,3>"); /* another copy has them */
    end("");
}

static void test_limits(void **state)
{
    begin_with((struct fragment_limits){.datagrams = 2});
    for (unsigned id = 1; id <= 4; id++)
        feed(part_of(false, CONTENT, 0, 24, true, id));
    assert_string_equal(given_up->str, "udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGHIJKLMNOP+24 <1>;"
                                       "udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGHIJKLMNOP+24 <2>;");
    assert_string_equal(feed(part_of(false, CONTENT, 24, 24, false, 3)), WHOLE4 " <3,5>");
    assert_int_equal(packets_fragments(packets)->limits_reached, 2);
    g_string_truncate(given_up, 0);
    assert_string_equal(feed(part_of(false, CONTENT, 24, 24, false, 4)), WHOLE4 " <4,6>");
    end("");

    begin_with((struct fragment_limits){.bytes = 4000});
    for (unsigned id = 1; id <= 100; id++)
        feed(part_of(false, CONTENT, 0, 24, true, id));
    uint64_t reached = packets_fragments(packets)->bytes_reached;
    assert_in_range(reached, 80, 99);
    assert_int_equal(packets_fragments(packets)->limits_reached, 0);
    g_string_truncate(given_up, 0);
    assert_string_equal(feed(part_of(false, CONTENT, 24, 24, false, 100)), WHOLE4 " <100,101>");
    packets_finish(packets);
    assert_int_equal(packets_fragments(packets)->incomplete, 99);
    g_string_truncate(given_up, 0);
    end("");

    begin_with((struct fragment_limits){.ranges = 3});
    for (unsigned i = 0; i < 4; i++)
        feed(part(i * 8, 8));
    assert_int_equal(packets_fragments(packets)->limits_reached, 1);
    end("udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGHIJKLMNOPQRSTUVWX+16 <1,2,3,4>;");
    /* Whatever comes, what is remembered stays within the limits: the sanitizer's memory is the witness. */
    begin_with((struct fragment_limits){.bytes = 100000});
    for (unsigned i = 0; i < 3000; i++) {
        feed(part_of(i % 2, CONTENT, i % 5 * 8, 8, true, i % 700));
        forget_texts(NULL);
    }
    assert_true(packets_fragments(packets)->incomplete > 0);
    g_string_truncate(given_up, 0);
    packets_finish(packets);
    g_string_truncate(given_up, 0);
    end("");
}

static void test_lies(void **state)
{
    static const struct {
        uint16_t place;
        unsigned length;
    } impossible[] = {
        {0x2000, 0},  /* nothing in it */
        {0x0003, 0},  /* the same as the last one */
        {0x2000, 12}, /* not the last, and no multiple of eight */
        {0x1fff, 8},  /* ends behind 65,535: ping of death */
        {0x1ffe, 16}, {0x3fff, 8},
    };
    begin();
    for (size_t i = 0; i < G_N_ELEMENTS(impossible); i++) {
        GString *hex = g_string_new(NULL);
        g_string_printf(hex, "4500%04x1234%04x 40110000 " INNER4, 20 + impossible[i].length, impossible[i].place);
        for (unsigned k = 0; k < impossible[i].length; k++)
            g_string_append(hex, "41");
        assert_string_equal(feed(keep(g_string_free(hex, FALSE))), "malformed");
    }
    assert_string_equal(feed(ipv6(INNER6, 44, "1100 0009 00000001")), "malformed");
    struct fragment_counts counts = end("");
    assert_int_equal(counts.refused, 7);
    assert_int_equal(counts.first_refused.number, 1);

    /* The end is where the first last fragment says. */
    begin();
    feed(part(40, 8));
    assert_string_equal(feed(part_of(false, CONTENT "0123456789", 48, 10, false, 0x1234)), "malformed");
    assert_string_equal(feed(part_of(false, CONTENT "0123456789", 48, 8, true, 0x1234)), "malformed");
    assert_string_equal(feed(part_of(false, CONTENT, 32, 8, false, 0x1234)), "malformed"); /* shorter */
    assert_string_equal(feed(part(0, 40)), WHOLE4 " <1,5>");
    feed(part_of(false, CONTENT, 32, 16, true, 9));
    assert_string_equal(feed(part_of(false, CONTENT, 24, 16, false, 9)), "malformed"); /* an end before what was seen */
    counts = end("");
    assert_int_equal(counts.refused, 4);

    /* Teardrop: the second lies within the first. UDP says 48, the datagram ends at 36. */
    begin();
    feed(part_of(false, CONTENT, 0, 40, true, 5));
    assert_string_equal(feed(part_of(false, CONTENT, 24, 8, false, 5)), "malformed");
    end("udp 10.0.0.5:5000>198.51.100.7:8888 ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef+8 <1>;");
    begin();
    feed(part(0, 24));
    assert_string_equal(feed(part_of(false, CONTENT, 24, 12, false, 0x1234)), "malformed"); /* by the length of UDP */
    end("");
}

/* A single fragment header around everything is no fragment, whatever else has its identification. */
static void test_atomic(void **state)
{
    begin();
    feed(part_of(true, CONTENT, 0, 24, true, 7));
    assert_string_equal(feed(part_of(true, CONTENT, 0, 48, false, 7)), WHOLE6);
    assert_string_equal(feed(part_of(true, CONTENT, 24, 24, false, 7)), WHOLE6 " <1,3>");
    end("");
}

/* Extension headers before the fragment header and within the fragments, of which the first says what is inside; a
 * fragment in a fragment. */
static void test_extensions(void **state)
{
    begin();
    const char *first = ipv6(INNER6, 0, "2c00 0502 00000100 3c00 0001 00000007 11 00 0104 00000000");
    const char *second = ipv6(INNER6, 44, join_hex("1100 0008 00000007", udp(5000, 8888, HELLO)));
    assert_string_equal(feed(second), "IP fragment");
    assert_string_equal(feed(first), HELLO6 " <1,2>");
    assert_string_equal(feed(ipv6(INNER6, 44, "2c00 0001 00000008 1100 0009 00000008")), "IP fragment");
    assert_string_equal(feed(ipv6(INNER6, 44, join_hex("2c00 0008 00000008", udp(5000, 8888, HELLO)))), "malformed");
    end("");
}

/* Hex of a packet, as two fragments of IPv4 between the outer addresses. */
static void split(const char *packet, unsigned at, unsigned id, const char *parts[2])
{
    GByteArray *all = bytes(packet);
    GString *hex = g_string_new(NULL);
    for (unsigned i = 20; i < all->len; i++)
        g_string_append_printf(hex, "%02x", all->data[i]);
    parts[0] = keep(
        g_strdup_printf("4500%04x%04x2000 40%02x0000" OUTER4 "%.*s", 20 + at, id, all->data[9], (int)at * 2, hex->str));
    parts[1] = keep(g_strdup_printf("4500%04x%04x%04x 40%02x0000" OUTER4 "%s", all->len - at, id, at / 8, all->data[9],
                                    hex->str + at * 2));
    g_string_free(hex, TRUE);
    g_byte_array_unref(all);
}

/* Fragments of a tunnel's packets, which hold fragments themselves: all packets are named. */
static void test_tunnels(void **state)
{
    const char *outer[2][2];
    begin();
    split(ipv4(OUTER4, 17, udp(9, 2152, join_hex("30 ff 002c 00000001", part(0, 24)))), 16, 1, outer[0]);
    split(ipv4(OUTER4, 47, join_hex("0000 0800", hello4())), 24, 2, outer[1]);
    assert_string_equal(feed(outer[1][1]), "IP fragment");
    assert_string_equal(feed(outer[1][0]), HELLO4 " | gre 192.0.2.1>192.0.2.2 <1,2>");
    assert_string_equal(feed(outer[0][0]), "IP fragment");
    assert_string_equal(feed(outer[0][1]), "IP fragment"); /* of the packet inside */
    const char *last = ipv4(OUTER4, 17, udp(9, 2152, join_hex("30 ff 002c 00000001", part(24, 24))));
    assert_string_equal(feed(last), WHOLE4 " | gtp-u 192.0.2.1>192.0.2.2 teid 0x1 <3,4,5>");
    /* The start of a tunnel's datagram: the packet inside ends behind it. */
    split(ipv4(OUTER4, 17, udp(9, 2152, join_hex("30 ff 0021 00000001", hello4()))), 48, 3, outer[0]);
    feed(outer[0][0]);
    end("udp 10.0.0.5:5000>198.51.100.7:8888 hell+1 | gtp-u 192.0.2.1>192.0.2.2 teid 0x1 <6>;");
}

/* Random pieces of random datagrams: every byte is in a packet or counted. */
static void test_balance(void **state)
{
    GRand *random = g_rand_new_with_seed(5);
    for (unsigned round = 0; round < 100; round++) {
        uint64_t fed = 0, whole = 0;
        begin_with((struct fragment_limits){.datagrams = round % 3 ? 0 : 2});
        for (unsigned i = 0; i < 40; i++) {
            unsigned start = (unsigned)g_rand_int_range(random, 0, 6) * 8;
            unsigned length = (unsigned)g_rand_int_range(random, 1, 7 - (int)start / 8) * 8;
            if (start == 0 && length == 48)
                continue;
            const char *text = feed(part_of(round % 2, CONTENT, start, length, start + length < 48,
                                            (unsigned)g_rand_int_range(random, 1, 5)));
            fed += length;
            if (strcmp(text, "IP fragment") == 0)
                continue;
            assert_true(g_str_has_prefix(text, round % 2 ? WHOLE6 : WHOLE4));
            whole += 48;
        }
        packets_finish(packets);
        uint64_t partial = 0; /* bytes of the starts that were given on: payload and 8 of header */
        for (const char *at = given_up->str; (at = strstr(at, ":8888 ")); at++)
            partial += 8 + strcspn(at + 6, "+<") - (strcspn(at + 6, "+") > strcspn(at + 6, "<") ? 1 : 0);
        struct fragment_counts counts = *packets_fragments(packets);
        assert_int_equal(fed, whole + partial + counts.incomplete_bytes + counts.duplicate_bytes);
        assert_int_equal(counts.conflict_bytes, 0);
        g_string_truncate(given_up, 0);
        end("");
    }
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),    cmocka_unit_test(test_every_order), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_overlaps), cmocka_unit_test(test_twice),       cmocka_unit_test(test_holes),
        cmocka_unit_test(test_nobody),   cmocka_unit_test(test_snap_length), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_lies),     cmocka_unit_test(test_atomic),      cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_tunnels),  cmocka_unit_test(test_balance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
