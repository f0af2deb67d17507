/* SPDX-License-Identifier: GPL-2.0-or-later
 * The records between the two steps, parted by device. Memory is filled from its start; when it is full, a counting
 * sort by part makes a run of the scratch file of it. What memory holds at the end is the last run. */
#include "store/store.h"

#include "base/cache_line.h"
#include "store/record.h"

#include <assert.h>
#include <string.h>

/* Written at once. */
#define WRITE_BYTES ((size_t)262144)
/* Read at once from each run. */
#define READ_MAX ((size_t)131072)
#define READ_MIN ((size_t)4096)

/* Stands before each record, in memory and in a run. */
struct head {
    uint32_t part, length;
};

struct store {
    struct scratch *scratch;
    size_t memory;
    uint8_t *bytes;
    size_t size, used;
    uint32_t *order; /* where the records in memory begin, parted; set by part_memory() */
    size_t count;    /* of them */
    size_t next;     /* of them, when they are read */
    uint32_t parts;  /* behind the highest so far */
    uint64_t records, put_bytes;
    GArray *runs; /* of struct scratch_run */
    int64_t part; /* that is read; -1 = none yet */
    guint run;    /* of it */
};

struct store *store_new(struct scratch *scratch, size_t memory)
{
    struct store *store = g_new0(struct store, 1);
    store->scratch = scratch;
    /* Places in memory are 32 bits wide. */
    store->memory = CLAMP(memory, STORE_MEMORY_MIN, (size_t)UINT32_MAX / 2);
    store->runs = g_array_new(FALSE, FALSE, sizeof(struct scratch_run));
    store->part = -1;
    return store;
}

static struct head head_at(const uint8_t *bytes)
{
    struct head head;
    memcpy(&head, bytes, sizeof head);
    return head;
}

/* Sorts what is in memory by part; each part keeps its order. */
static void part_memory(struct store *store)
{
    uint32_t *starts = g_new0(uint32_t, (size_t)store->parts + 1);
    for (size_t at = 0; at < store->used; at += sizeof(struct head) + head_at(store->bytes + at).length)
        starts[head_at(store->bytes + at).part + 1]++;
    for (uint32_t part = 0; part < store->parts; part++)
        starts[part + 1] += starts[part];
    store->order = g_new(uint32_t, MAX(store->count, 1));
    for (size_t at = 0; at < store->used; at += sizeof(struct head) + head_at(store->bytes + at).length)
        store->order[starts[head_at(store->bytes + at).part]++] = (uint32_t)at;
    g_free(starts);
}

/* The records of a part lie far from each other in memory: the processor fetches so many bytes of the one that comes so
 * much later. */
#define LEAD  ((size_t)8)
#define USUAL ((size_t)192)

static void prefetch_later(const struct store *store, size_t i)
{
    if (i + LEAD < store->count)
        prefetch_lines(store->bytes + store->order[i + LEAD], USUAL);
}

/* Writes the records in order of their parts, collected to some size. */
static void write_parted(const struct store *store, uint64_t position)
{
    uint8_t *buffer = g_malloc(WRITE_BYTES);
    size_t waiting = 0;
    for (size_t i = 0; i < store->count; i++) {
        const uint8_t *from = store->bytes + store->order[i];
        prefetch_later(store, i);
        size_t size = sizeof(struct head) + head_at(from).length;
        for (size_t done = 0, part; done < size; done += part) {
            part = MIN(size - done, WRITE_BYTES - waiting);
            memcpy(buffer + waiting, from + done, part);
            waiting += part;
            if (waiting < WRITE_BYTES)
                continue;
            scratch_write(store->scratch, position, buffer, waiting);
            position += waiting;
            waiting = 0;
        }
    }
    scratch_write(store->scratch, position, buffer, waiting);
    g_free(buffer);
}

/* What is in memory becomes a run. */
static void spill(struct store *store)
{
    struct scratch_run run = {.position = scratch_reserve(store->scratch, store->used), .left = store->used};
    part_memory(store);
    write_parted(store, run.position);
    g_array_append_val(store->runs, run);
    g_clear_pointer(&store->order, g_free);
    store->used = store->count = 0;
}

/* Room for so many bytes behind those that are used. */
static void make_room(struct store *store, size_t size)
{
    size_t held = store->used + store->count * sizeof *store->order;
    if (store->scratch && store->used > 0 && held + size > store->memory)
        spill(store);
    if (store->used + size <= store->size)
        return;
    g_assert(store->used + size <= UINT32_MAX);
    size_t doubled = MAX(store->size * 2, STORE_MEMORY_MIN);
    store->size = MAX(store->scratch ? MIN(doubled, store->memory) : doubled, store->used + size);
    store->bytes = g_realloc(store->bytes, store->size);
}

void store_put(struct store *store, uint32_t part, const struct report *report)
{
    make_room(store, sizeof(struct head) + record_room(report));
    uint8_t *to = store->bytes + store->used;
    struct head head = {part, (uint32_t)record_write(to + sizeof(struct head), report)};
    assert(head.length <= record_room(report));
    memcpy(to, &head, sizeof head);
    store->used += sizeof head + head.length;
    store->count++;
    store->records++;
    store->put_bytes += sizeof head + head.length;
    store->parts = MAX(store->parts, part + 1);
}

uint64_t store_records(const struct store *store)
{
    return store->records;
}

uint64_t store_bytes(const struct store *store)
{
    return store->put_bytes;
}

void store_close(struct store *store)
{
    part_memory(store);
    for (guint i = 0; i < store->runs->len; i++) {
        struct scratch_run *run = &g_array_index(store->runs, struct scratch_run, i);
        run->size = CLAMP(store->memory / 4 / store->runs->len, READ_MIN, READ_MAX);
        run->buffer = g_malloc(run->size);
    }
}

/* The part of the run's first record; -1 if it has none left. The bytes of a file that cannot be read are zeros. */
static int64_t run_part(struct store *store, struct scratch_run *run)
{
    scratch_load(store->scratch, run, sizeof(struct head));
    if (run->end - run->at < sizeof(struct head) || scratch_error(store->scratch) != 0)
        return -1;
    return head_at(run->buffer + run->at).part;
}

static int64_t memory_part(const struct store *store)
{
    return store->next < store->count ? (int64_t)head_at(store->bytes + store->order[store->next]).part : -1;
}

static int64_t lower_part(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : MIN(a, b);
}

bool store_next_part(struct store *store, uint32_t *part)
{
    size_t length;
    while (store->part >= 0 && store_next_record(store, &length))
        continue;
    int64_t next = memory_part(store);
    for (guint i = 0; i < store->runs->len; i++)
        next = lower_part(next, run_part(store, &g_array_index(store->runs, struct scratch_run, i)));
    assert(next < 0 || next > store->part); /* each part once, in order */
    store->part = next;
    store->run = 0;
    *part = (uint32_t)next;
    return next >= 0;
}

const uint8_t *store_next_record(struct store *store, size_t *length)
{
    for (; store->run < store->runs->len; store->run++) {
        struct scratch_run *run = &g_array_index(store->runs, struct scratch_run, store->run);
        if (run_part(store, run) != store->part)
            continue;
        *length = head_at(run->buffer + run->at).length;
        scratch_load(store->scratch, run, sizeof(struct head) + *length);
        if (run->end - run->at < sizeof(struct head) + *length)
            continue; /* it could not be read */
        const uint8_t *record = run->buffer + run->at + sizeof(struct head);
        run->at += sizeof(struct head) + *length;
        return record;
    }
    if (memory_part(store) != store->part)
        return NULL;
    prefetch_later(store, store->next);
    const uint8_t *first = store->bytes + store->order[store->next++];
    *length = head_at(first).length;
    return first + sizeof(struct head);
}

static bool next_part(void *user, uint32_t *part)
{
    return store_next_part(user, part);
}

static const uint8_t *next_record(void *user, size_t *length)
{
    return store_next_record(user, length);
}

struct source store_source(struct store *store)
{
    return (struct source){store, next_part, next_record};
}

void store_free(struct store *store)
{
    if (!store)
        return;
    for (guint i = 0; i < store->runs->len; i++)
        g_free(g_array_index(store->runs, struct scratch_run, i).buffer);
    g_array_unref(store->runs);
    g_free(store->order);
    g_free(store->bytes);
    g_free(store);
}
