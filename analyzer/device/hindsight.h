/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which of a device's times are wrong dates, and where its clock went back, told by the stretches of skew that persist
 * against isolated ones (docs/CLOCKS.md). In: what each report says of its time, in the order of the capture, all of
 * them once; then verdicts, in the same order. In live runs: what can be said at once. Bounded memory. */
#ifndef HINDSIGHT_H
#define HINDSIGHT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A current fix whose clock is further behind the capture than this was stored; a time that is further ahead of it is
 * beyond what a clock can be: that of startek and fifotrack is UTC, that of gotop may have any zone. Seconds. */
#define HINDSIGHT_UTC  INT64_C(600)
#define HINDSIGHT_ZONE INT64_C(54000)

/* What a report says of its time. */
struct said {
    int64_t captured; /* ns */
    int64_t second;   /* device time */
    bool untimed;     /* of the capture: nothing can be compared with that */
    bool timed;       /* the second is there */
    bool fix;         /* it is that of a current fix */
    bool utc;         /* the clock has no zone */
    bool duplicate;
};

/* Capture less device time, whole seconds rounded down. */
static inline int64_t said_skew(const struct said *said)
{
    const int64_t nanoseconds = 1000000000;
    return said->captured / nanoseconds - (said->captured % nanoseconds < 0) - said->second;
}

static inline int64_t said_limit(const struct said *said)
{
    return said->utc ? HINDSIGHT_UTC : HINDSIGHT_ZONE;
}

/* Fixes of about the same skew. */
struct segment {
    uint64_t first, last;  /* their ranks */
    int64_t since;         /* capture time of the first of those in a row, s */
    int64_t until, newest; /* capture time of the last, s; newest device time */
    int64_t level, latest; /* skew: of the first of those in a row, of the last */
    int64_t highest;       /* of the one that is least ahead */
    uint32_t count;        /* in a row */
    bool open;
    bool lasting; /* enough in a row, for long enough */
    bool beyond;  /* all are further ahead than a clock can be */
    bool older;   /* of the segment behind: one was older than the newest before; of the base: it was contradicted so */
};

/* The clocks of one class of dialects: where the device is, what jumped ahead of that, what came behind it. */
struct line {
    struct segment base, ahead, behind;
    struct segment early; /* last known times that are beyond, before the first fix */
    uint64_t unsettled;   /* rank of the first fix since the base was last seen to persist */
    int64_t farthest;     /* skew of the one of those that is furthest behind; INT64_MIN = there is none */
};

/* Wrong dates of each class, places at which a clock went back, and stretches with late fixes, that are kept of a
 * device. */
#define HINDSIGHT_MARKS 65536

struct hindsight {
    struct line lines[2]; /* of clocks with a zone, of those without */
    GArray *wrong[2];     /* of struct wrong, in ascending order; NULL = none */
    GArray *resets;       /* of uint64_t: ranks at which a clock went back; NULL = none */
    GArray *late;         /* of struct late, in ascending order; NULL = none */
    guint next_wrong[2], next_reset, next_late;
    uint64_t unmarked; /* what should have been marked beyond HINDSIGHT_MARKS */
    bool keeps;        /* marks, for verdicts later */
    bool opined;       /* a time was called wrong at once */
};

/* All zero is right for a live run; keeps: verdicts will be asked for. */
void hindsight_init(struct hindsight *hindsight, bool keeps);
/* One more time. Returns whether it is to be called wrong at once. */
bool hindsight_note(struct hindsight *hindsight, const struct said *said, uint64_t rank);
/* That were all. Returns whether verdicts are to be asked for: else what was said at once stands. */
bool hindsight_finish(struct hindsight *hindsight);

/* VERDICT_LATE: of a clock with a zone, sent so late that it is not at the level that persists. */
enum { VERDICT_WRONG = 1, VERDICT_WENT_BACK = 2, VERDICT_LATE = 4 };
/* Of each time again, in ascending order of ranks: bits. */
unsigned hindsight_verdict(struct hindsight *hindsight, const struct said *said, uint64_t rank);
void hindsight_clear(struct hindsight *hindsight);

#endif
