/* SPDX-License-Identifier: GPL-2.0-or-later
 * The rows of tests/data/frames.tsv and their blocks of tests/data/frames.expected.
 * Takes the data folder, gives each row's bytes and the text of its expected decode. */
#ifndef ROWS_H
#define ROWS_H

#include <glib.h>

struct row {
    char *id;
    GByteArray *stream;
    char *expected;   /* the block without its first line, "" if there is none */
    gboolean foreign; /* of another maker: nothing of ours is in it */
};

/* All rows in the order of the file; ends the process if a file cannot be read. Free with g_ptr_array_unref(). */
GPtrArray *rows_load(const char *folder);

/* Text as the two files write it: \r, \n, \\ and \xHH for what is not printable ASCII. */
void rows_escape(GString *out, const char *data, size_t length);

#endif
