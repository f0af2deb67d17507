/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the platform told the device, and what the device said to it. In: a device's rows in their final order. Out:
 * commands, answers, refusals, commands without an answer, settings that changed. */
#ifndef TALK_H
#define TALK_H

#include "life/log.h"

/* Commands that an answer finds again. */
#define TALK_COMMANDS 32

struct talk {
    struct life_log *log;
    bool shown; /* secrets are not masked */
    struct {
        struct origin origin;
        uint64_t row;
    } commands[TALK_COMMANDS];
    uint64_t count;
};

void talk_begin(struct talk *talk, struct life_log *log, bool shown);
void talk_row(struct talk *talk, const struct sight *sight);

#endif
