/* SPDX-License-Identifier: GPL-2.0-or-later
 * A temporary file for what does not fit into memory: without a name in its folder, so that nothing stays of it.
 * May be used by several threads. The first error is kept; later calls then do nothing. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>
#include <stdint.h>

struct scratch;

/* folder: descriptor, which must stay open. The file is made when something is written. */
struct scratch *scratch_new(int folder);
/* Keeps a place for so many bytes; returns its position. */
uint64_t scratch_reserve(struct scratch *scratch, size_t length);
/* Writes some of them. They are to be many: each call is one of the system's. */
void scratch_write(struct scratch *scratch, uint64_t position, const void *data, size_t length);
/* Zeros on error. */
void scratch_read(struct scratch *scratch, uint64_t position, void *data, size_t length);

/* A stretch of the file that is read from front to back by a buffer of the caller's. */
struct scratch_run {
    uint64_t position, left; /* not read yet */
    uint64_t number;         /* runs before it, for who needs it */
    uint8_t *buffer;         /* by g_malloc() */
    size_t size, at, end;    /* of the buffer; of what is in it and not taken yet */
};
/* Makes at least size bytes of the run stand at buffer + at, as far as there are so many. */
void scratch_load(struct scratch *scratch, struct scratch_run *run, size_t size);
/* errno of the first call that failed, 0 if all went well. */
int scratch_error(const struct scratch *scratch);
/* NULL is allowed. */
void scratch_free(struct scratch *scratch);

#endif
