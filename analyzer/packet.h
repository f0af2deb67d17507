/* SPDX-License-Identifier: GPL-2.0-or-later
 * The headers of one record: link layer, IP, UDP or TCP.
 * Takes a record, gives addresses, ports, sequence numbers and the payload as a span of the record's bytes. */
#ifndef PACKET_H
#define PACKET_H

#include "capture.h"

/* IPv4 is kept as IPv4-mapped: version tells. Unused bytes are zero, so that memcmp compares. */
struct endpoint {
    uint8_t address[16];
    uint16_t port;   /* host order */
    uint8_t version; /* 4 or 6 */
    uint8_t pad;
};

enum transport { TRANSPORT_UDP = 17, TRANSPORT_TCP = 6 };
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
};

/* Why a record gives no packet; counted in the summary. */
enum packet_result {
    PACKET_OK,
    PACKET_NOT_IP,    /* ARP, LLDP, ... */
    PACKET_OTHER,     /* IP, but neither UDP nor TCP */
    PACKET_FRAGMENT,  /* IP fragment: not put together yet */
    PACKET_CUT,       /* headers not wholly captured */
    PACKET_MALFORMED, /* a length or version that cannot be */
    PACKET_LINK_TYPE, /* link layer that is not supported */
    PACKET_RESULT_COUNT
};
extern const char *const packet_result_names[PACKET_RESULT_COUNT];

enum packet_result packet_parse(const struct record *record, struct packet *packet);

/* "192.0.2.1:8888", "[2001:db8::1]:8888". out needs ENDPOINT_SIZE bytes. Returns the length. */
#define ENDPOINT_SIZE 56
size_t endpoint_print(const struct endpoint *endpoint, char *out);

#endif
