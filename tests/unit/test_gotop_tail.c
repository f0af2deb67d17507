/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tails of the gotop dialect: profiles T0 to T6, cells, WiFi, BLE and LTE lists. Expected values from
 * docs/PROTOCOL.md 5 and 10. */
#include "decoded.h"

#define TAIL(fields)       REPORT("CMD-T", ",1-0-0-0-64-28" fields)
#define LON_TAIL(fields)   "#" ID ",CMD-T,A,DATE:210314,TIME:151617,LAT:41.1N,LON:2.7E,Speed:0.0,064-27" fields "#"
#define UNLABELLED(fields) "#" ID ",CMD-T,A,210314,151617,41.1N,2.7E,Speed:0.0,77-18" fields "#"

static void test_T0(void **state)
{
    check(TAIL(""), "details.profile=T0\n!course_deg=\n!details.extra=\n!flags=\n");
    check(UNLABELLED(""), "details.profile=T0\n!flags=\n");
}

static void test_T1(void **state)
{
    check(TAIL(",275"), "details.profile=T1\ncourse_deg=275\n!flags=\n");
    check(TAIL(","), "details.profile=T1\n!course_deg=\n!details.extra=\n!flags=\n");
    check(TAIL(",361"), "course_deg=361\nflags=out_of_range\n");
    check(TAIL(",,21407-0A0B-0C0D0E0F"),
          "details.profile=T1\n!course_deg=\nmcc=214\nmnc=07\nlac=2571\ncell_id=202182159\n"
          "details.cell=21407-0A0B-0C0D0E0F\n!flags=\n");
    check_spans(TAIL(",090,21407-0A0B-0C0D,a,,b"), S7_FIELD_EXTRA, "3:a 4: 5:b");
    check(UNLABELLED(",090"), "details.profile=T1\ncourse_deg=90\n");
}

/* A cell that was not sent, or a comma at the end: the fields before it keep their meaning. */
static void test_empty_second_field(void **state)
{
    check(TAIL(",275,"), "details.profile=T1\ncourse_deg=275\n!details.cell=\n!details.extra=\n!flags=\n");
    check(TAIL(",,"), "details.profile=T1\n!course_deg=\n!details.extra=\n!flags=\n");
    check_spans(TAIL(",275,,a"), S7_FIELD_EXTRA, "3:a");
    check(TAIL(",010,,10,0.98,0,-21,18,122,-1,-2,-3"),
          "details.profile=T2\ncourse_deg=10\n!mcc=\nsatellites=10\ndetails.gyro_z=-3\n!flags=\n");
    check(TAIL(",012,,09,1.00,-4.0,,,"), "details.profile=T3\n!details.cell=\ntemperature_c=-4.0\n!flags=\n");
    check(LON_TAIL(",05.68,"), "details.profile=T4\nhdop=5.68\n!details.extra=\n!flags=\n");
    check(LON_TAIL(",05.68,,BLE:{c0-ff-ee-00-00-01&-67}"),
          "details.profile=T4\nhdop=5.68\ndetails.ble_rssi=[\"-67\"]\n");
    check(UNLABELLED(",0.9,"), "details.profile=T6\ndetails.extra=[\"0.9\"]\n");
}

static void test_T2(void **state)
{
    check(TAIL(",010,25002-1E17-4F03,10,0.98,0,-21,18,122,-1,-2,-3"),
          "details.profile=T2\ncourse_deg=10\nmcc=250\nmnc=02\nlac=7703\ncell_id=20227\nsatellites=10\nhdop=0.98\n"
          "details.acceleration_x=-21\ndetails.acceleration_y=18\ndetails.acceleration_z=122\n"
          "details.gyro_x=-1\ndetails.gyro_y=-2\ndetails.gyro_z=-3\ndetails.extra=[\"0\"]\n!flags=\n");
    check_spans(TAIL(",010,25002-1E17-4F03,10,0.98,0,-21,18,122,-1,-2,-3"), S7_FIELD_EXTRA, "5:0");
    check(TAIL(",000,21407-2B7A-91C4,3,,0,10,-12,130,0,0,1"),
          "details.profile=T2\nsatellites=3\n!hdop=\ndetails.gyro_z=1\n");
    check(TAIL(",000,21407-2B7A-91C4,41,100.01,0,10,-12,x,0,0,1"),
          "satellites=41\nhdop=100.01\n!details.acceleration_z=\ndetails.extra=[\"0\",\"x\"]\nflags=bad_value;out_of_"
          "range\n");
}

#define T3_HEAD ",012,21407-ABCD-0012AB34,09,1.00,-4.0"

static void test_T3(void **state)
{
    check(TAIL(T3_HEAD), "details.profile=T3\ncourse_deg=12\nlac=43981\ncell_id=1223476\nsatellites=9\nhdop=1.00\n"
                         "temperature_c=-4.0\n!details.steps=\n!flags=\n");
    check(TAIL(T3_HEAD ",4211,,,"),
          "temperature_c=-4.0\ndetails.steps=4211\n!details.wifi=\n!details.extra=\n!flags=\n");
    check(TAIL(T3_HEAD ",,,"), "!details.steps=\n!details.wifi=\n!details.extra=\n!flags=\n");
    check(TAIL(",012,21407-ABCD-0012AB34,09,1.00,80.1"), "temperature_c=80.1\nflags=out_of_range\n");
    check(TAIL(",012,21407-ABCD-0012AB34,09,1.00,3x.0"),
          "details.profile=T3\n!temperature_c=\ndetails.extra=[\"3x.0\"]\nflags=bad_value\n");
    check(TAIL(T3_HEAD ",abc,7"), "details.extra=[\"abc\",\"7\"]\n!details.wifi=\n");
}

static void test_T3_wifi(void **state)
{
    check(TAIL(T3_HEAD ",7,\"cafe, north\",-60,\"02:00:00:00:00:01\",\"lab#2\",-75,\"02:00:00:00:00:02\",,"),
          "details.steps=7\ndetails.wifi_ssid=[\"cafe, north\",\"lab#2\"]\ndetails.wifi_rssi=[\"-60\",\"-75\"]\n"
          "details.wifi_mac=[\"02:00:00:00:00:01\",\"02:00:00:00:00:02\"]\n!details.extra=\n!flags=\n");
    check_spans(TAIL(T3_HEAD ",,\"a\",-60,\"02:00:00:00:00:01\","), S7_FIELD_WIFI, "0:\"a\",-60,\"02:00:00:00:00:01\"");
    const struct s7_field *wifi = s7_find(&decoded, S7_FIELD_WIFI);
    assert_int_equal(wifi->depth, 0);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(wifi[i].depth, 1);
    check(TAIL(T3_HEAD ",\"\",-60,\"02:00:00:00:00:01\",,"),
          "!details.wifi_ssid=\ndetails.wifi_mac=[\"02:00:00:00:00:01\"]\n");
}

static void test_10_9_T2_against_T3(void **state)
{
    check(TAIL(",012,21407-ABCD-12AB,9,1.00,31.0,1,2,3,4,5,6"), "details.profile=T3\ntemperature_c=31.0\n");
    check(TAIL(",012,21407-ABCD-12AB,9,1.00,31,1,2,3,4,5,6"), "details.profile=T2\n!temperature_c=\n");
    check(TAIL(",012,21407-ABCD-12AB,9,1.00,31,1,2,3,4,5"), "details.profile=T1\n!satellites=\n");
    check(TAIL(",012,21407-ABCD-12AB,9,1.00,31,1,2,3,4,5,6,"), "details.profile=T1\n!satellites=\n");
    check(TAIL(",012,21407-ABCD-12AB,123,1.00,31.0"), "details.profile=T1\n!satellites=\n");
    check(TAIL(",012,21407-ABCD-12AB,9,1.0,31.0"), "details.profile=T1\n!hdop=\n");
}

static void test_T4(void **state)
{
    check(LON_TAIL(",05.68"), "details.profile=T4\nhdop=5.68\n!details.extra=\n!flags=\n");
    check(
        LON_TAIL(",02.30,WIFI:{00-11-22-33-44-55&-51,66-77-88-99-aa-bb&-80},BLE:{c0-ff-ee-00-00-01&-67}"),
        "hdop=2.30\ndetails.wifi=[\"00-11-22-33-44-55&-51\",\"66-77-88-99-aa-bb&-80\"]\n"
        "details.wifi_mac=[\"00-11-22-33-44-55\",\"66-77-88-99-aa-bb\"]\ndetails.wifi_rssi=[\"-51\",\"-80\"]\n"
        "details.ble=[\"c0-ff-ee-00-00-01&-67\"]\ndetails.ble_mac=[\"c0-ff-ee-00-00-01\"]\ndetails.ble_rssi=[\"-67\"]\n"
        "!details.extra=\n!flags=\n");
    check(LON_TAIL(",02.30,WIFI:{},BLE:{}"),
          "details.profile=T4\n!details.wifi=\n!details.ble=\n!details.extra=\n!flags=\n");
    check(LON_TAIL(",02.30,BLE:{c0-ff-ee-00-00-01&-67}"),
          "details.profile=T4\n!details.wifi=\ndetails.ble_rssi=[\"-67\"]\n");
    check(LON_TAIL(",02.30,WIFI:{00-11-22-33-44-5x&-51}"),
          "details.wifi=[\"00-11-22-33-44-5x&-51\"]\n!details.wifi_mac=\n");
    check(LON_TAIL(",02.30,WIFI:{00-11"), "details.profile=T4\ndetails.extra=[\"WIFI:{00-11\"]\nflags=bad_value\n");
    check_spans(LON_TAIL(",02.30,WIFI:{},new"), S7_FIELD_EXTRA, "3:new");
}

static void test_T5(void **state)
{
    check(LON_TAIL(",112.4,01.10,214~7~654321~99~1850~-101~-11~-72~4,1850~99~-12~-102~-70~-18,>"),
          "details.profile=T5\naltitude_m=112.4\nhdop=1.10\n"
          "details.lte_cell=[\"214~7~654321~99~1850~-101~-11~-72~4\",\"1850~99~-12~-102~-70~-18\"]\ndetails.extra=[\">"
          "\"]\n!flags=\n");
    check(LON_TAIL(",-12.5,01.10"), "details.profile=T5\naltitude_m=-12.5\n!flags=\n");
    check(LON_TAIL(",9000.1,01.10"), "altitude_m=9000.1\nflags=out_of_range\n");
    check_spans(LON_TAIL(",1.5,01.10,1~2~3~4~5,1~2~3~x~5~6"), S7_FIELD_EXTRA, "3:1~2~3~4~5 4:1~2~3~x~5~6");
}

/* Whether the cell id of a serving cell is decimal or hex is not known: both are one, and it stays as sent. */
static void test_T5_cell_id_in_hex(void **state)
{
    check(LON_TAIL(",112.4,01.10,214~7~1A2B3C~99~1850~-101~-11~-72~4,>"),
          "details.lte_cell=[\"214~7~1A2B3C~99~1850~-101~-11~-72~4\"]\ndetails.lte_cell_id=[\"1A2B3C\"]\n"
          "details.lte_sinr=[\"4\"]\ndetails.extra=[\">\"]\n!flags=\n");
    check_spans(LON_TAIL(",1.5,01.10,1850~99~A2~-102~-70~-18,214~7~1A2B3C4D5~9~1~2~3~4~5,2A~7~1~9~1~2~3~4~5"),
                S7_FIELD_EXTRA, "3:1850~99~A2~-102~-70~-18 4:214~7~1A2B3C4D5~9~1~2~3~4~5 5:2A~7~1~9~1~2~3~4~5");
}

static void test_T6(void **state)
{
    check(UNLABELLED(",0.9,03.25"),
          "details.profile=T6\n!hdop=\n!altitude_m=\ndetails.extra=[\"0.9\",\"03.25\"]\n!flags=\n");
    check_spans(UNLABELLED(",0.9,7,11,21407-1A2B-3C4D,24,0-1,03.25"), S7_FIELD_EXTRA,
                "1:0.9 2:7 3:11 4:21407-1A2B-3C4D 5:24 6:0-1 7:03.25");
    check(UNLABELLED(",0.9,7,11,21407-1A2B-3C4D,24,0-1,03.25"), "!mcc=\n!details.cell=\n");
}

static void test_10_10_numbers_behind_the_status(void **state)
{
    check(LON_TAIL(",1.15"), "details.profile=T4\nhdop=1.15\n");
    check(LON_TAIL(",1.5,1.15"), "details.profile=T5\naltitude_m=1.5\nhdop=1.15\n");
    check(UNLABELLED(",1.15"), "details.profile=T6\n!hdop=\n");
    check(LON_TAIL(",115"), "details.profile=T1\ncourse_deg=115\n!hdop=\n");
    check(LON_TAIL(",1.5"), "!details.profile=\n!altitude_m=\ndetails.extra=[\"1.5\"]\n");
    check(LON_TAIL(",1.15,abc"), "!details.profile=\n!hdop=\ndetails.extra=[\"1.15\",\"abc\"]\n");
    check_spans(TAIL(",275,hello"), S7_FIELD_EXTRA, "1:275 2:hello");
}

static void test_10_13_operator(void **state)
{
    check(TAIL(",000,310410-00FF-0001"), "mcc=310\nmnc=410\nlac=255\ncell_id=1\n!flags=\n");
    check(TAIL(",000,00000-0000-0000"), "details.cell=00000-0000-0000\n!mcc=\n!mnc=\n!lac=\n!cell_id=\n!flags=\n");
    check(TAIL(",000,00001-0001-0001"), "details.cell=00001-0001-0001\n!mcc=\n!lac=\n!flags=\n");
    check(TAIL(",000,2140-0001-0001"), "details.profile=T1\ndetails.cell=2140-0001-0001\n!mcc=\n!lac=\n");
    check(TAIL(",000,21407-FFFF-0C0D"), "mcc=214\n!lac=\ncell_id=3085\n!flags=\n");
    check(TAIL(",000,19907-0001-0001"), "mcc=199\nmnc=07\nflags=out_of_range\n");
    check(TAIL(",000,80007-0001-0001"), "mcc=800\nflags=out_of_range\n");
}

static void test_10_14_ssid_with_quotes(void **state)
{
    check(TAIL(T3_HEAD ",\"a\"b\",-60,\"02:00:00:00:00:01\",,"),
          "details.profile=T3\n!details.wifi_mac=\n!details.extra=\n!flags=\n");
    check_spans(TAIL(T3_HEAD ",5,\"a\"b\",-60,\"02:00:00:00:00:01\",,"), S7_FIELD_WIFI,
                "0:\"a\"b\",-60,\"02:00:00:00:00:01\",,");
    check_spans(TAIL(T3_HEAD ",\"ok\",-60,\"02:00:00:00:00:01\",\"x\",far,\"02:00:00:00:00:02\""), S7_FIELD_WIFI,
                "0:\"ok\",-60,\"02:00:00:00:00:01\",\"x\",far,\"02:00:00:00:00:02\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_T0),
        cmocka_unit_test(test_T1),
        cmocka_unit_test(test_empty_second_field),
        cmocka_unit_test(test_T2),
        cmocka_unit_test(test_T3),
        cmocka_unit_test(test_T3_wifi),
        cmocka_unit_test(test_T4),
        cmocka_unit_test(test_T5),
        cmocka_unit_test(test_T5_cell_id_in_hex),
        cmocka_unit_test(test_T6),
        cmocka_unit_test(test_10_9_T2_against_T3),
        cmocka_unit_test(test_10_10_numbers_behind_the_status),
        cmocka_unit_test(test_10_13_operator),
        cmocka_unit_test(test_10_14_ssid_with_quotes),
    };
    return cmocka_run_group_tests_name("gotop_tail", tests, NULL, NULL);
}
