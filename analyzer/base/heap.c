/* SPDX-License-Identifier: GPL-2.0-or-later
 * A heap of numbers of sequences. */
#include "base/heap.h"

#include <glib.h>

void heap_init(struct heap *heap, size_t room, bool (*is_before)(uint32_t a, uint32_t b, const void *user),
               const void *user)
{
    *heap = (struct heap){g_new(uint32_t, MAX(room, 1)), 0, is_before, user};
}

static void swap(struct heap *heap, size_t a, size_t b)
{
    uint32_t item = heap->items[a];
    heap->items[a] = heap->items[b];
    heap->items[b] = item;
}

static bool is_before(const struct heap *heap, size_t a, size_t b)
{
    return heap->is_before(heap->items[a], heap->items[b], heap->user);
}

void heap_add(struct heap *heap, uint32_t item)
{
    size_t at = heap->count++;
    heap->items[at] = item;
    for (; at > 0 && is_before(heap, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(heap, at, (at - 1) / 2);
}

void heap_changed(struct heap *heap)
{
    for (size_t parent = 0, child; (child = parent * 2 + 1) < heap->count; parent = child) {
        if (child + 1 < heap->count && is_before(heap, child + 1, child))
            child++;
        if (!is_before(heap, child, parent))
            return;
        swap(heap, parent, child);
    }
}

void heap_ended(struct heap *heap)
{
    heap->items[0] = heap->items[--heap->count];
    heap_changed(heap);
}

void heap_clear(struct heap *heap)
{
    g_free(heap->items);
    *heap = (struct heap){.items = NULL};
}
