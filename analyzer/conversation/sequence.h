/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sequence numbers: where one stands in a direction, and whether a packet can be of a connection at all. */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include "conversation/tcp.h"

static inline uint32_t next_sequence(const struct tcp_direction *tcp)
{
    return tcp->initial + (uint32_t)tcp->next;
}

/* Distance from b to a in sequence space, where both are less than 2 GiB apart. */
static inline int32_t distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Where a sequence number stands, as a stream offset; negative before the start. */
static inline int64_t position_of(const struct tcp_direction *tcp, uint32_t sequence)
{
    return (int64_t)tcp->next + distance(sequence, next_sequence(tcp));
}

static inline bool is_near(int32_t value)
{
    return value >= -TCP_WINDOW && value <= TCP_WINDOW;
}

/* What a packet's numbers say of a connection: how far they are from what is expected, in bytes of both directions;
 * SEQUENCE_SILENT: nothing, as neither direction has a start; SEQUENCE_CONTRADICTS: it is of another connection. */
#define SEQUENCE_SILENT      UINT32_MAX
#define SEQUENCE_CONTRADICTS UINT64_MAX
uint64_t sequence_distance(const struct tcp *connection, unsigned direction, const struct packet *packet);

/* Does the packet go on where both directions stand: with the next byte, or bytes that came before, and no
 * acknowledgement of more than came? What is not known of a direction does not say no. */
bool sequence_goes_on(const struct tcp *connection, unsigned direction, const struct packet *packet);

/* Is the packet, an end, where that side may have been by then? */
bool sequence_in_window(const struct tcp *connection, unsigned direction, const struct packet *packet);

/* How far a packet stands behind one that was put aside, or acknowledges more than it; SEQUENCE_CONTRADICTS: it does
 * not go on with its numbers. forward: both have the same direction. */
uint64_t sequence_behind(const struct packet *aside, const struct packet *packet, bool forward);

#endif
