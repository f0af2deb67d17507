/* SPDX-License-Identifier: GPL-2.0-or-later
 * The headers of one record: link layer, tunnels, IP, UDP or TCP; fragments are put together.
 * Takes a record, gives addresses, ports, sequence numbers and the payload as a span of bytes. */
#ifndef PACKET_H
#define PACKET_H

#include "base/endpoint.h"
#include "capture/capture.h"
#include "packet/fragment.h"
#include "packet/path.h"

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

struct packet {
    struct origin origin;
    struct endpoint source, destination;
    uint8_t transport;
    uint8_t tcp_flags;
    uint16_t ip_id;    /* 0 and has_ip_id false where there is none (IPv6) */
    uint16_t checksum; /* of UDP or TCP, as sent */
    bool has_ip_id;
    uint32_t sequence, acknowledgement;
    const uint8_t *payload;   /* never link-layer padding: limited by the lengths of the IP and UDP headers */
    uint32_t payload_length;  /* bytes captured */
    uint32_t payload_missing; /* bytes that were on the wire behind them but were not captured (snap length) */
    /* Of a datagram that came in fragments: every packet that first delivered a byte of it, in the order of the
     * capture; origin is that of the packet that completed it. Valid like payload. 0 and NULL if it was whole. */
    const struct origin *fragment_origins;
    uint32_t fragment_count;
    uint64_t fragment_conflict_bytes; /* bytes that came twice with different content: the first copy is in payload */
    /* What stood around it, from the outside in. All addresses above are those of the innermost packet. */
    uint8_t layer_count;
    struct layer layers[PATH_LAYERS]; /* only the first layer_count are set */
};

/* Why a record gives no packet; counted in the summary. */
enum packet_result {
    PACKET_OK,
    PACKET_NOT_IP,     /* ARP, LLDP, ... */
    PACKET_OTHER,      /* IP, but neither UDP nor TCP */
    PACKET_FRAGMENT,   /* IP fragment: the datagram is not whole yet */
    PACKET_CUT,        /* headers not wholly captured */
    PACKET_MALFORMED,  /* a length or version that cannot be */
    PACKET_LINK_TYPE,  /* link layer that is not supported */
    PACKET_NESTED,     /* more than PATH_TUNNELS tunnels within each other */
    PACKET_ENCRYPTED,  /* ESP, MACsec, 802.11, DTLS */
    PACKET_UNOPENED,   /* a tunnel, a compression or a form that is known and not opened */
    PACKET_MULTILINK,  /* a fragment of PPP multilink */
    PACKET_OTHER_LINK, /* it is of another link type than the capture says; packets_parse() only */
    PACKET_RESULT_COUNT
};
extern const char *const packet_result_names[PACKET_RESULT_COUNT];

/* Without memory: a fragment stays one. */
enum packet_result packet_parse(const struct record *record, struct packet *packet);

/* The same with memory: the last fragment of a datagram gives the whole as PACKET_OK. */
struct packets;
struct packets_options {
    struct fragment_limits limits; /* 0 = defaults */
    /* Gets the start of a datagram that was given up, as far as it makes a packet: payload_missing says what lacks (at
     * least). Called within packets_parse() and packets_finish(); the packet is valid during the call. NULL: such bytes
     * are only counted. */
    void (*given_up)(const struct packet *packet, void *user);
    void *user;
};
/* options: NULL = all defaults. */
struct packets *packets_new(const struct packets_options *options);
/* payload and fragment_origins of the packet are valid until the next call. */
enum packet_result packets_parse(struct packets *packets, const struct record *record, struct packet *packet);
/* Packets that could not be looked at, as their link type is not read. */
struct packets_unread {
    int link_type; /* that of an inner header, if there is one */
    uint64_t packets;
};
/* Of struct packets_unread. */
const GArray *packets_unread(const struct packets *packets);
/* Packets with an IP header where their link type says that there is a frame, and the other way round. */
struct packets_mislabelled {
    uint64_t ip, ethernet;
};
const struct packets_mislabelled *packets_mislabelled(const struct packets *packets);
/* The capture ends: gives up what still waits. */
void packets_finish(struct packets *packets);
const struct fragment_counts *packets_fragments(const struct packets *packets);
/* NULL is allowed. */
void packets_free(struct packets *packets);

#endif
