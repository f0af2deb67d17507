/* SPDX-License-Identifier: GPL-2.0-or-later
 * Several captures read as one: order of time, ties, disorder within a file, and more files than may be open. */
#include "capture/merge.h"
#include "capture_bytes.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

static char *folder;
static GPtrArray *paths; /* NULL-terminated when it is used */

/* A file of one-byte packets at these seconds; cut: the last one is not whole. */
static void add_file(const uint32_t *seconds, size_t count, bool cut)
{
    struct bytes file = bytes_new(false);
    put_pcap_header(&file);
    for (size_t i = 0; i < count; i++) {
        uint8_t mark = (uint8_t)paths->len;
        put_pcap_record(&file, seconds[i], &mark, 1);
    }
    char *path = g_strdup_printf("%s/%03u", folder, paths->len);
    assert_true(g_file_set_contents(path, (const char *)file.array->data, file.array->len - cut, NULL));
    g_ptr_array_add(paths, path);
    bytes_free(&file);
}

struct expected {
    uint32_t seconds;
    uint32_t file; /* its number */
    uint64_t number;
};

/* The next packet, one by one; NULL at the end. */
static const struct record *next_record(struct merge *merge)
{
    static const struct record *records;
    static size_t left;
    if (left > 0)
        left--;
    records += left > 0;
    if (left == 0)
        left = merge_some(merge, &records);
    return left > 0 ? records : NULL;
}

/* Reads all in the order of paths. */
static void check(struct inputs *inputs, const struct expected *expected, size_t count)
{
    g_ptr_array_add(paths, NULL);
    assert_true(inputs_collect(inputs, (char *const *)paths->pdata, NULL, NULL));
    g_ptr_array_set_size(paths, (gint)paths->len - 1);
    struct merge *merge = merge_new(inputs, NULL, NULL);
    assert_null(merge_input(merge));
    for (size_t i = 0; i < count; i++) {
        const struct record *record = next_record(merge);
        assert_non_null(record);
        assert_int_equal(record->origin.time, expected[i].seconds * SECOND);
        assert_int_equal(record->origin.file, expected[i].file);
        assert_int_equal(record->origin.number, expected[i].number);
        assert_int_equal(merge_input(merge)->number, expected[i].file);
        assert_in_range(capture_packets(merge_capture(merge)), expected[i].number, UINT64_MAX);
    }
    assert_null(next_record(merge));
    assert_null(merge_input(merge));
    merge_free(merge);
}

/* The same in both orders of the arguments. */
static void check_both(const struct expected *expected, size_t count)
{
    for (int turned = 0; turned < 2; turned++) {
        struct inputs inputs;
        check(&inputs, expected, count);
        inputs_clear(&inputs);
        for (guint i = 0; i < paths->len / 2; i++) {
            gpointer other = paths->pdata[i];
            paths->pdata[i] = paths->pdata[paths->len - 1 - i];
            paths->pdata[paths->len - 1 - i] = other;
        }
    }
}

#define ADD(...) add_file((const uint32_t[]){__VA_ARGS__}, sizeof(uint32_t[]){__VA_ARGS__} / sizeof(uint32_t), false)

static void test_rotated(void **state)
{
    ADD(30, 40);
    ADD(10, 20, 30);
    static const struct expected expected[] = {{10, 1, 1}, {20, 1, 2}, {30, 1, 3}, {30, 2, 1}, {40, 2, 2}};
    check_both(expected, G_N_ELEMENTS(expected));
}

static void test_overlapping(void **state)
{
    ADD(10, 30, 50, 51, 52);
    ADD(20, 30, 60);
    ADD(30, 31, 32);
    static const struct expected expected[] = {{10, 1, 1}, {20, 2, 1}, {30, 1, 2}, {30, 2, 2}, {30, 3, 1}, {31, 3, 2},
                                               {32, 3, 3}, {50, 1, 3}, {51, 1, 4}, {52, 1, 5}, {60, 2, 3}};
    check_both(expected, G_N_ELEMENTS(expected));
}

/* Within a file nothing is sorted: what comes late waits for nobody. */
static void test_disorder(void **state)
{
    ADD(10, 40, 5, 45);
    ADD(20, 41);
    static const struct expected expected[] = {{10, 1, 1}, {20, 2, 1}, {40, 1, 2}, {5, 1, 3}, {41, 2, 2}, {45, 1, 4}};
    check_both(expected, G_N_ELEMENTS(expected));
}

static void test_what_was_read(void **state)
{
    add_file(NULL, 0, false);
    add_file((const uint32_t[]){10, 30, 50}, 3, true);
    ADD(20, 40);
    static const struct expected expected[] = {{10, 1, 1}, {20, 2, 1}, {30, 1, 2}, {40, 2, 2}};
    struct inputs inputs;
    check(&inputs, expected, G_N_ELEMENTS(expected));
    const struct input *first = &g_array_index(inputs.list, struct input, 0);
    assert_int_equal(first->packets, 2);
    assert_string_equal(first->damage, "cut short in packet 3");
    assert_int_equal(first->first_time, 10 * SECOND);
    assert_int_equal(first->last_time, 30 * SECOND);
    const struct input *second = &g_array_index(inputs.list, struct input, 1);
    assert_null(second->damage);
    assert_int_equal(second->last_time, 40 * SECOND);
    const struct input *empty = &g_array_index(inputs.list, struct input, 2);
    assert_false(empty->has_times);
    assert_int_equal(empty->packets, 0);
    inputs_clear(&inputs);
}

/* A file that is gone when its turn comes is named; the others are read. */
static void test_gone(void **state)
{
    ADD(10);
    ADD(20);
    ADD(30);
    g_ptr_array_add(paths, NULL);
    struct inputs inputs;
    assert_true(inputs_collect(&inputs, (char *const *)paths->pdata, NULL, NULL));
    g_ptr_array_set_size(paths, (gint)paths->len - 1);
    g_remove(paths->pdata[1]);
    struct merge *merge = merge_new(&inputs, NULL, NULL);
    const struct record *records;
    assert_int_equal(merge_some(merge, &records), 1);
    assert_int_equal(records[0].origin.file, 1);
    assert_int_equal(merge_some(merge, &records), 1);
    assert_int_equal(records[0].origin.file, 3);
    assert_int_equal(inputs.unreadable->len, 1);
    assert_string_equal(g_array_index(inputs.unreadable, struct passed, 0).path, paths->pdata[1]);
    merge_free(merge); /* with a file open */
    inputs_clear(&inputs);
}

/* All overlap: nothing is lost, and the order is that of time among those that are open. */
static void test_many(void **state)
{
    enum { FILES = MERGE_OPEN_MAX + 6 };
    for (uint32_t i = 0; i < FILES; i++)
        ADD(100 + i, 1000 + i);
    struct expected expected[2 * FILES];
    size_t count = 0;
    for (uint32_t i = 0; i < MERGE_OPEN_MAX; i++)
        expected[count++] = (struct expected){100 + i, i + 1, 1};
    for (uint32_t i = 0; i < FILES; i++) {
        expected[count++] = (struct expected){1000 + i, i + 1, 2};
        if (i < FILES - MERGE_OPEN_MAX)
            expected[count++] = (struct expected){100 + MERGE_OPEN_MAX + i, MERGE_OPEN_MAX + i + 1, 1};
    }
    assert_int_equal(count, 2 * FILES);
    check_both(expected, count);
}

static int make_folder(void **state)
{
    folder = g_dir_make_tmp("s7-merge-XXXXXX", NULL);
    paths = g_ptr_array_new();
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    for (guint i = 0; i < paths->len; i++) {
        g_remove(paths->pdata[i]);
        g_free(paths->pdata[i]);
    }
    g_ptr_array_unref(paths);
    g_rmdir(folder);
    g_free(folder);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rotated),       TEST(test_overlapping), TEST(test_disorder),
        TEST(test_what_was_read), TEST(test_gone),        TEST(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
