/* SPDX-License-Identifier: GPL-2.0-or-later
 * When nothing came from the device, for longer than its own rhythm explains. */
#include "life/silence.h"

#include <string.h>

void silence_begin(struct silence *silence, const struct rules *rules, const struct coverage *coverage,
                   struct life_log *log)
{
    GArray *heard = silence->heard ? silence->heard : g_array_new(FALSE, FALSE, sizeof(struct mark));
    *silence = (struct silence){.rules = rules,
                                .log = log,
                                .coverage = coverage,
                                .heard = g_array_set_size(heard, 0),
                                .place.latitude = DISTANCE_NOWHERE,
                                .regular = LIFE_NO_TIME};
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

static void put_unseen(GString *detail, int64_t unseen)
{
    g_string_append(detail, "; no packet at all was captured in ");
    log_put_duration(detail, unseen);
    g_string_append(detail, " of it");
}

static void log_silence(const struct silence *silence, const struct quiet *quiet, int64_t covered)
{
    int64_t length = quiet->until - quiet->last.at;
    GString *detail = log_detail(silence->log);
    log_put_duration(detail, length);
    g_string_append(detail, quiet->ends ? " until " : ", not back until the end");
    if (quiet->ends)
        log_put_time(detail, &quiet->back);
    if (quiet->rhythm > 0) {
        g_string_append(detail, "; rhythm ");
        log_put_duration(detail, quiet->rhythm);
    }
    if (length - covered >= NANOSECONDS)
        put_unseen(detail, length - covered);
    log_event(silence->log, CONCLUSION_SILENCE, &quiet->last, quiet->last.row,
              quiet->ends ? quiet->back.row : quiet->last.row);
    if (quiet->ends)
        log_event(silence->log, CONCLUSION_SILENCE_END, &quiet->back, quiet->last.row, quiet->back.row);
}

/* From the last current fix before it to where it came back, m; negative: not known. */
static double way_of(const struct quiet *quiet)
{
    if (!quiet->ends || quiet->place.latitude == DISTANCE_NOWHERE || quiet->back.position.latitude == DISTANCE_NOWHERE)
        return -1;
    return distance_ellipsoid(quiet->place, quiet->back.position);
}

static void log_stretch(const struct silence *silence, const struct quiet *quiet)
{
    const struct mark *last = &quiet->last, *back = quiet->ends ? &quiet->back : NULL;
    bool device = back && back->clock == LIFE_CLOCK_DEVICE && last->clock == LIFE_CLOCK_DEVICE;
    const struct life_trip trip = {.kind = LIFE_SILENCE,
                                   .clock = device ? LIFE_CLOCK_DEVICE : LIFE_CLOCK_CAPTURE,
                                   .start = device ? last->time : last->at,
                                   .end = device ? back->time : quiet->until,
                                   .distance = way_of(quiet),
                                   .odometer = LIFE_NO_TIME,
                                   .max_speed = -1,
                                   .from = quiet->place,
                                   .to = quiet->back.position,
                                   .first_row = last->row,
                                   .last_row = back ? back->row : last->row};
    log_trip(silence->log, &trip);
}

static void log_not_captured(const struct silence *silence, const struct quiet *quiet, int64_t covered)
{
    int64_t length = quiet->until - quiet->last.at;
    GString *detail = log_detail(silence->log);
    log_put_duration(detail, length);
    g_string_append(detail, " until ");
    log_put_time(detail, &quiet->back);
    put_unseen(detail, length - covered);
    double way = way_of(quiet);
    if (way >= silence->rules->values[PARAMETER_TRIP_DISTANCE]) {
        g_string_append(detail, "; it came back ");
        log_put_number(detail, way / 1000, 1);
        g_string_append(detail, " km away");
    }
    log_event(silence->log, CONCLUSION_NOT_CAPTURED, &quiet->last, quiet->last.row, quiet->back.row);
}

/* How long it must be, ns. */
static double shortest(const struct silence *silence, const struct quiet *quiet)
{
    const double *values = silence->rules->values;
    return MAX(values[PARAMETER_NO_DATA] * (double)NANOSECONDS,
               values[PARAMETER_SILENCE_FACTOR] * (double)quiet->rhythm);
}

/* No row is left that could fill it. */
static void tell(const struct silence *silence, const struct quiet *quiet)
{
    int64_t covered = coverage_between(silence->coverage, quiet->last.at, quiet->until);
    if ((double)covered >= shortest(silence, quiet)) {
        log_silence(silence, quiet, covered);
        log_stretch(silence, quiet);
    } else if (quiet->ends && quiet->last.at >= coverage_begin(silence->coverage)) {
        log_not_captured(silence, quiet, covered);
    }
}

/* Keeps it, if it is long enough: what was sent late may fill it. Of too many the first is told. */
static bool keep(struct silence *silence, const struct quiet *quiet)
{
    if ((double)(quiet->until - quiet->last.at) < shortest(silence, quiet))
        return false;
    if (silence->count == SILENCE_KEPT) {
        tell(silence, &silence->kept[0]);
        memmove(silence->kept, silence->kept + 1, --silence->count * sizeof silence->kept[0]);
    }
    silence->kept[silence->count++] = *quiet;
    return true;
}

/* A row that stands behind them, but was made in one of them. */
static void fill(struct silence *silence, const struct mark *mark)
{
    for (unsigned i = silence->count; i-- > 0;) {
        const struct quiet quiet = silence->kept[i];
        if (mark->at <= quiet.last.at || mark->at >= quiet.until)
            continue;
        memmove(silence->kept + i, silence->kept + i + 1, (--silence->count - i) * sizeof silence->kept[0]);
        struct quiet before = quiet, behind = quiet;
        before.ends = true;
        before.back = *mark;
        before.until = mark->at;
        behind.last = *mark;
        keep(silence, &before);
        keep(silence, &behind);
        return;
    }
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
    if (until - silence->last.at < NANOSECONDS || silence->full)
        return false;
    struct quiet quiet = {.last = silence->last,
                          .ends = back != NULL,
                          .until = until,
                          .rhythm = rhythm(silence),
                          .place = silence->place,
                          .back.position.latitude = DISTANCE_NOWHERE};
    if (back)
        quiet.back = *back;
    return keep(silence, &quiet);
}

static struct mark *heard_at(const struct silence *silence, guint place)
{
    return place < silence->heard->len ? &g_array_index(silence->heard, struct mark, place) : NULL;
}

/* The place of the first that was heard later. */
static guint place_later(const struct silence *silence, int64_t at)
{
    guint low = 0, high = silence->heard->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (heard_at(silence, middle)->at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Are both there, and no silence between them that is worth a third? */
static bool are_close(const struct silence *silence, const struct mark *from, const struct mark *to)
{
    return from && to && (double)(to->at - from->at) < silence->rules->values[PARAMETER_NO_DATA] * NANOSECONDS / 4;
}

/* What was sent late stands at the time when it was made, but it was a sign of life when it was sent. Of many that come
 * close to each other the first and the last are kept. */
static void hear(struct silence *silence, const struct sight *sight)
{
    int64_t captured = sight->row->capture_time;
    if ((!sight->old && !sight->aside && sight->mark.at >= captured) || captured == LIFE_NO_TIME || silence->full)
        return;
    const struct mark mark = {.row = sight->mark.row,
                              .time = captured,
                              .at = CLAMP(captured, -COVERAGE_FARTHEST, COVERAGE_FARTHEST),
                              .clock = LIFE_CLOCK_CAPTURE,
                              .position.latitude = DISTANCE_NOWHERE};
    guint place = place_later(silence, mark.at);
    struct mark *after = heard_at(silence, place), *before = heard_at(silence, place - 1); /* UINT_MAX is none, too */
    if (are_close(silence, before, after))
        return;
    if (place >= 2 && are_close(silence, heard_at(silence, place - 2), &mark))
        *heard_at(silence, --place) = mark;
    else if (are_close(silence, &mark, heard_at(silence, place + 1)))
        *after = mark;
    else
        g_array_insert_val(silence->heard, place, mark);
    silence->next = MIN(silence->next, place);
    silence->full = silence->heard->len == SILENCE_HEARD;
}

static bool judge_until(struct silence *silence, const struct mark *back, int64_t until)
{
    bool found = false;
    for (; silence->next < silence->heard->len; silence->next++) {
        const struct mark heard = g_array_index(silence->heard, struct mark, silence->next);
        if (heard.at >= until)
            break;
        if (heard.at <= silence->last.at)
            continue;
        found |= judge(silence, &heard, heard.at);
        silence->last = heard;
    }
    return judge(silence, back, until) || found;
}

bool silence_row(struct silence *silence, const struct sight *sight)
{
    bool found = false;
    if (!sight->up || sight->mark.at == LIFE_NO_TIME)
        return false;
    hear(silence, sight);
    if (sight->old || sight->aside)
        return false;
    if (sight->mark.at < silence->last.at)
        fill(silence, &sight->mark);
    if (silence->last.row > 0 && sight->mark.at > silence->last.at) {
        const struct mark back = behind(&silence->last, &sight->mark);
        found = judge_until(silence, &back, sight->mark.at);
    }
    if (silence->last.row == 0 || sight->mark.at >= silence->last.at || sight->live)
        silence->last = sight->mark;
    if (sight->has_fix)
        silence->place = sight->mark.position;
    note_interval(silence, sight);
    return found;
}

void silence_end(struct silence *silence)
{
    if (silence->last.row > 0 && silence->coverage && coverage_end(silence->coverage) > silence->last.at)
        judge_until(silence, NULL, coverage_end(silence->coverage));
    for (unsigned i = 0; i < silence->count; i++)
        tell(silence, &silence->kept[i]);
    silence->count = 0;
}

void silence_clear(struct silence *silence)
{
    g_clear_pointer(&silence->heard, g_array_unref);
}
