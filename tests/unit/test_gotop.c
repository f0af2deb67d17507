/* SPDX-License-Identifier: GPL-2.0-or-later
 * Uplink frames of the gotop dialect: codes, alarms, position body, status group, what is truncated, and that every
 * byte has a field. Expected values from docs/PROTOCOL.md; a test of one of its ambiguous cases bears the case's
 * number. */
#include "coverage.h"
#include "decoded.h"
#include "rows.h"

#define STATUS ",1-1-0-0-64-28"

static void test_heartbeat_and_hello(void **state)
{
    check("#" ID ",CMD-X#", "device_id=" ID "\ndialect=gotop\ndirection=up\nkind=heartbeat\ncode=CMD-X\n!flags=\n");
    check("#" ID ",CMD-D#", "kind=hello\ncode=CMD-D\n!flags=\n!details.\n");
    check("#" ID ",CMD-D,#", "kind=hello\ncode=CMD-D\n!flags=\n!details.\n");
}

static void test_reports(void **state)
{
    check(REPORT("CMD-T", STATUS), "kind=position\n!event=\nvalid=1\nlatitude=41.1234567\nlongitude=2.7654321\n"
                                   "device_time=2021-03-14T15:16:17\nspeed_kmh=12.5\n!flags=\n");
    check(REPORT("CMD-F", STATUS), "kind=position\n");
    check(REPORT("CMD-F1", STATUS), "kind=position\ncode=CMD-F1\n");
    check(REPORT("CMD-KEY", STATUS), "kind=event\nevent=sos\n");
}

static void test_listed_answers(void **state)
{
    static const char *const codes[] = {"Z1", "Z2", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "C",  "E",
                                        "G",  "H",  "I",  "J",  "K",  "K0", "K1", "K2", "K3", "L",  "L1", "L2",
                                        "L3", "L4", "L5", "M",  "M2", "M3", "M4", "N",  "O",  "P",  "Q1", "Q2",
                                        "Q3", "Q4", "Q5", "R",  "T0", "T1", "U",  "U0", "U1", "U2", "U3", "U4",
                                        "U5", "U6", "U7", "U8", "U9", "V",  "V3", "W"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char *frame = g_strdup_printf("#" ID ",CMD-%s,A," POSITION STATUS "#", codes[i]);
        check(frame, "kind=answer\n!event=\n!flags=\nlatitude=41.1234567\n");
        assert_true(decoded.listed);
        g_free(frame);
    }
}

static void test_unlisted_codes_still_give_a_position(void **state)
{
    static const char *const codes[] = {"CMD-A",  "CMD-A9", "CMD-S", "CMD-Y", "CMD-T2",
                                        "CMD-QQ", "CMD-T ", "CMD-",  "HELLO", "CMD-T-1"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char *frame = g_strdup_printf("#" ID ",%s,A," POSITION STATUS "#", codes[i]);
        char *code =
            g_strdup_printf("kind=unknown\ncode=%s\n!event=\nflags=unknown_code\nlatitude=41.1234567\n", codes[i]);
        check(frame, code);
        assert_false(decoded.listed);
        g_free(frame);
        g_free(code);
    }
    check("#" ID ",CMD-QQ,hello,world#", "kind=unknown\nflags=unknown_code\ndetails.extra=[\"hello\",\"world\"]\n");
}

static void test_code_without_its_body(void **state)
{
    check("#" ID ",CMD-T#", "kind=position\nflags=report_too_short\n!valid=\n");
    check("#" ID ",CMD-T,#", "kind=position\nflags=report_too_short\n!details.\n");
    check("#" ID ",CMD-T,X," POSITION "#", "kind=position\nflags=report_too_short\n!latitude=\n");
    check("#" ID ",ALM-A#", "kind=event\nevent=sos\nflags=report_too_short\n");
    check("#" ID ",CMD-T0#", "kind=answer\n!flags=\n");
}

static void test_version(void **state)
{
    check("#" ID ",Ver:H-TL402,S-0001-190611,#",
          "kind=version\ncode=Ver\ndetails.version=H-TL402,S-0001-190611\n!flags=\n!details.extra=\n");
    check("#" ID ",Ver:#", "kind=version\ncode=Ver\n!details.\n");
    assert_true(decoded.listed);
}

static void test_passthrough_is_not_split(void **state)
{
    check("#" ID ",CMD-Z,$301=1.5,22.75,900#",
          "kind=passthrough\ncode=CMD-Z\nserial=$301=1.5,22.75,900\n!details.extra\n");
    check("#" ID ",CMD-Z,85 00 00 72 94#", "serial=85 00 00 72 94\n!odometer_m=\n!flags=\n");
    check("#" ID ",CMD-Z,A,DATE:21#", "serial=A,DATE:21\n!flags=\n");
    check("#" ID ",CMD-Z#", "kind=passthrough\n!serial=\n!flags=\n");
}

static void test_vendor_fields(void **state)
{
    check_spans("#" ID ",PWR saved,,CMD-T,A," POSITION STATUS "#", S7_FIELD_VENDOR, "1:PWR saved");
    check_spans("#" ID ",WVWZZZ1JZXW000001,34% 91^C,CMD-T,A," POSITION STATUS "#", S7_FIELD_VENDOR,
                "1:WVWZZZ1JZXW000001 2:34% 91^C");
    check("#" ID ",WVWZZZ1JZXW000001,34% 91^C,CMD-T,A," POSITION STATUS "#",
          "kind=position\ncode=CMD-T\nlatitude=41.1234567\ndetails.vin=WVWZZZ1JZXW000001\n");
    check("#" ID ",wvwzzz1jzxw000001,,CMD-X#", "kind=heartbeat\n!details.vin=\n");
    check("#" ID ",one,WVWZZZ1JZXW000001,CMD-X#", "kind=heartbeat\n!details.vin=\n");
    check("#" ID ",a,b,c,CMD-X#", "kind=unknown\ncode=a\ndetails.extra=[\"b\",\"c\",\"CMD-X\"]\n");
}

static void test_alarms(void **state)
{
    static const struct {
        const char *code, *event;
    } alarms[] = {{"ALM-A", "sos"},      {"ALM-C", "overspeed"},    {"ALM-D", "low_battery"},
                  {"ALM-E", "gps_lost"}, {"ALM-H", "displacement"}, {"ALM-M", "fall"},
                  {"ALM-N", "impact"},   {"ALM-U", "update_done"},  {"ALM-V", "update_failed"}};
    for (size_t i = 0; i < sizeof alarms / sizeof alarms[0]; i++) {
        char *frame = g_strdup_printf("#" ID ",%s,A," POSITION STATUS "#", alarms[i].code);
        char *lines =
            g_strdup_printf("kind=event\ncode=%s\nevent=%s\nvalid=1\n!flags=\n", alarms[i].code, alarms[i].event);
        check(frame, lines);
        g_free(frame);
        g_free(lines);
    }
    check("#" ID ",ALM-E#", "kind=event\nevent=gps_lost\n!flags=\n");
    check(REPORT("ALM-A-7", STATUS), "code=ALM-A-7\nevent=sos\ndetails.subcode=7\n!flags=\n");
    check(REPORT("ALM-A-x", STATUS), "code=ALM-A-x\n!event=\nflags=unknown_code\n!details.subcode=\n");
}

static void test_alarms_without_event(void **state)
{
    check(REPORT("ALM-D1", STATUS), "kind=event\n!event=\nflags=ambiguous_code\n");
    assert_true(decoded.listed);
    check(REPORT("ALM-G", STATUS), "kind=event\n!event=\nflags=ambiguous_code\nlatitude=41.1234567\n");
    check(REPORT("ALM-J", STATUS), "kind=event\n!event=\nflags=ambiguous_code\n");
    check("#" ID ",ALM-V#", "kind=event\n!event=\nflags=unknown_code\n");
    check("#" ID ",ALM-X#", "kind=event\n!event=\nflags=unknown_code\n");
    check(REPORT("ALM-D2", STATUS), "kind=event\n!event=\nflags=unknown_code\nvalid=1\n");
    check(REPORT("ALM-K", STATUS), "kind=event\n!event=\nflags=unknown_code\n");
}

#define LON_REPORT(code) "#" ID "," code ",A,DATE:210314,TIME:151617,LAT:41.1N,LON:2.7E,Speed:0.0,64-28,01.15#"

static void test_10_3_error_glued_to_the_body(void **state)
{
    check("#" ID ",ERROR!V," POSITION STATUS "#",
          "kind=rejected\ncode=ERROR!\nvalid=0\nflags=stale_fix\nspeed_kmh=12.5\n");
    check("#" ID ", ERROR!,A," POSITION STATUS "#", "kind=rejected\ncode=ERROR!\nvalid=1\n!flags=\n");
    check("#" ID ",ERROR!#", "kind=rejected\ncode=ERROR!\n!flags=\n!details.\n");
    check("#" ID ",ERROR!V,DATE:2103#", "kind=unknown\nflags=truncated\n");
    check("#" ID ",ERROR!x#", "kind=unknown\ncode=ERROR!x\nflags=unknown_code\n");
}

static void test_10_4_fence_digit(void **state)
{
    check(REPORT("ALM-B3", STATUS), "event=geofence\ndetails.geofence=3\n!flags=\n");
    check(REPORT("ALM-B", STATUS), "event=geofence\n!details.geofence=\n!flags=\n");
    check(REPORT("ALM-B3-2", STATUS),
          "code=ALM-B3-2\nevent=geofence_enter\ndetails.geofence=3\ndetails.subcode=2\n!flags=\n");
    check(REPORT("ALM-B4-1", STATUS), "event=geofence_exit\ndetails.geofence=4\n");
    check(LON_REPORT("ALM-B1"), "event=geofence_enter\n!flags=\n");
    check(LON_REPORT("ALM-B8"), "event=geofence_exit\ndetails.geofence=8\n!flags=\n");
    check(LON_REPORT("ALM-B"), "event=geofence\n");
    check(REPORT("ALM-B6", STATUS), "kind=event\n!event=\nflags=unknown_code\n!details.geofence=\n");
    check(LON_REPORT("ALM-B0"), "kind=event\n!event=\nflags=unknown_code\n");
    check(REPORT("ALM-B12", STATUS), "kind=event\n!event=\nflags=unknown_code\n");
}

static void test_10_5_battery_full_or_ignition(void **state)
{
    check("#" ID ",ALM-F#", "event=battery_full\n!flags=\n");
    check("#" ID ",ALM-F,#", "event=battery_full\n!flags=\n");
    check(REPORT("ALM-F", STATUS ",012,21407-ABCD-0012AB34,09,1.00,31.0,,,"),
          "event=battery_full\n!flags=\ndetails.profile=T3\n");
    check(REPORT("ALM-F", STATUS ",012,21407-ABCD-0012AB34"), "kind=event\n!event=\nflags=ambiguous_code\n");
    check(REPORT("ALM-F", ""), "kind=event\n!event=\nflags=ambiguous_code\n");
}

static void test_10_11_codes_are_exact(void **state)
{
    check(REPORT("CMD-T1", STATUS), "kind=answer\ncode=CMD-T1\n");
    check(REPORT("CMD-U", STATUS), "kind=answer\ncode=CMD-U\n");
    check(REPORT("CMD-TT", STATUS), "kind=unknown\nflags=unknown_code\n");
    check("#" ID ",cmd-x#", "kind=unknown\nflags=unknown_code\n");
}

static void test_10_12_hello_with_body_is_a_position(void **state)
{
    check(REPORT("CMD-D", STATUS), "kind=position\nlatitude=41.1234567\n!flags=\n");
}

static void test_10_15_device_id(void **state)
{
    check("#123456789012345,CMD-X#", "device_id=123456789012345\nflags=id_unusual\n");
    check("#12345678,CMD-X#", "device_id=12345678\nflags=id_unusual\n");
    assert_true(s7_find(&decoded, S7_FIELD_DEVICE_ID)->flags == S7_FLAG_BIT(ID_UNUSUAL));
}

static void test_10_2_shared_delimiter(void **state)
{
    static const char text[] = ID ",CMD-X#";
    struct s7_frame frame = {.length = sizeof text - 1,
                             .flags = S7_FLAG_BIT(SHARED_DELIMITER),
                             .dialect = S7_GOTOP,
                             .direction = S7_UP,
                             .shape = S7_SHAPE_UPLINK};
    s7_decode((const uint8_t *)text, &frame, &decoded);
    const struct s7_field *id = s7_find(&decoded, S7_FIELD_DEVICE_ID), *end = s7_find(&decoded, S7_FIELD_TERMINATOR);
    assert_int_equal(id->offset, 0);
    assert_int_equal(id->length, 15);
    assert_int_equal(end->offset, 21);
    assert_int_equal(decoded.kind, S7_KIND_HEARTBEAT);
    assert_int_equal(decoded.flags, S7_FLAG_BIT(SHARED_DELIMITER));
}

#define BODY(fields) "#" ID ",CMD-T," fields "#"

static void test_position_forms(void **state)
{
    check(BODY("A,210314,151617,33.8765432S,151.2098765W,Speed:3"),
          "device_time=2021-03-14T15:16:17\nlatitude=-33.8765432\nlongitude=-151.2098765\nspeed_kmh=3\n!flags=\n");
    check(BODY("A,date:210314,Time:151617,lat:1.5N,lon:2.25E,SPEED:003.25"),
          "device_time=2021-03-14T15:16:17\nlatitude=1.5\nlongitude=2.25\nspeed_kmh=3.25\n!flags=\n");
    check(BODY("A,DATE:210314,TIME:151617,LAT:00.0000000S,LOT:000.0000000W,Speed:000.0"),
          "latitude=0.0000000\nlongitude=0.0000000\nspeed_kmh=0.0\n!flags=\n");
    check(BODY("A,DATE:210314,TIME:151617,LAT:1.0123456789N,LOT:1.5E,Speed:1"), "latitude=1.0123456789\n!flags=\n");
    check(BODY("V,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:1"), "valid=0\nlatitude=1.5\nflags=stale_fix\n");
    check_spans(BODY("A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:1"), S7_FIELD_DEVICE_TIME,
                "0:DATE:210314,TIME:151617");
    check_spans(BODY("A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:1"), S7_FIELD_LONGITUDE, "0:LOT:1.5E");
}

static void test_values_out_of_range_stay(void **state)
{
    check(BODY("A,DATE:210314,TIME:151617,LAT:90.00N,LOT:180.0E,Speed:500"),
          "latitude=90.00\nlongitude=180.0\n!flags=\n");
    check(BODY("A,DATE:210314,TIME:151617,LAT:90.01N,LOT:1.0E,Speed:1"), "latitude=90.01\nflags=out_of_range\n");
    check(BODY("A,DATE:210314,TIME:151617,LAT:1.0S,LOT:180.1W,Speed:1"), "longitude=-180.1\nflags=out_of_range\n");
    check(BODY("A,DATE:210314,TIME:151617,LAT:1.0S,LOT:1.0W,Speed:500.1"), "speed_kmh=500.1\nflags=out_of_range\n");
    assert_true(s7_find(&decoded, S7_FIELD_SPEED)->flags == S7_FLAG_BIT(OUT_OF_RANGE));
}

static void test_impossible_time(void **state)
{
    check(BODY("A,DATE:210229,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:1"),
          "!device_time=\nlatitude=1.5\nflags=bad_time\ndetails.extra=[\"DATE:210229,TIME:151617\"]\n");
    check(BODY("A,DATE:210314,TIME:240000,LAT:1.5N,LOT:1.5E,Speed:1"), "!device_time=\nflags=bad_time\n");
    check(BODY("A,DATE:200229,TIME:235959,LAT:1.5N,LOT:1.5E,Speed:1"), "device_time=2020-02-29T23:59:59\n!flags=\n");
}

static void test_body_that_does_not_parse_is_truncated(void **state)
{
    static const char *const bodies[] = {
        "A",
        "V,",
        "A,DATE:210314",
        "A,DATE:21031,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:1",
        "A,DATE:210314,TIME:15161",
        "A,DATE:210314,TIME:1516xx,LAT:1.5N,LOT:1.5E,Speed:1",
        "A,DATE:210314,TIME:151617,LAT",
        "A,DATE:210314,TIME:151617,LAT:41.1234567",
        "A,DATE:210314,TIME:151617,LAT:41N,LOT:1.5E,Speed:1",
        "A,DATE:210314,TIME:151617,LAT:4107.5N,LOT:1.5E,Speed:1",
        "A,DATE:210314,TIME:151617,LAT:-1.5N,LOT:1.5E,Speed:1",
        "A,DATE:210314,TIME:151617,LAT:1.01234567891N,LOT:1.5E,Speed:1",
        "A,DATE:210314,TIME:151617,LAT:1.5E,LOT:1.5E,Speed:1",
        "A,DATE:210314,TIME:151617,LAT:1.5N",
        "A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5",
        "A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E",
        "A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:",
        "A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:1.",
        "A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E,1.0",
        "A,DATE:210314,TIME:151617,LAT:1.5N,LOT:1.5E,Speed:-1",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char *frame = g_strdup_printf("#" ID ",ALM-A,%s#", bodies[i]);
        check(frame, "kind=unknown\nflags=truncated\n!event=\n!valid=\n!code=\n!latitude=\n");
        assert_false(decoded.proven);
        assert_non_null(s7_find(&decoded, S7_FIELD_VALID));
        g_free(frame);
    }
    check("#" ID ",HELLO,A,DATE:2#", "flags=truncated\n");
}

static void test_frame_without_code_is_truncated(void **state)
{
    check("#" ID ",#", "kind=unknown\nflags=truncated\n");
    check("#" ID ", ,x#", "kind=unknown\nflags=truncated\n");
    check("#" ID ",,,#", "kind=unknown\nflags=truncated\n");
    check("#" ID ",,,CMD-X#", "kind=heartbeat\n!flags=\n");
}

static void test_frame_without_end_is_truncated(void **state)
{
    check("#" ID ",CMD-T,A," POSITION ",63-17", "kind=unknown\nflags=truncated\n!latitude=\n");
    assert_null(s7_find(&decoded, S7_FIELD_TERMINATOR));
    assert_non_null(s7_find(&decoded, S7_FIELD_LATITUDE));
    check("#" ID ",CMD-X", "kind=unknown\nflags=truncated\n");
}

static void test_status_groups(void **state)
{
    check(REPORT("CMD-T", ",063-17"), "battery_pct=63\ngsm_signal=17\n!flags=\n!details.status_flag_a=\n");
    check(REPORT("CMD-T", ",X-0-1-100-26"),
          "battery_pct=100\ngsm_signal=26\n!flags=\n!external_power=\ndetails.status_flag_a=X\n"
          "details.status_flag_b=0\ndetails.status_flag_c=1\n!details.status_flag_d=\n");
    check(REPORT("CMD-T", ",1-0-1-0-64-28"), "external_power=1\ndetails.gps_enabled=0\ncharging=1\ndetails.status_flag_"
                                             "d=0\nbattery_pct=64\ngsm_signal=28\n!flags=\n"
                                             "!details.status_flag_a=\n!ignition=\n");
    check(REPORT("CMD-T", ",X-2-0-X-77-9"),
          "!external_power=\ndetails.status_flag_a=X\n!details.gps_enabled=\ndetails.status_flag_b=2\n"
          "charging=0\n!details.status_flag_c=\ndetails.status_flag_d=X\n!flags=\n");
    check(REPORT("CMD-T", ",1-1-0-0-X-X"), "external_power=1\n!battery_pct=\n!gsm_signal=\n!flags=\n");
    check(REPORT("CMD-T", ",101-99"), "battery_pct=101\ngsm_signal=99\nflags=out_of_range\n");
}

static void test_other_counts_of_status_elements(void **state)
{
    check(REPORT("CMD-T", ",1-63-17"),
          "battery_pct=63\ngsm_signal=17\ndetails.status_flag_a=1\n!external_power=\nflags=status_count\n");
    check(REPORT("CMD-T", ",1-0-63-17"), "battery_pct=63\ndetails.status_flag_b=0\nflags=status_count\n");
    check(REPORT("CMD-T", ",1-2-3-4-5-6-63-17"), "battery_pct=63\ngsm_signal=17\ndetails.status_flag_d=4\n"
                                                 "details.extra=[\"5\",\"6\"]\nflags=status_count\n");
}

static void test_no_status_group(void **state)
{
    static const char *const others[] = {"hello",         "63", "63-", "-17", "1-1-0-0--28", "1-1-0-0-64-1234",
                                         "12-0-0-0-64-28"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char *frame = g_strdup_printf("#" ID ",CMD-T,A," POSITION ",%s,090#", others[i]);
        char *lines =
            g_strdup_printf("speed_kmh=12.5\n!battery_pct=\n!course_deg=\n!details.profile=\nflags=bad_value\n"
                            "details.extra=[\"%s\",\"090\"]\n",
                            others[i]);
        check(frame, lines);
        assert_int_equal(s7_find(&decoded, S7_FIELD_EXTRA)->concerns, S7_FIELD_STATUS_GROUP + 1);
        g_free(frame);
        g_free(lines);
    }
    check(REPORT("CMD-T", ""), "speed_kmh=12.5\n!flags=\n!details.\n");
    check(REPORT("CMD-T", ","), "speed_kmh=12.5\n!flags=\n!details.\n");
}

static void test_elements_stand_below_their_group(void **state)
{
    decode(REPORT("CMD-T", ",1-0-1-0-64-28,090,21407-0A0B-0C0D"));
    const struct s7_field *group = s7_find(&decoded, S7_FIELD_STATUS_GROUP), *cell = s7_find(&decoded, S7_FIELD_CELL);
    assert_int_equal(group->depth, 0);
    assert_int_equal(group[1].id, S7_FIELD_EXTERNAL_POWER);
    for (int i = 1; i <= 6; i++)
        assert_int_equal(group[i].depth, 1);
    assert_int_equal(cell->depth, 0);
    assert_int_equal(cell[1].id, S7_FIELD_MCC);
    assert_int_equal(cell[4].id, S7_FIELD_CELL_ID);
    assert_int_equal(cell[4].depth, 1);
}

static void check_coverage(const guint8 *data, const struct s7_frame *frame)
{
    s7_decode(data, frame, &decoded);
    long hole = coverage_hole(data, frame, &decoded);
    if (hole >= 0)
        fail_msg("byte %ld of '%.*s' has no field", hole, (int)frame->length, (const char *)data);
}

/* The frame with each of its bytes replaced by some that mean something, and each of its prefixes. */
static void check_mutations(const guint8 *original, const struct s7_frame *frame)
{
    static const guint8 bytes[] = {',', '#', '"', '-', 'X', '7', '{', '}', '~', '.', ' ', ':', 0, 0xFF};
    struct s7_frame changed = *frame;
    guint8 *copy = g_memdup2(original, frame->length);
    for (guint i = 1; i < frame->length; i++) {
        for (size_t k = 0; k < sizeof bytes; k++) {
            copy[i] = bytes[k];
            check_coverage(copy, frame);
        }
        copy[i] = original[i];
    }
    g_free(copy);
    changed.flags |= S7_FLAG_BIT(TRUNCATED);
    for (changed.length = 1; changed.length < frame->length; changed.length++)
        check_coverage(guard_copy(original, changed.length), &changed);
}

static void test_every_byte_has_a_field(void **state)
{
    char *here = g_path_get_dirname(__FILE__), *folder = g_build_filename(here, "..", "data", NULL);
    GPtrArray *rows = rows_load(folder);
    unsigned frames = 0;
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = rows->pdata[i];
        GArray *elements = elements_scan(row->stream->data, row->stream->len, NULL, 0, TRUE);
        for (guint k = 0; k < elements->len; k++) {
            const struct element *e = &g_array_index(elements, struct element, k);
            if (e->leftover || e->frame.dialect != S7_GOTOP)
                continue;
            check_coverage(row->stream->data + e->offset, &e->frame);
            if (e->frame.shape != S7_SHAPE_RESET)
                check_mutations(row->stream->data + e->offset, &e->frame);
            frames++;
        }
        g_array_unref(elements);
    }
    assert_true(frames >= 94); /* the rows of the dialect */
    g_ptr_array_unref(rows);
    g_free(folder);
    g_free(here);
}

/* More fields than a message holds: the rest is one extra. */
static void test_too_many_fields(void **state)
{
    GString *frame = g_string_new("#" ID ",CMD-T,A," POSITION ",63-17");
    while (frame->len < 2040)
        g_string_append(frame, ",x");
    g_string_append_c(frame, '#');
    decode(frame->str);
    assert_true(decoded.proven);
    struct s7_frame whole = {.length = (uint32_t)frame->len, .dialect = S7_GOTOP, .shape = S7_SHAPE_UPLINK};
    check_coverage((const guint8 *)frame->str, &whole);
    g_string_free(frame, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heartbeat_and_hello),
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_listed_answers),
        cmocka_unit_test(test_unlisted_codes_still_give_a_position),
        cmocka_unit_test(test_code_without_its_body),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_passthrough_is_not_split),
        cmocka_unit_test(test_vendor_fields),
        cmocka_unit_test(test_alarms),
        cmocka_unit_test(test_alarms_without_event),
        cmocka_unit_test(test_10_2_shared_delimiter),
        cmocka_unit_test(test_10_3_error_glued_to_the_body),
        cmocka_unit_test(test_10_4_fence_digit),
        cmocka_unit_test(test_10_5_battery_full_or_ignition),
        cmocka_unit_test(test_10_11_codes_are_exact),
        cmocka_unit_test(test_10_12_hello_with_body_is_a_position),
        cmocka_unit_test(test_10_15_device_id),
        cmocka_unit_test(test_position_forms),
        cmocka_unit_test(test_values_out_of_range_stay),
        cmocka_unit_test(test_impossible_time),
        cmocka_unit_test(test_body_that_does_not_parse_is_truncated),
        cmocka_unit_test(test_frame_without_code_is_truncated),
        cmocka_unit_test(test_frame_without_end_is_truncated),
        cmocka_unit_test(test_status_groups),
        cmocka_unit_test(test_other_counts_of_status_elements),
        cmocka_unit_test(test_no_status_group),
        cmocka_unit_test(test_elements_stand_below_their_group),
        cmocka_unit_test(test_every_byte_has_a_field),
        cmocka_unit_test(test_too_many_fields),
    };
    return cmocka_run_group_tests_name("gotop", tests, NULL, NULL);
}
