/* SPDX-License-Identifier: GPL-2.0-or-later
 * Handmade packets for the tests of the lower stages: hexadecimal text in, what was parsed out as one line of text.
 * Memory for a packet ends with the packet, so that the sanitizer sees a byte too many read. */
#ifndef PACKET_CHECK_H
#define PACKET_CHECK_H

#include "packet/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Texts that live until forget_texts(). */
static GPtrArray *kept_texts;

static inline const char *keep(char *text)
{
    if (!kept_texts)
        kept_texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(kept_texts, text);
    return text;
}

static inline const char *join_hex(const char *a, const char *b)
{
    return keep(g_strconcat(a, b, NULL));
}

static inline int forget_texts(void **state)
{
    if (kept_texts)
        g_ptr_array_free(kept_texts, TRUE);
    kept_texts = NULL;
    return 0;
}

static inline GByteArray *bytes(const char *hex)
{
    GByteArray *out = g_byte_array_new();
    unsigned digits = 0;
    uint8_t byte = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        assert_true(g_ascii_isxdigit(*hex));
        byte = (uint8_t)(byte << 4 | g_ascii_xdigit_value(*hex));
        if (++digits % 2 == 0)
            g_byte_array_append(out, &byte, 1);
    }
    assert_int_equal(digits % 2, 0);
    return out;
}

static inline unsigned hex_length(const char *hex)
{
    unsigned digits = 0;
    for (; *hex; hex++)
        digits += *hex != ' ';
    return digits / 2;
}

/* addresses: of source and destination, hexadecimal. */
static inline const char *ipv4(const char *addresses, unsigned protocol, const char *inside)
{
    return keep(
        g_strdup_printf("4500%04x12340000 40%02x0000 %s %s", 20 + hex_length(inside), protocol, addresses, inside));
}

static inline const char *ipv6(const char *addresses, unsigned next, const char *inside)
{
    return keep(g_strdup_printf("60000000 %04x%02x40 %s %s", hex_length(inside), next, addresses, inside));
}

static inline const char *udp(unsigned source, unsigned destination, const char *inside)
{
    return keep(g_strdup_printf("%04x%04x %04x0000 %s", source, destination, 8 + hex_length(inside), inside));
}

#define MACS "020000000001 020000000002"
/* 10.0.0.5 -> 198.51.100.7, and 2001:db8::1 -> 2001:db8:0:1::7. */
#define INNER4 "0a000005 c6336407"
#define INNER6 "20010db8000000000000000000000001 20010db8000000010000000000000007"
/* 192.0.2.1 -> 192.0.2.2, and 2001:db8:f::1 -> 2001:db8:f::2. */
#define OUTER4 "c0000201 c0000202"
#define OUTER6 "20010db8000f00000000000000000001 20010db8000f00000000000000000002"
#define HELLO  "68656c6c6f"
#define HELLO4 "udp 10.0.0.5:5000>198.51.100.7:8888 hello"
#define HELLO6 "udp [2001:db8::1]:5000>[2001:db8:0:1::7]:8888 hello"

static inline const char *hello4(void)
{
    return ipv4(INNER4, 17, udp(5000, 8888, HELLO));
}

static inline const char *hello6(void)
{
    return ipv6(INNER6, 17, udp(5000, 8888, HELLO));
}

/* "udp 192.0.2.1:5000>198.51.100.7:8888 hello", "+3" if bytes are missing, " | vlan 12" for the path. */
static inline const char *describe_packet(const struct packet *packet)
{
    char source[ENDPOINT_SIZE], destination[ENDPOINT_SIZE], path[PATH_TEXT];
    endpoint_print(&packet->source, source);
    endpoint_print(&packet->destination, destination);
    GString *text = g_string_new(packet->transport == TRANSPORT_TCP ? "tcp" : "udp");
    g_string_append_printf(text, " %s>%s ", source, destination);
    for (uint32_t i = 0; i < packet->payload_length; i++)
        g_string_append_printf(text, g_ascii_isprint(packet->payload[i]) ? "%c" : "\\x%02x", packet->payload[i]);
    if (packet->payload_missing > 0)
        g_string_append_printf(text, "+%u", packet->payload_missing);
    if (path_print(packet->layers, packet->layer_count, path) > 0)
        g_string_append_printf(text, " | %s", path);
    return keep(g_string_free(text, FALSE));
}

/* The first captured bytes of a frame through packet_parse(): the packet, or why there is none. */
static inline const char *parse_part(const GByteArray *frame, guint captured, int link_type)
{
    struct packet packet;
    uint8_t *memory = g_malloc(captured);
    if (captured > 0)
        memcpy(memory, frame->data, captured);
    struct record record = {{.time = 42, .number = 7, .file = 3}, memory, captured, frame->len, link_type};
    memset(&packet, 0xa5, sizeof packet); /* nothing may be left unset */
    enum packet_result result = packet_parse(&record, &packet);
    const char *text = result == PACKET_OK ? describe_packet(&packet) : packet_result_names[result];
    if (result == PACKET_OK && packet.payload_length > 0) {
        assert_true(packet.payload >= memory);
        assert_true(packet.payload + packet.payload_length <= memory + captured);
    }
    g_free(memory);
    return text;
}

static inline const char *parse_hex(const char *hex, int link_type)
{
    GByteArray *frame = bytes(hex);
    const char *text = parse_part(frame, frame->len, link_type);
    g_byte_array_unref(frame);
    return text;
}

/* Each bit of each byte turned, and each byte at its smallest and largest: nothing is read outside (parse_part() and
 * the sanitizer see to that). */
static inline void damage(const char *hex, int link_type)
{
    GByteArray *frame = bytes(hex);
    for (guint offset = 0; offset < frame->len; offset++) {
        uint8_t good = frame->data[offset];
        for (unsigned change = 0; change < 10; change++) {
            frame->data[offset] = (uint8_t)(change < 8 ? good ^ 1U << change : change == 8 ? 0U : 0xffU);
            parse_part(frame, frame->len, link_type);
        }
        frame->data[offset] = good;
    }
    forget_texts(NULL);
    g_byte_array_unref(frame);
}

#endif
