/* SPDX-License-Identifier: GPL-2.0-or-later
 * The index of a table (keys and places of its rows, in blocks in the scratch file) and the external sort by it.
 * Memory is bounded: 64 Ki entries are sorted at once, longer indexes are merged from sorted runs. */
#ifndef SORT_H
#define SORT_H

#include "table.h"

/* Entries of one block of the index. */
#define SORT_BLOCK 16

struct table_block {
    uint64_t before; /* 1 + position of the block before it, 0 = none */
    uint32_t count;
    struct table_entry entries[SORT_BLOCK];
};

/* Adds an entry to the index of the table. */
void sort_index(struct table *table, const struct table_entry *entry);

/* Visits all entries in order of key and order; if rewrite is set, puts the rows of the file into that order. */
void sort_table(struct table *table, bool rewrite, table_visit visit, void *user);

#endif
