/* SPDX-License-Identifier: GPL-2.0-or-later
 * When nothing came from the device, for longer than its own rhythm explains. */
#include "life/silence.h"

void silence_begin(struct silence *silence, const struct rules *rules, const struct coverage *coverage,
                   struct life_log *log)
{
    *silence = (struct silence){
        .rules = rules, .log = log, .coverage = coverage, .place.latitude = DISTANCE_NOWHERE, .regular = LIFE_NO_TIME};
}

/* The median of the last intervals; 0: there are too few. */
static int64_t rhythm(const struct silence *silence)
{
    int64_t sorted[SILENCE_INTERVALS];
    unsigned count = (unsigned)MIN(silence->known, SILENCE_INTERVALS);
    if (count < SILENCE_KNOWN)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned place = i;
        for (; place > 0 && sorted[place - 1] > silence->intervals[i]; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = silence->intervals[i];
    }
    return sorted[(count - 1) / 2];
}

static void note_interval(struct silence *silence, const struct sight *sight)
{
    enum s7_kind kind = sight->message->kind;
    if (!sight->says || (kind != S7_KIND_POSITION && kind != S7_KIND_HEARTBEAT && kind != S7_KIND_HELLO))
        return;
    if (silence->regular != LIFE_NO_TIME && sight->mark.at - silence->regular >= NANOSECONDS)
        silence->intervals[silence->known++ % SILENCE_INTERVALS] = sight->mark.at - silence->regular;
    silence->regular = sight->mark.at;
}

static void log_silence(struct silence *silence, const struct mark *back, int64_t until, int64_t covered, int64_t beat)
{
    const struct mark *last = &silence->last;
    GString *detail = log_detail(silence->log);
    log_put_duration(detail, until - last->at);
    g_string_append(detail, back ? " until " : ", not back until the end");
    if (back)
        log_put_time(detail, back);
    if (beat > 0) {
        g_string_append(detail, "; rhythm ");
        log_put_duration(detail, beat);
    }
    if (until - last->at - covered >= NANOSECONDS) {
        g_string_append(detail, "; no packet at all was captured in ");
        log_put_duration(detail, until - last->at - covered);
        g_string_append(detail, " of it");
    }
    log_event(silence->log, CONCLUSION_SILENCE, last, last->row, back ? back->row : last->row);
}

static void log_stretch(const struct silence *silence, const struct mark *back, int64_t until)
{
    const struct mark *last = &silence->last;
    bool device = back && back->clock == LIFE_CLOCK_DEVICE && last->clock == LIFE_CLOCK_DEVICE;
    struct life_trip trip = {.kind = LIFE_SILENCE,
                             .clock = device ? LIFE_CLOCK_DEVICE : LIFE_CLOCK_CAPTURE,
                             .start = device ? last->time : last->at,
                             .end = device ? back->time : until,
                             .distance = -1,
                             .odometer = LIFE_NO_TIME,
                             .max_speed = -1,
                             .from = silence->place,
                             .to.latitude = DISTANCE_NOWHERE,
                             .first_row = last->row,
                             .last_row = back ? back->row : last->row};
    if (back)
        trip.to = back->position;
    if (trip.from.latitude != DISTANCE_NOWHERE && trip.to.latitude != DISTANCE_NOWHERE)
        trip.distance = distance_ellipsoid(trip.from, trip.to);
    log_trip(silence->log, &trip);
}

/* Over a silence the device's clock may have gone back: then the capture's clock tells its end. */
static struct mark behind(const struct mark *last, const struct mark *back)
{
    struct mark mark = *back;
    if (last->clock == LIFE_CLOCK_DEVICE && back->clock == LIFE_CLOCK_DEVICE && back->time < last->time) {
        mark.time = back->at;
        mark.clock = LIFE_CLOCK_CAPTURE;
    }
    return mark;
}

/* back: the row behind it, NULL: the capture ended. Returns whether it is one, or may be. */
static bool judge(struct silence *silence, const struct mark *back, int64_t until)
{
    const struct mark *last = &silence->last;
    const double *values = silence->rules->values;
    double shortest = values[PARAMETER_NO_DATA] * (double)NANOSECONDS;
    int64_t length = until - last->at;
    if ((double)length < shortest)
        return false;
    int64_t beat = rhythm(silence);
    shortest = MAX(shortest, values[PARAMETER_SILENCE_FACTOR] * (double)beat);
    if ((double)length < shortest)
        return false;
    int64_t covered = coverage_between(silence->coverage, last->at, until);
    if ((double)covered >= shortest) {
        log_silence(silence, back, until, covered, beat);
        log_stretch(silence, back, until);
        if (back)
            log_event(silence->log, CONCLUSION_SILENCE_END, back, last->row, back->row);
    } else if (back && last->at >= coverage_begin(silence->coverage)) {
        GString *detail = log_detail(silence->log);
        log_put_duration(detail, length);
        g_string_append(detail, " until ");
        log_put_time(detail, back);
        g_string_append(detail, "; no packet at all was captured in ");
        log_put_duration(detail, length - covered);
        g_string_append(detail, " of it");
        log_event(silence->log, CONCLUSION_NOT_CAPTURED, last, last->row, back->row);
    }
    return true;
}

/* What was stored stands at the time when it was made, but it was a sign of life when it was sent. */
static void hear(struct silence *silence, const struct sight *sight)
{
    int64_t captured = sight->row->capture_time;
    if (sight->live || captured == LIFE_NO_TIME || (silence->heard.row > 0 && captured <= silence->heard.at))
        return;
    silence->heard = (struct mark){.row = sight->mark.row,
                                   .time = captured,
                                   .at = CLAMP(captured, -COVERAGE_FARTHEST, COVERAGE_FARTHEST),
                                   .clock = LIFE_CLOCK_CAPTURE,
                                   .position.latitude = DISTANCE_NOWHERE};
}

static bool judge_until(struct silence *silence, const struct mark *back, int64_t until)
{
    bool found = false;
    if (silence->heard.row > 0 && silence->heard.at > silence->last.at && silence->heard.at < until) {
        found = judge(silence, &silence->heard, silence->heard.at);
        silence->last = silence->heard;
    }
    return judge(silence, back, until) || found;
}

bool silence_row(struct silence *silence, const struct sight *sight)
{
    bool found = false;
    if (!sight->up || sight->old || sight->mark.at == LIFE_NO_TIME)
        return false;
    if (silence->last.row > 0 && sight->mark.at > silence->last.at) {
        const struct mark back = behind(&silence->last, &sight->mark);
        found = judge_until(silence, &back, sight->mark.at);
    }
    if (silence->last.row == 0 || sight->mark.at >= silence->last.at || sight->live)
        silence->last = sight->mark;
    if (sight->has_fix)
        silence->place = sight->mark.position;
    if (sight->says)
        hear(silence, sight);
    note_interval(silence, sight);
    return found;
}

void silence_end(struct silence *silence)
{
    if (silence->last.row > 0 && silence->coverage && coverage_end(silence->coverage) > silence->last.at)
        judge_until(silence, NULL, coverage_end(silence->coverage));
}
