/* SPDX-License-Identifier: GPL-2.0-or-later
 * What device times say of a clock: a constant zone (docs/PROTOCOL.md 10.6) and a GPS week number that began anew. */
#include "stream_check.h"

#define A "devices/" ID_A ".csv"

/* A gotop report at so many seconds after noon (06:00:00 UTC of 2024-05-17), its clock so many seconds ahead of UTC. */
static void feed_ahead(int64_t second, int64_t ahead, char validity)
{
    g_autoptr(GDateTime) clock = g_date_time_new_from_unix_utc(NOON / SECOND + second + ahead);
    g_autofree char *stamp = g_date_time_format(clock, "DATE:%y%m%d,TIME:%H%M%S");
    g_autofree char *text = g_strdup_printf("#%s,CMD-T,%c,%s,LAT:50.0000000N,LOT:010.0000000E,Speed:000.0,84-20,000#",
                                            ID_A, validity, stamp);
    feed(0, UP, second, text);
}

static void expect_finding(unsigned n, const char *text, unsigned rows)
{
    char found[CLOCK_TEXT_SIZE];
    uint64_t count;
    bool is = clock_finding(&devices_get(devices, ID_A)->clock, n, found, &count);
    assert_int_equal(is, text != NULL);
    if (text) {
        assert_string_equal(found, text);
        assert_int_equal(count, rows);
    }
}

static void a_clock_ahead_is_known_from_the_third_report_on(void **state)
{
    static const int64_t off[] = {-120, 120, -3, 0, -121, 0}; /* within two minutes */
    for (int64_t i = 0; i < (int64_t)G_N_ELEMENTS(off); i++)
        feed_ahead(i * 300, 28800 + off[i], 'A');
    finish();
    expect_cells(A, "flags", "- | - | clock_offset | clock_offset | - | clock_offset");
    expect_finding(0, "device clock looks like UTC+08:00", 3);
    expect_finding(1, NULL, 0);
}

static void zones_of_a_quarter_of_an_hour(void **state)
{
    for (int64_t i = 0; i < 3; i++)
        feed_ahead(i * 60, 20700, 'A');
    finish();
    expect_finding(0, "device clock looks like UTC+05:45", 1);
}

/* A report sent late looks like a clock in the west: only where the difference stays while time goes on. */
static void a_clock_behind_needs_time(void **state)
{
    for (int64_t i = 0; i < 7; i++)
        feed_ahead(i * 60, -18000, 'A');
    finish();
    expect_cells(A, "flags", "- | - | - | - | - | clock_offset | clock_offset");
    expect_finding(0, "device clock looks like UTC-05:00", 2);
}

static void a_backlog_sent_at_once_is_no_zone(void **state)
{
    for (int64_t i = 0; i < 6; i++)
        feed_ahead(i, -3600 + 29 * i, 'A');
    finish();
    expect_finding(0, NULL, 0);
}

/* Two hours and a half late, a minute apart when they were made. */
static void a_backlog_of_a_clock_ahead_is_no_zone(void **state)
{
    for (int64_t i = 0; i < 6; i++)
        feed_ahead(i * 100, 28800, 'A');
    for (int64_t i = -3; i < 3; i++)
        feed_ahead(10000, 28800 - 9000 + 59 * i, 'A');
    feed_ahead(10060, 28800, 'A');
    finish();
    expect_cells(
        A, "flags",
        "- | - | clock_offset | clock_offset | clock_offset | clock_offset | - | - | - | - | - | - | clock_offset");
    expect_finding(0, "device clock looks like UTC+08:00", 5);
    expect_finding(1, NULL, 0);
}

/* One is made each ten seconds and sent each twenty: it is later and later. */
static void a_line_that_is_too_slow_makes_no_zones(void **state)
{
    for (int64_t i = 0; i < 10; i++)
        feed_ahead(i * 20, 28800, 'A');
    for (int64_t i = 0; i < 300; i++)
        feed_ahead(200 + i * 20, 28800 - i * 10, 'A');
    finish();
    expect_finding(0, "device clock looks like UTC+08:00", 8 + 13);
    expect_finding(1, NULL, 0);
}

static void only_current_fixes_of_gotop_count(void **state)
{
    for (int64_t i = 0; i < 4; i++)
        feed_ahead(i * 60, 28800, 'V');
    for (int index = 'A'; index < 'E'; index++)
        feed_startek(0, UP, 300, (char)index,
                     "000,0,,240517140500,A,41.123457,2.765432,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,001D,02,"
                     "00,0512|0199");
    finish();
    expect_finding(0, NULL, 0);
    assert_int_equal(devices_get(devices, ID_B)->context & CONTEXT_BIT(CLOCK_OFFSET), 0);
}

static void a_right_clock_is_no_finding(void **state)
{
    for (int64_t i = 0; i < 4; i++)
        feed_ahead(i * 60, -2, 'A');
    finish();
    expect_finding(0, NULL, 0);
    expect_cells(A, "flags", "- | - | - | -");
}

static void two_zones_are_two_findings(void **state)
{
    for (int64_t i = 0; i < 3; i++)
        feed_ahead(i * 60, 3600, 'A');
    for (int64_t i = 3; i < 7; i++)
        feed_ahead(i * 60, 7200, 'A');
    finish();
    expect_finding(0, "device clock looks like UTC+01:00", 1);
    expect_finding(1, "device clock looks like UTC+02:00", 2);
    expect_finding(2, NULL, 0);
}

/* 7168 days, give or take one. */
static void a_week_number_that_began_anew(void **state)
{
    feed_ahead(0, -7168 * INT64_C(86400), 'A');
    feed_ahead(60, -7169 * INT64_C(86400), 'A');
    feed_ahead(120, -7167 * INT64_C(86400), 'V');
    feed_ahead(180, -7169 * INT64_C(86400) - 1, 'A');
    finish();
    g_autofree char *text = read_file(A);
    unsigned flagged = 0;
    for (const char *p = text; (p = strstr(p, "week_rollover")) != NULL; p++)
        flagged++;
    assert_int_equal(flagged, 3);
    expect_finding(0, "device date is behind by 1024 GPS weeks", 3);
    expect_finding(1, NULL, 0);
}

#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLOCK_TEST(a_clock_ahead_is_known_from_the_third_report_on),
        CLOCK_TEST(zones_of_a_quarter_of_an_hour),
        CLOCK_TEST(a_clock_behind_needs_time),
        CLOCK_TEST(a_backlog_sent_at_once_is_no_zone),
        CLOCK_TEST(a_backlog_of_a_clock_ahead_is_no_zone),
        CLOCK_TEST(a_line_that_is_too_slow_makes_no_zones),
        CLOCK_TEST(only_current_fixes_of_gotop_count),
        CLOCK_TEST(a_right_clock_is_no_finding),
        CLOCK_TEST(two_zones_are_two_findings),
        CLOCK_TEST(a_week_number_that_began_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
