/* SPDX-License-Identifier: GPL-2.0-or-later
 * The notes of a part in its folder of results, out of which --gather makes the manifest of the whole. */
#ifndef PART_FILE_H
#define PART_FILE_H

#include "analysis.h"

/* Writes it when all other files have their names, and adds it to them (of struct output_file). */
void part_file_write(const struct analysis *analysis, GArray *files);

/* The texts of the blocks of their kinds (shard/records.h), and what was found by that part. */
struct part_file {
    char *path;
    int folder; /* descriptor */
    GString *options, *captures, *hashes, *sums, *results;
};
/* NULL: it cannot be used; *message says why, the caller frees it. */
struct part_file *part_file_read(const char *path, char **message);
/* NULL is allowed. */
void part_file_free(struct part_file *part);

#endif
