/* SPDX-License-Identifier: GPL-2.0-or-later
 * The folder of results. Files grow under their name with ".part" behind it and get their name only when all is done.
 * Takes bytes, gives the list of files for the manifest. The first error is kept; later calls then do nothing. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

struct output;
struct spool;

/* A finished file. */
struct output_file {
    char *name; /* "devices/353327020115804.csv" */
    uint64_t size;
    char *sha256; /* 64 hexadecimal digits; NULL without hashes */
};

/* Makes the folder, or takes an empty one. One with files in it only with force: earlier results in it are removed.
 * Returns NULL and sets error if that cannot be. */
struct output *output_open(const char *path, bool force, GError **error);

/* A file that is appended to again and again: it stays open as long as not too many do. */
struct output_growing {
    const char *name; /* must live as long */
    int descriptor;   /* -1 while it is closed */
};
/* Appends the parts, which are changed; the first call makes the file. */
void output_grow(struct output *output, struct output_growing *file, struct iovec *parts, int count);
/* No more will come. */
void output_grown(struct output *output, struct output_growing *file);
/* What collects bytes for such files. */
struct spool *output_spool(struct output *output);

/* Appends to a file; the first call makes it. The file is open only during the call. */
void output_append(struct output *output, const char *name, const void *data, size_t length);

/* A folder in the folder of results: made if it is not there. */
void output_folder(struct output *output, const char *name);
/* The same as output_append(), but at that place of the file; bytes between that never came are zero. */
void output_write_at(struct output *output, const char *name, uint64_t offset, const void *data, size_t length);
/* Reads from a file that is not published yet; zeros on error (kept). */
void output_read_at(struct output *output, const char *name, uint64_t offset, void *data, size_t length);
/* Hash of a file that is not published yet: the caller's to free, NULL on error (kept). */
char *output_sha256(struct output *output, const char *name);

/* Gives all files their names, in alphabetical order. Returns them (of struct output_file, owned by the output). */
const GArray *output_publish(struct output *output, bool hash);

/* Writes one more file after that, whole. */
void output_write(struct output *output, const char *name, const GString *text);

/* Reading and replacing a file that is not published yet: a descriptor, -1 on error (kept). */
int output_reopen(struct output *output, const char *name);
int output_replacement(struct output *output, const char *name);
void output_replace(struct output *output, const char *name);

/* A temporary file without a name in the folder, for keys of rows. Append returns the position of the data. */
uint64_t output_scratch_append(struct output *output, const void *data, size_t length);
void output_scratch_read(struct output *output, uint64_t position, void *data, size_t length);

/* Keeps the error of the system call that just failed. */
void output_fail(struct output *output, const char *what, const char *name);
/* NULL if all went well. */
const char *output_error(const struct output *output);

/* Writes all of it; false and errno on error. */
bool output_write_all(int descriptor, const void *data, size_t length);

/* Frees all; what was not published stays as ".part". NULL is allowed. */
void output_close(struct output *output);
/* The same when nothing was written: removes the folders that output_open() made. */
void output_abandon(struct output *output);

#endif
