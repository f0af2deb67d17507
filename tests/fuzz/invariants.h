/* SPDX-License-Identifier: GPL-2.0-or-later
 * What must hold for any bytes: checked by the fuzz targets and by the replay of their corpus.
 * A violation aborts. */
#ifndef INVARIANTS_H
#define INVARIANTS_H

#include "message.h"

/* One element of a stream as the scanner found it; pieces of one leftover stretch are joined. */
struct element {
    size_t offset, length;
    int result; /* S7_SCAN_FRAME or S7_SCAN_LEFTOVER */
    struct s7_frame frame;
};

/* Scans data as one direction of a stream that arrives in pieces whose lengths come from cuts (each byte a length, used
 * round and round; none: in one piece). Checks that the elements lie one behind the other and cover every byte, and
 * that MORE is only said when bytes may follow. Returns the number of elements, at most max of which are stored. */
size_t scan_stream(const uint8_t *data, size_t length, const uint8_t *cuts, size_t cut_count, struct element *elements,
                   size_t max);

/* Checks a decoded frame: every field lies inside it, every byte belongs to a field or is a delimiter, values print,
 * a frame that is not proven is of kind unknown and has no event, s7_identify() and s7_usual() say the same. */
void check_message(const uint8_t *data, const struct s7_frame *frame, const struct s7_message *message);

#endif
