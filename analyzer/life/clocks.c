/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the clock of the device did: the levels of skew of live fixes, and the flags of its dates. */
#include "life/clocks.h"

#define TOLERANCE     (120 * NANOSECONDS)
#define QUARTER       (900 * NANOSECONDS)
#define LASTING_FIXES 3

void clocks_begin(struct clocks *clocks, const struct rules *rules, struct life_log *log)
{
    *clocks = (struct clocks){.rules = rules, .log = log, .zone = LIFE_NO_TIME};
}

static bool lasts(const struct clocks *clocks, const struct level *level)
{
    double time = (double)(level->until - level->since) / (double)NANOSECONDS;
    return level->count >= LASTING_FIXES && time >= clocks->rules->values[PARAMETER_CLOCK_LASTING];
}

static bool is_near(int64_t a, int64_t b)
{
    return a - b <= TOLERANCE && b - a <= TOLERANCE;
}

/* Quarters of an hour that the clock is ahead of UTC. */
static int64_t zone_of(int64_t skew)
{
    int64_t ahead = QUARTER / 2 - skew;
    return ahead / QUARTER - (ahead % QUARTER < 0);
}

/* The zone is not known any more, unless it was found at the level that the clock has now. */
static void tell_jump(struct clocks *clocks)
{
    int64_t change = clocks->base.skew - clocks->now.skew; /* of the device's clock */
    GString *detail = log_detail(clocks->log);
    g_string_append(detail, change > 0 ? "set forward by " : "set back by ");
    log_put_duration(detail, change > 0 ? change : -change);
    log_event(clocks->log, CONCLUSION_CLOCK_JUMP, &clocks->now.first, clocks->base.last, clocks->now.last);
    if (clocks->zone != zone_of(clocks->now.skew))
        clocks->zone = LIFE_NO_TIME;
}

static void note_level(struct clocks *clocks, const struct sight *sight)
{
    int64_t skew = sight->mark.at - sight->mark.time;
    struct level *now = &clocks->now;
    if (now->count == 0 || !is_near(skew, now->skew))
        *now = (struct level){sight->mark, 0, 0, skew, sight->mark.at, sight->mark.at};
    now->last = sight->mark.row;
    now->skew = skew;
    now->until = sight->mark.at;
    now->count++;
    if (clocks->base.count > 0 && is_near(skew, clocks->base.skew)) { /* it may drift */
        clocks->base.skew = skew;
        clocks->base.last = sight->mark.row;
        return;
    }
    if (!lasts(clocks, now))
        return;
    double change = (double)(clocks->base.skew - now->skew) / (double)NANOSECONDS;
    if (clocks->base.count > 0 && (change > 0 ? change : -change) > clocks->rules->values[PARAMETER_CLOCK_JUMP])
        tell_jump(clocks);
    clocks->base = *now;
}

static void note_zone(struct clocks *clocks, const struct sight *sight)
{
    int64_t zone = zone_of(sight->mark.at - sight->mark.time), size = zone < 0 ? -zone : zone;
    if (zone == clocks->zone)
        return;
    clocks->zone = zone;
    g_string_append_printf(log_detail(clocks->log), "device clock looks like UTC%c%02d:%02d", zone < 0 ? '-' : '+',
                           (int)(size / 4), (int)(size % 4 * 15));
    log_event(clocks->log, CONCLUSION_CLOCK_ZONE, &sight->mark, sight->mark.row, sight->mark.row);
}

void clocks_row(struct clocks *clocks, const struct sight *sight)
{
    uint32_t context = sight->report->context;
    if (!sight->up || context & CONTEXT_BIT(DUPLICATE))
        return;
    if (sight->old)
        streak_add(&clocks->old, &sight->mark);
    else if (clocks->old.count > 0 && sight->has_fix)
        streak_end(&clocks->old, clocks->log, CONCLUSION_OLD_DATE, "reports");
    if (context & CONTEXT_BIT(WEEK_ROLLOVER))
        streak_add(&clocks->rolled, &sight->mark);
    else if (clocks->rolled.count > 0 && sight->has_fix)
        streak_end(&clocks->rolled, clocks->log, CONCLUSION_WEEK_ROLLOVER, "reports");
    if (context & CONTEXT_BIT(FUTURE_TIME))
        streak_add(&clocks->ahead, &sight->mark);
    else if (clocks->ahead.count > 0 && sight->has_fix)
        streak_end(&clocks->ahead, clocks->log, CONCLUSION_FUTURE_TIME, "reports");
    if (!sight->live || !sight->has_fix || sight->mark.clock != LIFE_CLOCK_DEVICE ||
        sight->row->capture_time == LIFE_NO_TIME)
        return;
    note_level(clocks, sight);
    if (context & CONTEXT_BIT(CLOCK_OFFSET))
        note_zone(clocks, sight);
}

void clocks_end(struct clocks *clocks)
{
    streak_end(&clocks->old, clocks->log, CONCLUSION_OLD_DATE, "reports");
    streak_end(&clocks->rolled, clocks->log, CONCLUSION_WEEK_ROLLOVER, "reports");
    streak_end(&clocks->ahead, clocks->log, CONCLUSION_FUTURE_TIME, "reports");
}
