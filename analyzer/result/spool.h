/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes on their way to many files, in pieces of one bounded memory: when that is used up, a file that has its share of
 * it is written, else the one that has waited longest. So each file is written rarely and much at once, however many
 * there are, and if it can be in whole pages of the file: half a page costs as much. */
#ifndef SPOOL_H
#define SPOOL_H

#include "result/output.h"

struct spool;
struct spool_piece;

/* A file that grows. Members are the spool's own. */
struct spool_file {
    struct output_growing file;
    struct spool_piece *first, *last; /* not written yet, NULL = nothing */
    uint64_t size;                    /* bytes of the file that are written */
    uint32_t done;                    /* bytes of the first piece that are, too */
    uint32_t used;                    /* bytes in the last piece */
    uint32_t pieces;
    GList link; /* in the queue of those that wait, if there is something */
};

struct spool *spool_new(struct output *output);
/* All files must be closed. */
void spool_free(struct spool *spool);

/* name must live as long as the file is open. */
void spool_open(struct spool *spool, struct spool_file *file, const char *name);
void spool_append(struct spool *spool, struct spool_file *file, const void *data, size_t length);
/* Something will soon be appended: brings the place of it into the cache. */
void spool_expect(const struct spool_file *file);
/* Writes what is left. */
void spool_close(struct spool *spool, struct spool_file *file);

#endif
