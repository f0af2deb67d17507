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
    alarms->waiting.detail = g_string_new(NULL);
    alarms->speeding.detail = g_string_new(NULL);
}

void alarms_begin(struct alarms *alarms)
{
    alarms->waiting.mark.row = alarms->speeding.mark.row = 0;
}

void alarms_clear(struct alarms *alarms)
{
    g_string_free(alarms->waiting.detail, TRUE);
    g_string_free(alarms->speeding.detail, TRUE);
}

static void end_waiting(struct alarms *alarms)
{
    if (alarms->waiting.mark.row == 0)
        return;
    g_string_append_len(log_detail(alarms->log), alarms->waiting.detail->str, (gssize)alarms->waiting.detail->len);
    log_alarm(alarms->log, alarms->waiting.what, alarms->waiting.event, &alarms->waiting.mark, alarms->waiting.mark.row,
              alarms->waiting.last);
    alarms->waiting.mark.row = 0;
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

/* Is it the same alarm, that was sent at once with the last position and now with the fix? */
static bool is_second(const struct alarms *alarms, const struct sight *sight, int64_t code)
{
    return alarms->waiting.mark.row > 0 && sight->message->dialect == S7_FIFOTRACK &&
           alarms->waiting.event == sight->message->event && alarms->waiting.code == code &&
           alarms->waiting.time == sight->row->device_time && !alarms->waiting.current && sight->has_fix;
}

static void see_alarm(struct alarms *alarms, const struct sight *sight, enum conclusion what)
{
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_EVENT_CODE);
    int64_t code = field ? field->value.integer : -1;
    if (is_second(alarms, sight, code)) {
        alarms->waiting.mark.position = sight->mark.position;
        alarms->waiting.last = sight->mark.row;
        alarms->waiting.current = true;
        return;
    }
    end_waiting(alarms);
    alarms->waiting.mark = sight->mark;
    alarms->waiting.last = sight->mark.row;
    alarms->waiting.time = sight->row->device_time;
    alarms->waiting.what = what;
    alarms->waiting.event = sight->message->event;
    alarms->waiting.code = code;
    alarms->waiting.current = sight->has_fix || sight->row->device_time == LIFE_NO_TIME;
    words_put_code(g_string_truncate(alarms->waiting.detail, 0), sight, alarms->shown);
}

/* Is it too late to be the same drive? */
static bool is_over(const struct alarms *alarms, const struct sight *sight)
{
    if (alarms->speeding.mark.row == 0 || sight->mark.at == LIFE_NO_TIME || alarms->speeding.until == LIFE_NO_TIME)
        return false;
    double time = (double)(sight->mark.at - alarms->speeding.until) / (double)NANOSECONDS;
    return time >= alarms->rules->values[PARAMETER_NO_DATA];
}

static void begin_speeding(struct alarms *alarms, const struct sight *sight)
{
    if (alarms->speeding.mark.row == 0) {
        alarms->speeding.mark = sight->mark;
        alarms->speeding.alarms = 0;
        alarms->speeding.speed = alarms->speeding.peak = sight->speed;
        words_put_code(g_string_truncate(alarms->speeding.detail, 0), sight, alarms->shown);
    } else if (alarms->speeding.speed < 0) {
        alarms->speeding.mark.position = sight->mark.position;
        alarms->speeding.speed = sight->speed;
    }
    alarms->speeding.alarms++;
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
        begin_speeding(alarms, sight);
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
    end_waiting(alarms);
    end_speeding(alarms);
}
