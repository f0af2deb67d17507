/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the scanner cuts out of one direction of a conversation, and what is kept of the direction between two calls. */
#ifndef ELEMENT_H
#define ELEMENT_H

#include "base/origin.h"
#include "scanner.h"

/* A stretch of the stream that one packet delivered first. */
struct stretch {
    struct origin origin;
    uint64_t end; /* stream offset behind its last byte */
};

/* A frame or a piece of a leftover. Valid during the call that carries it. */
struct element {
    const uint8_t *data;
    uint32_t length;
    uint64_t offset;                 /* of data[0] in the direction of its stream */
    const struct stretch *stretches; /* that cover it, in the order of the stream */
    unsigned stretch_count;          /* at least 1 */
};

struct stream;

/* Bytes of an unfinished element. */
struct pending {
    GList link; /* among those of all conversations; in the order in which they grew last */
    struct stream *stream;
    unsigned direction;
    GByteArray *bytes;
    GArray *stretches; /* of struct stretch: where they came from */
};

/* State of one direction; all zero at its start. Members are framing.c's own. */
struct framing {
    struct s7_scanner scanner;
    uint64_t offset;         /* stream offset of the first byte not consumed */
    struct pending *pending; /* NULL if no element is unfinished */
};

#endif
