/* SPDX-License-Identifier: GPL-2.0-or-later
 * Texts stand between double quotes; \r \n \t \\ \" \xHH are escapes, {name} is a variable of the client, a template,
 * or the device's clock: {date} yymmdd, {clock} hhmmss, {stamp} both in UTC. */
#include "payload.h"

#include <string.h>

#include "frames.h"

#define INDEX_FIRST ':'
#define INDEX_LAST  '~'
#define DEPTH_MAX   4

static gboolean fail(GError **error, const char *what, const char *word)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", what, word);
    return FALSE;
}

static void append_byte(GByteArray *out, int byte)
{
    const guint8 octet = (guint8)byte;
    g_byte_array_append(out, &octet, 1);
}

/* The device's clock in the zone of the client (variable zone: minutes east of UTC), or in UTC. */
static void append_clock(GByteArray *out, const struct payload_context *context, const char *format, gboolean utc)
{
    const char *zone = g_hash_table_lookup(context->variables, "zone");
    gint64 shift = zone && !utc ? g_ascii_strtoll(zone, NULL, 10) * 60 : 0;
    GDateTime *when = g_date_time_new_from_unix_utc(context->clock + shift);
    char *text = g_date_time_format(when, format);
    g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
    g_free(text);
    g_date_time_unref(when);
}

static gboolean append_text(GByteArray *out, const char *text, const struct payload_context *context, unsigned depth,
                            GError **error);

static gboolean append_variable(GByteArray *out, const char *name, const struct payload_context *context,
                                unsigned depth, GError **error)
{
    if (strcmp(name, "date") == 0) {
        append_clock(out, context, "%y%m%d", FALSE);
    } else if (strcmp(name, "clock") == 0) {
        append_clock(out, context, "%H%M%S", FALSE);
    } else if (strcmp(name, "stamp") == 0) {
        append_clock(out, context, "%y%m%d%H%M%S", TRUE);
    } else {
        const char *value = g_hash_table_lookup(context->variables, name);
        if (!value)
            value = g_hash_table_lookup(context->templates, name);
        if (!value || depth >= DEPTH_MAX)
            return fail(error, value ? "template inside itself" : "no such variable or template", name);
        return append_text(out, value, context, depth + 1, error);
    }
    return TRUE;
}

static gboolean append_text(GByteArray *out, const char *text, const struct payload_context *context, unsigned depth,
                            GError **error)
{
    while (*text) {
        if (*text == '\\') {
            int byte = frames_unescape(&text);
            if (byte < 0)
                return fail(error, "unknown escape", text);
            append_byte(out, byte);
        } else if (*text == '{') {
            const char *end = strchr(text, '}');
            if (!end)
                return fail(error, "} missing", text);
            char *name = g_strndup(text + 1, (gsize)(end - text - 1));
            gboolean good = append_variable(out, name, context, depth, error);
            g_free(name);
            if (!good)
                return FALSE;
            text = end + 1;
        } else {
            append_byte(out, *text++);
        }
    }
    return TRUE;
}

/* The index byte of a built frame. A device counts; the platform repeats the index of the device's last frame. */
static char next_index(const struct payload_context *context)
{
    char current = *context->index;
    if (context->direction == 1)
        return (char)(current == INDEX_FIRST ? INDEX_LAST : current - 1);
    *context->index = (char)(current == INDEX_LAST ? INDEX_FIRST : current + 1);
    return current;
}

/* Head, length, ",id,", text, checksum, CR LF (docs/STARTEK.md, section 1.1). */
static gboolean append_startek(GByteArray *out, char index, const char *text, const struct payload_context *context,
                               GError **error)
{
    GByteArray *body = g_byte_array_new();
    gboolean good = append_text(body, ",{id},", context, 0, error) && append_text(body, text, context, 0, error);
    if (good) {
        char *head = g_strdup_printf("%s%c%u", context->direction == 0 ? "&&" : "$$", index, body->len);
        g_byte_array_prepend(body, (const guint8 *)head, (guint)strlen(head));
        g_free(head);
        unsigned sum = 0;
        for (guint i = 0; i < body->len; i++)
            sum += body->data[i];
        char *tail = g_strdup_printf("%02X\r\n", sum & 0xFF);
        g_byte_array_append(body, (const guint8 *)tail, (guint)strlen(tail));
        g_free(tail);
        g_byte_array_append(out, body->data, body->len);
    }
    g_byte_array_unref(body);
    return good;
}

gboolean payload_append(GByteArray *out, const char *word, const struct payload_context *context, GError **error)
{
    size_t length = strlen(word);
    const char *quote = strchr(word, '"');
    if (!quote) {
        GBytes *frame = g_hash_table_lookup(context->frames, word);
        if (!frame)
            return fail(error, "no such frame", word);
        g_byte_array_append(out, g_bytes_get_data(frame, NULL), (guint)g_bytes_get_size(frame));
        return TRUE;
    }
    if (quote == word + length - 1 || word[length - 1] != '"')
        return fail(error, "closing quote missing", word);
    char *text = g_strndup(quote + 1, length - 2 - (size_t)(quote - word));
    gboolean good;
    if (quote == word)
        good = append_text(out, text, context, 0, error);
    else if (g_str_has_prefix(word, "startek\""))
        good = append_startek(out, next_index(context), text, context, error);
    else if (g_str_has_prefix(word, "startek@") && quote - word == 9)
        good = append_startek(out, word[8], text, context, error);
    else
        good = fail(error, "unknown word", word);
    g_free(text);
    return good;
}
