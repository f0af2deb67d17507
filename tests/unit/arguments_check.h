/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of arguments: a command or an answer in, what its arguments mean out. */
#ifndef ARGUMENTS_CHECK_H
#define ARGUMENTS_CHECK_H

#include "arguments.h"
#include "elements.h"
#include "guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct s7_message message;
static const guint8 *data;

/* What stands behind the head of a frame, and its arguments: "name=meaning", blanks and ";" between; "?" for one that
 * has no description; behind it "!" if it is out of range, "!!" if it is not of its type. */
struct example {
    const char *text, *arguments;
};

/* Decodes the bytes, which must be one frame. */
static inline void decode(const char *bytes, size_t length)
{
    GArray *elements = elements_scan((const guint8 *)bytes, length, NULL, 0, TRUE);
    assert_int_equal(elements->len, 1);
    const struct element *e = &g_array_index(elements, struct element, 0);
    assert_false(e->leftover);
    assert_int_equal(e->frame.length, length);
    data = guard_copy((const guint8 *)bytes, length);
    s7_decode(data, &e->frame, &message);
    g_array_unref(elements);
}

static inline void decode_gotop(const char *command)
{
    char *frame = g_strdup_printf(":123456%s#", command);
    decode(frame, strlen(frame));
    g_free(frame);
}

/* head "$$" or "&&"; the text stands behind the id and its comma. */
static inline void decode_startek(const char *head, const char *text)
{
    GString *frame = g_string_new(NULL);
    g_string_printf(frame, "%sA%zu,356789012345672,%s", head, strlen(text) + strlen(",356789012345672,"), text);
    unsigned sum = 0;
    for (gsize i = 0; i < frame->len; i++)
        sum += (guint8)frame->str[i];
    g_string_append_printf(frame, "%02X\r\n", sum & 0xFF);
    decode(frame->str, frame->len);
    g_string_free(frame, TRUE);
}

static inline char *describe(void)
{
    GString *out = g_string_new(NULL);
    guint32 flags = 0;
    for (const struct s7_field *f = s7_find(&message, S7_FIELD_ARGUMENT); f; f = s7_find_next(&message, f)) {
        char *text = g_malloc(S7_ARGUMENT_SIZE(f->length));
        size_t length = s7_argument_print(data, f, text, S7_ARGUMENT_SIZE(f->length));
        assert_int_equal(length, strlen(text));
        g_string_append_printf(
            out, "%s%s=%s%s%s", out->len ? "; " : "", f->value.argument ? f->value.argument->name : "?", text,
            f->flags & S7_FLAG_BIT(OUT_OF_RANGE) ? "!" : "", f->flags & S7_FLAG_BIT(BAD_VALUE) ? "!!" : "");
        flags |= f->flags;
        g_free(text);
    }
    assert_int_equal(message.flags, flags);
    return g_string_free(out, FALSE);
}

static inline void expect(const struct example *example)
{
    char *found = describe();
    if (strcmp(found, example->arguments) != 0)
        fail_msg("%s\nis       %s\nexpected %s", example->text, found, example->arguments);
    g_free(found);
}

/* The ends of a range: texts that stand for "%s" in the command, and the number of the argument that they concern;
 * NULL where nothing is outside or the range has no such end. */
struct border {
    const char *command;
    unsigned number;
    const char *below, *lowest, *highest, *above;
};

static inline void check_borders(const struct border *borders, gsize count, void (*decode_command)(const char *))
{
    for (gsize i = 0; i < count; i++) {
        const struct border *b = &borders[i];
        const char *values[] = {b->below, b->lowest, b->highest, b->above};
        for (gsize j = 0; j < G_N_ELEMENTS(values); j++) {
            if (!values[j])
                continue;
            char **parts = g_strsplit(b->command, "%s", 2), *command = g_strjoinv(values[j], parts);
            decode_command(command);
            const struct s7_field *f = s7_find(&message, S7_FIELD_ARGUMENT);
            while (f && f->number != b->number)
                f = s7_find_next(&message, f);
            if (!f || !f->value.argument || f->flags != (j == 0 || j == 3 ? S7_FLAG_BIT(OUT_OF_RANGE) : 0))
                fail_msg("%s: argument %u", command, b->number);
            g_strfreev(parts);
            g_free(command);
        }
    }
}

#endif
