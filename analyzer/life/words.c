/* SPDX-License-Identifier: GPL-2.0-or-later
 * Texts of a frame in the detail of an event. */
#include "life/words.h"

#include "base/text.h"

/* Arguments that are named; of further ones it is said that there are some. */
#define ARGUMENTS_MAX 8

void words_put(GString *out, const struct sight *sight, const struct s7_field *field, bool shown)
{
    size_t length;
    if (field->attributes & S7_SECRET && !shown) {
        g_string_append(out, "******");
        return;
    }
    const char *text = s7_text(sight->report->data, field, &length);
    text_escape(out, (const uint8_t *)text, MIN(length, WORDS_MAX), TEXT_ASCII);
    if (length > WORDS_MAX)
        g_string_append(out, "...");
}

void words_put_code(GString *out, const struct sight *sight, bool shown)
{
    const struct s7_message *message = sight->message;
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE), *alarm = s7_find(message, S7_FIELD_EVENT_CODE);
    const struct s7_field *data = s7_find(message, S7_FIELD_EVENT_DATA);
    if (code)
        words_put(out, sight, code, shown);
    if (alarm)
        g_string_append_printf(out, " alarm %" G_GINT64_FORMAT, alarm->value.integer);
    if (!data || data->length == 0)
        return;
    g_string_append(out, " (");
    words_put(out, sight, data, shown);
    g_string_append_c(out, ')');
}

void words_put_arguments(GString *out, const struct sight *sight, bool shown)
{
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_ARGUMENT);
    for (unsigned i = 0; field; field = s7_find_next(sight->message, field), i++) {
        g_string_append_c(out, i > 0 ? ',' : ' ');
        if (i == ARGUMENTS_MAX) {
            g_string_append(out, "...");
            return;
        }
        words_put(out, sight, field, shown);
    }
}
