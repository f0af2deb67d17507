/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stretch of payload that is in no frame, put together from its pieces: a row of leftovers.csv.
 * Its first bytes and packets are kept, in bounded memory, however long it is. */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include "base/interval.h"
#include "frame/element.h"

/* Bytes kept for the column raw, and packets listed. */
#define LEFTOVER_RAW_MAX     1024
#define LEFTOVER_PACKETS_MAX 64

struct leftover {
    enum s7_reason reason;
    bool printable;       /* every byte so far is text */
    uint64_t offset;      /* of its first byte in the stream */
    uint64_t bytes;       /* 0: nothing open */
    struct origin first;  /* packet of its first byte */
    struct origin latest; /* the last captured of its packets */
    uint64_t packets_left_out;
    GByteArray *raw;     /* NULL if not kept */
    GByteArray *refused; /* of an overlap: the other version of its bytes; else NULL */
    GArray *packets;     /* of struct origin, ascending; NULL if only the first counts */
    /* When it is complete: */
    bool down;            /* from the platform */
    const char *protocol; /* of another maker; "" if it is none's */
};

/* Does the piece continue the stretch? */
bool leftover_touches(const struct leftover *leftover, const struct element *piece, enum s7_reason reason);
/* Adds a piece. whole: keep its bytes and packets; otherwise only what is counted. */
void leftover_add(struct leftover *leftover, const struct element *piece, enum s7_reason reason, bool whole);
/* A stretch without bytes: a gap or an overlap. */
void leftover_absent(struct leftover *leftover, enum s7_reason reason, uint64_t offset, uint64_t bytes,
                     const struct origin *origin);
/* Both versions of bytes that were sent twice. */
void leftover_overlap(struct leftover *leftover, const struct overlap *overlap);
void leftover_clear(struct leftover *leftover);

/* Bytes that are only counted: one stretch of all of them, wherever they stand. */
void leftover_add_absent(struct leftover *leftover, enum s7_reason reason, uint64_t offset, uint64_t bytes,
                         const struct origin *origin);
/* One more packet delivered the same. */
void leftover_add_packet(struct leftover *leftover, const struct origin *origin);
const struct origin *leftover_packets(const struct leftover *leftover, unsigned *count);
/* Bytes of memory that it takes, about. */
size_t leftover_size(const struct leftover *leftover);

/* Rows of their own that stretches of one direction of a conversation have; further ones are one row for each reason.
 */
#define LEFTOVER_ROWS 4096

#endif
