/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows that wait for their turn. A row without a current fix stands behind the last live one, in front of what was
 * stored meanwhile and sent later, or, if it was sent late itself, behind what was made later; conclusions are drawn in
 * the order in which the rows were made. In: sights of rows. Out: the same by their times, those of equal times as they
 * came. Bounded memory. */
#ifndef IN_TIME_H
#define IN_TIME_H

#include "life/sight.h"

#include <glib.h>

/* Rows that wait at once, and bytes that they take. */
#define IN_TIME_ROWS  2048U
#define IN_TIME_BYTES ((size_t)2 << 20)

/* All zero at first. */
struct in_time {
    GPtrArray *waiting; /* of struct waiting, by time; NULL = none yet */
    GPtrArray *spare;
    size_t bytes; /* of those that wait */
};

/* Keeps a copy of the sight and its row, to be given back in its turn; false if that cannot be copied. Its mark must
 * have a time. */
bool in_time_keep(struct in_time *in_time, const struct sight *sight);
/* Do more wait than may? */
bool in_time_is_full(const struct in_time *in_time);
/* The earliest of those that wait, if it is not of later than at; NULL = there is none. Valid until the next call. */
const struct sight *in_time_next(struct in_time *in_time, int64_t at);
void in_time_clear(struct in_time *in_time);

#endif
