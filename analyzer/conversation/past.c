/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last bytes of a direction that went to the scanner, and the packets that they came in. */
#include "conversation/past.h"

#include <string.h>

/* At most PAST_BYTES of them, into the ring. Not with memcpy(): for so few bytes GCC would choose an instruction that
 * is slow to start. */
static void put(struct past *past, uint64_t offset, const uint8_t *data, size_t length)
{
    size_t place = (size_t)(offset % PAST_BYTES), first = MIN(length, PAST_BYTES - place);
    memmove(past->bytes + place, data, first);
    if (first < length)
        memmove(past->bytes, data + first, length - first);
}

/* The bytes of the ring from start to end, one behind the other. */
static const uint8_t *line_up(struct past *past, uint64_t start, uint64_t end)
{
    for (uint64_t at = start; at < end; at++)
        past->in_line[at - start] = past->bytes[at % PAST_BYTES];
    return past->in_line;
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
    put(past, past->end - kept, data + (length - kept), kept);
}

void past_add(struct past **past, uint64_t offset, const uint8_t *data, size_t length, const struct origin *origin)
{
    if (!*past)
        *past = g_aligned_alloc0(1, sizeof **past, CACHE_LINE);
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

bool past_differs(struct past *past, uint64_t offset, const uint8_t *data, size_t length, const struct origin *origin,
                  struct overlap *overlap)
{
    if (!past)
        return false;
    uint64_t start = MAX(offset, past->start);
    uint64_t end = MIN(offset + length, past->end);
    if (start >= end)
        return false;
    *overlap = (struct overlap){.offset = start,
                                .length = end - start,
                                .taken = line_up(past, start, end),
                                .refused = data + (start - offset),
                                .refused_origin = *origin};
    if (overlap_trim(overlap) == 0)
        return false;
    overlap->taken_origin = *origin_of(past, overlap->offset);
    return true;
}

void past_free(struct past *past)
{
    g_aligned_free(past);
}
