/* SPDX-License-Identifier: GPL-2.0-or-later
 * The index of a table and the external sort by it. */
#include "result/sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_ENTRIES   65536 /* sorted at once */
#define MERGE_ENTRIES 256   /* read at once from each run */
#define COPY_SIZE     65536

/* Where sorted entries go: the visitor, and the file that is written anew. */
struct sink {
    struct output *output;
    const char *name;
    table_visit visit;
    void *user;
    int from, to;            /* descriptors, -1 if the file stays as it is */
    uint64_t offset, length; /* rows that stand one behind the other are copied at once */
};

/* A sorted run in the scratch file. */
struct run {
    uint64_t position, left; /* in entries: not read yet */
    uint32_t next, loaded;   /* in entries */
    struct table_entry *entries;
};

typedef int (*comparison)(const void *left, const void *right);

/* Takes entries in any order, gives them back in that of compare. */
struct sorter {
    struct output *output;
    comparison compare;
    struct table_entry *entries; /* not in a run yet */
    size_t count;
    GArray *runs; /* of struct run */
};

/* Gives rows that follow others their keys; takes entries as they were captured. */
struct follower {
    struct sorter *into;
    int64_t live, last; /* keys: of the last row that others may follow, of the row before; INT64_MIN = none */
};

void sort_index(struct table *table, const struct table_entry *entry)
{
    if (!table->block)
        table->block = g_new0(struct table_block, 1);
    struct table_block *block = table->block;
    if (block->count == SORT_BLOCK) {
        block->before = 1 + output_scratch_append(table->output, block, sizeof *block);
        block->count = 0;
    }
    block->entries[block->count++] = *entry;
}

int sort_compare(const struct table_place *left, const struct table_place *right)
{
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    if (left->captured != right->captured)
        return left->captured < right->captured ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static int compare_places(const void *left, const void *right)
{
    return sort_compare(&((const struct table_entry *)left)->place, &((const struct table_entry *)right)->place);
}

static int compare_captured(const void *left, const void *right)
{
    const struct table_place *a = &((const struct table_entry *)left)->place;
    const struct table_place *b = &((const struct table_entry *)right)->place;
    if (a->captured != b->captured)
        return a->captured < b->captured ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void copy_rows(struct sink *sink)
{
    static char buffer[COPY_SIZE];
    while (sink->length > 0 && !output_error(sink->output)) {
        ssize_t got = pread(sink->from, buffer, MIN(sink->length, sizeof buffer), (off_t)sink->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || !output_write_all(sink->to, buffer, (size_t)got)) {
            output_fail(sink->output, "sort", sink->name);
            return;
        }
        sink->offset += (uint64_t)got;
        sink->length -= (uint64_t)got;
    }
}

static void put(const struct table_entry *entry, void *user)
{
    struct sink *sink = user;
    if (sink->visit)
        sink->visit(entry, sink->user);
    if (sink->to < 0)
        return;
    if (entry->offset != sink->offset + sink->length) {
        copy_rows(sink);
        sink->offset = entry->offset;
        sink->length = 0;
    }
    sink->length += entry->length;
}

static void refill(struct output *output, struct run *run)
{
    run->next = 0;
    run->loaded = (uint32_t)MIN(run->left, MERGE_ENTRIES);
    output_scratch_read(output, run->position, run->entries, run->loaded * sizeof(struct table_entry));
    run->position += run->loaded * sizeof(struct table_entry);
    run->left -= run->loaded;
}

static int compare_heads(const struct sorter *sorter, const struct run *left, const struct run *right)
{
    return sorter->compare(&left->entries[left->next], &right->entries[right->next]);
}

/* Restores the heap order below heap[parent]: the run with the smallest entry is on top. */
static void sift(const struct sorter *sorter, struct run **heap, size_t count, size_t parent)
{
    for (;;) {
        size_t child = parent * 2 + 1;
        if (child >= count)
            return;
        if (child + 1 < count && compare_heads(sorter, heap[child + 1], heap[child]) < 0)
            child++;
        if (compare_heads(sorter, heap[parent], heap[child]) <= 0)
            return;
        struct run *swap = heap[parent];
        heap[parent] = heap[child];
        heap[child] = swap;
        parent = child;
    }
}

static void merge(const struct sorter *sorter, table_visit visit, void *user)
{
    size_t count = sorter->runs->len;
    struct run **heap = g_new(struct run *, count);
    for (size_t i = 0; i < count; i++) {
        heap[i] = &g_array_index(sorter->runs, struct run, i);
        heap[i]->entries = g_new(struct table_entry, MERGE_ENTRIES);
        refill(sorter->output, heap[i]);
    }
    for (size_t i = count; i-- > 0;)
        sift(sorter, heap, count, i);
    while (count > 0) {
        struct run *top = heap[0];
        visit(&top->entries[top->next++], user);
        if (top->next == top->loaded)
            refill(sorter->output, top);
        if (top->loaded == 0)
            heap[0] = heap[--count];
        sift(sorter, heap, count, 0);
    }
    for (guint i = 0; i < sorter->runs->len; i++)
        g_free(g_array_index(sorter->runs, struct run, i).entries);
    g_free(heap);
}

static struct sorter new_sorter(const struct table *table, comparison compare)
{
    return (struct sorter){.output = table->output,
                           .compare = compare,
                           .entries = g_new(struct table_entry, (size_t)MIN(table->rows, RUN_ENTRIES)),
                           .runs = g_array_new(FALSE, FALSE, sizeof(struct run))};
}

static void spill(struct sorter *sorter)
{
    size_t size = sorter->count * sizeof *sorter->entries;
    qsort(sorter->entries, sorter->count, sizeof *sorter->entries, sorter->compare);
    struct run run = {.position = output_scratch_append(sorter->output, sorter->entries, size), .left = sorter->count};
    g_array_append_val(sorter->runs, run);
    sorter->count = 0;
}

static void add(struct sorter *sorter, const struct table_entry *entry)
{
    if (sorter->count == RUN_ENTRIES)
        spill(sorter);
    sorter->entries[sorter->count++] = *entry;
}

/* Visits all in order, and frees what the sorter holds. */
static void finish(struct sorter *sorter, table_visit visit, void *user)
{
    if (sorter->runs->len == 0) {
        qsort(sorter->entries, sorter->count, sizeof *sorter->entries, sorter->compare);
        for (size_t i = 0; i < sorter->count; i++)
            visit(&sorter->entries[i], user);
    } else {
        spill(sorter);
        merge(sorter, visit, user);
    }
    g_array_unref(sorter->runs);
    g_free(sorter->entries);
}

/* The whole index of the table. */
static void add_index(struct sorter *sorter, const struct table *table)
{
    struct table_block block = *table->block;
    for (;;) {
        for (uint32_t i = 0; i < block.count; i++)
            add(sorter, &block.entries[i]);
        if (block.before == 0 || output_error(table->output))
            return;
        output_scratch_read(table->output, block.before - 1, &block, sizeof block);
    }
}

static void follow(const struct table_entry *entry, void *user)
{
    struct follower *follower = user;
    struct table_entry placed = *entry;
    if (placed.place.standing == TABLE_FOLLOWS)
        placed.place.key = follower->live != INT64_MIN ? follower->live : follower->last;
    if (placed.place.standing != TABLE_ASIDE)
        follower->live = placed.place.key;
    follower->last = placed.place.key;
    add(follower->into, &placed);
}

static void sort_entries(struct table *table, struct sink *sink)
{
    struct sorter places = new_sorter(table, compare_places);
    if (table->late) {
        struct sorter captured = new_sorter(table, compare_captured);
        struct follower follower = {&places, INT64_MIN, INT64_MIN};
        add_index(&captured, table);
        finish(&captured, follow, &follower);
    } else {
        add_index(&places, table);
    }
    finish(&places, put, sink);
}

void sort_table(struct table *table, bool rewrite, table_visit visit, void *user)
{
    struct sink sink = {
        .output = table->output, .name = table->name, .visit = visit, .user = user, .from = -1, .to = -1};
    if (rewrite) {
        sink.from = output_reopen(table->output, table->name);
        sink.to = output_replacement(table->output, table->name);
    }
    if (!output_error(table->output)) {
        sink.length = table->head; /* the header line stays first */
        sort_entries(table, &sink);
        if (sink.to >= 0)
            copy_rows(&sink);
    }
    if (sink.from >= 0)
        close(sink.from);
    if (sink.to >= 0 && close(sink.to) != 0)
        output_fail(table->output, "write", table->name);
    if (rewrite)
        output_replace(table->output, table->name);
}
