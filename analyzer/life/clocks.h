/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the clock of the device did. In: its rows in their final order, with the flags of docs/CLOCKS.md. Out: zones,
 * jumps, wrong dates. */
#ifndef CLOCKS_H
#define CLOCKS_H

#include "life/streak.h"

/* Live fixes of about the same skew, in a row. */
struct level {
    struct mark first;
    uint64_t last, count;
    int64_t skew, since, until; /* ns: of the last one; capture times of the first and the last */
};

struct clocks {
    const struct rules *rules;
    struct life_log *log;
    struct streak rolled, ahead, old;
    struct level base, now; /* the level that lasts; that of the last fixes. count 0: none */
    int64_t zone;           /* quarters of an hour that the clock is ahead of UTC; LIFE_NO_TIME = none was found */
};

void clocks_begin(struct clocks *clocks, const struct rules *rules, struct life_log *log);
void clocks_row(struct clocks *clocks, const struct sight *sight);
void clocks_end(struct clocks *clocks);

#endif
