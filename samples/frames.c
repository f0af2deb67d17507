/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads frames.tsv: columns between tabs, a header line, nothing quoted, escapes only in the column "frame". */
#include "frames.h"

#include <string.h>

int frames_unescape(const char **text)
{
    static const char from[] = "rnt\\\"", to[] = "\r\n\t\\\"";
    const char *at = *text;
    if (at[0] != '\\' || at[1] == '\0')
        return -1;
    const char *found = strchr(from, at[1]);
    if (found) {
        *text = at + 2;
        return to[found - from];
    }
    if (at[1] != 'x' || !g_ascii_isxdigit(at[2]) || !g_ascii_isxdigit(at[3]))
        return -1;
    *text = at + 4;
    return g_ascii_xdigit_value(at[2]) * 16 + g_ascii_xdigit_value(at[3]);
}

/* Returns NULL if an escape is none of ours. */
static GBytes *unescape_all(const char *text)
{
    GByteArray *out = g_byte_array_new();
    while (*text) {
        int byte = *text == '\\' ? frames_unescape(&text) : (unsigned char)*text++;
        if (byte < 0) {
            g_byte_array_unref(out);
            return NULL;
        }
        const guint8 octet = (guint8)byte;
        g_byte_array_append(out, &octet, 1);
    }
    return g_byte_array_free_to_bytes(out);
}

GHashTable *frames_read(const char *path, GError **error)
{
    char *text;
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    GHashTable *frames = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    char **lines = g_strsplit(text, "\n", -1);
    for (guint i = 1; lines[i] && frames; i++) {
        if (!lines[i][0])
            continue;
        char **columns = g_strsplit(lines[i], "\t", -1);
        GBytes *frame = g_strv_length(columns) >= 3 ? unescape_all(columns[2]) : NULL;
        if (frame) {
            g_hash_table_insert(frames, g_strdup(columns[0]), frame);
        } else {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%u: no frame, or an unknown escape in it", path,
                        i + 1);
            g_hash_table_unref(frames);
            frames = NULL;
        }
        g_strfreev(columns);
    }
    g_strfreev(lines);
    g_free(text);
    return frames;
}
