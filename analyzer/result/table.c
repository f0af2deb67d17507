/* SPDX-License-Identifier: GPL-2.0-or-later
 * One CSV file in the making: rows go to the file as they come, the index of their keys to the scratch file. */
#include "result/table.h"

#include "result/sort.h"

#include <string.h>

void table_open(struct table *table, struct output *output, const char *name, const GString *head)
{
    *table = (struct table){.output = output, .in_order = true, .head = head->len, .size = head->len};
    g_strlcpy(table->name, name, sizeof table->name);
    spool_open(output_spool(output), &table->file, table->name);
    spool_append(output_spool(output), &table->file, head->str, head->len);
}

void table_append(struct table *table, const GString *row, const struct table_place *place)
{
    table_append_line(table, row->str, row->len, place);
}

void table_append_line(struct table *table, const char *row, size_t length, const struct table_place *place)
{
    struct table_entry entry = {*place, (uint32_t)length, table->size};
    sort_index(table, &entry);
    spool_append(output_spool(table->output), &table->file, row, length);
    table->size += length;
    if (table->rows > 0 && place->captured < table->last.captured)
        table->late = true;
    if (table->rows > 0 && (table->late || sort_compare(place, &table->last) < 0))
        table->in_order = false;
    table->last = *place;
    table->rows++;
}

void table_expect(const struct table *table)
{
    spool_expect(&table->file);
    if (!table->block)
        return;
    __builtin_prefetch(table->block, 1);
    __builtin_prefetch(&table->block->entries[table->rows % SORT_BLOCK], 1);
}

void table_close(struct table *table, bool sort, table_visit visit, void *user)
{
    spool_close(output_spool(table->output), &table->file);
    if (!table->in_order)
        sort_table(table, sort, visit, user);
    g_free(table->block);
    table->block = NULL;
}
