/* SPDX-License-Identifier: GPL-2.0-or-later
 * Single cells of a finished CSV line. */
#include "base/cells.h"

#include <string.h>

unsigned cells_column(const char *header, const char *name)
{
    size_t length = strlen(name);
    for (unsigned column = 0;; column++) {
        size_t cell = strcspn(header, ",\n");
        if (cell == length && memcmp(header, name, length) == 0)
            return column;
        g_assert(header[cell] == ',');
        header += cell + 1;
    }
}

/* Behind the last byte of the cell that begins at that byte. Doubled quotes end and begin at once. */
static gsize cell_end(const GString *line, gsize start)
{
    gboolean quoted = FALSE;
    gsize i = start;
    for (; i < line->len && (quoted || (line->str[i] != ',' && line->str[i] != '\n')); i++)
        if (line->str[i] == '"')
            quoted = !quoted;
    return i;
}

void cells_replace(GString *line, unsigned column, const GString *text)
{
    gsize start = 0;
    for (; column > 0; column--)
        start = cell_end(line, start) + 1;
    gsize end = cell_end(line, start);
    g_string_erase(line, (gssize)start, (gssize)(end - start));
    g_string_insert_len(line, (gssize)start, text->str, (gssize)text->len);
}
