/* SPDX-License-Identifier: GPL-2.0-or-later
 * What links a frame to others: command and answer, the reports of a device before and behind it. Takes each frame
 * once, in the order of the capture, with its conversation's open commands; what a later frame tells of an earlier one
 * is filled in then. */
#ifndef RELATION_H
#define RELATION_H

#include "compat.h"

#include <epan/packet.h>

#include "pairing.h"

/* Lives as long as the file. Numbers are those of packets, 0 = none. */
struct relation {
    uint32_t packet;                /* its own; 0 = the frame was not taken yet */
    uint32_t response;              /* of a command: its first answer; of a report: the platform's */
    uint32_t previous, next;        /* of a report: those of the same device, whatever its conversation */
    nstime_t time;                  /* of its own packet */
    const struct relation *request; /* of an answer: its command, or the report that it answers; NULL = none */
    const char *code;               /* of a command: its code, escaped */
};

void relation_register(void);

/* The frame's own packet, and what it has to do with those before it. pairing may be NULL: no command was seen. data:
 * first byte of the frame. device_id: of a good frame from a device, else NULL. */
void relation_fill(struct relation *relation, const packet_info *pinfo, struct s7_pairing *pairing, const uint8_t *data,
                   const struct s7_message *message, const char *device_id);

#endif
