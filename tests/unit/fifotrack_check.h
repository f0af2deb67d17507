/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of the fifotrack decoder: building a frame around what stands behind its id, and the lines that it
 * decodes to, which have the form of data/frames.expected. */
#ifndef FIFOTRACK_CHECK_H
#define FIFOTRACK_CHECK_H

#include "decoded.h"

/* What stands behind the type of a report: up to the run time, to the inputs, to the outputs, to the cell; with the
 * voltages it is whole. */
#define SPEED  "260202024003,A,22.600000,114.000000,35,90,12,123456,3600"
#define STATES SPEED ",900000C0,02,0"
#define PLACE  STATES ",460|0|25FC|AC2AB0B"
#define WHOLE  PLACE ",19A|4E0|6C"

/* A frame: "$$" or "##", serial 1, what stands behind it, and the right checksum; the caller frees it. */
static inline GString *fifotrack_frame(const char *head, const char *content, gssize length)
{
    GString *body = g_string_new("," ID ",1,"), *frame = g_string_new(head);
    g_string_append_len(body, content, length < 0 ? (gssize)strlen(content) : length);
    g_string_append_printf(frame, "%u", (unsigned)body->len);
    g_string_append_len(frame, body->str, (gssize)body->len);
    guint8 all = 0;
    for (gsize i = 2; i < frame->len; i++)
        all ^= (guint8)frame->str[i];
    g_string_append_printf(frame, "*%02X\r\n", (unsigned)all);
    g_string_free(body, TRUE);
    return frame;
}

/* Scans what must be one frame, and decodes it. */
static inline void decode_bytes(const char *bytes, gsize length)
{
    GArray *elements = elements_scan((const guint8 *)bytes, length, NULL, 0, TRUE);
    assert_int_equal(elements->len, 1);
    const struct element *e = &g_array_index(elements, struct element, 0);
    assert_false(e->leftover);
    assert_int_equal(e->frame.dialect, S7_FIFOTRACK);
    assert_int_equal(e->frame.length, length);
    decoded_data = guard_copy((const guint8 *)bytes, length);
    s7_decode(decoded_data, &e->frame, &decoded);
    g_array_unref(elements);
}

/* Each line of expected, ended by LF, must be among those of the message; "!key=" means that none begins so. */
static inline void check_lines(const char *shown, const char *expected)
{
    GString *text = g_string_new(NULL);
    render_message(text, decoded_data, &decoded);
    char **lines = g_strsplit(text->str, "\n", -1), **wanted = g_strsplit(expected, "\n", -1);
    for (char **line = wanted; *line; line++)
        if (**line && !line_in(lines, *line))
            fail_msg("%s\nlacks %s in\n%s", shown, *line, text->str);
    g_strfreev(lines);
    g_strfreev(wanted);
    g_string_free(text, TRUE);
}

static inline void check_content(const char *head, const char *content, const char *expected)
{
    GString *frame = fifotrack_frame(head, content, -1);
    decode_bytes(frame->str, frame->len);
    check_lines(content, expected);
    g_string_free(frame, TRUE);
}

/* A frame around the content, from the device or to it. */
static inline void check_up(const char *content, const char *expected)
{
    check_content("$$", content, expected);
}

static inline void check_down(const char *content, const char *expected)
{
    check_content("##", content, expected);
}

/* The numbers and the bytes of all fields with that id of the message at hand: "16:1 17:x". */
static inline void check_numbered(enum s7_field_id id, const char *expected)
{
    GString *text = g_string_new(NULL);
    for (const struct s7_field *f = s7_find(&decoded, id); f; f = s7_find_next(&decoded, f))
        g_string_append_printf(text, "%s%u:%.*s", text->len ? " " : "", (unsigned)f->number, (int)f->length,
                               (const char *)decoded_data + f->offset);
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

/* Rows of content and what it decodes to. */
struct fifotrack_row {
    const char *content, *expected;
};

#define CHECK_ROWS(check_one, rows)                                                                                    \
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)                                                                     \
    check_one((rows)[i].content, (rows)[i].expected)

#endif
