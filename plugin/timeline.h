/* SPDX-License-Identifier: GPL-2.0-or-later
 * The reports as CSV on standard output, in the columns of s7timeline (-z gotop,timeline). Empty are those that only
 * s7timeline knows: details, stream_offset, and of packets all but the last. */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "compat.h"

#include <epan/packet.h>

#include "relation.h"

struct timeline_frame {
    const uint8_t *data; /* first byte */
    uint32_t length;
    const struct s7_message *message;
    const struct relation *relation;
    const char *device_id; /* NULL if unknown */
    unsigned stream;
};

/* With the protocol, and with the listeners of the program. */
void timeline_register(void);
void timeline_register_listener(void);

void timeline_add_frame(packet_info *pinfo, const struct timeline_frame *frame);

#endif
