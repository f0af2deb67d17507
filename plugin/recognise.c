/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose bytes are these? See recognise.h. */
#include "recognise.h"

#include <string.h>

bool recognise_frame(enum recognise_proof proof, const uint8_t *data, const struct s7_frame *frame)
{
    static struct s7_message message; /* large, and one at a time */
    s7_decode(data, frame, &message);
    if (!message.proven)
        return false;
    return proof == RECOGNISE_STRICT ? s7_proves(data, &message) : s7_counts_among_others(&message);
}

bool recognise_start(const uint8_t *data, size_t length)
{
    struct s7_scanner scanner = {0};
    struct s7_frame found;
    size_t first = 0;
    while (first < length && (memchr("\r\n \x1a", data[first], 4) || data[first] == 0))
        first++;
    if (first == length || memchr("#&$", data[first], 3) == NULL)
        return false; /* most of what is offered, at no cost */
    for (size_t at = 0; at < length; at += found.length) {
        enum s7_scan_result result = s7_scan(&scanner, data + at, length - at, true, &found);
        if (result == S7_SCAN_FRAME)
            return recognise_frame(RECOGNISE_STRICT, data + at, &found);
        if (found.reason != S7_LEFTOVER_SEPARATOR)
            return false;
    }
    return false;
}

bool recognise_text(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((data[i] < 0x20 || data[i] > 0x7e) && (data[i] < '\t' || data[i] > '\r'))
            return false;
    return true;
}
