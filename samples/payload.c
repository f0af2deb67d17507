/* SPDX-License-Identifier: GPL-2.0-or-later
 * Texts stand between double quotes; \r \n \t \\ \" \xHH are escapes, {name} is a variable of the client, a template,
 * the device's clock ({date} yymmdd, {clock} hhmmss, {stamp} both in UTC), or bytes of a file ({file NAME FROM COUNT}).
 */
#include "payload.h"

#include <string.h>

#include "frames.h"

/* Digits of a serial of the fifotrack dialect, at most. */
#define SERIAL_MAX  4
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

/* "NAME FROM COUNT": bytes of a file that stands beside the scenario. */
static gboolean append_file(GByteArray *out, const char *words, const struct payload_context *context, GError **error)
{
    char **parts = g_strsplit(words, " ", -1);
    guint64 from = 0, count = 0;
    gboolean good = g_strv_length(parts) == 3 &&
                    g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT32, &from, NULL) &&
                    g_ascii_string_to_unsigned(parts[2], 10, 0, G_MAXUINT32, &count, NULL);
    if (good) {
        char *path = g_build_filename(context->folder, parts[0], NULL), *bytes = NULL;
        gsize length = 0;
        good = g_file_get_contents(path, &bytes, &length, error);
        if (good && from + count > length)
            good = fail(error, "the file ends before that", words);
        if (good)
            g_byte_array_append(out, (const guint8 *)bytes + from, (guint)count);
        g_free(bytes);
        g_free(path);
    } else {
        fail(error, "not NAME FROM COUNT", words);
    }
    g_strfreev(parts);
    return good;
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
    } else if (g_str_has_prefix(name, "file ")) {
        return append_file(out, name + strlen("file "), context, error);
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

/* The serial of a built frame, which a device counts: 1 to FFFF, then 1 again. Platforms always send 1. */
static void next_serial(const struct payload_context *context, char serial[SERIAL_MAX + 1])
{
    unsigned own = context->direction == 0 ? *context->serial : 1;
    if (context->direction == 0)
        *context->serial = (guint16)(own == G_MAXUINT16 ? 1 : own + 1);
    g_snprintf(serial, SERIAL_MAX + 1, "%X", own);
}

/* XOR from the length on, or, of platforms with checksum=sum, the sum from the head to the "*". (docs/FIFOTRACK.md 1.1)
 */
static unsigned fifotrack_checksum(const GByteArray *body, const struct payload_context *context)
{
    const char *kind = g_hash_table_lookup(context->variables, "checksum");
    gboolean is_sum = context->direction == 1 && kind && strcmp(kind, "sum") == 0;
    unsigned sum = '#' + '#' + '*', xor = 0;
    for (guint i = 0; i < body->len; i++) {
        sum += body->data[i];
        xor ^= body->data[i];
    }
    return is_sum ? sum & 0xFF : xor;
}

/* Head, length, ",id,serial,", text, "*", checksum, CR LF. */
static gboolean append_fifotrack(GByteArray *out, const char *serial, const char *text,
                                 const struct payload_context *context, GError **error)
{
    GByteArray *body = g_byte_array_new();
    gboolean good = append_text(body, ",{id},", context, 0, error);
    g_byte_array_append(body, (const guint8 *)serial, (guint)strlen(serial));
    append_byte(body, ',');
    good = good && append_text(body, text, context, 0, error);
    if (good) {
        char *length = g_strdup_printf("%u", body->len);
        g_byte_array_prepend(body, (const guint8 *)length, (guint)strlen(length));
        char *tail = g_strdup_printf("*%02X\r\n", fifotrack_checksum(body, context));
        g_byte_array_append(out, (const guint8 *)(context->direction == 0 ? "$$" : "##"), 2);
        g_byte_array_append(out, body->data, body->len);
        g_byte_array_append(out, (const guint8 *)tail, (guint)strlen(tail));
        g_free(tail);
        g_free(length);
    }
    g_byte_array_unref(body);
    return good;
}

/* kind: what stands in front of the quote: startek, startek@I, fifotrack or fifotrack@SERIAL. */
static gboolean append_built(GByteArray *out, const char *kind, const char *text, const struct payload_context *context,
                             GError **error)
{
    char serial[SERIAL_MAX + 1];
    if (strcmp(kind, "startek") == 0)
        return append_startek(out, next_index(context), text, context, error);
    if (g_str_has_prefix(kind, "startek@") && strlen(kind) == 9)
        return append_startek(out, kind[8], text, context, error);
    if (strcmp(kind, "fifotrack") == 0) {
        next_serial(context, serial);
        return append_fifotrack(out, serial, text, context, error);
    }
    if (g_str_has_prefix(kind, "fifotrack@") && strlen(kind) <= 10 + SERIAL_MAX)
        return append_fifotrack(out, kind + 10, text, context, error);
    return fail(error, "unknown word", kind);
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
    char *kind = g_strndup(word, (gsize)(quote - word));
    gboolean good = kind[0] ? append_built(out, kind, text, context, error) : append_text(out, text, context, 0, error);
    g_free(kind);
    g_free(text);
    return good;
}
