/* SPDX-License-Identifier: GPL-2.0-or-later
 * Wrong dates, clocks that go back, stored reports and fixes at 0/0 (docs/CLOCKS.md): from tables of capture time,
 * device time and validity to the order and the flags of the rows. */
#include "stream_check.h"

#include <math.h>

#define A "devices/" ID_A ".csv"
#define B "devices/" ID_B ".csv"

#define MINUTE INT64_C(60)
#define HOUR   INT64_C(3600)
#define DAY    INT64_C(86400)
/* The year has days enough for this. */
#define TEN_YEARS (INT64_C(3652) * DAY)

/* Seconds after noon, which is 06:00:00 UTC. */
struct sent {
    int64_t captured, device;
    char validity;
};

static char *stamp(int64_t second, const char *format)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(NOON / SECOND + second);
    return g_date_time_format(time, format);
}

static void feed_gotop(const struct sent *sent, const char *latitude)
{
    g_autofree char *time = stamp(sent->device, "DATE:%y%m%d,TIME:%H%M%S");
    g_autofree char *text = g_strdup_printf("#%s,CMD-T,%c,%s,LAT:%sN,LOT:010.0000000E,Speed:000.0,84-20,000#", ID_A,
                                            sent->validity, time, latitude);
    feed(0, UP, sent->captured, text);
}

static void feed_utc(const struct sent *sent)
{
    g_autofree char *time = stamp(sent->device, "%y%m%d%H%M%S");
    g_autofree char *content = g_strdup_printf("000,0,,%s,%c,41.5,2.5,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,"
                                               "001D,02,00,0512|0199",
                                               time, sent->validity);
    feed_startek(0, UP, sent->captured, 'A', content);
}

/* The rows of the device, in their order: numbers of packets with flags. */
static void expect_gotop(const struct sent *sent, size_t count, const char *rows)
{
    for (size_t i = 0; i < count; i++)
        feed_gotop(&sent[i], "50.0000000");
    finish();
    expect_cells(A, "packets flags", rows);
}

static void expect_utc(const struct sent *sent, size_t count, const char *rows)
{
    for (size_t i = 0; i < count; i++)
        feed_utc(&sent[i]);
    finish();
    expect_cells(B, "packets flags", rows);
}

static void expect_times(const char *id, int64_t first, int64_t last)
{
    const struct device *device = devices_get(devices, id);
    assert_int_equal(device->first_time, NOON / SECOND + first);
    assert_int_equal(device->last_time, NOON / SECOND + last);
}

static void one_date_ten_years_ahead(void **state)
{
    static const struct sent sent[] = {
        {0, 0, 'A'}, {60, 60, 'A'}, {120, TEN_YEARS, 'A'}, {180, 180, 'A'}, {240, 240, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 future_time | 4 - | 5 -");
    expect_times(ID_B, 0, 240);
}

static void several_dates_ahead_each_another_one(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'},         {60, 60, 'A'},         {120, TEN_YEARS, 'A'},
                                       {180, 3 * DAY, 'A'}, {240, 700 + 240, 'A'}, {300, 300, 'A'},
                                       {360, 360, 'A'},     {420, DAY + 420, 'A'}, {480, 480, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent),
               "1 - | 2 - | 3 future_time | 4 future_time | 5 future_time | 6 - | 7 - | 8 future_time | 9 -");
    expect_times(ID_B, 0, 480);
}

/* Ten minutes are the limit of a clock that is UTC. */
static void ten_minutes_ahead_are_no_wrong_date(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'}, {60, 60, 'A'}, {120, 720, 'A'}, {180, 780, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 - | 4 -");
}

static void wrong_dates_at_the_beginning(void **state)
{
    static const struct sent sent[] = {
        {0, TEN_YEARS, 'V'}, {10, TEN_YEARS, 'A'}, {20, TEN_YEARS + 10, 'A'}, {60, 60, 'A'}, {120, 120, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 future_time;stale_fix | 2 future_time | 3 future_time | 4 - | 5 -");
    expect_times(ID_B, 60, 120);
}

static void a_last_known_time_ahead_at_the_beginning(void **state)
{
    static const struct sent sent[] = {{0, DAY, 'V'}, {60, 60, 'A'}, {120, 120, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 future_time;stale_fix | 2 - | 3 -");
    expect_times(ID_B, 60, 120);
}

static void wrong_dates_at_the_end(void **state)
{
    static const struct sent sent[] = {
        {0, 0, 'A'}, {60, 60, 'A'}, {120, DAY + 120, 'A'}, {180, DAY + 180, 'A'}, {240, DAY, 'V'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 future_time | 4 future_time | 5 future_time;stale_fix");
    expect_times(ID_B, 0, 60);
}

/* A zone explains fifteen hours at most. */
static void gotop_a_day_ahead(void **state)
{
    static const struct sent sent[] = {
        {0, 2 * HOUR, 'A'},         {60, 2 * HOUR + 60, 'A'},   {120, 2 * HOUR + DAY + 120, 'A'},
        {180, 2 * HOUR + 180, 'A'}, {240, 2 * HOUR + DAY, 'V'}, {300, 2 * HOUR + 300, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent),
                 "1 - | 2 - | 3 future_time | 4 clock_offset | 5 future_time;stale_fix | 6 clock_offset");
    expect_times(ID_A, 2 * HOUR, 2 * HOUR + 300);
}

/* UTC-12: a day ahead of that is half a day ahead of the capture. */
static void gotop_a_day_ahead_of_a_zone_in_the_west(void **state)
{
    static const struct sent sent[] = {{0, -12 * HOUR, 'A'},
                                       {200, -12 * HOUR + 200, 'A'},
                                       {400, -12 * HOUR + 400, 'A'},
                                       {600, 12 * HOUR + 600, 'A'},
                                       {800, -12 * HOUR + 800, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 clock_offset | 4 future_time | 5 clock_offset");
}

/* Less than the zones reach: wrong where the clock came back to a level that had persisted. */
static void gotop_an_hour_ahead_among_a_level_that_persists(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'},     {200, 200, 'A'},  {400, 400, 'A'}, {600, HOUR + 600, 'A'},
                                       {800, 800, 'A'}, {1000, 1000, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 - | 4 future_time | 5 - | 6 -");
}

static void a_zone_that_begins_at_the_end_is_no_wrong_date(void **state)
{
    static const struct sent sent[] = {
        {0, 0, 'A'}, {200, 200, 'A'}, {400, 400, 'A'}, {600, HOUR + 600, 'A'}, {800, HOUR + 800, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 - | 4 - | 5 -");
}

/* Some device is always ahead: nothing contradicts it, and the clock of the capture may be the wrong one. */
static void all_ahead_is_no_wrong_date(void **state)
{
    static const struct sent sent[] = {{0, DAY, 'A'}, {60, DAY + 60, 'A'}, {120, DAY + 120, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 -");
}

/* The capture is twenty minutes late; one report was stored. */
static void a_late_clock_of_the_capture_makes_no_wrong_dates(void **state)
{
    static const struct sent sent[] = {{0, 1200, 'A'},   {200, 1400, 'A'}, {400, 1600, 'A'}, {410, 300, 'A'},
                                       {600, 1800, 'A'}, {610, 400, 'A'},  {800, 2000, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "4 stored | 6 stored | 1 - | 2 - | 3 - | 5 - | 7 -");
}

/* The clock of the capture goes back by an hour: the packets' numbers tell. */
static void a_capture_that_goes_back_changes_nothing(void **state)
{
    static const struct sent sent[] = {
        {HOUR, HOUR, 'A'}, {HOUR + 60, HOUR + 60, 'A'}, {120, HOUR + 120, 'A'}, {180, HOUR + 180, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 - | 4 -");
}

static void a_date_far_back_is_stored(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'}, {60, 60, 'A'}, {120, -TEN_YEARS, 'A'}, {180, 180, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "3 stored | 1 - | 2 - | 4 -");
    expect_times(ID_B, -TEN_YEARS, 180);
}

/* A wrong date that is sent twice. */
static void a_duplicate_of_a_wrong_date(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'}, {60, 60, 'A'}, {120, DAY, 'A'}, {121, DAY, 'A'}, {180, 180, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 future_time | 4 duplicate;future_time | 5 -");
}

static void a_clock_that_goes_back_an_hour(void **state)
{
    static const struct sent sent[] = {{0, 2 * HOUR, 'A'},      {300, 2 * HOUR + 300, 'A'}, {600, 2 * HOUR + 600, 'A'},
                                       {900, HOUR + 900, 'A'},  {1200, HOUR + 1200, 'A'},   {1500, HOUR + 1500, 'A'},
                                       {4500, HOUR + 4500, 'A'}};
    for (size_t i = 0; i < G_N_ELEMENTS(sent); i++) { /* 0.01 degrees a step */
        g_autofree char *latitude = g_strdup_printf("50.%02u00000", (unsigned)i);
        feed_gotop(&sent[i], latitude);
    }
    finish();
    expect_cells(A, "packets flags", "1 - | 2 - | 3 clock_offset | 4 - | 5 - | 6 clock_offset | 7 clock_offset");
    const struct device *device = devices_get(devices, ID_A);
    assert_true(fabs(device->distance - 6 * 1111.95) < 1);
    char text[CLOCK_TEXT_SIZE];
    uint64_t rows;
    assert_true(clock_finding(&device->clock, 0, text, &rows));
    assert_string_equal(text, "device clock looks like UTC+02:00");
    assert_true(clock_finding(&device->clock, 1, text, &rows));
    assert_string_equal(text, "device clock looks like UTC+01:00");
    assert_false(clock_finding(&device->clock, 2, text, &rows));
}

/* By command, forth and back and further back: three stretches begin, two of them with a clock that goes back. */
static void a_zone_that_is_changed_by_command(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'},
                                       {200, 200, 'A'},
                                       {400, 400, 'A'},
                                       {600, 8 * HOUR + 600, 'A'},
                                       {800, 8 * HOUR + 800, 'A'},
                                       {1000, 8 * HOUR + 1000, 'A'},
                                       {1200, 1200, 'A'},
                                       {1400, 1400, 'A'},
                                       {1600, 1600, 'A'},
                                       {1800, 1800 - HOUR, 'A'},
                                       {2000, 2000 - HOUR, 'A'},
                                       {2200, 2200 - HOUR, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent),
                 "1 - | 2 - | 3 - | 4 - | 5 - | 6 clock_offset | 7 - | 8 - | 9 - | 10 - | 11 - | 12 clock_offset");
}

/* A clock of UTC that was eight minutes ahead is set. */
static void a_utc_clock_that_is_set(void **state)
{
    static const struct sent sent[] = {{0, 480, 'A'},   {60, 540, 'A'},  {120, 600, 'A'},
                                       {180, 180, 'A'}, {340, 340, 'A'}, {500, 500, 'A'}};
    expect_utc(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 3 - | 4 - | 5 - | 6 -");
}

/* Two are too few, and so is less than five minutes. */
static void what_does_not_persist_is_stored(void **state)
{
    static const struct sent sent[] = {
        {0, HOUR, 'A'}, {300, HOUR + 300, 'A'}, {600, HOUR + 600, 'A'}, {900, 900, 'A'}, {1300, 1300, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "4 stored | 5 stored | 1 - | 2 - | 3 clock_offset");
}

/* Sent late, a live one between them: each time the clock is where it was. */
static void stored_reports_among_live_ones(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'},      {200, 200, 'A'},  {2000, 2000, 'A'},
                                       {2001, 400, 'A'}, {2150, 550, 'A'}, {2200, 2200, 'A'},
                                       {2300, 700, 'A'}, {2450, 850, 'A'}, {2500, 2500, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "1 - | 2 - | 4 stored | 5 stored | 7 stored | 8 stored | 3 - | 6 - | 9 -");
}

/* The same from the first packet on: the oldest comes first, and nothing is known of the clock yet. */
static void stored_reports_among_live_ones_at_the_beginning(void **state)
{
    static const struct sent sent[] = {{0, -7200, 'A'}, {1, 1, 'A'},      {2, -7100, 'A'},
                                       {61, 61, 'A'},   {62, -7000, 'A'}, {121, 121, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "1 - | 3 stored | 5 stored | 2 - | 4 - | 6 -");
}

/* At once after a silence, then live ones. */
static void a_backlog_after_a_silence(void **state)
{
    static const struct sent sent[] = {{0, 0, 'A'},       {7200, 7200, 'A'}, {7201, 600, 'A'}, {7202, 1200, 'A'},
                                       {7203, 1800, 'A'}, {7204, 2400, 'A'}, {7260, 7260, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "1 - | 3 stored | 4 stored | 5 stored | 6 stored | 2 - | 7 -");
}

/* Behind a clock that went back: what is older than that stands in the stretch before. */
static void stored_reports_behind_a_clock_that_went_back(void **state)
{
    static const struct sent sent[] = {{0, HOUR, 'A'},    {300, HOUR + 300, 'A'}, {600, HOUR + 600, 'A'},
                                       {900, 900, 'A'},   {1200, 1200, 'A'},      {1500, 1500, 'A'},
                                       {1510, 1350, 'A'}, {1520, 800, 'A'}};
    expect_gotop(sent, G_N_ELEMENTS(sent), "8 stored | 1 - | 2 - | 3 clock_offset | 4 - | 5 - | 7 stored | 6 -");
}

/* They were found behind those of the next connection: in a hole before a reset. */
static void what_is_decided_late_is_judged_by_its_capture(void **state)
{
    static const struct sent late[] = {{0, 0, 'A'}, {60, 60, 'A'}}, soon[] = {{100, 100, 'A'}, {160, 160, 'A'}};
    packet_number = 2;
    feed_gotop(&soon[0], "50.0000000");
    feed_gotop(&soon[1], "50.0000000");
    packet_number = 0;
    feed_gotop(&late[0], "50.0000000");
    feed_gotop(&late[1], "50.0000000");
    finish();
    expect_cells(A, "packets flags", "1 - | 2 - | 3 - | 4 -");
}

/* What is not chosen tells of the clock all the same. */
static void what_is_not_chosen_tells_all_the_same(void **state)
{
    static const struct sent sent[] = {{0, HOUR, 'A'},  {300, HOUR + 300, 'A'}, {600, HOUR + 600, 'A'},
                                       {900, 900, 'A'}, {1200, 1200, 'A'},      {1500, 1500, 'A'}};
    options.since = NOON + 900 * SECOND;
    options.until = NOON + 1200 * SECOND;
    expect_gotop(sent, G_N_ELEMENTS(sent), "4 - | 5 -");
    assert_int_equal(devices_get(devices, ID_A)->context, 0);
    expect_times(ID_A, 900, 1200);
}

static void a_fix_at_zero_leads_nowhere(void **state)
{
    static const char *const latitudes[] = {"00.0000000", "00.5000000", "00.0000000", "00.5000000"};
    for (unsigned i = 0; i < G_N_ELEMENTS(latitudes); i++) {
        g_autofree char *text = g_strdup_printf("#%s,CMD-T,%c,DATE:240517,TIME:06000%u,LAT:%sN,LOT:000.0000000E,"
                                                "Speed:000.0,84-20,000#",
                                                ID_A, i == 3 ? 'V' : 'A', i, latitudes[i]);
        feed(0, UP, i, text);
    }
    feed(0, UP, 5, "#" ID_A ",CMD-T,V,DATE:240517,TIME:060005,LAT:00.0N,LOT:000.0E,Speed:000.0,84-20,000#");
    finish();
    expect_cells(A, "packets flags", "1 null_island | 2 - | 3 null_island | 4 stale_fix | 5 stale_fix");
    assert_true(devices_get(devices, ID_A)->distance == 0);
}

/* Beyond what is kept the marks are counted. */
static void marks_are_bounded(void **state)
{
    struct hindsight hindsight;
    const int64_t second = 1000000000, start = 1700000000;
    uint64_t rank = 0;
    hindsight_init(&hindsight, true);
    for (int64_t i = 0; i < HINDSIGHT_MARKS + 10; i++) {
        struct said said = {
            .captured = (start + 400 * i) * second, .second = start + 400 * i, .timed = true, .fix = true};
        for (int n = 0; n < 4; n++, said.captured += 100 * second, said.second += 100)
            hindsight_note(&hindsight, &said, rank++);
        said.captured -= 50 * second;
        said.second += TEN_YEARS;
        hindsight_note(&hindsight, &said, rank++);
    }
    hindsight_finish(&hindsight);
    assert_int_equal(hindsight.wrong[0]->len, HINDSIGHT_MARKS);
    assert_true(hindsight.unmarked >= 9 && hindsight.unmarked <= 10); /* the last one may not be decided */
    hindsight_clear(&hindsight);
}

#define JUDGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(one_date_ten_years_ahead),
        JUDGE_TEST(several_dates_ahead_each_another_one),
        JUDGE_TEST(ten_minutes_ahead_are_no_wrong_date),
        JUDGE_TEST(wrong_dates_at_the_beginning),
        JUDGE_TEST(a_last_known_time_ahead_at_the_beginning),
        JUDGE_TEST(wrong_dates_at_the_end),
        JUDGE_TEST(gotop_a_day_ahead),
        JUDGE_TEST(gotop_a_day_ahead_of_a_zone_in_the_west),
        JUDGE_TEST(gotop_an_hour_ahead_among_a_level_that_persists),
        JUDGE_TEST(a_zone_that_begins_at_the_end_is_no_wrong_date),
        JUDGE_TEST(all_ahead_is_no_wrong_date),
        JUDGE_TEST(a_late_clock_of_the_capture_makes_no_wrong_dates),
        JUDGE_TEST(a_capture_that_goes_back_changes_nothing),
        JUDGE_TEST(a_date_far_back_is_stored),
        JUDGE_TEST(a_duplicate_of_a_wrong_date),
        JUDGE_TEST(a_clock_that_goes_back_an_hour),
        JUDGE_TEST(a_zone_that_is_changed_by_command),
        JUDGE_TEST(a_utc_clock_that_is_set),
        JUDGE_TEST(what_does_not_persist_is_stored),
        JUDGE_TEST(stored_reports_among_live_ones),
        JUDGE_TEST(stored_reports_among_live_ones_at_the_beginning),
        JUDGE_TEST(a_backlog_after_a_silence),
        JUDGE_TEST(stored_reports_behind_a_clock_that_went_back),
        JUDGE_TEST(what_is_decided_late_is_judged_by_its_capture),
        JUDGE_TEST(what_is_not_chosen_tells_all_the_same),
        JUDGE_TEST(a_fix_at_zero_leads_nowhere),
        cmocka_unit_test(marks_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
