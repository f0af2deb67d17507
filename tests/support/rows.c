/* SPDX-License-Identifier: GPL-2.0-or-later
 * The rows of tests/data/frames.tsv and their blocks of tests/data/frames.expected.
 * Takes the data folder, gives each row's bytes and the text of its expected decode. */
#include "rows.h"

#include <string.h>

static void row_free(void *data)
{
    struct row *row = data;
    g_free(row->id);
    g_free(row->expected);
    g_byte_array_unref(row->stream);
    g_free(row);
}

static char *file_text(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL), *text;
    GError *error = NULL;
    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("%s", error->message);
    g_free(path);
    return text;
}

static GByteArray *unescape(const char *text)
{
    GByteArray *bytes = g_byte_array_new();
    for (const char *c = text; *c; c++) {
        guint8 byte = (guint8)*c;
        if (*c == '\\') {
            c++;
            if (*c == 'x') {
                byte = (guint8)(g_ascii_xdigit_value(c[1]) * 16 + g_ascii_xdigit_value(c[2]));
                c += 2;
            } else {
                byte = (guint8)(*c == 'r' ? '\r' : *c == 'n' ? '\n' : *c == 't' ? '\t' : *c);
            }
        }
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

/* Blocks by row: the lines behind the first one, each with its LF. */
static GHashTable *load_blocks(const char *folder)
{
    GHashTable *blocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    char *text = file_text(folder, "frames.expected");
    char **parts = g_strsplit(text, "\n\n", -1);
    for (char **part = parts; *part; part++) {
        char *start = *part + strspn(*part, "\n"), *line_end = strchr(start, '\n');
        if (*start == '#' || !line_end)
            continue;
        char *body = g_strdup(line_end + 1);
        if (!g_str_has_suffix(body, "\n")) {
            char *longer = g_strconcat(body, "\n", NULL);
            g_free(body);
            body = longer;
        }
        if (!g_hash_table_insert(blocks, g_strndup(start, (gsize)(line_end - start)), body))
            g_error("frames.expected: two blocks for one row near '%s'", start);
    }
    g_strfreev(parts);
    g_free(text);
    return blocks;
}

GPtrArray *rows_load(const char *folder)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    GHashTable *blocks = load_blocks(folder);
    char *text = file_text(folder, "frames.tsv");
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines + 1; lines[0] && *line; line++) {
        if (!**line)
            continue;
        char **columns = g_strsplit(*line, "\t", -1);
        if (g_strv_length(columns) != 6)
            g_error("frames.tsv: a row needs six columns: %s", *line);
        struct row *row = g_new0(struct row, 1);
        row->id = g_strdup(columns[0]);
        row->stream = unescape(columns[2]);
        row->foreign = strcmp(columns[5], "other") == 0;
        const char *expected = g_hash_table_lookup(blocks, row->id);
        row->expected = g_strdup(expected ? expected : "");
        g_hash_table_remove(blocks, row->id);
        g_ptr_array_add(rows, row);
        g_strfreev(columns);
    }
    if (g_hash_table_size(blocks))
        g_error("frames.expected: %u blocks have no row in frames.tsv", g_hash_table_size(blocks));
    g_hash_table_unref(blocks);
    g_strfreev(lines);
    g_free(text);
    return rows;
}

void rows_escape(GString *out, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == '\r')
            g_string_append(out, "\\r");
        else if (c == '\n')
            g_string_append(out, "\\n");
        else if (c == '\\')
            g_string_append(out, "\\\\");
        else if (c < 0x20 || c > 0x7e)
            g_string_append_printf(out, "\\x%02X", c);
        else
            g_string_append_c(out, (char)c);
    }
}
