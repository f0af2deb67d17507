/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts the segments of one direction of a TCP connection in order.
 * Takes segments as captured, calls the session with each byte once, with gaps and with overlaps. */
#ifndef TCP_H
#define TCP_H

#include "interval.h"

struct conversation;
struct packet;

struct tcp_direction {
    bool started;              /* the sequence number of stream offset 0 is known */
    bool finished;             /* FIN or RST was delivered */
    uint32_t initial;          /* sequence number of stream offset 0 */
    uint64_t next;             /* stream offset of the next byte to deliver */
    struct interval_set *waiting; /* NULL if nothing waits */
};

void tcp_segment(struct conversation *conversation, unsigned direction, const struct packet *packet);
/* Gives up every hole and delivers what waits behind it. */
void tcp_finish(struct conversation *conversation, unsigned direction);

#endif
