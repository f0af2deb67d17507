/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a row says of the life of its device. */
#include "life/sight.h"

#include "base/coverage.h"

#define QUARTER (900 * NANOSECONDS)
#define DAY     (86400 * NANOSECONDS)
/* A report of a clock without a zone that is further behind its capture was sent late, seconds (docs/CLOCKS.md). */
#define LATE 600
/* Dates that are further apart than this are not all right: most of 1024 weeks, seconds. */
#define AGE (INT64_C(7000) * 86400)

void sighter_init(struct sighter *sighter, const struct rules *rules, const struct device *device)
{
    *sighter = (struct sighter){
        .rules = rules, .captured = INT64_MIN, .at = INT64_MIN, .newest = INT64_MIN, .said = INT64_MIN};
    /* Until live reports say more the zone is the one that was found first. */
    sighter->zone = device->clock.zones[0].rows > 0 ? -device->clock.zones[0].quarters * QUARTER : 0;
    sighter->mixed = device->clock.rollovers > 0 && device->last_time > device->first_time &&
                     device->last_time - device->first_time > AGE;
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

/* Did a fix or, of fifotrack, a report without one come later than it was made? Of the latter what is older than a live
 * one before it did, as of fixes, where the flag stored says so. */
static bool is_late(const struct sighter *sighter, const struct sight *sight, bool zone)
{
    const struct life_row *row = sight->row;
    if (row->capture_time == LIFE_NO_TIME || row->report->context & CONTEXT_BIT(STORED) || row->late)
        return true;
    return !zone && (row->capture_time / NANOSECONDS - row->device_time > LATE ||
                     (!sight->own && row->device_time < sighter->said));
}

/* Live reports say how the two clocks stand to each other: one without a zone is right unless it is far ahead. */
static void note_zone(struct sighter *sighter, int64_t skew, bool zone)
{
    int64_t up = skew + QUARTER / 2;
    sighter->zone = zone || skew < -LATE * NANOSECONDS ? (up / QUARTER - (up % QUARTER < 0)) * QUARTER : 0;
}

static void find_time(struct sighter *sighter, struct sight *sight)
{
    const struct life_row *row = sight->row;
    const bool rolled = row->report->context & CONTEXT_BIT(WEEK_ROLLOVER);
    const bool zone = sight->message->dialect == S7_GOTOP;
    struct mark *mark = &sight->mark;
    int64_t captured = row->capture_time;
    mark->time = captured;
    mark->at = captured == LIFE_NO_TIME ? LIFE_NO_TIME : CLAMP(captured, -COVERAGE_FARTHEST, COVERAGE_FARTHEST);
    mark->clock = LIFE_CLOCK_CAPTURE;
    sight->live = sight->says;
    sight->own = row->device_time != LIFE_NO_TIME && sight_flag(sight, S7_FIELD_VALID) == 1;
    if (rolled) {
        sight->aside = sight->own && sighter->mixed;
        sight->has_fix = row->position.latitude != DISTANCE_NOWHERE && captured != LIFE_NO_TIME;
    }
    if (sight->aside)
        sight->says = sight->live = false;
    if (rolled || !says_its_time(sight))
        return;
    int64_t device = row->device_time * NANOSECONDS;
    bool old = captured != LIFE_NO_TIME &&
               (double)(mark->at - device) > sighter->rules->values[PARAMETER_OLD_DATE] * (double)DAY;
    if (old) {
        sight->old = sight->own;
        sight->says = sight->live = false;
        return;
    }
    mark->time = device;
    mark->clock = LIFE_CLOCK_DEVICE;
    sight->has_fix = row->position.latitude != DISTANCE_NOWHERE;
    if (is_late(sighter, sight, zone)) {
        mark->at = device + sighter->zone;
        sight->live &= captured == LIFE_NO_TIME && !(row->report->context & CONTEXT_BIT(STORED));
    } else if (sight->says) {
        note_zone(sighter, mark->at - device, zone);
        sighter->said = MAX(sighter->said, row->device_time);
    }
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
    if (!sight->says || row->position.latitude == DISTANCE_NOWHERE)
        return;
    sight->speed = sight_number(sight, S7_FIELD_SPEED, -1);
    if (sight->speed >= 0)
        sight->moving = sight->speed > sighter->rules->values[PARAMETER_TRIP_SPEED];
}

void sighter_follow(struct sighter *sighter, struct sight *sight)
{
    const bool rolled = sight->report->context & CONTEXT_BIT(WEEK_ROLLOVER);
    if (sight->aside)
        return;
    sight->apart = rolled != sighter->rolled;
    sighter->rolled = rolled;
    if (!sight->says)
        return;
    if (sight->live && sight->row->capture_time != LIFE_NO_TIME) {
        sight->apart |= sight->row->capture_time < sighter->captured;
        sighter->captured = sight->row->capture_time;
    }
    if (sight->mark.at == LIFE_NO_TIME)
        return;
    /* What stands behind later rows is a life of its own. */
    if (sighter->at != INT64_MIN && sight->mark.at < sighter->at - QUARTER) {
        sight->apart = sighter->back = true;
    } else if (sighter->back && sight->mark.at >= sighter->newest) {
        sight->apart = true;
        sighter->back = false;
    }
    sighter->at = sight->mark.at;
    sighter->newest = MAX(sighter->newest, sight->mark.at);
}
