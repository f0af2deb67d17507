/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pieces in the order of their keys: in memory, in runs of the scratch file, and used again. */
#include "base/sorter.h"

#include <fcntl.h>
#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int folder;
static struct scratch *scratch;

static int set_up(void **state)
{
    folder = open(g_get_tmp_dir(), O_RDONLY | O_DIRECTORY);
    scratch = scratch_new(folder);
    return 0;
}

static int tear_down(void **state)
{
    scratch_free(scratch);
    close(folder);
    return 0;
}

/* A text of pseudo-random length that names its number. */
static size_t text_of(unsigned number, char text[400])
{
    size_t length = 8 + number * 2654435761U % 390;
    memset(text, 'a' + (int)(number % 26), 400);
    g_snprintf(text, 9, "%08u", number);
    text[8] = 'x';
    return length;
}

static void add(struct sorter *sorter, int64_t first, int64_t second, unsigned number)
{
    char text[400];
    size_t length = text_of(number, text);
    const struct sorter_key key = {first, second, number / 2};
    memcpy(sorter_add(sorter, &key, length), text, length);
}

/* count pieces in a shuffled order, two of them with each key, come back in order, each whole. */
static void sort(struct sorter *sorter, unsigned count, unsigned step)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned number = (unsigned)((uint64_t)(i / 2) * step % (count / 2)) * 2 + i % 2;
        add(sorter, (int64_t)(number / 2) / 7 - 5, (int64_t)(number / 2) % 7 - 3, number);
    }
    sorter_sort(sorter);
    struct sorter_piece piece;
    for (unsigned i = 0; i < count; i++) {
        char text[400];
        size_t length = text_of(i, text);
        assert_true(sorter_next(sorter, &piece));
        assert_int_equal(piece.key.third, i / 2);
        assert_int_equal(piece.length, length);
        assert_memory_equal(piece.data, text, length);
        assert_int_equal((uintptr_t)piece.data % 8, 0);
    }
    assert_false(sorter_next(sorter, &piece));
    sorter_clear(sorter);
}

static void pieces_come_back_in_order(void **state)
{
    static const unsigned counts[] = {0, 2, 10, 202, 20006};
    struct sorter *sorter = sorter_new(scratch, SORTER_MEMORY_MIN);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        sort(sorter, counts[i], 1);
        sort(sorter, counts[i], 4093);
    }
    sorter_free(sorter);
    assert_int_equal(scratch_error(scratch), 0);
}

static void a_piece_may_be_larger_than_memory(void **state)
{
    struct sorter *sorter = sorter_new(scratch, SORTER_MEMORY_MIN);
    const size_t size = SORTER_MEMORY_MIN * 3;
    for (int64_t i = 3; i > 0; i--) {
        const struct sorter_key key = {.first = i};
        memset(sorter_add(sorter, &key, size + (size_t)i), (int)i, size + (size_t)i);
    }
    sorter_sort(sorter);
    struct sorter_piece piece;
    for (size_t i = 1; i <= 3; i++) {
        assert_true(sorter_next(sorter, &piece));
        assert_int_equal(piece.length, size + i);
        assert_int_equal(piece.data[size + i - 1], i);
    }
    assert_false(sorter_next(sorter, &piece));
    sorter_free(sorter);
}

static void a_folder_that_cannot_be_written_is_an_error(void **state)
{
    struct scratch *nowhere = scratch_new(-1);
    struct sorter *sorter = sorter_new(nowhere, SORTER_MEMORY_MIN);
    for (unsigned i = 0; i < 1000; i++)
        add(sorter, i, 0, i);
    sorter_sort(sorter);
    struct sorter_piece piece;
    assert_false(sorter_next(sorter, &piece));
    assert_int_not_equal(scratch_error(nowhere), 0);
    sorter_free(sorter);
    scratch_free(nowhere);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_come_back_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_piece_may_be_larger_than_memory, set_up, tear_down),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
