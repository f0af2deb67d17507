/* SPDX-License-Identifier: GPL-2.0-or-later
 * A look at several inputs before they are read: how far the clocks are apart by which they were captured. */
#ifndef SURVEY_H
#define SURVEY_H

#include "base/capture_clocks.h"
#include "capture/inputs.h"
#include "conversation/witness.h"

/* Packets that are looked at, of all inputs together: the first of each. */
#define SURVEY_PACKETS ((size_t)1 << 20)

/* Who takes the packets apart and gives them to the witness; their clocks have their numbers. */
struct survey_taker {
    struct witness *witness;
    void (*take)(const struct record *records, size_t count, void *user);
    void *user;
};

/* Several inputs, or one that may have several interfaces? */
bool survey_is_needed(const struct inputs *inputs);
/* Gives the clocks of each input their numbers. NULL: there is one clock, or too many inputs. The caller's to free with
 * g_free(). */
struct capture_clocks *survey_clocks(struct inputs *inputs, const struct survey_taker *taker);

#endif
