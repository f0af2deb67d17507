/* SPDX-License-Identifier: GPL-2.0-or-later
 * A clock that follows the stream of packets: it goes on with their capture times, but not where these leap, as when
 * the clock of the capturing machine is set or one packet has a wild date. Time-outs are counted by it. In: the capture
 * time of each packet, in their order. Out: steady times, nanoseconds. */
#ifndef STEADY_H
#define STEADY_H

#include "digits.h"

#include <stdbool.h>
#include <stdint.h>

/* A step between two packets that is no silence any more, and one back that is no disorder any more. */
#define STEADY_LEAP (INT64_C(2) * 3600 * 1000000000)
#define STEADY_BACK (INT64_C(10) * 1000000000)
/* Stretches of even time that are remembered. */
#define STEADY_ERAS 8

/* Capture times that go on evenly. */
struct era {
    int64_t first, last; /* capture times */
    int64_t offset;      /* to be added to them */
};

/* All zero at first. A leap counts once a second packet confirms it: until then it may be one packet's date. */
struct steady {
    struct era eras[STEADY_ERAS]; /* the newest first */
    unsigned count;
    unsigned leaping; /* 1 while leap waits for a second packet */
    int64_t leap;     /* capture time of the packet that leapt */
    int64_t wild;     /* packets whose date stood alone, and leaps */
    uint64_t number;  /* of the packet that was noted last, from 1 */
    int64_t latest;   /* capture time of all that were noted */
    bool even;        /* the latest ends the newest era, which is as captured, and no packet leapt */
};

int64_t steady_note_any(struct steady *steady, int64_t time);

/* Notes the next packet and returns its steady time: of one that leaps that of the packet before it. Nearly all are
 * later than all before them, and do not leap. */
static inline int64_t steady_note(struct steady *steady, int64_t time)
{
    if (!S7_FAST_PATHS || !steady->even || time < steady->latest ||
        (uint64_t)time - (uint64_t)steady->latest > (uint64_t)STEADY_LEAP)
        return steady_note_any(steady, time);
    steady->number++;
    return steady->latest = steady->eras[0].last = time;
}
/* Steady time of a packet that was noted, by its capture time. steady: NULL = its capture time. */
int64_t steady_time(const struct steady *steady, int64_t time);

#endif
