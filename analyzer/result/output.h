/* SPDX-License-Identifier: GPL-2.0-or-later
 * The folder of results. Files grow under their name with ".part" behind it and get their name only when all is done.
 * Takes bytes, gives the list of files for the manifest. May be used by several threads, of each file by one. The first
 * error is kept; later calls then do nothing. No link in the folder is followed. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/scratch.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/stat.h>

struct output;

/* A finished file. */
struct output_file {
    char *name; /* "devices/353327020115804.csv" */
    uint64_t size;
    char *sha256;  /* 64 hexadecimal digits; NULL without hashes */
    bool measured; /* size and hash are known from its writing */
};

/* Makes the folder, or takes an empty one, and locks it. One with files in it only with force, and if it has a manifest
 * or the journal of an earlier run: nothing else shall be replaced. Changes nothing in it. Returns NULL and sets error
 * if that cannot be. */
struct output *output_open(const char *path, bool force, GError **error);
/* Is it one of the files that output_begin() removes? */
bool output_replaces(const struct output *output, const struct stat *file);
/* Removes the results of earlier runs and makes the folder of the timelines. */
void output_begin(struct output *output);

/* Makes a file to be written from front to back: a descriptor, -1 on error (kept). */
int output_create(struct output *output, const char *name);
/* It is closed. sha256: of all its bytes, taken over; NULL if it is not known. */
void output_created(struct output *output, const char *name, uint64_t size, char *sha256);
/* Makes a file that a library writes and reads in whatever order: the same. The caller closes it; its size and its hash
 * are taken when it is published. */
int output_create_random(struct output *output, const char *name);

/* Writes at that place of a file; the first call makes it. Bytes between that never came are zero. The file is open
 * only during the call. */
void output_write_at(struct output *output, const char *name, uint64_t offset, const void *data, size_t length);
/* Reads from a file that is not published yet; zeros on error (kept). */
void output_read_at(struct output *output, const char *name, uint64_t offset, void *data, size_t length);
/* A file that is not published yet takes the place, and the name, of another one. */
void output_replace(struct output *output, const char *name, const char *by);
/* Hash of a file that is not published yet: the caller's to free, NULL on error (kept). */
char *output_sha256(struct output *output, const char *name);

/* Takes a file of that name, and of that size, from a folder of results (a descriptor): as a link to it, else as a
 * copy. sha256: its hash as it is known, taken over; or NULL. */
void output_adopt(struct output *output, int folder, const char *name, uint64_t size, char *sha256);

/* Gives all files their names, in alphabetical order. Returns them (of struct output_file, owned by the output). */
const GArray *output_publish(struct output *output, bool hash);

/* Writes one more file after that, whole. */
void output_write(struct output *output, const char *name, const GString *text);
/* All is written: takes the journal away. */
void output_end(struct output *output);

/* For what does not fit into memory. */
struct scratch *output_scratch(struct output *output);

/* Keeps the error of the system call that just failed. */
void output_fail(struct output *output, const char *what, const char *name);
/* NULL if all went well. */
const char *output_error(struct output *output);

/* Frees all; what was not published stays as ".part". NULL is allowed. */
void output_close(struct output *output);
/* The same before output_begin(): removes the folder if output_open() made it. */
void output_abandon(struct output *output);

#endif
