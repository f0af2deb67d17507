/* SPDX-License-Identifier: GPL-2.0-or-later
 * One CSV file in the making: rows go to the file as they come, the index of their keys to the scratch file. */
#include "table.h"

#include "sort.h"

#include <string.h>

#define BUFFER_MIN 256
#define BUFFER_MAX 4096

static void write_buffer(struct table *table)
{
    if (table->used > 0)
        output_append(table->output, table->name, table->buffer, table->used);
    table->used = 0;
}

/* Into the buffer, which grows up to BUFFER_MAX and is then written. */
static void buffer_row(struct table *table, const GString *row)
{
    if (row->len > BUFFER_MAX - table->used)
        write_buffer(table);
    if (row->len > BUFFER_MAX) {
        output_append(table->output, table->name, row->str, row->len);
    } else {
        uint32_t needed = table->used + (uint32_t)row->len, capacity = MAX(table->capacity, BUFFER_MIN);
        while (capacity < needed)
            capacity *= 2;
        if (capacity != table->capacity)
            table->buffer = g_realloc(table->buffer, capacity);
        table->capacity = capacity;
        memcpy(table->buffer + table->used, row->str, row->len);
        table->used = needed;
    }
    table->size += row->len;
}

void table_open(struct table *table, struct output *output, const char *name, const GString *head)
{
    *table = (struct table){.output = output, .in_order = true, .last_key = INT64_MIN, .head = head->len};
    g_strlcpy(table->name, name, sizeof table->name);
    buffer_row(table, head);
}

void table_append(struct table *table, const GString *row, int64_t key, uint64_t order, struct table_position position)
{
    struct table_entry entry = {key, order, table->size, (uint32_t)row->len, position};
    sort_index(table, &entry);
    buffer_row(table, row);
    table->rows++;
    if (key < table->last_key || (key == table->last_key && order < table->last_order))
        table->in_order = false;
    table->last_key = key;
    table->last_order = order;
}

void table_close(struct table *table, bool sort, table_visit visit, void *user)
{
    write_buffer(table);
    g_free(table->buffer);
    table->buffer = NULL;
    if (!table->in_order)
        sort_table(table, sort, visit, user);
    g_free(table->block);
    table->block = NULL;
}
