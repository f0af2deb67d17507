/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stretch of payload that is in no frame: a row of leftovers.csv. */
#include "frame/leftover.h"

#include <string.h>

bool leftover_touches(const struct leftover *leftover, const struct element *piece, enum s7_reason reason)
{
    return leftover->bytes > 0 && leftover->reason == reason && leftover->offset + leftover->bytes == piece->offset;
}

static bool is_text(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isprint(data[i]) && !g_ascii_isspace(data[i]))
            return false;
    return true;
}

static void add_packets(struct leftover *leftover, const struct element *piece)
{
    for (unsigned i = 0; i < piece->stretch_count; i++) {
        const struct origin *origin = &piece->stretches[i].origin;
        if (origin->time >= leftover->latest.time)
            leftover->latest = *origin;
        if (!leftover->packets)
            continue;
        if (leftover->packets->len < LEFTOVER_PACKETS_MAX)
            origins_add(leftover->packets, origin);
        else if (!origin_is_same(origin, &g_array_index(leftover->packets, struct origin, LEFTOVER_PACKETS_MAX - 1)))
            leftover->packets_left_out++;
    }
}

void leftover_add(struct leftover *leftover, const struct element *piece, enum s7_reason reason, bool whole)
{
    if (leftover->bytes == 0) {
        *leftover = (struct leftover){.reason = reason,
                                      .printable = true,
                                      .offset = piece->offset,
                                      .first = piece->stretches[0].origin,
                                      .latest = piece->stretches[0].origin};
        if (whole) {
            leftover->raw = g_byte_array_new();
            leftover->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
        }
    }
    add_packets(leftover, piece);
    if (leftover->raw && leftover->raw->len < LEFTOVER_RAW_MAX)
        g_byte_array_append(leftover->raw, piece->data,
                            (guint)MIN(piece->length, (uint32_t)(LEFTOVER_RAW_MAX - leftover->raw->len)));
    leftover->printable = leftover->printable && is_text(piece->data, piece->length);
    leftover->bytes += piece->length;
}

void leftover_absent(struct leftover *leftover, enum s7_reason reason, uint64_t offset, uint64_t bytes,
                     const struct origin *origin)
{
    *leftover =
        (struct leftover){.reason = reason, .offset = offset, .bytes = bytes, .first = *origin, .latest = *origin};
}

static GByteArray *copy_bytes(const uint8_t *data, size_t length)
{
    return data ? g_byte_array_append(g_byte_array_new(), data, (guint)MIN(length, LEFTOVER_RAW_MAX)) : NULL;
}

void leftover_overlap(struct leftover *leftover, const struct overlap *overlap)
{
    const struct origin *latest =
        overlap->taken_origin.time > overlap->refused_origin.time ? &overlap->taken_origin : &overlap->refused_origin;
    leftover_absent(leftover, S7_LEFTOVER_OVERLAP, overlap->offset, overlap->length, latest);
    leftover->raw = copy_bytes(overlap->taken, overlap->length);
    leftover->refused = copy_bytes(overlap->refused, overlap->length);
    leftover->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    origins_add(leftover->packets, &overlap->taken_origin);
    origins_add(leftover->packets, &overlap->refused_origin);
}

void leftover_clear(struct leftover *leftover)
{
    if (leftover->refused)
        g_byte_array_unref(leftover->refused);
    if (leftover->raw)
        g_byte_array_unref(leftover->raw);
    if (leftover->packets)
        g_array_unref(leftover->packets);
    *leftover = (struct leftover){0};
}

void leftover_add_absent(struct leftover *leftover, enum s7_reason reason, uint64_t offset, uint64_t bytes,
                         const struct origin *origin)
{
    if (leftover->bytes == 0)
        leftover_absent(leftover, reason, offset, 0, origin);
    leftover->bytes += bytes;
    leftover->latest = *origin;
}

void leftover_add_packet(struct leftover *leftover, const struct origin *origin)
{
    if (!leftover->packets) {
        leftover->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
        g_array_append_val(leftover->packets, leftover->first);
    }
    origins_add(leftover->packets, origin);
}

const struct origin *leftover_packets(const struct leftover *leftover, unsigned *count)
{
    *count = leftover->packets ? leftover->packets->len : 1;
    return leftover->packets ? (const void *)leftover->packets->data : &leftover->first;
}

size_t leftover_size(const struct leftover *leftover)
{
    return sizeof *leftover + (leftover->raw ? leftover->raw->len : 0) +
           (leftover->refused ? leftover->refused->len : 0) +
           (leftover->packets ? leftover->packets->len * sizeof(struct origin) : 0);
}
