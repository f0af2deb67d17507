/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every byte of a frame belongs to a field, or is one of the delimiters of its dialect: the one check of it.
 * Takes a frame and what was decoded from it, gives the first byte that was lost. Needs the C library only. */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "message.h"

/* The offset of the first byte that is in no field and no delimiter, -1 if there is none; the same for a field that
 * reaches out of the frame. The field of the whole frame does not count, nor do derived ones.
 * Delimiters are: commas between fields; of gotop the "#" or ":" that opens, and blanks in front of the code; of
 * startek the two bytes of the head, and "|" between the items of a list. All else, hyphens of the status group, quotes
 * and braces of scan lists, CR LF, the closing "#", belongs to a field. */
long coverage_hole(const uint8_t *data, const struct s7_frame *frame, const struct s7_message *message);

#endif
