/* SPDX-License-Identifier: GPL-2.0-or-later
 * A file of blocks, written and read from front to back. */
#include "store/blocks.h"

#include "base/io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Written, and read, at once. */
#define BUFFER ((size_t)262144)
/* Where the checksum stands in the head: it is of the head up to there and of the bytes. */
#define SUM_AT 16

struct blocks_out {
    int descriptor, error;
    GByteArray *memory;
    uint64_t position;
    size_t used;
    uint8_t buffer[BUFFER];
};

static void put32(uint8_t *at, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

static uint32_t get32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_LE(value);
}

static uint32_t sum_of(const uint8_t head[BLOCK_HEAD], const uint8_t *bytes, size_t length)
{
    uLong sum = crc32(crc32(0, NULL, 0), head, SUM_AT);
    return (uint32_t)crc32(sum, length > 0 ? bytes : head, (uInt)length);
}

static void write_out(struct blocks_out *out, const void *bytes, size_t length)
{
    if (out->memory)
        g_byte_array_append(out->memory, bytes, (guint)length);
    else if (out->error == 0 && !io_write(out->descriptor, bytes, length))
        out->error = errno ? errno : EIO;
}

static void flush(struct blocks_out *out)
{
    write_out(out, out->buffer, out->used);
    out->used = 0;
}

static void append(struct blocks_out *out, const void *bytes, size_t length)
{
    out->position += length;
    if (out->used + length > BUFFER)
        flush(out);
    if (length > BUFFER) {
        write_out(out, bytes, length);
        return;
    }
    if (length > 0)
        memcpy(out->buffer + out->used, bytes, length);
    out->used += length;
}

struct blocks_out *blocks_create(int descriptor, GByteArray *memory, const char *magic, unsigned version)
{
    struct blocks_out *out = g_new0(struct blocks_out, 1);
    g_autofree char *line = g_strdup_printf("%s %u\n", magic, version);
    out->descriptor = descriptor;
    out->memory = memory;
    append(out, line, strlen(line));
    return out;
}

uint64_t blocks_position(const struct blocks_out *out)
{
    return out->position;
}

void blocks_put(struct blocks_out *out, uint32_t kind, uint64_t owner, const void *bytes, size_t length)
{
    uint8_t head[BLOCK_HEAD];
    g_assert(length <= BLOCK_MAX);
    put32(head, kind);
    put32(head + 4, (uint32_t)owner);
    put32(head + 8, (uint32_t)(owner >> 32));
    put32(head + 12, (uint32_t)length);
    put32(head + SUM_AT, sum_of(head, bytes, length));
    append(out, head, sizeof head);
    append(out, bytes, length);
}

void blocks_put_all(struct blocks_out *out, uint32_t kind, const void *bytes, size_t length)
{
    for (size_t done = 0; done < length; done += MIN(length - done, BLOCK_BYTES))
        blocks_put(out, kind, 0, (const uint8_t *)bytes + done, MIN(length - done, BLOCK_BYTES));
}

int blocks_finish(struct blocks_out *out)
{
    flush(out);
    int error = out->error;
    g_free(out);
    return error;
}

struct blocks_in {
    int descriptor;
    uint64_t size, first; /* of the file; where its first block begins */
    uint64_t next;        /* block */
    uint64_t start;       /* of what is in the buffer */
    size_t used, room;
    uint8_t *buffer;
};

/* Makes length bytes from the position on stand in the buffer; NULL if they cannot be read. They are in the file. */
static const uint8_t *load(struct blocks_in *in, uint64_t position, size_t length)
{
    if (position >= in->start && position - in->start <= in->used && in->used - (position - in->start) >= length)
        return in->buffer + (position - in->start);
    if (length > in->room) {
        in->room = length;
        in->buffer = g_realloc(in->buffer, in->room);
    }
    in->start = position;
    in->used = (size_t)MIN((uint64_t)in->room, in->size - position);
    if (io_read_at(in->descriptor, position, in->buffer, in->used))
        return in->buffer;
    in->used = 0;
    return NULL;
}

struct blocks_in *blocks_open(int descriptor, const char *magic, unsigned *version)
{
    struct stat status;
    struct blocks_in *in = g_new0(struct blocks_in, 1);
    in->descriptor = descriptor;
    in->room = BUFFER;
    in->buffer = g_malloc(in->room);
    size_t length = strlen(magic);
    if (fstat(descriptor, &status) == 0 && status.st_size > 0)
        in->size = (uint64_t)status.st_size;
    size_t shown = (size_t)MIN(in->size, BLOCKS_MAGIC_MAX);
    const char *start = (const char *)load(in, 0, shown);
    const char *end = start ? memchr(start, '\n', shown) : NULL;
    if (!end || shown <= length || memcmp(start, magic, length) != 0 || start[length] != ' ') {
        blocks_close(in);
        return NULL;
    }
    *version = (unsigned)strtoul(start + length + 1, NULL, 10);
    in->first = in->next = (uint64_t)(end - start) + 1;
    return in;
}

void blocks_seek(struct blocks_in *in, uint64_t position)
{
    in->next = position < in->first ? in->first : position;
}

enum blocks_result blocks_next(struct blocks_in *in, struct block *block)
{
    *block = (struct block){.position = in->next};
    if (in->next >= in->size)
        return BLOCKS_END;
    uint64_t left = in->size - in->next;
    uint8_t head[BLOCK_HEAD];
    const uint8_t *from = left >= BLOCK_HEAD ? load(in, in->next, BLOCK_HEAD) : NULL;
    if (!from) {
        in->next = in->size;
        return BLOCKS_CUT;
    }
    memcpy(head, from, sizeof head);
    block->kind = get32(head);
    block->owner = get32(head + 4) | (uint64_t)get32(head + 8) << 32;
    block->length = get32(head + 12);
    if (block->length > BLOCK_MAX || block->length > left - BLOCK_HEAD) { /* nothing says where the next one is */
        in->next = in->size;
        return block->length > BLOCK_MAX ? BLOCKS_DAMAGED : BLOCKS_CUT;
    }
    from = load(in, in->next, BLOCK_HEAD + block->length);
    in->next += BLOCK_HEAD + block->length;
    if (!from || sum_of(head, from + BLOCK_HEAD, block->length) != get32(head + SUM_AT))
        return BLOCKS_DAMAGED;
    block->bytes = from + BLOCK_HEAD;
    return BLOCKS_FOUND;
}

uint64_t blocks_size(const struct blocks_in *in)
{
    return in->size;
}

void blocks_close(struct blocks_in *in)
{
    if (!in)
        return;
    close(in->descriptor);
    g_free(in->buffer);
    g_free(in);
}
