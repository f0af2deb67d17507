/* SPDX-License-Identifier: GPL-2.0-or-later
 * See line.h. */
#include "line.h"

#include "inside.h"

#include <string.h>

size_t s7_line_end(struct s7_scanner *scanner, const uint8_t *data, size_t length, size_t from)
{
    size_t limit = length < S7_LINE_MAX ? length : S7_LINE_MAX;
    size_t position = scanner->searched > from ? scanner->searched : from;
    while (position + 1 < limit) {
        const uint8_t *cr = memchr(data + position, '\r', limit - 1 - position);
        if (!cr) {
            position = limit - 1;
            break;
        }
        position = (size_t)(cr - data);
        if (cr[1] == '\n')
            return position;
        position++;
    }
    scanner->searched = (uint32_t)position;
    return SIZE_MAX;
}

enum s7_scan_result s7_scan_without_line(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                         size_t total, bool strict, struct s7_frame *frame)
{
    if (length < S7_LINE_MAX && !end) {
        frame->length = 0;
        return S7_SCAN_MORE;
    }
    if (length < total) { /* only at the end: the caller waits for all of them */
        size_t stop = s7_good_within(data, length, strict);
        return s7_frame_found(frame, stop, stop, S7_FLAG_BIT(TRUNCATED));
    }
    frame->length = 2; /* the head is junk */
    frame->reason = S7_LEFTOVER_JUNK;
    scanner->stretch = 1 + S7_LEFTOVER_JUNK;
    return S7_SCAN_LEFTOVER;
}
