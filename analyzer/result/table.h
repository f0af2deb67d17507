/* SPDX-License-Identifier: GPL-2.0-or-later
 * One CSV file, written once from front to back in large pieces, whose rows are printed where they are written from.
 * Takes rows in their order; hashes them on the way. */
#ifndef TABLE_H
#define TABLE_H

#include "base/sha256.h"
#include "result/output.h"

/* Bytes that are written at once. */
#define TABLE_PIECE ((size_t)262144)

struct table {
    struct output *output;
    char *name;    /* NULL: not open */
    GString *text; /* rows are appended here; stays when the table is closed */
    int descriptor;
    uint64_t size; /* bytes that are written */
    struct sha256 *hash;
};

/* *table is all zero, or was closed. */
void table_open(struct table *table, struct output *output, const char *name, bool hash);
void table_write(struct table *table);
/* A row was appended to the text. */
static inline void table_row(struct table *table)
{
    if (table->text->len >= TABLE_PIECE)
        table_write(table);
}
void table_close(struct table *table);
/* Frees the text. */
void table_clear(struct table *table);

#endif
