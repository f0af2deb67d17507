/* SPDX-License-Identifier: GPL-2.0-or-later
 * When nothing came from the device. In: its rows in their final order, and when the capture saw anything. Out:
 * silences and their ends, times that were not captured. */
#ifndef SILENCE_H
#define SILENCE_H

#include "base/coverage.h"
#include "life/log.h"

/* Intervals whose median is the rhythm, and how many there must be. */
#define SILENCE_INTERVALS 5
#define SILENCE_KNOWN     3

struct silence {
    const struct rules *rules;
    struct life_log *log;
    const struct coverage *coverage; /* NULL: the capture saw all the time */
    struct mark last;                /* the last sign of life; row 0 = none */
    struct mark heard;               /* the last time that it sent what was stored; row 0 = none */
    struct position place;           /* of the last current fix */
    int64_t regular;                 /* time of the last report that comes by itself; LIFE_NO_TIME = none */
    int64_t intervals[SILENCE_INTERVALS];
    uint64_t known; /* intervals that there were */
};

void silence_begin(struct silence *silence, const struct rules *rules, const struct coverage *coverage,
                   struct life_log *log);
/* Was there a silence, or could none be seen, before this row? */
bool silence_row(struct silence *silence, const struct sight *sight);
void silence_end(struct silence *silence);

#endif
