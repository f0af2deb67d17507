/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sequence numbers: whether a packet can be of a connection, and which of several it fits best. */
#include "conversation/sequence.h"

#include <stdlib.h>

/* Of a SYN in a direction whose segments are held, or whose start is known. */
static bool fits_syn(const struct tcp_direction *tcp, uint32_t sequence)
{
    if (tcp->opening) {
        int64_t position = position_of(tcp, sequence + 1);
        return position >= 0 && position <= (int64_t)interval_at(tcp->waiting, 0)->start;
    }
    int32_t before = distance(tcp->initial, sequence + 1);
    return before == 0 || (!tcp->handshake && before > 0 && before <= TCP_LATE_SYN);
}

bool tcp_fits(const struct tcp_direction *tcp, const struct packet *packet)
{
    if (tcp->started && packet->sequence == next_sequence(tcp) && !(packet->tcp_flags & TCP_SYN))
        return true; /* as nearly all do */
    if (!tcp->started && !tcp->opening)
        return true;
    if (packet->tcp_flags & TCP_SYN)
        return fits_syn(tcp, packet->sequence);
    if (tcp->opening && packet->payload_length == 0)
        return true;
    /* A keep-alive stands one before the start. */
    if (tcp->started && tcp->handshake && position_of(tcp, packet->sequence) < -1)
        return false;
    return is_near(distance(packet->sequence, next_sequence(tcp)));
}

/* The sequence number behind the last byte that is known of a direction. */
static uint32_t end_sequence(const struct tcp_direction *tcp)
{
    return tcp->initial + (uint32_t)MAX(tcp->end, tcp->next);
}

/* Can the other side acknowledge that? */
static bool fits_acknowledgement(const struct tcp_direction *tcp, const struct packet *packet)
{
    if (packet->tcp_flags & TCP_SYN)
        return !tcp->handshake || packet->acknowledgement == tcp->initial ||
               packet->acknowledgement == end_sequence(tcp);
    if (tcp->handshake && distance(packet->acknowledgement, tcp->initial) < -1)
        return false;
    return is_near(distance(packet->acknowledgement, end_sequence(tcp)));
}

/* Does the packet say what its sender has? Zero is what generators write who do not count: it says nothing. */
static bool is_acknowledging(const struct packet *packet)
{
    return (packet->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK && packet->acknowledgement != 0;
}

uint64_t sequence_distance(const struct tcp *connection, unsigned direction, const struct packet *packet)
{
    const struct tcp_direction *own = &connection->directions[direction];
    const struct tcp_direction *other = &connection->directions[!direction];
    bool known = own->started || own->opening;
    bool acknowledges = (other->started || other->opening) && is_acknowledging(packet);
    if (!tcp_fits(own, packet) || (acknowledges && !fits_acknowledgement(other, packet)))
        return SEQUENCE_CONTRADICTS;
    if (!known && !acknowledges)
        return SEQUENCE_SILENT;
    uint64_t far = 0;
    uint32_t sequence = packet->sequence + ((packet->tcp_flags & TCP_SYN) != 0);
    if (known)
        far += (uint64_t)llabs((long long)distance(sequence, own->opening ? end_sequence(own) : next_sequence(own)));
    if (acknowledges)
        far += (uint64_t)llabs((long long)distance(packet->acknowledgement, end_sequence(other)));
    return far;
}

/* Is the number that of the next byte, or a little less? */
static bool is_at(uint32_t number, uint32_t next)
{
    int32_t behind = distance(next, number);
    return behind >= 0 && behind <= TCP_IN_FLIGHT;
}

bool sequence_goes_on(const struct tcp *connection, unsigned direction, const struct packet *packet)
{
    const struct tcp_direction *own = &connection->directions[direction];
    const struct tcp_direction *other = &connection->directions[!direction];
    uint32_t sequence = packet->sequence + ((packet->tcp_flags & TCP_SYN) != 0);
    if ((own->started || own->opening) && !is_at(sequence, end_sequence(own)))
        return false;
    return !(other->started || other->opening) || !is_acknowledging(packet) ||
           is_at(packet->acknowledgement, end_sequence(other));
}

bool sequence_in_window(const struct tcp *connection, unsigned direction, const struct packet *packet)
{
    const struct tcp_direction *own = &connection->directions[direction];
    const struct tcp_direction *other = &connection->directions[!direction];
    if (own->started || own->opening) {
        int32_t ahead = distance(packet->sequence, end_sequence(own));
        return ahead >= -TCP_IN_FLIGHT && ahead <= TCP_IN_FLIGHT;
    }
    if (!(packet->tcp_flags & TCP_ACK) || !(other->started || other->opening))
        return true;
    int32_t ahead = distance(packet->acknowledgement, end_sequence(other));
    return ahead >= -TCP_IN_FLIGHT && ahead <= TCP_IN_FLIGHT;
}

uint64_t sequence_behind(const struct packet *aside, const struct packet *packet, bool forward)
{
    uint32_t taken = aside->payload_length + aside->payload_missing + ((aside->tcp_flags & TCP_SYN) != 0);
    uint32_t end = aside->sequence + taken;
    int32_t behind = distance(forward ? packet->sequence : packet->acknowledgement, end);
    bool can = (aside->tcp_flags & TCP_RST) == 0 && (packet->tcp_flags & TCP_RST) == 0;
    if (forward)
        can &= (taken > 0 || packet->payload_length > 0) && !(packet->tcp_flags & TCP_SYN);
    else
        can &= taken > 0 && is_acknowledging(packet);
    return can && behind >= 0 && behind <= TCP_IN_FLIGHT ? (uint64_t)behind : SEQUENCE_CONTRADICTS;
}
