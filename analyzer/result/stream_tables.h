/* SPDX-License-Identifier: GPL-2.0-or-later
 * streams.csv and leftovers.csv: rows of conversations, which come as these end, in the order of their numbers. */
#ifndef STREAM_TABLES_H
#define STREAM_TABLES_H

#include "frame/leftover.h"
#include "frame/stream.h"
#include "result/output.h"
#include "result/row.h"

struct stream_tables;

/* memory: bytes for rows that wait; beyond that the scratch file. */
struct stream_tables *stream_tables_new(struct output *output, const struct row_options *options, size_t memory);
void stream_tables_stream(struct stream_tables *tables, const struct stream_row *row);
void stream_tables_leftover(struct stream_tables *tables, const struct leftover *leftover, uint64_t stream);
/* A row as it was printed before: what stands behind its number. */
void stream_tables_row(struct stream_tables *tables, uint64_t stream, const char *rest, size_t length);
/* Who else gets the rows of streams.csv, each with its line end. */
struct stream_listener {
    void (*take)(void *user, const char *line, size_t length);
    void *user;
};
/* Writes both files. listener: NULL = nobody. */
void stream_tables_finish(struct stream_tables *tables, bool hash, const struct stream_listener *listener);
/* NULL is allowed. */
void stream_tables_free(struct stream_tables *tables);

#endif
