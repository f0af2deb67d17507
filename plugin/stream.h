/* SPDX-License-Identifier: GPL-2.0-or-later
 * From the payload that TCP or UDP hands over to elements: frames and stretches that are in none. Knows whose
 * conversation it is and how each direction's scan stood. What the first pass found is kept with the packet: later
 * passes get the same. */
#ifndef STREAM_H
#define STREAM_H

#include "compat.h"

#include <epan/packet.h>

#include <epan/dissectors/packet-tcp.h>

#include "message.h"
#include "relation.h"

struct stream; /* a conversation */

struct stream_element {
    int offset;    /* in the tvb */
    bool is_frame; /* else bytes that are in no frame: found.length of them, for found.reason */
    struct s7_frame found;
    const char *other;        /* of a leftover: the protocol that it looks like; NULL if none */
    struct relation relation; /* of a frame */
};

/* One call of the dissector. */
struct stream_visit {
    struct stream *stream;
    bool ours;             /* false: claim nothing, */
    const char *other;     /* but name what the conversation looks like, if nobody else takes it; NULL if unknown */
    const char *device_id; /* last good uplink id of the conversation before this call; NULL if none */
    unsigned count;
    struct stream_element *elements;
    bool pending;                       /* the next segment is needed, */
    int pending_offset;                 /* for what begins here */
    int length;                         /* of all that was handed over */
    uint32_t sequence;                  /* of TCP, of the first byte */
    const struct stream_visit *earlier; /* call on the same packet */
};

/* What stands in the tvb. tcp: what TCP says of it, NULL for a datagram. end: TCP cannot be asked for more, each byte
 * must be decided now. Never NULL. */
const struct stream_visit *stream_visit(int proto, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                                        bool end);

/* Number of the conversation, counted from 0 in the order in which they were recognised. Each packet that is ours has
 * one. */
unsigned stream_number(const struct stream_visit *visit);

/* The same for the conversation of a packet; false if it is not ours. */
bool stream_find_number(int proto, packet_info *pinfo, unsigned *number);

/* Numbers given so far. */
uint32_t stream_count(void);

void stream_register(void);

/* The open commands of the conversation. Before the first command NULL, unless create. */
struct s7_pairing *stream_pairing(const struct stream_visit *visit, bool create);

/* A good frame of a device was seen in the direction of this packet. */
void stream_set_uplink(const struct stream_visit *visit, const packet_info *pinfo);

/* On the first pass: the conversation's device id is this one from now on. */
void stream_set_device(const struct stream_visit *visit, const packet_info *pinfo, const char *device_id);

#endif
