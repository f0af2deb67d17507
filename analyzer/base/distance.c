/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions as fixed numbers and the way between two of them (haversine formula). */
#include "base/distance.h"

#include <math.h>

#define EARTH_RADIUS 6371008.8
#define UNITS        1e7
#define RADIANS      (3.14159265358979323846 / 180.0 / UNITS)

bool distance_position(const struct s7_field *latitude, const struct s7_field *longitude, struct position *position)
{
    if (!latitude || !longitude)
        return false;
    double north = s7_value_double(latitude), east = s7_value_double(longitude);
    if (!(fabs(north) <= 90.0 && fabs(east) <= 180.0))
        return false;
    position->latitude = (int32_t)lround(north * UNITS);
    position->longitude = (int32_t)lround(east * UNITS);
    return true;
}

struct distance_point distance_point(struct position position)
{
    return (struct distance_point){position, cos(position.latitude * RADIANS)};
}

double distance_between(const struct distance_point *from, const struct distance_point *to)
{
    const struct position *a = &from->position, *b = &to->position;
    double north = sin((b->latitude - a->latitude) * RADIANS / 2);
    double east = sin(((double)b->longitude - a->longitude) * RADIANS / 2);
    double square = north * north + from->cosine * to->cosine * east * east;
    return 2 * EARTH_RADIUS * asin(sqrt(fmin(square, 1.0)));
}
