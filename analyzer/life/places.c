/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where the device cannot have been. A fix out of reach is held back until the next one shows whether the track comes
 * back or goes on there. */
#include "life/places.h"

#include <math.h>
#include <string.h>

void places_begin(struct places *places, const struct rules *rules, struct life_log *log, struct trips *trips)
{
    memset(places, 0, sizeof *places);
    places->rules = rules;
    places->log = log;
    places->trips = trips;
}

/* Can a vehicle come from one to the other? */
static bool within_reach(const struct places *places, const struct fix *from, const struct fix *to, double distance)
{
    if (distance <= places->rules->values[PARAMETER_JUMP_DISTANCE] || from->mark.clock != to->mark.clock)
        return true;
    double hours = fabs((double)(to->mark.time - from->mark.time)) / (3600.0 * (double)NANOSECONDS);
    return distance <= places->rules->values[PARAMETER_JUMP_SPEED] * 1000.0 * hours;
}

static void put_way(GString *out, const struct fix *from, const struct fix *to)
{
    log_put_number(out, fix_distance(from, to) / 1000.0, 1);
    g_string_append(out, " km in ");
    int64_t time = to->mark.time - from->mark.time;
    log_put_duration(out, time < 0 ? -time : time);
}

static void put_conversation(GString *out, const struct fix *fix)
{
    char source[ENDPOINT_SIZE];
    endpoint_print(&fix->source, source);
    g_string_append_printf(out, "stream %" G_GUINT64_FORMAT " from %s", fix->stream, source);
}

static void log_jump(struct places *places, const struct fix *from, const struct fix *to, bool goes_on)
{
    GString *detail = log_detail(places->log);
    put_way(detail, from, to);
    g_string_append(detail, goes_on ? "; the track goes on there" : "; left out of trips");
    log_event(places->log, CONCLUSION_IMPOSSIBLE_JUMP, &to->mark, from->mark.row, to->mark.row);
}

static void end_twice(struct places *places)
{
    const struct fix *one = &places->twice.one, *other = &places->twice.other;
    if (one->mark.row == 0)
        return;
    if (places->twice.sure) {
        GString *detail = log_detail(places->log);
        put_way(detail, one, other);
        g_string_append(detail, "; ");
        put_conversation(detail, one);
        g_string_append(detail, "; ");
        put_conversation(detail, other);
        g_string_append_printf(detail, "; %" G_GUINT64_FORMAT " fixes out of reach", places->twice.count);
        log_event(places->log, CONCLUSION_TWO_PLACES, &other->mark, one->mark.row, places->twice.last);
    } else {
        log_jump(places, one, other, places->twice.goes_on);
    }
    places->twice.one.mark.row = 0;
}

/* Both live, and not by the same way. */
static bool are_two(const struct fix *a, const struct fix *b)
{
    return a->live && b->live && a->stream != b->stream &&
           memcmp(a->source.address, b->source.address, sizeof a->source.address) != 0;
}

/* From one conversation to another one: a jump, until the first is heard again. */
static void note_two(struct places *places, bool goes_on, const struct fix *next)
{
    const struct fix *from = &places->last, *to = &places->odd;
    double since = (double)(to->mark.at - places->twice.at) / (double)NANOSECONDS;
    bool open = places->twice.one.mark.row > 0;
    bool same = open && from->stream == places->twice.one.stream && to->stream == places->twice.other.stream;
    bool back = open && from->stream == places->twice.other.stream && to->stream == places->twice.one.stream;
    if (open && ((!same && !back) || since > places->rules->values[PARAMETER_NO_DATA])) {
        end_twice(places);
        open = back = same = false;
    }
    if (!open) {
        places->twice.one = *from;
        places->twice.other = *to;
        places->twice.count = 0;
        places->twice.sure = false;
        places->twice.goes_on = goes_on;
    }
    places->twice.sure |= same || back || (next && !goes_on && next->stream == from->stream);
    places->twice.at = to->mark.at;
    places->twice.last = to->mark.row;
    places->twice.count++;
}

/* No way leads from the last fix to the odd one. goes_on: the track goes on there, else the odd one is left out. next:
 * NULL = there is none. */
static void tell_jump(struct places *places, bool goes_on, const struct fix *next)
{
    if (are_two(&places->last, &places->odd))
        note_two(places, goes_on, next);
    else
        log_jump(places, &places->last, &places->odd, goes_on);
}

static void take(struct places *places, const struct fix *fix, double distance, bool silent)
{
    places->last = *fix;
    trips_fix(places->trips, fix, distance, silent);
}

static void settle_odd(struct places *places, const struct fix *fix)
{
    bool back = within_reach(places, &places->last, fix, fix_distance(&places->last, fix));
    bool goes_on = !back && within_reach(places, &places->odd, fix, fix_distance(&places->odd, fix));
    tell_jump(places, goes_on, fix);
    if (goes_on)
        take(places, &places->odd, TRIPS_NO_WAY, places->odd_silent);
    else
        places->silent |= places->odd_silent;
    places->odd.mark.row = 0;
}

void places_row(struct places *places, const struct sight *sight, bool silent)
{
    places->silent |= silent;
    if (sight->says && sight->report->context & CONTEXT_BIT(NULL_ISLAND))
        streak_add(&places->zeros, &sight->mark);
    if (!sight->has_fix)
        return;
    streak_end(&places->zeros, places->log, CONCLUSION_NULL_ISLAND, "fixes");
    const struct fix fix = fix_of(sight);
    if (places->odd.mark.row > 0)
        settle_odd(places, &fix);
    double distance = places->last.mark.row > 0 ? fix_distance(&places->last, &fix) : 0;
    if (places->last.mark.row == 0 || within_reach(places, &places->last, &fix, distance)) {
        take(places, &fix, distance, places->silent);
    } else {
        places->odd = fix;
        places->odd_silent = places->silent;
    }
    places->silent = false;
}

void places_end(struct places *places)
{
    if (places->odd.mark.row > 0)
        tell_jump(places, false, NULL);
    end_twice(places);
    streak_end(&places->zeros, places->log, CONCLUSION_NULL_ISLAND, "fixes");
}
