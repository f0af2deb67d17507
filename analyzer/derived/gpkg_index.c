/* SPDX-License-Identifier: GPL-2.0-or-later
 * The R-tree of a table. A node: 2 bytes depth of the tree (in the root), 2 bytes count, then for each entry 8 bytes id
 * or number of the node below, and its extent as four 32-bit floats, all with the highest byte first. The root is 1. */
#include "derived/gpkg_index.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define ROOT 1

void gpkg_box_add(struct gpkg_box *box, bool first, const struct gpkg_box *other)
{
    if (first) {
        *box = *other;
        return;
    }
    box->west = fmin(box->west, other->west);
    box->east = fmax(box->east, other->east);
    box->south = fmin(box->south, other->south);
    box->north = fmax(box->north, other->north);
}

static void check(struct gpkg_index *index, int code)
{
    if (index->code == SQLITE_OK && code != SQLITE_OK && code != SQLITE_DONE)
        index->code = code;
}

static sqlite3_stmt *prepare(struct gpkg_index *index, sqlite3 *database, const char *format, const char *table)
{
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf(format, table);
    check(index, sql ? sqlite3_prepare_v2(database, sql, -1, &statement, NULL) : SQLITE_NOMEM);
    sqlite3_free(sql);
    return statement;
}

static void run(struct gpkg_index *index, sqlite3_stmt *statement)
{
    if (!statement)
        return;
    check(index, sqlite3_step(statement));
    sqlite3_reset(statement);
}

static sqlite3_stmt *prepare_leaf(struct gpkg_index *index, sqlite3 *database, const char *table)
{
    GString *format = g_string_new("INSERT INTO rtree_%s_geom_rowid(rowid, nodeno) VALUES");
    for (unsigned i = 0; i < INDEX_ENTRIES; i++)
        g_string_append_printf(format, "%s(?%u, ?1)", i > 0 ? ", " : "", i + 2);
    sqlite3_stmt *statement = prepare(index, database, format->str, table);
    g_string_free(format, TRUE);
    return statement;
}

void gpkg_index_open(struct gpkg_index *index, sqlite3 *database, const char *table)
{
    memset(index, 0, sizeof *index);
    index->next = ROOT + 1;
    index->rows =
        prepare(index, database, "INSERT OR REPLACE INTO rtree_%s_geom_rowid(rowid, nodeno) VALUES(?, ?)", table);
    index->nodes =
        prepare(index, database, "INSERT OR REPLACE INTO rtree_%s_geom_node(nodeno, data) VALUES(?, ?)", table);
    index->leaf = prepare_leaf(index, database, table);
    index->parents =
        prepare(index, database, "INSERT OR REPLACE INTO rtree_%s_geom_parent(nodeno, parentnode) VALUES(?, ?)", table);
}

static void put_u32(uint8_t *out, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(out, &value, sizeof value);
}

static int64_t id_at(const uint8_t *entry)
{
    uint64_t value;
    memcpy(&value, entry, sizeof value);
    return (int64_t)GUINT64_FROM_BE(value);
}

/* The next float towards limit, unless it is exact or beyond already: an extent in the index holds the true one. */
static void put_float(uint8_t *out, double value, float limit)
{
    float near = (float)value;
    if (limit < 0 ? (double)near > value : (double)near < value)
        near = nextafterf(near, limit);
    uint32_t bits;
    memcpy(&bits, &near, sizeof bits);
    put_u32(out, bits);
}

static void link_to(struct gpkg_index *index, sqlite3_stmt *statement, int64_t from, int64_t to)
{
    if (!statement)
        return;
    check(index, sqlite3_bind_int64(statement, 1, from));
    check(index, sqlite3_bind_int64(statement, 2, to));
    run(index, statement);
}

/* Writes the node of a level under that number; its entries keep their links. */
static void write_node(struct gpkg_index *index, unsigned level, int64_t number, unsigned depth)
{
    uint8_t *node = index->levels[level].node;
    unsigned count = index->levels[level].count;
    put_u32(node, depth << 16 | count);
    memset(node + 4 + (size_t)count * INDEX_ENTRY, 0, (size_t)(INDEX_ENTRIES - count) * INDEX_ENTRY);
    if (!index->nodes)
        return;
    check(index, sqlite3_bind_int64(index->nodes, 1, number));
    check(index, sqlite3_bind_blob(index->nodes, 2, node, INDEX_NODE, SQLITE_STATIC));
    run(index, index->nodes);
}

static void add_entry(struct gpkg_index *index, unsigned level, int64_t id, const struct gpkg_box *box);

/* The rows of a node of leaves, all with one statement if it is full. number: of the node. */
static void link_rows(struct gpkg_index *index, int64_t number)
{
    const uint8_t *entry = index->levels[0].node + 4;
    unsigned count = index->levels[0].count;
    if (count < INDEX_ENTRIES || !index->leaf) {
        for (unsigned i = 0; i < count; i++)
            link_to(index, index->rows, id_at(entry + (size_t)i * INDEX_ENTRY), number);
        return;
    }
    check(index, sqlite3_bind_int64(index->leaf, 1, number));
    for (unsigned i = 0; i < count; i++)
        check(index, sqlite3_bind_int64(index->leaf, (int)i + 2, id_at(entry + (size_t)i * INDEX_ENTRY)));
    run(index, index->leaf);
}

/* The node of that level is full, or the last: it becomes an entry of the level above. */
static void end_node(struct gpkg_index *index, unsigned level)
{
    int64_t number = index->levels[level].number;
    if (level == 0)
        link_rows(index, number);
    write_node(index, level, number, 0);
    add_entry(index, level + 1, number, &index->levels[level].box);
    index->levels[level].count = 0;
}

static void add_entry(struct gpkg_index *index, unsigned level, int64_t id, const struct gpkg_box *box)
{
    if (level >= index->height)
        index->height = level + 1;
    if (index->levels[level].count == INDEX_ENTRIES)
        end_node(index, level);
    unsigned place = index->levels[level].count++;
    uint8_t *entry = index->levels[level].node + 4 + (size_t)place * INDEX_ENTRY;
    if (place == 0)
        index->levels[level].number = index->next++;
    put_u32(entry, (uint32_t)((uint64_t)id >> 32));
    put_u32(entry + 4, (uint32_t)id);
    put_float(entry + 8, box->west, -INFINITY);
    put_float(entry + 12, box->east, INFINITY);
    put_float(entry + 16, box->south, -INFINITY);
    put_float(entry + 20, box->north, INFINITY);
    gpkg_box_add(&index->levels[level].box, place == 0, box);
    if (level > 0)
        link_to(index, index->parents, id, index->levels[level].number);
}

void gpkg_index_add(struct gpkg_index *index, int64_t id, const struct gpkg_box *box)
{
    gpkg_box_add(&index->extent, !index->any, box);
    index->any = true;
    add_entry(index, 0, id, box);
}

/* The node of the highest level is the root: its entries are linked to that. */
static void write_root(struct gpkg_index *index)
{
    unsigned top = index->height - 1;
    if (top == 0)
        link_rows(index, ROOT);
    write_node(index, top, ROOT, top);
    for (unsigned i = 0; i < index->levels[top].count && top > 0; i++)
        link_to(index, index->parents, id_at(index->levels[top].node + 4 + (size_t)i * INDEX_ENTRY), ROOT);
}

void gpkg_index_close(struct gpkg_index *index)
{
    for (unsigned level = 0; level + 1 < index->height; level++)
        end_node(index, level);
    if (index->any)
        write_root(index);
    sqlite3_finalize(index->rows);
    sqlite3_finalize(index->leaf);
    sqlite3_finalize(index->nodes);
    sqlite3_finalize(index->parents);
    index->rows = index->leaf = index->nodes = index->parents = NULL;
}
