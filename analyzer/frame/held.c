/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a conversation holds back: one queue of bytes. */
#include "frame/held.h"

#include <string.h>

static size_t padded(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

static size_t item_size(size_t length, unsigned packet_count, size_t saved)
{
    return padded(sizeof(struct held_item)) + packet_count * sizeof(struct origin) + padded(length) + padded(saved);
}

bool held_is_full(const struct held *held, size_t total, size_t length, unsigned packet_count)
{
    size_t size = item_size(length, packet_count, 0);
    size_t used = held->queue ? held->queue->len - held->start - held->saved : 0;
    return held->rows > 0 && (held->rows >= HELD_ROWS || used + size > HELD_BYTES || total + size > HELD_TOTAL);
}

/* Items begin at multiples of 8 in memory that g_realloc() gave. */
static struct held_item *item_at(const struct held *held, guint position)
{
    return position < held->queue->len ? (struct held_item *)(void *)(held->queue->data + position) : NULL;
}

/* Bytes of items that are gone are overwritten when they are more than those that remain. */
static void compact(struct held *held)
{
    guint remaining = held->queue->len - held->start;
    if (held->start == 0 || held->start < remaining)
        return;
    memmove(held->queue->data, held->queue->data + held->start, remaining);
    g_byte_array_set_size(held->queue, remaining);
    held->start = 0;
}

uint8_t *held_push(struct held *held, struct held_item *item, const uint8_t *data, const struct origin *packets)
{
    compact(held);
    item->size = (uint32_t)item_size(item->length, item->packet_count, item->saved);
    guint at = held->queue->len;
    g_byte_array_set_size(held->queue, at + item->size);
    uint8_t *to = held->queue->data + at;
    memcpy(to, item, sizeof *item);
    to += padded(sizeof *item);
    if (item->packet_count > 0)
        memcpy(to, packets, item->packet_count * sizeof *packets);
    if (item->length > 0)
        memcpy(to + item->packet_count * sizeof *packets, data, item->length);
    held->rows++;
    held->saved += padded(item->saved);
    return to + item->packet_count * sizeof *packets + padded(item->length);
}

struct held_item *held_first(const struct held *held)
{
    return held->rows > 0 ? item_at(held, held->start) : NULL;
}

struct held_item *held_next(const struct held *held, const struct held_item *item)
{
    return item_at(held, (guint)((const uint8_t *)item - held->queue->data) + item->size);
}

struct origin *held_packets(const struct held_item *item)
{
    return (struct origin *)(void *)((uint8_t *)(uintptr_t)item + padded(sizeof *item));
}

const uint8_t *held_data(const struct held_item *item)
{
    return (const uint8_t *)(held_packets(item) + item->packet_count);
}

const uint8_t *held_saved(const struct held_item *item)
{
    return held_data(item) + padded(item->length);
}

void held_pop(struct held *held)
{
    held->saved -= padded(item_at(held, held->start)->saved);
    held->start += item_at(held, held->start)->size;
    held->rows--;
}

/* Appends an item of another queue, with one packet more if that is not among its own. */
static void append_item(struct held *held, const struct held_item *from, const struct origin *packet)
{
    const struct origin *packets = held_packets(from);
    const uint8_t *end = (const uint8_t *)from + from->size;
    unsigned place = packet ? from->packet_count : 0;
    while (place > 0 && origin_is_before(packet, &packets[place - 1]))
        place--;
    if (place > 0 && !origin_is_before(&packets[place - 1], packet))
        packet = NULL;
    struct held_item item = *from;
    if (packet) {
        item.packet_count++;
        item.size += (uint32_t)sizeof *packet;
    }
    guint at = held->queue->len;
    g_byte_array_set_size(held->queue, at + item.size);
    uint8_t *to = held->queue->data + at;
    size_t before = (size_t)((const uint8_t *)(packets + place) - (const uint8_t *)from);
    memcpy(to, from, before);
    memcpy(to, &item, sizeof item);
    to += before;
    if (packet) {
        memcpy(to, packet, sizeof *packet);
        to += sizeof *packet;
    }
    memcpy(to, (const uint8_t *)from + before, (size_t)(end - (const uint8_t *)from) - before);
}

size_t held_add_packet(struct held *held, uint64_t datagram, const struct origin *packet)
{
    guint length = held->queue->len - held->start;
    g_autofree uint8_t *old = g_memdup2(held->queue->data + held->start, length);
    g_byte_array_set_size(held->queue, held->start);
    for (guint at = 0; at < length;) {
        const struct held_item *item = (const struct held_item *)(void *)(old + at);
        bool of = item->kind != HELD_LEFTOVER && item->datagram == datagram;
        append_item(held, item, of ? packet : NULL);
        at += item->size;
    }
    return held->queue->len - held->start - length;
}
