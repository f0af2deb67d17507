/* SPDX-License-Identifier: GPL-2.0-or-later
 * IP, UDP and TCP, and the way of a record through all layers. Every read is of bytes that were checked to be there. */
#include "packet/packet.h"

#include "digits.h"
#include "packet/layers.h"

#include <string.h>

const char *const packet_result_names[PACKET_RESULT_COUNT] = {
    [PACKET_OK] = "ok",
    [PACKET_NOT_IP] = "not IP",
    [PACKET_OTHER] = "neither UDP nor TCP",
    [PACKET_FRAGMENT] = "IP fragment",
    [PACKET_CUT] = "headers not captured",
    [PACKET_MALFORMED] = "malformed",
    [PACKET_LINK_TYPE] = "link type not supported",
    [PACKET_NESTED] = "too many tunnels within each other",
};

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

/* The way of nearly all packets is one function: parse_plain() to parse_tcp() and parse_udp(). */
#define SHORT_WAY static inline __attribute__((always_inline))

SHORT_WAY enum packet_result parse_udp(struct decoding *decoding, const struct rest *rest)
{
    struct packet *packet = decoding->packet;
    enum packet_result result = need(rest, UDP_HEADER);
    if (result != PACKET_OK)
        return result;
    const uint8_t *header = rest->data;
    uint16_t length = read16(header + 4);
    if (length < UDP_HEADER || length > rest->wire)
        return PACKET_MALFORMED;
    uint16_t source = read16(header);
    uint16_t destination = read16(header + 2);
    const struct rest payload = behind(rest, UDP_HEADER, length);
    if (tunnel_is_port(destination) && tunnel_parse_udp(decoding, destination, payload, &result))
        return result;
    if (tunnel_is_port(source) && tunnel_parse_udp(decoding, source, payload, &result))
        return result;
    packet->source.port = source;
    packet->destination.port = destination;
    packet->checksum = read16(header + 6);
    packet->transport = TRANSPORT_UDP;
    packet->tcp_flags = 0;
    packet->sequence = packet->acknowledgement = 0;
    packet->payload = payload.data;
    packet->payload_length = payload.captured;
    packet->payload_missing = payload.wire - payload.captured;
    return PACKET_OK;
}

SHORT_WAY enum packet_result parse_tcp(struct decoding *decoding, const struct rest *rest)
{
    struct packet *packet = decoding->packet;
    enum packet_result result = need(rest, TCP_HEADER);
    if (result != PACKET_OK)
        return result;
    const uint8_t *data = rest->data;
    uint32_t header = (uint32_t)(data[12] >> 4) * 4;
    if (header < TCP_HEADER || header > rest->wire)
        return PACKET_MALFORMED;
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
    return PACKET_OK;
}

static inline bool is_transport(uint8_t protocol)
{
    return protocol == TRANSPORT_TCP || protocol == TRANSPORT_UDP || tunnel_is_protocol(protocol);
}

static enum packet_result parse_transport(struct decoding *decoding, uint8_t protocol, const struct rest *rest)
{
    if (protocol == TRANSPORT_TCP)
        return parse_tcp(decoding, rest);
    if (protocol == TRANSPORT_UDP)
        return parse_udp(decoding, rest);
    return tunnel_is_protocol(protocol) ? tunnel_parse(decoding, protocol, *rest) : PACKET_OTHER;
}

static enum packet_result parse_datagram(struct decoding *decoding, const struct fragment_whole *whole);

/* A fragment behind the IP header. */
static __attribute__((noinline)) enum packet_result
parse_fragment(struct decoding *decoding, const struct fragment_piece *piece, const struct rest *rest)
{
    const struct packet *packet = decoding->packet;
    if (!decoding->fragments)
        return PACKET_FRAGMENT;
    struct fragment_whole whole = {.source = &packet->source,
                                   .destination = &packet->destination,
                                   .layers = packet->layers,
                                   .layer_count = packet->layer_count};
    switch (fragments_add(decoding->fragments, piece, rest, decoding->origins, decoding->origin_count, &whole)) {
    case FRAGMENT_COMPLETE:
        return parse_datagram(decoding, &whole);
    case FRAGMENT_REFUSED:
        return PACKET_MALFORMED;
    default:
        return PACKET_FRAGMENT;
    }
}

static inline void set_ipv4(struct endpoint *endpoint, const uint8_t *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    memcpy(endpoint->address, mapped, sizeof mapped);
    memcpy(endpoint->address + sizeof mapped, address, 4);
    endpoint->port = 0;
    endpoint->version = 4;
    endpoint->pad = 0;
}

enum packet_result ipv4_parse(struct decoding *decoding, const struct rest *rest)
{
    struct packet *packet = decoding->packet;
    enum packet_result result = need(rest, IPV4_HEADER);
    if (result != PACKET_OK)
        return result;
    const uint8_t *data = rest->data;
    uint32_t header = (uint32_t)(data[0] & 0x0f) * 4;
    uint16_t total = read16(data + 2);
    uint16_t fragment = read16(data + 6);
    uint8_t protocol = data[9];
    if (data[0] >> 4 != 4 || header < IPV4_HEADER)
        return PACKET_MALFORMED;
    if (!is_transport(protocol))
        return PACKET_OTHER;
    /* 0: the packet was larger than the field can say, and captured before the network card split it. */
    uint32_t wire = total != 0 ? total : rest->wire;
    if (wire < header)
        return PACKET_MALFORMED;
    if (rest->captured < header)
        return PACKET_CUT;
    const struct rest datagram = behind(rest, header, wire);
    set_ipv4(&packet->source, data + 12);
    set_ipv4(&packet->destination, data + 16);
    packet->ip_id = read16(data + 4);
    packet->has_ip_id = true;
    if ((fragment & 0x3fff) != 0) { /* more fragments, or an offset */
        struct fragment_piece piece = {packet->ip_id, (fragment & 0x1fffU) * 8, protocol, (fragment & 0x2000) != 0};
        return parse_fragment(decoding, &piece, &datagram);
    }
    return parse_transport(decoding, protocol, &datagram);
}

static bool is_extension(uint8_t header)
{
    return header == HEADER_HOP_BY_HOP || header == HEADER_ROUTING || header == HEADER_FRAGMENT ||
           header == HEADER_AUTHENTICATION || header == HEADER_DESTINATION;
}

/* Walks over extension headers; *header becomes that of the transport. Each step is at least eight bytes long.
 * PACKET_FRAGMENT: a fragment header stands at rest. */
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
                return is_transport(next) || is_extension(next) ? PACKET_FRAGMENT : PACKET_OTHER;
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

enum packet_result ipv6_parse(struct decoding *decoding, const struct rest *rest)
{
    struct rest inner = *rest;
    struct packet *packet = decoding->packet;
    enum packet_result result = need(&inner, IPV6_HEADER);
    if (result != PACKET_OK)
        return result;
    if (inner.data[0] >> 4 != 6)
        return PACKET_MALFORMED;
    uint16_t length = read16(inner.data + 4);
    uint8_t header = inner.data[6];
    set_ipv6(&packet->source, inner.data + 8);
    set_ipv6(&packet->destination, inner.data + 24);
    packet->ip_id = 0;
    packet->has_ip_id = false;
    skip(&inner, IPV6_HEADER);
    if (length != 0) /* 0: as with IPv4, or a jumbogram */
        declare(&inner, length);
    result = skip_extensions(&inner, &header);
    if (result == PACKET_FRAGMENT) {
        uint16_t place = read16(inner.data + 2);
        struct fragment_piece piece = {read32(inner.data + 4), place & 0xfff8U, inner.data[0], (place & 1) != 0};
        skip(&inner, FRAGMENT_HEADER);
        return parse_fragment(decoding, &piece, &inner);
    }
    if (result != PACKET_OK)
        return result;
    return parse_transport(decoding, header, &inner);
}

enum packet_result ip_parse(struct decoding *decoding, const struct rest *rest)
{
    enum packet_result result = need(rest, 1);
    if (result != PACKET_OK)
        return result;
    switch (rest->data[0] >> 4) {
    case 4:
        return ipv4_parse(decoding, rest);
    case 6:
        return ipv6_parse(decoding, rest);
    default:
        return PACKET_MALFORMED;
    }
}

bool ip_sane(const struct rest *rest)
{
    if (rest->captured >= IPV4_HEADER && rest->data[0] >> 4 == 4) {
        uint32_t header = (uint32_t)(rest->data[0] & 0x0f) * 4;
        uint16_t total = read16(rest->data + 2);
        return header >= IPV4_HEADER && total >= header && total <= rest->wire;
    }
    return rest->captured >= IPV6_HEADER && rest->data[0] >> 4 == 6 &&
           read16(rest->data + 4) <= rest->wire - IPV6_HEADER;
}

void note_tag(struct decoding *decoding, enum layer_kind kind, uint32_t id)
{
    struct packet *packet = decoding->packet;
    if (decoding->tags == PATH_TAGS)
        return;
    decoding->tags++;
    packet->layers[packet->layer_count++] = (struct layer){.kind = (uint8_t)kind, .id = id, .has_id = true};
}

enum packet_result note_tunnel(struct decoding *decoding, enum layer_kind kind, const uint32_t *id)
{
    struct packet *packet = decoding->packet;
    if (decoding->tunnels == PATH_TUNNELS)
        return PACKET_NESTED;
    decoding->tunnels++;
    struct layer *layer = &packet->layers[packet->layer_count++];
    *layer = (struct layer){.kind = (uint8_t)kind, .version = packet->source.version};
    layer->has_id = id != NULL;
    layer->id = id ? *id : 0;
    memcpy(layer->source, packet->source.address, sizeof layer->source);
    memcpy(layer->destination, packet->destination.address, sizeof layer->destination);
    return PACKET_OK;
}

/* What was put together, or the start of it. */
static enum packet_result parse_datagram(struct decoding *decoding, const struct fragment_whole *whole)
{
    struct packet *packet = decoding->packet;
    struct rest rest = {whole->data, whole->length, whole->end};
    /* Only TCP has no length of its own; for the others an end that is not known is as far away as can be. */
    if (!whole->end_known && whole->protocol != TRANSPORT_TCP)
        rest.wire = UINT16_MAX;
    decoding->origins = packet->fragment_origins = whole->origins;
    decoding->origin_count = packet->fragment_count = whole->origin_count;
    packet->fragment_conflict_bytes += whole->conflict_bytes;
    uint8_t header = whole->protocol;
    if (packet->source.version == 6) {
        enum packet_result result = skip_extensions(&rest, &header);
        if (result != PACKET_OK) /* a fragment of a fragment cannot be */
            return result == PACKET_FRAGMENT ? PACKET_MALFORMED : result;
    }
    return parse_transport(decoding, header, &rest);
}

/* What a packet is before anything is known about it. */
static void clear(struct packet *packet, const struct origin *origin)
{
    packet->origin = *origin;
    packet->fragment_origins = NULL;
    packet->fragment_count = 0;
    packet->fragment_conflict_bytes = 0;
    packet->layer_count = 0;
}

/* Is it what nearly all are: Ethernet, IPv4 without options, UDP or TCP, captured whole? Then that is all there is to
 * do, and *result says what came of it. */
SHORT_WAY bool parse_plain(struct decoding *decoding, const struct record *record, enum packet_result *result)
{
    struct packet *packet = decoding->packet;
    const uint8_t *data = record->data;
    const uint8_t *header = data + ETHERNET_HEADER;
    if (record->link_type != LINK_ETHERNET || record->captured < ETHERNET_HEADER + IPV4_HEADER ||
        read16(data + 12) != TYPE_IPV4 || header[0] != 0x45 || (read16(header + 6) & 0x3fff) != 0)
        return false;
    uint32_t total = read16(header + 2);
    if (total < IPV4_HEADER || total > record->captured - ETHERNET_HEADER)
        return false;
    const struct rest rest = {header + IPV4_HEADER, total - IPV4_HEADER, total - IPV4_HEADER};
    set_ipv4(&packet->source, header + 12);
    set_ipv4(&packet->destination, header + 16);
    packet->ip_id = read16(header + 4);
    packet->has_ip_id = true;
    if (header[9] == TRANSPORT_TCP)
        *result = parse_tcp(decoding, &rest);
    else if (header[9] == TRANSPORT_UDP)
        *result = parse_udp(decoding, &rest);
    else
        return false;
    return true;
}

static enum packet_result parse(const struct record *record, struct packet *packet, struct fragments *fragments)
{
    struct decoding decoding = {packet, fragments, &record->origin, 1, 0, 0};
    enum packet_result result;
    clear(packet, &record->origin);
    if (parse_plain(&decoding, record, &result))
        return result;
    struct rest rest = {record->data, record->captured, MAX(record->captured, MIN(record->original, WIRE_MAX))};
    return link_parse(&decoding, record->link_type, rest);
}

enum packet_result packet_parse(const struct record *record, struct packet *packet)
{
    return parse(record, packet, NULL);
}

struct packets {
    struct fragments *fragments;
    const struct fragment_counts *counts; /* of the fragments */
    struct packets_options options;
};

/* Offers the start of an incomplete datagram as a packet with missing bytes. */
static bool give_up(const struct fragment_whole *whole, void *user)
{
    const struct packets *packets = user;
    struct packet packet;
    struct decoding decoding = {.packet = &packet};
    if (!packets->options.given_up)
        return false;
    clear(&packet, &whole->origins[whole->origin_count - 1]);
    packet.source = *whole->source;
    packet.destination = *whole->destination;
    packet.has_ip_id = packet.source.version == 4;
    packet.ip_id = packet.has_ip_id ? (uint16_t)whole->id : 0;
    packet.layer_count = (uint8_t)whole->layer_count;
    for (size_t i = 0; i < whole->layer_count; i++) {
        packet.layers[i] = whole->layers[i];
        if (layer_is_tunnel(&whole->layers[i]))
            decoding.tunnels++;
        else
            decoding.tags++;
    }
    if (parse_datagram(&decoding, whole) != PACKET_OK)
        return false;
    packets->options.given_up(&packet, packets->options.user);
    return true;
}

struct packets *packets_new(const struct packets_options *options)
{
    struct packets *packets = g_new0(struct packets, 1);
    if (options)
        packets->options = *options;
    packets->fragments = fragments_new(&packets->options.limits, give_up, packets);
    packets->counts = fragments_counts(packets->fragments);
    return packets;
}

enum packet_result packets_parse(struct packets *packets, const struct record *record, struct packet *packet)
{
    if (packets->counts->fragments > 0)
        fragments_expire(packets->fragments, record->origin.time);
    return parse(record, packet, packets->fragments);
}

void packets_finish(struct packets *packets)
{
    fragments_finish(packets->fragments);
}

const struct fragment_counts *packets_fragments(const struct packets *packets)
{
    return packets->counts;
}

void packets_free(struct packets *packets)
{
    if (!packets)
        return;
    fragments_free(packets->fragments);
    g_free(packets);
}
