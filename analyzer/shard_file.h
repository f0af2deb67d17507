/* SPDX-License-Identifier: GPL-2.0-or-later
 * The record file of a shard while it is made: in its folder, without a name until it is whole. */
#ifndef SHARD_FILE_H
#define SHARD_FILE_H

#include "analysis.h"
#include "shard/records_out.h"

#include <stdio.h>

struct shard_file;

/* Makes the folder if need be. NULL and error if that cannot be, or if there is such a file and no --force. */
struct shard_file *shard_file_open(const struct options *options, GError **error);
struct records_out *shard_file_out(const struct shard_file *file);
/* For what does not fit into memory. */
struct scratch *shard_file_scratch(const struct shard_file *file);
/* Writes it and gives it its name; frees nothing. Not where the ledger does not balance. */
void shard_file_write(struct shard_file *file, struct analysis *analysis, struct store *store);
/* NULL if all went well. */
const char *shard_file_error(const struct shard_file *file);
/* One line of what is in it. */
void shard_file_say(const struct shard_file *file, FILE *to);
/* Takes away what has no name. NULL is allowed. */
void shard_file_close(struct shard_file *file);

#endif
