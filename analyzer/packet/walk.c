/* SPDX-License-Identifier: GPL-2.0-or-later
 * The one loop that calls the parsers of layers.def, and those of nearly every packet, which are part of it: IP with
 * its extension headers and fragments, UDP, TCP. Every read is of bytes that were checked to be there. */
#include "packet/layers.h"

/* Where each costs less than a call of it. */
#define INLINE static inline __attribute__((always_inline))

enum { UDP_HEADER = 8, TCP_HEADER = 20, FRAGMENT_HEADER = 8 };

/* The protocols that layers.def opens. */
static bool is_opened(uint32_t protocol)
{
    switch (protocol) {
#define LAYER_PROTOCOL(number, parser, text) case number:
#include "packet/layers.def"
        return true;
    default:
        return false;
    }
}

static bool is_tunnel_port(uint16_t port)
{
    switch (port) {
#define LAYER_PORT(number, parser, text) case number:
#include "packet/layers.def"
        return true;
    default:
        return false;
    }
}

/* A bit for each port of a tunnel, modulo 64: most other datagrams are told apart by it. */
#define LAYER_PORT(number, parser, text) | UINT64_C(1) << (number) % 64
static const uint64_t port_bits = 0
#include "packet/layers.def"
    ;

static struct next take_datagram(const struct decoding *decoding)
{
    struct packet *packet = decoding->packet;
    const struct udp_datagram *datagram = &decoding->datagram;
    packet->source.port = datagram->source;
    packet->destination.port = datagram->destination;
    packet->checksum = datagram->checksum;
    packet->transport = TRANSPORT_UDP;
    packet->tcp_flags = 0;
    packet->sequence = packet->acknowledgement = 0;
    packet->payload = datagram->payload.data;
    packet->payload_length = datagram->payload.captured;
    packet->payload_missing = datagram->payload.wire - datagram->payload.captured;
    return done(PACKET_OK);
}

/* A datagram on the port of a tunnel, or one that did not turn out to be in a tunnel: on to its other port, or to its
 * payload. */
static __attribute__((noinline)) struct next guess(struct decoding *decoding)
{
    const struct udp_datagram *datagram = &decoding->datagram;
    if (decoding->guess) { /* in vain */
        decoding->packet->layer_count = decoding->layers_before;
        decoding->tags = decoding->tags_before;
        decoding->tunnels = decoding->tunnels_before;
    } else {
        decoding->layers_before = decoding->packet->layer_count;
        decoding->tags_before = decoding->tags;
        decoding->tunnels_before = decoding->tunnels;
        decoding->tries = 0;
    }
    while (decoding->tries < 2) {
        uint16_t port = decoding->tries++ == 0 ? datagram->destination : datagram->source;
        if (!is_tunnel_port(port))
            continue;
        decoding->guess = true;
        decoding->rest = datagram->payload;
        return go(SPACE_PORT, port);
    }
    decoding->guess = false;
    return take_datagram(decoding);
}

INLINE struct next take_udp(struct decoding *decoding, const struct rest *rest)
{
    NEED_OF(rest, UDP_HEADER);
    const uint8_t *header = rest->data;
    uint16_t length = read16(header + 4);
    if (length < UDP_HEADER || length > rest->wire)
        return done(PACKET_MALFORMED);
    uint16_t source = read16(header), destination = read16(header + 2);
    decoding->datagram =
        (struct udp_datagram){behind(rest, UDP_HEADER, length), source, destination, read16(header + 6)};
    if ((port_bits >> source % 64 | port_bits >> destination % 64) & 1)
        return guess(decoding);
    return take_datagram(decoding);
}

INLINE struct next take_tcp(struct packet *packet, const struct rest *rest)
{
    NEED_OF(rest, TCP_HEADER);
    const uint8_t *data = rest->data;
    uint32_t header = (uint32_t)(data[12] >> 4) * 4;
    if (header < TCP_HEADER || header > rest->wire)
        return done(PACKET_MALFORMED);
    packet->source.port = read16(data);
    packet->destination.port = read16(data + 2);
    packet->sequence = read32(data + 4);
    packet->acknowledgement = read32(data + 8);
    packet->tcp_flags = data[13] & (TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK | TCP_URG);
    packet->checksum = read16(data + 16);
    packet->transport = TRANSPORT_TCP;
    /* Options may be cut off: the sequence numbers still count, all of the payload is missing then. */
    uint32_t captured = MIN(header, rest->captured);
    packet->payload = data + captured;
    packet->payload_length = rest->captured - captured;
    packet->payload_missing = rest->wire - header - packet->payload_length;
    return done(PACKET_OK);
}

/* An IP header of this version stands at rest. In a tunnel it must make sense; if it does, that was one. PACKET_OK, or
 * why it is none.
 */
INLINE enum packet_result enter(struct decoding *decoding, uint8_t version)
{
    decoding->whole = false;
    if (decoding->tunnels == 0 && !decoding->guess)
        return PACKET_OK;
    if (!ip_sane(&decoding->rest) || decoding->rest.data[0] >> 4 != version)
        return not_sane(&decoding->rest, PACKET_OTHER);
    decoding->guess = false;
    return decoding->tunnels > PATH_TUNNELS ? PACKET_NESTED : PACKET_OK;
}

/* A fragment behind the IP header. */
static __attribute__((noinline)) struct next take_fragment(struct decoding *decoding,
                                                           const struct fragment_piece *piece)
{
    struct packet *packet = decoding->packet;
    if (!decoding->fragments)
        return done(PACKET_FRAGMENT);
    struct fragment_whole whole = {.source = &packet->source,
                                   .destination = &packet->destination,
                                   .layers = packet->layers,
                                   .layer_count = packet->layer_count};
    switch (
        fragments_add(decoding->fragments, piece, &decoding->rest, decoding->origins, decoding->origin_count, &whole)) {
    case FRAGMENT_COMPLETE:
        return parse_whole(decoding, &whole);
    case FRAGMENT_REFUSED:
        return done(PACKET_MALFORMED);
    default:
        return done(PACKET_FRAGMENT);
    }
}

struct next parse_whole(struct decoding *decoding, const struct fragment_whole *whole)
{
    struct packet *packet = decoding->packet;
    decoding->rest = (struct rest){whole->data, whole->length, whole->end};
    /* Only TCP has no length of its own; for the others an end that is not known is as far away as can be. */
    if (!whole->end_known && whole->protocol != TRANSPORT_TCP)
        decoding->rest.wire = UINT16_MAX;
    decoding->origins = packet->fragment_origins = whole->origins;
    decoding->origin_count = packet->fragment_count = whole->origin_count;
    packet->fragment_conflict_bytes += whole->conflict_bytes;
    decoding->whole = true;
    decoding->addressed = true;
    return go(SPACE_PROTOCOL, whole->protocol);
}

INLINE void set_ipv4(struct endpoint *endpoint, const uint8_t *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    memcpy(endpoint->address, mapped, sizeof mapped);
    memcpy(endpoint->address + sizeof mapped, address, 4);
    endpoint->port = 0;
    endpoint->version = 4;
    endpoint->pad = 0;
}

INLINE struct next take_ipv4(struct decoding *decoding, struct rest *rest)
{
    struct packet *packet = decoding->packet;
    NEED_OF(rest, IPV4_HEADER);
    const uint8_t *data = rest->data;
    uint32_t header = (uint32_t)(data[0] & 0x0f) * 4;
    uint16_t total = read16(data + 2);
    uint16_t fragment = read16(data + 6);
    uint8_t protocol = data[9];
    if (data[0] >> 4 != 4)
        return done(PACKET_MALFORMED);
    if (header < IPV4_HEADER)
        return done(PACKET_MALFORMED);
    /* 0: the packet was larger than the field can say, and captured before the network card split it. */
    uint32_t wire = total != 0 ? total : rest->wire;
    if (wire < header)
        return done(is_opened(protocol) ? PACKET_MALFORMED : PACKET_OTHER);
    if (rest->captured < header)
        return done(is_opened(protocol) ? PACKET_CUT : PACKET_OTHER);
    set_ipv4(&packet->source, data + 12);
    set_ipv4(&packet->destination, data + 16);
    packet->ip_id = read16(data + 4);
    packet->has_ip_id = true;
    decoding->addressed = true;
    *rest = behind(rest, header, wire);
    if ((fragment & 0x3fff) != 0 && is_opened(protocol)) { /* more fragments, or an offset */
        struct fragment_piece piece = {packet->ip_id, (fragment & 0x1fffU) * 8, protocol, (fragment & 0x2000) != 0};
        decoding->rest = *rest;
        return take_fragment(decoding, &piece);
    }
    return go(SPACE_PROTOCOL, protocol);
}

static void set_ipv6(struct endpoint *endpoint, const uint8_t *address)
{
    memset(endpoint, 0, sizeof *endpoint);
    endpoint->version = 6;
    memcpy(endpoint->address, address, 16);
}

struct next parse_ipv6(struct decoding *decoding, uint32_t value)
{
    struct packet *packet = decoding->packet;
    struct rest *rest = &decoding->rest;
    enum packet_result result = enter(decoding, 6);
    if (result != PACKET_OK)
        return done(result);
    NEED(decoding, IPV6_HEADER);
    if (rest->data[0] >> 4 != 6)
        return done(PACKET_MALFORMED);
    uint16_t length = read16(rest->data + 4);
    uint8_t protocol = rest->data[6];
    set_ipv6(&packet->source, rest->data + 8);
    set_ipv6(&packet->destination, rest->data + 24);
    packet->ip_id = 0;
    packet->has_ip_id = false;
    decoding->addressed = true;
    skip(rest, IPV6_HEADER);
    if (length != 0) /* 0: as with IPv4, or a jumbogram */
        declare(rest, length);
    return go(SPACE_PROTOCOL, protocol);
}

struct next parse_ip(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 1);
    switch (decoding->rest.data[0] >> 4) {
    case 4:
        return go(SPACE_TYPE, TYPE_IPV4);
    case 6:
        return go(SPACE_TYPE, TYPE_IPV6);
    default:
        return done(decoding->tunnels > 0 ? not_sane(&decoding->rest, PACKET_OTHER) : PACKET_MALFORMED);
    }
}

/* RFC 8200, 4: each is at least eight bytes long. */
struct next parse_extension(struct decoding *decoding, uint32_t value)
{
    if (decoding->packet->source.version != 6)
        return done(PACKET_OTHER);
    NEED(decoding, 8);
    uint8_t protocol = decoding->rest.data[0];
    uint32_t length = ((uint32_t)decoding->rest.data[1] + 1) * 8;
    NEED(decoding, length);
    skip(&decoding->rest, length);
    return go(SPACE_PROTOCOL, protocol);
}

struct next parse_fragment6(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    if (decoding->packet->source.version != 6)
        return done(PACKET_OTHER);
    NEED(decoding, FRAGMENT_HEADER);
    uint8_t protocol = rest->data[0];
    uint16_t place = read16(rest->data + 2);
    struct fragment_piece piece = {read32(rest->data + 4), place & 0xfff8U, protocol, (place & 1) != 0};
    skip(rest, FRAGMENT_HEADER);
    if ((place & 0xfff9) == 0) /* the only one */
        return go(SPACE_PROTOCOL, protocol);
    if (!is_opened(protocol))
        return done(PACKET_OTHER);
    if (decoding->whole) /* a fragment of a fragment cannot be */
        return done(PACKET_MALFORMED);
    return take_fragment(decoding, &piece);
}

/* RFC 4302, 2: the payload is as it was. */
struct next parse_authentication(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 12);
    const uint8_t *data = decoding->rest.data;
    uint8_t protocol = data[0];
    uint32_t length = ((uint32_t)data[1] + 2) * 4;
    const uint64_t index = read32(data + 4);
    NEED(decoding, length);
    if (length < 12)
        return done(PACKET_MALFORMED);
    note_tag(decoding, LAYER_AH, &index);
    skip(&decoding->rest, length);
    return go(SPACE_PROTOCOL, protocol);
}

INLINE struct next take_ethernet(struct rest *rest)
{
    NEED_OF(rest, ETHERNET_HEADER);
    uint16_t type = read16(rest->data + 12);
    skip(rest, ETHERNET_HEADER);
    return go(SPACE_TYPE, type);
}

struct next parse_ethernet(struct decoding *decoding, uint32_t value)
{
    return take_ethernet(&decoding->rest);
}

struct next parse_ipv4(struct decoding *decoding, uint32_t value)
{
    enum packet_result result = enter(decoding, 4);
    return result == PACKET_OK ? take_ipv4(decoding, &decoding->rest) : done(result);
}

struct next parse_udp(struct decoding *decoding, uint32_t value)
{
    return take_udp(decoding, &decoding->rest);
}

struct next parse_tcp(struct decoding *decoding, uint32_t value)
{
    return take_tcp(decoding->packet, &decoding->rest);
}

/* A number that is known, and what is behind it stays closed. */
static struct next closed(uint32_t number, enum packet_result result)
{
    return done(result);
}

/* Each calls the parser of a number: a line of layers.def. */
#define LAYER_LINK(number, parser, text)                                                                               \
    case number:                                                                                                       \
        return parse_##parser(decoding, number);
static struct next call_link(struct decoding *decoding, uint32_t link_type)
{
    switch (link_type) {
#include "packet/layers.def"
    default:
        decoding->link_type = (int)link_type;
        return done(PACKET_LINK_TYPE);
    }
}

#define LAYER_TYPE(number, parser, text)                                                                               \
    case number:                                                                                                       \
        return parse_##parser(decoding, number);
#define CLOSED_TYPE(number, result, text)                                                                              \
    case number:                                                                                                       \
        return closed(number, result);
static struct next call_type(struct decoding *decoding, uint32_t type)
{
    switch (type) {
#include "packet/layers.def"
    default:
        return parse_other_type(decoding, type);
    }
}

#define LAYER_PPP(number, parser, text)                                                                                \
    case number:                                                                                                       \
        return parse_##parser(decoding, number);
#define CLOSED_PPP(number, result, text)                                                                               \
    case number:                                                                                                       \
        return closed(number, result);
static struct next call_ppp(struct decoding *decoding, uint32_t protocol)
{
    switch (protocol) {
#include "packet/layers.def"
    default:
        return done(PACKET_NOT_IP);
    }
}

#define LAYER_PROTOCOL(number, parser, text)                                                                           \
    case number:                                                                                                       \
        return parse_##parser(decoding, number);
#define CLOSED_PROTOCOL(number, result, text)                                                                          \
    case number:                                                                                                       \
        return closed(number, result);
static struct next call_protocol(struct decoding *decoding, uint32_t protocol)
{
    switch (protocol) {
#include "packet/layers.def"
    default:
        return done(PACKET_OTHER);
    }
}

#define LAYER_PORT(number, parser, text)                                                                               \
    case number:                                                                                                       \
        return parse_##parser(decoding, number);
static struct next call_port(struct decoding *decoding, uint32_t port)
{
    switch (port) {
#include "packet/layers.def"
    default:
        return done(PACKET_OTHER);
    }
}

static inline struct next call(struct decoding *decoding, struct next next)
{
    switch (next.space) {
    case SPACE_TYPE:
        return call_type(decoding, next.number);
    case SPACE_PROTOCOL:
        return call_protocol(decoding, next.number);
    case SPACE_LINK:
        return call_link(decoding, next.number);
    case SPACE_PPP:
        return call_ppp(decoding, next.number);
    case SPACE_PORT:
        return call_port(decoding, next.number);
    case SPACE_LLC:
        return parse_llc(decoding, 0);
    case SPACE_END:
        break;
    }
    return next;
}

/* Calls parsers until the packet is there or turns out to be none. It ends, since each parser takes bytes off the
 * packet or leads to one that does, and a datagram has two ports. */
enum packet_result walk(struct decoding *decoding, struct next next)
{
    for (;;) {
        next = call(decoding, next);
        if (next.space != SPACE_END)
            continue;
        if (!decoding->guess)
            break;
        next = guess(decoding);
        if (next.space == SPACE_END)
            break;
    }
    if (next.number == PACKET_NOT_IP && decoding->tunnels > 0)
        return PACKET_OTHER;
    return (enum packet_result)next.number;
}

enum packet_result walk_record(struct decoding *decoding, int link_type)
{
    /* The first steps of nearly all packets, the same as in the loop and without it. */
    struct next next = go(SPACE_LINK, (uint32_t)link_type);
    struct rest rest = decoding->rest;
    if (link_type == LINK_ETHERNET)
        next = take_ethernet(&rest);
    if (next.space == SPACE_TYPE && next.number == TYPE_IPV4)
        next = take_ipv4(decoding, &rest);
    if (decoding->whole) /* it was the last fragment: rest is another */
        return walk(decoding, next);
    if (next.space == SPACE_PROTOCOL && next.number == TRANSPORT_TCP)
        next = take_tcp(decoding->packet, &rest);
    else if (next.space == SPACE_PROTOCOL && next.number == TRANSPORT_UDP)
        next = take_udp(decoding, &rest);
    if (next.space == SPACE_END)
        return (enum packet_result)next.number;
    if (!decoding->guess) /* which has set it */
        decoding->rest = rest;
    return walk(decoding, next);
}
