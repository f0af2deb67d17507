/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the dialect decoders share: emitting fields into a message and parsing the primitive forms.
 * Internal to protocol/. */
#ifndef S7_BUILDER_H
#define S7_BUILDER_H

#include "message.h"
#include "number.h"

/* A frame on its way into a message. */
struct s7_builder {
    const uint8_t *data; /* first byte of the frame */
    const struct s7_frame *frame;
    struct s7_message *message;
    unsigned room; /* fields that the message may have; 0 with brief */
    uint8_t depth; /* of the fields emitted next */
    bool brief;    /* only what s7_identify() promises: a decoder may stop when it has that */
};

/* The types of the table alone. */
extern const uint8_t s7_field_types[S7_FIELD_COUNT];

/* Makes the message an empty one of the frame: what the scanner says of it, no fields, kind unknown. */
void s7_begin(struct s7_message *message, const struct s7_frame *frame);

/* Appends a field and returns it for its value to be filled in (zeroed otherwise). Never NULL: when the message is full
 * the last field becomes one extra that reaches to the end of the frame, and what is emitted later goes nowhere. */
struct s7_field *s7_emit(struct s7_builder *b, enum s7_field_id id, struct s7_span span);

/* Emit with a value. text: the bytes of the span. */
struct s7_field *s7_emit_text(struct s7_builder *b, enum s7_field_id id, struct s7_span span);
struct s7_field *s7_emit_name(struct s7_builder *b, enum s7_field_id id, struct s7_span span, const char *name);
struct s7_field *s7_emit_integer(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t value);
struct s7_field *s7_emit_decimal(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t value,
                                 unsigned digits);

/* Parse the span as [-]digits (UINT fields: no sign) or [-]digits[.digits] and emit it; an empty span is "not sent" and
 * emits nothing. A span of another form, or too large for 18 digits, becomes an extra field with bad_value that
 * concerns id. Outside low..high (in units of the value, inclusive) it is emitted with out_of_range. Return the field,
 * or NULL if there is no field with that id. */
struct s7_field *s7_parse_integer(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t low,
                                  int64_t high);
struct s7_field *s7_parse_decimal(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t low,
                                  int64_t high);
/* The same for hexadecimal digits (at most 16); the value may be emitted as S7_HEX or S7_UINT, as the table says. */
struct s7_field *s7_parse_hex(struct s7_builder *b, enum s7_field_id id, struct s7_span span);

/* An extra field, raw; nothing if the span is empty. number: its position by which it is named, 0 = none. */
void s7_emit_extra(struct s7_builder *b, struct s7_span span, unsigned number);
/* An extra field because the field id could not be parsed: sets flag on it and on the message. */
void s7_emit_bad(struct s7_builder *b, enum s7_field_id id, struct s7_span span, enum s7_flag flag);
/* Sets a flag on the message and on the field, if not NULL. */
void s7_flag(struct s7_builder *b, struct s7_field *field, enum s7_flag flag);

/* Is value / 10^digits within low..high? */
bool s7_decimal_within(int64_t value, unsigned digits, int64_t low, int64_t high);

/* yymmdd and hhmmss at 6 digits each, else returns false and emits nothing. Emits S7_FIELD_DEVICE_TIME over span; an
 * impossible date or time gives no field but an extra with bad_time. */
bool s7_parse_time(struct s7_builder *b, struct s7_span span, struct s7_span date, struct s7_span time);

/* Does the date exist? Years are 2000 to 2099. */
bool s7_real_date(const struct s7_time *t);

/* Where the first max separators of the span stand, from the frame's first byte. Returns their number. */
unsigned s7_split(const uint8_t *data, struct s7_span span, uint8_t separator, uint32_t *ends, unsigned max);

/* The spans between separators, one after the other. */
struct s7_cursor {
    const uint8_t *data;
    uint32_t position, end;
    bool done;
};
/* Next span up to a separator; false when there is none left. "a,,b" gives 3 spans, "" gives one empty span. */
bool s7_next_part(struct s7_cursor *cursor, char separator, struct s7_span *span);

static inline bool s7_next_comma(struct s7_cursor *cursor, struct s7_span *span)
{
    return s7_next_part(cursor, ',', span);
}

/* Gives each ARGUMENT field its description and flags those that do not fit it; of a proven message, after
 * the dialect's decoder. (docs/PROTOCOL.md 7, docs/STARTEK.md 6) */
void s7_describe_arguments(struct s7_builder *b);

/* The dialects. Each fills kind, event, listed, flags and the fields of the message; sets proven to false on its own
 * account if the frame turns out truncated. */
void s7_gotop_decode(struct s7_builder *b);
void s7_startek_decode(struct s7_builder *b);

#endif
