/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last bytes of a direction that went to the scanner: one behind the other until the room is full, then the last of
 * them move to its start; and a ring of the packets that they came in. */
#include "conversation/past.h"

#include <string.h>

#define ROOM ((size_t)2 * PAST_BYTES)

struct past {
    uint64_t start, end; /* stream offsets of what is remembered */
    uint64_t packets;    /* remembered since start, also those that were overwritten */
    size_t used;         /* of bytes; the last ones are remembered */
    struct {
        uint64_t start;
        struct origin origin;
    } from[PAST_PACKETS];
    uint8_t bytes[ROOM];
};

/* Appends them, PAST_BYTES at most. Not with memcpy(): for so few bytes GCC would choose an instruction that is slow to
 * start. */
static void put(struct past *past, const uint8_t *data, size_t length)
{
    if (past->used + length > ROOM) {
        memmove(past->bytes, past->bytes + past->used - PAST_BYTES, PAST_BYTES);
        past->used = PAST_BYTES;
    }
    memmove(past->bytes + past->used, data, length);
    past->used += length;
}

static void append(struct past *past, uint64_t offset, const uint8_t *data, size_t length, const struct origin *origin)
{
    if (offset != past->end) {
        past->start = offset;
        past->packets = 0;
    }
    past->end = offset + length;
    past->from[past->packets % PAST_PACKETS].start = offset;
    past->from[past->packets % PAST_PACKETS].origin = *origin;
    past->packets++;
    if (past->packets > PAST_PACKETS)
        past->start = MAX(past->start, past->from[past->packets % PAST_PACKETS].start);
    if (past->end - past->start > PAST_BYTES)
        past->start = past->end - PAST_BYTES;
    size_t kept = MIN(length, (size_t)PAST_BYTES);
    put(past, data + (length - kept), kept);
}

void past_add(struct past **past, uint64_t offset, const uint8_t *data, size_t length, const struct origin *origin)
{
    if (!*past)
        *past = g_new0(struct past, 1);
    append(*past, offset, data, length, origin);
}

/* The packet that delivered the byte at this offset, which is remembered. */
static const struct origin *origin_of(const struct past *past, uint64_t offset)
{
    uint64_t packet = past->packets - 1;
    while (past->from[packet % PAST_PACKETS].start > offset)
        packet--;
    return &past->from[packet % PAST_PACKETS].origin;
}

bool past_differs(const struct past *past, uint64_t offset, const uint8_t *data, size_t length,
                  const struct origin *origin, struct overlap *overlap)
{
    if (!past)
        return false;
    uint64_t start = MAX(offset, past->start);
    uint64_t end = MIN(offset + length, past->end);
    if (start >= end)
        return false;
    *overlap = (struct overlap){.offset = start,
                                .length = end - start,
                                .taken = past->bytes + past->used - (past->end - start),
                                .refused = data + (start - offset),
                                .refused_origin = *origin};
    if (overlap_trim(overlap) == 0)
        return false;
    overlap->taken_origin = *origin_of(past, overlap->offset);
    return true;
}
