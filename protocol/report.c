/* SPDX-License-Identifier: GPL-2.0-or-later
 * See report.h. */
#include "report.h"

void s7_emit_time(struct s7_builder *b, struct s7_span span)
{
    struct s7_span date = s7_span(span.offset, 6), time = s7_span(span.offset + 6, span.length - 6);
    if (span.length != S7_TIME_DIGITS || !s7_parse_time(b, span, date, time))
        s7_emit_bad(b, S7_FIELD_DEVICE_TIME, span, S7_FLAG_BAD_TIME);
}

void s7_emit_fix(struct s7_builder *b, struct s7_span span)
{
    if (!s7_is_fix(b, span)) {
        s7_emit_bad(b, S7_FIELD_VALID, span, S7_FLAG_BAD_VALUE);
        return;
    }
    bool valid = b->data[span.offset] == 'A';
    struct s7_field *field = s7_emit_integer(b, S7_FIELD_VALID, span, valid);
    if (!valid)
        s7_flag(b, field, S7_FLAG_STALE_FIX);
}

void s7_emit_number(struct s7_builder *b, enum s7_field_id id, struct s7_span span)
{
    int64_t value;
    if (s7_read_uint(b->data, span, &value))
        s7_emit_integer(b, id, span, value);
}

/* A hexadecimal number of at most that many digits. */
S7_HOT void emit_cell_number(struct s7_builder *b, enum s7_field_id id, struct s7_span span, uint32_t digits)
{
    uint64_t value;
    if (span.length == 0)
        return;
    if (span.length > digits || !s7_read_hex(b->data, span, &value))
        s7_emit_bad(b, id, span, S7_FLAG_BAD_VALUE);
    else
        s7_emit_integer(b, id, span, (int64_t)value);
}

void s7_emit_cell(struct s7_builder *b, struct s7_span span)
{
    if (span.length == 0)
        return;
    struct s7_field *field = s7_emit_text(b, S7_FIELD_CELL, span);
    uint16_t starts[S7_SPLIT_PLACES(4)];
    if (s7_split(b->data, span, '|', starts, 4) != 4) {
        s7_flag(b, field, S7_FLAG_BAD_VALUE);
        return;
    }
    struct s7_span mcc = s7_part(starts, 0), mnc = s7_part(starts, 1);
    int64_t value;
    if (s7_read_uint(b->data, mcc, &value) && value == 0)
        return;
    b->depth++;
    if (mcc.length <= 3)
        s7_parse_integer(b, S7_FIELD_MCC, mcc, 0, INT64_MAX);
    else
        s7_emit_bad(b, S7_FIELD_MCC, mcc, S7_FLAG_BAD_VALUE);
    if (mnc.length <= 3 && s7_digits(b->data, mnc))
        s7_emit_text(b, S7_FIELD_MNC, mnc);
    else if (mnc.length > 0)
        s7_emit_bad(b, S7_FIELD_MNC, mnc, S7_FLAG_BAD_VALUE);
    emit_cell_number(b, S7_FIELD_LAC, s7_part(starts, 2), 4);
    emit_cell_number(b, S7_FIELD_CELL_ID, s7_part(starts, 3), 8);
    b->depth--;
}
