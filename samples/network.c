/* SPDX-License-Identifier: GPL-2.0-or-later
 * Builds one packet from the inside out: payload, TCP or UDP header, IP header, Ethernet header, padding. */
#include "network.h"

#include <arpa/inet.h>
#include <string.h>

#define ETHERNET_MINIMUM  60
#define SECOND_COPY_AFTER 180 /* microseconds */

bool host_parse(const char *text, struct host *host)
{
    char address[64];
    const char *colon = strrchr(text, ':');
    memset(host, 0, sizeof *host);
    if (!colon || (size_t)(colon - text) >= sizeof address)
        return false;
    host->ipv6 = text[0] == '[';
    size_t skip = host->ipv6 ? 1 : 0;
    size_t length = (size_t)(colon - text);
    if (length < 2 * skip || (host->ipv6 && text[length - 1] != ']'))
        return false;
    length -= 2 * skip;
    memcpy(address, text + skip, length);
    address[length] = '\0';
    guint64 port;
    if (!g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return false;
    host->port = (uint16_t)port;
    return inet_pton(host->ipv6 ? AF_INET6 : AF_INET, address, host->address) == 1;
}

static void put8(GByteArray *out, unsigned value)
{
    const uint8_t byte = (uint8_t)value;
    g_byte_array_append(out, &byte, 1);
}

static void put16(GByteArray *out, unsigned value)
{
    put8(out, value >> 8);
    put8(out, value & 0xFF);
}

static void put32(GByteArray *out, uint32_t value)
{
    put16(out, value >> 16);
    put16(out, value & 0xFFFF);
}

/* Ones' complement sum of big-endian words, as RFC 1071 has it, not yet folded. */
static uint32_t sum_words(uint32_t sum, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += (uint32_t)(data[i] << 8 | data[i + 1]);
    if (length % 2)
        sum += (uint32_t)(data[length - 1] << 8);
    return sum;
}

static unsigned fold(uint32_t sum)
{
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return ~sum & 0xFFFF;
}

static size_t address_size(const struct host *host)
{
    return host->ipv6 ? 16 : 4;
}

/* Puts the checksum of the TCP or UDP packet (with its pseudo header) at offset. */
static void set_checksum(GByteArray *inner, const struct host *from, const struct host *to, unsigned protocol,
                         guint offset)
{
    uint32_t sum = protocol + inner->len;
    sum = sum_words(sum, from->address, address_size(from));
    sum = sum_words(sum, to->address, address_size(to));
    sum = sum_words(sum, inner->data, inner->len);
    unsigned checksum = fold(sum);
    if (checksum == 0 && protocol == IPPROTO_UDP)
        checksum = 0xFFFF;
    inner->data[offset] = (uint8_t)(checksum >> 8);
    inner->data[offset + 1] = (uint8_t)checksum;
}

static void put_ethernet(GByteArray *out, const struct flow *flow, unsigned direction)
{
    for (unsigned end = 0; end < 2; end++) { /* destination first */
        put32(out, 0x02000000);
        put16(out, (end == direction) ? 0x0100 : flow->number);
    }
    if (flow->vlan) {
        put16(out, 0x8100);
        put16(out, flow->vlan);
    }
    put16(out, flow->hosts[0].ipv6 ? 0x86DD : 0x0800);
}

static void put_ipv4(GByteArray *out, struct flow *flow, unsigned direction, unsigned protocol, guint length)
{
    guint start = out->len;
    put16(out, 0x4500);
    put16(out, 20 + length);
    put16(out, ++flow->ip_id[direction]);
    put16(out, 0x4000); /* do not fragment */
    put8(out, direction == 0 ? 52 : 64);
    put8(out, protocol);
    put16(out, 0);
    g_byte_array_append(out, flow->hosts[direction].address, 4);
    g_byte_array_append(out, flow->hosts[!direction].address, 4);
    unsigned checksum = fold(sum_words(0, out->data + start, 20));
    out->data[start + 10] = (uint8_t)(checksum >> 8);
    out->data[start + 11] = (uint8_t)checksum;
}

static void put_ipv6(GByteArray *out, const struct flow *flow, unsigned direction, unsigned protocol, guint length)
{
    put32(out, 0x60000000);
    put16(out, length);
    put8(out, protocol);
    put8(out, direction == 0 ? 52 : 64);
    g_byte_array_append(out, flow->hosts[direction].address, 16);
    g_byte_array_append(out, flow->hosts[!direction].address, 16);
}

static void add_packet(struct pcap_writer *writer, struct flow *flow, unsigned direction, int64_t time,
                       GByteArray *inner)
{
    unsigned protocol = flow->udp ? IPPROTO_UDP : IPPROTO_TCP;
    GByteArray *frame = g_byte_array_new();
    set_checksum(inner, &flow->hosts[direction], &flow->hosts[!direction], protocol, flow->udp ? 6 : 16);
    put_ethernet(frame, flow, direction);
    if (flow->hosts[0].ipv6)
        put_ipv6(frame, flow, direction, protocol, inner->len);
    else
        put_ipv4(frame, flow, direction, protocol, inner->len);
    g_byte_array_append(frame, inner->data, inner->len);
    while (frame->len < ETHERNET_MINIMUM)
        put8(frame, 0);
    for (unsigned copy = 0; copy < flow->copies; copy++)
        pcap_writer_add(writer, time + (int64_t)copy * SECOND_COPY_AFTER, frame);
    g_byte_array_unref(frame);
    g_byte_array_unref(inner);
}

void network_datagram(struct pcap_writer *writer, struct flow *flow, unsigned direction, int64_t time,
                      const uint8_t *data, size_t length)
{
    GByteArray *inner = g_byte_array_new();
    put16(inner, flow->hosts[direction].port);
    put16(inner, flow->hosts[!direction].port);
    put16(inner, (unsigned)length + 8);
    put16(inner, 0);
    g_byte_array_append(inner, data, (guint)length);
    add_packet(writer, flow, direction, time, inner);
}

void network_segment(struct pcap_writer *writer, struct flow *flow, unsigned direction, int64_t time, uint8_t flags,
                     uint32_t sequence, const uint8_t *data, size_t length)
{
    GByteArray *inner = g_byte_array_new();
    put16(inner, flow->hosts[direction].port);
    put16(inner, flow->hosts[!direction].port);
    put32(inner, sequence);
    put32(inner, flags & FLAG_ACK ? flow->next[!direction] : 0);
    put8(inner, 0x50); /* header of 20 bytes */
    put8(inner, flags);
    put16(inner, 8192); /* window */
    put32(inner, 0);    /* checksum, urgent pointer */
    g_byte_array_append(inner, data, (guint)length);
    add_packet(writer, flow, direction, time, inner);
}
