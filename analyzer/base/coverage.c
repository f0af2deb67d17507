/* SPDX-License-Identifier: GPL-2.0-or-later
 * The gaps between packets, in order, bounded. */
#include "base/coverage.h"

#include <glib.h>
#include <stdbool.h>

/* Further back than packets are out of order, ns. */
#define BACK (INT64_C(10) * 1000000000)

struct gap {
    int64_t from, to;
    int64_t before; /* ns in the gaps before this one */
};

struct coverage {
    int64_t first, last; /* of the packets so far; first > last = none */
    bool alone;          /* there was one */
    int64_t shortest;
    GArray *gaps; /* of struct gap, ascending */
};

struct coverage *coverage_new(void)
{
    struct coverage *coverage = g_new0(struct coverage, 1);
    coverage->first = INT64_MAX;
    coverage->last = INT64_MIN;
    coverage->shortest = COVERAGE_GAP;
    coverage->gaps = g_array_new(FALSE, FALSE, sizeof(struct gap));
    return coverage;
}

/* Keeps the longer ones. */
static void thin_out(struct coverage *coverage)
{
    guint kept = 0;
    coverage->shortest *= 2;
    for (guint i = 0; i < coverage->gaps->len; i++) {
        struct gap gap = g_array_index(coverage->gaps, struct gap, i);
        if (gap.to - gap.from >= coverage->shortest)
            g_array_index(coverage->gaps, struct gap, kept++) = gap;
    }
    g_array_set_size(coverage->gaps, kept);
}

/* The clock of the capture was set back, or packets before had wild dates: where that time lies in a gap, what stands
 * behind it was wrong. */
static void go_back(struct coverage *coverage, int64_t time)
{
    guint i = coverage->gaps->len;
    while (i > 0 && g_array_index(coverage->gaps, struct gap, i - 1).from >= time)
        i--;
    if (i == 0) {
        if (coverage->alone)
            coverage->first = coverage->last = time;
        return;
    }
    struct gap *gap = &g_array_index(coverage->gaps, struct gap, i - 1);
    if (gap->to <= time)
        return;
    gap->to = coverage->last = time;
    g_array_set_size(coverage->gaps, gap->to - gap->from >= coverage->shortest ? i : i - 1);
}

void coverage_note(struct coverage *coverage, int64_t time)
{
    time = CLAMP(time, -COVERAGE_FARTHEST, COVERAGE_FARTHEST);
    if (coverage->first > coverage->last) {
        coverage->first = coverage->last = time;
        coverage->alone = true;
        return;
    }
    if (time <= coverage->last) {
        if (time < coverage->last - BACK)
            go_back(coverage, time);
        coverage->alone = false;
        return;
    }
    coverage->alone = false;
    if (time - coverage->last >= coverage->shortest) {
        const struct gap gap = {coverage->last, time, 0};
        while (coverage->gaps->len >= COVERAGE_GAPS)
            thin_out(coverage);
        g_array_append_val(coverage->gaps, gap);
    }
    coverage->last = time;
}

void coverage_clip(struct coverage *coverage, int64_t since, int64_t until)
{
    int64_t before = 0;
    coverage->first = MAX(coverage->first, since);
    coverage->last = MIN(coverage->last, until);
    for (guint i = 0; i < coverage->gaps->len; i++) {
        struct gap *gap = &g_array_index(coverage->gaps, struct gap, i);
        gap->before = before;
        before += gap->to - gap->from;
    }
}

/* Nanoseconds in gaps before that time. */
static int64_t uncovered(const struct coverage *coverage, int64_t time)
{
    guint low = 0, high = coverage->gaps->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(coverage->gaps, struct gap, middle).from < time)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return 0;
    const struct gap *gap = &g_array_index(coverage->gaps, struct gap, low - 1);
    return gap->before + MIN(time, gap->to) - gap->from;
}

int64_t coverage_between(const struct coverage *coverage, int64_t from, int64_t to)
{
    if (!coverage)
        return to > from ? to - from : 0;
    from = MAX(from, coverage->first);
    to = MIN(to, coverage->last);
    return to > from ? to - from - (uncovered(coverage, to) - uncovered(coverage, from)) : 0;
}

int64_t coverage_begin(const struct coverage *coverage)
{
    return coverage ? coverage->first : INT64_MIN;
}

int64_t coverage_end(const struct coverage *coverage)
{
    return coverage->last;
}

void coverage_free(struct coverage *coverage)
{
    if (!coverage)
        return;
    g_array_unref(coverage->gaps);
    g_free(coverage);
}
