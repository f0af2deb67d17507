/* SPDX-License-Identifier: GPL-2.0-or-later
 * A table of timeline.gpkg with the rows of one of the small tables in CSV. */
#include "derived/gpkg_table.h"

#include <string.h>

enum type { TEXT, INTEGER, BOOLEAN, DATETIME };

struct gpkg_table {
    struct gpkg *gpkg;
    sqlite3_stmt *statement;
    enum type *types;
    guint columns;
    GString *cell;
};

/* Of a column by its name; whatever is not listed is a number. */
static enum type type_of(const char *column)
{
    static const char *const texts[] = {
        "device_id", "first_device_time", "last_device_time", "flags",          "transport", "source", "destination",
        "tunnel",    "end_reason",        "dialect",          "other_protocol", "device_ids"};
    static const char *const times[] = {"first_seen", "last_seen", "start", "end"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strcmp(texts[i], column) == 0)
            return TEXT;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        if (strcmp(times[i], column) == 0)
            return DATETIME;
    return strcmp(column, "imei_valid") == 0 ? BOOLEAN : INTEGER;
}

static void create(struct gpkg_table *table, const char *name, char **columns)
{
    static const char *const names[] = {"TEXT", "INTEGER", "BOOLEAN", "DATETIME"};
    g_autoptr(GString) made = g_string_new(NULL);
    g_autoptr(GString) insert = g_string_new(NULL);
    g_string_printf(made, "CREATE TABLE %s (fid INTEGER PRIMARY KEY NOT NULL", name);
    g_string_printf(insert, "INSERT INTO %s VALUES (NULL", name);
    for (guint i = 0; i < table->columns; i++) {
        g_string_append_printf(made, ", \"%s\" %s", columns[i], names[table->types[i]]);
        g_string_append(insert, ", ?");
    }
    g_string_append_c(made, ')');
    g_string_append_c(insert, ')');
    gpkg_execute(table->gpkg, made->str);
    table->statement = gpkg_prepare(table->gpkg, insert->str);
}

struct gpkg_table *gpkg_table_new(struct gpkg *gpkg, const char *name, const char *header)
{
    struct gpkg_table *table = g_new0(struct gpkg_table, 1);
    g_autofree char *line = g_strchomp(g_strdup(header));
    g_auto(GStrv) columns = g_strsplit(line, ",", -1);
    table->gpkg = gpkg;
    table->columns = g_strv_length(columns);
    table->types = g_new(enum type, table->columns);
    for (guint i = 0; i < table->columns; i++)
        table->types[i] = type_of(columns[i]);
    table->cell = g_string_new(NULL);
    create(table, name, columns);
    return table;
}

static void bind(struct gpkg_table *table, guint column, const GString *cell)
{
    int number = (int)column + 1, code = SQLITE_OK;
    if (cell->len == 0)
        return; /* NULL */
    switch (table->types[column]) {
    case TEXT:
        code = sqlite3_bind_text(table->statement, number, cell->str, (int)cell->len, SQLITE_TRANSIENT);
        break;
    case DATETIME: { /* nine decimals become three */
        g_autofree char *time = g_strdup_printf("%.*sZ", GPKG_TIME_SIZE - 1, cell->str);
        code = sqlite3_bind_text(table->statement, number, time, -1, SQLITE_TRANSIENT);
        break;
    }
    case INTEGER:
    case BOOLEAN:
        code = sqlite3_bind_int64(table->statement, number, (int64_t)g_ascii_strtoull(cell->str, NULL, 10));
        break;
    }
    gpkg_check(table->gpkg, code);
}

/* The next cell; returns where the one behind it begins. */
static const char *read_cell(GString *cell, const char *at, const char *end)
{
    g_string_truncate(cell, 0);
    if (at < end && *at == '"') {
        for (at++; at < end && (*at != '"' || (at + 1 < end && at[1] == '"')); at++) {
            g_string_append_c(cell, *at);
            at += *at == '"';
        }
        at++;
    }
    for (; at < end && *at != ',' && *at != '\n'; at++)
        g_string_append_c(cell, *at);
    return at + 1;
}

void gpkg_table_line(struct gpkg_table *table, const char *line, size_t length)
{
    const char *end = line + length;
    if (gpkg_failed(table->gpkg))
        return;
    for (guint i = 0; i < table->columns; i++) {
        line = read_cell(table->cell, line, end);
        bind(table, i, table->cell);
    }
    gpkg_step(table->gpkg, table->statement);
}

void gpkg_table_free(struct gpkg_table *table)
{
    if (!table)
        return;
    sqlite3_finalize(table->statement);
    g_string_free(table->cell, TRUE);
    g_free(table->types);
    g_free(table);
}
