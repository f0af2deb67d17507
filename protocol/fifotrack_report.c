/* SPDX-License-Identifier: GPL-2.0-or-later
 * fifotrack: reports (A00, A01, and A02 where it has their shape) and those of asset units (A03), with their alarms.
 * Takes the data of a frame, emits fields and sets the event. (docs/FIFOTRACK.md 4, 4.3, 4.5, 5) */
#include "fifotrack.h"

/* Positions of a report's fields. */
enum position {
    AT_ALARM,
    AT_TIME,
    AT_FIX,
    AT_LATITUDE,
    AT_LONGITUDE,
    AT_SPEED,
    AT_COURSE,
    AT_ALTITUDE,
    AT_ODOMETER,
    AT_RUN_TIME,
    AT_STATUS,
    AT_INPUTS,
    AT_OUTPUTS,
    AT_CELL,
    AT_VOLTAGES,
    REPORT_FIELDS,
};
_Static_assert(REPORT_FIELDS == S7_FIFOTRACK_REPORT_FIELDS, "as the document counts them");

/* Positions of those of A03, and how many there are by the type of the location. */
enum asset_position {
    ASSET_ALARM,
    ASSET_TIME,
    ASSET_CELL,
    ASSET_VOLTS,
    ASSET_PERCENT,
    ASSET_STATUS,
    ASSET_LOCATION,
    ASSET_FIX,
    ASSET_SPEED,
    ASSET_SATELLITES,
    ASSET_LATITUDE,
    ASSET_LONGITUDE,
    ASSET_FIELDS_GNSS,
    ASSET_POINTS = ASSET_FIX,
    ASSET_FIELDS_WIFI = ASSET_POINTS + 1,
    ASSET_FIELDS_OTHER = ASSET_LOCATION + 1,
};

/* Digits of the number of an alarm at most, of the status of A03, of a MAC address, of the decimals that a coordinate
 * has at most. */
#define ALARM_DIGITS        3
#define ASSET_STATUS_DIGITS 4
#define MAC_DIGITS          12
#define DECIMALS_MAX        6

/* The fields of a report, as many of them as there are. */
struct report {
    uint16_t starts[S7_SPLIT_PLACES(REPORT_FIELDS)];
    unsigned parts; /* one more than fields that were asked for: all behind them */
};

static struct s7_span at(const struct report *report, unsigned position)
{
    return s7_part(report->starts, position);
}

static const struct {
    uint8_t event; /* enum s7_event */
    bool listed;
} alarms[] = {
#define FIFOTRACK_EVENT(number, event, meaning) [number] = {S7_EVENT_##event, true},
#include "codes.def"
};

/* Fields that have no meaning, by their position, first counted from 1. */
static void emit_rest(struct s7_builder *b, struct s7_span rest, unsigned first)
{
    struct s7_cursor cursor = s7_cursor_at(b, rest);
    struct s7_span span;
    for (unsigned position = first; s7_next_comma(&cursor, &span); position++)
        s7_emit_extra(b, span, position);
}

/* What stands behind the first count fields, which are there. */
static struct s7_span behind(const struct report *report, struct s7_span data, unsigned count)
{
    uint32_t end = data.offset + data.length, from = report->starts[count];
    return from < end ? s7_span(from, end - from) : s7_span(end, 0);
}

/* --- Alarm --- */

static void emit_parameter(struct s7_builder *b, enum s7_event event, struct s7_span span)
{
    if (span.length == 0)
        return;
    s7_emit_text(b, S7_FIELD_EVENT_DATA, span);
    b->depth++;
    if (event == S7_EVENT_GEOFENCE_ENTER || event == S7_EVENT_GEOFENCE_EXIT)
        s7_emit_number(b, S7_FIELD_GEOFENCE, span);
    b->depth--;
}

/* Number, perhaps a bar and a parameter. Sets the event. */
static void emit_alarm(struct s7_builder *b, struct s7_span span)
{
    struct s7_cursor cursor = s7_cursor_at(b, span);
    struct s7_span number;
    int64_t alarm;
    if (span.length == 0)
        return;
    s7_next_item(&cursor, &number);
    if (number.length > ALARM_DIGITS || !s7_read_uint(b->data, number, &alarm)) {
        s7_emit_bad(b, S7_FIELD_EVENT_CODE, span, S7_FLAG_BAD_VALUE);
        return;
    }
    struct s7_field *field = s7_emit_integer(b, S7_FIELD_EVENT_CODE, number, alarm);
    if ((uint64_t)alarm < sizeof alarms / sizeof *alarms && alarms[alarm].listed)
        b->message->event = alarms[alarm].event;
    else
        s7_flag(b, field, S7_FLAG_UNKNOWN_EVENT);
    emit_parameter(b, b->message->event, s7_rest(&cursor));
}

/* --- A00, A01, A02 --- */

/* [-]digits without decimals. */
static void emit_whole(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t low, int64_t high)
{
    int64_t value;
    unsigned digits = 0;
    if (s7_read_decimal(b->data, span, &value, &digits) && digits > 0)
        s7_emit_bad(b, id, span, S7_FLAG_BAD_VALUE);
    else
        s7_parse_decimal(b, id, span, low, high);
}

static void emit_place(struct s7_builder *b, struct s7_span latitude, struct s7_span longitude)
{
    s7_parse_decimal(b, S7_FIELD_LATITUDE, latitude, -90, 90);
    s7_parse_decimal(b, S7_FIELD_LONGITUDE, longitude, -180, 180);
}

/* Inputs or outputs, two digits. Returns the bits, 0 if there are none; *sent tells. */
static int64_t emit_lines(struct s7_builder *b, enum s7_field_id id, struct s7_span span, bool *sent)
{
    struct s7_field *field = s7_parse_bits(b, id, span, 16);
    *sent = field != NULL;
    int64_t bits = field ? field->value.integer : 0;
    if (bits > 0xFF)
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
    return bits;
}

static void emit_report(struct s7_builder *b, const struct report *report, struct s7_span tail, bool ignition)
{
    bool inputs, outputs;
    emit_alarm(b, at(report, AT_ALARM));
    s7_emit_time(b, at(report, AT_TIME));
    s7_emit_fix(b, at(report, AT_FIX));
    emit_place(b, at(report, AT_LATITUDE), at(report, AT_LONGITUDE));
    s7_parse_integer(b, S7_FIELD_SPEED, at(report, AT_SPEED), 0, 500);
    s7_parse_integer(b, S7_FIELD_COURSE, at(report, AT_COURSE), 0, 360);
    emit_whole(b, S7_FIELD_ALTITUDE, at(report, AT_ALTITUDE), -500, 9000);
    s7_parse_integer(b, S7_FIELD_ODOMETER, at(report, AT_ODOMETER), 0, UINT32_MAX);
    s7_parse_integer(b, S7_FIELD_RUN_TIME, at(report, AT_RUN_TIME), 0, INT64_MAX);
    s7_fifotrack_status(b, at(report, AT_STATUS));
    int64_t bits = emit_lines(b, S7_FIELD_INPUTS, at(report, AT_INPUTS), &inputs);
    if (ignition && inputs)
        s7_emit_bits(b, S7_FIELD_IGNITION, at(report, AT_INPUTS), bits, 1, 1);
    emit_lines(b, S7_FIELD_OUTPUTS, at(report, AT_OUTPUTS), &outputs);
    s7_emit_cell(b, at(report, AT_CELL));
    s7_fifotrack_voltages(b, at(report, AT_VOLTAGES));
    s7_fifotrack_tail(b, tail);
}

static void emit_too_short(struct s7_builder *b, struct s7_span data)
{
    s7_flag(b, NULL, S7_FLAG_REPORT_TOO_SHORT);
    s7_emit_by_position(b, data);
}

void s7_fifotrack_report(struct s7_builder *b, struct s7_span data, bool ignition)
{
    struct report report;
    report.parts = s7_split(b->data, data, ',', report.starts, REPORT_FIELDS);
    if (report.parts < REPORT_FIELDS)
        emit_too_short(b, data);
    else
        emit_report(b, &report, behind(&report, data, REPORT_FIELDS), ignition);
}

/* [-]d.d to [-]ddd.dddddd */
static bool is_coordinate(const struct s7_builder *b, struct s7_span span)
{
    int64_t value;
    unsigned digits;
    return s7_read_decimal(b->data, span, &value, &digits) && digits > 0 && digits <= DECIMALS_MAX &&
           s7_decimal_within(value, digits, -999, 999);
}

bool s7_fifotrack_shaped_report(struct s7_builder *b, struct s7_span data)
{
    struct report report;
    report.parts = s7_split(b->data, data, ',', report.starts, REPORT_FIELDS);
    if (report.parts <= AT_LONGITUDE || !s7_is_time(b, at(&report, AT_TIME)) || !s7_is_fix(b, at(&report, AT_FIX)) ||
        !is_coordinate(b, at(&report, AT_LATITUDE)) || !is_coordinate(b, at(&report, AT_LONGITUDE)))
        return false;
    s7_fifotrack_report(b, data, false);
    b->message->event = S7_EVENT_NONE;
    return true;
}

/* --- A03 --- */

/* MAC:rssi */
static void emit_point(struct s7_builder *b, struct s7_span item)
{
    struct s7_span mac = s7_span(item.offset, MAC_DIGITS), rssi = s7_span(item.offset + MAC_DIGITS + 1, 0);
    uint64_t address;
    int64_t value;
    unsigned digits;
    rssi.length = item.length > MAC_DIGITS + 1 ? item.length - MAC_DIGITS - 1 : 0;
    if (rssi.length == 0 || b->data[rssi.offset - 1] != ':' || !s7_read_hex(b->data, mac, &address) ||
        !s7_read_decimal(b->data, rssi, &value, &digits) || digits > 0) {
        s7_emit_bad(b, S7_FIELD_WIFI, item, S7_FLAG_BAD_VALUE);
        return;
    }
    s7_emit_text(b, S7_FIELD_WIFI, item);
    b->depth++;
    s7_emit_text(b, S7_FIELD_WIFI_MAC, mac);
    s7_emit_decimal(b, S7_FIELD_WIFI_RSSI, rssi, value, 0);
    b->depth--;
}

static void emit_points(struct s7_builder *b, struct s7_span list)
{
    struct s7_cursor items = s7_cursor_at(b, list);
    struct s7_span item;
    while (list.length > 0 && s7_next_item(&items, &item))
        emit_point(b, item);
}

static void emit_asset_status(struct s7_builder *b, struct s7_span span)
{
    struct s7_field *field = s7_parse_bits(b, S7_FIELD_STATUS, span, 16);
    if (field && span.length != ASSET_STATUS_DIGITS)
        s7_flag(b, field, S7_FLAG_STATUS_COUNT);
}

static void emit_gnss(struct s7_builder *b, const struct report *report)
{
    s7_emit_fix(b, at(report, ASSET_FIX));
    s7_parse_integer(b, S7_FIELD_SPEED, at(report, ASSET_SPEED), 0, 500);
    s7_parse_integer(b, S7_FIELD_SATELLITES, at(report, ASSET_SATELLITES), 0, 60);
    emit_place(b, at(report, ASSET_LATITUDE), at(report, ASSET_LONGITUDE));
}

/* How many fields a report with that type of location has. */
static unsigned asset_fields(const struct s7_builder *b, struct s7_span type)
{
    if (s7_span_is(b, type, "0"))
        return ASSET_FIELDS_GNSS;
    return s7_span_is(b, type, "1") ? ASSET_FIELDS_WIFI : ASSET_FIELDS_OTHER;
}

void s7_fifotrack_asset(struct s7_builder *b, struct s7_span data)
{
    struct report report;
    report.parts = s7_split(b->data, data, ',', report.starts, ASSET_FIELDS_GNSS);
    unsigned fields = report.parts > ASSET_LOCATION ? asset_fields(b, at(&report, ASSET_LOCATION)) : REPORT_FIELDS;
    if (report.parts < fields) {
        emit_too_short(b, data);
        return;
    }
    emit_alarm(b, at(&report, ASSET_ALARM));
    s7_emit_time(b, at(&report, ASSET_TIME));
    s7_emit_cell(b, at(&report, ASSET_CELL));
    s7_parse_decimal(b, S7_FIELD_BATTERY_VOLTAGE, at(&report, ASSET_VOLTS), 0, 100);
    s7_parse_integer(b, S7_FIELD_BATTERY, at(&report, ASSET_PERCENT), 0, 100);
    emit_asset_status(b, at(&report, ASSET_STATUS));
    s7_parse_integer(b, S7_FIELD_LOCATION_TYPE, at(&report, ASSET_LOCATION), 0, INT64_MAX);
    if (fields == ASSET_FIELDS_GNSS)
        emit_gnss(b, &report);
    else if (fields == ASSET_FIELDS_WIFI)
        emit_points(b, at(&report, ASSET_POINTS));
    emit_rest(b, behind(&report, data, fields), fields + 1);
}
