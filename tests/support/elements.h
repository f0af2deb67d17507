/* SPDX-License-Identifier: GPL-2.0-or-later
 * Drives the scanner over a stream as a host does, and checks on the way what must hold for any input.
 * Takes bytes and how they are cut, gives the elements. */
#ifndef ELEMENTS_H
#define ELEMENTS_H

#include "scanner.h"

#include <glib.h>

struct element {
    size_t offset; /* in the stream */
    struct s7_frame frame;
    gboolean leftover;
};

/* Feeds the stream in pieces that end at the given ascending offsets (and at its end) and returns its elements (struct
 * element), pieces of one leftover joined. finish: the stream ends there, else it might go on and an unfinished element
 * is left out. Each call of the scanner gets its bytes flush against a protected page. Fails the running test if the
 * scanner returns no progress, takes more than is there, or wants more bytes although there are none. */
GArray *elements_scan(const guint8 *stream, size_t length, const size_t *cuts, size_t count, gboolean finish);

/* The elements as text, one a line: for comparing and for reading. Free with g_free(). */
char *elements_print(const GArray *elements);

#endif
