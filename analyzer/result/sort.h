/* SPDX-License-Identifier: GPL-2.0-or-later
 * The index of a table (keys and places of its rows, in blocks in the scratch file) and the external sort by it.
 * Memory is bounded: 64 Ki entries are sorted at once, longer indexes are merged from sorted runs. */
#ifndef SORT_H
#define SORT_H

#include "result/table.h"

/* Entries of one block of the index. */
#define SORT_BLOCK 12

struct table_block {
    uint64_t before; /* 1 + position of the block before it, 0 = none */
    uint32_t count;
    struct table_entry entries[SORT_BLOCK];
};

/* Negative, 0 or positive, by key, capture time and order. */
int sort_compare(const struct table_place *left, const struct table_place *right);

/* Adds an entry to the index of the table. */
void sort_index(struct table *table, const struct table_entry *entry);

/* Visits all entries in their order; if rewrite is set, puts the rows of the file into that order. Where rows came
 * late, those that follow others are given their keys anew, as in the order of the capture. */
void sort_table(struct table *table, bool rewrite, table_visit visit, void *user);

#endif
