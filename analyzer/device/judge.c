/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the past of a device says of its next report. */
#include "device/judge.h"

/* A current fix whose clock is further behind the capture than this was stored: the clock of startek and fifotrack is
 * UTC, that of gotop may have any zone. Seconds. */
#define STORED_UTC   INT64_C(600)
#define STORED_GOTOP INT64_C(54000)

void judge_init(struct judge *judge)
{
    *judge = (struct judge){.newest_fix = INT64_MIN, .live_key = INT64_MIN, .last_key = INT64_MIN};
}

void judge_clear(struct judge *judge)
{
    recent_free(judge->recent);
    judge->recent = NULL;
}

/* What a report says of its time. */
struct said {
    bool timed;     /* the second is there */
    bool fix;       /* it is that of a current fix */
    int64_t second; /* device time */
};

static struct said said_by(const struct report *report)
{
    const struct s7_message *message = report->message;
    const struct s7_field *time = message->proven ? s7_find(message, S7_FIELD_DEVICE_TIME) : NULL;
    const struct s7_field *valid = s7_find(message, S7_FIELD_VALID);
    if (!time)
        return (struct said){.timed = false};
    return (struct said){true, valid && valid->value.integer, s7_time_seconds(&time->value.time)};
}

/* Sets the flags that need the device's past, and says where the row stands among the device's rows. */
static void find_place(struct judge *judge, struct device *device, struct report *report, const struct said *said,
                       struct place *place)
{
    if (device->id[0] == '\0')
        return; /* no device, no clock: capture order */
    if (recent_is_duplicate(&judge->recent, report))
        report->context |= CONTEXT_BIT(DUPLICATE);
    place->key = judge->live_key != INT64_MIN ? judge->live_key : judge->last_key;
    place->standing = STANDS_FOLLOWS;
    if (said->fix) {
        int64_t limit = report->message->dialect == S7_GOTOP ? STORED_GOTOP : STORED_UTC;
        bool stored =
            said->second < judge->newest_fix ||
            (!report->completed.untimed && report->completed.time - said->second * NANOSECONDS > limit * NANOSECONDS);
        place->key = said->second;
        place->standing = stored ? STANDS_ASIDE : STANDS_KEYED;
        judge->newest_fix = MAX(judge->newest_fix, said->second);
    }
    if (said->timed && !report->completed.untimed)
        report->context |=
            clock_judge(&judge->clock, &device->clock, report, said->second, place->standing == STANDS_ASIDE);
    if (place->standing == STANDS_ASIDE)
        report->context |= CONTEXT_BIT(STORED);
    else
        judge->live_key = place->key;
    judge->last_key = place->key;
}

static bool count_selected(struct device *device, const struct selection *selection, const struct report *report,
                           const struct said *said)
{
    const struct s7_message *message = report->message;
    if (!selection_has(selection, report->completed.time, report->device_id))
        return false;
    device_count(device, message->dialect, message->kind, report->context, report->completed.time);
    device->frame_flags |= message->flags;
    if (said->timed) {
        device->first_time = MIN(device->first_time, said->second);
        device->last_time = MAX(device->last_time, said->second);
    }
    return true;
}

bool judge_total(struct device *device, const struct selection *selection, const struct report *report)
{
    struct said said = said_by(report);
    return count_selected(device, selection, report, &said);
}

bool judge_report(struct judge *judge, struct device *device, const struct selection *selection, struct report *report,
                  struct place *place)
{
    struct said said = said_by(report);
    *place = (struct place){
        .captured = report->completed.time, .order = report->order, .position.latitude = DISTANCE_NOWHERE};
    find_place(judge, device, report, &said, place);
    if (!count_selected(device, selection, report, &said))
        return false;
    if (said.fix)
        distance_position(s7_find(report->message, S7_FIELD_LATITUDE), s7_find(report->message, S7_FIELD_LONGITUDE),
                          &place->position);
    return true;
}

void judge_follow(struct follower *follower, struct place *place)
{
    if (place->standing == STANDS_FOLLOWS)
        place->key = follower->live != INT64_MIN ? follower->live : follower->last;
    if (place->standing != STANDS_ASIDE)
        follower->live = place->key;
    follower->last = place->key;
}
