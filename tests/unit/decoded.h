/* SPDX-License-Identifier: GPL-2.0-or-later
 * Helpers of the decoder tests: one frame, scanned and decoded, against lines of the form of data/frames.expected. */
#ifndef DECODED_H
#define DECODED_H

#include "elements.h"
#include "guard.h"
#include "render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* An IMEI with a correct check digit, a position, and frames made with them. */
#define ID                         "353327020115804"
#define POSITION                   "DATE:210314,TIME:151617,LAT:41.1234567N,LOT:002.7654321E,Speed:012.5"
#define REPORT(code, behind_speed) "#" ID "," code ",A," POSITION behind_speed "#"

/* Static: a message is large. decoded_data is the frame it was made from. */
static struct s7_message decoded;
static const guint8 *decoded_data;

/* Scans the text, which must be exactly one frame, and decodes it. */
static inline void decode(const char *text)
{
    GArray *elements = elements_scan((const guint8 *)text, strlen(text), NULL, 0, TRUE);
    assert_int_equal(elements->len, 1);
    const struct element *e = &g_array_index(elements, struct element, 0);
    assert_false(e->leftover);
    decoded_data = guard_copy((const guint8 *)text, e->frame.length);
    s7_decode(decoded_data, &e->frame, &decoded);
    g_array_unref(elements);
}

static inline gboolean line_in(char **lines, const char *wanted)
{
    gboolean absent = *wanted == '!';
    for (; *lines; lines++)
        if (absent ? g_str_has_prefix(*lines, wanted + 1) : strcmp(*lines, wanted) == 0)
            return !absent;
    return absent;
}

/* Each line of expected, ended by LF, must be among the decoded ones; "!key=" means that there is no line that begins
 * so. */
static inline void check(const char *frame, const char *expected)
{
    GString *text = g_string_new(NULL);
    decode(frame);
    render_message(text, decoded_data, &decoded);
    char **lines = g_strsplit(text->str, "\n", -1), **wanted = g_strsplit(expected, "\n", -1);
    for (char **line = wanted; *line; line++)
        if (**line && !line_in(lines, *line))
            fail_msg("%s\nlacks %s in\n%s", frame, *line, text->str);
    g_strfreev(lines);
    g_strfreev(wanted);
    g_string_free(text, TRUE);
}

/* All fields with that id: "number:bytes" with blanks between. */
static inline void check_spans(const char *frame, enum s7_field_id id, const char *expected)
{
    GString *text = g_string_new(NULL);
    decode(frame);
    for (const struct s7_field *f = s7_find(&decoded, id); f; f = s7_find_next(&decoded, f))
        g_string_append_printf(text, "%s%u:%.*s", text->len ? " " : "", (unsigned)f->number, (int)f->length,
                               (const char *)decoded_data + f->offset);
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

#endif
