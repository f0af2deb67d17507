/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts pieces of bytes into the order of their keys, in bounded memory. */
#include "base/sorter.h"

#include <glib.h>
#include <string.h>

/* Read at once from each run. */
#define READ_MAX ((size_t)262144)
#define READ_MIN ((size_t)4096)

/* Written at once. */
#define WRITE_BYTES ((size_t)262144)
/* Room in the beginning. */
#define FIRST_BYTES  ((size_t)65536)
#define FIRST_PLACES ((size_t)64)

/* A piece as it lies in memory and in a run; its bytes follow, up to a multiple of 8. */
struct piece {
    struct sorter_key key;
    uint64_t length;
};

struct sorter {
    struct scratch *scratch;
    size_t memory;
    uint8_t *bytes; /* the pieces in memory, one behind the other */
    size_t size, used;
    uint32_t *places;          /* where each begins, in multiples of 8 */
    size_t count, room;        /* of them: there are, there can be */
    bool ascending;            /* so far, in memory */
    size_t last;               /* the one added last */
    size_t next;               /* place to give out, without runs */
    GArray *runs;              /* of struct scratch_run */
    struct scratch_run **heap; /* the run with the smallest piece is on top */
    size_t heap_count;
    bool given; /* the top's first piece was given out */
};

static size_t padded(uint64_t length)
{
    return ((size_t)length + 7) & ~(size_t)7;
}

static const struct piece *piece_at(const uint8_t *bytes)
{
    return (const struct piece *)(const void *)bytes;
}

static int compare_keys(const struct sorter_key *a, const struct sorter_key *b)
{
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->second != b->second)
        return a->second < b->second ? -1 : 1;
    return a->third < b->third ? -1 : a->third > b->third;
}

struct sorter *sorter_new(struct scratch *scratch, size_t memory)
{
    struct sorter *sorter = g_new0(struct sorter, 1);
    sorter->scratch = scratch;
    sorter->memory = MIN(MAX(memory, SORTER_MEMORY_MIN), (size_t)UINT32_MAX * 8);
    sorter->runs = g_array_new(FALSE, FALSE, sizeof(struct scratch_run));
    sorter->ascending = true;
    return sorter;
}

/* By key; equal ones as they were added. */
static gint compare_places(gconstpointer left, gconstpointer right, gpointer bytes)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    const uint8_t *from = bytes;
    int order = compare_keys(&piece_at(from + (size_t)a * 8)->key, &piece_at(from + (size_t)b * 8)->key);
    return order ? order : a < b ? -1 : a > b;
}

static void sort_memory(struct sorter *sorter)
{
    if (!sorter->ascending)
        g_qsort_with_data(sorter->places, (gint)sorter->count, sizeof *sorter->places, compare_places, sorter->bytes);
}

/* Writes the pieces in order, collected to some size. */
static void write_sorted(const struct sorter *sorter, uint64_t position)
{
    uint8_t *buffer = g_malloc(WRITE_BYTES);
    size_t waiting = 0;
    for (size_t i = 0; i < sorter->count; i++) {
        const uint8_t *from = sorter->bytes + (size_t)sorter->places[i] * 8;
        size_t size = sizeof(struct piece) + padded(piece_at(from)->length);
        for (size_t done = 0, part; done < size; done += part) {
            part = MIN(size - done, WRITE_BYTES - waiting);
            memcpy(buffer + waiting, from + done, part);
            waiting += part;
            if (waiting < WRITE_BYTES)
                continue;
            scratch_write(sorter->scratch, position, buffer, waiting);
            position += waiting;
            waiting = 0;
        }
    }
    scratch_write(sorter->scratch, position, buffer, waiting);
    g_free(buffer);
}

/* What is in memory becomes a run. */
static void spill(struct sorter *sorter)
{
    struct scratch_run run = {
        .position = scratch_reserve(sorter->scratch, sorter->used), .left = sorter->used, .number = sorter->runs->len};
    sort_memory(sorter);
    if (sorter->ascending)
        scratch_write(sorter->scratch, run.position, sorter->bytes, sorter->used);
    else
        write_sorted(sorter, run.position);
    g_array_append_val(sorter->runs, run);
    sorter->used = 0;
    sorter->ascending = true;
    sorter->count = 0;
}

/* For one more piece of that size. */
static void make_room(struct sorter *sorter, size_t size)
{
    if (sorter->used > 0 && sorter->used + size + sorter->count * sizeof *sorter->places > sorter->memory)
        spill(sorter);
    if (sorter->count == sorter->room) {
        sorter->room = MAX(sorter->room * 2, FIRST_PLACES);
        sorter->places = g_renew(uint32_t, sorter->places, sorter->room);
    }
    if (sorter->used + size <= sorter->size)
        return;
    sorter->size = MAX(MIN(MAX(sorter->size * 2, FIRST_BYTES), sorter->memory), sorter->used + size);
    sorter->bytes = g_realloc(sorter->bytes, sorter->size);
}

void *sorter_add(struct sorter *sorter, const struct sorter_key *key, size_t length)
{
    size_t size = sizeof(struct piece) + padded(length);
    make_room(sorter, size);
    uint8_t *to = sorter->bytes + sorter->used;
    if (sorter->count > 0 && compare_keys(key, &piece_at(sorter->bytes + sorter->last)->key) < 0)
        sorter->ascending = false;
    struct piece piece = {*key, length};
    memcpy(to, &piece, sizeof piece);
    if (length > 0)
        memset(to + size - 8, 0, 8); /* what fills it up is written, too */
    sorter->places[sorter->count++] = (uint32_t)(sorter->used / 8);
    sorter->last = sorter->used;
    sorter->used += size;
    return to + sizeof piece;
}

/* The first piece of the run, whole; NULL if there is none. */
static const struct piece *head(struct sorter *sorter, struct scratch_run *run)
{
    scratch_load(sorter->scratch, run, sizeof(struct piece));
    if (run->end - run->at < sizeof(struct piece) || scratch_error(sorter->scratch) != 0)
        return NULL;
    scratch_load(sorter->scratch, run, sizeof(struct piece) + padded(piece_at(run->buffer + run->at)->length));
    return piece_at(run->buffer + run->at);
}

static int compare_heads(const struct scratch_run *left, const struct scratch_run *right)
{
    int order = compare_keys(&piece_at(left->buffer + left->at)->key, &piece_at(right->buffer + right->at)->key);
    return order ? order : left->number < right->number ? -1 : 1;
}

/* Restores the order below heap[parent]. */
static void sift(const struct sorter *sorter, size_t parent)
{
    struct scratch_run **heap = sorter->heap;
    for (;;) {
        size_t child = parent * 2 + 1;
        if (child >= sorter->heap_count)
            return;
        if (child + 1 < sorter->heap_count && compare_heads(heap[child + 1], heap[child]) < 0)
            child++;
        if (compare_heads(heap[parent], heap[child]) <= 0)
            return;
        struct scratch_run *swap = heap[parent];
        heap[parent] = heap[child];
        heap[child] = swap;
        parent = child;
    }
}

static void begin_merge(struct sorter *sorter)
{
    guint count = sorter->runs->len;
    g_clear_pointer(&sorter->bytes, g_free);
    sorter->size = 0;
    sorter->heap = g_new(struct scratch_run *, count);
    for (guint i = 0; i < count; i++) {
        struct scratch_run *run = &g_array_index(sorter->runs, struct scratch_run, i);
        run->size = CLAMP(sorter->memory / count, READ_MIN, READ_MAX);
        run->buffer = g_malloc(run->size);
        if (head(sorter, run))
            sorter->heap[sorter->heap_count++] = run;
    }
    for (size_t i = sorter->heap_count; i-- > 0;)
        sift(sorter, i);
}

void sorter_sort(struct sorter *sorter)
{
    if (sorter->runs->len == 0) {
        sort_memory(sorter);
        return;
    }
    if (sorter->used > 0)
        spill(sorter);
    begin_merge(sorter);
}

static bool next_merged(struct sorter *sorter, struct sorter_piece *piece)
{
    if (sorter->given) {
        struct scratch_run *top = sorter->heap[0];
        top->at += sizeof(struct piece) + padded(piece_at(top->buffer + top->at)->length);
        if (!head(sorter, top))
            sorter->heap[0] = sorter->heap[--sorter->heap_count];
        sift(sorter, 0);
    }
    sorter->given = sorter->heap_count > 0;
    if (!sorter->given)
        return false;
    const struct piece *first = piece_at(sorter->heap[0]->buffer + sorter->heap[0]->at);
    *piece = (struct sorter_piece){first->key, (const uint8_t *)(first + 1), (size_t)first->length};
    return true;
}

bool sorter_next(struct sorter *sorter, struct sorter_piece *piece)
{
    if (sorter->runs->len > 0)
        return next_merged(sorter, piece);
    if (sorter->next == sorter->count)
        return false;
    const struct piece *first = piece_at(sorter->bytes + (size_t)sorter->places[sorter->next++] * 8);
    *piece = (struct sorter_piece){first->key, (const uint8_t *)(first + 1), (size_t)first->length};
    return true;
}

void sorter_clear(struct sorter *sorter)
{
    for (guint i = 0; i < sorter->runs->len; i++)
        g_free(g_array_index(sorter->runs, struct scratch_run, i).buffer);
    g_array_set_size(sorter->runs, 0);
    g_clear_pointer(&sorter->heap, g_free);
    sorter->heap_count = 0;
    sorter->given = false;
    sorter->count = 0;
    sorter->used = 0;
    sorter->next = 0;
    sorter->ascending = true;
}

void sorter_free(struct sorter *sorter)
{
    if (!sorter)
        return;
    sorter_clear(sorter);
    g_array_unref(sorter->runs);
    g_free(sorter->places);
    g_free(sorter->bytes);
    g_free(sorter);
}
