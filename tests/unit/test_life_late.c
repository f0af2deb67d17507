/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reports that were sent late: conclusions are drawn in the order in which the rows were made (docs/EVENTS.md, "What
 * counts"). The rows stand as in a timeline. */
#include "life_check.h"

/* The device came back after two hours and a half; a row that says no fix is the first that it sent. */
static void a_hello_before_what_was_stored(void **state)
{
    device.context = CONTEXT_BIT(STORED);
    row("c=0");
    row("c=60");
    row("c=9000 nofix kind=hello");
    row("c=9001 d=1800 flag=stored");
    row("c=9001 d=4800 flag=stored");
    row("c=9001 d=7800 flag=stored");
    row("c=9060");
    finish("stored_upload@9001c 4-6 (3 of 2026-03-02T08:30:00 to 2026-03-02T10:10:00; sent up to 2:00:01 late)", NULL);
}

static void a_last_known_position_before_what_was_stored(void **state)
{
    device.context = CONTEXT_BIT(STORED);
    row("c=0 ignition=1");
    row("c=3000 d=0 V ignition=0");
    row("c=3001 d=600 flag=stored ignition=1");
    row("c=3001 d=1200 flag=stored ignition=0");
    row("c=3060 ignition=0");
    finish("ignition_off@1200 3-4 | "
           "stored_upload@3001c 3-4 (2 of 2026-03-02T08:10:00 to 2026-03-02T08:20:00; sent up to 0:40:01 late)",
           NULL);
}

/* Of fifotrack they have their own time: they take turns with the fixes. */
static void without_a_fix_among_what_was_stored(void **state)
{
    dialect = S7_FIFOTRACK;
    device.context = CONTEXT_BIT(STORED);
    row("c=0 ignition=1");
    row("c=4000 d=1200 V ignition=0");
    row("c=4000 d=2400 V ignition=0");
    row("c=4001 d=600 flag=stored ignition=1");
    row("c=4001 d=1800 flag=stored ignition=0");
    row("c=4001 d=3000 flag=stored ignition=1");
    row("c=4060 ignition=1");
    finish("ignition_off@1200 2-4 | ignition_on@3000 3-6 | "
           "stored_upload@4000c 4-6 (5 of 2026-03-02T08:10:00 to 2026-03-02T08:50:00; sent up to 0:56:41 late)",
           NULL);
}

/* Sent within ten minutes, but behind a live one. */
static void a_little_late_without_a_fix(void **state)
{
    dialect = S7_FIFOTRACK;
    device.context = CONTEXT_BIT(STORED);
    row("c=0 ignition=1");
    row("c=600 V ignition=1");
    row("c=601 d=300 V ignition=0");
    row("c=601 d=200 flag=stored ignition=1");
    row("c=660 ignition=1");
    finish("ignition_on@600 2-3 | gps_lost@300 2-3 | gps_restored@660 2-5 | "
           "ignition_off@300 3-4 | "
           "stored_upload@601c 3-4 (2 of 2026-03-02T08:03:20 to 2026-03-02T08:05:00; sent up to 0:06:41 late)",
           NULL);
}

/* Behind the live report stands what was made before it: the states are not compared, and it was not silent. */
static void without_a_fix_behind_the_live_report(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 ignition=1");
    row("c=60 ignition=1");
    row("c=9000 ignition=1");
    row("c=9001 d=3000 V ignition=0");
    row("c=9001 d=6000 V ignition=0");
    row("c=9060 ignition=1");
    finish("stored_upload@9001c 4-5 (2 of 2026-03-02T08:50:00 to 2026-03-02T09:40:00; sent up to 1:40:01 late)", NULL);
}

/* As is known of the device before: all its rows wait then. */
static void without_a_fix_behind_the_live_report_in_time(void **state)
{
    dialect = S7_FIFOTRACK;
    device.late_unfixed = true;
    row("c=0 ignition=1");
    row("c=60 ignition=1");
    row("c=9000 ignition=1");
    row("c=9001 d=3000 V ignition=0");
    row("c=9001 d=6000 V ignition=0");
    row("c=9060 ignition=0");
    finish("ignition_off@3000 2-4 | ignition_on@9000 3-5 | gps_restored@9000 3-5 | ignition_off@9060 3-6 | "
           "gps_lost@3000 4-5 | "
           "stored_upload@9001c 4-5 (2 of 2026-03-02T08:50:00 to 2026-03-02T09:40:00; sent up to 1:40:01 late)",
           NULL);
}

/* UTC+08:00, which the live reports behind it tell. */
static void late_before_the_zone_is_known(void **state)
{
    dialect = S7_GOTOP;
    device.late = true;
    device.clock.zones[0].quarters = 32;
    device.clock.zones[0].rows = 3;
    row("c=7200 nofix kind=heartbeat");
    row("c=7201 d=34201 late");
    row("c=7260 d=36060");
    row("c=7320 d=36120");
    finish("stored_upload@7201c 2-2 (1 of 2026-03-02T17:30:01 to 2026-03-02T17:30:01; sent up to 0:30:00 late)", NULL);
}

/* What remains of a silence that was filled in part. */
static void a_silence_that_is_filled_in_part(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0");
    row("c=9000");
    row("c=9001 d=3000 V");
    row("c=9060");
    finish("silence@3000 2-3 (1:40:00 until 2026-03-02T10:30:00) | silence_end@9000 2-3 | "
           "stored_upload@9001c 3-3 (1 of 2026-03-02T08:50:00 to 2026-03-02T08:50:00; sent up to 1:40:01 late)",
           NULL);
}

/* A clock with a zone, two hours ahead: the flag is not set, but the skew is that of no zone that lasted. */
static void late_without_the_flag(void **state)
{
    dialect = S7_GOTOP;
    device.late = true;
    row("c=0 d=7200");
    row("c=60 d=7260");
    row("c=9000 d=9000 late");
    row("c=9000 d=12000 late");
    row("c=9000 d=15000 late");
    row("c=9060 d=16260");
    finish("stored_upload@9000c 3-5 (3 of 2026-03-02T10:30:00 to 2026-03-02T12:10:00; sent up to 2:00:00 late)", NULL);
}

/* A report that is a minute late does not make the zone of a clock that has none. */
static void how_late_by_a_clock_without_a_zone(void **state)
{
    device.context = CONTEXT_BIT(STORED);
    row("c=0");
    row("c=540 d=60");
    row("c=3600 d=120 flag=stored");
    row("c=3660");
    finish("stored_upload@3600c 3-3 (1 of 2026-03-02T08:02:00 to 2026-03-02T08:02:00; sent up to 0:58:00 late)", NULL);
}

/* Dates behind by 1024 weeks stand in front of the right ones: signs of life when they were sent, no more. */
static void a_few_dates_that_rolled_over(void **state)
{
    device.clock.rollovers = 3;
    device.first_time = START - INT64_C(7168) * 86400;
    device.last_time = START;
    row("c=1800 d=-619313400 flag=week_rollover ignition=1");
    row("c=6000 d=-619309200 flag=week_rollover ignition=0");
    row("c=12000 d=-619303200 flag=week_rollover ignition=1 event=sos");
    row("c=0 ignition=0");
    row("c=3000 ignition=0");
    row("c=9000 ignition=0");
    row("c=15000 ignition=0");
    finish("week_rollover@1800c 1-3 (3 reports) | sos@12000c 3-3", NULL);
}

/* Sent the newest first, one each ten minutes: signs of life all along. */
static void the_newest_first(void **state)
{
    device.context = CONTEXT_BIT(STORED);
    row("c=0");
    for (int i = 0; i < 20; i++) {
        g_autofree char *words = g_strdup_printf("c=%d d=%d flag=stored", 12000 - 600 * i, 10 + i);
        row(words);
    }
    row("c=15000");
    row("c=19000");
    finish("stored_upload@600c 2-21 (20 of 2026-03-02T08:00:10 to 2026-03-02T08:00:29; sent up to 3:19:50 late) | "
           "silence@15000 22-23 (1:06:40 until 2026-03-02T13:16:40; rhythm 0:00:01) | silence_end@19000 22-23",
           NULL);
}

/* More rows wait than may. */
static void more_than_can_wait(void **state)
{
    device.context = CONTEXT_BIT(STORED);
    row("c=0 ignition=1");
    for (int i = 0; i < 4200; i++) {
        g_autofree char *words = g_strdup_printf("c=%d nofix kind=heartbeat ignition=%d", 60 + i, i >= 2100);
        row(words);
    }
    row("c=4300 ignition=1");
    finish("ignition_off@60c 1-2 | ignition_on@2160c 2101-2102", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hello_before_what_was_stored),
        TEST(a_last_known_position_before_what_was_stored),
        TEST(without_a_fix_among_what_was_stored),
        TEST(a_little_late_without_a_fix),
        TEST(without_a_fix_behind_the_live_report),
        TEST(without_a_fix_behind_the_live_report_in_time),
        TEST(late_before_the_zone_is_known),
        TEST(a_silence_that_is_filled_in_part),
        TEST(late_without_the_flag),
        TEST(how_late_by_a_clock_without_a_zone),
        TEST(a_few_dates_that_rolled_over),
        TEST(the_newest_first),
        TEST(more_than_can_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
