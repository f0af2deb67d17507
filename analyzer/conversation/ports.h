/* SPDX-License-Identifier: GPL-2.0-or-later
 * The ports whose packets are taken. */
#ifndef PORTS_H
#define PORTS_H

#include "packet/packet.h"

#include <glib.h>

struct ports {
    bool any;
    uint16_t first; /* nearly all packets have it */
    uint8_t bits[65536 / 8];
};

/* chosen: of uint16_t; NULL: any. ports is all zero. */
static inline void ports_choose(struct ports *ports, const GArray *chosen)
{
    ports->any = chosen == NULL;
    ports->first = chosen && chosen->len > 0 ? g_array_index(chosen, uint16_t, 0) : 0;
    for (guint i = 0; chosen && i < chosen->len; i++) {
        uint16_t port = g_array_index(chosen, uint16_t, i);
        ports->bits[port / 8] |= (uint8_t)(1U << port % 8);
    }
}

static inline bool ports_have_one(const struct ports *ports, uint16_t port)
{
    return (ports->bits[port / 8] >> port % 8 & 1) != 0;
}

/* Has the packet one of them at either end? */
static inline bool ports_have(const struct ports *ports, const struct packet *packet)
{
    return packet->source.port == ports->first || packet->destination.port == ports->first || ports->any ||
           ports_have_one(ports, packet->source.port) || ports_have_one(ports, packet->destination.port);
}

#endif
