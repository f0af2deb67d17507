/* SPDX-License-Identifier: GPL-2.0-or-later
 * Changes of state, fuel, alarms (docs/EVENTS.md), at the borders of their parameters. */
#include "life_check.h"

static void ignition(void **state)
{
    row("c=0 ignition=0"); /* the first word makes no event */
    row("c=60 ignition=1");
    row("c=120");
    row("c=180 ignition=1");
    row("c=240 ignition=0");
    finish("ignition_on@60 1-2 | ignition_off@240 4-5", NULL);
}

static void ignition_of_fifotrack_is_inferred(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 ~ignition=0");
    row("c=60 ~ignition=1");
    finish("ignition_on@60 1-2 (inferred from input 2)", NULL);
}

static void what_fifotrack_says_itself_is_not(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 ~ignition=0 ~external_voltage=0.00");
    row("c=60 ignition=1 external_voltage=12.00 kind=answer code=C06");
    row("c=120 ~ignition=0 ~external_voltage=0.00");
    finish(
        "ignition_on@60 1-2 | power_restored@60 1-2 (0.00 then 12.00 V) | answer@60 2-2 (C06) | ignition_off@120 2-3 "
        "(inferred from input 2) | power_cut@120 2-3 (12.00 then 0.00 V; volts are inferred)",
        NULL);
}

static void an_alarm_is_the_event_itself(void **state)
{
    row("c=0 ignition=0 code=000");
    row("c=60 ignition=1 event=ignition_on code=000 event_code=3");
    row("c=120 ignition=1 code=000");
    row("c=180 ignition=1 event=ignition_off code=000 event_code=4"); /* its state is still the one before */
    row("c=240 ignition=0 code=000");
    finish("ignition_on@60 2-2 (000 alarm 3) | ignition_off@180 4-4 (000 alarm 4)", NULL);
}

static void what_is_not_proven_or_said_again_changes_nothing(void **state)
{
    row("c=0 ignition=0 external_power=1 battery=80 mcc=214 mnc=07");
    row("c=1 damaged kind=unknown ignition=1 external_power=0 battery=1 mcc=208 mnc=01");
    row("c=2 flag=duplicate ignition=1 external_power=0 battery=1 mcc=208 mnc=01");
    row("c=3 down kind=command ignition=1 external_power=0 battery=1 mcc=208 mnc=01");
    row("c=99999999 d=0 flag=stored ignition=1 external_power=0 battery=1 mcc=208 mnc=01"); /* 1157 days late */
    row("c=60 ignition=0 external_power=1 battery=80 mcc=214 mnc=07");
    finish("command@3c 4-4 | old_date@99999999c 5-5", NULL);
}

static void a_stored_report_stands_where_it_was_made(void **state)
{
    row("c=0 ignition=0");
    row("c=900 d=60 flag=stored ignition=1");
    row("c=901 d=120 flag=stored ignition=0");
    row("c=880 ignition=0");
    finish("ignition_on@60 1-2 | ignition_off@120 2-3 | stored_upload@900c 2-3 (2 of 2026-03-02T08:01:00 to "
           "2026-03-02T08:02:00; sent up to 0:14:00 late)",
           NULL);
}

static void rows_of_another_order_are_not_compared(void **state)
{
    row("c=1000 d=5 flag=week_rollover flag=stored ignition=1");
    row("c=60 ignition=0"); /* captured before it */
    finish("week_rollover@1000c 1-1", NULL);
}

static void external_power(void **state)
{
    row("c=0 external_power=1 external_voltage=12.50");
    row("c=60 external_power=0 external_voltage=0.00");
    row("c=120 external_power=1 external_voltage=12.40");
    finish("power_cut@60 1-2 | power_restored@120 2-3", NULL);
}

static void volts_are_asked_where_the_device_says_nothing_else(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 ~external_voltage=12.50");
    row("c=60 ~external_voltage=5.00");
    row("c=120 ~external_voltage=4.99");
    row("c=180 ~external_voltage=5.00");
    finish("power_cut@120 2-3 (5.00 then 4.99 V; volts are inferred) | power_restored@180 3-4 (4.99 then 5.00 V; volts "
           "are inferred)",
           NULL);
}

static void a_power_alarm_and_the_volts_behind_it_are_one(void **state)
{
    row("c=0 external_voltage=12.50");
    row("c=60 external_voltage=12.50 event=power_cut code=A01 event_code=15");
    row("c=120 external_voltage=0.00");
    row("c=180 external_voltage=12.40 event=power_restored code=A01 event_code=16");
    row("c=240 external_voltage=12.40");
    finish("power_cut@60 2-2 (A01 alarm 15) | power_restored@180 4-4 (A01 alarm 16)", NULL);
}

static void an_alarm_that_the_column_does_not_show_is_no_change_of_it(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 ~external_voltage=12.60");
    row("c=60 ~external_voltage=12.60 event=power_cut code=A01 event_code=15");
    row("c=120 ~external_voltage=12.60");
    row("c=180 ~external_voltage=0.00");
    finish("power_cut@60 2-2 (A01 alarm 15) | power_cut@180 3-4 (12.60 then 0.00 V; volts are inferred)", NULL);
}

static void an_alarm_of_power_beside_a_supply_that_is_there(void **state)
{
    row("c=0 external_power=1");
    row("c=60 external_power=1 event=power_cut code=000 event_code=18");
    row("c=120 external_power=1");
    row("c=180 external_power=0");
    finish("power_cut@60 2-2 (000 alarm 18) | power_cut@180 3-4", NULL);
}

static void an_alarm_without_the_column_says_it_itself(void **state)
{
    row("c=0 ignition=1 code=000");
    row("c=60 event=ignition_off code=000 event_code=4");
    row("c=120 ignition=0 code=000"); /* what the alarm said */
    row("c=180 event=ignition_off code=000 event_code=4");
    row("c=240 ignition=1 code=000");
    row("c=300 event=ignition_off code=000 event_code=4");
    row("c=360 event=ignition_on code=000 event_code=3");
    row("c=420 ignition=0 code=000"); /* off again */
    finish("ignition_off@60 2-2 (000 alarm 4) | ignition_on@240 4-5 | ignition_off@180 4-4 (000 alarm 4) | "
           "ignition_off@300 6-6 (000 alarm 4) | ignition_off@420 7-8 | ignition_on@360 7-7 (000 alarm 3)",
           NULL);
}

static void battery(void **state)
{
    row("c=0 battery=21");
    row("c=60 battery=20");
    row("c=120 battery=19");
    row("c=180 battery=18");
    finish("low_battery@120 2-3 (20 then 19 %)", NULL);
}

static void gps(void **state)
{
    row("c=0");
    row("c=60 V");
    row("c=119 V"); /* 59 s */
    row("c=120");
    row("c=180 V");
    row("c=210 V kind=answer code=801"); /* answers carry the last position whatever the fix */
    row("c=240 V");                      /* 60 s */
    row("c=300 V");
    row("c=360");
    finish("gps_lost@180c 5-7 | answer@210c 6-6 (801) | gps_restored@360 8-9", NULL);
}

static void who_never_had_a_fix_loses_none(void **state)
{
    row("c=0 V");
    row("c=600 V");
    row("c=900");
    finish("", NULL);
}

static void an_alarm_of_a_lost_fix(void **state)
{
    row("c=0");
    row("c=60 V event=gps_lost code=000 event_code=27");
    row("c=600 V");
    row("c=660");
    finish("gps_lost@60c 2-2 (000 alarm 27) | gps_restored@660 3-4", NULL);
}

static void an_alarm_of_the_fix_beside_a_fix(void **state)
{
    row("c=0");
    row("c=60 event=gps_lost code=000 event_code=27");
    row("c=120");
    row("c=180 event=gps_restored code=000 event_code=28");
    row("c=190 V");
    row("c=240 V");
    row("c=250 V"); /* 60 s */
    finish("gps_lost@60 2-2 (000 alarm 27) | gps_restored@180 4-4 (000 alarm 28) | gps_lost@190c 5-7", NULL);
}

static void driver_by_card(void **state)
{
    row("c=0 code=A01");
    row("c=60 code=A01 driver_id=B4A067 event=driver_card event_code=38");
    row("c=120 code=A01");
    row("c=180 code=A01 driver_id=B4A067");
    row("c=240 code=A01 driver_id=C0FFEE");
    finish(
        "driver_in@60 2-2 (B4A067) | driver_card@60 2-2 (A01 alarm 38) | driver_in@240 4-5 (C0FFEE; before him B4A067)",
        NULL);
}

static void driver_goes(void **state)
{
    row("c=0 code=A01 driver_id=B4A067"); /* the first word */
    row("c=60 code=A01 driver_id=B4A067");
    row("c=70 code=A00"); /* another form of report */
    row("c=120 code=A01 driver_id=B4A067");
    row("c=180 code=A01");
    row("c=240 code=A01 driver_id=B4A067");
    row("c=300 code=A01 driver_id=B4A067");
    row("c=360 code=A01"); /* two are no habit */
    finish("driver_out@180 4-5 (B4A067; inferred as reports no longer name him) | driver_in@240 6-6 (B4A067)", NULL);
}

static void network_operator(void **state)
{
    row("c=0 mcc=214 mnc=07");
    row("c=60 mcc=214 mnc=7"); /* the same number */
    row("c=120");
    row("c=180 mcc=208 mnc=01");
    finish("operator_changed@180 2-4 (214/07 then 208/01)", NULL);
}

static void fuel_in_one_step(void **state)
{
    row("c=0 speed=0 fuel:1=60.0 fuel:2=50");
    row("c=60 speed=0 fuel:1=50.1 fuel:2=50"); /* 9.9 */
    row("c=120 speed=50 fuel:1=50.1 fuel:2=50");
    row("c=180 speed=0 fuel:1=50.1 fuel:2=40");
    row("c=240 speed=0 fuel:1=60.1 fuel:2=40");
    row("c=300 speed=50 fuel:1=60.1 fuel:2=40");
    finish("fuel_drop@180 3-4 (tank 2: 50.0 then 40.0 L (-10.0) in 0:01:00) | refuel@240 4-5 (tank 1: 50.1 then 60.1 L "
           "(+10.0) in 0:01:00)",
           NULL);
}

static void fuel_in_steps_while_standing(void **state)
{
    row("c=0 speed=0 fuel_level=80");
    row("c=60 speed=0 fuel_level=76");
    row("c=120 speed=0 fuel_level=76");
    row("c=180 speed=0 fuel_level=70");
    finish("fuel_drop@180 1-4 (80.0 then 70.0 % (-10.0) in 0:03:00)", NULL);
}

static void fuel_in_slow_steps_is_one_theft(void **state)
{
    for (unsigned i = 0; i <= 40; i++) { /* half a litre each twenty minutes; the content is said each ten */
        unsigned tenths = 600 - i / 2 * 5;
        g_autofree char *words = g_strdup_printf("c=%u speed=0 fuel:1=%u.%u", i * 600, tenths / 10, tenths % 10);
        row(words);
    }
    finish("fuel_drop@24000 2-41 (tank 1: 60.0 then 50.0 L (-10.0) in 6:30:00)", NULL);
}

static void a_fix_that_moves_ends_the_steps(void **state)
{
    row("c=0 speed=0 fuel:1=50");
    row("c=60 speed=0 fuel:1=45");
    row("c=120 speed=40 fuel:1=40");
    row("c=180 speed=0 fuel:1=38");
    row("c=240 speed=0 fuel:1=35");
    finish("", NULL);
}

static void a_fix_that_moves_and_says_no_fuel_does_too(void **state)
{
    row("c=0 speed=0 fuel:1=50 fuel:2=80");
    row("c=60 speed=0 fuel:1=45 fuel:2=80");
    row("c=120 speed=60");
    row("c=180 speed=0 fuel:1=40 fuel:2=70");
    row("c=240 speed=0 fuel:1=35 fuel:2=70");
    finish("fuel_drop@180 2-4 (tank 2: 80.0 then 70.0 L (-10.0) in 0:02:00)", NULL);
}

static void a_large_step_has_its_own_time(void **state)
{
    row("c=0 speed=0 fuel:1=50.3");
    row("c=300 speed=0 fuel:1=50.2");
    row("c=600 speed=0 fuel:1=50.2");
    row("c=900 speed=0 fuel:1=30.0");
    row("c=1200 speed=0 fuel:1=30.0");
    row("c=1500 speed=0 fuel:1=29.9");
    finish("fuel_drop@900 3-4 (tank 1: 50.2 then 30.0 L (-20.2) in 0:05:00)", NULL);
}

static void large_steps_without_a_pause_are_one(void **state)
{
    row("c=0 speed=0 fuel:1=10");
    row("c=300 speed=0 fuel:1=12");
    row("c=599 speed=0 fuel:1=12"); /* a second less than a pause */
    row("c=660 speed=0 fuel:1=30");
    row("c=720 speed=0 fuel:1=50");
    finish("refuel@720 1-5 (tank 1: 10.0 then 50.0 L (+40.0) in 0:12:00)", NULL);
}

/* The other direction before it begins no earlier than it was said for the last time. */
static void noise_before_a_step_takes_no_time(void **state)
{
    row("c=0 speed=0 fuel:1=50");
    row("c=60 speed=0 fuel:1=50.1");
    row("c=3000 speed=0 fuel:1=50.1");
    row("c=3060 speed=0 fuel:1=30");
    finish("fuel_drop@3060 3-4 (tank 1: 50.1 then 30.0 L (-20.1) in 0:01:00)", NULL);
}

static void fuel_burnt_on_the_way(void **state)
{
    row("c=0 speed=50 fuel_level=80");
    row("c=60 speed=50 fuel_level=76");
    row("c=120 speed=50 fuel_level=70");
    row("c=180 speed=50 fuel_level=65");
    finish("", NULL);
}

static void overspeed_has_a_peak(void **state)
{
    row("c=0 speed=80");
    row("c=60 speed=124.0 event=overspeed code=000 event_code=22");
    row("c=120 speed=131.5");
    row("c=130 speed=128 event=overspeed code=000 event_code=22");
    row("c=180 speed=124");
    row("c=240 speed=123");
    row("c=300 speed=150");
    row("c=360 V speed=160 event=overspeed code=000 event_code=22");
    finish("overspeed@60 2-5 (000 alarm 22; peak 131.5 km/h; 2 alarms) | overspeed@360c 8-8 (000 alarm 22)", NULL);
}

static void what_is_driven_after_hours_is_no_peak(void **state)
{
    row("c=0 speed=124 event=overspeed code=000 event_code=22");
    row("c=3599 speed=130");
    row("c=7199 speed=170"); /* 3600 s */
    finish("overspeed@0 1-2 (000 alarm 22; peak 130.0 km/h) | silence@3599 2-3 (1:00:00 until 2026-03-02T09:59:59) | "
           "silence_end@7199 2-3",
           NULL);
}

static void a_speed_of_a_wrong_date_is_no_peak(void **state)
{
    row("c=0 speed=124 event=overspeed code=000 event_code=22");
    row("c=30 speed=180 d=9000000 flag=future_time");
    row("c=60 speed=130");
    finish("overspeed@0 1-3 (000 alarm 22; peak 130.0 km/h) | future_time@30c 2-2", NULL);
}

static void two_frames_of_one_alarm(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=60 d=59 V code=A01 event=sos event_code=2");
    row("c=62 d=59 code=A01 event=sos event_code=2");
    row("c=70 d=70 code=A01 event=sos event_code=2");
    finish("sos@59 1-2 (A01 alarm 2) | sos@70 3-3 (A01 alarm 2)", NULL);
}

static void two_frames_of_each_of_two_alarms(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=60 d=59 V code=A01 event=harsh_braking event_code=24");
    row("c=61 d=59 V code=A01 event=sos event_code=2");
    row("c=62 d=59 code=A01 event=harsh_braking event_code=24");
    row("c=63 d=59 code=A01 event=sos event_code=2");
    row("c=64 d=59 code=A01 event=sos event_code=2"); /* a third frame is another alarm */
    finish("harsh_braking@59 1-3 (A01 alarm 24) | sos@59 2-4 (A01 alarm 2) | sos@59 5-5 (A01 alarm 2)", NULL);
}

static void only_a_few_alarms_wait_for_their_fix(void **state)
{
    dialect = S7_FIFOTRACK;
    for (unsigned i = 0; i < 9; i++) {
        g_autofree char *words = g_strdup_printf("c=%u V code=A01 event=sos event_code=2", i);
        row(words);
    }
    row("c=10 d=0 code=A01 event=sos event_code=2"); /* that one waits no longer */
    row("c=11 d=2 code=A01 event=sos event_code=2");
    finish("sos@0 1-1 (A01 alarm 2) | sos@1 2-2 (A01 alarm 2) | sos@2 3-11 (A01 alarm 2) | sos@3 4-4 (A01 alarm 2) | "
           "sos@4 5-5 (A01 alarm 2) | sos@5 6-6 (A01 alarm 2) | sos@6 7-7 (A01 alarm 2) | sos@7 8-8 (A01 alarm 2) | "
           "sos@8 9-9 (A01 alarm 2) | sos@0 10-10 (A01 alarm 2)",
           NULL);
}

static void two_frames_of_one_overspeed(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 speed=90");
    row("c=31 d=30 V speed=130 code=A01 event=overspeed event_code=18");
    row("c=33 d=30 speed=130 code=A01 event=overspeed event_code=18");
    row("c=60 speed=140");
    row("c=70 speed=135 code=A01 event=overspeed event_code=18");
    row("c=80 speed=100");
    finish("overspeed@30 2-5 (A01 alarm 18; peak 140.0 km/h; 2 alarms)", NULL);
}

static void alarms_of_old_dates_are_told_once(void **state)
{
    row("c=99999999 d=0 flag=stored event=sos code=000 event_code=1"); /* 1157 days late */
    row("c=99999999 d=0 flag=stored flag=duplicate event=sos code=000 event_code=1");
    finish("sos@99999999c 1-1 (000 alarm 1) | old_date@99999999c 1-1", NULL);
}

static void alarms_without_a_meaning_are_told(void **state)
{
    row("c=0 kind=event code=ALM-D1");
    row("c=60 kind=event code=ALM-D1 flag=duplicate");
    finish("unknown_alarm@0 1-1 (ALM-D1)", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ignition),
        TEST(ignition_of_fifotrack_is_inferred),
        TEST(what_fifotrack_says_itself_is_not),
        TEST(an_alarm_is_the_event_itself),
        TEST(what_is_not_proven_or_said_again_changes_nothing),
        TEST(a_stored_report_stands_where_it_was_made),
        TEST(rows_of_another_order_are_not_compared),
        TEST(external_power),
        TEST(volts_are_asked_where_the_device_says_nothing_else),
        TEST(a_power_alarm_and_the_volts_behind_it_are_one),
        TEST(an_alarm_that_the_column_does_not_show_is_no_change_of_it),
        TEST(an_alarm_of_power_beside_a_supply_that_is_there),
        TEST(an_alarm_without_the_column_says_it_itself),
        TEST(battery),
        TEST(gps),
        TEST(who_never_had_a_fix_loses_none),
        TEST(an_alarm_of_a_lost_fix),
        TEST(an_alarm_of_the_fix_beside_a_fix),
        TEST(driver_by_card),
        TEST(driver_goes),
        TEST(network_operator),
        TEST(fuel_in_one_step),
        TEST(fuel_in_steps_while_standing),
        TEST(fuel_in_slow_steps_is_one_theft),
        TEST(a_fix_that_moves_ends_the_steps),
        TEST(a_fix_that_moves_and_says_no_fuel_does_too),
        TEST(a_large_step_has_its_own_time),
        TEST(large_steps_without_a_pause_are_one),
        TEST(noise_before_a_step_takes_no_time),
        TEST(fuel_burnt_on_the_way),
        TEST(overspeed_has_a_peak),
        TEST(what_is_driven_after_hours_is_no_peak),
        TEST(a_speed_of_a_wrong_date_is_no_peak),
        TEST(two_frames_of_one_alarm),
        TEST(two_frames_of_each_of_two_alarms),
        TEST(only_a_few_alarms_wait_for_their_fix),
        TEST(two_frames_of_one_overspeed),
        TEST(alarms_of_old_dates_are_told_once),
        TEST(alarms_without_a_meaning_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
