/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets within IP packets: protocols of IP, and what is in GRE. A tunnel counts only when there is an IP packet in it
 * whose version and lengths are right (walk.c). */
#include "packet/layers.h"

/* IPv4 or IPv6 in either. */
struct next parse_in_ip(struct decoding *decoding, uint32_t protocol)
{
    bool over_ipv4 = decoding->packet->source.version == 4, ipv4 = protocol == 4;
    if (ipv4)
        note_tunnel(decoding, over_ipv4 ? LAYER_4IN4 : LAYER_4IN6, NULL);
    else
        note_tunnel(decoding, over_ipv4 ? LAYER_6IN4 : LAYER_6IN6, NULL);
    return go(SPACE_TYPE, ipv4 ? TYPE_IPV4 : TYPE_IPV6);
}

/* RFC 3378: version 3, the rest of the header is zero. */
struct next parse_etherip(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 2);
    if (decoding->rest.data[0] >> 4 != 3)
        return done(PACKET_UNOPENED);
    note_tunnel(decoding, LAYER_ETHERIP, NULL);
    skip(&decoding->rest, 2);
    return go(SPACE_LINK, LINK_ETHERNET);
}

struct next parse_mpls_in_ip(struct decoding *decoding, uint32_t value)
{
    note_tunnel(decoding, LAYER_MPLS_IN_IP, NULL);
    return go(SPACE_TYPE, TYPE_MPLS);
}

/* Version 1 of GRE. RFC 2637, 4.1: with a key, which is a length and the receiver's call; sequence and acknowledgement
 * numbers. EoIP is described nowhere: length, then the tunnel's number, little-endian. */
static struct next parse_enhanced(struct decoding *decoding, uint16_t flags, uint16_t type)
{
    enum { KEY = 0x2000, SEQUENCE = 0x1000, ACKNOWLEDGEMENT = 0x0080, TYPE_EOIP = 0x6400 };
    struct rest *rest = &decoding->rest;
    uint32_t header = 8 + (flags & SEQUENCE ? 4U : 0U) + (flags & ACKNOWLEDGEMENT ? 4U : 0U);
    if (!(flags & KEY) || (type != TYPE_PPP && type != TYPE_EOIP))
        return done(PACKET_UNOPENED);
    NEED(decoding, header);
    uint16_t length = read16(rest->data + 4);
    const uint64_t call = read16(rest->data + 6), tunnel = (uint64_t)rest->data[7] << 8 | rest->data[6];
    note_tunnel(decoding, type == TYPE_PPP ? LAYER_PPTP : LAYER_EOIP, type == TYPE_PPP ? &call : &tunnel);
    skip(rest, header);
    if (length == 0) /* an acknowledgement, a sign of life */
        return done(PACKET_OTHER);
    declare(rest, length);
    return type == TYPE_PPP ? go(SPACE_TYPE, TYPE_PPP) : go(SPACE_LINK, LINK_ETHERNET);
}

/* RFC 2784 and RFC 2890. ERSPAN type I has no header of its own: no sequence number in the GRE header tells. */
struct next parse_gre(struct decoding *decoding, uint32_t value)
{
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 0x0007 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, 4);
    uint16_t flags = read16(rest->data), type = read16(rest->data + 2);
    if ((flags & (ROUTING | VERSION)) == 1)
        return parse_enhanced(decoding, flags, type);
    if (flags & (ROUTING | VERSION))
        return done(PACKET_UNOPENED);
    if (type <= TYPE_802_3_MAX) /* no EtherType */
        return done(PACKET_OTHER);
    uint32_t key = 4 + (flags & CHECKSUM ? 4 : 0);
    uint32_t header = key + (flags & KEY ? 4 : 0) + (flags & SEQUENCE ? 4 : 0);
    NEED(decoding, header);
    const uint64_t id = flags & KEY ? read32(rest->data + key) : 0;
    skip(rest, header);
    if (type == TYPE_ERSPAN && !(flags & SEQUENCE)) {
        note_tunnel(decoding, LAYER_ERSPAN, NULL);
        return go(SPACE_LINK, LINK_ETHERNET);
    }
    if (type != TYPE_ERSPAN && type != TYPE_ERSPAN_III)
        note_tunnel(decoding, LAYER_GRE, flags & KEY ? &id : NULL);
    return go(SPACE_TYPE, type);
}

/* draft-foschiano-erspan, 4: type II is version 1, type III is version 2. */
struct next parse_erspan(struct decoding *decoding, uint32_t type)
{
    struct rest *rest = &decoding->rest;
    uint32_t length = type == TYPE_ERSPAN ? 8 : 12;
    NEED(decoding, length);
    if (rest->data[0] >> 4 != (type == TYPE_ERSPAN ? 1 : 2))
        return done(PACKET_OTHER);
    const uint64_t session = read16(rest->data + 2) & 0x03ff;
    struct next next = go(SPACE_LINK, LINK_ETHERNET);
    if (type == TYPE_ERSPAN_III) {
        uint16_t flags = read16(rest->data + 10);
        unsigned frame_type = flags >> 10 & 0x1f;
        if (frame_type != 0 && frame_type != 2) /* Ethernet, IP */
            return done(PACKET_OTHER);
        if (frame_type == 2)
            next = go(SPACE_LINK, LINK_RAW);
        length += flags & 1 ? 8 : 0; /* platform specific subheader */
        NEED(decoding, length);
    }
    note_tunnel(decoding, LAYER_ERSPAN, &session);
    skip(rest, length);
    return next;
}

/* draft-wilson-wrec-wccp-v2, 3.5: a packet that was redirected, with four bytes in front of it; version 1 has none. */
struct next parse_wccp(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    NEED(decoding, 4);
    if (!ip_sane(rest))
        skip(rest, 4);
    return go(SPACE_LINK, LINK_RAW);
}
