/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the dialect decoders share: emitting fields into a message and parsing the primitive forms.
 * Internal to protocol/. */
#ifndef S7_BUILDER_H
#define S7_BUILDER_H

#include "blocks.h"
#include "message.h"
#include "number.h"

/* A frame on its way into a message. */
struct s7_builder {
    const uint8_t *data; /* first byte of the frame */
    const struct s7_frame *frame;
    struct s7_message *message;
    uint32_t next; /* place of the next field (s7_place()) */
    uint32_t full; /* of the first that the message has no place for; with brief it has none for any */
    uint8_t depth; /* of the fields emitted next */
    bool brief;    /* only what s7_identify() promises: a decoder may stop when it has that */
};

/* How a field begins: what the table says of it, zeros. */
struct s7_field_head {
    uint16_t id;
    uint8_t type, attributes;
    uint16_t number, concerns;
};
_Static_assert(sizeof(struct s7_field_head) == offsetof(struct s7_field, flags), "it is the start of a field");
static const struct s7_field_head s7_field_heads[S7_FIELD_COUNT] = {
#define FIELD(identifier, filter, column, type, occurs, unit, label, help) {S7_FIELD_##identifier, S7_##type, 0, 0, 0},
#include "fields.def"
#undef FIELD
};

/* Does a message have it once at most? So it is with what has a column and is no array. */
static const bool s7_field_once[S7_FIELD_COUNT] = {
#define ONE                                                                true
#define MANY                                                               false
#define FIELD(identifier, filter, column, type, occurs, unit, label, help) (occurs) && sizeof(column) > 1,
#include "fields.def"
#undef FIELD
#undef ONE
#undef MANY
};

/* Makes the message an empty one of the frame: what the scanner says of it, no fields, kind unknown. */
void s7_begin(struct s7_message *message, const struct s7_frame *frame);

/* Makes it a field of that id. Of the value only integer is set: it is for the caller to put another in its place. */
S7_HOT void s7_fill(struct s7_field *field, const struct s7_builder *b, enum s7_field_id id, struct s7_span span,
                    int64_t value, unsigned digits)
{
    memcpy(field, &s7_field_heads[id], sizeof s7_field_heads[id]);
    field->flags = 0;
    field->offset = (uint16_t)span.offset;
    field->length = (uint16_t)span.length;
    field->depth = b->depth;
    field->digits = (uint8_t)digits;
    field->sent_at = field->sent = 0;
    field->value.integer = value;
}

/* Keeps what the message says of its fields: this one, of that id and so many bytes, is new. */
S7_HOT void s7_note(struct s7_message *m, const struct s7_field *field, enum s7_field_id id, uint32_t length)
{
    uint64_t bit = UINT64_C(1) << id % 64;
    m->span_bytes += length;
    if (m->present[id / 64] & bit) {
        m->repeated[id / 64] |= bit;
    } else {
        m->present[id / 64] |= bit;
        m->first[id] = s7_place(m, field);
    }
}

/* The field with that place. */
S7_HOT struct s7_field *s7_field_at(const struct s7_builder *b, uint32_t place)
{
    return (struct s7_field *)(void *)((char *)b->message->fields + (size_t)place * S7_PLACE);
}

S7_HOT struct s7_field *s7_append(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t value,
                                  unsigned digits)
{
    struct s7_message *m = b->message;
    uint32_t place = b->next;
    struct s7_field *field = s7_field_at(b, place);
    b->next = place + sizeof *field / S7_PLACE;
    s7_fill(field, b, id, span, value, digits);
    if (__builtin_constant_p(id) && s7_field_once[id]) {
        m->present[id / 64] |= UINT64_C(1) << id % 64;
        m->first[id] = (uint16_t)place;
        m->span_bytes += span.length;
    } else {
        s7_note(m, field, id, span.length);
    }
    return field;
}

/* Works out again what the message says of its fields, after one of them was replaced. */
void s7_recount(struct s7_message *message);

/* Fields emitted so far; the message has their number when it is decoded. */
static inline unsigned s7_emitted(const struct s7_builder *b)
{
    return b->next / (sizeof(struct s7_field) / S7_PLACE);
}

/* s7_emit_decimal() where the message takes no more, or is brief. */
struct s7_field *s7_emit_rarely(struct s7_builder *b, enum s7_field_id id, uint32_t offset, uint32_t length,
                                int64_t value, unsigned digits);

/* Appends a field with its value and returns it for more to be filled in. Never NULL: when the message is full the last
 * field becomes one extra that reaches to the end of the frame, and what is emitted later goes nowhere. */
S7_HOT struct s7_field *s7_emit_decimal(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t value,
                                        unsigned digits)
{
    if (b->next >= b->full)
        return s7_emit_rarely(b, id, span.offset, span.length, value, digits);
    return s7_append(b, id, span, value, digits);
}

S7_HOT struct s7_field *s7_emit_integer(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t value)
{
    return s7_emit_decimal(b, id, span, value, 0);
}

/* Its text is the bytes of the span, or what the caller fills in. */
S7_HOT struct s7_field *s7_emit_text(struct s7_builder *b, enum s7_field_id id, struct s7_span span)
{
    return s7_emit_decimal(b, id, span, 0, 0);
}

S7_HOT struct s7_field *s7_emit_name(struct s7_builder *b, enum s7_field_id id, struct s7_span span, const char *name)
{
    struct s7_field *field = s7_emit_decimal(b, id, span, 0, 0);
    field->value.name = name;
    field->attributes = S7_GENERATED;
    return field;
}

/* An extra field, raw; nothing if the span is empty. number: its position by which it is named, 0 = none. */
void s7_emit_extra(struct s7_builder *b, struct s7_span span, unsigned number);
/* An extra field because the field id could not be parsed: sets flag on it and on the message. */
void s7_emit_bad(struct s7_builder *b, enum s7_field_id id, struct s7_span span, enum s7_flag flag);
/* Sets a flag on the message and on the field, if not NULL. */
S7_HOT void s7_flag(struct s7_builder *b, struct s7_field *field, enum s7_flag flag)
{
    b->message->flags |= UINT32_C(1) << flag;
    if (!field)
        return;
    field->flags |= UINT32_C(1) << flag;
    b->message->field_flags |= UINT32_C(1) << flag;
}

/* The field is to be masked in exported records. */
static inline void s7_hide(struct s7_builder *b, struct s7_field *field)
{
    field->attributes |= S7_SECRET;
    b->message->secret = true;
}

extern const int64_t s7_powers[10];

/* Is value / 10^digits within low..high? The first is called through the other. */
bool s7_long_within(int64_t value, unsigned digits, int64_t low, int64_t high);

S7_HOT bool s7_decimal_within(int64_t value, unsigned digits, int64_t low, int64_t high)
{
    if (digits > 9)
        return s7_long_within(value, digits, low, high);
    return value >= low * s7_powers[digits] && value <= high * s7_powers[digits];
}

/* The span of the frame, [-]digits[.digits], is the number that the field holds, perhaps with another sign: sets what
 * the field says of its digits. */
S7_HOT void s7_set_sent(const struct s7_builder *b, struct s7_field *field, struct s7_span number)
{
    const uint8_t *text = b->data + number.offset;
    uint32_t skip = 0;
    if (text[0] == '-')
        skip = 1;
    while (text[skip] == '0' && number.length - skip > 1 && text[skip + 1] != '.')
        skip++;
    field->sent_at = (uint8_t)(number.offset - field->offset + skip);
    field->sent = (uint8_t)(number.length - skip);
}

/* Parse the span as [-]digits (UINT fields: no sign) or [-]digits[.digits] and emit it; an empty span is "not sent" and
 * emits nothing. A span of another form, or too large for 18 digits, becomes an extra field with bad_value that
 * concerns id. Outside low..high (in units of the value, inclusive) it is emitted with out_of_range. Return the field,
 * or NULL if there is no field with that id. */
S7_HOT struct s7_field *s7_parse_integer(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t low,
                                         int64_t high)
{
    int64_t value;
    if (span.length == 0)
        return NULL;
    if (!s7_read_uint(b->data, span, &value)) {
        s7_emit_bad(b, id, span, S7_FLAG_BAD_VALUE);
        return NULL;
    }
    struct s7_field *field = s7_emit_integer(b, id, span, value);
    if (value < low || value > high)
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
    return field;
}

S7_HOT struct s7_field *s7_parse_decimal(struct s7_builder *b, enum s7_field_id id, struct s7_span span, int64_t low,
                                         int64_t high)
{
    int64_t value;
    unsigned digits;
    if (span.length == 0)
        return NULL;
    if (!s7_read_decimal(b->data, span, &value, &digits)) {
        s7_emit_bad(b, id, span, S7_FLAG_BAD_VALUE);
        return NULL;
    }
    struct s7_field *field = s7_emit_decimal(b, id, span, value, digits);
    s7_set_sent(b, field, span);
    if (!s7_decimal_within(value, digits, low, high))
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
    return field;
}

/* The same for hexadecimal digits (at most 16); the value may be emitted as S7_HEX or S7_UINT, as the table says. */
S7_HOT struct s7_field *s7_parse_hex(struct s7_builder *b, enum s7_field_id id, struct s7_span span)
{
    uint64_t value;
    if (span.length == 0)
        return NULL;
    if (!s7_read_hex(b->data, span, &value)) {
        s7_emit_bad(b, id, span, S7_FLAG_BAD_VALUE);
        return NULL;
    }
    struct s7_field *field = s7_emit_decimal(b, id, span, (int64_t)value, span.length);
    field->sent = field->type == S7_HEX ? field->digits : 0;
    return field;
}

/* yymmdd and hhmmss at 6 digits each, else returns false and emits nothing. Emits S7_FIELD_DEVICE_TIME over span; an
 * impossible date or time gives no field but an extra with bad_time. */
bool s7_parse_time(struct s7_builder *b, struct s7_span span, struct s7_span date, struct s7_span time);

/* Does the date exist? Years are 2000 to 2099. */
bool s7_real_date(const struct s7_time *t);

/* The separators of so many bytes are written together. */
#define S7_SPLIT_PLACES(max) ((max) + 2 + S7_MARKS)

/* Cuts the span at its first max separators; of data, which is the frame, it may read bytes in front of the span, too;
 * none behind it. starts needs S7_SPLIT_PLACES(max): part i begins at starts[i] and ends with the byte before
 * starts[i + 1]; the last part takes the rest. Returns the number of parts, at least 1. */
S7_HOT unsigned s7_split(const uint8_t *data, struct s7_span span, char separator, uint16_t *starts, unsigned max)
{
    uint32_t position = span.offset, end = span.offset + span.length;
    uint16_t *at = starts, *last = starts + max;
    *at = (uint16_t)position;
    for (; position < end && at < last; position += S7_MARKS)
        for (uint64_t left = s7_marks(data, position, end, separator); left; left &= left - 1)
            *++at = (uint16_t)(position + (unsigned)__builtin_ctzll(left) + 1);
    if (at > last)
        at = last;
    *++at = (uint16_t)(end + 1);
    return (unsigned)(at - starts);
}

static inline struct s7_span s7_part(const uint16_t *starts, unsigned i)
{
    return s7_span(starts[i], starts[i + 1] - starts[i] - 1U);
}

/* The spans between separators, one after the other. */
struct s7_cursor {
    const uint8_t *data;
    uint32_t position, end;
    bool done;
    uint32_t size; /* bytes that data has; 0 = it is not known that there are more than up to end */
};

/* Where the separator stands among eight bytes, at the highest bit of it; 0 = nowhere. */
S7_HOT uint64_t fast_separator(uint64_t word, char separator)
{
    uint64_t other = word ^ (uint8_t)separator * UINT64_C(0x0101010101010101);
    return (other - UINT64_C(0x0101010101010101)) & ~other & UINT64_C(0x8080808080808080);
}

/* Next span up to a separator; false when there is none left. "a,,b" gives 3 spans, "" gives one empty span. */
static inline bool s7_next_part(struct s7_cursor *cursor, char separator, struct s7_span *span)
{
    uint32_t at = cursor->position;
    if (cursor->done)
        return false;
    uint64_t found = 0;
    if (S7_FAST_PATHS && at + 8 <= cursor->size)
        found = fast_separator(s7_word_at(cursor->data + at), separator);
    if (found) {
        at += (uint32_t)__builtin_ctzll(found) / 8;
        at = at < cursor->end ? at : cursor->end;
    }
    while (!found && at < cursor->end && cursor->data[at] != (uint8_t)separator)
        at++;
    *span = s7_span(cursor->position, at - cursor->position);
    cursor->position = at + 1;
    cursor->done = at == cursor->end;
    return true;
}

static inline bool s7_next_comma(struct s7_cursor *cursor, struct s7_span *span)
{
    return s7_next_part(cursor, ',', span);
}

static inline struct s7_cursor s7_cursor_at(const struct s7_builder *b, struct s7_span span)
{
    return (struct s7_cursor){b->data, span.offset, span.offset + span.length, false, b->frame->length};
}

/* What the cursor has not read yet. */
static inline struct s7_span s7_rest(const struct s7_cursor *cursor)
{
    return cursor->done ? s7_span(cursor->end, 0) : s7_span(cursor->position, cursor->end - cursor->position);
}

/* The same between bars, inside one field. */
static inline bool s7_next_item(struct s7_cursor *items, struct s7_span *item)
{
    return s7_next_part(items, '|', item);
}

/* DEVICE_ID, with id_unusual if it is no IMEI. */
void s7_emit_id(struct s7_builder *b, struct s7_span span);

/* Is it that text? */
bool s7_span_is(const struct s7_builder *b, struct s7_span span, const char *text);

/* One extra field for each field between commas, numbered from 1; empty ones at the end are not sent. */
void s7_emit_by_position(struct s7_builder *b, struct s7_span data);

/* One argument; a secret one is to be masked if there is something to mask. */
void s7_emit_argument(struct s7_builder *b, struct s7_span span, unsigned number, bool secret);

/* Arguments between commas, numbered from 1; those from the number secret on are to be masked, 0 = none. Only so many
 * are split, the last one takes the rest: a message never overflows and leaves out a secret. */
#define S7_ARGUMENTS_MAX 512
void s7_emit_arguments(struct s7_builder *b, struct s7_span data, unsigned secret);

/* Gives each ARGUMENT field its description and flags those that do not fit it; of a proven message, after
 * the dialect's decoder. (docs/PROTOCOL.md 7, docs/STARTEK.md 6) */
void s7_describe_arguments(struct s7_builder *b);

/* The dialects. Each fills kind, event, listed, flags and the fields of the message; sets proven to false on its own
 * account if the frame turns out truncated. */
#define DIALECT(identifier, prefix, ...) void s7_##prefix##_decode(struct s7_builder *b);
#include "dialects.def"
#undef DIALECT

#endif
