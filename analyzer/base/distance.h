/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions as fixed numbers and the way between two of them. */
#ifndef DISTANCE_H
#define DISTANCE_H

#include "message.h"

/* Position on the map, in 1e-7 degrees; DISTANCE_NOWHERE in latitude if there is none. */
#define DISTANCE_NOWHERE INT32_MIN
struct position {
    int32_t latitude, longitude;
};

/* From the fields of a message, rounded to 1e-7 degrees. False, and *position as it was, if one is NULL or out of
 * range. */
bool distance_position(const struct s7_field *latitude, const struct s7_field *longitude, struct position *position);
/* A position with what is needed of it for the way to it and the way from it. */
struct distance_point {
    struct position position;
    double cosine; /* of the latitude */
};
struct distance_point distance_point(struct position position);
/* Metres on a sphere of 6371008.8 m radius. Both must be positions. */
double distance_between(const struct distance_point *from, const struct distance_point *to);
/* Metres on the ellipsoid of WGS84: the shortest way, to five millimetres; to 40 km where the two stand all but
 * opposite to each other on the earth. Both must be positions. */
double distance_ellipsoid(struct position from, struct position to);

#endif
