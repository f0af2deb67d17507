/* SPDX-License-Identifier: GPL-2.0-or-later
 * A clock that follows the stream of packets. */
#include "base/steady.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Is a packet of that time the next one? Of any two times, also of hostile ones. */
static bool goes_on(int64_t before, int64_t time)
{
    int64_t step;
    return !__builtin_sub_overflow(time, before, &step) &&
           (uint64_t)step + STEADY_BACK <= (uint64_t)STEADY_LEAP + STEADY_BACK;
}

static int64_t shifted(int64_t time, int64_t offset)
{
    int64_t sum;
    return __builtin_add_overflow(time, offset, &sum) ? time : sum;
}

static void open_era(struct steady *steady, int64_t time, int64_t now)
{
    if (steady->count == STEADY_ERAS)
        steady->count--;
    memmove(&steady->eras[1], &steady->eras[0], steady->count++ * sizeof steady->eras[0]);
    int64_t offset;
    if (__builtin_sub_overflow(now, time, &offset))
        offset = 0;
    steady->eras[0] = (struct era){time, time, offset};
}

static int64_t now_of(const struct steady *steady)
{
    const struct era *era = &steady->eras[0];
    return shifted(era->last, era->offset);
}

/* The packet does not go on with the newest era. */
static void leap(struct steady *steady, int64_t time)
{
    steady->wild++;
    steady->even = false;
    if (steady->leaping && goes_on(steady->leap, time)) {
        open_era(steady, steady->leap, now_of(steady));
        steady->leaping = 0;
        return;
    }
    steady->leaping = 1;
    steady->leap = time;
}

int64_t steady_note_any(struct steady *steady, int64_t time)
{
    steady->latest = steady->number++ == 0 ? time : time > steady->latest ? time : steady->latest;
    if (steady->count == 0)
        open_era(steady, time, time);
    struct era *era = &steady->eras[0];
    if (!goes_on(era->last, time)) {
        leap(steady, time);
        if (steady->leaping)
            return now_of(steady);
    }
    steady->leaping = 0;
    if (time > era->last)
        era->last = time;
    else if (time < era->first)
        era->first = time;
    steady->even = steady->latest == era->last && era->offset == 0;
    return shifted(time, era->offset);
}

int64_t steady_time(const struct steady *steady, int64_t time)
{
    if (!steady || steady->wild == 0)
        return time;
    for (unsigned i = 0; i < steady->count; i++)
        if (time >= steady->eras[i].first && time <= steady->eras[i].last)
            return shifted(time, steady->eras[i].offset);
    return now_of(steady);
}
