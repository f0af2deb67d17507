/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whether a conversation speaks another maker's protocol: by the first bytes that its client sent, or of a datagram
 * (docs/SHARED-PORT.md). In such a conversation less counts as a frame. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "frame/stream_state.h"

/* Bytes in no frame came. */
void foreign_bytes(struct stream *stream, unsigned direction, const struct element *piece);
/* Something else comes: what was seen of the start decides, if anything was. */
void foreign_judge(struct stream *stream, unsigned direction);
static inline void foreign_decide(struct stream *stream, unsigned direction)
{
    stream->starting[direction] = false;
    if (stream->head[direction])
        foreign_judge(stream, direction);
}

#endif
