/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes a record file at the end of the first step: collects what conversations give, then takes the records from the
 * store. In: conversations, rows, leftovers, devices, records, texts. Out: the file. In bounded memory. */
#ifndef RECORDS_OUT_H
#define RECORDS_OUT_H

#include "base/device.h"
#include "frame/leftover.h"
#include "frame/stream.h"
#include "store/store.h"

struct records_out;

/* memory: bytes for rows that wait; beyond that the scratch file. */
struct records_out *records_out_new(struct scratch *scratch, size_t memory);
/* By which clocks packets were captured; before the first leftover. */
void records_out_clocks(struct records_out *out, const struct capture_clocks *clocks);
/* A conversation was opened: they come in the order of their numbers, and none is left out. */
void records_out_opened(struct records_out *out, const struct conversation *conversation);
void records_out_stream(struct records_out *out, const struct stream_row *row);
void records_out_leftover(struct records_out *out, const struct leftover *leftover, uint64_t stream);

/* The texts of the blocks of their kind. */
struct records_texts {
    GString *head, *options, *captures, *hashes, *sums;
};
/* Writes all. The store was closed. Returns errno of what failed first, 0 if all went well. */
int records_out_write(struct records_out *out, int descriptor, const struct records_texts *texts,
                      const struct devices *devices, struct store *store);
/* NULL is allowed. */
void records_out_free(struct records_out *out);

#endif
