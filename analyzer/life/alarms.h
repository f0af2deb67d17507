/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the device itself called an event. In: its rows in their final order. Out: an event for each, with its peak
 * where it is too much speed. */
#ifndef ALARMS_H
#define ALARMS_H

#include "life/log.h"

/* Alarms of fifotrack whose second frame, which has the fix, may still come. */
#define ALARMS_WAITING 8

struct alarm {
    struct mark mark; /* row 0 = none */
    uint64_t last;
    int64_t time; /* of the device */
    enum conclusion what;
    enum s7_event event;
    int64_t code;
    bool complete; /* no second frame follows */
    GString *detail;
};

struct alarms {
    const struct rules *rules;
    struct life_log *log;
    bool shown; /* secrets are not masked */
    struct alarm waiting[ALARMS_WAITING];
    unsigned next; /* the one that waits longest, which the next one takes the place of */
    struct {
        struct mark mark; /* row 0 = there is none */
        uint64_t last, alarms;
        int64_t until;      /* ns: time of the last fix or alarm of it */
        double speed, peak; /* km/h; negative: not known yet */
        GString *detail;
    } speeding;
};

void alarms_init(struct alarms *alarms, const struct rules *rules, struct life_log *log, bool shown);
void alarms_begin(struct alarms *alarms);
void alarms_row(struct alarms *alarms, const struct sight *sight);
void alarms_end(struct alarms *alarms);
void alarms_clear(struct alarms *alarms);

#endif
