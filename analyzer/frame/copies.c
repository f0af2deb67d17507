/* SPDX-License-Identifier: GPL-2.0-or-later
 * The datagrams of the last half second: a ring of them, and chains through it by a hash of their headers, which is
 * known before that of the payload. */
#include "frame/copies.h"

#include "base/digest.h"

#include <string.h>

#define SLOTS 1024
/* Datagrams of one slot that are looked at: two are usual, more are made on purpose. */
#define CHAIN_MAX 64

struct seen {
    struct digest digest;
    int64_t time;
    uint64_t before; /* number of the one before it in its chain */
};

/* The newest of a chain; its time tells that the chain is stale without a look into the ring. */
struct slot {
    uint64_t number; /* 0 = none */
    int64_t time;
};

struct copies {
    uint64_t last; /* number of the newest */
    uint64_t forgotten;
    struct slot slots[SLOTS]; /* by the hash of the headers */
    struct seen ring[COPIES_MAX];
};

struct copies *copies_new(void)
{
    return g_new0(struct copies, 1);
}

void copies_free(struct copies *copies)
{
    g_free(copies);
}

uint64_t copies_forgotten(const struct copies *copies)
{
    return copies->forgotten;
}

/* Of the headers all that must be equal; addresses and ports are those of the conversation. */
static struct digest digest_headers(uint64_t conversation, unsigned direction, const struct packet *packet)
{
    struct digest digest = digest_start();
    digest_words(&digest, conversation << 1 | direction,
                 (uint64_t)packet->payload_missing << 32 | (uint64_t)packet->checksum << 16 | packet->ip_id);
    return digest;
}

bool copies_find(struct copies *copies, uint64_t conversation, unsigned direction, const struct packet *packet,
                 uint64_t *datagram)
{
    int64_t now = packet->origin.time;
    if (packet->origin.untimed) { /* nothing says that it is another's copy */
        *datagram = ++copies->last;
        copies->ring[*datagram % COPIES_MAX] = (struct seen){.time = now};
        return false;
    }
    int64_t window = packet->has_ip_id && packet->ip_id != 0 ? COPIES_WINDOW : COPIES_WINDOW_BARE;
    struct digest digest = digest_headers(conversation, direction, packet);
    struct slot *slot = &copies->slots[digest_short(&digest) % SLOTS];
    digest_bytes(&digest, packet->payload, packet->payload_length);
    uint64_t number = now - slot->time > COPIES_WINDOW ? 0 : slot->number;
    for (unsigned i = 0; i < CHAIN_MAX && number > 0 && number + COPIES_MAX > copies->last; i++) {
        const struct seen *seen = &copies->ring[number % COPIES_MAX];
        if (now - seen->time > COPIES_WINDOW)
            break;
        if (now - seen->time <= window && seen->time - now <= window &&
            memcmp(&seen->digest, &digest, sizeof digest) == 0) {
            *datagram = number;
            return true;
        }
        number = seen->before;
    }
    *datagram = ++copies->last;
    struct seen *seen = &copies->ring[*datagram % COPIES_MAX];
    if (*datagram > COPIES_MAX && now - seen->time <= COPIES_WINDOW)
        copies->forgotten++;
    *seen = (struct seen){digest, now, slot->number};
    *slot = (struct slot){*datagram, now};
    __builtin_prefetch(&copies->ring[(*datagram + 1) % COPIES_MAX], 1);
    return false;
}
