/* SPDX-License-Identifier: GPL-2.0-or-later
 * Conversations, clocks, commands (docs/EVENTS.md), and what they need: the parameters, when the capture saw anything,
 * and the way on the ellipsoid. */
#include "life_check.h"

#include <math.h>

static void a_new_conversation(void **state)
{
    row("c=0 stream=3");
    row("c=60 stream=5");
    row("c=120 stream=8 from=9");
    finish("reconnected@60 1-2 (stream 3 from 192.0.2.1:40000 then stream 5 from 192.0.2.1:40000) | "
           "address_changed@120 2-3 (stream 5 from 192.0.2.1:40000 then stream 8 from 192.0.2.9:40000)",
           NULL);
}

static void two_conversations_in_turns(void **state)
{
    row("c=0 stream=1 from=10");
    row("c=60 stream=2 from=20");
    row("c=600 stream=1 from=10");
    row("c=660 stream=2 from=20");
    finish("address_changed@60 1-2 (stream 1 from 192.0.2.10:40000 then stream 2 from 192.0.2.20:40000) | "
           "two_conversations@60 1-3 (stream 1 from 192.0.2.10:40000; stream 2 from 192.0.2.20:40000)",
           NULL);
}

static void three_conversations_in_turns(void **state)
{
    row("c=0 stream=1 from=10");
    row("c=60 stream=2 from=20");
    row("c=120 stream=3 from=30");
    row("c=180 stream=1 from=10");
    row("c=240 stream=2 from=20");
    row("c=300 stream=3 from=30");
    finish("address_changed@60 1-2 (stream 1 from 192.0.2.10:40000 then stream 2 from 192.0.2.20:40000) | "
           "two_conversations@120 1-4 (stream 1 from 192.0.2.10:40000; stream 3 from 192.0.2.30:40000) | "
           "address_changed@120 2-3 (stream 2 from 192.0.2.20:40000 then stream 3 from 192.0.2.30:40000) | "
           "two_conversations@180 2-5 (stream 2 from 192.0.2.20:40000; stream 1 from 192.0.2.10:40000)",
           NULL);
}

static void in_turns_but_not_at_once(void **state)
{
    row("c=0 stream=1 from=10");
    row("c=60 stream=2 from=20");
    row("c=601 stream=1 from=10"); /* 601 s behind the last report of the first */
    finish("address_changed@60 1-2 (stream 1 from 192.0.2.10:40000 then stream 2 from 192.0.2.20:40000)", NULL);
}

static void two_servers_of_one_device(void **state)
{
    row("c=0 stream=1");
    row("c=1 stream=2");
    row("c=60 stream=1");
    row("c=61 stream=2");
    finish("reconnected@1 1-2 (stream 1 from 192.0.2.1:40000 then stream 2 from 192.0.2.1:40000)", NULL);
}

static void a_clock_that_is_set_back(void **state)
{
    dialect = S7_GOTOP;
    row("c=0 d=28800");
    row("c=150 d=28950");
    row("c=300 d=29100");
    row("c=360 d=360");
    row("c=420 d=420");
    row("c=660 d=660"); /* three over 300 s */
    row("c=720 d=720");
    finish("clock_jump@360 3-6 (set back by 8:00:00)", NULL);
}

static void what_did_not_last_is_no_jump(void **state)
{
    dialect = S7_GOTOP;
    row("c=0 d=28800");
    row("c=150 d=28950");
    row("c=300 d=29100");
    row("c=360 d=360");
    row("c=420 d=420");
    row("c=659 d=659"); /* 299 s */
    row("c=720 d=29520");
    finish("", NULL);
}

static void a_small_step_is_no_jump(void **state)
{
    dialect = S7_GOTOP;
    row("c=0 d=0");
    row("c=150 d=150");
    row("c=300 d=300");
    row("c=360 d=960"); /* 600 s */
    row("c=420 d=1020");
    row("c=660 d=1260");
    finish("", NULL);
}

static void a_zone(void **state)
{
    dialect = S7_GOTOP;
    row("c=0 d=-18010");
    row("c=60 d=-17945 flag=clock_offset");
    row("c=120 d=-17880 flag=clock_offset");
    row("c=180 d=19980 flag=clock_offset");
    finish("clock_zone@-17945 2-2 (device clock looks like UTC-05:00) | clock_zone@19980 4-4 (device clock looks like "
           "UTC+05:30)",
           NULL);
}

static void a_zone_that_comes_back_is_told_again(void **state)
{
    static const int zones[] = {8, 0, 8};
    dialect = S7_GOTOP;
    for (int i = 0; i < 18; i++) {
        int zone = zones[i / 6];
        g_autofree char *words =
            g_strdup_printf("c=%d d=%d%s", i * 100, i * 100 + zone * 3600, zone ? " flag=clock_offset" : "");
        row(words);
    }
    finish("clock_zone@28800 1-1 (device clock looks like UTC+08:00) | clock_jump@600 6-10 (set back by 8:00:00) | "
           "clock_jump@30000 12-16 (set forward by 8:00:00) | clock_zone@30000 13-13 (device clock looks like "
           "UTC+08:00)",
           NULL);
}

static void wrong_dates(void **state)
{
    row("c=0 d=-619315200 flag=week_rollover flag=stored");
    row("c=60 d=-619315140 flag=week_rollover flag=stored");
    row("c=120");
    row("c=180 d=31536000 flag=future_time");
    row("c=240");
    row("c=7776300 d=299 flag=stored"); /* 90 days and a second */
    row("c=7776300 d=300 flag=stored"); /* 90 days */
    finish(
        "week_rollover@0c 1-2 (2 reports) | future_time@180c 4-4 | old_date@7776300c 6-6 | stored_upload@7776300c 7-7 "
        "(1 of 2026-03-02T08:05:00 to 2026-03-02T08:05:00; sent up to 90 d 00:00:00 late)",
        NULL);
}

static void commands_and_answers(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 down kind=command code=B03 argument=60 argument=600");
    row("c=1 nofix kind=answer code=B03 argument=OK answers=1");
    row("c=2 down kind=command code=B24 argument=2");
    row("c=3 nofix kind=rejected code=B24 argument=UNSUPPORT answers=3");
    row("c=4 down kind=command code=C08 flag=unanswered");
    row("c=5 down kind=command code=D06 argument=2444BD86");
    row("c=6 down kind=command code=A03 argument=260308064200");
    row("c=7 nofix kind=answer code=C02");
    finish(
        "command@0c 1-1 (B03 60,600) | answer@1c 1-2 (B03 OK) | config_changed@1c 1-2 (interval: B03) | command@2c 3-3 "
        "(B24 2) | refusal@3c 3-4 (B24 UNSUPPORT) | command@4c 5-5 (C08) | unanswered@4c 5-5 (C08) | answer@7c 8-8 "
        "(C02)",
        NULL);
}

/* It may have been asked for, or could not be set. */
static void a_report_that_answers_is_an_answer(void **state)
{
    row("c=0 down kind=command code=800");
    row("c=1 code=010 answers=1");
    row("c=2 down kind=command code=010 argument=1");
    row("c=3 code=010");
    row("c=4 code=020");
    finish("command@0c 1-1 (800) | answer@1 1-2 (010)", NULL);
}

static void a_report_of_a_tag_that_answers_is_an_answer(void **state)
{
    dialect = S7_FIFOTRACK;
    row("c=0 down kind=command code=C01");
    row("c=1 code=A03 answers=1");
    row("c=2 down kind=command code=A03 argument=260308064200");
    row("c=3 code=A03");
    row("c=4 down kind=command code=D06 argument=2444BD86");
    row("c=5 nofix kind=answer code=D06 answers=5");
    finish("command@0c 1-1 (C01) | answer@1 1-2 (A03)", NULL);
}

static void an_answer_without_ok_changes_nothing(void **state)
{
    row("c=0 down kind=command code=102");
    row("c=1 nofix kind=answer code=102 argument=60 argument=600 answers=1");
    row("c=2 down kind=command code=102 argument=60");
    row("c=3 nofix kind=answer code=102 argument=ERROR answers=3");
    row("c=4 nofix kind=answer code=102");
    row("c=5 nofix kind=answer code=102 argument=OK");
    finish("command@0c 1-1 (102) | answer@1c 1-2 (102 60,600) | command@2c 3-3 (102 60) | answer@3c 3-4 (102 ERROR) | "
           "answer@4c 5-5 (102) | answer@5c 6-6 (102 OK) | config_changed@5c 6-6 (interval: 102)",
           NULL);
}

static void the_relay_of_gotop(void **state)
{
    dialect = S7_GOTOP;
    row("c=0 down kind=command code=T1");
    row("c=1 V kind=answer code=CMD-T1 answers=1");
    finish("command@0c 1-1 (T1) | answer@1c 1-2 (CMD-T1) | config_changed@1c 1-2 (relay: CMD-T1)", NULL);
}

static void without_any_time_of_the_capture(void **state)
{
    row("d=0 untimed ignition=0 speed=0");
    row("d=3600 untimed ignition=1 speed=0");
    finish("ignition_on@3600 1-2 | silence@0 1-2 (1:00:00 until 2026-03-02T09:00:00) | silence_end@3600 1-2", NULL);
}

static void parameters(void **state)
{
    assert_true(rules_set(&rules, "stop_time=180"));
    assert_true(rules_set(&rules, "trip_speed=2.5"));
    assert_true(rules.values[PARAMETER_STOP_TIME] == 180 && rules.values[PARAMETER_TRIP_SPEED] == 2.5);
    static const char *const wrong[] = {"",
                                        "stop_time",
                                        "stop_time=",
                                        "stop_time=-1",
                                        "stop_time=1s",
                                        "stop=3",
                                        "=3",
                                        "stop_time=nan",
                                        "stop_time=inf",
                                        "stop_time=0x10",
                                        "stop_time=1e10",
                                        "stop_times=3",
                                        "stop_time==3"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_false(rules_set(&rules, wrong[i]));
    assert_true(rules.values[PARAMETER_STOP_TIME] == 180);
    rules_spell(&rules);
    assert_string_equal(rules.words[CONCLUSION_STOPPED], "trip: speed not above 2.5 km/h for 180 s");
}

static void expect_covered(int64_t from, int64_t to, int64_t covered)
{
    assert_true(coverage_between(coverage, from * SECOND, to * SECOND) == covered * SECOND);
}

static void what_the_capture_saw(void **state)
{
    static const int64_t times[] = {100, 159, 219, 279, 340, 330, 500};
    coverage = coverage_new();
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        coverage_note(coverage, times[i] * SECOND);
    coverage_clip(coverage, INT64_MIN, 600 * SECOND);
    assert_true(coverage_begin(coverage) == 100 * SECOND && coverage_end(coverage) == 500 * SECOND);
    expect_covered(0, 100, 0); /* before its first packet */
    expect_covered(0, 160, 59);
    expect_covered(100, 279, 59); /* gaps of 60 s each: 159 to 219, 219 to 279 */
    expect_covered(180, 200, 0);
    expect_covered(340, 600, 0);
    expect_covered(0, 600, 59);
    expect_covered(200, 100, 0);
}

static void a_wild_date_hides_nothing(void **state)
{
    static const int64_t times[] = {100, 130, 2000000000, 160, 190, 220};
    coverage = coverage_new();
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        coverage_note(coverage, times[i] * SECOND);
    coverage_note(coverage, INT64_MAX);
    coverage_note(coverage, INT64_MIN);
    coverage_note(coverage, 250 * SECOND);
    coverage_clip(coverage, INT64_MIN, INT64_MAX);
    expect_covered(100, 220, 120);
}

static void clocks_that_are_set(void **state)
{
    static const int64_t times[] = {900000, 100, 130, 300, 330, 3000, 3030, 3060, 310, 340, 370, 20, 400};
    coverage = coverage_new();
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        coverage_note(coverage, times[i] * SECOND);
    coverage_clip(coverage, INT64_MIN, INT64_MAX);
    /* The first was wild. 310 lies where packets were: what stands behind is kept; 340 lies in the gap before 3000:
     * that was wrong. 20 was wild. */
    assert_true(coverage_begin(coverage) == 100 * SECOND && coverage_end(coverage) == 400 * SECOND);
    expect_covered(0, 1000, 30 + 100);
}

static void many_gaps_are_thinned_out(void **state)
{
    coverage = coverage_new();
    int64_t time = 0;
    for (unsigned i = 0; i < 2 * COVERAGE_GAPS; i++)
        coverage_note(coverage, (time += i % 2 ? 60 : 3600) * SECOND);
    coverage_clip(coverage, INT64_MIN, INT64_MAX);
    expect_covered(3600, 3600 + 60, 60); /* too short to be kept */
    expect_covered(3660, 3660 + 3600, 0);
}

static void expect_way(double north1, double east1, double north2, double east2, double metres, double tolerance)
{
    const struct position from = {(int32_t)lround(north1 * 1e7), (int32_t)lround(east1 * 1e7)};
    const struct position to = {(int32_t)lround(north2 * 1e7), (int32_t)lround(east2 * 1e7)};
    double found = distance_ellipsoid(from, to), back = distance_ellipsoid(to, from);
    if (fabs(found - metres) > tolerance || fabs(back - metres) > tolerance)
        fail_msg("%.4f and back %.4f, not %.4f", found, back, metres);
}

/* Flinders Peak to Buninyong as Geoscience Australia has it (GDA94, whose ellipsoid is that of WGS84 to 0.1 mm);
 * degrees of the meridian and of the equator by their formulas; halves of the meridian. */
static void known_ways(void **state)
{
    expect_way(-37.9510334167, 144.4248678889, -37.6528211389, 143.9264955278, 54972.271, 0.02);
    expect_way(0, 0, 0, 1, 111319.4908, 0.001);
    expect_way(0, 179.5, 0, -179.5, 111319.4908, 0.001);
    expect_way(0, 0, 1, 0, 110574.3886, 0.001);
    expect_way(0, 0, 90, 0, 10001965.7293, 0.001);
    expect_way(90, 0, -90, 77, 20003931.4586, 0.001);
    expect_way(41.5, 2.5, 41.51, 2.5, 1110.6368, 0.001);
    expect_way(41.5, 2.5, 41.5, 2.5, 0, 0);
    expect_way(60, 10, 60, 10.05, 2790.1, 0.1);
}

/* Where the short form ends both say the same. */
static void both_forms_meet(void **state)
{
    for (double north = -69; north <= 69; north += 23)
        for (double share = 0; share <= 1; share += 0.25) {
            const struct position from = {(int32_t)lround(north * 1e7), 0};
            const struct position near = {from.latitude + (int32_t)(1e6 * share), (int32_t)(1e6 * (1 - share))};
            const struct position half = {from.latitude + (int32_t)(2e6 * share), (int32_t)(2e6 * (1 - share))};
            double whole = distance_ellipsoid(from, half);
            double parts = distance_ellipsoid(from, near) + distance_ellipsoid(near, half);
            assert_true(fabs(whole - parts) < 0.2); /* the parts are no geodesic */
            const struct position over = {from.latitude + 1, 1000001};
            double inside = distance_ellipsoid(from, (struct position){from.latitude + 1, 1000000});
            assert_true(fabs(distance_ellipsoid(from, over) - inside) < 0.02);
        }
}

/* Where the formula of Vincenty converges slowly or not at all. */
static void opposite_sides_of_the_earth(void **state)
{
    expect_way(0, 0, 0.5, 179.5, 19936288.579, 20000);
    expect_way(0, 0, 0.5, 179.7, 19944127.421, 20000);
    expect_way(0, 0, 0, 180, 20003931.4586, 40000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_conversation),
        TEST(two_conversations_in_turns),
        TEST(three_conversations_in_turns),
        TEST(in_turns_but_not_at_once),
        TEST(two_servers_of_one_device),
        TEST(a_clock_that_is_set_back),
        TEST(what_did_not_last_is_no_jump),
        TEST(a_small_step_is_no_jump),
        TEST(a_zone),
        TEST(a_zone_that_comes_back_is_told_again),
        TEST(wrong_dates),
        TEST(commands_and_answers),
        TEST(a_report_that_answers_is_an_answer),
        TEST(a_report_of_a_tag_that_answers_is_an_answer),
        TEST(an_answer_without_ok_changes_nothing),
        TEST(the_relay_of_gotop),
        TEST(without_any_time_of_the_capture),
        TEST(parameters),
        TEST(what_the_capture_saw),
        TEST(a_wild_date_hides_nothing),
        TEST(clocks_that_are_set),
        TEST(many_gaps_are_thinned_out),
        TEST(known_ways),
        TEST(both_forms_meet),
        TEST(opposite_sides_of_the_earth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
