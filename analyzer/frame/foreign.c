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

/* Do the documents say that this code comes with a body? */
static bool needs_body(const uint8_t *code, size_t length)
{
    enum { NO, MAYBE, YES };
    static const struct {
        const char *token;
        int body;
    } codes[] = {
#define GOTOP_CODE(token, kind, event, body, meaning) {token, body},
#include "codes.def"
    };
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        size_t size = strlen(codes[i].token);
        if (length >= size && memcmp(code, codes[i].token, size) == 0 && (length == size || code[size] == '-'))
            return codes[i].body == YES;
    }
    return false;
}

bool foreign_counts(const struct s7_message *message, const struct s7_frame *frame, const uint8_t *data)
{
    const uint32_t wrong =
        S7_FLAG_BIT(LENGTH_WRONG) | S7_FLAG_BIT(TRUNCATED) | S7_FLAG_BIT(CHECKSUM_BAD) | S7_FLAG_BIT(DAMAGED);
    if (!message->proven || message->flags & wrong)
        return false;
    if (message->dialect != S7_GOTOP)
        return true;
    if (!message->listed || message->flags & S7_FLAG_BIT(TERMINATOR_MISSING))
        return false;
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE);
    if (frame->shape != S7_SHAPE_UPLINK || !code)
        return frame->shape != S7_SHAPE_UPLINK;
    return s7_find(message, S7_FIELD_SPEED) || !needs_body(data + code->offset, code->length);
}
