/* SPDX-License-Identifier: GPL-2.0-or-later
 * Changes of what the device says of itself. The first word makes no event; an alarm of the device is the event itself.
 */
#include "life/states.h"

#include "base/text.h"

#include <string.h>

/* Reports in a row that named the driver, before one that does not says that he went. */
#define DRIVER_REPORTS 3

static void forget(struct states *states)
{
    states->ignition = states->power = states->volts = states->battery = (struct state){-1, -1, 0};
    memset(&states->gps, 0, sizeof states->gps);
    memset(&states->driver, 0, sizeof states->driver);
    memset(&states->operator, 0, sizeof states->operator);
}

void states_begin(struct states *states, const struct rules *rules, struct life_log *log)
{
    *states = (struct states){.rules = rules, .log = log};
    forget(states);
}

/* What the row says of it, -1 for nothing, and what its own alarm says. Returns whether that is news that the rows
 * themselves show, and sets *before to the row that said otherwise. */
static bool changes(struct state *state, const struct sight *sight, int value, int alarm, uint64_t *before)
{
    bool shown = value >= 0 && state->said >= 0 && state->said != value;
    bool changed = shown && alarm < 0 && state->value != value;
    *before = state->row;
    if (alarm >= 0 || value >= 0)
        *state = (struct state){alarm >= 0 ? alarm : value, value >= 0 ? value : alarm, sight->mark.row};
    return changed;
}

/* 1 or 0 if the row is an alarm of that name. */
static int alarm_of(const struct sight *sight, enum s7_event on, enum s7_event off)
{
    enum s7_event event = sight->message->event;
    return event == on ? 1 : event == off ? 0 : -1;
}

/* Did the device of fifotrack not say it by that name? */
static bool is_inferred(const struct sight *sight, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(sight->message, id);
    return sight->message->dialect == S7_FIFOTRACK && field && field->attributes & S7_GENERATED;
}

static void see_ignition(struct states *states, const struct sight *sight)
{
    uint64_t before;
    int value = sight_flag(sight, S7_FIELD_IGNITION);
    if (!changes(&states->ignition, sight, value, alarm_of(sight, S7_EVENT_IGNITION_ON, S7_EVENT_IGNITION_OFF),
                 &before))
        return;
    if (is_inferred(sight, S7_FIELD_IGNITION))
        g_string_append(log_detail(states->log), "inferred from input 2");
    log_event(states->log, value ? CONCLUSION_IGNITION_ON : CONCLUSION_IGNITION_OFF, &sight->mark, before,
              sight->mark.row);
}

static void put_change(GString *out, double from, double to, unsigned decimals, const char *unit)
{
    log_put_number(out, from, decimals);
    g_string_append(out, " then ");
    log_put_number(out, to, decimals);
    g_string_append_printf(out, " %s", unit);
}

/* Volts are asked where the device does not say more. */
static void see_power(struct states *states, const struct sight *sight)
{
    uint64_t before;
    int power = sight_flag(sight, S7_FIELD_EXTERNAL_POWER);
    int alarm = alarm_of(sight, S7_EVENT_POWER_RESTORED, S7_EVENT_POWER_CUT);
    if (changes(&states->power, sight, power, alarm, &before))
        log_event(states->log, power ? CONCLUSION_POWER_RESTORED : CONCLUSION_POWER_CUT, &sight->mark, before,
                  sight->mark.row);
    double last = states->last_volts, volts = sight_number(sight, S7_FIELD_EXTERNAL_VOLTAGE, -1);
    if (volts >= 0)
        states->last_volts = volts;
    int enough = volts < 0 ? -1 : volts >= states->rules->values[PARAMETER_POWER_VOLTS];
    if (!changes(&states->volts, sight, enough, alarm, &before) || power >= 0)
        return;
    GString *detail = log_detail(states->log);
    put_change(detail, last, volts, 2, "V");
    if (is_inferred(sight, S7_FIELD_EXTERNAL_VOLTAGE))
        g_string_append(detail, "; volts are inferred");
    log_event(states->log, enough ? CONCLUSION_VOLTS_RESTORED : CONCLUSION_VOLTS_CUT, &sight->mark, before,
              sight->mark.row);
}

static void see_battery(struct states *states, const struct sight *sight)
{
    uint64_t before;
    double last = states->last_battery, now = sight_number(sight, S7_FIELD_BATTERY, -1);
    if (now >= 0)
        states->last_battery = now;
    int low = now < 0 ? -1 : now < states->rules->values[PARAMETER_BATTERY_LOW];
    int alarm = alarm_of(sight, S7_EVENT_LOW_BATTERY, S7_EVENT_BATTERY_FULL);
    if (!changes(&states->battery, sight, low, alarm, &before) || !low)
        return;
    put_change(log_detail(states->log), last, now, 0, "%");
    log_event(states->log, CONCLUSION_BATTERY_LOW, &sight->mark, before, sight->mark.row);
}

/* Answers are often sent with the last known position, whatever the fix. */
static void see_gps(struct states *states, const struct sight *sight)
{
    enum s7_kind kind = sight->message->kind;
    int valid = sight_flag(sight, S7_FIELD_VALID), alarm = alarm_of(sight, S7_EVENT_GPS_RESTORED, S7_EVENT_GPS_LOST);
    if (alarm >= 0) {
        states->gps.known = true;
        states->gps.lost = alarm == 0;
        states->gps.first.row = 0;
        states->gps.last = valid == 0 ? sight->mark.row : 0;
        return;
    }
    if (valid < 0 || (kind != S7_KIND_POSITION && kind != S7_KIND_EVENT))
        return;
    if (valid) {
        if (states->gps.lost && states->gps.last > 0)
            log_event(states->log, CONCLUSION_GPS_RESTORED, &sight->mark, states->gps.last, sight->mark.row);
        states->gps.known = true;
        states->gps.lost = false;
        states->gps.first.row = 0;
        return;
    }
    if (!states->gps.known)
        return;
    states->gps.last = sight->mark.row;
    if (states->gps.first.row == 0)
        states->gps.first = sight->mark;
    double time = (double)(sight->mark.at - states->gps.first.at) / (double)NANOSECONDS;
    if (states->gps.lost || time < states->rules->values[PARAMETER_GPS_TIME])
        return;
    states->gps.lost = true;
    log_event(states->log, CONCLUSION_GPS_LOST, &states->gps.first, states->gps.first.row, sight->mark.row);
}

static void put_driver(GString *out, const struct states *states)
{
    text_escape(out, (const uint8_t *)states->driver.text, states->driver.length, TEXT_ASCII);
}

static bool has_code(const struct states *states, const struct sight *sight)
{
    size_t length;
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_CODE);
    const char *code = field ? s7_text(sight->report->data, field, &length) : NULL;
    return code && length == states->driver.code_length && memcmp(code, states->driver.code, length) == 0;
}

static void see_no_driver(struct states *states, const struct sight *sight)
{
    enum s7_kind kind = sight->message->kind;
    if ((kind != S7_KIND_POSITION && kind != S7_KIND_EVENT) || (states->driver.count > 0 && !has_code(states, sight)))
        return;
    if (states->driver.count >= DRIVER_REPORTS) {
        GString *detail = log_detail(states->log);
        put_driver(detail, states);
        g_string_append(detail, "; inferred as reports no longer name him");
        log_event(states->log, CONCLUSION_DRIVER_OUT, &sight->mark, states->driver.row, sight->mark.row);
        states->driver.length = 0;
    }
    states->driver.count = 0;
    states->driver.absent = true;
}

static void note_driver(struct states *states, const struct sight *sight, const char *text, size_t length)
{
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_CODE);
    size_t code_length = 0;
    const char *code = field ? s7_text(sight->report->data, field, &code_length) : NULL;
    memcpy(states->driver.text, text, length);
    states->driver.length = length;
    states->driver.code_length = MIN(code_length, STATES_CODE);
    if (code)
        memcpy(states->driver.code, code, states->driver.code_length);
}

static void tell_driver(struct states *states, const struct sight *sight, const char *text, size_t length)
{
    bool other = states->driver.length > 0;
    GString *detail = log_detail(states->log);
    text_escape(detail, (const uint8_t *)text, length, TEXT_ASCII);
    if (other) {
        g_string_append(detail, "; before him ");
        put_driver(detail, states);
    }
    log_event(states->log, CONCLUSION_DRIVER_IN, &sight->mark, other ? states->driver.row : sight->mark.row,
              sight->mark.row);
}

static void see_driver(struct states *states, const struct sight *sight)
{
    size_t length;
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_DRIVER_ID);
    bool card = sight->message->event == S7_EVENT_DRIVER_CARD;
    if (!field) {
        if (!card)
            see_no_driver(states, sight);
        return;
    }
    const char *text = s7_text(sight->report->data, field, &length);
    length = MIN(length, STATES_DRIVER);
    bool same = length == states->driver.length && memcmp(text, states->driver.text, length) == 0;
    if (!same) {
        bool news = card || states->driver.absent || states->driver.length > 0;
        if (news)
            tell_driver(states, sight, text, length);
        states->driver.count = 0;
    }
    if (!same || states->driver.count == 0)
        note_driver(states, sight, text, length);
    if (!card && has_code(states, sight))
        states->driver.count++;
    states->driver.row = sight->mark.row;
    states->driver.absent = false;
}

static void see_operator(struct states *states, const struct sight *sight)
{
    size_t length;
    const struct s7_field *mcc = s7_find(sight->message, S7_FIELD_MCC), *mnc = s7_find(sight->message, S7_FIELD_MNC);
    if (!mcc || !mnc)
        return;
    const char *text = s7_text(sight->report->data, mnc, &length);
    int64_t number = 0;
    for (size_t i = 0; i < length && i < 9; i++)
        number = g_ascii_isdigit(text[i]) ? number * 10 + (text[i] - '0') : -1;
    if (number < 0)
        return;
    bool changed =
        states->operator.row> 0 &&(mcc->value.integer != states->operator.mcc || number != states->operator.mnc);
    if (changed || states->operator.row == 0) {
        char now[sizeof states->operator.text];
        g_snprintf(now, sizeof now, "%" G_GINT64_FORMAT "/%.*s", mcc->value.integer, (int)MIN(length, 6), text);
        if (changed) {
            g_string_append_printf(log_detail(states->log), "%s then %s", states->operator.text, now);
            log_event(states->log, CONCLUSION_OPERATOR_CHANGED, &sight->mark, states->operator.row, sight->mark.row);
        }
        memcpy(states->operator.text, now, sizeof now);
        states->operator.mcc = mcc->value.integer;
        states->operator.mnc = number;
    }
    states->operator.row = sight->mark.row;
}

void states_row(struct states *states, const struct sight *sight)
{
    if (!sight->says)
        return;
    if (sight->apart)
        forget(states);
    see_ignition(states, sight);
    see_power(states, sight);
    see_battery(states, sight);
    see_gps(states, sight);
    see_driver(states, sight);
    see_operator(states, sight);
}
