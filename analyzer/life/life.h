/* SPDX-License-Identifier: GPL-2.0-or-later
 * What happened to a device. In: its rows in their final order. Out, to the tellers: the same rows, then what was
 * concluded from them, each subject by its own pass (alarms, states, trips, ...). Knows no form of results. */
#ifndef LIFE_H
#define LIFE_H

#include "base/coverage.h"
#include "base/scratch.h"
#include "life/rules.h"
#include "life/teller.h"

/* Of all threads. */
struct life_options {
    const struct teller *tellers;
    size_t count;
    const struct rules *rules;       /* spelt; NULL: nothing is concluded */
    const struct coverage *coverage; /* NULL: the capture saw all the time */
    bool show_secrets;
    struct scratch *scratch;
    size_t memory; /* bytes for what waits in one thread */
};

struct life;

/* turn: of the thread. The options must stay; the turn is copied. */
struct life *life_new(const struct life_options *options, const struct life_turn *turn);
void life_begin(struct life *life, const struct device *device);
void life_row(struct life *life, const struct life_row *row);
void life_end(struct life *life);
/* NULL is allowed. */
void life_free(struct life *life);

#endif
