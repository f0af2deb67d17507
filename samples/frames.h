/* SPDX-License-Identifier: GPL-2.0-or-later
 * The table of published frames: samples/frames.tsv.
 * Takes its path, gives the bytes of a frame by its id (U001, SU004, ...). */
#ifndef FRAMES_H
#define FRAMES_H

#include <glib.h>

/* Returns id -> GBytes, or NULL and sets error. */
GHashTable *frames_read(const char *path, GError **error);

/* Undoes \r \n \t \\ \" and \xHH at *text and moves *text behind it. Returns the byte, or -1 if it is no such escape.
 */
int frames_unescape(const char **text);

#endif
