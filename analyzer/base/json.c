/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes one JSON document, indented, keys in the order in which they are given. */
#include "base/json.h"

#include "base/text.h"

#define SECOND UINT64_C(1000000000)

#include <string.h>

static void indent(struct json *json)
{
    g_string_append_c(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        g_string_append(json->out, "  ");
}

static void begin(struct json *json, const char *key)
{
    if (json->filled)
        g_string_append_c(json->out, ',');
    if (json->depth > 0)
        indent(json);
    json->filled = true;
    if (key) {
        text_json(json->out, key, strlen(key));
        g_string_append(json->out, ": ");
    }
}

void json_open(struct json *json, const char *key, char kind)
{
    begin(json, key);
    g_string_append_c(json->out, kind);
    json->depth++;
    json->filled = false;
}

void json_close(struct json *json, char kind)
{
    json->depth--;
    if (json->filled)
        indent(json);
    json->filled = true;
    g_string_append_c(json->out, kind);
    if (json->depth == 0)
        g_string_append_c(json->out, '\n');
}

void json_text(struct json *json, const char *key, const char *text)
{
    if (!text) {
        json_null(json, key);
        return;
    }
    begin(json, key);
    if (g_utf8_validate(text, -1, NULL)) {
        text_json(json->out, text, strlen(text));
        return;
    }
    g_autoptr(GString) escaped = g_string_new(NULL);
    text_escape(escaped, (const uint8_t *)text, strlen(text), TEXT_UTF8);
    text_json(json->out, escaped->str, escaped->len);
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
    begin(json, key);
    text_unsigned(json->out, value);
}

void json_number(struct json *json, const char *key, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    begin(json, key);
    g_string_append(json->out, g_ascii_formatd(text, sizeof text, "%.9g", value));
}

void json_bool(struct json *json, const char *key, bool value)
{
    begin(json, key);
    g_string_append(json->out, value ? "true" : "false");
}

void json_time(struct json *json, const char *key, int64_t time)
{
    begin(json, key);
    g_string_append_c(json->out, '"');
    text_time(json->out, time);
    g_string_append_c(json->out, '"');
}

void json_seconds(struct json *json, const char *key, int64_t duration)
{
    uint64_t size = duration < 0 ? 0 - (uint64_t)duration : (uint64_t)duration;
    begin(json, key);
    g_string_append_printf(json->out, "%s%" G_GUINT64_FORMAT ".%09u", duration < 0 ? "-" : "", size / SECOND,
                           (unsigned)(size % SECOND));
}

void json_null(struct json *json, const char *key)
{
    begin(json, key);
    g_string_append(json->out, "null");
}
