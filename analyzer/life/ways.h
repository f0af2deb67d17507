/* SPDX-License-Identifier: GPL-2.0-or-later
 * By which ways the reports came: other conversations, other addresses, two at once, and what was stored and came late.
 * In: a device's rows in their final order. */
#ifndef WAYS_H
#define WAYS_H

#include "life/streak.h"

/* A conversation in which the device said something. */
struct way {
    uint64_t stream;
    struct endpoint source;
    struct mark first, last; /* row 0 = there is none */
    bool told;               /* that it is one of two at once */
};

struct ways {
    const struct rules *rules;
    struct life_log *log;
    struct way now, before, earlier;
    struct streak stored;
    int64_t sent_first; /* capture time of the first of what was stored */
    int64_t latest;     /* most ns between its making and its sending */
    struct mark stored_last;
};

void ways_begin(struct ways *ways, const struct rules *rules, struct life_log *log);
void ways_row(struct ways *ways, const struct sight *sight);
void ways_end(struct ways *ways);

#endif
