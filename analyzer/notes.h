/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a piece of the way hands to the next one besides rows and records, as texts in the form of GLib's key files:
 * options, captures, sums, results. docs/RECORDS.md describes them. In: an analysis. Out: texts, and the same back. */
#ifndef NOTES_H
#define NOTES_H

#include "analysis.h"

/* Of record files: which shard of how many. */
GString *notes_head(const struct shard *shard);
/* False: it is none, or of another version of the program. */
bool notes_read_head(const GString *text, struct shard *shard);

/* Those options that decide what records and results are. */
GString *notes_options(const struct options *options);
/* Sets them in *options, which is all zero but for others; false and *message if they are none. */
bool notes_read_options(const GString *text, struct options *options, char **message);

/* Inputs without their hashes, packets: all that is the same in all shards of the same captures. */
GString *notes_captures(const struct analysis *analysis);
/* Adds them to those in the analysis, whose inputs are arrays already. first: how many inputs it had before. */
bool notes_read_captures(const GString *text, struct analysis *analysis, guint *first);
/* The hashes of the inputs, as far as they are known. */
GString *notes_hashes(const struct inputs *inputs);
/* first: place of the first of these inputs in the list. False if they contradict what is known already. */
bool notes_read_hashes(const GString *text, struct inputs *inputs, guint first);

/* Of the conversations. Reading adds to what is there. */
GString *notes_sums(const struct analysis *analysis);
bool notes_read_sums(const GString *text, struct analysis *analysis);

/* Of the second step: rows, pictures, findings, files, shards, damage. Reading adds. */
GString *notes_results(const struct analysis *analysis, const GArray *files);
/* files: of struct output_file, whose texts are the caller's to free. */
bool notes_read_results(const GString *text, struct analysis *analysis, GArray *files);

#endif
