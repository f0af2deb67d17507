/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files that take a packet apart share. A parser takes its own header off the rest of the packet and returns
 * what comes next; the loop in walk.c calls the next one. Parsers do not call each other. layers.def lists them. */
#ifndef LAYERS_H
#define LAYERS_H

#include "packet/packet.h"

#include <string.h>

/* What is left of the packet: captured bytes at data, and how many there were on the wire (never fewer). */
struct rest {
    const uint8_t *data;
    uint32_t captured;
    uint32_t wire;
};

/* Who says what comes next, by a number of its own. LLC: there is no number; END: nobody, the number is an enum
 * packet_result. */
enum space { SPACE_LINK, SPACE_TYPE, SPACE_PPP, SPACE_PROTOCOL, SPACE_PORT, SPACE_LLC, SPACE_END };

struct next {
    uint32_t number;
    enum space space;
};

/* A packet that is being taken apart. */
struct decoding {
    struct packet *packet;
    struct fragments *fragments;  /* NULL: fragments are not put together */
    const struct origin *origins; /* of the bytes at hand */
    uint32_t origin_count;
    struct rest rest;
    uint8_t tags;    /* noted in the path */
    uint8_t tunnels; /* seen; as many as fit are noted in the path */
    bool addressed;  /* the packet has addresses: an IP header was seen */
    bool whole;      /* rest was put together of fragments */
    /* A datagram on the port of a tunnel: as long as no IP packet was found in it, it may be an ordinary one. */
    bool guess;
    /* The rest is not set before it is needed. */
    uint8_t tries; /* 1: by its destination port, 2: by its source port */
    uint8_t layers_before, tags_before, tunnels_before;
    int link_type; /* what PACKET_LINK_TYPE is about */
    struct udp_datagram {
        struct rest payload;
        uint16_t source, destination, checksum;
    } datagram;
};

enum {
    TYPE_802_3_MAX = 0x05dc, /* up to here an EtherType is a length */
    TYPE_IPV4 = 0x0800,
    TYPE_ETHERNET = 0x6558,
    TYPE_PPP = 0x880b,
    TYPE_MPLS = 0x8847,
    TYPE_IPV6 = 0x86dd,
    TYPE_NSH = 0x894f,
    TYPE_ERSPAN = 0x88be,
    TYPE_ERSPAN_III = 0x22eb,
};
enum {
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_LLC = 11,
    LINK_RAW = 12,
    LINK_RAW_FILE = 101,
    LINK_IEEE802_11 = 105,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229
};
enum { ETHERNET_HEADER = 14, IPV4_HEADER = 20, IPV6_HEADER = 40 };

#define LAYER(number, parser, text) struct next parse_##parser(struct decoding *decoding, uint32_t value);
#include "packet/layers.def"

/* A datagram that was put together, or the start of one, from its IP header's end on. */
struct next parse_whole(struct decoding *decoding, const struct fragment_whole *whole);
/* Lengths of IEEE 802.3, and EtherTypes that nobody knows. */
struct next parse_other_type(struct decoding *decoding, uint32_t type);

/* Calls parsers, from this on, until the packet is there or turns out to be none. */
enum packet_result walk(struct decoding *decoding, struct next next);
/* The same from the link layer on. */
enum packet_result walk_record(struct decoding *decoding, int link_type);

static inline uint16_t read16(const uint8_t *data)
{
    return (uint16_t)(data[0] << 8 | data[1]);
}

static inline uint32_t read32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static inline uint32_t read32_little(const uint8_t *data)
{
    return (uint32_t)data[3] << 24 | (uint32_t)data[2] << 16 | (uint32_t)data[1] << 8 | data[0];
}

static inline struct next go(enum space space, uint32_t number)
{
    return (struct next){number, space};
}

static inline struct next done(enum packet_result result)
{
    return (struct next){result, SPACE_END};
}

/* PACKET_OK if a header of that length is there whole. */
static inline enum packet_result need(const struct rest *rest, uint32_t length)
{
    if (rest->wire < length)
        return PACKET_MALFORMED;
    return rest->captured < length ? PACKET_CUT : PACKET_OK;
}

/* Returns from a parser if a header of that length is not there whole. */
#define NEED(decoding, length) NEED_OF(&(decoding)->rest, length)
#define NEED_OF(rest, length)                                                                                          \
    do {                                                                                                               \
        enum packet_result need_result = need(rest, length);                                                           \
        if (need_result != PACKET_OK)                                                                                  \
            return done(need_result);                                                                                  \
    } while (0)

static inline void skip(struct rest *rest, uint32_t length)
{
    rest->data += length;
    rest->captured -= length;
    rest->wire -= length;
}

/* Sets the length on the wire to what a header declares: what follows is padding, what lacks was not captured. */
static inline void declare(struct rest *rest, uint32_t length)
{
    rest->wire = length;
    if (rest->captured > length)
        rest->captured = length;
}

/* What is behind a header, up to the length on the wire that the header declares for itself and the rest. The header is
 * there whole. */
static inline struct rest behind(const struct rest *rest, uint32_t header, uint32_t length)
{
    return (struct rest){rest->data + header, MIN(rest->captured, length) - header, length - header};
}

/* Notes a tag of the link in the path. id: NULL if it has none. */
static inline void note_tag(struct decoding *decoding, enum layer_kind kind, const uint64_t *id)
{
    struct packet *packet = decoding->packet;
    if (decoding->tags == PATH_TAGS)
        return;
    decoding->tags++;
    packet->layers[packet->layer_count++] =
        (struct layer){.kind = (uint8_t)kind, .id = id ? *id : 0, .has_id = id != NULL};
}

/* Notes a tunnel between the addresses of the packet so far. id: NULL if it has none. Too many are noticed in walk.c by
 * their number. */
static inline void note_tunnel(struct decoding *decoding, enum layer_kind kind, const uint64_t *id)
{
    struct packet *packet = decoding->packet;
    if (decoding->tunnels > PATH_TUNNELS || decoding->tunnels++ == PATH_TUNNELS)
        return;
    struct layer *layer = &packet->layers[packet->layer_count++];
    *layer = (struct layer){.kind = (uint8_t)kind, .id = id ? *id : 0, .has_id = id != NULL};
    if (!decoding->addressed)
        return;
    layer->version = packet->source.version;
    memcpy(layer->source, packet->source.address, sizeof layer->source);
    memcpy(layer->destination, packet->destination.address, sizeof layer->destination);
}

/* RFC 1071, over a header of IPv4: whether its sum is right, or was not computed. */
static inline bool ipv4_sum_right(const uint8_t *data, uint32_t header)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < header; i += 2)
        sum += read16(data + i);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff || read16(data + 10) == 0;
}

static inline bool is_ipv6_next(uint8_t protocol)
{
    return protocol == 0 || protocol == 6 || protocol == 17 || protocol == 43 || protocol == 44 || protocol == 60;
}

/* Whether this is an IP packet, for places where that is not certain: version and lengths are right. A mirror that cuts
 * the packets inside a tunnel leaves them longer than what is around them; then more must speak for it. */
static inline bool ip_sane(const struct rest *rest)
{
    if (rest->captured >= IPV4_HEADER && rest->data[0] >> 4 == 4) {
        uint32_t header = (uint32_t)(rest->data[0] & 0x0f) * 4;
        uint16_t total = read16(rest->data + 2);
        return header >= IPV4_HEADER && total >= header &&
               (total <= rest->wire || (rest->captured >= header && ipv4_sum_right(rest->data, header)));
    }
    return rest->captured >= IPV6_HEADER && rest->data[0] >> 4 == 6 &&
           (read16(rest->data + 4) <= rest->wire - IPV6_HEADER || is_ipv6_next(rest->data[6]));
}

/* Whether this is an Ethernet frame, for places where that is not certain: an IP packet of the right version behind any
 * number of VLAN tags. */
static inline bool ethernet_sane(struct rest rest)
{
    uint32_t at = 12;
    if (rest.captured < ETHERNET_HEADER)
        return false;
    while (read16(rest.data + at) == 0x8100 || read16(rest.data + at) == 0x88a8 || read16(rest.data + at) == 0x9100) {
        at += 4;
        if (rest.captured < at + 2)
            return false;
    }
    uint16_t type = read16(rest.data + at);
    skip(&rest, at + 2);
    return (type == TYPE_IPV4 || type == TYPE_IPV6) && ip_sane(&rest) &&
           rest.data[0] >> 4 == (type == TYPE_IPV4 ? 4 : 6);
}

/* The result where no packet was found inside: if a link and IP header would not have been captured whole, that is why.
 */
static inline enum packet_result not_sane(const struct rest *rest, enum packet_result otherwise)
{
    return rest->captured < MIN(rest->wire, 64) ? PACKET_CUT : otherwise;
}

/* Next protocols that NSH, VXLAN-GPE and LISP-GPE number alike (RFC 8300, 2.2). */
static inline struct next generic_next(uint8_t protocol)
{
    static const uint16_t types[] = {0, TYPE_IPV4, TYPE_IPV6, TYPE_ETHERNET, TYPE_NSH, TYPE_MPLS};
    if (protocol >= G_N_ELEMENTS(types) || types[protocol] == 0)
        return done(PACKET_UNOPENED);
    return go(SPACE_TYPE, types[protocol]);
}

#endif
