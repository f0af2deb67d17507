/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions as fixed numbers and the way between two of them. */
#ifndef DISTANCE_H
#define DISTANCE_H

#include "message.h"
#include "result/table.h"

/* From the fields of a message, rounded to 1e-7 degrees. False, and *position as it was, if one is NULL or out of
 * range. */
bool distance_position(const struct s7_field *latitude, const struct s7_field *longitude,
                       struct table_position *position);
/* A position with what is needed of it for the way to it and the way from it. */
struct distance_point {
    struct table_position position;
    double cosine; /* of the latitude */
};
struct distance_point distance_point(struct table_position position);
/* Metres on a sphere of 6371008.8 m radius. Both must be positions. */
double distance_between(const struct distance_point *from, const struct distance_point *to);

#endif
