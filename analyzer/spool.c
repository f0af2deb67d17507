/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes on their way to many files, in pieces of one bounded memory. */
#include "spool.h"

#include <string.h>

#define PIECE_BYTES 2040
/* Pieces in all: so many, and one for two open files. */
#define PIECES_BASE 3072
/* A file that has so many is written: more at once is no faster. */
#define FILE_PIECES 16

struct spool_piece {
    struct spool_piece *next;
    char bytes[PIECE_BYTES];
};

struct spool {
    struct output *output;
    GQueue waiting;           /* of struct spool_file, the one that waits longest first */
    struct spool_piece *free; /* list */
    size_t pieces, files;     /* in use or free; open */
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

void spool_open(struct spool *spool, struct spool_file *file, const char *name)
{
    *file = (struct spool_file){.file = {name, -1}, .link.data = file};
    spool->files++;
}

/* Writes what the file has. */
static void flush(struct spool *spool, struct spool_file *file)
{
    struct iovec parts[FILE_PIECES];
    int count = 0;
    if (!file->first)
        return;
    for (struct spool_piece *piece = file->first; piece; piece = piece->next)
        parts[count++] = (struct iovec){piece->bytes, piece->next ? PIECE_BYTES : file->used};
    output_grow(spool->output, &file->file, parts, count);
    g_queue_unlink(&spool->waiting, &file->link);
    file->last->next = spool->free;
    spool->free = file->first;
    file->first = file->last = NULL;
    file->pieces = 0;
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
        flush(spool, file);
    if (!spool->free && spool->pieces >= PIECES_BASE + spool->files / 2)
        flush(spool, spool->waiting.head->data);
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
}

void spool_expect(const struct spool_file *file)
{
    if (file->last)
        __builtin_prefetch(file->last->bytes + file->used, 1);
}

void spool_close(struct spool *spool, struct spool_file *file)
{
    flush(spool, file);
    output_grown(spool->output, &file->file);
    spool->files--;
}
