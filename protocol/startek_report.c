/* SPDX-License-Identifier: GPL-2.0-or-later
 * startek: reports, the 18 fields up to the voltages, and the events.
 * Takes the data of a frame, emits fields and sets kind and event. (docs/STARTEK.md 4, 4.1, 4.2) */
#include "startek.h"

/* Positions in struct report. */
enum position {
    AT_EVENT,
    AT_EVENT_DATA,
    AT_TIME,
    AT_FIX,
    AT_LATITUDE,
    AT_LONGITUDE,
    AT_SATELLITES,
    AT_HDOP,
    AT_SPEED,
    AT_COURSE,
    AT_ALTITUDE,
    AT_ODOMETER,
    AT_CELL,
    AT_SIGNAL,
    AT_STATUS,
    AT_INPUTS,
    AT_OUTPUTS,
    AT_VOLTAGES,
};

struct report {
    uint16_t starts[S7_SPLIT_PLACES(S7_STARTEK_REPORT_FIELDS)];
    struct s7_span tail; /* behind the comma that ends the voltages */
    bool shifted;        /* event data with commas in it moved the fields */
};

static inline struct s7_span at(const struct report *report, enum position position)
{
    return s7_part(report->starts, position);
}

enum data_rule { DATA_NONE, DATA_NEEDED, DATA_ANY };

struct event_rule {
    uint8_t event; /* enum s7_event */
    uint8_t data;  /* enum data_rule */
    bool listed;
};

static const struct event_rule event_rules[] = {
#define STARTEK_EVENT(number, event, data, meaning) [number] = {S7_EVENT_##event, DATA_##data, true},
#include "codes.def"
};

/* The third field is no time: if a time and a fix stand further behind, with all fields after them, everything between
 * event and time is event data. Returns what begins with that time, or nothing. (docs/STARTEK.md 9.11) */
static struct s7_span find_shifted_time(const struct s7_builder *b, struct s7_span data, const struct report *report)
{
    struct s7_span time = at(report, AT_TIME), next;
    uint32_t end = data.offset + data.length;
    struct s7_cursor look = {b->data, report->starts[AT_FIX], end, false, 0};
    while (s7_next_comma(&look, &next)) {
        if (s7_is_fix(b, next) && s7_is_time(b, time)) {
            unsigned fields = AT_FIX + 1;
            while (s7_next_comma(&look, &next))
                fields++;
            return fields < S7_STARTEK_REPORT_FIELDS ? s7_span(end, 0) : s7_span(time.offset, end - time.offset);
        }
        time = next;
    }
    return s7_span(end, 0);
}

/* Cuts the data into the fields of a report; false if it has not enough of them. */
static bool split_report(const struct s7_builder *b, struct s7_span data, struct report *report)
{
    const unsigned fields = S7_STARTEK_REPORT_FIELDS;
    unsigned parts = s7_split(b->data, data, ',', report->starts, fields);
    report->shifted = false;
    if (parts < fields)
        return false;
    if (!s7_is_time(b, at(report, AT_TIME))) {
        struct s7_span behind = find_shifted_time(b, data, report);
        report->shifted = behind.length > 0;
        if (report->shifted)
            parts = AT_TIME + s7_split(b->data, behind, ',', report->starts + AT_TIME, fields - AT_TIME);
    }
    report->tail = parts > fields ? s7_part(report->starts, fields) : s7_span(data.offset + data.length, 0);
    return true;
}

/* Data of a code that is no report by definition may still have a report's shape. */
static bool has_report_shape(const struct s7_builder *b, struct s7_span data, struct report *report)
{
    return split_report(b, data, report) && !report->shifted && s7_is_time(b, at(report, AT_TIME)) &&
           s7_is_fix(b, at(report, AT_FIX));
}

/* What the data of an event says, below the event data; where the form is not the documented one, nothing. */
static void emit_event_details(struct s7_builder *b, int64_t event, struct s7_field *field, struct s7_span span)
{
    b->depth++;
    switch (event) {
    case 25:
    case 26:
        s7_emit_number(b, S7_FIELD_GEOFENCE, span);
        break;
    case 46:
    case 47:
        s7_emit_number(b, S7_FIELD_SENSOR, span);
        break;
    case 48:
    case 49:
        s7_emit_number(b, S7_FIELD_TANK, span);
        break;
    case 53:
        s7_emit_text(b, S7_FIELD_DRIVER_ID, span);
        break;
    case 54:
        s7_emit_text(b, S7_FIELD_PICTURE, span);
        break;
    case 56:
        if (!s7_startek_trouble_codes(b, span))
            s7_flag(b, field, S7_FLAG_BAD_VALUE);
        break;
    }
    b->depth--;
}

/* Event and event data. Returns the number of the event, -1 if it is not a number. */
static int64_t emit_event(struct s7_builder *b, const struct report *report)
{
    struct s7_span span = at(report, AT_EVENT), data = at(report, AT_EVENT_DATA);
    int64_t event = -1;
    struct event_rule rule = {S7_EVENT_NONE, DATA_ANY, false};
    struct s7_field *code = NULL;
    if (s7_read_uint(b->data, span, &event)) {
        code = s7_emit_integer(b, S7_FIELD_EVENT_CODE, span, event);
        if ((uint64_t)event < sizeof event_rules / sizeof *event_rules && event_rules[event].listed)
            rule = event_rules[event];
        else
            s7_flag(b, code, S7_FLAG_UNKNOWN_EVENT);
    } else {
        s7_emit_bad(b, S7_FIELD_EVENT_CODE, span, S7_FLAG_BAD_VALUE);
    }
    b->message->event = rule.event;
    if (data.length == 0) {
        if (rule.data == DATA_NEEDED)
            s7_flag(b, code, S7_FLAG_EVENT_DATA_MISSING);
        return event;
    }
    struct s7_field *field = s7_emit_text(b, S7_FIELD_EVENT_DATA, data);
    if (rule.data == DATA_NONE)
        s7_flag(b, field, S7_FLAG_EVENT_DATA_UNEXPECTED);
    emit_event_details(b, event, field, data);
    return event;
}

/* 0 to 99.9 */
static void emit_hdop(struct s7_builder *b, struct s7_span span)
{
    struct s7_field *field = s7_parse_decimal(b, S7_FIELD_HDOP, span, 0, 100);
    if (field && field->digits > 0 && !s7_decimal_within(field->value.integer, field->digits - 1U, 0, 999))
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
    if (field && field->digits == 0 && field->value.integer == 100)
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
}

static void emit_position(struct s7_builder *b, const struct report *report)
{
    s7_parse_decimal(b, S7_FIELD_LATITUDE, at(report, AT_LATITUDE), -90, 90);
    s7_parse_decimal(b, S7_FIELD_LONGITUDE, at(report, AT_LONGITUDE), -180, 180);
    s7_parse_integer(b, S7_FIELD_SATELLITES, at(report, AT_SATELLITES), 0, 60);
    emit_hdop(b, at(report, AT_HDOP));
    s7_parse_decimal(b, S7_FIELD_SPEED, at(report, AT_SPEED), 0, 500);
    s7_parse_integer(b, S7_FIELD_COURSE, at(report, AT_COURSE), 0, 360);
    s7_parse_decimal(b, S7_FIELD_ALTITUDE, at(report, AT_ALTITUDE), -500, 9000);
    s7_parse_integer(b, S7_FIELD_ODOMETER, at(report, AT_ODOMETER), 0, UINT32_MAX);
}

static void emit_states(struct s7_builder *b, const struct report *report)
{
    struct s7_span status = at(report, AT_STATUS), inputs = at(report, AT_INPUTS);
    struct s7_field *field = s7_parse_bits(b, S7_FIELD_STATUS, status, 16);
    if (field && status.length != 4 && status.length != 8)
        s7_flag(b, field, S7_FLAG_STATUS_COUNT);
    if (field)
        s7_emit_bits(b, S7_FIELD_EXTERNAL_POWER, status, field->value.integer, 3, 1);
    field = s7_parse_bits(b, S7_FIELD_INPUTS, inputs, 8);
    if (field)
        s7_emit_bits(b, S7_FIELD_IGNITION, inputs, field->value.integer, 1, 1);
    s7_parse_bits(b, S7_FIELD_OUTPUTS, at(report, AT_OUTPUTS), 8);
}

/* Words of four digits, hundredths of a volt: external supply, internal battery, AD1, AD2, ... */
static void emit_voltages(struct s7_builder *b, struct s7_span span)
{
    struct s7_cursor items = s7_cursor_at(b, span);
    struct s7_span item;
    for (unsigned i = 0; s7_next_item(&items, &item); i++) {
        enum s7_field_id id = i == 0 ? S7_FIELD_EXTERNAL_VOLTAGE : i == 1 ? S7_FIELD_BATTERY_VOLTAGE : S7_FIELD_ADC;
        uint64_t word;
        if (item.length == 0)
            continue;
        if (!s7_read_word(b, item, &word)) {
            s7_emit_bad(b, id, item, S7_FLAG_BAD_VALUE);
            continue;
        }
        struct s7_field *field = s7_emit_decimal(b, id, item, (int64_t)word, 2);
        if (id == S7_FIELD_ADC)
            field->number = (uint16_t)(i - 1);
        if (word > 10000)
            s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
    }
}

static int64_t emit_report(struct s7_builder *b, const struct report *report)
{
    int64_t event = emit_event(b, report);
    s7_emit_time(b, at(report, AT_TIME));
    s7_emit_fix(b, at(report, AT_FIX));
    emit_position(b, report);
    s7_emit_cell(b, at(report, AT_CELL));
    s7_parse_integer(b, S7_FIELD_SIGNAL, at(report, AT_SIGNAL), 0, INT64_MAX);
    emit_states(b, report);
    emit_voltages(b, at(report, AT_VOLTAGES));
    s7_startek_tail(b, report->tail);
    return event;
}

enum s7_kind s7_startek_kind(int64_t event)
{
    if (event == 0 || event == 34)
        return S7_KIND_POSITION;
    if (event == 31)
        return S7_KIND_HEARTBEAT;
    return event > 0 ? S7_KIND_EVENT : S7_KIND_UNKNOWN;
}

void s7_startek_report(struct s7_builder *b, struct s7_span data)
{
    struct report report;
    if (!split_report(b, data, &report)) {
        s7_flag(b, NULL, S7_FLAG_REPORT_TOO_SHORT);
        s7_emit_by_position(b, data);
        return;
    }
    b->message->kind = s7_startek_kind(emit_report(b, &report));
}

bool s7_startek_shaped_report(struct s7_builder *b, struct s7_span data)
{
    struct report report;
    if (!has_report_shape(b, data, &report))
        return false;
    emit_report(b, &report);
    b->message->event = S7_EVENT_NONE;
    return true;
}
