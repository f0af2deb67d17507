/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stretch of payload that is in no frame, put together from its pieces: a row of leftovers.csv.
 * Its first bytes and packets are kept, in bounded memory, however long it is. */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include "frame/session.h"

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

struct leftover_row {
    uint64_t stream;
    const char *direction;
    const char *protocol; /* "" if it is not another one's */
    bool csv_guard, show_secrets;
};
/* The header line of leftovers.csv, and the line of a stretch. Append. */
void leftover_header(GString *out);
void leftover_print(GString *out, const struct leftover *leftover, const struct leftover_row *row);

/* Adds a packet to an ascending array of struct origin, in which each stands once. */
void leftover_packet(GArray *packets, const struct origin *origin);

#endif
