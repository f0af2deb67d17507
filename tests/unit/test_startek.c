/* SPDX-License-Identifier: GPL-2.0-or-later
 * The decoder of the startek dialect, frame by frame. Expected values come from docs/STARTEK.md, worked by hand. */
#include "startek_check.h"

/* --- The frame and the fixed fields --- */

static void test_header_and_end(void **state)
{
    UP(ID ",000,0," AFTER);
    check(S7_FIELD_INDEX, "A");
    check(S7_FIELD_LENGTH, "140");
    check(S7_FIELD_DEVICE_ID, "356789012345672");
    check(S7_FIELD_CODE, "000");
    check(S7_FIELD_TERMINATOR, "\r\n");
    check(S7_FIELD_DIALECT, "startek");
    check(S7_FIELD_DIRECTION, "up");
    assert_true(message.listed);

    UP(",021104023195429,800"); /* the vendor's example: checksum DA */
    check(S7_FIELD_LENGTH, "20");
    check(S7_FIELD_CHECKSUM, "0xda");
    check_message(S7_KIND_ANSWER, S7_EVENT_NONE, FLAGS(ID_UNUSUAL));
}

static void test_device_id(void **state)
{
    UP(",356789012345670,129,OK"); /* wrong check digit */
    check_message(S7_KIND_ANSWER, S7_EVENT_NONE, FLAGS(ID_UNUSUAL));
    assert_int_equal(nth(S7_FIELD_DEVICE_ID, 0)->flags, FLAGS(ID_UNUSUAL));
    UP(",myID123456,129,OK");
    check(S7_FIELD_DEVICE_ID, "myID123456");
    assert_int_equal(message.flags, FLAGS(ID_UNUSUAL));
}

static void test_report_fields(void **state)
{
    UP(ID ",000,0," AFTER);
    check_message(S7_KIND_POSITION, S7_EVENT_NONE, 0);
    check(S7_FIELD_EVENT_CODE, "0");
    check_none(S7_FIELD_EVENT_DATA);
    check(S7_FIELD_DEVICE_TIME, "2024-05-17T06:12:33");
    check(S7_FIELD_VALID, "1");
    check(S7_FIELD_LATITUDE, "41.123457");
    check(S7_FIELD_LONGITUDE, "2.765432");
    check(S7_FIELD_SATELLITES, "11");
    check(S7_FIELD_HDOP, "0.9");
    check(S7_FIELD_SPEED, "63");
    check(S7_FIELD_COURSE, "118");
    check(S7_FIELD_ALTITUDE, "64");
    check(S7_FIELD_ODOMETER, "482913");
    check(S7_FIELD_CELL, "214|07|1A2B|01234567");
    check(S7_FIELD_MCC, "214");
    check(S7_FIELD_MNC, "07");
    check(S7_FIELD_LAC, "6699");         /* 0x1A2B */
    check(S7_FIELD_CELL_ID, "19088743"); /* 0x1234567 */
    check(S7_FIELD_SIGNAL, "23");
    check(S7_FIELD_STATUS, "0x0000001d");
    check(S7_FIELD_EXTERNAL_POWER, "1");
    check(S7_FIELD_INPUTS, "0x02");
    check(S7_FIELD_IGNITION, "1");
    check(S7_FIELD_OUTPUTS, "0x00");
    check(S7_FIELD_EXTERNAL_VOLTAGE, "12.98"); /* 0x0512 */
    check(S7_FIELD_BATTERY_VOLTAGE, "4.09");   /* 0x0199 */
    check_numbered(S7_FIELD_ADC, 0, 1, "2.00");
    check_numbered(S7_FIELD_ADC, 1, 2, "36.00");
    assert_null(nth(S7_FIELD_ADC, 2));
    check_none(S7_FIELD_EXTRA);
    check_none(S7_FIELD_PRO_CODE);
    assert_int_equal(nth(S7_FIELD_IGNITION, 0)->depth, 1);
    assert_int_equal(nth(S7_FIELD_IGNITION, 0)->attributes, S7_GENERATED);
    assert_int_equal(nth(S7_FIELD_EXTERNAL_POWER, 0)->offset, nth(S7_FIELD_STATUS, 0)->offset);
    assert_int_equal(nth(S7_FIELD_MCC, 0)->depth, 1);
}

static void test_fields_in_wire_order(void **state)
{
    UP(ID ",000,56,00019501" AFTER ",1,0104B0,01013D,1|2|3|4|5|6|7|8|9L,text,5");
    unsigned before = 2, fields = 0;
    for (unsigned i = 1; i < message.count; i++) {
        const struct s7_field *field = &message.fields[i];
        if (field->attributes & S7_GENERATED)
            continue;
        assert_true(field->offset >= before);
        before = field->offset;
        fields++;
    }
    assert_int_equal(fields, 48);
}

static void test_empty_fields_are_not_sent(void **state)
{
    UP(ID ",000,0,," TIME ",A,,,,,,,,,,,,,,");
    check_message(S7_KIND_POSITION, S7_EVENT_NONE, 0);
    check_none(S7_FIELD_LATITUDE);
    check_none(S7_FIELD_ODOMETER);
    check_none(S7_FIELD_CELL);
    check_none(S7_FIELD_STATUS);
    check_none(S7_FIELD_IGNITION);
    check_none(S7_FIELD_EXTERNAL_VOLTAGE);
    check_none(S7_FIELD_EXTRA);
}

static void test_short_report(void **state)
{
    UP(ID ",000,3,," TIME "," PLACE "," CELL "," STATES); /* 17 fields */
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(REPORT_TOO_SHORT));
    check_none(S7_FIELD_LATITUDE);
    check_none(S7_FIELD_DEVICE_TIME);
    check_none(S7_FIELD_VALID);
    check_numbered(S7_FIELD_EXTRA, 0, 1, "3");
    check_numbered(S7_FIELD_EXTRA, 1, 2, ""); /* keeps its place */
    check_numbered(S7_FIELD_EXTRA, 2, 3, TIME);
    check_numbered(S7_FIELD_EXTRA, 16, 17, "00");
    assert_null(nth(S7_FIELD_EXTRA, 17));
    UP(ID ",000");
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(REPORT_TOO_SHORT));
    UP(ID ",010,");
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(REPORT_TOO_SHORT));
}

static void test_times(void **state)
{
    UP(ID ",000,0,,240230061233," PLACE "," CELL "," STATES "," VOLTS);
    assert_int_equal(message.flags, FLAGS(BAD_TIME));
    check_bad(S7_FIELD_DEVICE_TIME, "240230061233", FLAGS(BAD_TIME));
    check(S7_FIELD_LATITUDE, "41.123457");
    UP(ID ",000,0,,2405170612," PLACE "," CELL "," STATES "," VOLTS);
    check_bad(S7_FIELD_DEVICE_TIME, "2405170612", FLAGS(BAD_TIME));
    UP(ID ",000,0,,240229235959," PLACE "," CELL "," STATES "," VOLTS);
    check(S7_FIELD_DEVICE_TIME, "2024-02-29T23:59:59");
}

static void test_fix(void **state)
{
    UP(ID ",000,27,," TIME ",X,1.5,2.5,0,0.0,0,0,0,0," CELL "," STATES "," VOLTS);
    check_bad(S7_FIELD_VALID, "X", FLAGS(BAD_VALUE));
    check_message(S7_KIND_EVENT, S7_EVENT_GPS_LOST, FLAGS(BAD_VALUE));
    check(S7_FIELD_LATITUDE, "1.5");
}

/* One field of the position out of its range, in the order of the wire: each value stays and is flagged. */
static void check_range(enum s7_field_id id, const char *position, const char *expected, bool within)
{
    char body[400];
    int n = snprintf(body, sizeof body, ID ",000,0,," TIME ",A,%s," CELL "," STATES "," VOLTS, position);
    decode('&', body, (size_t)n);
    check(id, expected);
    uint32_t flags = within ? 0 : FLAGS(OUT_OF_RANGE);
    assert_int_equal(message.flags, flags);
    assert_int_equal(nth(id, 0)->flags, flags);
}

static void test_ranges(void **state)
{
    check_range(S7_FIELD_LATITUDE, "90.000000,2,1,0.9,0,0,0,0", "90.000000", true);
    check_range(S7_FIELD_LATITUDE, "-90.000001,2,1,0.9,0,0,0,0", "-90.000001", false);
    check_range(S7_FIELD_LONGITUDE, "1,-180.0,1,0.9,0,0,0,0", "-180.0", true);
    check_range(S7_FIELD_LONGITUDE, "1,180.1,1,0.9,0,0,0,0", "180.1", false);
    check_range(S7_FIELD_SATELLITES, "1,2,60,0.9,0,0,0,0", "60", true);
    check_range(S7_FIELD_SATELLITES, "1,2,61,0.9,0,0,0,0", "61", false);
    check_range(S7_FIELD_HDOP, "1,2,1,99.9,0,0,0,0", "99.9", true);
    check_range(S7_FIELD_HDOP, "1,2,1,99.90,0,0,0,0", "99.90", true);
    check_range(S7_FIELD_HDOP, "1,2,1,99.91,0,0,0,0", "99.91", false);
    check_range(S7_FIELD_HDOP, "1,2,1,100,0,0,0,0", "100", false);
    check_range(S7_FIELD_HDOP, "1,2,1,99,0,0,0,0", "99", true);
    check_range(S7_FIELD_SPEED, "1,2,1,0.9,500,0,0,0", "500", true);
    check_range(S7_FIELD_SPEED, "1,2,1,0.9,62.5,0,0,0", "62.5", true);
    check_range(S7_FIELD_SPEED, "1,2,1,0.9,500.1,0,0,0", "500.1", false);
    check_range(S7_FIELD_COURSE, "1,2,1,0.9,0,360,0,0", "360", true);
    check_range(S7_FIELD_COURSE, "1,2,1,0.9,0,361,0,0", "361", false);
    check_range(S7_FIELD_ALTITUDE, "1,2,1,0.9,0,0,-500,0", "-500", true);
    check_range(S7_FIELD_ALTITUDE, "1,2,1,0.9,0,0,9001,0", "9001", false);
    check_range(S7_FIELD_ODOMETER, "1,2,1,0.9,0,0,0,4294967295", "4294967295", true);
    check_range(S7_FIELD_ODOMETER, "1,2,1,0.9,0,0,0,4294967296", "4294967296", false);
}

static void test_voltages(void **state)
{
    UP(ID ",000,0,," TIME "," PLACE "," CELL "," STATES ",2710|2711||0064");
    check(S7_FIELD_EXTERNAL_VOLTAGE, "100.00");
    check(S7_FIELD_BATTERY_VOLTAGE, "100.01");
    assert_int_equal(nth(S7_FIELD_BATTERY_VOLTAGE, 0)->flags, FLAGS(OUT_OF_RANGE));
    check_numbered(S7_FIELD_ADC, 0, 2, "1.00"); /* AD1 is empty */
    assert_null(nth(S7_FIELD_ADC, 1));
    UP(ID ",000,0,," TIME "," PLACE "," CELL "," STATES ",0512|01G9|00C8");
    check_bad(S7_FIELD_BATTERY_VOLTAGE, "01G9", FLAGS(BAD_VALUE));
    check_numbered(S7_FIELD_ADC, 0, 1, "2.00");
}

static void test_cells(void **state)
{
    UP(ID ",000,0,," TIME "," PLACE ",0|0|4708|01402D19,6," STATES "," VOLTS);
    check(S7_FIELD_CELL, "0|0|4708|01402D19");
    check_none(S7_FIELD_MCC);
    check_none(S7_FIELD_MNC);
    check_none(S7_FIELD_LAC);
    check_none(S7_FIELD_CELL_ID);
    assert_int_equal(message.flags, 0);
    UP(ID ",000,0,," TIME "," PLACE ",505|1|FFFF|8C89802,6," STATES "," VOLTS);
    check(S7_FIELD_MNC, "1");
    check(S7_FIELD_LAC, "65535");         /* as sent: no part of the cell has a range */
    check(S7_FIELD_CELL_ID, "147363842"); /* 0x8C89802, seven digits */
    UP(ID ",000,0,," TIME "," PLACE ",505|1|306E,6," STATES "," VOLTS);
    check(S7_FIELD_CELL, "505|1|306E");
    assert_int_equal(nth(S7_FIELD_CELL, 0)->flags, FLAGS(BAD_VALUE));
    check_none(S7_FIELD_MCC);
    UP(ID ",000,0,," TIME "," PLACE ",5050|1|306E|1,6," STATES "," VOLTS);
    check_bad(S7_FIELD_MCC, "5050", FLAGS(BAD_VALUE));
    check(S7_FIELD_MNC, "1");
    UP(ID ",000,0,," TIME "," PLACE ",505|1000|306E|1,6," STATES "," VOLTS);
    check_bad(S7_FIELD_MNC, "1000", FLAGS(BAD_VALUE));
    check(S7_FIELD_MCC, "505");
    UP(ID ",000,0,," TIME "," PLACE ",505|1|3x6E|1,6," STATES "," VOLTS);
    check_bad(S7_FIELD_LAC, "3x6E", FLAGS(BAD_VALUE));
    check(S7_FIELD_CELL_ID, "1");
}

static void test_inputs_and_outputs(void **state)
{
    UP(ID ",000,0,," TIME "," PLACE "," CELL ",00000015,FD,01," VOLTS); /* every input but IN2; no external power */
    check(S7_FIELD_EXTERNAL_POWER, "0");
    check(S7_FIELD_INPUTS, "0xfd");
    check(S7_FIELD_IGNITION, "0");
    check(S7_FIELD_OUTPUTS, "0x01");
    UP(ID ",000,0,," TIME "," PLACE "," CELL ",zz15,0G,000000001," VOLTS);
    check_none(S7_FIELD_STATUS);
    check_none(S7_FIELD_EXTERNAL_POWER);
    check_none(S7_FIELD_IGNITION);
    check_none(S7_FIELD_OUTPUTS);
    check_nth(S7_FIELD_EXTRA, 0, "zz15");
    check_nth(S7_FIELD_EXTRA, 1, "0G");
    check_nth(S7_FIELD_EXTRA, 2, "000000001");
    assert_int_equal(message.flags, FLAGS(BAD_VALUE));
}

/* --- Events --- */

static const struct {
    unsigned number;
    const char *event;
    bool data;
} events[] = {
    {1, "sos", false},
    {2, "sos_released", false},
    {3, "ignition_on", false},
    {4, "ignition_off", false},
    {5, "door_open", false},
    {6, "door_closed", false},
    {7, "input4_on", false},
    {8, "input4_off", false},
    {9, "input5_on", false},
    {10, "input5_off", false},
    {11, "input6_on", false},
    {12, "input6_off", false},
    {17, "power_low", false},
    {18, "power_cut", false},
    {19, "power_restored", false},
    {20, "low_battery", false},
    {21, "antenna_cut", false},
    {22, "overspeed", false},
    {23, "sleep", false},
    {24, "wake", true},
    {25, "geofence_exit", true},
    {26, "geofence_enter", true},
    {27, "gps_lost", false},
    {28, "gps_restored", false},
    {29, "heading_change", false},
    {30, "distance_interval", false},
    {32, "device_on", false},
    {33, "device_off", false},
    {35, "tow", false},
    {36, "stopped", false},
    {37, "moving", false},
    {38, "idling", false},
    {39, "harsh_acceleration", false},
    {40, "harsh_braking", false},
    {41, "harsh_turn", false},
    {42, "impact", false},
    {43, "fatigue", false},
    {44, "fatigue_end", false},
    {45, "driving_time_exceeded", false},
    {46, "temperature_high", true},
    {47, "temperature_low", true},
    {48, "fuel_theft", true},
    {49, "fuel_low", true},
    {50, "jamming", false},
    {51, "jamming_end", false},
    {52, "theft_alarm", true},
    {53, "driver_card", true},
    {54, "picture", true},
    {55, "tamper", false},
    {56, "trouble_codes", true},
};

static void test_events(void **state)
{
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        char body[400];
        int n = snprintf(body, sizeof body, ID ",010,%u," AFTER, events[i].number);
        decode('&', body, (size_t)n);
        assert_string_equal(s7_event_names[message.event], events[i].event);
        assert_int_equal(message.kind, S7_KIND_EVENT);
        assert_int_equal(message.flags, events[i].data ? FLAGS(EVENT_DATA_MISSING) : 0);
        check(S7_FIELD_EVENT, events[i].event);
        n = snprintf(body, sizeof body, ID ",000,%u,00" AFTER, events[i].number);
        decode('&', body, (size_t)n);
        check(S7_FIELD_EVENT_DATA, "00");
        assert_int_equal(message.flags, events[i].data ? 0 : FLAGS(EVENT_DATA_UNEXPECTED));
    }
}

static void test_events_that_only_report(void **state)
{
    UP(EVENT("34,"));
    check_message(S7_KIND_POSITION, S7_EVENT_NONE, 0);
    UP(EVENT("31,"));
    check_message(S7_KIND_HEARTBEAT, S7_EVENT_NONE, 0);
    check(S7_FIELD_LATITUDE, "41.123457");
    UP(EVENT("57,"));
    check_message(S7_KIND_EVENT, S7_EVENT_LOW_SPEED, 0);
    UP(EVENT("57,20"));
    check_message(S7_KIND_EVENT, S7_EVENT_LOW_SPEED, 0);
}

static void test_unknown_events(void **state)
{
    UP(EVENT("13,"));
    check_message(S7_KIND_EVENT, S7_EVENT_NONE, FLAGS(UNKNOWN_EVENT));
    UP(EVENT("16,x"));
    check_message(S7_KIND_EVENT, S7_EVENT_NONE, FLAGS(UNKNOWN_EVENT));
    UP(EVENT("58,"));
    check(S7_FIELD_EVENT_CODE, "58");
    check_message(S7_KIND_EVENT, S7_EVENT_NONE, FLAGS(UNKNOWN_EVENT));
    UP(EVENT("999999999,data"));
    check_message(S7_KIND_EVENT, S7_EVENT_NONE, FLAGS(UNKNOWN_EVENT));
    check(S7_FIELD_EVENT_DATA, "data");
    UP(EVENT("x,"));
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(BAD_VALUE));
    check_bad(S7_FIELD_EVENT_CODE, "x", FLAGS(BAD_VALUE));
}

static void test_event_data(void **state)
{
    UP(EVENT("25,3"));
    check(S7_FIELD_GEOFENCE, "3");
    assert_int_equal(nth(S7_FIELD_GEOFENCE, 0)->depth, 1);
    UP(EVENT("26,home"));
    check_none(S7_FIELD_GEOFENCE);
    check(S7_FIELD_EVENT_DATA, "home");
    assert_int_equal(message.flags, 0);
    UP(EVENT("46,2"));
    check(S7_FIELD_SENSOR, "2");
    UP(EVENT("47,1"));
    check(S7_FIELD_SENSOR, "1");
    UP(EVENT("48,1"));
    check(S7_FIELD_TANK, "1");
    UP(EVENT("49,2"));
    check(S7_FIELD_TANK, "2");
    UP(EVENT("53,0A678C"));
    check(S7_FIELD_DRIVER_ID, "0A678C");
    assert_int_equal(nth(S7_FIELD_DRIVER_ID, 0)->offset, nth(S7_FIELD_EVENT_DATA, 0)->offset);
    UP(EVENT("54,2405170612_1.jpg"));
    check(S7_FIELD_PICTURE, "2405170612_1.jpg");
    UP(EVENT("24,3"));
    check(S7_FIELD_EVENT_DATA, "3");
    check_none(S7_FIELD_GEOFENCE);
}

static void test_trouble_codes(void **state)
{
    UP(EVENT("56,00019501019602")); /* the vendor's worked examples */
    check_numbered(S7_FIELD_TROUBLE_CODE, 0, 0, "P0195");
    check_nth(S7_FIELD_TROUBLE_STATE, 0, "solved");
    check_numbered(S7_FIELD_TROUBLE_CODE, 1, 0, "P0196");
    check_nth(S7_FIELD_TROUBLE_STATE, 1, "pending");
    assert_int_equal(nth(S7_FIELD_TROUBLE_STATE, 1)->depth, 2);
    assert_int_equal(message.flags, 0);
    UP(EVENT("56,01F40305F80307"));
    check_numbered(S7_FIELD_TROUBLE_CODE, 0, 0, "1012-5");
    check_numbered(S7_FIELD_TROUBLE_CODE, 1, 0, "1016-7");
    check_none(S7_FIELD_TROUBLE_STATE);
    UP(EVENT("56,01FFFFFF"));
    check(S7_FIELD_TROUBLE_CODE, "524287-31");
    UP(EVENT("56,00019503"));
    check(S7_FIELD_TROUBLE_STATE, "03"); /* no document explains it */
    UP(EVENT("56,00412A01BFFF02C00001"));
    check_nth(S7_FIELD_TROUBLE_CODE, 0, "C012A");
    check_nth(S7_FIELD_TROUBLE_CODE, 1, "B3FFF");
    check_nth(S7_FIELD_TROUBLE_CODE, 2, "U0000");
    static const char *const other[] = {"0", "02019501", "000195", "00019G01", "x"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        char body[400];
        int n = snprintf(body, sizeof body, ID ",000,56,%s" AFTER, other[i]);
        decode('&', body, (size_t)n);
        check_none(S7_FIELD_TROUBLE_CODE);
        check(S7_FIELD_EVENT_DATA, other[i]);
        check_message(S7_KIND_EVENT, S7_EVENT_TROUBLE_CODES, FLAGS(BAD_VALUE));
        assert_int_equal(nth(S7_FIELD_EVENT_DATA, 0)->flags, FLAGS(BAD_VALUE));
    }
}

/* --- The ambiguous cases of docs/STARTEK.md 9 that one frame can show --- */

static void test_9_1_checksum_looks_like_data(void **state)
{
    static const char row[] =
        "&&W149,865429043319537,000,0,,211103013512,A,22.679003,114.045085,16,1.1,0,271,76,109075,"
        "460|0|249F|000010C5,19,0000003E,00,00,0A57|0168|0000|0000,1,0100000C\r\n";
    decode_frame(row, sizeof row - 1);
    check_numbered(S7_FIELD_FUEL, 0, 1, "0.0");
    check(S7_FIELD_CHECKSUM, "0x0c");
    check(S7_FIELD_EXTERNAL_VOLTAGE, "26.47");
    static const char pt60[] = "&&o125,861157040554384,000,0,,210702235150,A,27.263505,153.037061,11,1.2,0,0,31,5125,"
                               "505|1|7032|8C89802,20,0000002D,00,00,01E2|019DF0\r\n";
    decode_frame(pt60, sizeof pt60 - 1);
    check(S7_FIELD_BATTERY_VOLTAGE, "4.13"); /* 019D */
    check(S7_FIELD_CHECKSUM, "0xf0");
}

/* As published: a cell of Australia, and a latitude in the north. Not repaired. */
static void test_9_4_latitude_without_its_minus(void **state)
{
    static const char row[] = "&&o125,861157040554384,000,0,,210702235150,A,27.263505,153.037061,11,1.2,0,0,31,5125,"
                              "505|1|7032|8C89802,20,0000002D,00,00,01E2|019DF0\r\n";
    decode_frame(row, sizeof row - 1);
    check(S7_FIELD_MCC, "505");
    check(S7_FIELD_LATITUDE, "27.263505");
    check(S7_FIELD_LONGITUDE, "153.037061");
    assert_int_equal(message.flags & ~FLAGS(ID_UNUSUAL), 0);
}

static void test_9_2_one_empty_tail_field(void **state)
{
    UP(TAIL("1,"));
    check(S7_FIELD_PRO_CODE, "1");
    check_none(S7_FIELD_EXTRA);
    UP(TAIL("1,,"));
    check_none(S7_FIELD_EXTRA);
    UP(TAIL(""));
    check_none(S7_FIELD_PRO_CODE);
    check_none(S7_FIELD_EXTRA);
    assert_int_equal(message.flags, 0);
}

static void test_9_3_last_known_position(void **state)
{
    UP(ID ",000,27,," TIME ",V,28.653435,-106.077455,0,0.0,0,151,1412,918," CELL "," STATES "," VOLTS);
    check_message(S7_KIND_EVENT, S7_EVENT_GPS_LOST, FLAGS(STALE_FIX));
    check(S7_FIELD_VALID, "0");
    check(S7_FIELD_LONGITUDE, "-106.077455");
    check(S7_FIELD_HDOP, "0.0");
    assert_int_equal(nth(S7_FIELD_VALID, 0)->flags, FLAGS(STALE_FIX));
}

static void test_9_5_status_width(void **state)
{
    UP(ID ",000,0,," TIME "," PLACE "," CELL ",0010,00,00,0000|019D");
    check(S7_FIELD_STATUS, "0x0010");
    check(S7_FIELD_EXTERNAL_POWER, "0");
    assert_int_equal(message.flags, 0);
    UP(ID ",000,0,," TIME "," PLACE "," CELL ",00018,00,00,0000|019D");
    check(S7_FIELD_STATUS, "0x00018");
    check(S7_FIELD_EXTERNAL_POWER, "1");
    assert_int_equal(message.flags, FLAGS(STATUS_COUNT));
    assert_int_equal(nth(S7_FIELD_STATUS, 0)->flags, FLAGS(STATUS_COUNT));
}

static void test_9_8_head_tells_report_from_acknowledgement(void **state)
{
    DOWN(ID ",000,1");
    check_message(S7_KIND_COMMAND, S7_EVENT_NONE, 0);
    check(S7_FIELD_DIRECTION, "down");
    check(S7_FIELD_ARGUMENT, "1");
    UP(ID ",000,1");
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(REPORT_TOO_SHORT));
}

static void test_9_10_event_data_against_the_rule(void **state)
{
    UP(EVENT("3,x"));
    check_message(S7_KIND_EVENT, S7_EVENT_IGNITION_ON, FLAGS(EVENT_DATA_UNEXPECTED));
    assert_int_equal(nth(S7_FIELD_EVENT_DATA, 0)->flags, FLAGS(EVENT_DATA_UNEXPECTED));
    UP(EVENT("0,x"));
    check_message(S7_KIND_POSITION, S7_EVENT_NONE, FLAGS(EVENT_DATA_UNEXPECTED));
    UP(EVENT("48,"));
    check_message(S7_KIND_EVENT, S7_EVENT_FUEL_THEFT, FLAGS(EVENT_DATA_MISSING));
    assert_int_equal(nth(S7_FIELD_EVENT_CODE, 0)->flags, FLAGS(EVENT_DATA_MISSING));
}

static void test_9_11_commas_in_event_data(void **state)
{
    UP(EVENT("54,a,b,,c.jpg"));
    check_message(S7_KIND_EVENT, S7_EVENT_PICTURE, 0);
    check(S7_FIELD_EVENT_DATA, "a,b,,c.jpg");
    check(S7_FIELD_PICTURE, "a,b,,c.jpg");
    check(S7_FIELD_DEVICE_TIME, "2024-05-17T06:12:33");
    check_numbered(S7_FIELD_ADC, 1, 2, "36.00");
    check_none(S7_FIELD_EXTRA);
    /* A time in the tail moves nothing: not enough fields follow it. */
    UP(ID ",000,0,,x," PLACE "," CELL "," STATES "," VOLTS ",1,,,,123456789012,A");
    check_nth(S7_FIELD_EXTRA, 0, "x");
    assert_int_equal(nth(S7_FIELD_EXTRA, 0)->flags, FLAGS(BAD_TIME));
    check(S7_FIELD_DRIVER_ID, "123456789012");
    check(S7_FIELD_LATITUDE, "41.123457");
}

static void test_9_13_impossible_values(void **state)
{
    UP(ID ",000,0,," TIME ",A,4x.5,2.765432,99,0.9,-1,12.5,64,482913," CELL "," STATES "," VOLTS);
    check_nth(S7_FIELD_EXTRA, 0, "4x.5");
    assert_int_equal(nth(S7_FIELD_EXTRA, 0)->concerns, S7_FIELD_LATITUDE + 1);
    check_none(S7_FIELD_LATITUDE);
    check(S7_FIELD_LONGITUDE, "2.765432");
    check(S7_FIELD_SATELLITES, "99");
    check(S7_FIELD_SPEED, "-1");
    check_nth(S7_FIELD_EXTRA, 1, "12.5");
    assert_int_equal(nth(S7_FIELD_EXTRA, 1)->concerns, S7_FIELD_COURSE + 1);
    check_message(S7_KIND_POSITION, S7_EVENT_NONE, FLAGS(BAD_VALUE) | FLAGS(OUT_OF_RANGE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_and_end),
        cmocka_unit_test(test_device_id),
        cmocka_unit_test(test_report_fields),
        cmocka_unit_test(test_fields_in_wire_order),
        cmocka_unit_test(test_empty_fields_are_not_sent),
        cmocka_unit_test(test_short_report),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_fix),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_voltages),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_inputs_and_outputs),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_events_that_only_report),
        cmocka_unit_test(test_unknown_events),
        cmocka_unit_test(test_event_data),
        cmocka_unit_test(test_trouble_codes),
        cmocka_unit_test(test_9_1_checksum_looks_like_data),
        cmocka_unit_test(test_9_2_one_empty_tail_field),
        cmocka_unit_test(test_9_3_last_known_position),
        cmocka_unit_test(test_9_4_latitude_without_its_minus),
        cmocka_unit_test(test_9_5_status_width),
        cmocka_unit_test(test_9_8_head_tells_report_from_acknowledgement),
        cmocka_unit_test(test_9_10_event_data_against_the_rule),
        cmocka_unit_test(test_9_11_commas_in_event_data),
        cmocka_unit_test(test_9_13_impossible_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
