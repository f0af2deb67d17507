/* SPDX-License-Identifier: GPL-2.0-or-later
 * Has the processor fetch what will be needed of a conversation for a packet with payload. What stands behind a pointer
 * is fetched when the pointer itself is at hand. */
#ifndef PREFETCH_H
#define PREFETCH_H

#include "conversation/entry.h"

#include <string.h>

/* What every packet needs. */
S7_ALWAYS_INLINE void prefetch_entry(const struct entry *entry)
{
    prefetch_lines(entry, HOT);
}

/* What the sink needs. */
S7_ALWAYS_INLINE void prefetch_context(const struct entry *entry)
{
    prefetch_lines((const char *)entry + CONTEXT, SINK_HOT);
}

/* What these two point to. */
S7_ALWAYS_INLINE void prefetch_pointed(const struct entry *entry, const struct sink *sink, const struct packet *packet)
{
    const void *pointed = NULL;
    if (sink->context_points > 0)
        memcpy(&pointed, (const char *)entry + CONTEXT + sink->context_points, sizeof pointed);
    if (pointed)
        prefetch_lines(pointed, SINK_POINTED_HOT);
    if (packet->transport != TRANSPORT_TCP)
        return;
    const bool direction = packet->source.port != entry->conversation.endpoints[0].port; /* nearly always */
    const struct tcp_direction *tcp = &entry->tcp.directions[direction];
    if (tcp->past)
        past_prefetch(tcp->past, tcp->next);
}

#endif
