/* SPDX-License-Identifier: GPL-2.0-or-later
 * The checksum of a UDP or TCP packet, over what was captured of it and its addresses (RFC 768, RFC 9293 3.1).
 * Takes a packet, says whether the sum is right. */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include "packet/packet.h"

/* Nothing can be said of a packet that was not captured whole, and of sums that a network card was to write: zero, or
 * that of the addresses alone. */
enum checksum { CHECKSUM_UNKNOWN, CHECKSUM_RIGHT, CHECKSUM_WRONG };
enum checksum checksum_of(const struct packet *packet);

#endif
