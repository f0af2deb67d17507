/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the arguments of gotop commands mean, and where their ranges end; what holds for those of both dialects.
 * Expected values from docs/PROTOCOL.md 7. */
#include "arguments_check.h"

static const struct example commands[] = {
    {"A1,+1555555", "number=+1555555"},
    {"A8,15555,Ann", "number=15555; name=Ann"},
    {"A2,+861,Twelve bytes", "number=+861; name=Twelve bytes"},
    {"A2,+861,Thirteen byte", "number=+861; name=Thirteen byte!"},
    {"A2,+", "number=+!!"},
    {"A2,12a", "number=12a!!"},
    {"A2,", "number=!!"},
    {"A1,D", "action=delete"},
    {"A1,D,x", "action=delete; ?=x"},
    {"A1,+1555555,Bob, home", "number=+1555555; ?=Bob; ?= home"},
    {"A0,+1", "slot=0!; number=+1"},
    {"A9,D", "slot=9!; action=delete"},
    {"B", ""},
    {"B1", "version_text=maker text"},
    {"B2", "version_text=2!"},
    {"CCMNET,183.12.181.141:19003", "apn=CMNET; server=183.12.181.141:19003"},
    {"Ccmnet,U,1.2.3.4:80", "apn=cmnet; transport=GPRS over UDP; server=1.2.3.4:80"},
    {"Ccmnet,u,1.2.3.4:80", "apn=cmnet; transport=GPRS over UDP; server=1.2.3.4:80"},
    {"C,255.255.255.255:65535", "apn=; server=255.255.255.255:65535"},
    {"C,256.1.1.1:65535", "apn=; server=256.1.1.1:65535!"},
    {"C,1.2.3.4:65536", "apn=; server=1.2.3.4:65536!"},
    {"C,1.2.3.4:000080", "apn=; server=1.2.3.4:000080!"},
    {"C,:8888", "apn=; server=:8888"},
    {"C,1.2.3.4:", "apn=; server=1.2.3.4:"},
    {"C,1.2.3.4", "apn=; server=1.2.3.4"},
    {"C,", "apn=; server="},
    {"C,1.2.3:80", "apn=; server=1.2.3:80!!"},
    {"C,1.2.3.4.5:80", "apn=; server=1.2.3.4.5:80!!"},
    {"C,1..3.4:80", "apn=; server=1..3.4:80!!"},
    {"C,1.2.3.4:8x", "apn=; server=1.2.3.4:8x!!"},
    {"C,host:80", "apn=; server=host:80!!"},
    {"Cabcdefghijklmnopqrstuvwxyzabc", "apn=abcdefghijklmnopqrstuvwxyzabc"},
    {"Cabcdefghijklmnopqrstuvwxyzabcd", "apn=abcdefghijklmnopqrstuvwxyzabcd!"},
    {"H456789", "new_password=456789"},
    {"H45678", "new_password=45678!"},
    {"H4567890", "new_password=4567890!"},
    {"H45678x", "new_password=45678x!!"},
    {"I2,1,0,41070000N002450000E41060000N002460000E",
     "fence=2; enabled=on; alarm_on=enter; corners=41.116667, 2.75 to 41.1, 2.766667"},
    {"I5,1,1,33300000S070300000W34000000S070000000W",
     "fence=5; enabled=on; alarm_on=leave; corners=-33.5, -70.5 to -34, -70"},
    {"I1,1,0,90000000N180000000E00000000S000000000W", "fence=1; enabled=on; alarm_on=enter; corners=90, 180 to 0, 0"},
    {"I1,1,0,00000001N000000001W00000036S000000000W",
     "fence=1; enabled=on; alarm_on=enter; corners=0.000003, -0.000003 to -0.0001, 0"},
    {"I1,1,0,90000001N180000000E00000000S000000000W",
     "fence=1; enabled=on; alarm_on=enter; corners=90000001N180000000E00000000S000000000W!"},
    {"I1,1,0,90000000N180000001E00000000S000000000W",
     "fence=1; enabled=on; alarm_on=enter; corners=90000000N180000001E00000000S000000000W!"},
    {"I1,1,0,10600000N010000000E00000000S000000000W",
     "fence=1; enabled=on; alarm_on=enter; corners=10600000N010000000E00000000S000000000W!"},
    {"I1,1,0,10006000N010000000E00000000S000000000W",
     "fence=1; enabled=on; alarm_on=enter; corners=10006000N010000000E00000000S000000000W!"},
    {"I0,1,2,41070000N002450000E41060000N002460000", "fence=0!; enabled=on; alarm_on=2!; "
                                                     "corners=41070000N002450000E41060000N002460000!!"},
    {"I6,2,0,41070000X002450000E41060000N002460000E", "fence=6!; enabled=2!; alarm_on=enter; "
                                                      "corners=41070000X002450000E41060000N002460000E!!"},
    {"I3,0,0,", "fence=3; enabled=off; alarm_on=enter; ignored="},
    {"I3,0,,anything", "fence=3; enabled=off; alarm_on=; ignored=anything"},
    {"J1,080", "enabled=on; speed_kmh=80 km/h"},
    {"J0,030", "enabled=off; speed_kmh=30 km/h"},
    {"J1,029", "enabled=on; speed_kmh=29 km/h!"},
    {"J1,255", "enabled=on; speed_kmh=255 km/h"},
    {"J1,256", "enabled=on; speed_kmh=256 km/h!"},
    {"J1,80", "enabled=on; speed_kmh=80!!"},
    {"J2", "enabled=2!"},
    {"KH050", "high_g=50"},
    {"KH,050", "high_g=50"},
    {"KH0", "high_g=off"},
    {"KH255", "high_g=255"},
    {"KH256", "high_g=256!"},
    {"KL0", "low_g=off"},
    {"KL-1", "low_g=-1!!"},
    {"L+08", "time_zone=UTC+08:00"},
    {"L-03:30", "time_zone=UTC-03:30"},
    {"L+23:45", "time_zone=UTC+23:45"},
    {"L+00:00", "time_zone=UTC+00:00"},
    {"L+24", "time_zone=UTC+24:00!"},
    {"L+08:20", "time_zone=UTC+08:20!"},
    {"L+08:60", "time_zone=UTC+08:60!"},
    {"L08", "time_zone=08!!"},
    {"L+8", "time_zone=+8!!"},
    {"L+08:3x", "time_zone=+08:3x!!"},
    {"L+08.30", "time_zone=+08.30!!"},
    {"L2,1", "?=1"},
    {"L3,1", "?=1"},
    {"L1,210314,151617", "date=2021-03-14; time=15:16:17"},
    {"L1,180101,000000", "date=2018-01-01; time=00:00:00"},
    {"L1,381231,235959", "date=2038-12-31; time=23:59:59"},
    {"L1,171231,240000", "date=2017-12-31!; time=24:00:00!"},
    {"L1,390101,236000", "date=2039-01-01!; time=23:60:00!"},
    {"L1,210229,235960", "date=2021-02-29!; time=23:59:60!"},
    {"L1,240229,1516", "date=2024-02-29; time=1516!!"},
    {"L1,21031x,15161x", "date=21031x!!; time=15161x!!"},
    {"L4", ""},
    {"L5,07:30", "alarm_clock=07:30"},
    {"L5,23:59", "alarm_clock=23:59"},
    {"L5,24:00", "alarm_clock=24:00!"},
    {"L5,12:60", "alarm_clock=12:60!"},
    {"L5,", "alarm_clock=off"},
    {"L5,0730", "alarm_clock=0730!!"},
    {"M1,030S", "tracking=on; interval=30 s"},
    {"M1,005M", "tracking=on; interval=5 min"},
    {"M0,045H", "tracking=off; interval=45 h"},
    {"M1,001S", "tracking=on; interval=1 s"},
    {"M1,000S", "tracking=on; interval=0 s!"},
    {"M1,255M", "tracking=on; interval=255 min"},
    {"M1,256M", "tracking=on; interval=256 min!"},
    {"M1,254H", "tracking=on; interval=254 h"},
    {"M1,255H", "tracking=on; interval=255 h!"},
    {"M1,30S", "tracking=on; interval=30S!!"},
    {"M1,030s", "tracking=on; interval=030s!!"},
    {"M1,0030S", "tracking=on; interval=0030S!!"},
    {"M1", "tracking=on"},
    {"M1,", "tracking=on; interval=!!"},
    {"M5,030S,x", "tracking=5!; interval=30 s; ?=x"},
    {"M,030S", "tracking=!!; interval=30 s"},
    {"M3,030", "?=030"},
    {"M2,60", "heartbeat_s=60 s"},
    {"M2,59", "heartbeat_s=59 s!"},
    {"M2,600", "heartbeat_s=600 s"},
    {"M2,601", "heartbeat_s=601 s!"},
    {"M4,0", "gps_output_mode=0"},
    {"M4,2", "gps_output_mode=2!"},
    {"N1,40", "low_battery_alarm=on; threshold_pct=40 %"},
    {"N0,00", "low_battery_alarm=off; threshold_pct=0 %"},
    {"N1,45", "low_battery_alarm=on; threshold_pct=45 %"},
    {"N1,46", "low_battery_alarm=on; threshold_pct=46 %!"},
    {"N1,5", "low_battery_alarm=on; threshold_pct=5!!"},
    {"N2,1", "alarm=battery full; full_battery_alarm=on"},
    {"N2,2", "alarm=battery full; full_battery_alarm=2!"},
    {"N3,40", "low_battery_alarm=3!; threshold_pct=40 %"},
    {"Ointernet,internet123", "user=internet; apn_password=internet123"},
    {"O,", "user=; apn_password="},
    {"Oabcdefghijklmnopqrstuv,abcdefghijk", "user=abcdefghijklmnopqrstuv; apn_password=abcdefghijk"},
    {"Oabcdefghijklmnopqrstuvw,abcdefghijkl", "user=abcdefghijklmnopqrstuvw!; apn_password=abcdefghijkl!"},
    {"P1,25", "enabled=on; radius_m=250 m"},
    {"P1,1", "enabled=on; radius_m=10 m"},
    {"P1,0", "enabled=on; radius_m=0 m!"},
    {"P1,250", "enabled=on; radius_m=2500 m"},
    {"P1,251", "enabled=on; radius_m=2510 m!"},
    {"P0", "enabled=off"},
    {"Q1,1", "sos_dials=on"},
    {"Q2,0", "any_caller=off"},
    {"Q3,1", "user_answers=on"},
    {"Q4,1", "voicemail_detection=on"},
    {"Q5,2", "sms_needs_password=2!"},
    {"Q6,1", "option=6!; enabled=on"},
    {"Rhttp://host.example;8888", "server=host.example:8888"},
    {"Rhttp://abcdefghijklmnopqrstuvw;65534", "server=abcdefghijklmnopqrstuvw:65534"},
    {"Rhttp://abcdefghijklmnopqrstuvwx;80", "server=abcdefghijklmnopqrstuvwx:80!"},
    {"Rhttp://host;65535", "server=host:65535!"},
    {"Rhttp://;80", "server=:80!"},
    {"R;", "server=cleared"},
    {"Rhost;80", "server=host;80!!"},
    {"Rhttp://host", "server=http://host!!"},
    {"Rhttp://host;", "server=http://host;!!"},
    {"S1,2", "?=1; ?=2"},
    {"T00", "relay=restore"},
    {"T01", "relay=cut"},
    {"T2", "relay=2!"},
    {"U10", "mode=10!"},
    {"UV", ""},
    {"UV01", "digits=01"},
    {"UV1234", "digits=1234"},
    {"UV12345", "digits=12345!"},
    {"UVx", "digits=x!!"},
    {"V0", "volume=0"},
    {"V100", "volume=100"},
    {"V101", "volume=101!"},
    {"V30", "?=30"},
    {"V30,9963", "action=dial with voice; number=9963"},
    {"V31,9963", "action=dial muted; number=9963"},
    {"V31,", "action=dial muted; number=!!"},
    {"V5,1", "?=5; ?=1"},
    {"WW,my net,key", "action=store WiFi network; ssid=my net; key=key"},
    {"WW,abcdefghijklmnopqrs,abcdefghijklmnopqrst",
     "action=store WiFi network; ssid=abcdefghijklmnopqrs; key=abcdefghijklmnopqrst!"},
    {"WX,my net,key", "?=X; ?=my net; ?=key"},
    {"X1", "?=1"},
    {"Z2,car", "selector=2; device_name=car"},
    {"Z3,abcdefghijklmno", "selector=3!; device_name=abcdefghijklmno!"},
    {"Z08", "query=08"},
    {"Z8", "?=8"},
    {"Zab", "?=ab"},
    {"F2", "?=2"},
};

static void test_gotop(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        decode_gotop(commands[i].text);
        expect(&commands[i]);
    }
}

#define TEXT_11 "abcdefghijk"
#define TEXT_12 TEXT_11 "l"
#define TEXT_14 TEXT_12 "mn"
#define TEXT_19 TEXT_14 "opqrs"
#define TEXT_22 TEXT_19 "tuv"
#define TEXT_23 TEXT_22 "w"
#define TEXT_29 TEXT_23 "xyzabc"

static const struct border borders[] = {
    {"A1,+1,%s", 2, NULL, "", TEXT_12, TEXT_12 "m"},
    {"A%s,+1", 1, "00", "01", "08", "9"},
    {"A9,+1,%s", 3, NULL, "", TEXT_12, TEXT_12 "m"},
    {"A%s,D", 1, "00", "01", "08", "9"},
    {"B%s", 1, "0", "1", "1", "2"},
    {"C%s,1.2.3.4:80", 1, NULL, "", TEXT_29, TEXT_29 "d"},
    {"Cnet,1.2.3.4:%s", 2, NULL, "0", "65535", "65536"},
    {"C%s,U,1.2.3.4:80", 1, NULL, "", TEXT_29, TEXT_29 "d"},
    {"Cnet,U,1.2.3.4:%s", 3, NULL, "0", "65535", "65536"},
    {"H%s", 1, "12345", "123456", "123456", "1234567"},
    {"I%s,1,0,41070000N002450000E41060000N002460000E", 1, "0", "1", "5", "6"},
    {"I1,1,%s,41070000N002450000E41060000N002460000E", 3, NULL, "0", "1", "2"},
    {"I%s,0", 1, "0", "1", "5", "6"},
    {"I1,0,%s", 3, NULL, "0", "1", "2"},
    {"J1,%s", 2, "029", "030", "255", "256"},
    {"KH%s", 1, NULL, "0", "255", "256"},
    {"KL%s", 1, NULL, "0", "255", "256"},
    {"M%s,030S", 1, NULL, "0", "1", "5"},
    {"M1,%sS", 2, "000", "001", "255", "256"},
    {"M2,%s", 1, "59", "60", "600", "601"},
    {"M4,%s", 1, NULL, "0", "1", "2"},
    {"N1,%s", 2, NULL, "00", "45", "46"},
    {"O%s,", 1, NULL, "", TEXT_22, TEXT_22 "w"},
    {"O,%s", 2, NULL, "", TEXT_11, TEXT_12},
    {"P1,%s", 2, "0", "1", "250", "251"},
    {"Q%s,1", 1, "0", "01", "05", "6"},
    {"Rhttp://%s;80", 1, "", "h", TEXT_23, TEXT_23 "x"},
    {"T%s", 1, NULL, "00", "01", "2"},
    {"U%s", 1, NULL, "00", "09", "10"},
    {"UV%s", 1, NULL, "1", "1234", "12345"},
    {"V%s", 1, NULL, "0", "100", "101"},
    {"WW,%s,key", 2, NULL, "n", TEXT_19, TEXT_19 "t"},
    {"WW,net,%s", 3, NULL, "", TEXT_19, TEXT_19 "t"},
    {"Z%s,car", 1, NULL, "0", "2", "3"},
    {"Z1,%s", 2, NULL, "c", TEXT_14, TEXT_14 "o"},
};

static void test_borders(void **state)
{
    check_borders(borders, G_N_ELEMENTS(borders), decode_gotop);
}

/* The bytes of an argument and its number stay as they were. */
static void test_the_raw_text_stays(void **state)
{
    decode_gotop("M1,030S");
    const struct s7_field *field = s7_find(&message, S7_FIELD_ARGUMENT);
    field = s7_find_next(&message, field);
    assert_int_equal(field->number, 2);
    assert_int_equal(field->type, S7_TEXT);
    size_t length;
    const char *text = s7_text(data, field, &length);
    assert_int_equal(length, 4);
    assert_memory_equal(text, "030S", 4);
    assert_string_equal(field->value.argument->label, "Interval");
}

static void test_secrets_stay_secret(void **state)
{
    static const char *const gotop[] = {"H45678x", "O,internet123", "WW,net,key"};
    static const char *const startek[] = {"600,PW37", "602,1234", "109,a,b,pw", "280,1,net,key"};
    for (gsize i = 0; i < G_N_ELEMENTS(gotop) + G_N_ELEMENTS(startek); i++) {
        if (i < G_N_ELEMENTS(gotop))
            decode_gotop(gotop[i]);
        else
            decode_startek("$$", startek[i - G_N_ELEMENTS(gotop)]);
        const struct s7_field *last = NULL;
        for (const struct s7_field *f = s7_find(&message, S7_FIELD_ARGUMENT); f; f = s7_find_next(&message, f))
            last = f;
        assert_true(last->attributes & S7_SECRET);
        assert_non_null(last->value.argument);
    }
}

/* Every size of the buffer: cut, ended by NUL, nothing behind it touched. */
static void test_small_buffers(void **state)
{
    decode_gotop("M1,030S");
    const struct s7_field *field = s7_find_next(&message, s7_find(&message, S7_FIELD_ARGUMENT));
    char out[8];
    for (size_t size = 0; size < sizeof out; size++) {
        size_t kept = size == 0 ? 0 : size - 1 < 4 ? size - 1 : 4;
        memset(out, 'x', sizeof out);
        assert_int_equal(s7_argument_print(data, field, out, size), kept);
        assert_memory_equal(out, "30 s", kept);
        if (size > 0)
            assert_int_equal(out[kept], '\0');
        for (size_t i = size; i < sizeof out; i++)
            assert_int_equal(out[i], 'x');
    }
    assert_int_equal(s7_argument_print(data, field, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gotop),
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_the_raw_text_stays),
        cmocka_unit_test(test_secrets_stay_secret),
        cmocka_unit_test(test_small_buffers),
    };
    return cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}
