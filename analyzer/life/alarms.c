/* SPDX-License-Identifier: GPL-2.0-or-later
 * Alarms: one event for each, also where two frames tell of one. */
#include "life/alarms.h"

#include "life/words.h"

#include <string.h>

void alarms_init(struct alarms *alarms, const struct rules *rules, struct life_log *log, bool shown)
{
    memset(alarms, 0, sizeof *alarms);
    alarms->rules = rules;
    alarms->log = log;
    alarms->shown = shown;
    for (unsigned i = 0; i < ALARMS_WAITING; i++)
        alarms->waiting[i].detail = g_string_new(NULL);
    alarms->speeding.detail = g_string_new(NULL);
}

void alarms_begin(struct alarms *alarms)
{
    for (unsigned i = 0; i < ALARMS_WAITING; i++)
        alarms->waiting[i].mark.row = 0;
    alarms->speeding.mark.row = 0;
}

void alarms_clear(struct alarms *alarms)
{
    for (unsigned i = 0; i < ALARMS_WAITING; i++)
        g_string_free(alarms->waiting[i].detail, TRUE);
    g_string_free(alarms->speeding.detail, TRUE);
}

/* Too much speed is told when it is over. */
static void end_waiting(struct alarms *alarms, struct alarm *alarm)
{
    if (alarm->mark.row > 0 && alarm->what != CONCLUSION_OVERSPEED) {
        g_string_append_len(log_detail(alarms->log), alarm->detail->str, (gssize)alarm->detail->len);
        log_alarm(alarms->log, alarm->what, alarm->event, &alarm->mark, alarm->mark.row, alarm->last);
    }
    alarm->mark.row = 0;
}

static void end_complete(struct alarms *alarms)
{
    for (unsigned i = 0; i < ALARMS_WAITING; i++)
        if (alarms->waiting[i].complete)
            end_waiting(alarms, &alarms->waiting[i]);
}

static void end_speeding(struct alarms *alarms)
{
    if (alarms->speeding.mark.row == 0)
        return;
    GString *detail = log_detail(alarms->log);
    g_string_append_len(detail, alarms->speeding.detail->str, (gssize)alarms->speeding.detail->len);
    if (alarms->speeding.peak >= 0) {
        g_string_append(detail, "; peak ");
        log_put_number(detail, alarms->speeding.peak, 1);
        g_string_append(detail, " km/h");
    }
    if (alarms->speeding.alarms > 1)
        g_string_append_printf(detail, "; %" G_GUINT64_FORMAT " alarms", alarms->speeding.alarms);
    log_event(alarms->log, CONCLUSION_OVERSPEED, &alarms->speeding.mark, alarms->speeding.mark.row,
              alarms->speeding.last);
    alarms->speeding.mark.row = 0;
}

/* The same alarm, that was sent at once with the last position and now with the fix; NULL: there is none. */
static struct alarm *first_frame(struct alarms *alarms, const struct sight *sight, int64_t code)
{
    if (!sight->has_fix)
        return NULL;
    for (unsigned i = 0; i < ALARMS_WAITING; i++) {
        struct alarm *alarm = &alarms->waiting[i];
        if (alarm->mark.row > 0 && !alarm->complete && alarm->event == sight->message->event && alarm->code == code &&
            alarm->time == sight->row->device_time)
            return alarm;
    }
    return NULL;
}

/* Is it told for the first time? */
static bool see_alarm(struct alarms *alarms, const struct sight *sight, enum conclusion what)
{
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_EVENT_CODE);
    int64_t code = field ? field->value.integer : -1;
    struct alarm *alarm = first_frame(alarms, sight, code);
    if (alarm) {
        alarm->mark.position = sight->mark.position;
        alarm->last = sight->mark.row;
        alarm->complete = true;
        return false;
    }
    end_complete(alarms);
    alarm = &alarms->waiting[alarms->next++ % ALARMS_WAITING];
    end_waiting(alarms, alarm);
    alarm->mark = sight->mark;
    alarm->last = sight->mark.row;
    alarm->time = sight->row->device_time;
    alarm->what = what;
    alarm->event = sight->message->event;
    alarm->code = code;
    alarm->complete = sight->message->dialect != S7_FIFOTRACK || sight->has_fix || alarm->time == LIFE_NO_TIME;
    words_put_code(g_string_truncate(alarm->detail, 0), sight, alarms->shown);
    return true;
}

/* Is it too late to be the same drive? */
static bool is_over(const struct alarms *alarms, const struct sight *sight)
{
    if (alarms->speeding.mark.row == 0 || sight->mark.at == LIFE_NO_TIME || alarms->speeding.until == LIFE_NO_TIME)
        return false;
    double time = (double)(sight->mark.at - alarms->speeding.until) / (double)NANOSECONDS;
    return time >= alarms->rules->values[PARAMETER_NO_DATA];
}

static void begin_speeding(struct alarms *alarms, const struct sight *sight, bool first)
{
    if (alarms->speeding.mark.row == 0) {
        if (!first)
            return; /* it is over already */
        alarms->speeding.mark = sight->mark;
        alarms->speeding.alarms = 0;
        alarms->speeding.speed = alarms->speeding.peak = sight->speed;
        words_put_code(g_string_truncate(alarms->speeding.detail, 0), sight, alarms->shown);
    } else if (alarms->speeding.speed < 0) {
        alarms->speeding.mark.position = sight->mark.position;
        alarms->speeding.speed = sight->speed;
    }
    alarms->speeding.alarms += first;
    alarms->speeding.peak = MAX(alarms->speeding.peak, sight->speed);
    alarms->speeding.last = sight->mark.row;
    alarms->speeding.until = sight->mark.at;
}

/* A speed of a wrong date says nothing of this drive. */
static void go_on_speeding(struct alarms *alarms, const struct sight *sight)
{
    if (sight->speed < 0 || !sight->has_fix)
        return;
    if (alarms->speeding.speed < 0 || sight->speed < alarms->speeding.speed) {
        end_speeding(alarms);
        return;
    }
    alarms->speeding.peak = MAX(alarms->speeding.peak, sight->speed);
    alarms->speeding.last = sight->mark.row;
    alarms->speeding.until = sight->mark.at;
}

void alarms_row(struct alarms *alarms, const struct sight *sight)
{
    const struct s7_message *message = sight->message;
    if (!sight->says && ((!sight->old && !sight->aside) || sight->report->context & CONTEXT_BIT(DUPLICATE)))
        return;
    if (is_over(alarms, sight))
        end_speeding(alarms);
    if (message->event == S7_EVENT_OVERSPEED)
        begin_speeding(alarms, sight, see_alarm(alarms, sight, CONCLUSION_OVERSPEED));
    else if (alarms->speeding.mark.row > 0)
        go_on_speeding(alarms, sight);
    if (message->event == S7_EVENT_OVERSPEED)
        return;
    if (message->event != S7_EVENT_NONE)
        see_alarm(alarms, sight, CONCLUSION_ALARM);
    else if (message->kind == S7_KIND_EVENT)
        see_alarm(alarms, sight, CONCLUSION_UNKNOWN_ALARM);
}

void alarms_end(struct alarms *alarms)
{
    for (unsigned i = 0; i < ALARMS_WAITING; i++)
        end_waiting(alarms, &alarms->waiting[alarms->next++ % ALARMS_WAITING]);
    end_speeding(alarms);
}
