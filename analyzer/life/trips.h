/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trips and stops. In: current fixes in their final order, without jumps; where the way between two of them is not
 * known. Out: trips, stops, and the events moving and stopped. */
#ifndef TRIPS_H
#define TRIPS_H

#include "life/fix.h"
#include "life/log.h"

/* A stretch of one kind, as far as it is known. */
struct part {
    struct fix first, last;
    double distance, max_speed;       /* max_speed negative: none was sent */
    int64_t odometer_first, odometer; /* LIFE_NO_TIME: none was sent */
    bool reset;                       /* the odometer went back */
};

struct trips {
    const struct rules *rules;
    struct life_log *log;
    bool open, moving; /* there is a stretch; it is a trip */
    bool sure;         /* its kind was told from another one before it */
    bool other;        /* and there is the start of one of the other kind, which may be none */
    struct part now, next;
};

void trips_begin(struct trips *trips, const struct rules *rules, struct life_log *log);
/* The next fix. distance: m from the one before, or TRIPS_NO_WAY. silent: nothing came for long before it. */
#define TRIPS_NO_WAY (-1.0)
void trips_fix(struct trips *trips, const struct fix *fix, double distance, bool silent);
void trips_end(struct trips *trips);

#endif
