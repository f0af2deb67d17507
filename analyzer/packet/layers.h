/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files that take a packet apart share: packet.c (IP, UDP, TCP), link.c and tunnel.c.
 * Each function takes what is left of the packet and gives the result for all that is inside. */
#ifndef LAYERS_H
#define LAYERS_H

#include "packet/packet.h"

/* What is left of the packet: captured bytes at data, and how many there were on the wire (never fewer). */
struct rest {
    const uint8_t *data;
    uint32_t captured;
    uint32_t wire;
};

/* A packet that is being taken apart. */
struct decoding {
    struct packet *packet;
    struct fragments *fragments;  /* NULL: fragments are not put together */
    const struct origin *origins; /* of the bytes at hand */
    uint32_t origin_count;
    uint8_t tags;    /* noted in the path */
    uint8_t tunnels; /* noted in the path */
};

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_ETHERNET = 0x6558, /* in a tunnel */
    TYPE_IPV6 = 0x86dd,
};
enum { LINK_ETHERNET = 1, ETHERNET_HEADER = 14 };

static inline uint16_t read16(const uint8_t *data)
{
    return (uint16_t)(data[0] << 8 | data[1]);
}

static inline uint32_t read32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

/* PACKET_OK if a header of that length is there whole. */
static inline enum packet_result need(const struct rest *rest, uint32_t length)
{
    if (rest->wire < length)
        return PACKET_MALFORMED;
    return rest->captured < length ? PACKET_CUT : PACKET_OK;
}

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

/* The result where no packet was found inside: if a link and IP header would not have been captured whole, that is why.
 */
static inline enum packet_result not_sane(const struct rest *rest, enum packet_result otherwise)
{
    return rest->captured < MIN(rest->wire, 64) ? PACKET_CUT : otherwise;
}

/* packet.c */
enum packet_result ipv4_parse(struct decoding *decoding, const struct rest *rest);
enum packet_result ipv6_parse(struct decoding *decoding, const struct rest *rest);
/* Raw IP: the version tells. */
enum packet_result ip_parse(struct decoding *decoding, const struct rest *rest);
/* Whether this is an IP packet, for places where that is not certain: version and lengths are right. */
bool ip_sane(const struct rest *rest);
/* Notes a tag of the link in the path. */
void note_tag(struct decoding *decoding, enum layer_kind kind, uint32_t id);
/* Notes a tunnel between the addresses of the packet so far. PACKET_OK or PACKET_NESTED. id: NULL if it has none. */
enum packet_result note_tunnel(struct decoding *decoding, enum layer_kind kind, const uint32_t *id);

/* link.c. link_type: a LINKTYPE_ number. */
enum packet_result link_parse(struct decoding *decoding, int link_type, struct rest rest);
/* What an EtherType announces, behind any number of tags. */
enum packet_result link_parse_type(struct decoding *decoding, uint16_t type, struct rest rest);
enum packet_result link_parse_ethernet(struct decoding *decoding, struct rest rest);
/* Whether this is an Ethernet frame with an IP packet in it. */
bool link_ethernet_sane(struct rest rest);

/* tunnel.c. Protocols other than UDP and TCP. */
bool tunnel_is_protocol(uint8_t protocol);
enum packet_result tunnel_parse(struct decoding *decoding, uint8_t protocol, struct rest rest);
/* payload: of a UDP datagram. False if it is not one of a tunnel: nothing was changed. Otherwise *result is set. */
bool tunnel_parse_udp(struct decoding *decoding, uint16_t port, struct rest payload, enum packet_result *result);
static inline bool tunnel_is_port(uint16_t port)
{
    return port == 2152 || port == 3544 || port == 4789 || port == 6081;
}

#endif
