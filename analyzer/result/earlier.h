/* SPDX-License-Identifier: GPL-2.0-or-later
 * What earlier runs left in a folder: the files that its manifest lists and those that the journal of a run that did
 * not get to its end lists. Takes the descriptor of the folder; no link in it is followed. */
#ifndef EARLIER_H
#define EARLIER_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* Lists the files that a run is about to make, one a line, from before the first until after the manifest. */
#define EARLIER_JOURNAL "journal.part"
#define EARLIER_MAGIC   "s7timeline: files of a run that has not ended\n"
#define MANIFEST_NAME   "manifest.json"
/* Room for the name of a result, with ".part". */
#define EARLIER_NAME_SIZE 192

/* The folder in a folder of results where a file of that name stands: a descriptor of its own, -1 and errno on error.
 * make: folders that are not there are made. *base: the name in there, a part of name. */
int earlier_parent(int folder, const char *name, bool make, const char **base);

struct earlier;
/* NULL if there is neither a manifest of s7timeline, as it writes it, nor a journal. */
struct earlier *earlier_read(int folder);
/* Is it one of the files? */
bool earlier_has(struct earlier *earlier, dev_t device, ino_t inode);
/* Appends their names to the journal. */
void earlier_list(const struct earlier *earlier, GString *journal);
/* Removes them, with and without ".part", first the manifest, and the folders that are empty then. The journal stays.
 * False and errno if one can not be removed. */
bool earlier_remove(const struct earlier *earlier);
/* NULL is allowed. */
void earlier_free(struct earlier *earlier);

#endif
