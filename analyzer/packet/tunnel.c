/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets within IP packets. A tunnel is opened only when there is an IP packet in it whose version and lengths are
 * right: a datagram on the port of a tunnel may be anything. */
#include "packet/layers.h"

#include <string.h>

enum { PROTOCOL_IPV4 = 4, PROTOCOL_IPV6 = 41, PROTOCOL_GRE = 47 };
enum { PORT_GTP_U = 2152, PORT_TEREDO = 3544, PORT_VXLAN = 4789, PORT_GENEVE = 6081 };
enum { TYPE_ERSPAN = 0x88be, TYPE_ERSPAN_III = 0x22eb };

/* What a tunnel's header says: its layer and what is inside. */
struct inside {
    enum layer_kind kind;
    bool has_id;
    uint32_t id;
    uint16_t type; /* EtherType; 0: IP of either version */
};

bool tunnel_is_protocol(uint8_t protocol)
{
    return protocol == PROTOCOL_IPV4 || protocol == PROTOCOL_IPV6 || protocol == PROTOCOL_GRE;
}

/* Whether there really is what the header says. */
static bool is_sane(const struct inside *inside, const struct rest *rest)
{
    if (inside->type == TYPE_ETHERNET)
        return link_ethernet_sane(*rest);
    if (!ip_sane(rest))
        return false;
    uint8_t version = rest->data[0] >> 4;
    return inside->type == 0 || inside->type == (version == 4 ? TYPE_IPV4 : TYPE_IPV6);
}

static enum packet_result enter(struct decoding *decoding, const struct inside *inside, struct rest rest)
{
    enum packet_result result = note_tunnel(decoding, inside->kind, inside->has_id ? &inside->id : NULL);
    if (result != PACKET_OK)
        return result;
    return inside->type == TYPE_ETHERNET ? link_parse_ethernet(decoding, rest) : ip_parse(decoding, &rest);
}

/* Within ERSPAN, which the Internet-Draft draft-foschiano-erspan describes. Type I has no header of its own: no
 * sequence number in the GRE header tells. */
static enum packet_result skip_erspan(struct rest *rest, uint16_t type, bool sequence, struct inside *inside)
{
    inside->kind = LAYER_ERSPAN;
    inside->has_id = false;
    inside->type = TYPE_ETHERNET;
    if (type == TYPE_ERSPAN && !sequence)
        return PACKET_OK;
    uint32_t length = type == TYPE_ERSPAN ? 8 : 12;
    enum packet_result result = need(rest, length);
    if (result != PACKET_OK)
        return result;
    if (rest->data[0] >> 4 != (type == TYPE_ERSPAN ? 1 : 2))
        return PACKET_OTHER;
    inside->has_id = true;
    inside->id = read16(rest->data + 2) & 0x03ff;
    if (type == TYPE_ERSPAN_III) {
        uint16_t flags = read16(rest->data + 10);
        unsigned frame_type = flags >> 10 & 0x1f;
        if (frame_type != 0 && frame_type != 2) /* Ethernet, IP */
            return PACKET_OTHER;
        if (frame_type == 2)
            inside->type = 0;
        length += flags & 1 ? 8 : 0; /* platform specific subheader */
        result = need(rest, length);
        if (result != PACKET_OK)
            return result;
    }
    skip(rest, length);
    return PACKET_OK;
}

/* RFC 2784 and RFC 2890. */
static enum packet_result parse_gre(struct decoding *decoding, struct rest rest)
{
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 0x0007 };
    struct inside inside = {.kind = LAYER_GRE};
    enum packet_result result = need(&rest, 4);
    if (result != PACKET_OK)
        return result;
    uint16_t flags = read16(rest.data);
    inside.type = read16(rest.data + 2);
    if (flags & (ROUTING | VERSION))
        return PACKET_OTHER;
    if (inside.type < 0x0600) /* no EtherType */
        return PACKET_OTHER;
    uint32_t key = 4 + (flags & CHECKSUM ? 4 : 0);
    uint32_t header = key + (flags & KEY ? 4 : 0) + (flags & SEQUENCE ? 4 : 0);
    result = need(&rest, header);
    if (result != PACKET_OK)
        return result;
    inside.has_id = (flags & KEY) != 0;
    if (inside.has_id)
        inside.id = read32(rest.data + key);
    skip(&rest, header);
    if (inside.type == TYPE_ERSPAN || inside.type == TYPE_ERSPAN_III) {
        result = skip_erspan(&rest, inside.type, (flags & SEQUENCE) != 0, &inside);
        if (result != PACKET_OK)
            return result;
    }
    if (inside.type == TYPE_ETHERNET || inside.type == TYPE_IPV4 || inside.type == TYPE_IPV6 || inside.type == 0)
        return is_sane(&inside, &rest) ? enter(decoding, &inside, rest) : not_sane(&rest, PACKET_OTHER);
    result = note_tunnel(decoding, LAYER_GRE, inside.has_id ? &inside.id : NULL); /* MPLS, PPP */
    if (result != PACKET_OK)
        return result;
    result = link_parse_type(decoding, inside.type, rest);
    return result == PACKET_NOT_IP ? PACKET_OTHER : result;
}

enum packet_result tunnel_parse(struct decoding *decoding, uint8_t protocol, struct rest rest)
{
    if (protocol == PROTOCOL_GRE)
        return parse_gre(decoding, rest);
    bool over_ipv4 = decoding->packet->source.version == 4;
    struct inside inside = {.type = protocol == PROTOCOL_IPV4 ? TYPE_IPV4 : TYPE_IPV6};
    if (protocol == PROTOCOL_IPV4)
        inside.kind = over_ipv4 ? LAYER_4IN4 : LAYER_4IN6;
    else
        inside.kind = over_ipv4 ? LAYER_6IN4 : LAYER_6IN6;
    return is_sane(&inside, &rest) ? enter(decoding, &inside, rest) : not_sane(&rest, PACKET_OTHER);
}

/* 3GPP TS 29.281, 5.1 and 5.2: version 1, user data. */
static bool skip_gtp(struct rest *rest, struct inside *inside)
{
    enum { VERSION_1 = 0x30, FIXED = 0xf0, EXTENSION = 0x04, OPTIONAL = 0x07, USER_DATA = 0xff, HEADER = 8 };
    if (need(rest, HEADER) != PACKET_OK)
        return false;
    uint8_t flags = rest->data[0];
    uint16_t length = read16(rest->data + 2);
    if ((flags & FIXED) != VERSION_1 || rest->data[1] != USER_DATA || length > rest->wire - HEADER)
        return false;
    *inside = (struct inside){.kind = LAYER_GTP_U, .has_id = true, .id = read32(rest->data + 4)};
    skip(rest, HEADER);
    declare(rest, length);
    if ((flags & OPTIONAL) == 0)
        return true;
    if (need(rest, 4) != PACKET_OK)
        return false;
    uint8_t next = flags & EXTENSION ? rest->data[3] : 0;
    skip(rest, 4);
    while (next != 0) {
        uint32_t extension = rest->captured > 0 ? (uint32_t)rest->data[0] * 4 : 0;
        if (extension == 0 || need(rest, extension) != PACKET_OK)
            return false;
        next = rest->data[extension - 1];
        skip(rest, extension);
    }
    return true;
}

/* RFC 7348, 5. */
static bool skip_vxlan(struct rest *rest, struct inside *inside)
{
    if (need(rest, 8) != PACKET_OK || (rest->data[0] & 0x08) == 0)
        return false;
    *inside =
        (struct inside){.kind = LAYER_VXLAN, .has_id = true, .id = read32(rest->data + 4) >> 8, .type = TYPE_ETHERNET};
    skip(rest, 8);
    return true;
}

/* RFC 8926, 3.4. */
static bool skip_geneve(struct rest *rest, struct inside *inside)
{
    if (need(rest, 8) != PACKET_OK || rest->data[0] >> 6 != 0)
        return false;
    *inside = (struct inside){
        .kind = LAYER_GENEVE, .has_id = true, .id = read32(rest->data + 4) >> 8, .type = read16(rest->data + 2)};
    uint32_t header = 8 + (uint32_t)(rest->data[0] & 0x3f) * 4;
    if (need(rest, header) != PACKET_OK)
        return false;
    skip(rest, header);
    return inside->type == TYPE_ETHERNET || inside->type == TYPE_IPV4 || inside->type == TYPE_IPV6;
}

/* RFC 4380, 5.1.1: authentication and origin may stand before the packet, in this order. */
static bool skip_teredo(struct rest *rest, struct inside *inside)
{
    *inside = (struct inside){.kind = LAYER_TEREDO, .type = TYPE_IPV6};
    if (need(rest, 4) == PACKET_OK && read16(rest->data) == 0x0001) {
        uint32_t length = 4 + (uint32_t)rest->data[2] + rest->data[3] + 9;
        if (need(rest, length) != PACKET_OK)
            return false;
        skip(rest, length);
    }
    if (need(rest, 8) == PACKET_OK && read16(rest->data) == 0x0000)
        skip(rest, 8);
    return true;
}

bool tunnel_parse_udp(struct decoding *decoding, uint16_t port, struct rest payload, enum packet_result *result)
{
    struct inside inside;
    bool found = false;
    switch (port) {
    case PORT_GTP_U:
        found = skip_gtp(&payload, &inside);
        break;
    case PORT_VXLAN:
        found = skip_vxlan(&payload, &inside);
        break;
    case PORT_GENEVE:
        found = skip_geneve(&payload, &inside);
        break;
    case PORT_TEREDO:
        found = skip_teredo(&payload, &inside);
        break;
    default:
        break;
    }
    if (!found || !is_sane(&inside, &payload))
        return false;
    *result = enter(decoding, &inside, payload);
    return true;
}
