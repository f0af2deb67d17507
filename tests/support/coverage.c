/* SPDX-License-Identifier: GPL-2.0-or-later
 * See coverage.h. */
#include "coverage.h"

#include <string.h>

/* Does a "|" stand between items, or a ";" between the groups of C06? Only lists of sensors and of voltages, and that
 * answer, have no field of their own. The "*" of fifotrack stands behind the body. */
static bool is_between_items(const uint8_t *data, const struct s7_frame *frame, size_t i)
{
    if (frame->shape == S7_SHAPE_FIFOTRACK)
        return data[i] == '|' || data[i] == ';' || (data[i] == '*' && i == frame->head_length + frame->body_length);
    return frame->shape == S7_SHAPE_STARTEK && data[i] == '|';
}

static bool is_opener(const uint8_t *data, const struct s7_frame *frame, size_t i)
{
    if (frame->shape == S7_SHAPE_STARTEK || frame->shape == S7_SHAPE_FIFOTRACK)
        return i < 2;
    return i == 0 && (data[0] == '#' || data[0] == ':');
}

long coverage_hole(const uint8_t *data, const struct s7_frame *frame, const struct s7_message *message)
{
    static uint8_t covered[S7_ELEMENT_MAX];
    memset(covered, 0, frame->length);
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        if ((size_t)field->offset + field->length > frame->length)
            return field->offset;
        if (field->id != S7_FIELD_FRAME && !(field->attributes & S7_GENERATED))
            memset(covered + field->offset, 1, field->length);
    }
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE);
    if (frame->shape == S7_SHAPE_UPLINK && code)
        for (size_t i = code->offset; i > 0 && data[i - 1] == ' '; i--)
            covered[i - 1] = 1;
    for (size_t i = 0; i < frame->length; i++)
        if (!covered[i] && data[i] != ',' && !is_opener(data, frame, i) && !is_between_items(data, frame, i))
            return (long)i;
    return -1;
}
