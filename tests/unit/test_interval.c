/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ranges with holes: order, the first copy wins, counts, against a plain byte map. */
/* needs: analyzer/interval.c */
#include "interval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct interval_result insert(struct interval_set *set, uint64_t start, const char *text, uint64_t number)
{
    struct origin origin = {.number = number};
    return interval_insert(set, start, (const uint8_t *)text, strlen(text), &origin);
}

/* "10:abc@1 20:de@2": position, bytes and packet number of each range. */
static void assert_ranges(const struct interval_set *set, const char *expected)
{
    GString *text = g_string_new(NULL);
    const struct interval *range;
    uint64_t bytes = 0;
    for (size_t i = 0; (range = interval_at(set, i)); i++) {
        g_string_append_printf(text, "%s%d:%.*s@%d", i ? " " : "", (int)range->start, (int)(range->end - range->start),
                               (const char *)range->data, (int)range->origin.number);
        bytes += range->end - range->start;
    }
    assert_string_equal(text->str, expected);
    assert_int_equal(interval_bytes(set), bytes);
    g_string_free(text, TRUE);
}

static void assert_result(struct interval_result result, uint64_t added, uint64_t overlapped, uint64_t differing)
{
    assert_int_equal(result.added, added);
    assert_int_equal(result.overlapped, overlapped);
    assert_int_equal(result.differing, differing);
}

static void test_empty(void **state)
{
    struct interval_set *set = interval_set_new();
    assert_null(interval_at(set, 0));
    assert_int_equal(interval_count(set), 0);
    assert_int_equal(interval_bytes(set), 0);
    interval_drop(set, 0);
    assert_result(insert(set, 5, "", 1), 0, 0, 0);
    assert_int_equal(interval_count(set), 0);
    interval_set_free(set);
    interval_set_free(NULL);
}

static void test_order(void **state)
{
    struct interval_set *set = interval_set_new();
    assert_result(insert(set, 20, "cc", 1), 2, 0, 0);
    assert_result(insert(set, 10, "aa", 2), 2, 0, 0);
    assert_result(insert(set, 30, "dd", 3), 2, 0, 0);
    assert_result(insert(set, 12, "bb", 4), 2, 0, 0);
    assert_ranges(set, "10:aa@2 12:bb@4 20:cc@1 30:dd@3");
    interval_drop(set, 2);
    assert_ranges(set, "20:cc@1 30:dd@3");
    interval_set_free(set);
}

static void test_overlaps(void **state)
{
    struct interval_set *set = interval_set_new();
    insert(set, 10, "bbbb", 1);
    insert(set, 20, "dddd", 2);
    /* Inside, equal and different. */
    assert_result(insert(set, 11, "bb", 3), 0, 2, 0);
    struct interval_result result = insert(set, 11, "bX", 3);
    assert_result(result, 0, 2, 1);
    assert_int_equal(result.first_differing, 12);
    /* Over the start, over the end, touching. */
    assert_result(insert(set, 8, "aabb", 4), 2, 2, 0);
    assert_result(insert(set, 13, "bc", 5), 1, 1, 0);
    assert_result(insert(set, 24, "e", 6), 1, 0, 0);
    assert_ranges(set, "8:aa@4 10:bbbb@1 14:c@5 20:dddd@2 24:e@6");
    /* Over everything: fills each hole, the first copies stay. */
    result = insert(set, 6, "12345678901234567890123", 7);
    assert_result(result, 11, 12, 12);
    assert_int_equal(result.first_differing, 8);
    assert_ranges(set, "6:12@7 8:aa@4 10:bbbb@1 14:c@5 15:01234@7 20:dddd@2 24:e@6 25:0123@7");
    interval_set_free(set);
}

static void test_far_positions(void **state)
{
    struct interval_set *set = interval_set_new();
    uint64_t far = UINT64_C(1) << 40;
    assert_result(insert(set, far, "z", 1), 1, 0, 0);
    assert_result(insert(set, 0, "a", 2), 1, 0, 0);
    assert_int_equal(interval_at(set, 0)->start, 0);
    assert_int_equal(interval_at(set, 1)->start, far);
    interval_set_free(set);
}

/* Random insertions, against one cell a byte. */
static void test_model(void **state)
{
    enum { SIZE = 60 };
    GRand *random = g_rand_new_with_seed(7);
    for (unsigned round = 0; round < 300; round++) {
        struct interval_set *set = interval_set_new();
        uint8_t model[SIZE] = {0};
        for (unsigned step = 0; step < 30; step++) {
            uint8_t data[SIZE];
            uint64_t start = (uint64_t)g_rand_int_range(random, 0, SIZE);
            uint64_t length = (uint64_t)g_rand_int_range(random, 0, 12);
            length = MIN(length, SIZE - start);
            struct interval_result expected = {0};
            for (uint64_t i = 0; i < length; i++) {
                data[i] = (uint8_t)g_rand_int_range(random, 1, 3);
                if (model[start + i] == 0) {
                    model[start + i] = data[i];
                    expected.added++;
                    continue;
                }
                expected.overlapped++;
                if (model[start + i] != data[i] && expected.differing++ == 0)
                    expected.first_differing = start + i;
            }
            struct origin origin = {.number = step};
            struct interval_result result = interval_insert(set, start, data, length, &origin);
            assert_memory_equal(&result, &expected, sizeof result);
        }
        uint8_t held[SIZE] = {0};
        uint64_t position = 0;
        const struct interval *range;
        for (size_t i = 0; (range = interval_at(set, i)); i++) {
            assert_true(range->start >= position && range->end > range->start);
            memcpy(held + range->start, range->data, range->end - range->start);
            position = range->end;
        }
        assert_memory_equal(held, model, SIZE);
        interval_set_free(set);
    }
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),         cmocka_unit_test(test_order), cmocka_unit_test(test_overlaps),
        cmocka_unit_test(test_far_positions), cmocka_unit_test(test_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
