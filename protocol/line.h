/* SPDX-License-Identifier: GPL-2.0-or-later
 * Frames with a declared length, where that is right and where it is not: their end is looked for in their line.
 * Internal to protocol/. (docs/STARTEK.md 1.2, docs/FIFOTRACK.md 1.2) */
#ifndef S7_LINE_H
#define S7_LINE_H

#include "scanner.h"

/* The frame has so many bytes; body: where its body ends, which begins behind the head. */
static inline enum s7_scan_result s7_frame_found(struct s7_frame *frame, size_t length, size_t body, uint32_t flags)
{
    frame->length = (uint32_t)length;
    frame->body_length = (uint32_t)(body - frame->head_length);
    frame->flags |= flags;
    return S7_SCAN_FRAME;
}

/* Where the first CR LF at or behind from stands, within the first S7_LINE_MAX bytes; SIZE_MAX if there is none yet.
 * What was searched is not searched again. */
size_t s7_line_end(struct s7_scanner *scanner, const uint8_t *data, size_t length, size_t from);

/* There is no such line end. MORE: there may be one yet. total: bytes that the declared length asks for, all of which
 * are there unless the stream ended: then the frame is truncated; else its head, two bytes, is junk.
 * strict as s7_good_inside(). */
enum s7_scan_result s7_scan_without_line(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                         size_t total, bool strict, struct s7_frame *frame);

#endif
