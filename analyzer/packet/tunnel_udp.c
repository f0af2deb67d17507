/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets within UDP datagrams, by port. A tunnel counts only when there is an IP packet in it whose version and
 * lengths are right: a datagram on the port of a tunnel may be anything, and is then an ordinary one (walk.c). */
#include "packet/layers.h"

/* 3GPP TS 29.281, 5.1 and 5.2: version 1, user data. */
struct next parse_gtp_u(struct decoding *decoding, uint32_t value)
{
    enum { VERSION_1 = 0x30, FIXED = 0xf0, EXTENSION = 0x04, OPTIONAL = 0x07, USER_DATA = 0xff, HEADER = 8 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, HEADER);
    uint8_t flags = rest->data[0];
    uint16_t length = read16(rest->data + 2);
    const uint64_t id = read32(rest->data + 4);
    if ((flags & FIXED) != VERSION_1 || rest->data[1] != USER_DATA || length > rest->wire - HEADER)
        return done(PACKET_OTHER);
    note_tunnel(decoding, LAYER_GTP_U, &id);
    skip(rest, HEADER);
    declare(rest, length);
    if ((flags & OPTIONAL) == 0)
        return go(SPACE_LINK, LINK_RAW);
    NEED(decoding, 4);
    uint8_t next = flags & EXTENSION ? rest->data[3] : 0;
    skip(rest, 4);
    while (next != 0) {
        NEED(decoding, 1);
        uint32_t extension = (uint32_t)rest->data[0] * 4;
        if (extension == 0)
            return done(PACKET_MALFORMED);
        NEED(decoding, extension);
        next = rest->data[extension - 1];
        skip(rest, extension);
    }
    return go(SPACE_LINK, LINK_RAW);
}

/* GSM 09.60, 6: version 0, protocol type 1, user data; the tunnel's number is one for both directions. */
struct next parse_gtp_v0(struct decoding *decoding, uint32_t value)
{
    enum { VERSION_0 = 0x10, FIXED = 0xf0, USER_DATA = 0xff, HEADER = 20 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, HEADER);
    uint16_t length = read16(rest->data + 2);
    const uint64_t id = (uint64_t)read32(rest->data + 12) << 32 | read32(rest->data + 16);
    if ((rest->data[0] & FIXED) != VERSION_0 || rest->data[1] != USER_DATA || length > rest->wire - HEADER)
        return done(PACKET_OTHER);
    note_tunnel(decoding, LAYER_GTP_V0, &id);
    skip(rest, HEADER);
    declare(rest, length);
    return go(SPACE_LINK, LINK_RAW);
}

/* RFC 7348, 5. */
struct next parse_vxlan(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    if ((decoding->rest.data[0] & 0x08) == 0)
        return done(PACKET_OTHER);
    const uint64_t id = read32(decoding->rest.data + 4) >> 8;
    note_tunnel(decoding, LAYER_VXLAN, &id);
    skip(&decoding->rest, 8);
    return go(SPACE_LINK, LINK_ETHERNET);
}

/* draft-ietf-nvo3-vxlan-gpe, 3: flags I and P, version 0; without P a frame. */
struct next parse_vxlan_gpe(struct decoding *decoding, uint32_t value)
{
    enum { VERSION = 0x30, INSTANCE = 0x08, PROTOCOL = 0x04 };
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    uint8_t flags = data[0], protocol = data[3];
    const uint64_t id = read32(data + 4) >> 8;
    if ((flags & VERSION) || (flags & (INSTANCE | PROTOCOL)) == 0)
        return done(PACKET_OTHER);
    note_tunnel(decoding, LAYER_VXLAN_GPE, flags & INSTANCE ? &id : NULL);
    skip(&decoding->rest, 8);
    return flags & PROTOCOL ? generic_next(protocol) : go(SPACE_LINK, LINK_ETHERNET);
}

/* RFC 8926, 3.4. */
struct next parse_geneve(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    uint32_t header = 8 + (uint32_t)(data[0] & 0x3f) * 4;
    uint16_t type = read16(data + 2);
    const uint64_t id = read32(data + 4) >> 8;
    if (data[0] >> 6 != 0 || type <= TYPE_802_3_MAX)
        return done(PACKET_OTHER);
    NEED(decoding, header);
    note_tunnel(decoding, LAYER_GENEVE, &id);
    skip(&decoding->rest, header);
    return go(SPACE_TYPE, type);
}

/* RFC 4380, 5.1.1: authentication and origin may stand before the packet, in this order. */
struct next parse_teredo(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    if (need(rest, 4) == PACKET_OK && read16(rest->data) == 0x0001) {
        uint32_t length = 4 + (uint32_t)rest->data[2] + rest->data[3] + 9;
        NEED(decoding, length);
        skip(rest, length);
    }
    if (need(rest, 8) == PACKET_OK && read16(rest->data) == 0x0000)
        skip(rest, 8);
    note_tunnel(decoding, LAYER_TEREDO, NULL);
    return go(SPACE_TYPE, TYPE_IPV6);
}

/* RFC 2661, 3.1: a data message, version 2, with length, sequence numbers and an offset as its flags say. */
struct next parse_l2tp(struct decoding *decoding, uint32_t value)
{
    enum { CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, VERSION = 0x000f };
    struct rest *rest = &decoding->rest;
    NEED(decoding, 2);
    uint16_t flags = read16(rest->data);
    if ((flags & CONTROL) || (flags & VERSION) != 2)
        return done(PACKET_OTHER);
    uint32_t ids = flags & LENGTH ? 4 : 2, header = ids + 4 + (flags & SEQUENCE ? 4 : 0) + (flags & OFFSET ? 2 : 0);
    NEED(decoding, header);
    uint32_t length = flags & LENGTH ? read16(rest->data + 2) : rest->wire;
    const uint64_t id = read32(rest->data + ids);
    if (flags & OFFSET)
        header += read16(rest->data + header - 2);
    if (length < header)
        return done(PACKET_MALFORMED);
    NEED(decoding, header);
    note_tunnel(decoding, LAYER_L2TP, &id);
    *rest = behind(rest, header, length);
    return go(SPACE_TYPE, TYPE_PPP);
}

/* RFC 9300, 5.1, and RFC 9305, 3: flags N, L, E, V, I, P; an instance with I, a protocol with P, else IP. */
struct next parse_lisp(struct decoding *decoding, uint32_t value)
{
    enum { INSTANCE = 0x08, PROTOCOL = 0x04 };
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    uint8_t flags = data[0], protocol = data[3];
    const uint64_t id = read32(data + 4) >> 8;
    note_tunnel(decoding, LAYER_LISP, flags & INSTANCE ? &id : NULL);
    skip(&decoding->rest, 8);
    return flags & PROTOCOL ? generic_next(protocol) : go(SPACE_LINK, LINK_RAW);
}

struct next parse_gre_in_udp(struct decoding *decoding, uint32_t value)
{
    return go(SPACE_PROTOCOL, 47);
}

struct next parse_mpls_in_udp(struct decoding *decoding, uint32_t value)
{
    note_tunnel(decoding, LAYER_MPLS_IN_UDP, NULL);
    return go(SPACE_TYPE, TYPE_MPLS);
}

/* Twelve bytes that say how the frame was tagged, then the frame. */
struct next parse_hp_erm(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 12);
    note_tunnel(decoding, LAYER_HP_ERM, NULL);
    skip(&decoding->rest, 12);
    return go(SPACE_LINK, LINK_ETHERNET);
}

/* RFC 5415, 4.3: preamble (1: DTLS), length in words, radio, binding, flags T (a frame of the binding, else of IEEE
 * 802.3) and F (a fragment). */
struct next parse_capwap(struct decoding *decoding, uint32_t value)
{
    enum { NATIVE = 0x01, FRAGMENT = 0x80, KEEP_ALIVE = 0x08, BINDING_802_11 = 1 };
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    if (data[0] != 0)
        return done(PACKET_ENCRYPTED);
    uint32_t header = (uint32_t)(data[1] >> 3) * 4;
    bool native = (data[2] & NATIVE) != 0;
    if (header < 8 || (data[3] & (FRAGMENT | KEEP_ALIVE)) || (native && (data[2] >> 1 & 0x1f) != BINDING_802_11))
        return done(PACKET_UNOPENED);
    NEED(decoding, header);
    note_tunnel(decoding, LAYER_CAPWAP, NULL);
    skip(&decoding->rest, header);
    return go(SPACE_LINK, native ? LINK_IEEE802_11 : LINK_ETHERNET);
}

/* Version 1, type (0: received, 1: to be sent), what is inside, then fields: a number, a length, a value; number 0 is
 * padding and 1 the last, without a length. */
struct next parse_tzsp(struct decoding *decoding, uint32_t value)
{
    enum { ETHERNET = 1, IEEE_802_11 = 18, PRISM = 119, AVS = 127 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, 5);
    uint16_t inside = read16(rest->data + 2);
    if (rest->data[0] != 1 || rest->data[1] > 1)
        return done(PACKET_OTHER);
    note_tunnel(decoding, LAYER_TZSP, NULL);
    skip(rest, 4);
    for (uint8_t field; (field = rest->data[0]) != 1;) {
        uint32_t length = 1;
        if (field != 0) {
            NEED(decoding, 2);
            length = 2 + (uint32_t)rest->data[1];
        }
        NEED(decoding, length + 1);
        skip(rest, length);
    }
    skip(rest, 1);
    switch (inside) {
    case ETHERNET:
        return go(SPACE_LINK, LINK_ETHERNET);
    case IEEE_802_11:
        return go(SPACE_LINK, LINK_IEEE802_11);
    case PRISM:
        return go(SPACE_LINK, 119);
    case AVS:
        return go(SPACE_LINK, 163);
    default:
        return done(PACKET_UNOPENED);
    }
}
