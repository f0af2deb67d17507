/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes on their way to many files, in pieces of one bounded memory. */
#include "result/spool.h"

#include <string.h>

#define PIECE_BYTES 1016
/* Pieces in all: so many, and one for each open file. */
#define PIECES_BASE 7680
/* A file that has so many is written: more at once is no faster. */
#define FILE_PIECES 33
#define PAGE_BYTES  4096

struct spool_piece {
    struct spool_piece *next;
    char bytes[PIECE_BYTES];
};

struct spool {
    struct output *output;
    GQueue waiting;           /* of struct spool_file, the one that waits longest first */
    struct spool_piece *free; /* list */
    size_t pieces, files;     /* in use or free; open */
    size_t share;             /* bytes of a file that has enough; 0 = it never has */
};

struct spool *spool_new(struct output *output)
{
    struct spool *spool = g_new0(struct spool, 1);
    spool->output = output;
    return spool;
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    while (spool->free) {
        struct spool_piece *next = spool->free->next;
        g_free(spool->free);
        spool->free = next;
    }
    g_free(spool);
}

/* All files may have so many pieces. */
static size_t limit(const struct spool *spool)
{
    return PIECES_BASE + spool->files;
}

/* The share of each file: its whole pages, if all have the same, that may wait before it is written; half of them do on
 * average. The last piece of each has half of it left. */
static void set_share(struct spool *spool)
{
    size_t bytes = spool->files > 0 ? limit(spool) * PIECE_BYTES / spool->files : 0;
    spool->share = bytes > PIECE_BYTES / 2 ? (2 * bytes - PIECE_BYTES) / PAGE_BYTES * PAGE_BYTES : 0;
}

void spool_open(struct spool *spool, struct spool_file *file, const char *name)
{
    *file = (struct spool_file){.file = {name, -1}, .link.data = file};
    spool->files++;
    set_share(spool);
}

/* Bytes that wait. */
static size_t waiting(const struct spool_file *file)
{
    return file->pieces == 0 ? 0 : (size_t)(file->pieces - 1) * PIECE_BYTES + file->used - file->done;
}

static void free_first(struct spool *spool, struct spool_file *file)
{
    struct spool_piece *piece = file->first;
    file->first = piece->next;
    piece->next = spool->free;
    spool->free = piece;
    file->pieces--;
    file->done = 0;
}

/* Writes the first bytes of those that wait. */
static void write_first(struct spool *spool, struct spool_file *file, size_t length)
{
    struct iovec parts[FILE_PIECES];
    int count = 0;
    size_t left = length, done = file->done;
    for (struct spool_piece *piece = file->first; left > 0; piece = piece->next, done = 0) {
        size_t part = MIN(left, PIECE_BYTES - done);
        parts[count++] = (struct iovec){piece->bytes + done, part};
        left -= part;
    }
    output_grow(spool->output, &file->file, parts, count);
    file->size += length;
    for (left = length; left >= PIECE_BYTES - file->done && file->pieces > 1;) {
        left -= PIECE_BYTES - file->done;
        free_first(spool, file);
    }
    file->done += (uint32_t)left;
}

/* Writes what the file has; if it is for room alone, what fills whole pages, if anything does. The rest waits anew. */
static void flush(struct spool *spool, struct spool_file *file, bool all)
{
    size_t length = waiting(file), part = (file->size + length) % PAGE_BYTES;
    if (length == 0)
        return;
    bool whole = !all && length >= part + PAGE_BYTES;
    write_first(spool, file, whole ? length - part : length);
    g_queue_unlink(&spool->waiting, &file->link);
    if (waiting(file) > 0) {
        g_queue_push_tail_link(&spool->waiting, &file->link);
    } else {
        free_first(spool, file);
        file->last = NULL;
    }
}

static struct spool_piece *take_piece(struct spool *spool)
{
    struct spool_piece *piece = spool->free;
    if (piece) {
        spool->free = piece->next;
    } else {
        piece = g_new(struct spool_piece, 1);
        spool->pieces++;
    }
    piece->next = NULL;
    return piece;
}

/* An empty piece at the end of the file. */
static void add_piece(struct spool *spool, struct spool_file *file)
{
    if (file->pieces == FILE_PIECES)
        flush(spool, file, false);
    if (!spool->free && spool->pieces >= limit(spool))
        flush(spool, spool->waiting.head->data, false);
    struct spool_piece *piece = take_piece(spool);
    if (file->last)
        file->last->next = piece;
    else
        file->first = piece;
    if (file->pieces++ == 0)
        g_queue_push_tail_link(&spool->waiting, &file->link);
    file->last = piece;
    file->used = 0;
}

void spool_append(struct spool *spool, struct spool_file *file, const void *data, size_t length)
{
    const char *from = data;
    while (length > 0) {
        if (!file->last || file->used == PIECE_BYTES)
            add_piece(spool, file);
        size_t part = MIN(length, PIECE_BYTES - file->used);
        memcpy(file->last->bytes + file->used, from, part);
        file->used += (uint32_t)part;
        from += part;
        length -= part;
    }
    if (spool->share > 0 && waiting(file) >= spool->share) { /* the next one to be written */
        g_queue_unlink(&spool->waiting, &file->link);
        g_queue_push_head_link(&spool->waiting, &file->link);
    }
}

void spool_expect(const struct spool_file *file)
{
    if (file->last)
        __builtin_prefetch(file->last->bytes + file->used, 1);
}

void spool_close(struct spool *spool, struct spool_file *file)
{
    flush(spool, file, true);
    output_grown(spool->output, &file->file);
    spool->files--;
    set_share(spool);
}
