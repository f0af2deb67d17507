/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the reports of a device say of each other: which are stored, duplicates, of a wrong date, what its clock is,
 * where each stands in time. In: decoded reports in the order of the capture; again without their messages, where
 * hindsight (hindsight.h) says more. Out: flags, places, totals. The rules: docs/CLOCKS.md. */
#ifndef JUDGE_H
#define JUDGE_H

#include "base/cache_line.h"
#include "base/device.h"
#include "base/distance.h"
#include "device/clock.h"
#include "device/hindsight.h"
#include "device/recent.h"

/* Where a row stands among those of its device: by stretch of its clock, key, rank. */
struct place {
    int64_t key;   /* s */
    uint64_t rank; /* number in the order of the capture: no two rows have the same */
    uint32_t stretch;
    bool late; /* of a clock with a zone: it was sent late, if not as late as the flag stored says */
    struct position position;
};

/* The keys of a row that others stand behind. */
struct spot {
    int64_t key; /* INT64_MIN = none */
    uint32_t stretch;
};

struct judge {
    int64_t newest_fix;     /* device time of the newest current fix so far in this stretch, s; INT64_MIN = none */
    uint64_t rank;          /* of the next report */
    uint32_t stretch;       /* a new one begins where the clock went back */
    GArray *starts;         /* of struct spot: where stretches begin, both ascending; NULL = there is one alone */
    struct spot live, last; /* of the last row that others may follow, of the row before */
    struct clock clock;
    struct recent recent;
    struct hindsight hindsight;
};

/* hindsight: all reports will be there before the first is printed. */
void judge_init(struct judge *judge, bool hindsight);
void judge_clear(struct judge *judge);
/* Judges the report: adds flags to its context, sets its place and what it says of its time and, if it is selected,
 * adds it to the totals of the device. Returns whether it is. */
bool judge_report(struct judge *judge, struct device *device, const struct selection *selection, struct report *report,
                  struct place *place, struct said *said);
/* That were all. Returns whether all must be judged again: then they come again in the same order. */
bool judge_finish(struct judge *judge, struct device *device);
/* What was selected: its context and place anew. Of others only what they say of their time counts. */
void judge_again(struct judge *judge, struct device *device, const struct said *said, bool selected, uint32_t *context,
                 struct place *place);
/* The same as judge_report() where only totals are wanted: nothing is judged, the message holds little more than the
 * id. */
bool judge_total(struct device *device, const struct selection *selection, const struct report *report);

/* Brings what a report needs into the cache. */
static inline void judge_prefetch(const struct judge *judge)
{
    prefetch_lines(judge, offsetof(struct judge, hindsight));
    for (size_t i = 0; i < G_N_ELEMENTS(judge->hindsight.lines); i++)
        prefetch_lines(&judge->hindsight.lines[i].base, sizeof judge->hindsight.lines[i].base);
}

#endif
