/* SPDX-License-Identifier: GPL-2.0-or-later
 * What goes into the tanks and out of them. In: a device's rows in their final order. Out: the events fuel_drop and
 * refuel, with amounts. */
#ifndef FUEL_H
#define FUEL_H

#include "life/log.h"

/* Tanks by number, 1 to FUEL_TANKS - 1; the first place is that of the level in per cent. */
#define FUEL_TANKS 9

struct tank {
    struct mark start,
        last;         /* row 0 = nothing was said; the changes begin behind start, last is that of the last one */
    double from, now; /* its content then, and now */
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
