/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a conversation holds back until its device is known or it proves to be GOTOP traffic. */
#include "held.h"

#include <string.h>

static size_t padded(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

static size_t item_size(size_t length, unsigned packet_count)
{
    return padded(sizeof(struct held_item)) + packet_count * sizeof(struct origin) + padded(length);
}

bool held_is_full(const struct held *held, size_t total, size_t length, unsigned packet_count)
{
    size_t size = item_size(length, packet_count);
    return held->queue &&
           (held->rows >= HELD_ROWS || held->queue->len + size > HELD_BYTES || total + size > HELD_TOTAL);
}

size_t held_push(struct held *held, struct held_item *item, const uint8_t *data, const struct origin *packets)
{
    if (!held->queue)
        held->queue = g_byte_array_new();
    item->size = (uint32_t)item_size(item->length, item->packet_count);
    guint start = held->queue->len;
    g_byte_array_set_size(held->queue, start + item->size);
    uint8_t *to = held->queue->data + start;
    memset(to, 0, item->size);
    memcpy(to, item, sizeof *item);
    to += padded(sizeof *item);
    if (item->packet_count > 0)
        memcpy(to, packets, item->packet_count * sizeof *packets);
    memcpy(to + item->packet_count * sizeof *packets, data, item->length);
    held->rows++;
    return item->size;
}

const struct held_item *held_next(const struct held *held, size_t *position, const uint8_t **data,
                                  const struct origin **packets)
{
    if (!held->queue || *position >= held->queue->len)
        return NULL;
    const uint8_t *from = held->queue->data + *position;
    const struct held_item *item = (const void *)from; /* sizes are padded: aligned */
    *packets = (const void *)(from + padded(sizeof *item));
    *data = from + padded(sizeof *item) + item->packet_count * sizeof(struct origin);
    *position += item->size;
    return item;
}

void held_move(struct held *held, const struct held_item *item)
{
    if (!held->queue)
        held->queue = g_byte_array_new();
    g_byte_array_append(held->queue, (const void *)item, item->size);
    held->rows++;
}

void held_clear(struct held *held)
{
    if (held->queue)
        g_byte_array_unref(held->queue);
    *held = (struct held){0};
}
