/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets that were captured in two conversations: the last packet for each value of a key over its payload. */
#include "conversation/twins.h"

#include <string.h>

#define SEED   UINT64_C(0x27d4eb2f165667c5)
#define FACTOR UINT64_C(0x9e3779b97f4a7c15)
/* Of a payload so many words are looked at, spread over it: reports of two devices often begin and end alike. */
#define WORDS 8

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * FACTOR;
    return hash ^ hash >> 32;
}

static uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Of the length, and of words from the start to the end. */
uint64_t twins_key(const struct packet *packet)
{
    const uint8_t *bytes = packet->payload;
    uint32_t length = packet->payload_length;
    if (length == 0)
        return 0;
    uint64_t hash = SEED ^ ((uint64_t)packet->payload_missing << 32 | length);
    if (length < sizeof hash) {
        for (uint32_t i = 0; i < length; i++)
            hash = mix(hash, bytes[i]);
        return hash | 1;
    }
    uint32_t last = length - (uint32_t)sizeof hash, step = last / WORDS;
    for (uint32_t i = 0; i < WORDS; i++)
        hash = (hash + word_at(bytes + (size_t)i * step)) * FACTOR;
    return mix(hash, word_at(bytes + last)) | 1;
}

uint32_t twins_end(const struct endpoint *end)
{
    return (uint32_t)(mix(mix(word_at(end->address), word_at(end->address + 8)), end->port) >> 16);
}

static enum twins_answer compare(const struct twin *a, const struct twin *b)
{
    if (a->conversation == b->conversation || a->transport != b->transport)
        return TWINS_NO;
    int64_t age;
    if (__builtin_sub_overflow(b->time, a->time, &age) || age > TWINS_WINDOW || age < -TWINS_WINDOW)
        return TWINS_NO;
    if (a->ends[0] != b->ends[0] && a->ends[1] != b->ends[1])
        return TWINS_NO;
    if (a->ip_id != 0 && a->ip_id == b->ip_id)
        return TWINS_YES;
    if (a->transport == TRANSPORT_TCP && a->sequence == b->sequence && a->acknowledgement == b->acknowledgement)
        return TWINS_YES;
    if (a->ip_id != 0 || b->ip_id != 0 || age > TWINS_WINDOW_BARE || age < -TWINS_WINDOW_BARE)
        return TWINS_NO;
    if (a->transport != TRANSPORT_TCP && a->checksum == b->checksum)
        return TWINS_YES;
    return a->device != 0 && a->device == b->device ? TWINS_YES : TWINS_IF_IT_NAMES_ITS_DEVICE;
}

enum twins_answer twins_has(const struct twins *twins, uint64_t key, const struct twin *own)
{
    const size_t place = twins_place(key);
    enum twins_answer best = TWINS_NO;
    for (size_t i = 0; i < TWINS_DEPTH; i++) {
        enum twins_answer answer = twins->keys[place][i] == key ? compare(&twins->slots[place][i], own) : TWINS_NO;
        best = MAX(best, answer);
    }
    return best;
}
