/* SPDX-License-Identifier: GPL-2.0-or-later
 * The R-tree of a table, packed in the order of its rows: neighbours in time are neighbours in space, so that the nodes
 * are small without any sorting. Takes extents, writes the tables that SQLite's rtree module reads. */
#ifndef GPKG_INDEX_H
#define GPKG_INDEX_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* In degrees. */
struct gpkg_box {
    double west, east, south, north;
};
void gpkg_box_add(struct gpkg_box *box, bool first, const struct gpkg_box *other);

/* Entries of a node, as SQLite has it for pages of 4096 bytes; levels: more than 2^63 entries need. */
#define INDEX_ENTRIES 51
#define INDEX_ENTRY   24
#define INDEX_NODE    (4 + INDEX_ENTRIES * INDEX_ENTRY)
#define INDEX_LEVELS  12

struct gpkg_index {
    sqlite3_stmt *rows, *nodes, *parents;
    sqlite3_stmt *leaf; /* the rows of a full node at once */
    int code;           /* the first that SQLite returned which is none of success */
    struct {
        uint8_t node[INDEX_NODE];
        unsigned count;
        int64_t number; /* of the node */
        struct gpkg_box box;
    } levels[INDEX_LEVELS];
    unsigned height; /* levels in use */
    int64_t next;    /* number of the next node */
    bool any;
    struct gpkg_box extent;
};

/* The virtual table rtree_<table>_geom must be there, empty. */
void gpkg_index_open(struct gpkg_index *index, sqlite3 *database, const char *table);
/* Ascending ids. */
void gpkg_index_add(struct gpkg_index *index, int64_t id, const struct gpkg_box *box);
void gpkg_index_close(struct gpkg_index *index);

#endif
