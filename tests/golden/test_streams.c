/* SPDX-License-Identifier: GPL-2.0-or-later
 * Properties of the scanner and the decoders on the rows of tests/data/frames.tsv: the result does not depend on how
 * the bytes are cut, every byte is consumed once, nothing is read behind the end, what was cut anywhere still ends. */
#include "elements.h"
#include "guard.h"
#include "message.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CONCATENATIONS = 400, SEED = 8888 };

/* Static: a message is large. */
static struct s7_message message;

/* Scans the stream cut at these offsets and compares with the text of the uncut scan. */
static void expect_same(const char *what, const GByteArray *stream, const size_t *cuts, size_t count, const char *whole)
{
    GArray *elements = elements_scan(stream->data, stream->len, cuts, count, TRUE);
    char *text = elements_print(elements);
    if (strcmp(text, whole) != 0)
        fail_msg("%s, first cut at %zu of %u:\nwhole\n%scut\n%s", what, count ? cuts[0] : 0, stream->len, whole, text);
    g_free(text);
    g_array_unref(elements);
}

static char *scan_whole(const GByteArray *stream)
{
    GArray *elements = elements_scan(stream->data, stream->len, NULL, 0, TRUE);
    size_t next = 0;
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        assert_int_equal(e->offset, next);
        next += e->frame.length;
    }
    assert_int_equal(next, stream->len);
    char *text = elements_print(elements);
    g_array_unref(elements);
    return text;
}

static void expect_same_by_bytes(const char *what, const GByteArray *stream, const char *whole)
{
    size_t *cuts = g_new(size_t, stream->len + 1);
    for (size_t i = 0; i < stream->len; i++)
        cuts[i] = i + 1;
    expect_same(what, stream, cuts, stream->len, whole);
    g_free(cuts);
}

static void test_cuts_do_not_matter(void **state)
{
    const GPtrArray *rows = *state;
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = rows->pdata[i];
        char *whole = scan_whole(row->stream);
        for (size_t cut = 1; cut < row->stream->len; cut++)
            expect_same(row->id, row->stream, &cut, 1, whole);
        expect_same_by_bytes(row->id, row->stream, whole);
        g_free(whole);
    }
}

/* Decodes every frame of a stream, each flush against the protected page. */
static void decode_all(const guint8 *stream, const GArray *elements)
{
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        if (e->leftover)
            continue;
        s7_decode(guard_copy(stream + e->offset, e->frame.length), &e->frame, &message);
        assert_in_range(message.count, 1, S7_FIELDS_MAX);
        for (unsigned n = 0; n < message.count; n++)
            assert_in_range(message.fields[n].offset + message.fields[n].length, 0, e->frame.length);
    }
}

static void test_every_prefix_ends(void **state)
{
    const GPtrArray *rows = *state;
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = rows->pdata[i];
        for (size_t length = 1; length <= row->stream->len; length++) {
            GArray *open = elements_scan(row->stream->data, length, NULL, 0, FALSE);
            decode_all(row->stream->data, open);
            GArray *ended = elements_scan(row->stream->data, length, NULL, 0, TRUE);
            decode_all(row->stream->data, ended);
            assert_true(ended->len >= open->len);
            g_array_unref(open);
            g_array_unref(ended);
        }
    }
}

/* Also what follows the loss of a stretch at the start. */
static void test_every_suffix_ends(void **state)
{
    const GPtrArray *rows = *state;
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = rows->pdata[i];
        for (guint start = 1; start < row->stream->len; start++) {
            GArray *elements = elements_scan(row->stream->data + start, row->stream->len - start, NULL, 0, TRUE);
            decode_all(row->stream->data + start, elements);
            g_array_unref(elements);
        }
    }
}

/* The elements that the row gives when it stands at this offset of a longer stream. */
static void append_shifted(GArray *all, const struct row *row, size_t offset)
{
    GArray *elements = elements_scan(row->stream->data, row->stream->len, NULL, 0, TRUE);
    for (guint i = 0; i < elements->len; i++) {
        struct element e = g_array_index(elements, struct element, i);
        e.offset += offset;
        g_array_append_val(all, e);
    }
    g_array_unref(elements);
}

/* A row that is cut at its end would be completed by what follows it, bytes in no frame would go on. */
static gboolean is_complete(const struct row *row)
{
    GArray *elements = elements_scan(row->stream->data, row->stream->len, NULL, 0, TRUE);
    const struct element *last = &g_array_index(elements, struct element, elements->len - 1);
    gboolean complete = !last->leftover && !(last->frame.flags & S7_FLAG_BIT(TRUNCATED));
    g_array_unref(elements);
    return complete;
}

static size_t random_cuts(GRand *random, guint length, size_t *cuts, size_t count)
{
    size_t n = 0;
    for (guint at = 0; n < count; n++) {
        at += (guint)g_rand_int_range(random, 1, (gint32)(length / count * 2 + 2));
        if (at >= length)
            break;
        cuts[n] = at;
    }
    return n;
}

static void test_joined_rows_give_the_same_frames(void **state)
{
    const GPtrArray *rows = *state;
    GRand *random = g_rand_new_with_seed(SEED);
    for (unsigned round = 0; round < CONCATENATIONS; round++) {
        GByteArray *stream = g_byte_array_new();
        GArray *parts = g_array_new(FALSE, FALSE, sizeof(struct element));
        GString *what = g_string_new(NULL);
        for (gint32 n = g_rand_int_range(random, 2, 8); n > 0; n--) {
            const struct row *row = rows->pdata[g_rand_int_range(random, 0, (gint32)rows->len)];
            if (!is_complete(row))
                continue;
            append_shifted(parts, row, stream->len);
            g_byte_array_append(stream, row->stream->data, row->stream->len);
            g_string_append_printf(what, "%s ", row->id);
        }
        if (stream->len) {
            char *expected = elements_print(parts);
            size_t cuts[12];
            expect_same(what->str, stream, NULL, 0, expected);
            size_t count = random_cuts(random, stream->len, cuts, G_N_ELEMENTS(cuts));
            expect_same(what->str, stream, cuts, count, expected);
            g_free(expected);
        }
        g_string_free(what, TRUE);
        g_array_unref(parts);
        g_byte_array_unref(stream);
    }
    g_rand_free(random);
}

static int load(void **state)
{
    *state = rows_load(TEST_DATA_DIR);
    return 0;
}

static int unload(void **state)
{
    g_ptr_array_unref(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts_do_not_matter),
        cmocka_unit_test(test_every_prefix_ends),
        cmocka_unit_test(test_every_suffix_ends),
        cmocka_unit_test(test_joined_rows_give_the_same_frames),
    };
    return cmocka_run_group_tests_name("streams", tests, load, unload);
}
