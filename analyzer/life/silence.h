/* SPDX-License-Identifier: GPL-2.0-or-later
 * When nothing came from the device. In: its rows in their final order, and when the capture saw anything. Out:
 * silences and their ends, times that were not captured. */
#ifndef SILENCE_H
#define SILENCE_H

#include "base/coverage.h"
#include "life/log.h"

/* Intervals whose median is the rhythm, and how many there must be. */
#define SILENCE_INTERVALS 5
#define SILENCE_KNOWN     3

/* Signs of life at other times than those of the rows that carry them: what came late was heard when it was sent. Where
 * there are more that are far from each other, no silence is told any more. */
#define SILENCE_HEARD 16384U

/* A time without any sign of life. */
struct quiet {
    struct mark last, back; /* the rows at its ends */
    bool ends;              /* back is there, else the capture ended */
    int64_t until, rhythm;  /* ns */
    struct position place;  /* of the last current fix before it */
};

/* What was sent late can fill so many of the last ones, whatever row it stands behind. */
#define SILENCE_KEPT 64

struct silence {
    const struct rules *rules;
    struct life_log *log;
    const struct coverage *coverage; /* NULL: the capture saw all the time */
    struct mark last;                /* the last sign of life; row 0 = none */
    GArray *heard;                   /* of struct mark, ascending, SILENCE_HEARD at most; NULL = none yet */
    guint next;                      /* of them, that is later than the last sign of life */
    bool full;                       /* there are too many */
    struct quiet kept[SILENCE_KEPT]; /* in the order in which they were found */
    unsigned count;
    struct position place; /* of the last current fix */
    int64_t regular;       /* time of the last report that comes by itself; LIFE_NO_TIME = none */
    int64_t intervals[SILENCE_INTERVALS];
    uint64_t known; /* intervals that there were */
};

/* All zero before the first time. */
void silence_begin(struct silence *silence, const struct rules *rules, const struct coverage *coverage,
                   struct life_log *log);
/* Was there a silence, or could none be seen, before this row? */
bool silence_row(struct silence *silence, const struct sight *sight);
void silence_end(struct silence *silence);
/* Frees what it holds. */
void silence_clear(struct silence *silence);

#endif
