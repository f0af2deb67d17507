/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bytes of a conversation that are in no frame: put together from their pieces, counted in the ledger, handed to
 * the backlog when they are complete. */
#ifndef RESIDUE_H
#define RESIDUE_H

#include "frame/stream_state.h"

void residue_add(struct stream *stream, unsigned direction, const struct element *piece, enum s7_reason reason);
/* No bytes, but a row. may_come: they may come late, and the row waits for that until the direction ends. */
void residue_gap(struct stream *stream, unsigned direction, const struct gap *gap, bool may_come);
/* Bytes that came late, of one gap or of none: they are not missing. */
void residue_late(struct stream *stream, unsigned direction, uint64_t offset, uint64_t length);
/* Bytes that came twice with different content: a row with both versions. */
void residue_overlap(struct stream *stream, unsigned direction, const struct overlap *overlap);
/* Something else follows: the stretch that was growing is complete. */
void residue_finish(struct stream *stream, unsigned direction);
/* The direction ends. */
void residue_close(struct stream *stream, unsigned direction);
#endif
