/* SPDX-License-Identifier: GPL-2.0-or-later
 * The index of a table and the external sort by it. */
#include "sort.h"

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

static int compare_entries(const void *left, const void *right)
{
    const struct table_entry *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
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

static void put(struct sink *sink, const struct table_entry *entry)
{
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

/* Restores the heap order below heap[parent]: the run with the smallest entry is on top. */
static void sift(struct run **heap, size_t count, size_t parent)
{
    for (;;) {
        size_t child = parent * 2 + 1;
        if (child >= count)
            return;
        if (child + 1 < count && compare_entries(&heap[child + 1]->entries[heap[child + 1]->next],
                                                 &heap[child]->entries[heap[child]->next]) < 0)
            child++;
        if (compare_entries(&heap[parent]->entries[heap[parent]->next], &heap[child]->entries[heap[child]->next]) <= 0)
            return;
        struct run *swap = heap[parent];
        heap[parent] = heap[child];
        heap[child] = swap;
        parent = child;
    }
}

static void merge(GArray *runs, struct sink *sink)
{
    size_t count = runs->len;
    struct run **heap = g_new(struct run *, count);
    for (size_t i = 0; i < count; i++) {
        heap[i] = &g_array_index(runs, struct run, i);
        heap[i]->entries = g_new(struct table_entry, MERGE_ENTRIES);
        refill(sink->output, heap[i]);
    }
    for (size_t i = count; i-- > 0;)
        sift(heap, count, i);
    while (count > 0) {
        struct run *top = heap[0];
        put(sink, &top->entries[top->next++]);
        if (top->next == top->loaded)
            refill(sink->output, top);
        if (top->loaded == 0)
            heap[0] = heap[--count];
        sift(heap, count, 0);
    }
    for (guint i = 0; i < runs->len; i++)
        g_free(g_array_index(runs, struct run, i).entries);
    g_free(heap);
}

static void spill(struct output *output, struct table_entry *entries, size_t count, GArray *runs)
{
    qsort(entries, count, sizeof *entries, compare_entries);
    struct run run = {.position = output_scratch_append(output, entries, count * sizeof *entries), .left = count};
    g_array_append_val(runs, run);
}

/* Sorts the whole index of the table into the sink. */
static void sort_entries(struct table *table, struct sink *sink)
{
    size_t capacity = (size_t)MIN(table->rows, RUN_ENTRIES) + SORT_BLOCK, count = 0;
    struct table_entry *entries = g_new(struct table_entry, capacity);
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(struct run));
    struct table_block block = *table->block;
    for (;;) {
        if (count + block.count > capacity) {
            spill(table->output, entries, count, runs);
            count = 0;
        }
        memcpy(entries + count, block.entries, block.count * sizeof *entries);
        count += block.count;
        if (block.before == 0 || output_error(table->output))
            break;
        output_scratch_read(table->output, block.before - 1, &block, sizeof block);
    }
    if (runs->len == 0) {
        qsort(entries, count, sizeof *entries, compare_entries);
        for (size_t i = 0; i < count; i++)
            put(sink, &entries[i]);
    } else {
        spill(table->output, entries, count, runs);
        merge(runs, sink);
    }
    g_array_unref(runs);
    g_free(entries);
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
