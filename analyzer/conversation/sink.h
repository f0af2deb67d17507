/* SPDX-License-Identifier: GPL-2.0-or-later
 * Who takes what conversations give: the next room, which this one does not know. The bytes of a direction come in
 * order, each once; what is missing between them, and what came twice with other content, is said. */
#ifndef SINK_H
#define SINK_H

#include "base/interval.h"
#include "packet/packet.h"

struct conversation;

/* Whose payload a datagram is, told by what it holds. */
enum carrier_owner { OWNER_UNKNOWN, OWNER_SAME, OWNER_OTHER };

/* The time by the steady clock, as packets with payload came. */
struct sink_clock {
    int64_t now; /* sink_passes() sets it */
    int64_t due; /* the earliest that somebody waits for, set by the taker; INT64_MAX: nobody waits */
};

/* Of the context, and of what it points to, so many bytes, from the first one on, are needed for every packet. */
#define SINK_HOT         256
#define SINK_POINTED_HOT 128

/* context: what the taker keeps of the conversation, context_size bytes, zeroed, beside it in memory. direction: 0 from
 * endpoints[0], 1 from endpoints[1]. */
struct sink {
    size_t context_size;
    size_t context_points; /* where in it, within SINK_HOT, a pointer to what is needed, too, stands; 0: nowhere */
    void *user;
    void (*opened)(struct conversation *conversation, void *context, void *user);
    /* A packet with payload comes next, of whatever conversation, and somebody waits no longer than until now. */
    void (*due)(void *user);
    struct sink_clock *clock; /* says when that is; NULL: nobody waits */
    /* The next bytes of the stream. */
    void (*bytes)(void *context, unsigned direction, const uint8_t *data, size_t length, const struct origin *origin);
    /* So many bytes of it are missing from the capture: what stands before them ends here. may_come: they may come
     * late.
     */
    void (*gap)(void *context, unsigned direction, uint64_t length, bool may_come, const struct origin *origin);
    /* Bytes were sent again with other content. */
    void (*overlap)(void *context, unsigned direction, const struct overlap *overlap);
    /* Bytes of a hole that was given up: they stand alone, at that offset of the stream. */
    void (*late)(void *context, unsigned direction, uint64_t offset, const uint8_t *data, size_t length,
                 const struct origin *origin);
    /* A whole packet of UDP. */
    void (*datagram)(void *context, unsigned direction, const struct packet *packet);
    /* The direction ends. No call follows for it. */
    void (*end)(void *context, unsigned direction);
    /* After that, of both: the conversation is over. */
    void (*closed)(void *context);
    /* Asked of a packet that might be another's; NULL: unknown. */
    enum carrier_owner (*owner)(const void *context, const struct packet *packet);
    /* A number for the device whose conversation it is, as far as that is known; 0: it is not. NULL: never. */
    uint32_t (*device)(const void *context);
};

/* So late it is: a packet with payload comes next. */
static inline void sink_passes(const struct sink *sink, int64_t now)
{
    struct sink_clock *clock = sink->clock;
    if (!clock)
        return;
    clock->now = MAX(clock->now, now);
    if (clock->due <= clock->now)
        sink->due(sink->user);
}

#endif
