/* SPDX-License-Identifier: GPL-2.0-or-later
 * The way of a record through all layers: what it is begun with, and what fragments need. */
#include "packet/packet.h"

#include "digits.h"
#include "packet/layers.h"

#include <assert.h>
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
    [PACKET_ENCRYPTED] = "encrypted",
    [PACKET_UNOPENED] = "in a tunnel or a form that is not opened",
    [PACKET_OTHER_LINK] = "of another link type than the capture says",
    [PACKET_MULTILINK] = "fragment of PPP multilink",
};

/* No packet is longer, not even one that a network card has yet to split: a larger length on the wire is a lie. */
#define WIRE_MAX (UINT32_C(1) << 20)

/* What a packet is before anything is known about it. */
static void clear(struct packet *packet, const struct origin *origin)
{
    packet->origin = *origin;
    packet->fragment_origins = NULL;
    packet->fragment_count = 0;
    packet->fragment_conflict_bytes = 0;
    packet->layer_count = 0;
}

static inline void begin(struct decoding *decoding, struct packet *packet, struct fragments *fragments)
{
    decoding->packet = packet;
    decoding->fragments = fragments;
    decoding->tags = decoding->tunnels = 0;
    decoding->addressed = decoding->whole = decoding->guess = false;
}

static inline enum packet_result parse(const struct record *record, struct decoding *decoding)
{
    decoding->origins = &record->origin;
    decoding->origin_count = 1;
    decoding->rest =
        (struct rest){record->data, record->captured, MAX(record->captured, MIN(record->original, WIRE_MAX))};
    clear(decoding->packet, &record->origin);
    return walk_record(decoding, record->link_type);
}

enum packet_result packet_parse(const struct record *record, struct packet *packet)
{
    struct decoding decoding;
    begin(&decoding, packet, NULL);
    return parse(record, &decoding);
}

/* Those of a capture that are listed; in all of libpcap there are some 300. */
#define LINK_TYPES_MAX 1024

struct packets {
    struct fragments *fragments;
    const struct fragment_counts *counts; /* of the fragments */
    struct packets_options options;
    GArray *unread;
    struct packets_mislabelled mislabelled;
};

/* Offers the start of an incomplete datagram as a packet with missing bytes. */
static bool give_up(const struct fragment_whole *whole, void *user)
{
    const struct packets *packets = user;
    struct packet packet;
    struct decoding decoding;
    begin(&decoding, &packet, NULL);
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
    if (walk(&decoding, parse_whole(&decoding, whole)) != PACKET_OK)
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
    packets->unread = g_array_new(FALSE, FALSE, sizeof(struct packets_unread));
    return packets;
}

static void note_unread(struct packets *packets, int link_type)
{
    for (guint i = 0; i < packets->unread->len; i++) {
        struct packets_unread *unread = &g_array_index(packets->unread, struct packets_unread, i);
        if (unread->link_type == link_type) {
            unread->packets++;
            return;
        }
    }
    struct packets_unread unread = {link_type, 1};
    if (packets->unread->len < LINK_TYPES_MAX)
        g_array_append_val(packets->unread, unread);
}

/* What a record that gave no packet has to say. */
static __attribute__((noinline)) enum packet_result note_failure(struct packets *packets, const struct record *record,
                                                                 const struct decoding *decoding,
                                                                 enum packet_result result)
{
    const struct rest rest = {record->data, record->captured, MAX(record->captured, record->original)};
    if (result == PACKET_LINK_TYPE)
        note_unread(packets, decoding->link_type);
    if (decoding->addressed || result == PACKET_LINK_TYPE)
        return result;
    bool ip = record->link_type == LINK_ETHERNET && ip_sane(&rest);
    bool ethernet = (record->link_type == LINK_RAW || record->link_type == LINK_RAW_FILE ||
                     record->link_type == LINK_IPV4 || record->link_type == LINK_IPV6) &&
                    ethernet_sane(rest);
    packets->mislabelled.ip += ip;
    packets->mislabelled.ethernet += ethernet;
    return ip || ethernet ? PACKET_OTHER_LINK : result;
}

/* Does the payload stand in the record? */
static inline bool is_within(const struct packet *packet, const struct record *record)
{
    return packet->payload_length == 0 ||
           (packet->payload >= record->data && packet->payload_length <= record->captured &&
            packet->payload - record->data <= record->captured - packet->payload_length);
}

enum packet_result packets_parse(struct packets *packets, const struct record *record, struct packet *packet)
{
    if (packets->counts->fragments > 0)
        fragments_expire(packets->fragments, record->origin.time);
    struct decoding decoding;
    begin(&decoding, packet, packets->fragments);
    enum packet_result result = parse(record, &decoding);
    if (result != PACKET_OK && result != PACKET_FRAGMENT)
        return note_failure(packets, record, &decoding, result);
    assert(result != PACKET_OK || packet->fragment_count > 0 || is_within(packet, record));
    return result;
}

const GArray *packets_unread(const struct packets *packets)
{
    return packets->unread;
}

const struct packets_mislabelled *packets_mislabelled(const struct packets *packets)
{
    return &packets->mislabelled;
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
    g_array_unref(packets->unread);
    g_free(packets);
}
