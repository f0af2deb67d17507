/* SPDX-License-Identifier: GPL-2.0-or-later
 * One CSV file, written once from front to back in large pieces. */
#include "result/table.h"

#include "base/io.h"

#include <unistd.h>

void table_open(struct table *table, struct output *output, const char *name, bool hash)
{
    table->output = output;
    table->name = g_strdup(name);
    table->descriptor = output_create(output, name);
    table->size = 0;
    table->hash = hash ? sha256_begin() : NULL;
    if (!table->text)
        table->text = g_string_sized_new(1024);
}

void table_write(struct table *table)
{
    GString *text = table->text;
    if (table->descriptor >= 0 && text->len > 0 && !output_error(table->output) &&
        !io_write(table->descriptor, text->str, text->len))
        output_fail(table->output, "write", table->name);
    if (table->hash)
        sha256_add(table->hash, text->str, text->len);
    table->size += text->len;
    g_string_truncate(text, 0);
}

void table_close(struct table *table)
{
    table_write(table);
    char *sha256 = table->hash ? sha256_end(table->hash) : NULL;
    table->hash = NULL;
    if (table->descriptor >= 0) {
        if (close(table->descriptor) != 0)
            output_fail(table->output, "write", table->name);
        output_created(table->output, table->name, table->size, sha256);
    } else {
        g_free(sha256);
    }
    g_clear_pointer(&table->name, g_free);
}

void table_clear(struct table *table)
{
    if (table->text)
        g_string_free(table->text, TRUE);
    table->text = NULL;
}
