/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where the device cannot have been: 0/0, jumps that no vehicle makes, two places at once. In: all fixes in their final
 * order. Out: those events, and the other fixes, to the trips. */
#ifndef PLACES_H
#define PLACES_H

#include "life/streak.h"
#include "life/trips.h"

struct places {
    const struct rules *rules;
    struct life_log *log;
    struct trips *trips;
    struct fix last;         /* that was taken */
    struct fix odd;          /* one that no way leads to: the next fix shows which of the two is wrong */
    bool silent, odd_silent; /* there was a silence before the next fix, before the odd one */
    struct streak zeros;
    struct {
        struct fix one, other; /* row 0: none is open */
        uint64_t last, count;
        int64_t at;
        bool sure;    /* the first of the two was heard again: they are two */
        bool goes_on; /* else: the track goes on at the other */
    } twice;
};

void places_begin(struct places *places, const struct rules *rules, struct life_log *log, struct trips *trips);
/* Any row. silent: there was a silence before it. */
void places_row(struct places *places, const struct sight *sight, bool silent);
void places_end(struct places *places);

#endif
