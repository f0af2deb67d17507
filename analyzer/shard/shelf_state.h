/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the shelf share: shelf.c (what joins the record files, their rows) and shelf_source.c (records). */
#ifndef SHELF_STATE_H
#define SHELF_STATE_H

#include "base/heap.h"
#include "shard/shelf.h"

/* A record file on the shelf. */
struct book {
    struct records_in *in;
    uint32_t set;
    uint32_t *inputs; /* numbers in the result, by number in the file - 1 */
    uint32_t input_count;
    uint64_t *streams; /* the same of conversations, by number in the file */
    uint32_t *devices; /* the same of devices */
    /* Of the device at hand: */
    guint place;                  /* of its chapters */
    uint32_t owner;               /* its place in the file's list */
    uint64_t position, end, left; /* next block; behind the last; records that are to come. UINT64_MAX: not known */
    uint8_t *block;
    size_t at, length; /* in the block */
    GByteArray *record;
    uint64_t order; /* of that record */
};

/* Where records of a device are. */
struct chapter {
    uint32_t device; /* its number in the result */
    uint32_t book;
    uint32_t place; /* in its list of places */
};

struct shelf {
    GPtrArray *books; /* of struct book */
    GPtrArray *files; /* of struct records_in: theirs */
    struct devices *all;
    struct shelf_part part;
    GArray *chapters; /* of struct chapter, by device; NULL: records were not asked for */
    guint next;       /* of them: the first of the next device */
    struct heap heap; /* of books that have records of the device at hand */
    GArray *packets;  /* of struct origin */
    bool given;       /* the record of the first of them */
};

/* The number that a conversation of the file has in the result; 0: there is none such. */
static inline uint64_t book_stream(const struct book *book, uint64_t stream)
{
    return stream <= book->in->conversations ? book->streams[stream] : 0;
}

/* Gives the input its number in the result; false if there is none such. */
static inline bool book_input(const struct book *book, uint32_t *file)
{
    if (*file < 1 || *file > book->input_count)
        return false;
    *file = book->inputs[*file - 1];
    return true;
}

void shelf_source_clear(struct shelf *shelf);

#endif
