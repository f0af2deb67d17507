/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the times of a device say of its clock. */
#include "device/clock.h"

/* Seconds: a quarter of an hour, and how far a clock may be from it. */
#define QUARTER   900
#define TOLERANCE 120
/* Zones are UTC-12:00 to UTC+14:00. */
#define FARTHEST_WEST (-48)
#define FARTHEST_EAST 56
/* Live reports in a row that must agree. What was sent late looks like a clock further west: the capture must have gone
 * on meanwhile as long as the device's clock, give or take a quarter, and for a zone in the west for five minutes. */
#define AGREEING  3
#define SHORT     5 /* seconds that reports may take to come */
#define WEST_TIME (300 * NANOSECONDS)
/* 1024 weeks, give or take a day. */
#define ROLLOVER (INT64_C(7168) * 86400)
#define DAY      INT64_C(86400)

static bool is_rollover(int64_t behind)
{
    return behind >= ROLLOVER - DAY && behind <= ROLLOVER + DAY;
}

/* Whether the device is known to be in that zone. */
static uint32_t *find_zone(struct clock_findings *findings, int16_t quarters)
{
    for (unsigned i = 0; i < CLOCK_ZONES; i++)
        if (findings->zones[i].rows > 0 && findings->zones[i].quarters == quarters)
            return &findings->zones[i].rows;
    return NULL;
}

static uint32_t *add_zone(struct clock_findings *findings, int16_t quarters)
{
    for (unsigned i = 0; i < CLOCK_ZONES; i++) {
        if (findings->zones[i].rows > 0)
            continue;
        findings->zones[i].quarters = quarters;
        return &findings->zones[i].rows;
    }
    return NULL;
}

/* Remembers what the report says; true if that makes the zone known. */
static bool note_zone(struct clock *clock, int16_t quarters, const struct said *said)
{
    if (clock->agreeing == 0 || clock->quarters != quarters) {
        clock->agreeing = 0;
        clock->quarters = quarters;
        clock->since = said->captured;
        clock->first = said->second;
    }
    if (clock->agreeing < AGREEING)
        clock->agreeing++;
    int64_t passed = said->captured - clock->since, own = said->second - clock->first;
    int64_t apart = passed / NANOSECONDS - own, most = MAX(SHORT, own / 4);
    return clock->agreeing == AGREEING && apart <= most && apart >= -most && (quarters > 0 || passed >= WEST_TIME);
}

uint32_t clock_judge(struct clock *clock, struct clock_findings *findings, const struct said *said, bool stored)
{
    int64_t behind = said->captured / NANOSECONDS - said->second;
    if (is_rollover(behind)) {
        findings->rollovers++;
        return CONTEXT_BIT(WEEK_ROLLOVER);
    }
    if (said->utc || stored || !said->fix || said->duplicate)
        return 0;
    int64_t ahead = -behind + QUARTER / 2;
    int64_t quarters = ahead / QUARTER - (ahead % QUARTER < 0);
    int64_t off = -behind - quarters * QUARTER;
    if (quarters == 0 || quarters < FARTHEST_WEST || quarters > FARTHEST_EAST || off > TOLERANCE || off < -TOLERANCE) {
        clock->agreeing = 0;
        return 0;
    }
    bool agreed = note_zone(clock, (int16_t)quarters, said);
    uint32_t *rows = find_zone(findings, (int16_t)quarters);
    if (!rows && agreed)
        rows = add_zone(findings, (int16_t)quarters);
    if (!rows)
        return 0;
    ++*rows;
    return CONTEXT_BIT(CLOCK_OFFSET);
}

bool clock_finding(const struct clock_findings *findings, unsigned n, char text[CLOCK_TEXT_SIZE], uint64_t *rows)
{
    for (unsigned i = 0; i < CLOCK_ZONES && findings->zones[i].rows > 0; i++) {
        if (n-- > 0)
            continue;
        int quarters = findings->zones[i].quarters;
        unsigned size = (unsigned)(quarters < 0 ? -quarters : quarters);
        g_snprintf(text, CLOCK_TEXT_SIZE, "device clock looks like UTC%c%02u:%02u", quarters < 0 ? '-' : '+', size / 4,
                   size % 4 * 15);
        *rows = findings->zones[i].rows;
        return true;
    }
    if (n > 0 || findings->rollovers == 0)
        return false;
    g_snprintf(text, CLOCK_TEXT_SIZE, "device date is behind by 1024 GPS weeks");
    *rows = findings->rollovers;
    return true;
}
