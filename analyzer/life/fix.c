/* SPDX-License-Identifier: GPL-2.0-or-later
 * A current fix with what places and trips are concluded from. */
#include "life/fix.h"

struct fix fix_of(const struct sight *sight)
{
    const struct s7_field *odometer = s7_find(sight->message, S7_FIELD_ODOMETER);
    return (struct fix){.mark = sight->mark,
                        .speed = sight->speed,
                        .moving = sight->moving,
                        .ignition = (int8_t)sight_flag(sight, S7_FIELD_IGNITION),
                        .live = sight->live,
                        .odometer = odometer ? odometer->value.integer : LIFE_NO_TIME,
                        .stream = sight->report->stream,
                        .source = sight->report->source};
}

double fix_distance(const struct fix *from, const struct fix *to)
{
    return distance_ellipsoid(from->mark.position, to->mark.position);
}
