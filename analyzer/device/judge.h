/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the past of a device says of its next report: whether it is stored or a duplicate, what its clock is, where it
 * stands in time. In: decoded reports in the order in which they were taken. Out: flags, places, totals. */
#ifndef JUDGE_H
#define JUDGE_H

#include "base/device.h"
#include "device/clock.h"
#include "device/distance.h"
#include "device/recent.h"

enum standing {
    STANDS_KEYED,  /* the row stands where its key says, and others may follow it */
    STANDS_ASIDE,  /* the same, but no other follows it */
    STANDS_FOLLOWS /* it has no key of its own: that of the last row before it that others may follow */
};

/* Where a row stands among those of its device: by key, then capture time, then order. */
struct place {
    int64_t key;      /* s */
    int64_t captured; /* ns */
    uint64_t order;   /* no two rows have the same */
    struct position position;
    uint8_t standing; /* enum standing */
};

struct judge {
    int64_t newest_fix; /* device time of the newest current fix so far, s; INT64_MIN = none */
    /* Keys: of the last row that others may follow, of the row before; INT64_MIN = none. */
    int64_t live_key, last_key;
    struct recent *recent;
    struct clock clock;
};

void judge_init(struct judge *judge);
void judge_clear(struct judge *judge);
/* Judges the report: adds flags to its context, sets its place and, if it is selected, adds it to the totals of the
 * device. Returns whether it is. */
bool judge_report(struct judge *judge, struct device *device, const struct selection *selection, struct report *report,
                  struct place *place);
/* The same where only totals are wanted: nothing is judged, the message holds little more than the id. */
bool judge_total(struct device *device, const struct selection *selection, const struct report *report);

/* Gives the rows that follow others their keys anew; is asked with each row, in the order of the capture. */
struct follower {
    int64_t live, last; /* INT64_MIN at first */
};
void judge_follow(struct follower *follower, struct place *place);

#endif
