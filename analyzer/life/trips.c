/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trips and stops, by the rules of traccar's reports: a change of movement counts once it has lasted. */
#include "life/trips.h"

#include <math.h>

/* Seconds that a report may be late without being known to be (docs/CLOCKS.md). */
#define LATE 600

static double value(const struct trips *trips, enum parameter parameter)
{
    return trips->rules->values[parameter];
}

void trips_begin(struct trips *trips, const struct rules *rules, struct life_log *log)
{
    *trips = (struct trips){.rules = rules, .log = log};
}

static double seconds(const struct fix *from, const struct fix *to)
{
    return (double)(to->mark.time - from->mark.time) / (double)NANOSECONDS;
}

static struct part part_of(const struct fix *fix)
{
    return (struct part){*fix, *fix, 0, fix->speed, fix->odometer, fix->odometer, false};
}

static void extend(struct part *part, const struct fix *fix, double distance)
{
    part->last = *fix;
    part->distance += distance;
    part->max_speed = MAX(part->max_speed, fix->speed);
    if (fix->odometer == LIFE_NO_TIME)
        return;
    part->reset |= part->odometer_first != LIFE_NO_TIME && fix->odometer < part->odometer;
    part->odometer = fix->odometer;
    if (part->odometer_first == LIFE_NO_TIME)
        part->odometer_first = fix->odometer;
}

/* Has it lasted? */
static bool lasts(const struct trips *trips, const struct part *part, bool moving)
{
    double time = seconds(&part->first, &part->last);
    if (moving)
        return time >= value(trips, PARAMETER_TRIP_TIME) || part->distance >= value(trips, PARAMETER_TRIP_DISTANCE);
    return time >= value(trips, PARAMETER_STOP_TIME);
}

/* The stretch is over. */
static void tell(const struct trips *trips)
{
    const struct part *part = &trips->now;
    if (!trips->sure && !lasts(trips, part, trips->moving))
        return;
    bool odometer = part->odometer_first != LIFE_NO_TIME && !part->reset;
    const struct life_trip trip = {.kind = trips->moving ? LIFE_TRIP : LIFE_STOP,
                                   .clock = part->first.mark.clock,
                                   .start = part->first.mark.time,
                                   .end = part->last.mark.time,
                                   .distance = part->distance,
                                   .odometer = odometer ? part->odometer - part->odometer_first : LIFE_NO_TIME,
                                   .max_speed = part->max_speed,
                                   .from = part->first.mark.position,
                                   .to = part->last.mark.position,
                                   .first_row = part->first.mark.row,
                                   .last_row = part->last.mark.row};
    log_trip(trips->log, &trip);
}

/* The other part begins where this one ends: they are one. */
static void join(struct part *part, const struct part *other)
{
    extend(part, &other->last, other->distance);
    part->reset |= other->reset;
    part->max_speed = MAX(part->max_speed, other->max_speed);
}

/* What seemed to be the start of the next stretch did not last. */
static void take_back(struct trips *trips)
{
    if (!trips->other)
        return;
    join(&trips->now, &trips->next);
    trips->other = false;
}

static void finish(struct trips *trips)
{
    if (!trips->open)
        return;
    take_back(trips);
    tell(trips);
    trips->open = false;
}

/* Is there a way from the last fix to this one? A device that stands may say nothing of its place for long. */
static bool goes_on(const struct trips *trips, const struct fix *fix, double distance, bool silent)
{
    const struct fix *last = trips->other ? &trips->next.last : &trips->now.last;
    double time = seconds(last, fix), passed = (double)(fix->mark.at - last->mark.at) / (double)NANOSECONDS;
    bool was_set = fabs(time - passed) > value(trips, PARAMETER_CLOCK_JUMP) + LATE;
    if (time < 0 || was_set || silent || fix->mark.clock != last->mark.clock)
        return false;
    if (time < value(trips, PARAMETER_NO_DATA))
        return true;
    return !trips->moving && !trips->other && fix->moving == 0 && distance < value(trips, PARAMETER_TRIP_DISTANCE);
}

/* The next stretch is one, by that rule. */
static void turn(struct trips *trips, enum conclusion what)
{
    const struct mark *first = &trips->next.first.mark;
    tell(trips);
    log_event(trips->log, what, first, first->row, trips->next.last.mark.row);
    trips->now = trips->next;
    trips->moving = !trips->moving;
    trips->sure = true;
    trips->other = false;
}

static void begin_other(struct trips *trips, const struct fix *fix)
{
    trips->next = part_of(fix);
    trips->other = true;
}

static bool is_far(const struct trips *trips, double distance)
{
    return distance >= value(trips, PARAMETER_TRIP_DISTANCE);
}

static void begin(struct trips *trips, const struct fix *fix)
{
    trips->open = fix->moving >= 0; /* else nothing is known of its movement */
    trips->moving = fix->moving > 0;
    trips->sure = false;
    trips->now = part_of(fix);
}

/* It stands again, or moves again. What led far from where it stood was a trip, if no fix but one was sent on the way.
 */
static void come_back(struct trips *trips, const struct fix *fix, double distance)
{
    extend(&trips->next, fix, distance);
    if (trips->moving || !is_far(trips, trips->next.distance)) {
        take_back(trips);
        return;
    }
    turn(trips, CONCLUSION_MOVING);
    begin_other(trips, fix);
}

/* It stands, but elsewhere. */
static void find_elsewhere(struct trips *trips, const struct fix *fix, double distance)
{
    trips->next = part_of(&trips->now.last);
    extend(&trips->next, fix, distance);
    turn(trips, CONCLUSION_MOVED);
    begin_other(trips, fix);
}

/* The other kind begins, or goes on. */
static void change(struct trips *trips, const struct fix *fix, double distance)
{
    if (trips->other) {
        extend(&trips->next, fix, distance);
        return;
    }
    double speed = trips->now.max_speed; /* the speed at the end is not its own */
    extend(&trips->now, fix, distance);
    trips->now.max_speed = speed;
    begin_other(trips, fix);
}

static void add(struct trips *trips, const struct fix *fix, double distance)
{
    bool elsewhere = fix->moving <= 0 && is_far(trips, distance);
    if (elsewhere && trips->moving)
        take_back(trips); /* where it stood was no stop: it went on */
    if (elsewhere && !trips->moving && !trips->other)
        find_elsewhere(trips, fix, distance);
    else if (fix->moving < 0)
        extend(trips->other ? &trips->next : &trips->now, fix, distance);
    else if (fix->moving != trips->moving)
        change(trips, fix, distance);
    else if (trips->other)
        come_back(trips, fix, distance);
    else
        extend(&trips->now, fix, distance);
}

void trips_fix(struct trips *trips, const struct fix *fix, double distance, bool silent)
{
    if (trips->open && (distance < 0 || !goes_on(trips, fix, distance, silent)))
        finish(trips);
    if (!trips->open) {
        begin(trips, fix);
        return;
    }
    add(trips, fix, distance);
    if (!trips->other)
        return;
    if (lasts(trips, &trips->next, !trips->moving))
        turn(trips, trips->moving ? CONCLUSION_STOPPED : CONCLUSION_MOVING);
    else if (trips->moving && value(trips, PARAMETER_TRIP_IGNITION) != 0 && fix->ignition == 0)
        turn(trips, CONCLUSION_STOPPED_IGNITION);
}

void trips_end(struct trips *trips)
{
    finish(trips);
}
