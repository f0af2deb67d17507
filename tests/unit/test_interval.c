/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ranges with holes: order, the first copy wins, counts, against a plain byte map. */
#include "base/interval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct interval_result insert(struct interval_set *set, uint64_t start, const char *text, uint64_t number)
{
    struct origin origin = {.number = number};
    return interval_insert(set, start, (const uint8_t *)text, strlen(text), &origin, NULL);
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
    assert_result(insert(set, 11, "bX", 3), 0, 2, 1);
    /* Over the start, over the end, touching. */
    assert_result(insert(set, 8, "aabb", 4), 2, 2, 0);
    assert_result(insert(set, 13, "bc", 5), 1, 1, 0);
    assert_result(insert(set, 24, "e", 6), 1, 0, 0);
    assert_ranges(set, "8:aa@4 10:bbbb@1 14:c@5 20:dddd@2 24:e@6");
    /* Over everything: fills each hole, the first copies stay. */
    assert_result(insert(set, 6, "12345678901234567890123", 7), 11, 12, 12);
    assert_ranges(set, "6:12@7 8:aa@4 10:bbbb@1 14:c@5 15:01234@7 20:dddd@2 24:e@6 25:0123@7");
    interval_set_free(set);
}

/* "12:xy@1 not zz@2;" for each overlap that was told. */
static void tell(const struct overlap *overlap, void *user)
{
    g_string_append_printf(user, "%d:%.*s@%d not %.*s@%d;", (int)overlap->offset, (int)overlap->length,
                           (const char *)overlap->taken, (int)overlap->taken_origin.number, (int)overlap->length,
                           (const char *)overlap->refused, (int)overlap->refused_origin.number);
}

static void test_rules(void **state)
{
    static const char *const ranges[] = {"10:abcdef@1 16:ghij@2 20:!@3",
                                         "10:ab@1 12:XX@3 14:ef@1 16:X@3 17:hij@2 20:!@3"};
    for (unsigned last = 0; last < 2; last++) {
        struct interval_set *set = interval_set_new();
        g_autoptr(GString) text = g_string_new(NULL);
        const struct interval_rule rule = {last == 1, tell, text};
        struct origin origin = {.number = 3};
        insert(set, 10, "abcdef", 1);
        insert(set, 16, "ghij", 2);
        assert_result(interval_insert(set, 11, (const uint8_t *)"bXXefXhij!", 10, &origin, &rule), 1, 9, 3);
        assert_string_equal(text->str, last ? "12:XX@3 not cd@1;16:X@3 not g@2;" : "12:cd@1 not XX@3;16:g@2 not X@3;");
        assert_ranges(set, ranges[last]);
        interval_move_back(set, 10);
        assert_int_equal(interval_at(set, 0)->start, 0);
        interval_set_free(set);
    }
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
        g_autoptr(GString) text = g_string_new(NULL);
        const struct interval_rule rule = {round % 2 == 1, tell, text};
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
                expected.differing += model[start + i] != data[i];
                if (rule.last)
                    model[start + i] = data[i];
            }
            struct origin origin = {.number = step};
            struct interval_result result = interval_insert(set, start, data, length, &origin, &rule);
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
        cmocka_unit_test(test_empty), cmocka_unit_test(test_order),         cmocka_unit_test(test_overlaps),
        cmocka_unit_test(test_rules), cmocka_unit_test(test_far_positions), cmocka_unit_test(test_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
