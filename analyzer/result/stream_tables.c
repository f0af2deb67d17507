/* SPDX-License-Identifier: GPL-2.0-or-later
 * streams.csv and leftovers.csv, in the order of the conversations' numbers. */
#include "result/stream_tables.h"

#include "base/sorter.h"
#include "base/text.h"
#include "result/leftover_row.h"
#include "result/stream_row.h"
#include "result/table.h"

struct stream_tables {
    struct output *output;
    struct row_options options;
    struct sorter *streams, *leftovers; /* of lines, by number of the conversation, then as they came */
    GString *line;
};

struct stream_tables *stream_tables_new(struct output *output, const struct row_options *options, size_t memory)
{
    struct stream_tables *tables = g_new0(struct stream_tables, 1);
    tables->output = output;
    tables->options = *options;
    tables->streams = sorter_new(output_scratch(output), memory / 2);
    tables->leftovers = sorter_new(output_scratch(output), memory / 2);
    tables->line = g_string_sized_new(1024);
    return tables;
}

static void add_line(struct sorter *sorter, uint64_t stream, const GString *line)
{
    const struct sorter_key key = {.third = stream};
    memcpy(sorter_add(sorter, &key, line->len), line->str, line->len);
}

void stream_tables_stream(struct stream_tables *tables, const struct stream_row *row)
{
    g_string_truncate(tables->line, 0);
    stream_row_print(tables->line, row, tables->options.csv_guard);
    add_line(tables->streams, row->conversation->number, tables->line);
}

void stream_tables_leftover(struct stream_tables *tables, const struct leftover *leftover, uint64_t stream)
{
    g_string_truncate(tables->line, 0);
    leftover_row_print(tables->line, leftover, stream, &tables->options);
    add_line(tables->leftovers, stream, tables->line);
}

void stream_tables_row(struct stream_tables *tables, uint64_t stream, const char *rest, size_t length)
{
    g_string_truncate(tables->line, 0);
    text_unsigned(tables->line, stream);
    g_string_append_len(tables->line, rest, (gssize)length);
    add_line(tables->streams, stream, tables->line);
}

static void write_table(struct output *output, const char *name, void (*print_header)(GString *out),
                        struct sorter *sorter, bool hash, const struct stream_listener *listener)
{
    struct table table = {.name = NULL};
    struct sorter_piece piece;
    table_open(&table, output, name, hash);
    print_header(table.text);
    sorter_sort(sorter);
    while (sorter_next(sorter, &piece)) {
        g_string_append_len(table.text, (const char *)piece.data, (gssize)piece.length);
        table_row(&table);
        if (listener)
            listener->take(listener->user, (const char *)piece.data, piece.length);
    }
    table_close(&table);
    table_clear(&table);
}

void stream_tables_finish(struct stream_tables *tables, bool hash, const struct stream_listener *listener)
{
    write_table(tables->output, "streams.csv", stream_row_header, tables->streams, hash, listener);
    write_table(tables->output, "leftovers.csv", leftover_row_header, tables->leftovers, hash, NULL);
}

void stream_tables_free(struct stream_tables *tables)
{
    if (!tables)
        return;
    sorter_free(tables->streams);
    sorter_free(tables->leftovers);
    g_string_free(tables->line, TRUE);
    g_free(tables);
}
