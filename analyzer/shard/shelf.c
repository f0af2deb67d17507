/* SPDX-License-Identifier: GPL-2.0-or-later
 * All record files of a result: what joins them, and their rows. */
#include "base/heap.h"
#include "base/numbers.h"
#include "shard/leftover_form.h"
#include "shard/shelf_state.h"

#include <string.h>
#include <sys/resource.h>

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A folder's record files, by name. False if the folder cannot be read. */
static bool add_paths(GPtrArray *paths, const char *path)
{
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_ptr_array_add(paths, g_strdup(path));
        return true;
    }
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_suffix(name, RECORDS_SUFFIX))
            g_ptr_array_add(paths, g_build_filename(path, name, NULL));
    if (folder)
        g_dir_close(folder);
    return folder != NULL;
}

/* Each record file is open all the time. */
static void allow_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void clear_book(gpointer data)
{
    struct book *book = data;
    records_in_close(book->in);
    g_free(book->inputs);
    g_free(book->streams);
    g_free(book->devices);
    g_free(book);
}

struct shelf *shelf_open(char *const *paths, char **message)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    struct shelf *shelf = g_new0(struct shelf, 1);
    shelf->books = g_ptr_array_new_with_free_func(clear_book);
    shelf->files = g_ptr_array_new();
    allow_files();
    for (; *paths && !*message; paths++) {
        guint before = all->len;
        if (!add_paths(all, *paths))
            *message = g_strdup_printf("%s: the folder cannot be read", *paths);
        else if (all->len == before)
            *message = g_strdup_printf("%s: no record file (*" RECORDS_SUFFIX ") in this folder", *paths);
    }
    g_ptr_array_sort(all, compare_texts);
    for (guint i = 0; i < all->len && !*message; i++) {
        if (i > 0 && strcmp(all->pdata[i], all->pdata[i - 1]) == 0)
            continue;
        struct records_in *in = records_in_open(all->pdata[i], message);
        if (!in)
            break;
        struct book *book = g_new0(struct book, 1);
        book->in = in;
        g_ptr_array_add(shelf->books, book);
        g_ptr_array_add(shelf->files, in);
    }
    if (!*message)
        return shelf;
    shelf_close(shelf);
    return NULL;
}

const GPtrArray *shelf_files(const struct shelf *shelf)
{
    return shelf->files;
}

void shelf_place(struct shelf *shelf, guint file, uint32_t set, const uint32_t *inputs, uint32_t count)
{
    struct book *book = shelf->books->pdata[file];
    book->set = set;
    book->inputs = g_memdup2(inputs, count * sizeof *inputs);
    book->input_count = count;
}

/* While conversations are numbered. */
struct numbering {
    const struct shelf *shelf;
    struct records_opened *opened;
};

static int compare_moments(int64_t time, uint32_t set, uint64_t packet, int64_t other_time, uint32_t other_set,
                           uint64_t other_packet)
{
    if (time != other_time)
        return time < other_time ? -1 : 1;
    if (set != other_set)
        return set < other_set ? -1 : 1;
    return (packet > other_packet) - (packet < other_packet);
}

static bool opened_before(uint32_t a, uint32_t b, const void *user)
{
    const struct numbering *numbering = user;
    const struct book *left = numbering->shelf->books->pdata[a], *right = numbering->shelf->books->pdata[b];
    const struct records_opened *one = &numbering->opened[a], *other = &numbering->opened[b];
    int order = compare_moments(one->time, left->set, one->packet, other->time, right->set, other->packet);
    return order ? order < 0 : a < b;
}

/* Conversations get their numbers in the order in which they were opened. */
static void number_streams(struct shelf *shelf)
{
    guint count = shelf->books->len;
    struct numbering numbering = {shelf, g_new0(struct records_opened, count)};
    uint64_t *done = g_new0(uint64_t, count);
    struct heap heap;
    uint64_t number = 0;
    heap_init(&heap, count, opened_before, &numbering);
    for (guint i = 0; i < count; i++) {
        struct book *book = shelf->books->pdata[i];
        book->streams = g_new0(uint64_t, book->in->conversations + 1);
        records_opened_begin(&numbering.opened[i], book->in);
        if (records_opened_next(&numbering.opened[i]))
            heap_add(&heap, i);
    }
    while (heap.count > 0) {
        uint32_t first = heap.items[0];
        struct book *book = shelf->books->pdata[first];
        if (done[first] < book->in->conversations)
            book->streams[++done[first]] = ++number;
        if (records_opened_next(&numbering.opened[first]))
            heap_changed(&heap);
        else
            heap_ended(&heap);
    }
    heap_clear(&heap);
    for (guint i = 0; i < count; i++)
        records_opened_end(&numbering.opened[i]);
    g_free(done);
    g_free(numbering.opened);
}

/* A device of a file, on its way to its number. */
struct arrival {
    const struct records_device *device;
    struct book *book;
    uint32_t place;
    uint64_t stream; /* its number in the result */
};

static gint compare_arrivals(gconstpointer a, gconstpointer b)
{
    const struct arrival *left = a, *right = b;
    const struct device_start *one = &left->device->start, *other = &right->device->start;
    int order = compare_moments(one->time, left->book->set, one->packet, other->time, right->book->set, other->packet);
    order = order ? order : (left->stream > right->stream) - (left->stream < right->stream);
    return order ? order : (left->place > right->place) - (left->place < right->place);
}

void shelf_number(struct shelf *shelf, struct devices *devices)
{
    g_autoptr(GArray) arrivals = g_array_new(FALSE, FALSE, sizeof(struct arrival));
    number_streams(shelf);
    shelf->all = devices;
    for (guint i = 0; i < shelf->books->len; i++) {
        struct book *book = shelf->books->pdata[i];
        const GArray *list = book->in->devices;
        book->devices = g_new0(uint32_t, list->len);
        for (guint place = 1; place < list->len; place++) {
            const struct records_device *device = &g_array_index(list, struct records_device, place);
            struct arrival arrival = {device, book, place, book_stream(book, device->start.stream)};
            g_array_append_val(arrivals, arrival);
        }
    }
    g_array_sort(arrivals, compare_arrivals);
    for (guint i = 0; i < arrivals->len; i++) {
        const struct arrival *arrival = &g_array_index(arrivals, struct arrival, i);
        struct device *device = devices_get(devices, arrival->device->id);
        arrival->book->devices[arrival->place] = device->number;
        if (device->number != 0)
            device->streams += arrival->device->streams;
    }
}

/* Calls take for each item of the blocks of that kind. False from it: it is none. */
static void each_item(struct shelf *shelf, uint32_t kind,
                      bool (*take)(struct book *book, const uint8_t *item, size_t length, void *user), void *user)
{
    for (guint i = 0; i < shelf->books->len; i++) {
        struct book *book = shelf->books->pdata[i];
        uint64_t first = kind == KIND_ROWS ? book->in->rows : book->in->left;
        struct block block;
        if (first == 0)
            continue;
        blocks_seek(book->in->blocks, first);
        while (records_in_next(book->in, kind, &block)) {
            struct numbers rest = {block.bytes, block.bytes + block.length, false};
            while (rest.at < rest.end) {
                uint64_t length = number_get(&rest);
                bool there = !rest.bad && length <= (size_t)(rest.end - rest.at);
                if (!there || !take(book, rest.at, (size_t)length, user)) {
                    records_in_damage(book->in,
                                      "a row in the block at byte %" G_GUINT64_FORMAT
                                      " is none: what follows it there is left out",
                                      block.position);
                    break;
                }
                rest.at += length;
            }
        }
    }
}

struct row_taker {
    const struct shelf_part *part;
    void (*row)(uint64_t stream, const char *rest, size_t length, void *user);
    void (*leftover)(const struct leftover *leftover, uint64_t stream, void *user);
    void *user;
};

static bool is_wanted(const struct row_taker *taker, uint64_t stream)
{
    return taker->part->count <= 1 || stream % taker->part->count == taker->part->number - 1;
}

static bool take_row(struct book *book, const uint8_t *item, size_t length, void *user)
{
    const struct row_taker *taker = user;
    struct numbers rest = {item, item + length, false};
    uint64_t stream = book_stream(book, number_get(&rest));
    size_t left = (size_t)(rest.end - rest.at);
    /* One line, as stream_row_print() writes it. */
    if (rest.bad || stream == 0 || left < 2 || rest.at[0] != ',' || memchr(rest.at, '\n', left) != rest.end - 1)
        return false;
    if (is_wanted(taker, stream))
        taker->row(stream, (const char *)rest.at, left, taker->user);
    return true;
}

static bool take_leftover(struct book *book, const uint8_t *item, size_t length, void *user)
{
    const struct row_taker *taker = user;
    struct leftover leftover;
    uint64_t local;
    if (!leftover_form_read(item, length, &leftover, &local))
        return false;
    uint64_t stream = book_stream(book, local);
    bool good = stream != 0 && book_input(book, &leftover.first.file) && book_input(book, &leftover.latest.file);
    for (guint i = 0; leftover.packets && i < leftover.packets->len; i++)
        good = good && book_input(book, &g_array_index(leftover.packets, struct origin, i).file);
    if (good && is_wanted(taker, stream))
        taker->leftover(&leftover, stream, taker->user);
    leftover_clear(&leftover);
    return good;
}

void shelf_rows(struct shelf *shelf, const struct shelf_part *part,
                void (*take)(uint64_t stream, const char *rest, size_t length, void *user), void *user)
{
    struct row_taker taker = {.part = part, .row = take, .user = user};
    each_item(shelf, KIND_ROWS, take_row, &taker);
}

void shelf_leftovers(struct shelf *shelf, const struct shelf_part *part,
                     void (*take)(const struct leftover *leftover, uint64_t stream, void *user), void *user)
{
    struct row_taker taker = {.part = part, .leftover = take, .user = user};
    each_item(shelf, KIND_LEFT, take_leftover, &taker);
}

GPtrArray *shelf_damage(const struct shelf *shelf)
{
    GPtrArray *all = g_ptr_array_new();
    for (guint i = 0; i < shelf->files->len; i++) {
        const struct records_in *in = shelf->files->pdata[i];
        for (guint n = 0; n < in->damage->len; n++)
            g_ptr_array_add(all, in->damage->pdata[n]);
    }
    return all;
}

void shelf_close(struct shelf *shelf)
{
    if (!shelf)
        return;
    shelf_source_clear(shelf);
    g_ptr_array_unref(shelf->files);
    g_ptr_array_unref(shelf->books);
    g_free(shelf);
}
