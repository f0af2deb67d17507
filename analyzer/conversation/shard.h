/* SPDX-License-Identifier: GPL-2.0-or-later
 * One of several shards of a capture: the conversations whose innermost pair of addresses falls to it, in whatever
 * tunnels, copies and fragments its packets came, and whichever side sent them. */
#ifndef SHARD_H
#define SHARD_H

#include "packet/packet.h"

#include <string.h>

/* All zero: all that there is. */
struct shard {
    uint32_t number, count; /* from 1 to count */
};
#define SHARDS_MAX UINT32_C(65536)

static inline uint64_t shard_mix(uint64_t word)
{
    word *= UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
    return word ^ word >> 29;
}

static inline uint64_t shard_end(const struct endpoint *end)
{
    uint64_t words[2];
    memcpy(words, end->address, sizeof words);
    return shard_mix(shard_mix(GUINT64_FROM_LE(words[0])) ^ GUINT64_FROM_LE(words[1]));
}

/* The same on all machines: the numbers above are its fixed key (docs/RECORDS.md). The sum does not know which side
 * sent. */
static inline bool shard_has(const struct shard *shard, const struct packet *packet)
{
    return shard->count <= 1 ||
           shard_mix(shard_end(&packet->source) + shard_end(&packet->destination)) % shard->count == shard->number - 1;
}

#endif
