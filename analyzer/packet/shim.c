/* SPDX-License-Identifier: GPL-2.0-or-later
 * What stands between a link layer and IP, within tunnels too: tags, LLC, PPP, MPLS, NSH. Every read is of
 * bytes that were checked to be there. */
#include "packet/layers.h"

enum { TAG_HEADER = 4, MPLS_HEADER = 4, PPPOE_HEADER = 6, SNAP_HEADER = 8 };

/* Takes a header off that ends with an EtherType. */
static struct next skip_to_type(struct decoding *decoding, uint32_t header)
{
    uint16_t type = read16(decoding->rest.data + header - 2);
    skip(&decoding->rest, header);
    return go(SPACE_TYPE, type);
}

struct next parse_vlan(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, TAG_HEADER);
    const uint64_t id = read16(decoding->rest.data) & 0x0fff;
    note_tag(decoding, LAYER_VLAN, &id);
    return skip_to_type(decoding, TAG_HEADER);
}

/* Cisco MetaData: version 1, number of options, and for each its length and type, then its value: a group. */
struct next parse_trustsec(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 2);
    if (decoding->rest.data[0] != 1 || decoding->rest.data[1] == 0)
        return done(PACKET_UNOPENED);
    uint32_t header = 2 + (uint32_t)decoding->rest.data[1] * 4 + 2;
    NEED(decoding, header);
    const uint64_t group = read16(decoding->rest.data + 4);
    note_tag(decoding, LAYER_TRUSTSEC, &group);
    return skip_to_type(decoding, header);
}

/* Direction, pointer, destination (14 bits); loop, version, source. */
struct next parse_vn_tag(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 6);
    const uint64_t interfaces = read32(decoding->rest.data) & 0x3fff0fff;
    note_tag(decoding, LAYER_VN_TAG, &interfaces);
    return skip_to_type(decoding, 6);
}

/* IEEE 802.1BR: priority and ingress channel; group and channel (14 bits); the upper bytes of both channels. */
struct next parse_e_tag(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    const uint64_t channel = (uint64_t)data[5] << 14 | (read16(data + 2) & 0x3fff);
    note_tag(decoding, LAYER_E_TAG, &channel);
    return skip_to_type(decoding, 8);
}

/* IEEE 802.1ah: a whole frame is behind the tag. */
struct next parse_i_tag(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, TAG_HEADER);
    const uint64_t service = read32(decoding->rest.data) & 0xffffff;
    note_tag(decoding, LAYER_I_SID, &service);
    skip(&decoding->rest, TAG_HEADER);
    return go(SPACE_LINK, LINK_ETHERNET);
}

/* A time of six bytes. */
struct next parse_ttag(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    note_tag(decoding, LAYER_TTAG, NULL);
    return skip_to_type(decoding, 8);
}

/* RFC 8300, 2.2 and 2.3: length in words, next protocol, service path. */
struct next parse_nsh(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    uint32_t header = (uint32_t)(data[1] & 0x3f) * 4;
    uint8_t protocol = data[3];
    const uint64_t path = read32(data + 4) >> 8;
    if (data[0] >> 6 != 0 || header < 8)
        return done(PACKET_UNOPENED);
    NEED(decoding, header);
    note_tag(decoding, LAYER_NSH, &path);
    skip(&decoding->rest, header);
    return generic_next(protocol);
}

/* A frame that is in MPLS without an IP packet right behind its tags: by an EtherType that layers.def has. */
static bool has_known_type(const struct rest *rest)
{
    if (rest->captured < ETHERNET_HEADER)
        return false;
    switch (read16(rest->data + 12)) {
#define LAYER_TYPE(number, parser, text) case number:
#include "packet/layers.def"
        return true;
    default:
        return false;
    }
}

/* RFC 3032, and RFC 4448 for frames with and without a control word. Nothing says what is inside: the bytes decide. */
struct next parse_mpls(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    for (bool bottom = false; !bottom;) {
        NEED(decoding, MPLS_HEADER);
        uint32_t entry = read32(rest->data);
        const uint64_t label = entry >> 12;
        note_tag(decoding, LAYER_MPLS, &label);
        bottom = (entry & 0x100) != 0;
        skip(rest, MPLS_HEADER);
    }
    NEED(decoding, 1);
    /* An address may begin with 4 or 6 and look like IP; an IP packet hardly looks like a frame. */
    if (ethernet_sane(*rest))
        return go(SPACE_LINK, LINK_ETHERNET);
    if (ip_sane(rest))
        return go(SPACE_LINK, LINK_RAW);
    struct rest frame = *rest;
    if (rest->data[0] >> 4 == 0 && rest->captured >= 4) { /* control word */
        skip(&frame, 4);
        if (ethernet_sane(frame) || has_known_type(&frame)) {
            *rest = frame;
            return go(SPACE_LINK, LINK_ETHERNET);
        }
    }
    if (has_known_type(rest))
        return go(SPACE_LINK, LINK_ETHERNET);
    return done(not_sane(rest, PACKET_NOT_IP));
}

/* RFC 1661. The protocol is one byte when that was agreed on: its lowest bit is set only in the last byte. */
static struct next ppp_protocol(struct decoding *decoding)
{
    struct rest *rest = &decoding->rest;
    NEED(decoding, 1);
    uint32_t length = rest->data[0] & 1 ? 1 : 2;
    NEED(decoding, length);
    uint16_t protocol = length == 1 ? rest->data[0] : read16(rest->data);
    skip(rest, length);
    return go(SPACE_PPP, protocol);
}

/* PPP with or without address and control (RFC 1662), or Cisco's HDLC, whose address is another. */
struct next parse_ppp_framed(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    NEED(decoding, 2);
    if ((rest->data[0] == 0x0f || rest->data[0] == 0x8f) && rest->data[1] == 0) {
        NEED(decoding, 4);
        return skip_to_type(decoding, 4);
    }
    if (rest->data[0] == 0xff && rest->data[1] == 0x03)
        skip(rest, 2);
    return ppp_protocol(decoding);
}

/* RFC 1990, 3: begin, end, and a sequence number of 24 or of 12 bits, as was agreed on; the header does not say which.
 * Behind it stands a protocol, in a long header too. */
struct next parse_multilink(struct decoding *decoding, uint32_t value)
{
    enum { BEGIN = 0x80, END = 0x40, LONG_ZERO = 0x3f, SHORT_ZERO = 0x30 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, 4);
    uint8_t flags = rest->data[0];
    if ((flags & (BEGIN | END)) != (BEGIN | END) || (flags & SHORT_ZERO))
        return done(PACKET_MULTILINK);
    static const uint8_t lengths[] = {4, 2};
    for (unsigned i = flags & LONG_ZERO ? 1 : 0; i < G_N_ELEMENTS(lengths); i++) {
        struct rest inner = *rest;
        if (need(&inner, lengths[i] + 2U) != PACKET_OK)
            continue;
        skip(&inner, lengths[i]);
        skip(&inner, inner.data[0] == 0 ? 2 : 1);
        if (!ip_sane(&inner))
            continue;
        skip(rest, lengths[i]);
        return ppp_protocol(decoding);
    }
    return done(not_sane(rest, PACKET_MULTILINK));
}

/* RFC 3518, 4.2: flags and padding, type of the frame, and its checksum at the end if flags say so. */
struct next parse_bridged(struct decoding *decoding, uint32_t value)
{
    enum { ETHERNET = 1 };
    NEED(decoding, 2);
    uint8_t type = decoding->rest.data[1];
    skip(&decoding->rest, 2);
    return type == ETHERNET ? go(SPACE_LINK, LINK_ETHERNET) : done(PACKET_NOT_IP);
}

/* RFC 2516, session stage. */
struct next parse_pppoe(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    NEED(decoding, PPPOE_HEADER);
    if (rest->data[0] != 0x11 || rest->data[1] != 0)
        return done(PACKET_NOT_IP);
    uint16_t length = read16(rest->data + 4);
    const uint64_t session = read16(rest->data + 2);
    note_tag(decoding, LAYER_PPPOE, &session);
    skip(rest, PPPOE_HEADER);
    declare(rest, length);
    return ppp_protocol(decoding);
}

/* Organisation and type (IEEE 802). Organisation 0: an EtherType; 0x0000f8: the same, of a bridge; 0x0080c2: a bridged
 * frame (RFC 2684 has two bytes in front of it, RFC 2427 has none). */
static struct next snap(struct decoding *decoding)
{
    struct rest *rest = &decoding->rest;
    NEED(decoding, 5);
    uint32_t organisation = read32(rest->data) >> 8;
    uint16_t type = read16(rest->data + 3);
    if (organisation == 0 || organisation == 0x0000f8)
        return skip_to_type(decoding, 5);
    if (organisation != 0x0080c2 || (type != 0x0001 && type != 0x0007))
        return done(PACKET_NOT_IP);
    skip(rest, 5);
    struct rest padded = *rest;
    if (need(&padded, 2) == PACKET_OK) {
        skip(&padded, 2);
        if (ethernet_sane(padded) || (read16(rest->data) == 0 && !ethernet_sane(*rest)))
            *rest = padded;
    }
    return go(SPACE_LINK, LINK_ETHERNET);
}

/* IEEE 802.2: SNAP, IP itself, or an NLPID (ISO 9577) of PPP. In AAL5 there may be no LLC: IP, PPP or a frame behind
 * two bytes, as the ends agreed. */
struct next parse_llc(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    NEED(decoding, 3);
    uint8_t service = rest->data[0];
    if (rest->data[1] == service && rest->data[2] == 0x03) {
        if (service == 0xaa) {
            skip(rest, 3);
            return snap(decoding);
        }
        if (service == 0x06) {
            skip(rest, 3);
            return go(SPACE_TYPE, TYPE_IPV4);
        }
        if (service == 0xfe) {
            NEED(decoding, 4);
            uint8_t protocol = rest->data[3];
            skip(rest, 4);
            return protocol == 0xcf ? ppp_protocol(decoding) : done(PACKET_NOT_IP);
        }
    }
    if (value != LINK_LLC)
        return done(PACKET_NOT_IP);
    if (ip_sane(rest))
        return go(SPACE_LINK, LINK_RAW);
    if (read16(rest->data) == 0) {
        skip(rest, 2);
        return go(SPACE_LINK, LINK_ETHERNET);
    }
    if (rest->data[0] >> 4 == 4 || rest->data[0] >> 4 == 6)
        return done(not_sane(rest, PACKET_NOT_IP));
    return ppp_protocol(decoding);
}

/* RFC 2427: an address of two to four bytes, then an NLPID, or with Cisco an EtherType. */
struct next parse_frame_relay(struct decoding *decoding, uint32_t value)
{
    struct rest *rest = &decoding->rest;
    uint32_t address = 2;
    NEED(decoding, 2);
    while ((rest->data[address - 1] & 1) == 0) {
        if (++address > 4)
            return done(PACKET_MALFORMED);
        NEED(decoding, address);
    }
    NEED(decoding, address + 2);
    skip(rest, address);
    if (rest->data[0] != 0x03)
        return skip_to_type(decoding, 2);
    skip(rest, 1);
    if (rest->data[0] == 0) { /* filled up */
        NEED(decoding, 2);
        skip(rest, 1);
    }
    uint8_t protocol = rest->data[0];
    skip(rest, 1);
    switch (protocol) {
    case 0xcc:
        return go(SPACE_TYPE, TYPE_IPV4);
    case 0x8e:
        return go(SPACE_TYPE, TYPE_IPV6);
    case 0x80:
        return snap(decoding);
    case 0xcf:
        return ppp_protocol(decoding);
    default:
        return done(PACKET_NOT_IP);
    }
}

/* Cisco HDLC: address, control, EtherType. */
struct next parse_hdlc(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 4);
    return skip_to_type(decoding, 4);
}

struct next parse_other_type(struct decoding *decoding, uint32_t type)
{
    if (type > TYPE_802_3_MAX)
        return done(PACKET_NOT_IP);
    declare(&decoding->rest, type); /* IEEE 802.3: it is the length */
    return parse_llc(decoding, 0);
}
