/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trips, stops, jumps, two places, silences (docs/EVENTS.md), at the borders of their parameters. A hundredth of a
 * degree of latitude is 1110.6 m at 41.5 degrees. */
#include "life_check.h"

static void a_trip_by_time(void **state)
{
    row("c=0 speed=0");
    row("c=60 speed=10");
    row("c=360 speed=10");
    finish("moving@60 2-3", "trip 60-360 2-3 0m 10km/h");
}

static void a_second_too_short(void **state)
{
    row("c=0 speed=0");
    row("c=60 speed=10");
    row("c=359 speed=10");
    finish("", "stop 0-359 1-3 0m 10km/h");
}

static void a_trip_by_distance(void **state)
{
    row("c=0 speed=0");
    row("c=10 speed=50");
    row("c=20 speed=50 lat=41.50451");
    finish("moving@10 2-3", "trip 10-20 2-3 501m 50km/h");
}

static void a_metre_too_short(void **state)
{
    row("c=0 speed=0");
    row("c=10 speed=50");
    row("c=20 speed=50 lat=41.5045");
    finish("", "");
}

static void the_first_word_makes_no_event(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=50 lat=41.51");
    finish("", "trip 0-60 1-2 1111m 50km/h");
}

static void a_stop_ends_a_trip(void **state)
{
    row("c=0 speed=50 odometer=1000");
    row("c=60 speed=60 lat=41.51 odometer=2100");
    row("c=120 speed=0 lat=41.52 odometer=3200");
    row("c=420 speed=0 lat=41.52 odometer=3200");
    row("c=480 speed=40 lat=41.53 odometer=4300");
    row("c=540 speed=40 lat=41.54 odometer=5400");
    finish("stopped@120 3-4 | moving@480 5-6",
           "trip 0-120 1-3 2221m 60km/h odo 2200 | stop 120-480 3-5 1111m 0km/h odo 1100 | "
           "trip 480-540 5-6 1111m 40km/h odo 1100");
}

static void a_pause_is_no_stop(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=60 lat=41.51");
    row("c=120 speed=0 lat=41.52");
    row("c=419 speed=0 lat=41.52");
    row("c=480 speed=40 lat=41.53");
    finish("", "trip 0-480 1-5 3332m 60km/h");
}

static void one_fix_on_the_way_is_a_trip(void **state)
{
    row("c=0 speed=0");
    row("c=300 speed=0");
    row("c=600 speed=40 lat=41.51");
    row("c=900 speed=0 lat=41.52");
    row("c=1200 speed=0 lat=41.52");
    finish("moving@600 3-4 | stopped@900 4-5",
           "stop 0-600 1-3 1111m 0km/h | trip 600-900 3-4 1111m 40km/h | stop 900-1200 4-5 0m 0km/h");
}

static void none_on_the_way_too(void **state)
{
    row("c=0 speed=0");
    row("c=300 speed=0");
    row("c=600 speed=0 lat=41.5045");  /* 499.8 m */
    row("c=900 speed=0 lat=41.50901"); /* 500.9 m */
    row("c=1200 speed=0 lat=41.50901");
    finish("moving@600 3-4 | stopped@900 4-5",
           "stop 0-600 1-3 500m 0km/h | trip 600-900 3-4 501m 0km/h | stop 900-1200 4-5 0m 0km/h");
}

static void what_stands_elsewhere_was_no_stop(void **state)
{
    row("c=0 speed=40");
    row("c=60 speed=40 lat=41.51");
    row("c=120 speed=0 lat=41.52");
    row("c=440 speed=0 lat=41.55"); /* 3332 m; 320 s */
    row("c=500 speed=0 lat=41.55");
    row("c=740 speed=0 lat=41.55");
    finish("stopped@440 4-6", "trip 0-440 1-4 5553m 40km/h | stop 440-740 4-6 0m 0km/h");
}

static void what_stands_within_the_distance_was_one(void **state)
{
    row("c=0 speed=40");
    row("c=60 speed=40 lat=41.51");
    row("c=120 speed=0 lat=41.52");
    row("c=440 speed=0 lat=41.5245"); /* 499.8 m */
    finish("stopped@120 3-4", "trip 0-120 1-3 2221m 40km/h | stop 120-440 3-4 500m 0km/h");
}

/* A device that says 0 km/h all the time. */
static void standing_at_one_place_after_another_is_one_trip(void **state)
{
    row("c=0 speed=0");
    row("c=300 speed=0");
    for (unsigned i = 1; i <= 9; i++) {
        g_autofree char *words = g_strdup_printf("c=%u speed=0 lat=41.5%u", 300 + 200 * i, i);
        row(words);
    }
    row("c=2400 speed=0 lat=41.59");
    finish("moving@300 2-3 | stopped@2100 11-12",
           "stop 0-300 1-2 0m 0km/h | trip 300-2100 2-11 9996m 0km/h | stop 2100-2400 11-12 0m 0km/h");
}

static void a_fix_far_away_without_a_speed_ends_a_stop(void **state)
{
    row("c=0 speed=0");
    row("c=300 speed=0");
    row("c=360 lat=41.52");
    row("c=420 speed=0 lat=41.52");
    row("c=480 lat=41.54");
    row("c=540 speed=0 lat=41.54");
    row("c=840 speed=0 lat=41.54");
    finish("moving@300 2-3 | stopped@540 6-7",
           "stop 0-300 1-2 0m 0km/h | trip 300-540 2-6 4443m 0km/h | stop 540-840 6-7 0m 0km/h");
}

static void a_short_way_and_back_is_part_of_the_stop(void **state)
{
    row("c=0 speed=0");
    row("c=100 speed=5");
    row("c=200 speed=0 lat=41.501"); /* 111 m */
    row("c=300 speed=0 lat=41.501");
    finish("", "stop 0-300 1-4 111m 5km/h");
}

static void the_ignition_ends_a_trip_at_once_when_asked_for(void **state)
{
    assert_true(rules_set(&rules, "trip_ignition=1"));
    row("c=0 speed=50 ignition=1");
    row("c=60 speed=60 lat=41.51 ignition=1");
    row("c=120 speed=0 lat=41.52 ignition=0");
    row("c=200 speed=0 lat=41.52 ignition=0");
    finish("ignition_off@120 2-3 | stopped@120 3-3", "trip 0-120 1-3 2221m 60km/h | stop 120-200 3-4 0m 0km/h");
}

static void an_odometer_that_goes_back_says_no_way(void **state)
{
    row("c=0 speed=40 odometer=4294966000");
    row("c=60 speed=40 lat=41.51 odometer=4294967100");
    row("c=120 speed=40 lat=41.52 odometer=900");
    row("c=180 speed=40 lat=41.53 odometer=2000");
    row("c=240 speed=0 lat=41.54 odometer=3100"); /* a stop that is none, in which it is set */
    row("c=300 speed=0 lat=41.54 odometer=50000");
    row("c=360 speed=40 lat=41.55 odometer=51000");
    row("c=420 speed=0 lat=41.56 odometer=52000");
    row("c=720 speed=0 lat=41.56 odometer=52000");
    finish("stopped@420 8-9", "trip 0-420 1-8 6664m 40km/h | stop 420-720 8-9 0m 0km/h odo 0");
}

static void an_odometer_that_was_set_during_a_pause(void **state)
{
    row("c=0 speed=40 odometer=5000");
    row("c=60 speed=40 lat=41.51 odometer=6000");
    row("c=120 speed=0 lat=41.52 odometer=7000");
    row("c=180 speed=0 lat=41.52 odometer=1000");
    row("c=240 speed=40 lat=41.53 odometer=9000"); /* more than before the pause */
    finish("", "trip 0-240 1-5 3332m 40km/h");
}

static void speed_at_the_limit_is_none(void **state)
{
    row("c=0 speed=0.0");
    row("c=60 speed=0.018");
    row("c=400 speed=0.018");
    finish("", "stop 0-400 1-3 0m 0km/h");
}

static void an_hour_without_data_ends_a_trip(void **state)
{
    row("c=0 speed=50");
    row("c=300 speed=50");
    row("c=3899 speed=50"); /* a second less */
    row("c=7499 speed=50");
    row("c=7799 speed=50");
    finish("silence@3899 3-4 (1:00:00 until 2026-03-02T10:04:59) | silence_end@7499 3-4",
           "trip 0-3899 1-3 0m 50km/h | silence 3899-7499 3-4 0m | trip 7499-7799 4-5 0m 50km/h");
}

static void reports_without_fix_or_speed_change_nothing(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=50 lat=41.51");
    row("c=120 V speed=0 lat=41.50");
    row("c=180 lat=41.52");
    row("c=240 speed=50 lat=41.53");
    finish("", "trip 0-240 1-5 3332m 50km/h");
}

static void a_stop_goes_on_while_heartbeats_come(void **state)
{
    row("c=0 speed=0");
    for (unsigned i = 1; i <= 10; i++)
        row(i == 1   ? "c=1000 nofix kind=heartbeat"
            : i == 2 ? "c=2000 nofix kind=heartbeat"
            : i == 3 ? "c=3000 nofix kind=heartbeat"
            : i == 4 ? "c=4000 nofix kind=heartbeat"
            : i == 5 ? "c=5000 nofix kind=heartbeat"
            : i == 6 ? "c=6000 nofix kind=heartbeat"
            : i == 7 ? "c=7000 nofix kind=heartbeat"
            : i == 8 ? "c=8000 nofix kind=heartbeat"
            : i == 9 ? "c=9000 nofix kind=heartbeat"
                     : "c=10000 nofix kind=heartbeat");
    row("c=10060 speed=0");
    finish("", "stop 0-10060 1-12 0m 0km/h");
}

static void a_jump_that_comes_back_is_left_out(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=50 lat=41.51");
    row("c=120 speed=50 lat=41.5551"); /* 5009 m in 60 s are more than 300 km/h */
    row("c=180 speed=50 lat=41.52");
    finish("impossible_jump@120 2-3 (5.0 km in 0:01:00; left out of trips)", "trip 0-180 1-4 2221m 50km/h");
}

static void just_fast_enough_is_no_jump(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=50 lat=41.51");
    row("c=120 speed=50 lat=41.555"); /* 4998 m */
    finish("", "trip 0-120 1-3 6109m 50km/h");
}

static void a_short_way_is_no_jump(void **state)
{
    row("c=0 speed=50");
    row("c=1 speed=50 lat=41.509");   /* 999.6 m */
    row("c=2 speed=50 lat=41.51801"); /* 1000.7 m */
    finish("impossible_jump@2 2-3 (1.0 km in 0:00:01; left out of trips)", "trip 0-1 1-2 1000m 50km/h");
}

static void a_track_goes_on_behind_a_jump(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=50 lat=41.51");
    row("c=120 speed=50 lat=48.0");
    row("c=180 speed=50 lat=48.01");
    finish("impossible_jump@120 2-3 (721.2 km in 0:01:00; the track goes on there)",
           "trip 0-60 1-2 1111m 50km/h | trip 120-180 3-4 1112m 50km/h");
}

static void fixes_at_null_island_are_no_places(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=50 flag=null_island");
    row("c=120 speed=50 flag=null_island");
    row("c=180 speed=50 lat=41.51");
    finish("null_island@60 2-3 (2 fixes)", "trip 0-180 1-4 1111m 50km/h");
}

static void one_id_in_two_places(void **state)
{
    row("c=0 stream=1 from=10 speed=50");
    row("c=30 stream=2 from=20 speed=50 lat=48.0");
    row("c=60 stream=1 from=10 speed=50 lat=41.501");
    row("c=90 stream=2 from=20 speed=50 lat=48.001");
    row("c=120 stream=1 from=10 speed=50 lat=41.502");
    finish("address_changed@30 1-2 (stream 1 from 192.0.2.10:40000 then stream 2 from 192.0.2.20:40000) | "
           "two_conversations@30 1-3 (stream 1 from 192.0.2.10:40000; stream 2 from 192.0.2.20:40000) | "
           "two_places@30 1-4 (722.3 km in 0:00:30; stream 1 from 192.0.2.10:40000; stream 2 from 192.0.2.20:40000; 2 "
           "fixes out of reach)",
           NULL);
}

static void several_fixes_in_turns_are_two_places(void **state)
{
    row("c=0 stream=1 from=10");
    row("c=10 stream=1 from=10");
    row("c=20 stream=2 from=20 lat=48.0");
    row("c=30 stream=2 from=20 lat=48.0");
    row("c=40 stream=1 from=10");
    row("c=50 stream=1 from=10");
    finish("address_changed@20 2-3 (stream 1 from 192.0.2.10:40000 then stream 2 from 192.0.2.20:40000) | "
           "two_conversations@30 2-5 (stream 1 from 192.0.2.10:40000; stream 2 from 192.0.2.20:40000) | "
           "two_places@20 2-5 (722.3 km in 0:00:10; stream 1 from 192.0.2.10:40000; stream 2 from 192.0.2.20:40000; 2 "
           "fixes out of reach)",
           NULL);
}

static void a_jump_at_another_address_is_a_jump(void **state)
{
    row("c=0 stream=1 from=10");
    row("c=20 stream=2 from=20 lat=48.0");
    row("c=30 stream=2 from=20 lat=48.0");
    row("c=60 stream=3 from=30 lat=41.5");
    finish(
        "address_changed@20 1-2 (stream 1 from 192.0.2.10:40000 then stream 2 from 192.0.2.20:40000) | "
        "impossible_jump@20 1-2 (722.3 km in 0:00:20; the track goes on there) | address_changed@60 3-4 (stream 2 from "
        "192.0.2.20:40000 then stream 3 from 192.0.2.30:40000) | impossible_jump@60 3-4 (722.3 km in 0:00:30; left out "
        "of trips)",
        NULL);
}

static void wrong_dates_and_duplicates_move_nothing(void **state)
{
    row("c=0 speed=50");
    row("c=60 speed=50 lat=41.51");
    row("c=61 d=60 speed=0 lat=44.0 flag=duplicate");
    row("c=90 d=99999990 speed=0 lat=45.0 flag=future_time");
    row("c=95 damaged speed=0 lat=46.0 kind=unknown");
    row("c=120 speed=50 lat=41.52");
    finish("future_time@90c 4-4", "trip 0-120 1-6 2221m 50km/h");
}

static void stored_reports_are_part_of_the_trip(void **state)
{
    row("c=0 speed=50");
    row("c=900 d=60 speed=50 lat=41.51 flag=stored");
    row("c=903 d=120 speed=50 lat=41.52 flag=stored");
    row("c=880 speed=50 lat=41.53");
    finish("stored_upload@900c 2-3 (2 of 2026-03-02T08:01:00 to 2026-03-02T08:02:00; sent up to 0:14:00 late)",
           "trip 0-880 1-4 3332m 50km/h");
}

/* Packets of anybody, one each ten seconds, from the first to the last second but for those between. */
static void cover(int64_t last, int64_t from, int64_t to)
{
    coverage = coverage_new();
    for (int64_t second = 0; second <= last; second += 10)
        if (second <= from || second >= to)
            coverage_note(coverage, (START + second) * SECOND);
    coverage_clip(coverage, INT64_MIN, INT64_MAX);
}

static void a_silence_within_the_capture(void **state)
{
    cover(20000, 0, 0);
    row("c=0");
    row("c=1200");
    row("c=2400");
    row("c=3600");
    row("c=7199"); /* 3599 s, and three times 1200 s are 3600 */
    row("c=8399");
    row("c=11999");
    row("c=20000");
    finish("silence@8399 6-7 (1:00:00 until 2026-03-02T11:19:59; rhythm 0:20:00) | silence_end@11999 6-7 | "
           "silence@11999 7-8 (2:13:21 until 2026-03-02T13:33:20; rhythm 0:20:00) | silence_end@20000 7-8",
           "silence 8399-11999 6-7 0m | silence 11999-20000 7-8 0m");
}

static void the_rhythm_of_a_tag_is_its_own(void **state)
{
    row("c=0");
    row("c=10000"); /* nothing is known of its rhythm yet */
    row("c=20000");
    row("c=30000");
    row("c=59999"); /* 29999 s, three times 10000 are more */
    row("c=90000");
    finish("silence@0 1-2 (2:46:40 until 2026-03-02T10:46:40) | silence_end@10000 1-2 | "
           "silence@10000 2-3 (2:46:40 until 2026-03-02T13:33:20) | silence_end@20000 2-3 | "
           "silence@20000 3-4 (2:46:40 until 2026-03-02T16:20:00) | silence_end@30000 3-4 | "
           "silence@59999 5-6 (8:20:01 until 2026-03-03T09:00:00; rhythm 2:46:40) | silence_end@90000 5-6",
           NULL);
}

/* By an hour, between two fixes a minute apart. */
static void a_clock_that_is_set_forward_ends_a_trip(void **state)
{
    dialect = S7_GOTOP;
    row("c=0 speed=60");
    row("c=300 speed=60 lat=41.55");
    row("c=360 d=3960 speed=60 lat=41.56");
    row("c=660 d=4260 speed=60 lat=41.61");
    finish(NULL, "trip 0-300 1-2 5553m 60km/h | trip 3960-4260 3-4 5553m 60km/h");
}

static void a_gap_of_the_capture_is_no_silence(void **state)
{
    cover(20000, 1000, 9000);
    row("c=0");
    row("c=60");
    row("c=10000"); /* 940 s before the gap and 1000 behind it */
    row("c=20000");
    finish("not_captured@60 2-3 (2:45:40 until 2026-03-02T10:46:40; no packet at all was captured in 2:13:20 of it) | "
           "silence@10000 3-4 (2:46:40 until 2026-03-02T13:33:20) | silence_end@20000 3-4",
           "silence 10000-20000 3-4 0m");
}

/* Whether it drove there at once or not at all for an hour is not known: no trip. */
static void moved_in_a_gap_of_the_capture(void **state)
{
    cover(10060, 1000, 9000);
    row("c=0");
    row("c=60");
    row("c=10000 lat=41.61");
    row("c=10060 lat=41.61");
    finish("not_captured@60 2-3 (2:45:40 until 2026-03-02T10:46:40; no packet at all was captured in 2:13:20 of it; it "
           "came back 12.2 km away)",
           NULL);
}

static void a_silence_beside_a_gap_of_the_capture(void **state)
{
    cover(20000, 5000, 9000);
    row("c=0");
    row("c=60"); /* 4940 s before the gap */
    row("c=9010");
    finish("silence@60 2-3 (2:29:10 until 2026-03-02T10:30:10; no packet at all was captured in 1:06:40 of it) | "
           "silence_end@9010 2-3 | silence@9010 3-3 (3:03:10, not back until the end)",
           NULL);
}

static void what_is_sent_late_is_a_sign_of_life(void **state)
{
    cover(20000, 0, 0);
    row("c=0");
    row("c=60");
    row("c=18000 d=1000 flag=stored");
    row("c=2000");
    finish("stored_upload@18000c 3-3 (1 of 2026-03-02T08:16:40 to 2026-03-02T08:16:40; sent up to 4:43:20 late) | "
           "silence@2000 3-4 (4:26:40 until 2026-03-02T13:00:00Z; rhythm 0:15:40) | silence_end@18000c 3-4",
           "silence 2000-18000c 3-4");
}

/* It lost its supply meanwhile and began with a clock of 8:00 again: no silence ends before it begins. */
static void the_clock_went_back_over_a_silence(void **state)
{
    dialect = S7_GOTOP;
    row("c=600");
    row("c=7800 d=0");
    finish("silence@600 1-2 (2:00:00 until 2026-03-02T10:10:00Z) | silence_end@7800c 1-2", "silence 600-7800c 1-2 0m");
}

static void not_back_before_the_capture_ended(void **state)
{
    cover(7200, 0, 0);
    row("c=0");
    row("c=60");
    row("c=3600");
    finish("silence@3600 3-3 (1:00:00, not back until the end)", "silence 3600-7200c 3-3");
}

static void all_that_comes_breaks_a_silence(void **state)
{
    row("c=0");
    row("c=3000 damaged kind=unknown");
    row("c=6000 d=0 flag=duplicate");
    row("c=9000 nofix kind=heartbeat");
    row("c=9001 down kind=command");
    row("c=12000");
    finish("command@9001c 5-5", "");
}

static void commands_are_no_sign_of_life(void **state)
{
    row("c=0");
    row("c=3000 down kind=command");
    row("c=6000");
    finish("silence@0 1-3 (1:40:00 until 2026-03-02T09:40:00) | silence_end@6000 1-3 | command@3000c 2-2", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_trip_by_time),
        TEST(a_second_too_short),
        TEST(a_trip_by_distance),
        TEST(a_metre_too_short),
        TEST(the_first_word_makes_no_event),
        TEST(a_stop_ends_a_trip),
        TEST(a_pause_is_no_stop),
        TEST(one_fix_on_the_way_is_a_trip),
        TEST(none_on_the_way_too),
        TEST(what_stands_elsewhere_was_no_stop),
        TEST(what_stands_within_the_distance_was_one),
        TEST(standing_at_one_place_after_another_is_one_trip),
        TEST(a_fix_far_away_without_a_speed_ends_a_stop),
        TEST(a_short_way_and_back_is_part_of_the_stop),
        TEST(the_ignition_ends_a_trip_at_once_when_asked_for),
        TEST(an_odometer_that_goes_back_says_no_way),
        TEST(an_odometer_that_was_set_during_a_pause),
        TEST(speed_at_the_limit_is_none),
        TEST(an_hour_without_data_ends_a_trip),
        TEST(reports_without_fix_or_speed_change_nothing),
        TEST(a_stop_goes_on_while_heartbeats_come),
        TEST(a_jump_that_comes_back_is_left_out),
        TEST(just_fast_enough_is_no_jump),
        TEST(a_short_way_is_no_jump),
        TEST(a_track_goes_on_behind_a_jump),
        TEST(fixes_at_null_island_are_no_places),
        TEST(one_id_in_two_places),
        TEST(several_fixes_in_turns_are_two_places),
        TEST(a_jump_at_another_address_is_a_jump),
        TEST(wrong_dates_and_duplicates_move_nothing),
        TEST(stored_reports_are_part_of_the_trip),
        TEST(a_silence_within_the_capture),
        TEST(the_rhythm_of_a_tag_is_its_own),
        TEST(a_clock_that_is_set_forward_ends_a_trip),
        TEST(a_gap_of_the_capture_is_no_silence),
        TEST(moved_in_a_gap_of_the_capture),
        TEST(a_silence_beside_a_gap_of_the_capture),
        TEST(what_is_sent_late_is_a_sign_of_life),
        TEST(the_clock_went_back_over_a_silence),
        TEST(not_back_before_the_capture_ended),
        TEST(all_that_comes_breaks_a_silence),
        TEST(commands_are_no_sign_of_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
