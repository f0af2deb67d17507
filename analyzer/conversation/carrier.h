/* SPDX-License-Identifier: GPL-2.0-or-later
 * The way the packets of a conversation came: through which tunnels, and for GTP-U, L2TP and PPTP whether a packet that
 * came with another id continues the conversation (hand-over) or is of somebody else with the same private addresses.
 * Takes packets of one pair of addresses and ports, gives how well they fit, and the text for streams.csv. */
#ifndef CARRIER_H
#define CARRIER_H

#include "conversation/tcp.h"

/* Rules for tunnels whose id is the receiver's (GTP-U: the TEID; L2TP: tunnel and session; PPTP: the call). A direction
 * of a conversation has a tunnel: the address and the id of its receiver. Among the
 * conversations with the same inner addresses and ports a packet belongs to
 * - the one whose tunnel it came through (CARRIER_SAME);
 * - else one that was not seen in this direction, if the packet goes between the same two hosts as those of the other
 *   direction; an equal TEID counts for more, and a TCP packet must fit its sequence numbers (CARRIER_ANSWER);
 * - else, by hand-over, a TCP connection whose next sequence number, and the other direction's as acknowledged, are
 *   within CARRIER_WINDOW (CARRIER_HANDOVER). A SYN never is one, but for a SYN that one tunnel's receiver passed on
 * into the next tunnel (captured on both sides of a gateway);
 * - else, by hand-over, a UDP conversation: sink->owner() says by the payload that it is the same sender, or says
 * nothing and the packet goes between the same two hosts; unless the tunnel before has come back since, because then
 * there are two at a time;
 * - else it opens a conversation. */
enum carrier_fit { CARRIER_OTHER, CARRIER_HANDOVER, CARRIER_ANSWER, CARRIER_ANSWER_SAME_ID, CARRIER_SAME };

/* Bytes from what is expected next. */
#define CARRIER_WINDOW (INT32_C(1) << 20)
/* Different ways printed; further ones are "...". */
#define CARRIER_WAYS 16

struct carrier;

/* NULL is allowed. */
void carrier_free(struct carrier *carrier);
/* How well the packet fits a conversation with the same path_same_key(). Without such a tunnel always CARRIER_SAME.
 * carrier: NULL if nothing stood around its packets so far. connection: what TCP knows of it. */
enum carrier_fit carrier_fits(const struct carrier *carrier, const struct tcp *connection, unsigned direction,
                              const struct packet *packet, enum carrier_owner owner);
/* Did the packet come as the last one of that direction, through the same tags and tunnels? */
bool carrier_is_way(const struct carrier *carrier, unsigned direction, const struct packet *packet);
/* The packet was taken into the conversation. *place is allocated when something stands around the packet. */
void carrier_note(struct carrier **place, unsigned direction, const struct packet *packet);
/* A conversation was opened beside another with the same key; its first packet was noted. If two tunnels were used at a
 * time there, the same is expected here. */
void carrier_beside(struct carrier *carrier, const struct carrier *other);
/* Every way that was seen, "; " between. "" if carrier is NULL. */
const char *carrier_text(const struct carrier *carrier);

#endif
