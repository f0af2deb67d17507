/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ordered, disjoint byte ranges with holes between them, as a sorted array: what waits is usually appended at its end.
 */
#include "interval.h"

#include <string.h>

struct interval_set {
    GArray *ranges; /* of struct interval, sorted, disjoint */
    uint64_t bytes;
};

static struct interval *range(const struct interval_set *set, size_t index)
{
    return &g_array_index(set->ranges, struct interval, index);
}

static void clear_range(void *element)
{
    g_free(((struct interval *)element)->data);
}

struct interval_set *interval_set_new(void)
{
    struct interval_set *set = g_new(struct interval_set, 1);
    set->ranges = g_array_new(FALSE, FALSE, sizeof(struct interval));
    g_array_set_clear_func(set->ranges, clear_range);
    set->bytes = 0;
    return set;
}

void interval_set_free(struct interval_set *set)
{
    if (!set)
        return;
    g_array_free(set->ranges, TRUE);
    g_free(set);
}

/* Index of the first range that ends behind position. */
static size_t find(const struct interval_set *set, uint64_t position)
{
    size_t low = 0;
    size_t high = set->ranges->len;
    if (high > 0 && range(set, high - 1)->end <= position)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (range(set, middle)->end <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add(struct interval_set *set, size_t index, uint64_t start, const uint8_t *data, size_t length,
                const struct origin *origin)
{
    struct interval new = {.start = start, .end = start + length, .origin = *origin};
    new.data = g_memdup2(data, length);
    g_array_insert_val(set->ranges, (guint)index, new);
    set->bytes += length;
}

static void compare(const struct interval *held, uint64_t start, const uint8_t *data, size_t length,
                    struct interval_result *result)
{
    const uint8_t *other = held->data + (start - held->start);
    result->overlapped += length;
    if (memcmp(other, data, length) == 0)
        return;
    for (size_t i = 0; i < length; i++) {
        if (other[i] == data[i])
            continue;
        if (result->differing++ == 0)
            result->first_differing = start + i;
    }
}

struct interval_result interval_insert(struct interval_set *set, uint64_t start, const uint8_t *data, size_t length,
                                       const struct origin *origin)
{
    struct interval_result result = {0};
    uint64_t end = start + length;
    uint64_t position = start;

    for (size_t index = find(set, start); position < end; index++) {
        bool free_to_end = index == set->ranges->len || range(set, index)->start >= end;
        uint64_t stop = free_to_end ? end : range(set, index)->start;
        const uint8_t *piece = data + (position - start);
        if (position < stop) {
            add(set, index, position, piece, (size_t)(stop - position), origin);
            result.added += stop - position;
        } else {
            stop = MIN(end, range(set, index)->end);
            compare(range(set, index), position, piece, (size_t)(stop - position), &result);
        }
        position = stop;
    }
    return result;
}

const struct interval *interval_at(const struct interval_set *set, size_t index)
{
    return index < set->ranges->len ? range(set, index) : NULL;
}

void interval_drop(struct interval_set *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        set->bytes -= range(set, i)->end - range(set, i)->start;
    if (count > 0)
        g_array_remove_range(set->ranges, 0, (guint)count);
}

size_t interval_count(const struct interval_set *set)
{
    return set->ranges->len;
}

uint64_t interval_bytes(const struct interval_set *set)
{
    return set->bytes;
}
