/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which of several sequences comes next: a heap of their numbers. The caller keeps what stands at the head of each. */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap {
    uint32_t *items; /* by g_malloc(), owned */
    size_t count;
    /* Does the head of a come before that of b? */
    bool (*is_before)(uint32_t a, uint32_t b, const void *user);
    const void *user;
};

/* Room for so many sequences. */
void heap_init(struct heap *heap, size_t room, bool (*is_before)(uint32_t a, uint32_t b, const void *user),
               const void *user);
void heap_add(struct heap *heap, uint32_t item);
/* The sequence whose head comes first: heap->items[0], if heap->count > 0. Its head has changed, or there is none. */
void heap_changed(struct heap *heap);
void heap_ended(struct heap *heap);
void heap_clear(struct heap *heap);

#endif
