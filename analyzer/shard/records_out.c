/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes a record file. */
#include "shard/records_out.h"

#include "base/numbers.h"
#include "base/sorter.h"
#include "result/stream_row.h"
#include "shard/leftover_form.h"
#include "shard/records.h"

#include <string.h>

struct records_out {
    struct sorter *opened, *streams, *leftovers; /* blocks in their order; the others by number of the conversation */
    GByteArray *block;                           /* of opened, at hand */
    uint64_t blocks, conversations;
    uint64_t packet; /* of the conversation opened last in this block, and its time */
    int64_t time;
    const struct capture_clocks *clocks;
    GString *line;
};

struct records_out *records_out_new(struct scratch *scratch, size_t memory)
{
    struct records_out *out = g_new0(struct records_out, 1);
    out->opened = sorter_new(scratch, memory / 3);
    out->streams = sorter_new(scratch, memory / 3);
    out->leftovers = sorter_new(scratch, memory / 3);
    out->block = g_byte_array_new();
    out->line = g_string_sized_new(1024);
    return out;
}

void records_out_clocks(struct records_out *out, const struct capture_clocks *clocks)
{
    out->clocks = clocks;
}

static void put(GByteArray *out, uint64_t value)
{
    uint8_t bytes[NUMBER_MAX];
    g_byte_array_append(out, bytes, (guint)(number_put(bytes, value) - bytes));
}

static void put_text(GByteArray *out, const char *text, size_t length)
{
    put(out, length);
    g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

/* What was opened so far becomes a block: each is read without the one before it. */
static void end_block(struct records_out *out)
{
    const struct sorter_key key = {.third = out->blocks++};
    if (out->block->len > 0)
        memcpy(sorter_add(out->opened, &key, out->block->len), out->block->data, out->block->len);
    g_byte_array_set_size(out->block, 0);
    out->packet = 0;
    out->time = 0;
}

void records_out_opened(struct records_out *out, const struct conversation *conversation)
{
    int64_t time = conversation->clock->latest;
    out->conversations++;
    put(out->block, conversation->opened - out->packet);
    put(out->block, number_fold((int64_t)((uint64_t)time - (uint64_t)out->time)));
    out->packet = conversation->opened;
    out->time = time;
    if (out->block->len >= BLOCK_BYTES)
        end_block(out);
}

static void add(struct sorter *sorter, uint64_t stream, const void *bytes, size_t length)
{
    const struct sorter_key key = {.third = stream};
    memcpy(sorter_add(sorter, &key, length), bytes, length);
}

/* The row stands behind its number, which is another when all shards are put together. */
void records_out_stream(struct records_out *out, const struct stream_row *row)
{
    g_string_truncate(out->line, 0);
    stream_row_print(out->line, row, false);
    const char *rest = strchr(out->line->str, ',');
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    put(bytes, row->conversation->number);
    g_byte_array_append(bytes, (const guint8 *)rest, (guint)(out->line->str + out->line->len - rest));
    add(out->streams, row->conversation->number, bytes->data, bytes->len);
}

void records_out_leftover(struct records_out *out, const struct leftover *leftover, uint64_t stream)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    leftover_form_write(bytes, leftover, stream, capture_clocks_ahead(out->clocks, &leftover->latest));
    add(out->leftovers, stream, bytes->data, bytes->len);
}

/* Items with their lengths, in as few blocks as they fit. */
static void put_item(struct blocks_out *blocks, uint32_t kind, uint64_t owner, GByteArray *waiting, const void *bytes,
                     size_t length)
{
    if (bytes) {
        put(waiting, length);
        g_byte_array_append(waiting, bytes, (guint)length);
    }
    if (waiting->len < BLOCK_BYTES && (bytes || waiting->len == 0))
        return;
    blocks_put(blocks, kind, owner, waiting->data, waiting->len);
    g_byte_array_set_size(waiting, 0);
}

static void put_sorted(struct blocks_out *blocks, uint32_t kind, struct sorter *sorter, bool whole)
{
    g_autoptr(GByteArray) waiting = g_byte_array_new();
    struct sorter_piece piece;
    sorter_sort(sorter);
    while (sorter_next(sorter, &piece)) {
        if (whole)
            blocks_put(blocks, kind, 0, piece.data, piece.length);
        else
            put_item(blocks, kind, 0, waiting, piece.data, piece.length);
    }
    put_item(blocks, kind, 0, waiting, NULL, 0);
}

static void put_devices(struct blocks_out *blocks, const struct devices *devices)
{
    g_autoptr(GByteArray) waiting = g_byte_array_new(), item = g_byte_array_new();
    for (uint32_t i = 0; i <= devices_count(devices); i++) {
        const struct device *device = devices_at(devices, i);
        g_byte_array_set_size(item, 0);
        put_text(item, device->id, strlen(device->id));
        put(item, number_fold(device->start.time));
        put(item, device->start.packet);
        put(item, device->start.stream);
        put(item, device->streams);
        put_item(blocks, KIND_DEVS, 0, waiting, item->data, item->len);
    }
    put_item(blocks, KIND_DEVS, 0, waiting, NULL, 0);
}

/* The records of all devices, and of each where they are. */
static void put_records(struct blocks_out *blocks, struct store *store, GByteArray *index)
{
    g_autoptr(GByteArray) waiting = g_byte_array_new();
    uint32_t device;
    while (store_next_part(store, &device)) {
        uint64_t position = blocks_position(blocks), count = 0;
        const uint8_t *record;
        size_t length;
        for (; (record = store_next_record(store, &length)) != NULL; count++)
            put_item(blocks, KIND_RECS, device, waiting, record, length);
        put_item(blocks, KIND_RECS, device, waiting, NULL, 0);
        put(index, device);
        put(index, position);
        put(index, blocks_position(blocks) - position);
        put(index, count);
    }
}

int records_out_write(struct records_out *out, int descriptor, const struct records_texts *texts,
                      const struct devices *devices, struct store *store)
{
    struct blocks_out *blocks = blocks_create(descriptor, NULL, RECORDS_MAGIC, RECORDS_VERSION);
    g_autoptr(GByteArray) index = g_byte_array_new();
    end_block(out);
    blocks_put_all(blocks, KIND_HEAD, texts->head->str, texts->head->len);
    blocks_put_all(blocks, KIND_OPTS, texts->options->str, texts->options->len);
    blocks_put_all(blocks, KIND_CAPT, texts->captures->str, texts->captures->len);
    blocks_put_all(blocks, KIND_HASH, texts->hashes->str, texts->hashes->len);
    blocks_put_all(blocks, KIND_SUMS, texts->sums->str, texts->sums->len);
    put_sorted(blocks, KIND_CONV, out->opened, true);
    put_devices(blocks, devices);
    put_sorted(blocks, KIND_ROWS, out->streams, false);
    put_sorted(blocks, KIND_LEFT, out->leftovers, false);
    put_records(blocks, store, index);
    uint64_t position = blocks_position(blocks);
    blocks_put_all(blocks, KIND_INDX, index->data, index->len);
    blocks_put(blocks, KIND_DONE, position, NULL, 0);
    return blocks_finish(blocks);
}

void records_out_free(struct records_out *out)
{
    if (!out)
        return;
    sorter_free(out->opened);
    sorter_free(out->streams);
    sorter_free(out->leftovers);
    g_byte_array_unref(out->block);
    g_string_free(out->line, TRUE);
    g_free(out);
}
