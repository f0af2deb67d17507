/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a row says of the life of its device. */
#include "life/sight.h"

#include "base/coverage.h"

#define QUARTER (900 * NANOSECONDS)
#define DAY     (86400 * NANOSECONDS)

void sighter_init(struct sighter *sighter, const struct rules *rules)
{
    *sighter = (struct sighter){.rules = rules, .captured = INT64_MIN};
}

double sight_number(const struct sight *sight, enum s7_field_id id, double otherwise)
{
    const struct s7_field *field = s7_find(sight->message, id);
    return field ? s7_value_double(field) : otherwise;
}

int sight_flag(const struct sight *sight, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(sight->message, id);
    return field ? field->value.integer != 0 : -1;
}

/* Is the time that the row says the one at which it was made? The last known one is not. */
static bool says_its_time(const struct sight *sight)
{
    return sight->row->device_time != LIFE_NO_TIME && sight->message->proven &&
           (sight_flag(sight, S7_FIELD_VALID) == 1 || sight->message->dialect == S7_FIFOTRACK);
}

/* Live reports say how the two clocks stand to each other. */
static void note_zone(struct sighter *sighter, int64_t captured, int64_t device)
{
    int64_t skew = captured - device + QUARTER / 2;
    sighter->zone = (skew / QUARTER - (skew % QUARTER < 0)) * QUARTER;
}

static void find_time(struct sighter *sighter, struct sight *sight)
{
    const struct life_row *row = sight->row;
    uint32_t context = row->report->context;
    bool stored = context & CONTEXT_BIT(STORED), rolled = context & CONTEXT_BIT(WEEK_ROLLOVER);
    struct mark *mark = &sight->mark;
    int64_t captured = row->capture_time;
    mark->time = captured;
    mark->at = captured == LIFE_NO_TIME ? LIFE_NO_TIME : CLAMP(captured, -COVERAGE_FARTHEST, COVERAGE_FARTHEST);
    mark->clock = LIFE_CLOCK_CAPTURE;
    sight->apart = rolled != sighter->rolled;
    sighter->rolled = rolled;
    if (rolled)
        sight->has_fix = row->position.latitude != DISTANCE_NOWHERE && row->capture_time != LIFE_NO_TIME;
    if (rolled || !says_its_time(sight))
        return;
    int64_t device = row->device_time * NANOSECONDS;
    bool old = captured != LIFE_NO_TIME &&
               (double)(mark->at - device) > sighter->rules->values[PARAMETER_OLD_DATE] * (double)DAY;
    if (old) {
        sight->old = sight_flag(sight, S7_FIELD_VALID) == 1;
        sight->says = false;
        return;
    }
    mark->time = device;
    mark->clock = LIFE_CLOCK_DEVICE;
    sight->has_fix = row->position.latitude != DISTANCE_NOWHERE;
    if (captured == LIFE_NO_TIME || stored)
        mark->at = device + sighter->zone;
    else if (sight->says)
        note_zone(sighter, mark->at, device);
}

void sighter_see(struct sighter *sighter, const struct life_row *row, struct sight *sight)
{
    const struct report *report = row->report;
    *sight = (struct sight){.row = row, .report = report, .message = report->message, .speed = -1, .moving = -1};
    sight->mark.row = row->number;
    sight->mark.position = row->position;
    sight->up = report->message->direction == S7_UP;
    sight->says = sight->up && report->message->proven && !(report->context & CONTEXT_BIT(DUPLICATE));
    find_time(sighter, sight);
    sight->has_fix &= sight->says;
    if (!sight->says)
        return;
    sight->live = (report->context & (CONTEXT_BIT(STORED) | CONTEXT_BIT(WEEK_ROLLOVER))) != CONTEXT_BIT(STORED);
    if (sight->live && row->capture_time != LIFE_NO_TIME) {
        sight->apart |= row->capture_time < sighter->captured;
        sighter->captured = row->capture_time;
    }
    if (row->position.latitude == DISTANCE_NOWHERE)
        return;
    sight->speed = sight_number(sight, S7_FIELD_SPEED, -1);
    if (sight->speed >= 0)
        sight->moving = sight->speed > sighter->rules->values[PARAMETER_TRIP_SPEED];
}
