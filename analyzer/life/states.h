/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the device says of itself, where it changes: ignition, supply, battery, fix, driver, network operator. In: its
 * rows in their final order. Out: an event for each change between two rows that said it. */
#ifndef STATES_H
#define STATES_H

#include "life/log.h"

/* Longest text of a driver that is compared. */
#define STATES_DRIVER 64
#define STATES_CODE   8

/* 1, 0, or -1: nothing was said. */
struct state {
    int value;    /* as it was said last; an alarm counts before the column of its row */
    int said;     /* in the column, by the alarm where that is empty */
    uint64_t row; /* that said so last */
};

struct states {
    const struct rules *rules;
    struct life_log *log;
    struct state ignition, power, volts, battery; /* volts: enough of them; battery: low */
    double last_volts, last_battery;
    struct {
        struct mark first; /* of the reports without a fix; row 0 = the last one had it */
        uint64_t last;     /* the last report without a fix; 0 = none behind an alarm */
        bool known;        /* it had a fix once */
        bool lost;         /* and that was told */
    } gps;
    struct {
        char text[STATES_DRIVER], code[STATES_CODE]; /* of the last one, of the code of the reports that named him */
        size_t length, code_length;
        uint64_t row, count; /* reports in a row that named him */
        bool absent;         /* a report named none, or the last one went out */
    } driver;
    struct {
        int64_t mcc, mnc;
        char text[16];
        uint64_t row; /* 0 = none was said */
    } operator;
};

void states_begin(struct states *states, const struct rules *rules, struct life_log *log);
void states_row(struct states *states, const struct sight *sight);

#endif
