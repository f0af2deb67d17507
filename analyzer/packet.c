/* SPDX-License-Identifier: GPL-2.0-or-later
 * The headers of one record: link layer, IP, UDP or TCP. Every read is of bytes that were checked to be there. */
#include "packet.h"

#include <arpa/inet.h>
#include <string.h>

const char *const packet_result_names[PACKET_RESULT_COUNT] = {
    [PACKET_OK] = "ok",
    [PACKET_NOT_IP] = "not IP",
    [PACKET_OTHER] = "neither UDP nor TCP",
    [PACKET_FRAGMENT] = "IP fragment",
    [PACKET_CUT] = "headers not captured",
    [PACKET_MALFORMED] = "malformed",
    [PACKET_LINK_TYPE] = "link type not supported",
};

/* LINKTYPE_ numbers (https://www.tcpdump.org/linktypes.html), and the two others that libpcap gives for raw IP. */
enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_12 = 12,
    LINK_RAW_14 = 14,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_LINUX_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_LINUX_SLL2 = 276,
};

enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_VLAN = 0x8100, TYPE_QINQ = 0x88a8, TYPE_QINQ_OLD = 0x9100 };

enum {
    HEADER_HOP_BY_HOP = 0,
    HEADER_ROUTING = 43,
    HEADER_FRAGMENT = 44,
    HEADER_AUTHENTICATION = 51,
    HEADER_DESTINATION = 60,
};

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, UDP_HEADER = 8, TCP_HEADER = 20, FRAGMENT_HEADER = 8 };

/* No packet is longer, not even one that a network card has yet to split: a larger length on the wire is a lie. */
#define WIRE_MAX (UINT32_C(1) << 20)

/* What is left of the packet: captured bytes at data, and how many there were on the wire (never fewer). */
struct rest {
    const uint8_t *data;
    uint32_t captured;
    uint32_t wire;
};

static uint16_t read16(const uint8_t *data)
{
    return (uint16_t)(data[0] << 8 | data[1]);
}

static uint32_t read32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

/* PACKET_OK if a header of that length is there whole. */
static enum packet_result need(const struct rest *rest, uint32_t length)
{
    if (rest->wire < length)
        return PACKET_MALFORMED;
    return rest->captured < length ? PACKET_CUT : PACKET_OK;
}

static void skip(struct rest *rest, uint32_t length)
{
    rest->data += length;
    rest->captured -= length;
    rest->wire -= length;
}

/* Sets the length on the wire to what a header declares: what follows is padding, what lacks was not captured. */
static void declare(struct rest *rest, uint32_t length)
{
    rest->wire = length;
    if (rest->captured > length)
        rest->captured = length;
}

static enum packet_result parse_udp(struct rest rest, struct packet *packet)
{
    enum packet_result result = need(&rest, UDP_HEADER);
    if (result != PACKET_OK)
        return result;
    uint16_t length = read16(rest.data + 4);
    if (length < UDP_HEADER || length > rest.wire)
        return PACKET_MALFORMED;
    packet->source.port = read16(rest.data);
    packet->destination.port = read16(rest.data + 2);
    packet->checksum = read16(rest.data + 6);
    packet->transport = TRANSPORT_UDP;
    declare(&rest, length);
    skip(&rest, UDP_HEADER);
    packet->payload = rest.data;
    packet->payload_length = rest.captured;
    packet->payload_missing = rest.wire - rest.captured;
    return PACKET_OK;
}

static enum packet_result parse_tcp(struct rest rest, struct packet *packet)
{
    enum packet_result result = need(&rest, TCP_HEADER);
    if (result != PACKET_OK)
        return result;
    uint32_t header = (uint32_t)(rest.data[12] >> 4) * 4;
    if (header < TCP_HEADER || header > rest.wire)
        return PACKET_MALFORMED;
    packet->source.port = read16(rest.data);
    packet->destination.port = read16(rest.data + 2);
    packet->sequence = read32(rest.data + 4);
    packet->acknowledgement = read32(rest.data + 8);
    packet->tcp_flags = rest.data[13] & (TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK | TCP_URG);
    packet->checksum = read16(rest.data + 16);
    packet->transport = TRANSPORT_TCP;
    /* Options may be cut off: the sequence numbers still count, all of the payload is missing then. */
    uint32_t captured = MIN(header, rest.captured);
    packet->payload = rest.data + captured;
    packet->payload_length = rest.captured - captured;
    packet->payload_missing = rest.wire - header - packet->payload_length;
    return PACKET_OK;
}

static enum packet_result parse_transport(uint8_t protocol, struct rest rest, struct packet *packet)
{
    if (protocol == TRANSPORT_TCP)
        return parse_tcp(rest, packet);
    if (protocol == TRANSPORT_UDP)
        return parse_udp(rest, packet);
    return PACKET_OTHER;
}

static void set_ipv4(struct endpoint *endpoint, const uint8_t *address)
{
    memset(endpoint, 0, sizeof *endpoint);
    endpoint->version = 4;
    endpoint->address[10] = 0xff;
    endpoint->address[11] = 0xff;
    memcpy(endpoint->address + 12, address, 4);
}

static enum packet_result parse_ipv4(struct rest rest, struct packet *packet)
{
    enum packet_result result = need(&rest, IPV4_HEADER);
    if (result != PACKET_OK)
        return result;
    uint32_t header = (uint32_t)(rest.data[0] & 0x0f) * 4;
    uint16_t total = read16(rest.data + 2);
    uint16_t fragment = read16(rest.data + 6);
    uint8_t protocol = rest.data[9];
    if (rest.data[0] >> 4 != 4 || header < IPV4_HEADER)
        return PACKET_MALFORMED;
    /* 0: the packet was larger than the field can say, and captured before the network card split it. */
    if (total != 0)
        declare(&rest, total);
    if (protocol != TRANSPORT_TCP && protocol != TRANSPORT_UDP)
        return PACKET_OTHER;
    result = need(&rest, header);
    if (result != PACKET_OK)
        return result;
    if ((fragment & 0x3fff) != 0) /* more fragments, or an offset */
        return PACKET_FRAGMENT;
    set_ipv4(&packet->source, rest.data + 12);
    set_ipv4(&packet->destination, rest.data + 16);
    packet->ip_id = read16(rest.data + 4);
    packet->has_ip_id = true;
    skip(&rest, header);
    return parse_transport(protocol, rest, packet);
}

static bool is_extension(uint8_t header)
{
    return header == HEADER_HOP_BY_HOP || header == HEADER_ROUTING || header == HEADER_FRAGMENT ||
           header == HEADER_AUTHENTICATION || header == HEADER_DESTINATION;
}

/* Walks over extension headers; *header becomes that of the transport. Each step is at least eight bytes long. */
static enum packet_result skip_extensions(struct rest *rest, uint8_t *header)
{
    while (is_extension(*header)) {
        enum packet_result result = need(rest, 8);
        if (result != PACKET_OK)
            return result;
        uint8_t next = rest->data[0];
        uint32_t length = ((uint32_t)rest->data[1] + 1) * 8;
        if (*header == HEADER_AUTHENTICATION)
            length = ((uint32_t)rest->data[1] + 2) * 4;
        if (*header == HEADER_FRAGMENT) {
            length = FRAGMENT_HEADER;
            if ((read16(rest->data + 2) & 0xfff9) != 0) /* not the only fragment: an offset, or more of them */
                return next == TRANSPORT_TCP || next == TRANSPORT_UDP || is_extension(next) ? PACKET_FRAGMENT
                                                                                            : PACKET_OTHER;
        }
        result = need(rest, length);
        if (result != PACKET_OK)
            return result;
        skip(rest, length);
        *header = next;
    }
    return PACKET_OK;
}

static void set_ipv6(struct endpoint *endpoint, const uint8_t *address)
{
    memset(endpoint, 0, sizeof *endpoint);
    endpoint->version = 6;
    memcpy(endpoint->address, address, 16);
}

static enum packet_result parse_ipv6(struct rest rest, struct packet *packet)
{
    enum packet_result result = need(&rest, IPV6_HEADER);
    if (result != PACKET_OK)
        return result;
    if (rest.data[0] >> 4 != 6)
        return PACKET_MALFORMED;
    uint16_t length = read16(rest.data + 4);
    uint8_t header = rest.data[6];
    set_ipv6(&packet->source, rest.data + 8);
    set_ipv6(&packet->destination, rest.data + 24);
    packet->ip_id = 0;
    packet->has_ip_id = false;
    skip(&rest, IPV6_HEADER);
    if (length != 0) /* 0: as with IPv4, or a jumbogram */
        declare(&rest, length);
    result = skip_extensions(&rest, &header);
    if (result != PACKET_OK)
        return result;
    return parse_transport(header, rest, packet);
}

/* Raw IP: the version tells. */
static enum packet_result parse_ip(struct rest rest, struct packet *packet)
{
    enum packet_result result = need(&rest, 1);
    if (result != PACKET_OK)
        return result;
    switch (rest.data[0] >> 4) {
    case 4:
        return parse_ipv4(rest, packet);
    case 6:
        return parse_ipv6(rest, packet);
    default:
        return PACKET_MALFORMED;
    }
}

/* What an EtherType announces, behind any number of VLAN tags. */
static enum packet_result parse_type(uint16_t type, struct rest rest, struct packet *packet)
{
    while (type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_QINQ_OLD) {
        enum packet_result result = need(&rest, 4);
        if (result != PACKET_OK)
            return result;
        type = read16(rest.data + 2);
        skip(&rest, 4);
    }
    if (type == TYPE_IPV4)
        return parse_ipv4(rest, packet);
    if (type == TYPE_IPV6)
        return parse_ipv6(rest, packet);
    return PACKET_NOT_IP;
}

/* A link header of fixed length with an EtherType in it. */
static enum packet_result parse_link(struct rest rest, uint32_t header, uint32_t type_offset, struct packet *packet)
{
    enum packet_result result = need(&rest, header);
    if (result != PACKET_OK)
        return result;
    uint16_t type = read16(rest.data + type_offset);
    skip(&rest, header);
    return parse_type(type, rest, packet);
}

/* Four bytes with an address family, in the byte order of the host that captured (null) or of the network (loop).
 * AF_INET is 2 everywhere, AF_INET6 is 10, 24, 28 or 30. */
static enum packet_result parse_family(struct rest rest, bool any_order, struct packet *packet)
{
    enum packet_result result = need(&rest, 4);
    if (result != PACKET_OK)
        return result;
    uint32_t family = read32(rest.data);
    if (any_order && (family & 0xffffff) == 0)
        family >>= 24;
    skip(&rest, 4);
    if (family == 2)
        return parse_ipv4(rest, packet);
    if (family == 10 || family == 24 || family == 28 || family == 30)
        return parse_ipv6(rest, packet);
    return PACKET_NOT_IP;
}

enum packet_result packet_parse(const struct record *record, struct packet *packet)
{
    struct rest rest = {record->data, record->captured, MAX(record->captured, MIN(record->original, WIRE_MAX))};

    packet->origin = record->origin;
    packet->tcp_flags = 0;
    packet->sequence = 0;
    packet->acknowledgement = 0;
    switch (record->link_type) {
    case LINK_ETHERNET:
        return parse_link(rest, 14, 12, packet);
    case LINK_LINUX_SLL:
        return parse_link(rest, 16, 14, packet);
    case LINK_LINUX_SLL2:
        return parse_link(rest, 20, 0, packet);
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_RAW:
        return parse_ip(rest, packet);
    case LINK_IPV4:
        return parse_ipv4(rest, packet);
    case LINK_IPV6:
        return parse_ipv6(rest, packet);
    case LINK_NULL:
        return parse_family(rest, true, packet);
    case LINK_LOOP:
        return parse_family(rest, false, packet);
    default:
        return PACKET_LINK_TYPE;
    }
}

static char *print_number(char *out, uint32_t number)
{
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *out++ = digits[--count];
    return out;
}

size_t endpoint_print(const struct endpoint *endpoint, char *out)
{
    char *position = out;
    if (endpoint->version == 4) {
        for (unsigned i = 12; i < 16; i++) {
            position = print_number(position, endpoint->address[i]);
            if (i < 15)
                *position++ = '.';
        }
    } else {
        *position++ = '[';
        inet_ntop(AF_INET6, endpoint->address, position, INET6_ADDRSTRLEN);
        position += strlen(position);
        *position++ = ']';
    }
    *position++ = ':';
    position = print_number(position, endpoint->port);
    *position = '\0';
    return (size_t)(position - out);
}
