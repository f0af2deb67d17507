/* SPDX-License-Identifier: GPL-2.0-or-later
 * Draws what a device measured and what happened to it, one below the other over one axis of time. */
#ifndef CHART_H
#define CHART_H

#include "derived/axis.h"
#include "derived/canvas.h"
#include "life/teller.h"

/* The drawing, and in it what lies over the axis. */
#define CHART_WIDTH AXIS_WIDTH
#define CHART_LEFT  136.0
#define CHART_RIGHT 752.0

/* Rows of signs, by the first word of the rule. */
enum chart_lane { CHART_ALARMS, CHART_CHANGES, CHART_COMMANDS, CHART_CONNECTION, CHART_DOUBTS, CHART_LANES };

/* All events of one lane that fall together in the drawing. */
struct chart_sign {
    uint32_t count;
    bool grave;       /* one of them is */
    const char *name; /* of the first that is as grave */
    int64_t second;
};
#define CHART_SIGN_WIDTH 8.0
#define CHART_SIGNS      78

/* A trip, stop or silence by the clock of the axis. */
struct chart_stretch {
    int64_t from, until; /* s */
    enum life_kind kind;
};
#define CHART_STRETCHES 1024

struct chart {
    struct axis axis;
    struct chart_sign signs[CHART_LANES][CHART_SIGNS];
    uint32_t lane_events[CHART_LANES];
    unsigned stretch_count;
    struct chart_stretch stretches[CHART_STRETCHES]; /* the first ones */
};

enum chart_lane chart_lane_of(const char *rule);
extern const char *const chart_lanes[CHART_LANES];
/* Puts it there; false if it is not on the axis. */
bool chart_add_event(struct chart *chart, const char *name, const char *rule, bool grave, int64_t second);
void chart_add_stretch(struct chart *chart, enum life_kind kind, int64_t from, int64_t until);

void chart_draw(const struct chart *chart, const struct canvas *canvas, GString *out);

#endif
