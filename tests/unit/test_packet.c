/* SPDX-License-Identifier: GPL-2.0-or-later
 * Headers of handmade packets: each link layer, both IP versions, padding, snap lengths, lengths that lie, and every
 * truncation. A packet stands at the end of its own allocation, so that the sanitizer sees a byte too many read. */
#include "packet/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { RAW = 101, ETHERNET = 1 };

static GByteArray *bytes(const char *hex)
{
    GByteArray *out = g_byte_array_new();
    unsigned digits = 0;
    uint8_t byte = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        byte = (uint8_t)(byte << 4 | g_ascii_xdigit_value(*hex));
        if (++digits % 2 == 0)
            g_byte_array_append(out, &byte, 1);
    }
    assert_int_equal(digits % 2, 0);
    return out;
}

/* Appends hex digits. */
static void put(GByteArray *out, const char *hex)
{
    GByteArray *more = bytes(hex);
    g_byte_array_append(out, more->data, more->len);
    g_byte_array_unref(more);
}

static void put_text(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
}

/* 5000 -> 8888. */
#define UDP "1388 22b8 000d beef 68656c6c6f" /* hello */
/* Sequence 0x01020304, acknowledgement 0x0a0b0c0d, PSH ACK, no options. */
#define TCP "1388 22b8 01020304 0a0b0c0d 5018 2000 cafe 0000 68656c6c6f"
/* 192.0.2.1 -> 198.51.100.7, identification 0x1234. */
#define IPV4(length, protocol) "4500" length "1234 4000 40" protocol "0000 c0000201 c6336407"
#define IPV4_UDP               IPV4("0021", "11") UDP
#define IPV4_TCP               IPV4("002d", "06") TCP
/* 2001:db8::1 -> 2001:db8:0:1::7. */
#define IPV6(length, next) "60000000" length next "40 20010db8000000000000000000000001 20010db8000000010000000000000007"
#define IPV6_UDP           IPV6("000d", "11") UDP
#define MACS               "020000000001 020000000002"

static enum packet_result parse(const GByteArray *frame, uint32_t captured, uint32_t original, int link_type,
                                struct packet *packet, uint8_t **memory)
{
    assert_true(captured <= frame->len);
    *memory = g_malloc(captured);
    if (captured > 0)
        memcpy(*memory, frame->data, captured);
    struct record record = {{.time = 42, .number = 7, .file = 3}, *memory, captured, original, link_type};
    memset(packet, 0xa5, sizeof *packet); /* nothing may be left unset */
    return packet_parse(&record, packet);
}

static enum packet_result verdict(const char *hex, int link_type)
{
    GByteArray *frame = bytes(hex);
    struct packet packet;
    uint8_t *memory;
    enum packet_result result = parse(frame, frame->len, frame->len, link_type, &packet, &memory);
    g_free(memory);
    g_byte_array_unref(frame);
    return result;
}

/* Asserts a packet with this payload and "source > destination". */
static void assert_packet(const GByteArray *frame, int link_type, uint8_t transport, const char *ends,
                          const char *payload, uint32_t missing)
{
    struct packet packet;
    uint8_t *memory;
    char source[ENDPOINT_SIZE];
    char destination[ENDPOINT_SIZE];
    assert_int_equal(parse(frame, frame->len, frame->len, link_type, &packet, &memory), PACKET_OK);
    assert_int_equal(packet.transport, transport);
    endpoint_print(&packet.source, source);
    endpoint_print(&packet.destination, destination);
    char *text = g_strdup_printf("%s > %s", source, destination);
    assert_string_equal(text, ends);
    g_free(text);
    assert_int_equal(packet.payload_length, strlen(payload));
    if (*payload)
        assert_memory_equal(packet.payload, payload, strlen(payload));
    assert_int_equal(packet.payload_missing, missing);
    assert_int_equal(packet.origin.time, 42);
    assert_int_equal(packet.origin.number, 7);
    assert_int_equal(packet.origin.file, 3);
    g_free(memory);
}

static void assert_hello(const char *hex, int link_type, uint8_t transport, const char *ends)
{
    GByteArray *frame = bytes(hex);
    assert_packet(frame, link_type, transport, ends, "hello", 0);
    g_byte_array_unref(frame);
}

#define ENDS4 "192.0.2.1:5000 > 198.51.100.7:8888"
#define ENDS6 "[2001:db8::1]:5000 > [2001:db8:0:1::7]:8888"

static void test_link_types(void **state)
{
    static const struct {
        int link_type;
        const char *header4, *header6; /* NULL: carries only the other */
    } links[] = {
        {1, MACS "0800", MACS "86dd"},
        {1, MACS "8100 0064 0800", MACS "8100 0064 86dd"},
        {1, MACS "88a8 0064 8100 0065 0800", MACS "9100 0064 8100 0065 86dd"},
        {113, "0000 0001 0006 0200000000010000 0800", "0000 0001 0006 0200000000010000 86dd"},
        {113, "0000 0001 0006 0200000000010000 8100 0064 0800", NULL},
        {276, "0800 0000 00000002 0001 00 06 0200000000010000", "86dd 0000 00000002 0001 00 06 0200000000010000"},
        {12, "", ""},
        {14, "", ""},
        {101, "", ""},
        {228, "", NULL},
        {229, NULL, ""},
        {0, "02000000", "1e000000"},
        {0, "00000002", "0000001e"},
        {0, NULL, "0a000000"},
        {0, NULL, "00000018"},
        {0, NULL, "1c000000"},
        {108, "00000002", "0000001e"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        for (int six = 0; six < 2; six++) {
            const char *header = six ? links[i].header6 : links[i].header4;
            if (!header)
                continue;
            char *hex = g_strconcat(header, six ? IPV6_UDP : IPV4_UDP, NULL);
            assert_hello(hex, links[i].link_type, TRANSPORT_UDP, six ? ENDS6 : ENDS4);
            g_free(hex);
        }
    }
}

static void test_not_ours(void **state)
{
    assert_int_equal(verdict(MACS "0806 0001080006040001", ETHERNET), PACKET_NOT_IP);
    assert_int_equal(verdict(MACS "0026 424203000000", ETHERNET), PACKET_NOT_IP);
    assert_int_equal(verdict("07000000" IPV4_UDP, 0), PACKET_NOT_IP);
    assert_int_equal(verdict("02000000" IPV4_UDP, 108), PACKET_NOT_IP);
    assert_int_equal(verdict(IPV4("001c", "01") "0800 0000 0001 0001", RAW), PACKET_OTHER);
    assert_int_equal(verdict(IPV6("0008", "3a") "8000 0000 0001 0001", RAW), PACKET_OTHER);
    assert_int_equal(verdict(IPV6("0000", "3b"), RAW), PACKET_OTHER);
    assert_int_equal(verdict(IPV4_UDP, 147), PACKET_LINK_TYPE);
    assert_int_equal(verdict(IPV4_UDP, -1), PACKET_LINK_TYPE);
    assert_int_equal(verdict("55" IPV4_UDP, RAW), PACKET_MALFORMED);
    assert_int_equal(verdict(IPV6_UDP, 228), PACKET_MALFORMED);
    assert_int_equal(verdict(IPV4_UDP "00000000000000", 229), PACKET_MALFORMED);
    for (int i = 0; i < PACKET_RESULT_COUNT; i++)
        assert_non_null(packet_result_names[i]);
}

static void test_fields(void **state)
{
    struct packet packet;
    uint8_t *memory;
    GByteArray *frame = bytes(IPV4_TCP);
    assert_int_equal(parse(frame, frame->len, frame->len, RAW, &packet, &memory), PACKET_OK);
    assert_int_equal(packet.sequence, 0x01020304);
    assert_int_equal(packet.acknowledgement, 0x0a0b0c0d);
    assert_int_equal(packet.tcp_flags, TCP_PSH | TCP_ACK);
    assert_int_equal(packet.checksum, 0xcafe);
    assert_true(packet.has_ip_id);
    assert_int_equal(packet.ip_id, 0x1234);
    struct endpoint expected = {{[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}, 5000, 4, 0};
    assert_memory_equal(&packet.source, &expected, sizeof expected);
    g_free(memory);
    g_byte_array_unref(frame);

    frame = bytes(IPV6_UDP);
    assert_int_equal(parse(frame, frame->len, frame->len, RAW, &packet, &memory), PACKET_OK);
    assert_int_equal(packet.checksum, 0xbeef);
    assert_false(packet.has_ip_id);
    assert_int_equal(packet.ip_id, 0);
    assert_int_equal(packet.tcp_flags, 0);
    assert_int_equal(packet.destination.pad, 0);
    g_free(memory);
    g_byte_array_unref(frame);
}

static void test_options(void **state)
{
    /* IPv4 with four bytes of options, TCP with twelve. */
    assert_hello("4600 0025 1234 0000 4011 0000 c0000201 c6336407 01010100" UDP, RAW, TRANSPORT_UDP, ENDS4);
    assert_hello(IPV4("0039", "06") "1388 22b8 01020304 0a0b0c0d 8018 2000 cafe 0000 0101080a0000000100000002"
                                    "68656c6c6f",
                 RAW, TRANSPORT_TCP, ENDS4);
}

static void test_extension_headers(void **state)
{
#define HOP_BY_HOP(next)     next "00 0502 0000 0100"
#define DESTINATION(next)    next "01 010c 000000000000000000000000"
#define ROUTING(next)        next "00 0000 00000000"
#define AUTHENTICATION(next) next "01 0000 00000001 00000001" /* (1 + 2) * 4 bytes */
#define ATOMIC(next)         next "00 0000 12345678"
    assert_hello(IPV6("0015", "00") HOP_BY_HOP("11") UDP, RAW, TRANSPORT_UDP, ENDS6);
    assert_hello(IPV6("0041", "00") HOP_BY_HOP("3c") DESTINATION("2b") ROUTING("2c") ATOMIC("33") AUTHENTICATION("11")
                     UDP,
                 RAW, TRANSPORT_UDP, ENDS6);
    assert_hello(IPV6("0021", "2c") ATOMIC("06") TCP, RAW, TRANSPORT_TCP, ENDS6);
    /* Reserved bits of a fragment header mean nothing. */
    assert_hello(IPV6("0015", "2c") "11ff 0006 12345678" UDP, RAW, TRANSPORT_UDP, ENDS6);
    /* A length beyond the packet; nothing behind the extension. */
    assert_int_equal(verdict(IPV6("0015", "00") "11ff 0502 0000 0100" UDP, RAW), PACKET_MALFORMED);
    assert_int_equal(verdict(IPV6("0008", "00") HOP_BY_HOP("11"), RAW), PACKET_MALFORMED);
    assert_int_equal(verdict(IPV6("0004", "00") "11000502", RAW), PACKET_MALFORMED);
}

static void test_fragments(void **state)
{
    assert_int_equal(verdict("4500 0021 1234 2000 4011 0000 c0000201 c6336407" UDP, RAW), PACKET_FRAGMENT);
    assert_int_equal(verdict("4500 0021 1234 0001 4006 0000 c0000201 c6336407" UDP, RAW), PACKET_FRAGMENT);
    assert_int_equal(verdict("4500 0021 1234 2000 4001 0000 c0000201 c6336407" UDP, RAW), PACKET_OTHER);
    assert_int_equal(verdict(IPV6("0015", "2c") "1100 0001 12345678" UDP, RAW), PACKET_FRAGMENT);
    assert_int_equal(verdict(IPV6("0015", "2c") "1100 0008 12345678" UDP, RAW), PACKET_FRAGMENT);
    assert_int_equal(verdict(IPV6("0015", "2c") "3c00 0008 12345678" UDP, RAW), PACKET_FRAGMENT);
    assert_int_equal(verdict(IPV6("0015", "2c") "3a00 0008 12345678" UDP, RAW), PACKET_OTHER);
}

/* An Ethernet frame has at least 60 bytes; what fills it up is no payload. */
static void test_padding(void **state)
{
    static const char ack[] = MACS "0800" IPV4("0028", "06") "1388 22b8 01020304 0a0b0c0d 5010 2000 cafe 0000";
    GByteArray *frame = bytes(ack);
    put(frame, "2323 2323 2323");
    assert_packet(frame, ETHERNET, TRANSPORT_TCP, ENDS4, "", 0);
    g_byte_array_unref(frame);
    assert_hello(MACS "0800" IPV4_UDP "23232323232323232323232323", ETHERNET, TRANSPORT_UDP, ENDS4);
    assert_hello(MACS "86dd" IPV6_UDP "2323", ETHERNET, TRANSPORT_UDP, ENDS6);
    /* Between the end of the UDP datagram and that of the IP packet. */
    assert_hello(IPV4("0025", "11") UDP "23232323", RAW, TRANSPORT_UDP, ENDS4);
}

static void test_lying_lengths(void **state)
{
    assert_int_equal(verdict(IPV4("0021", "11") "1388 22b8 0000 beef 68656c6c6f", RAW), PACKET_MALFORMED);
    assert_int_equal(verdict(IPV4("0021", "11") "1388 22b8 0007 beef 68656c6c6f", RAW), PACKET_MALFORMED);
    /* More than the IP packet holds: only the UDP header can be wrong. */
    assert_int_equal(verdict(IPV4("0021", "11") "1388 22b8 000e beef 68656c6c6f", RAW), PACKET_MALFORMED);
    assert_int_equal(verdict(IPV4("001b", "11") UDP, RAW), PACKET_MALFORMED); /* 7 bytes of UDP header */
    assert_int_equal(verdict(IPV4("0013", "11") UDP, RAW), PACKET_MALFORMED); /* less than its own header */
    assert_int_equal(verdict("44"
                             "00 0021 1234 0000 4011 0000 c0000201 c6336407" UDP,
                             RAW),
                     PACKET_MALFORMED);
    assert_int_equal(verdict("4f"
                             "00 0021 1234 0000 4011 0000 c0000201 c6336407" UDP,
                             RAW),
                     PACKET_MALFORMED);
    assert_int_equal(verdict(IPV6("0007", "11") UDP, RAW), PACKET_MALFORMED);
    assert_int_equal(verdict(IPV4("0027", "06") TCP, RAW), PACKET_MALFORMED);
    GByteArray *frame = bytes(IPV4_TCP);
    frame->data[32] = 0x40; /* data offset of 16 bytes */
    struct packet packet;
    uint8_t *memory;
    assert_int_equal(parse(frame, frame->len, frame->len, RAW, &packet, &memory), PACKET_MALFORMED);
    g_free(memory);
    frame->data[32] = 0xf0; /* of 60: beyond the packet */
    assert_int_equal(parse(frame, frame->len, frame->len, RAW, &packet, &memory), PACKET_MALFORMED);
    g_free(memory);
    g_byte_array_unref(frame);
    /* An IP length beyond the record: the rest was not captured. */
    frame = bytes(IPV4("0031", "11") "1388 22b8 001d beef 68656c6c6f");
    assert_packet(frame, RAW, TRANSPORT_UDP, ENDS4, "hello", 16);
    g_byte_array_unref(frame);
}

/* Captured before the network card splits it: a total length of 0, the record tells. */
static void test_offload(void **state)
{
    GByteArray *frame = bytes(IPV4("0000", "06") "1388 22b8 01020304 0a0b0c0d 5018 2000 cafe 0000");
    guint header = frame->len;
    for (unsigned i = 0; i < 7000; i++)
        put_text(frame, "0123456789");
    struct packet packet;
    uint8_t *memory;
    assert_int_equal(parse(frame, frame->len, frame->len, RAW, &packet, &memory), PACKET_OK);
    assert_int_equal(packet.payload_length, 70000);
    assert_int_equal(packet.payload_missing, 0);
    g_free(memory);
    assert_int_equal(parse(frame, header + 5, frame->len, RAW, &packet, &memory), PACKET_OK);
    assert_int_equal(packet.payload_length, 5);
    assert_int_equal(packet.payload_missing, 69995);
    g_free(memory);
    /* A length on the wire that cannot be is not believed. */
    assert_int_equal(parse(frame, header + 5, UINT32_MAX, RAW, &packet, &memory), PACKET_OK);
    assert_true(packet.payload_missing <= 1 << 20);
    g_free(memory);
    g_byte_array_unref(frame);
}

/* Every shorter capture of valid packets: as far as the headers go it is a packet, before that it is cut. */
static void test_truncations(void **state)
{
    static const struct {
        const char *hex;
        int link_type;
        guint headers; /* bytes that must be captured */
    } frames[] = {
        {MACS "8100 0064 0800" IPV4_UDP, 1, 18 + 20 + 8},
        {MACS "0800" IPV4_TCP, 1, 14 + 20 + 20},
        {"86dd 0000 00000002 0001 00 06 0200000000010000" IPV6_UDP, 276, 20 + 40 + 8},
        {"0000 0001 0006 0200000000010000 0800" IPV4_UDP, 113, 16 + 20 + 8},
        {"02000000" IPV4_UDP, 0, 4 + 20 + 8},
        {IPV6("0041", "00") HOP_BY_HOP("3c") DESTINATION("2b") ROUTING("2c") ATOMIC("33") AUTHENTICATION("11") UDP, 101,
         40 + 8 + 16 + 8 + 8 + 12 + 8},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        GByteArray *frame = bytes(frames[i].hex);
        assert_int_equal(frame->len, frames[i].headers + 5);
        for (guint length = 0; length < frame->len; length++) {
            struct packet packet;
            uint8_t *memory;
            enum packet_result result = parse(frame, length, frame->len, frames[i].link_type, &packet, &memory);
            if (length < frames[i].headers) {
                assert_int_equal(result, PACKET_CUT);
            } else {
                assert_int_equal(result, PACKET_OK);
                assert_int_equal(packet.payload_length, length - frames[i].headers);
                assert_memory_equal(packet.payload, "hello", packet.payload_length);
                assert_int_equal(packet.payload_missing, 5 - packet.payload_length);
            }
            g_free(memory);
        }
        g_byte_array_unref(frame);
    }
}

/* TCP options that were cut off: the segment still has its place in the stream, all of its bytes are missing. */
static void test_cut_options(void **state)
{
    GByteArray *frame = bytes(IPV4("0039", "06") "1388 22b8 01020304 0a0b0c0d 8018 2000 cafe 0000 0101080a");
    struct packet packet;
    uint8_t *memory;
    assert_int_equal(parse(frame, frame->len, 57, RAW, &packet, &memory), PACKET_OK);
    assert_int_equal(packet.payload_length, 0);
    assert_int_equal(packet.payload_missing, 5);
    g_free(memory);
    g_byte_array_unref(frame);
}

/* Any byte of a valid packet changed to anything: no read outside, and a payload only inside of the record. */
static void test_damage(void **state)
{
    static const char *const frames[] = {
        MACS "8100 0064 0800" IPV4_TCP,
        MACS "86dd" IPV6("0041", "00") HOP_BY_HOP("3c") DESTINATION("2b") ROUTING("2c") ATOMIC("33")
            AUTHENTICATION("11") UDP,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        GByteArray *frame = bytes(frames[i]);
        for (guint offset = 12; offset < frame->len; offset++) {
            uint8_t good = frame->data[offset];
            for (unsigned value = 0; value < 256; value++) {
                struct packet packet;
                uint8_t *memory;
                frame->data[offset] = (uint8_t)value;
                if (parse(frame, frame->len, frame->len, ETHERNET, &packet, &memory) == PACKET_OK) {
                    assert_true(packet.payload >= memory);
                    assert_true(packet.payload + packet.payload_length <= memory + frame->len);
                }
                g_free(memory);
            }
            frame->data[offset] = good;
        }
        g_byte_array_unref(frame);
    }
}

static void test_print(void **state)
{
    static const struct {
        const char *hex;
        const char *text;
    } addresses[] = {
        {"00000000000000000000000000000000", "[::]:65535"},
        {"00000000000000000000000000000001", "[::1]:65535"},
        {"20010db8000100000000000100000001", "[2001:db8:1::1:0:1]:65535"},
        {"20010db8aaaabbbbccccddddeeeeffff", "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535"},
        {"fe800000000000000000000000000000", "[fe80::]:65535"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        struct endpoint end = {{0}, 65535, 6, 0};
        GByteArray *address = bytes(addresses[i].hex);
        memcpy(end.address, address->data, sizeof end.address);
        g_byte_array_unref(address);
        char text[ENDPOINT_SIZE];
        assert_int_equal(endpoint_print(&end, text), strlen(addresses[i].text));
        assert_string_equal(text, addresses[i].text);
    }
    struct endpoint end = {{[10] = 0xff, [11] = 0xff, 0, 10, 100, 255}, 0, 4, 0};
    char text[ENDPOINT_SIZE];
    endpoint_print(&end, text);
    assert_string_equal(text, "0.10.100.255:0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link_types),  cmocka_unit_test(test_not_ours),          cmocka_unit_test(test_fields),
        cmocka_unit_test(test_options),     cmocka_unit_test(test_extension_headers), cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_padding),     cmocka_unit_test(test_lying_lengths),     cmocka_unit_test(test_offload),
        cmocka_unit_test(test_truncations), cmocka_unit_test(test_cut_options),       cmocka_unit_test(test_damage),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
