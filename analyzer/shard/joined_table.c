/* SPDX-License-Identifier: GPL-2.0-or-later
 * One CSV table out of those of all parts. */
#include "shard/joined_table.h"

#include "base/heap.h"
#include "result/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Rows with equal keys are of one part, or stay in the order of the parts. */
static const struct joined_table tables[] = {
    {"devices.csv", {{"device_id", CELL_TEXT}}},
    {"streams.csv", {{"stream", CELL_NUMBER}}},
    {"leftovers.csv", {{"stream", CELL_NUMBER}}},
    {"pictures.csv", {{"device_id", CELL_TEXT}}},
    {"events.csv", {{"time", CELL_TIME}, {"device_id", CELL_TEXT}}},
    {"trips.csv", {{"device_id", CELL_TEXT}}},
};

const struct joined_table *joined_table_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (strcmp(tables[i].name, name) == 0)
            return &tables[i];
    return NULL;
}

/* The table of a part, and its next row. */
struct side {
    FILE *stream;
    char *line; /* by getline() */
    size_t room;
    GString *row; /* with its line end */
    GString *keys[JOINED_KEYS];
};

struct joining {
    const struct joined_table *joined;
    struct side *sides;
    int columns[JOINED_KEYS]; /* -1 = no such key */
};

/* A row may go over several lines, within quotes. False at the end. */
static bool read_row(struct side *side)
{
    bool quoted = false;
    g_string_truncate(side->row, 0);
    do {
        ssize_t length = getline(&side->line, &side->room, side->stream);
        if (length < 0)
            return side->row->len > 0;
        for (ssize_t i = 0; i < length; i++)
            quoted ^= side->line[i] == '"';
        g_string_append_len(side->row, side->line, length);
    } while (quoted);
    return true;
}

/* The cell of that column of the row; "" if it has fewer. */
static void cell_of(const GString *row, int column, GString *cell)
{
    bool quoted = false;
    g_string_truncate(cell, 0);
    for (const char *at = row->str; *at && (quoted || *at != '\n'); at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (*at == ',' && !quoted && column-- == 0)
            return;
        else if (column == 0 && (quoted || *at != ','))
            g_string_append_c(cell, *at);
    }
}

/* Up to the second, then its fraction: "2026-01-01T00:00:05" is as late as "2026-01-01T00:00:05.000000000Z". */
static int compare_times(const char *a, const char *b)
{
    size_t one = strcspn(a, ".Z"), other = strcspn(b, ".Z");
    int order = strncmp(a, b, MIN(one, other));
    if (order != 0 || one != other)
        return order != 0 ? order : one < other ? -1 : 1;
    const char *left = a[one] == '.' ? a + one + 1 : "", *right = b[one] == '.' ? b + one + 1 : "";
    for (;; left += g_ascii_isdigit(*left), right += g_ascii_isdigit(*right)) {
        char x = g_ascii_isdigit(*left) ? *left : '0', y = g_ascii_isdigit(*right) ? *right : '0';
        if (x != y)
            return x < y ? -1 : 1;
        if (!g_ascii_isdigit(*left) && !g_ascii_isdigit(*right))
            return 0;
    }
}

static int compare_cells(const GString *a, const GString *b, enum cell_order order)
{
    if (order == CELL_TEXT)
        return strcmp(a->str, b->str);
    if (order == CELL_TIME)
        return compare_times(a->str, b->str);
    guint64 one = g_ascii_strtoull(a->str, NULL, 10), other = g_ascii_strtoull(b->str, NULL, 10);
    return (one > other) - (one < other);
}

static bool is_before(uint32_t a, uint32_t b, const void *user)
{
    const struct joining *joining = user;
    for (unsigned i = 0; i < JOINED_KEYS && joining->columns[i] >= 0; i++) {
        int order = compare_cells(joining->sides[a].keys[i], joining->sides[b].keys[i], joining->joined->keys[i].order);
        if (order != 0)
            return order < 0;
    }
    return a < b;
}

static bool next_row(const struct joining *joining, struct side *side)
{
    if (!read_row(side))
        return false;
    for (unsigned i = 0; i < JOINED_KEYS && joining->columns[i] >= 0; i++)
        cell_of(side->row, joining->columns[i], side->keys[i]);
    return true;
}

/* Where the columns of the keys stand in the header. False: one is not there. */
static bool find_columns(struct joining *joining, const GString *header)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    for (unsigned i = 0; i < JOINED_KEYS; i++) {
        const char *wanted = joining->joined->keys[i].column;
        joining->columns[i] = -1;
        for (int column = 0; wanted && column < 64 && joining->columns[i] < 0; column++) {
            cell_of(header, column, cell);
            if (strcmp(cell->str, wanted) == 0)
                joining->columns[i] = column;
        }
        if (wanted && joining->columns[i] < 0)
            return false;
    }
    return true;
}

/* Opens the tables and reads their headers, which are the same. NULL, or why that cannot be. */
static const char *open_sides(struct joining *joining, const int *folders, size_t count, GString *header)
{
    for (size_t i = 0; i < count; i++) {
        struct side *side = &joining->sides[i];
        int descriptor = openat(folders[i], joining->joined->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        side->stream = descriptor >= 0 ? fdopen(descriptor, "r") : NULL;
        if (!side->stream) {
            const char *why = g_strerror(errno);
            if (descriptor >= 0)
                close(descriptor);
            return why;
        }
        if (!read_row(side))
            return "it has no header";
        if (i == 0)
            g_string_append_len(header, side->row->str, (gssize)side->row->len);
        else if (!g_string_equal(header, side->row))
            return "its columns are not those of another part";
    }
    return find_columns(joining, header) ? NULL : "a column is missing by which it is sorted";
}

static void merge(struct joining *joining, size_t count, GString *header, struct output *output, bool hash)
{
    struct table table = {.name = NULL};
    struct heap heap;
    heap_init(&heap, count, is_before, joining);
    table_open(&table, output, joining->joined->name, hash);
    g_string_append_len(table.text, header->str, (gssize)header->len);
    for (size_t i = 0; i < count; i++)
        if (next_row(joining, &joining->sides[i]))
            heap_add(&heap, (uint32_t)i);
    while (heap.count > 0) {
        struct side *first = &joining->sides[heap.items[0]];
        g_string_append_len(table.text, first->row->str, (gssize)first->row->len);
        table_row(&table);
        if (next_row(joining, first))
            heap_changed(&heap);
        else
            heap_ended(&heap);
    }
    table_close(&table);
    table_clear(&table);
    heap_clear(&heap);
}

bool joined_table_write(const struct joined_table *joined, const int *folders, size_t count, struct output *output,
                        bool hash, char **message)
{
    struct joining joining = {.joined = joined, .sides = g_new0(struct side, count)};
    g_autoptr(GString) header = g_string_new(NULL);
    for (size_t i = 0; i < count; i++) {
        joining.sides[i].row = g_string_new(NULL);
        for (unsigned key = 0; key < JOINED_KEYS; key++)
            joining.sides[i].keys[key] = g_string_new(NULL);
    }
    const char *why = open_sides(&joining, folders, count, header);
    if (why)
        *message = g_strdup_printf("%s: %s", joined->name, why);
    else
        merge(&joining, count, header, output, hash);
    for (size_t i = 0; i < count; i++) {
        struct side *side = &joining.sides[i];
        if (side->stream && ferror(side->stream) && !*message)
            *message = g_strdup_printf("%s: it cannot be read to its end", joined->name);
        if (side->stream)
            fclose(side->stream);
        free(side->line);
        g_string_free(side->row, TRUE);
        for (unsigned key = 0; key < JOINED_KEYS; key++)
            g_string_free(side->keys[key], TRUE);
    }
    g_free(joining.sides);
    return *message == NULL;
}
