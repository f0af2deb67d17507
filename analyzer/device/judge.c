/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the reports of a device say of each other. */
#include "device/judge.h"

/* What judge_again() finds anew. */
#define FOUND_AGAIN                                                                                                    \
    (CONTEXT_BIT(CLOCK_OFFSET) | CONTEXT_BIT(FUTURE_TIME) | CONTEXT_BIT(STORED) | CONTEXT_BIT(WEEK_ROLLOVER))

static void begin(struct judge *judge)
{
    judge->newest_fix = INT64_MIN;
    judge->rank = 0;
    judge->stretch = 0;
    judge->live = judge->last = (struct spot){.key = INT64_MIN};
    judge->clock = (struct clock){.agreeing = 0};
}

void judge_init(struct judge *judge, bool hindsight)
{
    *judge = (struct judge){.starts = NULL};
    begin(judge);
    hindsight_init(&judge->hindsight, hindsight);
}

void judge_clear(struct judge *judge)
{
    recent_clear(&judge->recent);
    g_clear_pointer(&judge->starts, g_array_unref);
    hindsight_clear(&judge->hindsight);
}

static struct said said_by(const struct report *report)
{
    const struct s7_message *message = report->message;
    const struct s7_field *time = message->proven ? s7_find(message, S7_FIELD_DEVICE_TIME) : NULL;
    const struct s7_field *valid = s7_find(message, S7_FIELD_VALID);
    struct said said = {
        .captured = report_captured(report), .untimed = report->completed.untimed, .utc = message->dialect != S7_GOTOP};
    if (!time)
        return said;
    said.timed = true;
    said.fix = valid && valid->value.integer;
    said.second = s7_time_seconds(&time->value.time);
    return said;
}

/* The clock went back: what was newest is no more. */
static void begin_stretch(struct judge *judge, int64_t second)
{
    const struct spot start = {second, ++judge->stretch};
    if (!judge->starts)
        judge->starts = g_array_new(FALSE, FALSE, sizeof start);
    /* Of two that began at the same time of the device, or the earlier one later, only the later one counts. */
    while (judge->starts->len > 0 && g_array_index(judge->starts, struct spot, judge->starts->len - 1).key >= start.key)
        g_array_set_size(judge->starts, judge->starts->len - 1);
    g_array_append_val(judge->starts, start);
    judge->newest_fix = INT64_MIN;
}

/* The last stretch that had begun at that time of the device. */
static uint32_t stretch_at(const struct judge *judge, int64_t second)
{
    guint low = 0, high = judge->starts ? judge->starts->len : 0;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(judge->starts, struct spot, middle).key <= second)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? g_array_index(judge->starts, struct spot, low - 1).stretch : 0;
}

/* The flags that a time is given, and where its row stands. verdict: bits of hindsight_verdict(). */
static uint32_t find_place(struct judge *judge, struct device *device, const struct said *said, unsigned verdict,
                           struct place *place)
{
    const struct spot *before = judge->live.key != INT64_MIN ? &judge->live : &judge->last;
    struct spot spot = *before;
    bool stored = false;
    uint32_t context = 0;
    place->late = (verdict & VERDICT_LATE) != 0;
    if (verdict & VERDICT_WENT_BACK)
        begin_stretch(judge, said->second);
    if (verdict & VERDICT_WRONG) {
        context = CONTEXT_BIT(FUTURE_TIME);
    } else if (said->fix) {
        stored = said->second < judge->newest_fix ||
                 (!said->untimed && said->captured - said->second * NANOSECONDS > said_limit(said) * NANOSECONDS);
        spot = (struct spot){said->second, stored ? stretch_at(judge, said->second) : judge->stretch};
        judge->newest_fix = MAX(judge->newest_fix, said->second);
    }
    if (said->timed && !said->untimed && context == 0)
        context = clock_judge(&judge->clock, &device->clock, said, stored || place->late);
    if (stored)
        context |= CONTEXT_BIT(STORED);
    else
        judge->live = spot;
    judge->last = spot;
    place->key = spot.key;
    place->stretch = spot.stretch;
    return context;
}

/* Of a row that is selected. */
static void count_time(struct device *device, const struct said *said, uint32_t context)
{
    if (!said->timed || context & CONTEXT_BIT(FUTURE_TIME))
        return;
    device->first_time = MIN(device->first_time, said->second);
    device->last_time = MAX(device->last_time, said->second);
}

static bool count_selected(struct device *device, const struct selection *selection, const struct report *report,
                           const struct said *said)
{
    const struct s7_message *message = report->message;
    if (!selection_has(selection, said->captured, said->untimed, report->device_id))
        return false;
    device_count(device, message->dialect, message->kind, report->context, said->captured, said->untimed);
    device->frame_flags |= message->flags;
    count_time(device, said, report->context);
    return true;
}

bool judge_total(struct device *device, const struct selection *selection, const struct report *report)
{
    struct said said = said_by(report);
    return count_selected(device, selection, report, &said);
}

/* Did a report without a fix that says its time come late? The flag stored is of fixes alone. */
static bool is_late_unfixed(const struct report *report, const struct said *said)
{
    return report->message->dialect == S7_FIFOTRACK && said->timed && !said->fix && !said->untimed &&
           said_skew(said) > said_limit(said);
}

/* A current fix at 0/0 is none, whatever the device says: it leads nowhere. */
static void find_position(struct report *report, const struct said *said, struct place *place)
{
    const struct s7_field *latitude = s7_find(report->message, S7_FIELD_LATITUDE);
    const struct s7_field *longitude = s7_find(report->message, S7_FIELD_LONGITUDE);
    if (!said->fix || !distance_position(latitude, longitude, &place->position))
        return;
    if (place->position.latitude != 0 || place->position.longitude != 0)
        return;
    report->context |= CONTEXT_BIT(NULL_ISLAND);
    place->position.latitude = DISTANCE_NOWHERE;
}

bool judge_report(struct judge *judge, struct device *device, const struct selection *selection, struct report *report,
                  struct place *place, struct said *said)
{
    *said = said_by(report);
    *place = (struct place){.rank = judge->rank++, .position.latitude = DISTANCE_NOWHERE};
    if (device->id[0] != '\0') { /* else no clock: capture order */
        if (recent_is_duplicate(&judge->recent, report)) {
            report->context |= CONTEXT_BIT(DUPLICATE);
            said->duplicate = true;
        }
        unsigned wrong = hindsight_note(&judge->hindsight, said, place->rank) ? VERDICT_WRONG : 0;
        report->context |= find_place(judge, device, said, wrong, place);
    }
    device->late_unfixed |= is_late_unfixed(report, said);
    find_position(report, said, place);
    return count_selected(device, selection, report, said);
}

bool judge_finish(struct judge *judge, struct device *device)
{
    bool again = device->id[0] != '\0' && hindsight_finish(&judge->hindsight);
    device->unmarked = judge->hindsight.unmarked;
    if (!again)
        return false;
    begin(judge);
    device->clock = (struct clock_findings){.rollovers = 0};
    device->context = 0;
    device->first_time = INT64_MAX;
    device->last_time = INT64_MIN;
    return true;
}

void judge_again(struct judge *judge, struct device *device, const struct said *said, bool selected, uint32_t *context,
                 struct place *place)
{
    uint32_t found = find_place(judge, device, said, hindsight_verdict(&judge->hindsight, said, place->rank), place);
    *context = (*context & ~FOUND_AGAIN) | found;
    if (!selected)
        return;
    device->late |= place->late;
    device->context |= *context;
    count_time(device, said, *context);
}
