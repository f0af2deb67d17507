/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bytes of a conversation that are in no frame: put together from their pieces, counted in the ledger, handed to
 * the backlog when they are complete. */
#ifndef RESIDUE_H
#define RESIDUE_H

#include "frame/stream_state.h"

void residue_add(struct stream *stream, unsigned direction, const struct element *piece, enum s7_reason reason);
/* A gap: no bytes, but a row. */
void residue_absent(struct stream *stream, unsigned direction, enum s7_reason reason, uint64_t offset, uint64_t length,
                    const struct origin *origin);
/* Bytes that came twice with different content: a row with both versions. */
void residue_overlap(struct stream *stream, unsigned direction, const struct overlap *overlap);
/* Something else follows: the stretch that was growing is complete. */
void residue_finish(struct stream *stream, unsigned direction);
/* The direction ends. */
void residue_close(struct stream *stream, unsigned direction);
#endif
