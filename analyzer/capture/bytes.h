/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bytes of a capture file, from front to back in large pieces, unpacked if they are packed with gzip.
 * Takes a descriptor, gives any number of bytes behind each other. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpacker;

/* What stands from start to end in data was read and not yet taken; the user moves start on. */
struct bytes_source {
    uint8_t *data;
    size_t start, end, capacity;
    int descriptor;
    int64_t read; /* bytes of the file */
    int error;    /* errno, if it could not be read */
    bool pipe;    /* what there is is given without waiting for more */
    bool ended;
    const char *damage; /* of the packing, NULL if none */
    bool cut;           /* the packing ends too early */
    struct unpacker *unpacker;
};

/* Takes the descriptor. */
struct bytes_source *bytes_open(int descriptor, bool pipe);
/* What follows, from start on, is packed with gzip: one piece or several behind each other. */
void bytes_unpack(struct bytes_source *source);
/* Makes so many bytes stand behind each other from start on; false if the file has no more. Others move. */
bool bytes_fetch(struct bytes_source *source, size_t wanted);
static inline size_t bytes_left(const struct bytes_source *source)
{
    return source->end - source->start;
}
/* Copies what follows to a file that has no name and is gone when its descriptor, which is returned, is closed;
 * negative with errno if it cannot. */
int bytes_spill(struct bytes_source *source);
/* NULL is allowed. */
void bytes_close(struct bytes_source *source);

#endif
