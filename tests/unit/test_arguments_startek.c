/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the arguments of startek commands and the values of answers mean, and where their ranges end. Expected values
 * from docs/STARTEK.md 6. */
#include "arguments_check.h"

static const struct example startek_commands[] = {
    {"000,1", "acknowledgement=1"},
    {"010,2", "acknowledgement=2!"},
    {"100,1,d.plaspy.com,8888", "mode=TCP; host=d.plaspy.com; port=8888"},
    {"100,2,1.2.3.4,2", "mode=UDP; host=1.2.3.4; port=2"},
    {"105,0,,", "mode=off; host=; port="},
    {"105,3,h,65534", "mode=3!; host=h; port=65534"},
    {"100,1,h,1", "mode=TCP; host=h; port=1!"},
    {"100,1,h,65535", "mode=TCP; host=h; port=65535!"},
    {"100,x,abcdefghijklmnopqrstuvwxyz1234567,8x", "mode=x!!; host=abcdefghijklmnopqrstuvwxyz1234567!; port=8x!!"},
    {"101,host,8011", "host=host; port=8011"},
    {"102,10,60", "interval_s=10 s; interval_acc_off_s=60 s"},
    {"102,60,600,65535", "interval_s=60 s; interval_acc_off_s=600 s; interval_stopped_s=65535 s"},
    {"106,,,65536", "interval_s=; interval_acc_off_s=; interval_stopped_s=65536 s!"},
    {"102,1,2,3,4", "interval_s=1 s; interval_acc_off_s=2 s; interval_stopped_s=3 s; ?=4"},
    {"103,1", "acknowledged=on"},
    {"107,2", "acknowledged=2!"},
    {"103,", "acknowledged=!!"},
    {"104,0", "order=live first"},
    {"108,1", "order=first in first out"},
    {"109,net,me,pw", "apn=net; user=me; apn_password=pw"},
    {"109,net", "apn=net"},
    {"110,abc", "new_device_id=abc"},
    {"110,ab", "new_device_id=ab!"},
    {"110,1234567890abcdef", "new_device_id=1234567890abcdef"},
    {"110,1234567890abcdefg", "new_device_id=1234567890abcdefg!"},
    {"110,ab-c", "new_device_id=ab-c!!"},
    {"111,8.8.8.8", "dns=8.8.8.8"},
    {"111,8.8.8.256", "dns=8.8.8.256!"},
    {"111,8.8.8", "dns=8.8.8!!"},
    {"120,65535", "distance_m=65535 m"},
    {"120,65536", "distance_m=65536 m!"},
    {"121,180", "heading_change_deg=180 °"},
    {"121,181", "heading_change_deg=181 °!"},
    {"122,30", "heartbeat_min=30 min"},
    {"150,60", "log_interval_s=60 s"},
    {"123,0", "speed_kmh=off"},
    {"123,255", "speed_kmh=255 km/h"},
    {"154,256", "speed_kmh=256 km/h!"},
    {"124,2,300", "mode=deep; wait_s=300 s"},
    {"124,1", "mode=normal"},
    {"125,8,3,500,41.123456,-2.765432",
     "fence=8; alarm_on=enter and leave; radius=500; latitude=41.123456; longitude=-2.765432"},
    {"125,1,1,,,", "fence=1; alarm_on=leave; radius=; latitude=; longitude="},
    {"125,9,0,5,90.000001,-180.1", "fence=9!; alarm_on=0!; radius=5; latitude=90.000001!; longitude=-180.1!"},
    {"125,0,2,5,-90.0,180.000", "fence=0!; alarm_on=enter; radius=5; latitude=-90.0; longitude=180.000"},
    {"126,3,home", "fence=3; name=home"},
    {"126,3,home, sweet", "fence=3; ?=home; ?= sweet"}, /* commas in text (9.11): "home" is not the name */
    {"127", ""},
    {"127,8", "fence=8"},
    {"128,200", "acceleration_mg=200 mg"},
    {"129,-200", "deceleration_mg=-200 mg"},
    {"130,32", "turning=32"},
    {"130,33", "turning=33!"},
    {"131,10.0", "impact=10.0"},
    {"131,10.1", "impact=10.1!"},
    {"131,-0.1", "impact=-0.1!"},
    {"132,60,1", "time_s=60 s; mode=1"},
    {"133,5", "time_min=5 min"},
    {"134,240,20,480", "driving_min=240 min; rest=20; total=480"},
    {"135", ""},
    {"135,8,fridge", "sensor=8; name=fridge"},
    {"135,9", "sensor=9!"},
    {"136,1,30.5,-18", "sensor=1; high_c=30.5 °C; low_c=-18 °C"},
    {"136,1,hot,", "sensor=1; high_c=hot!!; low_c=!!"},
    {"138,1,1000,500,300", "tank=1; length_mm=1000 mm; width_mm=500 mm; height_mm=300 mm"},
    {"138,3,1000,500,0", "tank=3!; length_mm=1000 mm; width_mm=500 mm; height_mm=0 (cylinder)"},
    {"139,1,2,probe", "number=1; type=ultrasonic 100 cm; name=probe"},
    {"139,1,4", "number=1; type=4!"},
    {"140,1,20,60", "tank=1; fuel_l=20 L; time_s=60 s"},
    {"141,2,10.5", "tank=2; fuel_l=10.5 L"},
    {"142,1,2", "tank=1; source=RS232-1"},
    {"142,1,4", "tank=1; source=4!"},
    {"144,#00000A678C,#00000E4321F", "card=#00000A678C; card=#00000E4321F"},
    {"145,ALL", "card=ALL"},
    {"145,123456789,#12G,#", "card=123456789; card=#12G!!; card=#!!"},
    {"146,ALL", "card=ALL!!"},
    {"147,30", "start_time_s=30 s"},
    {"151,3", "sensitivity=3"},
    {"152,1", "armed=on"},
    {"153,10", "time_s=10 s"},
    {"200,5,x", "interval_min=5 min; ?=x"},
    {"201,+34600,123,", "number=+34600; number=123; number="},
    {"202,1,2,17,18", "number=1; operation=add; event=17; event=18"},
    {"206,1,4,x", "number=1; operation=4!; event=x!!"},
    {"204,1,Help", "event=1; text=Help"},
    {"210,1,1,3,4", "server=1; operation=set; event=3; event=4"},
    {"211,2,3,1", "camera=2; operation=delete; event=1"},
    {"212,1,2,22", "output=1; operation=add; event=22"},
    {"250,4,2,100", "input=4; mode=analog; time_ms=100 ms"},
    {"250,4,3", "input=4; mode=3!"},
    {"251,1,3,10,500,500,20", "output=1; mode=pulse; time_s=10 s; on_ms=500 ms; off_ms=500 ms; safe_speed_kmh=20 km/h"},
    {"252,1,3", "port=1; device=camera"},
    {"252,1,6", "port=1; device=6!"},
    {"260,1,3", "camera=1; size=640x480"},
    {"260,1,0", "camera=1; size=0!"},
    {"261,1,10,x", "camera=1; interval_min=10 min; ?=x"},
    {"262,1,2", "camera=1; camera=2"},
    {"263", ""},
    {"264,p1.jpg,p2.jpg", "picture=p1.jpg; picture=p2.jpg"},
    {"265,p1.jpg", "picture=p1.jpg"},
    {"270,0A1f", "vehicle_type=0x0a1f"},
    {"270,xyz", "vehicle_type=xyz!!"},
    {"271,01 0C,02", "request=01 0C; request=02"},
    {"280,32,net,key", "network=32; ssid=net; wifi_password=key"},
    {"280,33,net,key", "network=33!; ssid=net; wifi_password=key"},
    {"600,PW37", "sms_password=PW37"},
    {"600,PW3", "sms_password=PW3!"},
    {"601,-180", "zone_min=-180 min"},
    {"602,1234", "pin=1234"},
    {"610,123456", "mileage_m=123456 m"},
    {"611,3", "buffer=3"},
    {"612,4", "reset=4!"},
    {"620,0", "leds=off"},
    {"808,100", "command=100"},
    {"808,10", "command=10!"},
    {"900,1,1", "output=1; state=on"},
    {"900,1,0,0,20", "output=1; state=off; time_ms=for ever; safe_speed_kmh=20 km/h"},
    {"900,1,2,500", "output=1; state=2!; time_ms=500 ms"},
    {"900,1,1,", "output=1; state=on; time_ms="},
    {"901,1,1", "output=1; state=on"},
    {"910,2", "module=GPS"},
    {"910,0", "module=0!"},
    {"990,f.bin", "file=f.bin"},
    {"137", ""},
    {"800", ""},
    {"801", ""},
    {"120,1234567890123456789", "distance_m=1234567890123456789!!"},
};

static void test_startek(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(startek_commands); i++) {
        decode_startek("$$", startek_commands[i].text);
        expect(&startek_commands[i]);
    }
}

#define TEXT_32 "abcdefghijklmnopqrstuvwxyz123456"

static const struct border borders[] = {
    {"010,%s", 1, "0", "1", "1", "2"},
    {"100,%s,host,80", 1, NULL, "0", "2", "3"},
    {"100,1,%s,80", 2, NULL, "h", TEXT_32, TEXT_32 "7"},
    {"105,1,host,%s", 3, "1", "2", "65534", "65535"},
    {"101,%s,80", 1, NULL, "h", TEXT_32, TEXT_32 "7"},
    {"101,host,%s", 2, "1", "2", "65534", "65535"},
    {"102,%s", 1, NULL, "0", "65535", "65536"},
    {"102,,%s", 2, NULL, "0", "65535", "65536"},
    {"106,,,%s", 3, NULL, "0", "65535", "65536"},
    {"103,%s", 1, NULL, "0", "1", "2"},
    {"104,%s", 1, NULL, "0", "1", "2"},
    {"110,%s", 1, "ab", "abc", "abcdefghijklmnop", "abcdefghijklmnopq"},
    {"120,%s", 1, NULL, "0", "65535", "65536"},
    {"121,%s", 1, NULL, "0", "180", "181"},
    {"123,%s", 1, NULL, "0", "255", "256"},
    {"124,%s", 1, NULL, "0", "2", "3"},
    {"125,%s,1,5,1.0,1.0", 1, "0", "1", "8", "9"},
    {"125,1,%s,5,1.0,1.0", 2, "0", "1", "3", "4"},
    {"125,1,1,5,%s,1.0", 4, "-90.000001", "-90", "90.0", "90.000001"},
    {"125,1,1,5,1.0,%s", 5, "-180.000001", "-180", "180.0", "180.000001"},
    {"126,%s,home", 1, "0", "1", "8", "9"},
    {"127,%s", 1, "0", "1", "8", "9"},
    {"130,%s", 1, "-0.1", "0", "32", "32.1"},
    {"131,%s", 1, "-0.1", "0", "10", "10.1"},
    {"135,%s,fridge", 1, "0", "1", "8", "9"},
    {"136,%s,30,-18", 1, "0", "1", "8", "9"},
    {"138,%s,1,1,1", 1, "0", "1", "2", "3"},
    {"139,1,%s,probe", 2, NULL, "0", "3", "4"},
    {"140,1,%s,60", 2, "-0.1", "0", NULL, NULL},
    {"141,1,%s", 2, "-0.1", "0", NULL, NULL},
    {"142,1,%s", 2, NULL, "0", "3", "4"},
    {"202,1,%s,17", 2, "0", "1", "3", "4"},
    {"210,1,%s,17", 2, "0", "1", "3", "4"},
    {"211,1,%s,17", 2, "0", "1", "3", "4"},
    {"212,1,%s,17", 2, "0", "1", "3", "4"},
    {"250,4,%s,100", 2, NULL, "0", "2", "3"},
    {"251,1,%s", 2, "0", "1", "3", "4"},
    {"252,1,%s", 2, NULL, "0", "5", "6"},
    {"260,1,%s", 2, "0", "1", "3", "4"},
    {"280,%s,net,key", 1, "0", "1", "32", "33"},
    {"600,%s", 1, "123", "1234", "1234", "12345"},
    {"611,%s", 1, "0", "1", "3", "4"},
    {"612,%s", 1, "0", "1", "3", "4"},
    {"620,%s", 1, NULL, "0", "1", "2"},
    {"808,%s", 1, "12", "123", "123", "1234"},
    {"910,%s", 1, "0", "1", "3", "4"},
};

static void decode_startek_command(const char *text)
{
    decode_startek("$$", text);
}

static void test_borders(void **state)
{
    check_borders(borders, G_N_ELEMENTS(borders), decode_startek_command);
}

static const struct example answers[] = {
    {"129,OK", "result=OK"},
    {"211,Unsupport", "result=Unsupport"},
    {"125,Failed", "result=Failed"},
    {"802,Unsupport", "result=Unsupport"},
    {"144,Under authorization", "result=Under authorization"},
    {"145,OK", "result=OK"},
    {"100,1,host", "?=1; ?=host"},
    {"801,143190870823,869912033012424,VT100_V10",
     "serial_number=143190870823; imei=869912033012424; version=VT100_V10"},
    {"802,0000000F,03,01,31,12,4.15,00.00",
     "status=0x0000000f; inputs=0x03; outputs=0x01; csq=31; satellites=12; battery_v=4.15 V; external_v=0.00 V"},
    {"802,000F,0x,01,99,61,100.0,100.01", "status=0x000f; inputs=0x!!; outputs=0x01; csq=99; satellites=61!; "
                                          "battery_v=100.0 V; external_v=100.01 V!"},
    {"803,12345678901234567890", "ccid=12345678901234567890"},
    {"808,100,1,istartracker.com,8011", "command=100; ?=1; ?=istartracker.com; ?=8011"},
    {"137,1:29.0,2:-8.8", "temperature_c=1: 29.0 °C; temperature_c=2: -8.8 °C"},
    {"137,29.0,2:x,:1.0", "temperature_c=29.0!!; temperature_c=2:x!!; temperature_c=:1.0!!"},
    {"146,123456789:0,#0A:1,1:2", "card_state=123456789: 0; card_state=#0A: 1; card_state=1:2!!"},
    {"262,1:OK,2:Err,3:", "camera=1: OK; camera=2: Err; camera=3:!!"},
    {"263,p1.jpg,p2.jpg", "picture=p1.jpg; picture=p2.jpg"},
    {"263,None", "picture=None"},
    {"265,p1.jpg,1024,3,abc", "offset_bytes=1024 bytes; size_bytes=3 bytes"},
    {"271,a,b", "data=a,b"},
};

static void test_answers(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        decode_startek("&&", answers[i].text);
        expect(&answers[i]);
    }
}

static const struct border answer_borders[] = {
    {"802,0F,0,0,31,%s,4,12", 5, NULL, "0", "60", "61"},
    {"802,0F,0,0,31,9,%s,12", 6, "-0.01", "0.00", "100.00", "100.01"},
    {"802,0F,0,0,31,9,4,%s", 7, "-0.01", "0.00", "100.00", "100.01"},
    {"808,%s,1", 1, "12", "123", "123", "1234"},
};

static void decode_startek_answer(const char *text)
{
    decode_startek("&&", text);
}

static void test_answer_borders(void **state)
{
    check_borders(answer_borders, G_N_ELEMENTS(answer_borders), decode_startek_answer);
    /* A package of a picture: at most 1024 bytes. */
    for (unsigned size = 1024; size <= 1025; size++) {
        char *bytes = g_strnfill(size, 'x'), *text = g_strdup_printf("265,p1.jpg,0,%u,%s", size, bytes);
        decode_startek("&&", text);
        assert_int_equal(message.flags, size > 1024 ? S7_FLAG_BIT(OUT_OF_RANGE) : 0);
        g_free(text);
        g_free(bytes);
    }
}

static void test_hostile_bytes(void **state)
{
    static const struct example hostile[] = {
        {"126,1,\x01\r\n\\\xC3\xA9\x7F", "fence=1; name=\\x01\\r\\n\\\\\\xC3\\xA9\\x7F"},
        {"100,\xFF,\t,-1", "mode=\\xFF!!; host=\\x09; port=-1!!"},
        {"102, 1,+1,1.0", "interval_s= 1!!; interval_acc_off_s=+1!!; interval_stopped_s=1.0!!"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        decode_startek("$$", hostile[i].text);
        expect(&hostile[i]);
    }
}

/* More arguments than are split: the last one is all the rest, and of no type. */
static void test_very_many_arguments(void **state)
{
    GString *text = g_string_new("144");
    for (unsigned i = 0; i < 600; i++)
        g_string_append(text, ",12");
    decode_startek("$$", text->str);
    assert_int_equal(message.flags, 0);
    unsigned described = 0, all = 0;
    for (const struct s7_field *f = s7_find(&message, S7_FIELD_ARGUMENT); f; f = s7_find_next(&message, f), all++)
        described += f->value.argument != NULL;
    assert_int_equal(all, 512);
    assert_int_equal(described, 511);
    g_string_free(text, TRUE);
}

/* An unproven frame has no meaning to attach. */
static void test_unproven_frames_say_nothing(void **state)
{
    static const char frame[] = "$$A24,356789012345672,103,900\r\n";
    decode(frame, strlen(frame));
    assert_false(message.proven);
    for (const struct s7_field *f = s7_find(&message, S7_FIELD_ARGUMENT); f; f = s7_find_next(&message, f)) {
        assert_null(f->value.argument);
        assert_int_equal(f->flags, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_startek),
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_answer_borders),
        cmocka_unit_test(test_hostile_bytes),
        cmocka_unit_test(test_very_many_arguments),
        cmocka_unit_test(test_unproven_frames_say_nothing),
    };
    return cmocka_run_group_tests_name("arguments_startek", tests, NULL, NULL);
}
