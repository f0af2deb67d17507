/* SPDX-License-Identifier: GPL-2.0-or-later
 * The time axis of the charts of a device: from its first report to its last, with long empty stretches cut out, so
 * that one wrong date does not press everything else into a line. */
#ifndef AXIS_H
#define AXIS_H

#include "derived/bins.h"

#define AXIS_PIECES 7
/* Of the drawing, and of a cut in it. */
#define AXIS_WIDTH 760.0
#define AXIS_CUT   14.0

struct axis_piece {
    int64_t from, until; /* s */
    double left, right;  /* in the drawing */
};

struct axis {
    unsigned count; /* 0: there is no time at all */
    struct axis_piece pieces[AXIS_PIECES];
};

/* seen: when there were reports. */
void axis_set(struct axis *axis, const struct bins *seen, double left, double right);
/* Where that second stands; false if it is outside, or in a cut. */
bool axis_place(const struct axis *axis, int64_t second, double *x);
/* The part of a stretch of time that is inside; false if there is none. */
bool axis_span(const struct axis *axis, int64_t from, int64_t until, double *left, double *right);
/* Lines from top to bottom with dates and times of day below, and the cuts. */
void axis_draw(const struct axis *axis, GString *out, double top, double bottom);

#endif
