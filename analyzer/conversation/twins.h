/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets that were captured in two conversations: plain and in a tunnel, before and behind address translation, on
 * both sides of a firewall that renumbers TCP. Takes packets with payload, says which of them came before in another
 * one. */
#ifndef TWINS_H
#define TWINS_H

#include "digits.h"
#include "packet/packet.h"

/* A packet's twin has the same payload and one end in common, comes within this time, and has the same identification,
 * or over TCP the same numbers; without identification, within TWINS_WINDOW_BARE, the same checksum, or the same
 * device: what is sent to all devices at once has the same payload, too. Nanoseconds. */
#define TWINS_WINDOW      (INT64_C(500) * 1000000)
#define TWINS_WINDOW_BARE (INT64_C(50) * 1000000)
/* Packets that are remembered: the last of each place, by their keys. Powers of two. */
#define TWINS_PLACES 512
#define TWINS_DEPTH  4

/* What is kept of a packet. */
struct twin {
    uint64_t conversation;
    int64_t time;
    uint32_t sequence, acknowledgement, ends[2];
    uint32_t device; /* of its conversation, of a packet without identification; 0 = not known */
    uint16_t ip_id, checksum;
    uint8_t transport;
};

/* All zero at first. The keys stand apart: nearly always they say no, and so they are at hand. */
struct twins {
    uint64_t keys[TWINS_PLACES][TWINS_DEPTH]; /* of the payloads; 0 = none */
    uint8_t oldest[TWINS_PLACES];             /* of each place, modulo TWINS_DEPTH: it gives way to the next */
    struct twin slots[TWINS_PLACES][TWINS_DEPTH];
};

/* A number for an end, which its conversation keeps. */
uint32_t twins_end(const struct endpoint *end);
/* What twins have in common: of the payload; 0 if there is none. The same capture gives the same rows: the same keys.
 */
uint64_t twins_key(const struct packet *packet);
/* Came one of those with this key in another conversation? */
enum twins_answer { TWINS_NO, TWINS_IF_IT_NAMES_ITS_DEVICE, TWINS_YES };
enum twins_answer twins_has(const struct twins *twins, uint64_t key, const struct twin *own);

static inline size_t twins_place(uint64_t key)
{
    return (key >> 8) % TWINS_PLACES;
}

/* Has the processor fetch what twins_find() will need. */
S7_ALWAYS_INLINE void twins_prefetch(const struct twins *twins, uint64_t key)
{
    size_t place = twins_place(key);
    __builtin_prefetch(twins->keys[place], 1);
    __builtin_prefetch(&twins->slots[place][twins->oldest[place] % TWINS_DEPTH], 1);
}

/* Remembers the packet, with its key, twins_end() of its ends and the device. Did its twin come before in another
 * conversation? */
static inline enum twins_answer twins_find(struct twins *twins, uint64_t key, uint64_t conversation,
                                           const struct packet *packet, uint32_t source, uint32_t destination,
                                           uint32_t device)
{
    const struct twin own = {.conversation = conversation,
                             .time = packet->origin.time,
                             .sequence = packet->sequence,
                             .acknowledgement = packet->acknowledgement,
                             .ends = {source, destination},
                             .device = device,
                             .ip_id = packet->has_ip_id ? packet->ip_id : 0,
                             .checksum = packet->checksum,
                             .transport = packet->transport};
    const size_t place = twins_place(key), oldest = twins->oldest[place]++ % TWINS_DEPTH;
    uint64_t *keys = twins->keys[place];
    bool same = false;
    for (size_t i = 0; i < TWINS_DEPTH; i++)
        same |= keys[i] == key;
    const enum twins_answer found = same ? twins_has(twins, key, &own) : TWINS_NO;
    keys[oldest] = key;
    twins->slots[place][oldest] = own;
    return found;
}

#endif
