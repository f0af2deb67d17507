/* SPDX-License-Identifier: GPL-2.0-or-later
 * One CSV file in the making, of any number of rows, in little memory: rows go to the file as they come, and if their
 * keys turn out not to be in order the file is sorted at the end. */
#ifndef TABLE_H
#define TABLE_H

#include "result/spool.h"

/* Position of a row on the map, in 1e-7 degrees; TABLE_NOWHERE in latitude if it has none. */
#define TABLE_NOWHERE INT32_MIN
struct table_position {
    int32_t latitude, longitude;
};

enum table_standing {
    TABLE_KEYED,  /* the row stands where its key says, and others may follow it */
    TABLE_ASIDE,  /* the same, but no other follows it */
    TABLE_FOLLOWS /* it has no key of its own: that of the last row captured before it that others may follow */
};

/* Where a row stands in the sorted file. */
struct table_place {
    int64_t key;      /* of a row that follows: as far as known when it was appended */
    int64_t captured; /* among rows with the same key, ns */
    uint64_t order;   /* among rows with the same key and time; no two rows have all the same */
    struct table_position position;
    enum table_standing standing;
};

/* What is kept of a row in the index. */
struct table_entry {
    struct table_place place;
    uint32_t length;
    uint64_t offset;
};

struct table_block;

struct table {
    struct output *output;
    char name[48];
    struct spool_file file;
    uint64_t size; /* bytes of the file, those that wait in the spool included */
    uint64_t head; /* bytes of its header line */
    uint64_t rows;
    struct table_place last;
    bool in_order;
    bool late;                 /* a row was captured before another that was appended before it */
    struct table_block *block; /* newest part of the index */
};

/* name: at most 40 characters. head: the header line with its line end. The table must not move while it is open. */
void table_open(struct table *table, struct output *output, const char *name, const GString *head);
/* One row with its line end. */
void table_append(struct table *table, const GString *row, const struct table_place *place);
void table_append_line(struct table *table, const char *row, size_t length, const struct table_place *place);

/* A row will soon be appended: brings the places of it into the cache. */
void table_expect(const struct table *table);

/* Called with each row in order. */
typedef void (*table_visit)(const struct table_entry *entry, void *user);

/* Writes what is left and sorts the file if sort is set and it needs to be. If the rows did not come in order (in_order
 * is false), calls visit (may be NULL) for each in order; rows that came in order are not visited. Frees all. */
void table_close(struct table *table, bool sort, table_visit visit, void *user);

#endif
