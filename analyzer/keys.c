/* SPDX-License-Identifier: GPL-2.0-or-later
 * Values in key files. */
#include "keys.h"

#include <string.h>

#define KEPT " !#$&'()*+,/:;=?@[]<>{}|~^`\""

GString *keys_done(GKeyFile *file)
{
    gsize length;
    g_autofree char *data = g_key_file_to_data(file, &length, NULL);
    g_key_file_unref(file);
    return g_string_new_len(data, (gssize)length);
}

GKeyFile *keys_open(const GString *text)
{
    GKeyFile *file = g_key_file_new();
    if (g_key_file_load_from_data(file, text->str, text->len, G_KEY_FILE_NONE, NULL))
        return file;
    g_key_file_unref(file);
    return NULL;
}

void keys_put_text(GKeyFile *file, const char *group, const char *key, const char *text)
{
    if (!text)
        return;
    g_autofree char *encoded = g_uri_escape_string(text, KEPT, TRUE);
    g_key_file_set_string(file, group, key, encoded);
}

char *keys_get_text(GKeyFile *file, const char *group, const char *key)
{
    g_autofree char *encoded = g_key_file_get_string(file, group, key, NULL);
    return encoded ? g_uri_unescape_string(encoded, NULL) : NULL;
}

void keys_put_numbers(GKeyFile *file, const char *group, const char *key, const uint64_t *numbers, size_t count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "", numbers[i]);
    g_key_file_set_string(file, group, key, text->str);
}

void keys_put_number(GKeyFile *file, const char *group, const char *key, uint64_t number)
{
    keys_put_numbers(file, group, key, &number, 1);
}

bool keys_get_numbers(GKeyFile *file, const char *group, const char *key, uint64_t *numbers, size_t count)
{
    g_autofree char *text = g_key_file_get_string(file, group, key, NULL);
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        if (!at || !g_ascii_isdigit(*at))
            return false;
        numbers[i] = g_ascii_strtoull(at, &at, 10);
        at += *at == ' ' && i + 1 < count;
    }
    return at && *at == '\0';
}

bool keys_get_number(GKeyFile *file, const char *group, const char *key, uint64_t *number)
{
    return keys_get_numbers(file, group, key, number, 1);
}

void keys_put_time(GKeyFile *file, const char *group, const char *key, int64_t time)
{
    g_key_file_set_int64(file, group, key, time);
}

bool keys_get_time(GKeyFile *file, const char *group, const char *key, int64_t *time)
{
    GError *error = NULL;
    *time = g_key_file_get_int64(file, group, key, &error);
    bool good = error == NULL;
    g_clear_error(&error);
    return good;
}

bool keys_get_flag(GKeyFile *file, const char *group, const char *key, bool *flag)
{
    uint64_t number = 0;
    bool good = keys_get_number(file, group, key, &number) && number <= 1;
    *flag = number == 1;
    return good;
}

char *keys_group(const char *what, guint i)
{
    return g_strdup_printf("%s %u", what, i + 1);
}
