/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which conversation a packet belongs to: UDP by its pair of endpoints, TCP by connection, both within their tunnels.
 * In: packets. Out, to the sink: the bytes of each direction in order, datagrams, and conversations that are over. */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "base/capture_clocks.h"
#include "base/steady.h"
#include "conversation/shard.h"
#include "conversation/tcp.h"
#include "packet/packet.h"

/* What others read of a conversation; conversation.c alone writes it. */
struct conversation {
    struct endpoint endpoints[2]; /* [0] sent the first packet */
    uint8_t transport;
    const char *end_reason; /* "fin", "rst", "idle", "reuse", "limit", "capture" (it ended); NULL while open */
    uint64_t packets;
    int64_t end;                /* capture time of the last packet, as time goes; as the capture says, start too */
    struct origin last;         /* of the packet that was taken last */
    const struct tcp *tcp;      /* what TCP knows of it; all zero for UDP */
    uint64_t number;            /* from 1, by first packet */
    uint64_t opened;            /* number of the packet with which it was, among all on the chosen ports */
    int64_t start;              /* capture time of the first packet */
    uint16_t clocks[2];         /* by which the last packet of each direction was captured */
    const struct steady *clock; /* that time-outs follow; NULL = capture times */
    const char *tunnel;         /* every way its packets came, see carrier_text(); "" if nothing stood around them */
};

/* Conversations with the same addresses in different GTP-U tunnels; beyond that as with open_max. */
#define CONVERSATIONS_BESIDE_MAX 64
/* Beyond open_max the conversation that was silent longest ends, for the reason "limit". */
#define CONVERSATIONS_OPEN_MAX ((size_t)262144)

struct conversation_options {
    GArray *ports;         /* of uint16_t, sorted; NULL = any */
    int64_t close_ns;      /* after RST or both FINs; 0 = default, 120 s of capture time */
    int64_t idle_ns;       /* of TCP; 0 = default, 2 h. UDP is never idle: it goes on under the same number */
    struct shard shard;    /* that is read; the others' packets only tell the time */
    size_t open_max;       /* conversations open at once, TCP and UDP each; 0 = default */
    struct tcp_limits tcp; /* 0 = defaults */
    enum tcp_overlap overlap;
    const struct capture_clocks *clocks; /* NULL: there is one alone; must live as long, as this: */
    const struct sink *sink;
};

struct conversations;
/* Copies the options, but not the array of ports. Each member that is 0 means its default. */
struct conversations *conversations_new(const struct conversation_options *options);
/* As many packets as are worth to be handed over at once: their conversations' memory is fetched side by side. */
#define CONVERSATIONS_AHEAD 64
/* Takes packets, in their order. Returns how many of them are on the chosen ports. */
size_t conversations_packets(struct conversations *conversations, const struct packet *packets, size_t count);
/* The capture ends: ends every conversation in order of its number. */
void conversations_free(struct conversations *conversations);

#endif
