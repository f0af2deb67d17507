/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where a device was, for drawing: bounded, no way twice, nothing joined that no vehicle joins. */
#include "derived/trail.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct trail_options options = {.silence = 3600, .speed = 300, .near = 1000};

static struct trail *begin(void)
{
    struct trail *trail = g_new(struct trail, 1);
    trail_init(trail, &options);
    return trail;
}

/* Degrees. */
static void go(struct trail *trail, int64_t second, double latitude, double longitude)
{
    const struct trail_fix fix = {.position = {(int32_t)lround(latitude * 1e7), (int32_t)lround(longitude * 1e7)},
                                  .second = second,
                                  .row = trail->fixes + 1,
                                  .speed = -1,
                                  .course = -1};
    trail_add(trail, &fix);
}

static unsigned drawn_strands(const struct trail *trail)
{
    unsigned count = 0;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        count += trail->strands[i].fixes > 0 && trail_strand(trail, trail->strands[i].id) >= 0;
    return count;
}

/* Begins each edge where an edge ends? The first place of a strand is an edge of its own. */
static void check_joined(const struct trail *trail)
{
    g_autoptr(GHashTable) ends = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (unsigned i = 0; i < trail->count; i++) {
        const struct trail_edge *edge = &trail->edges[i];
        gint64 key[2];
        for (int n = 0; n < 2; n++) {
            const struct position *at = n == 0 ? &edge->from : &edge->to;
            key[n] = (gint64)at->latitude * (INT64_C(1) << 32) + at->longitude;
        }
        if (i > 0)
            assert_true(g_hash_table_contains(ends, &key[0]));
        gint64 *end = g_new(gint64, 1);
        *end = key[1];
        g_hash_table_add(ends, end);
    }
}

static void test_a_way_that_is_gone_again_is_drawn_once(void **state)
{
    struct trail *trail = begin();
    for (int lap = 0; lap < 500; lap++)
        for (int n = 0; n < 100; n++)
            go(trail, (lap * 100 + n) * 60, 41 + 0.01 * sin(n * 0.0628318530717958),
               2 + 0.01 * cos(n * 0.0628318530717958));
    assert_int_equal(trail->count, 101);
    assert_int_equal(trail->cell, 100);
    assert_int_equal(trail->fixes, 50000);
    g_free(trail);
}

static void test_a_long_way_stays_bounded_and_joined(void **state)
{
    struct trail *trail = begin();
    double latitude = 41, longitude = 2;
    uint32_t random = 1;
    for (int n = 0; n < 200000; n++) {
        random = random * 1664525 + 1013904223;
        latitude += ((random >> 8 & 0xff) - 127.5) / 400000;
        longitude += ((random >> 16 & 0xff) - 127.5) / 400000;
        go(trail, n * 10, latitude, longitude);
    }
    assert_true(trail->count <= TRAIL_EDGES);
    assert_true(trail->cell > 100);
    check_joined(trail);
    assert_int_equal(drawn_strands(trail), 1);
    assert_int_equal(trail->strands[0].last.row, 200000);
    assert_true(trail->mark_count >= TRAIL_MARKS / 2 && trail->mark_count <= TRAIL_MARKS);
    for (unsigned i = 1; i < trail->mark_count; i++)
        assert_int_equal(trail->marks[i].row - trail->marks[i - 1].row, trail->mark_step);
    g_free(trail);
}

static void test_a_single_wrong_fix_is_counted_and_not_drawn(void **state)
{
    struct trail *trail = begin();
    for (int n = 0; n < 20; n++)
        go(trail, n * 60, n == 9 ? -33 : 41 + n * 0.001, n == 9 ? 151 : 2);
    assert_int_equal(drawn_strands(trail), 1);
    assert_int_equal(trail_left_out(trail), 1);
    g_free(trail);
}

static void test_two_places_are_two_strands(void **state)
{
    struct trail *trail = begin();
    for (int n = 0; n < 4; n++)
        go(trail, n * 60, n % 2 ? 41 : 48, 2);
    assert_int_equal(drawn_strands(trail), 2);
    assert_int_equal(trail_left_out(trail), 0);
    assert_int_equal(trail_strand(trail, trail->strands[0].id), 0);
    assert_int_equal(trail_strand(trail, trail->strands[1].id), 1);
    g_free(trail);
}

static void test_places_at_random_stay_bounded(void **state)
{
    struct trail *trail = begin();
    uint32_t random = 7;
    for (int n = 0; n < 20000; n++) {
        random = random * 1664525 + 1013904223;
        go(trail, n, (random >> 8) % 180 - 90.0, (random >> 16) % 360 - 180.0);
    }
    uint64_t drawn = 0;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        drawn += trail_strand(trail, trail->strands[i].id) >= 0 ? trail->strands[i].fixes : 0;
    assert_int_equal(drawn + trail_left_out(trail), 20000);
    assert_true(trail->count <= TRAIL_EDGES);
    g_free(trail);
}

static void test_a_silence_is_no_line(void **state)
{
    struct trail *trail = begin();
    go(trail, 0, 41, 2);
    go(trail, 60, 41.001, 2);
    go(trail, 60 + 3601, 41.002, 2);
    go(trail, 120 + 3601, 41.003, 2);
    assert_int_equal(trail->count, 4); /* two of them are places that no line leads to */
    assert_int_equal(trail->edges[2].from.latitude, trail->edges[2].to.latitude);
    g_free(trail);
}

static void test_one_fix_is_drawn(void **state)
{
    struct trail *trail = begin();
    GString *out = g_string_new(NULL);
    go(trail, 0, 89.9999999, -180);
    assert_int_equal(drawn_strands(trail), 1);
    trail_draw(trail, NULL, 0, out);
    assert_null(strstr(out->str, "nan"));
    assert_null(strstr(out->str, "inf"));
    g_string_free(out, TRUE);
    g_free(trail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_way_that_is_gone_again_is_drawn_once),
        cmocka_unit_test(test_a_long_way_stays_bounded_and_joined),
        cmocka_unit_test(test_a_single_wrong_fix_is_counted_and_not_drawn),
        cmocka_unit_test(test_two_places_are_two_strands),
        cmocka_unit_test(test_places_at_random_stay_bounded),
        cmocka_unit_test(test_a_silence_is_no_line),
        cmocka_unit_test(test_one_fix_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
