/* SPDX-License-Identifier: GPL-2.0-or-later
 * One CSV table out of the tables of all parts, each of which is in order: rows are merged by the cells that the order
 * is by. In: folders. Out: a file of the results. */
#ifndef JOINED_TABLE_H
#define JOINED_TABLE_H

#include "result/output.h"

/* How two cells of a column compare. */
/* Of CELL_TIME an empty one is before all others. */
enum cell_order { CELL_TEXT, CELL_NUMBER, CELL_TIME };

#define JOINED_KEYS 2
struct joined_table {
    const char *name;
    struct {
        const char *column; /* NULL behind the last */
        enum cell_order order;
    } keys[JOINED_KEYS];
};

/* The table of that name; NULL if it is none that is known. */
const struct joined_table *joined_table_find(const char *name);
/* folders: descriptors of the parts' folders. False: one cannot be read, or has no such table; *message says why, the
 * caller frees it. */
bool joined_table_write(const struct joined_table *joined, const int *folders, size_t count, struct output *output,
                        bool hash, char **message);

#endif
