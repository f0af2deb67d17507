/* SPDX-License-Identifier: GPL-2.0-or-later
 * By which ways the reports came. */
#include "life/ways.h"

#include "base/coverage.h"

#include <string.h>

void ways_begin(struct ways *ways, const struct rules *rules, struct life_log *log)
{
    memset(ways, 0, sizeof *ways);
    ways->rules = rules;
    ways->log = log;
}

static void put_way(GString *out, const struct way *way)
{
    char source[ENDPOINT_SIZE];
    endpoint_print(&way->source, source);
    g_string_append_printf(out, "stream %" G_GUINT64_FORMAT " from %s", way->stream, source);
}

static bool same_address(const struct way *a, const struct way *b)
{
    return memcmp(a->source.address, b->source.address, sizeof a->source.address) == 0;
}

static void put_ways(GString *out, const struct way *before, const struct way *now)
{
    put_way(out, before);
    g_string_append(out, " then ");
    put_way(out, now);
}

/* An earlier conversation goes on: both are there. */
static void tell_two(struct ways *ways, struct way *again, const struct sight *sight)
{
    struct way *other = &ways->now;
    double time = (double)(sight->mark.at - again->last.at) / (double)NANOSECONDS;
    bool told = other->told && again->told;
    if (told || same_address(other, again) || time > ways->rules->values[PARAMETER_PLACES_TIME])
        return;
    GString *detail = log_detail(ways->log);
    put_way(detail, again);
    g_string_append(detail, "; ");
    put_way(detail, other);
    log_event(ways->log, CONCLUSION_TWO_CONVERSATIONS, &other->last, again->last.row, sight->mark.row);
    other->told = again->told = true;
}

static void tell_new(struct ways *ways, const struct sight *sight, const struct way *way)
{
    enum conclusion what = same_address(&ways->now, way) ? CONCLUSION_RECONNECTED : CONCLUSION_ADDRESS_CHANGED;
    put_ways(log_detail(ways->log), &ways->now, way);
    log_event(ways->log, what, &sight->mark, ways->now.last.row, sight->mark.row);
}

static bool is_way(const struct way *way, uint64_t stream)
{
    return way->first.row > 0 && way->stream == stream;
}

/* The three conversations that were heard last are known. */
static void change_way(struct ways *ways, const struct sight *sight, const struct way *way)
{
    struct way now = *way;
    if (is_way(&ways->before, way->stream)) {
        tell_two(ways, &ways->before, sight);
        now = ways->before;
    } else {
        if (is_way(&ways->earlier, way->stream)) {
            tell_two(ways, &ways->earlier, sight);
            now = ways->earlier;
        } else {
            tell_new(ways, sight, way);
        }
        ways->earlier = ways->before;
    }
    ways->before = ways->now;
    ways->now = now;
}

static void end_stored(struct ways *ways)
{
    if (ways->stored.count == 0)
        return;
    GString *detail = log_detail(ways->log);
    g_string_append_printf(detail, "%" G_GUINT64_FORMAT " of ", ways->stored.count);
    log_put_time(detail, &ways->stored.first);
    g_string_append(detail, " to ");
    log_put_time(detail, &ways->stored_last);
    g_string_append(detail, "; sent up to ");
    log_put_duration(detail, ways->latest);
    g_string_append(detail, " late");
    ways->stored.first.time = ways->sent_first;
    ways->stored.first.clock = LIFE_CLOCK_CAPTURE;
    ways->stored.first.position.latitude = DISTANCE_NOWHERE;
    streak_end(&ways->stored, ways->log, CONCLUSION_STORED_UPLOAD, NULL);
}

static void note_stored(struct ways *ways, const struct sight *sight)
{
    int64_t captured = CLAMP(sight->row->capture_time, -COVERAGE_FARTHEST, COVERAGE_FARTHEST);
    if (ways->stored.count == 0) {
        ways->sent_first = captured;
        ways->latest = 0;
    }
    streak_add(&ways->stored, &sight->mark);
    ways->stored_last = sight->mark;
    ways->sent_first = MIN(ways->sent_first, captured);
    ways->latest = MAX(ways->latest, captured - sight->mark.at);
}

void ways_row(struct ways *ways, const struct sight *sight)
{
    if (!sight->says || sight->row->capture_time == LIFE_NO_TIME)
        return;
    if (!sight->live) {
        note_stored(ways, sight);
        return;
    }
    end_stored(ways);
    if (ways->now.first.row > 0 && ways->now.stream == sight->report->stream) {
        ways->now.last = sight->mark;
        return;
    }
    const struct way way = {sight->report->stream, sight->report->source, sight->mark, sight->mark, false};
    if (ways->now.first.row == 0)
        ways->now = way;
    else
        change_way(ways, sight, &way);
    ways->now.last = sight->mark;
}

void ways_end(struct ways *ways)
{
    end_stored(ways);
}
