/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the reports of startek and of fifotrack have in common: time, fix, cell, fields of bits.
 * Takes spans of a frame, emits fields. Internal to protocol/. (docs/STARTEK.md 4, docs/FIFOTRACK.md 4) */
#ifndef S7_REPORT_H
#define S7_REPORT_H

#include "builder.h"

/* Digits of a date and time, yymmddhhmmss. */
#define S7_TIME_DIGITS 12

static inline bool s7_is_time(const struct s7_builder *b, struct s7_span span)
{
    return span.length == S7_TIME_DIGITS && s7_digits(b->data, span);
}

/* "A" or "V" */
static inline bool s7_is_fix(const struct s7_builder *b, struct s7_span span)
{
    return span.length == 1 && (b->data[span.offset] == 'A' || b->data[span.offset] == 'V');
}

/* DEVICE_TIME, or an extra field with bad_time. */
void s7_emit_time(struct s7_builder *b, struct s7_span span);
/* VALID, with stale_fix for "V", or an extra field with bad_value. */
void s7_emit_fix(struct s7_builder *b, struct s7_span span);
/* An unsigned number, nothing if the span is none. */
void s7_emit_number(struct s7_builder *b, enum s7_field_id id, struct s7_span span);
/* CELL and below it its four numbers, MCC|MNC|LAC|CI; none of them if the MCC is 0: the network is not known then. */
void s7_emit_cell(struct s7_builder *b, struct s7_span span);

/* A word of a list of voltages: one to four hexadecimal digits. */
static inline bool s7_read_word(const struct s7_builder *b, struct s7_span span, uint64_t *word)
{
    return span.length <= 4 && s7_read_hex(b->data, span, word);
}

/* A field of bits, at most that many hexadecimal digits (16 at most), else an extra field with bad_value; nothing of an
 * empty span. Returns the field, NULL if there is none. */
S7_HOT struct s7_field *s7_parse_bits(struct s7_builder *b, enum s7_field_id id, struct s7_span span, uint32_t digits)
{
    if (span.length <= digits)
        return s7_parse_hex(b, id, span);
    s7_emit_bad(b, id, span, S7_FLAG_BAD_VALUE);
    return NULL;
}

/* Some of the bits as a field of its own, below it: count of them from that one on. */
S7_HOT void s7_emit_bits(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t bits, unsigned first,
                         unsigned count)
{
    b->depth++;
    s7_emit_integer(b, id, span, bits >> first & ((1 << count) - 1))->attributes = S7_GENERATED;
    b->depth--;
}

#endif
