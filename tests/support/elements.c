/* SPDX-License-Identifier: GPL-2.0-or-later
 * Drives the scanner over a stream as a host does, and checks on the way what must hold for any input.
 * Takes bytes and how they are cut, gives the elements. */
#include "elements.h"

#include "guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static gboolean joins(const GArray *elements, const struct s7_frame *frame)
{
    if (elements->len == 0)
        return FALSE;
    const struct element *last = &g_array_index(elements, struct element, elements->len - 1);
    return last->leftover && last->frame.reason == frame->reason;
}

static void add(GArray *elements, size_t offset, const struct s7_frame *frame, gboolean leftover)
{
    if (leftover && joins(elements, frame)) {
        g_array_index(elements, struct element, elements->len - 1).frame.length += frame->length;
        return;
    }
    struct element element = {offset, *frame, leftover};
    g_array_append_val(elements, element);
}

/* Takes elements from [*offset, end) until the scanner wants more. */
static void drain(GArray *elements, struct s7_scanner *scanner, const guint8 *stream, size_t *offset, size_t end,
                  gboolean last)
{
    while (*offset < end) {
        size_t length = end - *offset;
        struct s7_frame frame;
        memset(&frame, 0, sizeof frame);
        enum s7_scan_result result = s7_scan(scanner, guard_copy(stream + *offset, length), length, last, &frame);
        if (result == S7_SCAN_MORE) {
            assert_false(last);
            assert_true(length < S7_ELEMENT_MAX);
            assert_true(frame.length == 0 || frame.length > length);
            return;
        }
        assert_in_range(frame.length, 1, length);
        assert_true(frame.length <= S7_ELEMENT_MAX || result == S7_SCAN_LEFTOVER);
        add(elements, *offset, &frame, result == S7_SCAN_LEFTOVER);
        *offset += frame.length;
    }
}

GArray *elements_scan(const guint8 *stream, size_t length, const size_t *cuts, size_t count, gboolean finish)
{
    GArray *elements = g_array_new(FALSE, FALSE, sizeof(struct element));
    struct s7_scanner scanner;
    memset(&scanner, 0, sizeof scanner);
    size_t offset = 0;
    for (size_t i = 0; i < count; i++)
        drain(elements, &scanner, stream, &offset, cuts[i], FALSE);
    drain(elements, &scanner, stream, &offset, length, FALSE);
    if (finish) {
        drain(elements, &scanner, stream, &offset, length, TRUE);
        assert_int_equal(offset, length);
    }
    return elements;
}

char *elements_print(const GArray *elements)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        if (e->leftover)
            g_string_append_printf(out, "%zu leftover %s %u\n", e->offset, s7_reason_names[e->frame.reason],
                                   e->frame.length);
        else
            g_string_append_printf(out, "%zu frame %u %s %s shape %u flags %x body %u+%u\n", e->offset, e->frame.length,
                                   s7_dialect_names[e->frame.dialect], s7_direction_names[e->frame.direction],
                                   e->frame.shape, e->frame.flags, e->frame.head_length, e->frame.body_length);
    }
    return g_string_free(out, FALSE);
}
