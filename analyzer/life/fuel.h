/* SPDX-License-Identifier: GPL-2.0-or-later
 * What goes into the tanks and out of them. In: a device's rows in their final order. Out: the events fuel_drop and
 * refuel, with amounts. */
#ifndef FUEL_H
#define FUEL_H

#include "life/log.h"

/* Tanks by number, 1 to FUEL_TANKS - 1; the first place is that of the level in per cent. */
#define FUEL_TANKS 9

/* The changes begin behind start, which said the content from. */
struct tank {
    struct mark start, last, said; /* start: row 0 = nothing was said; of the last change; the last one of all */
    double from, now;              /* content */
    bool large;                    /* a change of them is large enough by itself */
    bool moved;                    /* a fix behind said moves, or one was sent with the content now */
};

struct fuel {
    const struct rules *rules;
    struct life_log *log;
    bool any;
    struct tank tanks[FUEL_TANKS];
};

void fuel_begin(struct fuel *fuel, const struct rules *rules, struct life_log *log);
void fuel_row(struct fuel *fuel, const struct sight *sight);
void fuel_end(struct fuel *fuel);

#endif
