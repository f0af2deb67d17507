/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose bytes are these? See recognise.h. */
#include "recognise.h"

static bool is_whole(const struct s7_message *message)
{
    if (message->dialect == S7_STARTEK)
        return !(message->flags & S7_FLAG_BIT(LENGTH_WRONG));
    return message->listed && !(message->flags & S7_FLAG_BIT(REPORT_TOO_SHORT));
}

bool recognise_frame(enum recognise_proof proof, const uint8_t *data, const struct s7_frame *frame)
{
    static struct s7_message message; /* large, and one at a time */
    s7_decode(data, frame, &message);
    if (!message.proven)
        return false;
    if (proof == RECOGNISE_WHOLE)
        return is_whole(&message);
    return message.listed || s7_find(&message, S7_FIELD_LATITUDE);
}

bool recognise_text(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((data[i] < 0x20 || data[i] > 0x7e) && (data[i] < '\t' || data[i] > '\r'))
            return false;
    return true;
}
