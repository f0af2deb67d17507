/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes of a frame as text, its secrets masked: what both the cells and the details of a row are made of. */
#include "result/row.h"

/* The first secret field that reaches behind position, by offset; NULL if there is none. */
static const struct s7_field *next_secret(const struct s7_message *message, uint32_t position)
{
    const struct s7_field *next = NULL;
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        if (!(field->attributes & S7_SECRET) || (uint32_t)field->offset + field->length <= position)
            continue;
        if (!next || field->offset < next->offset)
            next = field;
    }
    return next;
}

char *row_put_masked(const struct row_source *source, char *at, uint32_t offset, uint32_t length, enum text_set set,
                     enum text_form form)
{
    const uint8_t *data = source->facts->data;
    uint32_t end = offset + length;
    bool open = false; /* the mask of the secret before stands in front of at */
    while (offset < end) {
        const struct s7_field *secret = source->masks ? next_secret(source->message, offset) : NULL;
        if (!secret || secret->offset >= end)
            return text_put(at, data + offset, end - offset, set, form);
        if (secret->offset > offset) {
            at = text_put(at, data + offset, secret->offset - offset, set, form);
            open = false;
        }
        if (!open)
            at = pen_put_literal(at, ROW_MASK);
        open = true;
        offset = (uint32_t)secret->offset + secret->length;
    }
    return at;
}
