/* SPDX-License-Identifier: GPL-2.0-or-later
 * A course of values in bounded memory. */
#include "derived/bins.h"

#include <string.h>

struct bins *bins_new(void)
{
    struct bins *bins = g_new(struct bins, 1);
    bins->width = 1;
    bins->count = 0;
    return bins;
}

static int64_t stretch_of(int64_t second, int64_t width)
{
    return second / width - (second % width < 0);
}

/* The first one that is not before. */
static unsigned find(const struct bins *bins, int64_t at)
{
    unsigned low = 0, high = bins->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (bins->all[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void join(struct bin *into, const struct bin *other)
{
    if (other->begin < into->begin) {
        into->begin = other->begin;
        into->first = other->first;
    }
    if (other->end >= into->end) {
        into->end = other->end;
        into->last = other->last;
    }
    into->least = MIN(into->least, other->least);
    into->greatest = MAX(into->greatest, other->greatest);
    into->count += other->count;
}

/* All become twice as long; neighbours fall together. */
static void widen(struct bins *bins)
{
    unsigned kept = 0;
    bins->width *= 2;
    for (unsigned i = 0; i < bins->count; i++) {
        struct bin bin = bins->all[i];
        bin.at = stretch_of(bin.at, 2);
        if (kept > 0 && bins->all[kept - 1].at == bin.at)
            join(&bins->all[kept - 1], &bin);
        else
            bins->all[kept++] = bin;
    }
    bins->count = kept;
}

void bins_add(struct bins *bins, int64_t second, double value)
{
    float number = (float)value;
    while (bins->count == BINS_MAX)
        widen(bins);
    struct bin bin = {stretch_of(second, bins->width), second, second, number, number, number, number, 1, false};
    unsigned at = bins->count;
    if (at > 0 && bins->all[at - 1].at >= bin.at)
        at = bins->all[at - 1].at == bin.at ? at - 1 : find(bins, bin.at);
    if (at < bins->count && bins->all[at].at == bin.at) {
        join(&bins->all[at], &bin);
        return;
    }
    memmove(&bins->all[at + 1], &bins->all[at], (bins->count - at) * sizeof bin);
    bins->all[at] = bin;
    bins->count++;
}

void bins_part(struct bins *bins, int64_t from, int64_t until)
{
    unsigned at = find(bins, stretch_of(from, bins->width));
    while (at < bins->count && bins->all[at].begin < until)
        at++;
    if (at < bins->count)
        bins->all[at].apart = true;
}

unsigned bins_from(const struct bins *bins, int64_t second)
{
    return find(bins, stretch_of(second, bins->width));
}

void bins_free(struct bins *bins)
{
    g_free(bins);
}
