/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which packets of a conversation were damaged on their way. Takes them in the order of the capture. */
#ifndef DAMAGED_H
#define DAMAGED_H

#include "conversation/checksum.h"
#include "conversation/entry.h"

/* Is the checksum wrong, and does that mean something? Asked once of each packet. Where more of a direction's are wrong
 * than right its host does not write them: the packets were captured before its network card did. One that is captured
 * or sent again counts once. */
static inline bool damaged_is(struct entry *entry, unsigned direction, const struct packet *packet)
{
    if (packet->checksum == 0) /* there is none */
        return false;
    if (packet->payload_length == 0 && entry->right[direction] > 0 && !(packet->tcp_flags & (TCP_RST | TCP_FIN)))
        return false;
    enum checksum checksum = checksum_of(packet);
    entry->right[direction] += checksum == CHECKSUM_RIGHT;
    if (checksum != CHECKSUM_WRONG)
        return false;
    struct wrong *last = &entry->last_wrong[direction];
    bool again = entry->wrong[direction] > 0 && last->sequence == packet->sequence && last->sum == packet->checksum;
    *last = (struct wrong){packet->sequence, packet->checksum};
    entry->wrong[direction] += !again;
    return entry->right[direction] >= entry->wrong[direction];
}

#endif
