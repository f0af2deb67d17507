/* SPDX-License-Identifier: GPL-2.0-or-later
 * By what conversations are looked up. Takes packets, gives hashes and keys of the table. */
#ifndef KEY_H
#define KEY_H

#include "conversation/entry.h"

#include <string.h>

static inline uint64_t mix_word(uint64_t word)
{
    word *= UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
    return word ^ word >> 29;
}

/* The seed differs in each run: a capture cannot be made to collide. The port stands where an IPv4 address has zeros.
 */
static inline uint64_t hash_endpoint(const struct endpoint *endpoint, uint64_t seed)
{
    uint64_t high, low, port = GUINT64_TO_LE((uint64_t)endpoint->port);
    memcpy(&high, endpoint->address, sizeof high);
    memcpy(&low, endpoint->address + 8, sizeof low);
    if (endpoint->version == 4)
        return mix_word(low ^ port ^ seed);
    return mix_word(mix_word(mix_word(low ^ seed) ^ high) ^ port);
}

/* The sum of both ends does not depend on their order. */
static inline guint packet_hash(const struct packet *packet, uint64_t seed)
{
    uint64_t hash =
        hash_endpoint(&packet->source, seed) + hash_endpoint(&packet->destination, seed) + packet->transport;
    if (packet->layer_count > 0)
        hash += path_hash(packet->layers, packet->layer_count, seed);
    return (guint)(hash * UINT64_C(0x94d049bb133111eb) >> 32);
}

static inline struct pair make_pair(const struct packet *packet, guint hash)
{
    return (struct pair){.ends = {&packet->source, &packet->destination},
                         .layers = packet->layers,
                         .layer_count = packet->layer_count,
                         .hash = hash,
                         .transport = packet->transport};
}

static inline guint pair_hash(gconstpointer key)
{
    return ((const struct pair *)key)->hash;
}

static inline gboolean pair_equal(gconstpointer left, gconstpointer right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    if (a->transport != b->transport)
        return FALSE;
    if (!(same_end(a->ends[0], b->ends[0]) && same_end(a->ends[1], b->ends[1])) &&
        !(same_end(a->ends[0], b->ends[1]) && same_end(a->ends[1], b->ends[0])))
        return FALSE;
    return (a->layer_count == 0 && b->layer_count == 0) ||
           path_same_key(a->layers, a->layer_count, b->layers, b->layer_count);
}

#endif
