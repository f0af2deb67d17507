/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whether a conversation speaks another maker's protocol. */
#include "frame/foreign.h"

#include "other.h"

#include <string.h>

/* Separators before the bytes that tell, at most. */
#define SEPARATORS_MAX 16

static bool is_separator(uint8_t byte)
{
    return byte == '\r' || byte == '\n' || byte == ' ' || byte == 0 || byte == 0x1A;
}

static unsigned leading_separators(const GByteArray *head)
{
    unsigned i = 0;
    while (i < head->len && is_separator(head->data[i]))
        i++;
    return i;
}

void foreign_judge(struct stream *stream, unsigned direction)
{
    GByteArray *head = stream->head[direction];
    stream->head[direction] = NULL;
    unsigned first = leading_separators(head);
    /* What was ours once stays so; the platform's side says nothing. */
    if (!stream->other && stream->dialect < 0 && !stream_port_is_server(stream, direction) && first < head->len) {
        stream->other = s7_other_protocol(head->data, MIN(head->len, S7_OTHER_REACH)); /* one begins with NUL */
        if (!stream->other)
            stream->other = s7_other_protocol(head->data + first, MIN(head->len - first, S7_OTHER_REACH));
    }
    g_byte_array_unref(head);
}

void foreign_bytes(struct stream *stream, unsigned direction, const struct element *piece)
{
    if (!stream->starting[direction])
        return;
    GByteArray **head = &stream->head[direction];
    if (!*head)
        *head = g_byte_array_sized_new(S7_OTHER_REACH + SEPARATORS_MAX);
    guint room = S7_OTHER_REACH + SEPARATORS_MAX - (*head)->len;
    g_byte_array_append(*head, piece->data, MIN(piece->length, room));
    if ((*head)->len - MIN(leading_separators(*head), SEPARATORS_MAX) >= S7_OTHER_REACH)
        foreign_decide(stream, direction);
}
