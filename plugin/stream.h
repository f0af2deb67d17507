/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the dissector remembers from one call to the next: whose conversation it is, how each direction's scan stood.
 * Each call's starting point is kept with its packet, so that a second pass or a click shows what the first pass did.
 */
#ifndef STREAM_H
#define STREAM_H

#include "compat.h"

#include <epan/packet.h>

#include <epan/dissectors/packet-tcp.h>

#include "message.h"

/* From where one call of the dissector starts. */
struct stream_visit {
    bool ours;             /* false: claim nothing */
    uint8_t closed;        /* of struct s7_scanner at the first byte */
    uint8_t stretch;       /* likewise */
    const char *device_id; /* last good uplink id of the conversation before this call; NULL if none */
};

/* How it ended. */
struct stream_end {
    int consumed;          /* bytes of the tvb before the boundary that the scanner stands at */
    bool pending;          /* more segments were asked for from there */
    uint8_t closed;        /* of struct s7_scanner there */
    uint8_t stretch;       /* likewise */
    const char *device_id; /* as above, now; any scope */
};

/* Starts a call on these bytes. tcp: what TCP says of them, NULL for a datagram. end: nothing can be asked for, each
 * byte must be decided now. Never NULL. */
const struct stream_visit *stream_begin(int proto, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                                        bool end);

/* Ends a call that was ours. Does nothing unless this is the first pass. */
void stream_finish(int proto, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                   const struct stream_end *end);

#endif
