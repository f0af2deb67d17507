/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which of a device's times are wrong dates, which came late, and where its clock went back. */
#include "device/hindsight.h"

/* Seconds: how far a clock may be from its level; how far ahead of it a time must be to have jumped. */
#define TOLERANCE INT64_C(120)
#define JUMP      INT64_C(600)
/* What persists: fixes in a row, over so many seconds of capture. */
#define LASTING_FIXES 3
#define LASTING_TIME  INT64_C(300)

/* Times of these ranks that are at least so far ahead are wrong. */
struct wrong {
    uint64_t first, last;
    int64_t highest; /* skew */
};

void hindsight_init(struct hindsight *hindsight, bool keeps)
{
    *hindsight = (struct hindsight){.keeps = keeps};
    for (size_t i = 0; i < G_N_ELEMENTS(hindsight->lines); i++)
        hindsight->lines[i].farthest = INT64_MIN;
}

/* Fixes of these ranks that are further behind than this level came late. */
struct late {
    uint64_t first, last;
    int64_t level; /* skew */
};

/* A time with what is compared. */
struct seen {
    const struct said *said;
    uint64_t rank;
    int64_t skew, captured; /* s */
    bool beyond;
};

static bool is_near(int64_t a, int64_t b)
{
    return a - b <= TOLERANCE && b - a <= TOLERANCE;
}

static void begin(struct segment *segment, const struct seen *seen)
{
    *segment = (struct segment){.first = seen->rank,
                                .last = seen->rank,
                                .since = seen->captured,
                                .until = seen->captured,
                                .newest = seen->said->second,
                                .level = seen->skew,
                                .latest = seen->skew,
                                .highest = seen->skew,
                                .count = seen->said->duplicate ? 0 : 1,
                                .open = true,
                                .beyond = seen->beyond};
}

static void join(struct segment *segment, const struct seen *seen)
{
    if (!is_near(seen->skew, segment->level))
        segment->count = 0;
    if (segment->count == 0) {
        segment->since = seen->captured;
        segment->level = seen->skew;
    }
    if (!seen->said->duplicate)
        segment->count++;
    segment->last = seen->rank;
    segment->until = seen->captured;
    segment->latest = seen->skew;
    segment->newest = MAX(segment->newest, seen->said->second);
    segment->highest = MAX(segment->highest, seen->skew);
    segment->beyond = segment->beyond && seen->beyond;
    segment->lasting |= segment->count >= LASTING_FIXES && seen->captured - segment->since >= LASTING_TIME;
}

static void keep_mark(struct hindsight *hindsight, GArray **marks, const void *mark, guint size)
{
    if (!hindsight->keeps)
        return;
    if (!*marks)
        *marks = g_array_new(FALSE, FALSE, size);
    if ((*marks)->len < HINDSIGHT_MARKS)
        g_array_append_vals(*marks, mark, 1);
    else
        hindsight->unmarked++;
}

static void mark_wrong(struct hindsight *hindsight, const struct line *line, const struct segment *segment)
{
    const struct wrong wrong = {segment->first, segment->last, segment->highest};
    keep_mark(hindsight, &hindsight->wrong[line - hindsight->lines], &wrong, sizeof wrong);
}

static void mark_reset(struct hindsight *hindsight, uint64_t rank)
{
    keep_mark(hindsight, &hindsight->resets, &rank, sizeof rank);
}

/* The base persists: what was far behind it since it last did came late. Of clocks without a zone the limit tells. */
static void settle_late(struct hindsight *hindsight, struct line *line, uint64_t last)
{
    const struct late late = {line->unsettled, last, line->base.latest};
    if (line->farthest != INT64_MIN && line->farthest - line->base.latest > JUMP)
        keep_mark(hindsight, &hindsight->late, &late, sizeof late);
    line->farthest = INT64_MIN;
}

/* One fix more of a clock with a zone. */
static void note_late(struct hindsight *hindsight, struct line *line, const struct seen *seen)
{
    if (line->farthest == INT64_MIN)
        line->unsettled = seen->rank;
    line->farthest = MAX(line->farthest, seen->skew);
    if (line->base.lasting && line->base.last == seen->rank)
        settle_late(hindsight, line, seen->rank);
}

/* A stretch that persists takes the place of the base. */
static void settle(struct line *line, struct segment *segment)
{
    line->base = *segment;
    line->base.older = false;
    line->ahead.open = line->behind.open = false;
}

/* The first fix of all. Last known times before it that it contradicts were wrong, or are with it. */
static void take_first(struct hindsight *hindsight, struct line *line, const struct seen *seen)
{
    begin(&line->base, seen);
    if (!line->early.open)
        return;
    if (!seen->beyond && line->early.newest - seen->said->second > JUMP)
        mark_wrong(hindsight, line, &line->early);
    if (seen->beyond) {
        line->base.first = line->early.first;
        line->base.highest = MAX(line->base.highest, line->early.highest);
    }
    line->early.open = false;
}

/* Further ahead than the base. Returns whether that is to be called wrong at once. */
static bool take_ahead(struct line *line, const struct seen *seen)
{
    struct segment *base = &line->base, *ahead = &line->ahead;
    if (!ahead->open) {
        bool jumped = seen->said->second - base->newest > JUMP; /* else the clock of the capture went back */
        if (!jumped || (!base->lasting && !seen->beyond)) {
            int64_t newest = base->newest;
            begin(base, seen);
            base->newest = MAX(base->newest, newest);
            line->behind.open = false;
            return false;
        }
        begin(ahead, seen);
    } else {
        join(ahead, seen);
    }
    if (!ahead->lasting || (base->lasting && ahead->beyond))
        return ahead->beyond;
    settle(line, ahead);
    return false;
}

static void take_level(struct hindsight *hindsight, struct line *line, const struct seen *seen)
{
    struct segment *base = &line->base, *ahead = &line->ahead;
    if (is_near(seen->skew, base->latest))
        line->behind.open = false;
    join(base, seen);
    if (!ahead->open)
        return;
    ahead->count = 0; /* what persists is in a row */
    if (!base->lasting)
        return;
    mark_wrong(hindsight, line, ahead);
    ahead->open = false;
}

/* Behind the base: sent late, or the clock went back. */
static void take_behind(struct hindsight *hindsight, struct line *line, const struct seen *seen)
{
    struct segment *base = &line->base, *ahead = &line->ahead, *behind = &line->behind;
    bool older = seen->said->second < (ahead->open ? MAX(base->newest, ahead->newest) : base->newest);
    base->older |= seen->said->second < base->newest;
    if (behind->open && is_near(seen->skew, behind->level)) {
        join(behind, seen);
        behind->older |= older;
    } else {
        begin(behind, seen);
        behind->older = older;
    }
    base->newest = MAX(base->newest, seen->said->second);
    if (!behind->lasting)
        return;
    if (base->beyond && base->older)
        mark_wrong(hindsight, line, base);
    if (ahead->open && ahead->beyond)
        mark_wrong(hindsight, line, ahead);
    if (behind->older)
        mark_reset(hindsight, behind->first);
    settle(line, behind);
}

/* A last known time: wrong at once if it is far ahead of the newest fix; before the first fix that tells. */
static bool take_last_known(struct line *line, const struct seen *seen)
{
    const struct segment *base = &line->base;
    if (base->open) {
        int64_t passed = MAX(seen->captured - base->until, 0);
        return seen->beyond && seen->said->second - base->newest > passed + JUMP;
    }
    if (!seen->beyond)
        return false;
    if (line->early.open)
        join(&line->early, seen);
    else
        begin(&line->early, seen);
    return false;
}

static bool is_beyond(const struct line *line, const struct said *said, int64_t skew)
{
    if (-skew > said_limit(said))
        return true;
    return !said->utc && line->base.open && line->base.lasting && line->base.latest - skew > HINDSIGHT_ZONE;
}

bool hindsight_note(struct hindsight *hindsight, const struct said *said, uint64_t rank)
{
    struct line *line = &hindsight->lines[said->utc];
    int64_t skew = said_skew(said);
    const struct seen seen = {said, rank, skew, skew + said->second, is_beyond(line, said, skew)};
    bool wrong = false;
    if (!said->timed || said->untimed)
        return false;
    if (!said->fix)
        wrong = take_last_known(line, &seen);
    else if (skew > said_limit(said))
        return false; /* stored, whatever else is known */
    else if (!line->base.open)
        take_first(hindsight, line, &seen);
    else if (line->base.latest - skew > JUMP)
        wrong = take_ahead(line, &seen);
    else if (skew - line->base.latest <= TOLERANCE)
        take_level(hindsight, line, &seen);
    else
        take_behind(hindsight, line, &seen);
    if (said->fix && !said->utc)
        note_late(hindsight, line, &seen);
    hindsight->opined |= wrong;
    return wrong;
}

static int compare_ranks(gconstpointer a, gconstpointer b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

/* By their first ranks. Of two of a class of which one begins within the other, the latter has the wider bound. */
static int compare_wrong(gconstpointer a, gconstpointer b)
{
    return compare_ranks(&((const struct wrong *)a)->first, &((const struct wrong *)b)->first);
}

bool hindsight_finish(struct hindsight *hindsight)
{
    for (struct line *line = hindsight->lines; line < hindsight->lines + G_N_ELEMENTS(hindsight->lines); line++) {
        if (line->base.open && line->base.beyond && line->base.older && !line->base.lasting)
            mark_wrong(hindsight, line, &line->base);
        if (line->ahead.open && line->ahead.beyond)
            mark_wrong(hindsight, line, &line->ahead);
        if (line->base.lasting)
            settle_late(hindsight, line, UINT64_MAX);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(hindsight->wrong); i++) {
        hindsight->lines[i] = (struct line){.base.open = false}; /* now of the fixes that were live */
        if (hindsight->wrong[i])
            g_array_sort(hindsight->wrong[i], compare_wrong);
    }
    if (hindsight->resets)
        g_array_sort(hindsight->resets, compare_ranks);
    return hindsight->opined || hindsight->wrong[0] || hindsight->wrong[1] || hindsight->resets || hindsight->late;
}

static bool is_marked(struct hindsight *hindsight, const struct said *said, uint64_t rank)
{
    const GArray *marks = hindsight->wrong[said->utc];
    guint *next = &hindsight->next_wrong[said->utc];
    while (marks && *next < marks->len && g_array_index(marks, struct wrong, *next).last < rank)
        ++*next;
    if (!marks || *next == marks->len)
        return false;
    const struct wrong *wrong = &g_array_index(marks, struct wrong, *next);
    return wrong->first <= rank && said_skew(said) <= wrong->highest;
}

static bool is_reset(struct hindsight *hindsight, uint64_t rank)
{
    const GArray *resets = hindsight->resets;
    if (!resets || hindsight->next_reset == resets->len ||
        g_array_index(resets, uint64_t, hindsight->next_reset) != rank)
        return false;
    hindsight->next_reset++;
    return true;
}

static bool is_late(struct hindsight *hindsight, const struct said *said, uint64_t rank)
{
    const GArray *marks = hindsight->late;
    while (marks && hindsight->next_late < marks->len &&
           g_array_index(marks, struct late, hindsight->next_late).last < rank)
        hindsight->next_late++;
    if (!marks || hindsight->next_late == marks->len || !said->fix || said->utc)
        return false;
    const struct late *late = &g_array_index(marks, struct late, hindsight->next_late);
    return late->first <= rank && said_skew(said) - late->level > JUMP;
}

unsigned hindsight_verdict(struct hindsight *hindsight, const struct said *said, uint64_t rank)
{
    struct segment *base = &hindsight->lines[said->utc].base;
    int64_t skew = said_skew(said);
    const struct seen seen = {said, rank, skew, skew + said->second,
                              is_beyond(&hindsight->lines[said->utc], said, skew)};
    if (!said->timed || said->untimed)
        return 0;
    bool reset = is_reset(hindsight, rank);
    if (is_marked(hindsight, said, rank))
        return VERDICT_WRONG;
    if (!said->fix)
        return base->open && take_last_known(&hindsight->lines[said->utc], &seen) ? VERDICT_WRONG : 0;
    if (skew <= said_limit(said) && (reset || !base->open || said->second >= base->newest)) {
        begin(base, &seen);
        base->lasting = true;
    }
    return (reset ? VERDICT_WENT_BACK : 0) | (is_late(hindsight, said, rank) ? VERDICT_LATE : 0);
}

void hindsight_clear(struct hindsight *hindsight)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hindsight->wrong); i++)
        if (hindsight->wrong[i])
            g_array_unref(hindsight->wrong[i]);
    if (hindsight->resets)
        g_array_unref(hindsight->resets);
    if (hindsight->late)
        g_array_unref(hindsight->late);
    *hindsight = (struct hindsight){.keeps = false};
}
