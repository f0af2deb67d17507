/* SPDX-License-Identifier: GPL-2.0-or-later
 * Wraps payload in TCP or UDP, IPv4 or IPv6, 802.1Q and Ethernet, with right lengths and checksums.
 * Takes a flow (two endpoints and their counters) and payload, adds packets to a pcap writer. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>

#include "pcap_writer.h"

enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_PSH = 8, FLAG_ACK = 16 };

struct host {
    bool ipv6;
    uint8_t address[16]; /* the first 4 bytes for IPv4 */
    uint16_t port;
};

/* Direction 0 goes from hosts[0] (the device) to hosts[1] (the platform), direction 1 back. */
struct flow {
    struct host hosts[2];
    bool udp;
    uint8_t number;    /* makes the hardware addresses */
    uint16_t vlan;     /* 0: none */
    uint16_t ip_id[2]; /* of the last IPv4 packet */
    uint32_t next[2];  /* TCP: sequence number of the next byte */
    unsigned copies;   /* how often the tap saw each packet */
};

/* Parses "192.0.2.1:8888" or "[2001:db8::1]:8888". Returns false if it is neither. */
bool host_parse(const char *text, struct host *host);

/* time: microseconds since 1970 UTC. */
void network_datagram(struct pcap_writer *writer, struct flow *flow, unsigned direction, int64_t time,
                      const uint8_t *data, size_t length);
/* The acknowledgement number is what the other side has sent so far; flow->next is not changed. */
void network_segment(struct pcap_writer *writer, struct flow *flow, unsigned direction, int64_t time, uint8_t flags,
                     uint32_t sequence, const uint8_t *data, size_t length);

#endif
