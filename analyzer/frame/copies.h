/* SPDX-License-Identifier: GPL-2.0-or-later
 * The datagrams of the last half second, to tell one that was captured twice from one that was sent twice.
 * Takes each datagram once, gives its number, or the number of the one that it is a copy of. */
#ifndef COPIES_H
#define COPIES_H

#include "packet/packet.h"

/* A copy has the same identification and comes within COPIES_WINDOW; where IP has no identification (IPv6, or zero in
 * IPv4: many senders never set it), within COPIES_WINDOW_BARE. Nanoseconds. */
#define COPIES_WINDOW      (INT64_C(500) * 1000000)
#define COPIES_WINDOW_BARE (INT64_C(50) * 1000000)
/* Datagrams that are remembered. */
#define COPIES_MAX 8192

struct copies; /* of all conversations */

struct copies *copies_new(void);
void copies_free(struct copies *copies);
/* conversation: its number. True: the datagram is a copy of number *datagram. False: it is new, and *datagram its own
 * number (from 1). */
bool copies_find(struct copies *copies, uint64_t conversation, unsigned direction, const struct packet *packet,
                 uint64_t *datagram);
/* How many were forgotten before their time. */
uint64_t copies_forgotten(const struct copies *copies);

#endif
