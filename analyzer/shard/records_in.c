/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads one record file. */
#include "shard/records_in.h"

#include "base/numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Of all texts of a file together: more are no list of captures. */
#define TEXTS_MAX ((size_t)256 << 20)

void records_in_damage(struct records_in *in, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *name = g_path_get_basename(in->path);
    g_ptr_array_add(in->damage, g_strdup_printf("%s: %s", name, what));
}

static GString *text_of(const struct records_in *in, uint32_t kind)
{
    return kind == KIND_HEAD   ? in->head
           : kind == KIND_OPTS ? in->options
           : kind == KIND_CAPT ? in->captures
           : kind == KIND_HASH ? in->hashes
           : kind == KIND_SUMS ? in->sums
                               : NULL;
}

static bool get_device(struct numbers *rest, struct records_device *device)
{
    uint64_t size = number_get(rest);
    struct numbers item = {rest->at, rest->at, false};
    if (rest->bad || size > (size_t)(rest->end - rest->at))
        return false;
    item.end = rest->at += size;
    uint64_t length = number_get(&item);
    *device = (struct records_device){.id = ""};
    if (length > DEVICE_ID_MAX)
        return false;
    memcpy(device->id, numbers_bytes(&item, length), length);
    if (strspn(device->id, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS) != length)
        return false;
    device->start.time = number_unfold(number_get(&item));
    device->start.packet = number_get(&item);
    device->start.stream = number_get(&item);
    device->streams = number_get(&item);
    return !item.bad && item.at == item.end;
}

static bool take_devices(struct records_in *in, const struct block *block)
{
    struct numbers rest = {block->bytes, block->bytes + block->length, false};
    while (rest.at < rest.end) {
        struct records_device device;
        if (!get_device(&rest, &device) || in->devices->len == UINT32_MAX ||
            (device.id[0] == '\0') != (in->devices->len == 0))
            return false;
        g_array_append_val(in->devices, device);
    }
    return true;
}

/* One of the conversations; false at the end of the block, or if it is none. */
static bool get_opened(struct numbers *rest, uint64_t *packet, int64_t *time)
{
    *packet += number_get(rest);
    *time = (int64_t)((uint64_t)*time + (uint64_t)number_unfold(number_get(rest)));
    return !rest->bad;
}

static bool count_conversations(struct records_in *in, const struct block *block)
{
    struct numbers rest = {block->bytes, block->bytes + block->length, false};
    uint64_t packet = 0;
    int64_t time = 0;
    for (; rest.at < rest.end; in->conversations++)
        if (!get_opened(&rest, &packet, &time))
            return false;
    return true;
}

/* One of the texts or lists that must be whole. */
static bool take_block(struct records_in *in, const struct block *block)
{
    GString *text = text_of(in, block->kind);
    if (text) {
        g_string_append_len(text, (const char *)block->bytes, block->length);
        return text->len <= TEXTS_MAX;
    }
    if (block->kind == KIND_DEVS)
        return take_devices(in, block);
    if (block->kind == KIND_CONV)
        return count_conversations(in, block);
    return block->kind == KIND_ROWS || block->kind == KIND_LEFT;
}

static void note_first(struct records_in *in, const struct block *block)
{
    uint64_t *first = block->kind == KIND_CONV   ? &in->conv
                      : block->kind == KIND_ROWS ? &in->rows
                      : block->kind == KIND_LEFT ? &in->left
                                                 : NULL;
    if (first && *first == 0)
        *first = block->position;
}

/* Everything up to the records. *records: where they begin. Says why it cannot be used; NULL if it can. */
static const char *take_lists(struct records_in *in, uint64_t *records)
{
    struct block block;
    for (;;) {
        enum blocks_result result = blocks_next(in->blocks, &block);
        bool list = block.kind == KIND_ROWS || block.kind == KIND_LEFT;
        *records = block.position;
        if (result == BLOCKS_FOUND && (block.kind == KIND_RECS || block.kind == KIND_INDX || block.kind == KIND_DONE))
            break;
        if (result == BLOCKS_DAMAGED && block.kind == KIND_RECS)
            break;
        if (result == BLOCKS_END || (result == BLOCKS_CUT && in->devices->len > 0))
            break;
        if ((result != BLOCKS_FOUND && !list) || (result == BLOCKS_FOUND && !take_block(in, &block)))
            return "its head or one of its lists is cut or damaged: it must be written again";
        note_first(in, &block);
    }
    bool whole =
        in->head->len > 0 && in->options->len > 0 && in->captures->len > 0 && in->sums->len > 0 && in->devices->len > 0;
    return whole ? NULL : "its head or one of its lists is missing: it must be written again";
}

static bool take_index(struct records_in *in, const struct block *block)
{
    struct numbers rest = {block->bytes, block->bytes + block->length, false};
    while (rest.at < rest.end) {
        struct records_place place = {.device = (uint32_t)number_get(&rest)};
        place.position = number_get(&rest);
        place.bytes = number_get(&rest);
        place.records = number_get(&rest);
        if (rest.bad || place.device >= in->devices->len || place.position > blocks_size(in->blocks) ||
            place.bytes > blocks_size(in->blocks) - place.position)
            return false;
        g_array_append_val(in->places, place);
    }
    return true;
}

/* False: there is none, or it is damaged. */
static bool read_index(struct records_in *in)
{
    struct block block;
    if (blocks_size(in->blocks) < BLOCK_HEAD)
        return false;
    blocks_seek(in->blocks, blocks_size(in->blocks) - BLOCK_HEAD);
    if (blocks_next(in->blocks, &block) != BLOCKS_FOUND || block.kind != KIND_DONE)
        return false;
    blocks_seek(in->blocks, block.owner);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    while (blocks_next(in->blocks, &block) == BLOCKS_FOUND) {
        if (block.kind == KIND_INDX) {
            g_byte_array_append(bytes, block.bytes, block.length);
            continue;
        }
        const struct block index = {.bytes = bytes->data, .length = bytes->len};
        return block.kind == KIND_DONE && take_index(in, &index);
    }
    return false;
}

/* Without the index: by the heads of all blocks. */
static void find_places(struct records_in *in, uint64_t from)
{
    struct block block;
    enum blocks_result result;
    g_array_set_size(in->places, 0);
    blocks_seek(in->blocks, from);
    while ((result = blocks_next(in->blocks, &block)) == BLOCKS_FOUND || result == BLOCKS_DAMAGED) {
        if (block.kind != KIND_RECS || block.owner >= in->devices->len)
            continue;
        struct records_place place = {(uint32_t)block.owner, block.position, BLOCK_HEAD + (uint64_t)block.length,
                                      UINT64_MAX};
        g_array_append_val(in->places, place);
    }
    records_in_damage(in, "it is cut or its end is damaged, %s: what is whole of it is used",
                      result == BLOCKS_CUT ? "in the middle of a block" : "behind a block");
}

static struct records_in *refuse(struct records_in *in, const char *why, char **message)
{
    *message = g_strdup_printf("%s: %s", in->path, why);
    records_in_close(in);
    return NULL;
}

struct records_in *records_in_open(const char *path, char **message)
{
    struct records_in *in = g_new0(struct records_in, 1);
    GString **texts[] = {&in->head, &in->options, &in->captures, &in->hashes, &in->sums};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = g_string_new(NULL);
    in->path = g_strdup(path);
    in->devices = g_array_new(FALSE, FALSE, sizeof(struct records_device));
    in->places = g_array_new(FALSE, FALSE, sizeof(struct records_place));
    in->damage = g_ptr_array_new_with_free_func(g_free);
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a FIFO has no end, and is no file */
    if (descriptor < 0)
        return refuse(in, g_strerror(errno), message);
    unsigned version;
    in->blocks = blocks_open(descriptor, RECORDS_MAGIC, &version);
    if (!in->blocks)
        return refuse(in, "it is no record file", message);
    if (version != RECORDS_VERSION) {
        g_autofree char *why =
            g_strdup_printf("it is a record file of version %u, and this program reads version %d: it must be written "
                            "again by the same program",
                            version, RECORDS_VERSION);
        return refuse(in, why, message);
    }
    uint64_t records;
    const char *why = take_lists(in, &records);
    if (why)
        return refuse(in, why, message);
    if (!read_index(in))
        find_places(in, records);
    return in;
}

bool records_in_next(struct records_in *in, uint32_t kind, struct block *block)
{
    enum blocks_result result;
    while ((result = blocks_next(in->blocks, block)) != BLOCKS_END && result != BLOCKS_CUT) {
        if (block->kind == KIND_RECS || block->kind == KIND_INDX || block->kind == KIND_DONE)
            return false;
        if (block->kind != kind)
            continue;
        if (result == BLOCKS_FOUND)
            return true;
        records_in_damage(in, "a block of rows at byte %" G_GUINT64_FORMAT " is damaged: the rows are left out",
                          block->position);
    }
    return false;
}

void records_opened_begin(struct records_opened *opened, struct records_in *in)
{
    *opened = (struct records_opened){.in = in, .next = in->conv};
}

bool records_opened_next(struct records_opened *opened)
{
    if (opened->at == opened->length) {
        struct block block;
        g_clear_pointer(&opened->bytes, g_free);
        if (opened->next == 0)
            return false;
        blocks_seek(opened->in->blocks, opened->next);
        if (blocks_next(opened->in->blocks, &block) != BLOCKS_FOUND || block.kind != KIND_CONV || block.length == 0)
            return false;
        opened->next = block.position + BLOCK_HEAD + block.length;
        opened->bytes = g_memdup2(block.bytes, block.length);
        opened->length = block.length;
        opened->at = 0;
        opened->packet = 0;
        opened->time = 0;
    }
    struct numbers rest = {opened->bytes + opened->at, opened->bytes + opened->length, false};
    bool good = get_opened(&rest, &opened->packet, &opened->time);
    opened->at = good ? (size_t)(rest.at - opened->bytes) : opened->length;
    return good;
}

void records_opened_end(struct records_opened *opened)
{
    g_free(opened->bytes);
}

void records_in_close(struct records_in *in)
{
    if (!in)
        return;
    GString *texts[] = {in->head, in->options, in->captures, in->hashes, in->sums};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_string_free(texts[i], TRUE);
    blocks_close(in->blocks);
    g_array_unref(in->devices);
    g_array_unref(in->places);
    g_ptr_array_unref(in->damage);
    g_free(in->path);
    g_free(in);
}
