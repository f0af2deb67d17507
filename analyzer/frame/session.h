/* SPDX-License-Identifier: GPL-2.0-or-later
 * One direction of a conversation, fed to the scanner: ordered payload in, frames and leftovers out (to stream.h).
 * Keeps the bytes of an unfinished element and where each of them came from; nothing else. */
#ifndef SESSION_H
#define SESSION_H

#include "capture/capture.h"
#include "conversation/interval.h"
#include "scanner.h"

struct conversation;
struct packet;

/* A stretch of the stream that one packet delivered first. */
struct stretch {
    struct origin origin;
    uint64_t end; /* stream offset behind its last byte */
};

/* What the scanner cut out: a frame or a piece of a leftover. Valid during the call that carries it. */
struct element {
    const uint8_t *data;
    uint32_t length;
    uint64_t offset;                 /* of data[0] in the direction of its stream */
    const struct stretch *stretches; /* that cover it, in the order of the stream */
    unsigned stretch_count;          /* at least 1 */
};

/* Bytes of an unfinished element. */
struct pending {
    GByteArray *bytes;
    GArray *stretches; /* of struct stretch: where they came from */
};

/* State of one direction; zeroed at its start. Members are the session's own. */
struct session {
    struct s7_scanner scanner;
    uint64_t offset;         /* stream offset of the first byte not consumed */
    struct pending *pending; /* NULL if no element is unfinished */
};

/* The next bytes of the direction (0: from endpoints[0], 1: from endpoints[1]), in stream order, each byte once. */
void session_bytes(struct conversation *conversation, unsigned direction, const uint8_t *data, size_t length,
                   const struct origin *origin);
/* length bytes of the stream are missing from the capture: what stands before them ends here. */
void session_gap(struct conversation *conversation, unsigned direction, uint64_t length, const struct origin *origin);
/* Bytes were sent again with other content: a row of their own, counted apart. */
void session_overlap(struct conversation *conversation, unsigned direction, const struct overlap *overlap);
/* The direction ends. No call follows for it. */
void session_end(struct conversation *conversation, unsigned direction);
/* A packet of UDP: one whole datagram. One that was captured before counts no second time. */
void session_packet(struct conversation *conversation, unsigned direction, const struct packet *packet);
/* Bytes that stand alone: like a datagram. missing: bytes cut off by the snap length. */
void session_datagram(struct conversation *conversation, unsigned direction, const uint8_t *data, size_t length,
                      uint32_t missing, const struct origin *origin);

#endif
