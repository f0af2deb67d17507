/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is told of a device's life, and who tells it on: each form of results beside the timeline is a teller. In: the
 * rows of one device in their final order, then its events, then its trips, stops and silences. Out: its files. */
#ifndef TELLER_H
#define TELLER_H

#include "base/device.h"
#include "base/distance.h"

#define LIFE_NO_TIME INT64_MIN

/* A row of the timeline. */
struct life_row {
    const struct report *report; /* decoded and judged */
    uint64_t number;             /* of the row in devices/<device_id>.csv: 1 is the first below the header */
    int64_t capture_time;        /* ns since 1970; LIFE_NO_TIME: its packet has none */
    int64_t device_time;         /* s since 1970, read as UTC; LIFE_NO_TIME: it has none, or it cannot be right */
    bool late;                   /* of a clock with a zone: it was sent late, if without the flag stored */
    struct position position;    /* of a current fix, never 0/0; DISTANCE_NOWHERE: there is none */
};

/* Whose time an event's is. */
enum life_clock { LIFE_CLOCK_DEVICE, LIFE_CLOCK_CAPTURE };

/* Something that happened. */
struct life_event {
    int64_t time; /* ns since 1970; LIFE_NO_TIME: nobody's */
    enum life_clock clock;
    const char *event;            /* its name, from the closed list of events.csv */
    const char *detail;           /* "" = nothing more to say */
    const char *rule;             /* with its parameters */
    struct position position;     /* DISTANCE_NOWHERE: not known */
    uint64_t first_row, last_row; /* the rows that it rests on */
};

enum life_kind { LIFE_TRIP, LIFE_STOP, LIFE_SILENCE };

/* A stretch of the life. */
struct life_trip {
    enum life_kind kind;
    enum life_clock clock;
    int64_t start, end;       /* ns since 1970 */
    double distance;          /* m; negative: not known */
    int64_t odometer;         /* m, difference; LIFE_NO_TIME: it sent none, or it went back */
    double max_speed;         /* km/h; negative: none was sent */
    struct position from, to; /* DISTANCE_NOWHERE: not known */
    uint64_t first_row, last_row;
};

/* Waits until all devices before this one are told: who writes into a file of all devices asks before its first byte of
 * each device. */
struct life_turn {
    void (*wait)(void *user);
    void *user;
};

/* One form of results. Each thread opens it for itself; shared is what all of them have in common. NULL in place of a
 * function: it does not care. */
struct teller {
    void *shared;
    void *(*open)(void *shared, const struct life_turn *turn);
    /* Number 0: rows of no known device, which have no life: no event or trip follows. */
    void (*begin)(void *state, const struct device *device);
    void (*row)(void *state, const struct life_row *row);
    void (*event)(void *state, const struct life_event *event); /* by their first rows */
    void (*trip)(void *state, const struct life_trip *trip);    /* by their first rows */
    void (*end)(void *state);
    void (*close)(void *state);
};

#endif
