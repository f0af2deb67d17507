/* SPDX-License-Identifier: GPL-2.0-or-later
 * Courses of values in bounded memory, and the axis of time that is made of them. */
#include "derived/axis.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HOUR 3600
#define DAY  86400

static void check_order(const struct bins *bins)
{
    for (unsigned i = 0; i < bins->count; i++) {
        assert_true(bins->all[i].begin <= bins->all[i].end);
        assert_true(bins->all[i].begin >= bins->all[i].at * bins->width);
        assert_true(bins->all[i].end < (bins->all[i].at + 1) * bins->width);
        if (i > 0)
            assert_true(bins->all[i].at > bins->all[i - 1].at);
    }
}

static void test_few_values_stay_as_they_are(void **state)
{
    struct bins *bins = bins_new();
    for (int i = 0; i < BINS_MAX; i++)
        bins_add(bins, 100 * i, i);
    assert_int_equal(bins->count, BINS_MAX);
    assert_int_equal(bins->width, 1);
    for (int i = 0; i < BINS_MAX; i++)
        assert_true(bins->all[i].begin == 100 * i && bins->all[i].least == (float)i && bins->all[i].count == 1);
    bins_free(bins);
}

static void test_no_extreme_is_lost(void **state)
{
    struct bins *bins = bins_new();
    uint64_t count = 0;
    for (int i = 0; i < 100000; i++)
        bins_add(bins, i, i == 54321 ? 1000 : i == 65432 ? -1000 : i % 7);
    check_order(bins);
    float least = INFINITY, greatest = -INFINITY;
    for (unsigned i = 0; i < bins->count; i++) {
        least = fminf(least, bins->all[i].least);
        greatest = fmaxf(greatest, bins->all[i].greatest);
        count += bins->all[i].count;
        if (bins->all[i].greatest == 1000)
            assert_true(bins->all[i].begin <= 54321 && bins->all[i].end >= 54321);
    }
    assert_true(least == -1000 && greatest == 1000);
    assert_int_equal(count, 100000);
    assert_true(bins->all[0].first == 0 && bins->all[bins->count - 1].last == (float)(99999 % 7));
    bins_free(bins);
}

static void test_times_before_1970_and_out_of_order(void **state)
{
    struct bins *bins = bins_new();
    for (int i = 0; i < 20000; i++)
        bins_add(bins, (i * 7919) % 20000 - 10000, (i * 7919) % 20000);
    check_order(bins);
    for (unsigned i = 0; i < bins->count; i++) {
        assert_true(bins->all[i].first == (float)(bins->all[i].begin + 10000));
        assert_true(bins->all[i].last == (float)(bins->all[i].end + 10000));
    }
    bins_free(bins);
}

static void test_one_date_far_away_costs_nothing(void **state)
{
    struct bins *bins = bins_new();
    bins_add(bins, -INT64_C(3600) * DAY, 1);
    for (int i = 0; i < 1000; i++)
        bins_add(bins, i, i);
    assert_int_equal(bins->width, 1);
    assert_int_equal(bins->count, 1001);
    bins_free(bins);
}

static void test_a_silence_parts_what_stands_around_it(void **state)
{
    struct bins *bins = bins_new();
    for (int i = 0; i < 10; i++)
        bins_add(bins, i < 5 ? i * 60 : i * 60 + DAY, i);
    bins_part(bins, 240, 300 + DAY);
    for (unsigned i = 0; i < bins->count; i++)
        assert_int_equal(bins->all[i].apart, i == 5);
    bins_free(bins);
}

/* Reports every minute, so many from each of the hours. */
static void fill(struct bins *bins, const int64_t *hours, unsigned count, int minutes)
{
    for (unsigned i = 0; i < count; i++)
        for (int n = 0; n < minutes; n++)
            bins_add(bins, hours[i] * HOUR + n * 60, 1);
}

static unsigned pieces(const int64_t *hours, unsigned count, int minutes)
{
    struct bins *bins = bins_new();
    struct axis axis;
    fill(bins, hours, count, minutes);
    axis_set(&axis, bins, 100, 700);
    for (unsigned i = 0; i < axis.count; i++) {
        assert_true(axis.pieces[i].from < axis.pieces[i].until && axis.pieces[i].left < axis.pieces[i].right);
        if (i > 0)
            assert_true(axis.pieces[i].left > axis.pieces[i - 1].right);
    }
    assert_true(fabs(axis.pieces[0].left - 100) < 0.01 && fabs(axis.pieces[axis.count - 1].right - 700) < 0.01);
    double x;
    for (unsigned i = 0; i < bins->count; i++)
        assert_true(axis_place(&axis, bins->all[i].begin, &x) && x >= 100 - 0.01 && x <= 700 + 0.01);
    bins_free(bins);
    return axis.count;
}

static void test_only_long_empty_time_is_cut_out(void **state)
{
    const int64_t once[] = {0}, silence[] = {0, 2}, week[] = {0, 48, 96}, wrong[] = {-90000, 0}, night[] = {0, 20};
    assert_int_equal(pieces(once, 1, 1), 1);
    assert_int_equal(pieces(once, 1, 600), 1);
    assert_int_equal(pieces(silence, 2, 60), 1); /* an hour of silence stays */
    assert_int_equal(pieces(week, 3, 60), 3);
    assert_int_equal(pieces(wrong, 2, 60), 2);
    assert_int_equal(pieces(night, 2, 720), 1); /* eight hours beside twice twelve */
    int64_t days[30];
    for (int i = 0; i < 30; i++)
        days[i] = 24 * i;
    assert_int_equal(pieces(days, 30, 60), 1); /* nights are no more than what comes again */
}

static void test_a_span_is_what_is_inside(void **state)
{
    struct bins *bins = bins_new();
    struct axis axis;
    double left, right;
    const int64_t week[] = {0, 48};
    fill(bins, week, 2, 61);
    axis_set(&axis, bins, 0, 1000);
    assert_int_equal(axis.count, 2);
    assert_false(axis_span(&axis, 2 * HOUR, 40 * HOUR, &left, &right));
    assert_true(axis_span(&axis, HOUR / 2, 40 * HOUR, &left, &right));
    assert_true(fabs(right - axis.pieces[0].right) < 0.01 && left < right);
    assert_true(axis_span(&axis, -HOUR, 100 * HOUR, &left, &right));
    assert_true(left == 0 && fabs(right - 1000) < 0.01);
    bins_free(bins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_values_stay_as_they_are),
        cmocka_unit_test(test_no_extreme_is_lost),
        cmocka_unit_test(test_times_before_1970_and_out_of_order),
        cmocka_unit_test(test_one_date_far_away_costs_nothing),
        cmocka_unit_test(test_a_silence_parts_what_stands_around_it),
        cmocka_unit_test(test_only_long_empty_time_is_cut_out),
        cmocka_unit_test(test_a_span_is_what_is_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
