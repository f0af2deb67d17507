/* SPDX-License-Identifier: GPL-2.0-or-later
 * The record of a packet for statistics: see tap.h. */
#include "tap.h"

#include <epan/proto_data.h>

/* Apart from the other data of the protocol that lives as long as the packet. */
#define PACKET_KEY 1

static int tap_id = -1, tap_proto = -1;

void tap_register(int proto)
{
    tap_proto = proto;
    tap_id = register_tap(TAP_NAME);
}

bool tap_is_wanted(void)
{
    return have_tap_listener(tap_id);
}

void tap_add_frame(packet_info *pinfo, const struct tap_frame *frame)
{
    struct tap_frame *copy = wmem_memdup(pinfo->pool, frame, sizeof *frame);
    struct tap_packet *packet = p_get_proto_data(pinfo->pool, pinfo, tap_proto, PACKET_KEY);
    copy->next = NULL;
    if (packet) {
        packet->last->next = copy;
        packet->last = copy;
        return;
    }
    packet = wmem_new0(pinfo->pool, struct tap_packet);
    packet->first = packet->last = copy;
    p_add_proto_data(pinfo->pool, pinfo, tap_proto, PACKET_KEY, packet);
    tap_queue_packet(tap_id, pinfo, packet);
}
