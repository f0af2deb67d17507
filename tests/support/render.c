/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded frame as the text of tests/data/frames.expected (its form: tests/data/README.md). */
#include "render.h"

#include "rows.h"

#include <stdlib.h>
#include <string.h>

/* The bytes of the frame's own shell, which no block lists; FRAME is rendered apart. */
static bool is_exempt(enum s7_field_id id)
{
    return id == S7_FIELD_FRAME || id == S7_FIELD_INDEX || id == S7_FIELD_LENGTH || id == S7_FIELD_CHECKSUM ||
           id == S7_FIELD_TERMINATOR;
}

static void append_value(GString *out, const guint8 *data, const struct s7_field *field)
{
    if (field->attributes & S7_SECRET) {
        g_string_append(out, "******");
    } else if (field->type == S7_TEXT || field->type == S7_NAME) {
        size_t length;
        const char *text = s7_text(data, field, &length);
        rows_escape(out, text, length);
    } else {
        char value[S7_VALUE_SIZE];
        s7_value_print(field, value);
        g_string_append(out, value);
    }
}

/* A cell that may hold several values: "1=4.56;2=0.00"; a flag has no number. */
static void append_column(GString *out, const guint8 *data, const struct s7_message *message, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(message, id);
    if (!field)
        return;
    g_string_append_printf(out, "%s=", s7_fields[id].column);
    for (const char *between = ""; field; field = s7_find_next(message, field), between = ";") {
        g_string_append(out, between);
        if (field->number)
            g_string_append_printf(out, "%u=", (unsigned)field->number);
        append_value(out, data, field);
    }
    g_string_append_c(out, '\n');
}

/* A JSON array of strings. */
static void append_array(GString *out, const guint8 *data, const struct s7_message *message,
                         const struct s7_field *field)
{
    const char *between = "[";
    for (; field; field = s7_find_next(message, field), between = ",") {
        GString *value = g_string_new(NULL);
        append_value(value, data, field);
        g_string_append_printf(out, "%s\"", between);
        for (const char *c = value->str; *c; c++) {
            if (*c == '"' || *c == '\\')
                g_string_append_c(out, '\\');
            g_string_append_c(out, *c);
        }
        g_string_append_c(out, '"');
        g_string_free(value, TRUE);
    }
    g_string_append(out, "]\n");
}

static void append_detail(GString *out, const guint8 *data, const struct s7_message *message, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(message, id);
    g_string_append_printf(out, "details.%s=", s7_field_key(id));
    if (s7_fields[id].many) {
        append_array(out, data, message, field);
        return;
    }
    /* A field that should occur once and does not shows as several lines. */
    append_value(out, data, field);
    g_string_append_c(out, '\n');
    while ((field = s7_find_next(message, field)) != NULL) {
        g_string_append_printf(out, "details.%s again=", s7_field_key(id));
        append_value(out, data, field);
        g_string_append_c(out, '\n');
    }
}

/* The frame with its secrets masked; nothing if it has none. */
static void append_raw(GString *out, const guint8 *data, const struct s7_message *message, size_t length)
{
    GString *raw = g_string_new(NULL);
    size_t done = 0;
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        if (!(field->attributes & S7_SECRET) || field->offset < done)
            continue;
        rows_escape(raw, (const char *)data + done, field->offset - done);
        g_string_append(raw, "******");
        done = (size_t)field->offset + field->length;
    }
    if (done) {
        rows_escape(raw, (const char *)data + done, length - done);
        g_string_append_printf(out, "raw=%s\n", raw->str);
    }
    g_string_free(raw, TRUE);
}

static int compare_keys(const void *a, const void *b)
{
    enum s7_field_id left = *(const enum s7_field_id *)a, right = *(const enum s7_field_id *)b;
    return strcmp(s7_field_key(left), s7_field_key(right));
}

void render_message(GString *out, const guint8 *data, const struct s7_message *message)
{
    enum s7_field_id details[S7_FIELD_COUNT];
    size_t count = 0;
    for (enum s7_field_id id = 0; id < S7_FIELD_COUNT; id++) {
        bool shown = message->proven || id == S7_FIELD_DIALECT || id == S7_FIELD_DIRECTION || id == S7_FIELD_KIND ||
                     id == S7_FIELD_FLAG;
        if (!shown || is_exempt(id))
            continue;
        if (*s7_fields[id].column)
            append_column(out, data, message, id);
        else if (s7_find(message, id))
            details[count++] = id;
    }
    if (message->proven)
        append_raw(out, data, message, s7_find(message, S7_FIELD_FRAME)->length);
    qsort(details, count, sizeof details[0], compare_keys);
    for (size_t i = 0; i < count; i++)
        append_detail(out, data, message, details[i]);
}
