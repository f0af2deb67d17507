/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a device measured in the course of time, collected while its rows go by, in bounded memory. */
#ifndef CANVAS_H
#define CANVAS_H

#include "base/report.h"
#include "derived/bins.h"

/* Lines first, then what is on or off. */
enum canvas_measure {
    CANVAS_SPEED,
    CANVAS_EXTERNAL_VOLTAGE,
    CANVAS_BATTERY_VOLTAGE,
    CANVAS_BATTERY,
    CANVAS_SIGNAL,
    CANVAS_FUEL,
    CANVAS_FUEL_LEVEL,
    CANVAS_TEMPERATURE,
    CANVAS_IGNITION,
    CANVAS_EXTERNAL_POWER,
    CANVAS_CHARGING,
    CANVAS_MEASURES
};
#define CANVAS_SWITCHES CANVAS_IGNITION

struct canvas_info {
    const char *label, *unit;
    double bottom, top; /* that the scale has at least; bottom NAN: its least height is top, wherever */
    enum s7_field_id field;
    unsigned decimals; /* that are worth showing */
};
extern const struct canvas_info canvas_infos[CANVAS_MEASURES];

/* Tanks or sensors of one measure; those of further ones are counted. */
#define CANVAS_LINES 4

struct canvas {
    struct bins *lines[CANVAS_MEASURES][CANVAS_LINES]; /* NULL: was never sent */
    uint16_t numbers[CANVAS_MEASURES][CANVAS_LINES];
    struct bins *all, *live, *late; /* rows; reports as they came; reports that were stored and sent late */
    uint64_t rows;
    uint64_t further;      /* values of tanks and sensors for which there is no line */
    uint64_t out_of_range; /* values that cannot be right */
};

/* Its time. fix: it has a current fix, whose speed may be drawn. */
void canvas_add(struct canvas *canvas, const struct report *report, int64_t second, bool fix);
/* Nothing is known between the two. */
void canvas_part(struct canvas *canvas, int64_t from, int64_t until);
/* Forgets all. */
void canvas_clear(struct canvas *canvas);

#endif
