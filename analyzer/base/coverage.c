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

GArray *coverage_numbers(const struct coverage *coverage)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(numbers, coverage->first);
    g_array_append_val(numbers, coverage->last);
    g_array_append_val(numbers, coverage->shortest);
    for (guint i = 0; i < coverage->gaps->len; i++) {
        const struct gap *gap = &g_array_index(coverage->gaps, struct gap, i);
        g_array_append_val(numbers, gap->from);
        g_array_append_val(numbers, gap->to);
    }
    return numbers;
}

/* They ascend, and are no further from 1970 than times are. */
static bool read_numbers(const GArray *numbers, struct coverage *read)
{
    if (numbers->len < 3 || numbers->len % 2 == 0)
        return false;
    read->first = g_array_index(numbers, int64_t, 0);
    read->last = g_array_index(numbers, int64_t, 1);
    read->shortest = g_array_index(numbers, int64_t, 2);
    int64_t before = read->first;
    if (read->shortest < COVERAGE_GAP)
        return false;
    if (read->first > read->last)
        return numbers->len == 3;
    for (guint i = 3; i < numbers->len; i += 2) {
        const struct gap gap = {g_array_index(numbers, int64_t, i), g_array_index(numbers, int64_t, i + 1), 0};
        if (gap.from < before || gap.to < gap.from)
            return false;
        before = gap.to;
        g_array_append_val(read->gaps, gap);
    }
    return before <= read->last && read->first >= -COVERAGE_FARTHEST && read->last <= COVERAGE_FARTHEST;
}

/* The gap of that number, where what is before the first packet and behind the last counts, too. */
static struct gap gap_at(const struct coverage *coverage, guint i)
{
    if (i == 0)
        return (struct gap){-COVERAGE_FARTHEST, coverage->first, 0};
    if (i > coverage->gaps->len)
        return (struct gap){coverage->last, COVERAGE_FARTHEST, 0};
    return g_array_index(coverage->gaps, struct gap, i - 1);
}

/* A gap is where both have one. */
static GArray *common_gaps(const struct coverage *a, const struct coverage *b, int64_t shortest)
{
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(struct gap));
    int64_t first = MIN(a->first, b->first), last = MAX(a->last, b->last);
    for (guint i = 0, j = 0; i <= a->gaps->len + 1 && j <= b->gaps->len + 1;) {
        const struct gap one = gap_at(a, i), other = gap_at(b, j);
        const struct gap both = {MAX(one.from, other.from), MIN(one.to, other.to), 0};
        if (both.to > both.from && both.to - both.from >= shortest && both.from >= first && both.to <= last)
            g_array_append_val(gaps, both);
        if (one.to < other.to)
            i++;
        else
            j++;
    }
    return gaps;
}

bool coverage_add(struct coverage *coverage, const GArray *numbers)
{
    struct coverage *read = coverage_new();
    bool good = read_numbers(numbers, read);
    if (good && coverage->first > coverage->last) {
        struct coverage swap = *coverage;
        *coverage = *read;
        *read = swap;
    } else if (good && read->first <= read->last) {
        coverage->shortest = MAX(coverage->shortest, read->shortest);
        GArray *gaps = common_gaps(coverage, read, coverage->shortest);
        g_array_unref(coverage->gaps);
        coverage->gaps = gaps;
        coverage->first = MIN(coverage->first, read->first);
        coverage->last = MAX(coverage->last, read->last);
    }
    coverage_free(read);
    return good;
}

void coverage_free(struct coverage *coverage)
{
    if (!coverage)
        return;
    g_array_unref(coverage->gaps);
    g_free(coverage);
}
