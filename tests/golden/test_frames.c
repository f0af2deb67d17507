/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every row of tests/data/frames.tsv, scanned and decoded by the library, against its block of frames.expected. */
#include "elements.h"
#include "guard.h"
#include "render.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Static: a message is large. */
static struct s7_message message;

static void render_row(GString *out, const struct row *row)
{
    GArray *elements = elements_scan(row->stream->data, row->stream->len, NULL, 0, TRUE);
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        if (e->leftover) {
            g_string_append_printf(out, "leftover %s %u\n", s7_reason_names[e->frame.reason], e->frame.length);
            continue;
        }
        const guint8 *data = guard_copy(row->stream->data + e->offset, e->frame.length);
        s7_decode(data, &e->frame, &message);
        assert_int_equal(s7_find(&message, S7_FIELD_FRAME)->length, e->frame.length);
        g_string_append_printf(out, "frame %u\n", e->frame.length);
        render_message(out, data, &message);
    }
    g_array_unref(elements);
}

static gboolean has_line(char **lines, const char *line)
{
    for (; *lines; lines++)
        if (strcmp(*lines, line) == 0)
            return TRUE;
    return FALSE;
}

/* The lines of one text that the other does not have. */
static void print_difference(const char *id, const char *expected, const char *got)
{
    char **wanted = g_strsplit(expected, "\n", -1), **found = g_strsplit(got, "\n", -1);
    print_error("%s differs\n", id);
    for (char **line = wanted; *line; line++)
        if (!has_line(found, *line))
            print_error("  expected %s\n", *line);
    for (char **line = found; *line; line++)
        if (!has_line(wanted, *line))
            print_error("  got      %s\n", *line);
    g_strfreev(wanted);
    g_strfreev(found);
}

static void test_every_row_decodes_as_the_documents_say(void **state)
{
    GPtrArray *rows = rows_load(TEST_DATA_DIR);
    unsigned differ = 0;
    assert_true(rows->len > 0);
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = rows->pdata[i];
        if (row->foreign)
            continue;
        GString *got = g_string_new(NULL);
        render_row(got, row);
        if (strcmp(got->str, row->expected) != 0) {
            print_difference(row->id, row->expected, got->str);
            differ++;
        }
        g_string_free(got, TRUE);
    }
    print_message("%u rows, %u differ\n", rows->len, differ);
    g_ptr_array_unref(rows);
    assert_int_equal(differ, 0);
}

/* Whose a stream is, its first bytes tell the hosts; the library only must find no frame in it that counts. */
static void test_no_frame_of_another_maker_is_proven(void **state)
{
    GPtrArray *rows = rows_load(TEST_DATA_DIR);
    unsigned seen = 0;
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = rows->pdata[i];
        if (!row->foreign)
            continue;
        GArray *elements = elements_scan(row->stream->data, row->stream->len, NULL, 0, TRUE);
        for (guint j = 0; j < elements->len; j++) {
            const struct element *e = &g_array_index(elements, struct element, j);
            if (e->leftover)
                continue;
            s7_decode(row->stream->data + e->offset, &e->frame, &message);
            if (message.proven)
                fail_msg("%s: a frame of %u bytes", row->id, e->frame.length);
        }
        g_array_unref(elements);
        seen++;
    }
    g_ptr_array_unref(rows);
    assert_int_not_equal(seen, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_row_decodes_as_the_documents_say),
                                       cmocka_unit_test(test_no_frame_of_another_maker_is_proven)};
    return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
