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
    bool live;     /* it says something, and was not stored */
    bool has_fix;  /* it has a position and a time of the device: trips count */
    bool apart;    /* it stands in another order than the row before: what changed is not known */
    double speed;  /* km/h; negative: not sent, or not of a current fix */
    int8_t moving; /* 1, 0, or -1: not known */
};

/* What must be known of the rows before. */
struct sighter {
    const struct rules *rules;
    int64_t zone;     /* capture less device time of live reports, a multiple of 15 minutes, ns */
    int64_t captured; /* of the live row before */
    bool rolled;      /* the row before had the flag week_rollover */
};

void sighter_init(struct sighter *sighter, const struct rules *rules);
void sighter_see(struct sighter *sighter, const struct life_row *row, struct sight *sight);

/* The value of a field, or otherwise if it was not sent. */
double sight_number(const struct sight *sight, enum s7_field_id id, double otherwise);
/* 1, 0, or -1: not sent. */
int sight_flag(const struct sight *sight, enum s7_field_id id);

#endif
