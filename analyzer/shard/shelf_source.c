/* SPDX-License-Identifier: GPL-2.0-or-later
 * The records of all record files: device after device, of each merged in the order in which their frames were found.
 */
#include "base/numbers.h"
#include "conversation/shard.h"
#include "shard/shelf_state.h"
#include "store/record.h"

#include <string.h>

/* The same on all machines: FNV-1a, mixed. */
bool shelf_part_has(const struct shelf_part *part, const char *device_id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *device_id; device_id++)
        hash = (hash ^ (uint8_t)*device_id) * UINT64_C(0x100000001b3);
    return part->count <= 1 || shard_mix(hash) % part->count == part->number - 1;
}

/* The next block of the device in the file; false behind the last. */
static bool next_block(struct book *book)
{
    struct block block;
    g_clear_pointer(&book->block, g_free);
    book->at = book->length = 0;
    while (book->position < book->end) {
        blocks_seek(book->in->blocks, book->position);
        enum blocks_result result = blocks_next(book->in->blocks, &block);
        uint64_t next = block.position + BLOCK_HEAD + block.length;
        bool lost =
            result != BLOCKS_FOUND || block.kind != KIND_RECS || block.owner != book->owner || block.length == 0;
        if (lost)
            records_in_damage(book->in, "the block at byte %" G_GUINT64_FORMAT " is damaged: its records are left out",
                              book->position);
        book->position = lost && (next > book->end || result == BLOCKS_END) ? book->end : next;
        if (lost)
            continue;
        book->block = g_memdup2(block.bytes, block.length);
        book->length = block.length;
        return true;
    }
    return false;
}

/* The next record of the file as it is written there; NULL behind the last. */
static const uint8_t *next_bytes(struct book *book, size_t *length)
{
    while (book->at < book->length || next_block(book)) {
        struct numbers rest = {book->block + book->at, book->block + book->length, false};
        uint64_t size = number_get(&rest);
        if (!rest.bad && size <= (size_t)(rest.end - rest.at)) {
            book->at = (size_t)(rest.at - book->block) + (size_t)size;
            *length = (size_t)size;
            return rest.at;
        }
        records_in_damage(book->in, "a block before byte %" G_GUINT64_FORMAT " holds what is no record",
                          book->position);
        book->at = book->length;
    }
    return NULL;
}

/* Gives inputs and conversation the numbers of the result. */
static bool renumber(const struct book *book, GArray *packets, struct report *report)
{
    bool good = book_input(book, &report->completed.file);
    bool own = report->packets == &report->completed;
    for (guint i = 0; !own && i < packets->len; i++)
        good = good && book_input(book, &g_array_index(packets, struct origin, i).file);
    if (report->answers.number != 0)
        good = good && book_input(book, &report->answers.file);
    report->stream = book_stream(book, report->stream);
    return good && report->stream != 0;
}

/* The next record in the form that the second step reads; false behind the last. */
static bool read_on(struct shelf *shelf, struct book *book)
{
    const uint8_t *bytes;
    size_t length;
    while ((bytes = next_bytes(book, &length)) != NULL) {
        struct report report;
        if (book->left != UINT64_MAX && book->left > 0)
            book->left--;
        if (!record_read(bytes, length, shelf->packets, &report) || !renumber(book, shelf->packets, &report)) {
            records_in_damage(book->in, "a record before byte %" G_GUINT64_FORMAT " is none and is left out",
                              book->position);
            continue;
        }
        g_byte_array_set_size(book->record, (guint)record_room(&report));
        g_byte_array_set_size(book->record, (guint)record_write(book->record->data, &report));
        book->order = report.order;
        return true;
    }
    if (book->left != UINT64_MAX && book->left > 0) {
        book->in->lost += book->left;
        records_in_damage(book->in, "%" G_GUINT64_FORMAT " records of one device are lost", book->left);
    }
    return false;
}

static bool found_before(uint32_t a, uint32_t b, const void *user)
{
    const struct shelf *shelf = user;
    const struct book *left = shelf->books->pdata[a], *right = shelf->books->pdata[b];
    if (left->order != right->order)
        return left->order < right->order;
    return a < b;
}

static gint compare_chapters(gconstpointer a, gconstpointer b)
{
    const struct chapter *left = a, *right = b;
    if (left->device != right->device)
        return left->device < right->device ? -1 : 1;
    if (left->book != right->book)
        return left->book < right->book ? -1 : 1;
    return (left->place > right->place) - (left->place < right->place);
}

static void add_chapters(struct shelf *shelf, uint32_t number)
{
    const struct book *book = shelf->books->pdata[number];
    for (guint i = 0; i < book->in->places->len; i++) {
        const struct records_place *place = &g_array_index(book->in->places, struct records_place, i);
        struct chapter chapter = {book->devices[place->device], number, i};
        if (shelf_part_has(&shelf->part, devices_at(shelf->all, chapter.device)->id))
            g_array_append_val(shelf->chapters, chapter);
    }
}

/* The file's records of a device begin there; there may be more places. */
static bool open_chapter(struct shelf *shelf, const struct chapter *chapter)
{
    struct book *book = shelf->books->pdata[chapter->book];
    const struct records_place *place = &g_array_index(book->in->places, struct records_place, chapter->place);
    book->owner = place->device;
    book->position = place->position;
    book->end = place->position + place->bytes;
    book->left = place->records;
    return read_on(shelf, book);
}

/* The chapter of the book at hand has ended: on to its next one of the same device. */
static bool next_chapter(struct shelf *shelf, struct book *book, uint32_t number)
{
    while (++book->place < shelf->next) {
        const struct chapter *chapter = &g_array_index(shelf->chapters, struct chapter, book->place);
        if (chapter->book != number)
            return false;
        if (open_chapter(shelf, chapter))
            return true;
    }
    return false;
}

static bool next_part(void *user, uint32_t *device)
{
    struct shelf *shelf = user;
    guint first = shelf->next, last = first;
    if (first >= shelf->chapters->len)
        return false;
    *device = g_array_index(shelf->chapters, struct chapter, first).device;
    while (last < shelf->chapters->len && g_array_index(shelf->chapters, struct chapter, last).device == *device)
        last++;
    shelf->next = last;
    shelf->given = false;
    shelf->heap.count = 0;
    for (guint i = first; i < last; i++) {
        const struct chapter *chapter = &g_array_index(shelf->chapters, struct chapter, i);
        struct book *book = shelf->books->pdata[chapter->book];
        if (i > first && g_array_index(shelf->chapters, struct chapter, i - 1).book == chapter->book)
            continue;
        book->place = i;
        if (open_chapter(shelf, chapter) || next_chapter(shelf, book, chapter->book))
            heap_add(&shelf->heap, chapter->book);
    }
    return true;
}

static const uint8_t *next_record(void *user, size_t *length)
{
    struct shelf *shelf = user;
    if (shelf->given && shelf->heap.count > 0) {
        uint32_t number = shelf->heap.items[0];
        struct book *book = shelf->books->pdata[number];
        if (read_on(shelf, book) || next_chapter(shelf, book, number))
            heap_changed(&shelf->heap);
        else
            heap_ended(&shelf->heap);
    }
    shelf->given = true;
    if (shelf->heap.count == 0)
        return NULL;
    const struct book *first = shelf->books->pdata[shelf->heap.items[0]];
    *length = first->record->len;
    return first->record->data;
}

struct source shelf_source(struct shelf *shelf, const struct shelf_part *part)
{
    shelf->part = *part;
    shelf->chapters = g_array_new(FALSE, FALSE, sizeof(struct chapter));
    shelf->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    heap_init(&shelf->heap, shelf->books->len, found_before, shelf);
    for (guint i = 0; i < shelf->books->len; i++) {
        ((struct book *)shelf->books->pdata[i])->record = g_byte_array_new();
        add_chapters(shelf, i);
    }
    g_array_sort(shelf->chapters, compare_chapters);
    return (struct source){shelf, next_part, next_record};
}

void shelf_source_clear(struct shelf *shelf)
{
    if (!shelf->chapters)
        return;
    for (guint i = 0; i < shelf->books->len; i++) {
        struct book *book = shelf->books->pdata[i];
        g_byte_array_unref(book->record);
        g_free(book->block);
    }
    g_array_unref(shelf->chapters);
    g_array_unref(shelf->packets);
    heap_clear(&shelf->heap);
    shelf->chapters = NULL;
}
