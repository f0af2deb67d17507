/* SPDX-License-Identifier: GPL-2.0-or-later
 * A file of blocks, each with its kind, its owner, its length and its checksum: the form of record files and of the
 * notes of parts (docs/RECORDS.md). Takes bytes, gives blocks; takes a file, which it does not trust, gives blocks. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stands before each block. All numbers are little-endian. */
#define BLOCK_HEAD 20
/* A block is written when it holds so many bytes, and read if it has no more than so many. */
#define BLOCK_BYTES ((size_t)65536)
#define BLOCK_MAX   ((size_t)16 << 20)
/* In front of the first block: what the file is, a blank, its version and a line end. */
#define BLOCKS_MAGIC_MAX 32

/* Kinds are four letters. */
#define BLOCK_KIND(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

struct block {
    uint32_t kind;
    uint64_t owner; /* of the bytes, as the kind has it */
    const uint8_t *bytes;
    uint32_t length;
    uint64_t position; /* of its head in the file */
};

/* Writing: from front to back. */
struct blocks_out;
/* memory: NULL, or where the bytes go instead. */
struct blocks_out *blocks_create(int descriptor, GByteArray *memory, const char *magic, unsigned version);
/* Where the next block begins. */
uint64_t blocks_position(const struct blocks_out *out);
void blocks_put(struct blocks_out *out, uint32_t kind, uint64_t owner, const void *bytes, size_t length);
/* The same in as many blocks as it takes. */
void blocks_put_all(struct blocks_out *out, uint32_t kind, const void *bytes, size_t length);
/* errno of the first write that failed, 0 if all went well. The descriptor stays open. */
int blocks_finish(struct blocks_out *out);

/* Reading. */
struct blocks_in;
enum blocks_result {
    BLOCKS_FOUND,
    BLOCKS_END,    /* of the file */
    BLOCKS_CUT,    /* the file ends within a block */
    BLOCKS_DAMAGED /* the checksum is not that of the block; the next one is where this one ends */
};
/* NULL if the file does not begin with the magic. The descriptor is taken over. */
struct blocks_in *blocks_open(int descriptor, const char *magic, unsigned *version);
/* The first block that blocks_next() gives begins there. 0: the first of the file. */
void blocks_seek(struct blocks_in *in, uint64_t position);
/* The next block; its bytes are valid until the next call. Of BLOCKS_CUT and BLOCKS_DAMAGED the kind and the owner are
 * what its head says, and may be wrong, too. */
enum blocks_result blocks_next(struct blocks_in *in, struct block *block);
/* Of the file. */
uint64_t blocks_size(const struct blocks_in *in);
/* NULL is allowed. */
void blocks_close(struct blocks_in *in);

#endif
