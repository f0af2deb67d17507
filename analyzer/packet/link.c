/* SPDX-License-Identifier: GPL-2.0-or-later
 * Link layers and what stands between them and IP: tags, LLC, PPP, MPLS. Every read is of bytes that were checked to be
 * there. */
#include "packet/layers.h"

/* LINKTYPE_ numbers besides LINK_ETHERNET (https://www.tcpdump.org/linktypes.html), and the two others that libpcap
 * gives for raw IP. */
enum {
    LINK_NULL = 0,
    LINK_PPP = 9,
    LINK_RAW_12 = 12,
    LINK_RAW_14 = 14,
    LINK_PPP_HDLC = 50,
    LINK_PPP_ETHERNET = 51,
    LINK_RAW = 101,
    LINK_CISCO_HDLC = 104,
    LINK_IEEE802_11 = 105,
    LINK_LOOP = 108,
    LINK_LINUX_SLL = 113,
    LINK_RADIOTAP = 127,
    LINK_MPLS = 219,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_LINUX_SLL2 = 276,
};

enum {
    TYPE_802_2 = 0x0004, /* Linux: a frame with an LLC header */
    TYPE_802_3_MAX = 0x05dc,
    TYPE_VLAN = 0x8100,
    TYPE_MPLS = 0x8847,
    TYPE_MPLS_UPSTREAM = 0x8848,
    TYPE_PPPOE = 0x8864,
    TYPE_PPP = 0x880b,
    TYPE_QINQ = 0x88a8,
    TYPE_QINQ_OLD = 0x9100,
};

enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281 };

enum { TAG_HEADER = 4, MPLS_HEADER = 4, PPPOE_HEADER = 6, SNAP_HEADER = 8 };

static bool is_vlan(uint16_t type)
{
    return type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_QINQ_OLD;
}

bool link_ethernet_sane(struct rest rest)
{
    if (need(&rest, ETHERNET_HEADER) != PACKET_OK)
        return false;
    uint16_t type = read16(rest.data + 12);
    skip(&rest, ETHERNET_HEADER);
    while (is_vlan(type)) {
        if (need(&rest, TAG_HEADER) != PACKET_OK)
            return false;
        type = read16(rest.data + 2);
        skip(&rest, TAG_HEADER);
    }
    return (type == TYPE_IPV4 || type == TYPE_IPV6) && ip_sane(&rest) &&
           rest.data[0] >> 4 == (type == TYPE_IPV4 ? 4 : 6);
}

/* RFC 3032, and RFC 4448 for frames with and without a control word. Nothing says what is inside: the bytes decide. */
static enum packet_result parse_mpls(struct decoding *decoding, struct rest rest)
{
    for (bool bottom = false; !bottom;) {
        enum packet_result result = need(&rest, MPLS_HEADER);
        if (result != PACKET_OK)
            return result;
        uint32_t entry = read32(rest.data);
        note_tag(decoding, LAYER_MPLS, entry >> 12);
        bottom = (entry & 0x100) != 0;
        skip(&rest, MPLS_HEADER);
    }
    enum packet_result result = need(&rest, 1);
    if (result != PACKET_OK)
        return result;
    /* An address may begin with 4 or 6 and look like IP; an IP packet hardly looks like a frame. */
    if (link_ethernet_sane(rest))
        return link_parse_ethernet(decoding, rest);
    if (ip_sane(&rest))
        return ip_parse(decoding, &rest);
    struct rest frame = rest;
    if (rest.data[0] >> 4 == 0 && rest.captured >= 4) { /* control word */
        skip(&frame, 4);
        if (link_ethernet_sane(frame))
            return link_parse_ethernet(decoding, frame);
    }
    return not_sane(&rest, PACKET_NOT_IP);
}

/* RFC 1661. The protocol is one byte when that was agreed on: its lowest bit is set only in the last byte. */
static enum packet_result parse_ppp(struct decoding *decoding, struct rest rest)
{
    enum packet_result result = need(&rest, 1);
    if (result != PACKET_OK)
        return result;
    uint32_t length = rest.data[0] & 1 ? 1 : 2;
    result = need(&rest, length);
    if (result != PACKET_OK)
        return result;
    uint16_t protocol = length == 1 ? rest.data[0] : read16(rest.data);
    skip(&rest, length);
    switch (protocol) {
    case PPP_IPV4:
        return ipv4_parse(decoding, &rest);
    case PPP_IPV6:
        return ipv6_parse(decoding, &rest);
    case PPP_MPLS:
        return parse_mpls(decoding, rest);
    default:
        return PACKET_NOT_IP;
    }
}

/* PPP with or without address and control (RFC 1662), or Cisco's HDLC, whose address is another. */
static enum packet_result parse_ppp_framed(struct decoding *decoding, struct rest rest)
{
    enum packet_result result = need(&rest, 4);
    if (result != PACKET_OK)
        return result;
    if ((rest.data[0] == 0x0f || rest.data[0] == 0x8f) && rest.data[1] == 0) {
        uint16_t type = read16(rest.data + 2);
        skip(&rest, 4);
        return link_parse_type(decoding, type, rest);
    }
    if (rest.data[0] == 0xff && rest.data[1] == 0x03)
        skip(&rest, 2);
    return parse_ppp(decoding, rest);
}

/* RFC 2516, session stage. */
static enum packet_result parse_pppoe(struct decoding *decoding, struct rest rest)
{
    enum packet_result result = need(&rest, PPPOE_HEADER);
    if (result != PACKET_OK)
        return result;
    if (rest.data[0] != 0x11 || rest.data[1] != 0)
        return PACKET_NOT_IP;
    uint16_t length = read16(rest.data + 4);
    note_tag(decoding, LAYER_PPPOE, read16(rest.data + 2));
    skip(&rest, PPPOE_HEADER);
    declare(&rest, length);
    return parse_ppp(decoding, rest);
}

/* IEEE 802.2: SNAP with an EtherType, or IP itself. */
static enum packet_result parse_llc(struct decoding *decoding, struct rest rest)
{
    enum packet_result result = need(&rest, 3);
    if (result != PACKET_OK)
        return result;
    uint8_t service = rest.data[0];
    if (rest.data[1] != service || rest.data[2] != 0x03)
        return PACKET_NOT_IP;
    if (service == 0x06) {
        skip(&rest, 3);
        return ipv4_parse(decoding, &rest);
    }
    if (service != 0xaa)
        return PACKET_NOT_IP;
    result = need(&rest, SNAP_HEADER);
    if (result != PACKET_OK)
        return result;
    uint32_t organisation = read32(rest.data + 2) & 0xffffff;
    uint16_t type = read16(rest.data + 6);
    if (organisation != 0 && organisation != 0x0000f8) /* EtherTypes, in a plain frame and in one of a bridge */
        return PACKET_NOT_IP;
    skip(&rest, SNAP_HEADER);
    return link_parse_type(decoding, type, rest);
}

enum packet_result link_parse_type(struct decoding *decoding, uint16_t type, struct rest rest)
{
    while (is_vlan(type)) {
        enum packet_result result = need(&rest, TAG_HEADER);
        if (result != PACKET_OK)
            return result;
        note_tag(decoding, LAYER_VLAN, read16(rest.data) & 0x0fff);
        type = read16(rest.data + 2);
        skip(&rest, TAG_HEADER);
    }
    switch (type) {
    case TYPE_IPV4:
        return ipv4_parse(decoding, &rest);
    case TYPE_IPV6:
        return ipv6_parse(decoding, &rest);
    case TYPE_MPLS:
    case TYPE_MPLS_UPSTREAM:
        return parse_mpls(decoding, rest);
    case TYPE_PPPOE:
        return parse_pppoe(decoding, rest);
    case TYPE_PPP:
        return parse_ppp(decoding, rest);
    default:
        break;
    }
    if (type > TYPE_802_3_MAX)
        return PACKET_NOT_IP;
    declare(&rest, type); /* 802.3: it is the length */
    return parse_llc(decoding, rest);
}

/* A link header of fixed length with an EtherType in it. */
static enum packet_result parse_fixed(struct decoding *decoding, struct rest rest, uint32_t header,
                                      uint32_t type_offset)
{
    enum packet_result result = need(&rest, header);
    if (result != PACKET_OK)
        return result;
    uint16_t type = read16(rest.data + type_offset);
    skip(&rest, header);
    return link_parse_type(decoding, type, rest);
}

enum packet_result link_parse_ethernet(struct decoding *decoding, struct rest rest)
{
    return parse_fixed(decoding, rest, ETHERNET_HEADER, 12);
}

/* In Linux's cooked header a small number is no length. */
static enum packet_result parse_cooked(struct decoding *decoding, struct rest rest, uint32_t header,
                                       uint32_t type_offset)
{
    enum packet_result result = need(&rest, header);
    if (result != PACKET_OK)
        return result;
    uint16_t type = read16(rest.data + type_offset);
    skip(&rest, header);
    if (type == TYPE_802_2)
        return parse_llc(decoding, rest);
    return type > TYPE_802_3_MAX ? link_parse_type(decoding, type, rest) : PACKET_NOT_IP;
}

/* Four bytes with an address family, in the byte order of the host that captured (null) or of the network (loop).
 * AF_INET is 2 everywhere, AF_INET6 is 10, 24, 28 or 30. */
static enum packet_result parse_family(struct decoding *decoding, struct rest rest, bool any_order)
{
    enum packet_result result = need(&rest, 4);
    if (result != PACKET_OK)
        return result;
    uint32_t family = read32(rest.data);
    if (any_order && (family & 0xffffff) == 0)
        family >>= 24;
    skip(&rest, 4);
    if (family == 2)
        return ipv4_parse(decoding, &rest);
    if (family == 10 || family == 24 || family == 28 || family == 30)
        return ipv6_parse(decoding, &rest);
    return PACKET_NOT_IP;
}

/* IEEE 802.11: data frames that are not encrypted and hold one packet. padded: the header was filled up to a multiple
 * of four bytes. */
static enum packet_result parse_802_11(struct decoding *decoding, struct rest rest, bool padded)
{
    enum { DATA = 0x08, TYPE = 0x0c, NO_DATA = 0x40, QOS = 0x80, BOTH_DS = 0x03, PROTECTED = 0x40, ORDER = 0x80 };
    enum packet_result result = need(&rest, 2);
    if (result != PACKET_OK)
        return result;
    uint8_t kind = rest.data[0];
    uint8_t flags = rest.data[1];
    if ((kind & TYPE) != DATA || (kind & 3) != 0 || (kind & NO_DATA) || (flags & PROTECTED))
        return PACKET_NOT_IP;
    uint32_t header = (flags & BOTH_DS) == BOTH_DS ? 30 : 24;
    if (kind & QOS) {
        result = need(&rest, header + 2);
        if (result != PACKET_OK)
            return result;
        if (rest.data[header] & 0x80) /* several packets in one frame */
            return PACKET_NOT_IP;
        header += flags & ORDER ? 6 : 2;
    }
    if (padded)
        header = (header + 3) & ~UINT32_C(3);
    result = need(&rest, header);
    if (result != PACKET_OK)
        return result;
    skip(&rest, header);
    return parse_llc(decoding, rest);
}

/* https://www.radiotap.org: little-endian; of its fields only the flags are of interest, behind the time. */
static enum packet_result parse_radiotap(struct decoding *decoding, struct rest rest)
{
    enum { PRESENT = 4, HAS_TIME = 0x01, HAS_FLAGS = 0x02, HAS_MORE = 0x80, DATA_PADDED = 0x20 };
    enum packet_result result = need(&rest, 8);
    if (result != PACKET_OK)
        return result;
    uint32_t length = (uint32_t)rest.data[3] << 8 | rest.data[2];
    if (rest.data[0] != 0 || length < 8)
        return PACKET_MALFORMED;
    result = need(&rest, length);
    if (result != PACKET_OK)
        return result;
    uint8_t present = rest.data[PRESENT];
    uint32_t field = PRESENT + 4;
    while (field + 4 <= length && (rest.data[field - 1] & HAS_MORE))
        field += 4;
    if (present & HAS_TIME)
        field = ((field + 7) & ~UINT32_C(7)) + 8;
    bool padded = (present & HAS_FLAGS) && field < length && (rest.data[field] & DATA_PADDED);
    skip(&rest, length);
    return parse_802_11(decoding, rest, padded);
}

enum packet_result link_parse(struct decoding *decoding, int link_type, struct rest rest)
{
    switch (link_type) {
    case LINK_ETHERNET:
        return link_parse_ethernet(decoding, rest);
    case LINK_LINUX_SLL:
        return parse_cooked(decoding, rest, 16, 14);
    case LINK_LINUX_SLL2:
        return parse_cooked(decoding, rest, 20, 0);
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_RAW:
        return ip_parse(decoding, &rest);
    case LINK_IPV4:
        return ipv4_parse(decoding, &rest);
    case LINK_IPV6:
        return ipv6_parse(decoding, &rest);
    case LINK_NULL:
        return parse_family(decoding, rest, true);
    case LINK_LOOP:
        return parse_family(decoding, rest, false);
    case LINK_PPP:
    case LINK_PPP_HDLC:
        return parse_ppp_framed(decoding, rest);
    case LINK_PPP_ETHERNET:
        return parse_pppoe(decoding, rest);
    case LINK_CISCO_HDLC:
        return parse_fixed(decoding, rest, 4, 2);
    case LINK_IEEE802_11:
        return parse_802_11(decoding, rest, false);
    case LINK_RADIOTAP:
        return parse_radiotap(decoding, rest);
    case LINK_MPLS:
        return parse_mpls(decoding, rest);
    default:
        return PACKET_LINK_TYPE;
    }
}
