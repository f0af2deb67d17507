/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ordered, disjoint byte ranges with holes between them, as a sorted array: what waits is usually appended at its end.
 */
#include "base/interval.h"

#include <assert.h>
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
    assert(index == 0 || range(set, index - 1)->end <= new.start);
    assert(index == set->ranges->len || new.end <= range(set, index)->start);
    g_array_insert_val(set->ranges, (guint)index, new);
    set->bytes += length;
}

/* Puts the bytes [start, end) in place of those in the range with this index. Returns the ranges that it is now. */
static size_t replace(struct interval_set *set, size_t index, uint64_t start, uint64_t end, const uint8_t *data,
                      const struct origin *origin)
{
    struct interval old = *range(set, index);
    size_t place = index;
    range(set, index)->data = NULL;
    g_array_remove_index(set->ranges, (guint)index);
    set->bytes -= old.end - old.start;
    if (old.start < start)
        add(set, place++, old.start, old.data, (size_t)(start - old.start), &old.origin);
    add(set, place++, start, data, (size_t)(end - start), origin);
    if (end < old.end)
        add(set, place++, end, old.data + (end - old.start), (size_t)(old.end - end), &old.origin);
    g_free(old.data);
    return place - index;
}

/* Two copies of bytes, of which held is in the range with this index. Returns the ranges that it is afterwards. */
static size_t compare(struct interval_set *set, size_t index, struct overlap overlap, const struct interval_rule *rule,
                      struct interval_result *result)
{
    result->overlapped += overlap.length;
    if (memcmp(overlap.taken, overlap.refused, overlap.length) == 0)
        return 1;
    result->differing += overlap_trim(&overlap);
    if (!rule)
        return 1;
    struct overlap told = overlap;
    if (rule->last) {
        told.taken = overlap.refused;
        told.taken_origin = overlap.refused_origin;
        told.refused = overlap.taken;
        told.refused_origin = overlap.taken_origin;
    }
    rule->differs(&told, rule->user);
    if (!rule->last)
        return 1;
    return replace(set, index, overlap.offset, overlap.offset + overlap.length, overlap.refused,
                   &overlap.refused_origin);
}

uint64_t overlap_trim(struct overlap *overlap)
{
    uint64_t differing = 0;
    while (overlap->length > 0 && overlap->taken[0] == overlap->refused[0]) {
        overlap->offset++;
        overlap->length--;
        overlap->taken++;
        overlap->refused++;
    }
    while (overlap->length > 0 && overlap->taken[overlap->length - 1] == overlap->refused[overlap->length - 1])
        overlap->length--;
    for (size_t i = 0; i < overlap->length; i++)
        differing += overlap->taken[i] != overlap->refused[i];
    return differing;
}

struct interval_result interval_insert(struct interval_set *set, uint64_t start, const uint8_t *data, size_t length,
                                       const struct origin *origin, const struct interval_rule *rule)
{
    struct interval_result result = {0};
    uint64_t end = start + length;
    uint64_t position = start;
    size_t count = 1;

    for (size_t index = find(set, start); position < end; index += count) {
        bool free_to_end = index == set->ranges->len || range(set, index)->start >= end;
        uint64_t stop = free_to_end ? end : range(set, index)->start;
        const uint8_t *piece = data + (position - start);
        count = 1;
        if (position < stop) {
            add(set, index, position, piece, (size_t)(stop - position), origin);
            result.added += stop - position;
        } else {
            const struct interval *held = range(set, index);
            stop = MIN(end, held->end);
            const uint8_t *other = held->data + (position - held->start);
            const struct overlap overlap = {position, (size_t)(stop - position), other, piece, held->origin, *origin};
            count = compare(set, index, overlap, rule, &result);
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

void interval_move_back(struct interval_set *set, uint64_t distance)
{
    for (size_t i = 0; i < set->ranges->len; i++) {
        range(set, i)->start -= distance;
        range(set, i)->end -= distance;
    }
}

size_t interval_count(const struct interval_set *set)
{
    return set->ranges->len;
}

uint64_t interval_bytes(const struct interval_set *set)
{
    return set->bytes;
}
