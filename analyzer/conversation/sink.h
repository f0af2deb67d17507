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

/* context: what the taker keeps of the conversation, context_size bytes, zeroed, beside it in memory. direction: 0 from
 * endpoints[0], 1 from endpoints[1]. */
struct sink {
    size_t context_size;
    size_t context_hot; /* of them so many bytes, from the first one on, are needed for every packet */
    void *user;
    void (*opened)(struct conversation *conversation, void *context, void *user);
    /* A packet with payload comes next, of whatever conversation: so late it is, by the steady clock. NULL: nobody
     * waits. */
    void (*passes)(void *user, int64_t now);
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
    /* Asked of a datagram that came through another GTP-U tunnel; NULL: unknown. */
    enum carrier_owner (*owner)(const void *context, const struct packet *packet);
};

#endif
