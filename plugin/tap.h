/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the dissector hands to statistics: one record a packet, with all its frames. Strings live as long as the
 * packet, relations as long as the file. */
#ifndef TAP_H
#define TAP_H

#include "compat.h"

#include <epan/packet.h>
#include <epan/tap.h>

#include "relation.h"

/* What the statistics listen to: the same for all of them, so that -z takes the name of the protocol. */
#define TAP_NAME "gotop"

struct tap_frame {
    struct tap_frame *next;
    const char *device_id; /* the frame's own, else that of the conversation; NULL if unknown */
    const char *peer;      /* the address that the device spoke with, as text */
    enum s7_direction direction;
    enum s7_kind kind;
    enum s7_event event;
    uint32_t flags;
    const struct relation *relation;
};

struct tap_packet {
    struct tap_frame *first, *last;
};

void tap_register(int proto);

/* Is anybody listening? */
bool tap_is_wanted(void);

/* Adds the frame to the record of the packet, which is queued with the first one. */
void tap_add_frame(packet_info *pinfo, const struct tap_frame *frame);

#endif
