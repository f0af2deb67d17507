/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a row says of the life of its device, read once for all that conclude from it. In: rows in their final order.
 * Out: whose time it is, whether it may be believed, its fix, its speed. */
#ifndef SIGHT_H
#define SIGHT_H

#include "life/rules.h"
#include "life/teller.h"

/* A row that a conclusion rests on. */
struct mark {
    uint64_t row;             /* its number; 0 = none */
    int64_t time;             /* ns, of the clock named; LIFE_NO_TIME = nobody's */
    int64_t at;               /* the same by the clock of the capture: of a stored report when it was made */
    struct position position; /* of its current fix */
    enum life_clock clock;
};

struct sight {
    const struct life_row *row;
    const struct report *report;
    const struct s7_message *message;
    struct mark mark;
    bool up;       /* from the device */
    bool says;     /* proven, from the device, said for the first time, with a date that can be right: states count */
    bool old;      /* a current fix of a date that may be wrong: it stands at that date */
    bool aside;    /* a date behind by 1024 weeks among right ones: it stands in front of them, only its alarms count */
    bool own;      /* it stands where its own time is, not behind the live row before it */
    bool live;     /* it says something, and was not sent late */
    bool has_fix;  /* it has a position and a time of the device: trips count */
    bool apart;    /* it was made at another time than the row before lets expect: what changed is not known */
    double speed;  /* km/h; negative: not sent, or not of a current fix */
    int8_t moving; /* 1, 0, or -1: not known */
};

/* What must be known of the rows before. */
struct sighter {
    const struct rules *rules;
    int64_t zone;     /* capture less device time of live reports, a multiple of 15 minutes, ns */
    int64_t said;     /* newest time of live rows by the device's clock, s */
    int64_t captured; /* of the live row before */
    int64_t at;       /* when the row before that says something was made */
    int64_t newest;   /* the latest of those times */
    bool back;        /* rows made earlier came behind that one */
    bool rolled;      /* the row before had the flag week_rollover */
    bool mixed;       /* the device has dates behind by 1024 weeks and right ones */
};

void sighter_init(struct sighter *sighter, const struct rules *rules, const struct device *device);
/* Of the rows as they stand. */
void sighter_see(struct sighter *sighter, const struct life_row *row, struct sight *sight);
/* Of the sights in the order in which conclusions are drawn from them: sets apart. */
void sighter_follow(struct sighter *sighter, struct sight *sight);

/* The value of a field, or otherwise if it was not sent. */
double sight_number(const struct sight *sight, enum s7_field_id id, double otherwise);
/* 1, 0, or -1: not sent. */
int sight_flag(const struct sight *sight, enum s7_field_id id);

#endif
