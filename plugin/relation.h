/* SPDX-License-Identifier: GPL-2.0-or-later
 * What links a frame to others: the command that it answers, the answer to it. Takes each frame once, in the order of
 * the capture, with its conversation's open commands; what a frame is linked to by a later one is filled in then. */
#ifndef RELATION_H
#define RELATION_H

#include "compat.h"

#include <epan/packet.h>

#include "pairing.h"

/* Lives as long as the file. Numbers are those of packets, 0 = none. */
struct relation {
    bool known; /* the frame was taken */
    uint32_t packet;
    nstime_t time;
    uint32_t request;       /* of an answer: its command */
    uint32_t response;      /* of a command: its first answer */
    nstime_t response_time; /* of an answer: since the command */
};

/* The frame's own packet, and what it has to do with those before it. pairing may be NULL: no command was seen. data:
 * first byte of the frame. */
void relation_fill(struct relation *relation, const packet_info *pinfo, struct s7_pairing *pairing, const uint8_t *data,
                   const struct s7_message *message);

#endif
