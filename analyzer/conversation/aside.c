/* SPDX-License-Identifier: GPL-2.0-or-later
 * TCP packets that were put aside: a short list beside a conversation. */
#include "conversation/aside.h"

#include "conversation/sequence.h"

#include <string.h>

void aside_keep(struct asides *asides, struct aside *aside)
{
    struct aside **last = &asides->first;
    while (*last)
        last = &(*last)->next;
    aside->next = NULL;
    *last = aside;
    asides->count++;
}

bool aside_put(struct asides *asides, size_t *total, const struct packet *packet)
{
    size_t size = sizeof(struct aside) + packet->payload_length;
    if (asides->count >= ASIDE_MAX || *total + size > ASIDE_BYTES)
        return false;
    struct aside *aside = g_malloc(size);
    aside->size = size;
    aside->packet = *packet;
    if (packet->payload_length > 0)
        memcpy(aside->payload, packet->payload, packet->payload_length);
    aside->packet.payload = aside->payload;
    aside->packet.header_length = 0;
    /* Of a datagram in fragments the packet that completed it stands for all. */
    aside->packet.fragment_origins = NULL;
    aside_keep(asides, aside);
    *total += size;
    return true;
}

static struct aside *take(struct asides *asides, struct aside **place)
{
    struct aside *aside = *place;
    if (!aside)
        return NULL;
    *place = aside->next;
    asides->count--;
    return aside;
}

struct aside *aside_take(struct asides *asides)
{
    return take(asides, &asides->first);
}

struct aside *aside_find(struct asides *asides, const struct packet *packet, uint64_t within)
{
    struct aside **place = &asides->first;
    for (; *place; place = &(*place)->next) {
        const struct packet *before = &(*place)->packet;
        bool forward = memcmp(&before->source, &packet->source, sizeof packet->source) == 0;
        if (sequence_behind(before, packet, forward) < within)
            break;
    }
    return take(asides, place);
}

void aside_free(struct aside *aside, size_t *total)
{
    *total -= aside->size;
    g_free(aside);
}
