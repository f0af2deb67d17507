/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions as fixed numbers and the way between two of them. */
#ifndef DISTANCE_H
#define DISTANCE_H

#include "message.h"
#include "table.h"

/* From the fields of a message, rounded to 1e-7 degrees. False, and *position as it was, if one is NULL or out of
 * range. */
bool distance_position(const struct s7_field *latitude, const struct s7_field *longitude,
                       struct table_position *position);
/* Metres on a sphere of 6371008.8 m radius. Both must be positions. */
double distance_between(struct table_position from, struct table_position to);

#endif
