/* SPDX-License-Identifier: GPL-2.0-or-later
 * Headers that only a capture has, and those of links: https://www.tcpdump.org/linktypes.html has them all. Every read
 * is of bytes that were checked to be there. */
#include "packet/layers.h"

enum { FAMILY_IPV4 = 2 };

/* AF_INET6 differs from system to system. */
static bool is_ipv6_family(uint32_t family)
{
    return family == 10 || family == 24 || family == 28 || family == 30;
}

static struct next family_next(uint32_t family)
{
    if (family == FAMILY_IPV4)
        return go(SPACE_TYPE, TYPE_IPV4);
    return is_ipv6_family(family) ? go(SPACE_TYPE, TYPE_IPV6) : done(PACKET_NOT_IP);
}

/* An address family in the byte order of the host that captured. */
static uint32_t family_of(const uint8_t *data)
{
    uint32_t family = read32(data);
    return (family & 0xffffff) == 0 ? family >> 24 : family;
}

struct next parse_null(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 4);
    uint32_t family = family_of(decoding->rest.data);
    skip(&decoding->rest, 4);
    return family_next(family);
}

struct next parse_loop(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 4);
    uint32_t family = read32(decoding->rest.data);
    skip(&decoding->rest, 4);
    return family_next(family);
}

/* Address family, security parameters index, flags. */
struct next parse_enc(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 12);
    uint32_t family = family_of(decoding->rest.data);
    skip(&decoding->rest, 12);
    return family_next(family);
}

/* Its length, which is filled up to a multiple of four bytes, and an address family. */
struct next parse_pflog(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 2);
    uint32_t header = ((uint32_t)decoding->rest.data[0] + 3) & ~UINT32_C(3);
    uint32_t family = decoding->rest.data[1];
    NEED(decoding, header);
    skip(&decoding->rest, header);
    return family_next(family);
}

/* A family, a version, a resource, then attributes: length, type, value filled up to four bytes, in the byte order of
 * the host that captured. */
struct next parse_nflog(struct decoding *decoding, uint32_t value)
{
    enum { PAYLOAD = 9, HEADER = 4 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, HEADER + 4);
    uint32_t family = rest->data[0];
    if (rest->data[1] != 0)
        return done(PACKET_NOT_IP);
    skip(rest, HEADER);
    /* An attribute is shorter than 256 bytes, or at least its type is less than 256: that tells the order. */
    bool little = rest->data[3] == 0;
    for (;;) {
        NEED(decoding, 4);
        uint32_t length = little ? (uint32_t)rest->data[1] << 8 | rest->data[0] : read16(rest->data);
        uint32_t type = little ? (uint32_t)rest->data[3] << 8 | rest->data[2] : read16(rest->data + 2);
        if (length < 4)
            return done(PACKET_MALFORMED);
        if ((type & 0x7fff) == PAYLOAD) {
            skip(rest, 4);
            return family_next(family);
        }
        length = (length + 3) & ~UINT32_C(3);
        NEED(decoding, length);
        skip(rest, length);
    }
}

/* In Linux's cooked header a small number is no length. */
static struct next cooked(struct decoding *decoding, uint32_t header, uint32_t type_offset)
{
    enum { TYPE_802_2 = 0x0004 }; /* a frame with an LLC header */
    NEED(decoding, header);
    uint16_t type = read16(decoding->rest.data + type_offset);
    skip(&decoding->rest, header);
    if (type == TYPE_802_2)
        return go(SPACE_LLC, 0);
    return type > TYPE_802_3_MAX ? go(SPACE_TYPE, type) : done(PACKET_NOT_IP);
}

struct next parse_cooked(struct decoding *decoding, uint32_t value)
{
    return cooked(decoding, 16, 14);
}

struct next parse_cooked_2(struct decoding *decoding, uint32_t value)
{
    return cooked(decoding, 20, 0);
}

static struct next directed(struct decoding *decoding, uint32_t link_type)
{
    NEED(decoding, 1);
    skip(&decoding->rest, 1);
    return go(SPACE_LINK, link_type);
}

struct next parse_ppp_direction(struct decoding *decoding, uint32_t value)
{
    return directed(decoding, LINK_PPP);
}

struct next parse_hdlc_direction(struct decoding *decoding, uint32_t value)
{
    return directed(decoding, 104);
}

struct next parse_frame_relay_direction(struct decoding *decoding, uint32_t value)
{
    return directed(decoding, 107);
}

/* Length of the header, type of the record (1: a packet), link type, little-endian. */
struct next parse_pktap(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 12);
    uint32_t header = read32_little(decoding->rest.data), type = read32_little(decoding->rest.data + 4);
    uint32_t link_type = read32_little(decoding->rest.data + 8);
    if (header < 12)
        return done(PACKET_MALFORMED);
    NEED(decoding, header);
    skip(&decoding->rest, header);
    return type == 1 ? go(SPACE_LINK, link_type) : done(PACKET_NOT_IP);
}

/* PPI Packet Header Format: version, flags, length, link type, little-endian, then fields. */
struct next parse_ppi(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    uint32_t header = (uint32_t)data[3] << 8 | data[2], link_type = read32_little(data + 4);
    if (data[0] != 0 || header < 8)
        return done(PACKET_MALFORMED);
    NEED(decoding, header);
    skip(&decoding->rest, header);
    return go(SPACE_LINK, link_type);
}

/* Four bytes of the device that captured. */
struct next parse_netanalyzer(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 4);
    skip(&decoding->rest, 4);
    return go(SPACE_LINK, LINK_ETHERNET);
}

/* Magic number, flags, with one of them extensions behind their length; with another there is no link layer but an
 * address family. */
struct next parse_juniper(struct decoding *decoding, uint32_t value)
{
    enum { NO_LINK = 0x02, EXTENSIONS = 0x80 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, 4);
    uint8_t flags = rest->data[3];
    if (read32(rest->data) >> 8 != 0x4d4743)
        return done(PACKET_MALFORMED);
    skip(rest, 4);
    if (flags & EXTENSIONS) {
        NEED(decoding, 2);
        uint32_t length = read16(rest->data) + UINT32_C(2);
        NEED(decoding, length);
        skip(rest, length);
    }
    if ((flags & NO_LINK) == 0)
        return go(SPACE_LINK, LINK_ETHERNET);
    NEED(decoding, 4);
    skip(rest, 4);
    return go(SPACE_LINK, LINK_RAW);
}

/* IEEE 802.11: data frames that are not encrypted and hold one packet. padded: the header was filled up to a multiple
 * of four bytes. */
static struct next station(struct decoding *decoding, bool padded)
{
    enum { DATA = 0x08, TYPE = 0x0c, NO_DATA = 0x40, QOS = 0x80, BOTH_DS = 0x03, PROTECTED = 0x40, ORDER = 0x80 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, 2);
    uint8_t kind = rest->data[0], flags = rest->data[1];
    if ((kind & 3) != 0 && (flags & (TYPE | 3)) == DATA) { /* access points of Cisco turn the two round, in CAPWAP */
        kind = rest->data[1];
        flags = rest->data[0];
    }
    if ((kind & TYPE) != DATA || (kind & 3) != 0 || (kind & NO_DATA))
        return done(PACKET_NOT_IP);
    if (flags & PROTECTED)
        return done(PACKET_ENCRYPTED);
    uint32_t header = (flags & BOTH_DS) == BOTH_DS ? 30 : 24;
    if (kind & QOS) {
        NEED(decoding, header + 2);
        if (rest->data[header] & 0x80) /* several packets in one frame */
            return done(PACKET_UNOPENED);
        header += flags & ORDER ? 6 : 2;
    }
    if (padded)
        header = (header + 3) & ~UINT32_C(3);
    NEED(decoding, header);
    skip(rest, header);
    return go(SPACE_LLC, 0);
}

struct next parse_802_11(struct decoding *decoding, uint32_t value)
{
    return station(decoding, false);
}

/* https://www.radiotap.org: little-endian; of its fields only the flags are of interest, behind the time. */
struct next parse_radiotap(struct decoding *decoding, uint32_t value)
{
    enum { PRESENT = 4, HAS_TIME = 0x01, HAS_FLAGS = 0x02, HAS_MORE = 0x80, DATA_PADDED = 0x20 };
    struct rest *rest = &decoding->rest;
    NEED(decoding, 8);
    uint32_t length = (uint32_t)rest->data[3] << 8 | rest->data[2];
    if (rest->data[0] != 0 || length < 8)
        return done(PACKET_MALFORMED);
    NEED(decoding, length);
    uint8_t present = rest->data[PRESENT];
    uint32_t field = PRESENT + 4;
    while (field + 4 <= length && (rest->data[field - 1] & HAS_MORE))
        field += 4;
    if (present & HAS_TIME)
        field = ((field + 7) & ~UINT32_C(7)) + 8;
    bool padded = (present & HAS_FLAGS) && field < length && (rest->data[field] & DATA_PADDED);
    skip(rest, length);
    return station(decoding, padded);
}

/* AVS capture frame format: magic number with its version, length, network byte order. */
struct next parse_avs(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    uint32_t length = read32(decoding->rest.data + 4);
    if (read32(decoding->rest.data) >> 8 != 0x802110 || length < 8)
        return done(PACKET_MALFORMED);
    NEED(decoding, length);
    skip(&decoding->rest, length);
    return go(SPACE_LINK, LINK_IEEE802_11);
}

/* Code and length of the message, in the byte order of the host that captured; the same link type may have an AVS
 * header, which says so itself. */
struct next parse_prism(struct decoding *decoding, uint32_t value)
{
    NEED(decoding, 8);
    const uint8_t *data = decoding->rest.data;
    if (read32(data) >> 8 == 0x802110)
        return go(SPACE_LINK, 163);
    uint32_t length = data[0] == 0 ? read32(data + 4) : read32_little(data + 4);
    if (length < 8)
        return done(PACKET_MALFORMED);
    NEED(decoding, length);
    skip(&decoding->rest, length);
    return go(SPACE_LINK, LINK_IEEE802_11);
}
