/* SPDX-License-Identifier: GPL-2.0-or-later
 * A current fix with what places and trips are concluded from. */
#ifndef FIX_H
#define FIX_H

#include "life/sight.h"

struct fix {
    struct mark mark;        /* row 0: none */
    double speed;            /* km/h; negative: not sent */
    int8_t moving, ignition; /* 1, 0, or -1: not known */
    bool live;
    int64_t odometer; /* m; LIFE_NO_TIME: not sent */
    uint64_t stream;
    struct endpoint source;
};

/* Of a sight that has a fix. */
struct fix fix_of(const struct sight *sight);
/* Metres on the ellipsoid. */
double fix_distance(const struct fix *from, const struct fix *to);

#endif
